"""A workshop with twelve telephones, two of which lose their line, and a big screen."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.conftest import Arrive
from tests.journeys.person import Person

DESK = "/ruang-kerja/62.02/lokakarya/"
HALL = "/daerah/62.02/lokakarya/"
LONG = 60_000
PHONES = 12
LINES = """
window.lines = [];
window.EventSource = class extends EventSource {
  constructor(...words) { super(...words); window.lines.push(this); }
};
"""
BREAKS = "lines.forEach(line => { line.close(); line.onerror(); })"


def notes(person: Person, text: str) -> Locator:
    """The cards on the board that say just this."""
    return person.page.locator("[data-note] .note-text").get_by_text(text, exact=True)


def writes(person: Person, text: str) -> None:
    person.page.fill(".composer textarea", text)
    person.page.locator(".composer button").click()


def is_live(person: Person) -> None:
    expect(person.page.locator("[data-canvas]")).to_have_attribute(
        "data-live-state", "open", timeout=LONG
    )


def opens_a_room(budi: Person) -> tuple[str, str]:
    """The room's number and its code."""
    budi.go(f"{DESK}baru/")
    budi.fills(budi.says("Title"), "Lokakarya perjalanan")
    budi.press(budi.says("Open the room"))
    code = budi.page.locator(".join-code").inner_text().strip()
    return budi.path.rstrip("/").rpartition("/")[2], code


def comes_in(phone: Person, code: str, nth: int) -> Person:
    phone.context.add_init_script(LINES)  # so that its line can be cut
    phone.go(f"{HALL}masuk/{code}/")
    phone.page.select_option("select[name=table]", index=1 + nth % 6)
    phone.press(phone.says("Come in"))
    is_live(phone)
    return phone


def all_have(people: list[Person], texts: list[str]) -> None:
    """Each of the notes stands on each of the screens exactly once."""
    for person in people:
        for text in texts:
            expect(notes(person, text)).to_have_count(1, timeout=LONG)


def loses_its_line_and_nothing_else(phone: Person, others: list[Person]) -> list[str]:
    """Written without a network, kept over a closed page, sent by itself later."""
    kept = ["Tanpa sinyal", "Masih tanpa sinyal"]
    phone.elsewhere = phone.town.url(HALL)  # the browser grumbles about the network
    phone.context.set_offline(True)
    phone.page.evaluate(BREAKS)
    for text in kept:
        writes(phone, text)
    waiting = phone.page.locator("[data-queue] [data-waits]")
    expect(waiting).to_have_count(2, timeout=LONG)
    meanwhile = "Sementara itu di meja lain"
    writes(others[0], meanwhile)
    expect(notes(others[1], meanwhile)).to_have_count(1, timeout=LONG)
    assert notes(phone, meanwhile).count() == 0
    phone.context.set_offline(False)
    expect(waiting).to_have_count(0, timeout=LONG)
    is_live(phone)
    phone.elsewhere = ""
    return [*kept, meanwhile]


def answer_is_lost(phone: Person) -> str:
    """The server has taken the note, but its answer never comes: it is sent again."""
    text = "Jawabannya hilang"
    first: list[int] = []

    def swallow(route: object) -> None:
        if not first:
            first.append(1)
            route.fetch()  # type: ignore[attr-defined]
            route.abort()  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    phone.elsewhere = phone.town.url(HALL)
    phone.page.route("**/tulis/", swallow)
    writes(phone, text)
    queue = phone.page.locator("[data-queue] [data-waits]")
    expect(queue).to_have_count(0, timeout=LONG)
    expect(notes(phone, text)).to_have_count(1, timeout=LONG)
    phone.page.unroute("**/tulis/")
    phone.elsewhere = ""
    assert first
    return text


def groups(budi: Person, chosen: list[str], title: str) -> None:
    for text in chosen:
        card = budi.page.locator("[data-note]").filter(has=notes_in(budi, text))
        card.locator("input[name=note]").check()
    budi.page.fill("#grouping input[name=title]", title)
    budi.press(budi.says("Move"))


def notes_in(person: Person, text: str) -> Locator:
    return person.page.get_by_text(text, exact=True)


def vote(phones: list[Person], title: str) -> None:
    for phone in phones:
        card = phone.page.locator(".votes li", has_text=title)
        expect(card).to_be_visible(timeout=LONG)
        with phone.page.expect_navigation():
            card.locator("button[name=count]").last.click()


@pytest.mark.timeout(900)
def test_twelve_telephones_write_group_vote_and_the_result_goes_on(
    arrive: Arrive,
) -> None:
    budi = arrive().signs_in("Budi")
    number, code = opens_a_room(budi)
    phones = [comes_in(arrive(width=360), code, nth) for nth in range(PHONES)]
    board = f"{DESK}{number}/papan/1/"
    budi.go(board)
    is_live(budi)
    texts = [f"Gagasan meja {nth}" for nth in range(PHONES)]
    for phone, text in zip(phones, texts, strict=True):
        writes(phone, text)
    texts += loses_its_line_and_nothing_else(phones[3], phones)
    texts.append(answer_is_lost(phones[7]))
    all_have([*phones, budi], texts)
    groups(budi, texts[:2], "Jalan desa")
    pile = phones[5].page.locator("[data-group]", has_text="Jalan desa")
    expect(pile.locator("[data-note]")).to_have_count(2, timeout=LONG)
    budi.page.locator("button[name=phase][value=vote]").click()
    vote(phones[:4], "Jalan desa")
    budi.page.locator("button[name=phase][value=shown]").click()
    first = phones[9].page.locator(".ranks li").first
    expect(first).to_contain_text("Jalan desa", timeout=LONG)
    expect(first.locator("b")).to_have_text(re.compile("^4 "))
    budi.go(f"{board}lanjut/")
    row = budi.page.locator(".carry li", has_text="Jalan desa")
    row.locator("select[name=to]").select_option("issue")
    with budi.page.expect_navigation():
        row.get_by_role("button").click()
    budi.press(budi.says("Carry on"))
    expect(budi.page.locator(".carry li", has_text="Jalan desa")).to_contain_text(
        budi.says("Priority issues")
    )
    budi.go(f"{DESK}{number}/notulen/")
    budi.reads("Jalan desa")


def test_a_telephone_without_scripts_takes_part(arrive: Arrive) -> None:
    budi = arrive().signs_in("Budi")
    _number, code = opens_a_room(budi)
    phone = arrive(width=360, scripts=False)
    phone.go(HALL)
    phone.fills(phone.says("Code on the big screen"), code.lower())
    phone.press(phone.says("Go on"))
    phone.press(phone.says("Come in"))
    phone.fills(phone.says("Your note"), "Tanpa skrip")
    phone.press(phone.says("Put it on the board"))
    phone.reads("Tanpa skrip")
