"""What happens is shown at once: news to open pages, and shared text (docs/live.md).

An action announces news under a topic inside its transaction; a view that has let the
visitor in answers with `stream` (server-sent events) or `socket` (a websocket). Every
web process hears all news by one connection to PostgreSQL and passes them to its own
visitors; nothing is kept per visitor.
"""

from habaring.shared.live.answers import ForeignPage, LiveAnswer, socket, stream
from habaring.shared.live.news import (
    BATCH,
    News,
    TooLargeError,
    announce,
    in_order,
    topic,
)
from habaring.shared.live.sockets import Line

__all__ = [
    "BATCH",
    "ForeignPage",
    "Line",
    "LiveAnswer",
    "News",
    "TooLargeError",
    "announce",
    "in_order",
    "socket",
    "stream",
    "topic",
]
