"""Write, change, take back, hide: what is sent twice is done once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from habaring.masterplan.models import Layer, Quadrant
from habaring.people.models import Account
from habaring.workshop import news
from habaring.workshop.actions.people import present
from habaring.workshop.actions.rooms import record
from habaring.workshop.models import Board, BoardKind, Note, NoteRevision, Participant
from habaring.workshop.models.notes import LONGEST
from habaring.workshop.refusals import NoteRefused, NotNow, NotYours

MOST_NOTES = 5_000
"""On one board."""


@dataclass(frozen=True)
class Words:
    """What is written on a note; `key` is drawn once by the phone."""

    key: UUID
    text: str
    kind: str = ""
    layer: str = ""
    dimension: str = ""


@dataclass(frozen=True)
class Written:
    """A note and whether it was there before."""

    note: Note
    again: bool = False


@transaction.atomic
def write(*, board: Board, person: Participant, words: Words, at: datetime) -> Written:
    """Put a note on a board. The same key of the same person is the same note.

    Raises NotHere, NotNow, NoteRefused.
    """
    present(person)
    if found := _there(board, person, words.key):
        return found
    if not board.takes_notes or board.room.closed_at is not None:
        raise NotNow.writing()
    clean = _clean(board, person, words)
    if Note.objects.filter(board=board).count() >= MOST_NOTES:
        raise NoteRefused(
            what=_("The note was not taken."),
            why=_("The board is full."),
            next=_("Ask a facilitator to open another board."),
        )
    note = Note(
        region_id=board.region_id,
        board=board,
        participant=person,
        table=person.table,
        at=at,
        **vars(clean),
    )
    try:
        with transaction.atomic():
            note.save(force_insert=True)
    except IntegrityError:  # sent twice at once, and the other one was first
        found = _there(board, person, words.key)
        if found is None:
            raise
        return found
    _keep(note, words.key, at)
    news.tell(note, "written", at=at)
    return Written(note)


def _there(board: Board, person: Participant, key: UUID) -> Written | None:
    rows = Note.objects.filter(participant=person, key=key, board=board)
    note = rows.select_related("board", "table").first()
    return Written(note, again=True) if note else None


def _keep(note: Note, key: UUID, at: datetime) -> None:
    NoteRevision.objects.create(
        region_id=note.region_id,
        note=note,
        number=note.revision,
        key=key,
        text=note.text,
        kind=note.kind,
        layer=note.layer,
        dimension=note.dimension,
        at=at,
    )


def _clean(board: Board, person: Participant, words: Words) -> Words:
    """The words as they are kept. Raises NoteRefused."""
    text = " ".join(words.text.split())
    if not text or len(text) > LONGEST:
        raise NoteRefused(
            what=_("The note was not taken."),
            why=_("A note has 1 to %(most)d characters.") % {"most": LONGEST},
            next=_("One thought a note: shorten it, or write two."),
        )
    table = person.table.dimension if person.table else ""
    dimension = words.dimension or table
    if len(dimension) > 20:
        dimension = ""
    if board.kind != BoardKind.SWOT:
        return Words(words.key, text, dimension=dimension)
    if words.kind not in Quadrant.values or words.layer not in Layer.values:
        raise NoteRefused(
            what=_("The note was not taken."),
            why=_("An item is S, W, O or T, and belongs to one of three layers."),
            next=_("Choose both."),
        )
    return Words(words.key, text, words.kind, words.layer, dimension)


@transaction.atomic
def revise(*, note: Note, person: Participant, words: Words, at: datetime) -> Written:
    """Change one's own note; the old wording is kept. The same key changes it once.

    Raises NotHere, NotYours, NotNow, NoteRefused.
    """
    row = _own(note, person)
    if NoteRevision.objects.filter(note=row, key=words.key).exists():
        return Written(row, again=True)
    if not row.board.takes_notes or row.board.room.closed_at is not None or row.gone:
        raise NotNow.writing()
    clean = _clean(row.board, person, words)
    row.text, row.kind, row.layer = clean.text, clean.kind, clean.layer
    row.dimension = clean.dimension
    row.revision += 1
    row.save(update_fields=["text", "kind", "layer", "dimension", "revision"])
    _keep(row, words.key, at)
    news.tell(row, "revised", at=at)
    return Written(row)


@transaction.atomic
def withdraw(*, note: Note, person: Participant, at: datetime) -> None:
    """Take one's own note back; `bring_back` undoes it. Raises as `revise`."""
    row = _own(note, person)
    if not row.board.takes_notes:
        raise NotNow.writing()
    if row.withdrawn_at is None:
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        news.tell(row, "withdrawn", at=at)


@transaction.atomic
def bring_back(*, note: Note, person: Participant, at: datetime) -> None:
    """Undo a withdrawal. Raises as `revise`."""
    row = _own(note, person)
    if not row.board.takes_notes:
        raise NotNow.writing()
    if row.withdrawn_at is not None:
        row.withdrawn_at = None
        row.save(update_fields=["withdrawn_at"])
        news.tell(row, "written", at=at)


def _own(note: Note, person: Participant) -> Note:
    present(person)
    row = locked(note)
    if row.participant_id != person.pk:
        raise NotYours
    return row


def locked(note: Note) -> Note:
    """The note's row, for one change at a time."""
    rows = Note.objects.select_for_update(of=("self",))
    return rows.select_related("board__room", "table").get(pk=note.pk)


@transaction.atomic
def hide(*, note: Note, reason: str, by: Account | None, at: datetime) -> None:
    """A facilitator takes a note off the board, with the reason; it is kept.

    Raises NoteRefused without a reason.
    """
    if not reason.strip():
        raise NoteRefused(
            what=_("The note was not hidden."),
            why=_("Hiding what somebody wrote needs a reason, which its author reads."),
            next=_("Write the reason in a few words."),
        )
    row = locked(note)
    if row.hidden_at is None:
        row.hidden_at, row.hidden_reason = at, reason.strip()[:200]
        row.save(update_fields=["hidden_at", "hidden_reason"])
        details: dict[str, object] = {"board": row.board.number, "note": row.pk}
        record(
            row.board.room,
            "note_hidden",
            by=by,
            at=at,
            reason=row.hidden_reason,
            details=details,
        )
        news.tell(row, "hidden", at=at, by=by)


@transaction.atomic
def unhide(*, note: Note, by: Account | None, at: datetime) -> None:
    """Undo the hiding."""
    row = locked(note)
    if row.hidden_at is not None:
        row.hidden_at, row.hidden_reason = None, ""
        row.save(update_fields=["hidden_at", "hidden_reason"])
        details: dict[str, object] = {"board": row.board.number, "note": row.pk}
        record(row.board.room, "note_unhidden", by=by, at=at, details=details)
        news.tell(row, "unhidden", at=at, by=by)
