"""The official register as a table: read it, and find what is wrong with it.

Sources: regions/facts/sources.toml. The code is Kemendagri's: province, kabupaten or
kota, kecamatan, then desa (2xxx; 3xxx desa adat) or kelurahan (1xxx).
"""

import csv
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.regions.models import CODE_PATTERN, RegionKind
from habaring.shared.refusal import Problem, Words

FILES = ("regions.csv", "villages_62.02.csv")
KINDS_OF_LEVEL: tuple[frozenset[str], ...] = (
    frozenset({RegionKind.PROVINCE}),
    frozenset({RegionKind.REGENCY, RegionKind.CITY}),
    frozenset({RegionKind.DISTRICT}),
    frozenset({RegionKind.URBAN_VILLAGE, RegionKind.VILLAGE}),
)
_CODE = re.compile(CODE_PATTERN)


@dataclass(frozen=True)
class Unit:
    """One row of the register. None where the register states nothing."""

    code: str
    name: str
    kind: str
    parent: str = ""
    population: int | None = None
    area_km2: Decimal | None = None
    districts: int | None = None
    urban_villages: int | None = None
    villages: int | None = None
    capital: str = ""
    tile_column: int | None = None
    tile_row: int | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    decree: str = ""


@dataclass(frozen=True)
class Source:
    """Where some columns of the register come from."""

    title_id: str
    title_en: str
    source: str
    columns: tuple[str, ...]
    year: int


def shipped() -> tuple[Unit, ...]:
    """The register that comes with the package: 38, 514, and Kotim's 17 and 185."""
    return tuple(unit for name in FILES for unit in _read(name))


@cache
def sources() -> Mapping[str, Source]:
    """The source of each group of columns."""
    text = _facts("sources.toml")
    return {
        key: Source(**{**entry, "columns": tuple(entry["columns"])})
        for key, entry in tomllib.loads(text).items()
    }


@cache
def short_names() -> Mapping[str, tuple[str, ...]]:
    """What people call a region beside its name: Kotim, Jatim, DIY."""
    found: dict[str, tuple[str, ...]] = {}
    for row in csv.DictReader(_facts("short_names.csv").splitlines()):
        found[row["code"]] = (*found.get(row["code"], ()), row["name"])
    return found


def _facts(name: str) -> str:
    return (
        resources.files("habaring.regions").joinpath("facts", name).read_text("utf-8")
    )


def _read(name: str) -> Iterator[Unit]:
    for row in csv.DictReader(_facts(name).splitlines()):
        yield unit_of(row)


def unit_of(row: Mapping[str, str | None]) -> Unit:
    """A unit from a row of text. ValueError or DecimalException where it cannot be read."""

    def text(column: str) -> str:
        return (row.get(column) or "").strip()

    def whole(column: str) -> int | None:
        return int(text(column)) if text(column) else None

    def day(column: str) -> date | None:
        return date.fromisoformat(text(column)) if text(column) else None

    return Unit(
        code=text("code"),
        name=text("name"),
        kind=text("kind"),
        parent=text("parent"),
        population=whole("population"),
        area_km2=Decimal(text("area_km2")) if text("area_km2") else None,
        districts=whole("districts"),
        urban_villages=whole("urban_villages"),
        villages=whole("villages"),
        capital=text("capital"),
        tile_column=whole("tile_column"),
        tile_row=whole("tile_row"),
        opened_on=day("opened_on"),
        closed_on=day("closed_on"),
        decree=text("decree"),
    )


def problems(units: Iterable[Unit], *, known: Collection[str] = ()) -> list[Problem]:
    """Everything wrong with a list of units; rows are counted below one heading row.

    `known` are the codes of the register so far: a parent may be in either.
    """
    listed = list(units)
    codes = {unit.code for unit in listed} | set(known)
    seen: set[str] = set()
    found: list[Problem] = []
    for row, unit in enumerate(listed, start=2):
        for column, message in _wrong(unit, codes):
            found.append(Problem("", row, column, message))
        if unit.code in seen:
            again = format_lazy(_("The code {code} stands twice."), code=unit.code)
            found.append(Problem("", row, "code", again))
        seen.add(unit.code)
    return found


def _wrong(unit: Unit, codes: Collection[str]) -> Iterator[tuple[str, Words]]:
    if not _CODE.match(unit.code):
        form = _("{code} is not a region code. Write it with dots, like 62.02.05.1001.")
        yield "code", format_lazy(form, code=unit.code or "“”")
        return
    if not unit.name:
        yield "name", _("The name is missing.")
    yield from _wrong_kind(unit)
    above = unit.code.rpartition(".")[0]
    if unit.parent and unit.parent != above:
        form = _("{code} lies in {above}, not in {parent}.")
        yield (
            "parent",
            format_lazy(form, code=unit.code, above=above or "–", parent=unit.parent),
        )
    if above and above not in codes:
        form = _("{above}, in which {code} lies, is neither here nor in the register.")
        yield "parent", format_lazy(form, above=above, code=unit.code)
    if unit.closed_on and unit.opened_on and unit.closed_on <= unit.opened_on:
        yield "closed_on", _("It closes on or before the day on which it opens.")


def _wrong_kind(unit: Unit) -> Iterator[tuple[str, Words]]:
    fitting = KINDS_OF_LEVEL[unit.code.count(".")]
    if unit.kind not in fitting:
        form = _("A unit with the code {code} is {fitting}, not “{kind}”.")
        yield (
            "kind",
            format_lazy(
                form,
                code=unit.code,
                fitting=" / ".join(sorted(fitting)),
                kind=unit.kind,
            ),
        )
    elif unit.code.count(".") == 3:
        urban = unit.code.rpartition(".")[2].startswith("1")
        if urban != (unit.kind == RegionKind.URBAN_VILLAGE):
            form = _(
                "The last part of {code} does not fit a {kind}: 1xxx is kelurahan."
            )
            yield "kind", format_lazy(form, code=unit.code, kind=unit.kind)
