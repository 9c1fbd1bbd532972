"""A year's bills for a whole region: reckoned and written village by village.

What it costs is writing rows, so nothing goes row by row: PostgreSQL hands a village
over as columns, the engine reckons them, and one INSERT reads columns back. A village
is one transaction with its bills, its posting and its mark, so a run that was killed
goes on where it was; objects that have a bill are left out, and `bill_once` refuses a
second one (ON CONFLICT would cost a third of the time). COPY is no way in: these tables
are protected.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Count, Q, Sum
from django.db.models.functions import Left
from django.utils.timezone import localdate

from habaring.engines import taxing
from habaring.revenue import arrays, assessing
from habaring.revenue.models import (
    Account,
    BillState,
    DeductionElsewhere,
    Document,
    Issue,
    IssuePart,
    IssueState,
    ObjectState,
    Source,
    TaxObject,
)
from habaring.shared import audit, walls

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TAX = "pbb"
"""The one tax that the office bills for a whole year; the others come one at a time."""
PREFIX = 10
"""Digits of a NOP that name a village."""
HANDS = 2
"""Villages that a run writes at once, where the database has a core for each."""
_NOP = 18
_NONE = -1
"""Stands for no amount of last year, and for no use."""


@dataclass(frozen=True)
class Numbers:
    """What a village, or a whole run, comes to. Rupiah; `total` without those held."""

    objects: int = 0
    bills: int = 0
    held: int = 0
    unready: int = 0
    total: int = 0
    before: int = 0


def numbers_of(issue: Issue) -> Numbers:
    """The run's numbers: of what is done as it is, of the rest as forecast."""
    fields = ("objects_counted", "bills", "held", "unready", "total", "before")
    rows = IssuePart.objects.filter(region=issue.region_id, issue=issue)
    found = rows.aggregate(**{f"of_{name}": Sum(name) for name in fields})
    return Numbers(*(found[f"of_{name}"] or 0 for name in fields))


# What the statements share

_CLASSES = """
classes AS (
    SELECT DISTINCT ON (kind, code) kind, code, value FROM revenue_valueclass
    WHERE region_id = %(region)s AND year <= %(year)s ORDER BY kind, code, year DESC
)"""
_OBJECTS = """
objects AS (
    SELECT o.id, o.taxpayer_id, o.number::bigint AS number, o.land_m2,
        coalesce(l.value, 0) AS land_value, o.building_m2,
        coalesce(b.value, 0) AS building_value,
        coalesce(array_position(%(uses)s::text[], o.use::text) - 1, -1) AS use,
        (l.value IS NOT NULL OR o.land_m2 = 0)
            AND (b.value IS NOT NULL OR o.building_m2 = 0)
            AND (o.use = '' OR o.use = ANY (%(uses)s::text[]))
            AND o.land_m2::numeric * coalesce(l.value, 0)
                + o.building_m2::numeric * coalesce(b.value, 0) <= %(largest)s AS ready
    FROM revenue_taxobject o
    LEFT JOIN classes l ON l.kind = 'land' AND l.code = o.land_class
    LEFT JOIN classes b ON b.kind = 'building' AND b.code = o.building_class
    WHERE o.region_id = %(region)s AND o.tax = 'pbb' AND o.state = 'active'
        AND o.number BETWEEN %(low)s AND %(high)s
)"""
_EARLIER = """
earlier AS (
    SELECT DISTINCT ON (number) number::bigint AS number, amount FROM revenue_bill
    WHERE region_id = %(region)s AND tax = 'pbb' AND year = %(year)s - 1 AND period = 0
        AND number BETWEEN %(low)s AND %(high)s
        AND state NOT IN ('cancelled', 'corrected', 'review') AND document <> 'STPD'
    ORDER BY number, seq DESC
), there AS (
    SELECT number::bigint AS number FROM revenue_bill
    WHERE region_id = %(region)s AND tax = 'pbb' AND year = %(year)s AND period = 0
        AND number BETWEEN %(low)s AND %(high)s
)"""
_FACTS = (
    "id",
    "taxpayer_id",
    "number",
    "land_m2",
    "land_value",
    "building_m2",
    "building_value",
    "use",
)
_VILLAGE = f"""
WITH {_CLASSES}, {_OBJECTS}, {_EARLIER}, chosen AS (
    SELECT o.*, coalesce(e.amount, {_NONE}) AS before, (NOT EXISTS (
            SELECT FROM revenue_deductionelsewhere d
            WHERE d.issue_id = %(issue)s AND d.prefix = %(prefix)s AND d.object_id = o.id
        ))::int AS first
    FROM objects o LEFT JOIN earlier e USING (number)
    WHERE o.ready AND NOT EXISTS (SELECT FROM there t WHERE t.number = o.number)
    ORDER BY o.number
)
SELECT {", ".join(f"array_agg({name}::bigint)" for name in (*_FACTS, "first", "before"))},
    (SELECT count(*) FROM objects), (SELECT count(*) FROM objects WHERE NOT ready)
FROM chosen
"""  # noqa: S608 - names of columns, written above
_SEVERAL = f"""
WITH {_CLASSES}, {_OBJECTS}, several AS (
    SELECT taxpayer_id FROM revenue_taxobject
    WHERE region_id = %(region)s AND tax = 'pbb' AND state = 'active'
    GROUP BY taxpayer_id HAVING count(*) > 1
)
SELECT {", ".join(f"array_agg({name}::bigint)" for name in _FACTS)}
FROM objects JOIN several USING (taxpayer_id) WHERE ready
"""  # noqa: S608 - as above
UNREADY = f"""
WITH {_CLASSES}, {_OBJECTS}
SELECT array_agg(id) FROM (
    SELECT id FROM objects WHERE NOT ready ORDER BY number LIMIT %(most)s
) first_ones
"""  # noqa: S608 - as above


def asked(issue: Issue, prefix: str = "") -> dict[str, Any]:
    """What the statements above are asked with, for one village or the whole region."""
    rules = assessing.rules_of(issue.rule)
    rest = _NOP - len(prefix)
    return {
        "region": issue.region_id,
        "year": issue.year,
        "issue": issue.pk,
        "uses": [use.key for use in rules.uses],
        "largest": rules.largest,
        "prefix": prefix,
        "low": prefix + "0" * rest,
        "high": prefix + "9" * rest,
    }


@dataclass(frozen=True)
class _Village:
    """The objects of a village that can be billed, with what they owe."""

    columns: dict[str, "NDArray[np.int64]"]
    amount: "NDArray[np.int64]"
    held: "NDArray[np.bool_]"
    objects: int
    unready: int

    @property
    def numbers(self) -> Numbers:
        before = self.columns["before"]
        return Numbers(
            objects=self.objects,
            bills=len(self.amount),
            held=int(self.held.sum()),
            unready=self.unready,
            total=int(self.amount[~self.held].sum()),
            before=int(before[before > 0].sum()),
        )


def _reckoned(issue: Issue, prefix: str) -> _Village:
    """What every object of a village owes, and which bills somebody should look at."""
    # late: numpy is for runs, and most processes never run one
    import numpy as np

    found = arrays.ask(_VILLAGE, asked(issue, prefix))
    *columns, objects, unready = found
    names = (*_FACTS, "first", "before")
    empty = np.empty(0, dtype=np.int64)
    table = {
        name: empty if column is None else column
        for name, column in zip(names, columns, strict=True)
    }
    if not len(table["id"]):
        return _Village(table, empty, empty.astype(bool), objects, unready)
    rules = assessing.rules_of(issue.rule)
    # the size of the whole run decides how: villages alone would count as small rolls
    roll = taxing.assess_many(
        rules,
        _facts(table),
        on=assessing.day_of(issue.year),
        part_of=issue.objects_counted,
    )
    amount, before = roll.payable, table["before"]
    far = np.abs(amount - before) * 100 > issue.review_percent * before
    held = (before >= 0) & (amount != before) & far
    return _Village(table, amount, held, objects, unready)


def _facts(table: dict[str, "NDArray[np.int64]"]) -> dict[str, "NDArray[Any]"]:
    names = ("land_m2", "land_value", "building_m2", "building_value", "use", "first")
    found: dict[str, NDArray[Any]] = {
        name: table[name] for name in names if name in table
    }
    if "first" in found:
        found["first"] = found["first"].astype(bool)
    return found


# Before the first part


def lay_out(issue: Issue) -> int:
    """Note the villages of a run, and on which objects no deduction is taken. Returns
    the number of objects. Anew each time, until a part has run.
    """
    rows = TaxObject.objects.filter(
        region=issue.region_id, tax=TAX, state=ObjectState.ACTIVE
    )
    villages = (
        rows.annotate(prefix=Left("number", PREFIX))
        .values("prefix")
        .annotate(count=Count("id"))
        .order_by("prefix")
    )
    known = {
        part.prefix: part
        for part in IssuePart.objects.filter(region=issue.region_id, issue=issue)
    }
    new = [
        IssuePart(
            region_id=issue.region_id,
            issue=issue,
            prefix=row["prefix"],
            objects_counted=row["count"],
        )
        for row in villages
        if row["prefix"] not in known
    ]
    IssuePart.objects.bulk_create(new)
    return sum(row["count"] for row in villages)


def decide_deductions(issue: Issue) -> int:
    """Note the objects whose taxpayer has the deduction on another one; returns how many.

    Decided over the whole region and only while no part has run.
    """
    columns = arrays.ask(_SEVERAL, asked(issue))
    DeductionElsewhere.objects.filter(region=issue.region_id, issue=issue).delete()
    if columns[0] is None:
        return 0
    table = dict(zip(_FACTS, columns, strict=True))
    first = taxing.first_objects(
        assessing.rules_of(issue.rule),
        _facts(table),
        taxpayer=table["taxpayer_id"],
        number=table["number"],
        on=assessing.day_of(issue.year),
    )
    (count,) = arrays.ask(
        "WITH made AS (INSERT INTO revenue_deductionelsewhere"
        " (region_id, issue_id, object_id, prefix) SELECT %(region)s, %(issue)s, id,"
        " left(number::text, %(digits)s) FROM unnest(%(id)s, %(number)s) r (id, number)"
        " RETURNING 1) SELECT count(*) FROM made",
        {
            "region": issue.region_id,
            "issue": issue.pk,
            "digits": PREFIX,
            "id": table["id"][~first],
            "number": table["number"][~first],
        },
    )
    return int(count)


def forecast(
    *, issue: int, region: str, clock: Callable[[], datetime], hands: int = 1
) -> None:
    """Reckon every village of a prepared run without writing bills, one a transaction;
    `hands` as for `run`.
    """
    with walls.within(region):
        row = _row(issue, region)
        if row.state != IssueState.PREPARED:
            return
        row.objects_counted = lay_out(row)
        row.save(update_fields=["objects_counted"])
        decide_deductions(row)
    _share(partial(_one_forecast, issue, region, clock), hands)


def _one_forecast(issue: int, region: str, clock: Callable[[], datetime]) -> bool:
    with walls.within(region):
        row = _row(issue, region)
        part = _next(row, reckoned_at__isnull=True)
        if part is None or row.state != IssueState.PREPARED:
            return False
        _keep(part, _reckoned(row, part.prefix).numbers)
        part.reckoned_at = clock()
        part.save()
        return True


# The run


def run(
    *, issue: int, region: str, clock: Callable[[], datetime], hands: int = 1
) -> bool:
    """Issue village by village until all are done or somebody stops the run.

    `hands` share the villages, each over a connection of its own; so do two runs at
    once. One that was killed leaves nothing half done. Returns whether the run is done.
    """
    _share(partial(_one_part, issue, region, clock), hands)
    return _end(issue, region, clock())


def _share(work: Callable[[], bool], hands: int) -> None:
    """The same work over and over until it finds nothing to do, by so many at once."""
    if hands > 1 and not connection.in_atomic_block:
        with ThreadPoolExecutor(hands) as pool:
            for one in [pool.submit(_hand, work) for _ in range(hands)]:
                one.result()
    else:
        _all_of(work)


def _all_of(work: Callable[[], bool]) -> None:
    while work():
        pass


def _hand(work: Callable[[], bool]) -> None:
    try:
        _all_of(work)
    finally:
        connection.close()  # of this thread


def _one_part(issue: int, region: str, clock: Callable[[], datetime]) -> bool:
    with walls.within(region):
        row = _row(issue, region)
        part = _next(row, done_at__isnull=True)
        if part is None or row.state != IssueState.RUNNING:
            return False
        issue_part(row, part, at=clock())
        return True


def _row(issue: int, region: str) -> Issue:
    return Issue.objects.select_related("rule", "region").get(pk=issue, region=region)


def _next(issue: Issue, **still: bool) -> IssuePart | None:
    rows = IssuePart.objects.filter(region=issue.region_id, issue=issue, **still)
    return rows.select_for_update(skip_locked=True, of=("self",)).first()


def issue_part(issue: Issue, part: IssuePart, *, at: datetime) -> Numbers:
    """The bills of one village and their posting, in the caller's transaction."""
    # late: it reads the database's functions, and the engine needs none of it
    from habaring.revenue import ledger

    village = _reckoned(issue, part.prefix)
    numbers = village.numbers
    if numbers.bills:
        _insert(issue, village, at)
    if numbers.total:
        line = ledger.Line(Account.RECEIVABLE, Account.TAX, numbers.total, issue.tax)
        ledger.post(
            region=issue.region_id,
            day=localdate(at),
            lines=[line],
            source=Source.ISSUE,
            source_key=f"{issue.pk}/{part.prefix}",
            at=at,
        )
    _keep(part, numbers)
    part.done_at = at
    part.save()
    return numbers


def _keep(part: IssuePart, numbers: Numbers) -> None:
    part.objects_counted = numbers.objects
    part.bills = numbers.bills
    part.held = numbers.held
    part.unready = numbers.unready
    part.total = numbers.total
    part.before = numbers.before


_SENT = (*_FACTS, "first", "before", "amount", "held")
_INSERT = f"""
    INSERT INTO revenue_bill (region_id, document, tax, year, period, seq, object_id,
        taxpayer_id, number, rule_id, facts, amount, before, received, due_on, state,
        issue_id, illustrative, issued_at)
    SELECT %(region)s, %(document)s, %(tax)s, %(year)s, 0, 0, r.id,
        r.taxpayer_id, lpad(r.number::text, {_NOP}, '0'), %(rule)s,
        jsonb_build_object('land_m2', r.land_m2, 'land_value', r.land_value,
            'building_m2', r.building_m2, 'building_value', r.building_value,
            'use', coalesce((%(uses)s::text[])[r.use + 1], ''), 'first', r.first = 1),
        r.amount, nullif(r.before, {_NONE}), 0, %(due_on)s,
        CASE r.held WHEN 1 THEN %(review)s ELSE %(issued)s END,
        %(issue)s, %(illustrative)s, %(at)s
    FROM unnest({", ".join(f"%({name})s" for name in _SENT)}) AS r ({", ".join(_SENT)})
"""  # noqa: S608 - as above


def _insert(issue: Issue, village: _Village, at: datetime) -> None:
    """Write the bills of objects that have none. Somebody who bills one of them at this
    very moment makes `bill_once` refuse the whole village; it is tried again.
    """
    params: dict[str, Any] = {
        **asked(issue),
        **village.columns,
        "amount": village.amount,
        "held": village.held,
        "document": str(Document.SPPT),
        "tax": issue.tax,
        "rule": issue.rule_id,
        "due_on": issue.due_on,
        "review": str(BillState.REVIEW),
        "issued": str(BillState.ISSUED),
        "illustrative": issue.illustrative,
        "at": at,
    }
    arrays.ask(_INSERT, params)


def _end(issue: int, region: str, at: datetime) -> bool:
    """Note that a run is done, once no village is left."""
    with walls.within(region):
        rows = Issue.objects.filter(pk=issue, region=region)
        left = Q(parts__done_at__isnull=True)
        ended = (
            rows.filter(state=IssueState.RUNNING)
            .exclude(left)
            .update(state=IssueState.DONE, ended_at=at)
        )
        if ended:
            row = rows.get()
            numbers = numbers_of(row)
            audit.record(
                by=None,
                at=at,
                verb="revenue.issue.done",
                subject=row,
                region=region,
                details={
                    "year": row.year,
                    "bills": numbers.bills,
                    "held": numbers.held,
                },
            )
        return rows.filter(state=IssueState.DONE).exists()


def due_on(rules: taxing.Rules, year: int) -> date | None:
    """When bills of a year are due by the rules, where they name a day of the year."""
    try:
        return taxing.due_on(rules, taxing.Due(year=year))
    except taxing.Refused:
        return None
