"""What is wrong with the rules of a tax or with what is told of an object, in words.

The engine names problems by a code with values; here each has its sentence. Nothing
here needs the platform's apps: `habaring tax` starts without them.
"""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from habaring.engines.taxing import Problem
from habaring.shared.formats import number

PROBLEMS: Mapping[str, str] = {
    "not_toml": gettext_noop("this is not a TOML file: %(why)s"),
    "unknown_tax": gettext_noop("%(place)s: no tax is called %(value)s"),
    "unknown_key": gettext_noop("%(place)s is not known"),
    "missing": gettext_noop("%(place)s is missing"),
    "missing_article": gettext_noop(
        "%(place)s is missing: every figure names its article"
    ),
    "not_text": gettext_noop("%(place)s is not a text"),
    "not_whole": gettext_noop(
        "%(place)s is not a whole number of at least %(least)s: %(value)s"
    ),
    "not_percent": gettext_noop("%(place)s is not a percentage: %(value)s"),
    "not_day": gettext_noop("%(place)s is not a day: %(value)s"),
    "not_yes": gettext_noop("%(place)s is neither true nor false: %(value)s"),
    "not_table": gettext_noop("%(place)s is not a table"),
    "not_one_of": gettext_noop(
        "%(place)s is %(value)s; it can be one of these: %(choices)s"
    ),
    "ends_before": gettext_noop("in force to %(to)s, which is before %(start)s"),
    "unknown_use": gettext_noop("%(place)s: no use is called %(value)s"),
    "unknown_law": gettext_noop(
        "%(place)s: for %(tax)s the law has no class %(value)s, only %(choices)s"
    ),
    "not_for_tax": gettext_noop("%(place)s has no place in %(tax)s"),
    "above_law": gettext_noop(
        "%(place)s: %(value)s%% is above the ceiling of %(most)s%% in %(article)s"
    ),
    "below_law": gettext_noop(
        "%(place)s: %(value)s%% is below the floor of %(least)s%% in %(article)s"
    ),
    "deduction_below_law": gettext_noop(
        "%(place)s: Rp %(value)s is less than the Rp %(least)s of %(article)s"
    ),
    "food_not_lower": gettext_noop(
        "%(place)s: land for food and livestock must have a lower rate than other land (%(article)s)"
    ),
    "gap": gettext_noop(
        "%(place)s begins above Rp %(value)s, but the tier before it ends at Rp %(end)s: there is a gap"
    ),
    "overlap": gettext_noop(
        "%(place)s begins above Rp %(value)s, but the tier before it ends at Rp %(end)s: they overlap"
    ),
    "first_tier": gettext_noop("%(place)s: the first tier must begin at 0"),
    "last_tier": gettext_noop("%(place)s: the last tier must have no end"),
    "tier_ends": gettext_noop(
        "%(place)s: the tier ends at Rp %(end)s, not above its beginning Rp %(value)s"
    ),
    "no_rate": gettext_noop("%(place)s: there is no rate for every use"),
    "again": gettext_noop("%(place)s is there a second time"),
    "no_rounding": gettext_noop(
        "%(place)s is missing: parts of a rupiah arise there, so say how they are rounded"
    ),
    "brackets_missing": gettext_noop(
        "%(place)s is missing: say whether a tier's rate counts for the whole (whole) or for its part (marginal)"
    ),
    "too_large": gettext_noop(
        "%(place)s: an object of Rp %(largest)s could not be reckoned exactly with this figure"
    ),
    "sets_overlap": gettext_noop("%(one)s and %(other)s are both in force on %(day)s"),
    "facts_unknown": gettext_noop("%(place)s is not asked for by %(tax)s"),
    "facts_missing": gettext_noop("%(place)s is missing"),
    "facts_not_whole": gettext_noop("%(place)s is not a whole number: %(value)s"),
    "facts_not_decimal": gettext_noop(
        "%(place)s is not a number with at most three decimals: %(value)s"
    ),
    "facts_not_yes": gettext_noop("%(place)s is neither yes nor no: %(value)s"),
    "facts_negative": gettext_noop("%(place)s is below zero: %(value)s"),
    "facts_use": gettext_noop(
        "%(place)s: no use is called %(value)s; there are these: %(choices)s"
    ),
    "facts_use_missing": gettext_noop(
        "%(place)s is missing: these rules have no general rate"
    ),
    "facts_use_price": gettext_noop("%(place)s is missing: the rules set no price"),
    "facts_price_twice": gettext_noop(
        "%(place)s: the rules set the price, so leave it out"
    ),
    "facts_base_negative": gettext_noop("the tax base is below zero: Rp %(value)s"),
    "facts_base_too_large": gettext_noop("the tax base is above Rp %(largest)s"),
    "facts_length": gettext_noop(
        "%(place)s has %(found)s rows where %(expected)s are expected"
    ),
    "facts_kind": gettext_noop("%(place)s is of another kind"),
    "not_in_force": gettext_noop(
        "these rules are not in force on %(day)s, only from %(start)s to %(end)s"
    ),
    "other_tax": gettext_noop("%(one)s and %(other)s are different taxes"),
    "principal_negative": gettext_noop("the principal is below zero: %(value)s"),
    "no_interest": gettext_noop("the rules have no interest of the kind %(value)s"),
    "no_due": gettext_noop("the rules do not say when it is due"),
    "needs": gettext_noop("for the due date %(value)s is needed"),
    "days_not_rising": gettext_noop("the days must rise, from %(day)s on"),
}
_WHOLE = re.compile(r"-?[0-9]{4,}")
_DECIMAL = re.compile(r"[0-9]+\.[0-9]+")
_NUMBERS = ("value", "least", "most", "end", "largest", "found", "expected")


def problem_words(problem: Problem) -> str:
    """The sentence of a problem in the active language."""
    values = {
        key: _shown(value) if key in _NUMBERS else value
        for key, value in problem.params.items()
    }
    return _(PROBLEMS[problem.code]) % (values | {"place": problem.place})


def _shown(value: str) -> str:
    """Numbers as the language writes them; everything else as it stands."""
    if _WHOLE.fullmatch(value):
        return number(int(value))
    if _DECIMAL.fullmatch(value):
        return number(float(value), len(value.partition(".")[2]))
    return value
