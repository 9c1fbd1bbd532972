"""The engine against cases worked by hand."""

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from habaring.engines.counting import (
    Completion,
    Election,
    Kind,
    Limits,
    Measure,
    Project,
    Rule,
    RuleName,
    count,
    gather,
)
from habaring.engines.counting._outcome import Outcome
from tests.engines.counting import plain

CASES = [
    pytest.param(case, expected, id=f"{path.stem}-{n}-{expected['rule']}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.toml"))
    for case in [tomllib.loads(path.read_text(encoding="utf-8"))]
    if "costs" in case
    for n, expected in enumerate(case["counts"])
]


def election(case: dict[str, Any], expected: dict[str, Any]) -> Election:
    ids = list(case["costs"])
    rows = [([ids.index(id_) for id_ in row.split()], ()) for row in case["ballots"]]
    return Election(
        budget=case["budget"],
        projects=tuple(Project(id_, cost) for id_, cost in case["costs"].items()),
        ballots=gather(Kind.APPROVAL, rows),
        limits=Limits(conflicts=tuple(map(frozenset, expected.get("conflicts", ())))),
        tie_order=tuple(expected.get("tie_order", ())),
    )


def rule(expected: dict[str, Any]) -> Rule:
    return Rule(
        RuleName(expected["rule"]),
        Measure(expected.get("measure", "cost")),
        Completion(expected.get("completion", "none")),
    )


@pytest.mark.parametrize(("case", "expected"), CASES)
def test_a_case_worked_by_hand(case: dict[str, Any], expected: dict[str, Any]) -> None:
    chosen = election(case, expected)
    outcome = count(chosen, rule(expected))
    assert list(outcome.winners) == expected["winners"]
    assert list(outcome.winners) == plain.count(chosen, rule(expected)).winners
    if "ties" in expected:
        assert [list(tie) for tie in outcome.ties] == expected["ties"]
    if "rates" in expected:
        assert [told.rate for told in outcome.rounds] == fractions(expected["rates"])
    if "endowment" in expected:
        assert outcome.endowment == Fraction(expected["endowment"])
        assert outcome.steps == expected.get("steps", 0)
    _stories(outcome, expected)


def _stories(outcome: Outcome, expected: dict[str, Any]) -> None:
    for field in ("reason", "price", "lost_to", "money_left"):
        named = field if field in ("lost_to", "money_left") else field + "s"
        for id_, value in expected.get(named, {}).items():
            told = getattr(outcome.stories[id_], field)
            is_text = field in ("reason", "lost_to")
            assert told == (value if is_text else Fraction(value))


def fractions(values: list[str]) -> list[Fraction]:
    return [Fraction(value) for value in values]
