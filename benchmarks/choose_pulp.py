"""The same portfolio written as one writes it in PuLP: sums of coefficient x variable."""

from __future__ import annotations

import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from habaring.engines.choosing import Candidate, Limits, quick_win_faults


def pulp_from_tables(  # noqa: C901 - written in one piece, as a PuLP script is
    candidates: list[Candidate], limits: Limits, path: Path, money: float
) -> float:
    """CPU seconds from tables to the file that PuLP hands to its solver."""
    import pulp

    began = time.process_time()
    problem = pulp.LpProblem("choice", pulp.LpMaximize)
    x: dict[str, dict[int, Any]] = {}
    worth, last = [], limits.last_year
    spend: dict[tuple[str, int], list[Any]] = defaultdict(list)
    staff: dict[tuple[str, int], list[Any]] = defaultdict(list)
    tagged: dict[str, list[Any]] = defaultdict(list)
    for c in candidates:
        starts = range(
            max(c.earliest, limits.start_year), min(c.latest, last - c.duration + 1) + 1
        )
        x[c.code] = {
            t: pulp.LpVariable(f"x_{c.code}_{t}", cat=pulp.LpBinary) for t in starts
        }
        points = sum(limits.weight(d) * v for d, v in c.outcomes.items())
        for t, v in x[c.code].items():
            served = last + limits.service_after - (t + c.duration) + 1
            worth.append(points * served * v)
            for (life, source), amount in c.costs.items():
                term = amount / money * v
                spend[source, t + life - 1].append(term)
                for tag in (c.dimension, *c.tags):
                    tagged[tag].append(term)
            for source, amount in c.running.items():
                for year in range(t + c.duration, last + 1):
                    term = amount / money * v
                    spend[source, year].append(term)
                    for tag in (c.dimension, *c.tags):
                        tagged[tag].append(term)
            for life in range(1, c.duration + 1):
                staff[c.department or "", t + life - 1].append(c.staff_in(life) * v)
    _links(pulp, problem, candidates, limits, x)
    _ceilings(pulp, problem, limits, spend, money)
    for key, fte in limits.staff.items():
        problem += pulp.lpSum(staff[key]) <= fte
    total = pulp.LpVariable("total", 0)
    every = [term for terms in spend.values() for term in terms]
    problem += pulp.lpSum(every) == total
    for share in limits.shares:
        problem += pulp.lpSum(tagged[share.tag]) >= share.percent / 100 * total
    worth += _synergies(pulp, problem, limits, x)
    problem += pulp.lpSum(worth)
    problem.writeMPS(str(path))
    return time.process_time() - began


def _links(  # noqa: C901
    pulp: Any,
    problem: Any,
    candidates: list[Candidate],
    limits: Limits,
    x: dict[str, dict[int, Any]],
) -> None:
    groups: dict[str, list[Any]] = defaultdict(list)
    places: dict[tuple[str, str | None], list[Any]] = defaultdict(list)
    quick: dict[str, list[Any]] = defaultdict(list)
    by_code = {c.code: c for c in candidates}
    for c in candidates:
        mine = list(x[c.code].values())
        groups[c.group or f"one {c.code}"] += mine
        places["dimension", c.dimension] += mine
        places["district", c.district] += mine
        if c.quick_win and not quick_win_faults(c):
            quick[c.dimension] += mine
        for code in c.requires:
            length = by_code[code].duration
            for t in x[c.code]:
                begun = [v for s, v in x[c.code].items() if s <= t]
                done = [v for s, v in x[code].items() if s + length <= t]
                problem += pulp.lpSum(begun) <= pulp.lpSum(done)
    for group in groups.values():
        problem += pulp.lpSum(group) <= 1
    for floor in limits.floors:
        problem += pulp.lpSum(places[floor.scope, floor.code]) >= floor.amount
    for dimension in limits.weights if limits.quick_wins_per_dimension else ():
        problem += pulp.lpSum(quick[dimension]) >= limits.quick_wins_per_dimension
    for code in limits.promised:
        problem += pulp.lpSum(x[code].values()) >= 1


def _ceilings(
    pulp: Any,
    problem: Any,
    limits: Limits,
    spend: dict[tuple[str, int], list[Any]],
    money: float,
) -> None:
    (pool,) = limits.pools
    carried: Any = 0
    for year in limits.calendar:
        paid = {s: pulp.LpVariable(f"paid_{s}_{year}", 0) for s in pool.tops_up}
        for source, amount in paid.items():
            ceiling = limits.ceilings[source, year] / money
            problem += pulp.lpSum(spend[source, year]) - amount <= ceiling
        have = sum(limits.ceilings[s, year] for s in pool.sources) / money
        need = pulp.lpSum(term for s in pool.sources for term in spend[s, year])
        need = need + pulp.lpSum(paid.values()) - carried
        if year < limits.last_year:
            carried = pulp.LpVariable(f"carried_{year}", 0)
            need = need + (1 / pool.carry_over) * carried
        problem += need <= have


def _synergies(
    pulp: Any, problem: Any, limits: Limits, x: dict[str, dict[int, Any]]
) -> list[Any]:
    worth = []
    for k, s in enumerate(limits.synergies):
        both = pulp.LpVariable(f"both_{k}", 0, 1)
        problem += both <= pulp.lpSum(x[s.first].values())
        problem += both <= pulp.lpSum(x[s.second].values())
        worth.append(s.bonus * both)
    return worth
