"""The audit trail: one call in each action, inside its transaction."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, models

from habaring.shared.ids import REQUEST, first_uuid7
from habaring.shared.models import AuditEntry

if TYPE_CHECKING:
    from habaring.people.models import Account

PLATFORM = "00"
_listeners: list[Callable[[AuditEntry, models.Model], None]] = []


def listen(listener: Callable[[AuditEntry, models.Model], None]) -> None:
    """Have a function told of every row, in its transaction: for layers above."""
    if listener not in _listeners:
        _listeners.append(listener)


class NotInTransactionError(RuntimeError):
    """An audit row must stand or fall with the change that it tells of."""


def record(  # noqa: PLR0913 - who, what, when, where and why belong together
    *,
    by: "Account | None",
    at: datetime,
    verb: str,
    subject: models.Model,
    region: str = PLATFORM,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Append one row. `by=None` means the platform itself (a command, a task).

    The rows that the same transaction changes are kept by the triggers of `history`,
    and carry the same `transaction`: nothing more has to be told here.
    """
    if not connection.in_atomic_block:
        raise NotInTransactionError(verb)
    entry = AuditEntry.objects.create(
        region_code=region,
        at=at,
        by=by,
        verb=verb,
        subject_kind=subject._meta.label_lower,
        subject_ref=reference(subject),
        reason=reason,
        details=dict(details or {}),
        request=REQUEST.get(),
    )
    for listener in _listeners:
        listener(entry, subject)
    return entry


def reference(subject: models.Model) -> str:
    """What a person would call the row: its code where it has one."""
    return str(getattr(subject, "code", None) or subject.pk)


def history(
    subject: models.Model, *, region: str = PLATFORM
) -> models.QuerySet[AuditEntry]:
    """All that happened to one row, newest first."""
    return (
        AuditEntry.objects.filter(
            region_code=region,
            subject_kind=subject._meta.label_lower,
            subject_ref=reference(subject),
        )
        .select_related("by")
        .order_by("-at", "-id")
    )


SLOWEST_WRITE = timedelta(hours=1)
"""A transaction may commit after a newer one; rows of this span are counted too."""


def stamp_of(verbs: Collection[str], *, at: datetime) -> str:
    """Changes whenever a write with one of these verbs commits, in whatever region."""
    since = first_uuid7(at - SLOWEST_WRITE)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wanted.verb, newest.id, (SELECT count(*) FROM shared_auditentry"
            "  WHERE verb = wanted.verb AND id >= %s)"
            " FROM unnest(%s::text[]) AS wanted(verb) LEFT JOIN LATERAL ("
            "  SELECT id FROM shared_auditentry WHERE verb = wanted.verb"
            "  ORDER BY id DESC LIMIT 1) AS newest ON true ORDER BY 1",
            [since, sorted(verbs)],
        )
        return repr(cursor.fetchall())


def stamp(code: str, *, at: datetime) -> str:
    """Changes whenever a write of the region, of one above it or of the platform commits."""
    parts = code.split(".")
    codes = [PLATFORM, *(".".join(parts[: i + 1]) for i in range(len(parts)))]
    since = first_uuid7(at - SLOWEST_WRITE)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wanted.code, newest.id, (SELECT count(*) FROM shared_auditentry"
            "  WHERE region_code = wanted.code AND id >= %s)"
            " FROM unnest(%s::text[]) AS wanted(code) LEFT JOIN LATERAL ("
            "  SELECT id FROM shared_auditentry WHERE region_code = wanted.code"
            "  ORDER BY id DESC LIMIT 1) AS newest ON true ORDER BY 1",
            [since, codes],
        )
        return repr(cursor.fetchall())
