"""What the counter shows: bills found by number or name, a cashier's day."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils.timezone import localtime

from habaring.people.models import Account as Person
from habaring.regions.models import Region
from habaring.revenue import assessing
from habaring.revenue.models import (
    Bill,
    CashUp,
    Channel,
    Finding,
    FindingState,
    Outcome,
    Payment,
    PaymentState,
    TaxObject,
)
from habaring.revenue.nop import NopRefused, read_nop, shown_nop

MOST_OBJECTS = 30
MOST_BILLS = 200
LOOKED_BACK = timedelta(days=90)
ASKED_NO_MORE = tuple(assessing.NOT_OWED)


@dataclass(frozen=True)
class Owing:
    """A bill and what it asks for today, rupiah."""

    bill: Bill
    principal: int
    interest: int
    waived: int

    @property
    def total(self) -> int:
        return self.principal + self.interest

    @property
    def shown_number(self) -> str:
        return shown_nop(self.bill.number)

    @property
    def tax(self) -> str:
        return assessing.tax_name(self.bill.tax)


@dataclass(frozen=True)
class FoundObject:
    """An object at the counter: whose it is, where, and what it owes."""

    object: TaxObject
    owing: tuple[Owing, ...]

    @property
    def shown_number(self) -> str:
        return shown_nop(self.object.number)

    @property
    def total(self) -> int:
        return sum(one.total for one in self.owing)


def search(region: Region, words: str, *, on: date) -> list[FoundObject]:
    """Objects by NOP or number, by NPWPD, or by the name of who holds them.

    At most `MOST_OBJECTS`; those that owe something stand first.
    """
    text = " ".join(words.split())
    rows = TaxObject.objects.filter(region=region).select_related("taxpayer", "place")
    try:
        found = list(rows.filter(number=read_nop(text)))
    except NopRefused:
        found = []
    if not found and len(text) >= 3:
        narrow = Q(number=text) | Q(taxpayer__number=text)
        narrow |= Q(taxpayer__name__icontains=text)
        found = list(
            rows.filter(narrow).order_by("taxpayer__name", "number")[:MOST_OBJECTS]
        )
    bills = Bill.objects.filter(region=region, object__in=found)
    owed = owing(region, bills, on=on)
    objects = [
        FoundObject(obj, tuple(one for one in owed if one.bill.object_id == obj.pk))
        for obj in found
    ]
    return sorted(objects, key=lambda one: not one.owing)  # who owes stands first


def owing(region: Region, bills: QuerySet[Bill], *, on: date) -> list[Owing]:
    """What of these bills is owed on a day, the oldest first; what is paid is left out."""
    rows = (
        bills.exclude(state__in=ASKED_NO_MORE)
        .select_related("rule", "object", "taxpayer")
        .order_by("number", "year", "period", "seq")[:MOST_BILLS]
    )
    waivers = assessing.waivers_of(region.code, on, [row.id for row in rows])
    found = []
    for row in rows:
        owed = assessing.owed_on(row, on, waivers=waivers)
        if owed.total > 0:
            found.append(Owing(row, owed.principal, owed.interest, owed.waived))
    return found


@dataclass(frozen=True)
class Taken:
    """A payment at the counter with its bill, and whether it is being taken back."""

    payment: Payment
    bill: Bill | None
    mistake: Finding | None

    @property
    def stands(self) -> bool:
        return self.payment.state == PaymentState.POSTED

    @property
    def asked(self) -> bool:
        """A second person is asked to take it back."""
        return self.mistake is not None and self.mistake.state == FindingState.PROPOSED

    @property
    def shown_number(self) -> str:
        return shown_nop(self.bill.number) if self.bill else "–"


@dataclass(frozen=True)
class Till:
    """A cashier's day: what was taken, and the cash-up once it is done."""

    day: date
    taken: tuple[Taken, ...]
    cash_up: CashUp | None

    @property
    def standing(self) -> tuple[Taken, ...]:
        return tuple(one for one in self.taken if one.stands)

    @property
    def expected(self) -> int:
        """Rupiah that should lie in the till."""
        return sum(one.payment.amount for one in self.standing)


def till(region: Region, cashier: Person, day: date) -> Till:
    """What one cashier took on a day of the books."""
    rows = list(
        Payment.objects.filter(
            region=region, day=day, channel=Channel.COUNTER, by=cashier.pk
        ).order_by("-serial")
    )
    return Till(
        day,
        tuple(with_bills(region, rows)),
        CashUp.objects.filter(region=region, cashier=cashier, day=day).first(),
    )


def taken_before(region: Region, cashier: Person, *, before: date) -> QuerySet[Payment]:
    """The cash that this cashier took on the days before."""
    return Payment.objects.filter(
        region=region,
        day__range=(before - LOOKED_BACK, before - timedelta(days=1)),
        channel=Channel.COUNTER,
        by=cashier.pk,
        state=PaymentState.POSTED,
    )


def uncounted(region: Region, cashier: Person, *, before: date) -> list[date]:
    """Days on which this cashier took cash and did not count it, the oldest first."""
    taken = taken_before(region, cashier, before=before)
    counted = CashUp.objects.filter(region=region, cashier=cashier)
    days = taken.values_list("day", flat=True).order_by().distinct()
    return sorted({*days} - {*counted.values_list("day", flat=True)})


def of_form(region: Region, key: str) -> QuerySet[Payment]:
    """The payments of one form, by the key it carried (32 hexadecimal digits)."""
    rows = Payment.objects.filter(
        region=region,
        channel=Channel.COUNTER,
        reference__gte=key,  # a range that the primary key serves
        reference__lt=f"{key}z",
    )
    return rows.filter(reference__startswith=f"{key}-").order_by("serial")


def receipt_of(region: Region, key: str) -> list[Taken]:
    """The payments of one form with their bills."""
    return with_bills(region, list(of_form(region, key)))


def with_bills(region: Region, rows: list[Payment]) -> list[Taken]:
    """Payments with their bills and what was asked about them, in two queries."""
    wanted = [row.bill for row in rows if row.bill]
    bills = {
        one.id: one
        for one in Bill.objects.filter(region=region, id__in=wanted).select_related(
            "taxpayer"
        )
    }
    asked = Finding.objects.filter(
        region=region,
        outcome=Outcome.MISTAKE,
        channel=Channel.COUNTER,
        reference__in=[row.reference for row in rows],
    ).select_related("decided_by")
    mistakes = {one.reference: one for one in asked}
    return [
        Taken(row, bills.get(row.bill or 0), mistakes.get(row.reference))
        for row in rows
    ]


def asked_back(region: Region) -> QuerySet[Finding]:
    """What was asked about payments of the counter that were a mistake."""
    return Finding.objects.filter(
        region=region, outcome=Outcome.MISTAKE, state=FindingState.PROPOSED
    )


def mistakes(region: Region) -> list[tuple[Finding, Taken]]:
    """Payments of the counter that a second person is asked to take back."""
    rows = list(
        asked_back(region).select_related("proposed_by").order_by("proposed_at")
    )
    payments = Payment.objects.filter(
        region=region,
        channel=Channel.COUNTER,
        reference__in=[row.reference for row in rows],
    )
    by_reference = {
        one.payment.reference: one for one in with_bills(region, list(payments))
    }
    return [
        (row, by_reference[row.reference])
        for row in rows
        if row.reference in by_reference
    ]


def taken_as(region: Region, finding: Finding) -> list[Taken]:
    """The payment that a finding of the counter speaks of."""
    rows = Payment.objects.filter(
        region=region, channel=finding.channel, reference=finding.reference
    )
    return with_bills(region, list(rows))


def told(payment: Payment) -> str:
    """When a payment was made, for a message: "02.11, 13.05"."""
    return f"{localtime(payment.paid_at):%d.%m.%Y, %H.%M}"
