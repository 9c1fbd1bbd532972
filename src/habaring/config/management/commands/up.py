"""The whole platform in one command."""

import contextlib
import errno
import os
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection, connections
from django.db.utils import OperationalError
from django.urls import reverse
from django.utils import timezone

from habaring.config import embedded, preparation, supervisor
from habaring.config.instance import Busy, held
from habaring.config.stop import SetupStop
from habaring.config.supervisor import say, step
from habaring.people.actions import issue_first_link


class Command(BaseCommand):
    """Database, web server and worker; Ctrl-C ends all of them."""

    help = (
        "Runs the whole platform: the embedded PostgreSQL unless DATABASE_URL is set, "
        "the web server and the background worker."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", metavar="DIR", help="where everything is kept")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--demo", choices=["kalteng", "none"], default="none")

    def handle(self, *args: Any, **options: Any) -> None:
        data: Path = settings.DATA_DIR
        place = supervisor.Place(options["host"], options["port"])
        _make_data_folder(data)
        try:
            with (
                _helpful(),
                held(data / embedded.LOCK, note=place.address) as abandoned,
            ):
                # A killed one's web server needs a moment to leave the port.
                supervisor.refuse_taken_port(place, patience=10.0 if abandoned else 0.0)
                _run(data, place, options["demo"])
        except Busy as busy:
            raise SetupStop(
                f"Habaring runs already with this data folder: {busy.note}",
                why=f"{data} can be used by one at a time.",
                next="Use that one, stop it with Ctrl-C, or choose another folder with "
                "--data and another port with --port.",
            ) from None


def _run(data: Path, place: supervisor.Place, demo: str) -> None:
    asked = supervisor.Asked()
    server = None if os.environ.get("DATABASE_URL") else embedded.prepare(data)
    web, worker = family = supervisor.children(place)
    with asked.listening():
        try:
            if server is not None:
                with step("database"):
                    server.start()
            preparation.refuse_unusable_database()
            link = _prepare(place.address, demo)
            asked.patiently()
            with step("web server"):
                web.start()
                supervisor.wait_until_served(web, place, asked)
            worker.start()  # later, to leave the machine to the first page
            if not asked:
                _greet(place.address, link)
            supervisor.watch(family, server, asked)
        finally:
            supervisor.stop_all(family)
            if server is not None:
                server.stop()
            say("\nStopped.")


def _prepare(address: str, demo: str) -> str | None:
    """Tables, facts and files; the address for the first account while there is none."""
    try:
        preparation.migrate_when_pending()
        preparation.choose_role()
        preparation.load_once(demo)
        preparation.collect_static_when_changed()
        token = issue_first_link(at=timezone.now())
    finally:
        # The children have pools of their own, and no thread may live at their birth.
        connections.close_all()
        connection.close_pool()  # type: ignore[attr-defined]
    if token is None:
        return None
    return address.rstrip("/") + reverse("people:welcome", args=[token])


def _greet(address: str, link: str | None) -> None:
    say(f"\nHabaring is served at {address}")
    if link:
        say(f"Make the first account (this link works once): {link}")
    say("Ctrl-C stops it.")


def _make_data_folder(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
        usable = os.access(data, os.W_OK | os.X_OK)
    except PermissionError:
        usable = False
    if not usable:
        raise SetupStop(
            f"The folder {data} cannot be written.",
            why="This account has no permission there.",
            next="Run this as the account that owns it, or choose another folder: "
            "--data DIR",
        )


@contextlib.contextmanager
def _helpful() -> Iterator[None]:
    """A full disk says so, wherever it was met."""
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        full = True
    except OperationalError as error:
        if not isinstance(error.__cause__, psycopg.errors.DiskFull):
            raise
        full = True
    else:
        full = False
    if full:
        raise SetupStop(
            "The disk is full.",
            why="Nothing more can be written.",
            next="Make room, and start again; nothing committed is lost.",
        )
