"""From candidates and limits to a plan: relaxation, core, full search, small steps."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from habaring.engines.choosing._account import Account, Plan
from habaring.engines.choosing._checks import check_inputs
from habaring.engines.choosing._conflict import find_conflict
from habaring.engines.choosing._core import Core, doubt
from habaring.engines.choosing._improve import improve
from habaring.engines.choosing._model import Model, make_model
from habaring.engines.choosing._reasons import Explainer
from habaring.engines.choosing._results import Choice, Progress, Reason
from habaring.engines.choosing._solver import Cut, Relaxation, Relaxed, Search
from habaring.engines.choosing._tables import Flags, Ints, make_tables
from habaring.engines.choosing._values import Candidate, Limits, digest

CORE_FROM = 1000  # columns: below, the full model is as quick as its core
WHOLE_UNTIL = 3000  # columns: above, only cores, unless they find no plan
CORE_SECONDS = 2.5
BILLION = 1e9
REPAIRS = 30


def choose(
    candidates: Sequence[Candidate],
    limits: Limits,
    *,
    gap: float = 0.002,
    seconds: float = 15.0,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
) -> Choice:
    """The most points that the limits allow, with a proven gap and a reason for each.

    Ends when the plan is proven within `gap` of the best (then the result repeats
    itself anywhere) or after about `seconds` of wall time (then it depends on the
    machine, and the record keeps the plan).

    Raises:
        Refused: the inputs are wrong; every problem is listed.
        Conflict: no plan can keep all the limits; the smallest set found is named.
    """
    began = time.perf_counter()
    programmes = tuple(candidates)
    check_inputs(programmes, limits)
    tables = make_tables(programmes, limits)
    run = _Run(
        model=make_model(tables),
        account=Account(tables),
        gap=gap,
        seed=seed,
        began=began,
        deadline=began + seconds,
        tell=progress,
    )
    relaxed = run.relax()
    run.search(relaxed)
    return _choice(run, relaxed, {"gap": gap, "seconds": seconds, "seed": seed})


@dataclass
class _Run:
    """One search: the best plan so far and the bound."""

    model: Model
    account: Account
    gap: float
    seed: int
    began: float
    deadline: float
    tell: Callable[[Progress], None] | None
    best: Plan | None = None
    bound: float = float("inf")
    phase: str = "relaxation"
    cuts: tuple[Cut, ...] = ()

    def relax(self) -> Relaxed:
        self.report()
        relaxation = Relaxation(self.model, self.seed)
        relaxed = relaxation.solve()
        if relaxed is None:
            proof = relaxation.proof()
            raise find_conflict(self.model, self.seed, self.deadline, proof=proof)
        self.bound = relaxed.value
        return relaxed

    def report(self) -> None:
        if self.tell is None:
            return
        best = self.best.value if self.best else None
        bound = self.bound if np.isfinite(self.bound) else None
        elapsed = time.perf_counter() - self.began
        self.tell(Progress(self.phase, best, bound, self.proven_gap(), elapsed))

    def proven_gap(self) -> float | None:
        if self.best is None or not np.isfinite(self.bound):
            return None
        return relative_gap(self.best.value, self.bound)

    def hear(self, columns: Ints, bound: float) -> float | None:
        """Keep a plan if whole rupiah bear it out."""
        plan = self.account.plan(columns)
        if broken := plan.broken():
            self._forbid(columns, broken)
            return None
        if self.best is None or plan.value > self.best.value:
            self.best = plan
            self.report()
        self.watch(bound)
        return plan.value

    def watch(self, bound: float) -> None:
        """Lower the bound, if the whole model has it."""
        if self.phase != "full" or not np.isfinite(bound):
            return
        # columns that no better plan can have were left out: never below the best
        bound = max(bound, self.best.value if self.best else -np.inf)
        if bound < self.bound - 1e-9 * abs(self.bound):
            self.bound = bound
            self.report()

    def search(self, relaxed: Relaxed) -> None:
        """Cores first, the whole model with the time that is left."""
        size = self.model.tables.size
        reduced = relaxed.reduced[:size]
        if size >= CORE_FROM:
            self.phase = "core"
            large = size >= WHOLE_UNTIL
            self._cores(relaxed, 1.0 if large else 0.1)
            # begun from a plan, the whole search of a large model is deaf to the clock
            # for half a minute, and brings next to nothing there
            if self._enough() or (large and self.best is not None):
                return
        self.phase = "full"
        fixed = np.zeros(size, dtype=bool)
        if self.best is not None:
            # a plan with such a column is worth less than the one at hand
            fixed = relaxed.value + reduced < self.best.value - 1e-9
            fixed[self.best.columns] = False
        self._whole(fixed, relaxed.value)

    def _cores(self, relaxed: Relaxed, share: float) -> None:
        """Search around the relaxation, then around the best plan, while time is left."""
        tables = self.model.tables
        now = time.perf_counter()
        until = now + share * (self.deadline - now)
        core = Core(
            tables,
            relaxed,
            doubt(tables, relaxed),
            np.random.default_rng(self.seed),
            free=float(np.clip(0.15 * len(tables.candidates), 80, 300)),
        )
        while time.perf_counter() < until and not self._enough():
            if self.best is None and time.perf_counter() > (now + until) / 2:
                return  # the whole search shall have its time too
            before = self.best.value if self.best else -np.inf
            held = (
                core.around(self.best.columns)
                if self.best
                else core.around_relaxation()
            )
            slice_end = min(until, time.perf_counter() + CORE_SECONDS)
            search = self._search(held.zero, slice_end, relaxed.value)
            found = replace(search, forced=held.one).run()
            if found.columns is not None:
                self.hear(found.columns, np.inf)
            better = self.best is not None and self.best.value > before
            if better and self.best is not None:
                self._take(improve(self.best, time.perf_counter() + 0.5))
            if self.best is None:
                core.free *= 1.5
            else:
                core.learn(finished=found.finished, better=better)

    def _take(self, plan: Plan) -> None:
        if self.best is None or plan.value > self.best.value:
            self.best = plan
            self.report()

    def _enough(self) -> bool:
        found = self.proven_gap()
        return found is not None and found <= self.gap

    def _search(self, fixed: Flags, deadline: float, ceiling: float) -> Search:
        return Search(
            self.model,
            fixed,
            deadline,
            gap=self.gap / 2,
            seed=self.seed,
            start=self.best.columns if self.best else None,
            enough=ceiling - self.gap * abs(ceiling),
            heard=self.hear,
            watched=self.watch,
            cuts=self.cuts,
        )

    def _whole(self, fixed: Flags, ceiling: float) -> None:
        """Every column that can matter, to the end of the time."""
        for _ in range(REPAIRS):
            known = len(self.cuts)
            search = replace(
                self._search(fixed, self.deadline, ceiling),
                gap=self.gap,
                dives=len(fixed) < WHOLE_UNTIL,
            )
            found = search.run()
            if found.impossible and self.best is None:
                raise find_conflict(self.model, self.seed, self.deadline)
            if found.columns is not None:
                self.hear(found.columns, found.bound)
            best = self.best.value if self.best else -np.inf
            if found.impossible or np.isfinite(found.bound):
                self.bound = min(self.bound, max(found.bound, best))
            if len(self.cuts) == known or time.perf_counter() > self.deadline:
                return

    def _forbid(self, columns: Ints, broken: dict[str, float]) -> None:
        """Cut off a plan that the solver's tolerance let through.

        Costs are never negative, so where money is short the smallest part of the plan
        that is too dear may never be chosen together; else only this plan is cut off.
        """
        if all(name.startswith("ceiling:") for name in broken):
            cover = self.account.plan(columns).too_dear_together()
            cut = Cut(cover.astype(np.int32), np.ones(len(cover)), len(cover) - 1.0)
        else:
            every = np.arange(self.model.tables.size, dtype=np.int32)
            signs = np.where(np.isin(every, columns), 1.0, -1.0)
            cut = Cut(every, signs, len(columns) - 1.0)
        self.cuts = (*self.cuts, cut)


def relative_gap(value: float, bound: float) -> float:
    """(bound - value) / |bound|; 0 when both are 0."""
    distance = max(bound - value, 0.0)
    if distance <= 1e-9 * max(abs(bound), 1.0):
        return 0.0
    return distance / max(abs(bound), 1e-9)


def _choice(run: _Run, relaxed: Relaxed, parameters: dict[str, float]) -> Choice:
    tables = run.model.tables
    feasible = run.best is not None
    plan = run.best or run.account.plan(np.empty(0, dtype=np.int64))
    if feasible:
        run.phase = "improve"
        plan = run.best = improve(plan, max(run.deadline, time.perf_counter() + 0.2))
        run.bound = max(run.bound, plan.value)
        run.phase = "reasons"
        run.report()
    reasons = (
        Explainer(run.model, plan, relaxed).explain()
        if feasible
        else {c.code: Reason(chosen=False, kind="not_found") for c in tables.candidates}
    )
    objective = plan.value if feasible else 0.0
    found = relative_gap(objective, run.bound) if feasible else 1.0
    return Choice(
        starts=tables.starts(plan.columns),
        objective=objective,
        bound=run.bound,
        gap=found,
        proven=feasible and found <= run.gap,
        use=plan.use(),
        ledger=plan.ledger(),
        shadow_prices=_prices(run.model, relaxed),
        reasons=reasons,
        quick_wins=_quick_wins(plan),
        statuses={code: _status(reason) for code, reason in reasons.items()},
        seconds=time.perf_counter() - run.began,
        inputs_digest=digest(tables.candidates, tables.limits),
        parameters=parameters,
        feasible=feasible,
    )


def _status(reason: Reason) -> str:
    if reason.chosen:
        return "promised" if reason.kind == "promised" else "chosen"
    shut = {"forbidden", "not_sustainable", "no_time"}
    return "excluded" if reason.kind in shut else "left_out"


def _prices(model: Model, relaxed: Relaxed) -> dict[str, float]:
    """What one more unit of each limit that binds would bring."""
    out = {}
    for rule in model.rules:
        if rule.kind in {"requires", "either_or"} or not len(rule.rows):
            continue
        dual = float(relaxed.row_dual[rule.rows].sum())
        if abs(dual) > 1e-9:
            out[rule.name] = dual / rule.unit * (BILLION if rule.in_rupiah else 1.0)
    return out


def _quick_wins(plan: Plan) -> dict[str, tuple[str, ...]]:
    tables = plan.account.tables
    inside = [i for i in plan.column_of if tables.quick_win[i]]
    return {
        dimension: tuple(
            tables.candidates[i].code
            for i in inside
            if tables.candidates[i].dimension == dimension
        )
        for dimension in tables.limits.dimensions(tables.candidates)
    }
