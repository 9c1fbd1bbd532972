"""The loops of a roll, compiled by numba: whole numbers in, whole numbers out.

A quotient is estimated in doubles and mended by its remainder, which is exact as long
as quotients stay below 2^49; `_law` refuses rules that could pass that.
Importing this module imports numba; the compiled code is kept on disk.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
F = TypeVar("F", bound=Callable[..., Any])
Whole: TypeAlias = Any
"""An int64 of the loops; mypy would mix them up with Python's."""

DOWN, UP, HALF_UP, HALF_EVEN = range(4)
WITHOUT: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def compiled(function: F) -> F:
    """For Python to call: compiled at its first call, or read from disk."""
    return cast(F, njit(cache=True, nogil=True)(function))


def inner(function: F) -> F:
    """Only for other compiled code; half the time to compile."""
    return cast(F, njit(cache=True, nogil=True, **WITHOUT)(function))


class Ladder(NamedTuple):
    """Tiers of all uses one after the other: of use u, places `starts[u]` to the next.

    `ends`: each tier's upper end (the last: the largest int64). A tier's part is
    `over / under`; `inverse` is 1 / (under * unit) in doubles. `before`: what the lower
    tiers owe together, in 1/under (marginal only). `row`: the tier in the rules.
    """

    starts: Ints
    ends: Ints
    above: Ints
    over: Ints
    under: Ints
    inverse: Floats
    before: Ints
    row: Ints


class Plan(NamedTuple):
    """Rules as numbers; arrays by use, the first place for no use at all.

    `excluded`: bases up to this are not taxed (-1: none). `part` is the ladder of the
    share or the weight, empty where there is neither. `minimum` -1: none.
    """

    largest: int
    excluded: Ints
    deduction: Ints
    once: NDArray[np.bool_]
    part: Ladder
    part_unit: int
    part_mode: int
    rates: Ladder
    tax_unit: int
    tax_mode: int
    by_taxable: bool
    marginal: bool
    minimum: int
    minimum_always: bool
    total_unit: int
    total_mode: int
    total_inverse: float


class Given(NamedTuple):
    """What is told of each object beside its base: the use's place (-1: none), the
    deduction.
    """

    use: NDArray[np.int16]
    first: NDArray[np.bool_]


class Out(NamedTuple):
    """The steps of each object; `tier` is the row of the rates, -1 where excluded."""

    base: Ints
    excluded: Ints
    deduction: Ints
    taxable: Ints
    part: Ints
    tax: Ints
    minimum: Ints
    total: Ints
    tier: NDArray[np.int16]


@inner
def divided(over: Whole, under: Whole, inverse: float, mode: int) -> Any:
    """`over / under` rounded; both > 0 or over = 0, the quotient below 2^49."""
    whole = np.int64(np.float64(over) * inverse)
    rest = over - whole * under
    if rest < 0:
        whole -= 1
        rest += under
    elif rest >= under:
        whole += 1
        rest -= under
    if mode == DOWN:
        return whole
    if mode == UP:
        return whole + (rest > 0)
    if mode == HALF_UP:
        return whole + (2 * rest >= under)
    return whole + (2 * rest > under or (2 * rest == under and whole % 2 == 1))


@inner
def tier_of(ladder: Ladder, use: int, amount: Whole) -> Any:
    """The place of the tier an amount falls in."""
    place: Whole = ladder.starts[use]
    while amount > ladder.ends[place]:
        place += 1
    return place


@compiled
def settle(plan: Plan, given: Given, out: Out) -> None:
    """All steps after the base, which stands in `out.base`; bad bases are -1."""
    parts = plan.part.starts.size > 1
    for i in range(out.base.size):
        base, use = out.base[i], given.use[i] + 1
        if base <= plan.excluded[use]:
            out.excluded[i] = max(base, 0)
            out.deduction[i] = out.taxable[i] = out.part[i] = out.tax[i] = 0
            out.minimum[i] = out.total[i] = 0
            out.tier[i] = -1
            continue
        off: Whole = np.int64(0)
        if given.first[i] or not plan.once[use]:
            off = min(base, plan.deduction[use])
        taxable = base - off
        assessed: Whole = taxable
        if parts:
            step = tier_of(plan.part, use, base)
            unit = plan.part_unit
            assessed = unit * divided(
                taxable * plan.part.over[step],
                plan.part.under[step] * unit,
                plan.part.inverse[step],
                plan.part_mode,
            )
        rates = plan.rates
        decides = taxable if plan.by_taxable else base
        step = tier_of(rates, use, assessed if plan.marginal else decides)
        over: Whole = assessed * rates.over[step]
        if plan.marginal:
            over = rates.before[step]
            over += (assessed - rates.above[step]) * rates.over[step]
        tax = plan.tax_unit * divided(
            over, rates.under[step] * plan.tax_unit, rates.inverse[step], plan.tax_mode
        )
        least: Whole = np.int64(0)
        if tax < plan.minimum and (assessed > 0 or plan.minimum_always):
            least = plan.minimum
        total: Whole = max(tax, least)
        if plan.total_unit > 0:
            total = plan.total_unit * divided(
                total, plan.total_unit, plan.total_inverse, plan.total_mode
            )
        out.excluded[i] = 0
        out.deduction[i] = off
        out.taxable[i] = taxable
        out.part[i] = assessed
        out.tax[i] = tax
        out.minimum[i] = least
        out.total[i] = total
        out.tier[i] = rates.row[step]


@compiled
def land_building(
    land: tuple[Ints, Ints], building: tuple[Ints, Ints], most: int, out: Any
) -> int:
    """Values of land and building and their sum; how many make no sense (base -1)."""
    bad = 0
    first, second, base = out
    for i in range(base.size):
        a, b, c, d = land[0][i], land[1][i], building[0][i], building[1][i]
        size = np.float64(a) * np.float64(b) + np.float64(c) * np.float64(d)
        if (a | b | c | d) < 0 or size > 2.0 * most:
            first[i] = second[i] = 0
            base[i] = -1
            bad += 1
            continue
        one, other = a * b, c * d
        first[i] = one
        second[i] = other
        both = one + other
        if both > most:
            both = np.int64(-1)
            bad += 1
        base[i] = both
    return bad


@compiled
def shared_out(total: Ints, over: int, under: int, rounding: Any, out: Ints) -> None:
    """A part of each total, rounded: what is collected beside the tax."""
    unit, mode = rounding
    inverse = 1.0 / np.float64(under * unit)
    for i in range(total.size):
        out[i] = unit * divided(total[i] * over, under * unit, inverse, mode)


@compiled
def quantities(
    factors: tuple[Ints, ...], thousands: int, most: int, rounding: Any, out: Ints
) -> int:
    """Products of quantities and a price; how many make no sense (base -1)."""
    unit, mode = rounding
    under = thousands * unit
    inverse = 1.0 / np.float64(under)
    bad = 0
    for i in range(out.size):
        size, product, below = 1.0, np.int64(1), False
        for factor in factors:
            size *= np.float64(factor[i])
            product *= factor[i]
            below = below or factor[i] < 0
        if below or size > 2.0 * most * thousands:
            out[i] = -1
            bad += 1
            continue
        base = unit * divided(product, under, inverse, mode)
        if base > most:
            base = np.int64(-1)
            bad += 1
        out[i] = base
    return bad
