"""Phragmén's purchases in compiled loops: floats with an error bound, counts exact.

Imported only when numba is loaded or worth loading. `play` buys as long as one project
is certainly first; else it gives back ASK, and fractions decide.
"""

from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from habaring.engines.counting._phragmen import ASK, END, OVER

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

UNIT = 2.0**-53


class Desk(NamedTuple):
    """The election (as `Entries`, both ways) and what has happened.

    Of P projects and at most N purchases, 0 being the beginning: `counts` [P, N] is
    n(p, t); `rows` [N, N] the row of each winner when it was bought; `since` [N] the
    times, each with a relative error of at most `errors`; `order` [N] who was bought;
    `last` of each ballot its last purchase.
    """

    starts: Ints
    to: NDArray[np.int32]
    people: Ints
    first: Ints
    lines: NDArray[np.int32]
    costs: Ints
    votes: Floats
    counts: Floats
    rows: Floats
    last: Ints
    since: Floats
    errors: Floats
    alive: NDArray[np.bool_]
    order: Ints
    times: Floats


def _compiled(function: Any) -> Any:
    return numba.njit(cache=True, nogil=True)(function)


@_compiled
def buy(desk: Desk, p: int, n: int, time: float) -> None:
    """Purchase number n: from now on p's supporters have nothing."""
    counts, to, last = desk.counts, desk.to, desk.last
    for t in range(n):
        desk.rows[n, t] = counts[p, t]
    for i in range(desk.first[p], desk.first[p + 1]):
        g = desk.lines[i]
        was, many = last[g], float(desk.people[g])
        for e in range(desk.starts[g], desk.starts[g + 1]):
            counts[to[e], was] -= many
            counts[to[e], n] += many
        last[g] = n
    desk.since[n] = time
    desk.errors[n] = desk.errors[n - 1] + (n + 8) * UNIT
    desk.alive[p] = False
    desk.order[n] = p


@_compiled
def earliest(desk: Desk, n: int) -> int:
    """Who is first, or -1: nobody is left. Fills `times`."""
    best, least = -1, np.inf
    for p in range(len(desk.costs)):
        if desk.alive[p]:
            began = 0.0
            for t in range(1, n):
                began += desk.counts[p, t] * desk.since[t]
            desk.times[p] = (desk.costs[p] + began) / desk.votes[p]
            if desk.times[p] < least:
                best, least = p, desk.times[p]
    return best


@_compiled
def certain(desk: Desk, n: int, best: int) -> bool:
    """Whether no other can be first. No term of a time is negative, so that relative
    errors do not grow in the sum.
    """
    limit = desk.times[best] * (1 + 4 * (desk.errors[n - 1] + (n + 8) * UNIT))
    for p in range(len(desk.costs)):
        if desk.alive[p] and p != best and desk.times[p] <= limit:
            return False
    return True


@_compiled
def play(desk: Desk, n: int, left: int) -> tuple[int, int, int]:
    """What stopped it (END, ASK or OVER), the next purchase's number, what is left."""
    while True:
        best = earliest(desk, n)
        if best < 0:
            return END, n, left
        if not certain(desk, n, best):
            return ASK, n, left
        if desk.costs[best] > left:
            return OVER, n, left
        buy(desk, best, n, desk.times[best])
        left -= desk.costs[best]
        n += 1
