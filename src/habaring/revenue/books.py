"""The books: trial balance, ledger pages, receipts, arrears, money without its place.

No balance is kept anywhere: all of it is summed up from postings, payments and bills
when it is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from habaring.regions.models import Region
from habaring.revenue import assessing, ledger
from habaring.revenue.figures import MONEY
from habaring.revenue.models import (
    Account,
    Bill,
    Case,
    Finding,
    Outcome,
    Payment,
    PaymentState,
    Posting,
)
from habaring.revenue.reconciling import NOT_ASKED, WAITS
from habaring.shared import formats

MOST = 500  # rows of a work list
AGES = (0, 90, 365, 730, 1825)  # days past due, from


@dataclass(frozen=True)
class Balance:
    """An account until a day, rupiah: what came in and went out, and which side it is."""

    account: str
    debit: int
    credit: int

    @property
    def label(self) -> str:
        return str(Account(self.account).label)

    @property
    def net(self) -> int:
        """Above 0 on the debit side."""
        return self.debit - self.credit

    @property
    def on_debit(self) -> int:
        return max(self.net, 0)

    @property
    def on_credit(self) -> int:
        return max(-self.net, 0)


@dataclass(frozen=True)
class Trial:
    """The trial balance of a day."""

    until: date
    rows: tuple[Balance, ...]

    @property
    def debit(self) -> int:
        return sum(row.on_debit for row in self.rows)

    @property
    def credit(self) -> int:
        return sum(row.on_credit for row in self.rows)

    @property
    def balanced(self) -> bool:
        return self.debit == self.credit


_TRIAL = """
SELECT account, sum(debit)::bigint, sum(credit)::bigint FROM (
    SELECT debit AS account, sum(amount) AS debit, 0 AS credit FROM revenue_posting
    WHERE region_id = %(region)s AND day <= %(until)s GROUP BY 1
    UNION ALL
    SELECT credit, 0, sum(amount) FROM revenue_posting
    WHERE region_id = %(region)s AND day <= %(until)s GROUP BY 1
) legs GROUP BY account
"""


def select(query: str, **given: Any) -> list[tuple[Any, ...]]:
    """What a statement of this package's own finds, its values bound."""
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())


def trial_balance(region: Region, until: date) -> Trial:
    """All accounts until the end of a day, in the order of their codes."""
    found = {
        account: (debit, credit)
        for account, debit, credit in select(_TRIAL, region=region.code, until=until)
    }
    rows = [Balance(code, *found.get(code, (0, 0))) for code in Account.values]
    return Trial(until, tuple(rows))


@dataclass(frozen=True)
class Span:
    """What of an account is looked at: its days, and one tax where `tax` names one."""

    account: str
    first: date
    last: date
    tax: str = ""

    def of(self, region: Region) -> QuerySet[Posting]:
        """All postings of the region for the tax, on any day."""
        rows = Posting.objects.filter(region=region)
        return rows.filter(tax=self.tax) if self.tax else rows


def ledger_page(region: Region, span: Span) -> QuerySet[Posting]:
    """Postings of one account in a span, the oldest first."""
    rows = span.of(region).filter(day__range=(span.first, span.last))
    own = Q(debit=span.account) | Q(credit=span.account)
    return rows.filter(own).order_by("day", "id")


def opening(region: Region, span: Span) -> int:
    """What an account stood at before the span, debit less credit."""
    into, out = _moved(span.of(region).filter(day__lt=span.first), span.account)
    return into - out


def movement(region: Region, span: Span) -> tuple[int, int]:
    """Debits and credits of an account in a span."""
    rows = span.of(region).filter(day__range=(span.first, span.last))
    return _moved(rows, span.account)


def _moved(rows: QuerySet[Posting], account: str) -> tuple[int, int]:
    into = rows.filter(debit=account).aggregate(n=Sum("amount"))["n"] or 0
    out = rows.filter(credit=account).aggregate(n=Sum("amount"))["n"] or 0
    return int(into), int(out)


@dataclass(frozen=True)
class Receipt:
    """What came in a month by one channel for one tax, less what went back; `tax` is ""
    where no bill is known, `channel` where it was no payment (opsen, refunds).
    """

    month: int
    channel: str
    tax: str
    payments: int
    amount: int

    @property
    def tax_name(self) -> str:
        return assessing.tax_name(self.tax) if self.tax else formats.MISSING


_RECEIPTS = """
SELECT extract(month FROM g.day)::int, coalesce(p.channel, ''), g.tax,
    count(DISTINCT p.serial) FILTER (WHERE g.source = 'payment'),
    sum(CASE WHEN g.debit = ANY(%(money)s) THEN g.amount ELSE -g.amount END)::bigint
FROM revenue_posting g LEFT JOIN revenue_payment p ON p.region_id = g.region_id
    AND p.serial = CASE WHEN g.source IN ('payment', 'reversal')
        THEN g.source_key::bigint END
WHERE g.region_id = %(region)s AND g.day >= %(first)s AND g.day <= %(last)s
    AND (g.debit = ANY(%(money)s)) <> (g.credit = ANY(%(money)s))
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def receipts(region: Region, year: int) -> list[Receipt]:
    """Money from outside in a year, by month of the books, channel and tax: the same
    postings that the public figures add up (`figures.figures`).
    """
    return receipts_between(region, date(year, 1, 1), date(year, 12, 31))


def receipts_between(region: Region, first: date, last: date) -> list[Receipt]:
    """The same of any span of days."""
    money = [str(one) for one in MONEY]
    rows = select(_RECEIPTS, region=region.code, first=first, last=last, money=money)
    return [Receipt(*row) for row in rows]


@dataclass(frozen=True)
class Arrear:
    """What is past due of a tax and year, rupiah of principal, by age in days."""

    tax: str
    year: int
    bills: int
    amounts: tuple[int, ...]  # as AGES

    @property
    def total(self) -> int:
        return sum(self.amounts)

    @property
    def tax_name(self) -> str:
        return assessing.tax_name(self.tax)


OWED = "(amount - received + coalesce(beside, 0))"  # of the principal, as Bill.owed
_AGES = ", ".join(
    f"coalesce(sum({OWED}) FILTER (WHERE %(on)s - due_on > {low}"
    + (f" AND %(on)s - due_on <= {high}" if high else "")
    + "), 0)::bigint"
    for low, high in zip(AGES, (*AGES[1:], 0), strict=True)
)
_ARREARS = f"""
SELECT tax, year, count(*), {_AGES} FROM revenue_bill
WHERE region_id = %(region)s AND {OWED} > 0 AND due_on < %(on)s
    AND state <> ALL(%(states)s)
GROUP BY tax, year ORDER BY tax, year DESC
"""  # noqa: S608 - made of numbers of this file
_BY_VILLAGE = f"""
SELECT coalesce(r.name, ''), left(b.number, 10), b.bills, b.owed FROM (
    SELECT left(number, 10) AS prefix, min(number) AS number, count(*) AS bills,
        sum({OWED})::bigint AS owed
    FROM revenue_bill
    WHERE region_id = %(region)s AND {OWED} > 0 AND due_on < %(on)s
        AND state <> ALL(%(states)s) AND tax = 'pbb'
    GROUP BY 1
) b LEFT JOIN revenue_nopplace p ON p.region_id = %(region)s AND p.prefix = b.prefix
LEFT JOIN regions_region r ON r.code = p.place_id
ORDER BY b.owed DESC, 2
"""  # noqa: S608 - made of names of this file
_RATE = f"""
SELECT tax, year, count(*), sum(amount)::bigint,
    sum(least(amount - {OWED}, amount))::bigint,
    count(*) FILTER (WHERE {OWED} <= 0), bool_or(illustrative)
FROM revenue_bill WHERE region_id = %(region)s AND state <> ALL(%(states)s)
GROUP BY tax, year ORDER BY tax, year
"""  # noqa: S608 - made of names of this file


def arrears(region: Region, on: date) -> list[Arrear]:
    """Bills past their due day by tax and year, with their age."""
    rows = select(_ARREARS, region=region.code, on=on, states=[*NOT_ASKED])
    return [Arrear(row[0], row[1], row[2], tuple(row[3:])) for row in rows]


@dataclass(frozen=True)
class VillageArrear:
    """What is past due in a village (the first ten digits of the NOP)."""

    name: str
    prefix: str
    bills: int
    amount: int


def arrears_by_village(region: Region, on: date) -> list[VillageArrear]:
    """Of land and buildings, the most first."""
    rows = select(_BY_VILLAGE, region=region.code, on=on, states=[*NOT_ASKED])
    return [VillageArrear(*row) for row in rows]


@dataclass(frozen=True)
class Collected:
    """How much of a tax's year was paid, rupiah of principal."""

    tax: str
    year: int
    bills: int
    asked: int
    paid: int
    bills_paid: int
    illustrative: bool

    @property
    def share(self) -> float | None:
        return self.paid / self.asked if self.asked else None

    @property
    def tax_name(self) -> str:
        return assessing.tax_name(self.tax)


def collection(region: Region) -> list[Collected]:
    """The collection rate by tax and year."""
    return [
        Collected(*row)
        for row in select(_RATE, region=region.code, states=[*NOT_ASKED])
    ]


@dataclass(frozen=True)
class Stray:
    """Money without its place: for no known bill, or beyond what a bill asks for."""

    payment: Payment
    bill: Bill | None
    amount: int
    finding: Finding | None

    @property
    def outcome(self) -> str:
        return Outcome.OVERPAID if self.bill else Outcome.NO_BILL


def unidentified(region: Region) -> list[Stray]:
    """Payments for no bill that is known, the oldest first."""
    rows = Payment.objects.filter(
        region=region, bill=None, state=PaymentState.POSTED
    ).order_by("paid_at")[:MOST]
    return _with_findings(region, [(row, None, row.amount) for row in rows])


def forgotten(region: Region) -> QuerySet[Payment]:
    """Payments for no known bill that have no entry in the queue."""
    looked_for = Finding.objects.filter(
        region=region,
        channel=OuterRef("channel"),
        reference=OuterRef("reference"),
        state__in=WAITS,
    )
    rows = Payment.objects.filter(region=region, bill=None, state=PaymentState.POSTED)
    return rows.exclude(Exists(looked_for))


def untouched(region: Region) -> tuple[int, int]:
    """How many they are, and their sum."""
    found = forgotten(region).aggregate(count=Count("serial"), sum=Sum("amount"))
    return found["count"], int(found["sum"] or 0)


def overpaid(region: Region) -> list[Stray]:
    """Bills with too much, each with the last payment that stands on it."""
    too_much = Payment.objects.filter(
        region=region, surplus__gt=0, state=PaymentState.POSTED
    )
    lowered = Case.objects.filter(region=region, change__lt=0)
    found_in = (
        too_much.values_list("bill", flat=True),
        lowered.values_list("bill", flat=True),
    )
    ids = {bill for rows in found_in for bill in rows if bill is not None}
    standing = ledger.standings(region.code, ids) if ids else {}
    wanted = {bill: one.surplus for bill, one in standing.items() if one.surplus > 0}
    bills = {
        one.id: one
        for one in Bill.objects.filter(region=region, id__in=wanted).select_related(
            "taxpayer"
        )
    }
    last: dict[int, Payment] = {}
    for row in Payment.objects.filter(
        region=region, bill__in=wanted, state=PaymentState.POSTED
    ).order_by("paid_at", "channel", "reference"):
        last[row.bill or 0] = row
    found = [(row, bills[bill], wanted[bill]) for bill, row in last.items()]
    return _with_findings(region, found[:MOST])


def _with_findings(
    region: Region, rows: Sequence[tuple[Payment, Bill | None, int]]
) -> list[Stray]:
    references = [row.reference for row, _bill, _amount in rows]
    known = {
        (one.channel, one.reference): one
        for one in Finding.objects.filter(
            region=region,
            reference__in=references,
            outcome__in=[Outcome.NO_BILL, Outcome.OVERPAID],
        )
    }
    return [
        Stray(row, bill, amount, known.get((row.channel, row.reference)))
        for row, bill, amount in rows
    ]
