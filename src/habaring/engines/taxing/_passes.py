"""Totals alone, in simple passes over small blocks that stay in the nearest cache.

Each pass is without branches and touches few arrays, so that the compiler does several
objects at a time. Rates stand over one common denominator, so that only the numerator
differs between objects. `quick_of` says whether rules are of this kind; `_kernels.settle`
does all of them and keeps every step.
"""

from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from habaring.engines.taxing._assess import of_use
from habaring.engines.taxing._kernels import Ints, Whole, compiled, inner
from habaring.engines.taxing._law import INT64
from habaring.engines.taxing._plan import deduction_of, excluded_of
from habaring.engines.taxing._table import NO_USE
from habaring.engines.taxing._values import Rules, Tier

BLOCK = 2048
MOST_PASSES = 40
SMALL = 1 << 31  # the sum of two products below it squared is an int64
EVERY = -9  # a pass for all uses


class Choice(NamedTuple):
    """Numerators over one denominator: for each pass a use, a lower end, the numerator.

    A later pass takes precedence; the first is for everybody.
    """

    use: Ints
    above: Ints
    over: Ints
    under: int
    inverse: float


class Quick(NamedTuple):
    """Rules as passes. Deductions and exclusions by use, EVERY for all of them."""

    deduction_use: Ints
    deduction: Ints
    always: Ints
    excluded_use: Ints
    excluded: Ints
    part: Choice
    has_part: bool
    rates: Choice
    by_taxable: bool
    minimum: int
    minimum_always: bool


def quick_of(rules: Rules) -> Quick | None:
    """The passes of rules; None where they round otherwise than down to a rupiah,
    have marginal rates, or would take too many passes.
    """
    plain = all((one.unit, one.mode) == (1, "down") for one in rules.roundings.values())
    if not plain or rules.brackets == "marginal":
        return None
    heaviest = max([Fraction(1), *(tier.part for tier in rules.weights)])
    part = _choice(rules, rules.shares or rules.weights, rules.largest)
    rates = _choice(rules, rules.rates, int(rules.largest * heaviest) + 1)
    if part is None or rates is None:
        return None
    keys = ("", *(use.key for use in rules.uses))
    deductions = [deduction_of(rules, key) for key in keys]
    excluded = [excluded_of(rules, key) for key in keys]
    off = [(EVERY, *deductions[0])] + [
        (place, *one)
        for place, one in enumerate(deductions, NO_USE)
        if one != deductions[0]
    ]
    gone = [(place, one) for place, one in enumerate(excluded, NO_USE) if one >= 0]
    passes = len(off) + len(gone) + part.use.size + rates.use.size
    if passes > MOST_PASSES:
        return None
    least = rules.minimum
    return Quick(
        _ints(one[0] for one in off),
        _ints(one[1] for one in off),
        _ints(1 - one[2] for one in off),
        _ints(one[0] for one in gone),
        _ints(one[1] for one in gone),
        part,
        bool(rules.shares or rules.weights),
        rates,
        rules.brackets_of == "taxable",
        least.amount if least else 0,
        bool(least and least.when_nothing_is_due),
    )


def _ints(values: Any) -> Ints:
    return np.array(list(values), dtype=np.int64)


def _choice(rules: Rules, tiers: tuple[Tier, ...], largest: int) -> Choice | None:
    common = lcm(*(tier.part.denominator for tier in tiers)) if tiers else 1
    most = max([1, *(int(tier.part * common) for tier in tiers)])
    if largest * most >= INT64 or common >= INT64:
        return None
    general = [tier for tier in tiers if tier.use is None]
    rows = [(EVERY, tier) for tier in sorted(general, key=lambda one: one.above)]
    for place, use in enumerate(rules.uses):
        own = [tier for tier in of_use(tiers, use.key) if tier.use is not None]
        rows += [(place, tier) for tier in sorted(own, key=lambda one: one.above)]
    return Choice(
        _ints(place for place, _ in rows),
        _ints(tier.above or -1 for _, tier in rows),
        _ints(tier.part * common for _, tier in rows),
        common,
        1.0 / common,
    )


@inner
def _four_chosen(choice: Choice, k: int, decides: Ints, over: Ints) -> None:
    """Four passes for everybody in one: what is chosen is read and written once."""
    a, b = choice.above[k], choice.above[k + 1]
    c, d = choice.above[k + 2], choice.above[k + 3]
    p, q = choice.over[k], choice.over[k + 1]
    r, s = choice.over[k + 2], choice.over[k + 3]
    for i in range(over.size):
        amount = decides[i]
        found = p if amount > a else over[i]
        found = q if amount > b else found
        found = r if amount > c else found
        over[i] = s if amount > d else found


@inner
def _chosen(choice: Choice, use: NDArray[np.int16], decides: Ints, over: Ints) -> None:
    over[:] = choice.over[0]
    begin = 1
    while begin + 3 < choice.use.size and choice.use[begin + 3] == EVERY:
        _four_chosen(choice, begin, decides, over)
        begin += 4
    for k in range(begin, choice.use.size):
        which, above, numerator = choice.use[k], choice.above[k], choice.over[k]
        if which == EVERY:
            for i in range(over.size):
                over[i] = numerator if decides[i] > above else over[i]
        else:
            for i in range(over.size):
                hit = (use[i] == which) & (decides[i] > above)
                over[i] = numerator if hit else over[i]


@inner
def _divided(amount: Ints, over: Ints, choice: Choice, out: Ints) -> None:
    """`out` becomes floor(amount × over / under), see `_kernels.divided`."""
    under, inverse = choice.under, choice.inverse
    for i in range(amount.size):
        product = amount[i] * over[i]
        whole = np.int64(np.float64(product) * inverse)
        rest = product - whole * under
        out[i] = whole + np.int64(rest >= under) - np.int64(rest < 0)


@inner
def _deducted(quick: Quick, use: Any, first: Any, amounts: tuple[Ints, Ints]) -> None:
    base, taxable = amounts
    for k in range(quick.deduction.size):
        which, most, always = (
            quick.deduction_use[k],
            quick.deduction[k],
            quick.always[k],
        )
        if which == EVERY:
            for i in range(base.size):
                off = min(base[i], most) if (first[i] | always) != 0 else np.int64(0)
                taxable[i] = base[i] - off
        else:
            for i in range(base.size):
                off = min(base[i], most) if (first[i] | always) != 0 else np.int64(0)
                taxable[i] = base[i] - off if use[i] == which else taxable[i]


@inner
def _raised(quick: Quick, assessed: Ints, total: Ints) -> None:
    least, always = quick.minimum, quick.minimum_always
    for i in range(total.size):
        floor = least if (always or assessed[i] > 0) else np.int64(0)
        total[i] = max(total[i], floor)


@inner
def _left_out(quick: Quick, use: Any, base: Ints, total: Ints) -> None:
    for k in range(quick.excluded.size):
        which, most = quick.excluded_use[k], quick.excluded[k]
        for i in range(total.size):
            gone = (use[i] == which) & (base[i] <= most)
            total[i] = np.int64(0) if gone else total[i]


@inner
def _block(
    quick: Quick, use: Any, first: Any, work: tuple[Ints, Ints, Ints, Ints], total: Ints
) -> None:
    """One block from its bases to its totals."""
    base, taxable, assessed, over = work
    _deducted(quick, use, first, (base, taxable))
    if quick.has_part:
        _chosen(quick.part, use, base, over)
        _divided(taxable, over, quick.part, assessed)
    else:
        assessed[:] = taxable
    _chosen(quick.rates, use, taxable if quick.by_taxable else base, over)
    _divided(assessed, over, quick.rates, total)
    if quick.minimum > 0:
        _raised(quick, assessed, total)
    _left_out(quick, use, base, total)


@inner
def _bases(
    land: tuple[Ints, Ints], building: tuple[Ints, Ints], most: int, base: Ints
) -> Whole:
    """Sums of two products; a number below zero where one makes no sense."""
    bad, every = np.int64(0), np.int64(0)
    a, b = land
    c, d = building
    for i in range(base.size):
        every |= a[i] | b[i] | c[i] | d[i]
    if 0 <= every < SMALL:  # nearly all: no sum of these can overflow
        for i in range(base.size):
            one = np.uint64(np.uint32(a[i])) * np.uint64(np.uint32(b[i]))
            other = np.uint64(np.uint32(c[i])) * np.uint64(np.uint32(d[i]))
            base[i] = np.int64(one + other)
            bad |= most - base[i]
        return bad
    limit = 2.0 * most
    for i in range(base.size):
        size = np.float64(a[i]) * np.float64(b[i]) + np.float64(c[i]) * np.float64(d[i])
        both = a[i] * b[i] + c[i] * d[i]
        sound = ((a[i] | b[i] | c[i] | d[i]) >= 0) & (size <= limit) & (both <= most)
        base[i] = both if sound else np.int64(-1)
        bad |= base[i]
    return bad


@compiled
def land_building_totals(
    quick: Quick,
    facts: tuple[tuple[Ints, Ints], tuple[Ints, Ints]],
    given: Any,
    most: int,
    total: Ints,
) -> Whole:
    """Totals of a land tax; below zero where a row makes no sense."""
    land, building = facts
    use, first = given
    base, taxable = np.empty(BLOCK, np.int64), np.empty(BLOCK, np.int64)
    assessed, over = np.empty(BLOCK, np.int64), np.empty(BLOCK, np.int64)
    bad = np.int64(0)
    for start in range(0, total.size, BLOCK):
        end = min(start + BLOCK, total.size)
        n = end - start
        bad |= _bases(
            (land[0][start:end], land[1][start:end]),
            (building[0][start:end], building[1][start:end]),
            most,
            base[:n],
        )
        work = (base[:n], taxable[:n], assessed[:n], over[:n])
        _block(quick, use[start:end], first[start:end], work, total[start:end])
    return bad


@compiled
def totals(quick: Quick, bases: Ints, given: Any, total: Ints) -> None:
    """Totals of any tax from its bases."""
    use, first = given
    taxable, assessed = np.empty(BLOCK, np.int64), np.empty(BLOCK, np.int64)
    over = np.empty(BLOCK, np.int64)
    for start in range(0, total.size, BLOCK):
        end = min(start + BLOCK, total.size)
        n = end - start
        work = (bases[start:end], taxable[:n], assessed[:n], over[:n])
        _block(quick, use[start:end], first[start:end], work, total[start:end])
