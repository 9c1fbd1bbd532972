"""A cohort's method as a TOML file: read with every fault named, written so that it comes
back unchanged.

    why_id = "Surat Dirjen …"            # why these criteria; everybody reads it
    tie_break = ["need", "leadership"]   # which criterion parts equal scores
    per_province = 3                     # left out: no bound

    [[criteria]]
    code = "leadership"
    name_id = "Komitmen pimpinan"
    weight = 30                          # all weights come to 100
    why_id = "…"                         # why it weighs so much

    [[requirements]]
    code = "letter"
    name_id = "Surat minat kepala daerah"

The file has no seats: they belong to the call. What is kept with the cohort is the same
as a mapping (`Cohort.method`); docs/algorithms/selecting.md tells how the engine compares.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from habaring.engines.selecting import KINDS
from habaring.guidance.methods import MOST
from habaring.shared.refusal import Refusal

LARGEST = 64 * 1024
"""Bytes of a file; a method is a page or two."""
_CODE = re.compile(r"[a-z][a-z0-9_]{0,29}")
_TOP = {"why_id", "why_en", "source", "tie_break", "per_province"}
_TABLES = {"criteria", "requirements"}
_CRITERION = (
    "code",
    "name_id",
    "name_en",
    "weight",
    "kind",
    "most",
    "why_id",
    "why_en",
)
_REQUIREMENT = ("code", "name_id", "name_en", "why_id", "why_en")
_NUMBERS = ("weight", "most")


class MethodUnreadable(Refusal):
    """A method that cannot compare anybody; `problems` names everything that is wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(
            gettext_lazy("This method cannot choose anybody."),
            " ".join(problems[:10]),
            gettext_lazy("Mend the file and send it again."),
        )
        self.problems = tuple(problems)


def read_method(text: str) -> dict[str, Any]:
    """The method of a TOML text as it is kept with a cohort.

    Raises MethodUnreadable with all that is wrong: no TOML, words that are not known,
    a code twice, weights that do not come to 100, a tie-break that names no criterion.
    """
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        fault = _("This is no TOML: %(error)s") % {"error": error}
        raise MethodUnreadable([fault]) from None
    found = list(_faults(told))
    if found:
        raise MethodUnreadable(found)
    criteria = [_row(one, _CRITERION) for one in told["criteria"]]
    requirements = [_row(one, _REQUIREMENT) for one in told.get("requirements", [])]
    top = {key: told[key] for key in sorted(_TOP) if told.get(key)}
    return top | {"criteria": criteria, "requirements": requirements}


def _row(one: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {key: one[key] for key in keys if one.get(key) not in (None, "")}


def _faults(told: Mapping[str, Any]) -> Iterator[str]:
    unknown = set(told) - _TOP - _TABLES
    if unknown:
        yield _("Not known here: %(words)s.") % {"words": ", ".join(sorted(unknown))}
    every: list[str] = []
    for table, keys in (("criteria", _CRITERION), ("requirements", _REQUIREMENT)):
        rows = told.get(table, [])
        if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
            yield _("“%(table)s” is no list of tables.") % {"table": table}
            return
        for row in rows:
            yield from _faults_of(row, keys, table)
            every.append(str(row.get("code")))
    for code in sorted({code for code in every if every.count(code) > 1}):
        yield _("“%(code)s” stands twice.") % {"code": code}
    yield from _faults_together(told)


def _faults_of(
    row: Mapping[str, Any], keys: Sequence[str], table: str
) -> Iterator[str]:
    code = row.get("code")
    place = {"code": code, "table": table}
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        yield (
            _("A code in “%(table)s” is not small letters and digits: %(code)s.")
            % place
        )
    if not isinstance(row.get("name_id"), str) or not row["name_id"].strip():
        yield _("“%(code)s” has no name (name_id).") % place
    unknown = sorted(set(row) - set(keys))
    if unknown:
        words = place | {"words": ", ".join(unknown)}
        yield _("“%(code)s” says what is not known here: %(words)s.") % words
    for key in keys:
        fault = _fault_of_value(key, row.get(key))
        if fault:
            yield fault % (place | {"key": key})
    if row.get("kind", KINDS[0]) not in KINDS:
        words = place | {"kinds": ", ".join(KINDS)}
        yield _("“%(code)s”: its kind is none of %(kinds)s.") % words


def _fault_of_value(key: str, value: object) -> str:
    if key in _NUMBERS:
        needed = key == "weight" or value is not None
        if needed and not _positive(value):
            return _("“%(code)s”: %(key)s is no whole number above 0.")
    elif value is not None and not isinstance(value, str):
        return _("“%(code)s”: %(key)s is no text.")
    return ""


def _positive(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _faults_together(told: Mapping[str, Any]) -> Iterator[str]:
    criteria = told.get("criteria", [])
    if not criteria:
        yield _("There is no criterion.")
        return
    weights = [one.get("weight") for one in criteria]
    if all(_positive(one) for one in weights) and sum(weights) != 100:
        yield _("The weights come to %(sum)s, not to 100.") % {"sum": sum(weights)}
    yield from _faults_of_ties(told.get("tie_break", []), criteria)
    bound = told.get("per_province")
    if bound is not None and not _positive(bound):
        yield _("“per_province” is no whole number above 0.")
    for key in ("why_id", "why_en", "source"):
        if not isinstance(told.get(key, ""), str):
            yield _("“%(key)s” is no text.") % {"key": key}


def _faults_of_ties(ties: object, criteria: list[Mapping[str, Any]]) -> Iterator[str]:
    if not isinstance(ties, list):
        yield _("“tie_break” is no list of codes.")
        return
    codes = {one.get("code") for one in criteria}
    for code in ties:
        if code not in codes:
            told = {"code": code}
            yield _("Equal scores are parted by “%(code)s”, no criterion.") % told


def written(method: Mapping[str, Any]) -> str:
    """The method as TOML, in one order whatever order it is kept in."""
    lines = [
        f"{key} = {_value(method[key])}"
        for key in ("why_id", "why_en", "source", "tie_break", "per_province")
        if method.get(key)
    ]
    for table, keys in (("criteria", _CRITERION), ("requirements", _REQUIREMENT)):
        for one in method.get(table, []):
            lines += ["", f"[[{table}]]"]
            lines += [
                f"{key} = {_value(one[key])}"
                for key in keys
                if one.get(key) not in (None, "")
                and not (key == "most" and one[key] == MOST)
            ]
    return "\n".join(lines).lstrip("\n") + "\n"


def _value(value: object) -> str:
    # JSON's strings, numbers and lists of strings are TOML's, too
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
