"""Journeys 4 and 5: an edition of the master plan, and the thread through all of it."""

import hashlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.person import Person
from tests.journeys.town import Town, habaring

ROOM = "/ruang-kerja/62.02/"
LANGUAGES = ["id", "en"]
BOOKS_MS = 120_000
SENTENCE = {
    "id": "Kalimat yang ditulis petugas pada hari ini.",
    "en": "A sentence that the officer wrote today.",
}


def writes_a_section(person: Person) -> None:
    person.go(f"{ROOM}rencanakan/")
    with person.page.expect_navigation():
        person.page.locator("tbody th a").first.click()
    person.arrived()
    box = person.field(person.says("Text"))
    box.fill(f"{box.input_value()}\n\n{SENTENCE[person.language]}")
    person.press(person.says("Save"))
    person.reads(person.says("Saved as a new revision."))
    assert SENTENCE[person.language] in box.input_value()


def issues(person: Person) -> str:
    """Issue an edition; its address."""
    person.go(f"{ROOM}rencanakan/")
    person.follow(person.says("Issue an edition"))
    person.chooses(
        person.says("Language"), "English" if person.language == "en" else "Bahasa"
    )
    index = person.field(person.says("Index edition"))
    index.select_option(index=1)
    person.press(person.says("Issue the edition"))
    address = person.path
    assert re.fullmatch(r"/daerah/62\.02/rencana/edisi/\d+/", address)
    return address


def waits_for_the_files(person: Person, address: str) -> dict[str, str]:
    """The checksum of every file of the edition by the file's address."""
    waiting = person.says("Being set; open this page again in a minute.")
    for _turn in range(BOOKS_MS // 2000):
        person.go(address)
        if waiting not in person.text:
            break
        person.page.wait_for_timeout(2000)
    person.misses(waiting)
    found = {}
    for row in person.page.locator("tbody tr").all():
        href = row.locator("td a").get_attribute("href") or ""
        found[href] = row.locator("code").inner_text().strip()
    assert len(found) >= 9
    return found


def takes_file(person: Person, address: str, folder: Path) -> Path:
    link = person.page.locator(f'a[href="{address}"]').first
    with person.page.expect_download() as coming:
        link.click()
    to = folder / address.rsplit("/", 1)[-1]
    folder.mkdir(parents=True, exist_ok=True)
    coming.value.save_as(to)
    return to


def checks_the_files(person: Person, files: dict[str, str], folder: Path) -> None:
    """PDF and DOCX are what they claim, byte for byte what the page says."""
    for address, checksum in files.items():
        if "buku-2" not in address or address.endswith(".html"):
            continue
        content = takes_file(person, address, folder).read_bytes()
        assert hashlib.sha256(content).hexdigest() == checksum
        assert content[:4] == (b"%PDF" if address.endswith("pdf") else b"PK\x03\x04")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_edition_of_the_books_is_issued_and_stays_as_it_is(
    arrive: Arrive, town: Town, tmp_path: Path, language: str
) -> None:
    budi = arrive(language=language).signs_in("Budi")
    writes_a_section(budi)
    address = issues(budi)
    alya = arrive(language=language)
    files = waits_for_the_files(alya, address)
    checks_the_files(alya, files, tmp_path / "sebelum")
    reads_the_book(alya, address)

    # the data goes on, the edition does not
    budi.go(f"{ROOM}kenali/nilai/?indikator=K05&tahun=2024")
    budi.fills(budi.says("Value"), {"id": "13300", "en": "13400"}[language])
    budi.fills(budi.says("Note"), "Dibetulkan sesudah buku terbit")
    budi.press(budi.says("Record the value"))
    writes_a_section(budi)
    assert waits_for_the_files(alya, address) == files
    checks_the_files(alya, files, tmp_path / "sesudah")

    number = address.rstrip("/").rsplit("/", 1)[-1]
    out = tmp_path / "buku"
    words = ["book", "62.02", "--edition", number, "--out", str(out)]
    told = habaring(*words, env=town.environment())
    assert told.code == 0, told.err
    made = {file.name: hashlib.sha256(file.read_bytes()) for file in out.iterdir()}
    for file, checksum in files.items():
        name = ".".join(file.rsplit("/", 1)[-1].rsplit(".", 1))
        assert made[name].hexdigest() == checksum


def reads_the_book(person: Person, address: str) -> None:
    """Open the first book on the screen and turn a page."""
    person.go(address)
    with person.page.expect_navigation():
        person.page.locator("tbody th a").first.click()
    person.arrived()
    person.reads(SENTENCE[person.language])
    contents = person.page.locator(".book-reader nav a")
    assert contents.count() >= 5
    with person.page.expect_navigation():
        contents.nth(2).click()
    person.arrived()
    expect(contents.nth(2)).to_have_attribute("aria-current", "page")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_thread_of_a_programme_leads_both_ways(
    arrive: Arrive, language: str
) -> None:
    alya = arrive(language=language)
    alya.go("/daerah/62.02/pilihan/")
    table = alya.page.get_by_role("region", name=alya.says("In the plan")).first
    with alya.page.expect_navigation():
        table.locator("th a").first.click()
    alya.arrived()
    programme = alya.path
    name = alya.heading.replace("contoh", "").replace("example", "").strip()
    thread = alya.page.locator("ol.thread")
    steps = thread.locator("li")
    assert steps.count() >= 4
    assert "(contoh)" in steps.first.inner_text()  # where it came from

    thread.locator('a[href*="/dewan/"]').first.click()
    expect(alya.page).to_have_url(re.compile(r"/dewan/keputusan/\d+/#keputusan-"))
    alya.arrived()
    alya.go(programme)

    with alya.page.expect_navigation():
        thread.locator('a[href*="/rencana/edisi/"]').first.click()
    alya.arrived()
    assert re.search(r"/rencana/edisi/\d+/buku-", alya.path)
    alya.reads(name)
    with alya.page.expect_navigation():
        alya.page.locator(f'main a[href="{programme}"]').first.click()
    assert alya.arrived().path == programme
