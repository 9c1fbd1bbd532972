"""One process's ear: one connection that listens, and a queue for each visitor.

Where the connection is lost it is opened again, and every topic with a reader asks for
all since the last number that its visitors have seen.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import psycopg
from django.db import connection

from habaring.shared import walls
from habaring.shared.live.news import BATCH, CHANNEL, News, Reader, read

Result = TypeVar("Result")

HELD = 1000
"""So much may wait for one visitor; one who is slower is sent away to ask again."""
LONGEST_PAUSE = 5.0
LOOK_EVERY = 30.0
"""Seconds after which a silent connection is asked whether it still is there."""
PATIENCE = 10.0
GATHER = 0.08
"""Seconds in which further news of a topic are gathered: the first goes out at once."""
THREADS = 2
"""For what live lines ask of the database, beside the threads of the pages."""
MOST = 1000
"""Lines in one process."""

log = logging.getLogger(__name__)


class Ended(Exception):  # noqa: N818 - how a line ends, no error
    """A line's end: gone, slow, withdrawn, stopping, broken, idle."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Full(Exception):  # noqa: N818 - a limit
    """No place for another line now."""


@dataclass(eq=False)
class Subscription:
    """What one visitor hears of one topic. `seen` is the last number passed on."""

    topic: str
    reader: Reader | None = None
    opened: walls.Opened = field(default_factory=lambda: walls.Opened("", ""))
    seen: int = 0
    waiting: deque[News] = field(default_factory=deque)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    reason: str = ""

    def put(self, news: News) -> None:
        """Keep it; the hub wakes the line."""
        if len(self.waiting) >= HELD:
            self.end("slow")
            return
        self.waiting.append(news)

    def end(self, reason: str) -> None:
        """The first reason stands."""
        self.reason = self.reason or reason
        self.wake.set()

    def take(self) -> list[News]:
        """All that is new, in order; Ended once the line is at its end."""
        if self.reason:
            raise Ended(self.reason)
        self.wake.clear()
        fresh = []
        while self.waiting:
            news = self.waiting.popleft()
            if news.number and news.number <= self.seen:
                continue  # read from its row before
            self.seen = max(self.seen, news.number)
            fresh.append(news)
        return fresh

    def everything_since(self) -> list[News]:
        """In a thread: the rows after `seen`, as far as they go."""
        if self.reader is None:
            return []
        found: list[News] = []
        after = self.seen
        with self.opened.again():
            while True:
                rows = list(self.reader(after))
                found += rows
                if len(rows) < BATCH:
                    return found
                after = rows[-1].number


class Hub:
    """All live lines of a process; it lives on the server's event loop."""

    def __init__(self) -> None:
        self.topics: dict[str, set[Subscription]] = {}
        self.woken: dict[str, float] = {}
        self.due: dict[str, asyncio.TimerHandle] = {}
        self.places: Counter[str] = Counter()
        self.listening = asyncio.Event()
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="live")
        self.task: asyncio.Task[None] | None = None
        self.stopping = False

    async def join(self, new: Subscription, who: str, most: int) -> None:
        """Hear from now on; the first visitor begins the listening. Raises Full where the
        person or the process has too many lines, or the database cannot be heard.
        """
        if self.task is None:
            self.task = asyncio.create_task(self._keep_listening())
        try:
            await asyncio.wait_for(self.listening.wait(), PATIENCE)
        except TimeoutError:
            raise Full from None
        crowded = self.places[who] >= most or self.places.total() >= MOST
        if crowded or self.stopping:
            raise Full
        self.places[who] += 1
        self.topics.setdefault(new.topic, set()).add(new)

    def leave(self, one: Subscription, who: str) -> None:
        self.places -= Counter([who])
        here = self.topics.get(one.topic, set())
        here.discard(one)
        if not here:
            self.topics.pop(one.topic, None)
            self.woken.pop(one.topic, None)

    def stop(self) -> None:
        """End all lines, so that the server can go; browsers come back to the next one."""
        self.stopping = True
        for here in self.topics.values():
            for one in here:
                one.end("stopping")
        if self.task is not None:
            self.task.cancel()

    async def run(self, work: Callable[..., Result], *args: Any) -> Result:
        """In a thread of its own, with its connection given back behind it."""

        def done() -> Result:
            try:
                return work(*args)
            finally:
                connection.close()

        return await asyncio.get_running_loop().run_in_executor(self.threads, done)

    async def _keep_listening(self) -> None:
        pause = 0.2
        while not self.stopping:
            try:
                async with await _connected() as ear:
                    await ear.execute(f"LISTEN {CHANNEL}")
                    await self._catch_up()
                    self.listening.set()
                    pause = 0.2
                    await self._listen(ear)
            except Exception as error:  # whatever it was: deaf is worse
                log.warning("Live news stopped, listening again: %s", error)
            self.listening.clear()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _listen(self, ear: "psycopg.AsyncConnection[Any]") -> None:
        while True:
            async for notice in ear.notifies(timeout=LOOK_EVERY):
                found = read(notice.payload)
                if found is not None:
                    await self._pass_on(*found)
            await asyncio.wait_for(ear.execute("SELECT 1"), PATIENCE)

    async def _pass_on(self, topic: str, news: News) -> None:
        here = self.topics.get(topic)
        if not here:
            return
        if not news.whole:
            await self._read_rows(here)
            return
        for one in here:
            one.put(news)
        self._wake_soon(topic)

    def _wake_soon(self, topic: str) -> None:
        """At once where the topic was quiet; else with all that comes until its turn, so
        that sixty people who write at once do not send sixty pieces to sixty screens.
        """
        if topic in self.due:
            return
        loop = asyncio.get_running_loop()
        wait = self.woken.get(topic, 0.0) + GATHER - loop.time()
        if wait <= 0:
            self._wake(topic)
        else:
            self.due[topic] = loop.call_later(wait, self._wake, topic)

    def _wake(self, topic: str) -> None:
        self.due.pop(topic, None)
        here = self.topics.get(topic, ())
        if here:
            self.woken[topic] = asyncio.get_running_loop().time()
        for one in here:
            one.wake.set()

    async def _catch_up(self) -> None:
        for here in list(self.topics.values()):
            await self._read_rows(here)

    async def _read_rows(self, here: set[Subscription]) -> None:
        """One read for all visitors of a topic, from what the last of them has seen."""
        first = min(
            (one for one in here if one.reader is not None),
            key=lambda one: one.seen,
            default=None,
        )
        if first is None:
            return
        try:
            rows = await self.run(first.everything_since)
        except Exception:  # the domain's reader; others go on
            log.exception("News of %s could not be read", first.topic)
            for one in here:
                one.end("broken")
            return
        for one in here:
            for news in rows:
                one.put(news)
        self._wake_soon(first.topic)


async def _connected() -> "psycopg.AsyncConnection[Any]":
    params = connection.get_connection_params()
    for ours in ("cursor_factory", "context", "autocommit", "pool"):
        params.pop(ours, None)
    return await asyncio.wait_for(
        psycopg.AsyncConnection.connect(
            **params, autocommit=True, application_name="habaring live"
        ),
        PATIENCE,
    )


_hub: Hub | None = None


def hub() -> Hub:
    """This process's; made on the event loop when the first visitor comes."""
    global _hub  # noqa: PLW0603 - one a process
    if _hub is None:
        _hub = Hub()
    return _hub


def stop() -> None:
    """End what there is, if anything."""
    if _hub is not None:
        _hub.stop()
