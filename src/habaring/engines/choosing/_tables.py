"""Candidates laid out as arrays: one column for each programme and start year.

Shapes: n columns, S sources, P pools, Y years, m programmes. All money is int64 rupiah.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from habaring.engines.choosing._values import (
    Candidate,
    Limits,
    Pool,
    possible_starts,
    quick_win_faults,
)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
FTE_STEPS = 1000  # staff is counted in thousandths of a full-time equivalent
NO_LIMIT = 2**60


@dataclass(frozen=True)
class Tables:
    """The columns and what each uses.

    `first[i]:first[i + 1]` are the columns of programme i, by start year. `spend` is
    (n, S, Y); `effort` is (n, Y) in thousandths of a full-time equivalent; `value` and
    `served` (years in service that count) are (n,).
    """

    candidates: tuple[Candidate, ...]
    limits: Limits
    sources: tuple[str, ...]
    pools: tuple[Pool, ...]
    first: Ints
    owner: Ints
    start: Ints
    served: Ints
    value: Floats
    spend: Ints
    effort: Ints

    @property
    def size(self) -> int:
        """The number of columns."""
        return len(self.owner)

    @cached_property
    def pool_of(self) -> Ints:
        """(S,) the pool of each source."""
        place = {s: p for p, pool in enumerate(self.pools) for s in pool.sources}
        return np.array([place[s] for s in self.sources], dtype=np.int64)

    @cached_property
    def payer(self) -> dict[int, int]:
        """The pool that tops up a pool, by pool."""
        place = {pool.sources[0]: p for p, pool in enumerate(self.pools)}
        return {
            place[s]: p
            for p, pool in enumerate(self.pools)
            for s in pool.tops_up
            if s in place
        }

    @cached_property
    def ceiling(self) -> Ints:
        """(P, Y) whole rupiah."""
        years = self.limits.calendar
        given = self.limits.ceilings
        rows = [
            [sum(given.get((s, y), 0) for s in pool.sources) for y in years]
            for pool in self.pools
        ]
        return np.array(rows, dtype=np.int64).reshape(len(self.pools), len(years))

    def by_pool(self, spend: Ints) -> Ints:
        """Sum sources into pools on the axis before the last: (…, S, Y) to (…, P, Y)."""
        if np.array_equal(self.pool_of, np.arange(len(self.pools))):
            return spend
        shape = (*spend.shape[:-2], len(self.pools), spend.shape[-1])
        out = np.zeros(shape, dtype=np.int64)
        for source, pool in enumerate(self.pool_of):
            out[..., pool, :] += spend[..., source, :]
        return out

    @cached_property
    def department(self) -> tuple[dict[str, int], Ints]:
        """Departments with a staff limit, and (m,) the index of each programme's or -1."""
        places = sorted({d for d, _ in self.limits.staff})
        index = {d: i for i, d in enumerate(places)}
        of = [index.get(c.department or "", -1) for c in self.candidates]
        return index, np.array(of, dtype=np.int64)

    @cached_property
    def staff_limit(self) -> Ints:
        """(departments, Y) thousandths; a limit that is not set is a very large number."""
        index, _ = self.department
        out = np.full((len(index), self.limits.years), NO_LIMIT, dtype=np.int64)
        for (department, year), fte in self.limits.staff.items():
            if year in self.limits.calendar:
                place = index[department], year - self.limits.start_year
                out[place] = thousandths(fte)
        return out

    @cached_property
    def index(self) -> dict[str, int]:
        """The place of each code."""
        return {c.code: i for i, c in enumerate(self.candidates)}

    @cached_property
    def dimension(self) -> NDArray[np.str_]:
        """(m,) the dimension of each programme."""
        return np.array([c.dimension for c in self.candidates])

    @cached_property
    def district(self) -> NDArray[np.str_]:
        """(m,) the district of each programme, empty for none."""
        return np.array([c.district or "" for c in self.candidates])

    @cached_property
    def quick_win(self) -> Flags:
        """(m,) claimed as a Quick Win, and without fault."""
        return np.array(
            [c.quick_win and not quick_win_faults(c) for c in self.candidates],
            dtype=bool,
        )

    def columns_of(self, programme: int) -> range:
        """The columns of a programme, earliest start first."""
        return range(int(self.first[programme]), int(self.first[programme + 1]))

    def starts(self, columns: Ints) -> dict[str, int | None]:
        """The plan that these columns make."""
        plan: dict[str, int | None] = {c.code: None for c in self.candidates}
        for column in columns:
            code = self.candidates[self.owner[column]].code
            plan[code] = int(self.start[column]) + self.limits.start_year
        return plan

    def columns(self, starts: Mapping[str, int | None]) -> Ints:
        """The columns of a plan."""
        out = []
        for code, year in starts.items():
            if year is not None:
                programme = self.index[code]
                base = int(self.first[programme])
                opening = self.start[base]
                out.append(base + year - self.limits.start_year - opening)
        return np.array(sorted(out), dtype=np.int64)


def thousandths(fte: float) -> int:
    """A staff number in whole thousandths."""
    return round(fte * FTE_STEPS)


def make_tables(candidates: tuple[Candidate, ...], limits: Limits) -> Tables:
    """Lay checked inputs out; programmes that cannot start have no column."""
    ranges = [possible_starts(c, limits) for c in candidates]
    counts = np.array([len(r) for r in ranges], dtype=np.int64)
    first = np.concatenate(([0], np.cumsum(counts)))
    owner = np.repeat(np.arange(len(candidates)), counts)
    opening = np.array([r.start - limits.start_year for r in ranges], dtype=np.int64)
    start = np.arange(len(owner)) - first[owner] + opening[owner]
    duration = np.array([c.duration for c in candidates], dtype=np.int64)
    served = limits.years + limits.service_after - start - duration[owner]
    weight = {d: limits.weight(d) for c in candidates for d in c.outcomes}
    worth = [sum(weight[d] * v for d, v in c.outcomes.items()) for c in candidates]
    pools = _pools(candidates, limits)
    sources = tuple(s for pool in pools for s in pool.sources)
    return Tables(
        candidates=candidates,
        limits=limits,
        sources=sources,
        pools=pools,
        first=first,
        owner=owner,
        start=start,
        served=served,
        value=np.array(worth, dtype=np.float64)[owner] * served,
        spend=_spend(candidates, limits, sources, (first, owner, start)),
        effort=_effort(candidates, limits, (first, owner, start)),
    )


def _pools(candidates: tuple[Candidate, ...], limits: Limits) -> tuple[Pool, ...]:
    """All pools, also one for a source that only candidates name (its ceiling is 0)."""
    pools = limits.all_pools()
    known = {s for pool in pools for s in pool.sources}
    named = {s for pool in pools for s in pool.tops_up}
    named |= {s for c in candidates for _, s in c.costs}
    named |= {s for c in candidates for s in c.running}
    return pools + tuple(Pool(s, (s,)) for s in sorted(named - known))


Columns = tuple[Ints, Ints, Ints]


def _expand(counts: Ints, owner: Ints) -> tuple[Ints, Ints]:
    """Repeat every programme's entries for each of its columns: columns and entries."""
    offset = np.concatenate(([0], np.cumsum(counts)))
    each = counts[owner]
    column = np.repeat(np.arange(len(owner)), each)
    before = np.cumsum(each) - each
    entry = np.arange(len(column)) - before[column] + offset[owner][column]
    return column, entry


def _spend(
    candidates: tuple[Candidate, ...],
    limits: Limits,
    sources: tuple[str, ...],
    columns: Columns,
) -> Ints:
    place = {s: i for i, s in enumerate(sources)}
    _, owner, start = columns
    years = limits.years
    counts = np.array([len(c.costs) for c in candidates], dtype=np.int64)
    entries = np.array(
        [
            (year - 1, place[source], amount)
            for c in candidates
            for (year, source), amount in c.costs.items()
        ],
        dtype=np.int64,
    ).reshape(-1, 3)
    spend = np.zeros((len(owner), len(sources), years), dtype=np.int64)
    column, entry = _expand(counts, owner)
    life, source, amount = entries[entry].T
    spend[column, source, start[column] + life] = amount
    running = np.zeros((len(candidates), len(sources)), dtype=np.int64)
    for i, c in enumerate(candidates):
        for name, yearly in c.running.items():
            running[i, place[name]] = yearly
    duration = np.array([c.duration for c in candidates], dtype=np.int64)
    after = np.arange(years) >= (start + duration[owner])[:, None]
    who, where = np.nonzero(running[owner])
    spend[who, where] += running[owner[who], where][:, None] * after[who]
    return spend


def _effort(
    candidates: tuple[Candidate, ...], limits: Limits, columns: Columns
) -> Ints:
    _, owner, start = columns
    counts = np.array([c.duration for c in candidates], dtype=np.int64)
    by_year = np.array(
        [
            fte
            for c in candidates
            for fte in (
                [thousandths(c.staff_in(k + 1)) for k in range(c.duration)]
                if isinstance(c.staff, Mapping)
                else [thousandths(c.staff)] * c.duration
            )
        ],
        dtype=np.int64,
    )
    effort = np.zeros((len(owner), limits.years), dtype=np.int64)
    column, entry = _expand(counts, owner)
    life = entry - (np.cumsum(counts) - counts)[owner][column]
    effort[column, start[column] + life] = by_year[entry]
    return effort
