"""How an owned thing stands against its day: on time, due, late, escalated. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(StrEnum):
    """The states, the worst first."""

    ESCALATED = "escalated"  # late for so long that the superior is told too
    LATE = "late"
    DUE = "due"  # today or within the days of notice
    ON_TIME = "on_time"


ORDER: tuple[State, ...] = tuple(State)

WORDS: dict[State, Promise] = {
    State.ESCALATED: _("escalated"),
    State.LATE: _("late"),
    State.DUE: _("due soon"),
    State.ON_TIME: _("on time"),
}
TONES: dict[State, str] = {
    State.ESCALATED: "bad",
    State.LATE: "warn",
    State.DUE: "info",
    State.ON_TIME: "good",
}


@dataclass(frozen=True)
class Rhythm:
    """When a kind of thing is reminded of, and after how many days its superior is."""

    remind_before_days: int = 14
    escalate_after_days: int = 30


def state(due_on: date | None, rhythm: Rhythm, *, on: date) -> State:
    """How a thing due on a day stands on another; what has no day is on time.

    It is late from the day after, and escalated once it is late for more than
    `escalate_after_days`.
    """
    if due_on is None or due_on > on + timedelta(days=rhythm.remind_before_days):
        return State.ON_TIME
    if due_on >= on:
        return State.DUE
    if (on - due_on).days > rhythm.escalate_after_days:
        return State.ESCALATED
    return State.LATE


def working_day(day: date) -> bool:
    """Monday to Friday: reminders are quiet on the other days."""
    return day.weekday() < 5
