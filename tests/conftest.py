"""The database, a fixed clock, and people: Alya, Budi, Citra."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from pytest_django.plugin import blocking_manager_key

from habaring.people.roles import put_in_place
from habaring.shared import limits
from tests import makers

if TYPE_CHECKING:
    from habaring.people.models import Account
    from habaring.regions.models import Region

# A test that commits is cleaned by emptying tables, the ledger's too, which refuse it.
os.environ.setdefault("PGOPTIONS", "-c habaring.may_empty=yes")

NOON = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
"""Monday 2 November 2026, 12:00 in Sampit."""


@pytest.fixture
def at() -> datetime:
    return NOON


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("../shared/data is absent: real data is not part of the project")
    return folder


@pytest.fixture(autouse=True)
def _own_files(settings: object, tmp_path: Path) -> None:
    """Uploads and letters of a test stay in its own folder."""
    settings.MEDIA_ROOT = tmp_path / "files"  # type: ignore[attr-defined]
    settings.EMAIL_FILE_PATH = tmp_path / "outbox"  # type: ignore[attr-defined]
    settings.MESSAGE_OUTBOX = tmp_path / "messages"  # type: ignore[attr-defined]
    settings.PUBLIC_CACHE = False  # type: ignore[attr-defined]  # makers write without audit


@pytest.fixture(autouse=True)
def _quick_passwords(settings: object) -> None:
    """A slow hash is for real accounts; a test makes two of them each time."""
    settings.PASSWORD_HASHERS = [  # type: ignore[attr-defined]
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]


@pytest.fixture(autouse=True)
def _static_as_it_lies(settings: object) -> None:
    """Tests need no collected static files."""
    settings.STORAGES = {  # type: ignore[attr-defined]
        **settings.STORAGES,  # type: ignore[attr-defined]
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        },
    }


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Iterator[None]:
    """A test that commits is cleaned by emptying tables: what migrations put there
    comes back, and no job of it waits for the next test.
    """
    yield  # all of its fixtures are gone, the tables are empty
    if nextitem is None or not getattr(item, "funcargs", None):
        return  # the database is gone, too, or the test was skipped
    marker = item.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction")
    if commits or "transactional_db" in getattr(item, "fixturenames", ()):
        with item.config.stash[blocking_manager_key].unblock():
            put_in_place(apps.get_model("people", "Role"))
            import_module("habaring.privacy.migrations.0002_promises").add_facts(
                apps, None
            )
            with connection.cursor() as cursor:
                cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


@pytest.fixture(autouse=True)
def _signed_in_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """`force_login` stands for a sign-in with its second step: the session says so, as
    it does after a real one (people.second_step). Production has no such short cut.
    """
    plain = Client.force_login

    def in_full(client: Client, user: "Account", backend: str | None = None) -> None:
        plain(client, user, backend)
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": time()}]
        session["account_authentication_methods_user"] = str(user.pk)
        session["traced_at"] = int(time())
        session.save()

    monkeypatch.setattr(Client, "force_login", in_full)


@pytest.fixture(autouse=True)
def _own_limits() -> Iterator[None]:
    """Counters are written outside a test's transaction: each test empties them."""
    yield
    if limits.open_now():
        limits.clear(at=datetime.max.replace(tzinfo=UTC))
        limits.close()


@pytest.fixture
def kotim(db: None) -> "Region":
    return makers.region("62.02")


@pytest.fixture
def alya(db: None) -> "Account":
    """A citizen: signed in, no role anywhere."""
    return makers.account("Alya")


@pytest.fixture
def budi(kotim: "Region") -> "Account":
    """The programme secretariat of Kotim."""
    return makers.officer("Budi", region=kotim)


@pytest.fixture
def citra(db: None) -> "Account":
    """A stranger: the secretariat of another region."""
    return makers.officer("Citra", region=makers.region("62.01"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How much the walls tests asked (tests/walls/test_addresses.py)."""
    for word, what in (("walls", "addresses"), ("calls", "calls of the API")):
        counts = [
            int(count)
            for outcome in ("passed", "failed")
            for report in terminalreporter.stats.get(outcome, [])
            for name, count in getattr(report, "user_properties", [])
            if name == word
        ]
        if counts:
            terminalreporter.write_line(
                f"walls: up to {max(counts)} {what} as {len(counts)} people:"
                f" {sum(counts):,} times reading and sending"
            )
