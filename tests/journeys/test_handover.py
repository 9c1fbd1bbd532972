"""Journey: an officer moves post and hands over; nothing is left without an owner."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.journeys.conftest import Arrive
from tests.journeys.letters import letters_to, link_in, next_to
from tests.journeys.person import Person
from tests.journeys.sights import seen
from tests.journeys.town import Town

ROOM = "/ruang-kerja/62.02/"
POSTS = f"{ROOM}jabatan/"
WIB = ZoneInfo("Asia/Jakarta")
NOTE = "Angka ini dikumpulkan tiap Januari; hubungi BPS lebih dulu."


@dataclass(frozen=True)
class Play:
    """Who moves from which post, in which language and at which width."""

    language: str
    width: int
    leaves: str
    comes: str
    post: str  # by its code
    neighbour: str  # the post that one of the things moves to


PLAYS = [
    Play("id", 360, "Wira", "Yanti", "kadis-kesehatan", "kadis-lh"),
    Play("en", 1280, "Eka", "Fitri", "kadis-pendidikan", "kadis-perhubungan"),
]


def name_of(person: Person, post: str) -> str:
    """Go to the page of a post; its name."""
    person.go(f"{POSTS}buka/{post}/")
    first = "h => h.firstChild.textContent"
    return str(person.page.locator("main h1").evaluate(first)).strip()


def is_put_in(person: Person, post: str, name: str) -> None:
    """The secretariat puts somebody into a post that stands empty."""
    person.go(POSTS)
    person.follow_address(f"{POSTS}buka/{post}/")
    assert person.page.locator("main h1 .example").count() == 1
    person.chooses(person.says("Person"), name)
    person.press(person.says("Put in this post"))
    person.reads(person.says("The post is held."))
    assert name in person.page.locator("main .lede").inner_text()


def late_numbers(person: Person, n: int) -> list[str]:
    """Numbers that have been late for long, off the list of all that is owned."""
    person.go(f"{POSTS}milik/?kind=number&post=kabid-statistik&state=escalated")
    rows = person.page.locator("main table tbody th a").all_inner_texts()
    assert len(rows) >= n, rows
    return rows[:n]


def are_given(person: Person, titles: list[str], post: str) -> None:
    """Ticked in the list, given to a post."""
    for title in titles:
        person.ticks(title)
    person.chooses(person.says("To the post"), post)
    person.press(person.says("Move the chosen things"))
    n = len(titles)
    person.reads(person.counts("One thing moved.", "%(count)d things moved.", n))


def desk(person: Person) -> str:
    """What waits today, without the doors below it."""
    person.go(ROOM)
    return "\n".join(person.page.locator("main section.heap").all_inner_texts())


def opens_the_list(person: Person, play: Play) -> str:
    """From the post's own page, with a named successor; the list's address."""
    person.go(f"{POSTS}buka/{play.post}/")
    person.chooses(person.says("Who comes"), play.comes)
    person.press(person.says("Open the hand-over list"))
    person.reads(person.says("The hand-over list is open."))
    return person.path


def left(person: Person) -> str:
    """How much is told to be left, and whether the post can be handed over."""
    button = person.page.get_by_role("button", name=person.says("Hand the post over"))
    told = person.page.locator("main .page-head .lede").inner_text()
    return told if button.is_disabled() else f"ready: {told}"


def unanswered(person: Person, n: int, total: int) -> str:
    return person.counts(
        "One line of %(total)s has no answer yet.",
        "%(shown)s of %(total)s lines have no answer yet.",
        n,
        total=total,
    )


def answers(
    person: Person, titles: list[str], outcome: str, *, to: str = "", note: str = ""
) -> None:
    """Only these lines, all the same."""
    boxes = person.page.locator("main tbody input[type=checkbox]")
    for number in range(boxes.count()):
        boxes.nth(number).uncheck()
    for title in titles:
        person.ticks(title)
    person.chooses(person.says("What becomes of them"), person.says(outcome))
    if to:
        person.chooses(person.says("To the post"), to)
    if note:
        person.fills(person.says("Note for whoever takes it over"), note)
    person.press(person.says("Answer for the chosen lines"))
    person.reads(
        person.counts(
            "One line is answered.", "%(count)d lines are answered.", len(titles)
        )
    )


def line(person: Person, title: str) -> str:
    """The row of a thing, as it is read."""
    row = person.page.locator("main tbody tr", has_text=title)
    return " ".join(row.first.inner_text().split())


@pytest.mark.parametrize("play", PLAYS, ids=["id-360", "en-1280"])
def test_an_officer_moves_post_and_hands_over(
    arrive: Arrive, town: Town, play: Play
) -> None:
    leaver = town.joined_by(play.leaves, "officer")
    comer = town.joined_by(play.comes, "officer")
    look = {"language": play.language, "width": play.width}
    budi = arrive(**look).signs_in("Budi")
    post = name_of(budi, play.post)
    neighbour = name_of(budi, play.neighbour)
    is_put_in(budi, play.post, play.leaves)
    first, second, third, fourth = late_numbers(budi, 4)
    seen(budi, "owned", "handover")
    are_given(budi, [first, second, third], post)

    wira = arrive(**look).signs_in(play.leaves)
    told = desk(wira)
    for title in (first, second, third):
        assert title in told
    assert post in told
    seen(wira, "desk", "handover")
    wira.go(f"{POSTS}buka/{play.post}/")
    wira.reads(
        wira.says(
            "A list of all that the post owns opens. Only when each line"
            " has an answer does the post change hands."
        )
    )
    seen(wira, "post", "handover")
    address = opens_the_list(wira, play)
    assert left(wira) == unanswered(wira, 3, 3)
    wira.reads(play.comes)
    seen(wira, "list-open", "handover")
    assert wira.says("Hand over the post %(post)s", post=post) in desk(wira)
    wira.follow(wira.says("Hand over the post %(post)s", post=post), exact=False)
    assert wira.path == address

    answers(wira, [first], "stays with the post, for whoever comes", note=NOTE)
    assert left(wira) == unanswered(wira, 2, 3)
    answers(wira, [third], "moves to another post", to=neighbour)
    assert wira.says("to %(post)s", post=neighbour) in line(wira, third)
    assert left(wira) == unanswered(wira, 1, 3)
    answers(wira, [second], "stays with the post, for whoever comes")
    assert left(wira).startswith("ready: ")

    # a thing that comes meanwhile keeps the post from being left
    late_numbers(budi, 1)
    are_given(budi, [fourth], post)
    wira.press(wira.says("Hand the post over"))
    refused = wira.page.get_by_role("alert").first
    assert fourth in refused.inner_text()
    wira.reads(wira.says("Say of each whether it stays, moves or is done."))
    assert left(wira) == unanswered(wira, 1, 4)
    seen(wira, "list-refused", "handover")
    answers(wira, [fourth], "stays with the post, for whoever comes")
    wira.press(wira.says("Hand the post over"))
    wira.reads(wira.says("The post is handed over."))
    assert play.comes in wira.page.locator("main .lede").inner_text()
    told = desk(wira)
    for words in (first, second, third, fourth, post):
        assert words not in told

    yanti = arrive(**look).signs_in(play.comes)
    received = yanti.says("Confirm what you received with the post %(post)s", post=post)
    told = desk(yanti)
    for words in (received, first, second, fourth):
        assert words in told
    assert third not in told
    letter = next_to(town, comer, after=1)
    assert name_of(yanti, play.post)
    yanti.go(link_in(letters_to(town, comer)[-1], "jabatan/serah"))
    assert yanti.path == address, letter
    assert NOTE in line(yanti, first)
    seen(yanti, "list-received", "handover")
    yanti.press(yanti.says("I have received this list"))
    yanti.reads(yanti.says("Thank you: you have received the list."))
    assert play.comes in yanti.page.locator("main .page-head .lede").inner_text()
    told = desk(yanti)
    assert received not in told
    assert first in told
    assert len(letters_to(town, leaver)) == 2  # begun, and finished

    yanti.go(f"{POSTS}buka/{play.post}/")
    held = yanti.page.locator("main section", has_text=yanti.says("Who held it")).last
    assert play.leaves in held.inner_text()
    assert yanti.says("confirmed") in held.inner_text()
    seen(yanti, "post-after", "handover")

    alya = arrive(**look)
    for title, owner in ((first, post), (third, neighbour)):
        alya.go("/daerah/62.02/kondisi/")
        is_found(alya, title)
        card = alya.page.locator("main .owner").inner_text().replace("\u00a0", " ")
        assert owner in card
        stale = alya.says("Not brought up to date since %(day)s", day="")
        assert re.search(rf"{re.escape(stale)}\d+ \w+ \d{{4}}", card), card
        for name in (play.leaves, play.comes):
            alya.misses(name)
    seen(alya, "public-number", "handover")


def is_found(person: Person, title: str) -> None:
    """The public page of a number, from the region's list of all numbers."""
    person.page.get_by_role("link", name=title, exact=True).first.click()
    person.arrived()


def test_reminders_come_once_in_one_letter(arrive: Arrive, town: Town) -> None:
    mail = town.joined_by("Rini", "officer")
    budi = arrive().signs_in("Budi")
    post = "kabid-statistik"
    is_put_in(budi, post, "Rini")
    name = name_of(budi, post)
    day = datetime.now(WIB).date() + timedelta(days=40)
    day += timedelta(days=(7 - day.weekday()) % 7)  # a Monday
    shown = town.habaring("remind", "--on", f"{day}", "--show")
    assert not letters_to(town, mail)
    assert mail in shown.out, shown.err
    first = town.habaring("remind", "--on", f"{day}")
    assert first.code == 0, first.err
    text = next_to(town, mail, after=0)
    assert text.count(name) > 1
    again = town.habaring("remind", "--on", f"{day}")
    assert again.out.startswith("0 letters, 0 things."), again.out
    assert len(letters_to(town, mail)) == 1
    assert "Kotawaringin Timur: lama terlambat" in text
    later = town.habaring("remind", "--on", f"{day + timedelta(days=1)}")
    assert later.code == 0, later.err
    assert len(letters_to(town, mail)) == 1
