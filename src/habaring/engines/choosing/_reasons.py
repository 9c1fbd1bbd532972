"""A reason for every programme, checked on the plan itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from habaring.engines.choosing._account import Plan, pay
from habaring.engines.choosing._improve import EPSILON, gain, outside, room_for
from habaring.engines.choosing._model import Model, once_rows
from habaring.engines.choosing._results import Reason
from habaring.engines.choosing._solver import Relaxed
from habaring.engines.choosing._tables import Floats, Ints

# what a limit's name begins with, in the order in which it is told first
KINDS = {
    "forbidden": "forbidden",
    "sustainable": "not_sustainable",
    "group": "either_or",
    "requires": "requires",
    "ceiling": "ceiling",
    "staff": "staff",
    "share": "share",
    "floor": "floor",
    "quick_wins": "quick_wins",
    "promised": "promised",
}
STEPS = 10_000  # of a cost, when looking for the one that would fit


def kind_of(names: tuple[str, ...]) -> str:
    """The word for a set of broken limits: the one told first."""
    first = {name.split(":", 1)[0] for name in names}
    return next(kind for begin, kind in KINDS.items() if begin in first)


@dataclass(frozen=True)
class Explainer:
    """Everything the reasons are drawn from."""

    model: Model
    plan: Plan
    relaxed: Relaxed

    @cached_property
    def once(self) -> Ints:
        """(m,) the row of each programme's one start."""
        return once_rows(self.plan.account.tables)

    def explain(self) -> dict[str, Reason]:
        """A reason for each programme, in the order given."""
        tables = self.plan.account.tables
        out: dict[str, Reason] = {}
        for programme in self.plan.column_of:
            code = tables.candidates[programme].code
            out[code] = self._inside(programme)
        out.update(self._shut())
        out.update(self._left_out())
        return {c.code: out[c.code] for c in tables.candidates}

    # --- in the plan

    def _inside(self, programme: int) -> Reason:
        names = self.plan.breaks_when_left(programme)
        code = self.plan.account.tables.candidates[programme].code
        if f"promised:{code}" in names:
            params = {"points_lost": self._price_of(f"promised:{code}")}
            return Reason(chosen=True, kind="promised", limits=names, params=params)
        column = self.plan.column_of[programme]
        needed = bool(names) and self._net(column) < -EPSILON
        kind = kind_of(names) if needed else "chosen"
        return Reason(
            chosen=True, kind=kind, limits=names, regret=self._once_dual(programme)
        )

    def _price_of(self, name: str) -> float:
        """Points that a promise costs at the relaxation."""
        rule = next(r for r in self.model.rules if r.name == name)
        return float(max(-self.relaxed.row_dual[rule.rows].sum(), 0.0))

    def _once_dual(self, programme: int) -> float:
        return float(max(self.relaxed.row_dual[self.once[programme]], 0.0))

    @cached_property
    def money_dual(self) -> Floats:
        """(P, Y) points for one rupiah."""
        shape = self.plan.account.tables.ceiling.shape
        rules = [r for r in self.model.rules if r.kind == "ceiling"]
        rows = np.array([r.rows[0] for r in rules], dtype=np.int64)
        dual = self.relaxed.row_dual[rows] / self.model.money
        return np.asarray(dual).reshape(shape)

    def _net(self, column: int) -> float:
        """Points left when money and staff are paid at the relaxation's prices."""
        tables = self.plan.account.tables
        price = (self.plan.account.need[column] * self.money_dual).sum()
        for rule in self.model.rules:
            if rule.kind == "staff":
                department, year = rule.name[6:].rsplit(":", 1)
                index, of = tables.department
                if of[tables.owner[column]] == index[department]:
                    place = int(year) - tables.limits.start_year
                    effort = tables.effort[column, place] / 1000
                    price += self.relaxed.row_dual[rule.rows[0]] * effort
        return float(tables.value[column] - price)

    # --- out of the plan

    def _shut(self) -> dict[str, Reason]:
        """Programmes that no plan under these limits may have."""
        tables, out = self.plan.account.tables, {}
        for i, c in enumerate(tables.candidates):
            if i in self.plan.column_of:
                continue
            if i in self.plan.account.fixed:
                names = self.plan.account.fixed[i]
                out[c.code] = Reason(chosen=False, kind=kind_of(names), limits=names)
            elif not len(tables.columns_of(i)):
                last = tables.limits.last_year
                span = {"earliest": c.earliest, "latest": c.latest}
                params = {**span, "duration": c.duration, "last_year": last}
                out[c.code] = Reason(chosen=False, kind="no_time", params=params)
        return out

    def _left_out(self) -> dict[str, Reason]:
        """Programmes that could be in: what breaks when they join."""
        tables = self.plan.account.tables
        columns = outside(self.plan)
        broken = self.plan.breaks_when_added(columns)
        by_programme: dict[int, list[int]] = {}
        for k, column in enumerate(columns):
            by_programme.setdefault(int(tables.owner[column]), []).append(k)
        gains = np.array([gain(self.plan, int(c)) for c in columns])
        nearest = {
            i: min(ks, key=lambda k: (_depth(broken[k]), -gains[k]))
            for i, ks in by_programme.items()
        }
        fits_at = self._fitting_cost(columns, broken, nearest)
        out = {}
        for i, ks in by_programme.items():
            k = nearest[i]
            starts = {
                str(tables.start[columns[j]] + tables.limits.start_year): list(
                    broken[j]
                )
                for j in ks
            }
            seen = _Seen(int(columns[k]), broken[k], float(gains[k]), fits_at.get(i))
            out[tables.candidates[i].code] = self._outside(
                seen, starts, columns[ks], float(max(gains[j] for j in ks))
            )
        return out

    def _outside(
        self, seen: _Seen, starts: dict[str, list[str]], columns: Ints, best: float
    ) -> Reason:
        tables = self.plan.account.tables
        reduced = self.relaxed.reduced[columns]
        regret = float(max(-reduced.max(), 0.0))
        params: dict[str, Any] = {"starts": starts}
        if best <= EPSILON or not seen.broken:
            bare = float(tables.value[columns].max())
            kind = "synergy" if bare > EPSILON else "low_outcome"
            return Reason(
                chosen=False,
                kind=kind,
                regret=regret,
                params={**params, "points": best},
            )
        params["points"] = seen.gain
        if (pays := self._pays_at(columns)) is not None:
            params["pays_at"] = pays
        kind = kind_of(seen.broken)
        displaced: tuple[str, ...] = ()
        if kind in {"ceiling", "staff", "share", "either_or"}:
            displaced = self._displaced(seen)
        if displaced:
            params["displaced_points"] = self._points(displaced)
        return Reason(
            chosen=False,
            kind=kind,
            limits=seen.broken,
            regret=regret,
            enters_at=seen.fits_at,
            displaced_by=displaced,
            params=params,
        )

    def _displaced(self, seen: _Seen) -> tuple[str, ...]:
        leaving = room_for(self.plan, seen.column, float("inf"))
        if leaving is None:
            return ()
        tables = self.plan.account.tables
        return tuple(tables.candidates[i].code for i in tables.owner[leaving])

    def _points(self, codes: tuple[str, ...]) -> float:
        tables = self.plan.account.tables
        columns = [self.plan.column_of[tables.index[code]] for code in codes]
        return float(tables.value[columns].sum())

    def _pays_at(self, columns: Ints) -> int | None:
        """Cost at which the relaxation would take it; an estimate, at fixed prices."""
        tables = self.plan.account.tables
        column = int(columns[np.argmax(self.relaxed.reduced[columns])])
        price = float((self.plan.account.need[column] * self.money_dual).sum())
        if price <= EPSILON:
            return None
        share = 1.0 + float(self.relaxed.reduced[column]) / price
        total = tables.candidates[tables.owner[column]].total_cost
        return round(total * share) if 0 < share < 1 else None

    def _fitting_cost(
        self, columns: Ints, broken: list[tuple[str, ...]], nearest: dict[int, int]
    ) -> dict[int, int]:
        """The greatest total cost, in 1/10,000 of its own, at which it just fits."""
        only_money = [
            (i, k)
            for i, k in nearest.items()
            if broken[k] and all(n.startswith("ceiling:") for n in broken[k])
        ]
        if not only_money:
            return {}
        account = self.plan.account
        need = account.need[columns[[k for _, k in only_money]]]
        low = np.full(len(only_money), -1)
        high = np.full(len(only_money), STEPS)
        while (high - low > 1).any():
            middle = (low + high) // 2
            scaled = -(-need * middle[:, None, None] // STEPS)
            short = pay(account.tables, self.plan.need + scaled).short
            fits = ~(short > 0).any(axis=(1, 2))
            low, high = np.where(fits, middle, low), np.where(fits, high, middle)
        totals = [account.tables.candidates[i].total_cost for i, _ in only_money]
        return {
            i: totals[n] * int(low[n]) // STEPS
            for n, (i, _) in enumerate(only_money)
            if low[n] > 0
        }


@dataclass(frozen=True)
class _Seen:
    """The start nearest to fitting."""

    column: int
    broken: tuple[str, ...]
    gain: float
    fits_at: int | None


def _depth(names: tuple[str, ...]) -> tuple[int, int]:
    """How far from fitting: links weigh more than money."""
    links = sum(n.startswith(("group:", "requires:")) for n in names)
    return links, len(names)
