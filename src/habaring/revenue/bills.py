"""Bills in the work room: the list and its filters, one bill, villages, the export."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Left
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.regions.models import Region
from habaring.revenue import assessing, issuing
from habaring.revenue.models import (
    Bill,
    BillState,
    Case,
    Document,
    NopPlace,
    Payment,
    PaymentState,
    TaxObject,
)
from habaring.revenue.nop import shown_nop
from habaring.shared.refusal import Words
from habaring.shared.tables import Column, TableKind, Value, register

STANDINGS: Mapping[str, Words] = {
    "open": _("not paid yet"),
    "late": _("not paid and late"),
    "partly": _("paid in part"),
    "paid": pgettext_lazy("bill", "paid"),
    "over": _("paid too much"),
}
PREFIX = issuing.PREFIX
_NOT_OWED = tuple(assessing.NOT_OWED)
_PAID_AT = F("amount") + Coalesce(F("beside"), 0)  # interest pays no principal


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to."""

    q: str = ""
    year: int | None = None
    tax: str = ""
    village: str = ""
    state: str = ""
    standing: str = ""


def narrowed(region: Region, wanted: Wanted, on: date) -> QuerySet[Bill]:
    """The bills of a region that fit, newest year first."""
    rows = Bill.objects.filter(region=region).select_related("taxpayer", "object")
    if wanted.year:
        rows = rows.filter(year=wanted.year)
    if wanted.tax:
        rows = rows.filter(tax=wanted.tax)
    if wanted.village:
        rows = rows.filter(number__range=between(wanted.village))
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.standing:
        rows = _standing(rows, wanted.standing, on)
    if wanted.q:
        rows = rows.filter(_called(wanted.q))
    return rows.order_by("-year", "number", "period", "seq")


def between(prefix: str) -> tuple[str, str]:
    """The first and the last NOP that begin so: an index finds them in any collation."""
    rest = 18 - len(prefix)
    return prefix + "0" * rest, prefix + "9" * rest


def _called(q: str) -> Q:
    digits = "".join(one for one in q if one.isdigit())
    if digits and not any(one.isalpha() for one in q) and len(digits) <= 18:
        return Q(number__range=between(digits)) | Q(number=q.strip())
    return (
        Q(taxpayer__name__icontains=q)
        | Q(number__icontains=q)
        | Q(object__address__icontains=q)
    )


def _standing(rows: QuerySet[Bill], standing: str, on: date) -> QuerySet[Bill]:
    rows = rows.exclude(state__in=_NOT_OWED)
    unpaid = Q(received__lt=_PAID_AT)
    too_much = Payment.objects.filter(
        region=OuterRef("region"),
        bill=OuterRef("id"),
        state=PaymentState.POSTED,
        surplus__gt=0,
    )
    return rows.filter(
        {
            "open": unpaid,
            "late": unpaid & Q(due_on__lt=on),
            "partly": unpaid & Q(received__gt=0),
            "paid": Q(received__gte=_PAID_AT),
            "over": Exists(too_much),
        }.get(standing, Q())
    )


def standing_of(bill: Bill, on: date) -> str:
    """One of STANDINGS, or nothing where no money is asked for."""
    if bill.state in assessing.NOT_OWED:
        return ""
    if not bill.owed:
        return "paid"
    if bill.due_on < on:
        return "late"
    return "partly" if bill.received else "open"


@dataclass(frozen=True)
class Line:
    """A bill in the list."""

    bill: Bill
    standing: str

    @property
    def words(self) -> Words:
        return STANDINGS.get(self.standing, "")

    @property
    def tone(self) -> str:
        return {"paid": "good", "late": "bad", "partly": "warn"}.get(self.standing, "")

    @property
    def shown_number(self) -> str:
        return shown_nop(self.bill.number)

    @property
    def change(self) -> Decimal | None:
        """Of the amount since the year before, a part of one."""
        if not self.bill.before:
            return None
        return Decimal(self.bill.amount - self.bill.before) / self.bill.before


def lines(rows: Iterable[Bill], on: date) -> list[Line]:
    """Bills as lines of a list."""
    return [Line(row, standing_of(row, on)) for row in rows]


def bill_of(region: Region, key: int) -> Bill | None:
    """One bill by its number in the region."""
    rows = Bill.objects.filter(region=region, id=key)
    return rows.select_related("region", "taxpayer", "object", "rule", "issue").first()


@dataclass(frozen=True)
class Around:
    """What belongs to a bill: money, requests, the bills before and after it."""

    payments: tuple[Payment, ...]
    cases: tuple[Case, ...]
    others: tuple[Line, ...]


def around(bill: Bill, on: date) -> Around:
    """Payments, requests and the other bills of the same object, newest first."""
    same = Bill.objects.filter(
        region=bill.region_id, tax=bill.tax, number=bill.number
    ).exclude(id=bill.id)
    paid = Payment.objects.filter(region=bill.region_id, bill=bill.id)
    cases = Case.objects.filter(region=bill.region_id, bill=bill.id)
    return Around(
        payments=tuple(paid.order_by("-paid_at")),
        cases=tuple(cases.order_by("-filed_at")),
        others=tuple(lines(same.order_by("-year", "-period", "-seq")[:12], on)),
    )


# Villages and years


def villages(region: Region) -> dict[str, str]:
    """The villages of the register by the first ten digits of their NOPs."""
    known = dict(
        NopPlace.objects.filter(region=region).values_list("prefix", "place__name")
    )
    used = (
        TaxObject.objects.filter(region=region, tax=issuing.TAX)
        .annotate(prefix=Left("number", PREFIX))
        .values_list("prefix", flat=True)
        .distinct()
    )
    found = {prefix: known.get(prefix, "") for prefix in {*used, *known}}
    return dict(sorted(found.items(), key=lambda one: (one[1] or "~", one[0])))


def years(region: Region) -> list[int]:
    """The years that have bills, newest first."""
    rows = Bill.objects.filter(region=region).order_by()
    return sorted(rows.values_list("year", flat=True).distinct(), reverse=True)


@dataclass(frozen=True)
class YearNumbers:
    """What a year's bills come to. Rupiah."""

    year: int
    bills: int
    amount: int
    received: int
    paid: int
    held: int

    @property
    def share(self) -> Decimal:
        """Of the amount, received (interest included), at most one."""
        if not self.amount:
            return Decimal(0)
        return min(Decimal(self.received) / self.amount, Decimal(1))


def year_numbers(region: Region, year: int, tax: str = issuing.TAX) -> YearNumbers:
    """One statement over the year's bills."""
    rows = Bill.objects.filter(region=region, year=year, tax=tax)
    owed = ~Q(state__in=_NOT_OWED)
    found = rows.aggregate(
        n_bills=Count("id", filter=owed),
        n_amount=Sum("amount", filter=owed),
        n_received=Sum("received", filter=owed),
        n_paid=Count("id", filter=owed & Q(received__gte=_PAID_AT)),
        n_held=Count("id", filter=Q(state=BillState.REVIEW)),
    )
    names = ("bills", "amount", "received", "paid", "held")
    return YearNumbers(year, *(found[f"n_{name}"] or 0 for name in names))


# The spreadsheet

BILLS = register(
    TableKind(
        "bills",
        _("Bills"),
        _("Bills"),
        columns=(
            Column("number", _("NOP or number"), "text", required=True),
            Column("year", _("Year"), "year", required=True),
            Column("period", _("Month"), "whole", sparse=True),
            Column("seq", _("Version"), "whole", sparse=True),
            Column("taxpayer", _("Taxpayer"), "text"),
            Column("address", _("Address of the object"), "text"),
            Column("amount", _("Amount (Rp)"), "rupiah"),
            Column("before", _("Year before (Rp)"), "rupiah"),
            Column("received", _("Received (Rp)"), "rupiah"),
            Column("due_on", _("Due on"), "date"),
            Column("state", _("State"), "choice", choices=dict(BillState.choices)),
        ),
        key=("number", "year", "period", "seq"),
    )
)


def table(rows: Iterable[Bill]) -> list[dict[str, Value]]:
    """Bills as the spreadsheet has them."""
    return [
        {
            "number": row.number,
            "year": row.year,
            "period": row.period or None,
            "seq": row.seq or None,
            "taxpayer": row.taxpayer.name,
            "address": row.object.address,
            "amount": row.amount,
            "before": row.before,
            "received": row.received,
            "due_on": row.due_on,
            "state": row.state,
        }
        for row in rows
    ]


# Papers of a village


@dataclass(frozen=True)
class VillageNumbers:
    """A village's bills of a year. Rupiah."""

    prefix: str
    name: str
    bills: int
    amount: int
    received: int

    def files(self, each: int) -> range:
        """The numbers of the files that hold `each` bills."""
        return range(1, -(-self.bills // each) + 1)

    @property
    def share(self) -> Decimal:
        """Of the amount, received; at most one."""
        if not self.amount:
            return Decimal(0)
        return min(Decimal(self.received) / self.amount, Decimal(1))


def village_numbers(region: Region, year: int) -> list[VillageNumbers]:
    """The villages that have bills in a year."""
    names = villages(region)
    rows = (
        _printable(region, year)
        .annotate(prefix=Left("number", PREFIX))
        .values("prefix")
        .annotate(count=Count("id"), sum=Sum("amount"), came=Sum("received"))
        .order_by("prefix")
    )
    found = [
        VillageNumbers(
            row["prefix"],
            names.get(row["prefix"], ""),
            row["count"],
            row["sum"],
            row["came"],
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.name or "~", one.prefix))


def of_village(region: Region, year: int, prefix: str) -> QuerySet[Bill]:
    """A village's yearly bills that are to be delivered, in the order of their NOPs."""
    rows = _printable(region, year).filter(number__range=between(prefix))
    return rows.select_related("rule", "object__place", "taxpayer").order_by("number")


def _printable(region: Region, year: int) -> QuerySet[Bill]:
    rows = Bill.objects.filter(region=region, tax=issuing.TAX, year=year, period=0)
    rows = rows.exclude(document=Document.STPD)  # its demand is printed apart
    return rows.exclude(state__in=_NOT_OWED).order_by()
