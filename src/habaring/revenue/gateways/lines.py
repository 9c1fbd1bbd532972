"""Connections that stay open between the calls of banks, with their statement prepared.

Django takes one out of its pool for each request and asks first whether it lives, and
psycopg looks up anew how each value is written: together more than a payment costs. Here
a connection is asked whether it lives after a quiet moment alone; one that breaks takes
the others with it, and its call is answered with a doubt. They run as the same role
behind the same walls, and each statement is a commit of its own.
"""

import time
from collections import deque
from collections.abc import Sequence
from typing import Any, cast

import psycopg
from django.db import connection, transaction
from psycopg import errors, pq

QUIET = 1.0
"""Seconds after which a connection is asked whether it still lives."""
_NAME = b"asked"


class Lines:
    """Connections for one statement ($1, $2, …) that gives one text."""

    def __init__(self, statement: str) -> None:
        self.statement = statement.encode()
        self.idle: deque[tuple[psycopg.Connection[Any], float]] = deque()

    def ask(self, *values: bytes | None) -> str | None:
        """Its answer to values as PostgreSQL writes them; none may hold a zero byte.

        In somebody's transaction it is asked there and leaves that whole. Errors are
        psycopg's: after an OperationalError nobody knows whether it was committed.
        """
        if connection.in_atomic_block:
            with transaction.atomic():
                line = connection.connection.pgconn
                return _text(line.exec_params(self.statement, values))
        own = self._taken()
        given = cast("Sequence[bytes]", values)  # null is none of it, by its types
        result = own.pgconn.exec_prepared(_NAME, given)  # others run while it waits
        if own.pgconn.status != pq.ConnStatus.OK:
            own.close()
            self.close()
            raise psycopg.OperationalError("the connection broke in the middle of it")
        self.idle.append((own, time.monotonic()))
        return _text(result)

    def _taken(self) -> psycopg.Connection[Any]:
        while self.idle:
            try:
                line, since = self.idle.pop()
            except IndexError:  # another thread was faster
                break
            if time.monotonic() - since < QUIET or _lives(line):
                return line
        given = {**connection.get_connection_params(), "autocommit": True}
        line = psycopg.Connection.connect(**given)
        prepared = line.pgconn.prepare(_NAME, self.statement)
        if prepared.status != pq.ExecStatus.COMMAND_OK:
            line.close()
            raise errors.error_from_result(prepared)
        return line

    def close(self) -> None:
        """Close those that are not in use."""
        while self.idle:
            try:
                self.idle.pop()[0].close()
            except IndexError:
                break


def _lives(line: psycopg.Connection[Any]) -> bool:
    try:
        line.execute("")
    except psycopg.OperationalError:
        line.close()
    return not line.closed


def _text(result: pq.abc.PGresult) -> str | None:
    if result.status != pq.ExecStatus.TUPLES_OK:
        raise errors.error_from_result(result)
    found = result.get_value(0, 0)
    return None if found is None else found.decode()


def written(value: str | int | bytes | None) -> bytes | None:
    """A value as PostgreSQL reads it."""
    if isinstance(value, bytes):
        return b"\\x" + value.hex().encode()
    return None if value is None else str(value).encode()
