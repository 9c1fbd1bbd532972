"""Values of different units brought to one scale, higher always better.

OECD and JRC, Handbook on Constructing Composite Indicators (2008), step 5.
"""

import numpy as np

from habaring.engines.scoring._values import (
    Flags,
    Floats,
    Framework,
    Indicator,
    Normalisation,
)

Z_MEAN, Z_SPREAD = 50.0, 10.0


def signs(indicators: tuple[Indicator, ...]) -> Floats:
    """+1 where higher is better, -1 where lower is."""
    return np.array([1.0 if i.direction == "higher" else -1.0 for i in indicators])


def constant(values: Floats) -> Flags:
    """Columns (I,) that have values but only one: they cannot tell units apart."""
    with np.errstate(invalid="ignore"):
        low, high = _range(values)
        return np.asarray(np.isfinite(low) & (low == high))


def normalise(
    values: Floats, indicators: tuple[Indicator, ...], how: Normalisation
) -> Floats:
    """Points (U, I), higher better; NaN stays NaN; a constant column becomes 50.

    - goalposts: 0 at the worse goalpost, 100 at the better; beyond them is clipped
    - minmax: 0 at the worst value of the table, 100 at the best
    - z: 50 at the mean, 10 points for each standard deviation (divisor n - 1)
    - rank: 100 × (rank - 0.5) / n, ties share their mean rank
    """
    if how == "goalposts":
        return np.clip(beyond_goalposts(values, indicators), 0.0, 100.0)
    if how == "z":
        return _z(values * signs(indicators))
    if how == "rank":
        return _rank(values * signs(indicators))
    return _minmax(values, signs(indicators))


def beyond_goalposts(values: Floats, indicators: tuple[Indicator, ...]) -> Floats:
    """Points by goalposts before clipping, so that what lies beyond can be named."""
    nothing = float("nan")
    low = np.array([nothing if i.goal_low is None else i.goal_low for i in indicators])
    high = np.array(
        [nothing if i.goal_high is None else i.goal_high for i in indicators]
    )
    up = signs(indicators) > 0
    points: Floats = np.where(up, values - low, high - values) / (high - low) * 100.0
    return points


def has_goalposts(framework: Framework) -> bool:
    """Whether every indicator has both goalposts."""
    return all(
        i.goal_low is not None and i.goal_high is not None for i in framework.indicators
    )


def _range(values: Floats) -> tuple[Floats, Floats]:
    low = np.where(np.isnan(values), np.inf, values).min(axis=0)
    high = np.where(np.isnan(values), -np.inf, values).max(axis=0)
    return low, high


def _flat_to_middle(points: Floats, values: Floats, flat: Flags) -> Floats:
    return np.where(flat & ~np.isnan(values), 50.0, points)


def _minmax(values: Floats, sign: Floats) -> Floats:
    low, high = _range(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        points = np.where(sign > 0, values - low, high - values) / (high - low) * 100.0
    return _flat_to_middle(points, values, low == high)


def _z(values: Floats) -> Floats:
    present = ~np.isnan(values)
    count = present.sum(axis=0)
    filled = np.where(present, values, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = filled.sum(axis=0) / count
        spread = np.sqrt(
            (np.where(present, values - mean, 0.0) ** 2).sum(axis=0) / (count - 1)
        )
        points = Z_MEAN + Z_SPREAD * (values - mean) / spread
    return _flat_to_middle(points, values, constant(values))


def _rank(values: Floats) -> Floats:
    """Mean rank of ties: each run of equal values shares the middle of its places."""
    columns = np.ascontiguousarray(values.T)
    order = np.argsort(columns, axis=1)  # NaN last, and equal to nothing
    ordered = np.take_along_axis(columns, order, axis=1)
    opens = np.ones(columns.shape, dtype=bool)
    opens[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    closes = np.ones(columns.shape, dtype=bool)
    closes[:, :-1] = opens[:, 1:]
    place = np.arange(columns.shape[1])
    first = np.maximum.accumulate(np.where(opens, place, 0), axis=1)
    last = np.where(closes, place, len(place))[:, ::-1]
    last = np.minimum.accumulate(last, axis=1)[:, ::-1]
    middle = np.empty(columns.shape)
    np.put_along_axis(middle, order, (first + last + 1) / 2.0, axis=1)
    known = (~np.isnan(columns)).sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        points = 100.0 * middle / known
    return np.asarray(np.where(np.isnan(values), np.nan, points.T))
