"""`python3 dev.py bench revenue_issue [BILLS]`: a year's bills against a bare COPY.

The run (forecast, deductions, assessment, bills, postings, village by village, as the
role that requests have) beside COPY of the same rows, binary, into a table with the
same columns and indexes: same PostgreSQL, one after the other in rounds. The
database is made for it and dropped.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from benchmarks.alone import alone
from benchmarks.scratch import database

AT = datetime(2026, 1, 12, 3, 0, tzinfo=UTC)
REGION = "62.02"
BILLS = 1_500_000
VILLAGE = 7_500
ROUNDS = 3
NAME = "bench_revenue_issue"
_REGISTER = """
INSERT INTO revenue_valueclass
    (region_id, kind, code, year, value, basis, illustrative, recorded_at)
SELECT '62.02', kind, 'C' || n, 2020, 20000 * n * n, 'contoh', true, now()
FROM generate_series(1, 40) n, unnest(ARRAY['land', 'building']) kind;
INSERT INTO revenue_taxpayer (region_id, number, kind, name, name_masked, nik_hash,
    nik_masked, nib, address, illustrative, recorded_at)
SELECT '62.02', 'P' || n, 'person', 'Contoh ' || n, 'C•••', '', '', '', '', true, now()
FROM generate_series(1, {taxpayers}) n;
INSERT INTO revenue_taxobject (region_id, tax, number, name, address, taxpayer_id,
    land_m2, building_m2, land_class, building_class, use, facts, state, exempt_reason,
    illustrative, recorded_at)
SELECT '62.02', 'pbb', '6202' || lpad((n / {village})::text, 6, '0')
        || lpad((n % {village})::text, 7, '0') || '0', '', '',
    (SELECT min(id) FROM revenue_taxpayer) + (n * 7919::bigint) % {taxpayers},
    100 + n * 37 % 900, (n % 3) * (36 + n % 100), 'C' || 1 + n % 40, 'C' || 1 + n % 37,
    CASE n % 20 WHEN 0 THEN 'food' ELSE '' END, '{{}}', 'active', '', true, now()
FROM generate_series(0, {objects} - 1) n;
ANALYZE;
"""


def main(argv: list[str]) -> int:
    """Print seconds, ratio, memory; returns 1 where the goal is missed."""
    bills = int(argv[0]) if argv else BILLS
    with database(NAME):
        made = alone("-m", "benchmarks.revenue_issue", "--inside", str(bills))
    told = json.loads(made.printed.splitlines()[-1])
    ratio = told["run"] / told["copy"]
    print(f"{bills:,} bills in villages of {VILLAGE:,}; median of {ROUNDS} rounds")
    print(f"bare COPY            {told['copy']:8.1f} s  {told['copies']}")
    print(
        f"the run              {told['run']:8.1f} s  {told['runs']}  {ratio:.2f} × COPY"
    )
    print(f"  forecast before it {told['forecast']:8.1f} s")
    print(
        f"  year after it      {told['after']:8.1f} s  (compares each bill with the one before)"
    )
    print(f"memory at its highest {made.megabytes:6.0f} MB")
    return 0 if ratio <= 2 and made.megabytes < 1024 else 1


def inside(bills: int) -> dict[str, Any]:
    """Everything, in a process whose memory is measured."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "habaring.config.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from habaring.shared import walls

    call_command("migrate", verbosity=0)
    walls.give_app_role()
    _register(bills)
    warm = _issue(2019)
    _seconds(_forecast, warm)  # compiles the loops
    runs, copies = [], []
    forecast = 0.0
    for round_ in range(ROUNDS):
        if round_:
            _empty()
        issue = _issue(2020)
        forecast = _seconds(_forecast, issue)
        runs.append(_seconds(_run, issue))
        copies.append(_copied())
    after = _issue(2021)
    _forecast(after)
    last = _seconds(_run, after)
    return {
        "run": statistics.median(runs),
        "runs": [round(one, 1) for one in runs],
        "copy": statistics.median(copies),
        "copies": [round(one, 1) for one in copies],
        "forecast": forecast,
        "after": last,
    }


def _seconds(work: Callable[[Any], Any], issue: Any) -> float:
    began = time.perf_counter()
    work(issue)
    return time.perf_counter() - began


def _register(bills: int) -> None:
    from django.db import connection

    from habaring.regions.models import Region
    from tests.revenue import makers

    Region.objects.create(code="62", name="Kalimantan Tengah", kind="provinsi")
    region = Region.objects.create(
        code=REGION, name="Kotawaringin Timur", kind="kabupaten", parent_id="62"
    )
    text = makers.rule_text().replace("2024-01-05", "2010-01-01")
    makers.rule(region, text=text, begins_on=date(2010, 1, 1))
    with connection.cursor() as cursor:
        cursor.execute(
            _REGISTER.format(objects=bills, taxpayers=bills * 4 // 5, village=VILLAGE)
        )


def _issue(year: int) -> Any:
    from habaring.regions.models import Region
    from habaring.revenue.actions import issue as runs
    from habaring.shared import walls

    with walls.within(REGION):
        region = Region.objects.get(code=REGION)
        plan = runs.Plan(year, date(year, 9, 30))
        return runs.prepare(region=region, plan=plan, by=None, at=AT)


def _forecast(issue: Any) -> None:
    from habaring.revenue import issuing

    _as_requests()
    issuing.forecast(issue=issue.pk, region=REGION, clock=lambda: AT)


def _run(issue: Any) -> None:
    from habaring.revenue import issuing
    from habaring.revenue.actions import issue as runs
    from habaring.shared import walls

    with walls.within(REGION):
        runs.start(issue=issue, by=None, at=AT)
    if not issuing.run(
        issue=issue.pk, region=REGION, clock=lambda: AT, hands=issuing.HANDS
    ):
        raise SystemExit("the run did not end")


def _as_requests() -> None:
    """Bound by the walls, as the worker is; so are the connections of its hands."""
    from django.db import connection

    from habaring.shared.walls import APP_ROLE

    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute(f"ALTER DATABASE {NAME} SET role = {APP_ROLE}")
        cursor.execute(f"SET ROLE {APP_ROLE}")


def _as_owner() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")


def _empty() -> None:
    from django.db import connection

    _as_owner()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE revenue_bill")
        cursor.execute("DELETE FROM revenue_issuepart")
        cursor.execute("DELETE FROM revenue_deductionelsewhere")
        cursor.execute("UPDATE revenue_issue SET state = 'cancelled'")


def _copied() -> float:
    """Seconds of COPY of the bills into a table with the same indexes, commit included."""
    from django.db import connection, transaction
    from psycopg import Cursor

    from habaring.revenue.models import Bill

    _as_owner()
    with connection.cursor() as plain:
        plain.execute("DROP TABLE IF EXISTS bare")
        plain.execute("CREATE TABLE bare (LIKE revenue_bill INCLUDING ALL)")
        plain.execute("ALTER TABLE bare ALTER id DROP DEFAULT")
    columns = ", ".join(one.column for one in Bill._meta.local_concrete_fields)
    out = f"COPY (SELECT {columns} FROM revenue_bill ORDER BY id) TO STDOUT (FORMAT binary)"  # noqa: S608 - our own columns
    into = f"COPY bare ({columns}) FROM STDIN (FORMAT binary)"
    raw = connection.connection
    with tempfile.TemporaryFile() as file:
        with Cursor(raw) as cursor, cursor.copy(out.encode()) as rows:
            for block in rows:
                file.write(block)
        file.seek(0)
        began = time.perf_counter()
        with (
            transaction.atomic(),
            Cursor(raw) as cursor,
            cursor.copy(into.encode()) as rows,
        ):
            while block := file.read(1 << 20):
                rows.write(block)
        spent = time.perf_counter() - began
    with connection.cursor() as plain:
        told = "SELECT count(*), sum(amount) FROM "
        plain.execute(f"{told} bare UNION ALL {told} revenue_bill")
        copied, issued = plain.fetchall()
    if copied != issued:
        raise SystemExit(f"COPY brought {copied}, the run {issued}")
    return spent


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        print(json.dumps(inside(int(sys.argv[2]))))
        sys.exit(0)
    sys.exit(main(sys.argv[1:]))
