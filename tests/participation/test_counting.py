"""Closing a vote, counting it, and what is published."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from habaring.council.models import Decision
from habaring.engines import counting as engine
from habaring.participation import box, closing
from habaring.participation.actions import counting as actions
from habaring.participation.actions.counting import Change, OverrideRefused
from habaring.participation.choices import Choice
from habaring.participation.findings import Turnout
from habaring.participation.models import (
    BallotKind,
    Count,
    Override,
    Step,
    StepKind,
    Vote,
    VoteState,
)
from habaring.participation.outcomes import winners
from habaring.people.follows.models import Follow, News
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import walls
from habaring.shared.models import AuditEntry
from tests import makers as people
from tests.participation import box_makers as makers
from tests.portfolio.makers import decision

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


BALLOTS = [("1", "2")] * 5 + [("1", "3")] * 4 + [("4",)] * 6 + [("2", "3")] * 2


def counted(
    region: Region, at: datetime, ballots: object = BALLOTS, **more: object
) -> Vote:
    vote = makers.vote(region, at - timedelta(days=7), **more)
    chosen = [
        one if isinstance(one, Choice) else Choice(tuple(one))
        for one in ballots  # type: ignore[attr-defined]
    ]
    makers.fill(vote, chosen)
    makers.end(vote)
    assert closing.count_vote(vote=vote.pk, region=region.code, clock=lambda: at)
    vote.refresh_from_db()
    return vote


def test_a_vote_is_closed_only_after_its_moment(
    kotim: Region, budi: Account, at: datetime
) -> None:
    vote = makers.vote(kotim, at)
    with pytest.raises(actions.NotClosed, match="yet"):
        actions.close_vote(vote=vote, by=budi, at=at)
    vote.refresh_from_db()
    assert vote.state == VoteState.OPEN


def test_a_closed_vote_takes_no_ballot_and_is_not_closed_twice(
    kotim: Region, budi: Account, at: datetime
) -> None:
    vote = makers.vote(kotim, at - timedelta(days=7))
    actions.close_vote(vote=vote, by=budi, at=at)
    vote.refresh_from_db()
    with pytest.raises(box.BoxClosed):
        box.put_ballot(vote, box.new_receipt(), Choice(("1",)))
    with pytest.raises(actions.NotClosed):
        actions.close_vote(vote=vote, by=budi, at=at)
    assert AuditEntry.objects.filter(verb="participation.vote.closed").count() == 1


def test_votes_close_by_themselves_and_their_count_is_asked_for_again(
    kotim: Region, at: datetime
) -> None:
    vote = makers.vote(kotim, at - timedelta(days=7))
    later = makers.vote(kotim, at)
    assert closing.close_due(at=at) == 1
    vote.refresh_from_db()
    later.refresh_from_db()
    assert (vote.state, later.state) == (VoteState.CLOSED, VoteState.OPEN)
    assert not actions.ask_for_count(vote)  # it waits in the queue already
    assert closing.close_due(at=at + timedelta(minutes=1)) == 1


def test_a_count_is_kept_published_and_told_once(
    kotim: Region, alya: Account, at: datetime
) -> None:
    Follow.objects.create(region=kotim, account=alya, since=at)
    vote = counted(kotim, at)
    assert vote.state == VoteState.COUNTED
    count = Count.objects.get(vote=vote)
    assert count.voters == len(BALLOTS)
    assert count.told["winners"] == count.record["winners"]
    assert Step.objects.filter(kind=StepKind.COUNTED).count() == 4
    assert News.objects.filter(kind="result", ref=str(vote.pk)).count() == 1
    assert not closing.count_vote(vote=vote.pk, region=kotim.code, clock=lambda: at)
    assert Step.objects.filter(kind=StepKind.COUNTED).count() == 4
    assert Count.objects.filter(vote=vote).count() == 1


def test_a_count_that_was_interrupted_goes_on_where_it_was(
    kotim: Region, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    vote = makers.vote(kotim, at - timedelta(days=7))
    makers.fill(vote, [Choice(one) for one in BALLOTS])
    makers.end(vote)
    publish = actions.publish_result
    monkeypatch.setattr(actions, "publish_result", lambda **_more: False)
    assert not closing.count_vote(vote=vote.pk, region=kotim.code, clock=lambda: at)
    first = Count.objects.get(vote=vote)
    monkeypatch.setattr(actions, "publish_result", publish)
    assert closing.count_vote(vote=vote.pk, region=kotim.code, clock=lambda: at)
    assert Count.objects.get(vote=vote).pk == first.pk


def test_an_exchanged_ballot_stops_the_count_and_is_told(
    kotim: Region, at: datetime
) -> None:
    vote = makers.vote(kotim, at - timedelta(days=7))
    numbers = makers.fill(vote, [Choice(("1",)), Choice(("2",))])
    with makers.afterwards():
        rows = vote.ballots.filter(region=kotim)
        other = rows.get(number=numbers[1]).sealed
        rows.filter(number=numbers[0]).update(sealed=other)
    makers.end(vote)
    assert not closing.count_vote(vote=vote.pk, region=kotim.code, clock=lambda: at)
    entry = AuditEntry.objects.get(verb="participation.vote.count_failed")
    assert entry.details == {"problem": "SealError"}
    assert not Count.objects.exists()


def test_the_file_has_one_line_a_ballot_by_its_number_and_nothing_of_the_voter(
    kotim: Region, at: datetime
) -> None:
    vote = counted(kotim, at)
    count = Count.objects.get(vote=vote)
    text = bytes(count.ballots).decode()
    lines = text.partition("VOTES\n")[2].splitlines()
    assert lines[0] == "voter_id;vote"
    numbers = [line.split(";")[0] for line in lines[1:]]
    assert numbers == sorted(
        vote.ballots.filter(region=kotim).values_list("number", flat=True)
    )
    assert len(numbers) == len(BALLOTS)


@pytest.mark.parametrize(
    ("ballot", "more", "choices"),
    [
        (BallotKind.APPROVAL, {}, BALLOTS),
        (BallotKind.KNAPSACK, {"rule": "greedy", "completion": "none"}, BALLOTS),
        (
            BallotKind.RANKING,
            {"measure": "borda-1", "ties": ["max_votes"], "beside": "max-welfare"},
            [("2", "1"), ("1", "2"), ("4", "1"), ("3",)],
        ),
        (
            BallotKind.POINTS,
            {"measure": "score", "points": 10},
            [Choice(("1", "2"), (7, 3)), Choice(("4",), (10,)), Choice(("1",), (2,))],
        ),
        (
            BallotKind.APPROVAL,
            {
                "minimum_votes": 3,
                "conflicts": [["1", "4"]],
                "category_budgets": {"LIV": 90_000_000},
                "ties": ["min_cost"],
            },
            BALLOTS,
        ),
        (BallotKind.APPROVAL, {"rule": "phragmen", "completion": "none"}, BALLOTS),
    ],
)
def test_habaring_count_on_the_published_file_gives_the_published_record(
    kotim: Region,
    at: datetime,
    tmp_path: Path,
    ballot: str,
    more: dict[str, Any],
    choices: list[Any],
) -> None:
    vote = counted(kotim, at, choices, ballot=ballot, **more)
    count = Count.objects.get(vote=vote)
    file = tmp_path / "suara.pb"
    file.write_bytes(bytes(count.ballots))
    run = subprocess.run(
        [sys.executable, "-m", "habaring.cli", "count", str(file), "--json"],
        capture_output=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr.decode()
    assert run.stdout == engine.audit_json(count.record)


def test_each_district_counts_its_own_money_and_ballots(
    kotim: Region, at: datetime
) -> None:
    baamang, ketapang = people.region("62.02.05"), people.region("62.02.06")
    vote = makers.vote(
        kotim,
        at - timedelta(days=7),
        options=(),
        per_district=True,
        district_budgets={"62.02.05": 100, "62.02.06": 50},
    )
    makers.option(vote, "1", "Sumur", 100, at=at, district=baamang)
    makers.option(vote, "2", "Lampu", 60, at=at, district=ketapang)
    makers.fill(
        vote,
        [Choice(("1",)), Choice(("1",)), Choice(("2",))],
        districts=["62.02.05", "62.02.05", "62.02.06"],
    )
    makers.end(vote)
    assert closing.count_vote(vote=vote.pk, region=kotim.code, clock=lambda: at)
    first, second = Count.objects.filter(vote=vote).order_by("district")
    assert (first.voters, second.voters) == (2, 1)
    assert first.told["winners"] == ["1"]
    assert second.told["projects"]["2"]["reason"] == "dearer_than_budget"
    assert [one.option.code for one in winners(vote)] == ["1"]


def test_few_voters_of_a_district_are_told_together_with_others() -> None:
    districts = {"62.02.05": 40, "62.02.06": 7, "62.02.07": 2, "62.02.08": 1}
    told = Turnout.of({"screen": 45, "paper": 5}, districts)
    assert told.districts == (("62.02.05", 40), ("", 10))
    assert (told.voters, told.paper) == (50, 5)


def test_a_vote_without_ballots_is_counted_too(kotim: Region, at: datetime) -> None:
    vote = counted(kotim, at, ())
    count = Count.objects.get(vote=vote)
    assert count.told["winners"] == []
    assert {one["reason"] for one in count.told["projects"].values()} == {"no_support"}


# The council's change


def change(region: Region, at: datetime, **more: object) -> Change:
    given: dict[str, Any] = {
        "winners": ("4",),
        "reason": "Jembatan putus sesudah pemungutan suara.",
        "decision": Decision.objects.filter(region=region).first()
        or decision(region, at),
    }
    return Change(**(given | more))


def test_the_council_changes_a_result_once_with_its_reason(
    kotim: Region, budi: Account, at: datetime
) -> None:
    vote = counted(kotim, at)
    count = Count.objects.get(vote=vote)
    before = set(count.told["winners"])
    actions.override_result(count=count, change=change(kotim, at), by=budi, at=at)
    assert [one.option.code for one in winners(vote)] == ["4"]
    told = Step.objects.filter(kind=StepKind.OVERRIDDEN)
    assert told.count() == len(before ^ {"4"})
    with pytest.raises(OverrideRefused, match="already"):
        actions.override_result(count=count, change=change(kotim, at), by=budi, at=at)
    assert Override.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"reason": "  "}, "reason"),
        ({"winners": ("1", "1")}, "twice"),
        ({"winners": ("9",)}, "not on the ballot"),
        ({"winners": ("1", "2", "3", "4")}, "the budget is"),
    ],
)
def test_a_change_is_refused(
    kotim: Region, budi: Account, at: datetime, more: dict[str, Any], why: str
) -> None:
    count = Count.objects.get(vote=counted(kotim, at))
    with pytest.raises(OverrideRefused, match=why):
        actions.override_result(
            count=count, change=change(kotim, at, **more), by=budi, at=at
        )
    assert not Override.objects.exists()


def test_the_same_projects_are_no_change(
    kotim: Region, budi: Account, at: datetime
) -> None:
    count = Count.objects.get(vote=counted(kotim, at))
    same = change(kotim, at, winners=tuple(reversed(count.told["winners"])))
    with pytest.raises(OverrideRefused, match="same projects"):
        actions.override_result(count=count, change=same, by=budi, at=at)


def test_a_decision_of_another_region_changes_nothing(
    kotim: Region, budi: Account, at: datetime
) -> None:
    count = Count.objects.get(vote=counted(kotim, at))
    with walls.within("62.01"):
        foreign = decision(people.region("62.01"), at)
    with pytest.raises(OverrideRefused, match="another region"):
        actions.override_result(
            count=count, change=change(kotim, at, decision=foreign), by=budi, at=at
        )


def test_an_overspend_is_possible_where_it_is_said(
    kotim: Region, budi: Account, at: datetime
) -> None:
    count = Count.objects.get(vote=counted(kotim, at))
    every = change(kotim, at, winners=("1", "2", "3", "4"), overspend=True)
    made = actions.override_result(count=count, change=every, by=budi, at=at)
    assert made.winners == ["1", "2", "3", "4"]
