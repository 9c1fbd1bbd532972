"""An election made ready for a rule: who takes part, utilities, ties, both indices."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from habaring.engines.counting._check import MOST_VOTERS
from habaring.engines.counting._outcome import Reason
from habaring.engines.counting._room import Limited, Room, limited
from habaring.engines.counting._values import Election, Kind, Measure, Rule

Ints: TypeAlias = NDArray[np.int64]

_COMMON = (Measure.COST, Measure.CARDINALITY)
_POINTS = (Kind.CUMULATIVE, Kind.SCORING)
_EACH: Ints = np.empty(0, np.int64)
"""No weights: every entry is worth the same."""


@dataclass(frozen=True, eq=False)
class Entries:
    """Who supports what, by ballot or by project.

    Of line i (a ballot, or a project): `to[starts[i]:starts[i + 1]]` are the positions
    on the other side, `utility` what each is worth to one person (empty where each
    project has one utility for all: `Prepared.utility`).
    """

    starts: Ints
    to: NDArray[np.int32]
    utility: Ints


@dataclass(frozen=True, eq=False)
class Prepared:
    """What every rule asks of an election. Lists are by a project's position.

    `votes`: people who support it (list it, with points > 0). `score`: their points
    (approval: `votes`; ordinal: Borda). `total`: utility by the rule's measure, all
    supporters together, in 1/`unit`. `utility`: what each supporter gains, where that
    is the same for all, else None. `rank`: place in the tie order, 0 wins; no two are
    equal. `free` (cost 0, win at once) and `candidates` (cost > 0) stand in tie order;
    all others are in `out` with the reason. `limits`: see `Room`.
    """

    election: Election
    rule: Rule
    costs: tuple[int, ...]
    votes: tuple[int, ...]
    score: tuple[int, ...]
    total: tuple[int, ...]
    utility: tuple[int, ...] | None
    rank: tuple[int, ...]
    free: tuple[int, ...]
    candidates: tuple[int, ...]
    out: Mapping[int, Reason]
    limits: Limited
    unit: int
    weights: Ints  # of every entry of the ballots as they came; 0: no support

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids by position."""
        return tuple(project.id for project in self.election.projects)

    @cached_property
    def voters(self) -> int:
        """How many people voted; those with an empty ballot are counted in."""
        return self.election.ballots.voters

    @property
    def people(self) -> Ints:
        """How many cast each ballot."""
        return self.election.ballots.people

    def room(self) -> Room:
        """An empty purse to buy from."""
        return Room(self.limits)

    @cached_property
    def by_ballot(self) -> Entries:
        """Every ballot's candidates that are worth something to it, in its order."""
        ballots = self.election.ballots
        if len(self.candidates) == len(self.costs) and not len(self.weights):
            return Entries(ballots.starts, ballots.projects, _EACH)
        part = np.zeros(len(self.costs), np.bool_)
        part[list(self.candidates)] = True
        keep = part[ballots.projects]
        if len(self.weights):
            keep &= self.weights > 0
        if keep.all():
            starts, to = ballots.starts, ballots.projects
        else:
            before = np.concatenate(([0], np.cumsum(keep)))
            starts, to = before[ballots.starts], ballots.projects[keep]
        if self.utility is not None:
            return Entries(starts, to, np.empty(0, np.int64))
        return Entries(starts, to, self.weights[keep])

    @cached_property
    def by_project(self) -> Entries:
        """Every candidate's supporters: ballots, ascending. Others have none."""
        rows, many = self.by_ballot, len(self.costs)
        if "numba" in sys.modules and not len(rows.utility):
            from habaring.engines.counting._turn import turned

            first, lines = turned(read_only(rows.starts), read_only(rows.to), many)
            return Entries(read_only(first), read_only(lines), rows.utility)
        order = np.argsort(rows.to.astype(np.uint16), kind="stable")  # a radix sort
        ballot = np.repeat(
            np.arange(len(self.people), dtype=np.int32), np.diff(rows.starts)
        )
        lengths = np.bincount(rows.to, minlength=many)
        starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
        utility = rows.utility[order] if len(rows.utility) else rows.utility
        return Entries(read_only(starts), read_only(ballot[order]), utility)


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """A view nobody writes to: loops are compiled once for each kind of array."""
    array = np.ascontiguousarray(array)[:]
    array.flags.writeable = False
    return array


def prepare(election: Election, rule: Rule) -> Prepared:
    """Everything that does not depend on the course of the count.

    The election has passed `check`. A project takes part when somebody supports it,
    enough people do, and it is not dearer than the whole budget.
    """
    costs = tuple(project.cost for project in election.projects)
    weights = _weights(election, rule.measure)
    points = election.ballots.points if election.kind in _POINTS else _EACH
    votes = _sums(election, (points > 0).astype(np.int64))
    score = _score(election, votes)
    utility: tuple[int, ...] | None = None
    if rule.measure in _COMMON:
        utility = costs if rule.measure == Measure.COST else (1,) * len(costs)
        total = tuple(u * v for u, v in zip(utility, votes, strict=True))
    else:
        total = _sums(election, weights)
    rank = tie_ranks(election, rule, costs, votes)
    out = _out(election, costs, votes, total)
    order = sorted(set(range(len(costs))) - set(out), key=rank.__getitem__)
    return Prepared(
        election=election,
        rule=rule,
        costs=costs,
        votes=votes,
        score=score,
        total=total,
        utility=utility,
        rank=rank,
        free=tuple(p for p in order if not costs[p]),
        candidates=tuple(p for p in order if costs[p]),
        out=out,
        limits=limited(election),
        unit=election.ballots.points_scale if rule.measure == Measure.SCORE else 1,
        weights=weights,
    )


def tie_ranks(
    election: Election, rule: Rule, costs: tuple[int, ...], votes: tuple[int, ...]
) -> tuple[int, ...]:
    """Each project's place when all is equal: the rule's ties, then the tie order."""
    ids = [project.id for project in election.projects]
    last = {id_: n for n, id_ in enumerate(election.tie_order or sorted(ids))}
    asked = {
        "max_votes": lambda p: -votes[p],
        "min_cost": lambda p: costs[p],
        "max_cost": lambda p: -costs[p],
    }
    order = sorted(
        range(len(ids)),
        key=lambda p: (*(asked[tie](p) for tie in rule.ties), last[ids[p]]),
    )
    ranks = [0] * len(ids)
    for n, p in enumerate(order):
        ranks[p] = n
    return tuple(ranks)


def _weights(election: Election, measure: Measure) -> Ints:
    """What every entry of the ballots is worth; empty: each the same, and something."""
    ballots = election.ballots
    if measure in (Measure.BORDA, Measure.BORDA_ONE):
        return _borda(election) + (measure == Measure.BORDA_ONE)
    return ballots.points if election.kind in _POINTS else _EACH


def _borda(election: Election) -> Ints:
    """How many places stand behind each entry on its ballot: the last gets 0."""
    ballots = election.ballots
    after = np.repeat(ballots.starts[1:], np.diff(ballots.starts))
    return after - np.arange(len(ballots.projects)) - 1


def _score(election: Election, votes: tuple[int, ...]) -> tuple[int, ...]:
    if election.kind == Kind.ORDINAL:
        return _sums(election, _borda(election))
    if election.kind in _POINTS:
        return _sums(election, election.ballots.points)
    return votes


def _sums(election: Election, weights: Ints) -> tuple[int, ...]:
    """Of each project: people × weight of every entry, exact whatever their size."""
    ballots, many = election.ballots, len(election.projects)
    most = int(weights.max()) if len(weights) else 1
    small = most * ballots.voters < MOST_VOTERS
    if small and "numba" in sys.modules:
        from habaring.engines.counting._turn import summed

        starts, to = read_only(ballots.starts), read_only(ballots.projects)
        people, weights = read_only(ballots.people), read_only(weights)
        return tuple(summed(starts, to, people, weights, many).tolist())
    people = np.repeat(ballots.people, np.diff(ballots.starts))
    if small:
        each = people * weights if len(weights) else people
        sums = np.bincount(ballots.projects, each, many)
        return tuple(map(int, sums.tolist()))
    exact = [0] * many
    for p, n, weight in zip(
        ballots.projects.tolist(), people.tolist(), weights.tolist(), strict=True
    ):
        exact[p] += n * weight
    return tuple(exact)


def _out(
    election: Election,
    costs: tuple[int, ...],
    votes: tuple[int, ...],
    total: tuple[int, ...],
) -> dict[int, Reason]:
    """Those that take no part, each with the first reason that holds."""
    out: dict[int, Reason] = {}
    for p, cost in enumerate(costs):
        if not votes[p] or (cost and not total[p]):
            out[p] = Reason.NO_SUPPORT
        elif votes[p] < election.limits.minimum_votes:
            out[p] = Reason.BELOW_MINIMUM
        elif cost > election.budget:
            out[p] = Reason.DEARER_THAN_BUDGET
    return out
