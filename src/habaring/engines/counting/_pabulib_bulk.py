"""All votes of a Pabulib file at once, for sections in which nothing is odd.

Anything odd gives None, and the section is read row by row, which says what and where.
Identical ballots are found by a 64-bit hash of their content; those that share a hash
are compared entry by entry, so a collision cannot join two different ballots.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import repeat
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from habaring.engines.counting._pabulib_votes import (
    Groups,
    Key,
    Reading,
    ballots_of,
    read_only,
)
from habaring.engines.counting._values import Ballots, Kind

_ODD = ('"', "META", "PROJECTS", "VOTES")
_MIX = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


def ballots_at_once(text: str, reading: Reading) -> Ballots | None:
    """The ballots of the rows in `text` (below the heading); None if anything is odd."""
    if any(word in text for word in _ODD):
        return None
    rows = text.replace("\r\n", "\n").split("\n")
    if rows[-1] == "":
        rows.pop()
    columns = reading.columns
    if not rows or set(map(str.count, rows, repeat(";"))) != {len(columns) - 1}:
        return None
    voters = set(map(str.strip, _cells(rows, columns.index("voter_id"))))
    if len(voters) != len(rows) or "" in voters:
        return None
    del voters
    votes = _cells(rows, columns.index("vote"))
    if reading.pointed:
        points = _cells(rows, columns.index("points"))
        return _with_points(Counter(zip(votes, points, strict=True)), reading)
    return _without_points(Counter(votes), reading)


def _cells(rows: Sequence[str], at: int) -> list[str]:
    """One column. The split rows are not kept: many small lists are slow to watch."""
    split = map(str.split, rows, repeat(";"), repeat(at + 1))
    return list(map(itemgetter(at), split))


def _with_points(said: Counter[tuple[str, str]], reading: Reading) -> Ballots | None:
    people: dict[Key, int] = {}
    for (vote, points), count in said.items():
        key, odd = reading.ballot(vote.strip(), points.strip())
        if odd:
            return None
        people[key] = people.get(key, 0) + count
    return ballots_of(Groups(people, said.total()), pointed=True)


def _without_points(said: Counter[str], reading: Reading) -> Ballots | None:
    votes = list(said)
    people = np.fromiter(said.values(), np.int64, len(votes))
    sizes = np.fromiter(map(str.count, votes, repeat(",")), np.int64, len(votes)) + 1
    names = ",".join(votes).split(",")
    if "" in said:
        empty = votes.index("")
        sizes[empty] = 0
        del names[int(sizes[:empty].sum())]
    try:
        entries = _positions(names, reading)
    except KeyError:
        return None
    starts = _starts(sizes)
    owner = np.repeat(np.arange(len(votes)), sizes)
    many = max(1, len(reading.index))
    by_position = np.sort(owner * many + entries)
    if (by_position[1:] == by_position[:-1]).any() or not _fits(
        sizes, entries, starts, reading
    ):
        return None
    if reading.kind != Kind.ORDINAL:
        entries = by_position - owner * many
    return _grouped(starts, entries, people)


def _positions(names: Sequence[str], reading: Reading) -> NDArray[np.int64]:
    index = reading.index
    try:
        return np.fromiter(map(index.__getitem__, names), np.int64, len(names))
    except KeyError:
        stripped = map(str.strip, names)
        return np.fromiter(map(index.__getitem__, stripped), np.int64, len(names))


def _starts(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    starts = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=starts[1:])
    return starts


def _fits(
    sizes: NDArray[np.int64],
    entries: NDArray[np.int64],
    starts: NDArray[np.int64],
    reading: Reading,
) -> bool:
    """Whether every ballot keeps to what META asks."""
    bounds = reading.bounds
    most = 1 if reading.kind == Kind.CHOOSE_ONE else bounds.max_length
    if most is not None and bounds.max_length is not None:
        most = min(most, bounds.max_length)
    if most is not None and sizes.max(initial=0) > most:
        return False
    least = bounds.min_length
    if least is not None and ((sizes > 0) & (sizes < least)).any():
        return False
    if bounds.max_sum_cost is None:
        return True
    cost = np.zeros(len(entries) + 1, np.int64)
    np.cumsum(np.array(reading.costs, np.int64)[entries], out=cost[1:])
    return bool((np.diff(cost[starts]) <= bounds.max_sum_cost).all())


def _grouped(
    starts: NDArray[np.int64], entries: NDArray[np.int64], people: NDArray[np.int64]
) -> Ballots:
    """Ballots that were written differently but say the same are joined."""
    sizes = np.diff(starts)
    place = np.arange(len(entries)) - np.repeat(starts[:-1], sizes)
    total = np.zeros(len(entries) + 1, np.uint64)
    np.cumsum(_hash(entries * 65_521 + place), out=total[1:])  # may wrap around
    content = total[starts[1:]] - total[starts[:-1]]
    order = np.argsort(content, kind="stable")
    same = content[order[1:]] == content[order[:-1]]
    keep = np.ones(len(people), np.bool_)
    if same.any():
        joined = people.copy()
        shared = np.zeros(len(people), np.bool_)
        shared[order[1:][same]] = shared[order[:-1][same]] = True
        first: dict[tuple[int, ...], int] = {}
        for g in np.flatnonzero(shared).tolist():
            key = tuple(entries[starts[g] : starts[g + 1]].tolist())
            at = first.setdefault(key, g)
            if at != g:
                joined[at] += people[g]
                keep[g] = False
        people = joined[keep]
        entries = entries[np.repeat(keep, sizes)]
        starts = _starts(sizes[keep])
    none = np.empty(0, np.int64)
    return read_only(Ballots(starts, entries.astype(np.int32), people, none))


def _hash(values: NDArray[np.int64]) -> NDArray[np.uint64]:
    """The mixing steps of splitmix64 (Steele, Lea and Flood, 2014)."""
    step, one, two = (np.uint64(number) for number in _MIX)
    mixed = values.astype(np.uint64) * step
    mixed = (mixed ^ (mixed >> np.uint64(30))) * one
    mixed = (mixed ^ (mixed >> np.uint64(27))) * two
    result: NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(31))
    return result
