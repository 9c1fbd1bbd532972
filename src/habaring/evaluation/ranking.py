"""Ranks with the range that they could hold: pure, with a seed.

Method: a rank is told together with what it could have been had other assessors read, or
had the weights been chosen a little differently. In each of `DRAWS` draws every region's
readings are drawn anew, with replacement, out of those it has (a bootstrap over readers),
and each weight is multiplied by its own number between 1 - `SWAY` and 1 + `SWAY`, the same
for all regions; regions are ranked again. The range is that of the middle 90 per cent of
those ranks. Two regions with the same index share the better rank. With two readers the
bootstrap is coarse, which the width of the range shows; it says nothing of a fault that
all readers share.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

DRAWS = 2_000
SWAY = 0.25
INSIDE = 0.90


@dataclass(frozen=True)
class Field:
    """One region to be ranked: its index, and its measures in each of its readings.

    Without readings (a result of before) only the weights move its rank.
    """

    code: str
    index: Fraction
    measures: Mapping[str, Fraction]
    readings: Sequence[Mapping[str, Fraction]]


@dataclass(frozen=True)
class Rank:
    """Where a region stands, among how many, and from where to where it could."""

    rank: int
    low: int
    high: int
    among: int


def ranks(values: Mapping[str, Fraction]) -> dict[str, int]:
    """The rank of each: one more than how many are above it."""
    order = sorted(values.values(), reverse=True)
    return {code: order.index(value) + 1 for code, value in values.items()}


def ranges(
    fields: Sequence[Field],
    weights: Mapping[str, Fraction],
    *,
    seed: int,
    draws: int = DRAWS,
    sway: float = SWAY,
) -> dict[str, Rank]:
    """Rank and range of each region, the same for the same seed."""
    import numpy as np  # late: only who ranks waits for it

    if not fields:
        return {}
    generator = np.random.default_rng(seed)
    codes = list(weights)
    base = np.array([float(weights[code]) for code in codes])
    moved = base * generator.uniform(1 - sway, 1 + sway, size=(draws, len(codes)))
    moved /= moved.sum(axis=1, keepdims=True)
    drawn = np.empty((draws, len(fields)))
    for place, one in enumerate(fields):
        read = one.readings or (one.measures,)
        table = np.array([[float(row[code]) for code in codes] for row in read])
        picked = generator.integers(0, len(read), size=(draws, len(read)))
        levels = table[picked].mean(axis=1)
        drawn[:, place] = (levels * moved).sum(axis=1)
    order = np.sort(-np.round(drawn, 9), axis=1)
    tail = (1 - INSIDE) / 2
    real = ranks({one.code: one.index for one in fields})
    found = {}
    for place, one in enumerate(fields):
        mine = -np.round(drawn[:, place], 9)
        could = (order < mine[:, None]).sum(axis=1) + 1
        low, high = np.quantile(could, [tail, 1 - tail], method="nearest")
        rank = real[one.code]
        found[one.code] = Rank(
            rank, min(int(low), rank), max(int(high), rank), len(fields)
        )
    return found
