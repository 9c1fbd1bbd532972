"""The steps of add1, compiled: runs that also find how much higher the endowment may be
without another course of purchases, and what the courses above are. What they stand on:
`_kernels`, `_kernels_ahead` (which tells what a place and a window are).

A window holds a few courses. Those above the first are looked at from the round on in
which they part from it (`Marks`).
"""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from habaring.engines.counting._kernels import (
    ASK,
    BOUGHT,
    DONE,
    FAR,
    OVER,
    POOR,
    SPENT,
    WAITING,
    WIDER,
    Field,
    Floats,
    Ints,
    State,
    X,
    bar,
    begin,
    compiled,
    inner,
    play,
    plus,
)
from habaring.engines.counting._kernels_ahead import (
    AHEAD,
    DEPTH,
    FIRST,
    FROM,
    LOWEST,
    OTHER,
    SECOND,
    SOMETIMES,
    SURELY,
    WINDOW,
    begins,
    buy_ahead,
    end_window,
    narrow,
    overtaken,
    select_ahead,
    slowest,
)

BUILT_ON, AND_ON = "e3558207ab97456d", "6e19c3a49870b896"
"""The checksums of `_kernels.py` and `_kernels_ahead.py` (tests keep them). numba keeps
what it compiled for as long as this file does not change, and would miss a change there.
"""

STEP, SCALE, LEFT, TO_THE_END, PATIENCE, PLAIN = range(6)  # in `plan`
MORE, LAST = 3, 4
MARKED, MOST_TURNS = 4, 40

Grid: TypeAlias = NDArray[np.float64]


class Marks(NamedTuple):
    """Rounds of a run to go back to, each as it was before its purchase."""

    money: Grid
    top: Grid
    slow: Grid
    bound: Grid
    floor: Grid
    status: NDArray[np.int64]
    at: NDArray[np.int64]
    amounts: NDArray[np.int64]
    told: Grid


def room(state: State) -> Marks:
    """For marks of runs on this state."""

    def rows(array: NDArray[Any]) -> NDArray[Any]:
        return np.empty((MARKED, array.size), array.dtype)

    return Marks(
        money=rows(state.money),
        top=rows(state.top),
        slow=rows(state.slow),
        bound=rows(state.bound),
        floor=rows(state.floor),
        status=rows(state.status),
        at=rows(state.at),
        amounts=rows(state.amounts),
        told=rows(state.told),
    )


@inner
def mark(state: State, marks: Marks, before: Floats) -> None:
    """Mark this round; `before`: what was told when its purchase was not yet known."""
    depth = int(before[DEPTH])
    m = depth % MARKED
    marks.money[m], marks.top[m], marks.slow[m] = state.money, state.top, state.slow
    marks.bound[m], marks.floor[m] = state.bound, state.floor
    marks.status[m], marks.at[m] = state.status, state.at
    marks.amounts[m], marks.told[m] = state.amounts, before
    state.told[DEPTH] = depth + 1
    state.told[LOWEST] = max(state.told[LOWEST], depth + 1 - MARKED)


@inner
def go_back(state: State, marks: Marks) -> None:
    """To the round marked last, which is no longer marked then."""
    m = (int(state.told[DEPTH]) - 1) % MARKED
    state.money[:], state.top[:] = marks.money[m], marks.top[m]
    state.slow[:] = marks.slow[m]
    state.bound[:], state.floor[:] = marks.bound[m], marks.floor[m]
    state.status[:], state.at[:] = marks.status[m], marks.at[m]
    state.amounts[:] = marks.amounts[m]
    state.told[:LOWEST] = marks.told[m, :LOWEST]


@compiled
def finished(field: Field, state: State, most: float, to_the_end: int) -> bool:
    """Whether nothing more fits into `most`; `to_the_end`: whether all that may win has
    won.
    """
    left = most - state.told[SPENT]
    for p in range(field.cost.size):
        if state.status[p] in (WAITING, POOR) and (to_the_end or field.cost[p] <= left):
            return False
    return True


@inner
def at_the_end(field: Field, state: State, speed: Floats, plan: Ints) -> int:
    """At the end of a run: LAST if it ends add1. DONE else; `SOMETIMES` more may be
    bought somewhere in the window.

    Whatever of that is bought, nothing follows, as money only falls. So it does not
    matter where all of it fits into the budget and does not end add1; else the window
    ends where the first of it may be bought. (Changes what counts as bought.)
    """
    told, most, nearest = state.told, float(plan[LEFT]), FAR
    if finished(field, state, most, plan[TO_THE_END]):
        return LAST
    for q in range(speed.size):
        if speed[q] == SOMETIMES and begins(state, q) < told[SECOND]:
            nearest = min(nearest, begins(state, q))
            state.status[q] = BOUGHT
            told[SPENT] += field.cost[q]
            bar(field, state, q)
    if nearest < FAR:
        over = told[SPENT] > most
        if over or finished(field, state, most, plan[TO_THE_END]):
            end_window(told, max(nearest, told[FROM]), -1, -1)
    return DONE


@inner
def leap(
    field: Field, state: State, marks: Marks, plan: Ints, first: int, other: int
) -> int:
    """`play` from where `state` is, looking ahead: up to `AHEAD` this course is certain.
    ASK also where floats leave something open; LAST: this course ends add1.

    In the first round buy `other` (-1: which is first), as if it came before `first`,
    and find out from where on it does.
    """
    told, most = state.told, float(plan[LEFT])
    speed, before = np.empty(field.cost.size), np.empty(told.size)
    while told[SPENT] <= most:
        how, c = select_ahead(field, state, speed)
        if how == ASK:
            return how
        if c < 0:
            return at_the_end(field, state, speed, plan)
        where = told[FROM]
        if other >= 0:
            if speed[other] < 0.0 or speed[first] < 0.0:
                return ASK
            c, other = other, -1
            told[SURELY] = overtaken(field, state, c, state.floor[first], speed[first])
            where, speed[first] = max(where, told[SURELY]), -1.0
        worth = field.worth[c]
        low = (state.floor[c] - speed[c] * told[WINDOW]) * worth
        slow = slowest(field, state, c, low)
        before[:] = told
        narrow(field, state, speed, c, slow / worth, where)
        if told[AHEAD] < before[AHEAD] and told[OTHER] >= 0.0:
            mark(state, marks, before)
        if not buy_ahead(field, state, c, low, slow):
            return ASK
    return OVER


@compiled
def climb(
    field: Field, state: State, marks: Marks, plan: Ints, base: Floats, runs: int
) -> int:
    """Go up the steps of add1. DONE: `plan[STEP]` is the last one. ASK: that one needs
    fractions. MORE: so many runs are done, it goes on from there.

    `base`: the endowment before the first step; LEFT: the budget.
    """
    for _ in range(runs):
        if plan[PLAIN] == 0:
            how = explore(field, state, marks, plan, base)
        else:
            plan[PLAIN] -= 1
            how = walk(field, state, plan, base)
        if how == OVER:
            plan[STEP] -= 1
        if how in (OVER, LAST):
            return DONE
        if how == ASK:
            return ASK
    return MORE


@inner
def walk(field: Field, state: State, plan: Ints, base: Floats) -> int:
    """One step of add1, by a plain run."""
    left = float(plan[LEFT])
    start(field, state, plan, base)
    how = play(field, state, left, np.int64(-1), base[:0])
    if how == DONE and finished(field, state, left, plan[TO_THE_END]):
        return LAST
    plan[STEP] += how == DONE
    return how


@inner
def explore(field: Field, state: State, marks: Marks, plan: Ints, base: Floats) -> int:
    """As many steps of add1 as are certain when looking ahead from one of them."""
    told = state.told
    start(field, state, plan, base)
    state.top[:] = told[X] + told[WINDOW]
    state.slow[:] = 1.0
    told[FROM] = told[DEPTH] = told[LOWEST] = 0.0
    told[AHEAD] = told[SECOND] = told[WINDOW]
    told[OTHER] = -1.0
    how = leap(field, state, marks, plan, -1, -1)
    if how == ASK:
        look_again(state, plan, 0.0, 0)
        return walk(field, state, plan, base)
    if how == DONE:
        ahead, goes_on, turns = told[AHEAD], True, 0
        while goes_on and turns < MOST_TURNS:
            ahead, goes_on = over_the_turn(field, state, marks, plan)
            turns += 1
        plan[STEP] += 1 + steps_below(ahead, plan)
        look_again(state, plan, ahead, turns)
    return how


@inner
def start(field: Field, state: State, plan: Ints, base: Floats) -> None:
    """Begin with the endowment of the present step."""
    x, x_low = plus(base[0], base[1], float(plan[STEP]) * plan[SCALE])
    begin(field, state, x, x_low)


@inner
def steps_below(place: float, plan: Ints) -> int:
    """How many steps higher it may be, certainly below this place."""
    return max(int(np.ceil(place / WIDER / plan[SCALE])) - 1, 0)


@inner
def over_the_turn(
    field: Field, state: State, marks: Marks, plan: Ints
) -> tuple[float, bool]:
    """Pass the place where the course may change. Up to where the steps are certain
    then, and whether another such place is known.

    Up to `SECOND` nothing else can change than that `OTHER` comes first. So if the
    course in which it does stays as it is, too, and does not end add1, every step up to
    there has the one or the other. If `OTHER` is certainly first before that, the other
    course may be followed as far as it goes.
    """
    told = state.told
    ahead, second = told[AHEAD], told[SECOND]
    first, other = int(told[FIRST]), int(told[OTHER])
    next_step = steps_below(ahead, plan) + 1
    known = other >= 0 and told[DEPTH] > told[LOWEST]
    if not known or next_step * plan[SCALE] >= told[WINDOW]:
        return ahead, False
    go_back(state, marks)
    told[FROM] = float(next_step) * plan[SCALE]
    if leap(field, state, marks, plan, first, other) != DONE:
        return ahead, False
    if np.ceil(told[SURELY] * WIDER / plan[SCALE]) <= steps_below(second, plan) + 1:
        return max(told[AHEAD], ahead), True
    return max(min(told[AHEAD], second), ahead), False


@inner
def look_again(state: State, plan: Ints, ahead: float, turns: int) -> None:
    """How far to look ahead next: so that a window holds a few courses. Looking ahead
    takes longer than a plain run; so when it passes one step only, some plain ones
    follow.
    """
    window, scale = state.told[WINDOW], float(plan[SCALE])
    passes = steps_below(ahead, plan) > 0
    plan[PATIENCE] = 0 if passes else min(2 * plan[PATIENCE] + 1, 15)
    plan[PLAIN] = plan[PATIENCE]
    if ahead >= window:
        window *= 2.0 if turns == 1 else 1.5
    else:
        window *= max(0.6, min(1.5 * ahead / window, 1.0))
    state.told[WINDOW] = min(max(window, 4 * scale), 2.0**53)
