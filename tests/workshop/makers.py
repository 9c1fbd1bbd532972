"""Rows of the workshop room, by the actions that people use."""

from datetime import date, datetime
from typing import Any, cast
from uuid import UUID, uuid4

from habaring.masterplan.actions.analysing import NewSwot, record_swot
from habaring.masterplan.models import SwotItem
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.workshop import news
from habaring.workshop.actions import notes, people, rooms
from habaring.workshop.actions.rooms import NewRoom
from habaring.workshop.models import Board, Note, Participant, Phase, Room

DAY = date(2026, 11, 2)


def room(region: Region, at: datetime, by: Account | None = None, **more: Any) -> Room:
    new = NewRoom(**{"title": "Bimtek I", "day": DAY, "last_day": DAY, **more})
    return rooms.open_room(region=region, new=new, by=by, at=at)


def board(room: Room, number: int = 1) -> Board:
    """1 ideas, 2 SWOT, 3 priorities."""
    return Board.objects.select_related("room__region").get(room=room, number=number)


def somebody(room: Room, at: datetime, name: str = "") -> Participant:
    return people.join(room=room, name=name, table=room.tables.first(), at=at)


def words(
    text: str = "Jalan desa diperbaiki", key: UUID | None = None, **more: Any
) -> Any:
    return notes.Words(key=key or uuid4(), text=text, **more)


def note(
    board: Board, person: Participant, at: datetime, text: str = "Gagasan", **more: Any
) -> Note:
    written = notes.write(board=board, person=person, words=words(text, **more), at=at)
    return written.note


def phase(board: Board, at: datetime, to: Phase) -> Board:
    rooms.set_phase(board=board, phase=to, by=None, at=at)
    board.refresh_from_db()
    return board


def told(room: Room, after: int = 0) -> list[tuple[int, dict[str, Any]]]:
    """The news of a room above a number, each with its number."""
    return [
        (one.number, cast("dict[str, Any]", one.data))
        for one in news.since(room.pk, after)
    ]


def swot(region: Region, kind: str, at: datetime) -> SwotItem:
    new = NewSwot(kind=kind, dimension="ECO", layer="structure", text=f"Butir {kind}")
    return record_swot(region=region, new=new, by=None, at=at)
