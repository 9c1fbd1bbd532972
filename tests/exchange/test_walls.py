"""What the app role sees of two regions that speak with each other."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from habaring.exchange.actions import adopting, practices, talking
from habaring.exchange.actions.talking import Done, Wish
from habaring.exchange.models import (
    Adoption,
    Meeting,
    MeetingKind,
    MeetingState,
    MeetingStep,
    Practice,
    PracticeVersion,
)
from habaring.exchange.shapes import Plans
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import walls
from tests.exchange import makers
from tests.walls.conftest import as_app_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("both")]


def test_a_draft_is_its_region_s_own_and_what_is_published_is_everybody_s(
    origin: Region, citra: Account, at: datetime
) -> None:
    with walls.within(walls.EVERYWHERE):
        row = makers.published(origin, at, citra)
        makers.begun(origin, at, citra, title="Rancangan")
        practices.write(practice=row, draft=makers.draft(), by=citra, at=at)
    with as_app_role():
        walls.open_region("")
        assert Practice.objects.count() == 1
        assert [one.number for one in PracticeVersion.objects.all()] == [1]
        walls.open_region("62.02")
        assert Practice.objects.count() == 1
        walls.open_region("62.01")
        assert Practice.objects.count() == 2
        assert PracticeVersion.objects.count() == 3


def test_an_adoption_is_read_by_everybody_and_written_by_who_adopts(
    origin: Region, here: Region, budi: Account, citra: Account, at: datetime
) -> None:
    with walls.within(walls.EVERYWHERE):
        row = makers.published(origin, at, citra)
        second = makers.published(origin, at, citra, title="Kedua")
    with as_app_role():
        walls.open_region("62.02")
        plans = Plans("A-1", 2027, 2029)
        adopting.adopt(region=here, practice=row, plans=plans, by=budi, at=at)
        walls.open_region("62.01")
        assert Adoption.objects.count() == 1
        assert Adoption.objects.update(why="Lain") == 0
        other = Plans("A-2", 2027, 2029)
        with pytest.raises(DatabaseError), transaction.atomic():
            adopting.adopt(region=here, practice=second, plans=other, by=budi, at=at)


def test_both_sides_of_a_visit_read_it_and_take_their_steps_and_nobody_else(
    origin: Region, here: Region, budi: Account, citra: Account, at: datetime
) -> None:
    day = at.date() + timedelta(days=7)
    with as_app_role():
        walls.open_region("62.02")
        wish = Wish(origin, MeetingKind.VISIT, "Belajar.", day)
        row = talking.ask_meeting(region=here, wish=wish, by=budi, at=at, on=at.date())
        walls.open_region("62.71")
        assert Meeting.objects.count() == MeetingStep.objects.count() == 0
        walls.open_region("62.01")
        seen = Meeting.objects.select_related("region", "host").get()
        assert MeetingStep.objects.count() == 1
        assert Meeting.objects.update(purpose="Lain") == 0
        done = Done(MeetingState.ACCEPTED, "", day)
        talking.go_on(
            region=origin, meeting=seen, done=done, by=citra, at=at, on=at.date()
        )
        assert walls.opened().region == "62.01"
        walls.open_region("62.02")
        row.refresh_from_db()
        assert row.state == MeetingState.ACCEPTED
        assert MeetingStep.objects.count() == 2
        walls.open_region("62.71")
        assert Meeting.objects.count() == 0
