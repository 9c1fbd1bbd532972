import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habaring.engines.likeness import (
    Thesaurus,
    abbreviations,
    fold,
    fuse,
    learn,
    ndcg_at,
    recall_at,
)
from tests.engines.likeness import plain

TEXTS = [
    "Pembayaran pajak bumi dan bangunan secara daring lewat QRIS",
    "Bank sampah kelurahan menukar sampah plastik dengan tabungan",
    "Wisata orangutan di taman nasional untuk promosi daerah",
    "Bayar PBB dari rumah: loket pajak pindah ke telepon",
    "Pengolahan sampah bambu dan tempat pembuangan akhir",
    "Festival budaya menarik wisatawan ke kota",
]
WORDS = Thesaurus(
    groups=(
        ("pajak", "tax", "PBB", "property tax"),
        ("sampah", "waste", "garbage"),
        ("wisata", "tourism", "wisatawan"),
    ),
    silent=frozenset({"dan", "di", "ke", "dari"}),
)


def test_folding_drops_accents_case_and_signs() -> None:
    assert fold("Kafé  Été—2.0!") == "kafe ete 2 0"


def test_a_stem_inside_another_word_is_met_by_its_runs() -> None:
    found = learn(TEXTS, thesaurus=WORDS).grams("membayar")
    assert found[0].place in (0, 3)
    assert {one.place for one in found[:2]} == {0, 3}


@pytest.mark.parametrize(
    ("asked", "places"),
    [("waste", {1, 4}), ("property tax", {0, 3}), ("tourism", {2, 5})],
)
def test_english_finds_indonesian_by_the_thesaurus(
    asked: str, places: set[int]
) -> None:
    model = learn(TEXTS, thesaurus=WORDS)
    assert {one.place for one in model.grams(asked)[:2]} == places
    assert {one.place for one in model.topics(asked)[:2]} == places


def test_phrases_of_a_thesaurus_are_met_whole() -> None:
    assert WORDS.of(["the", "property", "tax", "bill"]) == ["#0", "#0"]
    assert WORDS.of(["property"]) == []


def test_topics_are_those_of_a_whole_decomposition() -> None:
    model = learn(TEXTS, thesaurus=WORDS, topics=3)
    for place, text in enumerate(TEXTS):
        ours = {one.place: one.score for one in model.topics(text)}
        theirs = plain.topic_scores(model, 3, place)
        assert ours[place] == pytest.approx(1, abs=1e-6)
        for other, score in ours.items():
            assert score == pytest.approx(theirs[other], abs=1e-6)


def test_the_same_texts_teach_the_same() -> None:
    one, other = (learn(TEXTS, thesaurus=WORDS, topics=4) for _ in range(2))
    assert one.topics("pajak") == other.topics("pajak")
    assert one.grams("pajak") == other.grams("pajak")


def test_nothing_known_finds_nothing() -> None:
    model = learn(TEXTS)
    assert model.grams("zzzz qqqq") == []
    assert model.topics("zzzz qqqq") == []
    assert model.grams("") == []
    assert learn([]).grams("pajak") == []
    assert learn([]).topics("pajak") == []
    assert [one.place for one in learn(["satu"]).topics("satu")] == [0]


def test_what_few_texts_hold_can_be_dropped() -> None:
    rare, all_of_it = learn(TEXTS, held_by=2), learn(TEXTS)
    assert len(rare.idf) < len(all_of_it.idf)
    assert np.all(np.isfinite(rare.places))


def test_fusing_by_hand() -> None:
    found = dict(fuse([["a", "b"], ["b", "c"]], k=1, weights=[1.0, 2.0]))
    assert found == {"a": 1 / 2, "b": 1 / 3 + 2 / 2, "c": 2 / 3}
    assert [key for key, _score in fuse([["a", "b"], ["b", "c"]])] == ["b", "a", "c"]
    assert fuse([]) == []


def test_measures_by_hand() -> None:
    assert recall_at(["a", "x", "b"], {"a", "b", "c"}, 2) == pytest.approx(1 / 3)
    assert recall_at([], set(), 5) == 1
    # gains 3 and 1 in the wrong order: (1 + 3 / log2 3) / (3 + 1 / log2 3)
    assert ndcg_at(["b", "a"], {"a": 2, "b": 1}, 5) == pytest.approx(0.79670757, 1e-6)
    assert ndcg_at(["a", "b"], {"a": 2, "b": 1}, 5) == pytest.approx(1)
    assert ndcg_at(["x"], {"a": 0}, 5) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Pajak Bumi dan Bangunan (PBB)", ("PBB", "Pajak Bumi dan Bangunan")),
        ("PBB (pajak bumi dan bangunan)", ("PBB", "pajak bumi dan bangunan")),
        (
            "di Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu (DPMPTSP, 2024)",
            ("DPMPTSP", "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu"),
        ),
    ],
)
def test_an_abbreviation_is_learned_where_a_text_explains_it(
    text: str, found: tuple[str, str]
) -> None:
    assert abbreviations([text, text]) == (found,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(PBB)",
        "sebuah program (contoh)",
        "Kota Bogor (BOTAK)",
        "Sudah selesai. (PBB) dibayar",
        "IPM 2024 (72,66)",
        "PBB (PBB)",
        "(((",
    ],
)
def test_a_bracket_that_explains_nothing_teaches_nothing(text: str) -> None:
    assert abbreviations([text]) == ()


@given(st.text(alphabet="aABb ().,-/\n1", max_size=60))
def test_whatever_stands_there_the_letters_are_in_the_words(text: str) -> None:
    for short, long in abbreviations([text]):
        letters = iter(long.lower())
        assert all(one in letters for one in short.lower() if one.isalnum())
        assert long in text


def test_a_short_word_counts_as_what_it_stands_for() -> None:
    known = Thesaurus(short={"pbb": "pajak bumi dan bangunan"})
    assert known.words("Bayar PBB!") == [
        "bayar",
        "pbb",
        "pajak",
        "bumi",
        "dan",
        "bangunan",
    ]
    told = known.explained([("PBB", "palang biru"), ("TPI", "tempat lelang ikan")])
    assert told.short["pbb"] == "pajak bumi dan bangunan"
    assert told.words("tpi")[1:] == ["tempat", "lelang", "ikan"]
    model = learn(["Pajak bumi dan bangunan", "Sampah"], thesaurus=known)
    assert [one.place for one in model.grams("PBB")] == [0]
