"""Answers about regions: search, the parts of a region, its budget, the tile map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from habaring.regions import finding, register
from habaring.regions.models import (
    LOCAL_KINDS,
    Boundary,
    BudgetAccount,
    BudgetFigure,
    BudgetStage,
    Department,
    Region,
    RegionKind,
)
from habaring.shared.refusal import Words

FOUND = 20
_SEARCHED = (RegionKind.PROVINCE, *LOCAL_KINDS, RegionKind.DISTRICT)


def search(text: str, limit: int = FOUND) -> list[Region]:
    """The open regions that a person may mean, best first, each with its parent.

    A name, a short name (Kotim), a code with or without dots, and small slips are
    understood. Villages are looked through only where nothing above them fits.
    """
    codes = finding.find(text, _names(_SEARCHED), limit=limit)
    if not codes:
        found = Region.objects.filter(
            kind__in=(RegionKind.VILLAGE, RegionKind.URBAN_VILLAGE),
            name__icontains=" ".join(text.split()) or "-",
            closed_on=None,
        )
        return list(found.select_related("parent").order_by("name", "code")[:limit])
    rows = Region.objects.select_related("parent").in_bulk(codes)
    return [rows[code] for code in codes]


def _names(kinds: Sequence[str]) -> list[finding.Name]:
    rows = Region.objects.filter(kind__in=kinds, closed_on=None).values_list(
        "code", "kind", "name", "parent__name"
    )
    short = register.short_names()
    return [
        finding.Name(code, kind, (name, *short.get(code, ())), within or "")
        for code, kind, name, within in rows
    ]


# The parts of a region


@dataclass(frozen=True)
class Part:
    """A region below another, as a row of a page or a file."""

    code: str
    name: str
    kind: str
    population: int | None
    area_km2: float | None
    urban_villages: int | None
    villages: int | None
    parent: str
    has_boundary: bool


def parts(region: Region) -> list[Part]:
    """What lies directly in the region, in the order of the codes."""
    return [_part(row) for row in _open_below(region).filter(parent=region)]


def villages(region: Region) -> list[Part]:
    """All villages of a region, at any depth, in the order of the codes."""
    kinds = (RegionKind.VILLAGE, RegionKind.URBAN_VILLAGE)
    return [_part(row) for row in _open_below(region).filter(kind__in=kinds)]


def _open_below(region: Region) -> Any:
    rows = Region.objects.within(region).filter(closed_on=None)
    return rows.select_related("boundary").defer("boundary__polygons").order_by("code")


def _part(row: Region) -> Part:
    return Part(
        code=row.code,
        name=row.name,
        kind=row.kind,
        population=row.population,
        area_km2=None if row.area_km2 is None else float(row.area_km2),
        urban_villages=row.urban_villages,
        villages=row.villages,
        parent=row.parent_id or "",
        has_boundary=hasattr(row, "boundary"),
    )


def outlines(codes: Sequence[str]) -> dict[str, list[Any]]:
    """The polygons of the regions that have a boundary: [[ring, hole, …], …]."""
    rows = Boundary.objects.filter(region__in=codes)
    return dict(rows.values_list("region_id", "polygons"))


@dataclass(frozen=True)
class TilePlace:
    """A kabupaten's or kota's place in the tile map of the country."""

    code: str
    name: str
    short: str  # as it is written into a tile: without "Kabupaten"
    column: int
    row: int


def tiles(province: str = "") -> list[TilePlace]:
    """The tile map: all 514, or those of one province."""
    rows = Region.objects.local().filter(closed_on=None, tile_column__isnull=False)
    if province:
        rows = rows.filter(parent=province)
    columns = ("code", "kind", "name", "tile_column", "tile_row")
    return [
        TilePlace(
            code,
            f"{kind.capitalize()} {name}",
            f"Kota {name}" if kind == RegionKind.CITY else name,
            column or 0,
            row or 0,
        )
        for code, kind, name, column, row in rows.values_list(*columns)
    ]


# Departments


def departments(region: Region, text: str = "") -> list[Department]:
    """The departments of a region, open ones first, those that fit what was written."""
    rows = list(region.departments.select_related("successor"))
    wanted = finding.words_of(text)
    if wanted:
        rows = [row for row in rows if _fits(row, wanted)]
    return sorted(rows, key=lambda row: (row.closed_on is not None, row.code))


def _fits(row: Department, wanted: Sequence[str]) -> bool:
    told = finding.words_of(f"{row.code} {row.short_name} {row.name_id} {row.name_en}")
    return all(any(word.startswith(part) for word in told) for part in wanted)


# Budget


@dataclass(frozen=True)
class BudgetAlert:
    """A sum that does not come out as published; nothing was changed to mend it."""

    stage: str
    account: str
    stated: int
    expected: int
    message: Words

    @property
    def difference(self) -> int:
        return self.stated - self.expected


@dataclass(frozen=True)
class BudgetLine:
    """One account in both stages; None where nothing was published."""

    account: str
    label: Words
    original: int | None
    revised: int | None
    total: bool
    derived: bool
    note: str

    @property
    def change(self) -> int | None:
        if self.original is None or self.revised is None:
            return None
        return self.revised - self.original


@dataclass(frozen=True)
class Budget:
    """A region's budget of one year. Every page and book reads its money here."""

    region: str
    year: int
    lines: tuple[BudgetLine, ...]
    alerts: tuple[BudgetAlert, ...]
    sources: tuple[str, ...]
    illustrative: bool

    def line(self, account: str) -> BudgetLine | None:
        return next((line for line in self.lines if line.account == account), None)


Amounts = Mapping[str, int]
_SUMS: Mapping[str, tuple[str, ...]] = {
    "revenue": ("pad", "transfer_in", "other_income"),
    "expenditure": ("operating", "capital", "contingency", "transfer_out"),
}


def budget_years(region: Region) -> list[int]:
    """The years of which a budget was recorded, newest first."""
    rows = BudgetFigure.objects.filter(region=region).order_by("-year")
    return list(rows.values_list("year", flat=True).distinct())


def budget(region: Region, year: int) -> Budget | None:
    """The budget of a year before and after revision, with what does not add up."""
    rows = list(BudgetFigure.objects.filter(region=region, year=year))
    if not rows:
        return None
    stages: dict[str, dict[str, BudgetFigure]] = {}
    for row in rows:
        stages.setdefault(row.stage, {})[row.account] = row
    lines = tuple(
        _line(account, stages)
        for account in BudgetAccount
        if any(account in figures for figures in stages.values())
    )
    alerts = tuple(
        alert
        for stage, figures in stages.items()
        for alert in reconcile(stage, {a: f.amount for a, f in figures.items()})
    )
    return Budget(
        region=region.code,
        year=year,
        lines=lines,
        alerts=alerts,
        sources=tuple(dict.fromkeys(row.source for row in rows)),
        illustrative=any(row.illustrative for row in rows),
    )


def _line(
    account: BudgetAccount, stages: Mapping[str, Mapping[str, BudgetFigure]]
) -> BudgetLine:
    before = stages.get(BudgetStage.ORIGINAL, {}).get(account)
    after = stages.get(BudgetStage.REVISED, {}).get(account)
    known = [figure for figure in (before, after) if figure is not None]
    return BudgetLine(
        account=account.value,
        label=account.label,
        original=before.amount if before else None,
        revised=after.amount if after else None,
        total=account in (*_SUMS, "deficit"),
        derived=any(figure.derived for figure in known),
        note="; ".join(figure.note for figure in known if figure.note),
    )


def reconcile(stage: str, amounts: Amounts) -> list[BudgetAlert]:
    """What does not add up in one stage: parts, deficit, financing. Whole rupiah."""
    alerts = []
    for total, members in _SUMS.items():
        if total in amounts and all(member in amounts for member in members):
            expected = sum(amounts[member] for member in members)
            alerts += _alert(
                stage, amounts, (total, expected), _("The parts do not add up to it.")
            )
    if {"expenditure", "revenue"} <= set(amounts):
        expected = amounts["expenditure"] - amounts["revenue"]
        words = _("It is not expenditure less revenue.")
        alerts += _alert(stage, amounts, ("deficit", expected), words)
    if "deficit" in amounts:
        words = _("Net financing does not equal the deficit.")
        alerts += _alert(stage, amounts, ("financing", amounts["deficit"]), words)
    return alerts


def _alert(
    stage: str, amounts: Amounts, expected: tuple[str, int], message: Words
) -> list[BudgetAlert]:
    account, sum_ = expected
    if amounts.get(account, sum_) == sum_:
        return []
    return [BudgetAlert(stage, account, amounts[account], sum_, message)]


# Rows of files


def register_rows(region: Region) -> list[dict[str, Any]]:
    """The region and everything below it, as rows of the table kind `regions`."""
    rows = Region.objects.filter(code=region.code) | Region.objects.within(region)
    columns = (
        *("code", "name", "kind", "population", "area_km2", "districts"),
        *("urban_villages", "villages", "capital", "opened_on", "closed_on", "decree"),
    )
    return [
        {**row, "parent": row["code"].rpartition(".")[0] or None}
        for row in rows.order_by("code").values(*columns)
    ]


def budget_rows(region: Region, year: int) -> list[dict[str, Any]]:
    """The lines of a budget, as rows of the table kind `budget_summary`."""
    columns = ("year", "stage", "account", "amount", "derived", "source", "note")
    rows = BudgetFigure.objects.filter(region=region, year=year)
    return [
        {**row, "region": region.code, "illustrative": row["illustrative"] or None}
        for row in rows.values(*columns, "illustrative")
    ]
