"""Small exact steps on a plan: fill what still fits, move earlier, swap for better.

After them, "it does not fit" and "what would leave is worth more" are true of the plan
as it stands, which is what the reasons say.
"""

from __future__ import annotations

import time

import numpy as np

from habaring.engines.choosing._account import Plan, pay
from habaring.engines.choosing._tables import Floats, Ints

EPSILON = 1e-9
SET_LIMIT = 6  # programmes that may leave together for one


def gain(plan: Plan, column: int) -> float:
    """Points that a column adds to the plan, synergies included."""
    tables = plan.account.tables
    code = tables.candidates[tables.owner[column]].code
    points = float(tables.value[column])
    for s in tables.limits.synergies:
        other = {s.first: s.second, s.second: s.first}.get(code)
        if other is not None and tables.index[other] in plan.column_of:
            points += s.bonus
    return points


def outside(plan: Plan) -> Ints:
    """Columns of programmes that are neither in the plan nor forbidden outright."""
    tables = plan.account.tables
    shut = [*plan.column_of, *plan.account.fixed]
    return np.flatnonzero(~np.isin(tables.owner, shut))


def fill(plan: Plan) -> Plan:
    """Add whatever fits and adds points, the most points first."""
    columns = outside(plan)
    while len(columns):
        broken = plan.breaks_when_added(columns)
        columns = columns[[not names for names in broken]]
        gains = np.array([gain(plan, int(c)) for c in columns])
        columns, gains = columns[gains > EPSILON], gains[gains > EPSILON]
        if not len(columns):
            return plan
        best = columns[np.argmax(gains)]
        plan = plan.account.plan(np.sort(np.append(plan.columns, best)))
        columns = columns[columns != best]
        owner = plan.account.tables.owner
        columns = columns[owner[columns] != owner[best]]
    return plan


def room_for(plan: Plan, column: int, worth: float) -> Ints | None:
    """The least valuable programmes that must leave for a column, up to `worth` points.

    One programme if one is enough, else a small set found greedily; None if neither.
    """
    may = plan.columns[plan.may_leave]
    if not len(may):
        return None
    order = may[np.argsort(plan.account.tables.value[may], kind="stable")]
    for_one = order[plan.makes_room(column, order)]
    if len(for_one):
        return for_one[:1]
    return _room_by_set(plan, column, order, worth)


def _room_by_set(plan: Plan, column: int, order: Ints, worth: float) -> Ints | None:
    """Let the programme leave that frees most per point, until the column fits."""
    tables = plan.account.tables
    leaving: list[int] = []
    current = plan
    for _ in range(min(SET_LIMIT, len(order))):
        freed = _freed(current, column, order)
        best = np.argmax(freed / np.maximum(tables.value[order], EPSILON))
        if freed[best] <= 0:
            return None
        leaving.append(int(order[best]))
        order = np.delete(order, best)
        current = plan.without(np.array(leaving))
        if not current.keeps_sums:
            return None
        if not current.breaks_when_added(np.array([column]))[0]:
            return _prune(plan, column, leaving)
        if tables.value[leaving].sum() > worth:
            return None
    return None


def _freed(plan: Plan, column: int, leaving: Ints) -> Floats:
    """(J,) the part of the lacking money and staff that each leaving column frees."""
    account, tables = plan.account, plan.account.tables
    lacking = pay(tables, plan.need + account.need[column]).short
    freed = np.minimum(account.need[leaving], lacking).sum(axis=(1, 2), dtype=float)
    freed /= max(float(lacking.sum()), 1.0)
    _, of = tables.department
    department = of[tables.owner[column]]
    if department >= 0:
        have = plan.staff[department] + tables.effort[column]
        over = np.maximum(have - tables.staff_limit[department], 0)
        same = (of[tables.owner[leaving]] == department)[:, None]
        more = np.minimum(tables.effort[leaving] * same, over).sum(axis=1)
        freed += more / max(float(over.sum()), 1.0)
    return np.asarray(freed, dtype=np.float64)


def _prune(plan: Plan, column: int, leaving: list[int]) -> Ints:
    """Drop from the set whatever need not leave, the most valuable first."""
    value = plan.account.tables.value
    for one in sorted(leaving, key=lambda c: -value[c]):
        rest = [c for c in leaving if c != one]
        kept = plan.without(np.array(rest, dtype=np.int64))
        if not rest or not kept.keeps_sums:
            continue
        if not kept.breaks_when_added(np.array([column]))[0]:
            leaving = rest
    return np.array(sorted(leaving, key=lambda c: value[c]), dtype=np.int64)


def _earlier(plan: Plan) -> Plan:
    """Start programmes of the plan in a year that is worth more, where that fits."""
    tables = plan.account.tables
    for programme, column in list(plan.column_of.items()):
        for other in tables.columns_of(programme):
            if tables.value[other] <= tables.value[column] + EPSILON:
                continue
            own = np.array([column])
            if plan.makes_room(other, own)[0]:
                columns = np.sort(np.append(np.setdiff1d(plan.columns, own), other))
                moved = plan.account.plan(columns)
                if not moved.broken():
                    plan = moved
                    break
    return plan


def improve(plan: Plan, deadline: float) -> Plan:
    """Fill, move and swap until nothing helps or the time is up."""
    plan = fill(_earlier(plan))
    tables = plan.account.tables
    again = True
    while again and time.perf_counter() < deadline:
        again = False
        columns = outside(plan)
        for column in columns[np.argsort(-tables.value[columns], kind="stable")]:
            if time.perf_counter() > deadline:
                break
            swapped = _swap(plan, int(column))
            if swapped is not None:
                plan, again = fill(swapped), True
                break
    return plan


def _swap(plan: Plan, column: int) -> Plan | None:
    """The plan with the column in and the least valuable one out, if that is better."""
    worth = gain(plan, column)
    value = plan.account.tables.value
    may = plan.columns[plan.may_leave]
    may = may[value[may] < worth - EPSILON]
    if not len(may):
        return None
    room = may[plan.makes_room(column, may)]
    if not len(room):
        return None
    leaving = room[np.argmin(value[room])]
    columns = np.append(plan.columns[plan.columns != leaving], column)
    swapped = plan.account.plan(np.sort(columns))
    if swapped.value <= plan.value + EPSILON or swapped.broken():
        return None
    return swapped
