"""The scoring engine's problems and notes as sentences in the reader's language.

The engine gives a code, its numbers and an English sentence; here each code has words
that are translated. A code without words here falls back to the engine's sentence.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from habaring.engines.scoring import Note, Problem
from habaring.shared.formats import number, percent

WORDS = {
    # Notes: what was left out or changed on the way
    "not_in_framework": _(
        "%(indicator)s is in the table but not in the framework, so it is not used."
    ),
    "no_values": _("%(indicator)s is left out: no region has a value."),
    "constant": _(
        "%(indicator)s is left out: all %(units)s regions with a value have %(value)s, so it cannot tell them apart."
    ),
    "group_empty": _(
        "%(group)s is left out: nothing in it has a value. The weights of the others are scaled up."
    ),
    "clipped": _(
        "%(indicator)s: %(units)s lie beyond the goalpost and count as if on it."
    ),
    "not_ranked": _(
        "%(unit)s is not ranked: only %(coverage)s of the index's weight has a value, and at least %(least)s is needed."
    ),
    # Problems of the framework
    "twice": _("%(name)s is given %(times)s times."),
    "no_indicators": _("The framework has no indicators."),
    "unknown_choice": _("%(value)s is not known; it must be one of %(known)s."),
    "bad_coverage": _("The least coverage is %(value)s; it must be between 0 and 1."),
    "bad_floor": _("The floor is %(value)s; it must be above 0 and below 100."),
    "bad_spread": _(
        "The spread of weights is %(value)s; it must be at least 0 and below 1."
    ),
    "bad_choices": _("Draws need an imputation, a donor and an aggregation."),
    "not_one_root": _("Exactly one group must have no parent."),
    "unknown_parent": _("%(code)s: its parent %(parent)s is not in the framework."),
    "circle": _("%(code)s is above itself."),
    "bad_weight": _("%(code)s: its weight is %(weight)s; it must be 0 or more."),
    "no_weight": _("%(code)s: the weights of everything in it are 0."),
    "unknown_direction": _(
        "%(code)s: the direction is %(direction)s; it must be higher or lower."
    ),
    "half_goalposts": _("%(code)s: only one of its two goalposts is given."),
    "bad_goalposts": _(
        "%(code)s: the low goalpost %(low)s is not below the high one %(high)s."
    ),
    "no_goalposts": _("%(code)s: it needs two goalposts to be normalised by them."),
    # Problems of the table
    "no_units": _("The table has no rows."),
    "not_finite": _("%(unit)s, %(indicator)s: the value is not a finite number."),
    "not_positive": _(
        "%(unit)s, %(child)s: %(points)s points cannot enter the geometric mean of %(group)s. Choose a floor or another aggregation."
    ),
    "too_much": _(
        "%(draws)s draws over %(units)s regions need %(gigabytes)s GB. Ask for fewer draws or imputations."
    ),
    "nothing_left": _("No indicator is left that can be scored."),
    # Problems of the files
    "no_columns": _("The table has no header row."),
    "ragged": _("Row %(row)s has %(cells)s cells, the header %(header)s."),
    "no_heading": _("Column %(column)s has no heading."),
    "no_code": _("Row %(row)s has no region code."),
    "not_a_number": _(
        "Row %(row)s, column %(column)s: “%(value)s” is not a number. Write it like 1234.5 and leave a cell without a value empty."
    ),
    "region_twice": _("Row %(row)s: region %(unit)s is already in row %(first)s."),
    "value_twice": _(
        "Row %(row)s: %(unit)s, %(indicator)s is already in row %(first)s."
    ),
    "unknown_status": _("Row %(row)s, column status: “%(value)s” is not a status."),
    "value_and_status": _(
        "Row %(row)s: there is a value, and the status says %(status)s."
    ),
    "no_year": _("The table has no values of the year %(year)s."),
    "not_toml": _("The framework is not a TOML file: %(error)s."),
    "not_a_list": _("%(key)s must be written [[%(key)s]]."),
    "key_missing": _("%(place)s: %(key)s is missing."),
    "unknown_key": _("%(place)s: %(key)s is not known."),
    "wrong_kind": _("%(place)s: %(key)s is not of the right kind."),
}
_SHARES = {"coverage", "least"}
_AS_GIVEN = {"row", "first", "year", "times", "column"}


def sentence(what: Problem | Note | Mapping[str, Any]) -> str:
    """One problem or note, or a note of a stored record, in the active language."""
    if isinstance(what, Mapping):
        what = Note(what["code"], what["text"], what["params"])
    words = WORDS.get(what.code)
    if words is None:
        return what.text
    shown = {key: _shown(key, value) for key, value in what.params.items()}
    try:
        return gettext(words) % shown
    except KeyError:  # an older record without that number
        return what.text


def _shown(key: str, value: Any) -> str:
    if key in _SHARES:
        return percent(value, 0)
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    if isinstance(value, (int, float)) and key not in _AS_GIVEN:
        digits = f"{value:.6f}".rstrip("0").partition(".")[2]
        return number(value, len(digits))
    return str(value)
