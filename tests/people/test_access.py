"""The one door: which role does what, where."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from habaring.people import access, actions
from habaring.people.access import NotAllowed, Power, SignInNeeded
from habaring.people.models import Account, Membership, Role
from habaring.regions.models import Department, Region
from tests import makers

OFFICER = {
    "see_work_room",
    "record_observations",
    "record_candidates",
    "keep_evidence",
}
PLANNER = OFFICER | {
    "publish_index",
    "draft_scenarios",
    "write_plan",
    "manage_calls",
    "enter_proposals",
    "run_workshops",
    "take_part_in_guidance",
    "share_practices",
}
OFFICER_OF_ALL = OFFICER | {"check_proposals"}
COUNCIL = {"see_work_room", "record_decisions", "adopt_plan"}
SECRETARIAT = {str(power) for power in Power}
ROLES = {
    "secretariat": SECRETARIAT,
    "planner": PLANNER,
    "officer": OFFICER_OF_ALL,
    "council": COUNCIL,
    "inspector": {"see_work_room", "see_audit", "judge_evidence"},
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
    foreign = Department.objects.create(
        region=makers.region("62.01"), code="2.16", name_id="2.16"
    )
    with pytest.raises(NotAllowed):
        access.require(alya, power, at=at, region=kotim, department=foreign)
    # what they write stays in the department; what they read is the whole region's
    assert access.require(alya, Power.SEE_WORK_ROOM, at=at, region=kotim)
    with pytest.raises(NotAllowed):
        access.require(alya, Power.SEE_WORK_ROOM, at=at, region=foreign.region)


def test_a_department_of_another_region_opens_nothing_even_to_a_secretariat(
    kotim: Region, budi: Account, at: datetime
) -> None:
    foreign = Department.objects.create(
        region=makers.region("62.01"), code="2.16", name_id="2.16"
    )
    with pytest.raises(NotAllowed):
        access.require(
            budi, Power.RECORD_OBSERVATIONS, at=at, region=kotim, department=foreign
        )


def test_a_role_in_a_body_stays_in_it(
    kotim: Region, alya: Account, at: datetime
) -> None:
    Membership.objects.create(
        account=alya,
        role=Role.objects.get(code="council"),
        region=kotim,
        body=7,
        since=makers.LONG_AGO,
    )
    power = Power.RECORD_DECISIONS
    assert access.require(alya, power, at=at, region=kotim, body=7)
    assert access.require(alya, Power.SEE_WORK_ROOM, at=at, region=kotim)
    for body in (8, None):
        with pytest.raises(NotAllowed):
            access.require(alya, power, at=at, region=kotim, body=body)
    with pytest.raises(NotAllowed):
        access.require(alya, power, at=at, region=makers.region("62.01"), body=7)


def test_a_village_operator_gets_nothing_above_or_beside(
    kotim: Region, at: datetime
) -> None:
    village = makers.region("62.02.06.1001", "Ketapang", "kelurahan")
    beside = makers.region("62.02.06.1002", "Sawahan", "kelurahan")
    eko = makers.officer("Eko", region=village, role="village_operator")
    assert access.require(eko, Power.RECORD_OBSERVATIONS, at=at, region=village)
    for code in ("62.02.06", "62.02", "62"):
        for power in Power:
            with pytest.raises(NotAllowed):
                access.require(eko, power, at=at, region=makers.region(code))
    with pytest.raises(NotAllowed):
        access.require(eko, Power.SEE_WORK_ROOM, at=at, region=beside)


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

    assert not may(at - timedelta(microseconds=1))
    assert may(at)
    assert may(at + timedelta(days=1) - timedelta(microseconds=1))
    assert not may(at + timedelta(days=1))  # exactly at its end it holds no more


def test_a_closed_account_may_do_nothing(
    kotim: Region, budi: Account, at: datetime
) -> None:
    budi.is_active = False
    assert access.powers(budi, at=at, region=kotim) == frozenset()


# What was read is kept for one request, and never longer than it is true


def test_the_roles_of_a_request_are_read_once(
    kotim: Region, budi: Account, at: datetime, django_assert_num_queries: Any
) -> None:
    fresh = Account.objects.get(pk=budi.pk)
    with django_assert_num_queries(1):
        for power in Power:
            assert power in access.powers(fresh, at=at, region=kotim)
        assert access.regions_of(fresh, at=at) == [kotim]
    with django_assert_num_queries(1):  # another request has another account
        access.powers(Account(pk=budi.pk, is_active=True), at=at, region=kotim)


def test_what_was_read_is_forgotten_when_roles_change(
    kotim: Region, budi: Account, alya: Account, at: datetime
) -> None:
    def may(moment: datetime = at) -> bool:
        return Power.SEE_WORK_ROOM in access.powers(alya, at=moment, region=kotim)

    role = Role.objects.get(code="parliament")
    place = access.Place(kotim)
    assert not may()
    held = actions.grant(account=alya, role=role, place=place, by=budi, at=at)
    assert may()
    actions.revoke(membership=held, by=budi, at=at)
    assert not may()
    assert not may(at - timedelta(days=1))
    Membership.objects.filter(pk=held.pk).update(until=None)
    assert may()
    Membership.objects.filter(pk=held.pk).delete()
    assert not may()


def test_what_was_read_of_a_deed_that_failed_is_forgotten(
    kotim: Region, budi: Account, alya: Account, at: datetime
) -> None:
    role = Role.objects.get(code="parliament")

    @transaction.atomic
    def fails() -> None:
        place = access.Place(kotim)
        actions.grant(account=alya, role=role, place=place, by=budi, at=at)
        assert access.powers(alya, at=at, region=kotim)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert not access.powers(alya, at=at, region=kotim)


def test_the_door_says_to_nobody_which_power_it_wants(
    kotim: Region, at: datetime
) -> None:
    with pytest.raises(SignInNeeded) as refused:
        access.require(AnonymousUser(), Power.ADOPT_PLAN, at=at, region=kotim)
    assert refused.value.power == Power.ADOPT_PLAN
