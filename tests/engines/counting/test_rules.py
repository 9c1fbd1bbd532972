"""Every rule against the oracle, on small elections full of ties."""

from hypothesis import given, settings
from hypothesis import strategies as st

from habaring.engines.counting._check import check
from habaring.engines.counting._greedy import greedy
from habaring.engines.counting._outcome import Outcome
from habaring.engines.counting._phragmen import in_arrays, in_loops
from habaring.engines.counting._plain import plain_equal_shares
from habaring.engines.counting._prepare import prepare
from habaring.engines.counting._values import Election, Kind, Rule, RuleName
from habaring.engines.counting._welfare import _by_table, welfare
from tests.engines.counting import plain
from tests.engines.counting.elections import APPROVALS, elections, rules


def same(outcome: Outcome, oracle: plain.Count) -> None:
    """The same winners in the same order, at the same rates, with the same ties."""
    assert list(outcome.winners) == oracle.winners
    assert [told.rate for told in outcome.rounds] == oracle.rates
    tied = [{told.project, *told.tied} for told in outcome.rounds]
    assert tied == oracle.tied
    costs = {p.id: p.cost for p in outcome.election.projects}
    assert outcome.cost == sum(costs[p] for p in outcome.winners)
    won = {id_ for id_, story in outcome.stories.items() if story.won}
    assert won == set(outcome.winners)


@st.composite
def cases(draw: st.DrawFn, name: RuleName) -> tuple[Election, Rule]:
    kinds = APPROVALS if name == RuleName.PHRAGMEN else tuple(Kind)
    election = draw(elections(kinds))
    return election, draw(rules(election.kind, name))


@settings(max_examples=300, deadline=None)
@given(cases(RuleName.GREEDY))
def test_greedy_is_the_oracle(case: tuple[Election, Rule]) -> None:
    election, rule = case
    check(election, rule)
    same(greedy(prepare(election, rule)), plain.count(election, rule))


@settings(max_examples=300, deadline=None)
@given(cases(RuleName.PHRAGMEN))
def test_phragmen_is_the_oracle(case: tuple[Election, Rule]) -> None:
    election, rule = case
    check(election, rule)
    prepared, oracle = prepare(election, rule), plain.count(election, rule)
    same(in_arrays(prepared), oracle)
    if not prepared.limits:
        outcome, other = in_arrays(prepared), in_loops(prepared)
        assert outcome.rounds == other.rounds
        assert outcome.stories == other.stories
        assert outcome.ties == other.ties


@settings(max_examples=300, deadline=None)
@given(cases(RuleName.MAX_WELFARE))
def test_max_welfare_is_the_oracle(case: tuple[Election, Rule]) -> None:
    election, rule = case
    check(election, rule)
    prepared = prepare(election, rule)
    winners = plain.count(election, rule).winners
    assert list(welfare(prepared).winners) == winners
    if not prepared.limits:
        items = sorted(
            (*prepared.free, *prepared.candidates), key=prepared.rank.__getitem__
        )
        chosen = _by_table(prepared, items)
        assert [prepared.ids[p] for p in items if p in chosen] == winners


@settings(max_examples=300, deadline=None)
@given(cases(RuleName.EQUAL_SHARES))
def test_the_plain_path_is_the_oracle(case: tuple[Election, Rule]) -> None:
    election, rule = case
    check(election, rule)
    outcome, oracle = plain_equal_shares(prepare(election, rule)), plain.count(*case)
    same(outcome, oracle)
    assert (outcome.endowment, outcome.steps) == (oracle.endowment, oracle.steps)
