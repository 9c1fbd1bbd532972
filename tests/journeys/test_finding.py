"""Journey 1: from the front page to a region, and around its stages."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.person import Person

LANGUAGES = ["id", "en"]
QUERIES = ["Kotawaringin Timur", "kotim", "62.02", "6202", "kotawaringn timur"]


def seeks(person: Person, words: str) -> None:
    person.page.get_by_role("searchbox").first.fill(words)
    person.press(person.says("Search"))


def finds(person: Person, words: str) -> str:
    """The address that a search leads to: at once for a code, else the first found."""
    person.go("/")
    seeks(person, words)
    if person.path == "/":
        field = person.page.get_by_role("searchbox").first
        assert field.input_value() == words
        with person.page.expect_navigation():
            person.page.locator("ul.doors a").first.click()
        person.arrived()
    return person.path


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_region_is_found_however_it_is_asked_for(
    arrive: Arrive, language: str
) -> None:
    alya = arrive(language=language)
    for words in QUERIES:
        assert finds(alya, words) == "/daerah/62.02/", words
        assert "Kotawaringin Timur" in alya.heading


def test_a_city_and_a_province_are_found_too(arrive: Arrive) -> None:
    alya = arrive()
    for words, code in [("Palangka Raya", "62.71"), ("kalteng", "62"), ("31", "31")]:
        assert finds(alya, words).startswith(f"/daerah/{code}/"), words


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_found_says_what_to_try(arrive: Arrive, language: str) -> None:
    alya = arrive(language=language)
    alya.go("/")
    seeks(alya, "Zzyzx 99")
    alya.reads("Zzyzx 99")
    alya.reads(
        alya.says("Try a part of the name, or the code of the register, such as 62.02.")
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_around_the_stages_of_a_region(arrive: Arrive, language: str) -> None:
    alya = arrive(language=language)
    alya.go("/daerah/62.02/")
    stages = alya.page.locator("header nav a")
    addresses = [link.get_attribute("href") for link in stages.all()]
    assert addresses == [
        "/daerah/62.02/",
        "/daerah/62.02/kondisi/",
        "/daerah/62.02/usulan/",
        "/daerah/62.02/pilihan/",
        "/daerah/62.02/rencana/",
        "/daerah/62.02/pajak/",
        "/daerah/62.02/praktik/",
    ]
    for position, address in enumerate(addresses):
        with alya.page.expect_navigation():
            stages.nth(position).click()
        assert alya.arrived().path == address
        expect(stages.nth(position)).to_have_attribute("aria-current", "page")


def test_up_to_the_province_and_down_to_a_district(arrive: Arrive) -> None:
    alya = arrive()
    alya.go("/daerah/62.02/")
    alya.follow("Kalimantan Tengah")
    assert alya.path in {"/daerah/62/", "/daerah/62/wilayah/"}
    assert len(alya.page.locator(".table.cards tbody tr").all()) == 14
    alya.follow("Kotawaringin Timur", exact=False)
    alya.follow(alya.says("Districts and villages"))
    assert alya.path == "/daerah/62.02/wilayah/"
    alya.reads("Baamang")


def test_a_region_that_has_nothing_yet_says_so(arrive: Arrive) -> None:
    alya = arrive()
    alya.go("/daerah/31.71/")
    alya.reads(alya.says("No index edition yet"))
    for stage in ("kondisi", "pilihan", "rencana", "dewan", "wilayah"):
        alya.go(f"/daerah/31.71/{stage}/")
        assert alya.heading


def test_an_address_that_is_nobodys(arrive: Arrive) -> None:
    alya = arrive()
    for path in ("/daerah/99.99/", "/tidak-ada/", "/daerah/62.02/kondisi/edisi/999/"):
        answer = alya.page.goto(alya.town.url(path))
        assert answer is not None
        assert answer.status == 404
        alya.arrived()
        assert alya.page.get_by_role("link", name=re.compile(".")).count()
