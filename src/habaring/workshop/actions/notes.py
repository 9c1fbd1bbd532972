"""Write, change, take back, hide: what is sent twice is done once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from habaring.masterplan.models import Layer, Quadrant
from habaring.people.models import Account
from habaring.shared import limits
from habaring.shared.refusal import Refusal
from habaring.workshop import news
from habaring.workshop.actions.people import present
from habaring.workshop.actions.rooms import record
from habaring.workshop.models import Board, BoardKind, Note, NoteRevision, Participant
from habaring.workshop.models.notes import LONGEST
from habaring.workshop.refusals import NoteRefused, NotHere, NotNow, NotYours

MOST_NOTES = 5_000
"""On one board."""
LONGEST_CODE = 20
"""Of a dimension."""


@dataclass(frozen=True)
class Words:
    """What is written on a note; `key` is drawn once by the phone."""

    key: UUID
    text: str
    kind: str = ""
    layer: str = ""
    dimension: str = ""


@dataclass(frozen=True)
class Sender:
    """Who writes: a participant of a room, by the numbers that the pass names."""

    region: str
    room: int
    number: int
    person: int


@dataclass(frozen=True)
class Taken:
    """A note that is on the board: what the others are told of it."""

    note: int
    told: dict[str, Any]
    again: bool


@dataclass(frozen=True)
class Written:
    """A note and whether it was there before."""

    note: Note
    again: bool = False


_WRITE = (
    "SELECT outcome, note, told, until FROM workshop_write(%s, %s, %s, %s, %s, %s, %s, %s,"
    " %s, %s, %s, %s, %s)"
)


def take(
    *, sender: Sender, board: int, words: Words, at: datetime, a_minute: int = 0
) -> Taken:
    """Put a note on the board with this number: once, however often its key is sent.

    In a transaction the caller has opened the region; outside of one it is a commit of
    its own, in one round trip, and the pass must have been checked. `a_minute`: so many
    of one person (0: any number). Raises NotHere, NotNow, NoteRefused, TooMany.
    """
    values = (
        *(sender.region, sender.room, sender.number, sender.person, board, words.key),
        _text(words),
        words.kind if words.kind in Quadrant.values else "",
        words.layer if words.layer in Layer.values else "",
        words.dimension if len(words.dimension) <= LONGEST_CODE else "",
        *(at, MOST_NOTES, a_minute),
    )
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)
        outcome, note, told, until = cursor.fetchone()
    if outcome in {"written", "again"}:
        return Taken(note, told, outcome == "again")
    if outcome == "often":
        raise limits.TooMany(until=until, at=at)
    raise _REFUSALS[outcome]()


@transaction.atomic
def write(
    *,
    board: Board,
    person: Participant,
    words: Words,
    at: datetime,
    a_minute: int = 0,
) -> Written:
    """`take` with the rows at hand, as pages without a script have them."""
    room = board.room
    taken = take(
        sender=Sender(room.region_id, room.pk, room.number, person.pk),
        board=board.number,
        words=words,
        at=at,
        a_minute=a_minute,
    )
    rows = Note.objects.select_related("board", "table")
    return Written(rows.get(pk=taken.note), taken.again)


def _full() -> NoteRefused:
    return NoteRefused(
        what=_("The note was not taken."),
        why=_("The board is full."),
        next=_("Ask a facilitator to open another board."),
    )


def _unsorted() -> NoteRefused:
    return NoteRefused(
        what=_("The note was not taken."),
        why=_("An item is S, W, O or T, and belongs to one of three layers."),
        next=_("Choose both."),
    )


_REFUSALS: Mapping[str, Callable[[], Refusal]] = {
    "away": NotHere,
    "no board": NotHere,
    "closed": NotNow.writing,
    "kind": _unsorted,
    "full": _full,
}


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


def _text(words: Words) -> str:
    """The words in one line. Raises NoteRefused."""
    text = " ".join(words.text.split()).replace("\0", "")
    if not text or len(text) > LONGEST:
        raise NoteRefused(
            what=_("The note was not taken."),
            why=_("A note has 1 to %(most)d characters.") % {"most": LONGEST},
            next=_("One thought a note: shorten it, or write two."),
        )
    return text


def _clean(board: Board, person: Participant, words: Words) -> Words:
    """The words as they are kept; `workshop_write` does the same. Raises NoteRefused."""
    text = _text(words)
    table = person.table.dimension if person.table else ""
    dimension = words.dimension or table
    if len(dimension) > LONGEST_CODE:
        dimension = ""
    if board.kind != BoardKind.SWOT:
        return Words(words.key, text, dimension=dimension)
    if words.kind not in Quadrant.values or words.layer not in Layer.values:
        raise _unsorted()
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
