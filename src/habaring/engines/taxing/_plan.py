"""Rules turned into the arrays that the loops read."""

from collections.abc import Callable
from math import lcm

import numpy as np

from habaring.engines.money import MODES
from habaring.engines.taxing._assess import of_use
from habaring.engines.taxing._kernels import Ladder, Plan
from habaring.engines.taxing._taxes import TAXES
from habaring.engines.taxing._values import Rounding, Rules, Tier

END = np.iinfo(np.int64).max
_EXACT = Rounding(1, "down")


def mode_of(rounding: Rounding) -> int:
    """The number of a mode in the loops, which count `MODES` from 0."""
    return MODES.index(rounding.mode)


def plan_of(rules: Rules) -> Plan:
    """The plan of rules that `read_rules` has let through."""
    part = "share" if TAXES[rules.tax].share else "weight"
    part_rounding = rules.roundings.get(part, _EXACT)
    tax, total = rules.roundings["tax"], rules.roundings.get("total")
    marginal = rules.brackets == "marginal"
    least = rules.minimum
    return Plan(
        largest=rules.largest,
        excluded=_by_use(rules, lambda use: excluded_of(rules, use)),
        deduction=_by_use(rules, lambda use: deduction_of(rules, use)[0]),
        once=_by_use(rules, lambda use: deduction_of(rules, use)[1]).astype(np.bool_),
        part=_ladder(rules, rules.shares or rules.weights, part_rounding.unit),
        part_unit=part_rounding.unit,
        part_mode=mode_of(part_rounding),
        rates=_ladder(rules, rules.rates, tax.unit, marginal=marginal),
        tax_unit=tax.unit,
        tax_mode=mode_of(tax),
        by_taxable=rules.brackets_of == "taxable",
        marginal=marginal,
        minimum=least.amount if least else -1,
        minimum_always=bool(least and least.when_nothing_is_due),
        total_unit=total.unit if total else 0,
        total_mode=mode_of(total) if total else 0,
        total_inverse=1.0 / total.unit if total else 1.0,
    )


def _by_use(
    rules: Rules, value: Callable[[str], int]
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    keys = ("", *(use.key for use in rules.uses))
    return np.array([value(key) for key in keys], dtype=np.int64)


def excluded_of(rules: Rules, use: str) -> int:
    """The largest base that is not taxed; -1 where every base is."""
    most = [
        END if one.base_at_most is None else one.base_at_most
        for one in rules.exclusions
        if one.use in {None, use}
    ]
    return max(most, default=-1)


def deduction_of(rules: Rules, use: str) -> tuple[int, int]:
    """Rupiah, and 1 where only one object of a taxpayer has it."""
    found = of_use(rules.deductions, use)
    return (found[0].amount, int(found[0].once)) if found else (0, 0)


def _ladder(
    rules: Rules, tiers: tuple[Tier, ...], unit: int, *, marginal: bool = False
) -> Ladder:
    starts: list[int] = [0]
    chosen: list[Tier] = []
    before: list[int] = []
    commons: list[int] = []
    for key in ("", *(use.key for use in rules.uses)):
        own = sorted(of_use(tiers, key), key=lambda tier: tier.above)
        common = lcm(*(tier.part.denominator for tier in own)) if marginal else 0
        owed = 0
        for tier in own:
            chosen.append(tier)
            before.append(owed)
            commons.append(common or tier.part.denominator)
            if marginal and tier.up_to is not None:
                owed += (tier.up_to - tier.above) * int(tier.part * common)
        starts.append(len(chosen))
    if not tiers:
        starts = [0]
    under = np.array(commons, dtype=np.int64)
    rows = {id(tier): row for row, tier in enumerate(tiers)}
    return Ladder(
        starts=np.array(starts, dtype=np.int64),
        ends=np.array(
            [END if tier.up_to is None else tier.up_to for tier in chosen],
            dtype=np.int64,
        ),
        above=np.array([tier.above for tier in chosen], dtype=np.int64),
        over=np.array(
            [int(t.part * u) for t, u in zip(chosen, commons, strict=True)],
            dtype=np.int64,
        ),
        under=under,
        inverse=1.0 / (under.astype(np.float64) * unit),
        before=np.array(before, dtype=np.int64),
        row=np.array([rows[id(tier)] for tier in chosen], dtype=np.int64),
    )
