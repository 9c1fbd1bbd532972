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

Who owns a thing is said by `queries.owned`: its own Charge, else the post that the
domain names in `Thing.post`, else the top post of its department, else the region's
programme secretariat. Nothing is without an owner.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import import_module

from django.utils.module_loading import autodiscover_modules

from habaring.people.access import EVERYWHERE, Extent, Power
from habaring.people.models import Account
from habaring.posts.states import Rhythm
from habaring.regions.models import Region
from habaring.shared.refusal import Words

__all__ = [
    "Asked",
    "Kind",
    "Thing",
    "Waiting",
    "Weight",
    "kinds",
    "register",
    "register_waiting",
    "waiting",
]


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


_kinds: dict[str, Kind] = {}
_desks: dict[str, Callable[[Asked], Iterable[Waiting]]] = {}


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


@cache
def _discover() -> None:
    autodiscover_modules("things")
    import_module("habaring.posts.below")  # late: it registers itself here


def kinds() -> dict[str, Kind]:
    """Every registered kind by its code, in the order of the cycle."""
    _discover()
    return dict(sorted(_kinds.items(), key=lambda pair: (pair[1].order, pair[0])))


def waiting(asked: Asked) -> list[Waiting]:
    """What every domain has waiting for a person, the most urgent first."""
    _discover()
    found = [line for wait in _desks.values() for line in wait(asked)]
    found.sort(key=lambda line: (line.weight, line.on or date.max, str(line.title)))
    return found
