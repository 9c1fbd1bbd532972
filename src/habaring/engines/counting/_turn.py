"""From ballots' projects to projects' ballots, and sums by project, compiled."""

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Places = NDArray[np.int32]


def _compiled(function: Any) -> Any:
    return numba.njit(cache=True, nogil=True)(function)


@_compiled
def turned(starts: Ints, to: Places, many: int) -> tuple[Ints, Places]:
    """Of each of so many projects the ballots `lines[first[p]:first[p + 1]]`, ascending.

    The arrays given are read-only, so that this is compiled once.
    """
    first = np.zeros(many + 1, np.int64)
    for e in range(len(to)):
        first[to[e] + 1] += 1
    for p in range(many):
        first[p + 1] += first[p]
    at, lines = first[:-1].copy(), np.empty(len(to), np.int32)
    for g in range(len(starts) - 1):
        for e in range(starts[g], starts[g + 1]):
            lines[at[to[e]]] = g
            at[to[e]] += 1
    return first, lines


@_compiled
def summed(starts: Ints, to: Places, people: Ints, weights: Ints, many: int) -> Ints:
    """Of each of so many projects: people × weight of its entries (no weights: 1)."""
    sums = np.zeros(many, np.int64)
    for g in range(len(starts) - 1):
        for e in range(starts[g], starts[g + 1]):
            sums[to[e]] += people[g] * weights[e] if weights.size else people[g]
    return sums
