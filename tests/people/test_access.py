"""The one door: which role does what, where."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from habaring.people import access
from habaring.people.access import NotAllowed, Power, SignInNeeded
from habaring.people.models import Account, Membership, Role
from habaring.regions.models import Department, Region
from tests import makers

OFFICER = {"see_work_room", "record_observations", "record_candidates"}
PLANNER = OFFICER | {"publish_index", "draft_scenarios", "write_plan"}
COUNCIL = {"see_work_room", "record_decisions", "adopt_plan"}
SECRETARIAT = {str(power) for power in Power}
ROLES = {
    "secretariat": SECRETARIAT,
    "planner": PLANNER,
    "officer": OFFICER,
    "council": COUNCIL,
    "inspector": {"see_work_room", "see_audit"},
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("power", Power)
def test_each_power_opens_only_to_the_roles_that_carry_it(
    kotim: Region, at: datetime, role: str, power: Power
) -> None:
    elsewhere = makers.region("62.01")
    budi = makers.officer("Budi", region=kotim, role=role)
    if power in ROLES[role]:
        assert access.require(budi, power, at=at, region=kotim) == budi
    else:
        with pytest.raises(NotAllowed):
            access.require(budi, power, at=at, region=kotim)
    with pytest.raises(NotAllowed):
        access.require(budi, power, at=at, region=elsewhere)
    with pytest.raises(NotAllowed):
        access.require(budi, power, at=at)


@pytest.mark.parametrize("power", Power)
def test_a_citizen_and_a_stranger_may_do_nothing_here(
    kotim: Region, alya: Account, citra: Account, at: datetime, power: Power
) -> None:
    for person in (alya, citra):
        with pytest.raises(NotAllowed):
            access.require(person, power, at=at, region=kotim)
    with pytest.raises(SignInNeeded):
        access.require(AnonymousUser(), power, at=at, region=kotim)


def test_a_role_in_a_region_reaches_what_lies_below_it_and_nothing_above(
    budi: Account, at: datetime
) -> None:
    district, province = makers.region("62.02.06"), makers.region("62")
    assert access.require(budi, Power.SEE_WORK_ROOM, at=at, region=district)
    with pytest.raises(NotAllowed):
        access.require(budi, Power.SEE_WORK_ROOM, at=at, region=province)


def test_a_role_in_a_department_stays_in_it(
    kotim: Region, alya: Account, at: datetime
) -> None:
    own, other = (
        Department.objects.create(region=kotim, code=code, name_id=code)
        for code in ("2.16", "1.02")
    )
    Membership.objects.create(
        account=alya,
        role=Role.objects.get(code="officer"),
        region=kotim,
        department=own,
        since=makers.LONG_AGO,
    )
    power = Power.RECORD_OBSERVATIONS
    assert access.require(alya, power, at=at, region=kotim, department=own)
    with pytest.raises(NotAllowed):
        access.require(alya, power, at=at, region=kotim, department=other)
    with pytest.raises(NotAllowed):
        access.require(alya, power, at=at, region=kotim)


def test_an_operator_reaches_every_region(kotim: Region, at: datetime) -> None:
    rani = makers.account("Rani")
    Membership.objects.create(
        account=rani, role=Role.objects.get(code="operator"), since=makers.LONG_AGO
    )
    for region in (kotim, makers.region("62.01"), None):
        assert access.require(rani, Power.MANAGE_PEOPLE, at=at, region=region)


def test_a_role_holds_from_its_first_to_its_last_moment(
    kotim: Region, budi: Account, at: datetime
) -> None:
    Membership.objects.filter(account=budi).update(
        since=at, until=at + timedelta(days=1)
    )

    def may(moment: datetime) -> bool:
        powers = access.powers(budi, at=moment, region=kotim)
        return Power.SEE_WORK_ROOM in powers

    assert not may(at - timedelta(seconds=1))
    assert may(at)
    assert not may(at + timedelta(days=1))


def test_a_closed_account_may_do_nothing(
    kotim: Region, budi: Account, at: datetime
) -> None:
    budi.is_active = False
    assert access.powers(budi, at=at, region=kotim) == frozenset()
