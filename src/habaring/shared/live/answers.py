"""What a view answers to open a live line, once it has let the visitor in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.translation import gettext_lazy as _

from habaring.shared import walls
from habaring.shared.limits import client_network
from habaring.shared.live.hub import Subscription
from habaring.shared.live.news import Reader
from habaring.shared.refusal import Refusal

if TYPE_CHECKING:
    from habaring.shared.live.sockets import Line

LIVE = "habaring.live"
"""In the request's META where the server can keep a line open (config.asgi)."""
OF_A_PERSON = 20
"""Lines that one account may hold in one process: tabs and devices together."""
OF_A_NETWORK = 200
"""The same for visitors without an account behind one address: a hall, a school."""

Handler: TypeAlias = "Callable[[Line], Awaitable[None]]"


class ForeignPage(Refusal):
    """A page of another site opened the line with this visitor's cookies."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            what=_("This connection was opened by a page of another site."),
            why=_("Only pages of this site may write in your name."),
            next=_("Open the page here and try again."),
        )


@dataclass(frozen=True)
class Live:
    """A line to open: what it tells, what the view had opened, who counts it."""

    topic: str
    reader: Reader | None
    opened: walls.Opened
    after: int
    who: str
    most: int
    handler: "Handler | None" = None
    largest: int = 0
    idle: float = 0.0

    def subscription(self) -> Subscription:
        return Subscription(self.topic, self.reader, self.opened, self.after)


class LiveAnswer(HttpResponse):
    """Empty as an answer; the server sees `live` and keeps the line open."""

    def __init__(self, live: Live, *, content: bytes = b"", status: int = 200) -> None:
        super().__init__(content, content_type="text/event-stream", status=status)
        self.live = live
        self.headers["Cache-Control"] = "no-store"
        self.headers["X-Accel-Buffering"] = "no"


def stream(
    request: HttpRequest, topic: str, *, since: Reader | None = None
) -> HttpResponse:
    """News of a topic as server-sent events; the view has let the visitor in before.

    `since(number)` gives the rows of the topic above a number; it runs in a thread, in a
    transaction that has opened what the view had. It begins after the number in
    Last-Event-ID or `?sejak=`, without either after 0. Where the server cannot keep
    a line open (runserver, tests) the answer holds the rows, and the browser asks again.
    """
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    live = Live(topic, since, walls.opened(), _after(request), *_who(request))
    if LIVE in request.META or since is None:
        return LiveAnswer(live)
    rows = live.subscription().everything_since()
    return LiveAnswer(live, content=b"".join(one.event for one in rows))


def socket(
    request: HttpRequest,
    handler: "Handler",
    *,
    topic: str,
    since: Reader | None = None,
    largest: int = 1024 * 1024,
    idle: float = 90,
) -> HttpResponse:
    """A websocket for binary messages; the view has let the visitor in before.

    `handler(line)` runs on the event loop until it returns or the line ends
    (`sockets.Line`). A message above `largest` bytes ends it, and so do `idle` seconds in
    which the visitor says nothing. Raises ForeignPage where the page that opens it is not
    of this site. A visit that asks for no websocket is answered 426.
    """
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    live = Live(
        topic,
        since,
        walls.opened(),
        _after(request),
        *_who(request),
        handler=handler,
        largest=largest,
        idle=idle,
    )
    if request.headers.get("Upgrade", "").lower() == "websocket":
        _refuse_foreign(request)
        return LiveAnswer(live)
    return LiveAnswer(live, status=426)


def _after(request: HttpRequest) -> int:
    for text in (request.headers.get("Last-Event-ID"), request.GET.get("sejak")):
        if text and text.isdecimal() and len(text) < 19:
            return int(text)
    return 0


def _who(request: HttpRequest) -> tuple[str, int]:
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"account {user.pk}", OF_A_PERSON
    return f"network {client_network(request)}", OF_A_NETWORK


def _refuse_foreign(request: HttpRequest) -> None:
    """A browser sends cookies with a websocket of any page, and says whose page it is."""
    origin = request.headers.get("Origin", "")
    own = urlsplit(origin).netloc == request.get_host()
    if not origin or not (own or origin in settings.CSRF_TRUSTED_ORIGINS):
        raise ForeignPage
