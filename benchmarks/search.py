"""`python3 dev.py bench search`: practices by words alone, by meaning, and fused.

The judged set is `tests/exchange/judged.toml`: practices that the package ships and
invented ones; queries marked `tune` chose words and cut-offs, the others are what is told,
of two readers. Beside our ways stand two plain ones: PostgreSQL's full text that knows no
language, and trigrams. Then the time to learn and to ask over 1,764 longer texts made of
pairs of the judged ones, and to find the regions like one among 514.
"""

import sys
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import benchmarks.platform  # noqa: F401 - sets Django up

ROOT = Path(__file__).resolve().parent.parent
JUDGED = ROOT / "tests" / "exchange" / "judged.toml"
AT = 10
WAYS = ("simple", "trigram", "words", "grams", "topics", "meaning", "bare", "fused")
_ALL = """SELECT practice_id, concat_ws(' ', title, array_to_string(tags, ' '), summary,
    problem, solution, steps, output, outcome, lessons) AS text
    FROM exchange_practiceversion WHERE id = ANY(%(versions)s)"""
_SIMPLE = f"""WITH told AS ({_ALL}), asked AS (
    SELECT string_agg(quote_literal(word), ' | ')::tsquery AS query
    FROM unnest(tsvector_to_array(to_tsvector('simple', %(text)s))) AS word)
SELECT practice_id FROM told, asked WHERE to_tsvector('simple', text) @@ query
ORDER BY ts_rank(to_tsvector('simple', text), query, 1) DESC, practice_id"""  # noqa: S608 - two fixed texts
_TRIGRAM = f"""WITH told AS ({_ALL})
SELECT practice_id FROM told
ORDER BY word_similarity(%(text)s, text) DESC, practice_id"""  # noqa: S608 - as above


@dataclass(frozen=True)
class Query:
    """What was asked, and the grade of each practice by its title."""

    text: str
    grades: Mapping[str, int]
    tune: bool
    english: bool
    second: bool

    @property
    def overlap(self) -> set[str]:
        """The words of the question, to be looked for in what answers it."""
        from habaring.engines.likeness import fold

        return set(fold(self.text).split())


def main(argv: list[str]) -> int:
    """Print recall and nDCG at ten of each way, then the times. Nothing is kept."""
    from django.core.management import call_command
    from django.db import transaction

    from habaring.shared import walls

    call_command("migrate", verbosity=0, interactive=False)
    with walls.within(walls.EVERYWHERE):
        titles, queries = load()
        asked = ways(titles)
        for name, chosen in _sets(queries).items():
            print(f"{name}: {len(chosen)} queries over {len(titles)} practices")
            for way in WAYS:
                recall, gain = measured(asked[way], chosen)
                print(f"  {way:8} recall@{AT} {recall:.3f}   nDCG@{AT} {gain:.3f}")
        overlapping(queries)
        if "--each" in argv:
            each(asked, queries)
        transaction.set_rollback(True)
    clock()
    return 0


def _sets(queries: Sequence[Query]) -> dict[str, list[Query]]:
    told = [one for one in queries if not one.tune]
    return {
        "told, both readers": told,
        "first reader": [one for one in told if not one.second],
        "second reader": [one for one in told if one.second],
        "in Indonesian": [one for one in told if not one.english],
        "in English": [one for one in told if one.english],
        "for choosing": [one for one in queries if one.tune],
    }


def overlapping(queries: Sequence[Query]) -> None:
    """How many words of the questions stand in a text that answers them."""
    from habaring.engines.likeness import fold
    from habaring.exchange.models import PracticeVersion

    rows = PracticeVersion.objects.filter(published_at__isnull=False).defer("words")
    texts = {
        row.title: set(fold(f"{row.title} {row.summary} {row.tags}").split())
        for row in rows
    }
    for name, chosen in _sets(queries).items():
        shares = []
        for one in chosen:
            best = [title for title, grade in one.grades.items() if grade == 2]
            held = set().union(*(texts[title] for title in best or one.grades))
            shares.append(len(one.overlap & held) / len(one.overlap))
        none = sum(share == 0 for share in shares)
        print(
            f"{name}: {sum(shares) / len(shares):.2f} of a question's words stand in "
            f"what answers it; none in {none} of {len(shares)}"
        )


def load() -> tuple[dict[int, str], list[Query]]:
    """Publish the judged texts; titles by the practice's key, and the queries."""
    from django.utils.timezone import now

    from habaring.assessment.catalogue import shipped as catalogue
    from habaring.assessment.catalogue_actions import record_catalogue
    from habaring.exchange.actions import practices
    from habaring.exchange.models import Practice
    from habaring.exchange.shipped import record_shipped, shipped
    from habaring.regions import actions, register
    from habaring.regions.models import Region

    told = tomllib.loads(JUDGED.read_text("utf-8"))
    at = now()
    Practice.objects.update(state="draft")  # what a demo left is not judged
    actions.record_register(units=register.shipped(), source="bench", by=None, at=at)
    record_catalogue(catalogue=catalogue(), by=None, at=at)
    record_shipped(at=at)
    known = {one.draft.title for one in shipped()}
    Practice.objects.filter(title__in=known, confirmed=False).update(state="public")
    region = Region.objects.get(code="62.02")
    for row in told["text"]:
        made = practices.begin_practice(
            region=region,
            draft=practices.Draft(
                title=row["title"],
                dimension_code="GOV",
                summary=row["summary"],
                tags=tuple(row["tags"]),
                source_title="judged set",
            ),
            by=None,
            at=at,
            origin=practices.Origin(confirmed=False, illustrative=True),
        )
        practices.publish(practice=made, by=None, at=at)
    titles = dict(Practice.objects.public().values_list("pk", "title"))
    queries = [
        Query(
            one["q"],
            one["grades"],
            one.get("tune", False),
            one.get("english", False),
            one.get("second", False),
        )
        for one in told["query"]
    ]
    unknown = {t for q in queries for t in q.grades} - set(titles.values())
    if unknown:
        raise SystemExit(f"judged, but not there: {sorted(unknown)}")
    return titles, queries


def ways(titles: Mapping[int, str]) -> dict[str, Callable[[str], list[str]]]:
    """Each way as a function from a query to titles, best first."""
    from django.db import connection

    from habaring.engines import likeness
    from habaring.exchange import meaning, words

    model = meaning.learned()

    def alone(way: str) -> Callable[[str], list[str]]:
        return lambda text: [titles[k] for k in meaning.ways_of(text, model)[way]]

    def both(text: str) -> list[str]:
        found = meaning.ways_of(text, model)
        fused = likeness.fuse([found["grams"], found["topics"]])
        return [titles[key] for key, _score in fused]

    def bare(text: str) -> list[str]:
        """All three without the thesaurus, its silent words kept."""
        found = meaning.ways_of(text, plain)
        return [titles[key] for key, _score in likeness.fuse(list(found.values()))]

    def by(statement: str) -> Callable[[str], list[str]]:
        def ask(text: str) -> list[str]:
            with connection.cursor() as cursor:
                versions = list(model.versions)
                cursor.execute(statement, {"text": text, "versions": versions})
                return [titles[key] for (key,) in cursor.fetchall()]

        return ask

    silent = likeness.Thesaurus((), words.thesaurus().silent)
    plain = meaning.learn_with(silent)
    return {
        "simple": by(_SIMPLE),
        "trigram": by(_TRIGRAM),
        "words": alone("words"),
        "grams": alone("grams"),
        "topics": alone("topics"),
        "meaning": both,
        "bare": bare,
        "fused": lambda text: [titles[hit.practice] for hit in meaning.search(text)],
    }


def measured(
    ask: Callable[[str], list[str]], queries: Sequence[Query]
) -> tuple[float, float]:
    """Mean recall of all that is graded, and mean nDCG."""
    from habaring.engines.likeness import ndcg_at, recall_at

    recalls, gains = [], []
    for one in queries:
        ranked = ask(one.text)
        recalls.append(recall_at(ranked, set(one.grades), AT))
        gains.append(ndcg_at(ranked, one.grades, AT))
    return sum(recalls) / len(recalls), sum(gains) / len(gains)


def each(
    asked: Mapping[str, Callable[[str], list[str]]], queries: Sequence[Query]
) -> None:
    """Every query on which words alone and the fused list differ."""
    for one in queries:
        told = [measured(asked[way], [one])[1] for way in ("words", "fused")]
        if abs(told[0] - told[1]) > 0.001:
            print(f"  {one.text:40} words {told[0]:.2f}  fused {told[1]:.2f}")


def clock() -> None:
    """Learning and asking over longer texts, made of pairs; regions alike."""
    from habaring.engines.likeness import learn
    from habaring.exchange.meaning import TOPICS
    from habaring.exchange.words import thesaurus

    told = tomllib.loads(JUDGED.read_text("utf-8"))["text"]
    texts = [
        f"{one['title']} {one['summary']} {other['summary']} {other['title']}"
        for one in told
        for other in told
    ][:2000]
    start = time.process_time()
    model = learn(texts, thesaurus=thesaurus(), topics=TOPICS)
    learned = time.process_time() - start
    start = time.process_time()
    for one in told:
        model.grams(one["title"])
        model.topics(one["title"])
    asked = (time.process_time() - start) / len(told)
    print(
        f"{len(texts)} texts: learned in {learned:.1f} CPU s, "
        f"asked in {asked * 1000:.1f} ms"
    )
    country()


def country() -> None:
    """All regions like one among 514 of which eighteen features are known in part."""
    from random import Random

    from habaring.engines.likeness import Feature, Place, alike

    dice = Random(514)  # noqa: S311 - figures for a clock
    features = [Feature(f"f{n}", 1.0 + n % 3, log=n % 2 == 0) for n in range(18)]
    places = [
        Place(
            f"{n:03}",
            {
                one.code: dice.uniform(1, 1e6) if dice.random() < 0.9 else None
                for one in features
            },
        )
        for n in range(514)
    ]
    times = []
    for own in places[:20]:
        start = time.process_time()
        alike(own.code, places, features)
        times.append(time.process_time() - start)
    print(
        f"514 regions by {len(features)} features: "
        f"{1000 * sorted(times)[len(times) // 2]:.0f} CPU ms (median of {len(times)})"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
