"""Equal shares without compiled loops, for small elections: fractions throughout.

Used while the compiled kernels are not on disk yet, so that nobody waits for them; the
outcome is the same. Everything is affine in the endowment x as long as nobody changes
from paying the full price to paying all they have and no other project comes first. A
run therefore also finds how many steps of `add1` leave it as it is, and those are
jumped.

Why jumping is right: with a fixed split of p's supporters into full payers and others,
the rate that pays for p is never above the true one (Σ min(money, rate × utility) has
every term at most the one assumed), so a purchase that is cheaper than that stays first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from habaring.engines.counting._course import Course, Extra
from habaring.engines.counting._greedy import spend
from habaring.engines.counting._outcome import Outcome, Round
from habaring.engines.counting._prepare import Prepared
from habaring.engines.counting._values import Completion

Exact: TypeAlias = Any  # gmpy2.mpq, which has no types
Line: TypeAlias = tuple[Exact, Exact]
"""A value now, and how much it grows for each unit more of endowment."""


@dataclass(frozen=True)
class Price:
    """A candidate's rate, and its payers: (state, utility) → people."""

    rate: Line
    full: dict[tuple[int, int], int]
    rest: dict[tuple[int, int], int]


class Run:
    """One run with a given endowment. `slack`: how much more changes nothing at least;
    None: any amount.
    """

    def __init__(self, prepared: Prepared, endowment: Exact) -> None:
        from gmpy2 import mpq

        self.prepared = prepared
        self.course = Course(prepared)
        self.slack: Exact | None = None
        self.zero = mpq(0)
        self.money: list[Line] = [(self.zero, self.zero), (endowment, mpq(1))]
        self.paid: list[tuple[tuple[int, int], ...]] = [(), ()]
        """By state: which winners its people paid for, and how much they were worth."""
        self.state = [1] * len(prepared.people)
        self.prices: dict[int, Exact] = {}
        self._known: dict[int, Price] = {}
        self._fresh: set[int] = set()
        self._supporters = _supporters(prepared)
        self._buy_all()

    def _buy_all(self) -> None:
        waiting = set(self.prepared.candidates)
        while True:
            for p in [p for p in waiting if self._barred(p)]:
                waiting.remove(p)
            first = self._first(waiting)
            if not first:
                return
            p, *others = first
            waiting.remove(p)
            for q in list(waiting):
                if not self._stays_behind(p, q):
                    waiting.remove(q)
            self._buy(p, others)

    def _barred(self, p: int) -> bool:
        return self.course.room.barred(p) is not None

    def _first(self, waiting: set[int]) -> list[int]:
        """Those with the lowest rate in tie order; unaffordable ones leave `waiting`.

        A rate known from before is a lower bound: only those that may be first are
        worked out anew.
        """
        fresh = self._fresh = set()
        while waiting:
            unknown = [p for p in waiting if p not in self._known]
            least = min((self._known[p].rate[0] for p in waiting if p not in unknown), default=None)  # fmt: skip
            stale = unknown or [
                p for p in waiting if p not in fresh and self._known[p].rate[0] == least
            ]
            if not stale:
                rank = self.prepared.rank.__getitem__
                return sorted((p for p in fresh & waiting if self._known[p].rate[0] == least), key=rank)  # fmt: skip
            for p in stale:
                fresh.add(p)
                if not self._work_out(p):
                    waiting.remove(p)
        return []

    def _work_out(self, p: int) -> bool:
        """The rate at which p's supporters pay for it; False: they cannot."""
        parts: dict[tuple[int, int], int] = {}
        for ballot, utility, people in self._supporters[p]:
            key = self.state[ballot], utility
            parts[key] = parts.get(key, 0) + people
        left, grows = self.zero + self.prepared.costs[p], self.zero
        have = sum(self.money[s][0] * n for (s, _), n in parts.items())
        if have < left:
            more = sum(self.money[s][1] * n for (s, _), n in parts.items())
            self._limit((left - have, -more), strict=True)
            return False
        worth = sum(u * n for (_, u), n in parts.items())
        rest: dict[tuple[int, int], int] = {}
        for key in sorted(parts, key=lambda key: self.money[key[0]][0] / key[1]):
            state, utility = key
            money, growth = self.money[state]
            if money * worth >= left * utility:
                break
            rest[key] = parts[key]
            left -= money * parts[key]
            grows -= growth * parts[key]
            worth -= utility * parts[key]
        full = {key: n for key, n in parts.items() if key not in rest}
        self._known[p] = Price((left / worth, grows / worth), full, rest)
        return True

    def _limit(self, gap: Line, *, strict: bool = False) -> None:
        """Stay where `gap` is not negative (strictly: positive)."""
        now, growth = gap
        if growth >= 0:
            return
        slack = now / -growth
        if strict and slack.denominator == 1:  # steps are whole numbers
            slack -= 1
        if self.slack is None or slack < self.slack:
            self.slack = slack

    def _stays_behind(self, p: int, q: int) -> bool:
        """See to it that q does not come before p; False: q cannot be paid at all."""
        now, growth = self._gap(p, q)
        if growth < 0 and q not in self._fresh and self._limits(now, growth):
            if not self._work_out(q):
                return False
            now, growth = self._gap(p, q)
        strict = self.prepared.rank[q] < self.prepared.rank[p]
        self._limit((now, growth), strict=strict)
        return True

    def _limits(self, now: Exact, growth: Exact) -> bool:
        return self.slack is None or now <= self.slack * -growth

    def _gap(self, p: int, q: int) -> Line:
        (a, b), (c, d) = self._known[p].rate, self._known[q].rate
        return c - a, d - b

    def _buy(self, p: int, others: list[int]) -> None:
        price = self._known.pop(p)
        rate, grows = price.rate
        after: dict[tuple[int, int], int] = {}
        for key in price.rest:
            money, growth = self.money[key[0]]
            self._limit((rate * key[1] - money, grows * key[1] - growth))
            after[key] = 0
        for key in price.full:
            money, growth = self.money[key[0]]
            gap = money - rate * key[1], growth - grows * key[1]
            self._limit(gap)
            after[key] = len(self.money)
            self.money.append(gap)
            self.paid.append((*self.paid[key[0]], (p, self._weight(key[1]))))
        for ballot, utility, _ in self._supporters[p]:
            self.state[ballot] = after[self.state[ballot], utility]
        self.prices[p] = rate
        self._tell(p, price, others)

    def _tell(self, p: int, price: Price, others: list[int]) -> None:
        ids, unit = self.prepared.ids, self.prepared.unit
        before: dict[str, int] = {}
        poor: dict[int, int] = {}
        for (state, _), n in price.rest.items():
            if self.money[state][0]:
                poor[state] = poor.get(state, 0) + n
        for state, n in poor.items():
            for winner, worth in self.paid[state]:
                before[ids[winner]] = before.get(ids[winner], 0) + n * worth
        told = Round(
            0,
            "",
            "main",
            fraction(price.rate[0] * unit),
            full=sum(price.full.values()),
            weight=sum(self._weight(u) * n for (_, u), n in price.full.items()),
            rest=sum(poor.values()),
            from_rest=fraction(
                sum((self.money[s][0] * n for s, n in poor.items()), self.zero)
            ),
            paid_before=before,
        )
        self.course.buy(p, told, others)

    def _weight(self, utility: int) -> int:
        """Where a project is worth the same to all, people are counted."""
        return 1 if self.prepared.utility is not None else utility

    def left(self, p: int) -> Exact:
        """What p's supporters have left."""
        return sum(
            (self.money[self.state[b]][0] * n for b, _, n in self._supporters[p]),
            self.zero,
        )


def _supporters(prepared: Prepared) -> list[list[tuple[int, int, int]]]:
    """By project: (ballot, utility, people) of each supporting ballot."""
    columns, people = prepared.by_project, prepared.people.tolist()
    starts, ballots = columns.starts.tolist(), columns.to.tolist()
    found = []
    for p in range(len(prepared.costs)):
        entries = range(starts[p], starts[p + 1])
        if prepared.utility is None:
            worth = columns.utility[starts[p] : starts[p + 1]].tolist()
        else:
            worth = [prepared.utility[p]] * len(entries)
        places = [ballots[i] for i in entries]
        found.append([(b, u, people[b]) for b, u in zip(places, worth, strict=True)])
    return found


def plain_equal_shares(
    prepared: Prepared, progress: Callable[[int], None] | None = None
) -> Outcome:
    """Equal shares with every completion, as `equal_shares` does it."""
    from gmpy2 import mpq

    completion = prepared.rule.completion
    endowment = mpq(prepared.election.budget, prepared.voters or 1)
    step, steps = prepared.election.scale, 0
    run = Run(prepared, endowment)
    while "add1" in completion and not _finished(run, completion):
        same = 0 if run.slack is None else int(run.slack // step)
        after = Run(prepared, endowment + (same + 1) * step)
        over = after.course.room.left < 0
        jump = same if over else same + 1
        if over and same:
            run = Run(prepared, endowment + same * step)
        elif not over:
            run = after
        endowment += jump * step
        steps += jump
        if progress is not None:
            progress(steps)
        if over:
            break
    return _outcome(run, fraction(endowment), steps)


def _finished(run: Run, completion: Completion) -> bool:
    """Whether nothing fits any more; over-budget: whether all that may win has won."""
    room, won = run.course.room, set(run.course.room.taken)
    still = [p for p in run.prepared.candidates if p not in won and not room.barred(p)]
    if "over-budget" in completion:
        return not still
    return all(room.why_not(p) is not None for p in still)


def _outcome(run: Run, endowment: Fraction, steps: int) -> Outcome:
    prepared, course = run.prepared, run.course
    course.lose_others()
    if "greedy" in prepared.rule.completion:
        spend(course, "completion")
    prices: dict[int, Fraction] = {}
    if prepared.utility is not None:
        prices = {p: fraction(r * prepared.utility[p]) for p, r in run.prices.items()}
    money = {p: fraction(run.left(p)) for p in prepared.candidates}
    return course.outcome(endowment, steps, Extra(prices, money))


def fraction(value: Exact) -> Fraction:
    """Of the standard library, from gmpy2's or a whole number."""
    return Fraction(int(value.numerator), int(value.denominator))
