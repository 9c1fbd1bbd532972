"""The treasury's own statement (RKUD) against what the books say arrived there.

What should arrive: each settlement of a bank, each advice of opsen, each till of the
counter and each deposit of a collector. A line settles one of them of the same amount,
or several of a channel together (a bank sends two days at once); the rest are findings.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations

from django.db.models import Q, Sum

from habaring.regions.models import Region
from habaring.revenue.models import (
    CashUp,
    Deposit,
    Finding,
    FindingState,
    Outcome,
    Statement,
    StatementKind,
    StatementLine,
)
from habaring.revenue.reconciling import Compared

LOOKED_BACK = timedelta(days=10)
LATE_AFTER = timedelta(days=3)  # a weekend and a day
MOST_TOGETHER = 4


@dataclass(frozen=True)
class Awaited:
    """Money that should arrive at the treasury, as one sum. `key` names it for ever."""

    channel: str
    key: str
    day: date
    amount: int


@dataclass(frozen=True)
class Pair:
    """A line of the statement and what it settles."""

    line: StatementLine
    awaited: tuple[Awaited, ...]


def awaited(region: Region, *, until: date) -> list[Awaited]:
    """All that should have arrived in the days before, the oldest first."""
    since = until - LOOKED_BACK
    span = {"region": region, "day__range": (since, until)}
    rows: list[Awaited] = []
    for file in Statement.objects.filter(**span).select_related("partner"):
        if file.kind == StatementKind.CASH or not file.matched_at:
            continue
        channel = file.partner.channel if file.partner else "opsen"
        rows.append(Awaited(channel, f"statement:{file.pk}", file.day, file.total))
    tills = CashUp.objects.filter(**span).values_list("day").annotate(Sum("counted"))
    rows += [
        Awaited("counter", f"counter:{day}", day, n) for day, n in tills.order_by() if n
    ]
    deposits = Deposit.objects.filter(**span).values_list("day").annotate(Sum("amount"))
    rows += [
        Awaited("collector", f"collector:{day}", day, n)
        for day, n in deposits.order_by()
    ]
    return sorted(rows, key=lambda one: (one.day, one.channel, one.key))


def pair(
    lines: Sequence[StatementLine], expected: Sequence[Awaited]
) -> tuple[list[Pair], list[StatementLine], list[Awaited]]:
    """Lines with what they settle, lines left over, and what has not come.

    Sums must agree to the rupiah; the oldest is taken first.
    """
    left = list(expected)
    pairs: list[Pair] = []
    over: list[StatementLine] = []
    for line in sorted(lines, key=lambda one: (one.channel, one.line)):
        found = _settled(line, [one for one in left if one.channel == line.channel])
        if found:
            pairs.append(Pair(line, found))
            left = [one for one in left if one not in found]
        else:
            over.append(line)
    return pairs, over, left


def _settled(line: StatementLine, left: Sequence[Awaited]) -> tuple[Awaited, ...]:
    for size in range(1, min(MOST_TOGETHER, len(left)) + 1):
        for some in combinations(left, size):
            if sum(one.amount for one in some) == line.amount:
                return some
    return ()


def compare(statement: Statement, *, at: datetime, due_on: date) -> Compared:
    """Compare a treasury's statement, and keep what does not match as findings."""
    region = statement.region
    lines = list(StatementLine.objects.filter(statement=statement))
    gone = _settled_before(statement)
    expected = [
        one for one in awaited(region, until=statement.day) if one.key not in gone
    ]
    pairs, over, left = pair(lines, expected)
    late = [one for one in left if one.day + LATE_AFTER <= statement.day]
    found = [*_differences(statement, over, left, due_on, at)]
    told = {row.reference for row in found}
    found += [
        _finding(
            statement,
            Outcome.ONLY_SYSTEM,
            one.channel,
            one.key,
            due_on,
            at,
            here=one.amount,
        )
        for one in late
        if one.key not in told
    ]
    _replace(statement, found, at)
    statement.settles = sorted(one.key for each in pairs for one in each.awaited)
    statement.save(update_fields=["settles"])
    counts = {"match": len(pairs)}
    for row in found:
        counts[row.outcome] = counts.get(row.outcome, 0) + 1
    matched = sum(each.line.amount for each in pairs)
    return Compared(counts, {"match": matched}, 0)


def _settled_before(statement: Statement) -> set[str]:
    """What other statements of the treasury have shown to have arrived."""
    rows = Statement.objects.filter(
        region=statement.region_id, kind=StatementKind.CASH
    ).exclude(pk=statement.pk)
    recent = rows.filter(day__gte=statement.day - 3 * LOOKED_BACK)
    return {key for row in recent for key in row.settles}


def _differences(
    statement: Statement,
    over: Iterable[StatementLine],
    left: Sequence[Awaited],
    due_on: date,
    at: datetime,
) -> Iterable[Finding]:
    """A line that settles nothing: another amount where just one sum is awaited."""
    over = list(over)
    for line in over:
        near = [one for one in left if one.channel == line.channel]
        alone = sum(one.channel == line.channel for one in over) == 1
        if len(near) == 1 and alone:
            row = _finding(
                statement,
                Outcome.AMOUNT,
                line.channel,
                near[0].key,
                due_on,
                at,
                here=near[0].amount,
            )
        else:
            row = _finding(
                statement, Outcome.ONLY_BANK, line.channel, line.reference, due_on, at
            )
        row.line, row.there = line, line.amount
        yield row


def _finding(  # noqa: PLR0913 - a row has as many columns
    statement: Statement,
    outcome: Outcome,
    channel: str,
    reference: str,
    due_on: date,
    at: datetime,
    *,
    here: int | None = None,
) -> Finding:
    return Finding(
        region_id=statement.region_id,
        day=statement.day,
        outcome=outcome,
        channel=channel,
        reference=reference,
        here=here,
        due_on=due_on,
        found_at=at,
    )


def _replace(statement: Statement, found: Sequence[Finding], at: datetime) -> None:
    """Findings that are new are added; open ones that no longer hold are explained."""
    mine = Finding.objects.filter(
        Q(line__statement=statement) | Q(line=None, reference__contains=":"),
        region=statement.region_id,
        day=statement.day,
    )
    holds = {(row.channel, row.reference, row.outcome) for row in found}
    for row in mine.filter(state=FindingState.OPEN):
        if (row.channel, row.reference, row.outcome) not in holds:
            row.state, row.decided_at = FindingState.EXPLAINED, at
            row.save(update_fields=["state", "decided_at"])
    Finding.objects.bulk_create(found, ignore_conflicts=True)
