"""`python3 dev.py bench access`: what the two walls cost, against the same without them.

The door (`access.require`) is taken away by a twin that lets everybody in and opens
nothing; row-level security by ALTER TABLE … DISABLE. Rounds with and without alternate,
so that a busy machine burdens both; the ratio is of the medians. The pages' bodies are
compared: the walls change nothing of what an officer sees.
"""

import contextlib
import re
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from benchmarks.platform import prepare

ROUNDS = 60
IMPORTS = 5
ROWS = 10_000
AT = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
PAGES = (
    ("work room, first page", "/ruang-kerja/62.02/"),
    ("candidates of a region", "/ruang-kerja/62.02/pilih/kandidat/"),
    ("scenarios of a region", "/ruang-kerja/62.02/pilih/skenario/"),
)


def main(argv: list[str]) -> int:
    """Print a ratio for each page and for the import."""
    prepare()
    from django.db import connection, transaction
    from django.test import Client
    from django.test.utils import setup_test_environment

    from habaring.shared import walls

    setup_test_environment()
    walls.give_app_role()
    with transaction.atomic():
        officer = _officer()
        client = Client()
        _sign_in(client, officer)
        print(f"{'':<34}{'with ms':>9}{'without':>9}{'ratio':>7}   goal")
        for name, path in PAGES:
            _page(client, name, path)
        _require(officer)
        _import()
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
        transaction.set_rollback(True)
    return 0


def _sign_in(client: Any, officer: Any) -> None:
    """A session as it is after password and second step."""
    client.force_login(officer)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    session["account_authentication_methods_user"] = str(officer.pk)
    session.save()


def _officer() -> Any:
    from django.contrib.auth import get_user_model

    from habaring.people.models import Membership, Role
    from habaring.regions.models import Region

    person = get_user_model().objects.create_account(
        email="bench-access@contoh.id", full_name="Bench"
    )
    Membership.objects.create(
        account=person,
        role=Role.objects.get(code="secretariat"),
        region=Region.objects.get(code="62.02"),
        since=datetime(2020, 1, 1, tzinfo=UTC),
    )
    return person


@contextlib.contextmanager
def door_open() -> Iterator[None]:
    """No check and nothing opened; for this the tables stand without walls."""
    from habaring.people import access

    real = access.require

    def let_in(account: Any, power: Any, **place: Any) -> Any:
        return account

    access.require = let_in
    try:
        with walls_down():
            yield
    finally:
        access.require = real


@contextlib.contextmanager
def walls_down() -> Iterator[None]:
    _walls("DISABLE")
    try:
        yield
    finally:
        _walls("ENABLE")


def _walls(word: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        for table in ("candidate", "scenario", "limitset"):
            cursor.execute(f"ALTER TABLE portfolio_{table} {word} ROW LEVEL SECURITY")
        cursor.execute("SET LOCAL ROLE habaring_app")


def _page(client: Any, name: str, path: str) -> None:
    def ask() -> bytes:
        response = client.get(path)
        if response.status_code != 200:
            raise SystemExit(f"{path} answers {response.status_code}")
        return bytes(response.content)

    with_walls, without = [], []
    _walls("ENABLE")
    first = ask()
    with door_open():
        same = ask()
    if _plain(first) != _plain(same):
        raise SystemExit(f"{path}: the page differs without the walls")
    for _ in range(ROUNDS // 6):
        with_walls += [_timed(ask) for _ in range(6)]
        with door_open():
            without += [_timed(ask) for _ in range(6)]
    _tell(name, with_walls, without, "1.1")


def _plain(page: bytes) -> bytes:
    """Without the token that differs each time."""
    return re.sub(rb'value="[A-Za-z0-9]{64}"', b"", page)


def _require(officer: Any) -> None:
    """One call on an account whose roles were not read yet, and the calls after it."""
    from habaring.people import access
    from habaring.people.models import Account
    from habaring.regions.models import Region

    region = Region.objects.get(code="62.02")
    first, later = [], []
    for _ in range(200):
        person = Account.objects.get(pk=officer.pk)
        call = _door(access, person, region)
        first.append(_timed(call))
        later.append(_timed(call))
    print(
        f"access.require: first call {statistics.median(first):.2f} ms,"
        f" later ones {statistics.median(later):.2f} ms"
    )


def _door(access: Any, person: Any, region: Any) -> Callable[[], Any]:
    return lambda: access.require(
        person, access.Power.SEE_WORK_ROOM, at=AT, region=region
    )


def _import() -> None:
    """Rows into a protected table, as a spreadsheet of candidates brings them."""
    from django.db import transaction

    from habaring.portfolio.models import Candidate
    from habaring.regions.models import Region
    from habaring.shared import walls

    region = Region.objects.get(code="62.02")
    rows = [
        Candidate(
            region=region,
            code=f"BENCH-{number:05d}",
            name="Layanan pajak dari mana pun",
            dimension_code="GOV",
            earliest_year=2026,
            latest_year=2028,
            costs=[{"year": 1, "source": "APBD", "amount": 1_000_000 + number}],
            recorded_at=AT,
        )
        for number in range(ROWS)
    ]

    def bring() -> None:
        for row in rows:
            row.pk = None
        with transaction.atomic():
            walls.open_region(region.code)
            Candidate.objects.bulk_create(rows, batch_size=1000)
            found = Candidate.objects.filter(code__startswith="BENCH-").count()
            if found != ROWS:
                raise SystemExit(f"{found} rows arrived, not {ROWS}")
            transaction.set_rollback(True)

    _walls("ENABLE")
    bring()
    with_walls, without = [], []
    for _ in range(IMPORTS):
        with_walls.append(_timed(bring))
        with walls_down():
            without.append(_timed(bring))
    _tell(f"import of {ROWS:,} rows", with_walls, without, "1.2")


def _timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _tell(name: str, with_walls: list[float], without: list[float], goal: str) -> None:
    a, b = statistics.median(with_walls), statistics.median(without)
    print(f"{name:<34}{a:>9.1f}{b:>9.1f}{a / b:>7.2f}   {goal}")


if __name__ == "__main__":
    import sys

    sys.exit(main(sys.argv[1:]))
