"""`habaring up` as a person meets it: served, refused twice, killed, stopped."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from habaring.config import embedded

SRC = Path(embedded.__file__).resolve().parents[2]


@dataclass
class Running:
    """One `habaring up`, and what it said so far."""

    process: "subprocess.Popen[str]"
    said: str

    def child(self, words: str) -> int:
        """The process number of the child whose command holds these words."""
        listing = ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(self.process.pid)]
        for _ in range(150):  # it may be on its way back from a fall
            listed = subprocess.run(listing, capture_output=True, text=True, check=True)
            for line in listed.stdout.splitlines():
                if words in line:
                    return int(line.split()[0])
            time.sleep(0.2)
        raise AssertionError(f"no child {words}")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        self.said += self.process.communicate(timeout=60)[0]
        return self.process.returncode


def command(data: Path, port: int) -> list[str]:
    up = [sys.executable, "-m", "habaring.cli", "up", "--demo", "none"]
    return [*up, "--data", str(data), "--port", str(port)]


def start(data: Path, port: int) -> "subprocess.Popen[str]":
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.Popen(
        command(data, port),
        env=env
        | {
            "PYTHONPATH": str(SRC),
            "WEB_WORKERS": "1",
            "SECRET_KEY": "for-a-test",
            "PLAIN_STATIC": "True",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def served(data: Path, port: int) -> Running:
    process = start(data, port)
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if "Ctrl-C stops it" in line:
            return Running(process, said)
    process.wait()
    raise AssertionError(said)


def healthy(port: int, seconds: float = 90) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            asking.request("GET", "/sehat/")
            if asking.getresponse().status == 200:
                return True
        except OSError:
            pass
        time.sleep(0.2)
    return False


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def data() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hab-") as folder:
        yield Path(folder)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="counts on Linux's signals and ps")
def test_up_serves_and_survives(data: Path, port: int) -> None:
    first = served(data, port)
    try:
        assert re.search(r"first account .*http://127\.0\.0\.1:\d+/\S+", first.said)
        assert healthy(port)

        second = start(data, port)
        words = second.communicate(timeout=60)[0]
        assert second.returncode == 1
        assert f"runs already with this data folder: http://127.0.0.1:{port}/" in words

        os.kill(first.child("postgres -D"), signal.SIGKILL)
        assert healthy(port)  # the supervisor started the database again
        os.kill(first.child("habaring.cli worker"), signal.SIGKILL)
        first.process.kill()  # and now the supervisor itself
        first.process.wait()

        third = served(data, port)
        assert "demo" not in third.said  # nothing is loaded twice
        assert "front-end files" not in third.said
        assert healthy(port)
        assert third.stop() == 0
        assert third.said.endswith("Stopped.\n")
        assert not (data / "pg" / "postmaster.pid").exists()
    finally:
        first.process.kill()
        first.process.communicate()


def test_an_unreachable_database_is_named(data: Path, port: int) -> None:
    done = subprocess.run(
        command(data, port),
        env=os.environ
        | {
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
            "PYTHONPATH": str(SRC),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "DATABASE_URL cannot be reached (127.0.0.1/none)" in done.stderr
    assert "unset it to use the embedded one" in done.stderr
