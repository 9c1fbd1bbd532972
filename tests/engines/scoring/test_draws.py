"""Draws: against the plain twin one by one, their summary, their seeds, their edges."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from habaring.engines.scoring import (
    Choices,
    Framework,
    Group,
    Indicator,
    Refused,
    Table,
    hot_deck,
    score,
    sobol,
)
from habaring.engines.scoring._combine import plant
from habaring.engines.scoring._draws import draw_weights, open_field, rank_into
from habaring.engines.scoring._impute import distances
from habaring.engines.scoring._intervals import intervals
from tests.engines.scoring import plain

CHOICES = Choices(
    normalisations=("goalposts", "minmax", "z", "rank"),
    aggregations=("arithmetic", "geometric", "mpi"),
    imputations=3,
    floor=1.0,
)


def example(
    units: int = 30, seed: int = 3, missing: float = 0.1
) -> tuple[Table, Framework]:
    generator = np.random.default_rng(seed)
    values = generator.normal(size=(units, 8)) + generator.normal(size=(units, 1))
    values[generator.random(values.shape) < missing] = np.nan
    codes = tuple(f"i{place}" for place in range(8))
    framework = Framework(
        tuple(
            Indicator(
                code,
                f"D{place % 3}",
                "lower" if place % 2 else "higher",
                1.0 + place,
                goal_low=-3,
                goal_high=3,
            )
            for place, code in enumerate(codes)
        ),
        (Group("INDEX", None), Group("D0"), Group("D1", weight=2), Group("D2")),
        floor=1.0,
    )
    return Table(tuple(f"u{row}" for row in range(units)), codes, values), framework


@pytest.mark.parametrize("own", [None, "geometric", "arithmetic", "mpi"])
def test_every_draw_is_the_plain_twins(own: str | None) -> None:
    table, framework = example(units=9)
    groups = framework.groups
    framework = replace(
        framework,
        groups=(replace(groups[0], aggregation=own), *groups[1:]),  # type: ignore[arg-type]
    )
    tree = plant(framework, framework.indicators)
    everyone = np.arange(9)
    field = open_field(tree, table.values, everyone, choices=CHOICES, seed=5)
    filled = hot_deck(table.values, times=3, donors=10, seed=5)
    weights = draw_weights(field, np.random.default_rng(1), 4)
    for combination in range(int(np.prod(field.shape))):
        i, n, a = np.unravel_index(combination, field.shape)
        ranks = np.zeros((9, 4), dtype=np.uint16)
        rank_into(ranks, np.arange(4), field, combination, weights)
        for draw in range(4):
            weighed = reweighed(framework, weights[draw], tree.branches)
            weighed = replace(
                weighed,
                normalisation=CHOICES.normalisations[n],
                aggregation=CHOICES.aggregations[a],
            )
            expected = plain.score(replace(table, values=filled[i]), weighed)
            index = [unit.scores["INDEX"] for unit in expected]
            assert ranks[:, draw].tolist() == plain.ranks(index)


def reweighed(
    framework: Framework, weights: NDArray[np.float64], branches: tuple[object, ...]
) -> Framework:
    names = [i.code for i in framework.indicators]
    names += [b.code for b in branches]  # type: ignore[attr-defined]
    by = dict(zip(names, weights.tolist(), strict=True))
    return replace(
        framework,
        indicators=tuple(replace(i, weight=by[i.code]) for i in framework.indicators),
        groups=tuple(replace(g, weight=by[g.code]) for g in framework.groups),
    )


def test_the_same_seed_gives_the_same_and_another_gives_another() -> None:
    table, framework = example()
    first = score(table, framework, draws=1000, seed=7)
    again = score(table, framework, draws=1000, seed=7)
    other = score(table, framework, draws=1000, seed=8)
    assert first.as_record() == again.as_record()
    assert first.as_record()["units"] != other.as_record()["units"]
    np.testing.assert_array_equal(first.index, other.index)


def test_intervals_hold_the_draws() -> None:
    generator = np.random.default_rng(0)
    order = np.argsort(generator.random((200, 5)) + np.arange(5) / 3, axis=1)
    ranks = (np.argsort(order, axis=1) + 1).T.astype(np.uint16)
    nominal = np.array([1, 2, 0, 3, 4, 5])
    ranked = np.flatnonzero(nominal)
    found = intervals(ranks, ranked, tuple("abxcde"), nominal)
    assert found.beats is not None
    for place, row in enumerate(ranked):
        ordered = sorted(ranks[place].tolist())
        assert found.low[row] == ordered[9]  # 10 of 200 are at or below
        assert found.median[row] == ordered[99]
        assert found.high[row] == ordered[189]
        for other_place, other in enumerate(ranked):
            beats = sum(
                a < b for a, b in zip(ranks[place], ranks[other_place], strict=True)
            )
            assert found.beats[row, other] == pytest.approx(beats / 200)
    assert found.low[2] == found.high[2] == 0
    assert np.isnan(found.beats[2]).all()


def test_groups_are_the_longest_runs_without_a_pair_told_apart() -> None:
    found = intervals(
        np.array([[1, 1, 1, 1], [2, 3, 2, 3], [3, 2, 4, 2], [4, 4, 3, 4]], np.uint16),
        np.arange(4),
        tuple("abcd"),
        np.array([1, 2, 3, 4]),
    )
    # a is always first; b and c swap, c and d swap once, b is always before d.
    assert found.groups == (("b", "c"), ("c", "d"))


def test_units_with_the_same_values_share_every_rank() -> None:
    table, framework = example(units=20, missing=0)
    values = table.values.copy()
    values[13] = values[4]
    scores = score(replace(table, values=values), framework, draws=500)
    assert scores.intervals is not None
    assert scores.intervals.beats is not None
    assert scores.intervals.beats[4, 13] == scores.intervals.beats[13, 4] == 0
    assert scores.intervals.mean[4] == scores.intervals.mean[13]


def test_equal_scores_tie_when_only_the_norm_varies() -> None:
    table = Table(
        ("a", "b", "c"), ("x", "y"), np.array([[1.0, 2.0], [2.0, 1.0], [0.0, 0.0]])
    )
    framework = Framework(
        (Indicator("x", "INDEX", "higher"), Indicator("y", "INDEX", "higher")),
        (Group("INDEX", None),),
    )
    choices = Choices(weight_spread=0.0)
    scores = score(table, framework, draws=1200, choices=choices)
    assert scores.intervals is not None
    assert scores.intervals.mean.tolist() == [1, 1, 3]
    assert scores.intervals.groups == (("a", "b"),)


def test_units_not_ranked_stay_out_of_the_draws() -> None:
    table, framework = example(missing=0)
    values = table.values.copy()
    values[3, :6] = np.nan
    scores = score(replace(table, values=values), framework, draws=1000)
    assert scores.rank[3] == 0
    assert scores.intervals is not None
    assert scores.intervals.high[3] == 0
    assert scores.intervals.high.max() == 29
    assert "rank_low" not in scores.as_record()["units"][3]


def test_one_unit_alone_is_first() -> None:
    table, framework = example(units=1, missing=0)
    framework = replace(framework, normalisation="goalposts")
    scores = score(table, framework, draws=1000)
    assert scores.rank.tolist() == [1]
    assert scores.intervals is not None
    assert scores.intervals.high.tolist() == [1]
    assert scores.sensitivity is not None
    assert scores.as_record()["sensitivity"]["shares"][0]["total"] is None


def test_nothing_to_choose_gives_no_shares_and_the_nominal_ranks() -> None:
    table, framework = example(missing=0)
    choices = Choices(
        normalisations=("minmax",), aggregations=("arithmetic",), weight_spread=0.0
    )
    scores = score(table, framework, draws=1000, choices=choices)
    assert scores.sensitivity is None
    assert scores.intervals is not None
    assert scores.intervals.low.tolist() == scores.rank.tolist()
    assert scores.intervals.high.tolist() == scores.rank.tolist()


def test_progress_is_told_and_draws_may_be_few() -> None:
    told: list[tuple[int, int]] = []
    table, framework = example()
    scores = score(
        table, framework, draws=37, progress=lambda done, of: told.append((done, of))
    )
    assert told[-1] == (37, 37)
    assert scores.sensitivity is None
    assert scores.intervals is not None
    assert scores.intervals.pairs_from == 37


def test_bad_choices_are_refused_all_at_once() -> None:
    table, framework = example()
    bare = replace(
        framework,
        indicators=tuple(
            replace(i, goal_low=None, goal_high=None) for i in framework.indicators
        ),
    )
    choices = Choices(
        normalisations=("goalposts", "magic"),  # type: ignore[arg-type]
        aggregations=(),
        weight_spread=1.5,
        floor=0.0,
    )
    with pytest.raises(Refused) as refused:
        score(table, bare, draws=10, choices=choices)
    codes = {p.code for p in refused.value.problems}
    assert codes == {
        "unknown_choice",
        "bad_spread",
        "bad_choices",
        "bad_floor",
        "no_goalposts",
    }


def test_a_missing_value_comes_from_a_near_unit_that_has_it() -> None:
    values = np.array(
        [[0.0, 0, 1], [0.1, 0.1, 2], [0.2, 0.1, 3], [9, 9, 90], [0.1, 0, np.nan]]
    )
    filled = hot_deck(values, times=50, donors=3, seed=1)
    assert set(filled[:, 4, 2].tolist()) == {1.0, 2.0, 3.0}
    assert np.array_equal(filled[0][:4], values[:4])
    known = hot_deck(values[:4], times=2, donors=3, seed=1)
    assert np.array_equal(known[1], values[:4])


def test_units_without_a_shared_indicator_are_infinitely_far() -> None:
    far = distances(np.array([[1.0, np.nan], [np.nan, 2.0], [3.0, 1.0]]))
    assert np.isinf(far[0, 1])
    assert np.isinf(np.diag(far)).all()
    assert np.isfinite(far[0, 2])


@settings(max_examples=30, deadline=None)
@given(st.floats(0.1, 5), st.floats(0.1, 5))
def test_sobol_of_a_sum_is_known(p: float, q: float) -> None:
    """y = p·x1 + q·x2 with uniform x: shares p² and q² over their sum."""
    generator = np.random.default_rng(2)
    a, b = generator.random((2, 20_000, 2))

    def y(x: NDArray[np.float64]) -> NDArray[np.float64]:
        out: NDArray[np.float64] = (x @ np.array([p, q]))[:, np.newaxis]
        return out

    mixed = np.stack(
        [y(np.column_stack([b[:, 0], a[:, 1]])), y(np.column_stack([a[:, 0], b[:, 1]]))]
    )
    first, total = sobol(y(a), y(b), mixed)
    share = np.array([p * p, q * q]) / (p * p + q * q)
    np.testing.assert_allclose(first[:, 0, 0], share, atol=0.05)
    np.testing.assert_allclose(total[:, 0, 0], share, atol=0.05)


def test_shares_name_what_drives_the_ranking() -> None:
    table, framework = example(missing=0)
    scores = score(table, framework, draws=1000)
    assert scores.sensitivity is not None
    names = [share.choice for share in scores.sensitivity.shares]
    assert names == ["normalisation", "aggregation", "weights"]
    for share in scores.sensitivity.shares:
        assert share.total_low <= share.total <= share.total_high
        assert share.first <= share.total + 0.1
    assert scores.sensitivity.evaluations == 5 * 1024
    assert scores.sensitivity.by_unit.shape == (3, 30)


def test_the_record_is_plain_json_and_small_enough() -> None:
    table, framework = example()
    record = score(table, framework, draws=1000).as_record()
    text = json.dumps(record, allow_nan=False)
    assert json.loads(text) == record
    assert record["pairs"]["from"] == 1000
    assert record["alike"]
    assert record["choices"]["weight_spread"] == 0.25
    without = score(table, framework, draws=100).as_record(pairs=False)
    assert without["pairs"] is None


def test_beyond_two_thousand_units_pairs_are_not_compared() -> None:
    ranks = np.tile(np.arange(1, 2002, dtype=np.uint16)[:, np.newaxis], (1, 3))
    nominal = np.arange(1, 2002)
    found = intervals(ranks, np.arange(2001), tuple(map(str, nominal)), nominal)
    assert found.beats is None
    assert found.groups == ()
    assert found.high.tolist() == nominal.tolist()


PROGRAM = """
import json, sys
from tests.engines.scoring.test_draws import example
from habaring.engines.scoring import score
print(json.dumps(score(*example(60), draws=1000, seed=2).as_record()))
"""


@pytest.mark.parametrize("kernel", ["Nehalem", "Haswell"])
def test_the_record_is_the_same_on_another_linear_algebra_kernel(kernel: str) -> None:
    """OpenBLAS takes the kernel from the environment; other libraries ignore it."""
    path = os.pathsep.join(["src", *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | {"OPENBLAS_CORETYPE": kernel, "PYTHONPATH": path},
        cwd=Path(__file__).resolve().parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    here = score(*example(60), draws=1000, seed=2).as_record()
    assert json.loads(done.stdout) == json.loads(json.dumps(here))
