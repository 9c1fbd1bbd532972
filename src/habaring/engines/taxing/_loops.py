"""A table through the compiled loops: the base by the tax's formula, then the rest."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from habaring.engines.taxing import _kernels, _passes
from habaring.engines.taxing._assess import of_use
from habaring.engines.taxing._plan import mode_of, plan_of
from habaring.engines.taxing._table import NO_USE, Columns
from habaring.engines.taxing._taxes import TAXES
from habaring.engines.taxing._values import Rules

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]


def run(
    rules: Rules, columns: Columns
) -> tuple[Mapping[str, Ints], NDArray[np.int16], Flags]:
    """Steps by key, the row of the rate, and which rows make no sense."""
    tax = TAXES[rules.tax]
    steps: dict[str, Ints] = {}
    base = steps["base"] = _BASES[tax.formula](rules, columns, steps)
    use = columns.use
    if columns.strange:
        use = np.maximum(use, np.int16(NO_USE))
    out = _out(base)
    _kernels.settle(plan_of(rules), _kernels.Given(use, columns.first), out)
    named = {
        "excluded": (rules.exclusions, out.excluded),
        "deduction": (rules.deductions, out.deduction),
        "taxable": (rules.deductions, out.taxable),
        "share": (rules.shares, out.part),
        "weight": (rules.weights, out.part),
        "tax": (True, out.tax),
        "minimum": (rules.minimum, out.minimum),
        "total": (True, out.total),
    }
    for key in tax.steps:
        there, column = named.get(key, (False, base))
        if there:
            steps[key] = column
    for one in rules.beside:
        steps[one.key] = np.empty(columns.rows, dtype=np.int64)
        rounding = rules.roundings["beside"]
        how = (rounding.unit, mode_of(rounding))
        over, under = one.part.numerator, one.part.denominator
        _kernels.shared_out(out.total, over, under, how, steps[one.key])
    return steps, out.tier, base < 0


def totals(rules: Rules, columns: Columns) -> Ints | None:
    """The totals alone, several times as fast; None where the rules are not so simple
    or where a row makes no sense, which `run` then tells.
    """
    quick = _passes.quick_of(rules)
    if quick is None or columns.strange:
        return None
    given = (columns.use, columns.first.view(np.uint8))
    total = np.empty(columns.rows, dtype=np.int64)
    numbers = columns.numbers
    if TAXES[rules.tax].formula == "land-building":
        land, building = (
            (_flat(numbers[f"{part}_m2"]), _flat(numbers[f"{part}_value"]))
            for part in ("land", "building")
        )
        facts = (land, building)
        bad = _passes.land_building_totals(quick, facts, given, rules.largest, total)
        return None if bad < 0 else total
    base = _BASES[TAXES[rules.tax].formula](rules, columns, {})
    if base.size and base.min() < 0:
        return None
    _passes.totals(quick, base, given, total)
    return total


def _out(base: Ints) -> _kernels.Out:
    def new() -> Ints:
        return np.empty(base.size, dtype=np.int64)

    tier = np.empty(base.size, dtype=np.int16)
    return _kernels.Out(base, new(), new(), new(), new(), new(), new(), new(), tier)


def _land_building(rules: Rules, columns: Columns, steps: dict[str, Ints]) -> Ints:
    numbers, rows = columns.numbers, columns.rows
    for key in ("land", "building", "base"):
        steps[key] = np.empty(rows, dtype=np.int64)
    land, building = (
        (_flat(numbers[f"{part}_m2"]), _flat(numbers[f"{part}_value"]))
        for part in ("land", "building")
    )
    out = (steps["land"], steps["building"], steps["base"])
    _kernels.land_building(land, building, rules.largest, out)
    return steps["base"]


def _greater(rules: Rules, columns: Columns, _: dict[str, Ints]) -> Ints:
    price, njop = columns.numbers["price"], columns.numbers["njop"]
    bad = (price < 0) | (njop < 0)
    return _kept(rules, np.maximum(price, njop), bad)


def _paid(rules: Rules, columns: Columns, _: dict[str, Ints]) -> Ints:
    """Each amount is held to the largest base first, so that the sum cannot overflow."""
    paid, discount, service = (
        columns.numbers[key] for key in ("paid", "discount", "service")
    )
    bad = np.zeros(columns.rows, dtype=np.bool_)
    for amount in (paid, discount, service):
        bad |= amount < 0
    far = 2 * rules.largest
    huge = (paid > far) | (discount > far) | (service > far)
    if huge.any():
        paid, discount, service = (
            np.where(huge, 0, one) for one in (paid, discount, service)
        )
    return _kept(rules, paid - discount + service, bad | huge)


def _other_tax(rules: Rules, columns: Columns, _: dict[str, Ints]) -> Ints:
    owed = columns.numbers["tax"]
    return _kept(rules, owed, owed < 0)


def _kept(rules: Rules, base: Ints, bad: Flags) -> Ints:
    """A base of its own, -1 where it makes no sense."""
    return np.where(bad | (base < 0) | (base > rules.largest), -1, base)


def _product(rules: Rules, columns: Columns, _: dict[str, Ints]) -> Ints:
    facts = [
        fact for fact in TAXES[rules.tax].facts if fact.kind in {"quantity", "count"}
    ]
    thousands = 1
    for fact in facts:
        thousands *= fact.scale
    keys = ("", *(use.key for use in rules.uses))
    prices = [of_use(rules.prices, key) for key in keys]
    fixed = np.array([rows[0].amount if rows else -1 for rows in prices])
    given = columns.numbers["price"]
    ruled = fixed[np.maximum(columns.use, NO_USE) + 1]
    bad = np.where(ruled >= 0, given != 0, given <= 0)
    price = np.where(ruled >= 0, ruled, given)
    factors = (*(_flat(columns.numbers[fact.key]) for fact in facts), price)
    base = np.empty(columns.rows, dtype=np.int64)
    rounding = rules.roundings["base"]
    how = (rounding.unit, mode_of(rounding))
    _kernels.quantities(factors, thousands, rules.largest, how, base)
    base[bad] = -1
    return base


_BASES: Mapping[str, Callable[[Rules, Columns, dict[str, Ints]], Ints]] = {
    "land-building": _land_building,
    "greater": _greater,
    "paid": _paid,
    "quantity": _product,
    "tax": _other_tax,
}


def _flat(column: Ints) -> Ints:
    """The loops read columns that lie in one piece, compiled only for those."""
    return np.ascontiguousarray(column)
