"""Collectors in villages: what each holds and since when, what a telephone carries,
what does not fit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.timezone import localdate

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue.models import (
    Channel,
    Deposit,
    Device,
    DeviceVillage,
    Payment,
    PaymentState,
    Slip,
    SlipState,
)

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
    villages: dict[int, list[str]] = {}
    for device, name in DeviceVillage.objects.filter(device__in=devices).values_list(
        "device", "place__name"
    ):
        villages.setdefault(device, []).append(name)
    slips = _slips(region, devices)
    deposits: dict[int, list[Deposit]] = {}
    for row in Deposit.objects.filter(device__in=devices).order_by("day", "id"):
        deposits.setdefault(row.device_id, []).append(row)
    return [
        _standing(
            device,
            sorted(villages.get(device.pk, ())),
            slips.get(device.pk, []),
            deposits.get(device.pk, []),
        )
        for device in devices
    ]


def standing(device: Device) -> Standing:
    """The same of one device."""
    found = standings(device.region, collector=device.collector)
    return next(one for one in found if one.device.pk == device.pk)


_Money = tuple[datetime, int, str]


def _slips(region: Region, devices: Sequence[Device]) -> dict[int, list[_Money]]:
    """Time, amount and state by device; what was taken back in the books counts no more."""
    back = set(
        Payment.objects.filter(region=region, channel=CHANNEL)
        .exclude(state=PaymentState.POSTED)
        .values_list("reference", flat=True)
    )
    found: dict[int, list[_Money]] = {}
    for device, reference, taken_at, amount, state in Slip.objects.filter(
        device__in=devices
    ).values_list("device", "reference", "taken_at", "amount", "state"):
        counted = 0 if reference in back else amount
        found.setdefault(device, []).append((taken_at, counted, state))
    return found


def _standing(
    device: Device,
    villages: Sequence[str],
    slips: Sequence[_Money],
    deposits: Sequence[Deposit],
) -> Standing:
    brought = sum(row.amount for row in deposits)
    return Standing(
        device,
        tuple(villages),
        taken=sum(amount for _at, amount, _state in slips),
        brought=brought,
        slips=len(slips),
        conflicts=sum(state == SlipState.CONFLICT for _at, _n, state in slips),
        since=_since(slips, brought),
        last_deposit=deposits[-1] if deposits else None,
    )


def _since(slips: Iterable[_Money], brought: int) -> date | None:
    """The day of the first receipt that the deposits, oldest first, do not cover."""
    for taken_at, amount, _state in sorted(slips):
        brought -= amount
        if amount and brought < 0:
            return localdate(taken_at)
    return None
