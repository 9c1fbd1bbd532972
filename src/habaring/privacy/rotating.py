"""A fresh key for personal data: rows are sealed again one batch after another."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet

from habaring.people.models import Account
from habaring.shared import audit, sealing, walls
from habaring.shared.sealing import SealedColumn


def reseal(
    *,
    at: datetime,
    by: Account | None = None,
    batch: int = 500,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Seal again what an older key sealed, in every registered column; how many rows.

    Stopped half-way, it goes on with the rows that are left: each batch is a
    transaction, and old rows stay readable as long as their key is on the ring.
    """
    done = 0
    for column in sealing.sealed_columns():
        while rows := _batch(column, by=by, at=at, size=batch):
            done += rows
            if progress:
                progress(done)
    return done


def left() -> int:
    """How many rows still need an older key."""
    with walls.within(walls.EVERYWHERE):
        return sum(
            sum(1 for _row in _older(column)) for column in sealing.sealed_columns()
        )


def _batch(column: SealedColumn, *, by: Account | None, at: datetime, size: int) -> int:
    with walls.within(walls.EVERYWHERE):
        rows = list(islice(_older(column), size))
        for row in rows:
            _again(column, row)
        if rows:
            audit.record(
                by=by,
                at=at,
                verb="privacy.column.resealed",
                subject=rows[0],
                details={"column": column.column, "rows": len(rows)},
            )
    return len(rows)


def _rows(column: SealedColumn) -> QuerySet[Any]:
    rows: QuerySet[Any] = apps.get_model(column.model)._default_manager.all()
    return rows


def _older(column: SealedColumn) -> Iterator[Model]:
    current = sealing.current_key()
    rows = _rows(column).exclude(**{f"{column.column}__isnull": True})
    if column.key_column:
        rows = rows.exclude(**{column.key_column: current})
    for row in rows.order_by("pk").iterator():
        sealed = bytes(getattr(row, column.column))
        if sealed and sealing.key_of(sealed) != current:
            yield row


def _again(column: SealedColumn, row: Model) -> None:
    text = sealing.open_sealed(getattr(row, column.column), about=column.about(row))
    fresh: dict[str, Any] = {column.column: sealing.seal(text, about=column.about(row))}
    if column.hash_column:
        fresh[column.hash_column] = sealing.keyed_hash(text)
    if column.key_column:
        fresh[column.key_column] = sealing.current_key()
    _rows(column).filter(pk=row.pk).update(**fresh)
