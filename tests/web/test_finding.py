"""The front page: find a region, see the country."""

from datetime import datetime

import pytest
from django.test import Client

from habaring.regions.models import Region
from tests import makers
from tests.masterplan import makers as masterplan


@pytest.fixture
def country(db: None) -> None:
    for code in ("62.01", "62.02", "62.03", "62.71", "62.02.06"):
        makers.region(code)


def search(client: Client, words: str) -> str:
    return client.get("/", {"q": words}).content.decode()


def test_the_front_page_stands_without_any_data(client: Client, db: None) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert "<h1>" in answer.content.decode()


@pytest.mark.parametrize("words", ["kotawaringin timur", "Kotim", "kotawaringn timur"])
def test_a_region_is_found_by_name_short_name_and_with_a_slip(
    client: Client, country: None, words: str
) -> None:
    page = search(client, words)
    assert 'href="/daerah/62.02/"' in page
    assert "Kabupaten Kotawaringin Timur" in page


@pytest.mark.parametrize("code", ["62.02", "6202"])
def test_a_code_finds_its_region_before_the_districts(
    client: Client, country: None, code: str
) -> None:
    page = search(client, code)
    assert (
        page.split('class="doors"')[1].split('href="')[1].startswith("/daerah/62.02/")
    )


def test_nothing_found_says_what_to_try_and_keeps_the_words(
    client: Client, country: None
) -> None:
    page = search(client, '<b>"zzz"')
    assert "Coba sebagian namanya" in page
    assert "&lt;b&gt;&quot;zzz&quot;" in page
    assert "<b>&quot;" not in page


def test_very_long_and_odd_words_are_borne(client: Client, country: None) -> None:
    for words in ("x" * 5000, "%", "_", "'", "\x01", "  ", "🙂"):
        assert client.get("/", {"q": words}).status_code == 200


def test_the_front_page_names_regions_with_a_plan_and_counts_indices(
    client: Client, kotim: Region, at: datetime
) -> None:
    masterplan.index(kotim)
    masterplan.plan(kotim, at)
    page = client.get("/").content.decode()
    assert "Rencananya sudah dapat dibaca semua orang" in page
    assert "<b>4</b> sudah menerbitkan indeks" in page


def test_the_front_page_asks_few_questions(
    client: Client,
    kotim: Region,
    at: datetime,
    django_assert_max_num_queries: object,
) -> None:
    masterplan.index(kotim)
    masterplan.plan(kotim, at)
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        client.get("/")
