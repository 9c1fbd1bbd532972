"""The one file that talks to HiGHS: a relaxation kept warm, and a timed search.

highspy is imported when first needed: it cannot live in one process with OR-Tools.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from habaring.engines.choosing._model import Index, Model
from habaring.engines.choosing._tables import Flags, Floats, Ints

TELL_EVERY = 0.5  # seconds


@dataclass(frozen=True)
class Relaxed:
    """An optimal relaxation: points, columns, duals of rows, reduced costs."""

    value: float
    columns: Floats
    row_dual: Floats
    reduced: Floats


def new_solver(seed: int, **options: float | str) -> Any:
    """A silent HiGHS on one thread, so that a run repeats itself."""
    from highspy import Highs

    solver: Any = Highs()  # type: ignore[no-untyped-call]  # highspy is half typed
    silent = {"output_flag": False, "threads": 1, "parallel": "off"}
    for name, value in {**silent, "random_seed": seed, **options}.items():
        solver.setOptionValue(name, value)
    return solver


def pass_model(solver: Any, model: Model, integer: Index | None) -> None:
    """Hand the arrays over as they are; None for the relaxation."""
    from highspy import MatrixFormat, ObjSense

    kinds = integer if integer is not None else np.zeros(len(model.cost), np.int32)
    solver.passModel(
        len(model.cost),
        len(model.row_lower),
        len(model.entry),
        int(MatrixFormat.kRowwise),
        int(ObjSense.kMaximize),
        0.0,
        model.cost,
        model.lower,
        model.upper,
        model.row_lower,
        model.row_upper,
        model.begin,
        model.column,
        model.entry,
        kinds,
    )


class Relaxation:
    """The linear relaxation, kept in one solver so that a change re-solves warm."""

    def __init__(self, model: Model, seed: int = 0) -> None:
        self.model = model
        self.solver = new_solver(seed)
        pass_model(self.solver, model, None)
        self.rows = np.arange(len(model.row_lower), dtype=np.int32)
        self.cols = np.arange(len(model.cost), dtype=np.int32)

    def solve(self) -> Relaxed | None:
        """The optimum, or None when the limits contradict each other."""
        from highspy import HighsModelStatus

        self.solver.run()
        if self.solver.getModelStatus() != HighsModelStatus.kOptimal:
            return None
        found = self.solver.getSolution()
        return Relaxed(
            value=float(self.solver.getInfo().objective_function_value),
            columns=np.array(found.col_value),
            row_dual=np.array(found.row_dual),
            reduced=np.array(found.col_dual),
        )

    def proof(self) -> Floats:
        """Weights of the rows in a proof that there is no solution (Farkas).

        All zero when the solver has none.
        """
        # asked for the ray of what presolve found, HiGHS solves once more, and slower
        self.solver.setOptionValue("presolve", "off")
        self.solver.run()
        _, found, weights = self.solver.getDualRay()
        return np.array(weights) if found else np.zeros(len(self.rows))

    def set_rows(self, low: Floats, high: Floats) -> None:
        self.solver.changeRowsBounds(len(self.rows), self.rows, low, high)

    def set_columns(self, low: Floats, high: Floats) -> None:
        self.solver.changeColsBounds(len(self.cols), self.cols, low, high)

    def set_costs(self, cost: Floats) -> None:
        self.solver.changeColsCost(len(self.cols), self.cols, cost)


@dataclass(frozen=True)
class Found:
    """What a search ended with: columns or None, the bound, and how it ended."""

    columns: Ints | None
    bound: float
    finished: bool  # within the gap, or proven impossible
    impossible: bool


@dataclass(frozen=True)
class Cut:
    """A row that no plan in whole rupiah breaks: entries x columns <= most."""

    columns: Index
    entries: Floats
    most: float


@dataclass(frozen=True)
class Search:
    """A timed branch-and-cut; the clock is ours, for HiGHS overshoots its own.

    `fixed` are columns held at zero, `forced` at one; `start` a plan to begin from; `deadline` is on
    `time.perf_counter`; `enough` ends the search once a plan is worth that much;
    `heard(columns, bound)` is told of each better plan, `watched(bound)` now and then.
    """

    model: Model
    fixed: Flags
    deadline: float
    gap: float
    seed: int = 0
    start: Ints | None = None
    enough: float = float("inf")
    heard: Callable[[Ints, float], float | None] = lambda _columns, _bound: None
    watched: Callable[[float], None] = lambda _bound: None
    cuts: tuple[Cut, ...] = ()
    forced: Flags | None = None
    dives: bool = True  # searches inside the search: strong, but deaf to the clock

    def run(self) -> Found:
        """Search until the gap, the deadline, or enough points."""
        from highspy import HighsModelStatus

        size = self.model.tables.size
        solver = new_solver(self.seed, mip_rel_gap=self.gap, mip_abs_gap=1e-9)
        if not self.dives:
            solver.setOptionValue("mip_heuristic_effort", 0.0)
            for name in ("rins", "rens", "root_reduced_cost"):
                solver.setOptionValue(f"mip_heuristic_run_{name}", False)  # noqa: FBT003
        pass_model(solver, self.model, self.model.integer)
        _hold(solver, self.fixed, 0.0)
        if self.forced is not None:
            _hold(solver, self.forced, 1.0)
        for cut in self.cuts:
            solver.addRow(-np.inf, cut.most, len(cut.columns), cut.columns, cut.entries)
        self._start(solver)
        stop = self._listen(solver)
        solver.run()
        status = solver.getModelStatus()
        info = solver.getInfo()
        impossible = status == HighsModelStatus.kInfeasible
        columns = None
        if (
            np.isfinite(info.objective_function_value)
            and info.primal_solution_status == 2
        ):
            values = np.array(solver.getSolution().col_value)[:size]
            columns = np.flatnonzero(values > 0.5)
        finished = status == HighsModelStatus.kOptimal or impossible
        bound = float(info.mip_dual_bound) if not impossible else -np.inf
        return Found(columns, bound, finished and not stop["early"], impossible)

    def _start(self, solver: Any) -> None:
        if self.start is None or not len(self.start):
            return
        place = np.arange(self.model.tables.size, dtype=np.int32)
        values = np.zeros(len(place))
        values[self.start] = 1.0
        solver.setSolution(len(place), place, values)

    def _listen(self, solver: Any) -> dict[str, bool]:
        from highspy import cb

        size = self.model.tables.size
        stop = {"early": False}
        told = [0.0]

        def hear(kind: Any, _message: str, out: Any, into: Any, _user: Any) -> None:
            if kind == cb.HighsCallbackType.kCallbackMipImprovingSolution:
                values = np.asarray(out.mip_solution)[:size]
                worth = self.heard(np.flatnonzero(values > 0.5), out.mip_dual_bound)
                if worth is not None and worth >= self.enough:
                    stop["early"] = True
                return
            now = time.perf_counter()
            if now > self.deadline:
                stop["early"] = True
            if kind == cb.HighsCallbackType.kCallbackMipInterrupt and now > told[0]:
                told[0] = now + TELL_EVERY
                self.watched(out.mip_dual_bound)
            # the flag is sticky: it must be written at each call
            into.user_interrupt = stop["early"]

        solver.setCallback(hear, None)
        for kind in (
            cb.HighsCallbackType.kCallbackMipInterrupt,
            cb.HighsCallbackType.kCallbackSimplexInterrupt,
            cb.HighsCallbackType.kCallbackMipImprovingSolution,
        ):
            solver.startCallback(kind)
        return stop


def _hold(solver: Any, which: Flags, value: float) -> None:
    columns = np.flatnonzero(which).astype(np.int32)
    if len(columns):
        bound = np.full(len(columns), value)
        solver.changeColsBounds(len(columns), columns, bound, bound)
