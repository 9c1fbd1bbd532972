"""The loops of equal shares, compiled by numba: floats with a bound on their error.

Nothing here decides what the bound leaves open: such a round is handed back (`ASK`) and
settled in fractions by `_exact`. Importing this module imports numba (a second or so);
the compiled code is kept on disk.

What keeps it exact: a voter who has ever paid all they had has nothing; everybody else
has the endowment minus the prices of what was bought for them. So a price is
(cost - rest * endowment + sum of counts * earlier prices) / full, with whole numbers
`rest`, `counts` and `full`. Prices are kept in double-double from those counts, and
money, rounded from them, never gathers errors.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Small: TypeAlias = NDArray[np.int32]
Floats: TypeAlias = NDArray[np.float64]
F = TypeVar("F", bound=Callable[..., Any])
FAST = {"reassoc", "nsz", "nnan", "ninf"}
WITHOUT: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def compiled(function: F) -> F:
    """For Python to call: compiled at its first call, or read from disk."""
    return cast(F, njit(cache=True, nogil=True)(function))


def inner(function: F) -> F:
    """Only for other compiled code; half the time to compile."""
    return cast(F, njit(cache=True, nogil=True, **WITHOUT)(function))


def summing(function: F) -> F:
    """The same; sums may be taken in another order, several terms at a time."""
    return cast(F, njit(cache=True, nogil=True, fastmath=FAST, **WITHOUT)(function))


class Field(NamedTuple):
    """What does not change during a count. P projects, G ballots, N entries.

    `starts`, `ballots`, `people`, `units`: of project p, its supporting ballots, how
    many cast each, and what p is worth to one of them (no `units`: 1). `lines`,
    `listed`, `worths`: the same entries by ballot. `worth`: what a price of 1 stands
    for. With all supporters rich the rate is `over` / `under`, both whole.
    """

    starts: Ints
    ballots: Small
    people: Small
    units: Small
    lines: Ints
    listed: Small
    worths: Small
    voters: Ints
    cost: Ints
    votes: Floats
    worth: Floats
    over: Floats
    under: Floats
    rank: Ints
    status: Ints
    rival_starts: Ints
    rivals: Ints
    purse_starts: Ints
    purses: Ints
    amounts: Ints


class State(NamedTuple):
    """What a run writes.

    Of the k-th purchase: `order`, price (`high` + `low`, off by at most `off`), `full`
    (utility of those who paid the price), `payers` (how many), `rest` (people who paid
    all they had), `counts[k, t]` (their utility from purchase t), `tied` (who stood
    equal). Rates of this round lie in `floor`..`ceiling`; `bound` holds for all later
    rounds. `asked`: the rivals of a round that needs fractions; `decided`: what those
    found out about ballots. `top` and `slow`: see `_kernels_steps.leap`.
    """

    money: Floats
    bound: Floats
    floor: Floats
    ceiling: Floats
    status: Ints
    at: Ints
    order: Ints
    high: Floats
    low: Floats
    off: Floats
    full: Ints
    rest: Ints
    payers: Ints
    counts: NDArray[np.int64]
    tied: NDArray[np.int8]
    asked: Ints
    decided: NDArray[np.int8]
    killed: Small
    even: Small
    top: Floats
    slow: Floats
    amounts: Ints
    told: Floats


WAITING, BOUGHT, POOR, BARRED, OUT = 0, 1, 2, 3, 4  # in `status`
DONE, ASK, OVER = 0, 1, 2  # how a run ended
ROUNDS, SPENT, ERROR, X, X_LOW = range(5)  # in `told`
FULL, SHORT, EVEN = 1, 2, 3  # in `decided`
SURE, NEVER, UNSURE = 0, 1, 2
UNIT = 2.0**-53
LEAST, FAR = 1e-300, 1e300
WIDER = 1 + 1e-9  # more than the rounding of any sum here, which has positive terms


@summing
def look(
    money: Floats, ballots: Small, people: Small, units: Small, price: float
) -> tuple[float, float, float, float]:
    """At this price: money of those who are short, utility of those who are not, and
    what the poorest of the rich and the richest of the poor can pay for one unit.
    """
    short, full, above, below = 0.0, 0.0, FAR, 0.0
    if units.size == 0:
        for j in range(ballots.size):
            has, many = money[ballots[j]], float(people[j])
            rich = has > price
            full += many if rich else 0.0
            short += 0.0 if rich else many * has
            above = min(above, has if rich else FAR)
            below = max(below, 0.0 if rich else has)
    else:
        for j in range(ballots.size):
            has, many, worth = money[ballots[j]], float(people[j]), float(units[j])
            can = has / worth
            rich = can > price
            full += many * worth if rich else 0.0
            short += 0.0 if rich else many * has
            above = min(above, can if rich else FAR)
            below = max(below, 0.0 if rich else can)
    return short, full, above, below


@inner
def plus(high: float, low: float, number: float) -> tuple[float, float]:
    """A double-double plus a float."""
    total = high + number
    back = total - high
    low += (high - (total - back)) + (number - back)
    high = total + low
    return high, low - (high - total)


@inner
def product(a: float, b: float) -> tuple[float, float]:
    """Of two floats, exactly (Dekker)."""
    at, bt = 134217729.0 * a, 134217729.0 * b
    a1, b1 = at - (at - a), bt - (bt - b)
    a2, b2 = a - a1, b - b1
    high = a * b
    return high, ((a1 * b1 - high) + a1 * b2 + a2 * b1) + a2 * b2


@inner
def divide(high: float, low: float, by: float) -> tuple[float, float]:
    """A double-double by a float."""
    first = high / by
    p, e = product(first, by)
    high, low = plus(high, low, -p)
    high, low = plus(high, low, -e)
    second = high / by
    p, e = product(second, by)
    high, low = plus(high, low, -p)
    return plus(first, second, (high + (low - e)) / by)


@inner
def set_price(field: Field, state: State, k: int) -> None:
    """The price of the k-th purchase from its counts, and how far it may be off."""
    cost, rest, full = field.cost[state.order[k]], state.rest[k], float(state.full[k])
    x, high = state.told[X], float(cost)
    low = float(cost - np.int64(high))
    size, wrong = high + rest * x, rest * x * 2.0**-104
    p, e = product(-float(rest), x)
    high, low = plus(high, low, p)
    high, low = plus(high, low, e - rest * state.told[X_LOW])
    for t in range(k):
        count = float(state.counts[k, t])
        if count != 0.0:
            p, e = product(count, state.high[t])
            high, low = plus(high, low, p)
            high, low = plus(high, low, e + count * state.low[t])
            size += count * state.high[t]
            wrong += count * state.off[t]
    state.high[k], state.low[k] = divide(high, low, full)
    state.off[k] = (wrong + size * (k + 4) * 2.0**-100) / full * WIDER


@inner
def same_rate(field: Field, p: int, q: int, full: Floats) -> int:
    """Rates where all who have money are rich: -1 where p's is lower, 0 the same, 1
    higher. `full`: the utility of those, by project.
    """
    a, a_low = product(field.over[p], full[q])
    b, b_low = product(field.over[q], full[p])
    if a == b and a_low == b_low:
        return 0
    return -1 if a < b or (a == b and a_low < b_low) else 1


@inner
def bar(field: Field, state: State, p: int) -> None:
    """After p was bought: bar what it excludes and what its purses no longer hold."""
    for i in range(field.rival_starts[p], field.rival_starts[p + 1]):
        if state.status[field.rivals[i]] in (WAITING, POOR):
            state.status[field.rivals[i]] = BARRED
    if field.purses.size:
        for i in range(field.purse_starts[p], field.purse_starts[p + 1]):
            state.amounts[field.purses[i]] -= field.cost[p]
        for q in range(field.cost.size):
            bar_purse(field, state, q)


@inner
def bar_purse(field: Field, state: State, q: int) -> None:
    """Bar q where one of its purses does not hold its cost."""
    if state.status[q] in (WAITING, POOR):
        for i in range(field.purse_starts[q], field.purse_starts[q + 1]):
            if state.amounts[field.purses[i]] < field.cost[q]:
                state.status[q] = BARRED


@inner
def evaluate(
    field: Field, money: Floats, loose: float, c: int, price: float
) -> tuple[int, float, float]:
    """Whether c can be paid with this money, and bounds of its price.

    `price` is a lower bound. Newton's method, from below, as the sum of payments is
    concave in the price. `loose`: how far anybody's money may be off.
    """
    a, z = field.starts[c], field.starts[c + 1]
    ballots, people = field.ballots[a:z], field.people[a:z]
    units = field.units[a:z] if field.units.size else field.units
    cost = float(field.cost[c])
    off = field.votes[c] * loose + cost * (z - a + 8) * 2 * UNIT
    while True:
        short, full, above, below = look(money, ballots, people, units, price)
        if full == 0.0:
            if short < cost - off:
                return NEVER, short + off, FAR
            return UNSURE, price * (1 - 4 * UNIT), FAR
        found = (cost - short) / full
        if found <= above:
            break
        price = found
    wide = (off / full + found * 4 * UNIT) * WIDER
    if above > found + wide + loose and below < found - wide - loose:
        return SURE, found - wide, found + wide
    return UNSURE, min(price, found) - wide, FAR


@inner
def least(state: State) -> int:
    """Of those that wait and were not looked at in this round, the lowest bound."""
    c = -1
    for p in range(state.status.size):
        if state.status[p] == WAITING and not state.asked[p]:  # noqa: SIM102 (as compiled)
            if c < 0 or state.bound[p] < state.bound[c]:
                c = p
    return c


@inner
def select(field: Field, state: State) -> tuple[int, int]:
    """The project of lowest rate, or -1. What floats leave open is in `asked`.

    Rates never fall from round to round, so an old one bounds the new one from below.
    """
    best, loose = FAR, state.told[ERROR]
    state.asked[:] = 0
    while True:
        c = least(state)
        if c < 0 or state.bound[c] > best:
            return settle(field, state, best)
        worth, old = field.worth[c], state.bound[c]
        how, low, high = evaluate(field, state.money, loose, c, old * worth)
        if how == NEVER:
            state.status[c] = POOR
            continue
        state.asked[c] = 1
        state.bound[c] = max(old, low / worth * (1 - 4 * UNIT))
        state.floor[c] = state.bound[c]
        state.ceiling[c] = high / worth * (1 + 4 * UNIT) if how == SURE else FAR
        best = min(best, state.ceiling[c])


@inner
def settle(field: Field, state: State, best: float) -> tuple[int, int]:
    """Of those in `asked`, the one that is first for certain, if there is."""
    rivals = keep_rivals(state, best)
    if rivals.size == 0:
        return DONE, -1
    winner = rivals[0]
    if rivals.size == 1:
        return (DONE if state.ceiling[winner] < FAR else ASK), winner
    full = np.zeros(state.asked.size)
    for p in rivals:
        full[p] = all_rich(field, state, p)
        if full[p] < 0:
            return ASK, -1
    for p in rivals:
        order = same_rate(field, p, winner, full)
        if order < 0 or (order == 0 and field.rank[p] < field.rank[winner]):
            winner = p
    for p in rivals:
        state.asked[p] = same_rate(field, p, winner, full) == 0
    return DONE, winner


@inner
def keep_rivals(state: State, best: float) -> Ints:
    """Those in `asked` that may be first; the others are taken out of it."""
    for p in range(state.asked.size):
        if state.asked[p] and state.floor[p] > best:
            state.asked[p] = 0
    return np.flatnonzero(state.asked)


@inner
def all_rich(field: Field, state: State, p: int) -> float:
    """The utility of p's supporters who have money, if each can certainly pay the full
    price; else below 0.
    """
    full = 0.0
    price = state.ceiling[p] * field.worth[p] * WIDER + state.told[ERROR]
    for j in range(field.starts[p], field.starts[p + 1]):
        has = state.money[field.ballots[j]]
        worth = field.units[j] if field.units.size else 1
        if has > price * worth:
            full += float(field.people[j]) * worth
        elif has > 0.0:
            return -1.0
    return full


@inner
def part(field: Field, state: State, c: int, price: float, tight: float) -> int:
    """Who pays the whole price and who all they have.

    Lists those who then have nothing in `killed`, and in `even` those who have just
    enough. Returns how many; below 0: somebody within `tight` is undecided.
    """
    k = int(state.told[ROUNDS])
    full, rest, payers, many = 0, 0, 0, 0
    for j in range(field.starts[c], field.starts[c + 1]):
        g = field.ballots[j]
        has = state.money[g]
        if has <= 0.0:
            continue
        worth = field.units[j] if field.units.size else 1
        needs = price * worth
        verdict = FULL if has > needs else SHORT
        if abs(has - needs) <= tight:
            verdict = state.decided[g]
            if verdict == 0:
                return -1
        if verdict == SHORT:
            rest += field.people[j]
        else:
            full += field.people[j] * worth
            payers += field.people[j]
        if verdict != FULL:
            state.killed[many], state.even[many] = g, verdict == EVEN
            many += 1
    state.full[k], state.rest[k], state.payers[k] = full, rest, payers
    return many


@inner
def kill(field: Field, state: State, k: int, many: int) -> None:
    """Take all they have from those in `killed`; count what the poor had paid for."""
    for t in range(k):
        state.counts[k, t] = 0
    for i in range(many):
        g = state.killed[i]
        state.money[g] = 0.0
        if state.even[i]:
            continue
        for e in range(field.lines[g], field.lines[g + 1]):
            t = state.at[field.listed[e]]
            if t >= 0:
                worth = field.worths[e] if field.worths.size else 1
                state.counts[k, t] += field.voters[g] * worth


@inner
def pay(field: Field, money: Floats, c: int, price: float) -> None:
    """Take the price from every supporter of c who has money."""
    a, z = field.starts[c], field.starts[c + 1]
    if field.units.size:
        for j in range(a, z):
            g = field.ballots[j]
            if money[g] > 0.0:
                money[g] = max(money[g] - price * field.units[j], LEAST)
    else:
        for j in range(a, z):
            g = field.ballots[j]
            if money[g] > 0.0:
                money[g] = max(money[g] - price, LEAST)


@inner
def close_round(field: Field, state: State, c: int, k: int) -> None:
    """c was bought in round k, and paid: what that means for all later rounds."""
    x = state.told[X]
    state.told[ERROR] += (x * 4 * UNIT + state.off[k] / state.high[k] * x) * WIDER
    state.at[c], state.status[c] = k, BOUGHT
    state.told[ROUNDS] = k + 1
    state.told[SPENT] += field.cost[c]
    bar(field, state, c)


@inner
def buy(field: Field, state: State, c: int, given: Floats) -> bool:
    """Let c's supporters pay. `given`: the exact price (high, low, off), or empty.

    False where it is not certain who can pay the whole price.
    """
    k, loose = int(state.told[ROUNDS]), state.told[ERROR]
    price, tight = (state.floor[c] + state.ceiling[c]) / 2 * field.worth[c], loose
    if given.size:
        price, tight = given[0], 4 * (loose + given[0] * UNIT + given[2])
    many = part(field, state, c, price, tight)
    if many < 0:
        return False
    state.order[k] = c
    kill(field, state, k, many)
    if given.size:
        state.high[k], state.low[k], state.off[k] = given[0], given[1], given[2]
    else:
        set_price(field, state, k)
    pay(field, state.money, c, state.high[k])
    close_round(field, state, c, k)
    return True


@compiled
def begin(field: Field, state: State, x: float, x_low: float) -> None:
    """Everybody has x, nothing is bought."""
    state.money[:] = x
    state.status[:] = field.status
    state.at[:] = -1
    state.amounts[:] = field.amounts
    for p in range(field.cost.size):
        state.bound[p] = field.over[p] / field.under[p] * (1 - 4 * UNIT)
        state.floor[p] = state.bound[p]
    state.told[ROUNDS] = state.told[SPENT] = 0
    state.told[X], state.told[X_LOW] = x, x_low
    state.told[ERROR] = x * 4 * UNIT


@compiled
def play(field: Field, state: State, most: float, forced: Any, given: Floats) -> int:
    """Run until nothing can be bought (DONE), more than `most` is spent (OVER) or a
    round needs fractions (ASK: the rivals are in `asked`). Goes on where `state` is; a
    project of `forced` is bought first, at the price `given`.
    """
    while state.told[SPENT] <= most:
        c = int(forced)
        if c < 0:
            how, c = select(field, state)
            if how == ASK or c < 0:
                return how
            k = int(state.told[ROUNDS])
            for p in range(field.cost.size):
                state.tied[k, p] = state.asked[p]
        if not buy(field, state, c, given if forced >= 0 else given[:0]):
            return ASK
        forced = -1
    return OVER


@compiled
def remains(field: Field, state: State, paid: NDArray[np.int64]) -> None:
    """Of each project's supporters who still have money: how many, in the last column,
    and in column t the utility of theirs from the t-th purchase.
    """
    for g in range(state.money.size):
        if state.money[g] <= 0.0:
            continue
        for e in range(field.lines[g], field.lines[g + 1]):
            paid[field.listed[e], -1] += field.voters[g]
            t = state.at[field.listed[e]]
            if t >= 0:
                worth = field.worths[e] if field.worths.size else 1
                for i in range(field.lines[g], field.lines[g + 1]):
                    paid[field.listed[i], t] += field.voters[g] * worth


@compiled
def reach(field: Field, money: Floats, c: int, rate: float, by_cost: int) -> float:
    """What c may cost at most for its rate not to be above this one.

    `by_cost`: its worth is its cost, so that a price stands for rate × cost; the root
    of a concave function then, found by Newton's method from above.
    """
    a, z = field.starts[c], field.starts[c + 1]
    ballots, people = field.ballots[a:z], field.people[a:z]
    units = field.units[a:z] if field.units.size else field.units
    if not by_cost:
        short, full, _, _ = look(money, ballots, people, units, rate)
        return short + (full * rate if full > 0.0 else 0.0)
    cost, _, _, _ = look(money, ballots, people, units, FAR)
    while rate < FAR:
        short, full, _, _ = look(money, ballots, people, units, rate * cost)
        if full * rate >= 1.0 - 1e-12:  # it is as good at any lower cost
            break
        lower = short / (1.0 - full * rate)
        if lower >= cost * (1 - 4 * UNIT):
            break
        cost = lower
    return cost
