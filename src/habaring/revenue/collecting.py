"""What is past due: which letter comes next, by when, and when a debt expires."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

from django.db.models import Case as Choice
from django.db.models import (
    DateField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest, TruncDate

from habaring.engines import taxing
from habaring.regions.models import Region
from habaring.revenue import assessing
from habaring.revenue.models import (
    Bill,
    BillState,
    Case,
    CaseKind,
    CollectionLetter,
    Document,
    Filing,
    LetterCause,
    LetterKind,
    TaxRule,
    WriteOff,
    WriteOffBill,
    WriteOffState,
)
from habaring.shared.tables import Bilingual

LADDER = (LetterKind.STPD, LetterKind.WARNING, LetterKind.WARRANT)
FILING = "filing"
STEPS = (*(str(one) for one in LADDER), FILING)
"""What can be written: the letters in their order, and fines for late returns."""
OPEN = (BillState.ISSUED, BillState.SENT)
_HELD = (*assessing.NOT_OWED, BillState.OBJECTION)
"""Not collected: nothing is asked for, or an objection holds it."""
_ADMITS = (CaseKind.INSTALMENT, CaseKind.OBJECTION)
"""Who asks for these knows of the debt."""


@cache
def facts() -> dict[str, Any]:
    """Clocks and fines: facts/collection.toml."""
    file = resources.files("habaring.revenue").joinpath("facts/collection.toml")
    return tomllib.loads(file.read_text("utf-8"))


def is_example() -> bool:
    """Whether the clocks are examples: the region's regulation was not read."""
    return bool(facts()["example"])


def basis(group: str, key: str) -> Bilingual:
    """The regulation that a letter or a fine stands on."""
    row = facts()[group][key]
    return Bilingual(row["basis_id"], row["basis_en"])


def expiry_basis() -> Bilingual:
    """The regulation on expiry."""
    return Bilingual(facts()["expiry_basis_id"], facts()["expiry_basis_en"])


def answer_by(kind: str, on: date) -> date:
    """The last day of a letter's clock."""
    return on + timedelta(days=int(facts()["letters"][kind]["days"]))


# Bills


def owed_bills(region: Region) -> QuerySet[Bill]:
    """Bills on which principal is owed and may be collected."""
    rows = Bill.objects.filter(region=region).exclude(state__in=_HELD)
    return rows.filter(received__lt=F("amount") + Coalesce(F("beside"), 0))


def due(region: Region, step: str, on: date) -> QuerySet[Bill]:
    """The bills for which a letter of the ladder is due, the oldest first."""
    rows = owed_bills(region).exclude(state=BillState.INSTALMENT)
    if step == LetterKind.STPD:
        rows = rows.filter(due_on__lt=on, state__in=OPEN)
        rows = rows.exclude(document=Document.STPD)
    else:
        before = LADDER[LADDER.index(LetterKind(step)) - 1]
        rows = rows.filter(Exists(_standing(before).filter(due_on__lt=on)))
    rows = rows.exclude(Exists(_standing(step)))
    return rows.select_related("taxpayer", "object").order_by("due_on", "id")


def _standing(kind: str) -> QuerySet[CollectionLetter]:
    """Letters of a kind about the bill of the query around it."""
    return CollectionLetter.objects.filter(
        region=OuterRef("region"),
        bill=OuterRef("id"),
        kind=kind,
        withdrawn_at__isnull=True,
    )


def late_filings(region: Region) -> QuerySet[Filing]:
    """Returns that came late and for which no fine was asked yet."""
    fined = Bill.objects.filter(
        region=OuterRef("region"),
        document=Document.STPD,
        replaces=OuterRef("bill"),
        facts__fine=str(LetterCause.FILING),
    ).exclude(state=BillState.CANCELLED)
    rows = Filing.objects.filter(region=region, late=True, seq=0)
    rows = rows.exclude(Exists(fined)).select_related("object", "taxpayer")
    return rows.order_by("filed_at", "id")


@dataclass(frozen=True)
class Due:
    """A bill for which a letter is due, and what is owed on it today. Rupiah."""

    bill: Bill
    owed: assessing.Owed
    days: int
    """Since it was due."""


def dues(region: Region, bills: Sequence[Bill], on: date) -> list[Due]:
    """Bills as the list of what is due shows them."""
    return [
        Due(bill, owed, (on - bill.due_on).days)
        for bill, owed in zip(bills, owed_on(region, bills, on), strict=True)
    ]


def owed_on(region: Region, bills: Sequence[Bill], on: date) -> list[assessing.Owed]:
    """What is owed on each of these bills on a day."""
    rules = TaxRule.objects.in_bulk({bill.rule_id for bill in bills})
    waivers = assessing.waivers_of(region.code, on, [bill.id for bill in bills])
    for bill in bills:
        bill.rule = rules[bill.rule_id]
    return [assessing.owed_on(bill, on, waivers=waivers) for bill in bills]


@dataclass(frozen=True)
class Waits:
    """How much work there is of one kind, and what it is about in rupiah."""

    step: str
    count: int
    amount: int = 0


def waiting(region: Region, on: date) -> list[Waits]:
    """What can be written today."""
    owed = Sum(F("amount") + Coalesce(F("beside"), 0) - F("received"))
    found = []
    for kind in LADDER:
        rows = due(region, kind, on).order_by()
        told = rows.aggregate(amount=owed)
        found.append(Waits(str(kind), rows.count(), told["amount"] or 0))
    late = late_filings(region).count()
    return [*found, Waits(FILING, late, late * int(facts()["filing_fine"]))]


STEPS = (*map(str, LADDER), FILING)


def to_write(region: Region, step: str, on: date) -> QuerySet[Any]:
    """What can be written today in one step; of first demands (many) only the first."""
    if step == FILING:
        return late_filings(region)
    rows = due(region, step, on)
    return rows.order_by()[:1] if step == LADDER[0] else rows


# Letters


@dataclass(frozen=True)
class LetterLine:
    """A letter, its bill, and where it stands."""

    letter: CollectionLetter
    bill: Bill
    on: date

    @property
    def standing(self) -> str:
        """withdrawn, noted, paid, late or waits."""
        if self.letter.withdrawn_at:
            return "withdrawn"
        if self.letter.kind == LetterKind.ACKNOWLEDGED:
            return "noted"
        if not self.bill.owed or self.bill.state in assessing.NOT_OWED:
            return "paid"
        return "late" if self.letter.due_on < self.on else "waits"

    @property
    def tone(self) -> str:
        return {"paid": "good", "late": "bad"}.get(self.standing, "")

    @property
    def days(self) -> int:
        """Until its clock ends; below 0: since then."""
        return (self.letter.due_on - self.on).days


def letters(region: Region, *, kind: str = "", text: str = "") -> QuerySet[Any]:
    """Letters of a region, the newest first."""
    rows = CollectionLetter.objects.filter(region=region).select_related("taxpayer")
    if kind:
        rows = rows.filter(kind=kind)
    if text:
        digits = "".join(one for one in text if one.isdigit())
        numbers = Bill.objects.filter(region=region, number=digits or text)
        found = list(numbers.values_list("id", flat=True))
        named = rows.filter(taxpayer__name__icontains=text)
        by_bill = rows.filter(bill__in=found)
        rows = by_bill if found else named | rows.filter(number__iexact=text)
    return rows.order_by("-issued_on", "-id")


def letter_lines(rows: Iterable[CollectionLetter], on: date) -> list[LetterLine]:
    """Letters with their bills."""
    rows = list(rows)
    found = Bill.objects.filter(
        region__in={row.region_id for row in rows}, id__in=[row.bill for row in rows]
    ).select_related("rule", "object", "taxpayer", "region")
    bills = {(bill.region_id, bill.id): bill for bill in found}
    return [LetterLine(row, bills[row.region_id, row.bill], on) for row in rows]


def letters_of(bill: Bill, on: date) -> list[LetterLine]:
    """Everything that was written about a bill, the newest first."""
    rows = CollectionLetter.objects.filter(region=bill.region_id, bill=bill.id)
    return letter_lines(rows.order_by("-issued_on", "-id"), on)


# Expiry


def _arose() -> Any:
    """The day a debt arose: 1 January, the last of its month, or the day of the bill."""
    yearly = [code for code, tax in taxing.TAXES.items() if tax.period == "year"]
    first = _day(F("year"), Value(1))
    last = ExpressionWrapper(
        _day(F("year"), F("period")) + _interval("1 month - 1 day"), DateField()
    )
    return Choice(
        When(period__gt=0, then=Cast(last, DateField())),
        When(tax__in=yearly, then=first),
        default=TruncDate("issued_at"),
        output_field=DateField(),
    )


def _day(year: Any, month: Any) -> Any:
    return Func(year, month, Value(1), function="make_date", output_field=DateField())


def _interval(words: str) -> Any:
    return Cast(Value(words), DurationField())


def with_expiry(rows: QuerySet[Bill]) -> QuerySet[Any]:
    """Bills with `expires_on`: five years after the debt arose, or after the last letter,
    acknowledgement or request that admits it.
    """
    letter = CollectionLetter.objects.filter(
        region=OuterRef("region"), bill=OuterRef("id"), withdrawn_at__isnull=True
    )
    last = letter.order_by().values("bill").annotate(day=Max("issued_on")).values("day")
    case = Case.objects.filter(
        region=OuterRef("region"), bill=OuterRef("id"), kind__in=_ADMITS
    )
    asked = (
        case.order_by().values("bill").annotate(day=Max(TruncDate("filed_at")))
    ).values("day")
    began = Greatest(_arose(), Subquery(last), Subquery(asked))
    years = _interval(f"{facts()['expiry_years']} years")
    return rows.annotate(
        began_on=began,
        expires_on=Cast(
            ExpressionWrapper(F("began_on") + years, DateField()), DateField()
        ),
    )


def expiring(region: Region, on: date, *, days: int | None = None) -> QuerySet[Any]:
    """Debts that expired, or will within so many days, the first to expire first."""
    days = int(facts()["soon_days"]) if days is None else days
    until = on + timedelta(days=days)
    oldest = owed_bills(region).filter(year__lte=until.year - facts()["expiry_years"])
    rows = with_expiry(oldest).filter(expires_on__lte=until)
    return rows.select_related("taxpayer", "object").order_by("expires_on", "id")


def debts(region: Region, number: str) -> QuerySet[Any]:
    """All that is owed under one number, the first to expire first."""
    rows = with_expiry(owed_bills(region).filter(number=number))
    return rows.select_related("taxpayer", "object").order_by("expires_on", "id")


def expired(region: Region, on: date) -> QuerySet[Any]:
    """Debts whose last day has passed."""
    return expiring(region, on, days=-1)


@dataclass(frozen=True)
class Ending:
    """A debt that expires. `proposed`: the write-off that it waits in."""

    bill: Bill
    expires_on: date
    began_on: date
    days: int
    proposed: int | None

    @property
    def over(self) -> bool:
        return self.days < 0


def endings(bills: Sequence[Any], on: date) -> list[Ending]:
    """Rows of `expiring` as its page shows them."""
    waits = WriteOffBill.objects.filter(
        region__in={bill.region_id for bill in bills},
        bill__in=[bill.id for bill in bills],
        writeoff__state=WriteOffState.PROPOSED,
    )
    proposed = dict(waits.values_list("bill", "writeoff"))
    return [
        Ending(
            bill,
            bill.expires_on,
            bill.began_on,
            (bill.expires_on - on).days,
            proposed.get(bill.id),
        )
        for bill in bills
    ]


# Write-offs


def write_offs(region: Region) -> QuerySet[WriteOff]:
    """Decisions and proposals, those that wait first."""
    rows = WriteOff.objects.filter(region=region)
    waits = Choice(When(state=WriteOffState.PROPOSED, then=Value(0)), default=Value(1))
    return rows.select_related("proposed_by", "decided_by").order_by(
        waits, "-proposed_at", "-id"
    )


@dataclass(frozen=True)
class Dropped:
    """A debt of a write-off with its bill as it is now."""

    row: WriteOffBill
    bill: Bill


def dropped(rows: Sequence[WriteOffBill]) -> list[Dropped]:
    """Debts with their bills."""
    found = Bill.objects.filter(
        region__in={row.region_id for row in rows}, id__in=[row.bill for row in rows]
    )
    bills = {bill.id: bill for bill in found.select_related("taxpayer")}
    return [Dropped(row, bills[row.bill]) for row in rows]
