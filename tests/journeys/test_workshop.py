"""A workshop of two days: twelve telephones, two of them lose their line and write on.

Budi leads from his laptop, with the big screen beside him; nobody else has an account.
What is written stands on every screen, exactly once, is grouped, voted for, and goes on
into SWOT and readiness; on the second day the same telephones are still in the room.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import psycopg
import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import Arrive
from tests.journeys.person import Person
from tests.journeys.sights import seen

CODE = "62.02"
ROOMS = f"/ruang-kerja/{CODE}/lokakarya/"
HALL = f"/daerah/{CODE}/lokakarya/"
ANALYSIS = f"/ruang-kerja/{CODE}/rencanakan/analisis/"
TITLE = "Lokakarya tahap satu"
IDEAS, SWOT, PRIORITIES = 1, 2, 3
TELEPHONES = 12
TABLES = 6
LONG = 30_000
CARDS = (
    "[...document.querySelectorAll('[data-piles] [data-note] [data-part=text]')]"
    ".map(one => one.textContent.trim()).sort()"
)
GROUP = "Air bersih sampai ke hulu"
WAITING = ".notes [data-waits]"
# What the two write while they have no line; of Hasan's first note only the answer is
# lost, so that his telephone sends it twice.
DIANS, HASANS = 3, 7
ALONE = {
    DIANS: ("Sumur bor di Antang Kalang", "Kapal air bersih saat kemarau"),
    HASANS: ("Sampah sungai dikumpulkan perahu", "Bank sampah di tiap pasar"),
}
SAID = {"S": "Listrik masuk semua kecamatan", "W": "Sinyal putus di hulu"}


@dataclass
class Hall:
    """Who is there, and what has been written on which board."""

    budi: Person
    big: Page
    phones: Sequence[Person]
    number: int = 0
    key: str = ""
    written: dict[int, list[str]] = field(default_factory=dict)

    def board(self, number: int) -> str:
        return f"{ROOMS}{self.number}/papan/{number}/"

    def on_phones(self, number: int) -> str:
        return f"{HALL}{self.number}/papan/{number}/"

    @property
    def pages(self) -> list[Page]:
        """All screens of the room."""
        return [self.budi.page, self.big, *(one.page for one in self.phones)]


@pytest.fixture
def hall(arrive: Arrive) -> Hall:
    """Budi, and twelve people with telephones; one reads English."""
    budi = arrive().signs_in("Budi")
    phones = [
        arrive(width=360, language="en" if n == 1 else "id").has_lines()
        for n in range(TELEPHONES)
    ]
    return Hall(budi, budi.context.new_page(), phones)


# Coming in


def opens_the_room(hall: Hall) -> None:
    budi = hall.budi
    budi.go(ROOMS)
    seen(budi, "01-desk", "workshop")
    budi.follow(budi.says("Open a workshop"))
    budi.fills(budi.says("Title"), TITLE)
    budi.fills(budi.says("Place"), "Aula Bappeda, Sampit")
    budi.press(budi.says("Open the room"))
    hall.number = int(budi.path.rstrip("/").rsplit("/", 1)[1])
    hall.key = budi.page.locator(".join-code").inner_text()
    seen(budi, "02-room", "workshop")
    budi.go(hall.board(IDEAS))
    hall.big.goto(budi.town.url(f"{hall.board(IDEAS)}layar/"))


def comes_in(phone: Person, hall: Hall, n: int) -> None:
    """By the address of the QR code, or, the first, by typing the letters."""
    if n == 0:
        phone.go(HALL)
        phone.fills(phone.says("Code on the big screen"), "SALAH2")
        phone.press(phone.says("Go on"))
        phone.reads(phone.says("No workshop has this code."))
        phone.fills(phone.says("Code on the big screen"), hall.key.lower())
        phone.press(phone.says("Go on"))
        seen(phone, "03-join", "workshop")
    else:
        phone.go(f"{HALL}masuk/{hall.key}/")
    phone.field(phone.says("Your table")).select_option(index=1 + n % TABLES)
    phone.fills(phone.says("Your name"), f"Orang {n}" if n % 2 else "")
    phone.press(phone.says("Come in"))
    is_live(phone)


def is_live(phone: Person) -> None:
    """Its line is open: what others do will be seen."""
    open_line = phone.page.locator("[data-canvas][data-live-state=open]")
    expect(open_line).to_be_attached(timeout=LONG)


# Writing


def writes(phone: Person, words: str) -> None:
    phone.fills(phone.says("Your note"), words)
    phone.press(phone.says("Put it on the board"), stays=True)


def all_see(hall: Hall, board: int) -> None:
    """Each note once on every screen, and none besides."""
    wanted = sorted(hall.written[board])
    for page in hall.pages:
        try:
            page.wait_for_function(
                f"wanted => JSON.stringify({CARDS}) === wanted",
                arg=_told(wanted),
                timeout=LONG,
            )
        except Exception:
            assert page.evaluate(CARDS) == wanted, page.url
            raise


def _told(words: list[str]) -> str:
    return "[" + ",".join(f'"{one}"' for one in words) + "]"


def all_write(hall: Hall) -> None:
    words = [f"Gagasan {n:02}" for n in range(TELEPHONES)]
    for phone, said in zip(hall.phones, words, strict=True):
        writes(phone, said)
    hall.written[IDEAS] = words
    all_see(hall, IDEAS)


def two_lose_their_line(hall: Hall) -> None:
    """They write on; the others, too; Hasan's telephone is even closed meanwhile."""
    dian, hasan = hall.phones[DIANS], hall.phones[HASANS]
    hasan.cut_off = True
    hasan.page.route("**/tulis/", answer_is_lost, times=1)
    with hasan.page.expect_event("requestfailed"):
        writes(hasan, ALONE[HASANS][0])
    expect(hasan.page.locator(WAITING)).to_have_count(0, timeout=LONG)  # sent again
    for phone in (dian, hasan):
        phone.loses_the_line()
    writes(hasan, ALONE[HASANS][1])
    for words in ALONE[DIANS]:
        writes(dian, words)
    for phone, waiting in ((dian, 2), (hasan, 1)):
        expect(phone.page.locator(WAITING)).to_have_count(waiting, timeout=LONG)
        expect(phone.page.locator("[data-offline]")).to_be_visible(timeout=LONG)
    for n in (0, 1):
        writes(hall.phones[n], f"Sementara itu {n}")
    seen(dian, "05-no-line", "workshop")
    dian.finds_the_line()
    hasan.starts_anew()
    hasan.finds_the_line()
    hasan.go(f"{HALL}{hall.number}/")
    hall.written[IDEAS] += [*ALONE[DIANS], *ALONE[HASANS]]
    hall.written[IDEAS] += [f"Sementara itu {n}" for n in (0, 1)]
    all_see(hall, IDEAS)
    for phone in (dian, hasan):
        expect(phone.page.locator(WAITING)).to_have_count(0, timeout=LONG)
        expect(phone.page.locator("[data-offline]")).to_be_hidden()
        is_live(phone)


def answer_is_lost(route: Route) -> None:
    """The server takes the note, and the telephone never hears of it."""
    route.fetch()
    route.abort()


# Grouping and voting


def leads_to(hall: Hall, phase: str) -> None:
    """A button of Budi's; every telephone follows by itself."""
    hall.budi.press(hall.budi.page.locator(f"button[value={phase}]").inner_text())
    for page in hall.pages:
        place = page.locator(f"[data-canvas][data-phase={phase}]")
        expect(place).to_be_attached(timeout=LONG)


def groups(hall: Hall) -> None:
    """What Dian wrote becomes a group, on all screens."""
    budi = hall.budi
    leads_to(hall, "group")
    for words in ALONE[DIANS]:
        card = budi.page.locator("[data-note]").filter(has_text=words)
        card.locator("input[name=note]").check()
    budi.fills(budi.says("Title, if new"), GROUP)
    budi.press(budi.says("Move"))
    for page in hall.pages:
        pile = page.locator("[data-group]").filter(has_text=GROUP)
        expect(pile.locator("[data-note]")).to_have_count(2, timeout=LONG)
    all_see(hall, IDEAS)
    seen(budi, "06-grouped", "workshop")


def vote(hall: Hall) -> None:
    """Two dots of each for the group; of the first four one more for another note."""
    leads_to(hall, "vote")
    for n, phone in enumerate(hall.phones):
        gives_a_dot(phone, GROUP)
        gives_a_dot(phone, GROUP)
        if n < 4:
            gives_a_dot(phone, "Gagasan 05")
    phone = hall.phones[0]
    assert not phone.page.locator("button", has_text="+").count()  # all are given
    seen(phone, "07-vote", "workshop")
    expect(hall.budi.page.locator("[data-voters]")).to_contain_text(
        str(TELEPHONES), timeout=LONG
    )
    assert not hall.budi.page.locator(".ranks").count()  # nobody sees a sum before
    leads_to(hall, "shown")
    for page in hall.pages:
        ranks = page.locator(".ranks > li")
        expect(ranks.first).to_contain_text(GROUP)
        expect(ranks.first).to_contain_text(str(2 * TELEPHONES))
        expect(ranks.nth(1)).to_contain_text("Gagasan 05")
    seen(phone, "08-result", "workshop")
    seen(hall.budi, "08-result-lead", "workshop")
    hall.big.set_viewport_size({"width": 1280, "height": 900})


def gives_a_dot(phone: Person, title: str) -> None:
    card = phone.page.locator(".votes > li").filter(has_text=title)
    with phone.page.expect_navigation():
        card.get_by_role("button", name=phone.says("One dot more")).click()


# Carrying on


def carries_into_readiness(hall: Hall) -> None:
    """The group goes under a question of readiness, once."""
    budi = hall.budi
    budi.go(f"{hall.board(IDEAS)}lanjut/")
    seen(budi, "09-carry", "workshop")
    chooses_where(budi, GROUP, "readiness")
    year = budi.field(budi.says("Year")).input_value()
    question = budi.field(budi.says("Question")).input_value()
    budi.press(budi.says("Carry on"))
    budi.reads(f"{year}/{question}")
    budi.go(f"{ANALYSIS}kesiapan/{year}/{question}/")
    noted = budi.page.locator("textarea").first.input_value()
    assert GROUP in noted
    assert all(words in noted for words in ALONE[DIANS])


def chooses_where(budi: Person, title: str, to: str) -> None:
    card = budi.page.locator(".carry > li").filter(has_text=title)
    card.locator("select").select_option(to)
    with budi.page.expect_navigation():
        card.get_by_role("button").click()
    budi.arrived()


def analyses(hall: Hall) -> None:
    """On the board of SWOT; all at once into the analysis, and a second time none."""
    budi = hall.budi
    budi.go(hall.board(SWOT))
    budi.press(budi.says("Bring everybody here"))
    for phone in hall.phones:
        expect(phone.page.locator("[data-moved]")).to_be_visible(timeout=LONG)
    for n, phone in enumerate(hall.phones):
        phone.page.locator("[data-moved] a").click()
        phone.page.wait_for_url(f"**{HALL}{hall.number}/")
        phone.arrived()
        if n < len(SAID):
            kind = list(SAID)[n]
            phone.page.locator(f"input[name=kind][value={kind}]").check()
            writes(phone, SAID[kind])
    hall.written[SWOT] = list(SAID.values())
    hall.big.goto(budi.town.url(f"{hall.board(SWOT)}layar/"))
    all_see(hall, SWOT)
    seen(hall.phones[0], "10-swot", "workshop")
    budi.go(f"{hall.board(SWOT)}lanjut/")
    for told in ("Carried on: %(n)d.",) * 2:
        for box in budi.page.locator(".carry-pick input").all():
            box.check()
        budi.press(budi.says("Into SWOT"))
        budi.reads(budi.says(told).split("%")[0])
    budi.go(f"{ANALYSIS}swot/")
    for words in SAID.values():
        assert budi.text.count(words) == 1
    seen(budi, "11-swot-analysis", "workshop")


# The second day


def a_night_passes(hall: Hall) -> None:
    with psycopg.connect(hall.budi.town.database_url) as link:
        link.execute("UPDATE workshop_room SET day = day - 1, last_day = last_day - 1")


def goes_on(hall: Hall) -> None:
    """New pages on the same telephones: nobody joins again, and all is still there."""
    budi = hall.budi
    budi.go(hall.board(PRIORITIES))
    budi.press(budi.says("Bring everybody here"))
    hall.big.goto(budi.town.url(f"{hall.board(PRIORITIES)}layar/"))
    for phone in hall.phones:
        phone.starts_anew().go(f"{HALL}masuk/{hall.key}/")
        assert phone.path == f"{HALL}{hall.number}/"
        is_live(phone)
    hall.written[PRIORITIES] = [f"Utamakan {n}" for n in (DIANS, HASANS)]
    for n in (DIANS, HASANS):
        writes(hall.phones[n], f"Utamakan {n}")
    all_see(hall, PRIORITIES)
    hall.phones[0].go(hall.on_phones(IDEAS))
    hall.phones[0].reads(GROUP)


def ends(hall: Hall) -> None:
    """The minutes hold every word; the telephones are thanked."""
    budi = hall.budi
    budi.go(f"{ROOMS}{hall.number}/notulen/")
    for words in (one for board in hall.written.values() for one in board):
        assert budi.text.count(f"{words} (") == 1, words  # with its table
    seen(budi, "12-minutes", "workshop")
    budi.go(f"{ROOMS}{hall.number}/")
    budi.press(budi.says("End the workshop"))
    over = "The workshop is over. Thank you: what was said goes on into the plan of"
    for phone in hall.phones:
        thanks = re.escape(phone.says(f"{over} the region."))
        expect(phone.page.locator("main")).to_contain_text(
            re.compile(thanks), timeout=LONG
        )


def test_twelve_telephones_and_two_days(hall: Hall) -> None:
    opens_the_room(hall)
    for n, phone in enumerate(hall.phones):
        comes_in(phone, hall, n)
    all_write(hall)
    seen(hall.phones[0], "04-board", "workshop")
    seen(hall.budi, "04-lead", "workshop")
    two_lose_their_line(hall)
    groups(hall)
    vote(hall)
    carries_into_readiness(hall)
    analyses(hall)
    a_night_passes(hall)
    goes_on(hall)
    ends(hall)
