"""What an address needs and the demo does not have: one of each, in one region."""

from datetime import UTC, datetime

from habaring.people.actions import Place, invite
from habaring.people.models import Account, Role
from habaring.regions.models import Region

AT = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)


def made(code: str) -> None:
    """One of each, by the actions that people use."""
    region = Region.objects.get(code=code)
    keeper = Account.objects.create_account(
        email="penjaga@contoh.id", full_name="Penjaga"
    )
    invite(
        email="undangan@contoh.id",
        role=Role.objects.get(code="officer"),
        place=Place(region=region),
        by=keeper,
        at=AT,
        address="/undangan/",
    )
