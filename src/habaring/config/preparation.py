"""What stands between a running database and the first page: done only when needed."""

import hashlib
import io
import os
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone, translation

from habaring.config import embedded
from habaring.config.stop import SetupStop
from habaring.config.supervisor import say, step
from habaring.history import triggers
from habaring.shared import walls

OLDEST_POSTGRESQL = 15
PACKAGE = Path(__file__).resolve().parent.parent
MIGRATION_LOCK = 7_462_001  # any number, the same in every process


def refuse_unusable_database() -> None:
    """DATABASE_URL answers, and is new enough."""
    address = urlsplit(settings.DATABASE_URL)
    shown = f"{address.hostname or 'this machine'}{address.path}"
    try:
        with psycopg.connect(settings.DATABASE_URL, connect_timeout=5) as found:
            version = found.info.server_version // 10_000
    except (psycopg.Error, UnicodeError) as error:
        raise SetupStop(
            f"DATABASE_URL cannot be reached ({shown}).",
            why=str(error).strip(),
            next="Start that database, correct DATABASE_URL, or unset it to use the "
            "embedded one.",
        ) from None
    if version < OLDEST_POSTGRESQL:
        raise SetupStop(
            f"The database at {shown} is PostgreSQL {version}.",
            why=f"Habaring needs PostgreSQL {OLDEST_POSTGRESQL} or newer.",
            next="Move it to a newer PostgreSQL, or unset DATABASE_URL.",
        )


def migrate_when_pending() -> None:
    """Looking costs a moment, migrating several seconds: look first."""
    if not _pending():
        triggers.install()  # a newer version may watch other columns: one query
        return
    with step("tables"):
        with connection.cursor() as cursor:  # two machines may start at once
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            call_command("migrate", interactive=False, verbosity=0)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def choose_role() -> None:
    """Pages and jobs act as the app role; where none may be made, as the owner, which
    the policies bind too.
    """
    walls.give_app_role()
    embedded_here = not os.environ.get("DATABASE_URL")
    if embedded_here:  # only this account reaches its socket: no password is needed
        walls.let_app_role_sign_in()
        address = embedded.address(Path(settings.DATA_DIR), walls.APP_ROLE)
        os.environ["APP_DATABASE_URL"] = address
    usable = os.environ.get("APP_DATABASE_URL") or walls.app_role_usable()
    os.environ["DATABASE_ROLE"] = walls.APP_ROLE if usable else ""
    if usable:
        return
    say(
        f"  note: the role {walls.APP_ROLE} could not be made; pages run as the "
        "database's owner (docs/operate.md, Roles)."
    )


FACTS = ("regions", "catalogue", "book_sets", "purposes")
FACT_FOLDERS = ("regions/facts", "assessment/facts", "masterplan/sets", "privacy/facts")


def load_once(demo: str) -> None:
    """The shipped facts, and the demo into an empty database: whole or not at all.

    Facts that a newer version ships are loaded again; what people wrote stays.
    """
    stamp = Path(settings.DATA_DIR) / "facts.stamp"
    now = _facts_fingerprint()
    empty = not apps.get_model("regions", "Region").objects.exists()
    if not empty and stamp.exists() and stamp.read_text() == now:
        return
    with transaction.atomic():
        for kind in FACTS:
            with step(kind):
                call_command(f"load_{kind}", verbosity=0, stdout=io.StringIO())
        if empty and demo != "none":
            with step(f"demo {demo}"):
                call_command("load_demo", demo, verbosity=0, stdout=io.StringIO())
    if empty and demo != "none":
        # late: only the first start has a demo to finish
        from habaring.config.demo import listening

        with step("count of the example"), translation.override("id"):
            listening.count(at=timezone.now())  # noqa: TID251 - a command's clock
    stamp.write_text(now)


def collect_static_when_changed() -> None:
    """Hashed and compressed copies under the data folder, made anew after a change."""
    root = Path(settings.STATIC_ROOT)
    stamp = root.with_name("static.stamp")
    now = _static_fingerprint()
    if root.is_dir() and stamp.exists() and stamp.read_text() == now:
        return
    with step("front-end files"):
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(now)


def _pending() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _facts_fingerprint() -> str:
    digest = hashlib.sha256(settings.DATABASE_URL.encode())
    for folder in FACT_FOLDERS:
        for path in sorted((PACKAGE / folder).glob("*.*")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _static_fingerprint() -> str:
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
