"""The completion add1: one unit more for every voter, step by step, without the walk.

Endowments are budget / voters + s × one unit of the currency, s = 0, 1, 2, … The first
outcome that leaves nothing affordable is the result, or the last one within the budget
(`voter_budget_increment=1` of pabutools). With `add1-over-budget` it is always the last
one within the budget, or the first with which everything has won.

A run also finds for how many steps its course of purchases certainly stays the same, and
what the courses above are (`_kernels_steps`), and those steps are not walked. So the time
depends on how often the course changes and hardly on the currency.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from habaring.engines.counting._exact import doubled

if TYPE_CHECKING:
    from habaring.engines.counting._equal_shares import Table

DONE, ASK, MORE = 0, 1, 3
WINDOW = 6  # in `told`
WALK = 2**62
RUNS = 200
"""Between two tellings of progress."""
MOST_ASKED, SMALL = 50, 100_000
"""A tie that stays for thousands of steps (twins, whose supporters are partly poor) is
left to the plain path after so many, if there are no more entries on ballots.
"""


def last_step(
    table: "Table",
    *,
    progress: Callable[[int], None] | None = None,
    walk: bool = False,
) -> int | None:
    """The step at which add1 ends; None: ties ask for fractions at too many steps.

    `progress` is told the steps so far. `walk`: look at every single step (for tests).
    """
    from habaring.engines.counting import _kernels_steps as kernels

    prepared, state = table.prepared, table.state
    election = prepared.election
    left = float(election.budget - sum(prepared.costs[p] for p in table.free))
    to_the_end = int("over-budget" in prepared.rule.completion)
    plan = np.array([0, election.scale, int(left), to_the_end, 0, WALK if walk else 0])
    base = np.array(doubled(table.run(0).exact.endowment)[:2])
    state.told[WINDOW] = max(4.0 * election.scale, base[0] / 1000)
    marks = kernels.room(state)
    asked = 0
    while asked <= MOST_ASKED or len(election.ballots.projects) > SMALL:
        how = kernels.climb(table.field, state, marks, plan, base, RUNS)
        step = int(plan[0])
        if how == DONE:
            return step
        if progress is not None:
            progress(step)
        if how == ASK:
            asked += 1
            run = table.run(step, left)
            if run.over:
                return step - 1
            if kernels.finished(table.field, state, left, to_the_end):
                return step
            plan[0] += 1
    return None
