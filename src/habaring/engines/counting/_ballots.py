"""Ballots from one row a person: identical ones are put together."""

from collections.abc import Iterable, Sequence

import numpy as np

from habaring.engines.counting._values import Ballots, Kind


def gather(
    kind: Kind,
    rows: Iterable[tuple[Sequence[int], Sequence[int]]],
    *,
    points_scale: int = 1,
) -> Ballots:
    """Distinct ballots, in the order in which each first came.

    A row has the positions of projects (ordinal: best first; a repetition counts once,
    where it first stands) and, for cumulative and scoring ballots, their points in
    1/`points_scale`; else no points.
    """
    seen: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
    for projects, points in rows:
        given: dict[int, int] = {}
        for p, worth in zip(projects, points or projects, strict=True):
            given.setdefault(p, worth)
        order = list(given) if kind == Kind.ORDINAL else sorted(given)
        key = tuple(order), tuple(given[p] for p in order) if points else ()
        seen[key] = seen.get(key, 0) + 1
    arrays = (
        np.cumsum([0, *(len(listed) for listed, _ in seen)], dtype=np.int64),
        np.array([p for listed, _ in seen for p in listed], np.int32),
        np.array(list(seen.values()), np.int64),
        np.array([n for _, points in seen for n in points], np.int64),
    )
    for array in arrays:
        array.flags.writeable = False
    return Ballots(*arrays, points_scale=points_scale)
