"""What the addresses of local taxes need: one of each, made by nobody who asks."""

from django.utils.timezone import now

from habaring.people.models import Account
from habaring.regions.models import Region
from tests.revenue import banks


def made(region: Region, keeper: Account) -> None:
    """A bank with a key."""
    banks.public(banks.partner(region, now()), now())
