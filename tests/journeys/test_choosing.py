"""Journey 3: from candidates to an adopted plan, with a reason for every programme."""

import json
import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.person import Person
from tests.journeys.town import Town, habaring

ROOM = "/ruang-kerja/62.02/"
LANGUAGES = ["id", "en"]
BEST = {"id": "Pagu dasar, dihitung lagi", "en": "Base ceilings once more"}
SEARCH_MS = 90_000


def uploads(person: Person, folder: Path) -> None:
    """Take the template, spoil it, send it; mend it, send it."""
    person.go(f"{ROOM}pilih/kandidat/")
    person.follow(person.says("Upload a spreadsheet"))
    source = person.takes(person.says("Get the template"), folder)
    book = openpyxl.load_workbook(source)
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    cost = heads.index(next(h for h in heads if h and "APBD" in h)) + 1
    dimension = heads.index(person.says("Dimension")) + 1
    costly = next(n for n in range(2, sheet.max_row) if sheet.cell(n, cost).value)
    kept = sheet.cell(costly, cost).value
    sheet.cell(costly, cost).value = -5
    sheet.cell(costly + 1, dimension).value = "XYZ"
    bad = folder / f"buruk-{person.language}.xlsx"
    book.save(bad)
    sends(person, bad)
    told = person.page.get_by_role("region", name=person.says("Problems in the file"))
    rows = [row.inner_text() for row in told.locator("tbody tr").all()]
    assert any("XYZ" in row for row in rows)
    assert any(str(heads[cost - 1]) in row for row in rows)

    sheet.cell(costly, cost).value = kept + 1_000_000
    sheet.cell(costly + 1, dimension).value = "BRA"
    code = str(sheet.cell(costly, 1).value)
    good = folder / f"baik-{person.language}.xlsx"
    book.save(good)
    sends(person, good)
    person.reads(person.says("The file is taken in"))
    assert person.page.get_by_role("link", name=code, exact=True).count() == 1


def sends(person: Person, file: Path) -> None:
    person.go(f"{ROOM}pilih/kandidat/unggah/")
    person.attaches(person.says("Spreadsheet"), file)
    person.press(person.says("Send the spreadsheet"))


def writes_limits(person: Person, name: str, **cells: str) -> None:
    """Change the newest base limits by the form; `cells` are its fields by name."""
    person.go(f"{ROOM}pilih/batas/")
    row = person.page.locator("tbody tr").filter(has_text="Pagu dasar").last
    with person.page.expect_navigation():
        row.locator('a[href*="/ubah/"]').click()
    person.arrived()
    person.fills(person.says("Name"), name)
    for field, value in cells.items():
        person.page.locator(f'[name="{field}"]').fill(value)
    person.press(person.says("Record the limits"))
    person.reads(person.says("The limits are recorded."))


def drafts(person: Person, name: str, limits: str) -> None:
    person.go(f"{ROOM}pilih/skenario/")
    person.follow(person.says("Draft a scenario"))
    person.fills(person.says("Name"), name)
    person.chooses(person.says("Limits"), limits)
    person.press(person.says("Search for the best plan"))
    waits(person)


def waits(person: Person) -> None:
    """Watch the progress until there is an answer."""
    if person.scripts:
        done = person.page.locator(".downloads").first
        expect(done).to_be_visible(timeout=SEARCH_MS)
        person.page.wait_for_load_state()
    else:
        for _turn in range(60):
            if person.page.locator(".downloads").count():
                break
            person.page.wait_for_timeout(1500)
            person.page.reload()
    person.arrived()


def chosen_codes(person: Person) -> set[str]:
    """The codes in the table of what is in the plan."""
    table = person.page.get_by_role("region", name=person.says("In the plan")).first
    hints = table.locator("th .hint").all_inner_texts()
    return {hint.split("·")[0].strip() for hint in hints}


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_candidates_to_the_adopted_plan(
    arrive: Arrive, town: Town, tmp_path: Path, language: str
) -> None:
    budi = arrive(language=language).signs_in("Budi")
    uploads(budi, tmp_path)
    limits = f"{BEST[language]} ({language})"
    writes_limits(budi, limits, quick_wins_per_dimension="1")
    drafts(budi, limits, limits)
    assert limits in budi.heading
    every_programme_has_a_reason(budi)
    less_money_and_what_falls_out(budi, limits)
    adopts(budi, limits)
    alya = arrive(language=language)
    reads_the_plan(alya, limits)
    chooses_again(alya, town, tmp_path / language)


def every_programme_has_a_reason(person: Person) -> None:
    for name in ("In the plan", "Left out"):
        table = person.page.get_by_role("region", name=person.says(name)).first
        rows = table.locator("tbody tr")
        assert rows.count() > 3
        for row in rows.all():
            reason = row.locator("td").nth(2 if name == "In the plan" else 1)
            assert len(reason.inner_text().strip()) > 15, row.inner_text()


def less_money_and_what_falls_out(person: Person, name: str) -> None:
    person.follow(person.says("What if there were less money?"))
    lower = f"{name} −10 %"
    person.fills(person.says("Name"), lower)
    field = person.field(person.says("Change of the ceilings in per cent"))
    assert field.input_value() == "-10"
    person.press(person.says("Search for the best plan"))
    waits(person)
    person.follow(person.says("What changed against the one before"))
    heads = person.page.locator("thead th").all_inner_texts()
    assert {name, lower} <= {head.strip() for head in heads}
    fallen = person.counts("One falls out", "%(n)s fall out", 2).split("2")[-1]
    assert fallen.strip() in person.text
    person.go(f"{ROOM}pilih/skenario/")
    person.follow(name)


def adopts(person: Person, name: str) -> None:
    person.follow(person.says("Adopt as the plan"))
    person.follow(person.says("Record the decision"))
    person.fills(person.says("Number"), f"188/{person.language}/2026")
    person.fills(person.says("Day of the decision"), "2026-11-20")
    person.fills(person.says("Title"), f"Menetapkan {name}")
    person.fills(person.says("Reason"), "Paling banyak manfaat untuk dana yang ada.")
    person.ticks(person.says("This is an example, not a real decision"))
    person.press(person.says("Record the decision"))
    person.chooses(person.says("Council decision"), f"188/{person.language}/2026")
    person.ticks(
        person.says("I have checked that the council decided on exactly this scenario.")
    )
    person.press(person.says("Adopt the plan"))


def reads_the_plan(person: Person, name: str) -> None:
    person.go("/daerah/62.02/pilihan/")
    number = f"188/{person.language}/2026"
    person.reads(number)
    every_programme_has_a_reason(person)
    person.page.get_by_role("link", name=number).first.click()
    expect(person.page).to_have_url(re.compile(r"/dewan/keputusan/\d+/#keputusan-"))
    person.arrived()
    person.reads(f"Menetapkan {name}")
    person.reads("Paling banyak manfaat untuk dana yang ada.")


def chooses_again(person: Person, town: Town, folder: Path) -> None:
    """The files and the command of the public page give the plan of the page."""
    person.go("/daerah/62.02/pilihan/")
    expected = chosen_codes(person)
    command = person.page.locator("main pre").first.inner_text().split()
    files = [
        person.takes(f"{person.says('Candidates')} (CSV)", folder),
        person.takes(f"{person.says('Limits')} (TOML)", folder),
    ]
    record = json.loads(
        person.takes(
            f"{person.says('Record of the search')} (JSON)", folder
        ).read_text()
    )
    assert command[:2] == ["habaring", "choose"]
    assert [file.name for file in files] == command[2:4]
    options = command[4:]
    told = habaring("choose", *map(str, files), *options, env=town.environment())
    assert told.code == 0, told.err
    again = json.loads(told.out)
    assert {code for code, start in again["starts"].items() if start} == expected
    assert again["starts"] == record["starts"]
    assert again["objective"] == pytest.approx(record["objective"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_impossible_limits_are_told_in_words(arrive: Arrive, language: str) -> None:
    budi = arrive(language=language).signs_in("Budi")
    name = f"Semua sekaligus ({language})"
    writes_limits(budi, name, floor_dimension_ENV="900")
    drafts(budi, name, name)
    budi.reads(budi.says("limits contradict each other"))
    ways = budi.page.locator("main ol li, main ul li").all_inner_texts()
    assert any(len(way) > 30 for way in ways)
    budi.follow(budi.says("Change the limits"))
    assert budi.field(budi.says("Name")).input_value() == name


def test_a_form_keeps_what_was_typed(arrive: Arrive) -> None:
    budi = arrive().signs_in("Budi")
    budi.go(f"{ROOM}pilih/kandidat/baru/")
    budi.fills(budi.says("Code"), "kode dengan spasi")
    budi.fills(budi.says("Name"), "Lampu <jalan> & taman")
    budi.page.locator("form[method=post]").last.evaluate("f => f.noValidate = true")
    budi.page.locator("main form[method=post] button").last.click()
    expect(budi.page.locator("#errors")).to_be_visible()
    budi.arrived()
    assert budi.field(budi.says("Code")).input_value() == "kode dengan spasi"
    assert budi.field(budi.says("Name")).input_value() == "Lampu <jalan> & taman"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_search_can_be_stopped(arrive: Arrive, *, scripts: bool) -> None:
    budi = arrive(scripts=scripts).signs_in("Budi")
    budi.go(f"{ROOM}pilih/skenario/baru/")
    budi.fills(budi.says("Name"), f"Dihentikan {scripts}")
    budi.page.locator("select[name=limit_set]").select_option(index=0)
    budi.press(budi.says("Search for the best plan"))
    stop = budi.page.get_by_role("button", name=budi.says("Stop it"))
    if stop.count():
        budi.press(budi.says("Stop it"))
        budi.page.wait_for_load_state()
    assert budi.heading
