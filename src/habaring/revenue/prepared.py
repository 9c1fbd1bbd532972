"""A statement that a connection prepares once and then runs with few instructions.

For `ledger` alone, whose statement of a payment runs more often than any other: neither
Django's cursor nor psycopg's cursor on Django's connection prepares it on the server, and
each looks up anew how every value is written. Waiting, interrupts, broken connections and
errors are psycopg's own; the errors come out as Django's.
"""

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import errors, generators, pq

_BINARY = 1


# What each connection has prepared: it outlives the thread that did, in the pool.
_known: WeakKeyDictionary["psycopg.Connection[Any]", set[bytes]] = WeakKeyDictionary()


def run(
    name: bytes, statement: bytes, values: Sequence[bytes | None], forms: Sequence[int]
) -> bytes | None:
    """The first column of the first row, in PostgreSQL's binary form.

    `forms`: 0 for a value written as text, 1 for the bytes themselves (also of a text:
    then PostgreSQL refuses a zero in it, instead of ending there). Their types are what
    the statement makes of them.

    Raises:
        Error: Django's, as from its own cursor.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with database.wrap_database_errors:
        native = database.connection
        line = native.pgconn
        names = _known.setdefault(native, set())
        if name not in names:
            _checked(line.prepare(name, statement), pq.ExecStatus.COMMAND_OK)
            names.add(name)
        line.send_query_prepared(name, values, forms, result_format=_BINARY)
        (result,) = native.wait(generators.execute(line))
        try:
            _checked(result, pq.ExecStatus.TUPLES_OK)
        except errors.InvalidSqlStatementName:
            names.clear()  # somebody said DEALLOCATE ALL: prepared anew at the next
            raise
        found: bytes | None = result.get_value(0, 0)
        return found


def _checked(result: pq.abc.PGresult, wanted: pq.ExecStatus) -> None:
    if result.status != wanted:
        raise errors.error_from_result(result)
