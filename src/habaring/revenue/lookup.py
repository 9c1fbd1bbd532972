"""What anybody may read of a tax object whose number they hold: narrow and masked.

Names come masked, no address, no contact, nothing of other objects of the same person.
The rows are protected: each function here opens its region for its own statements
(`walls.also`) and gives back frozen values, never rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.engines.taxing import TAXES
from habaring.regions.models import Region
from habaring.revenue.models import (
    Bill,
    BillState,
    Channel,
    Document,
    NopPlace,
    Partner,
    Payment,
    PaymentState,
    TaxObject,
    TaxRule,
)
from habaring.revenue.nop import shown_nop
from habaring.revenue.receipts import number_of
from habaring.shared import limits, walls
from habaring.shared.refusal import Refusal, Words

PBB = "pbb"
SET_OFF = "set-off"
"""The channel of money that was owed back and pays another bill."""
YEARS_AT_MOST = 40
"""Bills of one object that a page shows, newest first."""
PAYMENTS_AT_MOST = 200
LOOKS = 120
"""Look-ups of one network in ten minutes: a village office asks for many people."""
MISSES = 20
"""Numbers without a bill that one network may ask for in an hour."""
LOOKS_IN_REGION = 12_000
"""Look-ups of a whole region in ten minutes: twice the last hour before a due day."""
TEN_MINUTES = timedelta(minutes=10)
HOUR = timedelta(hours=1)

SHOWN = (
    BillState.ISSUED,
    BillState.SENT,
    BillState.OBJECTION,
    BillState.INSTALMENT,
    BillState.COLLECTED,
    BillState.WRITTEN_OFF,
    BillState.EXPIRED,
)
"""Bills that the public sees; one held for review, replaced or cancelled is none."""
PAYABLE = SHOWN[:5]


class NothingFound(Refusal):
    """No bill to show: never says whether the number exists."""

    status = 404

    def __init__(self) -> None:
        super().__init__(
            what=_("For this number there is no bill to show here."),
            why=_(
                "Perhaps a digit is mistyped, the object lies in another region, or its"
                " bill has not been issued yet."
            ),
            next=_(
                "Compare each digit with the bill (SPPT). If it is right, ask the revenue"
                " office."
            ),
        )


@dataclass(frozen=True)
class BillLine:
    """A bill and what is owed on it on a day. Rupiah."""

    bill: int
    tax: str
    number: str
    year: int
    period: int
    seq: int
    document: str
    amount: int
    received: int
    principal: int
    interest: int
    before: int | None
    due_on: date
    on: date
    state: str
    illustrative: bool

    @property
    def total(self) -> int:
        """What has to be paid on that day."""
        return self.principal + self.interest

    @property
    def payable(self) -> bool:
        """Whether money is asked for it."""
        return self.state in PAYABLE and self.total > 0

    @property
    def standing(self) -> str:
        """paid, partly, late, open, or closed (no longer asked for)."""
        if self.state not in PAYABLE:
            return "closed"
        if self.total <= 0:
            return "paid"
        if self.on > self.due_on:
            return "late"
        return "partly" if self.received else "open"

    @property
    def words(self) -> Words:
        """The standing in words."""
        return STANDINGS[self.standing]

    @property
    def tone(self) -> str:
        """How a badge shows it."""
        return {"paid": "good", "late": "bad", "partly": "warn"}.get(self.standing, "")

    @property
    def shown_number(self) -> str:
        """The number as on the bill."""
        return shown_nop(self.number)

    @property
    def is_yearly(self) -> bool:
        """The year's own bill, and none of what came later about it."""
        return self.document == Document.SPPT


STANDINGS: Mapping[str, Words] = {
    "paid": pgettext_lazy("bill", "paid"),
    "partly": pgettext_lazy("bill", "paid in part"),
    "late": pgettext_lazy("bill", "past its due day"),
    "open": pgettext_lazy("bill", "to be paid"),
    "closed": pgettext_lazy("bill", "no longer collected"),
}


@dataclass(frozen=True)
class Paid:
    """A payment as anybody may read it. `bill` is the id it came for."""

    serial: int
    number: str  # of the receipt
    bill: int
    amount: int
    channel: str
    channel_name: Words
    paid_at: datetime
    reversed_at: datetime | None

    @property
    def stands(self) -> bool:
        """Not reversed."""
        return self.reversed_at is None


@dataclass(frozen=True)
class FoundObject:
    """An object whose number somebody holds: masked name, village, bills."""

    region: str
    number: str
    tax: str
    holder: str
    village: str
    district: str
    bills: tuple[BillLine, ...]
    paid: tuple[Paid, ...]
    illustrative: bool

    @property
    def shown_number(self) -> str:
        """As on the bill."""
        return shown_nop(self.number)

    @property
    def payable(self) -> tuple[BillLine, ...]:
        """What can be paid now, oldest first."""
        return tuple(line for line in reversed(self.bills) if line.payable)

    @property
    def total(self) -> int:
        """All that is owed on that day, rupiah."""
        return sum(line.total for line in self.payable)

    def line(self, year: int, seq: int = 0) -> BillLine | None:
        """The bill of a year."""
        found = [one for one in self.bills if (one.year, one.seq) == (year, seq)]
        return found[0] if found else None


def count_look(network: str, region: Region, *, at: datetime) -> None:
    """Count one look-up; TooMany where a network or the whole region asks too often."""
    limits.check("revenue.miss", network, most=MISSES, at=at)
    limits.spend("revenue.look", network, most=LOOKS, per=TEN_MINUTES, at=at)
    limits.spend(
        "revenue.region", region.code, most=LOOKS_IN_REGION, per=TEN_MINUTES, at=at
    )


def count_miss(network: str, *, at: datetime) -> None:
    """Count a number that had no bill: who guesses is stopped early."""
    limits.spend("revenue.miss", network, most=MISSES, per=HOUR, at=at)


def find(region: Region, nop: str, *, on: date) -> FoundObject:
    """The object of a NOP with its bills as owed on a day; NothingFound.

    An unknown number, one without a bill and one whose only bill waits for review give
    the same refusal.
    """
    with walls.also(region.code):
        row = _object(region, PBB, nop)
        bills = _bills(region, tax=PBB, number=nop)
        found = _found(region, row, bills, on=on) if row and bills else None
    if found is None:
        raise NothingFound
    return found


def of_objects(
    region: Region, objects: Iterable[TaxObject], *, on: date
) -> list[FoundObject]:
    """The same for rows that the caller may read, in their order."""
    rows = list(objects)
    with walls.also(region.code):
        numbers = [row.number for row in rows]
        by_object: dict[tuple[str, str], list[Bill]] = {}
        taxes = {row.tax for row in rows}
        found = Bill.objects.filter(
            region=region, tax__in=taxes, number__in=numbers, state__in=SHOWN
        )
        for bill in found.order_by("-year", "-period", "-seq"):
            by_object.setdefault((bill.tax, bill.number), []).append(bill)
        return [
            _found(region, row, by_object.get((row.tax, row.number), []), on=on)
            for row in rows
        ]


def lines(region: Region, bills: Sequence[int], *, on: date) -> list[BillLine]:
    """Bills by their ids, in that order, as owed on a day; unknown ids are left out."""
    with walls.also(region.code):
        rows = list(Bill.objects.filter(region=region, id__in=bills, state__in=SHOWN))
        found = {line.bill: line for line in _lines(region, rows, on=on)}
    return [found[key] for key in bills if key in found]


def holders(region: Region, bills: Iterable[int]) -> dict[int, str]:
    """The masked name on each bill."""
    with walls.also(region.code):
        rows = Bill.objects.filter(region=region, id__in=list(bills))
        return dict(rows.values_list("id", "taxpayer__name_masked"))


def payments(region: Region, bills: Iterable[int]) -> tuple[Paid, ...]:
    """What was paid for bills, newest first; what never arrived is left out."""
    with walls.also(region.code):
        return _payments(region, bills)


def place_known(region: Region, nop: str) -> bool:
    """Whether the first ten digits are a village of the region (no secret)."""
    rows = NopPlace.objects.filter(region=region)
    return rows.filter(prefix=nop[:10]).exists() or not rows.exists()


def channel_names(region: Region) -> dict[str, Words]:
    """What each channel is called; inside an opened region."""
    names: dict[str, Words] = {str(value): label for value, label in Channel.choices}
    names[SET_OFF] = _("set off against what was paid too much")
    for partner in Partner.objects.filter(region=region):
        names[partner.channel] = partner.name
    return names


def tax_name(code: str, language: str) -> str:
    """A tax in the reader's language."""
    tax = TAXES.get(code)
    if tax is None:
        return code
    return tax.name_en if language.startswith("en") else tax.name_id


def _object(region: Region, tax: str, number: str) -> TaxObject | None:
    rows = TaxObject.objects.filter(region=region, tax=tax, number=number)
    return rows.select_related("taxpayer", "place__parent").first()


def _bills(region: Region, *, tax: str, number: str) -> list[Bill]:
    rows = Bill.objects.filter(region=region, tax=tax, number=number)
    newest = rows.defer("facts").order_by("-year", "-period", "-seq")
    newest = newest[: 2 * YEARS_AT_MOST]
    return [bill for bill in newest if bill.state in SHOWN][:YEARS_AT_MOST]


def _found(
    region: Region, row: TaxObject, bills: Sequence[Bill], *, on: date
) -> FoundObject:
    lines = tuple(_lines(region, bills, on=on))
    return FoundObject(
        region=region.code,
        number=row.number,
        tax=row.tax,
        holder=row.taxpayer.name_masked,
        village=row.place.name if row.place else "",
        district=row.place.parent.name if row.place and row.place.parent else "",
        bills=lines,
        paid=_payments(region, [line.bill for line in lines]),
        illustrative=row.illustrative or any(line.illustrative for line in lines),
    )


def _lines(region: Region, bills: Sequence[Bill], *, on: date) -> list[BillLine]:
    # late: it reads rules, which most processes never do
    from habaring.revenue import assessing

    rules = TaxRule.objects.in_bulk({bill.rule_id for bill in bills})
    ids = [bill.id for bill in bills]
    waivers = assessing.waivers_of(region.code, on, ids) if bills else []
    found = []
    for bill in bills:
        bill.rule = rules[bill.rule_id]
        owed = assessing.owed_on(bill, on, waivers=waivers)
        found.append(
            BillLine(
                bill=bill.id,
                tax=bill.tax,
                number=bill.number,
                year=bill.year,
                period=bill.period,
                seq=bill.seq,
                document=bill.document,
                amount=bill.amount,
                received=bill.received,
                principal=owed.principal,
                interest=owed.interest,
                before=bill.before,
                due_on=bill.due_on,
                on=on,
                state=bill.state,
                illustrative=bill.illustrative,
            )
        )
    return found


def _payments(region: Region, bills: Iterable[int]) -> tuple[Paid, ...]:
    asked = Payment.objects.filter(region=region, bill__in=list(bills))
    asked = asked.exclude(state=PaymentState.NEVER).order_by("-paid_at", "-serial")
    rows = asked[:PAYMENTS_AT_MOST]
    names = channel_names(region) if rows else {}  # one query less for what is unpaid
    return tuple(
        Paid(
            serial=row.serial,
            number=number_of(row),
            bill=row.bill or 0,
            amount=row.amount,
            channel=row.channel,
            channel_name=names.get(row.channel, row.channel),
            paid_at=row.paid_at,
            reversed_at=row.reversed_at,
        )
        for row in rows
    )
