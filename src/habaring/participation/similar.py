"""Public proposals that say nearly the same, best first, with what they share.

PostgreSQL's Indonesian stemmer makes word stems of the texts; what a stem is worth
falls with how many proposals hold it (inverse document frequency, Spärck Jones 1972),
and a proposal's score is the share of the new text's worth that it holds. Titles are
compared by their trigrams too, so that a slip of the pen loses nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Any

from django.db import connection

from habaring.participation.models import Proposal
from habaring.regions.models import Region

SHOWN = 5
STEMS = 24
"""How many stems of a text are looked at, its rarest first."""
CANDIDATES = 400
LEAST = 0.22
"""Below this score two texts share a subject, not an idea."""
LIKE_TITLE = 0.35
"""How alike titles must be to count by themselves (pg_trgm similarity, 0 to 1)."""
_TITLE_SHARE = 0.35
_LONGEST = 6_000

_SMALL_WORDS = frozenset(
    [
        "ada",
        "agar",
        "akan",
        "atau",
        "bagi",
        "banyak",
        "belum",
        "bisa",
        "dalam",
        "dan",
        "dapat",
        "dari",
        "dengan",
        "dgn",
        "hal",
        "harus",
        "hingga",
        "ini",
        "itu",
        "jadi",
        "juga",
        "kami",
        "karena",
        "kita",
        "lagi",
        "lebih",
        "masih",
        "mereka",
        "oleh",
        "pada",
        "para",
        "perlu",
        "saat",
        "saja",
        "sangat",
        "saya",
        "sebagai",
        "sebuah",
        "secara",
        "seperti",
        "serta",
        "setiap",
        "suatu",
        "sudah",
        "supaya",
        "tanpa",
        "telah",
        "tersebut",
        "tidak",
        "untuk",
        "utk",
        "yaitu",
        "yang",
        "yg",
    ]
)
"""PostgreSQL's Indonesian configuration has no list of them."""
_STEMS = """
SELECT word, tsvector_to_array(to_tsvector('indonesian', word))
FROM unnest(regexp_split_to_array(lower(%(text)s), '[^[:alnum:]]+')) AS word
WHERE length(word) BETWEEN 3 AND 40 GROUP BY word
"""
_COUNTS = """
SELECT stem, (
    SELECT count(*) FROM participation_proposalwords
    WHERE words @@ quote_literal(stem)::tsquery AND region_id = %(region)s
) FROM unnest(%(stems)s::text[]) AS stem
"""
_BY_WORDS = """
SELECT proposal_id, tsvector_to_array(words), similarity(title, %(title)s)
FROM participation_proposalwords
WHERE words @@ %(query)s::tsquery AND region_id = %(region)s
LIMIT %(most)s
"""
_BY_TITLE = """
SELECT proposal_id, tsvector_to_array(words), similarity(title, %(title)s)
FROM participation_proposalwords
WHERE title %% %(title)s AND region_id = %(region)s
ORDER BY similarity(title, %(title)s) DESC LIMIT 20
"""


@dataclass(frozen=True)
class Similar:
    """One that says nearly the same. `score` is 0 to 1; `shared` are words of the new
    text, as its author wrote them; `title_alike` whether the titles nearly agree.
    """

    proposal: Proposal
    score: float
    shared: tuple[str, ...]
    title_alike: bool


@dataclass(frozen=True)
class _Found:
    key: int
    stems: frozenset[str]
    title: float


def similar(
    *,
    region: Region,
    title: str,
    text: str,
    but: int | None = None,
    limit: int = SHOWN,
) -> list[Similar]:
    """Public proposals of a region that resemble this title and text, best first.

    `but` is a proposal (its key) that is not to be found: the text's own.
    """
    ranked = rank(region=region, title=title, text=text, but=but)[:limit]
    rows = (
        Proposal.objects.public()
        .select_related("place", "call")
        .in_bulk([key for key, *_rest in ranked])
    )
    return [
        Similar(rows[key], score, shared, alike >= LIKE_TITLE)
        for key, score, shared, alike in ranked
        if key in rows
    ]


def rank(
    *, region: Region, title: str, text: str, but: int | None = None
) -> list[tuple[int, float, tuple[str, ...], float]]:
    """Key, score, shared words and likeness of titles of what resembles it."""
    typed = _stems_of(f"{title} {text}"[:_LONGEST])
    if not typed:
        return []
    worth = _worth(list(typed), region)
    heaviest = sorted(worth, key=lambda stem: (-worth[stem], stem))[:STEMS]
    found = _candidates(title, heaviest, worth, region)
    ranked = []
    whole = sqrt(sum(worth[stem] ** 2 for stem in heaviest)) or 1.0
    for one in found:
        if one.key == but:
            continue
        held = [stem for stem in heaviest if stem in one.stems]
        score = sqrt(sum(worth[stem] ** 2 for stem in held)) / whole
        score = max(
            score * (1 - _TITLE_SHARE) + one.title * _TITLE_SHARE,
            one.title if one.title >= LIKE_TITLE else 0.0,
        )
        if score >= LEAST:
            shared = tuple(typed[stem] for stem in held[:6])
            ranked.append((one.key, min(score, 1.0), shared, one.title))
    ranked.sort(key=lambda row: (-row[1], -row[0]))
    return ranked


def _stems_of(text: str) -> dict[str, str]:
    """Each stem with the word as it was typed."""
    with connection.cursor() as cursor:
        cursor.execute(_STEMS, {"text": text})
        rows: Sequence[tuple[str, list[str]]] = cursor.fetchall()
    return {
        stem: word
        for word, stems in sorted(rows)
        for stem in stems
        if word not in _SMALL_WORDS
    }


def _worth(stems: list[str], region: Region) -> dict[str, float]:
    """What each stem that occurs anywhere in the region is worth."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM participation_proposalwords WHERE region_id = %s",
            [region.pk],
        )
        total = int(cursor.fetchone()[0])
        cursor.execute(_COUNTS, {"stems": stems, "region": region.pk})
        counts = cursor.fetchall()
    return {
        stem: log(1 + (total + 1) / (count + 0.5)) for stem, count in counts if count
    }


def _candidates(
    title: str, stems: Sequence[str], worth: Mapping[str, float], region: Region
) -> list[_Found]:
    found: dict[int, _Found] = {}
    values: dict[str, Any] = {"title": title, "region": region.pk, "most": CANDIDATES}
    with connection.cursor() as cursor:
        for chosen in _queries(stems):
            cursor.execute(_BY_WORDS, values | {"query": chosen})
            _take(found, cursor.fetchall())
            if len(found) >= CANDIDATES:
                break
        if title:
            cursor.execute(_BY_TITLE, values)
            _take(found, cursor.fetchall())
    return list(found.values())


def _queries(stems: Sequence[str]) -> list[str]:
    """The rarest stems first: pairs of all, then the six rarest by themselves."""
    quoted = [
        "'" + stem.replace("\\", "\\\\").replace("'", "''") + "'" for stem in stems
    ]
    rarest = quoted[:8]
    pairs = [f"({a} & {b})" for i, a in enumerate(rarest) for b in rarest[i + 1 :]]
    alone = quoted[:6]
    return [" | ".join(part) for part in (pairs, alone) if part]


def _take(
    found: dict[int, _Found], rows: Sequence[tuple[int, list[str], float]]
) -> None:
    for key, stems, title in rows:
        found.setdefault(key, _Found(key, frozenset(stems), float(title)))
