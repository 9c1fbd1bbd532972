"""Max welfare: of all sets that fit, the one worth most to all voters together.

Of equally good sets it is the one with the first project of the tie order, then the
second, and so on. Found by branch and bound on whole numbers (Dantzig's bound; Martello,
Toth: Knapsack Problems, 1990); where that takes too long and only the budget limits,
by dynamic programming over the budget. A problem too hard for both is refused.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from habaring.engines.counting._bound import Bound
from habaring.engines.counting._course import Course
from habaring.engines.counting._outcome import Outcome, Reason, Round
from habaring.engines.counting._prepare import Prepared
from habaring.engines.counting._room import Limited
from habaring.engines.counting._values import Problem, Refused

MOST_NODES = 400_000
MOST_STEPS = 500_000_000
"""Of dynamic programming: projects × budget in the largest unit of all costs."""

Chain: TypeAlias = "tuple[int, Chain] | None"


class TooHard(Exception):  # noqa: N818 (no error: another way is tried)
    """Branch and bound has looked at `MOST_NODES` places without an answer."""


@dataclass(frozen=True)
class Task:
    """The best of `items` within `room`; `amounts` of purses; `banned` by bits."""

    items: tuple[int, ...]
    room: int
    amounts: tuple[int, ...] = ()
    banned: int = 0
    value: int = 0
    chosen: frozenset[int] = frozenset()


@dataclass
class Search:
    """Best sets under the limits; positions as in `Limited`."""

    limits: Limited
    values: Sequence[int]
    nodes: int = 0
    rivals: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rivals = [sum(1 << q for q in rivals) for rivals in self.limits.rivals]

    def whole(self, items: Iterable[int]) -> Task:
        """Everything may be taken, nothing is yet."""
        return Task(tuple(items), self.limits.budget, self.limits.amounts)

    def without(self, task: Task, p: int) -> Task:
        """The task with p decided: out."""
        return Task(
            tuple(q for q in task.items if q != p),
            task.room,
            task.amounts,
            task.banned,
            task.value,
            task.chosen,
        )

    def having(self, task: Task, p: int) -> Task | None:
        """The task with p decided: in; None where that does not fit."""
        room, amounts = task.room - self.limits.costs[p], self._pay(task.amounts, p)
        if room < 0 or amounts is None or task.banned >> p & 1:
            return None
        banned = task.banned | (self.rivals[p] if self.rivals else 0)
        return Task(
            tuple(q for q in task.items if q != p and not banned >> q & 1),
            room,
            amounts,
            banned,
            task.value + self.values[p],
            task.chosen | {p},
        )

    def _pay(self, amounts: tuple[int, ...], p: int) -> tuple[int, ...] | None:
        if not self.limits.purses or not self.limits.purses[p]:
            return amounts
        left = list(amounts)
        for purse in self.limits.purses[p]:
            left[purse] -= self.limits.costs[p]
        return tuple(left) if min(left) >= 0 else None

    def best(self, task: Task, above: int, enough: int | None = None) -> Task | None:
        """The best set worth more than `above`, or the first worth `enough`; or None."""
        found = None
        bound = Bound(task.items, self.limits, self.values)
        costs, values, rivals = self.limits.costs, self.values, self.rivals
        stack: list[tuple[int, int, int, tuple[int, ...], int, Chain]]
        stack = [(0, task.value, task.room, task.amounts, task.banned, None)]
        while stack:
            i, value, room, amounts, banned, chain = stack.pop()
            self._count()
            if value > above:
                above = value
                found = _found(task, value, chain)
                if enough is not None and value >= enough:
                    return found
            if i == len(bound.items) or value + bound.most(i, room, amounts) <= above:
                continue
            p = bound.items[i]
            stack.append((i + 1, value, room, amounts, banned, chain))
            left = None if banned >> p & 1 else self._pay(amounts, p)
            if costs[p] <= room and left is not None:
                more = banned | (rivals[p] if rivals else 0)
                gain, rest = value + values[p], room - costs[p]
                stack.append((i + 1, gain, rest, left, more, (p, chain)))
        return found

    def _count(self) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise TooHard


def _found(task: Task, value: int, chain: Chain) -> Task:
    chosen = set(task.chosen)
    while chain is not None:
        p, chain = chain
        chosen.add(p)
    return Task((), 0, (), 0, value, frozenset(chosen))


def welfare(prepared: Prepared) -> Outcome:
    """The whole rule. Its rounds are the winners in tie order: all are chosen at once."""
    rank = prepared.rank.__getitem__
    items = sorted((*prepared.free, *prepared.candidates), key=rank)
    search = Search(prepared.limits, prepared.total)
    try:
        chosen = canonical(search, items)
    except TooHard:
        chosen = _by_table(prepared, items)
    return _told(prepared, items, chosen, _ties(search, items, chosen))


def canonical(search: Search, items: Sequence[int]) -> frozenset[int]:
    """The best set, and of equal ones the first: each project is decided in turn."""
    task = search.whole(items)
    best = search.best(task, -1)
    assert best is not None  # noqa: S101 (the empty set is worth 0)
    for p in items:
        having = search.having(task, p)
        if p not in best.chosen and having is not None:
            other = search.best(having, best.value - 1, best.value)
            best = other or best
        if p in best.chosen and having is not None:
            task = having
        else:
            task = search.without(task, p)
    return best.chosen


def _ties(
    search: Search, items: Sequence[int], chosen: frozenset[int]
) -> list[tuple[int, ...]]:
    """For each winner that an equally good set does without: it, and what that has."""
    ties: list[tuple[int, ...]] = []
    value, whole = sum(search.values[p] for p in chosen), search.whole(items)
    for p in (p for p in items if p in chosen and search.values[p]):
        try:
            other = search.best(search.without(whole, p), value - 1, value)
        except TooHard:
            break
        if other is not None:
            ties.append((p, *(q for q in items if q in other.chosen - chosen)))
    return ties


def _by_table(prepared: Prepared, items: Sequence[int]) -> frozenset[int]:
    """Dynamic programming from the last of the tie order to the first."""
    costs, values = prepared.costs, prepared.total
    unit = gcd(*(costs[p] for p in items)) or 1
    room = prepared.limits.budget // unit
    size, most = room * len(items), sum(values[p] for p in items)
    if prepared.limits or size > MOST_STEPS or most >= 2**63:
        text = "max welfare: too many sets are almost equally good to find the best"
        raise Refused((Problem("too_hard", text, {"projects": len(items)}),))
    best: NDArray[np.int64] = np.zeros(room + 1, np.int64)
    taken: dict[int, NDArray[np.uint8]] = {}
    for p in reversed(items):
        cost = costs[p] // unit
        having = np.full(room + 1, -1, np.int64)
        having[cost:] = best[: room + 1 - cost] + values[p]
        taken[p] = np.packbits(having >= best)
        best = np.maximum(best, having)
    chosen = set()
    for p in items:
        if taken[p][room >> 3] >> (7 - (room & 7)) & 1:
            chosen.add(p)
            room -= costs[p] // unit
    return frozenset(chosen)


def _told(
    prepared: Prepared,
    items: Sequence[int],
    chosen: frozenset[int],
    ties: list[tuple[int, ...]],
) -> Outcome:
    course = Course(prepared, free=False)
    ids = prepared.ids
    for p in (p for p in items if p in chosen):
        if not prepared.costs[p]:
            course.give(p)
            continue
        rate = Fraction(prepared.total[p], prepared.costs[p] * prepared.unit)
        course.buy(p, Round(0, "", "main", rate, full=prepared.votes[p]))
    course.ties += [tuple(ids[p] for p in tie) for tie in ties]
    for p in (p for p in items if p not in chosen):
        reason = course.room.barred(p)
        conflict = reason == Reason.CONFLICT
        course.lose(p, Reason.CONFLICT if conflict else Reason.NOT_BEST)
    return course.outcome()
