"""Elections made for the counting benchmark, seeded: a million voters, many villages."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from habaring.engines.counting import Ballots, Election, Kind, Project

MILLION = 1_000_000


def million(real: Election, voters: int = MILLION, projects: int = 200) -> Election:
    """As if many more people had voted on more projects as they did in a real election.

    Costs and popularity of projects are drawn from the real ones (popularity ± 30 %), a
    ballot's length from the real lengths; what is on it is drawn by popularity without
    repetition. The budget grows with the projects.
    """
    rng = np.random.default_rng(20_261_122)
    ballots = real.ballots
    lengths = np.repeat(np.diff(ballots.starts), ballots.people)
    popular = np.bincount(
        ballots.projects,
        np.repeat(ballots.people, np.diff(ballots.starts)),
        len(real.projects),
    )
    like = rng.integers(0, len(real.projects), projects)
    weight = popular[like] * rng.uniform(0.7, 1.3, projects)
    costs = [real.projects[k].cost for k in like.tolist()]
    rows = _drawn(rng, rng.choice(lengths, voters), weight)
    return replace(
        real,
        budget=real.budget * projects // len(real.projects),
        projects=tuple(Project(f"P{n:03}", cost) for n, cost in enumerate(costs)),
        ballots=_grouped(rows),
        tie_order=(),
    )


def _drawn(
    rng: np.random.Generator, lengths: NDArray[np.int64], weight: NDArray[np.float64]
) -> NDArray[np.int16]:
    """A row a voter: positions, ascending, filled up with -1 in front."""
    most, many = int(lengths.max()), len(weight)
    rows = np.full((len(lengths), most), -1, np.int16)
    for a in range(0, len(lengths), 20_000):
        some = lengths[a : a + 20_000]
        keys = rng.exponential(1.0, (len(some), many)) / weight
        first = np.argpartition(keys, most, axis=1)[:, :most]
        order = np.argsort(np.take_along_axis(keys, first, axis=1), axis=1)
        chosen = np.take_along_axis(first, order, axis=1)
        chosen[np.arange(most) >= some[:, None]] = -1
        rows[a : a + len(some)] = np.sort(chosen, axis=1)
    return rows


def _grouped(rows: NDArray[np.int16]) -> Ballots:
    packed = np.ascontiguousarray(rows).view([("", rows.dtype)] * rows.shape[1])
    _, first, people = np.unique(packed.ravel(), return_index=True, return_counts=True)
    distinct = rows[first]
    listed = distinct >= 0
    starts = np.concatenate(([0], np.cumsum(listed.sum(axis=1)))).astype(np.int64)
    return Ballots(
        starts=starts,
        projects=distinct[listed].astype(np.int32),
        people=people.astype(np.int64),
        points=np.empty(0, np.int64),
    )


def villages(
    many: int, first: int = 0, voters: int = 300, projects: int = 15
) -> Iterator[bytes]:
    """One .pb text a village: approval of 1 to 5 projects, budgets of 0.2 to 1.5
    billion rupiah, costs from 2 % to 40 % of the budget in steps of 100,000.
    """
    for seed in range(first, first + many):
        rng = np.random.default_rng(seed)
        budget = int(rng.integers(2_000, 15_000)) * 100_000
        parts = rng.uniform(0.02, 0.4, projects)
        costs = np.maximum(1, (parts * budget / 100_000).astype(np.int64)) * 100_000
        weight = rng.uniform(0.05, 1.0, projects) ** 2
        rows = _drawn(rng, rng.integers(1, 6, voters), weight)
        ids = [f"p{n}" for n in range(1, projects + 1)]
        lines = [
            "META",
            "key;value",
            f"description;Village {seed}",
            f"num_projects;{projects}",
            f"num_votes;{voters}",
            f"budget;{budget}",
            f"vote_type;{Kind.APPROVAL}",
            "PROJECTS",
            "project_id;cost",
            *(f"{id_};{cost}" for id_, cost in zip(ids, costs.tolist(), strict=True)),
            "VOTES",
            "voter_id;vote",
            *(
                f"{n};{','.join(ids[p] for p in row if p >= 0)}"
                for n, row in enumerate(rows.tolist(), 1)
            ),
        ]
        yield ("\n".join(lines) + "\n").encode()
