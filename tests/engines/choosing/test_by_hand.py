"""The engine against cases worked by hand."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from habaring.engines.choosing import Conflict, Limits, choose
from tests.engines.choosing.reading import case

PAGE = Path(__file__).parents[3] / "docs" / "algorithms" / "choosing.md"


@pytest.mark.parametrize("name", ["waiting", "pool"])
def test_a_case_worked_by_hand(name: str) -> None:
    candidates, limits, expected = case(name)
    choice = choose(candidates, limits, gap=0.0)
    assert choice.objective == pytest.approx(expected["objective"])
    assert choice.bound == pytest.approx(expected["objective"])
    assert choice.proven
    chosen = {c: year for c, year in choice.starts.items() if year is not None}
    assert chosen == expected["starts"]
    for place, amount in expected["left"].items():
        pool, year = place.split(":")
        assert choice.ledger[pool, int(year)].left == amount
    for code, reason in expected["reasons"].items():
        found = choice.reasons[code]
        assert found.kind == reason["kind"]
        assert list(found.limits) == reason["limits"]
        if "enters_at" in reason:
            assert found.enters_at == reason["enters_at"]


def test_promises_that_cannot_be_kept_together() -> None:
    candidates, limits, expected = case("promises")
    with pytest.raises(Conflict) as told:
        choose(candidates, limits)
    conflict = told.value
    assert conflict.irreducible
    amounts = {rule.name: rule.amount or 0 for rule in conflict.rules}
    assert amounts == expected["conflict"]
    assert all(rule.exact for rule in conflict.rules)


def test_a_raise_by_the_amount_named_ends_the_conflict() -> None:
    candidates, limits, expected = case("promises")
    for name, amount in expected["conflict"].items():
        if not name.startswith("ceiling:"):
            continue
        key = ("APBD", int(name[-4:]))
        raised = {**limits.ceilings, key: limits.ceilings[key] + amount}
        choose(candidates, _with(limits, raised))
        raised[key] -= 1
        with pytest.raises(Conflict):
            choose(candidates, _with(limits, raised))


def _with(limits: Limits, ceilings: dict[tuple[str, int], int]) -> Limits:

    return replace(limits, ceilings=ceilings)


def test_the_page_tells_the_same_example() -> None:
    text = PAGE.read_text(encoding="utf-8")
    candidates, _limits, expected = case("waiting")
    rows = dict(re.findall(r"^\| (P\d) \| .*? \| (\d+) \|", text, re.MULTILINE))
    assert rows == {c.code: str(c.total_cost // 1_000_000) for c in candidates}
    for code, year in expected["starts"].items():
        assert re.search(rf"^\| {code} \| .*\| {year} \|$", text, re.MULTILINE)
    assert f"**{expected['objective']:.0f} points**" in text
