"""Facts of one object, checked: every problem at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from habaring.engines.taxing._problems import problem, refused
from habaring.engines.taxing._taxes import TAXES, Fact
from habaring.engines.taxing._values import Facts, Problem, Rules


def check_facts(rules: Rules, facts: Facts) -> dict[str, Any]:
    """The facts with defaults filled in: int, bool, text, Decimal for quantities.

    Raises:
        Refused: unknown or missing facts, wrong kinds, below zero, unknown uses.
    """
    tax = TAXES[rules.tax]
    found = _Found()
    for key in facts:
        if tax.fact(key) is None:
            found.wrong("facts_unknown", key, tax=tax.code)
    for fact in tax.facts:
        value = facts.get(fact.key)
        if value is None or value == "":
            if fact.required:
                found.wrong("facts_missing", fact.key)
            value = fact.default
        found.values[fact.key] = _READ[fact.kind](found, fact, value)
    _check_use(rules, found)
    if tax.formula == "quantity":
        _check_price(rules, found)
    if found.problems:
        raise refused(found.problems)
    return found.values


LARGEST_EXPONENT = 18
"""Quantities beyond are no measurements; their decimals could not be looked at."""


@dataclass
class _Found:
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, code: str, key: str, **params: Any) -> None:
        self.problems.append(problem(code, key, **params))


def _whole(found: _Found, fact: Fact, value: Any) -> int:
    if isinstance(value, Decimal) and value.is_finite() and value == int(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        found.wrong("facts_not_whole", fact.key, value=value)
        return 0
    if value < 0:
        found.wrong("facts_negative", fact.key, value=value)
        return 0
    return value


def _quantity(found: _Found, fact: Fact, value: Any) -> Decimal:
    number = _decimal(value)
    if number is None:
        found.wrong("facts_not_decimal", fact.key, value=value)
        return Decimal(0)
    if number < 0:
        found.wrong("facts_negative", fact.key, value=value)
        return Decimal(0)
    return number


def _decimal(value: Any) -> Decimal | None:
    """An exact number of at most three decimals; floats are not exact."""
    if isinstance(value, bool | float):
        return None
    try:
        number = Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        return None
    if not number.is_finite() or number.adjusted() > LARGEST_EXPONENT:
        return None
    return None if number * 1000 % 1 else number


def _use(found: _Found, fact: Fact, value: Any) -> str:
    if not isinstance(value, str):
        found.wrong("facts_use", fact.key, value=value, choices="…")
        return ""
    return value


def _yes(found: _Found, fact: Fact, value: Any) -> bool:
    if not isinstance(value, bool):
        found.wrong("facts_not_yes", fact.key, value=value)
        return False
    return value


_READ: Mapping[str, Callable[[_Found, Fact, Any], Any]] = {
    "m2": _whole,
    "rupiah": _whole,
    "count": _whole,
    "quantity": _quantity,
    "use": _use,
    "yes": _yes,
}


def _check_use(rules: Rules, found: _Found) -> None:
    use = found.values["use"]
    known = [one.key for one in rules.uses]
    if use and use not in known:
        found.wrong("facts_use", "use", value=use, choices=", ".join(known) or "–")
    if not use and all(tier.use is not None for tier in rules.rates):
        found.wrong("facts_use_missing", "use")


def _check_price(rules: Rules, found: _Found) -> None:
    use = found.values["use"]
    set_by_rules = any(one.use in {None, use} for one in rules.prices)
    given = found.values["price"] > 0
    if set_by_rules and given:
        found.wrong("facts_price_twice", "price")
    if not set_by_rules and not given:
        found.wrong("facts_use_price", "price")
