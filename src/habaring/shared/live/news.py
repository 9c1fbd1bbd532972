"""News: what is told under a topic, and how it goes through PostgreSQL's NOTIFY.

A NOTIFY is delivered when its transaction commits, never when it is rolled back, and in
the order of the commits. What must not be lost has a number, which is that of a row: who
missed some asks for all rows since.

Source: PostgreSQL documentation, NOTIFY.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from habaring.shared.walls import NotInTransactionError

CHANNEL = "habaring_live"
LARGEST = 7900
"""Bytes of one notice: PostgreSQL takes fewer than 8,000."""
BATCH = 500
"""A reader of news may give so many at a time; it is asked again for the rest."""

_TOPIC = re.compile(r"[a-z0-9._:/-]{1,200}")

Data: TypeAlias = Mapping[str, Any] | bytes


class TooLargeError(ValueError):
    """Too much for one notice, and without a number nobody could read it elsewhere."""


@dataclass(frozen=True)
class News:
    """One thing told under a topic.

    `number` is that of its row (0: nothing is lost where it is missed); `data` a small
    object or bytes; `by` the id of the line that told it. `whole` False: the data was
    too large for a notice, and its row has to be read.
    """

    number: int
    data: Data = field(default_factory=dict)
    by: str = ""
    whole: bool = True

    @cached_property
    def event(self) -> bytes:
        """As a browser's EventSource reads it: the data as JSON, bytes as base64. Made
        once for all lines of the process.
        """
        if isinstance(self.data, bytes):
            text = base64.b64encode(self.data).decode()
        else:
            text = _json(self.data)
        number = f"id: {self.number}\n" if self.number else ""
        return f"{number}data: {text}\n\n".encode()


Reader: TypeAlias = Callable[[int], Sequence[News]]
"""Gives the news with numbers above the one given, in order: all, or the first BATCH."""


def topic(kind: str, *parts: object) -> str:
    """The name of a topic: `topic("workshop.board", 17)` is workshop.board/17."""
    name = "/".join((kind, *(str(part) for part in parts)))
    if not _TOPIC.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a topic.")
    return name


def announce(topic: str, data: Data = b"", *, number: int = 0, by: str = "") -> None:
    """Tell it to everyone who looks at the topic, once this transaction commits.

    Raises TooLargeError where the data does not fit into a notice (about 7,900 bytes as
    JSON, 5,900 as bytes) and has no number. It is the same for all who look: no personal
    data, no words of one language. Telling makes transactions commit one after another:
    not for what comes a thousandfold a minute.
    """
    if not connection.in_atomic_block:
        raise NotInTransactionError(topic)
    text = written(topic, News(number, data, by))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, text])


def in_order(topic: str) -> None:
    """Let transactions that write rows of this topic commit in the order of their numbers.

    Called before the row is inserted, since numbers of a sequence can be committed out of
    order, and who has read 8 would never ask for 7. Holds until the transaction ends.
    """
    if not connection.in_atomic_block:
        raise NotInTransactionError(topic)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"live {topic}"]
        )


def written(topic: str, news: News) -> str:
    """As a notice carries it."""
    row: dict[str, Any] = {"t": topic, "n": news.number, "y": news.by}
    if isinstance(news.data, bytes):
        full = row | {"b": base64.b64encode(news.data).decode()}
    else:
        full = row | {"d": dict(news.data)}
    text = _json(full)
    if len(text.encode()) <= LARGEST:
        return text
    if not news.number:
        raise TooLargeError(f"{len(text)} characters for {topic}")
    return _json(row)


def read(text: str) -> tuple[str, News] | None:
    """The topic and the news of a notice; None where it is not one of ours."""
    try:
        row = json.loads(text)
        data: Data = base64.b64decode(row["b"]) if "b" in row else row.get("d", {})
        whole = "b" in row or "d" in row
        return str(row["t"]), News(int(row["n"]), data, str(row["y"]), whole)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _json(row: Mapping[str, Any]) -> str:
    return json.dumps(
        row, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":")
    )
