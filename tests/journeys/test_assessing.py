"""Journey 2: from the first link to a published index that anybody can recompute."""

import json
import re
from pathlib import Path

import openpyxl
import pytest

from tests.journeys.conftest import Arrive
from tests.journeys.person import Person
from tests.journeys.town import PASSWORD, Town, habaring

NOBODY_YET = True
ROOM = "/ruang-kerja/62.02/"


def makes_account(person: Person, link: str, name: str, mail: str) -> None:
    """Open a one-time link and fill in the form behind it."""
    person.go(link)
    field = person.field(person.says("Mail address"))
    if field.is_enabled():
        field.fill(mail)
    else:
        assert field.input_value() == mail
    person.fills(person.says("Full name"), name)
    person.fills(person.says("Your password"), PASSWORD)
    person.press(person.says("Make my account"))
    assert person.path == "/akun/langkah-kedua/"
    person.sets_up_an_app(mail)
    assert person.path.startswith("/ruang-kerja/")


def template(person: Person, folder: Path) -> Path:
    person.go(f"{ROOM}kenali/unggah/")
    return person.takes(person.says("Table to fill in, XLSX"), folder)


def changed(source: Path, to: Path, cells: dict[tuple[str, int, str], object]) -> Path:
    """The template with some cells of its first sheet filled in otherwise.

    `cells` names the indicator, the year and the column by its number's letter.
    """
    book = openpyxl.load_workbook(source)
    sheet = book.worksheets[0]
    for (indicator, year, column), value in cells.items():
        row = next(
            row[0].row
            for row in sheet.iter_rows(min_row=2)
            if row[1].value == indicator and row[4].value == year
        )
        sheet[f"{column}{row}"] = value
    book.save(to)
    return to


def sends(person: Person, file: Path) -> None:
    person.go(f"{ROOM}kenali/unggah/")
    person.attaches(person.says("File"), file)
    person.press(person.says("Send the file"))


def publishes(person: Person, year: str) -> int:
    """Publish an edition; its number in the address."""
    person.go(f"{ROOM}kenali/")
    person.follow(person.says("Publish an index edition"))
    person.fills(person.says("Year"), year)
    person.press(person.says("See what is known"))
    person.press(person.says("Publish the edition"))
    found = re.fullmatch(r"/daerah/62\.02/kondisi/edisi/(\d+)/", person.path)
    assert found, person.path
    return int(found[1])


def test_from_the_first_link_to_a_number_that_anybody_can_recompute(
    arrive: Arrive, town: Town, tmp_path: Path
) -> None:
    operator = arrive()
    makes_account(operator, town.first_link, "Ibu Pengelola", "pengelola@contoh.id")
    operator.go(town.first_link)
    operator.reads(operator.says("This link does not work any more."))

    budi = invited(operator, arrive, town, "id")
    uploads_badly_then_well(budi, tmp_path)
    number = publishes(budi, "2024")
    alya = arrive()
    reads_the_edition(alya, number)
    recomputes(alya, number, town, tmp_path)

    wayan = invited(operator, arrive, town, "en")
    uploads_badly_then_well(wayan, tmp_path)
    again = publishes(wayan, "2024")
    assert again > number
    reads_the_edition(arrive(language="en"), again)
    # what was published before did not change
    recomputes(alya, number, town, tmp_path)


def invited(operator: Person, arrive: Arrive, town: Town, language: str) -> Person:
    """The operator invites; the letter arrives; its link makes the officer's account."""
    mail = f"petugas-{language}@contoh.id"
    before = len(town.letters())
    operator.go(f"{ROOM}orang/undang/")
    operator.fills(operator.says("Mail address"), mail)
    operator.chooses(operator.says("Role"), "Sekretariat program")
    operator.press(operator.says("See what this person will see"))
    operator.press(operator.says("Send the invitation"))
    operator.reads(mail)
    letters = town.letters()
    assert len(letters) == before + 1
    letter = letters[-1]
    assert mail in letter
    link = re.search(r"http://\S+/undangan/\S+", letter)
    assert link, letter
    officer = arrive(language=language)
    makes_account(officer, link[0], "Petugas Habaring", mail)
    assert officer.path == ROOM
    return officer


def uploads_badly_then_well(person: Person, folder: Path) -> None:
    source = template(person, folder)
    before = history_of(person, "K05")
    bad = changed(
        source,
        folder / f"buruk-{person.language}.xlsx",
        {
            ("K05", 2024, "F"): "tujuh puluh",
            ("K01", 2024, "B"): "K99999",
            ("K33a", 2024, "E"): 2099,
            ("K23", 2024, "F"): "1.234,5,6",
        },
    )
    sends(person, bad)
    person.reads(person.says("Nothing of the file was saved."))
    told = person.page.get_by_role("region", name=person.says("Problems in the file"))
    rows = [row.inner_text() for row in told.locator("tbody tr").all()]
    assert len(rows) >= 4
    sheet = openpyxl.load_workbook(source).worksheets[0].title
    assert all(sheet in row and re.search(r"\d", row) for row in rows)
    assert any("tujuh puluh" in row for row in rows)
    assert any("K99999" in row for row in rows)
    assert any("2099" in row for row in rows)
    assert history_of(person, "K05") == before

    note = f"Dibetulkan ({person.language})"
    good = changed(
        source,
        folder / f"baik-{person.language}.xlsx",
        {("K05", 2024, "F"): 13_100 + 10 * before, ("K05", 2024, "L"): note},
    )
    sends(person, good)
    assert "/kenali/riwayat/" in person.path
    person.reads(note)
    assert history_of(person, "K05") == before + 1
    person.reads(note)


def history_of(person: Person, indicator: str) -> int:
    """How many revisions the year 2024 has."""
    person.go(f"{ROOM}kenali/indikator/{indicator}/")
    return person.page.get_by_role("region", name="2024").locator("tbody tr").count()


def reads_the_edition(person: Person, number: int) -> None:
    """What the public sees: a range of ranks, sources, dates, and how it came about."""
    person.go("/daerah/62.02/kondisi/")
    person.reads(person.says("The ranks it could hold"))
    sentence = person.page.locator("p.lede").first.inner_text()
    assert re.search(r"\d+(st|nd|rd|th)?\D+\d+", sentence), sentence
    assert person.page.locator("main svg").count() > 3
    assert "BPS" in person.text
    person.follow(person.says("how this was computed"), exact=False)
    assert person.path == f"/daerah/62.02/kondisi/edisi/{number}/"
    person.reads(person.says("How was this computed?"))
    person.reads(person.says("1. Values become points"))


def recomputes(person: Person, number: int, town: Town, folder: Path) -> None:
    """The two files and the command of the page give the numbers of the page."""
    person.go(f"/daerah/62.02/kondisi/edisi/{number}/")
    command = person.page.locator("#unduh ~ pre, pre").last.inner_text().split()
    to = folder / f"edisi-{number}-{person.language}"
    for name in ("table.csv", "framework.toml", "SHA256SUMS"):
        assert person.takes(name, to).name.endswith(name)
    assert command[:2] == ["habaring", "score"]
    words = [
        str(next(to.glob(f"*{word}"))) if "." in word else word for word in command[1:]
    ]
    told = habaring(*words, "--json", env=town.environment())
    assert told.code == 0, told.err
    record = json.loads(told.out)
    units = {unit["unit"]: unit for unit in record["units"]}
    shown = list(rows_shown(person))
    assert len(shown) == len(units) == 14
    by_name = region_codes(person)
    for name, index, ranks, _weight in shown:
        unit = units[by_name[name]]
        assert figure(index, person.language) == pytest.approx(
            unit["index"], abs=0.05001
        )
        spans = [int(part) for part in re.findall(r"\d+", ranks)]
        assert [spans[0], spans[-1]] == [unit["rank_low"], unit["rank_high"]]


def rows_shown(person: Person) -> list[list[str]]:
    """All regions of the edition with their scores."""
    name = person.says("All regions with their scores")
    table = person.page.locator(f'[aria-label="{name}"]').last
    return [
        [cell.strip() for cell in row.locator("th, td").all_text_contents()]
        for row in table.locator("tbody tr").all()
    ]


def region_codes(person: Person) -> dict[str, str]:
    name = person.says("All regions with their scores")
    links = person.page.locator(f'[aria-label="{name}"]').last.locator("tbody a")
    found = {}
    for link in links.all():
        address = link.get_attribute("href") or ""
        found[(link.text_content() or "").strip()] = address.split("/")[2]
    return found


def figure(text: str, language: str) -> float:
    return float(text.replace(",", ".") if language == "id" else text)
