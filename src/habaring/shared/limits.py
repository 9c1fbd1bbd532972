"""How often something may be done: counters that outlive a refusal, and who asks.

A request that is refused is rolled back whole (ATOMIC_REQUESTS), and with it would go
every count made in its transaction: a guesser would guess for ever. So counters are
written by a connection of their own, each in its own small transaction. The table is
unlogged: a crash of the database forgets the counts, never more. Keys are kept hashed.

    limits.spend("codes.number", phone, most=5, per=timedelta(hours=1), at=at)
"""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from math import ceil
from threading import Lock
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from habaring.shared.refusal import Refusal, Words

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg_pool import ConnectionPool

CONNECTIONS = 2
"""How many a process holds for its counters, beside those of its requests."""

_SPEND = """
INSERT INTO shared_limit AS held (key, spent, ends) VALUES (%(key)s, 1, %(ends)s)
ON CONFLICT (key) DO UPDATE SET
    spent = CASE WHEN held.ends <= %(at)s THEN 1 ELSE held.spent + 1 END,
    ends = CASE WHEN held.ends <= %(at)s THEN excluded.ends ELSE held.ends END
WHERE held.ends <= %(at)s OR held.spent < %(most)s
RETURNING spent
"""
_LOOK = "SELECT spent, ends FROM shared_limit WHERE key = %s AND ends > %s"


class TooMany(Refusal):
    """Done too often for now. `until` is when to come back, `retry_after` in seconds."""

    status = 429

    def __init__(self, *, until: datetime, at: datetime) -> None:
        self.until = until
        self.retry_after = max(1, ceil((until - at).total_seconds()))
        self.headers = {"Retry-After": str(self.retry_after)}
        super().__init__(
            what=_("That was too often in a short time."),
            why=_("A limit keeps machines from guessing and from writing to others."),
            next=format_lazy(
                _("Try again in {wait}. Nothing you did before is lost."),
                wait=_wait(self.retry_after),
            ),
        )


def _wait(seconds: int) -> Words:
    if seconds < 60:
        return format_lazy(
            ngettext_lazy("{n} second", "{n} seconds", seconds), n=seconds
        )
    if seconds < 3600:
        minutes = ceil(seconds / 60)
        return format_lazy(
            ngettext_lazy("{n} minute", "{n} minutes", minutes), n=minutes
        )
    hours = ceil(seconds / 3600)
    return format_lazy(ngettext_lazy("{n} hour", "{n} hours", hours), n=hours)


def spend(scope: str, key: str, *, most: int, per: timedelta, at: datetime) -> int:
    """Count one use and say how many are left; raises TooMany when none was.

    The window of a key opens with its first use and lasts `per`; at most `most` uses
    fall into it (so at most 2 × most - 1 into any span of that length). A refused use
    is not counted: who waits until `TooMany.until` is let through. The count stands
    whatever becomes of the caller's transaction, and costs one statement.
    """
    values = {
        "key": _key(scope, key),
        "at": at,
        "ends": at + per,
        "most": max(most, 1),
    }
    with _apart() as counters:
        row = counters.execute(_SPEND, values).fetchone() if most > 0 else None
        if row is not None:
            return most - int(row[0])
        held = counters.execute(_LOOK, (values["key"], at)).fetchone()
    raise TooMany(until=held[1] if held else at + per, at=at)


def left(scope: str, key: str, *, most: int, at: datetime) -> int:
    """How many uses a key still has, without counting one."""
    with _apart() as counters:
        row = counters.execute(_LOOK, (_key(scope, key), at)).fetchone()
    return max(most - int(row[0]), 0) if row else most


def check(scope: str, key: str, *, most: int, at: datetime) -> None:
    """Raise TooMany where nothing is left, without counting a use."""
    with _apart() as counters:
        row = counters.execute(_LOOK, (_key(scope, key), at)).fetchone()
    if row and int(row[0]) >= most:
        raise TooMany(until=row[1], at=at)


def forget(scope: str, key: str) -> None:
    """Begin anew for a key, as after a success."""
    with _apart() as counters:
        counters.execute("DELETE FROM shared_limit WHERE key = %s", (_key(scope, key),))


def clear(*, at: datetime) -> int:
    """Drop the counters whose window has ended; how many there were."""
    with _apart() as counters:
        return counters.execute(
            "DELETE FROM shared_limit WHERE ends <= %s", (at,)
        ).rowcount


def client_address(request: HttpRequest) -> str:
    """The address that the visitor comes from, in its shortest writing.

    X-Forwarded-For is believed only as far as TRUSTED_PROXIES wrote it: read from its
    end, the first address that is not one of them is the visitor; what a visitor wrote
    before it is never looked at. With no proxy trusted, the connection's own address.
    """
    address = _read(request.META.get("REMOTE_ADDR", ""))
    if address is None:
        return ""
    trusted = [ip_network(text, strict=False) for text in settings.TRUSTED_PROXIES]
    before = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while before and any(address in network for network in trusted):
        further = _read(before.pop())
        if further is None:
            break
        address = further
    return str(address)


def client_network(request: HttpRequest) -> str:
    """What to count a visitor by: the address, or the /64 of IPv6 that one home holds."""
    text = client_address(request)
    if ":" not in text:
        return text
    return str(ip_network(f"{text}/64", strict=False))


def _read(text: str) -> IPv4Address | IPv6Address | None:
    """An address as servers and proxies write it: perhaps with brackets and a port."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _key(scope: str, key: str) -> str:
    secret = f"habaring.limits:{settings.SECRET_KEY}".encode()
    return hmac.new(secret, f"{scope}\n{key}".encode(), hashlib.sha256).hexdigest()


_pool: "ConnectionPool[Connection[Any]] | None" = None
_lock = Lock()


@contextmanager
def _apart() -> Iterator["Connection[Any]"]:
    """A connection that commits each statement by itself."""
    global _pool  # noqa: PLW0603 - one a process
    with _lock:
        if _pool is None:
            _pool = _opened()
        pool = _pool
    with pool.connection(timeout=5) as counters:
        yield counters


def _opened() -> "ConnectionPool[Connection[Any]]":
    # late: most commands count nothing
    from psycopg_pool import ConnectionPool

    return ConnectionPool(
        kwargs={**connection.get_connection_params(), "autocommit": True},
        min_size=0,
        max_size=CONNECTIONS,
        max_idle=60,
        check=ConnectionPool.check_connection,
        open=True,
        name="limits",
    )


def open_now() -> bool:
    """Whether this process has counted anything since the last `close`."""
    return _pool is not None


def close() -> None:
    """Give the connections back; the next use opens them again."""
    global _pool
    with _lock:
        pool, _pool = _pool, None
    if pool is not None:
        pool.close()
