"""A websocket: binary messages of one visitor, and the news of a topic, in one line.

Source: ASGI specification, "WebSocket"; RFC 6455 for the codes.
"""

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from django.db import transaction

from habaring.shared.live.answers import Live
from habaring.shared.live.hub import Ended, Full, Hub, Subscription
from habaring.shared.live.news import Data, News, announce
from habaring.shared.live.streams import SLOWEST, Visitor, guard

Result = TypeVar("Result")

AHEAD = 16
"""So many messages of a visitor may wait; then no more are read from the line."""
CODES = {"slow": 1013, "withdrawn": 1008, "stopping": 1012, "large": 1009}
LAST_WORDS = {"gone", "stopping", "slow"}
GOING_AWAY, WENT_WRONG, NORMAL = 1001, 1011, 1000


class Line:
    """One visitor's websocket, for a handler.

    `id` is its own; `topic` what it hears.
    """

    def __init__(self, hub: Hub, live: Live, visitor: Visitor) -> None:
        self.id = secrets.token_hex(8)
        self.topic = live.topic
        self._hub = hub
        self._live = live
        self._visitor = visitor
        self._hears: Subscription = live.subscription()
        self._came: deque[bytes] = deque()
        self._room = asyncio.Event()

    async def events(self) -> AsyncIterator[bytes | News]:
        """What the visitor sends (bytes) and what others announce (News), as it comes.

        Empty messages are signs of life and kept back, and so is what this line announced.
        """
        while True:
            for news in self._news():
                if news.by != self.id:
                    yield news
            while self._came:
                message = self._came.popleft()
                self._room.set()
                yield message
                if self._hears.waiting or self._hears.reason:
                    break  # others are not kept waiting by one who writes a lot
            if not self._came:
                await self._hears.wake.wait()

    def _news(self) -> list[News]:
        """What was said before the line broke is still heard, where that is allowed."""
        if self._came and self._hears.reason in LAST_WORDS:
            return []
        return self._hears.take()

    async def send(self, message: bytes) -> None:
        """To the visitor; waits while the line is full, and ends it after half a minute.
        Does nothing once the line is at its end: `events` tells that.
        """
        if self._hears.reason:
            return
        event = {"type": "websocket.send", "bytes": message}
        try:
            await asyncio.wait_for(self._visitor.send(event), SLOWEST)
        except (TimeoutError, OSError, RuntimeError):
            self._hears.end("gone")

    async def run(self, work: Callable[..., Result], *args: Any) -> Result:
        """Call `work(*args)` in a thread, in a transaction that has opened what the view
        had: every use of the database goes this way.
        """

        def within() -> Result:
            with self._live.opened.again():
                return work(*args)

        return await self._hub.run(within)

    async def announce(self, data: Data, *, number: int = 0) -> None:
        """Tell the others of the topic, in all processes, at once (not this line)."""

        def told() -> None:
            with transaction.atomic():
                announce(self.topic, data, number=number, by=self.id)

        await self._hub.run(told)

    def seen(self, number: int) -> None:
        """News up to this number are known to the visitor, and are not passed on."""
        self._hears.seen = max(self._hears.seen, number)

    async def rows_since(self, number: int) -> list[News]:
        """What the reader of `socket(since=…)` gives above a number; they are then seen."""
        self._hears.seen = number
        rows = await self._hub.run(self._hears.everything_since)
        for news in rows:
            self.seen(news.number)
        return rows

    async def _listen(self) -> None:
        """What the visitor says, as fast as the handler takes it."""
        while True:
            try:
                event = await asyncio.wait_for(
                    self._visitor.receive(), self._live.idle or None
                )
            except TimeoutError:
                self._hears.end("idle")
                return
            if event["type"] == "websocket.disconnect":
                self._hears.end("gone")
                return
            message = event.get("bytes") or (event.get("text") or "").encode()
            if len(message) > self._live.largest:
                self._hears.end("large")
                return
            while len(self._came) >= AHEAD:
                self._room.clear()
                await self._room.wait()
            if message:
                self._came.append(message)
                self._hears.wake.set()


async def serve(hub: Hub, live: Live, visitor: Visitor) -> None:
    """Accept, let the handler work, and close with a code that says why."""
    line = Line(hub, live, visitor)
    hears = line._hears
    try:
        await hub.join(hears, live.who, live.most)
    except Full:
        await refuse(visitor, 503)
        return
    aside: list[asyncio.Task[None]] = []
    code = WENT_WRONG
    try:
        await visitor.send({"type": "websocket.accept"})
        aside += [
            asyncio.create_task(line._listen()),
            asyncio.create_task(guard(hears, visitor)),
        ]
        code = await _handled(line, live)
    finally:
        for task in aside:
            task.cancel()
        hub.leave(hears, live.who)
        with contextlib.suppress(OSError, RuntimeError):
            await visitor.send({"type": "websocket.close", "code": code})


async def _handled(line: Line, live: Live) -> int:
    """The code to close with."""
    if live.handler is None:
        return WENT_WRONG
    try:
        await live.handler(line)
    except Ended as end:
        return CODES.get(end.reason, GOING_AWAY)
    return NORMAL


async def refuse(visitor: Visitor, status: int) -> None:
    """No to the handshake, with an HTTP answer."""
    await visitor.send(
        {"type": "websocket.http.response.start", "status": status, "headers": []}
    )
    await visitor.send({"type": "websocket.http.response.body", "body": b""})
