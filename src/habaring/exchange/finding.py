"""The list of practices: by words and meaning, dimension, result, regions alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from habaring.exchange import alike, meaning, queries, words
from habaring.exchange.alike import Twin
from habaring.exchange.models import Practice, PracticeVersion
from habaring.regions.models import Region


@dataclass(frozen=True)
class Card:
    """One practice in the list: its newest text, how it was found, how alike its
    region is to the one that asks (None where no region asks, or it is its own).
    """

    practice: Practice
    version: PracticeVersion
    dimension: Any
    order: int
    by_meaning: bool = False
    twin: Twin | None = None


@dataclass(frozen=True)
class Found:
    """What a list shows, in its order."""

    cards: tuple[Card, ...]
    text: str
    like: Region | None


def find(wanted: Mapping[str, Any], *, region: Region | None = None) -> Found:
    """Published practices that fit; `wanted` has q, masalah, dimensi, hasil, mirip.

    With words, the best answer is first; with a region to be like, its twins are; else
    the newest.
    """
    rows = queries.practices(region)
    if wanted.get("dimensi"):
        rows = rows.filter(dimension_code=wanted["dimensi"])
    if wanted.get("hasil"):
        rows = rows.filter(result=wanted["hasil"])
    if wanted.get("masalah"):
        speak = meaning.learned().problems.get(wanted["masalah"], frozenset())
        rows = rows.filter(pk__in=speak)
    text = (wanted.get("q") or "").strip()
    like = Region.objects.local().filter(code=wanted.get("mirip") or "").first()
    found = list(rows)
    hits = {hit.practice: hit for hit in meaning.search(text)} if text else {}
    if text:
        ranks = {key: place for place, key in enumerate(hits)}
        found = sorted(
            (row for row in found if row.pk in hits), key=lambda row: ranks[row.pk]
        )
    twins = {one.region.code: one for one in alike.alike(like)} if like else {}
    if like:
        found = [row for row in found if row.region_id != like.pk]
    if like and not text:
        found.sort(key=lambda row: -_score(twins, row))
    return Found(tuple(cards(found, hits=hits, twins=twins)), text, like)


def problems() -> dict[str, str]:
    """The problems that published practices speak of, with how many do."""
    told = meaning.learned().problems
    return {
        one.code: f"{one.name} ({len(told[one.code])})"
        for one in words.problems()
        if told.get(one.code)
    }


def _score(twins: Mapping[str, Twin], row: Practice) -> float:
    twin = twins.get(row.region_id)
    return twin.score if twin else 0.0


def cards(
    rows: list[Practice],
    *,
    hits: Mapping[int, meaning.Hit] | None = None,
    twins: Mapping[str, Twin] | None = None,
) -> list[Card]:
    """Practices with their texts, in the same order."""
    versions = queries.versions_of(rows)
    names = queries.dimension_names()
    places = {code: place for place, code in enumerate(names)}
    return [
        Card(
            row,
            versions[row.pk],
            names.get(row.dimension_code, row.dimension_code),
            places.get(row.dimension_code, 0),
            by_meaning=bool(hits and row.pk in hits and "words" not in hits[row.pk].by),
            twin=(twins or {}).get(row.region_id),
        )
        for row in rows
        if row.pk in versions
    ]
