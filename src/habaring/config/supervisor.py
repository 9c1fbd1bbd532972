"""`habaring up`: the database, the web server and the worker, from one terminal.

Each child is told by the kernel to end when this process ends, however it ends; a
child that falls over is started again, later each time.
"""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import FrameType

from habaring.config.embedded import Server
from habaring.config.identity import follow_parent
from habaring.config.stop import SetupStop

LONGEST_WAIT = 30.0
SETTLED_SECONDS = 60.0
STOP_SECONDS = 10.0
READY_SECONDS = 60.0
TURNS_TO_ASK = 25
"""Every five seconds the database is asked whether it lets anybody in."""


@dataclass
class Child:
    """One program kept running. `failures` counts the falls since it last settled."""

    name: str
    command: list[str]
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    started: float = field(default=0.0, init=False)
    failures: int = field(default=0, init=False)
    resume_at: float = field(default=0.0, init=False)

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own commands
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # what matters comes on stderr
            start_new_session=True,  # Ctrl-C is for the supervisor, which ends all in order
            preexec_fn=_follow,  # noqa: PLW1509 - no thread lives here
        )

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def watch(self) -> None:
        """Notice a fall, wait a little longer than last time, start again."""
        now = time.monotonic()
        if self.alive():
            if now - self.started > SETTLED_SECONDS:
                self.failures = 0
            return
        if self.process is not None:
            wait = min(LONGEST_WAIT, 2.0**self.failures)
            say(
                f"The {self.name} stopped (exit {self.process.returncode}); "
                f"starting it again in {wait:.0f} s."
            )
            self._end_group(signal.SIGKILL)
            self.failures += 1
            self.resume_at = now + wait
            self.process = None
        elif now >= self.resume_at:
            self.start()

    def ask_to_stop(self) -> None:
        if self.alive() and self.process is not None:
            self.process.terminate()

    def stop(self, deadline: float) -> None:
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, deadline - time.monotonic()))
        self._end_group(signal.SIGKILL)
        self.process.wait()

    def _end_group(self, number: int) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


def _follow() -> None:
    follow_parent(signal.SIGTERM)


@dataclass(frozen=True)
class Place:
    """Where the web server listens, and what a person types to get there."""

    host: str
    port: int

    @property
    def near(self) -> str:
        everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared
        return everywhere.get(self.host, self.host)

    @property
    def address(self) -> str:
        shown = f"[{self.near}]" if ":" in self.near else self.near
        return f"http://{shown}:{self.port}/"


class Asked:
    """True once somebody asked us to stop.

    Until `patiently` a signal breaks off what is being done (a half-done step is
    undone by its transaction); after it the loop ends at its next turn, and a second
    Ctrl-C ends the waiting too.
    """

    def __init__(self) -> None:
        self.to_stop = False
        self.patient = False

    def __bool__(self) -> bool:
        return self.to_stop

    def patiently(self) -> None:
        self.patient = True

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._hear) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        again, self.to_stop = self.to_stop, True
        if not self.patient or (again and number == signal.SIGINT):
            raise KeyboardInterrupt


def children(place: Place) -> tuple[Child, Child]:
    web = [
        *(sys.executable, "-m", "granian", "--interface", "asgi"),
        *("--host", place.host, "--port", str(place.port)),
        *("--workers", os.environ.get("WEB_WORKERS", "2")),
        *("--backpressure", "1500"),  # above the live lines of a process
        *("--respawn-failed-workers", "--workers-kill-timeout", "5"),
        *("--log-level", "warning", "habaring.config.asgi:application"),
    ]
    worker = [sys.executable, "-m", "habaring.cli", "worker"]
    return Child("web server", web), Child("worker", worker)


def watch(family: Sequence[Child], server: Server | None, asked: Asked) -> None:
    """Until asked to stop: whatever falls is started again."""
    turn = 0
    while not asked:
        turn += 1
        if server is not None and not server.alive():
            say("The database stopped; starting it again.")
            server.start()
        elif server is not None and turn % TURNS_TO_ASK == 0 and server.mend():
            say("The database found no way back; it was started again.")
        for child in family:
            child.watch()
        time.sleep(0.2)


def stop_all(family: Sequence[Child]) -> None:
    """The web server and the worker first; the database is the caller's to stop last."""
    deadline = time.monotonic() + STOP_SECONDS
    for child in family:
        child.ask_to_stop()
    for child in family:
        child.stop(deadline)


def wait_until_served(web: Child, place: Place, asked: Asked) -> None:
    """The first page was answered, whatever the answer; this warms the templates."""
    deadline = time.monotonic() + READY_SECONDS
    while not asked and time.monotonic() < deadline:
        if not web.alive():
            raise SetupStop(
                "The web server did not start.",
                why="Its own words are above.",
                next="Mend what they name, and start again.",
            )
        asking = http.client.HTTPConnection(place.near, place.port, timeout=30)
        with contextlib.closing(asking), contextlib.suppress(OSError):
            asking.request("GET", "/")
            status = asking.getresponse().status
            if status >= 500:
                say(
                    f"\nThe front page answers with error {status}; see the lines above."
                )
            return
        time.sleep(0.05)


def refuse_taken_port(place: Place, patience: float = 0.0) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            _try_port(place)
        except PermissionError:
            raise SetupStop(
                f"Port {place.port} may not be used by this account.",
                why="Ports below 1024 are for root.",
                next="Choose another one: --port 8000",
            ) from None
        except OSError as error:
            if time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            raise SetupStop(
                f"Port {place.port} is taken.",
                why=f"Another program listens there ({error.strerror}).",
                next=f"Choose another one: --port {place.port + 1}",
            ) from None
        return


def _try_port(place: Place) -> None:
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tried.bind((place.host, place.port))


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """A short line with the seconds this took."""
    begun = time.monotonic()
    sys.stdout.write(f"  {name} … ")
    sys.stdout.flush()
    try:
        yield
    except BaseException:
        say("failed")
        raise
    say(f"{time.monotonic() - begun:.1f} s")
