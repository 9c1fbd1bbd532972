"""Server-sent events: news as they come, a sign of life between, an end that is told.

Source: WHATWG HTML, "Server-sent events".
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from habaring.shared.live.answers import Live
from habaring.shared.live.hub import Ended, Full, Hub, Subscription

Event: TypeAlias = MutableMapping[str, Any]

BEAT = 15.0
"""Seconds between signs of life: proxies and telephones end what is silent."""
SLOWEST = 30.0
"""Seconds that one piece may take to a visitor."""
LOOK_AGAIN = 60.0
"""Seconds after which the visitor's right is asked for again."""
COME_BACK = b"retry: 2000\n\n"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Visitor:
    """The server's end of a line. `allowed` asks the view again: True, False, or None
    where it could not be asked.
    """

    receive: Callable[[], Awaitable[Event]]
    send: Callable[[Event], Awaitable[None]]
    allowed: Callable[[], Awaitable[bool | None]]


async def serve(hub: Hub, live: Live, visitor: Visitor, start: Event) -> None:
    """Until the visitor leaves, is too slow, or may no longer look."""
    mine = live.subscription()
    try:
        await hub.join(mine, live.who, live.most)
    except Full:
        await refuse(visitor)
        return
    aside = [
        asyncio.create_task(_until_gone(mine, visitor)),
        asyncio.create_task(guard(mine, visitor)),
    ]
    try:
        await visitor.send(start)
        await _tell(hub, mine, visitor)
    except Ended as end:
        if end.reason != "gone":
            await _say_why(visitor, end.reason)
    finally:
        for task in aside:
            task.cancel()
        hub.leave(mine, live.who)


async def refuse(visitor: Visitor) -> None:
    """Too many lines, or the database cannot be heard: come again later."""
    headers = [(b"retry-after", b"10"), (b"content-length", b"0")]
    await visitor.send(
        {"type": "http.response.start", "status": 503, "headers": headers}
    )
    await visitor.send({"type": "http.response.body", "body": b""})


async def _say_why(visitor: Visitor, reason: str) -> None:
    last = f'event: closed\ndata: {{"reason":"{reason}"}}\n\n'
    with contextlib.suppress(Ended):
        await _send(visitor, last.encode(), more=False)


async def _tell(hub: Hub, mine: Subscription, visitor: Visitor) -> None:
    try:
        before = await hub.run(mine.everything_since)
    except Exception:  # the domain's reader, or a database that just went
        log.exception("News of %s could not be read", mine.topic)
        raise Ended("broken") from None
    for news in before:
        mine.seen = max(mine.seen, news.number)
    await _send(visitor, COME_BACK + b"".join(news.event for news in before))
    while True:
        # no task for each wait, as wait_for makes one: this runs for each piece of news
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BEAT):
                await mine.wake.wait()
        fresh = mine.take()
        await _send(visitor, b"".join([news.event for news in fresh]) or b":\n\n")


async def _send(visitor: Visitor, piece: bytes, *, more: bool = True) -> None:
    event = {"type": "http.response.body", "body": piece, "more_body": more}
    try:
        async with asyncio.timeout(SLOWEST):
            await visitor.send(event)
    except TimeoutError:
        raise Ended("gone") from None


async def _until_gone(mine: Subscription, visitor: Visitor) -> None:
    while (await visitor.receive())["type"] != "http.disconnect":
        pass
    mine.end("gone")


async def guard(mine: Subscription, visitor: Visitor) -> None:
    """Ends the line of somebody who may no longer look; a database that cannot be asked
    ends it at the second time.
    """
    unknown = 0
    while True:
        await asyncio.sleep(LOOK_AGAIN * (0.75 + secrets.randbelow(500) / 1000))
        allowed = await visitor.allowed()
        unknown = unknown + 1 if allowed is None else 0
        if allowed is False or unknown > 1:
            mine.end("withdrawn")
            return
