"""A bank's file against the payments, in one statement of SQL; the queue that follows.

A line and a payment are one when channel and reference are; the parts of a payment of
several bills ("R#1", "R#2") are one line "R" there. Lines of other files of the same
weeks count too: what came twice, went back later or is told late. Outcomes:
domain.md 4.5.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.utils.timezone import (
    get_current_timezone,
    get_current_timezone_name,
    localdate,
)

from habaring.regions.models import Region
from habaring.revenue.codes import plain
from habaring.revenue.gateways.charging import MOST_BILLS
from habaring.revenue.models import (
    Bill,
    BillState,
    Claim,
    Document,
    Finding,
    FindingState,
    Outcome,
    Payment,
    Statement,
    StatementKind,
    StatementLine,
)

DAYS_TO_SETTLE = 3
WAITS = (FindingState.OPEN, FindingState.PROPOSED)
NOT_ASKED = (
    BillState.REVIEW,
    BillState.CORRECTED,
    BillState.CANCELLED,
    BillState.WRITTEN_OFF,
    BillState.EXPIRED,
)
OF_BANK = (
    Outcome.AMOUNT,
    Outcome.ONLY_BANK,
    Outcome.ONLY_SYSTEM,
    Outcome.DUPLICATE,
    Outcome.REVERSED,
    Outcome.LATE,
)
WEEKS = timedelta(days=45)  # before and after: files in which a line may come again
_OTHER_DAYS = 10  # at least so large a part of a file (a tenth) makes its day one of it


@dataclass(frozen=True)
class Compared:
    """What a comparison found, by outcome: how many, and the bank's sum of them."""

    counts: Mapping[str, int]
    sums: Mapping[str, int]
    surplus: int  # rupiah that doubled lines claim beyond the payment

    @property
    def findings(self) -> int:
        return sum(n for name, n in self.counts.items() if name != Outcome.MATCH)


def channels_of(statement: Statement) -> list[str]:
    """The channels that a file speaks of."""
    if statement.partner is not None:
        return [statement.partner.channel]
    found = StatementLine.objects.filter(statement=statement)
    return sorted(found.values_list("channel", flat=True).distinct().order_by())


def days_of(statement: Statement) -> list[date]:
    """The days that a file covers: its own, and those that many of its lines are of."""
    rows = (
        StatementLine.objects.filter(statement=statement)
        .annotate(on=TruncDate("paid_at"))
        .values_list("on")
        .annotate(lines=Count(1))
        .order_by()
    )
    floor = max(1, statement.lines_counted // _OTHER_DAYS)
    return sorted({statement.day} | {on for on, lines in rows if lines >= floor})


@dataclass(frozen=True)
class Difference:
    """A key that does not match. `line`: id of the bank's first line, None without one;
    `net`: what the bank's lines come to; `here`: what stands here, None if unknown.
    """

    outcome: str
    channel: str
    reference: str
    line: int | None
    net: int | None
    times: int
    own: int | None
    there_at: datetime | None
    here: int | None = None


_OWN = """
    SELECT channel, reference, id AS line, amount AS own, (amount > 0)::int AS times, paid_at
    FROM revenue_statementline
    WHERE region_id = %(region)s AND statement_id = %(statement)s
"""
_OWN_REPEATED = """
    SELECT channel, reference, min(id) AS line, sum(amount)::bigint AS own,
        (count(*) FILTER (WHERE amount > 0))::int AS times, min(paid_at) AS paid_at
    FROM revenue_statementline
    WHERE region_id = %(region)s AND statement_id = %(statement)s
    GROUP BY channel, reference
"""
_OTHERS = """
    SELECT l.channel, l.reference, sum(l.amount)::bigint AS net,
        (count(*) FILTER (WHERE l.amount > 0))::int AS times
    FROM revenue_statementline l
    WHERE l.region_id = %(region)s AND l.channel = ANY(%(channels)s)
        AND l.statement_id = ANY(%(others)s)
    GROUP BY 1, 2
"""
_COMPARE = """
WITH others AS MATERIALIZED ({others})
SELECT outcome, channel, reference, line, net, times, own, there_at, here FROM (
    SELECT channel, reference, t.line, t.net, t.times, t.own, t.paid_at AS there_at,
            h.amount AS here, CASE
            WHEN t.line IS NULL THEN CASE WHEN h.amount > 0 AND NOT EXISTS (
                SELECT 1 FROM others o
                WHERE o.channel = h.channel AND o.reference = h.reference)
                THEN 'only_system' ELSE 'elsewhere' END
            WHEN h.amount IS NULL THEN 'unknown'
            WHEN h.amount = 0 THEN CASE WHEN t.net > 0 THEN 'reversed' ELSE 'match' END
            WHEN t.net <= 0 THEN 'reversed'
            WHEN t.times > 1 AND t.net > h.amount THEN 'duplicate'
            WHEN t.net <> h.amount THEN 'amount_diff'
            WHEN timezone(%(zone)s, t.paid_at)::date <> timezone(%(zone)s, h.paid_at)::date
                THEN 'late_date'
            ELSE 'match' END AS outcome
        FROM (
            SELECT b.channel, b.reference, b.line, b.paid_at, b.own,
                b.own + coalesce(o.net, 0) AS net, b.times + coalesce(o.times, 0) AS times
            FROM ({own}) b LEFT JOIN others o USING (channel, reference)
        ) t FULL JOIN (
            SELECT channel, reference, paid_at,
                CASE WHEN state = 'posted' THEN amount ELSE 0 END AS amount
            FROM revenue_payment
            WHERE region_id = %(region)s AND channel = ANY(%(channels)s)
                AND day >= %(first)s AND paid_at >= %(begins)s AND paid_at < %(ends)s
                AND strpos(reference, '#') = 0
            UNION ALL  -- for several bills at once: one line there, its parts here
            SELECT channel, split_part(reference, '#', 1), min(paid_at),
                sum(CASE WHEN state = 'posted' THEN amount ELSE 0 END)::bigint
            FROM revenue_payment
            WHERE region_id = %(region)s AND channel = ANY(%(channels)s)
                AND day >= %(first)s AND paid_at >= %(begins)s AND paid_at < %(ends)s
                AND strpos(reference, '#') > 0
            GROUP BY 1, 2
        ) h USING (channel, reference)
) told WHERE outcome NOT IN ('match', 'elsewhere')
"""
_FAR = """
SELECT k.n, sum(CASE WHEN p.state = 'posted' THEN p.amount ELSE 0 END)::bigint,
    min(p.paid_at)
FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY k (channel, reference, n)
JOIN revenue_payment p ON p.region_id = %s AND p.channel = k.channel
    AND p.reference = ANY(k.reference || ARRAY(
        SELECT k.reference || '#' || part FROM generate_series(1, %s) part))
GROUP BY k.n
"""
_KEEP = """
WITH now AS (
    SELECT * FROM unnest(%(outcomes)s::text[], %(keys)s::text[], %(references)s::text[],
        %(lines)s::bigint[], %(theres)s::bigint[], %(heres)s::bigint[])
        AS t (outcome, channel, reference, line, there, here)
), found AS (
    INSERT INTO revenue_finding AS f (region_id, day, outcome, channel, reference,
        line_id, here, there, due_on, state, reason, carried, found_at)
    SELECT %(region)s, %(day)s, outcome, channel, reference, line, here, there, %(due)s,
        'open', '', '', %(at)s FROM now
    ON CONFLICT (region_id, channel, reference, outcome, day) DO UPDATE
    SET here = excluded.here, there = excluded.there, line_id = excluded.line_id,
        state = 'open', decided_at = NULL
    WHERE f.state = 'open' OR (f.state = 'explained' AND f.decided_by_id IS NULL)
)
UPDATE revenue_finding f SET state = 'explained', decided_at = %(at)s
WHERE f.region_id = %(region)s AND f.state = 'open' AND f.outcome = ANY(%(kinds)s)
    AND f.channel = ANY(%(channels)s) AND (
    f.day = %(day)s AND NOT EXISTS (
        SELECT 1 FROM now n WHERE n.channel = f.channel
            AND n.reference = f.reference AND n.outcome = f.outcome)
        AND (f.line_id IS NULL OR EXISTS (
            SELECT 1 FROM revenue_statementline l
            WHERE l.id = f.line_id AND l.statement_id = %(statement)s))
        AND (EXISTS (
            SELECT 1 FROM revenue_payment p WHERE p.region_id = f.region_id
                AND p.channel = f.channel
                AND p.reference IN (f.reference, f.reference || '#1'))
            OR NOT EXISTS (SELECT 1 FROM revenue_claim c WHERE c.finding_id = f.id))
    OR f.day <> %(day)s AND f.outcome = 'only_system' AND EXISTS (
        SELECT 1 FROM revenue_statementline l
        WHERE l.region_id = %(region)s AND l.channel = f.channel
            AND l.reference = f.reference AND l.statement_id = %(statement)s))
"""


def compare(statement: Statement, *, at: datetime, due_on: date) -> Compared:
    """Compare a settlement file with the payments and keep what does not match.

    One walk over lines and payments joined by their keys; only what differs comes back.
    Run again, it doubles nothing: open findings follow what is true now, and those that
    no longer hold are explained; what a person reported waits for a person, as long as
    its payment is not here. For actions, inside a transaction.
    """
    given = _given(statement, at, due_on)
    repeated = statement.repeated
    query = _COMPARE.format(own=_OWN_REPEATED if repeated else _OWN, others=_OTHERS)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute("SET LOCAL jit = off")  # it takes longer than it saves
        cursor.execute(query, given)
        differences = [Difference(*row) for row in cursor.fetchall()]
        cursor.execute("SET LOCAL work_mem TO DEFAULT")
        differences = _looked_up(cursor, statement, differences)
        cursor.execute(_KEEP, given | _columns(differences))
    counts, sums = _told(statement, differences)
    doubled = [one for one in differences if one.outcome == Outcome.DUPLICATE]
    surplus = sum((one.net or 0) - (one.here or 0) for one in doubled)
    return Compared(counts, sums, surplus)


def _told(
    statement: Statement, differences: Sequence[Difference]
) -> tuple[dict[str, int], dict[str, int]]:
    """Counts and sums by outcome; what does not differ matches."""
    counts: dict[str, int] = {}
    sums: dict[str, int] = {}
    for one in differences:
        counts[one.outcome] = counts.get(one.outcome, 0) + 1
        sums[one.outcome] = sums.get(one.outcome, 0) + (one.own or 0)
    keys = statement.lines_counted - statement.repeated
    counts[str(Outcome.MATCH)] = keys - sum(one.line is not None for one in differences)
    sums[str(Outcome.MATCH)] = statement.total - sum(sums.values())
    return counts, sums


def _given(statement: Statement, at: datetime, due_on: date) -> dict[str, Any]:
    days, channels = days_of(statement), channels_of(statement)
    others = Statement.objects.filter(
        region=statement.region_id,
        kind=StatementKind.SETTLEMENT,
        day__range=(days[0] - WEEKS, days[-1] + WEEKS),
    ).exclude(pk=statement.pk)
    return {
        "region": statement.region_id,
        "statement": statement.pk,
        "channels": channels,
        "others": [*others.values_list("pk", flat=True)],
        "first": days[0] - timedelta(days=1),
        "begins": _midnight(days[0]),
        "ends": _midnight(days[-1] + timedelta(days=1)),
        "zone": get_current_timezone_name(),
        "day": statement.day,
        "due": due_on,
        "at": at,
        "kinds": [*OF_BANK],
    }


def outcome_of(one: Difference, here: int | None, here_at: datetime | None) -> str:
    """What a line of the bank is against a payment (None: there is none); the twin of
    the query.
    """
    net = one.net or 0
    if here is None:
        return Outcome.ONLY_BANK if net > 0 else Outcome.MATCH
    if here == 0:
        return Outcome.REVERSED if net > 0 else Outcome.MATCH
    if net <= 0:
        return Outcome.REVERSED
    if net != here:
        double = one.times > 1 and net > here
        return Outcome.DUPLICATE if double else Outcome.AMOUNT
    assert one.there_at is not None  # noqa: S101 - a line has its time
    assert here_at is not None  # noqa: S101 - and so has a payment
    same = localdate(one.there_at) == localdate(here_at)
    return Outcome.MATCH if same else Outcome.LATE


def _looked_up(
    cursor: Any,
    statement: Statement,
    differences: list[Difference],
) -> list[Difference]:
    """Lines without a payment on their days: perhaps it is of another one."""
    unknown = [one for one in differences if one.outcome == "unknown"]
    if not unknown:
        return differences
    keys = [one.channel for one in unknown], [one.reference for one in unknown]
    cursor.execute(_FAR, [*keys, statement.region_id, MOST_BILLS])
    far = {int(n): (amount, paid_at) for n, amount, paid_at in cursor.fetchall()}
    found = [one for one in differences if one.outcome != "unknown"]
    for n, one in enumerate(unknown, start=1):
        here, here_at = far.get(n, (None, None))
        outcome = str(outcome_of(one, here, here_at))
        if outcome != Outcome.MATCH:
            found.append(replace(one, outcome=outcome, here=here))
    return found


def _columns(differences: Sequence[Difference]) -> dict[str, Any]:
    return {
        "outcomes": [one.outcome for one in differences],
        "keys": [one.channel for one in differences],
        "references": [one.reference for one in differences],
        "lines": [one.line for one in differences],
        "theres": [one.net for one in differences],
        "heres": [one.here or None for one in differences],
    }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=get_current_timezone())


_STRAY = """
INSERT INTO revenue_finding (region_id, day, outcome, channel, reference, here, due_on,
    state, reason, carried, found_at)
SELECT p.region_id, %(day)s, CASE WHEN p.bill IS NULL THEN 'no_bill' ELSE 'overpaid' END,
    p.channel, p.reference, CASE WHEN p.bill IS NULL THEN p.amount ELSE p.surplus END,
    %(due)s, 'open', '', '', %(at)s
FROM revenue_payment p
WHERE p.region_id = %(region)s AND p.day = %(day)s AND p.state = 'posted'
    AND (p.bill IS NULL OR p.surplus > 0) AND NOT EXISTS (
        SELECT 1 FROM revenue_finding f WHERE f.region_id = p.region_id
            AND f.channel = p.channel AND f.reference = p.reference
            AND f.outcome IN ('no_bill', 'overpaid'))
ON CONFLICT DO NOTHING
"""


def note_strays(region: Region, day: date, *, at: datetime, due_on: date) -> int:
    """Money of a day for no bill, or too much, gets its place in the queue, once."""
    given: dict[str, Any] = {"region": region.code, "day": day, "at": at, "due": due_on}
    with connection.cursor() as cursor:
        cursor.execute(_STRAY, given)
        return int(cursor.rowcount)


@dataclass(frozen=True)
class Wanted:
    """Which findings a list shows; empty means all of them."""

    state: str = "waiting"
    outcome: str = ""
    channel: str = ""
    owner: str = ""
    day: date | None = None
    words: str = ""
    reported: bool = False


def findings(region: Region, wanted: Wanted, *, mine: int = 0) -> QuerySet[Finding]:
    """The queue: what is due first stands first. `mine`: the account that asks."""
    told = Claim.objects.filter(finding=OuterRef("pk"))
    rows = (
        Finding.objects.filter(region=region)
        .select_related("owner", "line", "proposed_by")
        .annotate(reported=Exists(told))
    )
    if wanted.reported:
        rows = rows.filter(reported=True)
    if wanted.state == "waiting":
        rows = rows.filter(state__in=WAITS)
    elif wanted.state:
        rows = rows.filter(state=wanted.state)
    for name, value in (
        ("outcome", wanted.outcome),
        ("channel", wanted.channel),
        ("day", wanted.day),
    ):
        if value:
            rows = rows.filter(**{name: value})
    if wanted.owner:
        rows = rows.filter(owner=mine if wanted.owner == "mine" else None)
    if wanted.words:
        rows = rows.filter(_named(region, wanted.words.strip()))
    return rows.order_by("due_on", "id")


def _named(region: Region, words: str) -> Q:
    """By the reference, the number in the bank's line, or what a person reported."""
    return (
        Q(reference__icontains=words)
        | Q(line__number__icontains=words)
        | Q(pk__in=_reported_as(region, words))
    )


def _reported_as(region: Region, words: str) -> QuerySet[Claim, Any]:
    """Findings that somebody reported under this number, or for this NOP."""
    digits = re.sub(r"\D", "", words)
    named = Q(code=plain(words)) | Q(reference__icontains=words)
    if len(digits) >= 4:
        named |= Q(number__contains=digits)
    return Claim.objects.filter(named, region=region).values("finding")


@dataclass(frozen=True)
class Sizes:
    """How much waits in the queue. `reported`: payments that people asked about."""

    open: int
    overdue: int
    proposed: int
    mine: int
    reported: int


def sizes(region: Region, *, on: date, account: int) -> Sizes:
    """Counted in one query."""
    rows = Finding.objects.filter(region=region, state__in=WAITS)
    found = rows.aggregate(
        open=Count("pk", filter=Q(state=FindingState.OPEN)),
        overdue=Count("pk", filter=Q(due_on__lt=on)),
        proposed=Count(
            "pk",
            filter=Q(state=FindingState.PROPOSED) & ~Q(proposed_by=account),
        ),
        mine=Count("pk", filter=Q(owner=account)),
        reported=Count(
            "pk", filter=Exists(Claim.objects.filter(finding=OuterRef("pk")))
        ),
    )
    return Sizes(**found)


def payments_of(finding: Finding) -> list[Payment]:
    """The payment that a finding speaks of, or the parts of it, one a bill."""
    parts = [f"{finding.reference}#{n}" for n in range(1, MOST_BILLS + 1)]
    rows = Payment.objects.filter(
        region=finding.region_id,
        channel=finding.channel,
        reference__in=[finding.reference, *parts],
    )
    return sorted(rows, key=lambda one: (len(one.reference), one.reference))


def payment_of(finding: Finding) -> Payment | None:
    """The payment that a finding speaks of, the first of its parts; None without one."""
    return next(iter(payments_of(finding)), None)


def bills(region: Region, ids: Sequence[int]) -> list[Bill]:
    """Bills with whose they are."""
    rows = Bill.objects.filter(region=region, id__in=ids)
    return list(rows.select_related("taxpayer"))


def bill_of_number(region: Region, number: str, *, tax: str = "pbb") -> Bill | None:
    """The oldest unpaid bill that a virtual account or NOP of a bank's line can mean.

    A virtual account ends in the NOP and two digits of the year; a NOP alone means the
    oldest unpaid year.
    """
    digits = re.sub(r"\D", "", number)
    tail = digits[-20:]
    rows = Bill.objects.filter(region=region, tax=tax)
    if len(digits) >= 20:
        exact = rows.filter(number=tail[:18], year=2000 + int(tail[18:]))
        return exact.exclude(document=Document.STPD).order_by("-seq").first()
    if len(digits) != 18:
        return None
    found = rows.filter(number=digits).exclude(state__in=NOT_ASKED)
    unpaid = F("amount") + Coalesce(F("beside"), 0)
    return found.filter(received__lt=unpaid).order_by("year", "seq").first()
