"""The two plain files of an index: a table of values and its framework.

`habaring score` reads them and an edition's page offers them, so that anyone gets the
page's numbers from the page's files: what is written here reads back the same.

TABLE.csv is wide, one row a region and one column an indicator after the region's code
and, if there is one, its name; or long, with the columns region_code, indicator, value
and, if wanted, year and status (value, imputed, missing, not_applicable, suppressed).
UTF-8; comma with decimal point, or semicolon or tab with decimal comma or point. An
empty cell is "no value", never zero. FRAMEWORK.toml is told in `score_frameworks.py`.

Pure: text in, values out. Raises the engine's `Refused` with every problem, each with
its row or place and its column.
"""

import csv
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from habaring.assessment.score_frameworks import (
    read_choices,
    read_framework,
    write_framework,
)
from habaring.engines.scoring import Problem, Refused, Table

__all__ = [
    "ReadTable",
    "read_choices",
    "read_framework",
    "read_table",
    "write_framework",
    "write_table",
]

LONG = ("region_code", "indicator", "value")
NAMES = {"name", "region_name", "nama", "nama_daerah"}
EMPTY = {"", "missing", "not_applicable", "suppressed"}
STATUSES = {"value", "imputed", *EMPTY}
_LISTED = 200  # problems named; a file with more is of another kind altogether


@dataclass(frozen=True, eq=False)
class ReadTable:
    """A table as the engine takes it, with the regions' names and the year, if given."""

    table: Table
    names: Mapping[str, str]
    year: int | None


def read_table(text: str, *, year: int | None = None) -> ReadTable:
    """Read TABLE.csv, wide or long; of a long one, the year asked for or the newest."""
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), _dialect(text)))
    if not lines or len(lines[0]) < 2:
        raise Refused((Problem("no_columns", "The table has no header row."),))
    comma = _dialect(text).delimiter != ","
    header = [cell.strip() for cell in lines[0]]
    rows = [
        (number, [cell.strip() for cell in line])
        for number, line in enumerate(lines[1:], 2)
        if any(cell.strip() for cell in line)
    ]
    ragged = [
        Problem(
            "ragged",
            f"Row {number} has {len(row)} cells, the header {len(header)}.",
            {"row": number, "cells": len(row), "header": len(header)},
        )
        for number, row in rows
        if len(row) != len(header)
    ]
    _refuse(ragged)
    if set(LONG) <= set(header):
        return _long(header, rows, comma=comma, year=year)
    return _wide(header, rows, comma=comma)


def write_table(table: Table, *, names: Mapping[str, str] | None = None) -> str:
    """The table as CSV: wide, or long where some values were estimated beforehand."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if table.imputed is not None and table.imputed.any():
        writer.writerow(["region_code", "indicator", "value", "status"])
        writer.writerows(_long_rows(table))
    else:
        header = ["region_code", *(["name"] if names is not None else [])]
        writer.writerow([*header, *table.indicators])
        for unit, values in zip(table.units, table.values.tolist(), strict=True):
            start = [unit] if names is None else [unit, names.get(unit, "")]
            writer.writerow([*start, *map(_number_out, values)])
    return out.getvalue()


def _dialect(text: str) -> type[csv.Dialect]:
    first = text.removeprefix("\ufeff").split("\n", 1)[0]
    mark = max(",;\t", key=first.count)

    class Found(csv.excel):
        delimiter = mark

    return Found


def _wide(
    header: list[str], rows: list[tuple[int, list[str]]], *, comma: bool
) -> ReadTable:
    start = 2 if header[1].lower() in NAMES else 1
    problems = [*_blank_heading(header), *_blank_codes(rows, 0)]
    values = np.full((len(rows), len(header) - start), np.nan)
    for place, (number, row) in enumerate(rows):
        for column, cell in enumerate(row[start:]):
            if cell not in EMPTY:
                read = _number_in(cell, comma=comma)
                if read is None:
                    problems.append(_not_a_number(number, header[start + column], cell))
                else:
                    values[place, column] = read
    problems += _twice(rows)
    _refuse(problems)
    units = tuple(row[0] for _, row in rows)
    names = {row[0]: row[1] for _, row in rows} if start == 2 else {}
    return ReadTable(Table(units, tuple(header[start:]), values), names, None)


@dataclass(frozen=True)
class _Cell:
    row: int
    unit: str
    indicator: str
    year: int | None
    value: float
    imputed: bool


def _long(
    header: list[str],
    rows: list[tuple[int, list[str]]],
    *,
    comma: bool,
    year: int | None,
) -> ReadTable:
    problems = [
        *_blank_heading(header),
        *_blank_codes(rows, header.index("region_code")),
    ]
    cells: list[_Cell] = []
    for number, row in rows:
        named = dict(zip(header, row, strict=True))
        cells.append(_cell(number, named, comma=comma, problems=problems))
    problems += _same_key(cells)
    _refuse(problems)
    years = {cell.year for cell in cells if cell.year is not None}
    if year is None:
        year = max(years, default=None)
    elif year not in years:
        raise Refused(
            (Problem("no_year", f"The table has no values of {year}.", {"year": year}),)
        )
    units = list(dict.fromkeys(cell.unit for cell in cells))
    indicators = list(dict.fromkeys(cell.indicator for cell in cells))
    values = np.full((len(units), len(indicators)), np.nan)
    imputed = np.zeros(values.shape, dtype=bool)
    row_of = {unit: place for place, unit in enumerate(units)}
    column_of = {indicator: place for place, indicator in enumerate(indicators)}
    for cell in cells:
        if cell.year == year:
            place = row_of[cell.unit], column_of[cell.indicator]
            values[place], imputed[place] = cell.value, cell.imputed
    marks = imputed if imputed.any() else None
    table = Table(tuple(units), tuple(indicators), values, marks)
    return ReadTable(table, {}, year)


def _cell(
    number: int, named: dict[str, str], *, comma: bool, problems: list[Problem]
) -> _Cell:
    status = named.get("status", "")
    if status not in STATUSES:
        problems.append(
            Problem(
                "unknown_status",
                f"Row {number}, column status: {status!r} is not a status.",
                {"row": number, "column": "status", "value": status},
            )
        )
    value, given = float("nan"), named["value"]
    if given not in EMPTY:
        read = _number_in(given, comma=comma)
        if read is None:
            problems.append(_not_a_number(number, "value", given))
        elif status in EMPTY - {""}:
            problems.append(
                Problem(
                    "value_and_status",
                    f"Row {number}: there is a value, and the status says {status}.",
                    {"row": number, "status": status},
                )
            )
        else:
            value = read
    year = named.get("year", "")
    if year and not (year.isascii() and year.isdigit()):
        problems.append(_not_a_number(number, "year", year))
        year = ""
    return _Cell(
        row=number,
        unit=named["region_code"],
        indicator=named["indicator"],
        year=int(year) if year else None,
        value=value,
        imputed=status == "imputed" and not math.isnan(value),
    )


def _number_in(cell: str, *, comma: bool) -> float | None:
    """12, -3.5, 1e-3; with `comma` also 3,5. Thousands marks are not taken."""
    text = cell.replace(",", ".") if comma and cell.count(",") == 1 else cell
    if not set(text) <= set("0123456789+-.eE"):
        return None
    try:
        return float(text)
    except ValueError:
        return None


def _number_out(value: float) -> str:
    if math.isnan(value):
        return ""
    text = repr(value)
    return text.removesuffix(".0")


def _long_rows(table: Table) -> Iterator[tuple[str, str, str, str]]:
    for row, unit in enumerate(table.units):
        for column, indicator in enumerate(table.indicators):
            value = float(table.values[row, column])
            marked = table.imputed is not None and table.imputed[row, column]
            status = "missing" if math.isnan(value) else "value"
            yield unit, indicator, _number_out(value), "imputed" if marked else status


def _blank_heading(header: list[str]) -> Iterator[Problem]:
    for place, name in enumerate(header, 1):
        if not name:
            yield Problem(
                "no_heading", f"Column {place} has no heading.", {"column": place}
            )


def _blank_codes(rows: list[tuple[int, list[str]]], column: int) -> Iterator[Problem]:
    for number, row in rows:
        if not row[column]:
            yield Problem(
                "no_code", f"Row {number} has no region code.", {"row": number}
            )


def _not_a_number(row: int, column: str, cell: str) -> Problem:
    return Problem(
        "not_a_number",
        f"Row {row}, column {column}: {cell!r} is not a number; write it like 1234.5 and leave "
        "a cell without a value empty.",
        {"row": row, "column": column, "value": cell},
    )


def _twice(rows: list[tuple[int, list[str]]]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for number, row in rows:
        if first.setdefault(row[0], number) != number:
            yield Problem(
                "region_twice",
                f"Row {number}: region {row[0]} is already in row {first[row[0]]}.",
                {"row": number, "unit": row[0], "first": first[row[0]]},
            )


def _same_key(cells: list[_Cell]) -> Iterator[Problem]:
    first: dict[tuple[str, str, int | None], int] = {}
    for cell in cells:
        key = (cell.unit, cell.indicator, cell.year)
        if first.setdefault(key, cell.row) != cell.row:
            yield Problem(
                "value_twice",
                f"Row {cell.row}: {cell.unit}, {cell.indicator} is already in row {first[key]}.",
                {
                    "row": cell.row,
                    "unit": cell.unit,
                    "indicator": cell.indicator,
                    "first": first[key],
                },
            )


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise Refused(tuple(problems[:_LISTED]))
