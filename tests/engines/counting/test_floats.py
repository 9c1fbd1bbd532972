"""Elections in which plain floats choose wrongly, and the engine does not."""

import pytest

from habaring.engines.counting import Election, Measure, Rule, count
from tests.engines.counting import plain
from tests.engines.counting.elections import election


def by_floats(chosen: Election, measure: Measure) -> list[str]:
    """Equal shares (no completion) as a spreadsheet would do it."""
    cost = {p.id: p.cost for p in chosen.projects}
    people = [
        {p: float(u) for p, u in one.items()} for one in plain.people(chosen, measure)
    ]
    money = [chosen.budget / len(people)] * len(people)
    winners: list[str] = []
    while True:
        rates = {}
        for p in sorted(cost):
            paying = [
                (m, one[p]) for m, one in zip(money, people, strict=True) if p in one
            ]
            if p not in winners and sum(m for m, _ in paying) >= cost[p]:
                rates[p] = _rate(float(cost[p]), paying)
        if not rates:
            return winners
        p = min(rates, key=lambda p: rates[p])
        winners.append(p)
        money = [
            m - min(m, rates[p] * one.get(p, 0))
            for m, one in zip(money, people, strict=True)
        ]


def _rate(cost: float, paying: list[tuple[float, float]]) -> float:
    paying = sorted(paying, key=lambda pair: pair[0] / pair[1])
    worth = sum(u for _, u in paying)
    for m, u in paying:
        if cost / worth * u <= m:
            return cost / worth
        cost -= m
        worth -= u
    return float("inf")


def test_what_everybody_wants_and_the_budget_pays_exactly_is_funded() -> None:
    """As in Zabrze, Osiedle Młodego Górnika, 2020: 61 × (150,000 / 61) < 150,000."""
    chosen = election({"P": 150_000}, ["61*P"], 150_000)
    assert by_floats(chosen, Measure.COST) == []
    assert count(chosen, Rule()).winners == ("P",)


def test_floats_fund_the_wrong_one() -> None:
    """Everybody wants b, which takes all the money; floats find it a hair too dear and
    fund a, which fewer want, in its place.
    """
    chosen = election({"a": 40, "b": 70}, ["12*ab", "6*b"], 70)
    assert by_floats(chosen, Measure.COST) == ["a"]
    assert count(chosen, Rule()).winners == ("b",)
    assert plain.count(chosen, Rule()).winners == ["b"]


@pytest.mark.parametrize(
    ("costs", "ballots", "budget", "measure"),
    [
        ({"a": 20, "b": 90}, ["6*ab"], 110, Measure.CARDINALITY),
        ({"a": 60, "b": 40, "c": 60, "d": 50}, ["7*bcd", "2*abcd"], 100, Measure.COST),
        (
            {"a": 90, "b": 50, "c": 10, "d": 40},
            ["6*abcd", "1*abc", "10*ab"],
            140,
            Measure.COST,
        ),
    ],
)
def test_where_floats_differ_the_engine_is_the_oracle(
    costs: dict[str, int], ballots: list[str], budget: int, measure: Measure
) -> None:
    chosen, rule = election(costs, ballots, budget), Rule(measure=measure)
    oracle = plain.count(chosen, rule).winners
    assert by_floats(chosen, measure) != oracle
    assert list(count(chosen, rule).winners) == oracle
