"""What is wrong with the inputs is told at once, by row, before any solve."""

from typing import Any

import pytest

from habaring.engines.choosing import (
    Candidate,
    Floor,
    Limits,
    Pool,
    Problem,
    Refused,
    Share,
    Synergy,
    choose,
)
from tests.engines.choosing.reading import programme, two_years

GOOD = programme("A", 600, 5)


def problems(
    candidates: list[Candidate], limits: Limits | None = None
) -> tuple[Problem, ...]:
    with pytest.raises(Refused) as told:
        choose(candidates, limits or two_years(1000))
    return told.value.problems


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"costs": {(1, "APBD"): -5}}, "negative_cost"),
        ({"running": {"APBD": -1}}, "negative_cost"),
        ({"costs": {(1, "APBD"): 1.5}}, "not_whole"),
        ({"costs": {(1, "APBD"): True}}, "not_whole"),
        ({"costs": {(1, "APBD"): 10**15}}, "too_much"),
        ({"costs": {(2, "APBD"): 5}}, "cost_outside_work"),
        ({"duration": 0, "costs": {}}, "duration"),
        ({"latest": 2026}, "latest_before_earliest"),
        ({"months": 0}, "months"),
        ({"outcomes": {"GOV": float("nan")}}, "outcome"),
        ({"staff": -1.0}, "staff"),
        ({"staff": {1: float("inf")}}, "staff"),
        ({"sustainable": {"peace": True}}, "unknown_question"),
        ({"requires": ("Z",)}, "unknown_requires"),
        ({"requires": ("B",)}, "requires_itself"),
    ],
)
def test_a_programme_that_cannot_be_used(change: dict[str, Any], code: str) -> None:
    found = problems([GOOD, programme("B", 300, 2, **change)])
    assert [(p.row, p.code) for p in found] == [("B", code)]
    assert found[0].sentence.endswith(".")


@pytest.mark.parametrize(
    ("change", "row", "code"),
    [
        ({"years": 0}, "limits", "no_years"),
        ({"start_year": 2035}, "limits", "horizon_too_short"),
        ({"ceilings": {("APBD", 2027): -1}}, "ceiling:APBD:2027", "negative_cost"),
        ({"staff": {("KOM", 2027): -1}}, "staff:KOM:2027", "staff"),
        ({"weights": {"GOV": -1}}, "weight:GOV", "weight"),
        ({"weights": {"ENV": 1}}, "A", "no_weight"),
        ({"weights": {"GOV": 0}}, "candidates", "zero_outcomes"),
        ({"require_sustainable": ("x",)}, "sustainable:x", "unknown_question"),
        ({"quick_wins_per_dimension": -1}, "limits", "negative"),
        ({"pools": (Pool("p", ("APBD",), 0.00001),)}, "pool:p", "carry_over"),
        ({"pools": (Pool("DAK", ("APBD",)),)}, "pool:DAK", "duplicate_pool"),
        (
            {"pools": (Pool("p", ("APBD",), 0, ("APBD",)),)},
            "pool:p",
            "tops_up_pooled",
        ),
        (
            {
                "pools": (
                    Pool("p", ("APBD",), 0, ("DAK",)),
                    Pool("q", ("DD",), 0, ("DAK",)),
                )
            },
            "pool:q",
            "topped_up_twice",
        ),
        (
            {"pools": (Pool("p", ("APBD",)), Pool("q", ("APBD",)))},
            "pool:q",
            "source_in_two_pools",
        ),
        ({"shares": (Share("s", "x", "at_least", 20),)}, "share:s", "unknown_tag"),
        ({"shares": (Share("s", "GOV", "at_least", 101),)}, "share:s", "percent"),
        (
            {"shares": (Share("s", "GOV", "at_most", 10, year=2050),)},
            "share:s",
            "year_outside",
        ),
        (
            {"shares": (Share("s", "GOV", "at_least", 1),) * 2},
            "share:s",
            "duplicate_share",
        ),
        (
            {"floors": (Floor("district", "X", 1),)},
            "floor:district:X",
            "unknown_place",
        ),
        (
            {"floors": (Floor("dimension", "GOV", -1),)},
            "floor:dimension:GOV",
            "floor",
        ),
        ({"promised": ("Z",)}, "promised:Z", "unknown_code"),
        ({"forbidden": ("Z",)}, "forbidden:Z", "unknown_code"),
        (
            {"promised": ("A",), "forbidden": ("A",)},
            "promised:A",
            "promised_forbidden",
        ),
        ({"synergies": (Synergy("A", "A", 1),)}, "synergy:A:A", "synergy"),
        (
            {"synergies": (Synergy("A", "B", float("inf")),)},
            "synergy:A:B",
            "synergy",
        ),
    ],
)
def test_limits_that_cannot_be_used(
    change: dict[str, Any], row: str, code: str
) -> None:
    values = {
        "start_year": 2027,
        "years": 2,
        "ceilings": {("APBD", 2027): 1000, ("DAK", 2028): 1},
    }
    limits = Limits(**{**values, **change})
    found = problems([GOOD, programme("B", 300, 2)], limits)
    assert (row, code) in [(p.row, p.code) for p in found]


def test_everything_is_told_at_once() -> None:
    found = problems(
        [
            programme("A", -5, 5, latest=2020),
            programme("A", 3, 5),
            programme("C", 3, 5, requires=("D",)),
        ]
    )
    assert {p.code for p in found} == {
        "duplicate_code",
        "latest_before_earliest",
        "negative_cost",
        "unknown_requires",
    }


def test_a_cycle_is_written_out() -> None:
    ring = [
        programme("A", 1, 1, requires=("B",)),
        programme("B", 1, 1, requires=("C",)),
        programme("C", 1, 1, requires=("A",)),
        programme("D", 1, 1, requires=("A",)),
    ]
    (found,) = problems(ring)
    assert found.code == "cycle"
    assert found.params["cycle"] == ["A", "B", "C", "A"]
    assert "A → B → C → A" in found.sentence


def test_two_promises_of_one_group() -> None:
    pair = [programme("A", 1, 1, group="g"), programme("B", 1, 1, group="g")]
    (found,) = problems(pair, two_years(9, promised=("A", "B")))
    assert found.code == "promised_either_or"
    assert found.params["codes"] == ["A", "B"]


def test_a_promise_that_meets_a_ceiling_of_zero() -> None:
    (found,) = problems(
        [GOOD, programme("B", 1, 1, costs={(1, "DAK"): 5})],
        two_years(1000, promised=("B",)),
    )
    assert found.code == "promised_zero_ceiling"
    assert found.params["limit"] == "ceiling:DAK:2027"


def test_a_promise_without_time() -> None:
    late = programme("B", 1, 1, earliest=2030, latest=2031)
    (found,) = problems([GOOD, late], two_years(1000, promised=("B",)))
    assert found.code == "promised_no_time"


def test_no_programme_and_no_code() -> None:
    assert [p.code for p in problems([])] == ["no_candidates"]
    assert [p.code for p in problems([programme(" ", 1, 1)])] == ["no_code"]
