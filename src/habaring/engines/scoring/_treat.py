"""Outliers brought in before normalising, as the default `Treat` of COINr (JRC).

An indicator with |skewness| above 2 and excess kurtosis above 3.5 is winsorised, at
most five points; if that does not bring it within them, the logarithm is taken of
the original values instead.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from habaring.engines.scoring._values import Floats


@dataclass(frozen=True)
class Limits:
    """When a column counts as having outliers, and how many points may be moved."""

    skewness: float = 2.0
    kurtosis: float = 3.5
    points: int = 5


@dataclass(frozen=True, eq=False)
class Treated:
    """One column after treatment: what was done, how many points, moments after."""

    values: Floats
    how: Literal["untouched", "winsorised", "log"]
    points: int
    skewness: float
    kurtosis: float
    within: bool


def moments(values: Floats) -> tuple[float, float]:
    """Sample skewness and excess kurtosis (types 2 of Joanes and Gill 1998), NaN aside."""
    x = values[~np.isnan(values)]
    n = len(x)
    if n < 4 or x.min() == x.max():
        return float("nan"), float("nan")
    d = x - x.mean()
    m2, m3, m4 = (d**2).mean(), (d**3).mean(), (d**4).mean()
    g1, g2 = m3 / m2**1.5, m4 / m2**2 - 3.0
    skewness = g1 * np.sqrt(n * (n - 1)) / (n - 2)
    kurtosis = ((n + 1) * g2 + 6.0) * (n - 1) / ((n - 2) * (n - 3))
    return float(skewness), float(kurtosis)


def within(values: Floats, limits: Limits) -> bool:
    """Whether a column needs no treatment; too few or equal values need none."""
    skewness, kurtosis = moments(values)
    return not (abs(skewness) > limits.skewness and kurtosis > limits.kurtosis)


def treat(column: Floats, limits: Limits | None = None) -> Treated:
    """Treat one column (U,); NaN stays NaN."""
    limits = limits or Limits()
    if within(column, limits):
        return _treated(column.copy(), "untouched", 0, limits)
    moved, points = winsorise(column, limits)
    if within(moved, limits):
        return _treated(moved, "winsorised", points, limits)
    low, high = np.nanmin(column), np.nanmax(column)
    logged = np.log(column - low + 0.01 * (high - low))
    return _treated(logged, "log", 0, limits)


def treat_table(values: Floats, limits: Limits | None = None) -> tuple[Treated, ...]:
    """Treat every column of `values` (U, I)."""
    return tuple(treat(values[:, i], limits) for i in range(values.shape[1]))


def winsorise(column: Floats, limits: Limits) -> tuple[Floats, int]:
    """Move the end the skew points to onto its neighbour, until within or spent.

    Points that were moved before and are at the end again count once more, as they
    do in COINr; so tied ends can pass the limit of points in the last step.
    """
    x = column.copy()
    high: Floats | tuple[()] = ()
    low: Floats | tuple[()] = ()
    while not within(x, limits) and len(high) + len(low) < limits.points:
        up = moments(x)[0] >= 0
        end = x == (np.nanmax(x) if up else np.nanmin(x))
        x[end] = np.nanmax(x[~end]) if up else np.nanmin(x[~end])
        high, low = (x[end], low) if up else (high, x[end])
    return x, len(high) + len(low)


def _treated(
    values: Floats,
    how: Literal["untouched", "winsorised", "log"],
    points: int,
    limits: Limits,
) -> Treated:
    skewness, kurtosis = moments(values)
    return Treated(values, how, points, skewness, kurtosis, within(values, limits))


def denominate(values: Floats, denominators: Floats) -> Floats:
    """`values` (U, I) per `denominators` (U, I); a zero denominator gives NaN.

    A column of ones leaves an indicator as it is.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(denominators == 0, np.nan, values / denominators)
