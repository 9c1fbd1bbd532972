"""The door that granian opens: pages in threads, live lines on the event loop.

Every request goes to Django as WSGI (decision 18). Where a view has let the visitor in
and answered with a live line, the line is kept open here, and the same view is asked
again each minute whether the visitor may still look.
"""

import asyncio
import os
import signal
from types import FrameType

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from habaring.config.pages import Event, Pages, Receive, Scope, Send, Whole
from habaring.shared.live import hub, sockets, streams
from habaring.shared.live.answers import Live, LiveAnswer
from habaring.shared.live.streams import Visitor

os.environ.setdefault("DATABASE_ROLE", "habaring_app")  # shared.walls.APP_ROLE
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "habaring.config.settings")

django = get_wsgi_application()
pages = Pages(django, settings.WEB_THREADS)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """What granian calls for each request, each websocket, and once for the process."""
    if scope["type"] == "http":
        await _http(scope, receive, send)
    elif scope["type"] == "websocket":
        await _websocket(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _lifespan(receive, send)


async def _http(scope: Scope, receive: Receive, send: Send) -> None:
    whole = await pages.answer(scope, receive, send)
    if whole is None:
        return
    live = _live(whole)
    if live is None or live.handler is not None:
        await whole.send(send)
        return
    headers = [pair for pair in whole.start["headers"] if pair[0] != b"content-length"]
    visitor = Visitor(receive, send, _Asking(scope))
    await streams.serve(hub.hub(), live, visitor, {**whole.start, "headers": headers})


async def _websocket(scope: Scope, receive: Receive, send: Send) -> None:
    asking = _Asking(scope)
    await receive()  # the visitor asks for it
    whole = await pages.answer(scope, asking.nothing, asking.unsent)
    visitor = Visitor(receive, send, asking)
    live = _live(whole)
    if live is not None and live.handler is not None:
        await sockets.serve(hub.hub(), live, visitor)
        return
    status = int(whole.start["status"]) if whole is not None else 500
    await sockets.refuse(visitor, status if status >= 400 else 403)


def _live(whole: Whole | None) -> Live | None:
    """The line that the view opens, if it opens one."""
    answer = whole.answer if whole is not None else None
    opens = isinstance(answer, LiveAnswer) and answer.status_code == 200
    return answer.live if opens and isinstance(answer, LiveAnswer) else None


class _Asking:
    """Asks the view of an open line again: True, False, or None where it cannot say."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    async def __call__(self) -> bool | None:
        whole = await pages.answer(self.scope, self.nothing, self.unsent)
        if whole is None or whole.start["status"] >= 500:
            return None
        return _live(whole) is not None

    async def nothing(self) -> Event:
        """No body comes with it."""
        return {"type": "http.disconnect"}

    async def unsent(self, event: Event) -> None:
        """A page in place of a line goes nowhere."""


async def _lifespan(receive: Receive, send: Send) -> None:
    """The server waits for open lines before it goes, so they are told to end first."""
    while True:
        event = await receive()
        if event["type"] == "lifespan.startup":
            _end_lines_when_asked(asyncio.get_running_loop())
        if event["type"] == "lifespan.shutdown":
            await asyncio.to_thread(pages.threads.end)
        await send({"type": f"{event['type']}.complete"})
        if event["type"] == "lifespan.shutdown":
            return


def _end_lines_when_asked(loop: asyncio.AbstractEventLoop) -> None:
    """Beside what the server does at a signal: its own handler hears it from the loop."""

    def heard(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(hub.stop)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, heard)
