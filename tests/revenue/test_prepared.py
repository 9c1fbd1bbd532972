"""Statements that a connection prepares once."""

import pytest
from django.db import DataError, ProgrammingError, connection, connections, transaction
from django.db.utils import OperationalError

from habaring.revenue.prepared import Statement, run

ECHO = Statement(b"test_echo", b"SELECT $1 || '!'", (1,))


pytestmark = pytest.mark.django_db


def test_a_statement_runs_again_without_being_made_again() -> None:
    assert run(connections["default"], ECHO, (b"one",)) == b"one!"
    assert run(connections["default"], ECHO, (b"two",)) == b"two!"
    assert run(connections["default"], ECHO, (None,)) is None


def test_a_zero_in_a_text_is_refused_and_ends_nothing() -> None:
    with pytest.raises(DataError), transaction.atomic():
        run(connections["default"], ECHO, (b"one\0two",))


def test_what_somebody_took_away_is_made_anew() -> None:
    run(connections["default"], ECHO, (b"one",))
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with pytest.raises((ProgrammingError, OperationalError)), transaction.atomic():
        run(connections["default"], ECHO, (b"one",))
    assert run(connections["default"], ECHO, (b"one",)) == b"one!"
