"""A PostgreSQL of our own that can be killed, or lose its power, and is started again.

The power cut needs a C compiler and Linux: a small library is loaded into PostgreSQL and
copies what was synced, when it was synced, to a shadow of the data folder. At a cut all
processes are killed and the data folder is made from the shadow; of what was written but
not synced, some 4 KB blocks survive by chance, as a disk may have written any of them.
"""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from habaring.config import embedded

SETTINGS = "checkpoint_timeout = 30s\nmax_wal_size = 64MB\nwal_recycle = on\n"
BLOCK = 4096


def can_cut_power() -> bool:
    """Whether there is a compiler for the library, on a system that loads it."""
    return sys.platform == "linux" and shutil.which("gcc") is not None


@dataclass
class Cluster:
    """`folder` is its own; `power`: with a shadow, so that the power can be cut."""

    folder: Path
    power: bool = False
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311
    kills: int = 0
    cuts: int = 0
    mended: int = 0

    def __post_init__(self) -> None:
        self.server = embedded.prepare(self.folder)
        self._plain: Callable[[], dict[str, str]] | None = None

    @property
    def url(self) -> str:
        return embedded.address(self.folder.resolve())

    @property
    def shadow(self) -> Path:
        return self.folder / "shadow"

    @property
    def data(self) -> Path:
        return self.server.cluster.resolve()

    def make(self, dump: Path) -> None:
        """An empty cluster with small WAL files, and the dump in it."""
        binaries = self.server.binaries / "bin"
        self.server.identity.make_folder(self.server.cluster)
        self._as_owner(
            *(str(binaries / "initdb"), "-D", str(self.server.cluster)),
            *("-U", "habaring", "--auth=trust", "--encoding=UTF8", "--locale=C"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            "--wal-segsize=1",
        )
        with (self.server.cluster / "postgresql.conf").open("a") as conf:
            conf.write(SETTINGS)
        self._as_owner(
            *(str(binaries / "postgres"), "--single", "-D", str(self.server.cluster)),
            "postgres",
            words=b'CREATE DATABASE habaring OWNER "habaring"\n',
        )
        self.server.start()
        restore = [str(binaries / "pg_restore"), "--no-owner", "-x", "-d", self.url]
        subprocess.run(
            [*restore, str(dump)], check=True, stdout=subprocess.DEVNULL, timeout=120
        )
        self.run("CHECKPOINT")  # what was restored is on the disk before the storm
        if self.power:
            self._with_shadow()

    def _with_shadow(self) -> None:
        self.server.stop()
        library = self.folder / "powercut.so"
        source = Path(__file__).with_name("powercut.c")
        build = ["gcc", "-O2", "-shared", "-fPIC", "-o", str(library), str(source)]
        subprocess.run([*build, "-ldl"], check=True, timeout=120)
        _cloned(self.data, self.shadow)
        more = {
            "LD_PRELOAD": str(library),
            "POWER_ROOT": str(self.data),
            "POWER_SHADOW": str(self.shadow),
        }
        plain = embedded._plain_environment
        embedded._plain_environment = lambda: plain() | more
        self._plain = plain
        self.server.start()

    def _as_owner(self, *command: str, words: bytes = b"") -> None:
        made = self.server._run(list(command), words=words)
        if made.returncode:
            raise RuntimeError(made.stdout.decode(errors="replace"))

    def pids(self) -> list[int]:
        """The postmaster and everything below it."""
        process = self.server.process
        return [] if process is None else [process.pid, *embedded.below(process.pid)]

    def kill(self) -> None:
        """kill -9 of all of PostgreSQL."""
        pids = self.pids()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.server.process is not None:
            self.server.process.wait(30)
        _await_gone(pids)
        self.server.process = None
        self.kills += 1

    def kill_backend(self) -> None:
        """kill -9 of one of its processes, any: PostgreSQL restarts the rest."""
        process = self.server.process
        below = sorted(embedded.below(process.pid)) if process else []
        if below:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.chance.choice(below), signal.SIGKILL)
            self.kills += 1

    def look_after(self) -> None:
        """What the supervisor of `habaring up` does meanwhile."""
        self.mended += self.server.mend()

    def start(self) -> None:
        self.server.start()

    def cut_power(self) -> None:
        """Everything dies at once; what was not synced is gone, or some of it is not."""
        self.kill()
        self.kills -= 1
        self.cuts += 1
        survive = self.chance.choice((0.0, 0.0, 0.3, 0.7))
        data = self.data
        lost = data.with_name("lost")
        data.rename(lost)
        _cloned(self.shadow, data)
        if survive:
            self._let_survive(lost, survive)
        (data / "postmaster.pid").unlink(missing_ok=True)
        shutil.rmtree(lost)

    def _let_survive(self, lost: Path, share: float) -> None:
        for path in lost.rglob("*"):
            kept = self.data / path.relative_to(lost)
            if not (path.is_file() and kept.is_file()):
                continue
            if path.name in {"pg_control", "postmaster.pid", "PG_VERSION"}:
                continue
            with path.open("rb") as written, kept.open("r+b") as file:
                place = 0
                while block := written.read(BLOCK):
                    file.seek(place)
                    if file.read(BLOCK) != block and self.chance.random() < share:
                        file.seek(place)
                        file.write(block)
                    place += BLOCK

    def run(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as database:
            database.execute(statement)

    def remove(self) -> None:
        self.kill()
        if self._plain is not None:
            embedded._plain_environment = self._plain
        shutil.rmtree(self.folder, ignore_errors=True)


def _cloned(source: Path, target: Path) -> None:
    """Owners kept: the server may run under another account."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True, timeout=120)


def _await_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 20
    while any(embedded._runs(pid) for pid in pids):
        if time.monotonic() > deadline:
            raise TimeoutError("PostgreSQL was killed and did not go")
        time.sleep(0.01)


@contextlib.contextmanager
def cluster(folder: Path, dump: Path, *, power: bool = False) -> Iterator[Cluster]:
    """Made, filled, running; gone at the end."""
    made = Cluster(folder, power)
    try:
        made.make(dump)
        yield made
    finally:
        made.remove()
