"""What would have made a loser win: with that it does, with less it does not."""

from hypothesis import given, settings
from hypothesis import strategies as st

from habaring.engines.counting import Election, Kind, Rule, RuleName, count
from tests.engines.counting import plain
from tests.engines.counting.elections import APPROVALS, elections, rules


@st.composite
def cases(draw: st.DrawFn) -> tuple[Election, Rule]:
    name = draw(st.sampled_from(list(RuleName)))
    kinds = APPROVALS if name == RuleName.PHRAGMEN else tuple(Kind)
    chosen = draw(elections(kinds))
    return chosen, draw(rules(chosen.kind, name))


@settings(max_examples=150, deadline=None)
@given(cases())
def test_what_is_told_of_losers_is_the_oracle_counting_again(
    case: tuple[Election, Rule],
) -> None:
    chosen, rule = case
    outcome = count(chosen, rule, explain=True)

    def wins(p: str, other: Election) -> bool:
        return p in plain.count(other, rule).winners

    for p, story in outcome.stories.items():
        if story.max_cost is not None:
            cost = int(story.max_cost)
            assert wins(p, plain.with_cost(chosen, p, cost))
            assert not wins(p, plain.with_cost(chosen, p, cost + 1))
        if story.votes_needed is not None:
            votes = story.votes_needed
            assert wins(p, plain.with_more(chosen, p, votes))
            assert not wins(p, plain.with_more(chosen, p, votes - 1))


@settings(max_examples=100, deadline=None)
@given(cases())
def test_winners_and_what_nobody_supports_need_no_counterfactual(
    case: tuple[Election, Rule],
) -> None:
    chosen, rule = case
    outcome = count(chosen, rule, explain=True)
    assert [s.won for s in outcome.stories.values()].count(True) == len(outcome.winners)
    for story in outcome.stories.values():
        if story.won or not story.votes:
            assert story.max_cost is None
