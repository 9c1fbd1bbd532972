"""A region's public face, with everything and with nothing."""

import gzip
import re
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client

import habaring.web
from habaring.masterplan.models import Edition
from habaring.regions.actions import BudgetEntry, open_fiscal_year, record_budget
from habaring.regions.models import Region
from tests import makers
from tests.masterplan import makers as masterplan

FACE = "/daerah/62.02/"
STATIC = Path(habaring.web.__file__).resolve().parent / "static"
BUDGET = 100 * 1024


@pytest.fixture
def whole(kotim: Region, at: datetime) -> Edition:
    """A region with an index, a budget, a plan and an edition of the books."""
    index = masterplan.index(kotim)
    masterplan.development_plan(kotim, at)
    masterplan.plan(kotim, at)
    open_fiscal_year(region=kotim, year=2022, by=None, at=at)
    amounts = {
        "revenue": 2_000,
        "pad": 500,
        "transfer_in": 1_400,
        "other_income": 100,
        "expenditure": 2_100,
        "operating": 1_500,
        "capital": 400,
        "contingency": 10,
        "transfer_out": 190,
    }
    entries = [
        BudgetEntry(2022, "murni", account, amount * 10**9, source="APBD 2022")
        for account, amount in amounts.items()
    ]
    record_budget(region=kotim, entries=entries, by=None, at=at)
    return masterplan.edition(kotim, at, index_edition=index)


def read(client: Client, path: str = FACE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ")


def test_a_region_with_nothing_says_what_is_missing(
    client: Client, kotim: Region
) -> None:
    page = read(client)
    assert "<h1>Kotawaringin Timur</h1>" in page
    assert "Belum ada edisi indeks" in page
    assert "Apa yang dipilih" not in page
    assert "None" not in page


def test_a_region_with_everything_shows_where_it_stands_and_what_it_plans(
    client: Client, whole: Edition
) -> None:
    page = read(client)
    assert "dari 4 daerah" in page
    assert "Rp 2,1 triliun" in page
    assert "Pembiayaan defisit" in page
    assert "<b>2 program</b>" in page
    assert "Bayar pajak dari mana pun" in page
    assert "Gedung pusat kendali" not in page
    assert "/daerah/62.02/rencana/edisi/1/buku-1/" in page
    assert page.count('class="example"') >= 2  # the plan and the books are illustrative


def test_the_face_is_complete_in_english(client: Client, whole: Edition) -> None:
    page = read(client, f"{FACE}?bahasa=en")
    assert "of 4 regions" in page
    assert "Quick Wins: results within twelve months" in page
    assert "Di mana posisi kita?" not in page


def test_the_face_asks_few_questions(
    client: Client, whole: Edition, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(32):  # type: ignore[operator]
        client.get(FACE)


@pytest.mark.parametrize("path", ["/", FACE, f"{FACE}kondisi/", f"{FACE}rencana/"])
def test_a_first_view_weighs_at_most_100_kilobytes(
    client: Client, whole: Edition, path: str
) -> None:
    """Page, style sheet, script and font together, as they travel."""
    answer = client.get(path)
    page = gzip.compress(answer.content, 6)
    parts = {
        name: gzip.compress((STATIC / name).read_bytes(), 6)
        for name in (
            "habaring.css",
            *re.findall(r"css/[a-z]+\.css", answer.content.decode()),
            "js/shell.js",
            "favicon.svg",
        )
    }
    font = STATIC / "vendor/plus-jakarta-sans-latin-wght-normal.woff2"
    weight = len(page) + sum(map(len, parts.values()))
    weight += font.stat().st_size if font.exists() else 0
    assert weight <= BUDGET


@pytest.mark.parametrize("code", ["62", "62.02.06"])
def test_a_province_and_a_district_are_what_they_are_made_of(
    client: Client, kotim: Region, code: str
) -> None:
    makers.region("62.02.06")
    page = read(client, f"/daerah/{code}/")
    assert Region.objects.get(pk=code).name in page
    assert "/kondisi/" not in page  # only a kabupaten or kota has the stages


def test_a_region_that_does_not_exist_is_not_found(client: Client, db: None) -> None:
    assert client.get("/daerah/99.99/").status_code == 404
    assert client.get("/daerah/62.2/").status_code == 404
    assert client.get("/daerah/../").status_code == 404
