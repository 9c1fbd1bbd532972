"""The VOTES of a Pabulib file, grouped: identical ballots stand once.

Row by row, which says on which line something is wrong; `_pabulib_bulk` gives the same
ballots sooner.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain, repeat
from typing import TypeAlias

import numpy as np

from habaring.engines.counting._pabulib_text import (
    Amount,
    Found,
    Lines,
    amount,
    heading_of,
    records,
    scaled,
)
from habaring.engines.counting._values import Ballots, Kind

Key: TypeAlias = tuple[tuple[int, ...], tuple[Amount, ...]]
"""A ballot without regard to who cast it: projects, and points where it has them."""

Oddity: TypeAlias = tuple[str, str, dict[str, object]]
"""How bad ("wrong", "mended", "noted"), a code of `SENTENCES`, its values."""


@dataclass(frozen=True)
class Bounds:
    """What META asks of a ballot; None where it asks nothing. Money in units."""

    min_length: int | None = None
    max_length: int | None = None
    min_sum_points: int | None = None
    max_sum_points: int | None = None
    max_sum_cost: int | None = None


@dataclass(frozen=True)
class Reading:
    """What is known when the votes begin. `costs` by position, in units."""

    kind: Kind
    index: Mapping[str, int]
    costs: tuple[int, ...]
    bounds: Bounds
    columns: tuple[str, ...]

    @property
    def pointed(self) -> bool:
        """Whether ballots give points."""
        return self.kind in (Kind.CUMULATIVE, Kind.SCORING)

    def ballot(self, vote: str, points: str) -> tuple[Key, list[Oddity]]:
        """One ballot as its cells say it, and what is odd about it."""
        odd: list[Oddity] = []
        names = [name.strip() for name in vote.split(",")] if vote else []
        given = [p.strip() for p in points.split(",")] if points else []
        if self.pointed and len(given) != len(names):
            values: dict[str, object] = {"points": len(given), "projects": len(names)}
            return ((), ()), [("wrong", "points_missing", values)]
        self._check_length(len(names), odd)
        entries = self._entries(names, given if self.pointed else [], odd)
        if self.kind == Kind.CHOOSE_ONE and len(entries) > 1:
            odd.append(("mended", "choose_one", {"found": len(entries)}))
            entries = {}
        self._check_sums(entries, odd)
        if self.pointed:  # no points are no support
            entries = {at: worth for at, worth in entries.items() if worth[0]}
        order = tuple(entries) if self.kind == Kind.ORDINAL else tuple(sorted(entries))
        worths = tuple(entries[at] for at in order) if self.pointed else ()
        return (order, worths), odd

    def _entries(
        self, names: list[str], given: list[str], odd: list[Oddity]
    ) -> dict[int, Amount]:
        entries: dict[int, Amount] = {}
        for name, worth in zip(names, given or repeat("0"), strict=False):
            at = self.index.get(name)
            if not name:
                odd.append(("mended", "empty_entry", {}))
            elif at is None:
                odd.append(("mended", "unknown_project", {"id": name[:40]}))
            elif at in entries:
                odd.append(("noted", "twice_in_ballot", {"id": name}))
            else:
                read = Found()
                entries[at] = amount(worth, "points", 0, read)
                odd += [("wrong", p.code, dict(p.params)) for p in read.problems]
        return entries

    def _check_length(self, found: int, odd: list[Oddity]) -> None:
        at_least, at_most = self.bounds.min_length, self.bounds.max_length
        if at_most is not None and found > at_most:
            odd.append(("mended", "too_long", {"found": found, "limit": at_most}))
        if at_least is not None and 0 < found < at_least:
            odd.append(("mended", "too_short", {"found": found, "limit": at_least}))

    def _check_sums(self, entries: Mapping[int, Amount], odd: list[Oddity]) -> None:
        bounds = self.bounds
        if bounds.max_sum_cost is not None:
            found = sum(self.costs[at] for at in entries)
            if found > bounds.max_sum_cost:
                limit = bounds.max_sum_cost
                odd.append(("noted", "over_knapsack", {"found": found, "limit": limit}))
        if not self.pointed or not entries:
            return
        places = max(decimals for _, decimals in entries.values())
        points = sum(scaled(worth, places) for worth in entries.values())
        one, at_most, at_least = (
            10**places,
            bounds.max_sum_points,
            bounds.min_sum_points,
        )
        told = str(points / one) if places else str(points)
        if at_most is not None and points > at_most * one:
            odd.append(("mended", "too_many_points", {"found": told, "limit": at_most}))
        if at_least is not None and points < at_least * one:
            odd.append(("mended", "too_few_points", {"found": told, "limit": at_least}))


@dataclass(frozen=True)
class Groups:
    """Ballots with how many cast each, and how many rows there were."""

    people: Mapping[Key, int]
    rows: int


def groups_by_row(lines: Lines, reading: Reading, found: Found) -> Groups:
    """Row by row, with everything that is wrong or odd put down in `found`."""
    known: dict[tuple[str, str], tuple[Key, list[Oddity]]] = {}
    people: dict[Key, int] = {}
    voters: set[str] = set()
    columns, rows = reading.columns, 0
    voter_at, vote_at = columns.index("voter_id"), columns.index("vote")
    points_at = columns.index("points") if reading.pointed else None
    for line, cells in records(lines):
        if heading_of(cells):
            found.wrong("section_again", line, section=heading_of(cells))
            break
        rows += 1
        if len(cells) != len(columns):
            found.mended("cells", line, found=len(cells), expected=len(columns))
            cells.extend([""] * (len(columns) - len(cells)))
        _note_voter(cells[voter_at], line, voters, found)
        said = cells[vote_at], "" if points_at is None else cells[points_at]
        if said not in known:
            known[said] = reading.ballot(*said)
        key, odd = known[said]
        for how, code, params in odd:
            _put_down(found, how)(code, line, **params)
        people[key] = people.get(key, 0) + 1
    return Groups(people, rows)


def _note_voter(voter: str, line: int, voters: set[str], found: Found) -> None:
    if not voter:
        found.mended("id_missing", line)
    elif voter in voters:
        found.wrong("voter_again", line, id=voter[:40])
    voters.add(voter)


def _put_down(found: Found, how: str) -> Callable[..., None]:
    return {"wrong": found.wrong, "mended": found.mended, "noted": found.noted}[how]


def ballots_of(groups: Groups, *, pointed: bool) -> Ballots:
    """The groups as arrays that nobody can write to."""
    keys = list(groups.people)
    sizes = np.fromiter((len(order) for order, _ in keys), np.int64, len(keys))
    starts = np.zeros(len(keys) + 1, np.int64)
    np.cumsum(sizes, out=starts[1:])
    entries = int(starts[-1])
    projects = np.fromiter(
        chain.from_iterable(order for order, _ in keys), np.int32, entries
    )
    people = np.fromiter(groups.people.values(), np.int64, len(keys))
    worths = list(chain.from_iterable(points for _, points in keys))
    places = max((decimals for _, decimals in worths), default=0)
    points = np.fromiter(
        (scaled(w, places) for w in worths), np.int64, entries if pointed else 0
    )
    return read_only(Ballots(starts, projects, people, points, int(10**places)))


def read_only(ballots: Ballots) -> Ballots:
    """The same ballots, which nobody can write to."""
    for array in (ballots.starts, ballots.projects, ballots.people, ballots.points):
        array.flags.writeable = False
    return ballots
