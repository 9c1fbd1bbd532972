"""Choosing the regions of a cohort: exact, told, the same each time."""

import hashlib
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habaring.engines.selecting import (
    Applicant,
    Criterion,
    Method,
    MethodError,
    select,
)

POINTS = Method(
    criteria=(
        Criterion("leader", Fraction(60)),
        Criterion("poor", Fraction(40), "higher"),
    ),
    seats=2,
    requirements=("letter",),
    tie_break=("leader",),
    seed="2022",
)


def applicant(code: str, leader: Any, poor: Any, **meets: bool) -> Applicant:
    def exact(value: Any) -> Fraction | None:
        return None if value is None else Fraction(value)

    values = {"leader": exact(leader), "poor": exact(poor)}
    return Applicant(code, values, meets or {"letter": True})


def test_the_best_scores_take_the_seats() -> None:
    found = select(
        [applicant("62.01", 4, 5), applicant("62.02", 2, 10), applicant("62.03", 0, 0)],
        POINTS,
    )
    assert [(one.code, one.score) for one in found.chosen] == [
        ("62.01", Fraction(80)),
        ("62.02", Fraction(70)),
    ]
    assert found.of("62.03").reason.why == "reserve"
    assert found.of("62.03").reason.cut == 70


def test_an_unmet_requirement_keeps_out_and_is_named() -> None:
    found = select(
        [applicant("62.01", 4, 5, letter=False), applicant("62.02", 0, 1)], POINTS
    )
    out = found.of("62.01")
    assert (out.chosen, out.score, out.reason.why, out.reason.of) == (
        False,
        None,
        "requirement",
        ("letter",),
    )


def test_a_missing_value_is_never_a_zero() -> None:
    found = select([applicant("62.01", 4, None), applicant("62.02", 0, 1)], POINTS)
    assert found.of("62.01").reason == replace(
        found.of("62.01").reason, why="missing", of=("poor",)
    )


def test_a_tie_at_the_last_seat_is_parted_by_the_criterion_named() -> None:
    found = select(
        [
            applicant("62.01", 4, 0),  # 60
            applicant("62.02", 0, 9),  # 40
            applicant("62.03", Fraction(8, 3), 0),  # 40: more points
        ],
        POINTS,
    )
    assert [one.code for one in found.chosen] == ["62.01", "62.03"]
    assert found.of("62.02").reason.tied == ("62.03",)
    assert found.of("62.02").reason.parted_by == "leader"


def test_what_no_criterion_parts_the_lot_does_and_can_be_drawn_again() -> None:
    same = [applicant(f"62.{n:02d}", 2, 1) for n in range(1, 6)]
    first, again = select(same, POINTS), select(reversed(same), POINTS)
    assert first == again
    assert {one.reason.parted_by for one in first.results} == {"lot"}
    other = select(same, replace(POINTS, seed="2023"))
    assert [one.code for one in other.results] != [one.code for one in first.results]


def test_a_full_province_lets_the_next_one_in() -> None:
    method = replace(POINTS, per_province=1)
    found = select(
        [applicant("62.01", 4, 9), applicant("62.02", 4, 8), applicant("61.01", 0, 0)],
        method,
    )
    assert [one.code for one in found.chosen] == ["62.01", "61.01"]
    assert found.of("62.02").reason.why == "province"


def test_lower_is_better_where_the_method_says_so() -> None:
    method = Method((Criterion("far", Fraction(100), "lower"),), seats=1)
    near = Applicant("62.01", {"far": Fraction(1)})
    away = Applicant("62.02", {"far": Fraction(9)})
    assert select([near, away], method).chosen[0].code == "62.01"


@pytest.mark.parametrize(
    "method",
    [
        replace(POINTS, criteria=()),
        replace(POINTS, criteria=(Criterion("leader", Fraction(99)),)),
        replace(POINTS, tie_break=("nobody",)),
        replace(POINTS, seats=0),
        replace(POINTS, per_province=0),
    ],
)
def test_a_method_without_sense_is_refused(method: Method) -> None:
    with pytest.raises(MethodError):
        select([], method)


def test_points_out_of_bounds_and_a_second_application_are_refused() -> None:
    with pytest.raises(MethodError):
        select([applicant("62.01", 5, 1)], POINTS)
    with pytest.raises(MethodError):
        select([applicant("62.01", 1, 1), applicant("62.01", 2, 1)], POINTS)


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 9), st.booleans()), max_size=12
    ),
    st.integers(1, 6),
)
def test_nobody_chosen_scores_less_than_somebody_left_out(
    rows: Any, seats: int
) -> None:
    every = [
        applicant(f"62.{n:02d}", leader, poor, letter=met)
        for n, (leader, poor, met) in enumerate(rows, 1)
    ]
    found = select(every, replace(POINTS, seats=seats))
    able = [one for one in found.results if one.score is not None]
    assert len(found.chosen) == min(seats, len(able))
    assert len(found.results) == len(every)
    worst = min((one.score or Fraction(0) for one in found.chosen), default=Fraction(0))
    left = [one.score or Fraction(0) for one in able if not one.chosen]
    assert all(score <= worst for score in left)
    assert all(one.score == sum(part.score for part in one.parts) for one in able)


# Provinces with a bound, against a twin that chooses one seat at a time

POSTED = [f"{province}.{n:02d}" for province in (61, 62, 63) for n in range(1, 5)]


def one_seat_at_a_time(every: list[Applicant], method: Method) -> list[str]:
    """The slow and obvious way: look at all who are left, for every seat."""
    left = [a for a in every if all(a.meets.get(code) for code in method.requirements)]

    def value(a: Applicant, criterion: Criterion) -> Fraction:
        return a.values[criterion.code] or Fraction(0)

    def share(a: Applicant, criterion: Criterion) -> Fraction:
        if criterion.kind == "points":
            return value(a, criterion) / criterion.most
        every_one = [value(one, criterion) for one in left]
        width = max(every_one) - min(every_one)
        return (value(a, criterion) - min(every_one)) / width if width else Fraction(1)

    def better(a: Applicant) -> Any:
        score = sum(c.weight * share(a, c) for c in CRITERIA)
        lot = hashlib.sha256(f"{method.seed}|{a.code}".encode()).hexdigest()
        return (-score, -share(a, CRITERIA[0]), lot)

    seated: list[str] = []
    while len(seated) < method.seats:
        open_ = [
            a
            for a in left
            if a.code not in seated
            and method.per_province is not None
            and sum(code[:2] == a.province for code in seated) < method.per_province
        ]
        if not open_:
            break
        seated.append(min(open_, key=better).code)
    return seated


CRITERIA = POINTS.criteria
TOWNS = st.lists(
    st.tuples(
        st.sampled_from(POSTED), st.integers(0, 4), st.integers(0, 9), st.booleans()
    ),
    max_size=12,
    unique_by=lambda row: row[0],
)


@given(TOWNS, st.integers(1, 6), st.integers(1, 3))
def test_with_a_bound_of_provinces_the_same_as_seat_by_seat(
    rows: Any, seats: int, bound: int
) -> None:
    every = [applicant(code, a, b, letter=met) for code, a, b, met in rows]
    method = replace(POINTS, seats=seats, per_province=bound)
    found = select(every, method)
    assert [one.code for one in found.chosen] == one_seat_at_a_time(every, method)
    for one in found.results:
        beside = [c.code for c in found.chosen if c.code[:2] == one.code[:2]]
        if one.reason.why == "province":
            assert len(beside) == bound
        if one.reason.why == "reserve":
            assert len(found.chosen) == seats


@given(TOWNS, st.integers(1, 6), st.randoms(use_true_random=False))
def test_neither_the_order_of_arrival_nor_the_unit_of_a_number_matters(
    rows: Any, seats: int, dice: Any
) -> None:
    every = [applicant(code, a, b, letter=met) for code, a, b, met in rows]
    found = select(every, replace(POINTS, seats=seats))
    mixed = [
        applicant(code, a, Fraction(b) * 1000 + 7, letter=met)
        for code, a, b, met in rows
    ]
    dice.shuffle(mixed)
    again = select(mixed, replace(POINTS, seats=seats))
    assert [(o.code, o.score, o.chosen) for o in found.results] == [
        (o.code, o.score, o.chosen) for o in again.results
    ]


@given(TOWNS, st.integers(1, 6))
def test_one_who_was_not_chosen_changes_nothing_by_staying_away(
    rows: Any, seats: int
) -> None:
    """By points alone: a measured number is set between those who take part."""
    points = replace(
        POINTS, criteria=(Criterion("leader", Fraction(100)),), seats=seats
    )
    every = [applicant(code, a, b, letter=met) for code, a, b, met in rows]
    found = select(every, points)
    chosen = [one.code for one in found.chosen]
    for left_out in (one.code for one in found.results if not one.chosen):
        fewer = select([one for one in every if one.code != left_out], points)
        assert [one.code for one in fewer.chosen] == chosen


def test_a_seat_that_stays_empty_says_province_and_not_reserve() -> None:
    method = replace(POINTS, per_province=1)
    found = select([applicant("62.01", 4, 9), applicant("62.02", 4, 8)], method)
    assert [one.code for one in found.chosen] == ["62.01"]
    assert found.of("62.02").reason.why == "province"


def test_of_two_alike_the_one_whose_province_is_full_is_parted_by_that() -> None:
    method = replace(POINTS, per_province=1)
    found = select(
        [applicant("62.01", 4, 9), applicant("62.02", 2, 5), applicant("61.01", 2, 5)],
        method,
    )
    assert [one.code for one in found.chosen] == ["62.01", "61.01"]
    for code, other in (("62.02", "61.01"), ("61.01", "62.02")):
        assert found.of(code).reason.tied == (other,)
        assert found.of(code).reason.parted_by == "province"
