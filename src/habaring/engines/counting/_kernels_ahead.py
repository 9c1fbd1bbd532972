"""What looking ahead in add1 stands on, compiled: lines above and below everybody's money,
and what follows from them for prices and for who comes first.

A *place* is how much more everybody has than in the run looked at; the *window* is how
far it looks. In one course of purchases everybody's money only grows with the place, and
prices only fall. Of the window each ballot keeps a line above its money, which ends in
`top`, and the least that it gains for one unit more, `slow`. Who pays in full now does
so in all of the window. Where a round is marked (`_kernels_steps`) another course than
the real one may be looked at; then only places from FROM on matter.

All bounds are off by about the square of the window, so they are good in small windows.
"""

from typing import NamedTuple

from habaring.engines.counting._kernels import (
    ASK,
    DONE,
    ERROR,
    FAR,
    LEAST,
    NEVER,
    POOR,
    ROUNDS,
    UNIT,
    UNSURE,
    WIDER,
    Field,
    Floats,
    Small,
    State,
    close_round,
    evaluate,
    inner,
    kill,
    least,
    set_price,
    settle,
    summing,
)

BUILT_ON = "e3558207ab97456d"
"""The checksum of `_kernels.py` (a test keeps it). numba keeps what it compiled for as
long as this file does not change, and would miss a change there.
"""

AHEAD, WINDOW, SECOND, OTHER, SURELY, FROM, FIRST, DEPTH, LOWEST = range(5, 14)
"""In `told`. AHEAD: the place up to which this course is certain; there OTHER may come
before FIRST (OTHER -1: something else); SECOND: where the next thing may happen. SURELY:
where OTHER is certainly before FIRST, from there on. FROM: nothing below this place
matters. DEPTH: how many rounds are marked; LOWEST: the first that still is.
"""
SOMETIMES, LATER = -2.0, -3.0  # instead of a speed
GROWS, ENDS = 0, 1


class Supporters(NamedTuple):
    """Of one project, as in `Field`."""

    ballots: Small
    people: Small
    units: Small


@inner
def supporters(field: Field, c: int) -> Supporters:
    """Those of c."""
    a, z = field.starts[c], field.starts[c + 1]
    units = field.units[a:z] if field.units.size else field.units
    return Supporters(field.ballots[a:z], field.people[a:z], units)


@summing
def growth(
    money: Floats, top: Floats, by: Supporters, price: float
) -> tuple[float, float]:
    """How much more those who are short at this price can have at the end of the window,
    and the utility of those who are not short.
    """
    more, full = 0.0, 0.0
    for j in range(by.ballots.size):
        g, many = by.ballots[j], float(by.people[j])
        worth = float(by.units[j]) if by.units.size else 1.0
        rich = money[g] > price * worth
        more += 0.0 if rich else many * (top[g] - money[g])
        full += many * worth if rich else 0.0
    return more, full


@summing
def steady(
    top: Floats, slow: Floats, by: Supporters, price: float
) -> tuple[float, float]:
    """How fast the money of those who stay short grows at least, and the utility of
    those who may come not to be short.
    """
    sure, full = 0.0, 0.0
    for j in range(by.ballots.size):
        g, many = by.ballots[j], float(by.people[j])
        worth = float(by.units[j]) if by.units.size else 1.0
        may = top[g] > price * worth
        sure += 0.0 if may else many * slow[g]
        full += many * worth if may else 0.0
    return sure, full


@inner
def fastest(field: Field, state: State, c: int) -> float:
    """How fast c's price can fall, at most, as the endowment rises in the window."""
    price = state.ceiling[c] * field.worth[c]
    more, full = growth(state.money, state.top, supporters(field, c), price)
    if more <= 0.0:
        return 0.0
    more += 2 * field.votes[c] * state.told[ERROR]
    return float(more / full / state.told[WINDOW] * WIDER)


@inner
def slowest(field: Field, state: State, c: int, price: float) -> float:
    """How fast it falls at least; `price`: a lower bound of it in all of the window."""
    sure, full = steady(state.top, state.slow, supporters(field, c), price)
    return sure / full / WIDER if full > 0.0 else 0.0


@summing
def pledged(
    money: Floats, line: Floats, by: Supporters, price: float, place: float, how: int
) -> tuple[float, float, float]:
    """What all pay at this price and place: the money of those who are short, how fast
    it grows, and the utility of those who are not short.

    `how`: from `money` it GROWS by `line` for each unit, or ENDS in `line` at the place
    1 (places are shares of the window then).
    """
    short, more, full = 0.0, 0.0, 0.0
    for j in range(by.ballots.size):
        g, many = by.ballots[j], float(by.people[j])
        worth = float(by.units[j]) if by.units.size else 1.0
        grows = line[g] - money[g] if how == ENDS else line[g]
        has = money[g] + grows * place
        rich = has > price * worth
        full += many * worth if rich else 0.0
        short += 0.0 if rich else many * has
        more += 0.0 if rich else many * grows
    return short, more, full


@inner
def may_afford(field: Field, state: State, c: int, has: float, known: float) -> float:
    """Of c, whose supporters have less than its cost: whether they may have it somewhere
    in the window (SOMETIMES: where at the earliest is in `begins`), and can even then
    not come first as far as is known (LATER: look again if nothing better comes); else
    POOR.
    """
    by = supporters(field, c)
    everybody = Supporters(by.ballots, by.people, field.units[:0])
    more, _ = growth(state.money, state.top, everybody, FAR)
    more = (more + 2 * field.votes[c] * state.told[ERROR]) * WIDER
    lacks = field.cost[c] - has
    if more < lacks:
        state.status[c] = POOR
        return -1.0
    if known != LATER:
        worth, loose = field.worth[c], state.told[ERROR]
        how, low, _ = evaluate(field, state.top, loose, c, state.bound[c] * worth)
        if how == NEVER:
            state.status[c] = POOR
            return -1.0
        state.bound[c] = max(state.bound[c], low / worth * (1 - 4 * UNIT))
        return LATER
    state.ceiling[c] = (lacks / more - 2.0) * state.told[WINDOW]  # below 0: no price
    return SOMETIMES


@inner
def begins(state: State, c: int) -> float:
    """Where, at the earliest, c's supporters may have its cost (after `may_afford`)."""
    return float(max(state.ceiling[c] + 2.0 * state.told[WINDOW], 0.0))


@inner
def foremost(state: State, speed: Floats) -> int:
    """The one that seems to be first where this course begins to matter (`FROM`)."""
    first, least_rate = -1, FAR
    for q in range(speed.size):
        if speed[q] >= 0.0:
            rate = state.floor[q] - speed[q] * state.told[FROM]
            if rate < least_rate:
                first, least_rate = q, rate
    return first


@inner
def select_ahead(field: Field, state: State, speed: Floats) -> tuple[int, int]:
    """`select`; of those that may come first somewhere in the window also the `speed`
    at which their rates can fall, else below 0. `bound` holds for all of the window and
    later rounds. Of a course that matters only further on, the one that is first there.
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
    if state.told[FROM] > 0.0:
        return DONE, foremost(state, speed)
    state.asked[state.ceiling < 0.0] = 0
    return settle(field, state, best)


@inner
def end_window(told: Floats, ahead: float, first: int, other: int) -> None:
    """End the window where `other` may come before `first` (-1: cannot be forced), and
    note where the next thing may happen (`SECOND`).
    """
    if ahead >= told[AHEAD]:
        told[SECOND] = min(told[SECOND], ahead)
    else:
        told[SECOND], told[AHEAD] = told[AHEAD], ahead
        told[FIRST], told[OTHER] = first, other


@inner
def meets(
    field: Field, state: State, q: int, rate: float, slow: float, place: float
) -> float:
    """Up to where q is certainly not before one whose rate is at most `rate` - `slow` *
    place; `place`: up to where that is known already.

    What q's supporters pay at that rate is, by the lines above their money, at most a
    concave function of the place. So Newton's method never passes the place where it
    comes to the cost; until then q's rate is higher, or q cannot be paid at all.
    """
    by, window, worth = supporters(field, q), state.told[WINDOW], field.worth[q]
    off = 2 * field.votes[q] * state.told[ERROR]
    for _ in range(6):
        price = (rate - slow * place) * worth
        reached = place / window
        short, more, full = pledged(state.money, state.top, by, price, reached, ENDS)
        lacks = field.cost[q] - (short + full * price) * WIDER - off
        faster = (more + off) / window * WIDER - full * slow * worth / WIDER
        if lacks <= 0.0:
            break
        if faster * (window - place) <= lacks:
            return float(window)
        place += lacks / faster
    return place


@inner
def narrow(
    field: Field, state: State, speed: Floats, c: int, slow: float, where: float
) -> None:
    """End the window where one that is near could come before c, which is first, and
    whose rate falls at least so `slow`. Nothing matters before the place `where`.

    q's rate is at least its `floor` less `speed` * place: that alone tells of most that
    they stay behind, and of the others, from which place on `meets` should look.
    """
    for q in range(speed.size):
        if q == c or (speed[q] < 0.0 and speed[q] != SOMETIMES):
            continue
        if where > state.told[SECOND]:
            break
        place = where
        if speed[q] >= 0.0:
            gap = state.floor[q] - state.ceiling[c] - (speed[q] - slow) * where
            gap = max(gap, 0.0) if where <= 0.0 else gap
            if gap >= 0.0 and speed[q] <= slow:
                continue
            if gap > 0.0:
                place += gap / (speed[q] - slow)
        else:
            place = max(where, begins(state, q))
        if place < state.told[SECOND]:
            place = meets(field, state, q, state.ceiling[c], slow, place)
            other = q if speed[q] >= 0.0 else -1
            end_window(state.told, place, c, other)


@inner
def overtaken(field: Field, state: State, q: int, rate: float, speed: float) -> float:
    """From where on, in all of the window, q is certainly before one whose rate is at
    least `rate` - `speed` * place; FAR if that is not certain.

    What its supporters pay at that rate is, by the lines below their money, at least a
    concave function of the place: if it reaches the cost at two places, then in between.
    Chords find the first of them from above.
    """
    by, worth, begin = supporters(field, q), field.worth[q], state.told[FROM]
    needs = (field.cost[q] + 2 * field.votes[q] * state.told[ERROR]) * WIDER
    before, known, place = 0.0, FAR, begin
    for i in range(5):
        price = (rate - speed * place) * worth
        short, _, full = pledged(state.money, state.slow, by, price, place, GROWS)
        left = short + full * price - needs
        if i == 0:
            before, place = left, state.told[WINDOW]
            continue
        if left < 0.0:
            break
        if before >= 0.0:
            return float(begin)
        known = place
        place = begin - (place - begin) * before / (left - before) * WIDER
        if place >= known:
            break
    return known


@inner
def share(field: Field, state: State, c: int, price: float) -> int:
    """`part` without what fractions have found out, and so without branches."""
    k, tight = int(state.told[ROUNDS]), state.told[ERROR]
    full, rest, payers, many, undecided = 0, 0, 0, 0, 0
    for j in range(field.starts[c], field.starts[c + 1]):
        g, people = field.ballots[j], int(field.people[j])
        worth = int(field.units[j]) if field.units.size else 1
        has, needs = state.money[g], price * worth
        pays, short = int(has > needs), int((has > 0.0) & (has <= needs))
        undecided += int((has > 0.0) & (abs(has - needs) <= tight))
        full += pays * people * worth
        payers += pays * people
        rest += short * people
        state.killed[many] = g
        many += short
    state.full[k], state.rest[k], state.payers[k] = full, rest, payers
    state.even[:many] = 0
    return -1 if undecided else many


@inner
def pay_ahead(
    field: Field, state: State, c: int, high: float, low: float, slow: float
) -> None:
    """Take the price `high` from c's supporters, and at the end of the window `low`, the
    least that it may be there. It falls at least so `slow`.
    """
    for j in range(field.starts[c], field.starts[c + 1]):
        g = field.ballots[j]
        worth = float(field.units[j]) if field.units.size else 1.0
        has = state.money[g]
        state.money[g] = max(has - high * worth, LEAST) if has > 0.0 else 0.0
        state.top[g] = max(state.top[g] - low * worth, 0.0)
        state.slow[g] = state.slow[g] + slow * worth if has > 0.0 else 0.0


@inner
def buy_ahead(field: Field, state: State, c: int, low: float, slow: float) -> bool:
    """`buy`, and what it means for all of the window."""
    k = int(state.told[ROUNDS])
    price = (state.floor[c] + state.ceiling[c]) / 2 * field.worth[c]
    many = share(field, state, c, price)
    if many < 0:
        return False
    state.order[k] = c
    kill(field, state, k, many)
    set_price(field, state, k)
    pay_ahead(field, state, c, state.high[k], low, slow)
    close_round(field, state, c, k)
    return True
