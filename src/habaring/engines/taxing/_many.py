"""A whole roll at once, with every step as a column."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from habaring.engines.taxing._assess import assess, refuse_out_of_force
from habaring.engines.taxing._facts import check_facts
from habaring.engines.taxing._problems import SHOWN, problem, refused
from habaring.engines.taxing._table import (
    NO_SUCH_USE,
    NO_USE,
    Columns,
    Table,
    columns_of,
)
from habaring.engines.taxing._taxes import TAXES
from habaring.engines.taxing._values import Assessment, Problem, Refused, Rules

Ints = NDArray[np.int64]
FEW = 10_000
"""Rolls of so many rows are reckoned one by one: loading the loops would take longer."""


@dataclass(frozen=True, eq=False)
class Roll:
    """Assessments of N objects, `total` int64[N] rupiah.

    The steps are reckoned when they are first asked for and then kept; until then the
    arrays of `table` must stay as they are.
    """

    rules: Rules
    on: date
    table: Table
    total: Ints
    kept: tuple[Mapping[str, Ints], NDArray[np.int16]] | None = None

    @property
    def steps(self) -> Mapping[str, Ints]:
        """int64[N] by the key of the step, in order. A step that an object does not
        have (it is excluded; the least tax was not needed) is 0.
        """
        return self._all[0]

    @property
    def tier(self) -> NDArray[np.int16]:
        """int16[N]: the row of `rules.rates` that held, -1 where excluded."""
        return self._all[1]

    @cached_property
    def _all(self) -> tuple[Mapping[str, Ints], NDArray[np.int16]]:
        if self.kept:
            return self.kept
        from habaring.engines.taxing import _loops

        return _loops.run(self.rules, columns_of(self.rules, self.table))[:2]

    @property
    def payable(self) -> Ints:
        """The tax and what is collected beside it."""
        beside = {one.key for one in self.rules.beside}
        return sum((self.steps[key] for key in beside), start=self.total)

    def __len__(self) -> int:
        return len(self.total)

    def assessment(self, row: int) -> Assessment:
        """One row with formulas, values and articles."""
        return assess(self.rules, facts_at(self.rules, self.table, row), on=self.on)


def assess_many(rules: Rules, table: Table, *, on: date, part_of: int = 0) -> Roll:
    """Every row of a table assessed, the same as `assess` row by row.

    `table`: facts by key as arrays of one length: whole numbers (quantities in
    thousandths), `use` as texts or as places in `rules.uses` (-1: none), `first` as
    bool. A column that is not required may be left out. `part_of`: how many rows the
    whole roll has, where it is handed over table by table.

    Raises:
        Refused: rules not in force, bad columns, and bad rows with their numbers.
    """
    refuse_out_of_force(rules, on)
    columns = columns_of(rules, table)
    if max(columns.rows, part_of) <= FEW:
        return _one_by_one(rules, table, on)
    from habaring.engines.taxing import _loops

    bad = _bad_uses(rules, columns)
    total = None if bad is not None else _loops.totals(rules, columns)
    if total is not None:
        return Roll(rules, on, table, total)
    steps, tier, wrong = _loops.run(rules, columns)
    if bad is not None:
        wrong |= bad
    if wrong.any():
        raise _explained(rules, table, wrong)
    return Roll(rules, on, table, steps["total"], (steps, tier))


def first_objects(
    rules: Rules,
    table: Table,
    *,
    taxpayer: NDArray[Any],
    number: NDArray[Any],
    on: date,
) -> NDArray[np.bool_]:
    """On which object of each taxpayer a deduction that is given once is taken.

    The taxed object of the highest base; of equal ones the one with the lowest number.
    Objects that are excluded from the tax take no part. `taxpayer` and `number`: arrays
    that can be compared, one entry an object.

    Raises:
        Refused: as `assess_many`; arrays of other lengths.
    """
    told = {key: column for key, column in table.items() if key != "first"}
    roll = assess_many(rules, told, on=on)
    lengths = {"taxpayer": len(taxpayer), "number": len(number)}
    wrong = [
        problem("facts_length", key, found=found, expected=len(roll))
        for key, found in lengths.items()
        if found != len(roll)
    ]
    if wrong:
        raise refused(wrong)
    first = np.zeros(len(roll), dtype=np.bool_)
    taxed = np.flatnonzero(roll.tier >= 0)
    order = np.lexsort((number[taxed], -roll.steps["base"][taxed], taxpayer[taxed]))
    owners = taxpayer[taxed][order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = owners[1:] != owners[:-1]
    first[taxed[order[new]]] = True
    return first


def step_keys(rules: Rules) -> tuple[str, ...]:
    """The steps that objects under these rules can have, in order."""
    absent = {
        "excluded": not rules.exclusions,
        "deduction": not rules.deductions,
        "taxable": not rules.deductions,
        "share": not rules.shares,
        "weight": not rules.weights,
        "minimum": rules.minimum is None,
    }
    own = [key for key in TAXES[rules.tax].steps if not absent.get(key)]
    return (*own, *(one.key for one in rules.beside))


def facts_at(rules: Rules, table: Table, row: int) -> dict[str, Any]:
    """The facts of one row as `assess` takes them."""
    facts: dict[str, Any] = {}
    for fact in TAXES[rules.tax].facts:
        if fact.key not in table:
            continue
        value = table[fact.key][row]
        if fact.kind == "use" and table[fact.key].dtype.kind in "iu":
            known = 0 <= value < len(rules.uses)
            other = "" if value == -1 else str(value)
            facts[fact.key] = rules.uses[value].key if known else other
        elif fact.kind == "quantity":
            facts[fact.key] = Decimal(int(value)) / fact.scale
        elif isinstance(value, np.generic):
            facts[fact.key] = value.item()
        else:
            facts[fact.key] = value
    return facts


def _one_by_one(rules: Rules, table: Table, on: date) -> Roll:
    rows = len(next(iter(table.values()))) if table else 0
    keys = step_keys(rules)
    steps = {key: np.zeros(rows, dtype=np.int64) for key in keys}
    tier = np.full(rows, -1, dtype=np.int16)
    problems: list[Problem] = []
    places = {id(one): place for place, one in enumerate(rules.rates)}
    for row in range(rows):
        try:
            one = assess(rules, facts_at(rules, table, row), on=on)
        except Refused as refusal:
            problems += _at(refusal, row)
            continue
        for step in (*one.steps, *one.beside):
            steps[step.key][row] = step.amount
        if one.tier is not None:
            tier[row] = places[id(one.tier)]
    if problems:
        raise refused(problems)
    return Roll(rules, on, table, steps["total"], (steps, tier))


def _at(refusal: Refused, row: int) -> list[Problem]:
    return [
        Problem(one.code, f"row {row}: {one.text}", one.params, one.place, row)
        for one in refusal.problems
    ]


def _bad_uses(rules: Rules, columns: Columns) -> NDArray[np.bool_] | None:
    """Rows whose use makes no sense; None where there is none."""
    general = any(tier.use is None for tier in rules.rates)
    if general and not columns.strange:
        return None
    bad: NDArray[np.bool_] = columns.use == NO_SUCH_USE
    if not general:
        bad |= columns.use == NO_USE
    return bad if bad.any() else None


def _explained(rules: Rules, table: Table, bad: NDArray[np.bool_]) -> Refused:
    """What is wrong with the bad rows, in the words of a single assessment."""
    rows = np.flatnonzero(bad)
    problems: list[Problem] = []
    for row in rows[:SHOWN].tolist():
        facts = facts_at(rules, table, row)
        try:
            check_facts(rules, facts)
            assess(rules, facts, on=rules.in_force_from)
        except Refused as refusal:
            problems += _at(refusal, row)
    return Refused(tuple(problems), more=max(0, len(rows) - SHOWN))
