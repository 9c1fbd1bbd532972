from datetime import datetime

import pytest
from django.db import DatabaseError, transaction

from habaring.exchange import queries
from habaring.exchange.actions import practices
from habaring.exchange.actions.practices import PracticeRefused
from habaring.exchange.models import PracticeState, PracticeVersion
from habaring.people.models import Account
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
