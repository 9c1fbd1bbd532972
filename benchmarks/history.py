"""`python3 dev.py bench history`: what keeping every change costs, and checking it.

The same work with the triggers and with them disabled, in rounds that alternate, so
that a busy machine burdens both; the ratio is of the medians, and beside it of the least of both. Everything is rolled back.
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from benchmarks.platform import prepare

ROWS = 10_000
ROUNDS = 7
AT = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)


def main(argv: list[str]) -> int:
    """Print with, without and ratio; then rows a second of sealing and checking."""
    prepare()
    from django.db import transaction

    print(f"{'':<42}{'with ms':>9}{'without':>9}{'ratio':>7}{'least':>7}")
    with transaction.atomic():
        rows = _rows()
        _compare("import of 10,000 observations (the action)", lambda: _record(rows))
        _compare("10,000 rows by one bare INSERT … SELECT", _insert)
        _compare(
            "bulk update of 10,000 rows (one column)", _update, before=_insert_plain
        )
        _compare("fifty small deeds (open a budget year)", _deed)
        transaction.set_rollback(True)
    _chain(rows)
    return 0


def _rows() -> list[Any]:
    from habaring.assessment.models import Indicator
    from habaring.assessment.observations import Row
    from habaring.regions.models import Region

    regions = list(
        Region.objects.filter(kind__in=("kabupaten", "kota")).order_by("code")
    )
    known = Indicator.objects.filter(
        maximum=None, minimum=None
    ) | Indicator.objects.filter(minimum=0, maximum=None)
    indicators = list(known.order_by("code")[:4])
    made = [
        Row(
            indicator=one.code,
            year=year,
            value=Decimal(7) + number,
            source="BPS 2024",
            region=region.code,
        )
        for number, year in enumerate(range(2016, 2024))
        for one in indicators
        for region in regions
    ]
    return made[:ROWS]


def _record(rows: list[Any]) -> None:
    from habaring.assessment.actions import record_observations

    found = record_observations(region=None, rows=rows, upload=None, by=None, at=AT)
    if len(found.changes) < ROWS * 0.9:
        raise SystemExit(f"only {len(found.changes)} rows were new")


_INSERT = """
    INSERT INTO regions_budgetfigure (region_id, year, stage, account, amount, derived,
        source, note, illustrative)
    SELECT '62.02', 2000 + n %% 50, 'budget', '4.' || n, n, false, 'uji', '', true
    FROM generate_series(1, %s) AS n
"""


def _insert() -> None:
    _run(_INSERT, ROWS)


def _insert_plain() -> None:
    _insert()


def _update() -> None:
    _run("UPDATE regions_budgetfigure SET note = 'x' WHERE source = 'uji'")


def _deed() -> None:
    from habaring.regions.models import FiscalYear, Region
    from habaring.shared import audit

    for year in range(2040, 2090):
        row = FiscalYear.objects.create(
            region=Region(code="62.02"), year=year, opened_at=AT
        )
        audit.record(
            by=None,
            at=AT,
            verb="regions.fiscal_year.opened",
            subject=row,
            region="62.02",
        )


def _run(sql: str, *words: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, words or None)


def _compare(
    name: str, work: Callable[[], None], before: Callable[[], None] | None = None
) -> None:
    kept, bare = [], []
    for _ in range(ROUNDS):
        kept.append(_timed(work, before, triggers=True))
        bare.append(_timed(work, before, triggers=False))
    a, b = statistics.median(kept), statistics.median(bare)
    least = min(kept) / min(bare)
    print(f"{name:<42}{a:>9.0f}{b:>9.0f}{a / b:>7.2f}{least:>7.2f}")


def _timed(
    work: Callable[[], None], before: Callable[[], None] | None, *, triggers: bool
) -> float:
    from django.db import transaction

    with transaction.atomic():
        word = "ENABLE" if triggers else "DISABLE"
        for table in (
            "assessment_observation",
            "regions_budgetfigure",
            "regions_fiscalyear",
        ):
            for op in ("insert", "update"):
                _run(f"ALTER TABLE {table} {word} TRIGGER history_watch_{op}")
        if before:
            before()
        began = time.perf_counter()
        work()
        _run("SET CONSTRAINTS ALL IMMEDIATE")  # what the commit would check
        spent = (time.perf_counter() - began) * 1000
        transaction.set_rollback(True)
    return spent


def _chain(rows: list[Any]) -> None:
    """Seal a day of 10,000 observations, check it, prove one entry."""
    from django.db import transaction

    from habaring.history import actions, queries
    from habaring.shared.models import AuditEntry

    with transaction.atomic():
        _record(rows)
        began = time.perf_counter()
        actions.seal(at=datetime.now(UTC) + timedelta(days=1))
        sealed = time.perf_counter() - began
        began = time.perf_counter()
        verdict = queries.verify()
        checked = time.perf_counter() - began
        entry = AuditEntry.objects.latest("recorded_at")
        began = time.perf_counter()
        proof = queries.prove(entry.id)
        proved = time.perf_counter() - began
        if not (verdict.holds and queries.proof_holds(proof)):
            raise SystemExit(f"the chain does not hold: {verdict.findings[:3]}")
        transaction.set_rollback(True)
    print(
        f"seal: {verdict.rows:,} rows in {sealed:.2f} s, {verdict.rows / sealed:,.0f} a second"
    )
    print(f"verify: {checked:.2f} s, {verdict.rows / checked:,.0f} rows a second")
    print(f"prove: {proved * 1000:.0f} ms, a path of {len(proof['path'])} hashes")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
