"""The oracle: every rule as its definition reads, slow, with fractions only.

Nothing of the engine is used but the values that an election is made of: each person
is one dict of what each project is worth to them, and whole elections are recounted
where the engine jumps. Projects are named by their ids, money is in units.
Equal shares: Peters, Pierczyński, Skowron, NeurIPS 2021. Phragmén: Los, Christoff,
Grossi, IJCAI 2022.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations

import numpy as np

from habaring.engines.counting._values import (
    Ballots,
    Election,
    Kind,
    Measure,
    Rule,
    RuleName,
)


@dataclass
class Count:
    """Winners as they were taken; of those that cost something, at which rate, and
    which stood equal at that moment (the winner is one of them).
    """

    winners: list[str] = field(default_factory=list)
    rates: list[Fraction] = field(default_factory=list)
    tied: list[set[str]] = field(default_factory=list)
    endowment: Fraction | None = None
    steps: int = 0

    def take(self, p: str, rate: Fraction, tied: Iterable[str]) -> None:
        self.winners.append(p)
        self.rates.append(rate)
        self.tied.append(set(tied))


def count(election: Election, rule: Rule) -> Count:
    rules = {
        RuleName.EQUAL_SHARES: equal_shares,
        RuleName.GREEDY: greedy,
        RuleName.PHRAGMEN: phragmen,
        RuleName.MAX_WELFARE: max_welfare,
    }
    return rules[rule.name](Vote(election, rule))


class Vote:
    """An election as the definitions speak of it."""

    def __init__(self, election: Election, rule: Rule) -> None:
        self.election, self.rule = election, rule
        self.budget = election.budget
        self.cost = {p.id: p.cost for p in election.projects}
        self.people = list(people(election, rule.measure))
        listed = list(people(election, Measure.CARDINALITY))
        self.votes = {p: sum(p in one for one in listed) for p in self.cost}
        self.total = {p: sum(one.get(p, 0) for one in self.people) for p in self.cost}
        self.order = sorted(self.cost, key=self.tie_key)
        part = [p for p in self.order if self.takes_part(p)]
        self.free = [p for p in part if self.cost[p] == 0]
        self.candidates = [p for p in part if self.cost[p] > 0]

    def tie_key(self, p: str) -> tuple[int, ...]:
        final = list(self.election.tie_order) or sorted(self.cost)
        asked = {
            "max_votes": -self.votes[p],
            "min_cost": self.cost[p],
            "max_cost": -self.cost[p],
        }
        return (*(asked[tie] for tie in self.rule.ties), final.index(p))

    def takes_part(self, p: str) -> bool:
        return (
            self.votes[p] > 0
            and self.votes[p] >= self.election.limits.minimum_votes
            and self.cost[p] <= self.budget
            and (self.total[p] > 0 or self.cost[p] == 0)
        )

    def spent(self, winners: Iterable[str]) -> int:
        return sum(self.cost[p] for p in winners)

    def fits(self, winners: Iterable[str], p: str) -> bool:
        return self.spent(winners) + self.cost[p] <= self.budget

    def allowed(self, winners: Iterable[str]) -> bool:
        """Whether these may win together, whatever the whole budget says."""
        won, limits = set(winners), self.election.limits
        if any(len(won & conflict) > 1 for conflict in limits.conflicts):
            return False
        chosen = [p for p in self.election.projects if p.id in won]
        return all(
            sum(p.cost for p in chosen if name in p.categories) <= amount
            for name, amount in limits.categories.items()
        ) and all(
            sum(p.cost for p in chosen if name == p.district) <= amount
            for name, amount in limits.districts.items()
        )

    def open(self, winners: list[str]) -> list[str]:
        """Candidates that may still be added, whatever the whole budget says."""
        return [
            p
            for p in self.candidates
            if p not in winners and self.allowed([*winners, p])
        ]

    def start(self) -> Count:
        """What costs nothing and somebody supports wins at once, in tie order."""
        count = Count()
        for p in self.free:
            if self.allowed([*count.winners, p]):
                count.winners.append(p)
        return count


def people(election: Election, measure: Measure) -> Iterator[dict[str, Fraction]]:
    """What each project is worth to each person; not worth anything: not in the dict."""
    ballots, cost = election.ballots, [p.cost for p in election.projects]
    for g in range(len(ballots.people)):
        one: dict[str, Fraction] = {}
        places = list(range(int(ballots.starts[g]), int(ballots.starts[g + 1])))
        for n, place in enumerate(places):
            p = int(ballots.projects[place])
            points = Fraction(1)
            if election.kind in (Kind.CUMULATIVE, Kind.SCORING):
                points = Fraction(int(ballots.points[place]), ballots.points_scale)
            worth = {
                Measure.COST: cost[p] if points else 0,
                Measure.CARDINALITY: 1 if points else 0,
                Measure.BORDA: len(places) - n - 1,
                Measure.BORDA_ONE: len(places) - n,
                Measure.SCORE: points,
            }[measure]
            if worth:
                one[election.projects[p].id] = Fraction(worth)
        for _ in range(int(ballots.people[g])):
            yield one


# Equal shares


def equal_shares(vote: Vote) -> Count:
    """Every person gets the same; whoever supports a winner pays for it, in proportion
    to what it is worth to them, or all they have; the lowest rate is bought first.
    """
    completion = vote.rule.completion
    step = vote.election.scale  # one unit of the currency, for everybody
    endowment = Fraction(vote.budget, len(vote.people) or 1)
    count = buy(vote, endowment)
    while "add1" in completion and not finished(vote, count):
        more = buy(vote, endowment + step)
        if vote.spent(more.winners) > vote.budget:
            break
        endowment += step
        more.steps = count.steps + 1
        count = more
    count.endowment = endowment
    if "greedy" in completion:
        take_greedily(vote, count)
    return count


def finished(vote: Vote, count: Count) -> bool:
    """Whether more money is no longer given: nothing fits any more; or, with
    "over-budget", everything that may win has won.
    """
    still = vote.open(count.winners)
    if "over-budget" in vote.rule.completion:
        return not still
    return not any(vote.fits(count.winners, p) for p in still)


def buy(vote: Vote, endowment: Fraction) -> Count:
    count = vote.start()
    money = [endowment for _ in vote.people]
    while True:
        rates = {p: rate(vote, money, p) for p in vote.open(count.winners)}
        known = {p: r for p, r in rates.items() if r is not None}
        if not known:
            return count
        least = min(known.values())
        tied = [p for p in vote.order if known.get(p) == least]
        count.take(tied[0], least, tied)
        for i, one in enumerate(vote.people):
            money[i] -= min(money[i], least * one.get(tied[0], 0))


def rate(vote: Vote, money: list[Fraction], p: str) -> Fraction | None:
    """The r at which payments of min(money, r × worth) add up to the cost; or none."""
    cost = Fraction(vote.cost[p])
    paying = [
        (m, one[p]) for m, one in zip(money, vote.people, strict=True) if p in one
    ]
    if sum(m for m, _ in paying) < cost:
        return None
    paying.sort(key=lambda pair: pair[0] / pair[1])  # those who are short, first
    worth = sum(u for _, u in paying)
    for m, u in paying:
        r = cost / worth
        if r * u <= m:
            return r
        cost -= m
        worth -= u
    raise AssertionError("there was enough money")


# Greedy


def greedy(vote: Vote) -> Count:
    count = vote.start()
    take_greedily(vote, count)
    return count


def take_greedily(vote: Vote, count: Count) -> None:
    """The most worth for its cost among those that fit, until nothing fits."""
    while True:
        rates = {
            p: Fraction(vote.total[p]) / vote.cost[p]
            for p in vote.open(count.winners)
            if vote.fits(count.winners, p)
        }
        if not rates:
            return
        most = max(rates.values())
        tied = [p for p in vote.order if rates.get(p) == most]
        count.take(tied[0], most, tied)


# Phragmén


def phragmen(vote: Vote) -> Count:
    """Money flows to everybody at the same speed; a project is bought the moment its
    supporters have its cost, and they start from nothing again. It ends when something
    that could be bought does not fit.
    """
    count = vote.start()
    last = [Fraction(0) for _ in vote.people]  # when each had nothing
    while True:
        times = {p: time(vote, last, p) for p in vote.open(count.winners)}
        if not times:
            return count
        first = min(times.values())
        tied = [p for p in vote.order if times.get(p) == first]
        if not all(vote.fits(count.winners, p) for p in tied):
            return count
        count.take(tied[0], first, tied)
        for i, one in enumerate(vote.people):
            if tied[0] in one:
                last[i] = first


def time(vote: Vote, last: list[Fraction], p: str) -> Fraction:
    """The t at which t - last, over its supporters, adds up to the cost."""
    began = [t for t, one in zip(last, vote.people, strict=True) if p in one]
    return sum(began, Fraction(vote.cost[p])) / len(began)


# Max welfare


def max_welfare(vote: Vote) -> Count:
    """Of all sets that may win and fit, the one worth most to all together; of equal
    ones, that which has the first project of the tie order, then the second, …
    """
    part = [p for p in vote.order if p in vote.free or p in vote.candidates]
    sets = (
        chosen
        for many in range(len(part) + 1)
        for chosen in combinations(part, many)
        if vote.spent(chosen) <= vote.budget and vote.allowed(chosen)
    )
    best = max(
        sets,
        key=lambda chosen: (
            sum(vote.total[p] for p in chosen),
            [p in chosen for p in part],
        ),
    )
    return Count(winners=list(best))


# The same election, were something else


def with_cost(election: Election, p: str, cost: int) -> Election:
    """As if p cost that much, in the same units."""
    projects = (replace(q, cost=cost) if q.id == p else q for q in election.projects)
    return replace(election, projects=tuple(projects))


def with_more(election: Election, p: str, people: int) -> Election:
    """As if so many more people had come and supported p alone (approval ballots)."""
    ballots = election.ballots
    place = [q.id for q in election.projects].index(p)
    starts = [*ballots.starts.tolist(), len(ballots.projects) + 1]
    more = Ballots(
        starts=np.array(starts, np.int64),
        projects=np.array([*ballots.projects.tolist(), place], np.int32),
        people=np.array([*ballots.people.tolist(), people], np.int64),
        points=ballots.points,
        points_scale=ballots.points_scale,
    )
    return replace(election, ballots=more)
