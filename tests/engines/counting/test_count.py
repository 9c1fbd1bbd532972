"""The door of the engine: what it refuses, and what holds for every count."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from habaring.engines.counting import (
    Ballots,
    Completion,
    Election,
    Kind,
    Limits,
    Measure,
    Outcome,
    Project,
    Refused,
    Rule,
    RuleName,
    count,
    gather,
)
from habaring.engines.counting import _count as door
from habaring.engines.counting._plain import plain_equal_shares
from tests.engines.counting import plain
from tests.engines.counting.elections import APPROVALS, election, elections, rules

GOOD = election({"a": 3, "b": 2}, ["ab", "a", "2*b"], 4)
ORDINAL = replace(GOOD, kind=Kind.ORDINAL)
PHRAGMEN = Rule(RuleName.PHRAGMEN)


def with_ballots(**changed: Any) -> Election:
    arrays = vars(GOOD.ballots) | changed
    return replace(GOOD, ballots=Ballots(**arrays))


@pytest.mark.parametrize(
    ("bad", "rule", "code"),
    [
        (ORDINAL, PHRAGMEN, "rule_kind"),
        (GOOD, Rule(measure=Measure.BORDA), "measure_kind"),
        (GOOD, Rule(measure=Measure.SCORE), "measure_kind"),
        (ORDINAL, Rule(measure=Measure.SCORE), "measure_kind"),
        (GOOD, replace(PHRAGMEN, completion=Completion.ADD1), "completion"),
        (GOOD, Rule(ties=("oldest",)), "tie"),
        (replace(GOOD, budget=-1), Rule(), "budget"),
        (replace(GOOD, projects=(Project("a", 1),) * 2), Rule(), "same_id"),
        (
            replace(GOOD, projects=(Project("a", -1), Project("b", 1))),
            Rule(),
            "cost",
        ),
        (replace(GOOD, tie_order=("a",)), Rule(), "tie_order"),
        (replace(GOOD, tie_order=("a", "a")), Rule(), "tie_order"),
        (
            replace(GOOD, limits=Limits(conflicts=(frozenset("xa"),))),
            Rule(),
            "conflict",
        ),
        (replace(GOOD, limits=Limits(categories={"x": -1})), Rule(), "limit"),
        (with_ballots(starts=np.array([0, 2])), Rule(), "ballots"),
        (with_ballots(projects=np.array([0, 1, 0, 2])), Rule(), "ballots"),
        (with_ballots(people=np.array([1, -1, 2])), Rule(), "people"),
        (with_ballots(people=np.array([2**53, 1, 2])), Rule(), "people"),
        (
            replace(with_ballots(points=np.array([1, -2, 1, 1])), kind=Kind.SCORING),
            Rule(),
            "points",
        ),
    ],
)
def test_refused(bad: Election, rule: Rule, code: str) -> None:
    with pytest.raises(Refused) as told:
        count(bad, rule)
    assert [problem.code for problem in told.value.problems] == [code]


def test_everything_wrong_is_named_at_once() -> None:
    bad = replace(GOOD, budget=-1, tie_order=("a",))
    with pytest.raises(Refused) as told:
        count(bad, Rule(measure=Measure.SCORE))
    codes = {problem.code for problem in told.value.problems}
    assert codes == {"budget", "tie_order", "measure_kind"}


@st.composite
def cases(draw: st.DrawFn) -> tuple[Election, Rule]:
    name = draw(st.sampled_from(list(RuleName)))
    kinds = APPROVALS if name == RuleName.PHRAGMEN else tuple(Kind)
    chosen = draw(elections(kinds))
    return chosen, draw(rules(chosen.kind, name))


@settings(max_examples=100, deadline=None)
@given(cases())
def test_no_limit_is_broken(case: tuple[Election, Rule]) -> None:
    chosen, rule = case
    outcome = count(chosen, rule)
    vote = plain.Vote(chosen, rule)
    assert outcome.cost <= chosen.budget
    assert vote.allowed(outcome.winners)
    assert all(vote.takes_part(p) for p in outcome.winners)
    assert len(set(outcome.winners)) == len(outcome.winners)
    assert set(outcome.stories) == {p.id for p in chosen.projects}


@settings(max_examples=100, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_ballots_does_not_matter(
    case: tuple[Election, Rule], chance: Any
) -> None:
    chosen, rule = case
    rows = _rows(chosen)
    chance.shuffle(rows)
    other = replace(chosen, ballots=gather(chosen.kind, rows, points_scale=chosen.ballots.points_scale))  # fmt: skip
    assert _told(count(chosen, rule)) == _told(count(other, rule))


@settings(max_examples=100, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_neither_do_the_order_and_the_names_of_projects(
    case: tuple[Election, Rule], chance: Any
) -> None:
    chosen, rule = case
    ids = [p.id for p in chosen.projects]
    order = list(range(len(ids)))
    chance.shuffle(order)
    new = {id_: f"new {chance.random()} {id_}" for id_ in ids}
    at = {old: n for n, old in enumerate(order)}
    renamed = replace(
        chosen,
        projects=tuple(replace(chosen.projects[k], id=new[ids[k]]) for k in order),
        ballots=gather(
            chosen.kind,
            [([at[p] for p in row], points) for row, points in _rows(chosen)],
            points_scale=chosen.ballots.points_scale,
        ),
        limits=replace(
            chosen.limits,
            conflicts=tuple(
                frozenset(new[id_] for id_ in conflict)
                for conflict in chosen.limits.conflicts
            ),
        ),
        tie_order=tuple(new[id_] for id_ in chosen.tie_order or sorted(ids)),
    )
    before, after = count(chosen, rule), count(renamed, rule)
    assert [new[id_] for id_ in before.winners] == list(after.winners)
    assert [told.rate for told in before.rounds] == [told.rate for told in after.rounds]


@settings(max_examples=100, deadline=None)
@given(cases(), st.sampled_from((2, 1000)))
def test_finer_money_changes_nothing_but_the_steps(
    case: tuple[Election, Rule], by: int
) -> None:
    """A unit of the currency stays one: `scale` grows with the money."""
    chosen, rule = case
    limits = chosen.limits
    finer = replace(
        chosen,
        scale=chosen.scale * by,
        budget=chosen.budget * by,
        projects=tuple(replace(p, cost=p.cost * by) for p in chosen.projects),
        limits=replace(
            limits,
            categories={k: v * by for k, v in limits.categories.items()},
            districts={k: v * by for k, v in limits.districts.items()},
        ),
    )
    before, after = count(chosen, rule), count(finer, rule)
    assert before.winners == after.winners
    assert before.steps == after.steps


@settings(max_examples=100, deadline=None)
@given(elections(APPROVALS, limits=False), st.data())
def test_one_more_vote_for_a_winner_of_greedy_by_votes_keeps_it(
    chosen: Election, data: st.DataObject
) -> None:
    rule = Rule(RuleName.GREEDY)
    winners = count(chosen, rule).winners
    assume(winners)
    p = data.draw(st.sampled_from(winners))
    assert p in count(plain.with_more(chosen, p, 1), rule).winners


def test_small_elections_need_no_compiled_loops(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from habaring.engines.counting import _equal_shares, _ready

    def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(_ready, "loaded", lambda: False)
    monkeypatch.setattr(_equal_shares, "equal_shares", never)
    for completion in Completion:
        count(GOOD, Rule(completion=completion))


def test_large_ones_wait_for_no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    from habaring.engines.counting import _ready

    called: list[str] = []

    def plainly(*given: Any) -> Outcome:
        called.append("plain")
        return plain_equal_shares(*given)

    monkeypatch.setattr(_ready, "loaded", lambda: False)
    monkeypatch.setattr(_ready, "ready", lambda: called.append("asked"))
    monkeypatch.setattr(door, "SMALL_ADD1", 0)
    monkeypatch.setattr(door, "plain_equal_shares", plainly)
    count(GOOD, Rule(completion=Completion.ADD1))
    assert called == ["asked", "plain"]


def _rows(chosen: Election) -> list[tuple[list[int], list[int]]]:
    """A row a person."""
    ballots, rows = chosen.ballots, []
    for g, people in enumerate(ballots.people.tolist()):
        a, z = ballots.starts[g], ballots.starts[g + 1]
        points = ballots.points[a:z].tolist() if len(ballots.points) else []
        rows += [(ballots.projects[a:z].tolist(), points)] * people
    return rows


def _told(outcome: Outcome) -> tuple[object, ...]:
    return outcome.winners, outcome.rounds, dict(outcome.stories), outcome.ties
