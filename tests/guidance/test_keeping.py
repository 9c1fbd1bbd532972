"""The country is read once and kept; the page is right at once after a write."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate, now

from habaring.guidance import keeping
from habaring.guidance.actions import stages
from habaring.history import words
from habaring.regions.models import Region
from tests.guidance import makers as guidance

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _kept(settings: Any) -> Any:
    settings.PUBLIC_CACHE = True
    keeping._kept.clear()
    yield
    keeping._kept.clear()


def test_what_is_unchanged_is_read_once(
    kotim: Region, at: datetime, django_assert_num_queries: Any
) -> None:
    on = localdate(at)
    first = keeping.facts(on=on, at=at)
    with django_assert_num_queries(1):
        assert keeping.facts(on=on, at=at) is first


def test_after_a_write_it_is_read_anew(kotim: Region, at: datetime) -> None:
    on = localdate(at)
    before = keeping.facts(on=on, at=at)
    row = guidance.enrolled(kotim, at)
    guidance.sitting(row, at)
    after = keeping.facts(on=on, at=at)
    assert after is not before
    assert after.work[kotim.code].total == 3


def test_another_day_and_a_long_time_are_read_anew(kotim: Region, at: datetime) -> None:
    on = localdate(at)
    first = keeping.facts(on=on, at=at)
    assert keeping.facts(on=on + DAY, at=at) is not first
    second = keeping.facts(on=on, at=at)
    later = at + keeping.LONGEST + timedelta(seconds=1)
    assert keeping.facts(on=on, at=later) is not second


def test_the_ministry_sees_what_was_just_written(kotim: Region) -> None:
    at = now()
    sitting = guidance.sitting(guidance.enrolled(kotim, at), at, first=localdate(at))
    office = Client()
    office.force_login(guidance.office())
    page = "/ruang-kerja/angkatan/daerah.csv"

    def closed() -> str:
        answer: Any = office.get(page)
        lines = b"".join(answer.streaming_content).decode().splitlines()
        return next(line for line in lines if line.startswith("62.02"))

    before = closed()
    stages.close_stage(sitting=sitting, reason="Alasan uji coba", by=None, at=now())
    assert closed() != before


def test_every_verb_of_guidance_changes_the_country_or_leaves_it() -> None:
    verbs = {verb for verb in words.SENTENCES if verb.startswith("guidance.")}
    known = keeping.CHANGES | keeping.LEAVES
    assert verbs <= known
    assert {verb for verb in known if verb.startswith("guidance.")} <= verbs
    assert not keeping.CHANGES & keeping.LEAVES
    assert known >= {v for v in words.SENTENCES if v.startswith("evaluation.result.")}
