"""A fresh key for personal data: rows are sealed again one batch after another."""

from collections.abc import Callable
from datetime import datetime
from itertools import islice

from habaring.people.models import Account
from habaring.shared import audit, resealing, sealing, walls
from habaring.shared.resealing import Sealed


def reseal(
    *,
    at: datetime,
    by: Account | None = None,
    batch: int = 500,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Seal again what an older key sealed, of every registered kind; how many rows.

    Stopped half-way, it goes on with the rows that are left: each batch is a
    transaction, and old rows stay readable as long as their key is on the ring.
    """
    done = 0
    for kind in resealing.everything():
        while rows := _batch(kind, by=by, at=at, size=batch):
            done += rows
            if progress:
                progress(done)
    return done


def left() -> dict[str, int]:
    """What still leans on an older key: kind → rows."""
    with walls.within(walls.EVERYWHERE):
        return resealing.still_needed()


def _batch(kind: Sealed, *, by: Account | None, at: datetime, size: int) -> int:
    with walls.within(walls.EVERYWHERE):
        rows = list(islice(kind.older(sealing.current_key()), size))
        for row in rows:
            kind.again(row)
        if rows:
            audit.record(
                by=by,
                at=at,
                verb="privacy.key.resealed",
                subject=rows[0],
                details={"kind": kind.code, "rows": len(rows)},
            )
    return len(rows)
