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
    ROUNDS,
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

BUILT_ON = "3dda0a4aabedad6f"
"""The checksum of `_kernels.py` (a test keeps it). numba keeps what it compiled for as
long as this file does not change, and would miss a change there.
"""

AHEAD, WINDOW, SECOND, TURN, OTHER, SURELY = 5, 6, 7, 8, 9, 10  # in `told`
MORE = 3
SOMETIMES, LATER = -2.0, -3.0


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
def may_afford(field: Field, state: State, c: int, has: float, known: float) -> float:
    """Of c, whose supporters have less than its cost: whether they may have it somewhere
    in the window (SOMETIMES), and can even then not come first as far as is known
    (LATER: look again if nothing better comes); else POOR.
    """
    a, z = field.starts[c], field.starts[c + 1]
    ballots, people = field.ballots[a:z], field.people[a:z]
    more, _ = growth(state.money, state.top, ballots, people, field.units[:0], FAR)
    lacks = field.cost[c] - has
    if more * WIDER < lacks:
        state.status[c] = POOR
        return -1.0
    if known != LATER:
        worth, loose = field.worth[c], state.told[ERROR]
        _, low, _ = evaluate(field, state.top, loose, c, state.bound[c] * worth)
        state.bound[c] = max(state.bound[c], low / worth * (1 - 4 * UNIT))
        return LATER
    ahead = lacks / (more * WIDER) * state.told[WINDOW]
    end_window(state.told, ahead, -1)
    return SOMETIMES


@inner
def end_window(told: Floats, ahead: float, other: int) -> None:
    """End the window where `other` may come first (-1: cannot be forced), and note the
    round (`TURN`), and where the next thing may happen (`SECOND`).
    """
    if ahead < told[AHEAD]:
        told[SECOND], told[AHEAD] = told[AHEAD], ahead
        told[TURN], told[OTHER] = told[ROUNDS], other
    else:
        told[SECOND] = min(told[SECOND], ahead)


@inner
def select_ahead(field: Field, state: State, speed: Floats) -> tuple[int, int]:
    """`select`; of those that may come first somewhere in the window also the `speed`
    at which their rates can fall, else below 0.
    """
    best, loose, window = FAR, state.told[ERROR], state.told[WINDOW]
    state.asked[:] = 0
    speed[:] = -1.0
    while True:
        c = least(state)
        if c < 0 or state.bound[c] > best:
            break
        worth = field.worth[c]
        how, low, high = evaluate(field, state.money, loose, c, state.floor[c] * worth)
        if how == UNSURE:
            return ASK, c
        if how == NEVER:
            state.ceiling[c] = -1.0
            speed[c] = may_afford(field, state, c, low, speed[c])
            state.asked[c] = speed[c] == SOMETIMES
            continue
        state.asked[c] = 1
        state.floor[c] = max(state.floor[c], low / worth * (1 - 4 * UNIT))
        state.ceiling[c] = high / worth * (1 + 4 * UNIT)
        speed[c] = fastest(field, state, c) / worth * (1 + 4 * UNIT)
        ends = state.floor[c] - speed[c] * window
        state.bound[c] = max(state.bound[c], ends)
        best = min(best, state.ceiling[c])
    state.asked[state.ceiling < 0.0] = 0
    return settle(field, state, best)


@inner
def narrow(state: State, speed: Floats, c: int, slow: float) -> None:
    """End the window where one that is near could come before c, which is first now."""
    for q in range(speed.size):
        if q != c and speed[q] >= 0.0 and speed[q] > slow:
            gap = 0.0 if state.asked[q] else state.floor[q] - state.ceiling[c]
            end_window(state.told, max(gap, 0.0) / (speed[q] - slow), q)


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
def leap(field: Field, state: State, most: float, turn: int, other: int) -> int:
    """`play` from the beginning; in `AHEAD`: by how much less than that the endowment
    may rise without another course of purchases. ASK also where floats leave something
    open, and then nothing is known.

    In one course of purchases everybody's money only grows with the endowment, and
    prices only fall. Of the window (`WINDOW` more endowment) each ballot keeps a line
    above its money, which ends in `top`, and the least that it gains for one unit more,
    `slow`. Who pays in full now does so in all of the window.

    In round `turn`, `other` is bought, whichever is first (below 0: no such round);
    with `SURELY` more endowment it is certainly first itself.
    """
    window, none = state.told[WINDOW], state.top[:0]
    speed = np.empty(field.cost.size)
    state.top[:] = state.told[X] + window
    state.slow[:] = 1.0
    state.told[AHEAD] = state.told[SECOND] = window
    while state.told[SPENT] <= most:
        how, c = select_ahead(field, state, speed)
        if how == ASK or c < 0:
            return how
        first = c
        if state.told[ROUNDS] == turn:
            c = other
            if speed[c] < 0.0:
                return ASK
        worth = field.worth[c]
        price = (state.floor[c] - speed[c] * window) * worth
        slow = slowest(field, state, c, price)
        if state.told[ROUNDS] == turn:
            faster = slow / worth - speed[first]
            gap = max(state.ceiling[c] - state.floor[first], 0.0)
            state.told[SURELY] = gap / faster if faster > 0.0 else FAR
        else:
            narrow(state, speed, c, slow / worth)
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
    left, turns = float(plan[LEFT]), False
    for _ in range(runs):
        if turns:
            turns = over_the_turn(field, state, plan, base)
            continue
        how, ahead = ASK, 0.0
        leaps = plan[PLAIN] == 0
        if leaps:
            start(field, state, plan, base, 0)
            how = leap(field, state, left, -1, -1)
            ahead = state.told[AHEAD] if how == DONE else 0.0
        if how == ASK:
            start(field, state, plan, base, 0)
            how = play(field, state, left, np.int64(-1), base[:0])
        if how == OVER:
            plan[STEP] -= 1
            return DONE
        if how == ASK or finished(field, state, left, plan[TO_THE_END]):
            return how
        steps = 1 + steps_below(ahead, plan)
        plan[STEP] += steps
        if leaps:
            turns = look_again(state, plan, ahead, steps)
            state.told[SECOND] -= float(steps - 1) * plan[SCALE]
        else:
            plan[PLAIN] -= 1
    return MORE


@inner
def start(field: Field, state: State, plan: Ints, base: Floats, more: int) -> None:
    """Begin with the endowment of a step so many above the present one."""
    x, x_low = plus(base[0], base[1], float(plan[STEP] + more) * plan[SCALE])
    begin(field, state, x, x_low)


@inner
def steps_below(ahead: float, plan: Ints) -> int:
    """How many steps higher it may be, certainly below the place `ahead`."""
    return max(int(np.ceil(ahead / WIDER / plan[SCALE])) - 1, 0)


@inner
def over_the_turn(field: Field, state: State, plan: Ints, base: Floats) -> bool:
    """Pass the place where the course may change. Whether there is another such place
    before which it certainly stays as it then is.

    Until `SECOND` nothing else can change than that `OTHER` comes first in round `TURN`.
    So if the course in which it does stays as it is, too, and does not end add1, every
    step until then has the one or the other.
    """
    told, left = state.told, float(plan[LEFT])
    second, turn, other = told[SECOND], int(told[TURN]), int(told[OTHER])
    if other < 0 or steps_below(second, plan) == 0:
        return False
    start(field, state, plan, base, -1)
    how = leap(field, state, left, turn, other)
    if how != DONE or finished(field, state, left, plan[TO_THE_END]):
        return False
    ahead = min(told[AHEAD], second)
    steps = steps_below(ahead, plan)
    plan[STEP] += steps
    turns = look_again(state, plan, ahead, steps)
    past = float(steps) * plan[SCALE]
    told[SECOND] -= past
    return steps > 0 and turns and told[AHEAD] < second and past > told[SURELY] * WIDER


@inner
def look_again(state: State, plan: Ints, ahead: float, steps: int) -> bool:
    """How far to look ahead next, and whether a place where the course may change is
    known. Looking ahead takes longer than a plain run; so when it passes few steps, some
    plain ones follow.
    """
    plan[PATIENCE] = 0 if steps > 1 else min(2 * plan[PATIENCE] + 1, 15)
    plan[PLAIN] = plan[PATIENCE]
    window, scale = state.told[WINDOW], float(plan[SCALE])
    free = ahead >= window
    window = 2 * window if free else window / 2 + 2 * steps * scale
    state.told[WINDOW] = min(max(window, 4 * scale), 2.0**53)
    return ahead > 0.0 and not free
