"""The slow, obvious twin: from the text of the rules to amounts, in fractions.

It reads the TOML itself and shares no code with the engine.
"""

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

COUNTED = {
    "reklame": ("size", "duration", "count"),
    "mblb": ("volume",),
    "pat": ("volume",),
    "walet": ("volume",),
}


def amounts(text: str, facts: Mapping[str, Any]) -> dict[str, int]:
    """Every step by its key; 0 where an object does not have it."""
    rules = tomllib.loads(text, parse_float=Decimal)
    use = facts.get("use", "")
    found: dict[str, int] = {}
    base = base_of(rules, facts, found)
    found["base"] = base
    zero = ("excluded", "deduction", "taxable", "share", "weight", "tax", "minimum")
    found |= dict.fromkeys((*zero, "total"), 0)
    for one in rules.get("exclusions", []):
        if one.get("use", use) == use and base <= one.get("base_at_most", base):
            found["excluded"] = base
            return beside(rules, found)
    amount = base
    for one in own(rules.get("deductions", []), use):
        given = facts.get("first", True) or not one["once_a_taxpayer"]
        found["deduction"] = min(base, one["amount"]) if given else 0
        amount = found["taxable"] = base - found["deduction"]
    taxable = amount
    for key in ("share", "weight"):
        for one in own(rules.get(f"{key}s", []), use):
            if inside(one, base):
                amount = rounded(rules, key, Fraction(taxable) * part(one))
                found[key] = amount
    found["tax"] = tax_of(rules, use, base, (taxable, amount))
    found["minimum"] = least_of(rules, amount, found["tax"])
    total = max(found["tax"], found["minimum"])
    found["total"] = rounded(rules, "total", Fraction(total))
    return beside(rules, found)


def least_of(rules: Mapping[str, Any], amount: int, tax: int) -> int:
    least = rules.get("minimum")
    if least is None or (amount == 0 and not least["when_nothing_is_due"]):
        return 0
    return int(least["amount"]) if tax < least["amount"] else 0


def base_of(
    rules: Mapping[str, Any], facts: Mapping[str, Any], found: dict[str, int]
) -> int:
    tax = rules["tax"]
    if tax == "pbb":
        found["land"] = facts["land_m2"] * facts["land_value"]
        found["building"] = facts.get("building_m2", 0) * facts.get("building_value", 0)
        return found["land"] + found["building"]
    if tax == "bphtb":
        return max(int(facts["price"]), int(facts.get("njop", 0)))
    if tax.startswith("pbjt"):
        cut = facts.get("discount", 0)
        return int(facts["paid"] - cut + facts.get("service", 0))
    if tax.startswith("opsen"):
        return int(facts["tax"])
    prices = own(rules.get("prices", []), facts.get("use", ""))
    product = Fraction(prices[0]["amount"] if prices else facts["price"])
    for key in COUNTED[tax]:
        product *= Fraction(facts.get(key, 1))
    return rounded(rules, "base", product)


def own(rows: list[dict[str, Any]], use: str) -> list[dict[str, Any]]:
    return [r for r in rows if r.get("use") == use] or [
        r for r in rows if "use" not in r
    ]


def inside(row: Mapping[str, Any], amount: int) -> bool:
    low, high = row.get("above", 0), row.get("up_to")
    return (amount > low or low == 0) and (high is None or amount <= high)


def part(row: Mapping[str, Any]) -> Fraction:
    return Fraction(row["percent"]) / 100


def tax_of(rules: Mapping[str, Any], use: str, base: int, on: tuple[int, int]) -> int:
    taxable, amount = on
    rows = own(rules["rates"], use)
    brackets = rules.get("brackets", {})
    if brackets.get("kind") == "marginal":
        exact = Fraction(0)
        for row in rows:
            top = amount if "up_to" not in row else min(amount, row["up_to"])
            exact += max(0, top - row.get("above", 0)) * part(row)
        return rounded(rules, "tax", exact)
    decides = taxable if brackets.get("of") == "taxable" else base
    row = next(row for row in rows if inside(row, decides))
    return rounded(rules, "tax", amount * part(row))


def rounded(rules: Mapping[str, Any], key: str, exact: Fraction) -> int:
    rule = rules.get("rounding", {}).get(key)
    if rule is None:
        assert exact.denominator == 1
        return int(exact)
    unit, mode = rule["unit"], rule["mode"]
    low = exact // unit * unit
    high = low + unit
    if exact == low or mode == "down":
        return int(low)
    if mode == "up":
        return int(high)
    if exact - low != high - exact:
        return int(low if exact - low < high - exact else high)
    if mode == "half-up":
        return int(high)
    return int(low if low / unit % 2 == 0 else high)


def beside(rules: Mapping[str, Any], found: dict[str, int]) -> dict[str, int]:
    for one in rules.get("beside", []):
        exact = found["total"] * part(one)
        found[one["key"]] = rounded(rules, "beside", exact)
    return found


def months(due_on: date, paid_on: date) -> int:
    """Day by day: a month begins on the day after the due date, and then on its day of
    each month, or on the first of the next where a month has no such day.
    """
    start, begun = due_on + timedelta(days=1), 0
    day = start
    while day <= paid_on:
        yesterday = day - timedelta(days=1)
        skipped = day.day == 1 and yesterday.day < start.day
        if day == start or day.day == start.day or skipped:
            begun += 1
        day += timedelta(days=1)
    return begun
