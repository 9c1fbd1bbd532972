"""Every address of the site map, with real ids of one region, and its audience."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver, reverse

TABLE = Path(__file__).parent / "audiences.toml"


@dataclass(frozen=True)
class Audience:
    """Who may read an address, and who may send to it; `ids` names its objects.

    A word of `access.Power`, or: everyone, signed_in, member (any role that works in the
    region), platform (a role of the whole platform), secret (who holds the link) and own
    (whose own thing it is): a made-up one lets nobody in; nobody (not offered). Several
    words stand for several kinds of people, each of whom is let in. `natural` says why
    its objects are no secret of their region: each region has its own of the same name.
    """

    read: tuple[str, ...]
    send: tuple[str, ...]
    ids: dict[str, Any]
    query: str = ""
    natural: str = ""

    @property
    def of_a_region(self) -> bool:
        """Whether its objects belong to a region."""
        return any(
            isinstance(how, dict) and "region" in how for how in self.ids.values()
        )

    @property
    def knows_no_role(self) -> bool:
        """Whether it asks at most who somebody is, or for a link: the same for all roles."""
        words = {*self.read, *self.send}
        return words <= {"everyone", "signed_in", "secret", "nobody"}


def forget() -> None:
    """The objects that were found: the town is another one now."""
    _found.cache_clear()


def find(region: str) -> None:
    """All objects of the table, before anybody asks: who asks is undone after it."""
    for audience in declared().values():
        for how in audience.ids.values():
            if isinstance(how, dict):
                _object(how, region)


def declared() -> dict[str, Audience]:
    """The table of audiences, by the name of the address."""
    rows = tomllib.loads(TABLE.read_text())
    return {
        name: Audience(
            _words(row["read"]),
            _words(row["send"]),
            row.get("ids", {}),
            row.get("query", ""),
            row.get("natural", ""),
        )
        for name, row in rows.items()
    }


def _words(said: str | list[str]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)


def patterns(
    resolver: URLResolver | None = None, spaces: tuple[str, ...] = ()
) -> Iterator[tuple[str, frozenset[str]]]:
    """Name and parameters of every address."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            space = (entry.namespace,) if entry.namespace else ()
            yield from patterns(entry, spaces + space)
        elif isinstance(entry, URLPattern):
            yield ":".join((*spaces, entry.name or str(entry.pattern))), frozenset()


def address(name: str, audience: Audience, *, code: str, ids_of: str) -> str | None:
    """The address under region `code`, with ids of objects of region `ids_of`.

    None where the region has no such object.
    """
    wanted = dict(audience.ids)
    given: dict[str, Any] = {}
    for key, how in wanted.items():
        found = how if not isinstance(how, dict) else _object(how, ids_of)
        if found is None:
            return None
        given[key] = found
    with_code = {"code": code, **given}
    for attempt in (with_code, given):
        try:
            return reverse(name, kwargs=attempt) + audience.query
        except Exception:  # noqa: S112 - not every address has a region
            continue
    raise AssertionError(f"{name}: the table's ids do not fit the address")


def _object(how: dict[str, str], region: str) -> Any:
    """The newest object of a region, as {model, region, field} says."""
    return _found(tuple(sorted(how.items())), region)


@cache
def _found(words: tuple[tuple[str, str], ...], region: str) -> Any:
    how = dict(words)
    model: type[models.Model] = apps.get_model(how["model"])
    rows = model._default_manager.all()
    if "region" in how:
        rows = rows.filter(**{how["region"]: region})
    if "where" in how:
        key, _, value = how["where"].partition("=")
        rows = rows.filter(**{key: {"None": None}.get(value, value)})
    rows = rows.order_by("-pk")
    return rows.values_list(how.get("field", "pk"), flat=True).first()
