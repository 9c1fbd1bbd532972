"""The catalogue that comes with the package: indicators and frameworks, read from facts.

`facts/*.csv` hold the indicators, one family a file; `facts/frameworks/*.toml` hold the
dimensions, aliases, places and crosswalks of each framework. Every row has its source.
"""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

FAMILIES = ("kabupaten", "apbd", "spbe", "u4ssc")
FRAMEWORKS = ("kominfo-2022", "spbe-2020", "rpm-2026")
_NUMBERS = {"minimum", "maximum"}


@dataclass(frozen=True)
class Alias:
    """Another name of a dimension, and who uses it."""

    alias: str
    source: str = ""


@dataclass(frozen=True)
class DimensionEntry:
    """A dimension, or a part of one where `parent` names it."""

    code: str
    name_id: str
    name_en: str = ""
    parent: str = ""
    description_id: str = ""
    description_en: str = ""
    weight: float = 1.0
    order: int = 0
    aliases: tuple[Alias, ...] = ()


@dataclass(frozen=True)
class PlaceEntry:
    """An indicator's place; `goal_low` < `goal_high` in the indicator's own unit."""

    indicator: str
    dimension: str
    weight: float = 1.0
    goal_low: float | None = None
    goal_high: float | None = None
    goal_source: str = ""


@dataclass(frozen=True)
class CrosswalkEntry:
    """A dimension of an earlier `framework` leads to one of this."""

    framework: str
    source: str
    target: str
    kind: str
    note: str = ""


@dataclass(frozen=True)
class FrameworkEntry:
    """A framework as its file tells it. `values` are the framework's own columns."""

    code: str
    values: Mapping[str, Any]
    dimensions: tuple[DimensionEntry, ...]
    places: tuple[PlaceEntry, ...] = ()
    crosswalks: tuple[CrosswalkEntry, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """All indicators, as columns of the model by name, and all frameworks."""

    indicators: tuple[Mapping[str, Any], ...]
    frameworks: tuple[FrameworkEntry, ...]


def shipped() -> Catalogue:
    """The catalogue that comes with the package."""
    return Catalogue(
        indicators=tuple(row for family in FAMILIES for row in _indicators(family)),
        frameworks=tuple(
            framework_from(_facts("frameworks", f"{code}.toml")) for code in FRAMEWORKS
        ),
    )


def _facts(*names: str) -> str:
    place = resources.files("habaring.assessment").joinpath("facts", *names)
    return place.read_text("utf-8")


def _indicators(family: str) -> Iterator[dict[str, Any]]:
    for row in csv.DictReader(_facts(f"{family}.csv").splitlines()):
        values: dict[str, Any] = {"family": family}
        for column, text in row.items():
            if column in _NUMBERS:
                values[column] = float(text) if text else None
            else:
                values[column] = int(text) if column == "decimals" else text
        yield values


def framework_from(text: str) -> FrameworkEntry:
    """A framework from its TOML. KeyError or TypeError where something is missing."""
    data = tomllib.loads(text)
    dimensions = tuple(
        DimensionEntry(
            **{
                **entry,
                "order": order,
                "aliases": tuple(Alias(**a) for a in entry.get("aliases", ())),
            }
        )
        for order, entry in enumerate(data.pop("dimensions"), start=1)
    )
    places = tuple(
        PlaceEntry(indicator=code, **{k: v for k, v in p.items() if k != "indicators"})
        for p in data.pop("places", [])
        for code in p["indicators"]
    )
    crosswalks = tuple(CrosswalkEntry(**c) for c in data.pop("crosswalks", []))
    return FrameworkEntry(data["code"], data, dimensions, places, crosswalks)
