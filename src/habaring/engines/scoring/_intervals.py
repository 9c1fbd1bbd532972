"""What the draws say: the ranks a unit could hold, and who can be told from whom."""

from dataclasses import dataclass
from math import ceil

import numpy as np

from habaring.engines.scoring._draws import SHOWN, Ints, Ranks
from habaring.engines.scoring._values import Floats

COMPARED = 2_000  # units; every pair of them is compared
SURE = 0.95  # share of draws in which one unit must beat another to be told from it


@dataclass(frozen=True, eq=False)
class Intervals:
    """Ranks over the draws; arrays follow the table's units, 0 or NaN if not ranked.

    `groups` are the longest runs of neighbours in the ranking of which no two can be
    told apart (neither beats the other in 95 % of draws); runs may overlap.
    `beats` (U, U) is the share of `pairs_from` draws in which the row's unit ranks
    strictly above the column's; None, and no groups, beyond 2,000 ranked units.
    """

    draws: int
    low: Ints  # 5 % of draws rank the unit here or better
    median: Ints
    high: Ints  # 95 % of draws rank the unit here or better
    mean: Floats
    groups: tuple[tuple[str, ...], ...]
    beats: Floats | None
    pairs_from: int


def intervals(
    ranks: Ranks, ranked: Ints, units: tuple[str, ...], nominal: Ints
) -> Intervals:
    """Summarise `ranks` (ranked units, draws); `nominal` (U,) orders the groups."""
    draws = ranks.shape[1]
    ordered = np.sort(ranks, axis=1)
    shown = ranks[:, :: ceil(draws / SHOWN)]
    groups: tuple[tuple[str, ...], ...] = ()
    beats = None
    if len(ranked) <= COMPARED:
        pairs = _beats(shown)
        places = np.argsort(nominal[ranked], kind="stable")
        names = [units[ranked[place]] for place in places]
        runs = _runs(pairs[np.ix_(places, places)])
        groups = tuple(tuple(names[first : last + 1]) for first, last in runs)
        beats = np.full((len(units), len(units)), np.nan)
        beats[np.ix_(ranked, ranked)] = pairs

    def at(share: float) -> Ints:
        out = np.zeros(len(units), dtype=np.int64)
        out[ranked] = ordered[:, max(0, ceil(share * draws - 1e-9) - 1)]
        return out

    mean = np.full(len(units), np.nan)
    mean[ranked] = ranks.mean(axis=1, dtype=np.float64)
    return Intervals(
        draws=draws,
        low=at(0.05),
        median=at(0.5),
        high=at(0.95),
        mean=mean,
        groups=groups,
        beats=beats,
        pairs_from=shown.shape[1],
    )


def _beats(ranks: Ranks) -> Floats:
    """(U, U) share of columns in which the row is the smaller; bytes added 8 at a time."""
    units, draws = ranks.shape
    padded = np.zeros((units, -(-draws // 8) * 8), dtype=ranks.dtype)
    padded[:, :draws] = ranks
    wins = np.empty((units, units), dtype=np.int64)
    for unit in range(units):
        above = (padded[unit] < padded).view(np.uint64)
        # A byte holds up to 255 words: SHOWN / 8 = 250 of them.
        wins[unit] = above.sum(axis=1).view(np.uint8).reshape(units, 8).sum(axis=1)
    share: Floats = wins / draws
    return share


def _runs(beats: Floats) -> list[tuple[int, int]]:
    """Longest runs (first, last), of more than one, without a pair told apart."""
    told = (beats >= SURE) | (beats.T >= SURE)
    runs: list[tuple[int, int]] = []
    first = 0
    for last in range(len(told)):
        before = np.flatnonzero(told[first:last, last])
        if before.size:
            if last - 1 > first:
                runs.append((first, last - 1))
            first += int(before[-1]) + 1
    if len(told) - 1 > first:
        runs.append((first, len(told) - 1))
    return runs
