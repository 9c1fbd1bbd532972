"""What a person with a role in a place will see: computed, never acted out.

The powers are asked of `access.powers_of`, the navigation and the doors of the
functions that draw them, the pages of their own doors (`powers.work_pages`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from habaring.people import access
from habaring.people.access import Place, Power, powers_of
from habaring.people.joined import Link, links
from habaring.people.models import Role
from habaring.people.powers import WorkPage, sentence, work_pages
from habaring.regions.models import Region
from habaring.shared.refusal import Words


@dataclass(frozen=True)
class Group:
    """The pages below one part of the work room."""

    label: Words
    pages: tuple[WorkPage, ...]


@dataclass(frozen=True)
class Preview:
    """What a role opens in one place, and what it leaves shut.

    `inside` lists what holds only in the department or body, `narrowed` the pages that
    open for that part alone; `everywhere` is True for a role of the whole platform.
    """

    role: Role
    place: Place
    does: tuple[Words, ...]
    inside: tuple[Words, ...]
    does_not: tuple[Words, ...]
    navigation: tuple[Link, ...]
    doors: tuple[Link, ...]
    opened: tuple[Group, ...]
    narrowed: tuple[Group, ...]
    shut: tuple[Group, ...]

    @property
    def everywhere(self) -> bool:
        return self.role.platform_wide

    @property
    def opened_count(self) -> int:
        return sum(len(group.pages) for group in (*self.opened, *self.narrowed))

    @property
    def shut_count(self) -> int:
        return sum(len(group.pages) for group in self.shut)


def preview(role: Role, place: Place) -> Preview:
    """What somebody would see who held just this role, just there."""
    whole = powers_of(role, place, Place(place.region))
    own = access.inside(powers_of(role, place, place), place) - whole
    return Preview(
        role=role,
        place=place,
        does=_sentences(whole),
        inside=_sentences(own),
        does_not=_sentences(frozenset(Power) - whole - own),
        **_shown(place.region, whole, own),
    )


def _sentences(powers: frozenset[Power]) -> tuple[Words, ...]:
    return tuple(sentence(power) for power in Power if power in powers)


def _shown(
    region: Region | None, whole: frozenset[Power], own: frozenset[Power]
) -> dict[str, tuple]:  # type: ignore[type-arg]
    """What the work room of a region shows and opens to these powers; `own` are held in
    one of its parts alone.
    """
    if region is None:
        return dict.fromkeys(("navigation", "doors", "opened", "narrowed", "shut"), ())
    pages = work_pages(region)
    enters = Power.SEE_WORK_ROOM in whole
    every = links("navigation", region, frozenset(Power))
    opened = [page for page in pages if page.power in whole]
    part = [page for page in pages if page.power in own and page.in_part]
    shut = [page for page in pages if page not in opened and page not in part]
    return {
        "navigation": tuple(links("navigation", region, whole)) if enters else (),
        "doors": tuple(links("doors", region, whole | own)) if enters else (),
        "opened": _groups(opened, every, region),
        "narrowed": _groups(part, every, region),
        "shut": _groups(shut, every, region),
    }


def _groups(
    pages: Sequence[WorkPage], navigation: Sequence[Link], region: Region
) -> tuple[Group, ...]:
    root = f"/ruang-kerja/{region.code}/"
    labels = {
        link.url.removeprefix(root).split("/")[0]: link.label for link in navigation
    }
    groups = groupby(pages, key=lambda page: page.path.split("/")[0])
    return tuple(
        Group(labels.get(first, first.replace("-", " ").capitalize()), tuple(found))
        for first, found in groups
    )
