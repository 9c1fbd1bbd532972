"""Choosing by trying everything: slow, obvious, and written apart from the engine."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction

from habaring.engines.choosing import (
    QUESTIONS,
    Candidate,
    Floor,
    Limits,
    Share,
    quick_win_faults,
)

Starts = dict[str, int | None]
PLENTY = 10**15


def every_start(c: Candidate, limits: Limits) -> list[int]:
    return [
        year
        for year in range(limits.start_year, limits.start_year + limits.years)
        if c.earliest <= year <= c.latest
        and year + c.duration <= limits.start_year + limits.years
    ]


def every_plan(candidates: list[Candidate], limits: Limits) -> Iterator[Starts]:
    choices = [[None, *every_start(c, limits)] for c in candidates]
    for pick in itertools.product(*choices):
        yield dict(zip([c.code for c in candidates], pick, strict=True))


def points(candidates: list[Candidate], limits: Limits, starts: Starts) -> float:
    total = 0.0
    for c in candidates:
        start = starts[c.code]
        if start is None:
            continue
        for year in range(
            start + c.duration, limits.start_year + limits.years + limits.service_after
        ):
            assert year
            for dimension, value in c.outcomes.items():
                weight = limits.weights.get(dimension, 0) if limits.weights else 1
                total += weight * value
    for s in limits.synergies:
        if starts[s.first] is not None and starts[s.second] is not None:
            total += s.bonus
    return total


def spending(c: Candidate, limits: Limits, start: int) -> dict[tuple[str, int], int]:
    out: dict[tuple[str, int], int] = {}
    for (life, source), amount in c.costs.items():
        key = (source, start + life - 1)
        out[key] = out.get(key, 0) + amount
    for source, amount in c.running.items():
        for year in range(start + c.duration, limits.start_year + limits.years):
            out[source, year] = out.get((source, year), 0) + amount
    return out


def all_spending(
    candidates: list[Candidate], limits: Limits, starts: Starts
) -> list[tuple[Candidate, str, int, int]]:
    return [
        (c, source, year, amount)
        for c in candidates
        if (start := starts[c.code]) is not None
        for (source, year), amount in spending(c, limits, start).items()
    ]


Pools = dict[str, tuple[tuple[str, ...], float, tuple[str, ...]]]


def all_pools(limits: Limits, sources: set[str]) -> Pools:
    """Sources, carry-over and what is topped up, by the name of the pool."""
    pools: Pools = {p.name: (p.sources, p.carry_over, p.tops_up) for p in limits.pools}
    pooled = {s for p in limits.pools for s in p.sources}
    topped_up = {s for p in limits.pools for s in p.tops_up}
    for source in (sources | topped_up) - pooled:
        pools[source] = ((source,), 0.0, ())
    return pools


def ceiling_faults(
    candidates: list[Candidate],
    limits: Limits,
    starts: Starts,
    dropped: frozenset[str] = frozenset(),
) -> set[str]:
    """Ceilings that do not hold; a dropped ceiling is a year with plenty of money."""
    faults: set[str] = set()
    spent = all_spending(candidates, limits, starts)
    pools = all_pools(
        limits, {s for s, _ in limits.ceilings} | {s for _, s, _, _ in spent}
    )
    carried = dict.fromkeys(pools, 0)
    for year in range(limits.start_year, limits.start_year + limits.years):
        left = {}
        for name, (members, _, _) in pools.items():
            ceiling = sum(limits.ceilings.get((s, year), 0) for s in members)
            if f"ceiling:{name}:{year}" in dropped:
                ceiling = PLENTY
            need = sum(a for _, s, y, a in spent if s in members and y == year)
            left[name] = ceiling + carried[name] - need
        top_up(pools, left)
        faults |= {f"ceiling:{name}:{year}" for name in pools if left[name] < 0}
        for name, (_, share, _) in pools.items():
            exact = Fraction(round(share * 10_000), 10_000)
            carried[name] = int(max(left[name], 0) * exact)
    return faults


def top_up(pools: Pools, left: dict[str, int]) -> None:
    for name, (_, _, tops_up) in pools.items():
        for source in tops_up:
            if left[source] < 0:
                left[name] += left[source]
                left[source] = 0


def staff_faults(
    candidates: list[Candidate], limits: Limits, starts: Starts
) -> set[str]:
    faults = set()
    for (department, year), limit in limits.staff.items():
        need = 0
        for c in candidates:
            start = starts[c.code]
            if start is None or c.department != department:
                continue
            life = year - start + 1
            if 1 <= life <= c.duration:
                need += round(c.staff_in(life) * 1000)
        if need > round(limit * 1000):
            faults.add(f"staff:{department}:{year}")
    return faults


def share_fault(
    share: Share, candidates: list[Candidate], limits: Limits, starts: Starts
) -> bool:
    own = total = 0
    for c, source, year, amount in all_spending(candidates, limits, starts):
        if share.source not in (None, source) or share.year not in (None, year):
            continue
        total += amount
        if share.tag == c.dimension or share.tag in c.tags:
            own += amount
    part = Fraction(round(share.percent * 100), 10_000) * total
    return own < part if share.sense == "at_least" else own > part


def floor_amount(
    floor: Floor, candidates: list[Candidate], limits: Limits, starts: Starts
) -> float:
    total = 0.0
    for c in candidates:
        start = starts[c.code]
        if start is None:
            continue
        here = floor.code == (c.dimension if floor.scope == "dimension" else c.district)
        served = (
            limits.start_year + limits.years + limits.service_after - start - c.duration
        )
        if floor.measure == "count":
            total += here
        elif floor.measure == "rupiah":
            total += here * sum(spending(c, limits, start).values())
        elif floor.scope == "dimension":
            total += c.outcomes.get(floor.code, 0) * served
        elif here:
            alone: Starts = {c.code: start}
            bare = Limits(
                limits.start_year,
                limits.years,
                {},
                weights=limits.weights,
                service_after=limits.service_after,
            )
            total += points([c], bare, alone)
    return total


def faults(
    candidates: list[Candidate],
    limits: Limits,
    starts: Starts,
    dropped: frozenset[str] = frozenset(),
) -> set[str]:
    """The names of the limits that a plan breaks."""
    out = ceiling_faults(candidates, limits, starts, dropped)
    out |= staff_faults(candidates, limits, starts)
    for share in limits.shares:
        if share_fault(share, candidates, limits, starts):
            out.add(f"share:{share.name}")
    for floor in limits.floors:
        if floor_amount(floor, candidates, limits, starts) < floor.amount - 1e-9:
            out.add(floor.name)
    out |= link_faults(candidates, limits, starts)
    if limits.quick_wins_per_dimension:
        dimensions = list(limits.weights) or sorted({c.dimension for c in candidates})
        for d in dimensions:
            real = [
                c
                for c in candidates
                if starts[c.code] is not None
                and c.dimension == d
                and c.quick_win
                and not quick_win_faults(c)
            ]
            if len(real) < limits.quick_wins_per_dimension:
                out.add(f"quick_wins:{d}")
    return out - dropped


def link_faults(
    candidates: list[Candidate], limits: Limits, starts: Starts
) -> set[str]:
    out = {f"promised:{code}" for code in limits.promised if starts[code] is None}
    known: Mapping[str, Candidate] = {c.code: c for c in candidates}
    groups: list[str] = []
    for c in candidates:
        start = starts[c.code]
        if start is None:
            continue
        out |= fixed_faults(c, limits)
        groups += [c.group] if c.group else []
        for code in c.requires:
            other = starts[code]
            if other is None or other + known[code].duration > start:
                out.add(f"requires:{c.code}:{code}")
    return out | {f"group:{g}" for g in groups if groups.count(g) > 1}


def fixed_faults(c: Candidate, limits: Limits) -> set[str]:
    out = {f"forbidden:{c.code}"} if c.code in limits.forbidden else set()
    for question in QUESTIONS:
        asked = question in limits.require_sustainable
        if asked and not c.sustainable.get(question):
            out.add(f"sustainable:{question}")
    return out


def best(candidates: list[Candidate], limits: Limits) -> tuple[float, Starts] | None:
    """The most points of any plan that breaks nothing, or None."""
    legal = [
        (points(candidates, limits, plan), plan)
        for plan in every_plan(candidates, limits)
        if not faults(candidates, limits, plan)
    ]
    return max(legal, key=lambda pair: pair[0], default=None)
