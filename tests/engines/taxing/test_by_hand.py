"""The engine and its twin against cases worked by hand."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from habaring.engines.taxing import assess, late_interest, months_begun
from tests.engines.taxing import making, plain

FOLDER = Path(__file__).parent / "cases"


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


CASES = [
    pytest.param(one["rules"], case, id=f"{path.stem}-{place}-{number}")
    for path in sorted(FOLDER.glob("*.toml"))
    for place, one in enumerate(read(path.stem).get("sets", ()), 1)
    for number, case in enumerate(one["cases"], 1)
]


@pytest.mark.parametrize(("written", "case"), CASES)
def test_a_case_worked_by_hand(written: str, case: dict[str, Any]) -> None:
    facts = {
        key: Decimal(value) if key in {"volume", "size"} else value
        for key, value in case["facts"].items()
    }
    told = assess(making.rules(written), facts, on=making.ON)
    assert told.total == case["total"] == plain.amounts(written, facts)["total"]
    for key, amount in case.get("steps", {}).items():
        step = told.step(key)
        assert step is not None
        assert step.amount == amount, key


@pytest.mark.parametrize("case", read("interest")["months"])
def test_months_begun_and_their_interest(case: dict[str, Any]) -> None:
    days = {"due_on": case["due_on"], "paid_on": case["paid_on"]}
    principal = read("interest")["principal"]
    assert months_begun(**days) == case["months"] == plain.months(**days)
    for percent, expected in (("1", case["one"]), ("2", case["two"])):
        rate = making.row("rates", percent=0.1)
        rules = making.rules(
            making.text("pbb", making.TEN_MILLION, rate, making.late(percent))
        )
        told = late_interest(rules, principal, **days)
        assert told.amount == expected
        assert told.months == case["months"]
        assert told.capped == (case["months"] > 24)


def test_what_is_collected_beside_the_tax() -> None:
    one = read("quantities")["sets"][0]
    told = assess(making.rules(one["rules"]), one["cases"][0]["facts"], on=making.ON)
    assert (told.total, told.payable) == (12_000_000, 15_000_000)
