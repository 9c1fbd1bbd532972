"""A section written by two at once: in one paragraph, without a line, without scripts."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.conftest import Arrive
from tests.journeys.person import Person
from tests.journeys.town import Town

TEXT = "/ruang-kerja/62.02/tulisan/naskah/masterplan/section/"
KEYS = "masterplan/section/"
LONG = 15_000
LINES = """
window.lines = [];
window.WebSocket = class extends WebSocket {
  constructor(...words) { super(...words); window.lines.push(this); }
};
"""


def sits_down(person: Person, key: str) -> None:
    """Open a text and wait until it is live."""
    person.go(f"{TEXT}{key}/")
    expect(person.page.locator(".writing.live")).to_be_visible(timeout=LONG)


def box(person: Person, index: int = 0) -> Locator:
    return person.page.locator(".strands textarea[data-text]").nth(index)


def types(person: Person, words: str, index: int = 0) -> None:
    field = box(person, index)
    field.focus()
    person.page.keyboard.press("Control+End")
    person.page.keyboard.type(words, delay=15)


def saved(person: Person) -> None:
    expect(person.page.locator("[data-status]")).to_have_text(
        person.says("Everything is saved."), timeout=LONG
    )


def longer(person: Person, before: str, words: str) -> None:
    """All have arrived: what is saved is told of one's own words alone."""
    length = len(before) + len(words)
    expect(box(person)).to_have_value(
        re.compile(f"^.{{{length}}}$", re.DOTALL), timeout=LONG
    )


@pytest.fixture(scope="module")
def planner(town: Town) -> str:
    town.are_joined_by({"Eka": "planner", "Fitri": "planner"}, "62.02")
    return "Eka"


@pytest.fixture
def two(arrive: Arrive, planner: str) -> tuple[Person, Person]:
    budi, eka = arrive(), arrive(language="en")
    budi.context.add_init_script(LINES)  # so that its line can be cut
    return budi.signs_in("Budi"), eka.signs_in(planner)


def test_two_write_in_one_paragraph_and_a_lost_line_loses_nothing(
    two: tuple[Person, Person],
) -> None:
    budi, eka = two
    for person in two:
        sits_down(person, "buku-1.latar-belakang")
    before = box(budi).input_value()
    _type_by_turns(budi, eka)
    for person in two:
        saved(person)
        longer(person, before, "AWAL  satu dua tiga")
    said = box(budi).input_value()
    expect(box(eka)).to_have_value(said, timeout=LONG)
    assert said.startswith("AWAL ")
    assert said.endswith("satu dua tiga")
    assert before in said

    # each sees the other, by name, at the paragraph
    expect(eka.page.locator(".strand-people")).to_contain_text(["Budi"], timeout=LONG)
    expect(budi.page.locator(".writing-people")).to_contain_text("Eka", timeout=LONG)

    # undo takes back one's own words, not those of the other
    box(eka).focus()
    for _ in range(6):
        eka.page.keyboard.press("Control+z")
    expect(box(budi)).not_to_have_value(said, timeout=LONG)
    expect(box(eka)).to_have_value(f"{before} satu dua tiga", timeout=LONG)
    expect(box(budi)).to_have_value(f"{before} satu dua tiga", timeout=LONG)

    _without_a_line(budi, eka)
    _paragraphs(budi, eka)


def _type_by_turns(budi: Person, eka: Person) -> None:
    """One at the end, one at the beginning, letter by letter."""
    box(budi).focus()
    budi.page.keyboard.press("Control+End")
    box(eka).focus()
    eka.page.keyboard.press("Control+Home")
    for mine, theirs in zip(" satu dua tiga", "AWAL " + " " * 9, strict=True):
        budi.page.keyboard.type(mine)
        if theirs != " ":
            eka.page.keyboard.type(theirs)
    eka.page.keyboard.type(" ")


def _without_a_line(budi: Person, eka: Person) -> None:
    budi.context.set_offline(True)
    budi.page.evaluate("window.lines.forEach(line => line.close())")
    types(budi, " tanpa sambungan")
    types(eka, " meanwhile")
    saved(eka)
    kept = (
        "Object.keys(localStorage).filter(k => k.startsWith('habaring.writing')).length"
    )
    budi.page.wait_for_timeout(1000)
    assert budi.page.evaluate(kept) > 0
    budi.context.set_offline(False)
    saved(budi)
    faults = budi.findings.faults  # that there was no line is what was asked for
    faults[:] = [one for one in faults if "ERR_INTERNET_DISCONNECTED" not in one]
    assert budi.page.evaluate(kept) == 0
    expect(box(eka)).to_have_value(box(budi).input_value(), timeout=LONG)
    assert "tanpa sambungan" in box(eka).input_value()
    assert "meanwhile" in box(budi).input_value()


def _paragraphs(budi: Person, eka: Person) -> None:
    """Split, move, take out and bring back, by keys."""
    rows = eka.page.locator(".strands > li")
    count = rows.count()
    box(budi).focus()
    budi.page.keyboard.press("Control+End")
    budi.page.keyboard.press("Control+Enter")
    budi.page.keyboard.type("Paragraf baru.")
    expect(rows).to_have_count(count + 1, timeout=LONG)
    expect(box(eka, 1)).to_have_value("Paragraf baru.", timeout=LONG)
    budi.page.keyboard.press("Alt+ArrowUp")
    expect(box(eka, 0)).to_have_value("Paragraf baru.", timeout=LONG)
    eka.page.locator(".strands > li").first.get_by_role(
        "button", name="Take out"
    ).click()
    expect(budi.page.locator(".strands > li")).to_have_count(count, timeout=LONG)
    budi.page.locator("[data-removed] summary").click()
    budi.press("Kembalikan", stays=True)
    expect(rows).to_have_count(count + 1, timeout=LONG)
    expect(box(eka, count)).to_have_value("Paragraf baru.", timeout=LONG)


def test_three_at_once_on_three_devices_and_one_loses_its_line(
    arrive: Arrive, planner: str
) -> None:
    budi, eka, fitri = arrive(), arrive(language="en"), arrive(width=360)
    fitri.has_lines()
    three = budi, eka, fitri
    for person, name in zip(three, ("Budi", planner, "Fitri"), strict=True):
        person.signs_in(name)
    for person in three:
        sits_down(person, "buku-1.dasar-hukum")
        box(person).focus()
        person.page.keyboard.press("Control+End")
    before = box(budi).input_value()
    fitri.loses_the_line()
    words = [" utara", " south", " timur"]
    for turn in range(max(map(len, words))):
        for person, word in zip(three, words, strict=True):
            person.page.keyboard.type(word[turn : turn + 1])
    expect(fitri.page.locator("[data-status]")).to_have_text(
        fitri.says(
            "No connection: what you type is kept on this device and sent later."
        )
    )
    fitri.finds_the_line()
    for person in three:
        saved(person)
        longer(person, before, "".join(words))
    end = box(budi).input_value()
    for person in (eka, fitri):
        expect(box(person)).to_have_value(end, timeout=LONG)
    assert sorted(end[len(before) :]) == sorted("".join(words)), end[-40:]
    expect(budi.page.locator(".strand-people").first).to_contain_text("Fitri")
    eka.go(f"/ruang-kerja/62.02/tulisan/penulis/{KEYS}buku-1.dasar-hukum/")
    for name in ("Budi", planner, "Fitri"):
        eka.reads(name)


@pytest.mark.parametrize("scripts", [True, False])
def test_comments_suggestions_and_versions(
    arrive: Arrive, town: Town, scripts: bool
) -> None:
    key = f"buku-{'2.visi-smart-city' if scripts else '3.pengantar'}"
    town.are_joined_by({f"Mentor{int(scripts)}": "mentor"}, "62.02")
    budi = arrive(scripts=scripts).signs_in("Budi")
    mentor = arrive(scripts=scripts).signs_in(f"Mentor{int(scripts)}")
    budi.go(f"{TEXT}{key}/")
    if scripts:
        sits_down(budi, key)
        types(budi, " Kalimat asli.")
        saved(budi)
    else:
        box(budi).fill("Kalimat asli.")
        budi.press("Simpan paragraf ini")
    mentor.go(f"{TEXT}{key}/")
    aside = mentor.page.locator(".strand-aside").first
    aside.get_by_text("Komentar", exact=True).first.click()
    aside.locator("textarea[name=text]:visible").fill("Dari mana?")
    aside.get_by_role("button", name="Kirim").locator("visible=true").click()
    mentor.reads("Dari mana?")
    aside.get_by_text("Sarankan kata lain").click()
    words = aside.locator("textarea[name=text]:visible").last
    words.fill(f"{words.input_value()} Usul pendamping.")
    aside.get_by_role("button", name="Sarankan").locator("visible=true").click()
    mentor.reads("menyarankan")
    if not scripts:
        budi.go(f"{TEXT}{key}/")
    budi.reads("Dari mana?")
    budi.press("Terima", stays=scripts)
    expect(box(budi)).to_have_value(
        re.compile("Kalimat asli. Usul pendamping."), timeout=LONG
    )
    budi.go(f"{TEXT}{key}/")
    budi.fills("Versi apa ini?", "uji")
    budi.press("Bekukan versi")
    budi.reads("Sekarang ini versi 1.")
    budi.go(f"/ruang-kerja/62.02/tulisan/penulis/masterplan/section/{key}/")
    budi.reads(f"Mentor{int(scripts)}")
    budi.go(f"/ruang-kerja/62.02/rencanakan/bagian/{key}/")
    budi.reads("Lanjutkan menulis bersama")


def test_without_scripts_a_stale_form_is_merged(arrive: Arrive, planner: str) -> None:
    budi = arrive(scripts=False).signs_in("Budi")
    eka = arrive(scripts=False).signs_in(planner)
    for person in (budi, eka):
        person.go(f"{TEXT}buku-1.kesimpulan/")
    before = box(budi).input_value()
    box(budi).fill(f"Pembuka. {before}")
    box(eka).fill(f"{before} Penutup.")
    budi.press(budi.says("Save this paragraph"))
    eka.press(eka.says("Save this paragraph"))
    assert box(eka).input_value().strip() == f"Pembuka. {before} Penutup.".strip()
