"""The two files of `habaring choose`: candidates as CSV, limits as TOML, both ways.

Pure: no database. A page's upload, a frozen scenario and the command read through here,
so that a downloaded pair of files gives the plan that the page shows.
"""

import csv
import io
import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.engines.choosing import (
    QUESTIONS,
    Candidate,
    Floor,
    Limits,
    Pool,
    Share,
    Synergy,
)
from habaring.shared.refusal import FileRefused, Problem, Words

HEADERS = (
    "code",
    "name",
    "description",
    "dimension",
    "district",
    "department",
    "owner",
    "months",
    "duration_years",
    "earliest_year",
    "latest_year",
    "quick_win",
    "requires",
    "group",
    "tags",
    "staff_fte",
)
SUSTAINABLE = ("running_cost_paid_by", "owner_after", "sdg", "environment_effect")
OTHERS = (
    "origin_kind",
    "origin_text",
    "proposal",
    "rpjmd_mission",
    "subactivity_code",
    "example",
)
# what the tables of the pages call the same columns
ALIASES = {
    "duration": "duration_years",
    "earliest": "earliest_year",
    "latest": "latest_year",
    "staff": "staff_fte",
    "illustrative": "example",
}
COST = re.compile(r"cost_(.+)_(\d{1,2})\Z")
RUNNING = re.compile(r"running_(.+)\Z")
OUTCOME = re.compile(r"outcome_(.+)\Z")
YES = frozenset({"yes", "ya", "y", "true", "1", "x", "benar"})
NO = frozenset({"no", "tidak", "n", "t", "false", "0", "-", "belum", "salah"})
_WHOLE = re.compile(r"-?(\d+|\d{1,3}([.,]\d{3})+)\Z")
_MANY = re.compile(r"[;,\s]+")


# Candidates


def candidates_from_rows(rows: Iterable[Mapping[str, Any]]) -> list[Candidate]:
    """Candidates from rows of cells, typed or as text, by column name.

    Raises:
        FileRefused: with every problem by row (the first row under the headings is 2).
    """
    reader = _Reader()
    found = [reader.candidate(n, row) for n, row in enumerate(rows, start=2)]
    reader.close(_("The candidates cannot be read."))
    return [candidate for candidate in found if candidate is not None]


def candidates_from_csv(text: str) -> list[Candidate]:
    """Candidates from a CSV with commas or semicolons.

    Raises:
        FileRefused: with every problem by row.
    """
    heading = text.partition("\n")[0]
    separator = ";" if heading.count(";") > heading.count(",") else ","
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=separator)
    named = [name.strip() for name in rows.fieldnames or ()]
    rows.fieldnames = named
    missing = [n for n in ("code", "name", "dimension") if n not in named]
    if missing:
        message = format_lazy(
            _("The column {column} is missing."), column=", ".join(missing)
        )
        problem = Problem("", 1, missing[0], message)
        raise FileRefused(_("The candidates cannot be read."), problems=(problem,))
    return candidates_from_rows(rows)


@dataclass
class _Reader:
    """Reads rows and keeps every problem."""

    problems: list[Problem] = field(default_factory=list)
    row: int = 0

    def candidate(self, number: int, row: Mapping[str, Any]) -> Candidate | None:
        self.row = number
        before = len(self.problems)
        given = self._cells(row)
        duration = self.whole(given, "duration_years", default=1)
        earliest = self.whole(given, "earliest_year")
        latest = self.whole(given, "latest_year", default=earliest)
        months = self.whole(given, "months", default=None)
        costs, running, outcomes = self._families(given)
        quick_win = self.yes(given, "quick_win")
        staff = self._staff(given)
        texts = {name: _text(given.get(name)) for name in HEADERS}
        for name in ("code", "name", "dimension"):
            if not texts[name]:
                self.say(name, _("This cell must not be empty."))
        if len(self.problems) > before:
            return None
        return Candidate(
            code=texts["code"],
            name=texts["name"],
            dimension=texts["dimension"],
            district=texts["district"] or None,
            department=texts["department"] or None,
            duration=duration or 1,
            earliest=earliest or 0,
            latest=latest or 0,
            quick_win=quick_win,
            months=months,
            owner=texts["owner"],
            costs=costs,
            running=running,
            outcomes=outcomes,
            requires=_parts(texts["requires"]),
            group=texts["group"] or None,
            staff=staff,
            sustainable=_answers(given),
            tags=_parts(texts["tags"]),
        )

    def say(self, column: str, message: Words) -> None:
        self.problems.append(Problem("", self.row, column, message))

    def close(self, what: Words) -> None:
        if self.problems:
            raise FileRefused(what, problems=self.problems)

    def _cells(self, row: Mapping[Any, Any]) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for name, value in row.items():
            if name is None:
                self.say("", _("The row has more cells than the heading."))
            elif not _known(ALIASES.get(name, name)):
                if self.row == 2 and name:
                    self.say(name, _("This column is not known."))
            else:
                out[ALIASES.get(name, name)] = value
        return out

    def _families(
        self, given: Mapping[str, Any]
    ) -> tuple[dict[tuple[int, str], int], dict[str, int], dict[str, float]]:
        costs: dict[tuple[int, str], int] = {}
        running: dict[str, int] = {}
        outcomes: dict[str, float] = {}
        for name in given:
            if _text(given[name]) == "" or name in SUSTAINABLE:
                continue
            if match := COST.match(name):
                costs[int(match[2]), match[1]] = self.whole(given, name) or 0
            elif match := RUNNING.match(name):
                running[match[1]] = self.whole(given, name) or 0
            elif match := OUTCOME.match(name):
                outcomes[match[1]] = self.number(name, given[name])
        return costs, running, outcomes

    def _staff(self, given: Mapping[str, Any]) -> dict[int, float] | float:
        value = given.get("staff_fte")
        parts = _text(value).split(";") if isinstance(value, str) else [value]
        if len(parts) > 1:
            each = enumerate(parts, start=1)
            return {k: self.number("staff_fte", part) for k, part in each}
        return self.number("staff_fte", value) if _text(value) else 0.0

    def whole(
        self, given: Mapping[str, Any], name: str, *, default: int | None = -1
    ) -> int | None:
        """A whole number; without a default the cell must not be empty."""
        value = given.get(name)
        if _text(value) == "":
            if default == -1:
                self.say(name, _("This cell must not be empty."))
            return default
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, float | Decimal) and value == int(value):
            return int(value)
        text = _text(value).removeprefix("Rp").strip()
        if not _WHOLE.match(text):
            self.say(
                name,
                format_lazy(_("“{value}” is not a whole number."), value=_text(value)),
            )
            return None
        return int(text.replace(".", "").replace(",", ""))

    def number(self, name: str, value: object) -> float:
        """A number with decimals, point or comma."""
        try:
            return float(_text(value).replace(",", "."))
        except ValueError:
            self.say(
                name, format_lazy(_("“{value}” is not a number."), value=_text(value))
            )
            return 0.0

    def yes(self, given: Mapping[str, Any], name: str) -> bool:
        """Yes or no; empty is no."""
        value = given.get(name)
        text = _text(value).casefold()
        if text in YES or value is True:
            return True
        if text and text not in NO:
            message = format_lazy(_("Write yes or no, not “{value}”."), value=text)
            self.say(name, message)
        return False


def _known(name: str) -> bool:
    if name in HEADERS or name in SUSTAINABLE or name in OTHERS:
        return True
    return any(p.match(name) for p in (COST, RUNNING, OUTCOME))


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _parts(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in _MANY.split(text) if part))


def _answers(given: Mapping[str, Any]) -> dict[str, bool]:
    """The questions that are answered; an empty cell leaves its question out."""
    cells = zip(QUESTIONS, SUSTAINABLE, strict=True)
    texts = {question: _text(given.get(name)).casefold() for question, name in cells}
    return {question: text not in NO for question, text in texts.items() if text}


def candidates_to_csv(candidates: Sequence[Candidate]) -> str:
    """The CSV that `candidates_from_csv` turns back into the same candidates.

    Answers to the four questions are written as yes or no: the engine knows no more.
    """
    cells = [_cells_of(candidate) for candidate in candidates]
    used = {name for row in cells for name in row}
    families = sorted(used - set(HEADERS) - set(SUSTAINABLE), key=_family_order)
    fixed = [name for name in HEADERS if name != "description"]
    out = io.StringIO()
    columns = [*fixed, *families, *SUSTAINABLE]
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(cells)
    return out.getvalue()


def _family_order(name: str) -> tuple[int, str, int]:
    if match := COST.match(name):
        return 0, match[1], int(match[2])
    return (1 if name.startswith("running_") else 2), name, 0


def _cells_of(c: Candidate) -> dict[str, object]:
    staff = c.staff
    if isinstance(staff, Mapping):
        years = range(1, max(staff, default=0) + 1)
        staff_text = ";".join(_decimal(staff.get(k, 0.0)) for k in years)
    else:
        staff_text = _decimal(staff)
    cells: dict[str, object] = {
        "code": c.code,
        "name": c.name,
        "dimension": c.dimension,
        "district": c.district or "",
        "department": c.department or "",
        "owner": c.owner,
        "months": "" if c.months is None else c.months,
        "duration_years": c.duration,
        "earliest_year": c.earliest,
        "latest_year": c.latest,
        "quick_win": "yes" if c.quick_win else "no",
        "requires": ";".join(c.requires),
        "group": c.group or "",
        "tags": ";".join(c.tags),
        "staff_fte": staff_text,
    }
    cells.update({f"cost_{s}_{k}": a for (k, s), a in c.costs.items()})
    cells.update({f"running_{s}": a for s, a in c.running.items()})
    cells.update({f"outcome_{d}": _decimal(p) for d, p in c.outcomes.items()})
    for question, name in zip(QUESTIONS, SUSTAINABLE, strict=True):
        if question in c.sustainable:
            cells[name] = "yes" if c.sustainable[question] else "no"
    return cells


def _decimal(number: float) -> str:
    return repr(int(number)) if number == int(number) else repr(float(number))


# Limits

_TOP = {
    "start_year": int,
    "years": int,
    "service_after": int,
    "quick_wins_per_dimension": int,
}
_LISTS = ("promised", "forbidden", "require_sustainable")
_NUMBERS: Mapping[str, type] = {
    "percent": float,
    "amount": float,
    "bonus": float,
    "carry_over": float,
    "year": int,
}
_TABLES: Mapping[str, tuple[type, tuple[str, ...], tuple[str, ...]]] = {
    "pools": (Pool, ("name", "sources"), ("carry_over", "tops_up")),
    "shares": (
        Share,
        ("name", "tag", "sense", "percent"),
        ("year", "source", "law"),
    ),
    "floors": (Floor, ("scope", "code", "amount"), ("measure",)),
    "synergies": (Synergy, ("first", "second", "bonus"), ()),
}
_WORDS: Mapping[str, tuple[str, ...]] = {
    "sense": ("at_least", "at_most"),
    "scope": ("dimension", "district"),
    "measure": ("count", "rupiah", "outcome"),
}


def limits_from_toml(text: str) -> Limits:
    """Limits from TOML; what the engine itself refuses is left to the engine.

    Raises:
        FileRefused: with every problem by key.
    """
    what = _("The limits cannot be read.")
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FileRefused(what, str(error)) from error
    reader = _LimitsReader()
    values = reader.values(given)
    if reader.problems:
        raise FileRefused(what, problems=reader.problems)
    return Limits(**values)


@dataclass
class _LimitsReader:
    problems: list[Problem] = field(default_factory=list)

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        known = {*_TOP, *_LISTS, *_TABLES, "ceilings", "staff", "weights"}
        for name in given:
            if name not in known:
                self.say(name, _("This key is not known."))
        for name in ("start_year", "years", "ceilings"):
            if name not in given:
                self.say(name, _("This key is missing."))
        out: dict[str, Any] = {
            name: self.typed(name, given[name], kind)
            for name, kind in _TOP.items()
            if name in given
        }
        for name in _LISTS:
            if name in given:
                out[name] = self.words(name, given[name])
        for name, (kind, needed, more) in _TABLES.items():
            tables = given.get(name, [])
            out[name] = tuple(self.tables(name, tables, kind, (needed, more)))
        out["ceilings"] = self.by_year("ceilings", given.get("ceilings", {}), int)
        out["staff"] = self.by_year("staff", given.get("staff", {}), float)
        out["weights"] = self.weights(given.get("weights", {}))
        return out

    def weights(self, given: object) -> dict[str, float]:
        if not isinstance(given, Mapping):
            self.say("weights", _("A table is wanted here."))
            return {}
        return {d: self.typed(f"weights.{d}", w, float) for d, w in given.items()}

    def say(self, key: str, message: Words) -> None:
        self.problems.append(Problem("", None, key, message))

    def typed(self, key: str, value: object, kind: type) -> Any:
        """A whole number or a number, whichever is wanted."""
        good = isinstance(value, int) and not isinstance(value, bool)
        if kind is float:
            good = good or isinstance(value, float)
        if not good:
            wanted = _("A whole number is wanted here.")
            other = _("A number is wanted here.")
            self.say(key, wanted if kind is int else other)
            return kind(0)
        return kind(value)

    def words(self, key: str, value: object) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            return tuple(value)
        self.say(key, _("A list of codes is wanted here."))
        return ()

    def by_year(self, name: str, given: object, kind: type) -> dict[Any, Any]:
        out: dict[tuple[str, int], Any] = {}
        if not isinstance(given, Mapping):
            self.say(name, _("A table is wanted here."))
            return out
        for code, years in given.items():
            key = f"{name}.{code}"
            if not isinstance(years, Mapping):
                self.say(key, _("A table is wanted here."))
                continue
            for year, amount in years.items():
                if not re.fullmatch(r"\d{4}", year):
                    self.say(f"{key}.{year}", _("This is not a year."))
                    continue
                out[code, int(year)] = self.typed(f"{key}.{year}", amount, kind)
        return out

    def tables(
        self,
        name: str,
        given: object,
        kind: type,
        keys: tuple[tuple[str, ...], tuple[str, ...]],
    ) -> Iterable[Any]:
        if not isinstance(given, list):
            self.say(name, _("A list of tables is wanted here."))
            return
        for n, table in enumerate(given, start=1):
            place = f"{name}[{n}]"
            before = len(self.problems)
            if not isinstance(table, Mapping):
                self.say(place, _("A table is wanted here."))
                continue
            self._keys(place, table, keys)
            values = {k: self._cell(f"{place}.{k}", k, v) for k, v in table.items()}
            if len(self.problems) == before:
                yield kind(**values)

    def _keys(
        self,
        place: str,
        table: Mapping[str, object],
        keys: tuple[tuple[str, ...], tuple[str, ...]],
    ) -> None:
        needed, more = keys
        for key in needed:
            if key not in table:
                self.say(f"{place}.{key}", _("This key is missing."))
        for key in table:
            if key not in needed + more:
                self.say(f"{place}.{key}", _("This key is not known."))

    def _cell(self, place: str, key: str, value: object) -> Any:
        if key in _NUMBERS:
            return self.typed(place, value, _NUMBERS[key])
        if key in {"sources", "tops_up"}:
            return self.words(place, value)
        if not isinstance(value, str):
            self.say(place, _("Text is wanted here."))
        elif key in _WORDS and value not in _WORDS[key]:
            one_of = ", ".join(_WORDS[key])
            self.say(place, format_lazy(_("Write one of: {words}."), words=one_of))
        return value


def limits_to_toml(limits: Limits) -> str:
    """The TOML that `limits_from_toml` turns back into the same limits."""
    lines = [f"{name} = {getattr(limits, name)}" for name in _TOP]
    lines += [f"{name} = {_toml(getattr(limits, name))}" for name in _LISTS]
    if limits.weights:
        lines += ["", "[weights]"]
        lines += [f"{_key(d)} = {_toml(w)}" for d, w in limits.weights.items()]
    for name in ("ceilings", "staff"):
        by_code: dict[str, dict[int, float]] = {}
        for (code, year), amount in getattr(limits, name).items():
            by_code.setdefault(code, {})[year] = amount
        for code, years in by_code.items():
            lines += ["", f"[{name}.{_key(code)}]"]
            lines += [f"{year} = {_toml(amount)}" for year, amount in years.items()]
    for name, (_kind, needed, more) in _TABLES.items():
        for item in getattr(limits, name):
            lines += ["", f"[[{name}]]"]
            lines += [f"{key} = {_toml(getattr(item, key))}" for key in needed]
            given = [(key, getattr(item, key)) for key in more]
            lines += [f"{key} = {_toml(v)}" for key, v in given if v not in (None, "")]
    if not limits.ceilings:
        lines += ["", "[ceilings]"]
    return "\n".join(lines) + "\n"


def _key(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else json.dumps(text)


def _toml(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)
