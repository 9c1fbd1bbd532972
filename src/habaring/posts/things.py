"""What can be owned, and what can wait for a person: each domain registers its kinds.

A domain above `posts` writes a module `things.py` (found by its name in every installed
domain, like `loaders.py`):

    def _indicators(region: Region, on: date) -> Iterator[Thing]:
        …  a fixed number of queries for the whole region …

    register(
        Kind(
            code="indicator",
            one=_("number"),
            many=_("numbers"),
            things=_indicators,
            rhythm=Rhythm(remind_before_days=14, escalate_after_days=30),
            power=Power.RECORD_OBSERVATIONS,
        )
    )

    def _waiting(asked: Asked) -> Iterator[Waiting]:
        …

    register_waiting("assessment", _waiting)

What waits in numbers that one query can count is said by lines instead:

    register_lines("council", Line(rows=_over, tell=_close, power=Power.RECORD_MEETINGS))

Who owns a thing is said by `queries.owned`: its own Charge, else the post that the
domain names in `Thing.post`, else the top post of its department, else the region's
programme secretariat. Nothing is without an owner.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import import_module
from typing import Any, TypeAlias, TypeVar, cast

from django.db.models import QuerySet
from django.utils.module_loading import autodiscover_modules

from habaring.people.access import EVERYWHERE, Extent, Power
from habaring.people.models import Account
from habaring.posts.states import Rhythm
from habaring.regions.models import Region
from habaring.shared.refusal import Words
from habaring.shared.tally import tally

__all__ = [
    "Asked",
    "Kind",
    "Line",
    "Rows",
    "Thing",
    "Waiting",
    "Weight",
    "kinds",
    "once",
    "register",
    "register_lines",
    "register_waiting",
    "told",
    "waiting",
]

T = TypeVar("T")
Rows: TypeAlias = QuerySet[Any, Any]


@dataclass(frozen=True)
class Thing:
    """One thing of a region that somebody must keep up.

    `ref` names it once within its region and kind and never changes (an indicator's
    code, a section's key, a row's id as text). `url` is where it is dealt with in the
    work room; `public_url` where everyone sees it. `due_on` None: no day is set.
    `department` and `post` are ids of regions.Department and posts.Post.
    """

    kind: str
    ref: str
    title: str
    url: str
    due_on: date | None = None
    updated_on: date | None = None
    department: int | None = None
    post: int | None = None
    public_url: str = ""
    illustrative: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of thing: its names, what there is of it in a region, its rhythm.

    `things(region, on)` gives all of it that is to be kept up, in a number of queries
    that does not grow with the rows. `thing(region, ref, on)` gives one, for a page
    that shows only that one (default: looked up among all). `power` is what a person
    needs to act on it. `finish` closes one for good, where the kind allows that (a
    task; never a number): `finish(region=, ref=, by=, at=, note=)` runs inside the
    hand-over's transaction and raises a Refusal where it cannot be.
    """

    code: str
    one: Words
    many: Words
    things: Callable[[Region, date], Iterable[Thing]]
    rhythm: Rhythm = field(default_factory=Rhythm)
    power: Power = Power.SEE_WORK_ROOM
    thing: Callable[[Region, str, date], Thing | None] | None = None
    finish: Callable[..., None] | None = None
    order: int = 100

    def find(self, region: Region, ref: str, on: date) -> Thing | None:
        """The one thing of this name, or None."""
        if self.thing is not None:
            return self.thing(region, ref, on)
        every = self.things(region, on)
        return next((thing for thing in every if thing.ref == ref), None)


class Weight:
    """The order of the desk: what comes first has the smaller number."""

    ESCALATED = 0
    LATE = 10
    TODAY = 20
    WEEK = 30
    CONFIRM = 25  # somebody else waits for this person
    NEXT = 50  # the cycle's next step


@dataclass(frozen=True)
class Waiting:
    """One line of a person's desk. `on` is its day, if it has one."""

    title: Words
    why: Words
    url: str
    on: date | None = None
    weight: int = Weight.NEXT


@dataclass(frozen=True)
class Asked:
    """Whose desk is asked for: the person, the region, what the person may do there.

    `parts` tells of powers that are held for some departments or bodies only.
    """

    account: Account
    region: Region
    powers: frozenset[Power]
    on: date
    parts: Mapping[Power, Extent] = field(default_factory=dict)

    def extent(self, power: Power) -> Extent:
        """How far the person may use a power here."""
        return EVERYWHERE if power in self.powers else self.parts.get(power, Extent())


@dataclass(frozen=True)
class Line:
    """One sort of lines of the desk, told only where there is something to tell of.

    `rows(asked)` is what waits (several: their sum; None: nothing for this person).
    Those of all sorts and domains are counted in one query; `rows[:1]` asks only
    whether there is any. `tell(asked, count)` then says it.
    """

    rows: Callable[[Asked], Rows | Sequence[Rows] | None]
    tell: Callable[[Asked, int], Iterable[Waiting]]
    power: Power | None = None


_kinds: dict[str, Kind] = {}
_desks: dict[str, Callable[[Asked], Iterable[Waiting]]] = {}
_lines: dict[str, tuple[Line, ...]] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known; ValueError where two have one code."""
    if _kinds.setdefault(kind.code, kind) is not kind:
        raise ValueError(f"Two kinds of things are called {kind.code!r}.")
    return kind


def register_waiting(
    domain: str, wait: Callable[[Asked], Iterable[Waiting]]
) -> Callable[[Asked], Iterable[Waiting]]:
    """Let a domain put lines on the desk; ValueError where it is registered twice.

    The lines are asked for at each look at the desk: a handful of queries at most,
    however many rows there are.
    """
    if _desks.setdefault(domain, wait) is not wait:
        raise ValueError(f"{domain!r} puts its lines on the desk twice.")
    return wait


def register_lines(domain: str, *lines: Line) -> None:
    """Let a domain put sorts of lines on the desk; ValueError where it did before."""
    if _lines.setdefault(domain, lines) is not lines:
        raise ValueError(f"{domain!r} puts its lines on the desk twice.")


@cache
def _discover() -> None:
    autodiscover_modules("things")
    import_module("habaring.posts.below")  # late: it registers itself here


def kinds() -> dict[str, Kind]:
    """Every registered kind by its code, in the order of the cycle."""
    _discover()
    return dict(sorted(_kinds.items(), key=lambda pair: (pair[1].order, pair[0])))


_known: ContextVar[dict[Hashable, object] | None] = ContextVar("known", default=None)


def once(what: Hashable, ask: Callable[[], T]) -> T:
    """What several kinds and lines of one desk ask for is asked once; `what` names it.

    Elsewhere it is asked each time: nothing is kept from one desk to the next.
    """
    known = _known.get()
    if known is None:
        return ask()
    if what not in known:
        known[what] = ask()
    return cast("T", known[what])


def told(asked: Asked, lines: Iterable[Line]) -> list[Waiting]:
    """What these sorts of lines have for a person: one query, and one a sort that has."""
    mine: list[Line] = []
    questions: list[Rows] = []
    sizes: list[int] = []
    for line in lines:
        if line.power is not None and line.power not in asked.powers:
            continue
        rows = line.rows(asked)
        every = [rows] if isinstance(rows, QuerySet) else list(rows or ())
        mine.append(line)
        questions += every
        sizes.append(len(every))
    counts = iter(tally(questions))
    totals = [sum(next(counts) for _ in range(size)) for size in sizes]
    return [
        waits
        for line, total in zip(mine, totals, strict=True)
        if total
        for waits in line.tell(asked, total)
    ]


def waiting(asked: Asked) -> list[Waiting]:
    """What every domain has waiting for a person, the most urgent first."""
    _discover()
    token = _known.set({})
    try:
        found = [row for wait in _desks.values() for row in wait(asked)]
        found += told(asked, [row for rows in _lines.values() for row in rows])
    finally:
        _known.reset(token)
    found.sort(key=lambda row: (row.weight, row.on or date.max, str(row.title)))
    return found
