from datetime import date, timedelta

import pytest

from habaring.exchange.survival import (
    Adopted,
    Asked,
    State,
    due,
    standing,
    year_after,
)

ADOPTED = Adopted(date(2024, 3, 1))
FIRST = date(2025, 3, 1)


@pytest.mark.parametrize(
    ("asked", "on", "state", "waiting"),
    [
        ([], date(2024, 6, 1), State.YOUNG, False),
        ([Asked(FIRST)], date(2025, 3, 2), State.YOUNG, True),
        ([Asked(FIRST)], date(2026, 2, 28), State.YOUNG, True),
        ([Asked(FIRST)], date(2026, 3, 1), State.UNKNOWN, True),
        (
            [Asked(FIRST, date(2025, 4, 1), "running")],
            date(2025, 5, 1),
            State.RUNNING,
            False,
        ),
        (
            [
                Asked(FIRST, date(2025, 4, 1), "running"),
                Asked(date(2026, 3, 1)),
            ],
            date(2026, 8, 1),
            State.RUNNING,
            True,
        ),
        (
            [
                Asked(FIRST, date(2025, 4, 1), "running"),
                Asked(date(2026, 3, 1)),
            ],
            date(2027, 3, 1),
            State.UNKNOWN,
            True,
        ),
        (
            [Asked(FIRST), Asked(date(2026, 3, 1), date(2026, 3, 9), "changed")],
            date(2026, 4, 1),
            State.CHANGED,
            False,
        ),
        (
            [Asked(FIRST, date(2026, 9, 9), "changed")],  # late, but said
            date(2026, 10, 1),
            State.CHANGED,
            False,
        ),
    ],
)
def test_where_an_adoption_stands(
    asked: list[Asked], on: date, state: State, waiting: bool
) -> None:
    found = standing(ADOPTED, asked, on=on)
    assert (found.state, found.waiting) == (state, waiting)
    assert str(found.words)
    assert found.tone


def test_what_has_stopped_is_asked_no_more() -> None:
    found = standing(
        ADOPTED, [Asked(FIRST, date(2025, 3, 5), "stopped")], on=date(2030, 1, 1)
    )
    assert (found.state, found.next_on) == (State.STOPPED, None)
    assert not due(
        ADOPTED, [Asked(FIRST, date(2025, 3, 5), "stopped")], on=date(2030, 1, 1)
    )


def test_what_was_undone_is_asked_no_more() -> None:
    undone = Adopted(date(2024, 3, 1), date(2024, 9, 1))
    assert standing(undone, [], on=date(2026, 1, 1)).state == State.UNDONE
    assert not due(undone, [], on=date(2026, 1, 1))


def test_the_question_goes_out_once_a_year_and_not_before() -> None:
    assert not due(ADOPTED, [], on=FIRST - timedelta(days=1))
    assert due(ADOPTED, [], on=FIRST)
    assert not due(ADOPTED, [Asked(FIRST)], on=FIRST)
    assert not due(ADOPTED, [Asked(FIRST)], on=date(2026, 2, 28))
    assert due(ADOPTED, [Asked(FIRST)], on=date(2026, 3, 1))


def test_a_leap_day_has_a_year_after() -> None:
    assert year_after(date(2024, 2, 29)) == date(2025, 2, 28)


def test_played_day_by_day_over_ten_years_of_silence() -> None:
    asked: list[Asked] = []
    on = ADOPTED.on
    while on < date(2034, 3, 1):
        if due(ADOPTED, asked, on=on):
            asked.append(Asked(on))
        on += timedelta(days=1)
    assert [one.on.year for one in asked] == list(range(2025, 2034))
    assert standing(ADOPTED, asked, on=on).state == State.UNKNOWN
