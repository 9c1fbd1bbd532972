"""How much of the movement in the ranking each choice causes: Sobol's shares.

First-order shares after Saltelli et al. 2010 (table 2, b), total ones after Jansen
1999 (f). The output is the mean absolute shift in rank from the published ranking,
as in COINr; the bootstrap resamples the base sample as one matrix product.
"""

from dataclasses import dataclass

import numpy as np

from habaring.engines.scoring._draws import (
    BLOCK,
    Field,
    Ints,
    Ranks,
    draw_weights,
    rank_into,
    smallest,
)
from habaring.engines.scoring._values import Floats

BASE = 1024  # a base sample of 128 is not enough for first-order shares
BOOTSTRAPS = 200


@dataclass(frozen=True)
class Share:
    """One choice's share of the variance, with its 5-95 % bootstrap interval."""

    choice: str
    first: float
    first_low: float
    first_high: float
    total: float
    total_low: float
    total_high: float


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """Shares of each choice that has more than one option.

    `base` is the size of the base sample, `evaluations` base × (choices + 2).
    `by_unit` (choices, U) is the total share for the rank of each unit, NaN for a
    unit whose rank never moves or that is not ranked.
    """

    base: int
    evaluations: int
    mean_shift: float
    shares: tuple[Share, ...]
    by_unit: Floats


def sobol(
    a: Floats, b: Floats, mixed: Floats, counts: Floats | None = None
) -> tuple[Floats, Floats]:
    """First-order and total shares of k choices for m outputs.

    `a`, `b` (N, m) are the outputs of two independent samples, `mixed` (k, N, m) those
    of sample a with choice k taken from b. With `counts` (B, N), how often each row was
    drawn in each of B bootstraps, returns (k, B, m), otherwise (k, 1, m). NaN where an
    output never moves.
    """
    n = len(a)
    if counts is None:
        counts = np.ones((1, n))
    middle = (a.mean(axis=0) + b.mean(axis=0)) / 2.0
    a, b, mixed = a - middle, b - middle, mixed - middle
    mean = counts @ (a + b) / (2.0 * n)
    variance = counts @ (a**2 + b**2) / (2.0 * n) - mean**2
    moved = variance > 1e-12
    safe = np.where(moved, variance, np.nan)
    first = np.stack([counts @ (b * (m - a)) / n / safe for m in mixed])
    total = np.stack([counts @ ((a - m) ** 2) / (2.0 * n) / safe for m in mixed])
    return first, total


def bootstrap_counts(n: int, times: int, generator: np.random.Generator) -> Floats:
    """(times, n) how often each of n rows is drawn when n are drawn with replacement."""
    rows = generator.integers(0, n, (times, n)) + n * np.arange(times)[:, np.newaxis]
    counts = np.bincount(rows.ravel(), minlength=n * times).reshape(times, n)
    return counts.astype(np.float64)


def sensitivity(
    field: Field, nominal: Ints, ranked: Ints, units: int
) -> Sensitivity | None:
    """Sobol shares over the choices of `field`; None where there is nothing to choose."""
    choices = _choices(field)
    if not choices:
        return None
    ranks = _saltelli_ranks(field, choices)
    blocks = np.moveaxis(ranks.reshape(field.units, len(choices) + 2, BASE), 0, 2)
    by_unit = blocks.astype(np.float64)
    shift = np.abs(by_unit - nominal[ranked]).mean(axis=2)[:, :, np.newaxis]
    generator = np.random.default_rng([field.seed, 5])
    counts = bootstrap_counts(BASE, BOOTSTRAPS, generator)
    first, total = (part[:, 0, 0] for part in sobol(shift[0], shift[1], shift[2:]))
    spread = sobol(shift[0], shift[1], shift[2:], counts)
    with np.errstate(invalid="ignore"):
        low, high = (
            [np.quantile(part[:, :, 0], q, axis=1) for part in spread]
            for q in (0.05, 0.95)
        )
    shares = tuple(
        Share(
            choice=choice,
            first=float(first[k]),
            first_low=float(low[0][k]),
            first_high=float(high[0][k]),
            total=float(total[k]),
            total_low=float(low[1][k]),
            total_high=float(high[1][k]),
        )
        for k, choice in enumerate(choices)
    )
    every = np.full((len(choices), units), np.nan)
    every[:, ranked] = sobol(by_unit[0], by_unit[1], by_unit[2:])[1][:, 0]
    return Sensitivity(
        base=BASE,
        evaluations=int(ranks.shape[1]),
        mean_shift=float(shift[:2].mean()),
        shares=shares,
        by_unit=every,
    )


def _choices(field: Field) -> list[str]:
    names = ("imputation", "normalisation", "aggregation")
    choices = [n for n, size in zip(names, field.shape, strict=True) if size > 1]
    return [*choices, "weights"] if field.spread.any() else choices


def _saltelli_ranks(field: Field, choices: list[str]) -> Ranks:
    """(U, (k + 2) × BASE) ranks of samples a, b and a with each choice from b."""
    generator = np.random.default_rng([field.seed, 4])
    options = [generator.integers(0, size, (2, BASE)) for size in field.shape]
    weights = draw_weights(field, generator, 2 * BASE)
    names = ("imputation", "normalisation", "aggregation")
    design: list[tuple[Ints, Ints]] = []
    for sample in ("a", "b", *choices):
        from_b = [sample in ("b", name) for name in names]
        levels = [o[int(b)] for o, b in zip(options, from_b, strict=True)]
        rows = np.arange(BASE) + (BASE if sample in ("b", "weights") else 0)
        design.append((np.ravel_multi_index(levels, field.shape), rows))
    combinations = np.concatenate([combination for combination, _ in design])
    rows = np.concatenate([rows for _, rows in design])
    ranks = np.empty((field.units, len(rows)), dtype=smallest(field.units))
    for combination in np.unique(combinations):
        columns = np.flatnonzero(combinations == combination)
        for start in range(0, len(columns), BLOCK):
            block = columns[start : start + BLOCK]
            rank_into(ranks, block, field, int(combination), weights[rows[block]])
    return ranks
