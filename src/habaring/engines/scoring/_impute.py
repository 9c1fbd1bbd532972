"""Missing values filled in several ways, so that the draws show what they cost.

Random hot deck (Andridge and Little 2010): a missing value is taken from a unit that
has one and is near in the indicators that both have.
"""

import numpy as np
from numpy.typing import NDArray

from habaring.engines.scoring._values import Floats

_DIGITS = 9  # distances equal to this are ties, whichever library multiplied them


def distances(values: Floats) -> Floats:
    """(U, U) mean squared difference of z-scores over the indicators both units have.

    Infinite where two units share no indicator, and from a unit to itself.
    """
    present = ~np.isnan(values)
    filled = np.where(present, values, 0.0)
    count = np.maximum(present.sum(axis=0), 1)
    mean = filled.sum(axis=0) / count
    centred = np.where(present, values - mean, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / count)
    z = centred / np.where(spread > 0, spread, 1.0)
    known = present.astype(np.float64)
    shared = known @ known.T
    squares = (z**2) @ known.T
    total = squares + squares.T - 2.0 * (z @ z.T)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_square = np.where(shared > 0, total / shared, np.inf)
    np.fill_diagonal(mean_square, np.inf)
    return np.round(np.maximum(mean_square, 0.0), _DIGITS).astype(np.float64)


def hot_deck(values: Floats, *, times: int, donors: int, seed: int) -> Floats:
    """(times, U, I) tables with every NaN of `values` filled from a near unit.

    Each missing value picks one of its `donors` nearest units that have the value,
    all equally likely. A column without any value stays NaN.
    """
    filled = np.repeat(values[np.newaxis], times, axis=0)
    missing = np.isnan(values)
    if not missing.any():
        return filled
    apart = distances(values)
    generator = np.random.default_rng([seed, 1])
    for column in np.flatnonzero(missing.any(axis=0) & ~missing.all(axis=0)):
        rows = np.flatnonzero(missing[:, column])
        givers = np.flatnonzero(~missing[:, column])
        nearest = np.argsort(apart[np.ix_(rows, givers)], axis=1, kind="stable")
        nearest = nearest[:, :donors]
        pick = generator.random((times, len(rows))) * nearest.shape[1]
        chosen = nearest[np.arange(len(rows)), pick.astype(np.intp)]
        filled[:, rows, column] = values[givers[chosen], column]
    return filled


def group_mean(values: Floats, groups: NDArray[np.intp]) -> Floats:
    """NaN replaced by the mean of the unit's group, as COINr's `i_mean_grp`.

    `groups` (U,) numbers each unit's group. A group without any value keeps NaN.
    """
    filled = values.copy()
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        inside = values[rows]
        known = ~np.isnan(inside)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(known, inside, 0.0).sum(axis=0) / known.sum(axis=0)
        filled[rows] = np.where(known, inside, mean)
    return filled
