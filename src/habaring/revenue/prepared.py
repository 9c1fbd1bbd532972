"""A statement that a connection prepares once and then runs with few instructions.

For `ledger` alone, whose statement of a payment runs more often than any other: neither
Django's cursor nor psycopg's cursor on Django's connection prepares it on the server, and
each looks up anew how every value is written. Waiting, interrupts, broken connections and
errors are psycopg's own; the errors come out as Django's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import errors, generators, pq

_BINARY = 1
_OWN = "prepared_by_habaring"


@dataclass(frozen=True)
class Statement:
    """Its name on a connection, its text, and how each value is written: 0 as text, 1 as
    the bytes themselves (also of a text: then PostgreSQL refuses a zero in it, instead
    of ending there). The types of the values are what the statement makes of them.
    """

    name: bytes
    text: bytes
    forms: tuple[int, ...]


def run(
    database: BaseDatabaseWrapper, statement: Statement, values: Sequence[bytes | None]
) -> bytes | None:
    """The first column of the first row, in PostgreSQL's binary form.

    Raises:
        Error: Django's, as from its own cursor.
    """
    name = statement.name
    database.ensure_connection()
    with database.wrap_database_errors:
        native = database.connection
        line = native.pgconn
        # kept with the connection: in the pool it outlives the thread that prepared
        names: set[bytes] = vars(native).setdefault(_OWN, set())
        if name not in names:
            _checked(line.prepare(name, statement.text), pq.ExecStatus.COMMAND_OK)
            names.add(name)
        line.send_query_prepared(name, values, statement.forms, result_format=_BINARY)
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
