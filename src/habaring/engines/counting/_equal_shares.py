"""The method of equal shares, exact, in compiled loops.

Every voter gets the same money. A project is bought when its supporters have its cost
together; each pays in proportion to what it is worth to them, or all they have. The one
whose supporters pay least for a unit of worth (the lowest `rate`) is bought first.
Source: Peters, Pierczyński, Skowron: Proportional Participatory Budgeting with Additive
Utilities, NeurIPS 2021; completions: equalshares.net. Conventions as pabutools 1.2.

`_kernels` has the loops, `_exact` the fractions, `_add1` the completion by steps.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from habaring.engines.counting._course import Course, Extra
from habaring.engines.counting._exact import Exact, doubled, fraction
from habaring.engines.counting._greedy import spend
from habaring.engines.counting._outcome import Outcome, Round
from habaring.engines.counting._plain import plain_equal_shares
from habaring.engines.counting._prepare import Prepared
from habaring.engines.counting._values import Completion, Measure

if TYPE_CHECKING:
    from habaring.engines.counting._kernels import Field, State

MOST = 2**53
"""Money and counts above this are left to the plain path: floats skip whole numbers."""
MOST_PEOPLE = 2**31
MOST_PROJECTS = 4_096

DONE, ASK, OVER = 0, 1, 2
ROUNDS, SPENT = 0, 1
WAITING, BARRED, OUT = 0, 3, 4
NOTHING = np.empty(0)


def fits(prepared: Prepared) -> bool:
    """Whether the loops can count this; else the plain path must."""
    ballots, part = prepared.election.ballots, prepared.candidates
    scale = prepared.election.scale
    return (
        prepared.voters > 0
        and len(prepared.costs) <= MOST_PROJECTS
        and int(ballots.people.max()) < MOST_PEOPLE
        and (not len(prepared.weights) or int(prepared.weights.max()) < MOST_PEOPLE)
        and prepared.election.budget + scale * prepared.voters < MOST
        and sum(prepared.costs[p] for p in part) < MOST
        and all(prepared.total[p] < MOST * (prepared.costs[p] or 1) for p in part)
        and (prepared.utility is not None or max(prepared.total, default=0) < MOST)
    )


def equal_shares(
    prepared: Prepared, *, progress: Callable[[int], None] | None = None
) -> Outcome:
    """The whole rule, with its completion. `progress` is told the steps of add1."""
    completion = prepared.rule.completion
    table = Table(prepared)
    steps: int | None = 0
    if completion not in (Completion.NONE, Completion.GREEDY):
        from habaring.engines.counting._add1 import last_step

        steps = last_step(table, progress=progress)
    if steps is None:
        return plain_equal_shares(prepared, progress)
    run = table.run(steps)
    course = Course(prepared)
    for told, project, tied in run.rounds():
        course.buy(project, told, tied)
    course.lose_others()
    if completion.endswith(Completion.GREEDY):
        spend(course, "completion")
    extra = Extra(prices=run.paid(), money_left=run.money_left())
    return course.outcome(endowment=run.endowment, steps=steps, extra=extra)


class Table:
    """A prepared election laid out for the loops; one at a time plays on it."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        course = Course(prepared)  # what is free wins first, and may exclude others
        self.free = course.room.taken
        self.amounts = np.array(course.room.amounts, np.int64)
        barred = {p for p in prepared.candidates if course.room.barred(p)}
        self.field = _field(prepared, barred, self.amounts)

    @cached_property
    def state(self) -> "State":
        """Room for a run."""
        return _state(self.field)

    def endowment(self, steps: int) -> Fraction:
        """What every voter has after so many steps of add1."""
        election = self.prepared.election
        return Fraction(election.budget, self.prepared.voters) + steps * election.scale

    def run(self, steps: int, most: float = np.inf) -> "Run":
        """Play with that endowment, until more than `most` is spent."""
        run = Run(self, self.endowment(steps))
        run.play(most)
        return run


class Run:
    """One run of equal shares, played to its end on the table's state."""

    def __init__(self, table: Table, endowment: Fraction) -> None:
        self.table, self.endowment = table, endowment
        self.exact = Exact(table.field, table.state, endowment)
        self.over = False

    @property
    def status(self) -> NDArray[np.int64]:
        """Of every project, as in `_kernels`."""
        return self.table.state.status

    def play(self, most: float) -> None:
        """From the beginning until more than `most` is spent or all is done."""
        from habaring.engines.counting import _kernels

        x, x_low, _ = doubled(self.exact.endowment)
        _kernels.begin(self.table.field, self.table.state, x, x_low)
        self.go(most)

    def go(self, most: float) -> None:
        """Let the loops run on; settle in fractions what they ask."""
        from habaring.engines.counting import _kernels

        field, state = self.table.field, self.table.state
        forced, given = -1, NOTHING
        while True:
            how = _kernels.play(field, state, most, forced, given)
            if how != ASK:
                self.over = how == OVER
                return
            state.decided[:] = 0
            price = self.exact.settle()
            forced, given = -1, NOTHING
            if price is not None:
                forced, given = price.project, np.array(doubled(price.price))

    @property
    def spent(self) -> int:
        """Units, in all."""
        return int(self.table.state.told[SPENT])

    def rounds(self) -> Iterator[tuple[Round, int, list[int]]]:
        """Every purchase, as told (without its number), its project, and who stood equal."""
        table, state, prices = self.table, self.table.state, self.exact.prices()
        prepared = table.prepared
        order = state.order[: len(prices)].tolist()
        for k, p in enumerate(order):
            counts = state.counts[k, :k]
            rest = int(state.rest[k])
            told = Round(
                number=0,
                project="",
                phase="main",
                rate=fraction(prices[k] * prepared.unit / int(table.field.worth[p])),
                full=int(state.payers[k]),
                weight=int(state.full[k]),
                rest=rest,
                from_rest=fraction(self.exact.owned(rest, counts)),
                paid_before={
                    prepared.ids[order[t]]: int(counts[t])
                    for t in np.flatnonzero(counts).tolist()
                },
            )
            tied = np.flatnonzero(state.tied[k]).tolist()
            yield told, p, [q for q in tied if q != p]

    def paid(self) -> dict[int, Fraction]:
        """What a supporter with enough money paid, where that is the same for all."""
        if self.table.prepared.utility is None:
            return {}
        order = self.table.state.order
        return {
            int(order[k]): fraction(price)
            for k, price in enumerate(self.exact.prices())
        }

    def money_left(self) -> dict[int, Fraction]:
        """What the supporters of each candidate have left at the end."""
        from habaring.engines.counting import _kernels

        field = self.table.field
        paid = np.zeros((len(field.cost), len(self.exact.prices()) + 1), np.int64)
        _kernels.remains(field, self.table.state, paid)
        part = self.table.prepared.candidates
        return dict(zip(part, self.exact.owned_by_each(paid[list(part)]), strict=True))


def _field(prepared: Prepared, barred: set[int], amounts: NDArray[np.int64]) -> "Field":
    from habaring.engines.counting._kernels import Field

    rows, columns = prepared.by_ballot, prepared.by_project
    people = prepared.people
    uniform = prepared.utility is not None
    by_cost = prepared.rule.measure == Measure.COST
    over = [1 if by_cost else cost for cost in prepared.costs]
    under = prepared.votes if uniform else prepared.total
    rivals, purses = prepared.limits.rivals, prepared.limits.purses
    rival_starts, rival = _lists([sorted(some) for some in rivals], len(over))
    purse_starts, purse = _lists(purses, len(over))
    field = Field(
        starts=columns.starts,
        ballots=columns.to,
        people=people[columns.to].astype(np.int32),
        units=columns.utility.astype(np.int32),
        lines=rows.starts,
        listed=rows.to,
        worths=rows.utility.astype(np.int32),
        voters=people,
        cost=np.array(prepared.costs, np.int64),
        votes=np.array(prepared.votes, np.float64),
        worth=np.array(prepared.costs if by_cost else [1] * len(over), np.float64),
        over=np.array(over, np.float64),
        under=np.maximum(np.array(under, np.float64), 1),
        rank=np.array(prepared.rank, np.int64),
        status=_begin(prepared, barred),
        rival_starts=rival_starts,
        rivals=rival,
        purse_starts=purse_starts,
        purses=purse,
        amounts=amounts,
    )
    return Field(*[_fixed(array) for array in field])


def _fixed(array: NDArray[Any]) -> NDArray[Any]:
    """Read-only, as numba compiles anew for every kind of array."""
    array = array.view()
    array.flags.writeable = False
    return array


def _begin(prepared: Prepared, barred: set[int]) -> NDArray[np.int64]:
    status = np.full(len(prepared.costs), OUT)
    status[list(prepared.candidates)] = WAITING
    status[list(barred)] = BARRED
    return status


def _lists(rows: Any, many: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if not len(rows):
        return np.zeros(many + 1, np.int64), np.empty(0, np.int64)
    starts = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    return starts, np.array([item for row in rows for item in row], np.int64)


def _state(field: "Field") -> "State":
    from habaring.engines.counting._kernels import State

    p, g = len(field.cost), len(field.voters)
    most = int(np.diff(field.starts).max(initial=0))

    def ints(n: int) -> NDArray[np.int64]:
        return np.zeros(n, np.int64)

    return State(
        money=np.empty(g),
        bound=np.zeros(p),
        floor=np.zeros(p),
        ceiling=np.zeros(p),
        status=ints(p),
        at=ints(p),
        order=ints(p),
        high=np.zeros(p),
        low=np.zeros(p),
        off=np.zeros(p),
        full=ints(p),
        rest=ints(p),
        payers=ints(p),
        counts=np.empty((p, p), np.int64),
        tied=np.zeros((p, p), np.int8),
        asked=ints(p),
        decided=np.zeros(g, np.int8),
        killed=np.empty(most, np.int32),
        even=np.empty(most, np.int32),
        top=np.empty(g),
        slow=np.empty(g),
        amounts=np.empty_like(field.amounts),
        told=np.zeros(14),
    )
