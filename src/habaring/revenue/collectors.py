"""Collectors in villages: what each holds and since when, what a telephone carries,
what does not fit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.text import format_lazy
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext_lazy as _

from habaring.engines.bookkeeping import Late
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import assessing, bills, issuing, slips
from habaring.revenue.models import (
    Bill,
    Channel,
    Deposit,
    Device,
    DeviceVillage,
    NopPlace,
    Payment,
    PaymentState,
    Slip,
    SlipState,
    WaiverProgramme,
)
from habaring.revenue.nop import shown_nop
from habaring.shared import formats, walls
from habaring.shared.refusal import Words

CHANNEL = Channel.COLLECTOR.value


@dataclass(frozen=True)
class Standing:
    """One device: what it should hold by its receipts, less what was counted. Rupiah.

    `since`: the day of the oldest receipt that no deposit has covered yet. Below zero,
    more was brought than the receipts that have arrived say.
    """

    device: Device
    villages: tuple[str, ...]
    taken: int
    brought: int
    slips: int
    conflicts: int
    since: date | None
    last_deposit: Deposit | None
    illustrative: bool

    @property
    def held(self) -> int:
        return self.taken - self.brought

    @property
    def due_on(self) -> date | None:
        """When the oldest money must be with the treasurer."""
        if self.since is None:
            return None
        return self.since + timedelta(days=self.device.deposit_days)

    def late(self, on: date) -> bool:
        return self.due_on is not None and self.due_on < on

    @property
    def over_limit(self) -> bool:
        return self.held > self.device.cash_limit


def standings(region: Region, *, collector: Account | None = None) -> list[Standing]:
    """All devices of a region, or those of one collector; four queries."""
    rows = Device.objects.filter(region=region).select_related("collector")
    if collector is not None:
        rows = rows.filter(collector=collector)
    devices = list(rows)
    if not devices:
        return []
    villages: dict[int, list[str]] = {}
    for device, name in DeviceVillage.objects.filter(device__in=devices).values_list(
        "device", "place__name"
    ):
        villages.setdefault(device, []).append(name)
    money = _money(region, devices)
    deposits: dict[int, list[Deposit]] = {}
    for row in Deposit.objects.filter(device__in=devices).order_by("day", "id"):
        deposits.setdefault(row.device_id, []).append(row)
    return [
        Standing(
            device,
            tuple(sorted(villages.get(device.pk, ()))),
            brought=sum(row.amount for row in deposits.get(device.pk, ())),
            last_deposit=deposits.get(device.pk, [None])[-1],
            **money.get(device.pk, _NO_MONEY),
        )
        for device in devices
    ]


def standing(device: Device) -> Standing:
    """The same of one device."""
    found = standings(device.region, collector=device.collector)
    return next(one for one in found if one.device.pk == device.pk)


_NO_MONEY: Mapping[str, Any] = {
    "taken": 0,
    "slips": 0,
    "conflicts": 0,
    "illustrative": False,
    "since": None,
}
# What was taken back in the books counts no more; deposits cover the oldest first.
_MONEY = """
WITH slip AS (
    SELECT s.id, s.device_id, s.taken_at, s.state, s.signed,
        CASE WHEN p.state = 'posted' THEN s.amount ELSE 0 END AS amount
    FROM revenue_slip s LEFT JOIN revenue_payment p ON p.region_id = s.region_id
        AND p.channel = 'collector' AND p.reference = s.reference
    WHERE s.region_id = %(region)s AND s.device_id = ANY(%(devices)s)
), so_far AS (
    SELECT slip.*, sum(amount) OVER (PARTITION BY device_id ORDER BY taken_at, id) AS up
    FROM slip
), brought AS (
    SELECT device_id, sum(amount) AS amount FROM revenue_deposit
    WHERE region_id = %(region)s GROUP BY device_id
)
SELECT s.device_id, sum(s.amount)::bigint, count(*),
    count(*) FILTER (WHERE s.state = 'conflict'), bool_or(s.signed LIKE 'HBR2C/%%'),
    min(s.taken_at) FILTER (WHERE s.amount > 0 AND s.up > coalesce(b.amount, 0))
FROM so_far s LEFT JOIN brought b ON b.device_id = s.device_id GROUP BY s.device_id
"""


def _money(region: Region, devices: Sequence[Device]) -> dict[int, dict[str, Any]]:
    """What the receipts of each device come to."""
    given: dict[str, Any] = {
        "region": region.code,
        "devices": [row.pk for row in devices],
    }
    with connection.cursor() as cursor:
        cursor.execute(_MONEY, given)
        rows = cursor.fetchall()
    names = ("taken", "slips", "conflicts", "illustrative")
    return {
        row[0]: dict(zip(names, row[1:5], strict=True))
        | {"since": localdate(row[5]) if row[5] else None}
        for row in rows
    }


# What a telephone carries


LIST_DAYS = 120
"""So many days ahead the list knows what each bill asks for."""
AHEAD = timedelta(days=LIST_DAYS - 1)
HOUR = timedelta(hours=1)
MOST_BILLS = 5_000


@dataclass(frozen=True)
class Carried:
    """A bill on a telephone: no more than the paper list (DHKP) says. `sums`: what is to
    be paid from each of these days on, interest included, rupiah.
    """

    nop: str
    name: str
    year: int
    seq: int
    due_on: date
    sums: tuple[tuple[date, int], ...]
    illustrative: bool


def carried(device: Device, *, on: date) -> list[Carried]:
    """The unpaid bills of a device's villages, by name."""
    rows = list(
        _of_villages(device)
        .exclude(state__in=tuple(assessing.NOT_OWED))
        .filter(received__lt=F("amount") + Coalesce("beside", 0))
        .select_related("rule", "taxpayer")
        .order_by("taxpayer__name", "number", "year", "seq")[:MOST_BILLS]
    )
    waivers = list(
        WaiverProgramme.objects.filter(
            Q(bill__isnull=True) | Q(bill__in=[row.id for row in rows]),
            region=device.region_id,
            begins_on__lte=on + timedelta(days=LIST_DAYS),
            ends_on__gte=on,
        )
    )
    apart = {one.bill for one in waivers if one.bill}
    lates: dict[tuple[int, date, int, int], list[tuple[date, Late]]] = {}
    found = []
    for row in rows:
        key = (row.rule_id, row.due_on, row.year, row.id if row.id in apart else 0)
        if key not in lates:
            lates[key] = list(_lates(row, on, waivers))
        sums = _steps([(day, row.owed + late.on(row.owed)) for day, late in lates[key]])
        found.append(
            Carried(
                row.number,
                row.taxpayer.name,
                row.year,
                row.seq,
                row.due_on,
                tuple(sums),
                row.illustrative,
            )
        )
    return found


def _of_villages(device: Device) -> QuerySet[Bill]:
    places = DeviceVillage.objects.filter(device=device).values("place")
    prefixes = NopPlace.objects.filter(region=device.region_id, place__in=places)
    rows = Bill.objects.filter(region=device.region_id, tax=issuing.TAX)
    ranges = [
        Q(number__range=bills.between(prefix))
        for prefix in prefixes.values_list("prefix", flat=True)
    ]
    return rows.filter(reduce(or_, ranges)) if ranges else rows.none()


def _lates(
    bill: Bill, on: date, waivers: Sequence[WaiverProgramme]
) -> Iterable[tuple[date, Late]]:
    before: Late | None = None
    for ahead in range(LIST_DAYS):
        day = on + timedelta(days=ahead)
        late = assessing.late_of(bill, day, waivers=waivers)
        if late != before:
            yield day, late
        before = late


def _steps(sums: Sequence[tuple[date, int]]) -> Iterable[tuple[date, int]]:
    before = None
    for day, amount in sums:
        if amount != before:
            yield day, amount
        before = amount


# What does not fit


UNBELIEVED = ("revoked", "twice", "broken")
"""The money of such a receipt is kept for no bill until two people have decided."""


def told(conflict: Mapping[str, Any]) -> Words:
    """One thing that does not fit, in a sentence."""
    given = {name: value for name, value in conflict.items() if name != "code"}
    if "at" in given:
        given["at"] = formats.moment(localtime(datetime.fromisoformat(given["at"])))
    for name in ("asked", "taken"):
        if name in given:
            given[name] = formats.rupiah(given[name])
    sentence = _SENTENCES.get(str(conflict.get("code")), _("It does not fit."))
    return format_lazy(sentence, **given)


_SENTENCES: Mapping[str, Words] = {
    "unknown": _("No bill with this number and year is known here."),
    "not_asked": _(
        "This bill asks for nothing: it was cancelled, corrected or closed."
    ),
    "paid": _("This bill was paid already: {channel}, {at}."),
    "two_devices": _(
        "Another receipt was written for this bill: {receipt} of {device}, {at}."
    ),
    "amount": _("The bill asked for {asked}, and {taken} was taken."),
    "revoked": _("It was signed after the telephone was withdrawn on {at}."),
    "after_revoked": _(
        "It arrived after the telephone was withdrawn on {at}; by its clock it was"
        " written before."
    ),
    "gap": _("The receipts from number {first} to {last} have not arrived."),
    "broken": _("It does not lean on the receipt before it: the chain is broken."),
    "twice": _("Another receipt of this telephone has the same number."),
    "clock": _("The clock of the telephone was wrong; the payment counts from {at}."),
}


@dataclass(frozen=True)
class Shown:
    """A receipt with its payment, its bill's owner, and what does not fit."""

    slip: Slip
    payment: Payment | None

    @property
    def number(self) -> str:
        return slips.shown(self.slip.device_id, self.slip.number, self.slip.sha256)

    @property
    def nop(self) -> str:
        return shown_nop(self.slip.nop)

    @property
    def illustrative(self) -> bool:
        return slips.is_example(self.slip.signed)

    @property
    def told(self) -> list[Words]:
        return [told(one) for one in self.slip.conflicts]

    @property
    def without_bill(self) -> bool:
        """Whether its money still waits for a place."""
        return (
            self.payment is not None
            and self.payment.state == PaymentState.POSTED
            and self.payment.bill is None
        )


def shown(region: Region, rows: Iterable[Slip]) -> list[Shown]:
    """Receipts with their payments, in one more query."""
    found = list(rows)
    payments = {
        one.reference: one
        for one in Payment.objects.filter(
            region=region,
            channel=CHANNEL,
            reference__in=[row.reference for row in found],
        )
    }
    return [Shown(row, payments.get(row.reference)) for row in found]


def conflicts(region: Region) -> QuerySet[Slip]:
    """What waits for the office, the oldest first."""
    rows = Slip.objects.filter(region=region, state=SlipState.CONFLICT)
    return rows.select_related("device__collector", "owner").order_by("synced_at", "id")


# What anybody asks


@dataclass(frozen=True)
class Seen:
    """What the office knows of a collector's receipt. `kind`: received, waiting (signed
    by one of our telephones, not here yet), withdrawn (so too, by a telephone that may
    not any more), number (nothing is known under this number).
    """

    kind: str
    number: str
    signed: slips.Signed | None = None
    slip: Slip | None = None
    device: Device | None = None
    serial: int = 0
    by_number: bool = False

    @property
    def nop(self) -> str:
        return shown_nop(self.signed.nop) if self.signed else ""

    @property
    def clarified(self) -> bool:
        """Whether somebody still looks into it."""
        return self.slip is not None and self.slip.state == SlipState.CONFLICT


def seen(region: Region, content: str) -> Seen:
    """What is known of a receipt: its QR code's text, or the number on paper.

    Raises:
        slips.NotSigned: it is none of ours, or was changed.
    """
    with walls.also(region.code):
        short = slips.read_shown(content)
        if short is not None:
            return _by_number(region, *short)
        signed = slips.read(content)
        device = signer(region, signed)
        slip = Slip.objects.filter(device=device, sha256=signed.sha256).first()
        if slip is not None:
            return _received(slip, device, signed)
    kind = "withdrawn" if device.revoked_at else "waiting"
    return Seen(kind, signed.shown, signed, None, device)


def _by_number(region: Region, device: int, number: int, code: str) -> Seen:
    text = f"P{device}-{number}-{code}"
    rows = Slip.objects.filter(region=region, device=device, number=number)
    for slip in rows.select_related("device"):
        if slips.shown(device, number, slip.sha256) == text:
            signed = slips.read(f"{slip.signed}/{slip.signature}")
            return replace(_received(slip, slip.device, signed), by_number=True)
    return Seen("number", text, by_number=True)


def _received(slip: Slip, device: Device, signed: slips.Signed) -> Seen:
    payment = Payment.objects.filter(
        region=slip.region_id, channel=CHANNEL, reference=slip.reference
    ).first()
    stands = payment is not None and payment.state == PaymentState.POSTED
    serial = payment.serial if payment is not None and stands else 0
    return Seen("received", signed.shown, signed, slip, device, serial)


def signer(region: Region, signed: slips.Signed) -> Device:
    """The device that signed a receipt; the region is open.

    Raises:
        slips.NotSigned: no device of this region did.
    """
    row = (
        Device.objects.filter(pk=signed.device, region=region)
        .exclude(public_key="")
        .select_related("collector")
        .first()
    )
    if row is None or signed.region != region.code:
        raise slips.NotSigned(
            _("No telephone of a collector here wrote this."),
            _("The region or the telephone that it names is not ours."),
        )
    slips.check(signed, row.public_key)
    return row


def public_keys(region: Region) -> list[tuple[str, str]]:
    """Name and PEM of each telephone that was ever in use: to check without a line."""
    with walls.also(region.code):
        rows = Device.objects.filter(region=region).exclude(public_key="")
        return [(f"HBR2 {row.pk}", slips.pem_of(row.public_key)) for row in rows]
