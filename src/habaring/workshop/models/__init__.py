"""Tables of the workshop room."""

from habaring.workshop.models.notes import (
    Carried,
    Destination,
    Dot,
    Event,
    Group,
    Note,
    NoteRevision,
)
from habaring.workshop.models.rooms import (
    Board,
    BoardKind,
    Participant,
    Phase,
    Room,
    Table,
)

__all__ = [
    "Board",
    "BoardKind",
    "Carried",
    "Destination",
    "Dot",
    "Event",
    "Group",
    "Note",
    "NoteRevision",
    "Participant",
    "Phase",
    "Room",
    "Table",
]
