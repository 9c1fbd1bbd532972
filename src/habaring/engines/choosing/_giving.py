"""What each limit of a contradiction must give for the others to be kept."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from habaring.engines.choosing._account import Account
from habaring.engines.choosing._clash import Clash, clash_of, unit_of
from habaring.engines.choosing._model import INF, Model
from habaring.engines.choosing._parts import elastic, slacks, with_margin
from habaring.engines.choosing._solver import Found, Relaxation, Relaxed, Search
from habaring.engines.choosing._tables import Flags, Floats, Ints

PROOF_SECONDS = 1.5  # for one search on whole programmes
EXACT_COLUMNS = 400  # more columns: the amount is a least amount
MARGIN = (
    0.1  # of each ceiling and staff limit left free, at most, to have room to round
)


class Members:
    """A contradiction in which one rule at a time gives way, by as little as can be.

    A plan without one rule is believed only when whole rupiah bear it out; those that
    `known` names have had theirs.
    """

    def __init__(
        self, model: Model, seed: int, deadline: float, known: set[str]
    ) -> None:
        self.model = model
        self.seed = seed
        self.deadline = deadline
        self.known = known
        self.account = Account(model.tables)
        self.count = len(model.cost)
        self.owner, price = slacks(model)
        self.elastic = with_margin(elastic(model, dict.fromkeys(price, 1.0)))
        self.relaxation = Relaxation(self.elastic, seed)

    def clash(self, k: int) -> tuple[Clash, str]:
        """What rule k must give, and `proven`, `needless`, or `unknown`."""
        rule = self.model.rules[k]
        part = self._where_gives(k)
        self.relaxation.set_columns(part.lower, part.upper)
        relaxed = self.relaxation.solve()
        if relaxed is None:
            return clash_of(rule, 0.0, exact=False), "needless"
        known = rule.name in self.known or self._plan(k, part, relaxed)
        few = int((part.upper[: self.model.tables.size] > 0).sum()) <= EXACT_COLUMNS
        amount, exact = -relaxed.value, False
        if not known or (few and unit_of(rule) is not None):
            seconds = PROOF_SECONDS / (len(self.model.rules) if known else 1)
            whole = search(part, self.seed, self.deadline, seconds, first=not few)
            if whole.impossible:
                return clash_of(rule, 0.0, exact=False), "needless"
            if whole.columns is not None:
                known = known or self._kept(whole.columns, k)
                exact = whole.finished and few
            if np.isfinite(whole.bound):
                amount = max(amount, -whole.bound)
        if known:
            self.known.add(rule.name)
        answer = "proven" if known else "unknown"
        return clash_of(rule, max(amount, 0.0), exact=exact), answer

    def _where_gives(self, k: int) -> Model:
        upper = self.elastic.upper.copy()
        upper[self.count : -1] = np.where(self.owner == k, INF, 0.0)
        return replace(self.elastic, upper=upper)

    def _kept(self, columns: Ints, k: int) -> bool:
        """Whether this plan keeps all the others, in whole rupiah."""
        others = {r.name for r in self.model.rules if r is not self.model.rules[k]}
        return self.account.plan(columns).keeps(others)

    def _plan(self, k: int, part: Model, relaxed: Relaxed) -> bool:
        """Whether a plan without rule k is found near the relaxation."""
        if self._kept(self._rounded(relaxed.columns), k):
            return True
        roomy = self._with_room(part)
        if roomy is not None and self._kept(self._rounded(roomy.columns), k):
            return True
        near = [found.columns for found in (roomy, relaxed) if found is not None]
        return any(self._searched(k, part, columns) for columns in near)

    def _with_room(self, part: Model) -> Relaxed | None:
        """The relaxation that gives as much as it likes and leaves the others room."""
        cost, upper = np.zeros_like(part.cost), part.upper.copy()
        cost[-1], upper[-1] = 1.0, MARGIN
        self.relaxation.set_columns(part.lower, upper)
        self.relaxation.set_costs(cost)
        relaxed = self.relaxation.solve()
        self.relaxation.set_costs(part.cost)
        return relaxed

    def _rounded(self, columns: Floats) -> Ints:
        """Whatever the relaxation begins, begun whole where it does most of it."""
        tables = self.model.tables
        part = columns[: tables.size]
        order = np.lexsort((-part, tables.owner))
        owner = tables.owner[order]
        first = np.append(True, owner[1:] != owner[:-1])
        most = order[first]
        return np.sort(most[part[most] > 1e-7])

    def _searched(self, k: int, part: Model, columns: Floats) -> bool:
        """Whether a plan is found where only what the relaxation splits is free."""
        values = columns[: part.tables.size]
        held = (values < 1e-7, values > 1 - 1e-7)
        found = search(part, self.seed, self.deadline, first=True, held=held)
        return found.columns is not None and self._kept(found.columns, k)


def search(
    model: Model,
    seed: int,
    deadline: float,
    seconds: float = PROOF_SECONDS,
    *,
    first: bool,
    held: tuple[Flags, Flags] | None = None,
) -> Found:
    """A short search on whole programmes; `first` ends at the first plan."""
    size = model.tables.size
    now = time.perf_counter()
    run = Search(
        model,
        held[0] if held else np.zeros(size, dtype=bool),
        deadline=now + min(max(deadline - now, 0.2), seconds),
        gap=0.0,
        seed=seed,
        heard=lambda _columns, _bound: 0.0,
        enough=-1.0 if first else INF,
        forced=held[1] if held else None,
        dives=size < EXACT_COLUMNS,
    )
    return run.run()
