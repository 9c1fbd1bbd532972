"""Whether rules agree with the law and with themselves.

Ceilings: Law 1/2022 (UU HKPD), articles in `_taxes`.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import chain, pairwise
from math import lcm
from typing import TypeAlias

from habaring.engines.taxing._problems import percent, problem
from habaring.engines.taxing._taxes import BESIDE, TAXES, Bound, Tax
from habaring.engines.taxing._values import (
    Deduction,
    Exclusion,
    Price,
    Problem,
    Rules,
    Tier,
)

INT64 = 2**63
HasUse: TypeAlias = Exclusion | Deduction | Tier | Price


def problems_of(rules: Rules) -> list[Problem]:
    """Everything wrong with rules whose keys could be read."""
    checks: tuple[Callable[[Rules, Tax], Iterator[Problem]], ...] = (
        _days,
        _uses,
        _places,
        _twice,
        _tiers,
        _rates_in_law,
        _deductions_in_law,
        _shares_in_law,
        _beside_in_law,
        _food,
        _roundings,
        _sizes,
    )
    tax = TAXES[rules.tax]
    return list(chain.from_iterable(check(rules, tax) for check in checks))


def groups(
    tiers: tuple[Tier, ...],
) -> dict[str | None, tuple[tuple[int, Tier], ...]]:
    """Tiers by use, each with its number in the file counted from 1."""
    found: dict[str | None, list[tuple[int, Tier]]] = {}
    for number, tier in enumerate(tiers, 1):
        found.setdefault(tier.use, []).append((number, tier))
    return {use: tuple(several) for use, several in found.items()}


def _days(rules: Rules, _: Tax) -> Iterator[Problem]:
    start, end = rules.in_force_from, rules.in_force_to
    if end is not None and end < start:
        yield problem("ends_before", "in_force_to", to=end, start=start)


def _uses(rules: Rules, tax: Tax) -> Iterator[Problem]:
    known = {use.key for use in rules.uses}
    for use in rules.uses:
        if use.law not in tax.law:
            told = ", ".join(key for key in tax.law if key) or "–"
            yield problem(
                "unknown_law",
                f"uses.{use.key}.law",
                value=use.law,
                tax=tax.code,
                choices=told,
            )
    parts: dict[str, tuple[HasUse, ...]] = {
        "exclusions": rules.exclusions,
        "deductions": rules.deductions,
        "shares": rules.shares,
        "weights": rules.weights,
        "prices": rules.prices,
        "rates": rules.rates,
    }
    for name, rows in parts.items():
        for number, row in enumerate(rows, 1):
            if row.use is not None and row.use not in known:
                place = f"{name}[{number}].use"
                yield problem("unknown_use", place, value=row.use)


def _places(rules: Rules, tax: Tax) -> Iterator[Problem]:
    """Parts that this tax has no place for."""
    steps = tax.steps
    if rules.deductions and "deduction" not in steps:
        yield problem("not_for_tax", "deductions", tax=tax.code)
    if rules.shares and tax.share is None:
        yield problem("not_for_tax", "shares", tax=tax.code)
    if rules.weights and "weight" not in steps:
        yield problem("not_for_tax", "weights", tax=tax.code)
    if rules.prices and tax.formula != "quantity":
        yield problem("not_for_tax", "prices", tax=tax.code)
    if rules.beside and tax.code != "mblb":
        yield problem("not_for_tax", "beside", tax=tax.code)
    if rules.brackets_of == "taxable" and "deduction" not in steps:
        yield problem("not_for_tax", "brackets.of", tax=tax.code)


def _twice(rules: Rules, _: Tax) -> Iterator[Problem]:
    """Two figures for one thing."""
    parts: dict[str, tuple[HasUse, ...]] = {
        "deductions": rules.deductions,
        "prices": rules.prices,
    }
    for name, rows in parts.items():
        seen: set[str | None] = set()
        for number, row in enumerate(rows, 1):
            if row.use in seen:
                place = f"{name}[{number}]"
                yield problem("again", place, value=row.use or "…")
            seen.add(row.use)


def _tiers(rules: Rules, _: Tax) -> Iterator[Problem]:
    named = (
        ("rates", rules.rates),
        ("shares", rules.shares),
        ("weights", rules.weights),
    )
    for name, tiers in named:
        for several in groups(tiers).values():
            yield from _one_ladder(name, several)
        if tiers:
            yield from _everybody(rules, name, tiers)
    if not rules.rates:
        yield problem("no_rate", "rates", for_use="")
    several_rates = any(len(group) > 1 for group in groups(rules.rates).values())
    if several_rates and not rules.brackets:
        yield problem("brackets_missing", "brackets.kind")


def _everybody(rules: Rules, name: str, tiers: tuple[Tier, ...]) -> Iterator[Problem]:
    """Whether each use has tiers, its own or the general ones."""
    known = {tier.use for tier in tiers}
    if None in known:
        return
    known |= {one.use for one in rules.exclusions if one.base_at_most is None}
    for use in rules.uses:
        if use.key not in known:
            yield problem("no_rate", name, for_use=f" for {use.key}")
    if name != "rates" and any(tier.use is None for tier in rules.rates):
        yield problem("no_rate", name, for_use="")


def _one_ladder(name: str, several: tuple[tuple[int, Tier], ...]) -> Iterator[Problem]:
    ordered = sorted(several, key=lambda one: one[1].above)
    for number, tier in ordered:
        if tier.up_to is not None and tier.up_to <= tier.above:
            yield problem(
                "tier_ends",
                f"{name}[{number}]",
                end=tier.up_to,
                value=tier.above,
            )
    if ordered[0][1].above != 0:
        yield problem("first_tier", f"{name}[{ordered[0][0]}].above")
    if ordered[-1][1].up_to is not None:
        yield problem("last_tier", f"{name}[{ordered[-1][0]}].up_to")
    for (_, before), (number, tier) in pairwise(ordered):
        end = before.up_to
        if end is None or tier.above < end:
            told = "…" if end is None else end
            place = f"{name}[{number}]"
            yield problem("overlap", place, value=tier.above, end=told)
        elif tier.above > end:
            place = f"{name}[{number}]"
            yield problem("gap", place, value=tier.above, end=end)


def _law_of(rules: Rules, use: str | None) -> str:
    found = rules.use_called(use) if use else None
    return found.law if found else ""


def _within(part: Fraction, bound: Bound, place: str) -> Iterator[Problem]:
    told = {"value": percent(part), "article": bound.article}
    if part > bound.most:
        yield problem("above_law", place, most=percent(bound.most), **told)
    if part < bound.least:
        yield problem("below_law", place, least=percent(bound.least), **told)


def _rates_in_law(rules: Rules, tax: Tax) -> Iterator[Problem]:
    for number, tier in enumerate(rules.rates, 1):
        bound = tax.law.get(_law_of(rules, tier.use))
        if bound:
            yield from _within(tier.part, bound, f"rates[{number}].percent")


def _deductions_in_law(rules: Rules, tax: Tax) -> Iterator[Problem]:
    for number, one in enumerate(rules.deductions, 1):
        least = tax.least_deduction.get(_law_of(rules, one.use))
        if least and one.amount < least[0]:
            yield problem(
                "deduction_below_law",
                f"deductions[{number}].amount",
                value=one.amount,
                least=least[0],
                article=least[1],
            )
    if tax.least_deduction and not any(one.use is None for one in rules.deductions):
        yield problem("missing", "deductions")


def _shares_in_law(rules: Rules, tax: Tax) -> Iterator[Problem]:
    for number, tier in enumerate(rules.shares, 1):
        if tax.share:
            yield from _within(tier.part, tax.share, f"shares[{number}].percent")


def _beside_in_law(rules: Rules, _: Tax) -> Iterator[Problem]:
    for number, one in enumerate(rules.beside, 1):
        bound = BESIDE.get(one.key)
        if bound is None:
            yield problem(
                "not_one_of",
                f"beside[{number}].key",
                value=one.key,
                choices=", ".join(BESIDE),
            )
        else:
            yield from _within(one.part, bound, f"beside[{number}].percent")


def _food(rules: Rules, tax: Tax) -> Iterator[Problem]:
    """Land for food and livestock pays less than other land at every value."""
    other = [tier for tier in rules.rates if tier.use is None]
    if tax.code != "pbb" or not other:
        return
    for number, tier in enumerate(rules.rates, 1):
        if _law_of(rules, tier.use) != "food":
            continue
        meeting = [
            one
            for one in other
            if (tier.up_to is None or one.above < tier.up_to)
            and (one.up_to is None or tier.above < one.up_to)
        ]
        if any(tier.part >= one.part for one in meeting):
            yield problem(
                "food_not_lower",
                f"rates[{number}].percent",
                article="UU 1/2022 Pasal 41 ayat (2)",
            )


def _roundings(rules: Rules, tax: Tax) -> Iterator[Problem]:
    """Where a part of a rupiah can arise, the rules say what becomes of it."""
    needed = {"tax": True}
    needed["share"] = any(tier.part != 1 for tier in rules.shares)
    needed["weight"] = bool(rules.weights)
    needed["base"] = tax.formula == "quantity"
    needed["beside"] = bool(rules.beside)
    for step, must in needed.items():
        if must and step not in rules.roundings:
            yield problem("no_rounding", f"rounding.{step}")
    for step in rules.roundings:
        if not needed.get(step, step == "total"):
            if step == "share" and rules.shares:
                continue
            yield problem("not_for_tax", f"rounding.{step}", tax=tax.code)


def _sizes(rules: Rules, _: Tax) -> Iterator[Problem]:
    """Whether each product of the largest base fits into 64 bits."""
    largest = rules.largest
    heaviest = max((tier.part for tier in rules.weights), default=Fraction(1))
    after = int(largest * max(heaviest, Fraction(1))) + 1
    ladders = (
        ("shares", rules.shares, largest, False),
        ("weights", rules.weights, largest, False),
        ("rates", rules.rates, after, rules.brackets == "marginal"),
    )
    for name, tiers, base, marginal in ladders:
        for several in groups(tiers).values():
            common = lcm(*(tier.part.denominator for _, tier in several))
            for number, tier in several:
                part = tier.part
                over = part.numerator * (common // part.denominator if marginal else 1)
                under = common if marginal else part.denominator
                unit = max((one.unit for one in rules.roundings.values()), default=1)
                if base * max(over, 1) >= INT64 or 2 * under * unit >= INT64:
                    place = f"{name}[{number}].percent"
                    yield problem("too_large", place, largest=largest)
    if largest > LARGEST_EVER:
        yield problem("too_large", "largest", largest=largest)


LARGEST_EVER = 2**49
"""Quotients up to here are exact in the loops: doubles, then one correction."""
