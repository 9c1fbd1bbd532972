"""The demo is told once, whole, by the same actions that people use."""

from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from habaring.assessment.models import EditionScore, IndexEdition, Observation, Target
from habaring.config.demo import story
from habaring.council.models import Council, Decision, Instrument, Seat
from habaring.masterplan import actions as masterplan
from habaring.masterplan.models import DevelopmentPlan, Edition, Section
from habaring.portfolio.models import Candidate, Plan, Scenario
from habaring.regions.models import Department, Region
from habaring.regions.queries import budget
from habaring.shared.models import AuditEntry, Upload


@pytest.fixture
def told(db: None, at: datetime, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The demo, with the books assembled and frozen but not set as files."""

    def no_files(**_more: Any) -> list[Any]:
        return []

    monkeypatch.setattr(masterplan, "set_files", no_files)
    monkeypatch.setattr(story, "SECONDS", 3)
    said: list[str] = []
    assert story.tell(at=at, say=said.append)
    return said


@pytest.mark.slow
def test_the_demo_goes_from_numbers_to_the_book(told: list[str], at: datetime) -> None:
    assert len(told) == len(story._STEPS) + 1
    _has_numbers()
    _has_editions()
    _has_a_plan_and_a_book()
    before = AuditEntry.objects.count()
    assert story.tell(at=at, say=told.append) is False
    assert AuditEntry.objects.count() == before
    out = StringIO()
    call_command("load_demo", "kalteng", stdout=out)
    assert "loaded already" in out.getvalue()


def _has_numbers() -> None:
    assert Observation.objects.count() == 867
    assert not Observation.objects.filter(source="").exists()
    assert not Observation.objects.filter(illustrative=True).exists()
    assert Target.objects.filter(region="62.02").count() == 4
    kotim = Region.objects.get(code="62.02")
    found = budget(kotim, 2022)
    assert found is not None
    assert len(found.lines) == 11
    assert [alert.account for alert in found.alerts] == ["financing"]
    assert Department.objects.filter(region=kotim).count() == 22
    kept = {(u.kind, u.rows, u.illustrative) for u in Upload.objects.all()}
    assert kept == {("observations", 867, False), ("candidates", 41, True)}


def _has_editions() -> None:
    editions = IndexEdition.objects.filter(region="62")
    assert [e.year for e in editions] == [2024, 2022]
    assert not any(e.illustrative for e in editions)
    for edition in editions:
        ranks = EditionScore.objects.filter(edition=edition, group="INDEX")
        assert {*ranks.values_list("rank", flat=True)} == set(range(1, 15))
        branding = edition.scores.filter(group="BRA", score__isnull=False)
        assert not branding.exists()


def _has_a_plan_and_a_book() -> None:
    assert not Candidate.objects.filter(illustrative=False).exists()
    names = {s.name: s for s in Scenario.objects.all()}
    assert {s.status for s in names.values()} == {"done"}
    assert names[story.LOWER].derived_from == names[story.BASE]
    plan = Plan.objects.get()
    assert plan.illustrative
    assert plan.scenario == names[story.BASE]
    assert Council.objects.get(kind="council").decree_number == ""
    assert Council.objects.count() == 8
    assert Instrument.objects.get().kind == "mou"
    assert not Seat.objects.filter(illustrative=False).exists()
    assert Decision.objects.get().illustrative
    assert DevelopmentPlan.objects.count() == 2
    written = Section.objects.filter(region="62.02")
    assert written.values("key").distinct().count() == 10
    edition = Edition.objects.get()
    assert edition.illustrative
    assert edition.index_edition == IndexEdition.objects.get(year=2024)


@pytest.mark.django_db
def test_the_demo_is_all_or_nothing(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(Exception):  # noqa: N818
        pass

    def broken(_story: story.Story) -> None:
        raise Broken

    steps = (*story._STEPS[:3], ("broken", broken))
    monkeypatch.setattr(story, "_STEPS", steps)
    with pytest.raises(Broken):
        story.tell(at=at, say=lambda _words: None)
    assert not Region.objects.exists()
    assert not story.loaded()
