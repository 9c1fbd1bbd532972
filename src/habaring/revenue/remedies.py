"""Requests about bills: what may be asked until when, and what an answer would do."""

import calendar
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localdate

from habaring.people.models import Account as Person
from habaring.regions.models import Region
from habaring.revenue import assessing, collecting, ledger
from habaring.revenue.models import (
    Account,
    Bill,
    Case,
    CaseKind,
    CaseState,
    LetterCause,
    Posting,
    Source,
)
from habaring.shared.tables import Bilingual

OPEN = (CaseState.FILED, CaseState.INCOMPLETE)
UNDECIDED = (*OPEN, CaseState.PROPOSED)
GIVEN = (CaseState.GRANTED, CaseState.PARTLY)
CONFIRMED = (CaseKind.REDUCTION, CaseKind.WAIVER, CaseKind.REFUND)
"""What is granted here gives money away: a second officer confirms it."""
NEW_AMOUNT = (CaseKind.CORRECTION, CaseKind.OBJECTION, CaseKind.REDUCTION)
"""What is granted here makes the bill ask for another amount."""


@dataclass(frozen=True)
class Remedy:
    """What the rules say about one kind of request. Months; 0: at any time."""

    kind: CaseKind
    file_months: int
    decide_months: int
    basis: Bilingual

    def file_until(self, bill: Bill) -> date | None:
        """The last day to ask, if there is one."""
        if not self.file_months:
            return None
        return months_after(localdate(bill.issued_at), self.file_months)


@cache
def _facts() -> dict[str, Any]:
    file = resources.files("habaring.revenue").joinpath("facts/remedies.toml")
    return tomllib.loads(file.read_text("utf-8"))


def remedy(kind: str) -> Remedy:
    """The rules of a kind of request."""
    row = _facts()[kind]
    basis = Bilingual(row["basis_id"], row["basis_en"])
    return Remedy(CaseKind(kind), row["file_months"], row["decide_months"], basis)


def is_example() -> bool:
    """Whether the periods are examples: the region's regulation was not read."""
    return bool(_facts()["example"])


def parts_at_most() -> int:
    """Instalments of one bill."""
    return int(_facts()["instalments_at_most"])


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


@dataclass(frozen=True)
class Part:
    """One instalment, rupiah."""

    number: int
    due_on: date
    amount: int
    interest: int


def schedule(principal: int, parts: int, first: date) -> list[Part]:
    """So many monthly parts without losing a rupiah, with the interest of each month on
    what was not paid before it, rounded down.
    """
    rate = Fraction(_facts()["instalment_percent"]) / 100
    each, more = divmod(principal, parts)
    made, left = [], principal
    for n in range(parts):
        amount = each + (n < more)
        interest = int(left * rate)
        made.append(Part(n + 1, months_after(first, n), amount, interest))
        left -= amount
    return made


def can_ask(bill: Bill, on: date) -> list[CaseKind]:
    """What may be asked about a bill on a day."""
    if bill.state in assessing.NOT_OWED:
        return []
    return [kind for kind in CaseKind if _open_to(kind, bill, on)]


def _open_to(kind: CaseKind, bill: Bill, on: date) -> bool:
    until = remedy(kind).file_until(bill)
    if until is not None and on > until:
        return False
    if kind == CaseKind.WAIVER:
        return bill.owed > 0 and on > bill.due_on
    if kind == CaseKind.INSTALMENT:
        return bill.owed > 0
    if kind == CaseKind.REFUND:
        return refundable(bill) > 0
    return True


def refundable(bill: Bill) -> int:
    """What was paid too much for a bill and not paid back yet, rupiah."""
    if not bill.received:
        return 0
    surplus = ledger.standings(bill.region_id, [bill.id])[bill.id].surplus
    rows = refunds(bill.region_id, [bill.id])
    keys = [str(key) for key in rows.values_list("pk", flat=True)]
    back = Posting.objects.filter(
        region=bill.region_id,
        source=Source.CASE,
        source_key__in=keys,
        debit=Account.OVERPAID,
        credit__in=(Account.CASH, Account.CLEARING),  # paid back, or set off
    )
    return surplus - sum(back.values_list("amount", flat=True))


def refunds(region: Region | str, bills: Sequence[int]) -> Any:
    """Requests by which money of these bills went back."""
    return Case.objects.filter(
        region=region, bill__in=bills, kind=CaseKind.REFUND, state__in=GIVEN
    )


@dataclass(frozen=True)
class Compensation:
    """Interest that the office owes because it pays back late. Rupiah."""

    until: date
    """The last day without it."""
    months: int
    amount: int


def compensation(case: Case, amount: int, on: date) -> Compensation:
    """The interest on a refund that is paid on a day: none until the time to decide and
    the time to pay are over, then by the month begun.
    """
    told = collecting.facts()
    until = months_after(case.due_on, int(told["refund_pay_months"]))
    months = 0 if on <= until else _months_begun(until, on)
    counted = min(months, int(told["refund_interest_months"]))
    rate = Fraction(told["refund_interest_percent"]) / 100
    return Compensation(until, counted, int(amount * rate * counted))


def _months_begun(after: date, on: date) -> int:
    start = after + timedelta(days=1)
    years, months = on.year - start.year, on.month - start.month
    return 12 * years + months + (on.day >= start.day)


@dataclass(frozen=True)
class Fine:
    """The fine after a lost objection or appeal: on what the decision left less what
    was paid before it. `standing`: none, waits, ready, lodged, won or issued.
    """

    standing: str
    cause: LetterCause
    base: int
    percent: int
    amount: int
    from_on: date


def fine(case: Case, bill: Bill, on: date) -> Fine | None:
    """What a decided objection leads to; None where it leads to no fine."""
    lost = case.state in (CaseState.REFUSED, CaseState.PARTLY)
    if case.kind != CaseKind.OBJECTION or not lost or case.decided_at is None:
        return None
    appeal = str(case.asked.get("appeal", ""))
    cause = LetterCause.APPEAL if appeal == "lost" else LetterCause.OBJECTION
    percent = int(collecting.facts()["fines"][cause]["percent"])
    base = max(bill.amount - int(case.asked.get("paid_before", 0)), 0)
    months = int(collecting.facts()["appeal_months"])
    from_on = months_after(localdate(case.decided_at), months)
    return Fine(
        _fine_standing(case, appeal, base, over=on > from_on),
        cause,
        base,
        percent,
        base * percent // 100,
        from_on,
    )


def _fine_standing(case: Case, appeal: str, base: int, *, over: bool) -> str:
    if case.letters.filter(withdrawn_at__isnull=True).exists():
        return "issued"
    if appeal in ("lodged", "won"):
        return appeal
    if not base:
        return "none"
    return "ready" if over or appeal == "lost" else "waits"


# What pages show


@dataclass(frozen=True)
class Line:
    """A request in a list."""

    case: Case
    bill: Bill
    late: bool
    days: int = 0
    """Until its clock ends; below 0: since then."""

    @property
    def open(self) -> bool:
        return self.case.state in UNDECIDED


def lines(cases: Sequence[Case], *, on: date) -> list[Line]:
    """Requests with their bills."""
    regions = {case.region_id for case in cases}
    rows = Bill.objects.filter(region__in=regions, id__in=[case.bill for case in cases])
    bills = {(row.region_id, row.id): row for row in rows}
    return [
        Line(
            case,
            bills[case.region_id, case.bill],
            case.state in UNDECIDED and case.due_on < on,
            (case.due_on - on).days,
        )
        for case in cases
    ]


@dataclass(frozen=True)
class Wanted:
    """Which requests a list shows."""

    state: str = ""
    kind: str = ""
    text: str = ""


def cases(region: Region, wanted: Wanted) -> Any:
    """The requests of a region, those to decide first, then by their clock."""
    rows = Case.objects.filter(region=region).select_related("taxpayer")
    if wanted.state == "open":
        rows = rows.filter(state__in=UNDECIDED)
    elif wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.text:
        numbers = Bill.objects.filter(
            region=region, number=wanted.text.replace(".", "").replace("-", "")
        )
        found = list(numbers.values_list("id", flat=True))
        name = rows.filter(taxpayer__name__icontains=wanted.text)
        rows = rows.filter(bill__in=found) if found else name
    return rows.order_by("due_on", "id")


def own(person: Person, region: Region) -> Any:
    """What a signed-in person asked, newest first."""
    rows = Case.objects.filter(region=region, account=person)
    return rows.select_related("taxpayer").order_by("-filed_at")


def waiting(region: Region, on: date) -> tuple[int, int]:
    """How many requests wait for a decision, and how many of them are late."""
    late = Count("id", filter=Q(due_on__lt=on))
    found = undecided(region).aggregate(count=Count("id"), late=late)
    return found["count"], found["late"]


def undecided(region: Region) -> QuerySet[Case]:
    """Requests that wait for a decision."""
    return Case.objects.filter(region=region, state__in=UNDECIDED)


def for_second(region: Region, person: Person) -> QuerySet[Case]:
    """Decisions that give money away and wait for this second person."""
    rows = Case.objects.filter(region=region, state=CaseState.PROPOSED)
    return rows.exclude(proposed_by=person).exclude(entered_by=person)


def to_confirm(region: Region, person: Person) -> int:
    """How many they are."""
    return for_second(region, person).count()


def debts_of(bill: Bill) -> Any:
    """Other bills of the same taxpayer on which money is owed: for a set-off."""
    rows = collecting.owed_bills(bill.region).filter(taxpayer=bill.taxpayer_id)
    return rows.exclude(id=bill.id).order_by("due_on", "id")


def first_due(region: Region) -> date | None:
    """The day of the request that must be decided first."""
    rows = Case.objects.filter(region=region, state__in=UNDECIDED)
    found: date | None = (
        rows.order_by("due_on").values_list("due_on", flat=True).first()
    )
    return found
