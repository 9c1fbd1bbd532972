"""Rows of other days, and what somebody with the keys of the database could do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from habaring.shared import audit

if TYPE_CHECKING:
    from django.db import models

    from habaring.people.models import Account
    from habaring.shared.models import AuditEntry

FIRST = date(2026, 10, 1)


def entry(by: "Account | None", subject: "models.Model", **more: Any) -> "AuditEntry":
    """One line of the audit trail of Kotim."""
    told = {"verb": "regions.fiscal_year.opened", "region": "62.02", **more}
    with transaction.atomic():
        made = audit.record(by=by, at=datetime.now(UTC), subject=subject, **told)
    made.refresh_from_db()
    return made


@contextmanager
def behind_the_triggers() -> Iterator[Any]:
    """What a superuser can do: no trigger runs."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        cursor.execute("SET LOCAL session_replication_role = origin")


def move_everything_to(day: date) -> None:
    """All rows of today came on another day: sealing needs days that have ended."""
    noon = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
    today = datetime.now(UTC) - timedelta(hours=1)
    with behind_the_triggers() as cursor:
        for table, column in (
            ("shared_auditentry", "recorded_at"),
            ("history_change", "at"),
        ):
            cursor.execute(
                f"UPDATE {table} SET {column} = %s WHERE {column} > %s",  # noqa: S608 - our own names
                [noon, today],
            )
