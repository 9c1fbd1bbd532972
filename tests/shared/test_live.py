"""Live lines through the server that `up` runs: news, text, refusals, lost connections."""

import asyncio
import hashlib
import json
import secrets
import time
from collections.abc import Awaitable, Iterator

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from habaring.people.models import Account
from habaring.shared import live
from habaring.shared.live.hub import HELD, Ended, Hub, Subscription
from habaring.shared.walls import APP_ROLE
from tests.shared.live_site.server import SERVED, Link, Server, opened, socket_headers

BOARD = "/coba/62.02/papan/7/"
TEXT = "/coba/62.02/naskah/7/"
TOPIC = "try.board/7"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def table(transactional_db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "DROP TABLE IF EXISTS live_try; CREATE TABLE live_try"
            " (id bigserial PRIMARY KEY, board integer NOT NULL, words text NOT NULL);"
            f" GRANT SELECT ON live_try TO {APP_ROLE}"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE live_try")


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
    """One for all tests but the one that ends it."""
    yield from served(django_db_blocker)


@pytest.fixture
def server(running: Server, table: None, kotim: object) -> Server:
    return running


@pytest.fixture
def other(server: Server, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    """Another process, as on another machine."""
    yield from served(django_db_blocker)


def signed_in(account: Account) -> str:
    client = Client()
    client.force_login(account)
    return str(client.session.session_key)


@pytest.fixture
def session(budi: Account) -> str:
    return signed_in(budi)


def write(words: str, board: int = 7) -> int:
    """A row, and its news, in one transaction."""
    topic = live.topic("try.board", board)
    with transaction.atomic(), connection.cursor() as cursor:
        live.in_order(topic)
        cursor.execute(
            "INSERT INTO live_try (board, words) VALUES (%s, %s) RETURNING id",
            [board, words],
        )
        number = int(cursor.fetchone()[0])
        live.announce(topic, {"words": words}, number=number)
    return number


def run(work: Awaitable[None]) -> None:
    async def timed() -> None:
        async with asyncio.timeout(60):
            await work

    # the test's own database is asked in this thread, between two waits
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        asyncio.run(timed())


async def to_the_end(link: Link) -> None:
    while True:
        await link.news()


async def words(link: Link) -> str:
    return str(json.loads((await link.news())[1])["words"])


def test_news_reach_every_process_at_once_and_in_order(
    server: Server, other: Server, session: str
) -> None:
    async def play() -> None:
        async with (
            opened(server, BOARD, session=session) as one,
            opened(other, BOARD, session=session) as two,
        ):
            assert "text/event-stream" in one.head.lower()
            await asyncio.sleep(0.5)
            begun = time.monotonic()
            for text in ("satu", "dua"):
                write(text)
            write("lain", board=8)
            write("tiga")
            for link in (one, two):
                assert [await words(link) for _ in range(3)] == ["satu", "dua", "tiga"]
            assert time.monotonic() - begun < 5

    run(play())


def test_a_lost_line_loses_nothing(server: Server, session: str) -> None:
    first = write("lama")

    async def play() -> None:
        async with opened(server, BOARD, session=session) as link:
            assert (await link.news())[0] == first
        write("satu")
        write("x" * 20_000)  # too much for a notice: read from its row
        async with opened(server, BOARD, session=session, Last_Event_ID=str(first)) as (
            link
        ):
            assert await words(link) == "satu"
            assert len(await words(link)) == 20_000
            write("y" * 20_000)
            assert (await words(link))[0] == "y"
            last = write("dua")
            assert await words(link) == "dua"
        async with opened(server, f"{BOARD}?sejak={last - 1}", session=session) as link:
            assert await words(link) == "dua"

    run(play())


def test_a_killed_database_connection_comes_back_and_catches_up(
    server: Server, session: str
) -> None:
    async def play() -> None:
        async with opened(server, BOARD, session=session) as link:
            write("satu")
            assert await words(link) == "satu"
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    " WHERE datname = current_database()"
                    " AND application_name IN ('habaring live', %s)",
                    [SERVED],
                )
                assert cursor.fetchone()[0] >= 2
            write("dua")  # while nobody listens
            write("tiga")
            assert [await words(link) for _ in range(2)] == ["dua", "tiga"]
            await asyncio.sleep(1)
            write("empat")
            assert await words(link) == "empat"

    run(play())


def test_a_rolled_back_action_tells_nothing(server: Server, session: str) -> None:
    async def play() -> None:
        async with opened(server, BOARD, session=session) as link:
            await asyncio.sleep(0.3)
            with transaction.atomic():
                live.announce(TOPIC, {"words": "never"})
                transaction.set_rollback(True)
            write("ja")
            assert await words(link) == "ja"

    run(play())


def test_strangers_are_refused_and_foreign_pages_too(
    server: Server, session: str, alya: Account, citra: Account
) -> None:
    async def play() -> None:
        for who, status in (("", 302), (signed_in(alya), 403), (signed_in(citra), 403)):
            async with opened(server, BOARD, session=who) as link:
                assert link.status == status
        for origin in ("https://jahat.example", "null", f"http://x:{server.port}"):
            headers = socket_headers(server, origin)
            async with opened(server, TEXT, session=session, **headers) as link:
                assert link.status == 403
        headers = socket_headers(server)
        async with opened(server, TEXT, session=signed_in(citra), **headers) as link:
            assert link.status == 403
        async with opened(server, TEXT, session=session) as link:
            assert link.status == 426

    run(play())


def test_a_line_is_closed_when_the_right_is_withdrawn(
    server: Server, session: str
) -> None:
    async def play() -> None:
        async with (
            opened(server, BOARD, session=session) as link,
            opened(server, TEXT, session=session, **socket_headers(server)) as text,
        ):
            assert await text.hear() == b"hello"
            await asyncio.sleep(2)
            write("still here")
            assert await words(link) == "still here"
            Session.objects.all().delete()
            assert json.loads((await link.news())[1]) == {"reason": "withdrawn"}
            with pytest.raises(EOFError, match="1008"):
                await text.hear()

    run(play())


def test_text_goes_both_ways_and_between_processes(
    server: Server, other: Server, session: str
) -> None:
    async def play() -> None:
        async with (
            opened(server, TEXT, session=session, **socket_headers(server)) as one,
            opened(other, TEXT, session=session, **socket_headers(other)) as two,
        ):
            assert (one.status, two.status) == (101, 101)
            assert [await one.hear(), await two.hear()] == [b"hello", b"hello"]
            await one.say(b"\x00\x01 bytes")
            assert await two.hear() == b"\x00\x01 bytes"
            await two.say(b"")  # a sign of life, nothing else
            await two.say(b"back")
            assert await one.hear() == b"back"
            await one.say(b"count")
            assert int(await one.hear()) >= 2
            await one.say(b"z" * 10_001)
            with pytest.raises(EOFError, match="1009"):
                await one.hear()

    run(play())


def test_a_slow_reader_costs_no_memory_and_holds_up_nobody(
    server: Server, session: str
) -> None:
    async def play() -> None:
        async with (
            opened(server, BOARD, session=session) as slow,
            opened(server, BOARD, session=session) as quick,
        ):
            slow.reader._transport.pause_reading()  # type: ignore[attr-defined]
            before = server.memory()
            for _ in range(600):
                write(secrets.token_hex(15_000))
                assert len(await words(quick)) == 30_000
            assert server.memory() - before < 60
            await asyncio.sleep(4)
            slow.reader._transport.resume_reading()  # type: ignore[attr-defined]
            with pytest.raises(EOFError):
                await to_the_end(slow)

    run(play())


def test_one_person_holds_so_many_lines(server: Server, session: str) -> None:
    async def play() -> None:
        async with asyncio.TaskGroup() as group:
            held = [opened(server, BOARD, session=session) for _ in range(20)]
            links = [
                await group.create_task(one.__aenter__(), name="line") for one in held
            ]
            assert {link.status for link in links} == {200}
            async with opened(server, BOARD, session=session) as more:
                assert more.status == 503
            for link in links:
                link.close()
            await asyncio.sleep(1)
            async with opened(server, BOARD, session=session) as again:
                assert again.status == 200

    run(play())


def test_a_server_stops_at_once_with_lines_open(other: Server, session: str) -> None:
    server = other

    async def play() -> None:
        async with (
            opened(server, BOARD, session=session) as link,
            opened(server, TEXT, session=session, **socket_headers(server)) as text,
        ):
            await text.hear()
            seconds = await asyncio.to_thread(server.stop)
            assert seconds < 4
            assert json.loads((await link.news())[1]) == {"reason": "stopping"}
            with pytest.raises(EOFError, match="1012"):
                await text.hear()

    run(play())


def test_large_files_come_and_go_without_memory(server: Server) -> None:
    assert server.ask("/coba/besar/?mb=1") == (200, b"x" * 1024 * 1024)
    body = secrets.token_bytes(3_000_000) * 10
    head = (
        b'--e\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
    )
    form = head + body + b"\r\n--e--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=e"}
    before = server.memory()
    status, told = server.ask("/coba/unggah/", form, **kind)
    assert (status, told.decode()) == (
        200,
        f"{len(body)} {hashlib.sha256(body).hexdigest()}",
    )

    async def play() -> None:
        async with opened(server, "/coba/besar/?mb=500") as link:  # never read
            link.reader._transport.pause_reading()  # type: ignore[attr-defined]
            await asyncio.sleep(1)
        for _ in range(6):  # more than there are threads: those who left hold none
            async with opened(server, "/coba/besar/?mb=500"):
                pass
        await asyncio.sleep(1)

    run(play())
    assert server.ask("/sehat/")[0] == 200
    assert server.memory() - before < 25


def test_without_the_server_a_stream_answers_with_its_rows(
    table: None, budi: Account, settings: object
) -> None:
    settings.ROOT_URLCONF = "tests.shared.live_site.urls"  # type: ignore[attr-defined]
    first, second = write("satu"), write("dua")
    client = Client()
    client.force_login(budi)
    answer = client.get(BOARD, headers={"Last-Event-ID": str(first)})
    assert answer.content.decode() == f'id: {second}\ndata: {{"words":"dua"}}\n\n'
    assert client.post(BOARD).status_code == 405


def test_who_is_much_too_slow_is_sent_away() -> None:
    async def play() -> None:
        slow = Subscription("try.board/7")
        for number in range(1, HELD + 2):
            slow.put(live.News(number))
        with pytest.raises(Ended, match="slow"):
            slow.take()

    run(play())


def test_what_comes_at_once_goes_out_in_few_pieces_in_its_order() -> None:
    """The first at once; the others together, made into bytes once for all lines."""

    async def play() -> None:
        hub = Hub()
        lines = [Subscription("try.board/7") for _n in range(3)]
        hub.topics["try.board/7"] = set(lines)
        hub.topics["try.board/8"] = {other := Subscription("try.board/8")}
        await hub._pass_on("try.board/7", live.News(1))
        assert all(one.wake.is_set() for one in lines)
        assert [[news.number for news in one.take()] for one in lines] == [[1]] * 3
        for number in range(2, 60):
            await hub._pass_on("try.board/7", live.News(number))
        assert not any(one.wake.is_set() for one in lines)
        await hub._pass_on("try.board/8", live.News(1))
        assert other.wake.is_set()  # another room does not wait
        await asyncio.gather(*(one.wake.wait() for one in lines))
        taken = [one.take() for one in lines]
        assert [[news.number for news in one] for one in taken] == [
            list(range(2, 60))
        ] * 3
        assert taken[0][0].event is taken[1][0].event

    run(play())


def test_news_that_fit_nowhere_are_refused(db: None) -> None:
    with transaction.atomic(), pytest.raises(live.TooLargeError):
        live.announce(TOPIC, b"x" * 6_000)
    with pytest.raises(ValueError, match="no name"):
        live.topic("try.board", "a b")
