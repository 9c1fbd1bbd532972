"""`python3 dev.py bench search`: practices by words alone, by meaning, and fused.

The judged set is `tests/exchange/judged.toml`: practices that the package ships and
invented ones; queries marked `tune` chose the cut-offs, the others are what is told. Then
the time to learn and to ask over 1,764 longer texts made of pairs of the judged ones.
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
WAYS = ("words", "grams", "topics", "meaning", "fused", "bare")


@dataclass(frozen=True)
class Query:
    """What was asked, and the grade of each practice by its title."""

    text: str
    grades: Mapping[str, int]
    tune: bool
    english: bool


def main(argv: list[str]) -> int:
    """Print recall and nDCG at ten of each way, then the times. Nothing is kept."""
    from django.core.management import call_command
    from django.db import transaction

    from habaring.shared import walls

    call_command("migrate", verbosity=0, interactive=False)
    with walls.within(walls.EVERYWHERE):
        titles, queries = load()
        asked = ways(titles)
        for name, chosen in (
            ("all others", [one for one in queries if not one.tune]),
            (
                "of them in Indonesian",
                [one for one in queries if not one.tune and not one.english],
            ),
            (
                "of them in English",
                [one for one in queries if not one.tune and one.english],
            ),
            ("for choosing the cut-offs", [one for one in queries if one.tune]),
        ):
            print(f"{name}: {len(chosen)} queries over {len(titles)} practices")
            for way in WAYS:
                recall, gain = measured(asked[way], chosen)
                print(f"  {way:8} recall@{AT} {recall:.3f}   nDCG@{AT} {gain:.3f}")
        if "--each" in argv:
            each(asked, queries)
        transaction.set_rollback(True)
    clock()
    return 0


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
            one["q"], one["grades"], one.get("tune", False), one.get("english", False)
        )
        for one in told["query"]
    ]
    unknown = {t for q in queries for t in q.grades} - set(titles.values())
    if unknown:
        raise SystemExit(f"judged, but not there: {sorted(unknown)}")
    return titles, queries


def ways(titles: Mapping[int, str]) -> dict[str, Callable[[str], list[str]]]:
    """Each way as a function from a query to titles, best first."""
    from habaring.engines import likeness
    from habaring.exchange import meaning

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

    silent = likeness.Thesaurus((), meaning.thesaurus().silent)
    plain = meaning.learn_with(silent)
    return {
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
    """Learning and asking over longer texts, made of pairs."""
    from habaring.engines.likeness import learn
    from habaring.exchange.meaning import TOPICS, thesaurus

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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
