"""Columns of facts for a whole roll, checked and brought into the loops' kinds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from habaring.engines.taxing._problems import problem, refused
from habaring.engines.taxing._taxes import TAXES, Fact
from habaring.engines.taxing._values import Problem, Rules

Table: TypeAlias = Mapping[str, NDArray[Any]]
NO_USE, NO_SUCH_USE = -1, -2


@dataclass(frozen=True, eq=False)
class Columns:
    """Facts by column, N rows. `use`: its place in the rules, `NO_USE` for none;
    `strange`: one of them is `NO_SUCH_USE`.
    """

    rows: int
    numbers: Mapping[str, NDArray[np.int64]]
    use: NDArray[np.int16]
    first: NDArray[np.bool_]
    strange: bool


def columns_of(rules: Rules, table: Table) -> Columns:
    """The columns, with defaults where one is left out.

    Raises:
        Refused: unknown or missing columns, other kinds, other lengths.
    """
    tax = TAXES[rules.tax]
    problems = [
        problem("facts_unknown", key, tax=tax.code)
        for key in table
        if tax.fact(key) is None
    ]
    rows = len(next(iter(table.values()))) if table else 0
    numbers: dict[str, NDArray[np.int64]] = {}
    use = np.full(rows, NO_USE, dtype=np.int16)
    first = np.ones(rows, dtype=np.bool_)
    for fact in tax.facts:
        column = table.get(fact.key)
        wrong = _problem(fact, column, rows)
        if wrong:
            problems.append(wrong)
        elif fact.kind == "use":
            use = use if column is None else _uses(rules, column)
        elif fact.kind == "yes":
            first = first if column is None else column
        elif column is None:
            default = int(fact.default) * fact.scale
            numbers[fact.key] = np.broadcast_to(np.int64(default), (rows,))
        else:
            numbers[fact.key] = column.astype(np.int64, copy=False)
    if problems:
        raise refused(problems)
    strange = bool(rows) and int(use.min()) == NO_SUCH_USE
    return Columns(rows, numbers, use, np.ascontiguousarray(first), strange)


def _problem(fact: Fact, column: NDArray[Any] | None, rows: int) -> Problem | None:
    if column is None:
        return problem("facts_missing", fact.key) if fact.required else None
    kinds = {"use": "iuUOT", "yes": "b"}.get(fact.kind, "iu")
    if column.dtype.kind not in kinds or column.ndim != 1:
        told = {"use": "texts or places", "yes": "true or false"}
        kind = told.get(fact.kind, "whole numbers")
        return problem("facts_kind", fact.key, kind=kind)
    if len(column) != rows:
        return problem("facts_length", fact.key, found=len(column), expected=rows)
    return None


def _uses(rules: Rules, column: NDArray[Any]) -> NDArray[np.int16]:
    """Places from texts; of places that are given, whether they are in the rules."""
    if column.dtype.kind in "iu":
        if not len(column) or (column.min() >= -1 and column.max() < len(rules.uses)):
            return column.astype(np.int16, copy=False)
        known = (column >= -1) & (column < len(rules.uses))
        return np.where(known, column, NO_SUCH_USE).astype(np.int16)
    lookup = {use.key: place for place, use in enumerate(rules.uses)}
    lookup[""] = NO_USE
    return np.fromiter(
        (lookup.get(key, NO_SUCH_USE) for key in column.tolist()),
        dtype=np.int16,
        count=len(column),
    )
