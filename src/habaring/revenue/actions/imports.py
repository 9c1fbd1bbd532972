"""The verbs of files for the register: send, look at, save or cancel.

The file lies sealed while it waits, and is deleted once it is saved or cancelled: what
was in it is in the register, and its checksum stands in the record of the import.
"""

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import register_files, register_saving
from habaring.revenue.models import ImportState, RegisterImport
from habaring.revenue.register_files import Looked
from habaring.revenue.register_saving import Into
from habaring.shared import audit, sealing, walls
from habaring.shared.refusal import FileRefused, Refusal
from habaring.shared.uploads import AcceptedFile

AT_ONCE = 400_000
"""Bytes up to which a file is read while the person waits; larger ones in a job."""


class ImportRefused(Refusal):
    """The file cannot be saved now."""


@dataclass(frozen=True)
class NewImport:
    """What somebody sends: its kind, its file, in which language its problems are told."""

    kind: str
    accepted: AcceptedFile
    language: str
    illustrative: bool = False


@transaction.atomic
def begin(
    *, region: Region, new: NewImport, by: Account, at: datetime
) -> RegisterImport:
    """Keep a file, sealed, to be looked at."""
    run = RegisterImport.objects.create(
        region=region,
        kind=new.kind,
        name=new.accepted.name,
        sha256=new.accepted.sha256,
        size=new.accepted.size,
        language=new.language,
        illustrative=new.illustrative,
        sent_at=at,
        sent_by=by,
    )
    new.accepted.file.seek(0)
    text = base64.b85encode(new.accepted.file.read()).decode("ascii")
    path = _path(run)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(sealing.seal(text, about=_about(run)))
    path.chmod(0o600)
    audit.record(
        by=by,
        at=at,
        verb="revenue.import.sent",
        subject=run,
        region=region.code,
        details={"kind": run.kind, "file": run.name},
    )
    return run


def look_at(*, region: str, run: int, today: date) -> RegisterImport:
    """Read the file whole; afterwards its rows and problems are known, nothing is
    saved. Done again, it changes nothing.
    """
    with walls.within(region):
        row = RegisterImport.objects.select_related("region").get(pk=run)
    if row.state != ImportState.READING:
        return row
    try:
        looked, _known = _looked(row, today)
    except FileRefused as refused:
        return _refused(row, refused)
    row.rows, row.bad = looked.rows, looked.bad
    row.problems, row.problems_counted = _told(row, looked), looked.problems_counted
    row.state = ImportState.PROBLEMS if looked.bad else ImportState.CLEAN
    row.done = 0
    with walls.within(region):
        row.save()
    return row


def _looked(row: RegisterImport, today: date) -> tuple[Looked, register_files.Known]:
    with walls.within(row.region_id):
        known = register_files.known_of(
            row.region, row.kind, illustrative=row.illustrative
        )
    file = io.BytesIO(_content(row))
    file.name = row.name
    looked = register_files.look(
        file,
        row.kind,
        known,
        today=today,
        language=row.language,
        progress=_progress(row),
    )
    return looked, known


def _progress(row: RegisterImport) -> Callable[[int, int], None]:
    if connection.in_atomic_block:  # somebody waits; nobody else would see it
        return lambda done, of: None

    def told(done: int, of: int) -> None:
        with walls.within(row.region_id):
            RegisterImport.objects.filter(pk=row.pk).update(done=done, rows=of)

    return told


def _told(row: RegisterImport, looked: Looked) -> list[dict[str, object]]:
    with override(row.language):
        return [
            {
                "sheet": one.sheet,
                "row": one.row,
                "column": str(one.column),
                "message": str(one.message),
            }
            for one in looked.problems
        ]


def _refused(row: RegisterImport, refused: FileRefused) -> RegisterImport:
    with override(row.language):
        row.problems = [
            {
                "sheet": one.sheet,
                "row": one.row,
                "column": str(one.column),
                "message": str(one.message),
            }
            for one in refused.problems
        ] or [{"sheet": "", "row": None, "column": "", "message": str(refused)}]
    row.problems_counted = refused.count or 1
    row.state = ImportState.REFUSED
    with walls.within(row.region_id):
        row.save()
    _forget(row)
    return row


@transaction.atomic
def ask_to_save(
    *, run: RegisterImport, leave_out: bool, by: Account, at: datetime
) -> RegisterImport:
    """Say yes to what the look found. With bad rows, `leave_out` says to go on without
    them. Raises ImportRefused.
    """
    row = RegisterImport.objects.select_for_update().get(pk=run.pk)
    ready = row.state == ImportState.CLEAN or (
        row.state == ImportState.PROBLEMS and leave_out and row.bad < row.rows
    )
    if not ready:
        raise ImportRefused(
            _("The file was not saved."),
            why=_("It has rows that cannot be saved, or it is saved already."),
            next=_("Mend the rows and send it again, or leave them out."),
        )
    row.leave_out, row.state = leave_out, ImportState.SAVING
    row.save(update_fields=["leave_out", "state"])
    audit.record(
        by=by,
        at=at,
        verb="revenue.import.asked",
        subject=row,
        region=row.region_id,
        details={"kind": row.kind, "rows": row.rows - row.bad, "bad": row.bad},
    )
    return row


def save(*, region: str, run: int, at: datetime, today: date) -> RegisterImport:
    """Save the file's rows, all in one transaction; a second time does nothing."""
    with walls.within(region):
        row = RegisterImport.objects.select_related("region").get(pk=run)
    if row.state != ImportState.SAVING:
        return row
    looked, known = _looked(row, today)
    into = Into(
        region=region,
        at=at,
        on=today,
        by=row.sent_by_id,
        basis=f"{row.name} ({row.sha256[:12]})",
        illustrative=row.illustrative,
    )
    with walls.within(region):
        again = RegisterImport.objects.select_for_update().get(pk=run)
        if again.state != ImportState.SAVING:
            return again
        row.counts = register_saving.save(row.kind, looked.good, known, into)
        row.state, row.ended_at, row.done = ImportState.SAVED, at, len(looked.good)
        row.save()
        audit.record(
            by=row.sent_by,
            at=at,
            verb="revenue.import.saved",
            subject=row,
            region=region,
            details={"kind": row.kind, "rows": len(looked.good), **row.counts},
        )
        transaction.on_commit(lambda: _forget(row))
    return row


@transaction.atomic
def cancel(*, run: RegisterImport, by: Account, at: datetime) -> None:
    """Nothing of the file is saved; it is deleted."""
    row = RegisterImport.objects.select_for_update().get(pk=run.pk)
    if row.state in (ImportState.SAVING, ImportState.SAVED):
        raise ImportRefused(
            _("This file is saved already, or is being saved."),
            next=_("Correct single entries in the register."),
        )
    row.state, row.ended_at = ImportState.CANCELLED, at
    row.save(update_fields=["state", "ended_at"])
    audit.record(
        by=by,
        at=at,
        verb="revenue.import.cancelled",
        subject=row,
        region=row.region_id,
        details={"kind": row.kind},
    )
    transaction.on_commit(lambda: _forget(row))


def _path(row: RegisterImport) -> Path:
    return Path(settings.MEDIA_ROOT) / "register" / f"{row.region_id}-{row.pk}.sealed"


def _about(row: RegisterImport) -> str:
    return f"revenue.import:{row.region_id}:{row.pk}"


def _content(row: RegisterImport) -> bytes:
    try:
        sealed = _path(row).read_bytes()
    except FileNotFoundError:
        raise FileRefused(
            _("The file is not there any more."), next=_("Send it again.")
        ) from None
    return base64.b85decode(sealing.open_sealed(sealed, about=_about(row)))


def _forget(row: RegisterImport) -> None:
    _path(row).unlink(missing_ok=True)


def forget_old(*, before: datetime) -> int:
    """Delete files that nobody saved or cancelled; how many."""
    with walls.within(walls.EVERYWHERE):
        rows = list(
            RegisterImport.objects.filter(
                state__in=[ImportState.CLEAN, ImportState.PROBLEMS],
                sent_at__lt=before,
            )
        )
        for row in rows:
            row.state = ImportState.CANCELLED
            row.save(update_fields=["state"])
    for row in rows:
        _forget(row)
    return len(rows)
