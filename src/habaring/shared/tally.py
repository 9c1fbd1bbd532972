"""How many rows several questions have, asked in one round trip.

A first page asks dozens of small questions ("does anything wait?"), and most answers are
no: each question alone costs more on the way than in the database.
"""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

FEW = 8
"""To compile a query of more questions takes longer than to run it."""


def tally(questions: Sequence[QuerySet[Any, Any]]) -> list[int]:
    """The counts of querysets, in their order, in one query.

    `rows[:1]` asks only whether there is any. Unsliced, the order is dropped.
    """
    found = [0] * len(questions)
    asked: list[int] = []
    parts: list[str] = []
    values: list[Any] = []
    for place, rows in enumerate(questions):
        try:
            sql, params = _query(rows)
        except EmptyResultSet:  # it can have no rows: nobody needs to ask
            continue
        asked.append(place)
        parts.append(f"(SELECT count(*) FROM ({sql}) AS t)")  # noqa: S608 - Django wrote it
        values.extend(params)
    if asked:
        with connection.cursor() as cursor:
            if len(asked) > FEW:
                cursor.execute("SET LOCAL jit = off")
            cursor.execute("SELECT " + ", ".join(parts), values)
            for place, count in zip(asked, cursor.fetchone(), strict=True):
                found[place] = count
    return found


def _query(rows: QuerySet[Any, Any]) -> tuple[str, Sequence[Any]]:
    query = rows.query.chain()
    query.select_related = False
    if not query.is_sliced:
        query.clear_ordering(force=True)
    sql, params = query.sql_with_params()
    return sql, params
