"""Search by words and by meaning over published practices, and both made one.

By words: PostgreSQL's Indonesian full text and trigrams of the title (decision 16). By
meaning: weighted character n-grams and topics (`engines.likeness`), learned in this
process from the practices and from the catalogue's definitions, which say the same in
two languages; learned anew when something is published. Fused by reciprocal ranks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.db import connection
from django.db.models import Count, Max

from habaring.assessment.models import Dimension, Indicator
from habaring.engines import likeness
from habaring.exchange.models import PracticeState, PracticeVersion
from habaring.exchange.words import spoken_of, thesaurus

TOPICS = 96
NEAR, NEAR_TOPIC = 0.10, 0.35
"""Below these cosines a text is no answer: chosen on the half of the judged queries that
is for choosing (docs/algorithms/likeness.md)."""
LONGEST_QUERY = 200
_BY_WORDS = """
WITH asked AS (
    SELECT string_agg(quote_literal(stem), ' | ')::tsquery AS query FROM (
        SELECT DISTINCT unnest(tsvector_to_array(to_tsvector('indonesian', word))) AS stem
        FROM unnest(%(words)s::text[]) AS word
    ) AS stems
)
SELECT practice_id FROM (
    SELECT version.practice_id, version.title,
        coalesce(ts_rank(version.words, asked.query, 1), 0) AS rank,
        word_similarity(%(text)s, version.title) AS title_alike
    FROM exchange_practiceversion version, asked
    WHERE version.id = ANY(%(versions)s)
    AND (version.words @@ asked.query OR %(text)s <%% version.title)
) AS found
ORDER BY rank + 0.2 * title_alike DESC, practice_id
"""


@dataclass(frozen=True)
class Learned:
    """A model and the practices of its first texts; what else taught it is not found.

    `problems` are the practices that speak of each problem, by its code.
    """

    stamp: tuple[object, ...]
    practices: tuple[int, ...]
    versions: tuple[int, ...]
    model: likeness.Meaning
    problems: Mapping[str, frozenset[int]]


@dataclass(frozen=True)
class Hit:
    """A practice that was found, and by what: "words", "grams", "topics"."""

    practice: int
    score: float
    by: frozenset[str]


class _Kept:
    """The newest model of this process."""

    learned: Learned | None = None
    lock = Lock()


def search(text: str, *, most: int = 100) -> list[Hit]:
    """Published practices that answer a text in Indonesian or English, best first."""
    asked = text.strip()[:LONGEST_QUERY]
    if not asked:
        return []
    model = learned()
    ways = ways_of(asked, model)
    fused = likeness.fuse(list(ways.values()))
    return [
        Hit(key, score, frozenset(way for way, keys in ways.items() if key in keys))
        for key, score in fused[:most]
    ]


def ways_of(text: str, model: Learned) -> dict[str, list[int]]:
    """The practices that each way finds, best first."""
    return {
        "words": by_words(text, model.versions, model.model.thesaurus),
        "grams": _practices(model, model.model.grams(text, least=NEAR)),
        "topics": _practices(model, model.model.topics(text, least=NEAR_TOPIC)),
    }


def _practices(model: Learned, found: Iterable[likeness.Found]) -> list[int]:
    count = len(model.practices)
    return [model.practices[one.place] for one in found if one.place < count]


def by_words(
    text: str, versions: Sequence[int], known: likeness.Thesaurus
) -> list[int]:
    """By full text and the trigrams of titles alone; abbreviations written out, too."""
    words = [word for word in known.words(text) if word not in known.silent]
    with connection.cursor() as cursor:
        cursor.execute(
            _BY_WORDS,
            {"words": words, "text": likeness.fold(text), "versions": list(versions)},
        )
        return [int(key) for (key,) in cursor.fetchall()]


def learned() -> Learned:
    """The model of what is published now; learned where something has changed."""
    stamp = _stamp()
    kept = _Kept.learned
    if kept is not None and kept.stamp == stamp:
        return kept
    with _Kept.lock:
        if _Kept.learned is None or _Kept.learned.stamp != stamp:
            _Kept.learned = _learn(stamp, thesaurus())
        return _Kept.learned


def _stamp() -> tuple[object, ...]:
    rows = _published()
    told = rows.aggregate(n=Count("pk"), last=Max("pk"), when=Max("published_at"))
    return (told["n"], told["last"], told["when"], Indicator.objects.count())


def _published() -> Any:
    return PracticeVersion.objects.filter(
        published_at__isnull=False, practice__state=PracticeState.PUBLIC
    )


def learn_with(words: likeness.Thesaurus) -> Learned:
    """A model of what is published now by another thesaurus: to compare."""
    return _learn(_stamp(), words)


def _learn(stamp: tuple[object, ...], words: likeness.Thesaurus) -> Learned:
    rows = (
        _published()
        .defer("words", "shape")
        .select_related("region")
        .order_by("practice_id", "-number")
        .distinct("practice_id")
    )
    found = list(rows)
    names = _dimension_names()
    texts = [text_of(row, names.get(row.dimension_code, "")) for row in found]
    texts += _catalogue()
    explained = words.explained(likeness.abbreviations(texts))
    model = likeness.learn(texts, thesaurus=explained, topics=TOPICS)
    told = {
        row.practice_id: " \n ".join(
            (row.title, " ".join(row.tags), row.summary, row.problem)
        )
        for row in found
    }
    return Learned(
        stamp,
        tuple(row.practice_id for row in found),
        tuple(row.pk for row in found),
        model,
        spoken_of(told, explained),
    )


def text_of(version: PracticeVersion, dimension: str = "") -> str:
    """All that is searched of a practice; its title and tags count twice."""
    tags = " ".join(version.tags)
    return " \n ".join(
        (
            version.title,
            version.title,
            tags,
            tags,
            version.summary,
            version.problem,
            version.solution,
            version.steps,
            version.output,
            version.outcome,
            version.lessons,
            dimension,
        )
    )


def _dimension_names() -> dict[str, str]:
    rows = Dimension.objects.filter(framework__status="in_force", parent=None)
    return {
        row.code: f"{row.name_id} {row.name_en} {row.description_id} {row.description_en}"
        for row in rows
    }


def _catalogue() -> list[str]:
    """Definitions of indicators: the same thing said in two languages."""
    rows = Indicator.objects.filter(family="kabupaten").order_by("code")
    return [
        f"{row.name_id} {row.name_en} {row.definition_id} {row.definition_en}"
        for row in rows
    ]
