"""Equal shares against the oracle, on small elections full of ties, and by hand."""

from fractions import Fraction
from hashlib import sha256
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from habaring.engines.counting import _kernels_steps
from habaring.engines.counting._equal_shares import equal_shares, fits
from habaring.engines.counting._outcome import Outcome
from habaring.engines.counting._plain import plain_equal_shares
from habaring.engines.counting._prepare import prepare
from habaring.engines.counting._values import (
    Election,
    Kind,
    Measure,
    Rule,
    RuleName,
)
from tests.engines.counting import plain
from tests.engines.counting.elections import elections, rules
from tests.engines.counting.test_rules import same

COST = Rule(RuleName.EQUAL_SHARES, Measure.COST)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Election, Rule]:
    chosen = draw(elections(tuple(Kind)))
    return chosen, draw(rules(chosen.kind, RuleName.EQUAL_SHARES))


@settings(max_examples=400, deadline=None)
@given(cases())
def test_equal_shares_is_the_oracle(case: tuple[Election, Rule]) -> None:
    chosen, rule = case
    prepared = prepare(chosen, rule)
    if not fits(prepared):  # nobody voted
        return
    outcome = equal_shares(prepared)
    oracle = plain.count(chosen, rule)
    same(outcome, oracle)
    assert outcome.endowment == oracle.endowment
    assert outcome.steps == oracle.steps
    adds_up(outcome)


def adds_up(outcome: Outcome) -> None:
    """Each round pays exactly its cost, and what its poor paid follows from counts."""
    chosen, ids = outcome.election, [p.id for p in outcome.election.projects]
    unit = chosen.ballots.points_scale if outcome.rule.measure == Measure.SCORE else 1
    price: dict[str, Fraction] = {}
    for told in outcome.rounds:
        if told.phase != "main":
            continue
        cost = chosen.projects[ids.index(told.project)].cost
        worth = cost if outcome.rule.measure == Measure.COST else 1
        price[told.project] = told.rate * worth / unit
        paid = sum(n * price[id_] for id_, n in told.paid_before.items())
        assert outcome.endowment is not None
        assert told.from_rest == told.rest * outcome.endowment - paid
        assert told.weight * price[told.project] + told.from_rest == cost


def test_what_is_kept_compiled_notices_a_change_of_what_it_stands_on() -> None:
    folder = Path(_kernels_steps.__file__).parent
    built = sha256((folder / "_kernels.py").read_bytes()).hexdigest()[:16]
    assert built == _kernels_steps.BUILT_ON


@settings(max_examples=150, deadline=None)
@given(cases())
def test_the_loops_tell_the_same_as_the_plain_path(case: tuple[Election, Rule]) -> None:
    prepared = prepare(*case)
    if fits(prepared):
        loops, slow = equal_shares(prepared), plain_equal_shares(prepared)
        assert loops.rounds == slow.rounds
        assert loops.stories == slow.stories
        assert loops.ties == slow.ties
