"""The pages, which are WSGI, behind the ASGI server: a few threads, streams both ways.

A small request is read before a thread is taken, so that a slow telephone holds none; a
large one is read by the application as it comes. A small answer goes out in one piece, a
large one as fast as the visitor takes it. The answer is closed in the thread that made
it, whatever becomes of the visitor: what is not closed keeps its connection to the
database out of the pool for ever.
"""

import asyncio
import contextlib
import io
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from queue import SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, TypeAlias
from urllib.parse import unquote_to_bytes

from habaring.shared.live.answers import LIVE

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
_Job: TypeAlias = (
    "tuple[asyncio.AbstractEventLoop, asyncio.Future[Any], Callable[..., Any],"
    " tuple[Any, ...]]"
)

SMALL = 64 * 1024
"""Bytes of a request or an answer that are held in memory as one piece."""
LONGEST_END = 3.0
"""Seconds that a server which was told to go waits for its pages."""


class Gone(OSError):  # noqa: N818 - what visitors do
    """The visitor hung up."""


class Threads:
    """So many threads that work for the loop. asyncio's executor costs a page or a payment
    twice the processor time that this does, for futures of two kinds.
    """

    def __init__(self, many: int) -> None:
        self.asked: SimpleQueue[_Job | None] = SimpleQueue()
        self.many = many
        self.running: list[Thread] = []

    def run(self, work: Callable[..., Any], *args: Any) -> "asyncio.Future[Any]":
        """On the loop: the future of `work(*args)`."""
        if not self.running:
            self._start()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self.asked.put((loop, future, work, args))
        return future

    def end(self) -> None:
        """Let what was asked be done, and wait for it; `run` starts them again."""
        running, self.running = self.running, []
        for _one in running:
            self.asked.put(None)
        until = monotonic() + LONGEST_END
        for one in running:
            one.join(max(0.0, until - monotonic()))

    def _start(self) -> None:
        # daemons: a page that hangs does not keep a process that was told to go
        self.running = [
            Thread(target=self._serve, name=f"page_{n}", daemon=True)
            for n in range(self.many)
        ]
        for one in self.running:
            one.start()

    def _serve(self) -> None:
        while job := self.asked.get():
            loop, future, work, args = job
            result, error = None, None
            try:
                result = work(*args)
            except BaseException as raised:  # the loop's to handle
                error = raised
            with contextlib.suppress(RuntimeError):  # the loop is over
                loop.call_soon_threadsafe(_settle, future, result, error)
            del job, future, work, args, result, error  # held no longer than needed


def _settle(
    future: "asyncio.Future[Any]", result: object, error: BaseException | None
) -> None:
    if future.done():  # cancelled
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)


class Pages:
    """A WSGI application as an ASGI one, in `threads` threads."""

    def __init__(self, application: Wsgi, threads: int) -> None:
        self.application = application
        self.threads = Threads(threads)

    async def answer(
        self, scope: Scope, receive: Receive, send: Send
    ) -> "Whole | None":
        """The answer, where it is small and still to be sent; None where it was sent as
        it came, or nobody waits for it any more.
        """
        length = content_length(scope)
        ahead = await read_small(receive, length) if length <= SMALL else b""
        if ahead is None:
            return None  # hung up in the middle of the request
        visit = Visit(asyncio.get_running_loop(), receive, send)
        body = io.BytesIO(ahead) if length <= SMALL else Body(visit, length)
        try:
            answer: Whole | None = await self.threads.run(
                visit.answer, self.application, environ(scope, body)
            )
            return answer
        except Gone:
            return None
        finally:
            visit.end()


def content_length(scope: Scope) -> int:
    """What the request says; 0 where it says nothing that makes sense."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def read_small(receive: Receive, length: int) -> bytes | None:
    """The whole body; None where it breaks off."""
    parts: list[bytes] = []
    while length > 0:
        event = await receive()
        if event["type"] == "http.disconnect":
            return None
        parts.append(event.get("body", b""))
        length -= len(parts[-1])
        if not event.get("more_body"):
            break
    return b"".join(parts) if length <= 0 else None


@dataclass(frozen=True)
class Whole:
    """A small answer: how it starts, its bytes, and what the application gave."""

    start: dict[str, Any]
    content: bytes
    answer: Iterable[bytes]

    async def send(self, send: Send) -> None:
        await send(self.start)
        await send({"type": "http.response.body", "body": self.content})


@dataclass
class Visit:
    """One request: what its thread asks of the loop."""

    loop: asyncio.AbstractEventLoop
    receive: Receive
    send: Send
    watch: "asyncio.Task[None] | None" = None
    gone: bool = False

    def wait_for(self, what: Awaitable[Any]) -> Any:
        async def waited() -> Any:
            return await what

        future: Future[Any] = asyncio.run_coroutine_threadsafe(waited(), self.loop)
        return future.result()

    def answer(self, application: Wsgi, environ: dict[str, Any]) -> Whole | None:
        """In the thread: the whole answer where it is small, else None once it is sent."""
        start: dict[str, Any] = {"type": "http.response.start"}

        def start_response(
            status: str, headers: list[tuple[str, str]], exc_info: object = None
        ) -> None:
            start["status"] = int(status[:3])
            start["headers"] = [
                (name.lower().encode("latin-1"), value.encode("latin-1"))
                for name, value in headers
            ]

        answer = application(environ, start_response)
        try:
            pieces = blocks(answer)
            first = next(pieces, b"")
            second = next(pieces, None)
            if second is None:
                return Whole(start, first, answer)
            self.stream(start, chain((first, second), pieces))
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()
        return None

    def stream(self, start: dict[str, Any], pieces: Iterable[bytes]) -> None:
        """In the thread: as fast as the visitor takes it; raises Gone."""
        self.wait_for(self.begin(start))
        for piece in pieces:
            if self.gone:
                raise Gone
            event = {"type": "http.response.body", "body": piece, "more_body": True}
            self.wait_for(self.send(event))
        self.wait_for(self.send({"type": "http.response.body", "body": b""}))

    async def begin(self, start: dict[str, Any]) -> None:
        self.watch = asyncio.ensure_future(self.listen())
        await self.send(start)

    async def listen(self) -> None:
        """The server takes what is sent to a closed line, and says nothing."""
        while (await self.receive())["type"] != "http.disconnect":
            pass
        self.gone = True

    def end(self) -> None:
        if self.watch is not None:
            self.watch.cancel()


def blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of about SMALL."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= SMALL:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


class Body(io.RawIOBase):
    """A large request, read as it comes."""

    def __init__(self, visit: Visit, length: int) -> None:
        self.visit = visit
        self.left = length
        self.held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self.held and self.left > 0:
            event = self.visit.wait_for(self.visit.receive())
            if event["type"] == "http.disconnect":
                raise Gone("the request broke off")
            self.held = event.get("body", b"")
            self.left -= len(self.held)
            if not event.get("more_body") and not self.held:
                raise Gone("the request is shorter than it says")
        taken = self.held[: len(buffer)]
        self.held = self.held[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)


@lru_cache(maxsize=256)
def _http(name: bytes) -> str:
    return "HTTP_" + name.decode("latin-1").upper().replace("-", "_")


_PLAIN = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}


def environ(scope: Scope, body: Any) -> dict[str, Any]:
    """What WSGI asks for (PEP 3333)."""
    host, port = scope.get("server") or ("localhost", 80)
    path = unquote_to_bytes(scope["raw_path"]).decode("latin-1")
    made: dict[str, Any] = {
        "REQUEST_METHOD": scope.get("method", "GET"),
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        LIVE: True,
    }
    for name, value in scope["headers"]:
        if b"_" in name:  # not to be told from the one with a hyphen
            continue
        key = _PLAIN.get(name) or _http(name)
        text = value.decode("latin-1")
        if key in made:
            text = f"{made[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{text}"
        made[key] = text
    return made
