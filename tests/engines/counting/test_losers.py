"""What would have made a loser win, against recounts."""

from hypothesis import given, settings
from hypothesis import strategies as st

from habaring.engines.counting._equal_shares import equal_shares, fits
from habaring.engines.counting._losers import explained, max_costs
from habaring.engines.counting._prepare import prepare
from habaring.engines.counting._values import Completion, Election, Kind, Rule, RuleName
from tests.engines.counting import plain
from tests.engines.counting.elections import APPROVALS, election, elections, rules


@st.composite
def cases(draw: st.DrawFn) -> tuple[Election, Rule]:
    chosen = draw(elections(tuple(Kind)))
    rule = draw(rules(chosen.kind, RuleName.EQUAL_SHARES))
    return chosen, Rule(rule.name, rule.measure, Completion.NONE, rule.ties)


@settings(max_examples=200, deadline=None)
@given(cases())
def test_a_loser_wins_at_its_largest_cost_and_at_no_higher_one(
    case: tuple[Election, Rule],
) -> None:
    chosen, rule = case
    prepared = prepare(chosen, rule)
    if not fits(prepared):
        return
    won = equal_shares(prepared).winners
    losers = [p for p in prepared.candidates if prepared.ids[p] not in won]
    for p, most in max_costs(prepared, losers).items():
        id_ = prepared.ids[p]
        for cost in range(1, prepared.costs[p] + 1):
            again = plain.count(plain.with_cost(chosen, id_, cost), rule)
            assert cost <= most or id_ not in again.winners
            assert cost != most or id_ in again.winners


@settings(max_examples=60, deadline=None)
@given(elections(APPROVALS), st.data())
def test_with_so_many_more_votes_it_wins_and_with_one_fewer_it_does_not(
    chosen: Election, data: st.DataObject
) -> None:
    rule = data.draw(rules(chosen.kind, RuleName.EQUAL_SHARES))
    prepared = prepare(chosen, rule)
    if not fits(prepared):
        return
    stories = explained(prepared, equal_shares(prepared), equal_shares).stories
    for id_, story in stories.items():
        if story.votes_needed is None:
            continue
        for people in {story.votes_needed, story.votes_needed - 1}:
            again = plain.count(plain.with_more(chosen, id_, people), rule)
            assert (id_ in again.winners) == (people == story.votes_needed)


def test_by_hand() -> None:
    """Nine people have 10 each. Six want a and b, three c. a and b have as many votes,
    so whatever b costs a comes first, as the order of ids says; each of the six pays 5,
    and they have 30 left for b.
    """
    chosen = election({"a": 30, "b": 45, "c": 30}, ["6*ab", "3*c"], 90)
    prepared = prepare(chosen, Rule())
    outcome = equal_shares(prepared)
    assert outcome.winners == ("a", "c")
    story = explained(prepared, outcome, equal_shares).stories["b"]
    assert story.max_cost == story.money_left == 30
    # one more for b alone: all ten have 9, and b with seven votes comes before a
    assert story.votes_needed == 1
