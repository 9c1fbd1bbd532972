"""Editors on the server that `up` runs: one process, two, one that is killed."""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from habaring.masterplan import sets
from habaring.masterplan.actions import load_set
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.models import AuditEntry
from habaring.writing import keeping, lines, queries
from habaring.writing.differences import edits
from habaring.writing.models import Document, Update
from habaring.writing.weaving import Loom
from tests import makers
from tests.shared.live_site.server import Link, Server, opened, socket_headers

KEY = "masterplan/section/buku-3.pengantar"
LINE = f"/ruang-kerja/62.02/tulisan/sambungan/{KEY}/"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def served(blocker: DjangoDbBlocker) -> Iterator[Server]:
    with blocker.unblock():
        made = Server()
    try:
        made.wait()
        yield made
    finally:
        made.kill()


@pytest.fixture(scope="module")
def running(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Server]:
    """One for all tests."""
    yield from served(django_db_blocker)


@pytest.fixture
def server(
    running: Server, transactional_db: None, kotim: Region, at: datetime
) -> Server:
    load_set(toml=sets.shipped(), region=None, by=None, at=at)
    return running


@pytest.fixture
def other(server: Server, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    """Another process, as on another machine."""
    yield from served(django_db_blocker)


def signed_in(account: Account) -> str:
    client = Client()
    client.force_login(account)
    return str(client.session.session_key)


def run(work: Awaitable[None]) -> None:
    async def timed() -> None:
        async with asyncio.timeout(120):
            await work

    asyncio.run(timed())


class Browser:
    """One open editor, as js/writing.js is one."""

    def __init__(self) -> None:
        self.loom = Loom()
        self.waiting: dict[int, bytes] = {}  # kept until the server has them
        self.serial = 0
        self.people: dict[str, str] = {}
        self.refused: list[dict[str, str]] = []

    async def greet(self, link: Link) -> None:
        assert link.status == 101
        await link.say(bytes([lines.HELLO]) + self.loom.vector)
        while await self.hear(link) != lines.STATE:
            pass
        for serial, update in list(self.waiting.items()):
            await self.send(link, serial, update)

    async def hear(self, link: Link, seconds: float = 20) -> int:
        said = await link.hear(seconds)
        kind, rest = said[0], said[1:]
        if kind in (lines.STATE, lines.CHANGE):
            self.loom.weave(rest[4:])
        elif kind == lines.TAKEN:
            self.waiting.pop(int.from_bytes(rest[:4], "big"), None)
        elif kind == lines.REFUSED:
            self.waiting.pop(int.from_bytes(rest[:4], "big"), None)
            self.refused.append(json.loads(rest[4:]))
        elif kind == lines.PERSON:
            person = json.loads(rest)
            self.people[person["l"]] = person.get("name", "")
        return kind

    def change(self, deed: Callable[[Loom], None]) -> tuple[int, bytes]:
        before = self.loom.vector
        deed(self.loom)
        self.serial += 1
        self.waiting[self.serial] = self.loom.since(before)
        return self.serial, self.waiting[self.serial]

    def type(self, paragraph: str, text: str) -> tuple[int, bytes]:
        found = edits(self.loom.text(paragraph), text)
        return self.change(lambda loom: loom.write(paragraph, found))

    async def send(self, link: Link, serial: int, update: bytes) -> None:
        await link.say(bytes([lines.UPDATE]) + serial.to_bytes(4, "big") + update)

    async def saved(self, link: Link) -> None:
        while self.waiting:
            await self.hear(link)

    async def quiet(self, link: Link, seconds: float = 1.0) -> None:
        """All that comes until nothing comes any more."""
        try:
            while True:
                await self.hear(link, seconds)
        except TimeoutError:
            return

    def says(self) -> list[tuple[str, str]]:
        return [(one.id, one.text) for one in self.loom.strands()]


def kept() -> list[tuple[str, str]]:
    found = Document.objects.get(key=KEY)
    return [(one.id, one.text) for one in keeping.loom_of(found).strands()]


async def type_in_turns(
    browser: Browser, link: Link, paragraph: str, words: list[str]
) -> None:
    """Each word behind what the paragraph says by then, while others write, too."""
    for word in words:
        text = browser.loom.text(paragraph)
        await browser.send(link, *browser.type(paragraph, f"{text}{word} "))
        await browser.quiet(link, 0.02 + secrets.randbelow(30) / 1000)


def test_two_who_write_meet_and_see_each_other(server: Server, budi: Account) -> None:
    dewi = makers.officer("Dewi", region=Region.objects.get(code="62.02"))

    one, two = Browser(), Browser()
    sessions = [signed_in(budi), signed_in(dewi)]

    async def play() -> None:
        headers = socket_headers(server)
        async with (
            opened(server, LINE, session=sessions[0], **headers) as here,
            opened(server, LINE, session=sessions[1], **headers) as there,
        ):
            await one.greet(here)
            await two.greet(there)
            name = one.loom.standing()[0].id
            for link in (here, there):
                await link.say(bytes([lines.HERE]) + json.dumps({"p": name}).encode())
            await one.send(here, *one.type(name, "Sampit"))
            await one.saved(here)
            await two.quiet(there)
            assert two.loom.text(name) == "Sampit"
            await one.send(here, *one.type(name, "Kota Sampit"))
            await two.send(there, *two.type(name, "Sampit maju"))
            await one.quiet(here)
            await two.quiet(there)
            assert one.loom.text(name) == "Kota Sampit maju"
            assert set(one.people.values()) == {"Dewi"}
            assert set(two.people.values()) == {"Budi"}

    run(play())
    assert one.says() == two.says() == kept()
    told = queries.authors(Document.objects.get()).paragraphs[0]
    assert [(s.text, s.account) for s in told] == [
        ("Kota Sampit", budi),
        (" maju", dewi),
    ]
    edited = AuditEntry.objects.filter(verb="writing.document.edited")
    assert edited.count() == 2  # one for each line, not for each letter


def test_twelve_in_two_processes_end_with_the_same_text(
    server: Server, other: Server, budi: Account
) -> None:
    people = [budi] + [
        makers.officer(f"Penulis{n}", region=Region.objects.get(code="62.02"))
        for n in range(11)
    ]
    browsers = [Browser() for _ in people]
    sessions = [signed_in(one) for one in people]

    async def one(index: int) -> None:
        place = (server, other)[index % 2]
        headers = socket_headers(place)
        async with opened(place, LINE, session=sessions[index], **headers) as link:
            browser = browsers[index]
            await browser.greet(link)
            name = browser.loom.standing()[0].id
            words = [f"{index}.{turn}" for turn in range(8)]
            await type_in_turns(browser, link, name, words)
            await browser.saved(link)
            await browser.quiet(link, 3)

    async def play() -> None:
        await asyncio.gather(*(one(index) for index in range(12)))

    run(play())
    assert all(browser.says() == kept() for browser in browsers)
    text = " ".join(words for _name, words in kept())
    missing = {f"{i}.{t}" for i in range(12) for t in range(8)} - set(text.split())
    assert missing == set()
    shares = queries.authors(Document.objects.get()).shares
    assert {share.account for share in shares} == set(people)


def test_what_was_acknowledged_outlives_a_killed_process_and_the_rest_is_sent_again(
    server: Server, other: Server, budi: Account
) -> None:
    session = signed_in(budi)
    browser = Browser()

    async def play() -> None:
        headers = socket_headers(other)
        async with opened(other, LINE, session=session, **headers) as link:
            await browser.greet(link)
            name = browser.loom.standing()[0].id
            for turn in range(20):
                text = browser.loom.text(name)
                await browser.send(link, *browser.type(name, f"{text}{turn} "))
            while len(browser.waiting) > 12:
                await browser.hear(link)
            other.kill()
        for turn in range(20, 25):  # without a line
            browser.type(name, f"{browser.loom.text(name)}{turn} ")

    run(play())
    acknowledged = 20 - len([one for one in browser.waiting if one <= 20])
    assert acknowledged >= 8
    assert Update.objects.count() >= acknowledged

    async def come_back() -> None:
        headers = socket_headers(server)
        async with opened(server, LINE, session=session, **headers) as link:
            await browser.greet(link)
            await browser.saved(link)

    run(come_back())
    assert browser.refused == []
    assert kept()[0][1].split() == [str(turn) for turn in range(25)]


def test_strangers_are_refused_and_readers_cannot_write(
    server: Server, budi: Account, alya: Account, citra: Account
) -> None:
    mentor = makers.officer(
        "Mentor", region=Region.objects.get(code="62.02"), role="mentor"
    )

    officer, reader = signed_in(budi), signed_in(mentor)
    strangers = [signed_in(alya), signed_in(citra)]

    async def play() -> None:
        headers = socket_headers(server)
        for session in strangers:
            async with opened(server, LINE, session=session, **headers) as link:
                assert link.status == 403
        async with opened(server, LINE, session=officer) as link:
            assert link.status == 426
        foreign = socket_headers(server, "https://jahat.example")
        async with opened(server, LINE, session=officer, **foreign) as link:
            assert link.status == 403
        browser = Browser()
        async with opened(server, LINE, session=reader, **headers) as link:
            await browser.greet(link)
            name = browser.loom.standing()[0].id
            await browser.send(link, *browser.type(name, "tidak boleh"))
            await browser.saved(link)
            assert browser.refused[0]["reason"] == "readonly"

    run(play())
    assert kept()[0][1] == ""


def test_garbage_is_refused_and_the_line_goes_on(server: Server, budi: Account) -> None:
    session = signed_in(budi)

    async def play() -> None:
        browser = Browser()
        headers = socket_headers(server)
        async with opened(server, LINE, session=session, **headers) as link:
            await link.say(bytes([lines.UPDATE]) + b"\0\0\0\1xyz")  # before a greeting
            await link.say(bytes([lines.HELLO]) + b"\xff\xff\xff")
            await link.say(bytes([99]) + b"?")
            await browser.greet(link)
            browser.refused.clear()
            for content in (b"\xff" * 40, b"\x01\x01\x05", secrets.token_bytes(200)):
                browser.waiting[7] = content
                await browser.send(link, 7, content)
                await browser.saved(link)
            await link.say(bytes([lines.HERE]) + b"\xff{")
            name = browser.loom.standing()[0].id
            await browser.send(link, *browser.type(name, "Baik."))
            await browser.saved(link)
            assert len(browser.refused) == 3

    run(play())
    assert kept()[0][1] == "Baik."
