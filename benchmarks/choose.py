"""Choosing against its peers: building, searching, reasons, frontier, conflict.

CPU seconds of one process on one thread; ratios in one run. Instances are generated
(benchmarks/choose_instances.py: the pool model) or published (../shared/data/choice).
`--quick` takes smaller instances and shorter searches.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.choose_instances import made
from benchmarks.choose_peers import Trace, bare_highs, or_tools, pulp_build
from benchmarks.choose_published import Published, knapsacks, multiple_choice
from benchmarks.choose_pulp import pulp_from_tables
from habaring.engines.choosing import Conflict, Progress, choose, frontier
from habaring.engines.choosing._account import Account
from habaring.engines.choosing._model import Model, make_model
from habaring.engines.choosing._reasons import Explainer
from habaring.engines.choosing._solver import (
    Relaxation,
    Relaxed,
    new_solver,
    pass_model,
)
from habaring.engines.choosing._tables import make_tables

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "choice"


def cpu(work: Callable[[], Any], times: int = 1) -> tuple[float, Any]:
    """The least CPU seconds of several runs, and the last result."""
    best, result = float("inf"), None
    for _ in range(times):
        began = time.process_time()
        result = work()
        best = min(best, time.process_time() - began)
    return best, result


@dataclass(frozen=True)
class Instance:
    """A generated portfolio with its model and what its relaxation costs."""

    name: str
    candidates: Any
    limits: Any
    model: Model
    build: float
    lp: float
    relaxed: Relaxed


def instance(programmes: int, years: int, seed: int = 0) -> Instance:
    candidates, limits = made(programmes, years, seed)

    def build() -> Model:
        model = make_model(make_tables(tuple(candidates), limits))
        pass_model(new_solver(0), model, model.integer)
        return model

    seconds, model = cpu(build, 5)
    lp, relaxed = cpu(lambda: Relaxation(model).solve(), 3)
    name = f"{programmes} x {years} seed {seed}"
    return Instance(name, candidates, limits, model, seconds, lp, relaxed)


def say(text: str = "") -> None:
    print(text, flush=True)


def ratio(good: bool, figure: str, must: str) -> str:  # noqa: FBT001
    return f"{figure}  (must {must}: {'reached' if good else 'NOT reached'})"


def building(it: Instance) -> None:
    """The same portfolio from tables to a model in the solver, by hand and by PuLP."""
    say(f"Building, {it.name}: {len(it.model.entry)} entries")
    part = it.build / it.lp
    say(f"  ours {it.build:.4f} s, {part:.2f} of the LP ({it.lp:.3f} s)")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "choice.mps"
        ready, _ = cpu(lambda: pulp_build(it.model, path))
        say(f"  PuLP, terms ready-made, to its file: {ready / it.build:.1f} x ours")
        made_in = pulp_from_tables(it.candidates, it.limits, path, it.model.money)
        reader = new_solver(0)
        read, _ = cpu(lambda: reader.readModel(str(path)))
    theirs = _relaxation_of(reader)
    same = abs(theirs - it.relaxed.value) <= 1e-6 * abs(it.relaxed.value)
    times = (made_in + read) / it.build
    told = ratio(times >= 15, f"{times:.1f} x ours", ">= 15")
    say(
        f"  PuLP from the same tables: {made_in:.3f} s to its file, {read:.3f} s to read "
        f"it: {told}; same LP value: {same}"
    )


def _relaxation_of(solver: Any) -> float:
    """PuLP writes the direction as a comment, so it is set again."""
    from highspy import ObjSense

    solver.changeObjectiveSense(ObjSense.kMaximize)
    solver.setOptionValue("solve_relaxation", True)  # noqa: FBT003
    solver.run()
    return float(solver.getInfo().objective_function_value)


def ours(it: Instance, gap: float, seconds: float) -> tuple[Trace, Any]:
    """Our search, its plans timed as they come."""
    steps: list[tuple[float, float, float]] = []
    began = time.process_time()

    def hear(p: Progress) -> None:
        if p.best is not None and p.bound is not None:
            steps.append((time.process_time() - began, p.best, p.bound))

    choice = choose(it.candidates, it.limits, gap=gap, seconds=seconds, progress=hear)
    spent = time.process_time() - began
    steps.append((spent, choice.objective, choice.bound))
    return Trace(tuple(steps), spent), choice


def searching(it: Instance, seconds: float, *, to: float | None) -> Any:
    """Ours and bare HiGHS: seconds to a proven gap (`to`, or the one HiGHS ends with)."""
    say(f"Searching, {it.name}, {seconds:.0f} s, LP {it.lp:.3f} s")
    mine, choice = ours(it, 0.001, seconds)
    bare = bare_highs(it.model, seconds)
    say(
        f"  ours: proven gap {mine.gap:.3%} after {mine.seconds:.1f} s, reasons included"
    )
    say(f"  bare HiGHS: proven gap {bare.gap:.3%} after {bare.seconds:.1f} s")
    goal = bare.gap if to is None else to
    theirs, our = bare.until(goal + 1e-12), mine.until(goal + 1e-12)
    if our is None:
        say(f"  ours did not prove {goal:.2%}  (must: NOT reached)")
    elif theirs is None:
        say(f"  to {goal:.2%}: ours {our:.2f} s, bare not in {bare.seconds:.1f} s")
    else:
        figure = f"{theirs / our:.1f} x sooner"
        told = ratio(theirs >= 5 * our, figure, ">= 5")
        say(f"  to {goal:.2%}: ours {our:.2f} s, bare {theirs:.2f} s: {told}")
    return choice


def reasons(it: Instance, choice: Any) -> None:
    account = Account(it.model.tables)
    plan = account.plan(it.model.tables.columns(choice.starts))
    seconds, told = cpu(Explainer(it.model, plan, it.relaxed).explain)
    times = seconds / it.lp
    figure = f"{times:.1f} LP-times"
    say(
        f"Reasons, {it.name}: {len(told)} in {seconds:.2f} s, {ratio(times <= 60, figure, '<= 60')}"
    )


def frontiers(it: Instance) -> None:
    seconds, points = cpu(lambda: frontier(it.candidates, it.limits, 20))
    times = seconds / (it.build + it.lp)
    figure = f"{times:.1f} cold LPs"
    say(
        f"Frontier, {it.name}: {len(points)} levels in {seconds:.2f} s, {ratio(times <= 4, figure, '<= 4')}"
    )


def conflicts(it: Instance) -> None:
    """Dear promises that do not fit; floors that a poor region cannot pay."""
    free = [c for c in it.candidates if not (c.group or c.requires)]
    dear = sorted(free, key=lambda c: -c.total_cost)[:3]
    total = sum(c.total_cost for c in dear)
    have = sum(it.limits.ceilings.values())
    scarce = {k: int(v * 0.5 * total / have) for k, v in it.limits.ceilings.items()}
    poor = {k: v // 8 for k, v in it.limits.ceilings.items()}
    floors = tuple(replace(f, amount=f.amount * 6) for f in it.limits.floors)
    cases = {
        "promises": replace(
            it.limits,
            ceilings=scarce,
            promised=tuple(c.code for c in dear),
            floors=(),
            shares=(),
            quick_wins_per_dimension=0,
        ),
        "floors": replace(it.limits, ceilings=poor, floors=floors),
    }
    for name, limits in cases.items():
        seconds, conflict = cpu(lambda limits=limits: _conflict(it, limits))  # type: ignore[misc]
        times = seconds / it.lp
        named = len(conflict.rules)
        good = times <= 10 and named <= 10 and conflict.irreducible
        figure = (
            f"{times:.1f} LP-times, {named} named, irreducible {conflict.irreducible}"
        )
        say(
            f"Conflict ({name}), {it.name}: {seconds:.2f} s, {ratio(good, figure, '<= 10, <= 10, True')}"
        )
        say(f"  {', '.join(conflict.names)}")


def _conflict(it: Instance, limits: Any) -> Conflict:
    try:
        choose(it.candidates, limits, seconds=5)
    except Conflict as conflict:
        return conflict
    raise RuntimeError("a conflict was expected")


def published(seconds: float, *, quick: bool) -> None:
    if not SHARED.is_dir():
        say("Published problems: ../shared/data/choice is absent")
        return
    say(
        f"Published problems, {seconds:.0f} s each: found / best known, proven gap, CPU s"
    )
    sets = knapsacks(SHARED, 1)
    problems: list[Published] = [sets[0], sets[10], sets[20]]
    if not quick:
        problems += [knapsacks(SHARED, k)[0] for k in (2, 3)]
    names = ("I01", "I02") if quick else tuple(f"I0{k}" for k in range(1, 8))
    problems += [multiple_choice(SHARED, name) for name in names]
    for problem in problems:
        spent, choice = cpu(
            lambda p=problem: choose(*p.inputs, gap=0.0, seconds=seconds)  # type: ignore[misc]
        )
        best = "?" if problem.published is None else f"{problem.published:.0f}"
        say(
            f"  {problem.name}: {choice.objective:.0f} / {best}, {choice.gap:.3%}, {spent:.1f}"
        )


def peers(it: Instance, seconds: float) -> None:
    told = or_tools(it.model, seconds)
    if not told:
        say("OR-Tools is absent or failed in its own process")
        return
    best, bound = told["best"], told["bound"]
    gap = "no plan" if not best else f"gap {(bound - best) / bound:.3%}"
    say(
        f"OR-Tools (SCIP), {it.name}: built in {told['build']:.3f} s "
        f"({told['build'] / it.build:.1f} x ours), {gap} after {told['seconds']:.1f} s"
    )


def main(argv: list[str]) -> int:
    """Print every figure; 0 when all ran, whether or not a goal was reached."""
    parser = argparse.ArgumentParser(prog="choose", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args(argv).quick
    # the machine is shared: let every search, ours too, be given CPU seconds
    time.perf_counter = time.process_time
    seconds = 6.0 if quick else 25.0
    large = instance(500, 5) if quick else instance(2000, 5)
    building(large)
    if quick:
        choice = searching(large, seconds, to=None)
    else:
        choice = searching(large, seconds, to=0.01)
        searching(instance(2000, 5, 1), seconds, to=0.01)
        searching(instance(500, 5), seconds, to=None)
    searching(instance(100, 5), seconds, to=None)
    reasons(large, choice)
    frontiers(large)
    conflicts(large)
    peers(large, seconds)
    published(5.0 if quick else 10.0, quick=quick)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
