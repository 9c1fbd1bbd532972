"""What the others are told: the state of the thing that changed, never who did it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from habaring.people.models import Account
from habaring.shared import live
from habaring.workshop.models import Board, Dot, Event, Group, Note, Room

Thing = Note | Group | Board | Room
Told = dict[str, Any]


def topic(room: int) -> str:
    """The topic of all news of a room."""
    return live.topic("workshop.room", room)


def tell(
    thing: Thing,
    deed: str,
    *,
    at: datetime,
    by: Account | None = None,
    before: Mapping[str, Any] | None = None,
    undoes: Event | None = None,
) -> Event:
    """Append the event of a change and announce it; the change is written before.

    The lock that keeps numbers in the order of commits is held from here to the commit,
    so this is the last thing that an action does.
    """
    board = thing if isinstance(thing, Board) else getattr(thing, "board", None)
    room = thing.pk if isinstance(thing, Room) else board.room_id if board else 0
    kind = type(thing).__name__.lower()
    named = topic(room)
    live.in_order(named)
    event = Event.objects.create(
        region_id=thing.region_id,
        room_id=room,
        board=board,
        thing=kind,
        ref=thing.pk,
        deed=deed,
        before=dict(before) if before is not None else None,
        undoes=undoes,
        by=by,
        at=at,
    )
    live.announce(named, state(thing), number=event.pk)
    return event


def last_number(room: int) -> int:
    """The number of the newest news: read before the rows of a page."""
    rows = Event.objects.filter(room=room).order_by("-pk")
    return rows.values_list("pk", flat=True).first() or 0


def since(room: int, number: int) -> list[live.News]:
    """The news above a number, each with the thing as it is now."""
    rows = list(
        Event.objects.filter(room=room, pk__gt=number)
        .order_by("pk")
        .values_list("pk", "thing", "ref")[: live.BATCH]
    )
    found: dict[tuple[str, int], Told] = {}
    for kind, things in _wanted().items():
        keys = {ref for _number, thing, ref in rows if thing == kind}
        if keys:
            found |= {(kind, one.pk): state(one) for one in things.filter(pk__in=keys)}
    return [
        live.News(pk, found[thing, ref])
        for pk, thing, ref in rows
        if (thing, ref) in found
    ]


def _wanted() -> dict[str, "QuerySet[Any]"]:
    """The things that news are about, each with what `state` reads of it."""
    return {
        "note": Note.objects.select_related("board", "table"),
        "group": Group.objects.select_related("board"),
        "board": Board.objects.all(),
        "room": Room.objects.all(),
    }


def state(thing: Thing) -> Told:
    """The thing as the pages draw it: short keys, since sixty phones receive it."""
    if isinstance(thing, Note):
        return note(thing)
    if isinstance(thing, Group):
        return {
            "k": "group",
            "id": thing.pk,
            "b": thing.board.number,
            "n": thing.number,
            "t": thing.title,
            "gone": thing.dissolved_at is not None,
        }
    if isinstance(thing, Board):
        return {
            "k": "board",
            "b": thing.number,
            "phase": thing.phase,
            "ends": thing.ends_at.isoformat() if thing.ends_at else "",
            "t": thing.title,
            "p": thing.prompt,
            "voters": voters(thing) if thing.phase == "vote" else 0,
        }
    return {
        "k": "room",
        "b": thing.current or 0,
        "open": thing.closed_at is None,
        "joining": thing.joining,
    }


def note(row: Note) -> Told:
    """A note; of one that is gone only that it is."""
    told: Told = {"k": "note", "id": row.pk, "b": row.board.number, "key": str(row.key)}
    if row.gone:
        return {**told, "gone": True}
    return {
        **told,
        "t": row.text,
        "q": row.kind,
        "l": row.layer,
        "d": row.dimension,
        "m": row.table.number if row.table else 0,
        "g": row.group_id or 0,
        "r": row.revision,
    }


def voters(board: Board) -> int:
    """How many people have given a dot: all that is told before the result is."""
    rows = Dot.objects.filter(board=board)
    return rows.values("participant").distinct().count()
