"""What the engine refuses, all at once, and what it leaves out and says so."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from habaring.engines.scoring import (
    Framework,
    Group,
    Indicator,
    Limits,
    Refused,
    Scores,
    Table,
    denominate,
    group_mean,
    score,
    treat,
    what_if,
)

GOOD = Framework(
    (
        Indicator("x", "LIVING", "higher", goal_low=0, goal_high=10),
        Indicator("y", "SOCIETY", "lower", goal_low=0, goal_high=10),
    ),
    (Group("INDEX", None), Group("LIVING"), Group("SOCIETY")),
)


def table(*rows: tuple[float | None, ...], codes: str = "xy") -> Table:
    values = np.array([[np.nan if v is None else v for v in row] for row in rows])
    units = tuple(f"u{place}" for place in range(len(rows)))
    return Table(units, tuple(codes), values.astype(float))


UP: Any = {"direction": "up"}
FINE = table((1, 2), (3, 4), (5, 6))


def codes(framework: Framework, given: Table = FINE) -> list[str]:
    with pytest.raises(Refused) as refused:
        score(given, framework)
    assert all(problem.text for problem in refused.value.problems)
    return sorted(problem.code for problem in refused.value.problems)


def noted(scores: Scores) -> dict[str, dict[str, Any]]:
    return {note.code: dict(note.params) for note in scores.notes}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"indicators": ()}, ["no_indicators"]),
        ({"groups": (*GOOD.groups, Group("x"))}, ["twice"]),
        ({"groups": GOOD.groups[1:]}, ["not_one_root"] + ["unknown_parent"] * 2),
        ({"groups": (*GOOD.groups, Group("Z", None))}, ["not_one_root"]),
        ({"groups": (*GOOD.groups, Group("Z", "W"))}, ["unknown_parent"]),
        (
            {"groups": (*GOOD.groups, Group("Z", "W"), Group("W", "Z"))},
            ["circle", "circle"],
        ),
        (
            {"groups": (*GOOD.groups, Group("Z", "W"), Group("W", "V"), Group("V", "W"))},
            ["circle", "circle"],
        ),
        (
            {"groups": (*GOOD.groups[:2], Group("SOCIETY", weight=-1))},
            ["bad_weight", "no_weight"],
        ),
        ({"groups": (*GOOD.groups[:2], Group("SOCIETY", weight=float("nan")))}, ["bad_weight"]),
        ({"indicators": (replace(GOOD.indicators[0], weight=0), GOOD.indicators[1])}, ["no_weight"]),
        ({"indicators": (replace(GOOD.indicators[0], **UP),)}, ["unknown_direction"]),
        ({"indicators": (replace(GOOD.indicators[0], goal_low=None),)}, ["half_goalposts"]),
        ({"indicators": (replace(GOOD.indicators[0], goal_low=10),)}, ["bad_goalposts"]),
        (
            {
                "indicators": (replace(GOOD.indicators[0], goal_low=None, goal_high=None),),
                "normalisation": "goalposts",
            },
            ["no_goalposts"],
        ),
        ({"normalisation": "magic"}, ["unknown_choice"]),
        ({"aggregation": "magic"}, ["unknown_choice"]),
        ({"weights": "magic"}, ["unknown_choice"]),
        ({"min_coverage": 1.1}, ["bad_coverage"]),
        ({"floor": 0.0}, ["bad_floor"]),
        ({"floor": -1.0, "min_coverage": -1.0, "weights": "x"}, ["bad_coverage", "bad_floor", "unknown_choice"]),
    ],
)  # fmt: skip
def test_a_bad_framework_is_refused(change: dict[str, Any], code: list[str]) -> None:
    assert codes(replace(GOOD, **change)) == code


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (Table((), ("x", "y"), np.zeros((0, 2))), ["no_units"]),
        (Table(("a", "a"), ("x", "y"), np.zeros((2, 2))), ["twice"]),
        (Table(("a", "b"), ("x", "x"), np.zeros((2, 2))), ["twice"]),
        (Table(("a", "b"), ("x", "y"), np.zeros((3, 2))), ["wrong_shape"]),
        (
            Table(("a",), ("x",), np.ones((1, 1)), np.ones((2, 1), dtype=bool)),
            ["wrong_shape"],
        ),
        (table((1, float("inf")), (float("-inf"), 2)), ["not_finite", "not_finite"]),
    ],
)
def test_a_bad_table_is_refused(given: Table, code: list[str]) -> None:
    assert codes(GOOD, given) == code


def test_what_is_not_positive_under_a_geometric_mean_is_refused_cell_by_cell() -> None:
    framework = replace(GOOD, aggregation="geometric", normalisation="goalposts")
    with pytest.raises(Refused) as refused:
        score(table((0, 5), (5, 10), (5, 5)), framework)
    cells = [(p.params["unit"], p.params["child"]) for p in refused.value.problems]
    assert cells[:2] == [("u0", "x"), ("u1", "y")]
    floored = score(table((0, 5), (5, 10), (5, 5)), replace(framework, floor=4.0))
    assert floored.index[0] == pytest.approx((4 * 50) ** 0.5)
    missing = score(table((None, 5), (5, 5)), replace(framework, min_coverage=0.5))
    assert missing.index.tolist() == pytest.approx([50, 50])


def test_missing_is_never_zero() -> None:
    framework = replace(GOOD, normalisation="goalposts")
    scores = score(table((8, None), (8, 10)), framework)
    assert scores.index.tolist() == [80, 40]
    assert scores.coverage.tolist() == [0.5, 1]
    assert scores.shares[0].tolist() == [1, 0]


def test_a_constant_indicator_is_left_out_unless_goalposts_judge_it() -> None:
    given = table((4, 2), (4, 4), (4, None))
    scores = score(given, GOOD)
    assert noted(scores)["constant"] == {"indicator": "x", "units": 3, "value": 4.0}
    assert noted(scores)["group_empty"] == {"group": "LIVING"}
    assert scores.indicators == ("y",)
    assert scores.rank.tolist() == [1, 2, 0]
    judged = score(given, replace(GOOD, normalisation="goalposts"), draws=200)
    assert judged.indicators == ("x", "y")
    assert judged.normalised[:, 0].tolist() == [40, 40, 40]


def test_an_empty_group_is_dropped_and_does_not_lower_coverage() -> None:
    scores = score(table((1, None), (3, None)), GOOD)
    assert set(noted(scores)) == {"no_values", "group_empty"}
    assert scores.coverage.tolist() == [1, 1]


def test_nothing_left_is_refused_with_the_reasons() -> None:
    assert codes(GOOD, table((1, None), (1, None))) == [
        "constant",
        "no_values",
        "nothing_left",
    ]


def test_columns_outside_the_framework_and_columns_not_given() -> None:
    scores = score(table((1, 2), (3, 4), codes="xq"), GOOD)
    notes = noted(scores)
    assert notes["not_in_framework"] == {"indicator": "q"}
    assert notes["no_values"]["indicator"] == "y"


def test_too_little_known_is_not_ranked_and_said() -> None:
    framework = replace(GOOD, min_coverage=0.6)
    scores = score(table((1, None), (3, 4), (4, 1)), framework)
    assert scores.rank.tolist() == [0, 2, 1]
    assert noted(scores)["not_ranked"] == {"unit": "u0", "coverage": 0.5, "least": 0.6}
    assert scores.as_record()["units"][0]["index"] is None
    assert np.isnan(scores.contributions[0]).all()


def test_beyond_the_goalposts_is_clipped_and_named() -> None:
    scores = score(
        table((12, 5), (-3, 5), (5, 5)), replace(GOOD, normalisation="goalposts")
    )
    clipped = [note.params for note in scores.notes if note.code == "clipped"]
    assert clipped == [
        {"indicator": "x", "side": "better", "units": ["u0"]},
        {"indicator": "x", "side": "worse", "units": ["u1"]},
    ]
    assert scores.normalised[:, 0].tolist() == [100, 0, 50]


def test_the_share_that_rests_on_estimates_is_told() -> None:
    marked = replace(FINE, imputed=np.array([[True, False], [False] * 2, [False] * 2]))
    scores = score(marked, GOOD)
    assert scores.imputed.tolist() == [0.5, 0, 0]


def test_what_if_one_value_changed() -> None:
    framework = replace(GOOD, normalisation="goalposts")
    before, after = what_if(FINE, framework, unit="u0", changes={"x": 9})
    assert before.rank.tolist() == [1, 1, 1]
    assert after.index[0] - before.index[0] == pytest.approx(40)
    assert after.rank.tolist() == [1, 2, 2]
    with pytest.raises(Refused) as refused:
        what_if(FINE, framework, unit="nobody", changes={"q": 1})
    assert len(refused.value.problems) == 2


def test_outliers_that_winsorising_cannot_tame_are_logged() -> None:
    column = np.array([1.0] * 30 + [10.0**k for k in range(1, 9)] + [np.nan])
    treated = treat(column, Limits(points=2))
    assert treated.how == "log"
    assert np.isnan(treated.values[-1])
    assert treated.values[0] == pytest.approx(np.log(0.01 * (1e8 - 1)))
    few = treat(np.array([1.0, 100.0, np.nan]))
    assert few.how == "untouched"
    assert few.within
    low = treat(-np.array([*np.arange(30.0), 500.0]))
    assert (low.how, low.points, low.values.min()) == ("winsorised", 1, -29)


def test_group_means_and_denominators() -> None:
    values = np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, 4.0], [np.nan, 6.0]])
    filled = group_mean(values, np.array([0, 0, 0, 1]))
    assert filled[2].tolist() == [2, 4]
    assert np.isnan(filled[3, 0])
    per = denominate(np.array([[4.0, 4.0]]), np.array([[2.0, 0.0]]))
    assert per[0, 0] == 2
    assert np.isnan(per[0, 1])


def test_draws_that_would_not_fit_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        score(FINE, GOOD, draws=10**9)
    assert refused.value.problems[0].code == "too_much"


def test_whole_numbers_and_none_are_taken() -> None:
    given = replace(FINE, values=np.array([[1, None], [3, 4], [5, 6]], dtype=object))
    scores = score(given, GOOD)
    assert scores.normalised[:, 0].tolist() == [0, 50, 100]
    assert np.isnan(scores.normalised[0, 1])
