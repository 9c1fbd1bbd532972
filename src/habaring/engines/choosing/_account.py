"""A plan's account in whole rupiah: which limits it breaks, and by how much.

Nothing here trusts the solver: money is int64, staff whole thousandths, shares whole
steps, so that a plan over a ceiling by one rupiah is seen.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from habaring.engines.choosing._checks import SHARE_STEPS
from habaring.engines.choosing._model import floor_amounts, share_base, tagged
from habaring.engines.choosing._results import Use
from habaring.engines.choosing._tables import Flags, Floats, Ints, Tables

TOLERANCE = 1e-9  # of outcome points only; counts and rupiah are exact


@dataclass(frozen=True)
class Money:
    """How a need is paid, each (…, P, Y) whole rupiah; `short` is what is lacking."""

    short: Ints
    carried_in: Ints
    topped_up: Ints
    received: Ints
    left: Ints
    carried_out: Ints


def pay(tables: Tables, need: Ints, ceiling: Ints | None = None) -> Money:
    """Pay needs (…, P, Y) year by year: own money, then the top-up, then carry over.

    Where a top-up is lacking, the pool that should pay is short. `ceiling` stands in for
    that of the tables.
    """
    ceiling = tables.ceiling if ceiling is None else ceiling
    parts = [np.zeros_like(need) for _ in range(6)]
    short, carried_in, topped, received, left, carried_out = parts
    share = [round(p.carry_over * SHARE_STEPS) for p in tables.pools]
    carry = np.zeros(need.shape[:-1], dtype=np.int64)
    last = need.shape[-1] - 1
    for year in range(need.shape[-1]):
        carried_in[..., year] = carry
        balance = ceiling[:, year] + carry - need[..., year]
        for pool, payer in tables.payer.items():
            gap = np.maximum(-balance[..., pool], 0)
            balance[..., pool] += gap
            balance[..., payer] -= gap
            received[..., pool, year] = gap
            topped[..., payer, year] += gap
        short[..., year] = np.maximum(-balance, 0)
        left[..., year] = np.maximum(balance, 0)
        carry = left[..., year] * np.array(share, dtype=np.int64) // SHARE_STEPS
        carried_out[..., year] = carry if year < last else 0
    return Money(short, carried_in, topped, received, left, carried_out)


@dataclass(frozen=True)
class Sums:
    """Limits of the form: the sum over the plan is at least a threshold.

    `gives` is (limits, n). Shares come as whole steps of rupiah with threshold 0.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    gives: Floats | Ints
    least: Floats


@dataclass(frozen=True)
class Account:
    """The tables with everything that a check of plans needs, made once."""

    tables: Tables

    @cached_property
    def need(self) -> Ints:
        """(n, P, Y) rupiah of each column by pool."""
        return self.tables.by_pool(self.tables.spend)

    @cached_property
    def shares(self) -> Sums:
        """Shares in whole steps: (10,000 x own - percent x all) is not negative."""
        rows, names = [], []
        for share in self.tables.limits.shares:
            own = tagged(self.tables, share.tag)[self.tables.owner]
            steps = round(share.percent / 100 * SHARE_STEPS)
            lean = (SHARE_STEPS * own - steps) * share_base(self.tables, share)
            rows.append(lean if share.sense == "at_least" else -lean)
            names.append(f"share:{share.name}")
        gives = np.array(rows, dtype=np.int64).reshape(len(rows), self.tables.size)
        kinds = ("share",) * len(rows)
        return Sums(tuple(names), kinds, gives, np.zeros(len(rows)))

    @cached_property
    def floors(self) -> Sums:
        """Floors, then Quick Wins a dimension."""
        tables, limits = self.tables, self.tables.limits
        names = [floor.name for floor in limits.floors]
        least = [float(floor.amount) for floor in limits.floors]
        kinds = ["floor"] * len(names)
        rows = [
            floor_amounts(tables, f.scope, f.code, f.measure) for f in limits.floors
        ]
        if limits.quick_wins_per_dimension:
            place = np.array([c.dimension for c in tables.candidates])
            for dimension in limits.dimensions(tables.candidates):
                names.append(f"quick_wins:{dimension}")
                kinds.append("quick_wins")
                least.append(float(limits.quick_wins_per_dimension))
                own = tables.quick_win & (place == dimension)
                rows.append(own[tables.owner].astype(np.float64))
        gives = np.array(rows, dtype=np.float64).reshape(len(rows), tables.size)
        return Sums(tuple(names), tuple(kinds), gives, np.array(least))

    @cached_property
    def fixed(self) -> Mapping[int, tuple[str, ...]]:
        """Names of the limits that forbid a programme outright, by its place."""
        limits, out = self.tables.limits, {}
        banned = set(limits.forbidden)
        for i, c in enumerate(self.tables.candidates):
            names = [f"forbidden:{c.code}"] if c.code in banned else []
            names += [
                f"sustainable:{q}"
                for q in limits.require_sustainable
                if not c.sustainable.get(q, False)
            ]
            if names:
                out[i] = tuple(names)
        return out

    @cached_property
    def groups(self) -> Mapping[str, tuple[int, ...]]:
        """The members of each either-or group."""
        out: dict[str, tuple[int, ...]] = {}
        for i, c in enumerate(self.tables.candidates):
            if c.group is not None:
                out[c.group] = (*out.get(c.group, ()), i)
        return out

    @cached_property
    def dependents(self) -> Mapping[int, tuple[int, ...]]:
        """Which programmes require a programme."""
        out: dict[int, tuple[int, ...]] = {}
        for i, c in enumerate(self.tables.candidates):
            for code in c.requires:
                j = self.tables.index[code]
                out[j] = (*out.get(j, ()), i)
        return out

    def plan(self, columns: Ints) -> Plan:
        """The account of the plan that these columns make."""
        return Plan(self, np.asarray(columns, dtype=np.int64))


@dataclass(frozen=True)
class Plan:
    """Columns chosen, and their totals."""

    account: Account
    columns: Ints

    @cached_property
    def need(self) -> Ints:
        """(P, Y) rupiah."""
        return np.asarray(self.account.need[self.columns].sum(axis=0), dtype=np.int64)

    @cached_property
    def money(self) -> Money:
        return pay(self.account.tables, self.need)

    @cached_property
    def staff(self) -> Ints:
        """(departments, Y) thousandths."""
        tables = self.account.tables
        _, of = tables.department
        out = np.zeros(tables.staff_limit.shape, dtype=np.int64)
        department = of[tables.owner[self.columns]]
        inside = department >= 0
        np.add.at(out, department[inside], tables.effort[self.columns[inside]])
        return out

    @cached_property
    def leaning(self) -> Ints:
        total = self.account.shares.gives[:, self.columns].sum(axis=1)
        return np.asarray(total, dtype=np.int64)

    @cached_property
    def given(self) -> Floats:
        total = self.account.floors.gives[:, self.columns].sum(axis=1)
        return np.asarray(total, dtype=np.float64)

    @cached_property
    def column_of(self) -> dict[int, int]:
        """The column of each programme in the plan."""
        owner = self.account.tables.owner
        return {int(owner[c]): int(c) for c in self.columns}

    @cached_property
    def value(self) -> float:
        """Points, with synergies."""
        tables = self.account.tables
        points = float(tables.value[self.columns].sum())
        return points + sum(
            s.bonus
            for s in tables.limits.synergies
            if tables.index[s.first] in self.column_of
            and tables.index[s.second] in self.column_of
        )

    def without(self, leaving: Ints) -> Plan:
        """The plan with these columns out."""
        return self.account.plan(self.columns[~np.isin(self.columns, leaving)])

    def too_dear_together(self) -> Ints:
        """Columns that break a ceiling together, and would not if any one left."""
        tables, need, cover = self.account.tables, self.need.copy(), []
        for column in self.columns:
            rest = need - self.account.need[column]
            if (pay(tables, rest).short > 0).any():
                need = rest
            else:
                cover.append(column)
        return np.array(cover, dtype=np.int64)

    @cached_property
    def keeps_sums(self) -> bool:
        """Whether every share, floor and Quick Win limit is kept."""
        account = self.account
        return bool(
            (self.leaning >= account.shares.least).all()
            and (self.given >= account.floors.least - TOLERANCE).all()
        )

    def use(self) -> dict[tuple[str, int], int]:
        """Rupiah needed by source and year."""
        tables = self.account.tables
        spend = tables.spend[self.columns].sum(axis=0)
        return {
            (source, year): int(spend[s, y])
            for s, source in enumerate(tables.sources)
            for y, year in enumerate(tables.limits.calendar)
        }

    def ledger(self) -> dict[tuple[str, int], Use]:
        """The account of each pool in each year."""
        tables, m = self.account.tables, self.money
        return {
            (pool.name, year): Use(
                cost=int(self.need[p, y]),
                ceiling=int(tables.ceiling[p, y]),
                carried_in=int(m.carried_in[p, y]),
                topped_up=int(m.topped_up[p, y]),
                received=int(m.received[p, y]),
                left=int(m.left[p, y]),
                carried_out=int(m.carried_out[p, y]),
            )
            for p, pool in enumerate(tables.pools)
            for y, year in enumerate(tables.limits.calendar)
        }

    def broken(self) -> dict[str, float]:
        """Every limit that the plan breaks, with the amount lacking in its own unit."""
        out = dict(self._short_money())
        out.update(self._short_staff())
        for sums, have in (
            (self.account.shares, self.leaning),
            (self.account.floors, self.given),
        ):
            for name, least, amount in zip(sums.names, sums.least, have, strict=True):
                if amount < least - TOLERANCE:
                    out[name] = float(least - amount)
        out.update(self._broken_links())
        return out

    def keeps(self, names: set[str]) -> bool:
        """Whether these limits are kept, a ceiling that is not named being no limit.

        What such a year has left is without limit too, and so are the years it reaches.
        """
        others = {name for name in self.broken() if not name.startswith("ceiling:")}
        if others & names:
            return False
        tables = self.account.tables
        ceiling = tables.ceiling.copy()
        start, plenty = tables.limits.start_year, int(self.need.sum())
        for p, pool in enumerate(tables.pools):
            free = [
                f"ceiling:{pool.name}:{start + y}" not in names
                for y in range(ceiling.shape[1])
            ]
            if pool.carry_over:
                free = list(itertools.accumulate(free, operator.or_))
            ceiling[p, free] = plenty
        return not (pay(tables, self.need, ceiling).short > 0).any()

    def _short_money(self) -> list[tuple[str, float]]:
        tables, start = self.account.tables, self.account.tables.limits.start_year
        where = np.argwhere(self.money.short > 0)
        return [
            (
                f"ceiling:{tables.pools[p].name}:{start + y}",
                float(self.money.short[p, y]),
            )
            for p, y in where
        ]

    def _short_staff(self) -> list[tuple[str, float]]:
        tables, start = self.account.tables, self.account.tables.limits.start_year
        names = list(tables.department[0])
        over = self.staff - tables.staff_limit
        return [
            (f"staff:{names[d]}:{start + y}", float(over[d, y]) / 1000)
            for d, y in np.argwhere(over > 0)
        ]

    def _broken_links(self) -> dict[str, float]:
        tables, out = self.account.tables, {}
        for group, members in self.account.groups.items():
            inside = sum(i in self.column_of for i in members)
            if inside > 1:
                out[f"group:{group}"] = float(inside - 1)
        for code in tables.limits.promised:
            if tables.index[code] not in self.column_of:
                out[f"promised:{code}"] = 1.0
        for i, column in self.column_of.items():
            names = [*self.account.fixed.get(i, ()), *self.lacks_first(i, column)]
            out.update(dict.fromkeys(names, 1.0))
        return out

    def lacks_first(self, programme: int, column: int) -> list[str]:
        """Prerequisites that the plan does not finish before this column starts."""
        tables = self.account.tables
        candidate, out = tables.candidates[programme], []
        for code in candidate.requires:
            other = self.column_of.get(tables.index[code])
            duration = tables.candidates[tables.index[code]].duration
            if other is None or tables.start[other] + duration > tables.start[column]:
                out.append(f"requires:{candidate.code}:{code}")
        return out

    def breaks_when_added(self, columns: Ints) -> list[tuple[str, ...]]:
        """For each column, the limits that break when it alone joins the plan."""
        tables = self.account.tables
        names: list[list[str]] = [[] for _ in columns]
        for k, column in enumerate(columns):
            i = int(tables.owner[column])
            names[k] += self.account.fixed.get(i, ())
            group = tables.candidates[i].group
            members = self.account.groups.get(group or "", ())
            if any(j in self.column_of for j in members if j != i):
                names[k].append(f"group:{group}")
            names[k] += self.lacks_first(i, int(column))
        self._add_money(columns, names)
        self._add_staff(columns, names)
        self._add_sums(columns, names)
        return [tuple(n) for n in names]

    def _add_money(self, columns: Ints, names: list[list[str]]) -> None:
        tables = self.account.tables
        mine = self.account.need[columns]
        paid = pay(tables, self.need + mine)
        worse = paid.short > self.money.short
        for pool, payer in tables.payer.items():
            # its own source is at fault too when it asks for more than that source has
            asks = (mine[:, pool] > 0) & (paid.received[:, pool] > 0)
            worse[:, pool] |= worse[:, payer] & asks
        for k, p, y in np.argwhere(worse):
            year = tables.limits.start_year + y
            names[k].append(f"ceiling:{tables.pools[p].name}:{year}")

    def _add_staff(self, columns: Ints, names: list[list[str]]) -> None:
        tables = self.account.tables
        index, of = tables.department
        if not index:
            return
        department = of[tables.owner[columns]]
        have = self.staff[department] + tables.effort[columns]
        over = (have > tables.staff_limit[department]) & (department >= 0)[:, None]
        over &= tables.effort[columns] > 0
        place = list(index)
        for k, y in np.argwhere(over):
            year = tables.limits.start_year + y
            names[k].append(f"staff:{place[department[k]]}:{year}")

    def _add_sums(self, columns: Ints, names: list[list[str]]) -> None:
        for sums, have in (
            (self.account.shares, self.leaning),
            (self.account.floors, self.given),
        ):
            more = sums.gives[:, columns]
            least = sums.least[:, None] - TOLERANCE
            worse = (have[:, None] + more < least) & (more < 0)
            for r, k in np.argwhere(worse):
                names[k].append(sums.names[r])

    def makes_room(self, column: int, leaving: Ints) -> Flags:
        """Which single column of the plan makes room for this one by leaving it.

        `leaving` (J,) are columns of the plan; the answer (J,) is exact.
        """
        account, tables = self.account, self.account.tables
        i = int(tables.owner[column])
        need = self.need + account.need[column] - account.need[leaving]
        room = ~(pay(tables, need).short > 0).any(axis=(1, 2))
        room &= self._room_for_staff(column, leaving)
        for sums, have in (
            (account.shares, self.leaning),
            (account.floors, self.given),
        ):
            total = (have + sums.gives[:, column])[:, None] - sums.gives[:, leaving]
            room &= (total >= sums.least[:, None] - TOLERANCE).all(axis=0)
        if i in account.fixed or self.lacks_first(i, column):
            return np.zeros(len(leaving), dtype=bool)
        group = tables.candidates[i].group
        if group is not None:
            rivals = [
                j for j in account.groups[group] if j in self.column_of and j != i
            ]
            if rivals:
                room &= np.isin(tables.owner[leaving], rivals)
        required = [tables.index[code] for code in tables.candidates[i].requires]
        return room & ~np.isin(tables.owner[leaving], required)

    def _room_for_staff(self, column: int, leaving: Ints) -> Flags:
        tables = self.account.tables
        _, of = tables.department
        d = of[tables.owner[column]]
        if d < 0:
            return np.ones(len(leaving), dtype=bool)
        same = (of[tables.owner[leaving]] == d)[:, None]
        have = self.staff[d] + tables.effort[column] - same * tables.effort[leaving]
        return np.asarray((have <= tables.staff_limit[d]).all(axis=1))

    @cached_property
    def may_leave(self) -> Flags:
        """(len(columns),) not promised, and nothing in the plan requires it."""
        promised = set(self.account.tables.limits.promised)
        return np.array(
            [
                self.account.tables.candidates[i].code not in promised
                and not any(
                    j in self.column_of for j in self.account.dependents.get(i, ())
                )
                for i in self.column_of
            ],
            dtype=bool,
        )

    def breaks_when_left(self, programme: int) -> tuple[str, ...]:
        """The limits that break when a programme of the plan leaves it."""
        column = self.column_of[programme]
        tables, account = self.account.tables, self.account
        code = tables.candidates[programme].code
        names = [f"promised:{code}"] if code in tables.limits.promised else []
        names += [
            f"requires:{tables.candidates[j].code}:{code}"
            for j in account.dependents.get(programme, ())
            if j in self.column_of
        ]
        for sums, have in (
            (account.shares, self.leaning),
            (account.floors, self.given),
        ):
            rest = have - sums.gives[:, column]
            worse = (rest < sums.least - TOLERANCE) & (sums.gives[:, column] > 0)
            names += [sums.names[r] for r in np.flatnonzero(worse)]
        return tuple(names)
