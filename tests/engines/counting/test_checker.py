"""docs/algorithms/check_count.py: it agrees with the engine, and sees what is false."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from habaring.engines.counting import (
    Completion,
    Measure,
    Rule,
    RuleName,
    audit,
    audit_json,
    count,
    read_pabulib,
    usual_measure,
    write_pabulib,
)
from tests.engines.counting.elections import election

CHECKER = Path(__file__).parents[3] / "docs" / "algorithms" / "check_count.py"
TOWN = election(
    {"a": 60, "b": 30, "c": 50, "d": 35, "e": 90, "f": 0},
    ["6*ab", "4*ac", "5*bcd", "3*d", "2*e", "f", "a", ""],
    200,
)
ADD1 = Rule(completion=Completion.ADD1)


def check(file: Path, record: dict[str, Any], folder: Path) -> str:
    """What the checker says, in another process; empty if it agrees."""
    published = folder / "audit.json"
    published.write_bytes(audit_json(record))
    done = subprocess.run(
        [sys.executable, "-I", CHECKER, file, published],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) == (done.stdout != "")
    return done.stderr


@pytest.fixture
def town(tmp_path: Path) -> Path:
    file = tmp_path / "town.pb"
    file.write_bytes(write_pabulib(TOWN, rule=ADD1))
    return file


def test_it_is_short_and_needs_nothing_of_ours() -> None:
    lines = CHECKER.read_text(encoding="utf-8").splitlines()
    assert sum(1 for line in lines if line) <= 80
    imports = {line.split()[1] for line in lines if line.startswith(("import", "from"))}
    assert imports <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("completion", list(Completion))
@pytest.mark.parametrize("measure", [Measure.COST, Measure.CARDINALITY])
def test_it_agrees(
    completion: Completion, measure: Measure, town: Path, tmp_path: Path
) -> None:
    rule = Rule(RuleName.EQUAL_SHARES, measure, completion, ("max_votes",))
    assert check(town, audit(count(TOWN, rule)), tmp_path) == ""


def test_it_agrees_on_greedy(town: Path, tmp_path: Path) -> None:
    assert check(town, audit(count(TOWN, Rule(RuleName.GREEDY))), tmp_path) == ""


def test_what_it_cannot_check_it_says(town: Path, tmp_path: Path) -> None:
    told = check(town, audit(count(TOWN, Rule(RuleName.PHRAGMEN))), tmp_path)
    assert told.startswith("This checks equal shares and greedy")


def _other_winner(record: dict[str, Any]) -> None:
    record["winners"][-1] = "e"


def _order(record: dict[str, Any]) -> None:
    record["winners"][1:3] = reversed(record["winners"][1:3])


def _rounds(record: dict[str, Any]) -> None:
    record["rounds"][:2] = reversed(record["rounds"][:2])


def _price(record: dict[str, Any]) -> None:
    record["rounds"][0]["price"] = "31/10"


def _votes(record: dict[str, Any]) -> None:
    record["projects"]["b"]["votes"] += 1


def _cost(record: dict[str, Any]) -> None:
    record["projects"]["b"]["cost"] -= 1


def _won(record: dict[str, Any]) -> None:
    record["projects"]["e"]["won"] = True


def _skipped(record: dict[str, Any]) -> None:
    gone = record["rounds"].pop()["project"]
    record["winners"].remove(gone)
    record["projects"][gone]["won"] = False
    record["left"] += record["projects"][gone]["cost"]


def _too_early(record: dict[str, Any]) -> None:
    record["steps"] -= 1


def _too_far(record: dict[str, Any]) -> None:
    record["steps"] += 100


@pytest.mark.parametrize(
    "lie",
    [
        _other_winner,
        _order,
        _rounds,
        _price,
        _votes,
        _cost,
        _won,
        _skipped,
        _too_early,
        _too_far,
    ],
)
def test_it_sees_what_is_false(
    lie: Callable[[dict[str, Any]], None], town: Path, tmp_path: Path
) -> None:
    record = json.loads(audit_json(audit(count(TOWN, ADD1))))
    assert record["steps"] > 0
    lie(record)
    assert check(town, record, tmp_path) != ""


def test_an_earlier_stop_is_seen_even_if_its_prices_are_right(
    town: Path, tmp_path: Path
) -> None:
    record = audit(count(TOWN, Rule()))
    record["completion"] = "add1"
    assert "add1 stopped early" in check(town, record, tmp_path)


@pytest.mark.real_data
@pytest.mark.parametrize(
    "name",
    [
        "Poland_Wieliczka_2023_Green_Budget",
        "Poland_Katowice_2024_Murcki",
        "Poland_Krakow_2024_Podgorze",
        "Netherlands_Amsterdam_604",
    ],
)
def test_real_elections(name: str, shared_data: Path, tmp_path: Path) -> None:
    file = shared_data / "pb" / f"{name}.pb"
    data = read_pabulib(file.read_bytes())
    rule = Rule(RuleName.EQUAL_SHARES, usual_measure(data.kind))
    assert check(file, audit(count(data, rule)), tmp_path) == ""
