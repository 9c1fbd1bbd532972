"""The model with some of its rules only, and with rules that may give way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from habaring.engines.choosing._model import INF, Model, Rule
from habaring.engines.choosing._tables import Flags, Floats, Ints


def fixings_as_rows(model: Model) -> Model:
    """Turn forbidden columns into rows (their sum is at most 0), so that all rules are."""
    fixings = [r for r in model.rules if len(r.columns)]
    count = len(model.row_lower)
    place = {r.name: count + k for k, r in enumerate(fixings)}
    rules = tuple(
        Rule(r.name, r.kind, np.array([place[r.name]]), r.columns[:0], r.unit)
        if r.name in place
        else r
        for r in model.rules
    )
    added = [r.columns for r in fixings]
    bounds = [0.0] * len(added)
    for i, candidate in enumerate(model.tables.candidates):
        if candidate.group is not None:
            # without its either-or group a programme still starts only once
            added.append(np.array(model.tables.columns_of(i), dtype=np.int64))
            bounds.append(1.0)
    lengths = np.array([len(a) for a in added], dtype=np.int32)
    ends = model.begin[-1] + np.cumsum(lengths, dtype=np.int32)
    column = np.concatenate([model.column, *added]).astype(np.int32)
    upper = model.upper.copy()
    upper[: model.tables.size] = 1.0
    return replace(
        model,
        cost=np.zeros_like(model.cost),
        upper=upper,
        row_lower=np.append(model.row_lower, np.full(len(added), -INF)),
        row_upper=np.append(model.row_upper, bounds),
        begin=np.concatenate((model.begin, ends)).astype(np.int32),
        column=column,
        entry=np.append(model.entry, np.ones(len(column) - len(model.entry))),
        rules=rules,
    )


def only(model: Model, kept: Iterable[int]) -> Model:
    """The rows of the kept rules, still told apart, and of the structure."""
    kept = list(kept)
    structure = np.ones(len(model.row_lower), dtype=bool)
    for rule in model.rules:
        structure[rule.rows] = False
    of_rules = np.zeros_like(structure)
    for r in kept:
        of_rules[model.rules[r].rows] = True
    # a helper that no kept rule reads can take any value: its own rows say nothing
    row = np.repeat(np.arange(len(structure)), np.diff(model.begin))
    read = np.arange(len(model.cost)) < model.tables.size
    read[model.column[of_rules[row]]] = True
    structure[row[~read[model.column]]] = False
    wanted = structure | of_rules
    number = np.cumsum(wanted) - 1
    rules = tuple(
        replace(model.rules[r], rows=number[model.rules[r].rows]) for r in kept
    )
    return replace(_rows_of(model, wanted), rules=rules)


def _rows_of(model: Model, wanted: Flags) -> Model:
    lengths = np.diff(model.begin)
    keep = np.repeat(wanted, lengths)
    new_begin = np.concatenate(([0], np.cumsum(lengths[wanted]))).astype(np.int32)
    smaller = replace(
        model,
        row_lower=model.row_lower[wanted],
        row_upper=model.row_upper[wanted],
        begin=new_begin,
        column=model.column[keep],
        entry=model.entry[keep],
    )
    return replace(smaller, upper=_useful(smaller))


def _useful(model: Model) -> Floats:
    """Upper bounds that hold columns at zero which could only make matters worse."""
    row = np.repeat(np.arange(len(model.row_lower)), np.diff(model.begin))
    up = (model.entry > 0) & np.isfinite(model.row_lower[row])
    down = (model.entry < 0) & np.isfinite(model.row_upper[row])
    useful = model.cost > 0
    useful[model.column[up | down]] = True
    return np.where(useful, model.upper, 0.0)


def elastic(model: Model, price: dict[int, float]) -> Model:
    """Let rows give way: one more column for each finite side of a row, at a price."""
    rows, signs, costs = [], [], []
    for row, cost in price.items():
        for finite, sign in (
            (np.isfinite(model.row_upper[row]), -1.0),
            (np.isfinite(model.row_lower[row]), 1.0),
        ):
            if finite:
                rows.append(row)
                signs.append(sign)
                costs.append(-cost)
    at, entries = np.array(rows, dtype=np.int64), np.array(signs)
    columns = len(model.cost) + np.arange(len(rows))
    wider = replace(
        model,
        cost=np.append(model.cost, costs),
        lower=np.append(model.lower, np.zeros(len(rows))),
        upper=np.append(model.upper, np.full(len(rows), INF)),
    )
    return _inserted(wider, at, columns, entries)


def with_margin(model: Model) -> Model:
    """A last column, held at 0: the part of ceilings, staff and shares left free.

    Of a share, which has no size, a part of ten programmes for each rule.
    """
    room: dict[int, float] = {}
    for rule in model.rules:
        row = int(rule.rows[0])
        if rule.kind == "share":
            entries = model.entry[model.begin[row] : model.begin[row + 1]]
            most = 10.0 * len(model.rules) * float(np.abs(entries).max())
            room[row] = most if np.isfinite(model.row_upper[row]) else -most
        elif rule.kind in {"ceiling", "staff"} and np.isfinite(model.row_upper[row]):
            room[row] = float(model.row_upper[row])
    at = np.array(list(room), dtype=np.int64)
    wider = replace(
        model,
        cost=np.append(model.cost, 0.0),
        lower=np.append(model.lower, 0.0),
        upper=np.append(model.upper, 0.0),
    )
    column = np.full(len(at), len(model.cost))
    return _inserted(wider, at, column, np.array(list(room.values())))


def _inserted(model: Model, at: Ints, columns: Ints, entries: Floats) -> Model:
    """The model with these entries at the ends of their rows."""
    order = np.argsort(at, kind="stable")
    where = model.begin[at[order] + 1]
    extra = np.bincount(at, minlength=len(model.row_lower))
    begin = model.begin + np.concatenate(([0], np.cumsum(extra)))
    column = np.insert(model.column, where, columns[order])
    return replace(
        model,
        begin=begin.astype(np.int32),
        column=column.astype(np.int32),
        entry=np.insert(model.entry, where, entries[order]),
    )


def slacks(model: Model) -> tuple[Ints, dict[int, float]]:
    """The rule of each column that lets a row give way, and the price by row."""
    owner: list[int] = []
    price: dict[int, float] = {}
    for k, rule in enumerate(model.rules):
        for row in rule.rows:
            entries = model.entry[model.begin[row] : model.begin[row + 1]]
            price[int(row)] = 1.0 / max(1.0, float(np.abs(entries).max(initial=1.0)))
            finite = np.isfinite([model.row_upper[row], model.row_lower[row]])
            owner += [k] * int(finite.sum())
    return np.array(owner, dtype=np.int64), price
