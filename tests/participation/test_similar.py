"""What is similar: slips and paraphrases find their origin, quickly, and say why."""

import csv
import gzip
import random
import re
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from habaring.participation import similar as finder
from habaring.participation.models import Proposal, ProposalState, ProposalWords
from habaring.participation.similar import similar
from habaring.regions.models import Region
from tests.participation import makers

pytestmark = pytest.mark.django_db

OTHERS = (
    ("Bak sampah di pasar", "Sampah menumpuk.", "Sediakan bak terpilah."),
    ("Wifi di balai desa", "Anak sulit belajar.", "Pasang titik wifi."),
    ("Jembatan gantung", "Jembatan lapuk.", "Ganti papan jembatan."),
    ("Posyandu keliling", "Ibu jauh dari puskesmas.", "Adakan posyandu perahu."),
)


@pytest.fixture
def lamp(kotim: Region, at: datetime) -> Proposal:
    call = makers.call(kotim, at)
    for title, problem, idea in OTHERS:
        makers.proposal(call, at, title=title, problem=problem, idea=idea)
    return makers.proposal(call, at)


def test_a_paraphrase_finds_its_origin_and_says_why(
    kotim: Region, lamp: Proposal
) -> None:
    found = similar(
        region=kotim,
        title="Penerangan gang kami",
        text="Kalau malam gelap, ada yang jatuh. Mohon lampu tenaga surya.",
    )
    assert [one.proposal for one in found] == [lamp]
    assert {"lampu", "gelap"} <= set(found[0].shared)
    assert not {"yang", "ada", "kami"} & set(found[0].shared)


def test_a_slip_of_the_pen_in_the_title_loses_nothing(
    kotim: Region, lamp: Proposal
) -> None:
    (found,) = similar(region=kotim, title="Lamppu jalaan di gang mawarr", text="")
    assert found.proposal == lamp
    assert found.title_alike


def test_only_public_ones_of_the_region_are_found(
    kotim: Region, lamp: Proposal, at: datetime
) -> None:
    asked: dict[str, Any] = {"region": kotim, "title": lamp.title, "text": lamp.problem}
    assert similar(**asked)
    assert not similar(**asked, but=lamp.pk)
    elsewhere = Region.objects.create(code="62.09", name="Lain", kind="kabupaten")
    assert not similar(**(asked | {"region": elsewhere}))
    for state in (ProposalState.HELD, ProposalState.WITHDRAWN, ProposalState.DRAFT):
        Proposal.objects.filter(pk=lamp.pk).update(state=state)
        assert not similar(**asked)
        assert not ProposalWords.objects.filter(proposal=lamp).exists()


@pytest.mark.parametrize("text", ["", "?!", "'", "a & b | c:* \\", "<b>", "x" * 9000])
def test_odd_texts_find_nothing_and_break_nothing(
    kotim: Region, lamp: Proposal, text: str
) -> None:
    assert similar(region=kotim, title=text[:150], text=text) == []


# Real text


def _subactivities(folder: Path) -> Iterator[tuple[str, str]]:
    path = folder / "nomenclature" / "subkegiatan_2027_definisi.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield row["subkegiatan_code"], " ".join(row["definisi_operasional"].split())


def _filled(kotim: Region, at: datetime, texts: list[str], total: int) -> None:
    call = makers.call(kotim, at)
    Proposal.objects.bulk_create(
        Proposal(
            region=kotim,
            call=call,
            number=i + 1,
            title=texts[i % len(texts)][:80],
            problem=texts[i % len(texts)][:1200],
            idea=f"Salinan {i // len(texts)}" if i >= len(texts) else "",
            state=ProposalState.PUBLIC,
            begun_at=at,
            changed_at=at,
            sent_at=at,
        )
        for i in range(total)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE participation_proposalwords")


def _paraphrase(text: str, chance: random.Random) -> str:
    """A third of the words of its first sentences, in another order."""
    words = re.findall(r"[a-z]{4,}", text[:700].lower())
    kept = chance.sample(words, max(5, len(words) // 3))
    return " ".join(kept)


@pytest.mark.real_data
def test_paraphrases_of_official_text_find_their_origin(
    kotim: Region, at: datetime, shared_data: Path
) -> None:
    texts = list(
        {
            text[:300]: text
            for _code, text in _subactivities(shared_data)
            if len(text) > 200
        }.values()
    )
    _filled(kotim, at, texts, len(texts))
    chance = random.Random(4)  # noqa: S311 - the same each time
    asked = chance.sample(range(len(texts)), 200)
    first = top = 0
    for i in asked:
        found = finder.rank(region=kotim, title="", text=_paraphrase(texts[i], chance))[
            :5
        ]
        wanted = Proposal.objects.get(number=i + 1).pk
        keys = [key for key, *_rest in found]
        first += keys[:1] == [wanted]
        top += wanted in keys
    print(f"{len(texts)} texts: first {first / 2:.1f} %, among five {top / 2:.1f} %")
    assert top >= 180


@pytest.mark.real_data
def test_the_name_of_a_task_finds_its_official_description(
    kotim: Region, at: datetime, shared_data: Path
) -> None:
    path = shared_data / "nomenclature" / "subkegiatan_2027.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        names = {
            row["subkegiatan_code"]: (row["subkegiatan"], row["indikator"])
            for row in csv.DictReader(file)
            if row["pemda"] == "KABKOT"
        }
    texts: dict[str, str] = {}
    for code, text in _subactivities(shared_data):
        if code in names and len(text) > 200:
            texts.setdefault(code, text)
    codes = list(texts)
    _filled(kotim, at, [texts[code] for code in codes], len(codes))
    chance = random.Random(11)  # noqa: S311 - the same each time
    asked = chance.sample(range(len(codes)), 200)
    first = top = 0
    for i in asked:
        title, text = names[codes[i]]
        found = finder.rank(region=kotim, title=title, text=text)[:5]
        wanted = Proposal.objects.get(number=i + 1).pk
        keys = [key for key, *_rest in found]
        first += keys[:1] == [wanted]
        top += wanted in keys
    print(f"{len(codes)} names: first {first / 2:.1f} %, among five {top / 2:.1f} %")
    assert top >= 100


@pytest.mark.real_data
def test_twenty_thousand_proposals_are_searched_quickly(
    kotim: Region, at: datetime, shared_data: Path
) -> None:
    texts = [text for _code, text in _subactivities(shared_data) if len(text) > 200]
    _filled(kotim, at, texts, 20_000)
    chance = random.Random(7)  # noqa: S311 - the same each time
    asked = [_paraphrase(chance.choice(texts), chance) for _i in range(20)]
    spans = []
    for text in asked:
        start = time.perf_counter()
        finder.rank(region=kotim, title=text[:80], text=text)
        spans.append(time.perf_counter() - start)
    spans.sort()
    print(f"20,000 proposals: median {spans[10]:.3f} s, slowest {spans[-1]:.3f} s")
    assert spans[10] < 0.5
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN SELECT proposal_id FROM participation_proposalwords"
            " WHERE words @@ '''lampu'''::tsquery AND region_id = %s",
            [kotim.pk],
        )
        plan = " ".join(row[0] for row in cursor.fetchall())
    assert "proposal_public_words" in plan
