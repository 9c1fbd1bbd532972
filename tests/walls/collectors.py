"""What the addresses of collectors need: a telephone, and a receipt that does not fit."""

from django.utils.timezone import now

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue.models import Device, Slip
from habaring.shared import walls


def made(region: Region, keeper: Account) -> None:
    """One of each, of somebody who does not ask."""
    at = now()
    with walls.within(region.code):
        device = Device.objects.create(
            region=region,
            collector=keeper,
            name="Uji",
            cash_limit=1_000_000,
            registered_at=at,
        )
        Slip.objects.create(
            region=region,
            device=device,
            number=1,
            signed="uji",
            signature="uji",
            sha256="0" * 64,
            nop="629999999999999990",
            year=2026,
            amount=1_000,
            reference="uji",
            taken_at=at,
            paid_at=at,
            synced_at=at,
            state="conflict",
            conflicts=[{"code": "unknown"}],
        )
