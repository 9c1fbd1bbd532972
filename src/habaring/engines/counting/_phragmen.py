"""Sequential Phragmén for approvals, exact.

Everybody gets money at the same speed. The moment the supporters of a project have its
cost together it is bought and they have nothing again. The count ends when something
that could be bought now does not fit into the budget (as `sequential_phragmen` of
pabutools 1.2); what a conflict or a category's money bars is left out instead.
Source: Los, Christoff, Grossi: Proportional Budget Allocations, IJCAI 2022.

How: a supporter's money began at the time of the last project bought for them. So the
time of project p is (cost + Σ n(p, t) × t) / votes, over the times t of purchases, where
n(p, t) counts those supporters whose last one was bought at t. Counts are whole numbers;
floats (with their error bound) leave the few that may be first, which are compared in
whole numbers over one denominator.
"""

import sys
from collections.abc import Sequence
from fractions import Fraction
from math import gcd

import numpy as np
from numpy.typing import NDArray

from habaring.engines.counting._course import Course
from habaring.engines.counting._outcome import Outcome, Reason, Round
from habaring.engines.counting._prepare import Prepared, read_only
from habaring.engines.counting._values import Problem, Refused

MOST_CELLS = 100_000_000
"""Projects × winners, 8 bytes each."""
SOME_ENTRIES, MANY_ENTRIES = 20_000, 2_000_000
"""From here on compiled loops are worth it where numba is loaded, where it is not."""
MOST_MONEY = 2**53
END, ASK, OVER = 0, 1, 2

Floats = NDArray[np.float64]


def phragmen(prepared: Prepared) -> Outcome:
    """The whole rule."""
    return in_loops(prepared) if _worth_loops(prepared) else in_arrays(prepared)


def _worth_loops(prepared: Prepared) -> bool:
    entries = len(prepared.election.ballots.projects)
    return (
        entries > (SOME_ENTRIES if "numba" in sys.modules else MANY_ENTRIES)
        and not prepared.limits
        and prepared.election.budget < MOST_MONEY
        and len(prepared.costs) * (_most_winners(prepared) + 1) < MOST_CELLS // 4
    )


def _most_winners(prepared: Prepared) -> int:
    left = prepared.election.budget
    for n, cost in enumerate(sorted(prepared.costs[p] for p in prepared.candidates)):
        left -= cost
        if left < 0:
            return n
    return len(prepared.candidates)


class Times:
    """Times of purchases as whole numbers over one denominator; the first is 0."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.over = [0]
        self.under = 1

    def of(self, p: int, counts: Sequence[float]) -> Fraction:
        """When p's supporters have its cost; `counts`: n(p, t)."""
        began = sum(int(n) * t for n, t in zip(counts, self.over, strict=True) if n)
        have = self.prepared.costs[p] * self.under + began
        return Fraction(have, self.under * self.prepared.votes[p])

    def append(self, time: Fraction) -> None:
        """Note the next purchase's time."""
        more = time.denominator // gcd(self.under, time.denominator)
        if more > 1:
            self.over = [t * more for t in self.over]
            self.under *= more
        self.over.append(time.numerator * (self.under // time.denominator))


def in_arrays(prepared: Prepared) -> Outcome:
    """Purchase by purchase with numpy, which needs nothing compiled."""
    course = Course(prepared)
    clock = Clock(prepared)
    waiting = [p for p in prepared.candidates if not _barred(course, p)]
    while waiting:
        first, time = clock.first(waiting)
        if over := [p for p in first if course.room.why_not(p) is not None]:
            _end(course, waiting, over)
            break
        p, *others = first
        course.buy(p, Round(0, "", "main", time, full=prepared.votes[p]), others)
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
        self.times = Times(prepared)
        many = len(prepared.costs)
        self._costs = np.array(prepared.costs, np.float64)
        self._votes = np.array(prepared.votes, np.float64)
        self._since: Floats = np.zeros(16)  # the times, rounded
        self._counts: Floats = np.zeros((many, 16))  # n(p, t), whole numbers
        self._counts[:, 0] = self._votes
        self._last = np.zeros(len(prepared.people), np.int64)

    def first(self, waiting: Sequence[int]) -> tuple[list[int], Fraction]:
        """Those that are bought first, in the order given, and when."""
        n, who = len(self.times.over), np.array(waiting)
        began = self._counts[who, :n] @ self._since[:n]
        rounded = (self._costs[who] + began) / self._votes[who]
        # n + 5 roundings of terms none of which is negative; four times that is safe
        near = rounded <= rounded.min() * (1 + (n + 8) * 2.0**-50)
        near_by = who[near].tolist()
        exact = [self.times.of(p, self._counts[p, :n].tolist()) for p in near_by]
        time = min(exact)
        return [p for p, t in zip(near_by, exact, strict=True) if t == time], time

    def buy(self, p: int, time: Fraction) -> None:
        """From now on p's supporters have nothing."""
        prepared, n = self.prepared, len(self.times.over)
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


def in_loops(prepared: Prepared) -> Outcome:
    """The same in compiled loops; no limit but the budget."""
    course = Course(prepared)
    table = Table(prepared)
    waiting = sorted(prepared.candidates, key=prepared.rank.__getitem__)
    tied: dict[int, list[int]] = {}
    while True:
        stopped = table.play()
        over: list[int] = []
        if stopped == ASK:
            first, time = table.first(waiting)
            over = [p for p in first if prepared.costs[p] > table.left]
            if not over:
                p, *tied[table.n] = first
                table.buy(p, float(time))
                continue
        elif stopped == OVER:
            over = table.first(waiting)[0]
        break
    for n, p in enumerate(table.winners(), 1):
        told = Round(0, "", "main", table.time(n), full=prepared.votes[p])
        course.buy(p, told, tied.get(n, ()))
    _end(course, [p for p in waiting if table.desk.alive[p]], over)
    return course.outcome()


class Table:
    """The arrays of `_phragmen_loops`, and the exact times of what has been bought."""

    def __init__(self, prepared: Prepared) -> None:
        from habaring.engines.counting import _phragmen_loops as loops

        self.prepared, self.times, self.loops = prepared, Times(prepared), loops
        many, size = len(prepared.costs), _most_winners(prepared) + 1
        rows, columns, people = prepared.by_ballot, prepared.by_project, prepared.people
        self.n, self.left = 1, prepared.election.budget
        self.desk = loops.Desk(
            starts=read_only(rows.starts),
            to=read_only(rows.to),
            people=read_only(people),
            first=columns.starts,
            lines=columns.to,
            costs=np.array(prepared.costs, np.int64),
            votes=np.array(prepared.votes, np.float64),
            counts=np.zeros((many, size)),
            rows=np.zeros((size, size)),
            last=np.zeros(len(people), np.int64),
            since=np.zeros(size),
            errors=np.zeros(size),
            alive=np.zeros(many, np.bool_),
            order=np.zeros(size, np.int64),
            times=np.zeros(many),
        )
        self.desk.alive[list(prepared.candidates)] = True
        self.desk.counts[:, 0] = prepared.votes

    def play(self) -> int:
        """Buy as long as floats can tell who is first."""
        stopped, self.n, self.left = self.loops.play(self.desk, self.n, self.left)
        return int(stopped)

    def buy(self, p: int, time: float) -> None:
        """Buy what fractions have decided."""
        self.loops.buy(self.desk, p, self.n, time)
        self.left -= self.prepared.costs[p]
        self.n += 1

    def first(self, waiting: Sequence[int]) -> tuple[list[int], Fraction]:
        """Those that are bought next, in the order given, and when."""
        n = self.n
        self.time(n - 1)
        who = [p for p in waiting if self.desk.alive[p]]
        rounded = self.desk.times[who]
        spread = max(2.0**-30, 16 * float(self.desk.errors[n - 1]))
        near = rounded <= rounded.min() * (1 + spread)
        exact = {
            p: self.times.of(p, self.desk.counts[p, :n].tolist())
            for p, is_near in zip(who, near.tolist(), strict=True)
            if is_near
        }
        time = min(exact.values())
        return [p for p, t in exact.items() if t == time], time

    def time(self, n: int) -> Fraction:
        """The time of purchase n (0: when it all began), exactly."""
        for k in range(len(self.times.over), n + 1):
            p = int(self.desk.order[k])
            self.times.append(self.times.of(p, self.desk.rows[k, :k].tolist()))
        return Fraction(self.times.over[n], self.times.under)

    def winners(self) -> list[int]:
        """In the order bought."""
        return [int(p) for p in self.desk.order[1 : self.n]]
