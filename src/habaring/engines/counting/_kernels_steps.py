"""The steps of add1, compiled: runs that also find how much higher the endowment may be
without another course of purchases. What they stand on: `_kernels`.
"""

import numpy as np

from habaring.engines.counting._kernels import (
    ASK,
    DONE,
    ERROR,
    FAR,
    NEVER,
    OVER,
    POOR,
    SPENT,
    UNIT,
    UNSURE,
    WAITING,
    WIDER,
    Field,
    Floats,
    Ints,
    Small,
    State,
    X,
    begin,
    buy,
    compiled,
    evaluate,
    inner,
    least,
    play,
    plus,
    settle,
    summing,
)

BUILT_ON = "cd055b0c90a47745"
"""The checksum of `_kernels.py` (a test keeps it). numba keeps what it compiled for as
long as this file does not change, and would miss a change there.
"""

AHEAD, WINDOW = 5, 6  # in `told`
MORE = 3


@summing
def growth(
    money: Floats,
    top: Floats,
    ballots: Small,
    people: Small,
    units: Small,
    price: float,
) -> tuple[float, float]:
    """How much more those who are short at this price can have at the end of the window,
    and the utility of those who are not short.
    """
    more, full = 0.0, 0.0
    for j in range(ballots.size):
        g, many = ballots[j], float(people[j])
        worth = float(units[j]) if units.size else 1.0
        rich = money[g] > price * worth
        more += 0.0 if rich else many * (top[g] - money[g])
        full += many * worth if rich else 0.0
    return more, full


@summing
def steady(
    top: Floats, slow: Floats, ballots: Small, people: Small, units: Small, price: float
) -> tuple[float, float]:
    """How fast the money of those who stay short grows at least, and the utility of
    those who may come not to be short.
    """
    sure, full = 0.0, 0.0
    for j in range(ballots.size):
        g, many = ballots[j], float(people[j])
        worth = float(units[j]) if units.size else 1.0
        may = top[g] > price * worth
        sure += 0.0 if may else many * slow[g]
        full += many * worth if may else 0.0
    return sure, full


@inner
def fastest(field: Field, state: State, c: int) -> float:
    """How fast c's price can fall, at most, as the endowment rises in the window."""
    a, z = field.starts[c], field.starts[c + 1]
    units = field.units[a:z] if field.units.size else field.units
    price = state.ceiling[c] * field.worth[c]
    more, full = growth(
        state.money, state.top, field.ballots[a:z], field.people[a:z], units, price
    )
    return more / full / state.told[WINDOW] * WIDER if more > 0.0 else 0.0


@inner
def slowest(field: Field, state: State, c: int, price: float) -> float:
    """How fast it falls at least; `price`: a lower bound of it in all of the window."""
    a, z = field.starts[c], field.starts[c + 1]
    units = field.units[a:z] if field.units.size else field.units
    sure, full = steady(
        state.top, state.slow, field.ballots[a:z], field.people[a:z], units, price
    )
    return sure / full / WIDER if full > 0.0 else 0.0


@inner
def affordable(field: Field, state: State, c: int) -> float:
    """How much more endowment c needs at least before its supporters have its cost."""
    a, z = field.starts[c], field.starts[c + 1]
    more, _ = growth(
        state.money,
        state.top,
        field.ballots[a:z],
        field.people[a:z],
        field.units[:0],
        FAR,
    )
    lacks = field.cost[c] - state.floor[c]
    return lacks / (more * WIDER) * state.told[WINDOW] if more > 0.0 else FAR


@inner
def select_ahead(field: Field, state: State, near: Ints) -> tuple[int, int]:
    """`select`, and in `near` those that may come first somewhere in the window: 1, or 2
    where their supporters do not have the cost yet (then `floor` is what they have).
    """
    best, loose = FAR, state.told[ERROR]
    state.asked[:] = 0
    near[:] = 0
    while True:
        c = least(state)
        if c < 0 or state.bound[c] > best:
            break
        worth, old = field.worth[c], state.bound[c]
        how, low, high = evaluate(field, state.top, loose, c, old * worth)
        if how == NEVER:
            state.status[c] = POOR
            continue
        state.bound[c] = max(old, low / worth * (1 - 4 * UNIT))
        if state.bound[c] > best:
            continue
        how, low, high = evaluate(field, state.money, loose, c, state.bound[c] * worth)
        if how == UNSURE:
            return ASK, c
        state.asked[c] = near[c] = 1
        state.floor[c] = low / worth * (1 - 4 * UNIT)
        state.ceiling[c] = high / worth * (1 + 4 * UNIT)
        if how == NEVER:
            near[c], state.floor[c], state.ceiling[c] = 2, low, FAR
        best = min(best, state.ceiling[c])
    state.asked[near == 2] = 0
    return settle(field, state, best)


@inner
def narrow(field: Field, state: State, near: Ints, c: int, slow: float) -> None:
    """End the window where one that is near could come before c, which is first now."""
    for q in range(near.size):
        if near[q] == 0 or q == c:
            continue
        if near[q] == 2:
            ahead = affordable(field, state, q)
        else:
            gap = 0.0 if state.asked[q] else state.floor[q] - state.ceiling[c]
            nearer = fastest(field, state, q) / field.worth[q] - slow
            ahead = max(gap, 0.0) / nearer if nearer > 0.0 else FAR
        state.told[AHEAD] = min(state.told[AHEAD], ahead)


@inner
def pay_ahead(field: Field, state: State, c: int, price: float, slow: float) -> None:
    """Take at most what c's supporters pay at the end of the window."""
    floor = state.floor[c] * field.worth[c]
    for j in range(field.starts[c], field.starts[c + 1]):
        g = field.ballots[j]
        if state.top[g] > 0.0:
            worth = field.units[j] if field.units.size else 1
            state.top[g] = max(state.top[g] - price * worth, 0.0)
            if state.money[g] > floor * worth:
                state.slow[g] += slow * worth
            else:
                state.slow[g] = 0.0


@inner
def leap(field: Field, state: State, most: float, near: Ints) -> int:
    """`play` from the beginning; in `AHEAD`: by how much less than that the endowment
    may rise without another course of purchases. ASK also where floats leave something
    open, and then nothing is known.

    In one course of purchases everybody's money only grows with the endowment, and
    prices only fall. Of the window (`WINDOW` more endowment) each ballot keeps a line
    above its money, which ends in `top`, and the least that it gains for one unit more,
    `slow`. Who pays in full now does so in all of the window.
    """
    window, none = state.told[WINDOW], state.top[:0]
    state.top[:] = state.told[X] + window
    state.slow[:] = 1.0
    state.told[AHEAD] = window
    while state.told[SPENT] <= most:
        how, c = select_ahead(field, state, near)
        if how == ASK:
            return how
        if c < 0:
            narrow(field, state, near, c, 0.0)
            return DONE
        worth = field.worth[c]
        price = state.floor[c] * worth - fastest(field, state, c) * window
        slow = slowest(field, state, c, price)
        narrow(field, state, near, c, slow / worth)
        pay_ahead(field, state, c, price, slow)
        if not buy(field, state, c, none):
            return ASK
    return OVER


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


STEP, SCALE, LEFT, TO_THE_END, PATIENCE, PLAIN = range(6)  # in `plan`


@compiled
def climb(field: Field, state: State, plan: Ints, base: Floats, runs: int) -> int:
    """Go up the steps of add1. DONE: `plan[STEP]` is the last one. ASK: that one needs
    fractions. MORE: so many runs are done, it goes on from there.

    `base`: the endowment before the first step; LEFT: the budget.
    """
    near = np.zeros(field.cost.size, np.int64)
    scale, left = float(plan[SCALE]), float(plan[LEFT])
    for _ in range(runs):
        x, x_low = plus(base[0], base[1], plan[STEP] * scale)
        how, ahead = ASK, 0.0
        leaps = plan[PLAIN] == 0
        if leaps:
            begin(field, state, x, x_low)
            how = leap(field, state, left, near)
            ahead = state.told[AHEAD] if how == DONE else 0.0
        if how == ASK:
            begin(field, state, x, x_low)
            how = play(field, state, left, np.int64(-1), base[:0])
        if how == OVER:
            plan[STEP] -= 1
            return DONE
        if how == ASK or finished(field, state, left, plan[TO_THE_END]):
            return how
        more = max(int(np.ceil(ahead / WIDER / scale)) - 1, 0)
        plan[STEP] += more + 1
        look_again(state, plan, ahead if leaps else -1.0, more)
    return MORE


@inner
def look_again(state: State, plan: Ints, ahead: float, more: int) -> None:
    """Whether the next run looks ahead, and how far. Such a run takes twice as long as a
    plain one; so when it finds no step to leap, some plain ones follow (`PATIENCE`).
    """
    if ahead < 0.0:
        plan[PLAIN] -= 1
        return
    plan[PATIENCE] = 0 if more > 1 else min(2 * plan[PATIENCE] + 1, 15)
    plan[PLAIN] = plan[PATIENCE]
    wider = 8 * ahead if ahead >= state.told[WINDOW] else 4 * ahead
    state.told[WINDOW] = min(max(wider, 4.0 * plan[SCALE]), 2.0**53)
