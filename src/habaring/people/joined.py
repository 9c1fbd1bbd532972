"""What domains above `people` add to its pages: they hang it in here when imported.

The navigation of the work room and what a role opens there, the bodies of a region, and
parts of a person's page (posts held, the state of sign-in).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from habaring.people.access import Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.refusal import Words


@dataclass(frozen=True)
class Link:
    """A place to go: its words, address, icon, and a sentence."""

    label: Words
    url: str
    icon: str = ""
    why: Words = ""


@dataclass(frozen=True)
class Part:
    """A part of a person's page: rows of (words, what is told, address or "")."""

    title: Words
    rows: tuple[tuple[Words, Words, str], ...] = ()


Links: TypeAlias = Callable[[Region, frozenset[Power]], list[Link]]
Bodies: TypeAlias = Callable[[Region], Mapping[int, str]]
PersonPart: TypeAlias = Callable[[Account, Region | None, datetime], Part | None]

_links: dict[str, Links] = {}
_bodies: list[Bodies] = []
_parts: dict[str, PersonPart] = {}


def hang_links(kind: str, links: Links) -> None:
    """`kind` is "navigation" (the side of the work room) or "doors" (its first page)."""
    _links[kind] = links


def hang_bodies(bodies: Bodies) -> None:
    """The bodies of a region in which a role may be held: id → name."""
    _bodies[:] = [bodies]


def hang_part(kind: str, part: PersonPart) -> None:
    """A part of a person's page; None where there is nothing to tell."""
    _parts[kind] = part


def links(kind: str, region: Region, powers: frozenset[Power]) -> list[Link]:
    """What the work room would offer to somebody with these powers."""
    return _links[kind](region, powers) if kind in _links else []


def bodies_of(region: Region | None) -> dict[int, str]:
    """The bodies of a region by their id."""
    return dict(_bodies[0](region)) if _bodies and region else {}


def parts_of(account: Account, region: Region | None, *, at: datetime) -> list[Part]:
    """What other domains tell of a person in this region."""
    found = [part(account, region, at) for part in _parts.values()]
    return [part for part in found if part is not None]
