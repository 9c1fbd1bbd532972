"""What would have made a losing project win: another cost, or more votes. Exact.

A project that never wins changes nothing for the others. So with another cost it would
have come first in some round exactly when its rate there is below the winner's (or, at
the end, when its supporters have the cost together); one more run tells of all losers.
Votes are recounted. Compare Boehmer, Faliszewski, Janeczko, Peters, Pierczyński,
Schierreich, Skowron, Szufa: Evaluation of Project Performance in Participatory
Budgeting, IJCAI 2024 (cost-reduction, add-singletons).
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from habaring.engines.counting._equal_shares import Run, Table, fits
from habaring.engines.counting._outcome import Outcome
from habaring.engines.counting._prepare import Prepared, prepare
from habaring.engines.counting._values import (
    Ballots,
    Completion,
    Election,
    Kind,
    Measure,
)

FAR = 1e300
BOUGHT = 1
MOST_RECOUNTED = 20_000_000
"""Entries on ballots × losing projects; with add1 each stands for a hundred."""


def explained(
    prepared: Prepared, outcome: Outcome, recount: Callable[[Prepared], Outcome]
) -> Outcome:
    """The same outcome; stories of losing candidates with `max_cost` (without add1) and
    `votes_needed` (approval ballots; not where that would take minutes).

    `recount` is how the outcome came about.
    """
    stories = dict(outcome.stories)
    losers = [p for p in prepared.candidates if not stories[prepared.ids[p]].won]
    if outcome.rule.completion == Completion.NONE and fits(prepared):
        for p, cost in max_costs(prepared, losers).items():
            id_ = prepared.ids[p]
            stories[id_] = replace(stories[id_], max_cost=Fraction(cost))
    if _may_recount(prepared, losers):
        for p in losers:
            id_ = prepared.ids[p]
            votes = votes_needed(prepared, p, recount)
            stories[id_] = replace(stories[id_], votes_needed=votes)
    return replace(outcome, stories=stories)


def max_costs(prepared: Prepared, losers: list[int]) -> dict[int, int]:
    """Of losing candidates, the largest whole cost at which each would have won.

    Equal shares without completion. In floats for all rounds first; then exactly, from
    the most promising round on (a tie that would be lost there may make it worthless).
    """
    table = Table(prepared)
    run = table.run(0)
    rates = _rates(run)
    floats = np.array([list(_reaches(run, losers, float(rate))) for rate in _each(run, rates)])  # fmt: skip
    floats = floats.reshape(len(rates) + 1, len(losers))
    losers = [p for p, cost in zip(losers, floats[0], strict=True) if cost >= 0]
    floats = floats[:, floats[0] >= 0]
    found = np.zeros(len(losers), np.int64)
    while (open_ := floats.max(axis=0) + 2 > found).any():
        best = floats.max(axis=0)
        for t, rate in enumerate(_each(run, rates)):
            near = open_ & (floats[t] >= best * (1 - 1e-9) - 2) & (floats[t] >= 0)
            for i in np.flatnonzero(near).tolist():
                cost = _largest(run, losers[i], rate, t)
                found[i] = max(found[i], cost)
                floats[t, i] = -FAR
    return dict(zip(losers, found.tolist(), strict=True))


def _rates(run: Run) -> list[Any]:
    """The exact rate of every purchase."""
    worth = run.table.field.worth
    order = run.table.state.order
    prices = run.exact.prices()
    return [price / int(worth[order[k]]) for k, price in enumerate(prices)]


def _each(run: Run, rates: list[Any]) -> Iterator[Any]:
    """Play again, and stop before every purchase (its rate), and at the end (FAR)."""
    run.play(-1)
    for rate in rates:
        yield rate
        run.go(run.spent)
    yield FAR


def _reaches(run: Run, losers: list[int], rate: float) -> Iterator[float]:
    """In floats, what each might cost here; below 0 where a winner excludes it."""
    from habaring.engines.counting import _kernels

    field, state = run.table.field, run.table.state
    by_cost = int(_by_cost(run))
    rivals = run.table.prepared.limits.rivals
    won = set(run.table.free) | set(np.flatnonzero(state.status == BOUGHT).tolist())
    for p in losers:
        if rivals and not won.isdisjoint(rivals[p]):
            yield -FAR
        else:
            reach = _kernels.reach(field, state.money, p, rate, by_cost)
            yield min(reach, float(_purse(run, p)))


def _by_cost(run: Run) -> bool:
    return run.table.prepared.rule.measure == Measure.COST


def _purse(run: Run, p: int) -> int:
    """The money left for p where its category or district limits it."""
    purses = run.table.prepared.limits.purses
    amounts = run.table.state.amounts
    left = [int(amounts[purse]) for purse in (purses[p] if purses else ())]
    return min(left, default=run.table.prepared.election.budget)


def _largest(run: Run, p: int, rate: Any, t: int) -> int:
    """The largest whole cost at which p is bought before purchase t (or at the end)."""
    from habaring.engines.counting import _kernels

    field, state, by_cost = run.table.field, run.table.state, _by_cost(run)
    guess = _kernels.reach(field, state.money, p, float(rate), int(by_cost))
    exact = run.exact
    exact.prices()
    last = rate is FAR
    cost, ties = exact.reach(p, None if last else rate, guess, by_cost=by_cost)
    whole = min(int(cost // 1), _purse(run, p))
    if not ties:
        return whole
    first = int(state.order[t])
    wins = _wins_tie(run.table.prepared, p, first)
    if by_cost and exact.level(p, rate):
        rival = run.table.prepared.costs[first]
        tries = (whole, rival, rival - 1)
        return next((c for c in tries if c <= whole and wins(c)), 0)
    return whole if whole < cost or wins(whole) else whole - 1


def _wins_tie(prepared: Prepared, p: int, first: int) -> Callable[[int], bool]:
    """Whether p, at a cost, comes before the one that was bought, at the same rate."""
    bar = _tie_key(prepared, first, prepared.costs[first])
    return lambda cost: _tie_key(prepared, p, cost) < bar


def _tie_key(prepared: Prepared, p: int, cost: int) -> tuple[int, ...]:
    """As `tie_ranks`, were p's cost another."""
    election = prepared.election
    order = election.tie_order or sorted(prepared.ids)
    asked = {"max_votes": -prepared.votes[p], "min_cost": cost, "max_cost": -cost}
    ties = (asked[tie] for tie in prepared.rule.ties)
    return (*ties, order.index(prepared.ids[p]))


def _may_recount(prepared: Prepared, losers: list[int]) -> bool:
    election = prepared.election
    runs = 100 if "add1" in prepared.rule.completion else 1
    work = len(election.ballots.projects) * len(losers) * runs
    approvals = election.kind in (Kind.APPROVAL, Kind.CHOOSE_ONE)
    return approvals and work <= MOST_RECOUNTED and prepared.voters > 0


def votes_needed(
    prepared: Prepared, p: int, recount: Callable[[Prepared], Outcome]
) -> int | None:
    """How many more people, who support p alone, make it win: with that many it wins,
    with one fewer it does not. None: not even with nine times as many voters.

    More of them are not always better where add1 or a limit comes in.
    """

    def wins(people: int) -> bool:
        more = with_more(prepared.election, p, people)
        return prepared.ids[p] in recount(prepared_again(more, prepared)).winners

    low, high = 0, 1
    while not wins(high):
        low, high = high, 2 * high
        if high > 8 * prepared.voters:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if wins(middle) else (middle, high)
    return high


def prepared_again(election: Election, prepared: Prepared) -> Prepared:
    """Another election by the same rule."""
    return prepare(election, prepared.rule)


def with_more(election: Election, p: int, people: int) -> Election:
    """As if so many more people had come and supported p alone."""
    ballots = election.ballots
    more = Ballots(
        starts=_and(ballots.starts, len(ballots.projects) + 1),
        projects=_and(ballots.projects, p),
        people=_and(ballots.people, people),
        points=ballots.points,
        points_scale=ballots.points_scale,
    )
    return replace(election, ballots=more)


def _and(array: NDArray[Any], value: int) -> NDArray[Any]:
    return np.append(array, np.array([value], array.dtype))
