"""People of the privacy tests, and the powers they need."""

from datetime import datetime

from habaring.people.access import Power
from habaring.people.models import Account, Membership, Role
from habaring.regions.models import Region
from tests import makers

NIK = "6202065001900001"
POWERS = [
    Power.SEE_WORK_ROOM,
    Power.SEE_PERSONAL_DATA,
    Power.PROTECT_PERSONAL_DATA,
]


def protector(name: str, *, region: Region, powers: list[Power] = POWERS) -> Account:
    """An officer with just these powers in a region."""
    person = makers.account(name)
    role, _ = Role.objects.get_or_create(
        code=f"test-{'-'.join(sorted(powers))}"[:40],
        defaults={"name_id": "Pelindung data", "powers": [str(p) for p in powers]},
    )
    Membership.objects.create(
        account=person, role=role, region=region, since=makers.LONG_AGO
    )
    return person


def member(person: Account, *, region: Region, at: datetime = makers.LONG_AGO) -> None:
    """Give a person the role of a department officer."""
    Membership.objects.create(
        account=person, role=Role.objects.get(code="officer"), region=region, since=at
    )
