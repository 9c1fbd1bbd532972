"""One file that holds an installation: its database, its uploads, its secret key."""

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import psycopg

from habaring.config.embedded import package_binaries
from habaring.config.stop import SetupStop

DATABASE = "database.dump"
KEPT = (
    "files",
    "outbox",
    "secret-key",
    "personal-key",
)  # in the data folder, beside the database


def save(url: str, data: Path, target: Path) -> None:
    """Write a backup; the file appears under its name only when it is whole."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        dump = Path(folder) / DATABASE
        # An owner without a superuser's rights is held by the policies too: open all.
        words = ["--format=custom", "--no-owner", "--no-privileges"]
        words += ["--enable-row-security", f"--file={dump}"]
        _run("pg_dump", *words, url, settings="-c app.region=*")
        part = Path(folder) / "part"
        # It holds personal data and the secret key: for this account's eyes only.
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with (
            os.fdopen(descriptor, "wb") as raw,
            tarfile.open(fileobj=raw, mode="w:gz") as tar,
        ):
            tar.add(dump, DATABASE)
            for name in KEPT:
                if (data / name).exists():
                    tar.add(data / name, name)
        part.replace(target)


def bring_back(url: str, data: Path, source: Path, *, replace: bool) -> None:
    """Lay a backup over an empty installation, or over this one when told to."""
    if not replace and _holds_accounts(url):
        raise SetupStop(
            "This installation holds accounts already.",
            why="A restore replaces everything in it.",
            next="Restore into another folder (HABARING_DATA), or add --replace.",
        )
    with tempfile.TemporaryDirectory(dir=data, prefix=".restore-") as folder:
        _unpack(source, Path(folder))
        with psycopg.connect(url) as database:
            database.execute("DROP SCHEMA public CASCADE")
            database.execute("CREATE SCHEMA public")
        dump = str(Path(folder) / DATABASE)
        words = ("--single-transaction", "--exit-on-error", "--no-owner", "-x")
        _run("pg_restore", *words, f"--dbname={url}", dump)
        for name in KEPT:
            _lay(Path(folder) / name, data / name)


def _holds_accounts(url: str) -> bool:
    with psycopg.connect(url) as database:
        known = database.execute("SELECT to_regclass('public.people_account')")
        if (known.fetchone() or (None,))[0] is None:
            return False
        found = database.execute("SELECT 1 FROM people_account LIMIT 1")
        return found.fetchone() is not None


def _unpack(source: Path, folder: Path) -> None:
    try:
        with tarfile.open(source, "r:gz") as tar:
            # Pythons before 3.11.4 know no filter; a backup has plain members only.
            plain = [member for member in tar if _is_plain(member)]
            safe = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            tar.extractall(folder, plain, **safe)  # type: ignore[arg-type]  # noqa: S202
    except (OSError, tarfile.TarError, EOFError) as error:
        raise SetupStop(
            f"{source} cannot be read as a backup.",
            why=str(error),
            next="Choose another.",
        ) from None
    if not (folder / DATABASE).is_file():
        raise SetupStop(
            f"{source} is not a backup of Habaring.",
            why=f"There is no {DATABASE} in it.",
            next="Choose a file that `habaring backup` wrote.",
        )


def _is_plain(member: tarfile.TarInfo) -> bool:
    parts = Path(member.name).parts
    return (
        (member.isfile() or member.isdir())
        and len(parts) > 0
        and parts[:1] != ("/",)
        and ".." not in parts
        and parts[0] in {DATABASE, *KEPT}
    )


def _lay(saved: Path, place: Path) -> None:
    if not saved.exists():
        return
    if place.is_dir():
        shutil.rmtree(place)
    shutil.move(saved, place)


def _run(program: str, *words: str, settings: str = "") -> None:
    """PostgreSQL's own tool: the embedded one, which reads older servers too."""
    ours = package_binaries() / "bin" / program
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own tools
        [str(ours), *words],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | ({"PGOPTIONS": settings} if settings else {}),
    )
    if done.returncode:
        raise SetupStop(
            f"{program} did not succeed.",
            why=done.stderr.strip()[-2000:],
            next="Nothing was changed. Mend what it names, and try again.",
        )
