from datetime import datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from habaring.assessment.models import Indicator, Observation
from habaring.exchange import measures, queries
from habaring.exchange.actions import practices
from habaring.exchange.actions.practices import PracticeRefused
from habaring.exchange.models import PracticeState, PracticeVersion
from habaring.people.follows.actions import follow
from habaring.people.follows.models import News
from habaring.people.models import Account
from habaring.regions.models import Region
from tests import makers as people
from tests.exchange import makers

pytestmark = pytest.mark.django_db


def test_a_practice_is_written_published_and_written_anew(
    at: datetime, budi: Account
) -> None:
    region = people.region("62.02")
    row = makers.begun(region, at, budi)
    assert (row.code, row.state) == ("P-1", PracticeState.DRAFT)
    practices.publish(practice=row, by=budi, at=at)
    practices.write(
        practice=row,
        draft=makers.draft(title="Bank sampah kota", change="Judul"),
        by=budi,
        at=at,
    )
    row.refresh_from_db()
    newest = queries.newest(row)
    assert newest is not None
    assert (row.title, newest.number) == ("Bank sampah desa", 1)
    practices.publish(practice=row, by=budi, at=at)
    row.refresh_from_db()
    assert row.title == "Bank sampah kota"
    assert row.versions.count() == 2


def test_what_was_published_cannot_be_changed_even_by_the_owner(
    at: datetime, budi: Account
) -> None:
    row = makers.published(people.region("62.02"), at, budi)
    version = queries.newest(row)
    assert version is not None
    with pytest.raises(DatabaseError, match="only appended"), transaction.atomic():
        PracticeVersion.objects.filter(pk=version.pk).update(title="Lain")
    with pytest.raises(DatabaseError, match="only appended"), transaction.atomic():
        version.delete()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"summary": ""}, "summary"),
        ({"problem": ""}, "problem"),
        ({"solution": ""}, "What was done"),
        ({"result": "worked"}, "what came of it"),
        ({"result": "failed", "outcome": "Sepi."}, "do differently"),
        ({"contact": ""}, "answers questions"),
    ],
)
def test_nothing_half_told_is_published(
    at: datetime, budi: Account, more: dict[str, str], words: str
) -> None:
    row = makers.begun(people.region("62.02"), at, budi, **more)
    with pytest.raises(PracticeRefused, match="published") as refused:
        practices.publish(practice=row, by=budi, at=at)
    assert words in str(refused.value.why)
    row.refresh_from_db()
    assert row.state == PracticeState.DRAFT


def test_a_failure_with_its_lesson_is_published(at: datetime, budi: Account) -> None:
    row = makers.published(
        people.region("62.02"),
        at,
        budi,
        result="failed",
        outcome="Sepi setelah enam bulan.",
        lessons="Bayar pengurusnya.",
    )
    assert (row.state, row.result) == (PracticeState.PUBLIC, "failed")


def test_a_withdrawn_practice_keeps_its_name_and_the_reason(
    at: datetime, budi: Account
) -> None:
    row = makers.published(people.region("62.02"), at, budi)
    with pytest.raises(PracticeRefused, match="needs a reason"):
        practices.withdraw(practice=row, reason=" ", by=budi, at=at)
    practices.withdraw(practice=row, reason="Angkanya keliru.", by=budi, at=at)
    row.refresh_from_db()
    assert (row.state, row.withdrawn_reason) == (
        PracticeState.WITHDRAWN,
        "Angkanya keliru.",
    )
    with pytest.raises(PracticeRefused, match="Only a published"):
        practices.withdraw(practice=row, reason="Lagi.", by=budi, at=at)
    with pytest.raises(PracticeRefused, match="is withdrawn"):
        practices.write(practice=row, draft=makers.draft(), by=budi, at=at)


def test_a_draft_without_a_name_is_refused(at: datetime, budi: Account) -> None:
    with pytest.raises(PracticeRefused, match="title"):
        makers.begun(people.region("62.02"), at, budi, title=" ")


def test_nothing_new_is_not_published_and_not_dropped(
    at: datetime, budi: Account
) -> None:
    row = makers.published(people.region("62.02"), at, budi)
    with pytest.raises(PracticeRefused, match="nothing new"):
        practices.publish(practice=row, by=budi, at=at)
    with pytest.raises(PracticeRefused, match="no new version"):
        practices.discard(practice=row, by=budi, at=at)
    practices.write(practice=row, draft=makers.draft(title="Baru"), by=budi, at=at)
    practices.discard(practice=row, by=budi, at=at)
    assert queries.draft(row) is None


def test_followers_hear_of_a_new_practice_once_and_of_what_the_region_says_itself(
    origin: Region, alya: Account, citra: Account, at: datetime
) -> None:
    follow(account=alya, region=origin, at=at)
    row = makers.published(origin, at, citra)
    practices.write(practice=row, draft=makers.draft(), by=citra, at=at)
    practices.publish(practice=row, by=citra, at=at)
    told = practices.begin_practice(
        region=origin,
        draft=makers.draft(title="Dari koran", source_title="Koran"),
        by=None,
        at=at,
        origin=practices.Origin(confirmed=False),
    )
    practices.publish(practice=told, by=None, at=at)
    news = News.objects.get(region=origin)
    assert (news.kind, news.title) == ("practice", "Bank sampah desa")
    assert news.path == "/daerah/62.01/praktik/1/"


def test_an_outcome_stands_with_its_unit_and_the_figures_of_the_platform(
    origin: Region, citra: Account, at: datetime
) -> None:
    days = Indicator.objects.create(
        code="K35a",
        family="kabupaten",
        name_id="Waktu tanggap",
        unit_id="hari",
        direction="lower",
    )
    Observation.objects.create(
        region=origin,
        indicator=days,
        year=2023,
        value=11,
        source="uji",
        recorded_at=at,
    )
    row = makers.published(
        origin,
        at,
        citra,
        indicators=("K35a", "XX"),
        value_before=12,
        year_before=2023,
        value_after=4,
        year_after=2024,
    )
    version = queries.newest(row)
    assert version is not None
    (found,) = measures.of(version)
    assert (found.indicator, found.figures) == (days, ((2023, Decimal(11)),))
    page = Client().get("/daerah/62.01/praktik/1/").content.decode()
    assert "(2024) hari" in page
    assert "2023: 11" in page
