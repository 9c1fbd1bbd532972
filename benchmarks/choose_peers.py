"""Peers for the choosing benchmark: PuLP, bare HiGHS, and OR-Tools in its own process.

The terms of a model are handed to PuLP and OR-Tools ready-made, so their building times
are lower bounds. OR-Tools and highspy cannot live in one process: `python -m
benchmarks.choose_peers MODEL.npz SECONDS` reads a matrix and never imports highspy.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from habaring.engines.choosing._model import Model


@dataclass(frozen=True)
class Trace:
    """A search as it went: (CPU seconds, best, bound) at each change, and its end."""

    steps: tuple[tuple[float, float, float], ...]
    seconds: float

    def until(self, gap: float, bound: float | None = None) -> float | None:
        """CPU seconds until proven within `gap`, with its own or a given bound."""
        for at, best, own in self.steps:
            top = own if bound is None else min(own, bound)
            if best > 0 and (top - best) / top <= gap:
                return at
        return None

    @property
    def gap(self) -> float:
        if not self.steps:
            return float("inf")
        _, best, bound = self.steps[-1]
        return (bound - best) / bound if best > 0 else float("inf")


def bare_highs(model: Model, seconds: float) -> Trace:
    """HiGHS with its own options on one thread; only the clock is ours."""
    from highspy import cb

    from habaring.engines.choosing._solver import new_solver, pass_model

    solver = new_solver(0)
    pass_model(solver, model, model.integer)
    began = time.process_time()
    steps: list[tuple[float, float, float]] = []
    kinds = cb.HighsCallbackType

    def hear(kind: Any, _message: str, out: Any, into: Any, _user: Any) -> None:
        now = time.process_time() - began
        best, bound = out.mip_primal_bound, out.mip_dual_bound
        seen = kind != kinds.kCallbackSimplexInterrupt and np.isfinite(best)
        if seen and (not steps or steps[-1][1:] != (best, bound)):
            steps.append((now, best, bound))
        if kind != kinds.kCallbackMipImprovingSolution:
            into.user_interrupt = now > seconds

    solver.setCallback(hear, None)
    for kind in (
        kinds.kCallbackMipInterrupt,
        kinds.kCallbackSimplexInterrupt,
        kinds.kCallbackMipImprovingSolution,
    ):
        solver.startCallback(kind)
    solver.run()
    spent = time.process_time() - began
    info = solver.getInfo()
    if np.isfinite(info.objective_function_value) and info.primal_solution_status == 2:
        best, bound = info.objective_function_value, info.mip_dual_bound
        steps.append((spent, best, bound))
    return Trace(tuple(steps), spent)


def pulp_build(model: Model, path: Path) -> None:
    """Make the same model in PuLP from ready terms and write it for its solver."""
    import pulp

    size = model.tables.size
    problem = pulp.LpProblem("choice", pulp.LpMaximize)
    columns = [
        pulp.LpVariable(
            f"x{j}",
            float(model.lower[j]),
            float(model.upper[j]) if np.isfinite(model.upper[j]) else None,
            pulp.LpInteger if j < size else pulp.LpContinuous,
        )
        for j in range(len(model.cost))
    ]
    problem += pulp.LpAffineExpression(zip(columns, model.cost.tolist(), strict=True))
    begin, column = model.begin.tolist(), model.column.tolist()
    entry = model.entry.tolist()
    for i in range(len(begin) - 1):
        terms = [(columns[column[k]], entry[k]) for k in range(begin[i], begin[i + 1])]
        expression = pulp.LpAffineExpression(terms)
        low, high = float(model.row_lower[i]), float(model.row_upper[i])
        if low == high:
            problem += expression == low
        elif np.isfinite(high):
            problem += expression <= high
        elif np.isfinite(low):
            problem += expression >= low
    problem.writeMPS(str(path))


def or_tools(model: Model, seconds: float) -> dict[str, Any]:
    """SCIP and CP-SAT through OR-Tools, in another process; empty if they are absent."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.npz"
        np.savez(
            path,
            cost=model.cost,
            upper=model.upper,
            row_lower=model.row_lower,
            row_upper=model.row_upper,
            begin=model.begin,
            column=model.column,
            entry=model.entry,
            size=np.array(model.tables.size),
        )
        run = "import sys; from benchmarks.choose_peers import main; main(sys.argv[1:])"
        command = [sys.executable, "-c", run, str(path)]
        done = subprocess.run(
            [*command, str(seconds)], capture_output=True, text=True, check=False
        )
    if done.returncode:
        return {}
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def _scip(given: Any, seconds: float) -> dict[str, Any]:
    from ortools.linear_solver import pywraplp

    began = time.process_time()
    solver = pywraplp.Solver.CreateSolver("SCIP")
    infinity = solver.infinity()
    size = int(given["size"])
    upper = [u if np.isfinite(u) else infinity for u in given["upper"].tolist()]
    make: Callable[..., Any]
    columns = []
    for j, high in enumerate(upper):
        make = solver.IntVar if j < size else solver.NumVar
        columns.append(make(0.0, high, ""))
    begin, column = given["begin"].tolist(), given["column"].tolist()
    entry = given["entry"].tolist()
    lows, highs = given["row_lower"].tolist(), given["row_upper"].tolist()
    for i, (low, high) in enumerate(zip(lows, highs, strict=True)):
        row = solver.Constraint(max(low, -infinity), min(high, infinity))
        for k in range(begin[i], begin[i + 1]):
            row.SetCoefficient(columns[column[k]], entry[k])
    objective = solver.Objective()
    for variable, worth in zip(columns, given["cost"].tolist(), strict=True):
        objective.SetCoefficient(variable, worth)
    objective.SetMaximization()
    built = time.process_time() - began
    solver.SetTimeLimit(int(seconds * 1000))
    status = solver.Solve()
    found = status in {pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE}
    return {
        "build": built,
        "seconds": time.process_time() - began - built,
        "best": objective.Value() if found else None,
        "bound": objective.BestBound(),
    }


def main(argv: list[str]) -> None:
    """Run OR-Tools on a saved matrix; one JSON object on stdout."""
    with np.load(argv[0]) as given:
        print(json.dumps(_scip(given, float(argv[1]))))
