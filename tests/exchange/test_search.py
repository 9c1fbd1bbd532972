"""The search against the judged set; the figures are those of docs/benchmarks.md."""

import tomllib
from datetime import datetime
from pathlib import Path

import pytest

from habaring.engines.likeness import fold, ndcg_at, recall_at
from habaring.exchange import finding, meaning, words
from habaring.exchange.actions import practices
from habaring.exchange.actions.practices import Draft, Origin
from habaring.exchange.models import Practice
from habaring.exchange.shipped import record_shipped, shipped
from tests import makers as people
from tests.exchange import makers

pytestmark = pytest.mark.django_db
JUDGED = tomllib.loads((Path(__file__).parent / "judged.toml").read_text("utf-8"))


@pytest.fixture
def titles(at: datetime) -> dict[int, str]:
    for one in {one.region for one in shipped()}:
        people.region(one)
    assert record_shipped(at=at) == len(list(shipped()))
    assert record_shipped(at=at) == 0
    region = people.region("62.02")
    for row in JUDGED["text"]:
        draft = Draft(
            title=row["title"],
            dimension_code="GOV",
            summary=row["summary"],
            tags=tuple(row["tags"]),
            source_title="judged",
        )
        made = practices.begin_practice(
            region=region, draft=draft, by=None, at=at, origin=Origin(confirmed=False)
        )
        practices.publish(practice=made, by=None, at=at)
    return dict(Practice.objects.public().values_list("pk", "title"))


def test_the_judged_set_is_large_enough_and_names_what_is_there(
    titles: dict[int, str],
) -> None:
    assert len(titles) >= 60
    assert len(JUDGED["query"]) >= 40
    graded = {title for one in JUDGED["query"] for title in one["grades"]}
    assert graded <= set(titles.values())


def test_meaning_and_words_together_find_more_than_words_alone(
    titles: dict[int, str],
) -> None:
    told = {"words": [0.0, 0.0], "fused": [0.0, 0.0]}
    asked = [one for one in JUDGED["query"] if not one.get("tune")]
    model = meaning.learned()
    for one in asked:
        lists = {
            "words": meaning.ways_of(one["q"], model)["words"],
            "fused": [hit.practice for hit in meaning.search(one["q"])],
        }
        for way, keys in lists.items():
            ranked = [titles[key] for key in keys]
            told[way][0] += recall_at(ranked, one["grades"], 10) / len(asked)
            told[way][1] += ndcg_at(ranked, one["grades"], 10) / len(asked)
    assert told["fused"][0] >= told["words"][0] + 0.2
    assert told["fused"][1] >= told["words"][1] + 0.2
    assert told["fused"][0] >= 0.85


def test_what_is_published_withdrawn_or_changed_is_learned_at_once(
    at: datetime,
) -> None:
    region = people.region("62.02")
    row = makers.published(region, at)
    assert [hit.practice for hit in meaning.search("waste")] == [row.pk]
    practices.withdraw(practice=row, reason="Keliru.", by=None, at=at)
    assert meaning.search("waste") == []


def test_drafts_are_never_found(at: datetime) -> None:
    makers.begun(people.region("62.02"), at)
    assert meaning.search("bank sampah") == []
    assert finding.find({"q": "bank sampah"}).cards == ()


@pytest.mark.parametrize("text", ["", "  ", "!!!", "' OR 1=1 --", "zzzzqqq", "%_<>&|"])
def test_odd_questions_find_nothing_and_break_nothing(at: datetime, text: str) -> None:
    makers.published(people.region("62.02"), at)
    assert meaning.search(text) == []


def test_filters_and_words_narrow_together(at: datetime) -> None:
    region = people.region("62.02")
    makers.published(region, at)
    failed = makers.published(
        region,
        at,
        title="Kios sampah",
        result="failed",
        outcome="Sepi.",
        lessons="Jangan.",
    )
    found = finding.find({"q": "sampah", "hasil": "failed"})
    assert [card.practice for card in found.cards] == [failed]
    assert finding.find({"q": "sampah", "dimensi": "GOV"}).cards == ()


def test_every_problem_is_told_in_words_of_the_thesaurus() -> None:
    known = words.thesaurus()
    told = {fold(word) for problem in words.problems() for word in problem.words}
    assert told <= set(known.concepts)
    assert len({problem.code for problem in words.problems()}) == len(words.problems())


def test_problems_find_what_speaks_of_them_and_are_counted(at: datetime) -> None:
    region = people.region("62.02")
    row = makers.published(region, at)
    assert [card.practice for card in finding.find({"masalah": "sampah"}).cards] == [
        row
    ]
    assert finding.find({"masalah": "antrean"}).cards == ()
    assert finding.problems()["sampah"].endswith("(1)")
    assert "antrean" not in finding.problems()


def test_an_abbreviation_finds_what_is_written_out_and_the_other_way_round(
    at: datetime,
) -> None:
    region = people.region("62.02")
    long = makers.published(
        region, at, title="Bantuan sosial tunai", summary="Daftar.", tags=()
    )
    short = makers.published(region, at, title="PJU hemat", summary="Murah.", tags=())
    assert meaning.search("BLT")[0].practice == long.pk
    assert meaning.search("penerangan jalan umum")[0].practice == short.pk


def test_what_a_practice_explains_itself_is_learned(at: datetime) -> None:
    region = people.region("62.02")
    makers.published(
        region, at, title="Rumah", summary="Rumah Tumbuh Nelayan (RTN) bagi warga."
    )
    other = makers.published(
        region, at, title="Rumah tumbuh nelayan di pantai", summary="Tepi laut."
    )
    found = meaning.search("RTN")
    assert other.pk in [hit.practice for hit in found]


@pytest.mark.parametrize("reader", [False, True])
def test_the_search_finds_more_than_full_text_that_knows_no_language(
    titles: dict[int, str], reader: bool
) -> None:
    """Of both readers apart: docs/benchmarks.md tells the figures."""
    asked = [
        one
        for one in JUDGED["query"]
        if not one.get("tune") and one.get("second", False) == reader
    ]
    recall = gain = 0.0
    for one in asked:
        ranked = [titles[hit.practice] for hit in meaning.search(one["q"])]
        recall += recall_at(ranked, one["grades"], 10) / len(asked)
        gain += ndcg_at(ranked, one["grades"], 10) / len(asked)
    assert recall >= 0.85
    assert gain >= 0.83
