"""The web server as `habaring up` runs it, to be killed: granian, two workers.

granian gives up where a worker dies soon after it was started again; then it is started
anew, as the supervisor of `habaring up` does.
"""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from django.conf import settings

from habaring.config import embedded

WORKERS, THREADS = 2, 6


class App:
    """Processes on the storm's own database. `fault`: one planted on purpose."""

    def __init__(self, url: str, log: Path, *, fault: str = "") -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = url
        self.log = log
        self.fault = fault
        self.process: subprocess.Popen[bytes] | None = None
        self.kills = 0
        self.starts = 0
        self.over = threading.Event()
        self.chance = random.Random(3)  # noqa: S311 - a storm that can be repeated

    def start(self) -> None:
        """Run until `kill`."""
        self._spawn()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while not self.over.wait(0.2):
            if self.process is not None and self.process.poll() is not None:
                self._spawn()

    def _spawn(self) -> None:
        self.starts += 1
        env = {
            **os.environ,
            "DATABASE_URL": self.url,
            "DATABASE_ROLE": "habaring_app",
            "SECRET_KEY": settings.SECRET_KEY,
            "PERSONAL_DATA_KEY": settings.PERSONAL_DATA_KEY,
            "HABARING_DATA": str(settings.DATA_DIR),
            "PLAIN_STATIC": "True",
            "WEB_THREADS": str(THREADS),
            "DATABASE_POOL": str(THREADS + 2),
            "LOG_LEVEL": "CRITICAL",
            "STORM_FAULT": self.fault,
        }
        command = [
            *(sys.executable, "-m", "granian", "--interface", "asgi"),
            *("--host", "127.0.0.1", "--port", str(self.port)),
            *("--workers", str(WORKERS)),
            *("--respawn-failed-workers", "--respawn-interval", "0.2"),
            *("--log-level", "info", "tests.revenue.storm.faults:application"),
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=env, start_new_session=True, stdout=log, stderr=log
            )

    def wait(self, seconds: float = 90) -> None:
        """Until it answers, and again: the first answers of a worker take longest."""
        deadline, answers = time.monotonic() + seconds, 0
        while time.monotonic() < deadline and answers < 8:
            link = HTTPConnection("127.0.0.1", self.port, timeout=30)
            with contextlib.suppress(OSError, HTTPException):
                link.request("GET", "/snap/62.02/v1.0/access-token/b2b")
                answers += link.getresponse().status == 405
            link.close()
            time.sleep(0.05)
        if answers < 8:
            tail = self.log.read_text(errors="replace")[-2000:]
            raise TimeoutError(f"the web server did not start: {tail}")

    def kill_worker(self) -> None:
        """One worker; granian starts another."""
        workers = sorted(embedded.below(self.process.pid)) if self.process else []
        if workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.chance.choice(workers), signal.SIGKILL)
            self.kills += 1

    def kill(self) -> None:
        """All of its processes, for good."""
        self.over.set()
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(30)
            self.process = None
            self.kills += 1
