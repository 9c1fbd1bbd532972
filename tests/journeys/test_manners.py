"""What holds on every page: keyboard, language, dark, doors that stay shut."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.person import Person

ROOM = "/ruang-kerja/62.02/"


def test_by_keyboard_alone(arrive: Arrive) -> None:
    alya = arrive()
    alya.go("/")
    alya.page.keyboard.press("Tab")
    skip = alya.page.locator("a.skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    alya.page.keyboard.press("Enter")
    expect(alya.page.locator("#main")).to_be_focused()
    for _turn in range(10):
        alya.page.keyboard.press("Tab")
        if alya.page.evaluate("document.activeElement.type") == "search":
            break
    outline = "getComputedStyle(document.activeElement)"
    assert alya.page.evaluate(
        f"{outline}.outlineStyle !== 'none' || {outline}.boxShadow !== 'none'"
    )
    alya.page.keyboard.type("62.02")
    with alya.page.expect_navigation():
        alya.page.keyboard.press("Enter")
    alya.arrived()
    alya.reads("Kotawaringin Timur")


def test_tables_and_disclosures_are_reached_by_keyboard(arrive: Arrive) -> None:
    alya = arrive(width=360)
    alya.go("/daerah/62.02/kondisi/")
    summary = alya.page.locator("main summary").first
    summary.focus()
    alya.page.keyboard.press("Enter")
    assert summary.evaluate("s => s.parentElement.open")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "kenali/",
        "kenali/unggah/",
        "pilih/",
        "pilih/batas/",
        "rencanakan/",
        "orang/",
    ],
)
def test_a_stranger_stays_outside(arrive: Arrive, path: str) -> None:
    citra = arrive().signs_in("Citra")
    answer = citra.page.goto(citra.town.url(ROOM + path))
    assert answer is not None
    assert answer.status == 403
    citra.arrived()
    citra.reads(citra.says("Your role does not allow this."))
    citra.go("/ruang-kerja/62.01/kenali/")
    assert "62.01" in citra.path


def test_whoever_is_not_signed_in_is_shown_the_door_and_then_the_room(
    arrive: Arrive,
) -> None:
    budi = arrive()
    budi.go(f"{ROOM}pilih/")
    assert budi.path == "/masuk/"
    budi.fills(budi.says("Mail address"), "budi@contoh.id")
    budi.fills(budi.says("Your password"), "salah sama sekali")
    budi.press(budi.says("Sign in"))
    field = budi.field(budi.says("Mail address"))
    assert field.input_value() == "budi@contoh.id"
    budi.fills(budi.says("Your password"), "empat kata yang jauh")
    budi.press(budi.says("Sign in"))
    budi.proves("Budi")
    assert budi.path == f"{ROOM}pilih/"
    budi.press(budi.says("Sign out"), inside="header")
    assert budi.path == "/"
    budi.go(ROOM)
    assert budi.path == "/masuk/"


def switches(person: Person, language: str) -> None:
    name = {"id": "ID, Bahasa Indonesia", "en": "EN, English"}[language]
    person.press(name, inside="header")
    person.language = language


def test_the_language_changes_and_the_page_stays(arrive: Arrive) -> None:
    alya = arrive()
    for path in ("/?q=kotim", "/daerah/62.02/kondisi/?q=harapan", "/daerah/62.02/"):
        alya.go(path)
        before = alya.page.url
        for language in ("en", "id"):
            switches(alya, language)
            assert alya.page.url == before
            expect(alya.page.locator("html")).to_have_attribute("lang", language)


def test_dark_is_kept_from_page_to_page(arrive: Arrive) -> None:
    alya = arrive()
    alya.go("/daerah/62.02/")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = alya.page.evaluate(paper)
    alya.press(alya.says("Dark or light"), stays=True, inside="header")
    dark = alya.page.evaluate(paper)
    assert dark != light
    alya.go("/daerah/62.02/kondisi/")
    assert alya.page.evaluate(paper) == dark
    # and by the system's own choice
    night = arrive(scheme="dark")
    night.go("/daerah/62.02/")
    assert night.page.evaluate(paper) == dark


def test_the_watch_is_awake(arrive: Arrive) -> None:
    """A test that cannot fail says nothing: a bad page is noticed."""
    alya = arrive()
    alya.go("/masuk/")
    alya.page.evaluate(
        "const p = document.createElement('p'); p.textContent = 'pucat';"
        "p.setAttribute('class', 'pucat'); document.querySelector('main').append(p);"
        "p.style.color = '#eee'; p.style.background = '#fff';"
        "const i = document.createElement('img'); i.src = '/tidak-ada.png';"
        "document.querySelector('main').append(i);"
        "const s = document.createElement('script'); s.textContent = '1';"
        "document.body.append(s)"
    )
    alya.page.wait_for_load_state("networkidle")
    alya.examine()
    serious, faults = alya.findings.serious, alya.findings.faults
    alya.findings.serious, alya.findings.faults = [], []
    assert any("color-contrast" in words for words in serious)
    assert any("image-alt" in words for words in serious)
    assert any("Content Security Policy" in words for words in faults)
    assert any("404" in words for words in faults)
