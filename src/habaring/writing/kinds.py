"""What is written together: each domain above registers its kind of text.

A domain writes a module `texts.py` (found by its name in every installed domain, like
`loaders.py`):

    register(
        Kind(
            prefix="masterplan/section/",
            write=frozenset({Power.WRITE_PLAN}),
            speak=frozenset({Power.MENTOR}),
            place=_place,  # (region, key) → Place, or None where there is no such text
            seed=_seed,  # (region, key) → the text that stands there before
            frozen=_frozen,  # (Frozen) → whatever a frozen version becomes there
        )
    )

Who may write may also comment, suggest, freeze. Who may `speak` comments and suggests.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.utils.module_loading import autodiscover_modules

from habaring.people.access import Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.refusal import Words


@dataclass(frozen=True)
class Place:
    """Where a text belongs: its heading, the page that it is part of and that's name."""

    title: Words
    url: str
    within: Words = ""


@dataclass(frozen=True)
class Frozen:
    """A version that was just frozen."""

    region: Region
    key: str
    version: int
    text: str
    by: Account | None
    at: datetime


def _nothing(region: Region, key: str) -> str:
    return ""


def _kept(frozen: Frozen) -> None:
    """It stays a version, and nothing else."""


@dataclass(frozen=True)
class Kind:
    """Texts whose keys begin with `prefix`: who may do what, and what becomes of them."""

    prefix: str
    write: frozenset[Power]
    place: Callable[[Region, str], Place | None]
    speak: frozenset[Power] = frozenset()
    seed: Callable[[Region, str], str] = _nothing
    frozen: Callable[[Frozen], None] = _kept


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind of text known; ValueError where two share a prefix."""
    if _kinds.setdefault(kind.prefix, kind) is not kind:
        raise ValueError(f"Two kinds of text are called {kind.prefix!r}.")
    return kind


@cache
def _discover() -> None:
    autodiscover_modules("texts")


def kinds() -> list[Kind]:
    """All that are registered, in the order of their prefixes."""
    _discover()
    return [_kinds[prefix] for prefix in sorted(_kinds)]


def of(key: str) -> Kind | None:
    """The kind of a text, by the longest prefix; None for a key of nobody."""
    fits = [one for one in kinds() if key.startswith(one.prefix)]
    return max(fits, key=lambda one: len(one.prefix), default=None)
