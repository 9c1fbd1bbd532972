"""The clock of an adoption: when to ask whether it lives, and what silence means.

Pure. A year after the adoption, and a year after each question, three questions go to
who adopted. What is not answered within twelve months of being asked is unknown, until
somebody answers again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from habaring.shared.refusal import Words


class State(StrEnum):
    """Where an adoption stands."""

    YOUNG = "young"  # nobody has been asked yet
    RUNNING = "running"
    CHANGED = "changed"
    STOPPED = "stopped"
    UNKNOWN = "unknown"
    UNDONE = "undone"


WORDS: dict[State, Words] = {
    State.YOUNG: _("adopted, first check to come"),
    State.RUNNING: _("still running as adopted"),
    State.CHANGED: _("running, but changed"),
    State.STOPPED: _("stopped"),
    State.UNKNOWN: _("unknown: silent for 12 months"),
    State.UNDONE: _("adoption undone"),
}
TONES = {
    State.YOUNG: "info",
    State.RUNNING: "good",
    State.CHANGED: "good",
    State.STOPPED: "warn",
    State.UNKNOWN: "warn",
    State.UNDONE: "info",
}


@dataclass(frozen=True)
class Adopted:
    """When it began, and when it was undone, if it was."""

    on: date
    undone_on: date | None = None


@dataclass(frozen=True)
class Asked:
    """One yearly question, and its answer ("running", "changed", "stopped") or ""."""

    on: date
    answered_on: date | None = None
    running: str = ""


@dataclass(frozen=True)
class Standing:
    """Where it stands since when; `waiting`: a question is out; `next_on`: the next one
    (None: none any more).
    """

    state: State
    since: date
    waiting: bool = False
    next_on: date | None = None

    @property
    def words(self) -> Words:
        return WORDS[self.state]

    @property
    def tone(self) -> str:
        return TONES[self.state]


def year_after(day: date) -> date:
    """The same day a year later; 28 February for 29 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def standing(adopted: Adopted, asked: Sequence[Asked], *, on: date) -> Standing:
    """Where an adoption stands on a day, by what was asked and answered until then."""
    if adopted.undone_on is not None:
        return Standing(State.UNDONE, adopted.undone_on)
    told = sorted((one for one in asked if one.on <= on), key=lambda one: one.on)
    answered = [one for one in told if one.answered_on and one.answered_on <= on]
    last = max(answered, key=lambda one: one.answered_on or one.on, default=None)
    if last is None:
        state, since = State.YOUNG, adopted.on
    else:
        state, since = State(last.running), last.answered_on or last.on
    silent = [one for one in told if one not in answered and one.on >= since]
    over = [year_after(one.on) for one in silent if year_after(one.on) <= on]
    if over:
        state, since = State.UNKNOWN, over[0]
    if state == State.STOPPED:
        return Standing(state, since)
    next_on = year_after(told[-1].on if told else adopted.on)
    waiting = bool(told) and told[-1] in silent
    return Standing(state, since, waiting, next_on)


def due(adopted: Adopted, asked: Sequence[Asked], *, on: date) -> bool:
    """Whether the next question is to go out on this day."""
    next_on = standing(adopted, asked, on=on).next_on
    return next_on is not None and next_on <= on
