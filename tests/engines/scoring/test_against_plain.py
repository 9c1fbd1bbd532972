"""The engine and its slow plain twin agree on whatever hypothesis makes up."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from habaring.engines.scoring import (
    Aggregation,
    Framework,
    Group,
    Indicator,
    Refused,
    Table,
    score,
)
from tests.engines.scoring import plain

VALUES = st.one_of(
    st.none(), st.integers(-5, 15), st.floats(-20, 120).map(lambda x: round(x, 3))
)


@st.composite
def problems(draw: st.DrawFn) -> tuple[Table, Framework]:
    units = draw(st.integers(1, 6))
    groups = [Group("INDEX", None, aggregation=draw(AGGREGATION))]
    for place in range(draw(st.integers(1, 4))):
        parent = draw(st.sampled_from([g.code for g in groups]))
        groups.append(Group(f"G{place}", parent, draw(WEIGHT), draw(AGGREGATION)))
    indicators = tuple(
        Indicator(
            f"i{place}",
            draw(st.sampled_from([g.code for g in groups])),
            draw(st.sampled_from(["higher", "lower"])),
            draw(WEIGHT),
            goal_low=0,
            goal_high=draw(st.sampled_from([1.0, 10.0, 100.0])),
        )
        for place in range(draw(st.integers(1, 6)))
    )
    framework = Framework(
        indicators,
        tuple(draw(st.permutations(groups))),
        normalisation=draw(st.sampled_from(["goalposts", "minmax", "z", "rank"])),
        aggregation=draw(st.sampled_from(["arithmetic", "geometric", "mpi"])),
        weights=draw(st.sampled_from(["given", "equal"])),
        min_coverage=draw(st.sampled_from([0.0, 0.5, 2 / 3, 1.0])),
        floor=1.0,
    )
    cells = draw(
        st.lists(
            VALUES, min_size=units * len(indicators), max_size=units * len(indicators)
        )
    )
    values = np.array([np.nan if c is None else c for c in cells], dtype=float)
    table = Table(
        tuple(f"u{place}" for place in range(units)),
        tuple(i.code for i in indicators),
        values.reshape(units, len(indicators)),
    )
    return table, framework


AGGREGATION: st.SearchStrategy[Aggregation | None] = st.sampled_from(
    [None, None, "arithmetic", "geometric", "mpi"]
)
WEIGHT = st.sampled_from([0.0, 0.5, 1.0, 3.0])


@settings(max_examples=300, deadline=None)
@given(problems())
def test_same_scores_as_the_plain_twin(problem: tuple[Table, Framework]) -> None:
    table, framework = problem
    try:
        scores = score(table, framework)
    except Refused as refused:
        codes = {p.code for p in refused.problems}
        assert codes <= {"no_weight", "nothing_left", "no_values", "constant"}
        return
    expected = plain.score(table, framework)
    for row, unit in enumerate(expected):
        for place, group in enumerate(scores.groups):
            want = unit.scores[group]
            np.testing.assert_allclose(
                scores.group_scores[row, place],
                np.nan if want is None else want,
                rtol=1e-9,
                atol=1e-9,
            )
            assert abs(scores.group_coverage[row, place] - unit.coverage[group]) < 1e-9
    index = [unit.scores["INDEX"] for unit in expected]
    assert scores.rank.tolist() == plain.ranks(index)


@settings(max_examples=200, deadline=None)
@given(problems())
def test_contributions_sum_to_the_score(problem: tuple[Table, Framework]) -> None:
    table, framework = problem
    try:
        scores = score(table, framework)
    except Refused:
        return
    ranked = scores.rank > 0
    whole = scores.index[ranked]
    if scores.contributions_are == "log":
        whole = np.log(whole)
    np.testing.assert_allclose(
        scores.contributions[ranked].sum(axis=1), whole, rtol=1e-9, atol=1e-9
    )
    np.testing.assert_allclose(scores.shares[ranked].sum(axis=1), 1.0)
    assert np.isnan(scores.contributions[~ranked]).all()
