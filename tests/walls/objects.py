"""What an address needs and the demo does not have: one of each, in one region."""

from datetime import UTC, datetime

from habaring.people.access import Place
from habaring.people.actions import Offer, invite
from habaring.people.models import Role
from habaring.regions.models import Region
from tests import makers

AT = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)


def made(code: str) -> None:
    """One of each, by the actions that people use."""
    region = Region.objects.get(code=code)
    keeper = makers.officer("Penjaga", region=region)
    invite(
        email="undangan@contoh.id",
        offer=Offer(Role.objects.get(code="planner"), Place(region=region)),
        by=keeper,
        at=AT,
        address="/undangan/",
    )
