"""The state of equal shares in fractions, from the whole numbers that the loops count.

Settles the rounds that floats leave open, and gives every price its last digit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from habaring.engines.counting._kernels import Field, State

FULL, SHORT, EVEN = 1, 2, 3  # as in _kernels
POOR = 2
ROUNDS, ERROR = 0, 2
Ints = NDArray[np.int64]
Indices = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Price:
    """What one unit of utility of a project costs its rich supporters, exactly."""

    project: int
    price: Any  # mpq
    near: Indices  # ballots whose money floats cannot tell from the price
    decided: NDArray[np.int8]  # FULL, SHORT or EVEN, for each of them


class Exact:
    """The exact side of one run; made anew for each endowment."""

    def __init__(self, field: "Field", state: "State", endowment: Fraction) -> None:
        self.field, self.state = field, state
        self.endowment = quotient(endowment.numerator, endowment.denominator)
        self._prices: list[Any] = []

    def prices(self) -> list[Any]:
        """Of every purchase so far, what a utility of 1 cost."""
        state = self.state
        for k in range(len(self._prices), int(state.told[ROUNDS])):
            cost = int(self.field.cost[state.order[k]])
            paid = self.owned(int(state.rest[k]), state.counts[k, :k])
            self._prices.append((cost - paid) / int(state.full[k]))
        return self._prices

    def owned(self, people: int, counts: Ints) -> Any:
        """Money of so many people who have paid for purchases that often."""
        money = people * self.endowment
        for t in np.flatnonzero(counts).tolist():
            money -= int(counts[t]) * self._prices[t]
        return money

    def owned_by_each(self, paid: Ints) -> list[Fraction]:
        """`owned` of each line: how often they paid for each purchase, then how many."""
        prices = [*self.prices(), self.endowment]
        under = _lcm(price.denominator for price in prices)
        over = [int(price.numerator * (under // price.denominator)) for price in prices]
        signed = paid.copy()
        signed[:, :-1] *= -1
        return [fraction(quotient(money, under)) for money in _products(signed, over)]

    def settle(self) -> Price | None:
        """Of the rivals in `asked`, the one that is bought; None: none can be paid.

        Writes into the state who ties, who is too poor, and who pays what.
        """
        state, k = self.state, int(self.state.told[ROUNDS])
        self.prices()
        rivals = np.flatnonzero(state.asked).tolist()
        known: list[tuple[Any, Price]] = []
        for p in rivals:
            found = self.price(p)
            if found is None:
                state.status[p] = POOR
            else:
                known.append((found.price / int(self.field.worth[p]), found))
        if not known:
            return None
        least = min(rate for rate, _ in known)
        equal = [found for rate, found in known if rate == least]
        state.tied[k] = 0
        state.tied[k, [found.project for found in equal]] = 1
        winner = min(equal, key=lambda found: int(self.field.rank[found.project]))
        state.decided[winner.near] = winner.decided
        return winner

    def price(self, p: int) -> Price | None:
        """The price of p, or None where its supporters do not have its cost."""
        ballots, worth = self._supporters(p)
        guess = float(self.state.bound[p] * self.field.worth[p])
        while True:
            found = self._price(p, ballots, worth, guess)
            if found is None or float(found.price) <= guess * (1 + 2.0**-50):
                return found
            guess = float(found.price)

    def _price(
        self, p: int, ballots: Indices, worth: Ints, guess: float
    ) -> Price | None:
        """The price if it is so near to the guess that only the near ones are open."""
        state = self.state
        has, needs = state.money[ballots], guess * worth
        tight = 16 * (float(state.told[ERROR]) + guess * 2.0**-50 * worth)
        short, near = has < needs - tight, np.abs(has - needs) <= tight
        paid = self.have(ballots[short])
        people = self.field.voters[ballots]
        full = int((people * worth)[~short].sum())
        open_ = self._near(ballots, people * worth, near)
        left = int(self.field.cost[p]) - paid
        for done, (can, i) in enumerate(open_):
            if can * full >= left:
                return self._told(p, left / full, ballots, open_, done)
            weight = int(people[i] * worth[i])
            left -= can * weight
            full -= weight
        if full == 0:
            return None
        return self._told(p, left / full, ballots, open_, len(open_))

    def _told(
        self,
        p: int,
        price: Any,
        ballots: Indices,
        near: Sequence[tuple[Any, int]],
        short: int,
    ) -> Price:
        decided = [
            SHORT if n < short else (EVEN if can == price else FULL)
            for n, (can, _) in enumerate(near)
        ]
        who = ballots[[i for _, i in near]]
        return Price(p, price, who, np.array(decided, np.int8))

    def reach(
        self, p: int, rate: Any, guess: float, *, by_cost: bool
    ) -> tuple[Any, bool]:
        """What p may cost at most for its rate not to be above this one (None: any), and
        whether it is just this one then; not where all its supporters would pay less.

        `guess`: the same in floats.
        """
        ballots, worth = self._supporters(p)
        if rate is None:
            return self.have(ballots), False
        needs = float(rate) * (guess * np.ones(len(worth)) if by_cost else worth)
        has = self.state.money[ballots]
        tight = 1e-9 * needs + 16 * float(self.state.told[ERROR])
        short, near = has < needs - tight, np.abs(has - needs) <= tight
        people = self.field.voters[ballots] * worth
        full = int(people[~short].sum())
        paid = self.have(ballots[short])
        can = 0
        for can, i in self._near(ballots, people, near):
            level = rate
            if by_cost:
                free = 1 - full * rate
                level = rate * paid / free if free > 0 else can
            if can > level:
                break
            weight = int(people[i])
            paid += can * weight
            full -= weight
        if full == 0:
            return paid, bool(can == (rate * paid if by_cost else rate))
        return (paid / (1 - full * rate) if by_cost else paid + full * rate), True

    def level(self, p: int, rate: Any) -> bool:
        """Whether p's rate is just this one whatever it costs, if worth its cost."""
        ballots, _ = self._supporters(p)
        return bool(int(self.field.voters[ballots].sum()) * rate == 1)

    def _supporters(self, p: int) -> tuple[Indices, Ints]:
        """Ballots for p that have money left, and what it is worth to each."""
        field = self.field
        one = slice(field.starts[p], field.starts[p + 1])
        ballots = field.ballots[one]
        alive = self.state.money[ballots] > 0
        if len(field.units):
            return ballots[alive], field.units[one][alive].astype(np.int64)
        return ballots[alive], np.ones(int(alive.sum()), np.int64)

    def _near(
        self, ballots: Indices, weight: Ints, near: NDArray[np.bool_]
    ) -> list[tuple[Any, int]]:
        """What the near ones can pay for one unit of worth, exactly; the poorest first."""
        return sorted(
            (self.have(ballots[i : i + 1]) / int(weight[i]), i)
            for i in np.flatnonzero(near).tolist()
        )

    def have(self, ballots: Indices) -> Any:
        """Money of the people of these ballots, who have never paid all they had."""
        field, state = self.field, self.state
        k = int(state.told[ROUNDS])
        starts = field.lines[ballots]
        many = field.lines[ballots + 1] - starts
        before = np.cumsum(many) - many
        entries = np.repeat(starts - before, many) + np.arange(int(many.sum()))
        at = state.at[field.listed[entries]]
        people = np.repeat(field.voters[ballots], many)
        if len(field.worths):
            people = people * field.worths[entries]
        paid = at >= 0
        counts = np.zeros(k, np.int64)
        np.add.at(counts, at[paid], people[paid])
        return self.owned(int(field.voters[ballots].sum()), counts)


def doubled(price: Any) -> tuple[float, float, float]:
    """A fraction as a double-double and how far that may be off."""
    high = float(price)
    low = float(price - _mpq()(high))
    return high, low, high * 2.0**-100


def quotient(over: int, under: int) -> Any:
    """A fraction of gmpy2."""
    return _mpq()(over, under)


def _products(counts: Ints, large: Sequence[int]) -> list[int]:
    """Of each line the sum of its counts × these numbers of hundreds of bits.

    The numbers are cut into pieces so small that sums of products fit into int64.
    """
    room = int(np.abs(counts).max(initial=0)).bit_length() + len(large).bit_length()
    bits = 62 - room
    if bits < 8:
        lines = (zip(line, large, strict=True) for line in counts.tolist())
        return [sum(n * many for n, many in line) for line in lines]
    most = max(map(int.bit_length, large))
    cut = range(0, max(most, 1), bits)
    mask = (1 << bits) - 1
    pieces = np.array([[n >> at & mask for at in cut] for n in large], np.int64)
    sums = (counts @ pieces).tolist()
    return [sum(part << at for part, at in zip(row, cut, strict=True)) for row in sums]


def _lcm(numbers: Iterable[Any]) -> Any:
    from gmpy2 import lcm

    return lcm(*numbers)


def fraction(value: Any) -> Fraction:
    """A fraction of the standard library."""
    return Fraction(int(value.numerator), int(value.denominator))


@cache
def _mpq() -> Any:
    """gmpy2 is imported when the first count needs it."""
    from gmpy2 import mpq

    return mpq
