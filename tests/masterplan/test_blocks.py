"""Each kind of block, with data and without, in both languages."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.utils.translation import override

from habaring.assessment.models import Indicator, Target
from habaring.masterplan.book import MAKERS, Inputs, assemble
from habaring.masterplan.figures import Figures
from habaring.portfolio.models import Plan
from habaring.regions.models import Region
from tests.masterplan import makers
from tests.portfolio import makers as portfolio

LANGUAGES = ("id", "en")


def inputs(plan: Plan, at: datetime, language: str = "id", **more: Any) -> Inputs:
    given: dict[str, Any] = {
        "region": plan.region,
        "plan": plan,
        "index_edition": None,
        "template": makers.book_set(at),
        "language": language,
        "number": 1,
        "title": "Masterplan",
        "at": at,
    }
    return Inputs(**(given | more))


def made(kind: str, given: Inputs) -> list[dict[str, Any]]:
    with override(given.language):
        return MAKERS[kind](Figures(given))


def words(blocks: list[dict[str, Any]]) -> str:
    """All that a reader sees, without the pictures."""
    plain = [
        {k: v for k, v in block.items() if k not in {"svg", "narrow", "url"}}
        for block in blocks
    ]
    return json.dumps(plain, ensure_ascii=False).replace("\u00a0", " ")


@pytest.fixture
def bare(kotim: Region, at: datetime) -> Plan:
    """A plan of one programme and nothing else: no index, no RPJMD, no targets."""
    return makers.plan(kotim, at, portfolio.entry("GOV-01"))


@pytest.fixture
def full(kotim: Region, at: datetime) -> Inputs:
    edition = makers.index(kotim)
    makers.development_plan(kotim, at)
    plan = makers.plan(kotim, at)
    indicator = Indicator.objects.get(code="K23")
    for year, value in ((2023, 3), (2027, 4), (2029, 4.5)):
        Target.objects.create(
            region=kotim,
            indicator=indicator,
            year=year,
            value=value,
            source="RPJMD 2025-2029",
        )
    return inputs(plan, at, index_edition=edition)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_data_a_block_says_so_instead_of_being_empty(
    bare: Plan, at: datetime, language: str
) -> None:
    for kind in MAKERS:
        blocks = made(kind, inputs(bare, at, language))
        # that there is no RPJMD is told once, by the vision above the alignment
        assert blocks or kind == "alignment", kind
        assert "None" not in words(blocks), kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_with_data_a_block_is_plain_and_whole(
    full: Inputs, at: datetime, language: str
) -> None:
    given = inputs(full.plan, at, language, index_edition=full.index_edition)
    for kind in MAKERS:
        blocks = made(kind, given)
        assert blocks, kind
        assert json.loads(json.dumps(blocks)) == blocks, kind
        assert "None" not in words(blocks), kind
        for block in blocks:
            _is_whole(block)


def _is_whole(block: dict[str, Any]) -> None:
    if block["type"] == "table":
        width = len(block["columns"])
        assert all(len(row["cells"]) == width for row in block["rows"])
    if block["type"] == "chart":
        assert block["alt"]
        assert block["svg"].startswith("<svg")


def test_the_place_of_the_region_is_a_range_in_words(full: Inputs) -> None:
    text = words(made("index", full))
    assert "Kotawaringin Timur berada di" in text
    assert "dari 4 daerah" in text
    english = words(
        made(
            "index", inputs(full.plan, full.at, "en", index_edition=full.index_edition)
        )
    )
    assert "of 4 regions" in english


def test_a_dimension_without_values_is_not_a_zero(full: Inputs) -> None:
    [score] = [
        row
        for block in made("index", full)
        if block["type"] == "table"
        for row in block["rows"]
        if row["cells"][0] == "Branding"
    ]
    assert score["cells"][1] == "belum diukur"
    assert "belum diukur" in words(made("gaps", full)).lower()


def test_a_gap_is_measured_to_the_next_target(full: Inputs) -> None:
    text = words(made("gaps", full))
    assert "(2027)" in text
    assert "(2023)" not in text
    assert "(2029)" not in text


def test_alignment_counts_programmes_and_names_those_without_a_mission(
    full: Inputs,
) -> None:
    table, loose = made("alignment", full)
    assert [row["cells"][1] for row in table["rows"]] == ["0", "1"]
    assert loose["text"] == "1 program tidak menyebut misi RPJMD ini."
    english = made(
        "alignment", inputs(full.plan, full.at, "en", index_edition=full.index_edition)
    )
    assert english[1]["text"] == "1 programme names no mission of this RPJMD."
    assert "2. Governance" in words(english)


def test_the_action_plan_adds_up_to_the_money_of_the_plan(full: Inputs) -> None:
    figures = Figures(full)
    total = sum(item.total for item in figures.items)
    assert total == figures.money.total
    text = words(made("action-plan", full))
    assert f"Rp {total:,}".replace(",", ".") in text
    assert f"Rp {total:,}".replace(",", ".") in words(made("money", full))


def test_each_line_of_the_action_plan_leads_to_its_programme(full: Inputs) -> None:
    [table] = [b for b in made("action-plan", full) if b["type"] == "table"]
    urls = {row["cells"][0]: row["url"] for row in table["rows"]}
    assert urls["GOV-01"] == "/daerah/62.02/pilihan/program/GOV-01/"
    assert urls[""] == ""
    assert table["wide"]


def test_what_is_left_out_carries_its_reason(full: Inputs) -> None:
    text = words(made("left-out", full))
    assert "GOV-03" in text
    assert "Gedung pusat kendali" in text
    assert "GOV-01" not in text


def test_a_quick_win_has_a_profile_with_its_origin(full: Inputs) -> None:
    [card] = made("quick-win-profiles", full)
    rows = dict(card["rows"])
    assert card["title"].startswith("Bayar pajak dari mana pun")
    assert rows["Asal"] == "Warga Baamang"
    assert "Owner" not in rows


def test_a_claim_of_thirteen_months_is_no_quick_win(
    kotim: Region, at: datetime
) -> None:
    slow = portfolio.entry("GOV-01", quick_win=True, months=13, costs={(1, "PAD"): 5})
    plan = makers.plan(kotim, at, slow)
    assert [b["type"] for b in made("quick-wins", inputs(plan, at))] == ["note"]


def test_a_set_is_assembled_in_the_language_of_the_edition(
    full: Inputs, at: datetime
) -> None:
    books = {
        language: assemble(
            inputs(full.plan, at, language, index_edition=full.index_edition)
        )
        for language in LANGUAGES
    }
    titles = {
        language: [c["title"] for b in record["books"] for c in b["chapters"]]
        for language, record in books.items()
    }
    assert "Bab 4. Rencana Aksi" in titles["id"]
    assert "Chapter 4. Action Plan" in titles["en"]
    assert len(titles["id"]) == len(titles["en"])


def test_days_in_a_book_are_those_of_the_region(full: Inputs) -> None:
    """Half past midnight in Sampit is still yesterday in UTC."""
    late = full.at.replace(hour=17, minute=30)
    record = assemble(inputs(full.plan, late))
    assert "3 November 2026" in record["books"][0]["edition_line"].replace(
        "\u00a0", " "
    )


def test_illustrative_programmes_mark_the_book_and_their_lines(
    kotim: Region, at: datetime
) -> None:
    plan = makers.plan(kotim, at, portfolio.entry("GOV-01", illustrative=True))
    record = assemble(inputs(plan, at))
    assert record["illustrative"]
    assert "Program GOV-01 (contoh)" in words(made("action-plan", inputs(plan, at)))
