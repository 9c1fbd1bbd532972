"""`python3 dev.py bench workshop [SECONDS]`: sixty people in one workshop room.

Against the limits of the product: at a workshop's pace an idea is on the last of sixty
screens within 500 ms (p95), and also a burst stays below 1 s; web server and PostgreSQL
together need less than one core. Each line says which part of the limit was used.

granian as `habaring up` starts it, a PostgreSQL of its own; 60 live lines and 60 writers
by HTTP, with pass and CSRF token as a telephone has them. Each writes a note every 20
seconds; then all write within one second, three times. Measured: from the moment that a
telephone sends an idea until the last of the sixty screens has it. Six lines are cut every
five seconds and come back with the number last seen; that every note stands on every
screen exactly once is checked. Client, server and database share the machine.
"""

import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "var" / "pg-workshop"
PEOPLE, EVERY, SECONDS, BURSTS = 60, 20.0, 60, 3
CUT_EVERY, CUT = 5.0, 6
GOAL, BURST_GOAL, CORES = 0.5, 1.0, 1.0
TOKEN = "a" * 32
REGION = "62.02"


def main(argv: list[str]) -> int:
    """Print the latencies and the processor's share; 1 where a goal is missed."""
    if "--inside" not in argv:
        environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        server = (sys.executable, "-m", "habaring.config.embedded", "--data", str(DATA))
        inside = (sys.executable, "-m", "benchmarks.workshop", *argv, "--inside")
        return subprocess.call([*server, "--", *inside], cwd=ROOT, env=environment)
    from benchmarks.revenue_http import Clock, Web
    from benchmarks.scratch import ahead, server_ahead

    seconds = int(argv[0]) if argv and argv[0].isdigit() else SECONDS
    hall = made()
    ahead()  # web server and client inherit it; only where BENCH_AHEAD asks
    with server_ahead(), Web() as web:
        hall.port = web.port
        return asyncio.run(_measured(hall, Clock(web.process.pid), seconds))


@dataclass
class Screen:
    """One telephone: its cookie, what its line has brought, the number last seen."""

    cookie: str
    seen: Counter[str] = field(default_factory=Counter)
    at: dict[str, float] = field(default_factory=dict)
    last: int = 0
    cuts: int = 0
    writer: asyncio.StreamWriter | None = None


@dataclass
class Hall:
    """The room's address and its people."""

    path: str
    board: int
    screens: list[Screen]
    last: int
    port: int = 0
    sent: dict[str, float] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)


def made() -> Hall:
    """A room with sixty people, in the benchmark's own database."""
    import_module("benchmarks.platform")  # sets Django up
    from django.core import signing
    from django.core.management import call_command
    from django.utils.timezone import localdate, now

    from habaring.regions.models import Region
    from habaring.shared import walls
    from habaring.workshop import news, passes
    from habaring.workshop.actions import people, rooms

    call_command("migrate", verbosity=0, interactive=False)
    walls.give_app_role()
    walls.let_app_role_sign_in()
    for code, name, kind in (
        ("62", "Kalimantan Tengah", "provinsi"),
        (REGION, "Contoh", "kabupaten"),
    ):
        parent = Region.objects.filter(code=code.rpartition(".")[0]).first()
        defaults = {"name": name, "kind": kind, "parent": parent}
        Region.objects.get_or_create(code=code, defaults=defaults)
    region, at, day = Region.objects.get(code=REGION), now(), localdate()
    with walls.within(REGION):
        new = rooms.NewRoom("Ukur", day, day + timedelta(days=1))
        room = rooms.open_room(region=region, new=new, by=None, at=at)
        screens = []
        for _person in range(PEOPLE):
            person = people.join(room=room, name="", table=room.tables.first(), at=at)
            salt = passes._salt(REGION, room.number)
            value = signing.dumps([room.pk, person.pk], salt=salt)
            name = passes._name(REGION, room.number)
            screens.append(Screen(f"{name}={value}; csrftoken={TOKEN}"))
        last = news.last_number(room.pk)
    path = f"/daerah/{REGION}/lokakarya/{room.number}/"
    return Hall(path, 1, screens, last)


async def _measured(hall: Hall, clock: "object", seconds: int) -> int:
    lines = [asyncio.create_task(_listen(hall, one)) for one in hall.screens]
    while not all(one.writer for one in hall.screens):
        await asyncio.sleep(0.05)
    await asyncio.sleep(1)
    print(f"load {os.getloadavg()[0]:.1f} before; {PEOPLE} lines, {PEOPLE} writers")
    bad = 0
    cutting = asyncio.create_task(_cut(hall))
    used = await _timed(hall, clock, _workshop(hall, seconds))
    bad += _told(hall, f"a workshop's pace, {seconds} s", used, GOAL)
    cutting.cancel()
    used = await _timed(hall, clock, _bursts(hall))
    bad += _told(hall, f"all within a second, {BURSTS} times", used, BURST_GOAL)
    bad += _once(hall)
    for one in lines:
        one.cancel()
    await asyncio.gather(*lines, return_exceptions=True)
    print(f"load {os.getloadavg()[0]:.1f} after")
    return 1 if bad else 0


async def _timed(hall: Hall, clock: "object", work: "object") -> tuple[float, float]:
    """Processor seconds of web server and PostgreSQL while the work is done, and how long
    that was. The clock counts this client, too, which is taken off again.
    """
    hall.sent, hall.answers = {}, []
    begun, own = time.perf_counter(), sum(os.times()[:4])
    clock.start()  # type: ignore[attr-defined]
    await work  # type: ignore[misc]
    await _settled(hall)
    used = clock.stop()  # type: ignore[attr-defined]
    spent: float = used - (sum(os.times()[:4]) - own)
    return spent, time.perf_counter() - begun


async def _settled(hall: Hall) -> None:
    """Until all that was sent stands on all screens, or for ten seconds."""
    until = time.perf_counter() + 10
    while time.perf_counter() < until:
        if all(key in one.at for key in hall.sent for one in hall.screens):
            return
        await asyncio.sleep(0.05)


async def _listen(hall: Hall, screen: Screen) -> None:
    """The live line, opened again whenever it ends, as a browser does."""
    screen.last = hall.last
    while True:
        with suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", hall.port)
            writer.write(
                f"GET {hall.path}langsung/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                f"Cookie: {screen.cookie}\r\nLast-Event-ID: {screen.last}\r\n"
                "Accept: text/event-stream\r\n\r\n".encode()
            )
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in head.split(b"\r\n")[0]:
                hall.refused.append(head.split(b"\r\n")[0].decode())
                await asyncio.sleep(1)
                continue
            screen.writer = writer
            await _read(reader, screen)
        await asyncio.sleep(0.3)


async def _read(reader: asyncio.StreamReader, screen: Screen) -> None:
    number = 0
    while line := await reader.readline():
        if line.startswith(b"id: "):
            number = int(line[4:])
        elif line.startswith(b"data: "):
            at = time.perf_counter()
            news = json.loads(line[6:])
            if news.get("k") == "note":
                screen.seen[news["key"]] += 1
                screen.at.setdefault(news["key"], at)
            screen.last = max(screen.last, number)


async def _cut(hall: Hall) -> None:
    """Lines break: in a hall, somebody always walks behind a wall."""
    while True:
        await asyncio.sleep(CUT_EVERY)
        for screen in random.sample(hall.screens, CUT):
            if screen.writer is not None:
                screen.writer.transport.abort()
                screen.cuts += 1


async def _workshop(hall: Hall, seconds: int) -> None:
    until = time.perf_counter() + seconds
    await asyncio.gather(*(_person(hall, one, until) for one in hall.screens))


async def _person(hall: Hall, screen: Screen, until: float) -> None:
    """Thinks, writes, thinks."""
    pause = random.uniform(0, EVERY)  # noqa: S311 - no secret
    while time.perf_counter() + pause < until:
        await asyncio.sleep(pause)
        await _write(hall, screen)
        pause = random.uniform(0.5 * EVERY, 1.5 * EVERY)  # noqa: S311 - no secret


async def _bursts(hall: Hall) -> None:
    async def soon(screen: Screen) -> None:
        await asyncio.sleep(random.uniform(0, 1))  # noqa: S311 - no secret
        await _write(hall, screen)

    for _burst in range(BURSTS):
        await asyncio.gather(*(soon(one) for one in hall.screens))
        await asyncio.sleep(2)


async def _write(hall: Hall, screen: Screen) -> None:
    """One note, sent until it is confirmed."""
    key = str(uuid4())
    body = urlencode({"key": key, "text": f"Gagasan {key[:8]} untuk jalan desa"})
    hall.sent[key] = time.perf_counter()
    request = (
        f"POST {hall.path}papan/{hall.board}/tulis/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Cookie: {screen.cookie}\r\nX-CSRFToken: {TOKEN}\r\n"
        "Accept: application/json\r\nConnection: close\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
    for _try in range(5):
        with suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", hall.port)
            writer.write(request)
            answer = await reader.read()
            writer.close()
            if answer.startswith(b"HTTP/1.1 200"):
                hall.answers.append(time.perf_counter() - hall.sent[key])
                return
            hall.refused.append(answer[:200].decode(errors="replace"))
        await asyncio.sleep(1)


def _told(hall: Hall, what: str, used: tuple[float, float], goal: float) -> int:
    """One line; 1 where a limit is passed."""
    each = sorted(
        one.at[key] - begun
        for key, begun in hall.sent.items()
        for one in hall.screens
        if key in one.at
    )
    whole = sorted(
        max(one.at.get(key, float("inf")) for one in hall.screens) - begun
        for key, begun in hall.sent.items()
    )
    spent, lasted = used
    late, share = _at(whole, 0.95), spent / lasted
    print(
        f"{what}: {len(hall.sent)} ideas, answered after"
        f" {_ms(statistics.median(hall.answers))}; on a screen {_spread(each)}; on the"
        f" last of {PEOPLE} {_spread(whole)} = {late / goal:.2f} of the limit of"
        f" {_ms(goal)}; web and PostgreSQL {share:.2f} of a core = {share / CORES:.2f} of"
        f" the limit, {spent / len(hall.sent) * 1000:.1f} ms an idea with all its"
        f" {PEOPLE} screens: {'reached' if late < goal and share < CORES else 'MISSED'}",
        flush=True,
    )
    return int(late >= goal or share >= CORES)


def _spread(times: list[float]) -> str:
    middle, high, most = _at(times, 0.5), _at(times, 0.95), times[-1]
    return f"p50 {_ms(middle)}, p95 {_ms(high)}, longest {_ms(most)}"


def _at(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(len(times) * share))]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"


def _once(hall: Hall) -> int:
    """Every note of every phase on every screen, exactly once."""
    keys = {key for one in hall.screens for key in one.seen}
    wrong = [
        (n, key, one.seen[key])
        for n, one in enumerate(hall.screens)
        for key in keys
        if one.seen[key] != 1
    ]
    cuts = sum(one.cuts for one in hall.screens)
    print(
        f"{len(keys)} notes on {PEOPLE} screens, {cuts} lines cut:"
        f" {len(wrong)} not exactly once; {len(hall.refused)} answers were no 200"
    )
    if hall.refused:
        print(Counter(hall.refused).most_common(3))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
