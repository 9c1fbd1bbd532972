"""The mixed-integer programme as plain arrays, each row known by the limit it serves.

Maximise the points of the chosen columns. Rows: at most one start a programme (or a
group), pool ceilings with carry-over and top-ups, staff, shares, floors, Quick Wins,
prerequisites, promises, synergies. See docs/algorithms/choosing.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from habaring.engines.choosing._tables import (
    FTE_STEPS,
    NO_LIMIT,
    Flags,
    Floats,
    Ints,
    Tables,
)
from habaring.engines.choosing._values import Share

Index = NDArray[np.int32]
INF = float("inf")


@dataclass(frozen=True)
class Rule:
    """One named limit: the rows it makes, or the columns it forbids."""

    name: str
    kind: str
    rows: Ints
    columns: Ints
    unit: float = 1.0  # one unit of the row in rupiah, FTE, programmes or points

    @property
    def in_rupiah(self) -> bool:
        """Whether the limit is an amount of money."""
        return self.kind in {"ceiling", "share"} or self.name.endswith(":rupiah")


@dataclass(frozen=True)
class Model:
    """Rows in compressed form, and the rules; `tables.size` first columns are starts."""

    tables: Tables
    cost: Floats
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    begin: Index
    column: Index
    entry: Floats
    rules: tuple[Rule, ...]
    money: float  # rupiah in one unit of the ceiling rows

    @property
    def integer(self) -> Index:
        """1 for a start, 0 for money moved and other helpers."""
        flags = np.zeros(len(self.cost), dtype=np.int32)
        flags[: self.tables.size] = 1
        return flags


class _Rows:
    """Collects entries and bounds of rows and helper columns."""

    def __init__(self, tables: Tables) -> None:
        self.parts: list[tuple[Ints, Ints, Floats]] = []
        self.bounds: list[tuple[Floats, Floats]] = []
        self.rules: list[Rule] = []
        self.helpers: list[tuple[float, float]] = []  # cost, upper bound
        self.count = 0
        self.size = tables.size

    def add(self, count: int, low: float = -INF, high: float | Floats = INF) -> range:
        """New rows with these bounds; their numbers."""
        upper = np.full(count, high) if isinstance(high, float) else high
        self.bounds.append((np.full(count, low), upper))
        self.count += count
        return range(self.count - count, self.count)

    def put(
        self, rows: Ints | int, columns: Ints | int, values: Floats | float
    ) -> None:
        """Entries; scalars are repeated to the length of `columns`."""
        if isinstance(columns, int):
            columns = np.array([columns], dtype=np.int64)
        if isinstance(rows, int):
            rows = np.full(len(columns), rows)
        if isinstance(values, float):
            values = np.full(len(columns), values)
        self.parts.append((rows, columns, values))

    def helper(self, cost: float = 0.0, upper: float = INF) -> int:
        self.helpers.append((cost, upper))
        return self.size + len(self.helpers) - 1

    def rule(self, name: str, kind: str, rows: range | int, unit: float = 1.0) -> None:
        numbers = (
            np.array([rows])
            if isinstance(rows, int)
            else np.arange(rows.start, rows.stop)
        )
        self.rules.append(Rule(name, kind, numbers, NOTHING, unit))

    def fixing(self, name: str, kind: str, columns: Iterable[int]) -> None:
        where = np.fromiter(columns, dtype=np.int64)
        self.rules.append(Rule(name, kind, NOTHING, where))


NOTHING = np.empty(0, dtype=np.int64)


def make_model(tables: Tables) -> Model:
    """Build the rows of checked inputs."""
    rows = _Rows(tables)
    money = money_unit(tables)
    _once(rows, tables)
    _ceilings(rows, tables, money)
    _staff(rows, tables)
    _shares(rows, tables, money)
    _floors(rows, tables, money)
    _quick_wins(rows, tables)
    _requires(rows, tables)
    _promises(rows, tables)
    _fixings(rows, tables)
    _synergies(rows, tables)
    return _close(rows, tables, money)


def money_unit(tables: Tables) -> float:
    """A power of ten that puts the greatest ceiling or cost near 100,000."""
    greatest = max(int(tables.ceiling.max(initial=0)), 1)
    return float(10.0 ** max(len(str(greatest)) - 6, 0))


def once_rows(tables: Tables) -> Ints:
    """(m,) the row that allows each programme, or its either-or group, one start."""
    groups: dict[str, int] = {}
    place = []
    count = 0
    for c in tables.candidates:
        if c.group in groups:
            place.append(groups[c.group])
            continue
        if c.group is not None:
            groups[c.group] = count
        place.append(count)
        count += 1
    return np.array(place, dtype=np.int64)


def _once(rows: _Rows, tables: Tables) -> None:
    """At most one start of each programme, of all programmes of an either-or group."""
    of = once_rows(tables)
    count = int(of.max()) + 1
    rows.add(count, high=1.0)
    rows.put(of[tables.owner], np.arange(tables.size), 1.0)
    groups = {c.group: row for c, row in zip(tables.candidates, of, strict=True)}
    for group, row in groups.items():
        if group is not None:
            rows.rule(f"group:{group}", "either_or", int(row))


def _ceilings(rows: _Rows, tables: Tables, money: float) -> None:
    """cost + paid for others - received - carried in + carried out / share <= ceiling."""
    need = tables.by_pool(tables.spend)
    pools, years = tables.ceiling.shape
    high = (tables.ceiling / money).ravel()
    numbers = np.array(rows.add(len(high), high=high))
    column, pool, year = np.nonzero(need)
    rows.put(numbers[pool * years + year], column, need[column, pool, year] / money)
    number = numbers.reshape(pools, years)
    for p, pool_value in enumerate(tables.pools):
        for y in range(years - 1):
            if pool_value.carry_over:
                carried = rows.helper()
                rows.put(int(number[p, y]), carried, 1.0 / pool_value.carry_over)
                rows.put(int(number[p, y + 1]), carried, -1.0)
    for p, payer in tables.payer.items():
        for y in range(years):
            paid = rows.helper()
            rows.put(int(number[p, y]), paid, -1.0)
            rows.put(int(number[payer, y]), paid, 1.0)
    for p, pool_value in enumerate(tables.pools):
        for y, calendar in enumerate(tables.limits.calendar):
            name = f"ceiling:{pool_value.name}:{calendar}"
            rows.rule(name, "ceiling", int(number[p, y]), money)


def _staff(rows: _Rows, tables: Tables) -> None:
    index, of = tables.department
    limit = tables.staff_limit
    column, year = np.nonzero(tables.effort)
    department = of[tables.owner[column]]
    keep = department >= 0
    column, year, department = column[keep], year[keep], department[keep]
    high = np.where(limit == NO_LIMIT, INF, limit / FTE_STEPS).ravel()
    numbers = np.array(rows.add(limit.size, high=high), dtype=np.int64)
    at = numbers[department * limit.shape[1] + year]
    rows.put(at, column, tables.effort[column, year] / FTE_STEPS)
    start = tables.limits.start_year
    for d, y in sorted(tables.limits.staff):
        if y in tables.limits.calendar:
            row = int(numbers[index[d] * limit.shape[1] + y - start])
            rows.rule(f"staff:{d}:{y}", "staff", row)


def share_base(tables: Tables, share: Share) -> Ints:
    """(n,) rupiah of each column that the share looks at."""
    spend = tables.spend
    if share.source is not None:
        pick = [i for i, s in enumerate(tables.sources) if s == share.source]
        spend = spend[:, pick, :]
    if share.year is not None:
        spend = spend[:, :, share.year - tables.limits.start_year][:, :, None]
    return np.asarray(spend.sum(axis=(1, 2)), dtype=np.int64)


def tagged(tables: Tables, tag: str) -> Flags:
    """(m,) programmes of a dimension or with a tag."""
    return np.array([tag == c.dimension or tag in c.tags for c in tables.candidates])


def _shares(rows: _Rows, tables: Tables, money: float) -> None:
    """A helper holds each total, so that a share row has only its own programmes."""
    totals: dict[tuple[int | None, str | None], tuple[int, Ints]] = {}
    for share in tables.limits.shares:
        key = (share.year, share.source)
        if key not in totals:
            base = share_base(tables, share)
            total = rows.helper()
            row = rows.add(1, 0.0, 0.0).start
            rows.put(row, np.flatnonzero(base), base[base != 0] / money)
            rows.put(row, total, -1.0)
            totals[key] = total, base
        total, base = totals[key]
        own = np.flatnonzero(tagged(tables, share.tag)[tables.owner] & (base != 0))
        least = share.sense == "at_least"
        row = rows.add(1, 0.0 if least else -INF, INF if least else 0.0).start
        rows.put(row, own, base[own] / money)
        rows.put(row, total, -share.percent / 100)
        rows.rule(f"share:{share.name}", "share", row, money)


def _floors(rows: _Rows, tables: Tables, money: float) -> None:
    for floor in tables.limits.floors:
        amounts = floor_amounts(tables, floor.scope, floor.code, floor.measure)
        unit = money if floor.measure == "rupiah" else 1.0
        row = rows.add(1, floor.amount / unit).start
        own = np.flatnonzero(amounts)
        rows.put(row, own, amounts[own] / unit)
        rows.rule(floor.name, "floor", row, unit)


def floor_amounts(tables: Tables, scope: str, code: str, measure: str) -> Floats:
    """(n,) what each column gives to a floor: programmes, rupiah or points."""
    inside = (tables.dimension if scope == "dimension" else tables.district) == code
    if measure == "outcome" and scope == "dimension":
        points = [c.outcomes.get(code, 0.0) for c in tables.candidates]
        return np.array(points, dtype=np.float64)[tables.owner] * tables.served
    here = inside[tables.owner]
    if measure == "rupiah":
        return np.asarray(here * tables.spend.sum(axis=(1, 2)).astype(np.float64))
    return np.asarray(here * (tables.value if measure == "outcome" else 1.0))


def _quick_wins(rows: _Rows, tables: Tables) -> None:
    least = tables.limits.quick_wins_per_dimension
    if not least:
        return
    quick = tables.quick_win
    for dimension in tables.limits.dimensions(tables.candidates):
        own = quick & (tables.dimension == dimension)
        columns = np.flatnonzero(own[tables.owner])
        row = rows.add(1, float(least)).start
        rows.put(row, columns, 1.0)
        rows.rule(f"quick_wins:{dimension}", "quick_wins", row)


def _requires(rows: _Rows, tables: Tables) -> None:
    """By each year, started only as far as the other is finished."""
    first, start = tables.first.tolist(), tables.start.tolist()
    at: list[int] = []
    columns: list[int] = []
    entries: list[float] = []
    for i, c in enumerate(tables.candidates):
        for code in c.requires:
            j = tables.index[code]
            numbers = rows.add(first[i + 1] - first[i], high=0.0)
            for row, column in enumerate(range(first[i], first[i + 1]), numbers.start):
                latest = start[column] - tables.candidates[j].duration
                done = [k for k in range(first[j], first[j + 1]) if start[k] <= latest]
                begun = range(first[i], column + 1)
                columns += [*begun, *done]
                entries += [1.0] * len(begun) + [-1.0] * len(done)
                at += [row] * (len(begun) + len(done))
            rows.rule(f"requires:{c.code}:{code}", "requires", numbers)
    rows.put(np.array(at, np.int64), np.array(columns, np.int64), np.array(entries))


def _promises(rows: _Rows, tables: Tables) -> None:
    for code in dict.fromkeys(tables.limits.promised):
        row = rows.add(1, 1.0).start
        columns = tables.columns_of(tables.index[code])
        rows.put(row, np.arange(columns.start, columns.stop), 1.0)
        rows.rule(f"promised:{code}", "promised", row)


def _fixings(rows: _Rows, tables: Tables) -> None:
    for code in dict.fromkeys(tables.limits.forbidden):
        columns = tables.columns_of(tables.index[code])
        rows.fixing(f"forbidden:{code}", "forbidden", columns)
    for question in dict.fromkeys(tables.limits.require_sustainable):
        no = [
            column
            for i, c in enumerate(tables.candidates)
            if not c.sustainable.get(question, False)
            for column in tables.columns_of(i)
        ]
        rows.fixing(f"sustainable:{question}", "not_sustainable", no)


def _synergies(rows: _Rows, tables: Tables) -> None:
    for synergy in tables.limits.synergies:
        both = rows.helper(cost=synergy.bonus, upper=1.0)
        ends = [
            np.array(tables.columns_of(tables.index[c]), dtype=np.int64)
            for c in (synergy.first, synergy.second)
        ]
        if synergy.bonus >= 0:
            for end in ends:
                row = rows.add(1, high=0.0).start
                rows.put(row, both, 1.0)
                rows.put(row, end, -1.0)
        else:
            row = rows.add(1, high=1.0).start
            rows.put(row, np.concatenate(ends), 1.0)
            rows.put(row, both, -1.0)


def _close(rows: _Rows, tables: Tables, money: float) -> Model:
    row = np.concatenate([part[0] for part in rows.parts])
    order = np.argsort(row.astype(np.int32), kind="stable")
    lengths = np.bincount(row, minlength=rows.count)
    helpers = np.array(rows.helpers, dtype=np.float64).reshape(-1, 2)
    column = np.concatenate([part[1] for part in rows.parts])[order]
    entry = np.concatenate([part[2] for part in rows.parts])[order]
    upper = np.ones(tables.size)
    for rule in rows.rules:
        upper[rule.columns] = 0.0
    return Model(
        tables=tables,
        cost=np.concatenate((tables.value, helpers[:, 0])),
        lower=np.zeros(tables.size + len(helpers)),
        upper=np.concatenate((upper, helpers[:, 1])),
        row_lower=np.concatenate([low for low, _ in rows.bounds]),
        row_upper=np.concatenate([high for _, high in rows.bounds]),
        begin=np.concatenate(([0], np.cumsum(lengths))).astype(np.int32),
        column=column.astype(np.int32),
        entry=entry,
        rules=tuple(rows.rules),
        money=money,
    )
