"""Readiness, SWOT, strategies, gaps: what is refused, what counts, what is carried on."""

from datetime import datetime, timedelta

import pytest

from habaring.evidence import actions as vault
from habaring.masterplan import actions, readiness
from habaring.masterplan.actions.analysing import CitesTooLittle, FeedsNoIssue, vote
from habaring.masterplan.actions.recording import AnalysisRefused, StillNeeded
from habaring.masterplan.models import ReadinessScore, StrategicIssue
from habaring.people.models import Account
from habaring.regions.models import Region
from tests.masterplan import analysis_makers as makers


def test_a_score_without_evidence_is_a_draft_and_enters_no_mean(
    kotim: Region, at: datetime
) -> None:
    makers.answer(kotim, at, "nature.1", 5)
    makers.answer(kotim, at, "nature.2", 3)
    makers.evidence(kotim, at, "2026/nature.2")
    found = readiness.readiness(kotim, 2026)
    nature = found.element("nature")
    assert nature is not None
    assert (nature.mean, nature.draft_mean, nature.drafts) == (3.0, 4.0, 1)
    assert found.mean == 3.0
    assert found.meter.missing == ("2026/nature.1",)


def test_refused_evidence_makes_a_score_a_draft_again(
    kotim: Region, at: datetime, budi: Account
) -> None:
    makers.answer(kotim, at, "nature.2", 3)
    proof = makers.evidence(kotim, at, "2026/nature.2")
    vault.judge(by=budi, at=at, evidence=proof, valid=False, reason="Tahun lain.")
    assert readiness.readiness(kotim, 2026).mean is None


@pytest.mark.parametrize(("question", "score"), [("nature.1", 6), ("sea.1", 3)])
def test_a_score_off_the_scale_or_of_no_question_is_refused(
    kotim: Region, at: datetime, question: str, score: int
) -> None:
    with pytest.raises(AnalysisRefused):
        makers.answer(kotim, at, question, score)
    assert not ReadinessScore.objects.exists()


def test_the_next_year_starts_from_last_years_verdicts(
    kotim: Region, at: datetime, budi: Account
) -> None:
    makers.answer(kotim, at, "nature.1", 4)
    makers.answer(kotim, at, "nature.2", 3)
    makers.evidence(kotim, at, "2026/nature.1")
    bad = makers.evidence(kotim, at, "2026/nature.2")
    vault.judge(by=budi, at=at, evidence=bad, valid=False, reason="Bukan tahunnya.")
    begun = actions.begin_year(
        region=kotim, year=2027, by=budi, at=at + timedelta(days=300)
    )
    assert (begun.scores, begun.links, begun.left) == (2, 1, 1)
    found = readiness.readiness(kotim, 2027)
    assert found.mean is None, "nobody has looked at it again"
    makers.answer(kotim, at, "nature.1", 5, year=2027)
    makers.answer(kotim, at, "nature.2", 3, year=2027)
    nature = readiness.readiness(kotim, 2027).element("nature")
    assert nature is not None
    assert (nature.mean, nature.drafts) == (5.0, 1)
    assert readiness.readiness(kotim, 2026).mean == 4.0
    with pytest.raises(AnalysisRefused):
        actions.begin_year(region=kotim, year=2027, by=budi, at=at)


def test_a_strategy_cites_both_sides_or_is_refused(kotim: Region, at: datetime) -> None:
    strength = makers.swot(kotim, at, "S", "SPBE naik")
    weakness = makers.swot(kotim, at, "W", "Sinyal kurang")
    chance = makers.swot(kotim, at, "O", "PP 59/2022")
    made = makers.strategy(kotim, at, "SO", strength, chance)
    assert set(made.items.all()) == {strength, chance}
    for items in (
        [strength],
        [chance],
        [weakness, chance],
        [strength, weakness, chance],
    ):
        with pytest.raises(CitesTooLittle):
            makers.strategy(kotim, at, "SO", *items)


def test_what_a_strategy_rests_on_is_not_taken_back(
    kotim: Region, at: datetime
) -> None:
    strength, chance = (makers.swot(kotim, at, kind, kind) for kind in "SO")
    made = makers.strategy(kotim, at, "SO", strength, chance)
    with pytest.raises(StillNeeded):
        actions.withdraw(row=strength, by=None, at=at)
    actions.withdraw(row=made, by=None, at=at)
    actions.withdraw(row=strength, by=None, at=at)
    with pytest.raises(StillNeeded):
        actions.restore(row=made, by=None, at=at)
    actions.restore(row=strength, by=None, at=at)
    actions.restore(row=made, by=None, at=at)
    made.refresh_from_db()
    assert made.withdrawn_at is None


def test_an_item_is_voted_for_once_and_the_vote_can_be_taken_back(
    kotim: Region, at: datetime, budi: Account, alya: Account
) -> None:
    item = makers.swot(kotim, at, "S", "SPBE naik", votes=4)
    assert vote(item=item, by=budi, at=at)
    assert vote(item=item, by=alya, at=at)
    assert not vote(item=item, by=alya, at=at)
    assert item.votes.count() == 1


def test_a_gap_feeds_an_issue_or_is_refused(kotim: Region, at: datetime) -> None:
    first = makers.gap(kotim, at)
    again = makers.gap(kotim, at, issue_title="aparatur")
    assert first.issue == again.issue
    by_number = makers.gap(kotim, at, issue_title="", issue=first.issue.number)
    assert by_number.issue == first.issue
    for more in ({"issue_title": " "}, {"issue": 99}):
        with pytest.raises(FeedsNoIssue):
            makers.gap(kotim, at, **more)
    with pytest.raises(StillNeeded):
        actions.withdraw(row=first.issue, by=None, at=at)
    assert StrategicIssue.objects.count() == 1


def test_a_dimension_that_is_none_is_refused(kotim: Region, at: datetime) -> None:
    with pytest.raises(AnalysisRefused):
        makers.swot(kotim, at, "S", "Teks", dimension="XYZ")
