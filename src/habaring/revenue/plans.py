"""Plans of instalments: which parts are paid, which was missed, when a plan ends."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from habaring.regions.models import Region
from habaring.revenue import collecting
from habaring.revenue.models import (
    Bill,
    BillState,
    Case,
    CaseKind,
    CaseState,
    Instalment,
)
from habaring.shared import walls

GIVEN = (CaseState.GRANTED, CaseState.PARTLY)


@dataclass(frozen=True)
class PartLine:
    """A part. `standing`: paid, missed, due (to be paid next) or later."""

    part: Instalment
    standing: str
    days: int
    """Until it is due; below 0: since then."""

    @property
    def total(self) -> int:
        return self.part.amount + self.part.interest

    @property
    def tone(self) -> str:
        return {"paid": "good", "missed": "bad"}.get(self.standing, "")


@dataclass(frozen=True)
class Plan:
    """A plan with its bill. Rupiah. `running`: neither ended nor paid."""

    case: Case
    bill: Bill
    parts: tuple[PartLine, ...]
    paid: int
    running: bool
    ends_on: date | None
    """The day from which the clock ends it, where a part was missed."""

    @property
    def missed(self) -> tuple[PartLine, ...]:
        return tuple(one for one in self.parts if one.standing == "missed")

    @property
    def owed_now(self) -> int:
        """What would bring it up to date."""
        until = sum(one.total for one in self.parts if one.days < 0)
        return max(until - self.paid, 0)

    @property
    def next(self) -> PartLine | None:
        """The first part that is not paid."""
        return next((one for one in self.parts if one.standing != "paid"), None)


def plan_of(case: Case, bill: Bill, on: date) -> Plan:
    """The plan that a granted request made; money pays the oldest part first."""
    paid = bill.amount - bill.owed
    running = (
        case.state in GIVEN and bill.state == BillState.INSTALMENT and bill.owed > 0
    )
    lines = tuple(_lines(case, paid, on))
    missed = [one for one in lines if one.standing == "missed"]
    grace = timedelta(days=int(collecting.facts()["part_late_days"]))
    ends_on = missed[0].part.due_on + grace if missed and running else None
    return Plan(case, bill, lines, paid, running, ends_on)


def _lines(case: Case, paid: int, on: date) -> Iterator[PartLine]:
    until, waits = 0, True
    for part in case.parts.order_by("number"):
        until += part.amount + part.interest
        days = (part.due_on - on).days
        if until <= paid:
            standing = "paid"
        elif days < 0:
            standing = "missed"
        else:
            standing = "due" if waits else "later"
            waits = False
        yield PartLine(part, standing, days)


def given(region: Region) -> QuerySet[Case]:
    """The plans that were granted, ended ones among them."""
    return Case.objects.filter(region=region, kind=CaseKind.INSTALMENT, state__in=GIVEN)


def running(region: Region, on: date) -> list[Plan]:
    """The plans under way, those with a missed part first."""
    cases = given(region).select_related("taxpayer", "account", "region")
    bills = Bill.objects.filter(
        region=region, id__in=cases.values("bill"), state=BillState.INSTALMENT
    )
    known = {bill.id: bill for bill in bills if bill.owed}
    found = [
        plan_of(case, known[case.bill], on) for case in cases if case.bill in known
    ]
    live = [one for one in found if one.running]
    return sorted(live, key=lambda one: (one.ends_on or date.max, one.bill.due_on))


def regions() -> list[str]:
    """Codes of the regions in which a plan runs."""
    with walls.within(walls.EVERYWHERE):
        rows = Case.objects.filter(kind=CaseKind.INSTALMENT, state__in=GIVEN)
        return sorted(rows.order_by().values_list("region", flat=True).distinct())
