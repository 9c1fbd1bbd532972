"""What a virtual account or a charge asks for: bills, how much of each, as of a day.

The customer number of a virtual account is one of three: a NOP and the last two digits
of the year (20 digits); "00" and the number of a bill; "01" and the number of a charge,
where several bills are paid at once. No NOP begins with 0.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from habaring.revenue.models import Bill, BillState, Charge

OPEN = (
    BillState.ISSUED,
    BillState.SENT,
    BillState.OBJECTION,
    BillState.INSTALMENT,
    BillState.COLLECTED,
)
"""A bill in another state asks for no money."""
OF_BILL, OF_CHARGE = "00", "01"
LENGTH = 20
_CENTURY = 2000
_NEEDED = (
    *("region", "id", "tax", "number", "year", "seq", "period", "state", "due_on"),
    *("amount", "received", "beside", "rule", "taxpayer", "document"),
)


@dataclass(frozen=True)
class Part:
    """One bill and what is asked for it. `least`: what may be paid at the least."""

    bill: int
    amount: int
    least: int


@dataclass(frozen=True)
class Asked:
    """What is to be paid now. `until` is set where a charge ends."""

    parts: tuple[Part, ...]
    bills: tuple[Bill, ...]
    until: datetime | None = None

    @property
    def amount(self) -> int:
        return sum(part.amount for part in self.parts)

    @property
    def least(self) -> int:
        return sum(part.least for part in self.parts)


def customer_of_bill(bill: Bill) -> str:
    """The customer number under which a bill is paid."""
    if bill.tax == "pbb" and bill.seq == 0 and bill.period == 0:
        return f"{bill.number}{bill.year % 100:02d}"
    return f"{OF_BILL}{bill.id:018d}"


def customer_of_charge(charge: int) -> str:
    """The same for several bills at once, by the charge's id."""
    return f"{OF_CHARGE}{charge:018d}"


def by_customer(region: str, customer: str, *, on: date) -> Asked | None:
    """What a virtual account asks for on a day; None where it is none of ours."""
    if len(customer) != LENGTH:
        return None
    head, rest = customer[:2], int(customer[2:])
    if head == OF_CHARGE:
        return _of_charge(Charge.objects.filter(region=region, pk=rest).first(), on=on)
    named = nop_of(customer)
    if named is None:
        rows = Bill.objects.filter(region=region, id=rest)
    else:
        number, year = named
        rows = Bill.objects.filter(
            region=region, tax="pbb", number=number, year=year, period=0
        )
    return _of_bills(_light(rows), on=on)


def nop_of(customer: str) -> tuple[str, int] | None:
    """NOP and year that a customer number is made of; None where it is another kind."""
    if len(customer) != LENGTH or customer[:2] in {OF_BILL, OF_CHARGE}:
        return None
    return customer[:18], _CENTURY + int(customer[18:])


def _light(rows: QuerySet[Bill]) -> QuerySet[Bill]:
    """Without what only interest or a page needs: a call comes with each payment."""
    return (
        rows.select_related("taxpayer")
        .only(*_NEEDED, *(f"taxpayer__{name}" for name in ("id", "name_masked")))
        .order_by("seq")
    )


def by_charge(region: str, reference: str, *, on: date) -> Asked | None:
    """What a QRIS code asked for; None where it is none of ours."""
    charge = Charge.objects.filter(region=region, reference=reference).first()
    return _of_charge(charge, on=on)


def _of_bills(rows: Iterable[Bill], *, on: date) -> Asked | None:
    """One bill: the first that is open and not paid, else the newest that is open."""
    opened = [bill for bill in rows if bill.state in OPEN]
    if not opened:
        return None
    owed = {bill.id: owed_on(bill, on) for bill in opened}
    bill = next((bill for bill in opened if owed[bill.id]), opened[-1])
    amount = owed[bill.id]
    least = min(amount, 1) if bill.state == BillState.INSTALMENT else amount
    return Asked((Part(bill.id, amount, least),), (bill,))


def _of_charge(charge: Charge | None, *, on: date) -> Asked | None:
    """The amounts as they were asked for: they hold until the charge ends."""
    if charge is None:
        return None
    rows = Bill.objects.filter(
        region=charge.region_id, id__in=[bill for bill, _amount in charge.bills]
    ).select_related("taxpayer", "rule")
    parts = tuple(Part(bill, amount, amount) for bill, amount in charge.bills)
    return Asked(parts, tuple(rows), charge.expires_at)


def owed_on(bill: Bill, on: date) -> int:
    """Principal and interest of a bill on a day, in rupiah."""
    if bill.owed == 0 or on <= bill.due_on:
        return bill.owed
    from habaring.revenue import assessing  # late: it loads the engine

    waivers = assessing.waivers_of(bill.region_id, on, [bill.id])
    return assessing.owed_on(bill, on, waivers=waivers).total


def split(asked: Asked, amount: int) -> list[tuple[int, int]]:
    """Money over the parts, in their order: each what it asks for, all that is left to
    the last. A pure function of what was asked, so a repeat splits alike.
    """
    if len(asked.parts) == 1:
        return [(asked.parts[0].bill, amount)]
    given, left = [], amount
    for part in asked.parts[:-1]:
        given.append((part.bill, min(part.amount, left)))
        left -= given[-1][1]
    given.append((asked.parts[-1].bill, left))
    return [(bill, money) for bill, money in given if money]
