from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from habaring.posts.states import ORDER, Rhythm, State, state, working_day

RHYTHM = Rhythm(remind_before_days=7, escalate_after_days=10)
DAY = date(2026, 11, 2)


def stands(days: int) -> State:
    return state(DAY + timedelta(days=days), RHYTHM, on=DAY)


def test_what_has_no_day_is_on_time() -> None:
    assert state(None, RHYTHM, on=DAY) is State.ON_TIME


def test_each_state_begins_on_its_day() -> None:
    assert [stands(days) for days in (8, 7, 0, -1, -10, -11)] == [
        State.ON_TIME,
        State.DUE,
        State.DUE,
        State.LATE,
        State.LATE,
        State.ESCALATED,
    ]


@given(st.integers(-400, 400), st.integers(0, 400))
def test_time_never_makes_a_thing_better(days: int, later: int) -> None:
    due = DAY + timedelta(days=days)
    now, then = (state(due, RHYTHM, on=DAY + timedelta(days=n)) for n in (0, later))
    assert ORDER.index(then) <= ORDER.index(now)


def test_reminders_are_quiet_on_the_weekend() -> None:
    assert [working_day(DAY + timedelta(days=n)) for n in range(7)] == [
        *[True] * 5,
        False,
        False,
    ]
