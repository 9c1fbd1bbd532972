"""Why a bill differs, and what it would be."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habaring.engines.taxing import Refused, assess, change, what_if
from tests.engines.taxing import making

HOUSE = {
    "land_m2": 300,
    "land_value": 400_000,
    "building_m2": 70,
    "building_value": 1_200_000,
}
FORTY = making.row("shares", percent=40)
OLD = making.text(
    "pbb",
    making.TEN_MILLION,
    FORTY,
    making.row("rates", percent=0.1),
    rounding="share tax",
    review_percent="25",
)


def causes(found: Any) -> list[tuple[tuple[str, ...], int]]:
    return [(cause.keys, cause.effect) for cause in found.causes]


def test_each_reason_has_its_rupiah() -> None:
    before = assess(making.rules(OLD), HOUSE, on=making.ON)
    new = OLD.replace("percent = 0.1", "percent = 0.15").replace(
        "amount = 10000000", "amount = 20000000"
    )
    facts = HOUSE | {"land_value": 500_000, "building_m2": 80}
    after = assess(making.rules(new), facts, on=making.ON)
    found = change(before, after)
    assert causes(found) == [
        (("land_value",), 12_000),  # 30,000,000 × 40 % × 0.1 %
        (("building_m2",), 4_800),  # 12,000,000 × 40 % × 0.1 %
        (("rules.deductions",), -4_000),  # 10,000,000 × 40 % × 0.1 %
        (("rules.rates",), 45_200),  # 226,000,000 × 40 % × 0.05 %
    ]
    assert found.difference == 58_000 == sum(one.effect for one in found.causes)
    assert found.to_review
    steps = {step.key: (step.before, step.after) for step in found.steps}
    assert steps["land"] == (120_000_000, 150_000_000)
    assert steps["total"] == (77_600, 135_600)


def test_nothing_changed() -> None:
    told = assess(making.rules(OLD), HOUSE, on=making.ON)
    found = change(told, told)
    assert (found.causes, found.difference, found.to_review) == ((), 0, False)


def test_a_use_that_only_the_new_rules_know_counts_by_their_rate() -> None:
    rate = making.row("rates", percent=0.07, use="food")
    new = OLD + making.use("food", "food") + "\n" + rate
    before = assess(making.rules(OLD), HOUSE, on=making.ON)
    after = assess(making.rules(new), HOUSE | {"use": "food"}, on=making.ON)
    assert causes(change(before, after)) == [(("use",), -23_280)]


def test_what_if() -> None:
    rules = making.rules(OLD)
    found = what_if(rules, HOUSE, {"building_m2": 0}, on=making.ON)
    assert (found.old.total, found.new.total) == (77_600, 44_000)
    assert causes(found) == [(("building_m2",), -33_600)]
    with pytest.raises(Refused, match="building_m2 is below zero"):
        what_if(rules, HOUSE, {"building_m2": -1}, on=making.ON)


def test_two_taxes_are_not_compared() -> None:
    other = making.text("opsen-pkb", making.row("rates", percent=66))
    told = assess(making.rules(other), {"tax": 1}, on=making.ON)
    with pytest.raises(Refused, match="different taxes"):
        change(assess(making.rules(OLD), HOUSE, on=making.ON), told)


@settings(deadline=None)
@given(st.data())
def test_the_effects_add_up(data: st.DataObject) -> None:
    one = making.rules(data.draw(making.texts()))
    other = data.draw(making.texts(one.tax))
    before = assess(one, data.draw(making.facts(one)), on=making.ON)
    rules = making.rules(other)
    after = assess(rules, data.draw(making.facts(rules)), on=making.ON)
    found = change(before, after)
    assert sum(cause.effect for cause in found.causes) == found.difference
    assert all(cause.effect for cause in found.causes)
