"""Sequential Phragmén for approvals, exact.

Everybody gets money at the same speed. The moment the supporters of a project have its
cost together it is bought and they have nothing again. The count ends when something
that could be bought now does not fit into the budget (as `sequential_phragmen` of
pabutools 1.2); what a conflict or a category's money bars is left out instead.
Source: Los, Christoff, Grossi: Proportional Budget Allocations, IJCAI 2022.

How: a supporter's money began at the time of the last project bought for them. So the
time of project p is (cost + Σ n(p, t) × t) / votes, over the times t of purchases, where
n(p, t) counts those supporters whose last one was bought at t. Counts are whole numbers;
floats (with their error bound) leave the few that may be first, which are compared as
fractions.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from habaring.engines.counting._course import Course
from habaring.engines.counting._outcome import Outcome, Reason, Round
from habaring.engines.counting._prepare import Prepared
from habaring.engines.counting._values import Problem, Refused

MOST_CELLS = 100_000_000
"""Projects × winners, 8 bytes each."""

Floats = NDArray[np.float64]


def phragmen(prepared: Prepared) -> Outcome:
    """The whole rule."""
    course = Course(prepared)
    clock = Clock(prepared)
    waiting = [p for p in prepared.candidates if not _barred(course, p)]
    while waiting:
        first, time = clock.first(waiting)
        if over := [p for p in first if course.room.why_not(p) is not None]:
            _end(course, waiting, over)
            break
        p, *others = first
        told = Round(0, "", "main", _fraction(time), full=prepared.votes[p])
        course.buy(p, told, others)
        clock.buy(p, time)
        waiting.remove(p)
        if prepared.limits:
            waiting = [q for q in waiting if not _barred(course, q)]
    return course.outcome()


def _barred(course: Course, p: int) -> bool:
    """Whether a limit other than the budget keeps p out for good; noted if so."""
    reason = course.room.barred(p)
    if reason is not None:
        course.lose(p, reason)
    return reason is not None


def _end(course: Course, waiting: Sequence[int], over: Sequence[int]) -> None:
    """It ends at those that are `over`; of the others the money was not there yet."""
    for p in waiting:
        if p in over or course.room.why_not(p) is not None:
            course.lose(p, Reason.OVER_BUDGET)
        else:
            course.lose(p, Reason.UNAFFORDABLE)


class Clock:
    """When each project's supporters have its cost, as purchases are made."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.times: list[Any] = [_mpq(0)]  # of purchases; before the first: 0
        many = len(prepared.costs)
        self._costs = np.array(prepared.costs, np.float64)
        self._votes = np.array(prepared.votes, np.float64)
        self._since: Floats = np.zeros(16)  # the times, rounded
        self._counts: Floats = np.zeros((many, 16))  # n(p, t), whole numbers
        self._counts[:, 0] = self._votes
        self._last = np.zeros(len(prepared.people), np.int64)

    def first(self, waiting: Sequence[int]) -> tuple[list[int], Any]:
        """Those that are bought first, in the order given, and when."""
        n, who = len(self.times), np.array(waiting)
        began = self._counts[who, :n] @ self._since[:n]
        rounded = (self._costs[who] + began) / self._votes[who]
        # n + 5 roundings of terms none of which is negative; four times that is safe
        near = rounded <= rounded.min() * (1 + (n + 8) * 2.0**-50)
        near_by = who[near].tolist()
        exact = [self.time(p) for p in near_by]
        time = min(exact)
        return [p for p, t in zip(near_by, exact, strict=True) if t == time], time

    def time(self, p: int) -> Any:
        """When p's supporters have its cost, exactly."""
        counts = self._counts[p, : len(self.times)]
        total = _mpq(self.prepared.costs[p])
        for t in np.flatnonzero(counts).tolist():
            total += int(counts[t]) * self.times[t]
        return total / self.prepared.votes[p]

    def buy(self, p: int, time: Any) -> None:
        """From now on p's supporters have nothing."""
        prepared, n = self.prepared, len(self.times)
        rows, columns = prepared.by_ballot, prepared.by_project
        ballots = columns.to[columns.starts[p] : columns.starts[p + 1]]
        starts = rows.starts[ballots]
        many = rows.starts[ballots + 1] - starts
        before = np.cumsum(many) - many
        entries = np.repeat(starts - before, many) + np.arange(int(many.sum()))
        cells = rows.to[entries] * np.int64(n) + np.repeat(self._last[ballots], many)
        people = np.repeat(prepared.people[ballots], many)
        size = len(self._counts)
        moved = np.bincount(cells, people, size * n).reshape(size, n)
        self._make_room(n + 1)
        self._counts[:, :n] -= moved
        self._counts[:, n] = moved.sum(axis=1)
        self._last[ballots] = n
        self._since[n] = float(time)
        self.times.append(time)

    def _make_room(self, columns: int) -> None:
        size, room = self._counts.shape
        if columns <= room:
            return
        if size * 2 * room > MOST_CELLS:
            text = (
                f"too many projects for Phragmén's rule: {size}, {columns} of them won"
            )
            raise Refused((Problem("too_large", text, {"projects": size}),))
        self._since = np.concatenate((self._since, np.zeros(room)))
        self._counts = np.hstack((self._counts, np.zeros((size, room))))


def _mpq(value: int) -> Any:
    """A fraction of gmpy2, which is imported when the first count needs it."""
    from gmpy2 import mpq

    return mpq(value)


def _fraction(value: Any) -> Fraction:
    return Fraction(int(value.numerator), int(value.denominator))
