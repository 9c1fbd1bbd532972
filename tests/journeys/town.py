"""A whole platform for a test: `habaring up` on a database that holds the demo.

Loading the demo takes half a minute, so it is done once for a state of the source and
kept as a template database; every town is a copy of it, with its own files.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from tests import makers

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "habaring"
KEPT = ROOT / "var" / "journeys"
SHOTS = ROOT / "var" / "shots"
PICTURED = bool(os.environ.get("HABARING_SHOTS"))
"""Whether pages are pictured for who judges them: it takes minutes of a whole run."""
PASSWORD = "empat kata yang jauh"
APP_KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""What the officers' apps hold: everybody's codes are the same here."""
SEALING = "journeys:b25seSBmb3IgdGhlIHRvd25zIG9mIHRoZSB0ZXN0cyE="
STARTED = "Ctrl-C stops it."
LINK = re.compile(r"this link works once\): (\S+)")
PLACE = hashlib.sha256(str(ROOT).encode()).hexdigest()[:6]
TEMPLATES = f"habaring_journeys_{PLACE}_"
TOWNS = f"habaring_town_{PLACE}_"
# What changes neither rows nor the files of the demo.
LOOKS_ONLY = {".css", ".js", ".svg", ".po", ".mo", ".woff2", ".md"}

PREPARE = """
import django
django.setup()
from habaring.config import preparation
preparation.migrate_when_pending()
preparation.load_once("kalteng")
"""
STAFF = """
import django
django.setup()
from allauth.mfa.models import Authenticator
from django.utils import timezone
from habaring.people.adapters import SecondStepAdapter
from habaring.people.actions import Place, grant
from habaring.people.models import Account, Role
from habaring.regions.models import Region
for name, role, code in [%s]:
    person = Account.objects.create_account(
        email=f"{name.lower()}@contoh.id", full_name=name, password=%r)
    if role:
        Authenticator.objects.create(user=person, type="totp",
            data={"secret": SecondStepAdapter().encrypt(%r)})
        grant(account=person, role=Role.objects.get(code=role), by=None,
            place=Place(region=Region.objects.get(code=code) if code else None),
            at=timezone.now())
"""

EVERYBODY = """
    ("Budi", "secretariat", "62.02"), ("Citra", "secretariat", "62.01"), ("Alya", "", ""),
    ("Dewi", "protection_officer", "62.02"), ("Wulan", "programme_office", ""),
"""


def _staff_code(people: str) -> str:
    return STAFF % (people, PASSWORD, APP_KEY)


@dataclass
class Town:
    """A running platform: its address, its folder, its first link."""

    address: str
    data: Path
    database_url: str
    first_link: str = ""
    words: list[str] = field(default_factory=list)
    codes_typed: set[tuple[str, str]] = field(default_factory=set)
    more: Mapping[str, str] = field(default_factory=dict)  # settings of its own

    def url(self, path: str) -> str:
        return self.address.rstrip("/") + path

    def code(self, name: str, key: str = APP_KEY) -> str:
        """What a person's app shows; none is typed twice, so one waits if need be."""
        while True:
            for steps in (0, 1, -1):
                typed = (name, makers.code(steps=steps, key=key))
                if typed not in self.codes_typed:
                    self.codes_typed.add(typed)
                    return typed[1]
            time.sleep(1)

    def environment(self) -> dict[str, str]:
        """What a command needs to work on this town."""
        return _environment(self.database_url, self.data) | dict(self.more)

    def habaring(self, *words: str) -> "Told":
        """One command on this town."""
        return habaring(*words, env=self.environment())

    def joined_by(self, name: str, role: str, code: str = "62.02") -> str:
        """Another person who works here, as those of STAFF; their mail address."""
        self.are_joined_by({name: role}, code)
        return f"{name.lower()}@contoh.id"

    def are_joined_by(self, people: Mapping[str, str], code: str) -> None:
        """Several at once, by name with their roles: less waiting."""
        told = "".join(
            f"({name!r}, {role!r}, {code!r})," for name, role in people.items()
        )
        self.runs(_staff_code(told))

    def runs(self, code: str) -> str:
        """Python with this town's settings; what it printed."""
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout

    def letters(self) -> list[str]:
        """The letters in the outbox, oldest first."""
        files = [path for path in (self.data / "outbox").glob("*") if path.is_file()]
        files.sort(key=lambda path: path.stat().st_mtime_ns)
        # Django may put several letters of one second into one file.
        parts = [path.read_text().split(f"\n{'-' * 79}\n") for path in files]
        return [letter for found in parts for letter in found if letter.strip()]


def habaring(*words: str, env: dict[str, str] | None = None) -> "Told":
    """One command of the command line, as a person would type it."""
    done = subprocess.run(
        [sys.executable, "-m", "habaring.cli", *words],
        capture_output=True,
        text=True,
        env=env or dict(os.environ),
        timeout=180,
        check=False,
    )
    return Told(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Told:
    """What a command answered."""

    code: int
    out: str
    err: str


@contextlib.contextmanager
def opened(
    data: Path, *, staffed: bool = True, more: Mapping[str, str] | None = None
) -> Iterator[Town]:
    """Run a town of its own until the block ends. `data` is a folder to be made.

    `more` are settings of its own, as variables of the environment.
    """
    template, files = _prepared(staffed=staffed)
    name = f"{TOWNS}{os.getpid()}_{time.monotonic_ns() % 10**6}"
    with _administration() as admin:
        _copy(admin, template, name)
    shutil.copytree(files, data)
    port = _free_port()
    town = Town(
        f"http://127.0.0.1:{port}/", data, makers.database_url(name), more=more or {}
    )
    try:
        with _running(town, port):
            yield town
    finally:
        with _administration() as admin:
            _drop(admin, name)


@contextlib.contextmanager
def _running(town: Town, port: int) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "habaring.cli", "up", "--port", str(port)],
        env=town.environment() | {"WEB_WORKERS": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    ready = threading.Event()
    listener = threading.Thread(
        target=_listen, args=(process, town, ready), daemon=True
    )
    listener.start()
    try:
        if not ready.wait(90):
            raise RuntimeError("\n".join(town.words))
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        listener.join(5)
        if process.stdout:
            process.stdout.close()


def _listen(
    process: "subprocess.Popen[str]", town: Town, ready: threading.Event
) -> None:
    """Read what it says, so that its pipe never fills."""
    for line in process.stdout or ():
        town.words.append(line.rstrip())
        if found := LINK.search(line):
            town.first_link = found[1]
        if STARTED in line:
            ready.set()


# Prepared once


def _prepared(*, staffed: bool) -> tuple[str, Path]:
    """The name of the template database, and the files that belong to it."""
    KEPT.mkdir(parents=True, exist_ok=True)
    stamp = _fingerprint()
    bare = f"{TEMPLATES}{stamp}"
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with _administration() as admin:
            files = KEPT / stamp
            if not (_exists(admin, bare) and (files / "done").exists()):
                _make(admin, bare, files)
            if staffed and not _exists(admin, f"{bare}_staffed"):
                _staff(admin, bare)
    return (f"{bare}_staffed" if staffed else bare), files / "data"


def _make(admin: psycopg.Connection, bare: str, files: Path) -> None:
    """Load everything anew; what an older state of the source left is cleared away."""
    for old in KEPT.iterdir():
        if old.is_dir():
            shutil.rmtree(old)
    for name in _left_behind(admin):
        _drop(admin, name)
    making = f"{TEMPLATES}making"
    admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(making)))
    _python(PREPARE, making, files / "data")
    _rename(admin, making, bare)
    (files / "done").touch()


def _left_behind(admin: psycopg.Connection) -> list[str]:
    """Older templates of this checkout, and towns whose process has ended."""
    found = admin.execute("SELECT datname FROM pg_database").fetchall()
    names = [str(name) for (name,) in found]
    return [
        name
        for name in names
        if name.startswith(TEMPLATES)
        or (name.startswith(TOWNS) and not _alive(name.split("_")[3]))
    ]


def _alive(process: str) -> bool:
    return Path(f"/proc/{process}").exists()


def _staff(admin: psycopg.Connection, bare: str) -> None:
    making = f"{bare}_making"
    _drop(admin, making)
    _copy(admin, bare, making)
    _python(_staff_code(EVERYBODY), making, KEPT / "staff")
    _rename(admin, making, f"{bare}_staffed")


def _python(code: str, database: str, data: Path) -> None:
    data.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=_environment(makers.database_url(database), data),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def _environment(database_url: str, data: Path) -> dict[str, str]:
    return dict(
        os.environ,
        DATABASE_URL=database_url,
        HABARING_DATA=str(data),
        DJANGO_SETTINGS_MODULE="habaring.config.settings",
        DEBUG="False",
        PERSONAL_DATA_KEY=SEALING,
    )


def _fingerprint() -> str:
    digest = hashlib.sha256((STAFF + EVERYBODY).encode())
    for path in sorted(SOURCE.rglob("*")):
        # What numba compiled lies beside the source and appears while tests run.
        made = path.suffix in LOOKS_ONLY or path.parent.name == "__pycache__"
        if path.is_file() and not made:
            digest.update(f"{path.relative_to(SOURCE)}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


# The database server


@contextlib.contextmanager
def _administration() -> Iterator[psycopg.Connection]:
    with contextlib.closing(
        psycopg.connect(makers.database_url("postgres"), autocommit=True)
    ) as link:
        yield link


def _exists(admin: psycopg.Connection, name: str) -> bool:
    found = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return found.fetchone() is not None


def _copy(admin: psycopg.Connection, template: str, name: str) -> None:
    with (KEPT / "copying").open("w") as lock:  # a template is copied by one at a time
        fcntl.flock(lock, fcntl.LOCK_EX)
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def _rename(admin: psycopg.Connection, name: str, to: str) -> None:
    admin.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
            sql.Identifier(name), sql.Identifier(to)
        )
    )


def _drop(admin: psycopg.Connection, name: str) -> None:
    admin.execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    )


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port
