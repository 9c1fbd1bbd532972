"""`python3 dev.py bench revenue_issue [BILLS]`: a year's bills against a bare COPY.

The run (assessment, bills, postings, village by village, over two connections, as the
role that requests have) beside COPY of the same rows, binary, in one transaction, into a
table with the same columns, checks and indexes, but without row-level security, which
COPY cannot pass: same PostgreSQL, one after the other in rounds, a checkpoint before
each. Told are seconds, and processor seconds of client and server; also with the forecast
counted in, which decides the deductions. The database is made for it and dropped.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from benchmarks.alone import alone
from benchmarks.scratch import database, query, server

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


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and by the processors of client and server together."""

    wall: float
    cpu: float

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.wall + other.wall, self.cpu + other.cpu)


def main(argv: list[str]) -> int:
    """Print seconds, ratios, memory; returns 1 where the goal is missed."""
    bills = int(argv[0]) if argv else BILLS
    with database(NAME):
        made = alone("-m", "benchmarks.revenue_issue", "--inside", str(bills))
    told = json.loads(made.printed.splitlines()[-1])
    print(f"{told['server']}; {bills:,} bills in villages of {VILLAGE:,}")
    print(f"{ROUNDS} rounds, median; load {os.getloadavg()[0]:.1f}")
    copies = [Spent(*one) for one in told["copy"]]
    forecasts = [Spent(*one) for one in told["forecast"]]
    runs = [Spent(*one) for one in told["run"]]
    both = [one + other for one, other in zip(forecasts, runs, strict=True)]
    _tell("bare COPY", copies, copies)
    _tell("the forecast that goes before", forecasts, copies)
    ratio = _tell("the run", runs, copies)
    _tell("forecast and run", both, copies)
    _tell("the run of the year after", [Spent(*told["after"])], copies)
    print(f"memory of the run's process at its highest {made.megabytes:.0f} MB")
    return 0 if ratio <= 2 and made.megabytes < 1024 else 1


def _tell(what: str, spent: list[Spent], copies: list[Spent]) -> float:
    """One line, with the ratio to the COPY of the same round; returns its median."""
    pairs = list(zip(spent, copies[-len(spent) :], strict=True))
    walls = [one.wall / copy.wall for one, copy in pairs]
    cpus = [one.cpu / copy.cpu for one, copy in pairs]
    middle = statistics.median
    print(
        f"{what:32} {middle(x.wall for x in spent):7.1f} s"
        f"  {middle(walls):5.2f} × COPY ({min(walls):.2f}-{max(walls):.2f})"
        f"  CPU {middle(x.cpu for x in spent):7.1f} s"
        f"  {middle(cpus):5.2f} × ({min(cpus):.2f}-{max(cpus):.2f})",
        flush=True,
    )
    return middle(walls)


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
    _forecast(_issue(2020))  # loads the loops: seconds, once a process
    told: dict[str, Any] = {"server": _server(), "run": [], "copy": [], "forecast": []}
    for _ in range(ROUNDS):
        _empty()
        issue = _issue(2020)
        told["forecast"].append(_spent(_forecast, issue))
        told["run"].append(_spent(_run, issue))
        told["copy"].append(_copied())
    after = _issue(2021)
    _forecast(after)
    told["after"] = _spent(_run, after)
    return told


def _server() -> str:
    shown = ("server_version", "fsync", "synchronous_commit", "shared_buffers")
    asked = ", ".join(f"current_setting('{one}')" for one in shown)
    version, *rest = query(f"SELECT {asked}")[0]
    named = (f"{a} {b}" for a, b in zip(shown[1:], rest, strict=True))
    return f"PostgreSQL {version}, {', '.join(named)}"


def _spent(work: Callable[..., Any], *given: Any) -> tuple[float, float]:
    """What it takes, after a checkpoint: nobody pays for what others wrote."""
    query("CHECKPOINT")
    cpu, began = _processor(), time.perf_counter()
    work(*given)
    wall = time.perf_counter() - began
    time.sleep(0.5)  # until the server has counted who has ended
    return wall, _processor() - cpu


def _processor() -> float:
    """Processor seconds of ours, of the connections and of those that ended: proc(5)."""
    clients = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
    ticks = _ticks(server(), slice(13, 15))
    ticks += sum(_ticks(pid, slice(11, 13)) for (pid,) in query(clients))
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int, places: slice) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:  # that asked, and has ended
        return 0
    return sum(map(int, stat[places]))


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
    issuing.forecast(
        issue=issue.pk, region=REGION, clock=lambda: AT, hands=issuing.HANDS
    )


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


def _copied() -> tuple[float, float]:
    """COPY of the bills into a table with the same indexes, commit included."""
    from django.db import connection
    from psycopg import Cursor

    from habaring.revenue.models import Bill

    _as_owner()
    with connection.cursor() as plain:
        plain.execute("DROP TABLE IF EXISTS bare")
        plain.execute("CREATE TABLE bare (LIKE revenue_bill INCLUDING ALL)")
        plain.execute("ALTER TABLE bare ALTER id DROP DEFAULT")
    columns = ", ".join(one.column for one in Bill._meta.local_concrete_fields)
    out = f"COPY (SELECT {columns} FROM revenue_bill ORDER BY id) TO STDOUT (FORMAT binary)"  # noqa: S608 - our own columns
    with tempfile.TemporaryFile() as file:
        with Cursor(connection.connection) as cursor, cursor.copy(out.encode()) as rows:
            for block in rows:
                file.write(block)
        file.seek(0)
        spent = _spent(_copy, f"COPY bare ({columns}) FROM STDIN (FORMAT binary)", file)
    with connection.cursor() as plain:
        told = "SELECT count(*), sum(amount) FROM "
        plain.execute(f"{told} bare UNION ALL {told} revenue_bill")
        copied, issued = plain.fetchall()
    if copied != issued:
        raise SystemExit(f"COPY brought {copied}, the run {issued}")
    return spent


def _copy(into: str, file: IO[bytes]) -> None:
    from django.db import connection, transaction
    from psycopg import Cursor

    with (
        transaction.atomic(),
        Cursor(connection.connection) as cursor,
        cursor.copy(into.encode()) as rows,
    ):
        while block := file.read(1 << 20):
            rows.write(block)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        print(json.dumps(inside(int(sys.argv[2]))))
        sys.exit(0)
    sys.exit(main(sys.argv[1:]))
