"""One process of `bench revenue`: pays for some seconds in one way, one commit each.

    python -m benchmarks.revenue_clients KIND SECONDS NUMBER BILLS

KIND: pay, pay_many (50 a commit), hordak, django-ledger. Says "ready" (or "absent"), waits
for a line, and prints how many it did, in what time, how long each took (ms), and the processor
seconds of it and of its own process of PostgreSQL.
"""

import importlib.util
import itertools
import json
import os
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from benchmarks.scratch import ahead

REGIONS = 33
BATCH = 50
_locks: list[Any] = []
AT = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)


def main(argv: list[str]) -> int:
    kind, seconds, number, bills = argv[0], float(argv[1]), int(argv[2]), int(argv[3])
    work, each = {
        "pay": (pay, 1),
        "pay_many": (pay_many, BATCH),
        "hordak": (hordak, 1),
        "django-ledger": (django_ledger, 1),
    }[kind]
    once = work(number, bills)
    if once is None:
        print("absent", flush=True)
        sys.stdin.readline()
        return 0
    once()
    while _locks:
        _locks.pop().close()
    print("ready", flush=True)
    sys.stdin.readline()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = cursor.fetchone()[0]
    ahead()
    ahead(server)
    spent_before = time.process_time() + _processor(server)
    done, waits, begun = 0, [], time.perf_counter()
    while time.perf_counter() - begun < seconds:
        before = time.perf_counter()
        once()
        waits.append(round((time.perf_counter() - before) * 1000, 3))
        done += each
    spent = time.perf_counter() - begun
    cpu = time.process_time() + _processor(server) - spent_before
    told = {"done": done, "seconds": spent, "waits": waits, "cpu": cpu, "warm": each}
    print(json.dumps(told), flush=True)
    return 0


def _processor(pid: int) -> float:
    """Processor seconds of a process, see proc(5)."""
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, stat[11:13])) / os.sysconf("SC_CLK_TCK")


def _ours(number: int, bills: int) -> Callable[[], object]:
    """A maker of notices for bills at random, as the role that requests have."""
    os.environ["DATABASE_ROLE"] = "habaring_app"
    import benchmarks.platform  # noqa: F401 - sets Django up
    from habaring.revenue.ledger import Notice

    draw = random.Random(  # noqa: S311 - no secret
        f"{number} {time.time_ns()}"
    )
    counter = itertools.count()

    def notice() -> Notice:
        bill = draw.randint(1, bills)
        return Notice(
            region=f"62.{10 + bill % REGIONS}",
            channel="va:bench",
            reference=f"P{draw.getrandbits(63)}{next(counter)}",
            bill=bill,
            amount=77_600,
            paid_at=AT,
            body_sha256=bytes(32),
        )

    return notice


def pay(number: int, bills: int) -> Callable[[], object]:
    notice = _ours(number, bills)
    from habaring.revenue import ledger

    day = date(2026, 9, 1)
    return lambda: ledger.pay(notice(), at=AT, day=day)  # type: ignore[arg-type]


def pay_many(number: int, bills: int) -> Callable[[], object]:
    notice = _ours(number, bills)
    from habaring.revenue import ledger

    day = date(2026, 9, 1)

    def once() -> object:
        notices = [notice() for _ in range(BATCH)]
        return ledger.pay_many(notices, at=AT, day=day)  # type: ignore[arg-type]

    return once


def _peer(name: str, *apps: str) -> bool:
    """Django with a peer's tables in a schema of its own; made by the first process."""
    if importlib.util.find_spec(apps[-1]) is None:
        return False
    import django
    from django.conf import settings
    from psycopg.conninfo import conninfo_to_dict

    at = conninfo_to_dict(os.environ["DATABASE_URL"])
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", *apps],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": at["dbname"],
                "USER": at["user"],
                "HOST": at["host"],
                "OPTIONS": {"options": f"-c search_path={name}"},
                "CONN_MAX_AGE": None,
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        SECRET_KEY="bench",  # noqa: S106
        DEFAULT_CURRENCY="IDR",
        CURRENCIES=("IDR",),
        MIDDLEWARE=[],
        TEMPLATES=[],
        ROOT_URLCONF="",
    )
    django.setup()
    import psycopg
    from django.core.management import call_command

    # held until the accounts are made too: eight processes start at once
    admin = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    admin.execute("SELECT pg_advisory_lock(4711)")
    admin.execute(f"CREATE SCHEMA IF NOT EXISTS {name}")
    call_command("migrate", verbosity=0, interactive=False)
    _locks.append(admin)
    return True


def hordak(number: int, bills: int) -> Callable[[], object] | None:
    """`Account.transfer_to`, an account of its own against one that all use."""
    if not _peer("hordak", "mptt", "hordak"):
        return None
    from hordak.models import Account
    from moneyed import Money

    def account(code: str) -> Account:
        found = Account.objects.filter(code=code).first()
        kind = getattr(Account, "TYPES", None)
        asset = kind.asset if kind else "AS"
        return found or Account.objects.create(
            name=code, code=code, type=asset, currencies=["IDR"]
        )

    cash, own = account("1"), account(str(100 + number))
    return lambda: own.transfer_to(cash, Money(77_600, "IDR"))


def django_ledger(number: int, bills: int) -> Callable[[], object] | None:
    """`LedgerModel`'s journal entry committed by `commit_txs`, one ledger a process."""
    if not _peer("django_ledger", "django_ledger"):
        return None
    from benchmarks.revenue_django_ledger import poster

    return poster(number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
