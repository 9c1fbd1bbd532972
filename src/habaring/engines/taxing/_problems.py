"""Everything that can be wrong with rules, facts and questions, in sentences."""

from collections.abc import Mapping, Sequence
from typing import Any

from habaring.engines.taxing._values import Problem, Refused

SHOWN = 100
"""How many problems of a table a refusal lists; the others are only counted."""

SENTENCES: Mapping[str, str] = {
    # rules
    "not_toml": "this is not TOML: {why}",
    "unknown_tax": "{place}: there is no tax called {value}",
    "unknown_key": "{place} is not known",
    "missing": "{place} is missing",
    "missing_article": "{place} is missing: every figure names its article",
    "not_text": "{place} is not a text",
    "not_whole": "{place} is not a whole number of at least {least}: {value}",
    "not_percent": "{place} is not a percentage: {value}",
    "not_day": "{place} is not a day: {value}",
    "not_yes": "{place} is neither true nor false: {value}",
    "not_table": "{place} is not a table",
    "not_one_of": "{place} is {value}, which is not one of {choices}",
    "ends_before": "in force to {to}, which is before {start}",
    "unknown_use": "{place}: no use is called {value}",
    "unknown_law": "{place}: the law has no class {value} for {tax}; it has {choices}",
    "not_for_tax": "{place} has no place in {tax}",
    "above_law": "{place}: {value} % is above the {most} % of {article}",
    "below_law": "{place}: {value} % is below the {least} % of {article}",
    "deduction_below_law": "{place}: Rp{value} is below the Rp{least} of {article}",
    "food_not_lower": "{place}: land for food and livestock must have a lower rate than other land ({article})",
    "gap": "{place} begins above Rp{value}; the tier before it ends at Rp{end}: there is a gap",
    "overlap": "{place} begins above Rp{value}; the tier before it ends at Rp{end}: they overlap",
    "first_tier": "{place}: the first tier must begin at 0",
    "last_tier": "{place}: the last tier must have no end (no up_to)",
    "tier_ends": "{place}: the tier ends at Rp{end}, not above its beginning Rp{value}",
    "no_rate": "there is no rate{for_use}",
    "again": "{place} says {value} a second time",
    "no_rounding": "{place} is missing: it is the place where parts of a rupiah arise",
    "brackets_missing": "{place} is missing: rates in tiers count for the whole, or each for its part",
    "too_large": "{place}: a base of Rp{largest} would not fit into 64 bits with this figure",
    "sets_overlap": "{one} and {other} are both in force on {day}",
    # facts
    "facts_unknown": "{place} is not a fact of {tax}",
    "facts_missing": "{place} is missing",
    "facts_not_whole": "{place} is not a whole number: {value}",
    "facts_not_decimal": "{place} is not a number of at most three decimals: {value}",
    "facts_not_yes": "{place} is neither true nor false: {value}",
    "facts_negative": "{place} is below zero: {value}",
    "facts_use": "{place}: no use is called {value}; there are {choices}",
    "facts_use_missing": "{place} is missing: these rules have no general rate",
    "facts_use_price": "{place} is missing: the rules set no price for it",
    "facts_price_twice": "{place}: the rules set the price already",
    "facts_base_negative": "the base is below zero: Rp{value}",
    "facts_base_too_large": "the base is more than Rp{largest}",
    "facts_length": "{place} has {found} rows, {expected} are expected",
    "facts_kind": "{place} is not an array of {kind}",
    # questions
    "not_in_force": "these rules are not in force on {day} (from {start}, to {end})",
    "other_tax": "{one} and {other} are different taxes",
    "principal_negative": "the principal is below zero: {value}",
    "no_interest": "the rules have no interest of the kind {value}",
    "no_due": "the rules do not say when it is due",
    "needs": "this due date needs {value}",
    "days_not_rising": "the days do not rise from {day}",
    "too_much_interest": "the principal is too large to reckon with",
}


def problem(code: str, place: str = "", /, **params: Any) -> Problem:
    """One of `SENTENCES` with its values."""
    told = {name: str(value) for name, value in params.items()}
    text = SENTENCES[code].format(place=place, **told)
    return Problem(code, text, told, place)


def refused(problems: Sequence[Problem]) -> Refused:
    """The refusal that names the first problems and counts the others."""
    return Refused(tuple(problems[:SHOWN]), more=max(0, len(problems) - SHOWN))


def percent(part: Any) -> str:
    """A fraction as a percentage without superfluous digits: 1/1000 is "0.1"."""
    hundred = part * 100
    if hundred.denominator == 1:
        return str(hundred.numerator)
    digits = 1
    while (hundred * 10**digits).denominator != 1 and digits < 12:
        digits += 1
    shifted = hundred * 10**digits
    if shifted.denominator != 1:
        return f"{hundred.numerator}/{hundred.denominator}"
    return f"{float(hundred):.{digits}f}"
