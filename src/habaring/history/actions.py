"""Seal the days that have ended; black out words that a law wants gone."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from habaring.history import leaves, queries
from habaring.history.leaves import ZONE, Leaf
from habaring.history.models import WHOLE, Change, Redaction, Seal
from habaring.history.queries import START, Sum
from habaring.shared import audit, walls
from habaring.shared.models import AuditEntry
from habaring.shared.refusal import Refusal

if TYPE_CHECKING:
    from habaring.people.models import Account

SEALING = 7_462_012  # any number, the same in every process


class AlreadyRedacted(Refusal):
    """The words of this row are gone already."""


def seal(*, at: datetime) -> list[date]:
    """Seal each day that has ended and has no seal; gives those days.

    Again on the same day: nothing. The caller waits until the writers of the moment
    after midnight have ended (`queries.writers`), so that no row can come later.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:  # two workers may wake at once
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALING])
        walls.open_everywhere()
        last = queries.last_sealed()
        day = last + timedelta(days=1) if last else queries.first_day()
        today = at.astimezone(ZONE).date()
        before = queries.newest_hashes()
        sealed = []
        while day is not None and day < today:
            before |= _seal_day(day, before, at)
            sealed.append(day)
            day += timedelta(days=1)
        return sealed


def _seal_day(day: date, before: dict[str, str], at: datetime) -> dict[str, str]:
    found = [
        (queries.sum_of(region, day, before.get(region, START), rows), rows)
        for region, rows in leaves.rows_of(day)
    ]
    sums = [one for one, _rows in found]
    whole = queries.over(day, before.get(WHOLE, START), sums)
    Seal.objects.bulk_create(_row(one, rows, at) for one, rows in [*found, whole])
    return {one.region: one.hash for one in [*sums, whole[0]]}


def _row(one: Sum, rows: list[Leaf], at: datetime) -> Seal:
    return Seal(
        region_code=one.region,
        day=one.day,
        previous=one.previous,
        count=one.count,
        root=one.root,
        hash=one.hash,
        leaves=b"".join(row.packed() for row in rows),
        sealed_at=at,
    )


def redact(
    *,
    row: AuditEntry | Change,
    law: str,
    by: "Account | None",
    at: datetime,
    reason: str = "",
) -> Redaction:
    """Black out the words of one row for good, and keep the hash they were sealed as.

    Raises AlreadyRedacted. The rest of the row stays: when, who, which verb.
    """
    kind = (
        Redaction.Kind.ENTRY if isinstance(row, AuditEntry) else Redaction.Kind.CHANGE
    )
    if row.salt is None:
        raise AlreadyRedacted(
            _("These words are blacked out already."),
            _("Each row can be blacked out once."),
            _("Nothing more is to be done."),
        )
    with transaction.atomic():
        walls.open_everywhere()
        redaction = Redaction.objects.create(
            region_code=row.region_code,
            kind=kind,
            row=str(row.id),
            sha256=_sealed_as(row),
            law=law,
        )
        emptied: dict[str, Any] = {"old": None, "new": None}
        if kind == Redaction.Kind.ENTRY:
            emptied = {"reason": "", "details": {}}
        type(row).objects.filter(pk=row.pk).update(salt=None, **emptied)
        audit.record(
            by=by,
            at=at,
            verb="history.words.redacted",
            subject=redaction,
            region=row.region_code,
            reason=reason,
            details={"kind": str(kind), "row": str(row.id), "law": law},
        )
    return redaction


def _sealed_as(row: AuditEntry | Change) -> str:
    """The hash of the words, from the texts as PostgreSQL writes them."""
    columns = (
        "reason, details::text"
        if isinstance(row, AuditEntry)
        else "old::text, new::text"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ARRAY[{columns}], salt::text FROM {row._meta.db_table}"  # noqa: S608 - our own names
            " WHERE region_code = %s AND id = %s",
            [row.region_code, row.id],
        )
        words, salt = cursor.fetchone()
    return leaves.hash_of_words(words, salt)
