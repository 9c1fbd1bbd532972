"""Open a room, its tables and boards; lead people through their phases."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from habaring.masterplan import dimensions
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit
from habaring.workshop import news
from habaring.workshop.models import Board, BoardKind, Phase, Room, Table
from habaring.workshop.refusals import RoomRefused

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that are read as another: I, L, O, 0, 1."""
CODE_LENGTH = 6
MOST_TABLES, MOST_BOARDS = 40, 30
LONGEST = timedelta(days=14)


@dataclass(frozen=True)
class NewRoom:
    """A room as it is asked for; `tables` are codes of dimensions, "" for any."""

    title: str
    day: date
    last_day: date
    place: str = ""
    stage: str = ""
    tables: tuple[str, ...] = ()
    illustrative: bool = False


@dataclass(frozen=True)
class NewBoard:
    """A board as it is asked for."""

    kind: str
    title: str
    prompt: str = ""
    dots: int = 3
    all_group: bool = False


FIRST_BOARDS = (
    (
        BoardKind.IDEAS,
        gettext_lazy("Ideas"),
        gettext_lazy("What would make life here better within ten years?"),
    ),
    (
        BoardKind.SWOT,
        gettext_lazy("SWOT"),
        gettext_lazy(
            "What is strong and weak here, what helps and threatens from outside?"
        ),
    ),
    (
        BoardKind.PRIORITIES,
        gettext_lazy("Priorities"),
        gettext_lazy("What must come first in the next five years?"),
    ),
)


@transaction.atomic
def open_room(
    *, region: Region, new: NewRoom, by: Account | None, at: datetime
) -> Room:
    """Open a room with its tables and the three boards of a first stage.

    Raises RoomRefused for days out of order or a dimension that is none.
    """
    Region.objects.select_for_update().get(pk=region.pk)  # one number at a time
    _check_days(new)
    top = Room.objects.filter(region=region).aggregate(top=Max("number"))["top"]
    room = Room.objects.create(
        region=region,
        number=(top or 0) + 1,
        title=new.title.strip()[:150],
        place=new.place.strip()[:150],
        day=new.day,
        last_day=new.last_day,
        stage=new.stage.strip()[:60],
        code=_free_code(),
        current=1,
        illustrative=new.illustrative,
        opened_at=at,
        opened_by=by,
    )
    for code in new.tables or ("",):
        _add_table(room, code)
    for number, (kind, title, prompt) in enumerate(FIRST_BOARDS, 1):
        Board.objects.create(
            region=region,
            room=room,
            number=number,
            kind=kind,
            title=str(title),
            prompt=str(prompt),
        )
    record(room, "opened", by=by, at=at, details={"room": room.number})
    return room


def _check_days(new: NewRoom) -> None:
    if not new.title.strip() or not (new.day <= new.last_day <= new.day + LONGEST):
        raise RoomRefused(
            what=_("The room was not saved."),
            why=_("It needs a title, and ends at most 14 days after it begins."),
            next=_("Mend the title or the days."),
        )


def _free_code() -> str:
    while True:
        code = "".join(secrets.choice(LETTERS) for _letter in range(CODE_LENGTH))
        if not Room.objects.filter(code=code).exists():
            return code


def _add_table(room: Room, code: str, name: str = "") -> Table:
    known = dimensions.known()
    if code and code not in known:
        raise RoomRefused(
            what=_("The table was not saved."),
            why=_("“%(code)s” is no dimension of the framework in force.")
            % {"code": code},
            next=_("Choose a dimension from the list."),
        )
    top = Table.objects.filter(room=room).aggregate(top=Max("number"))["top"] or 0
    if top >= MOST_TABLES:
        raise RoomRefused(
            what=_("The table was not saved."),
            why=_("A room has at most %(most)d tables.") % {"most": MOST_TABLES},
            next=_("Let two groups share one."),
        )
    return Table.objects.create(
        region_id=room.region_id,
        room=room,
        number=top + 1,
        name=name.strip()[:80] or (known[code].name[:80] if code else ""),
        dimension=code,
    )


@transaction.atomic
def add_table(
    *, room: Room, dimension: str, name: str, by: Account | None, at: datetime
) -> Table:
    """One more table. Raises RoomRefused."""
    locked(room)
    table = _add_table(room, dimension, name)
    record(room, "table_added", by=by, at=at, details={"table": table.number})
    return table


@transaction.atomic
def change_room(*, room: Room, new: NewRoom, by: Account | None, at: datetime) -> None:
    """Change title, place, days and stage. Raises RoomRefused."""
    _check_days(new)
    row = locked(room)
    row.title, row.place = new.title.strip()[:150], new.place.strip()[:150]
    row.day, row.last_day, row.stage = new.day, new.last_day, new.stage.strip()[:60]
    row.save(update_fields=["title", "place", "day", "last_day", "stage"])
    record(row, "changed", by=by, at=at)


@transaction.atomic
def set_joining(*, room: Room, open: bool, by: Account | None, at: datetime) -> None:
    """Open or close the door; who is in stays in."""
    row = locked(room)
    row.joining = open and row.closed_at is None
    row.save(update_fields=["joining"])
    record(row, "door", by=by, at=at, details={"open": row.joining})
    news.tell(row, "door", at=at, by=by)


@transaction.atomic
def show_board(*, board: Board, by: Account | None, at: datetime) -> None:
    """Lead everybody to a board."""
    row = locked(board.room)
    row.current = board.number
    row.save(update_fields=["current"])
    record(row, "led", by=by, at=at, details={"board": board.number})
    news.tell(row, "led", at=at, by=by)


@transaction.atomic
def close_room(*, room: Room, by: Account | None, at: datetime) -> None:
    """End the workshop: nobody joins or writes any more; results stay to be carried on."""
    row = locked(room)
    if row.closed_at is None:
        row.closed_at, row.joining = at, False
        row.save(update_fields=["closed_at", "joining"])
        record(row, "closed", by=by, at=at)
        news.tell(row, "closed", at=at, by=by)


@transaction.atomic
def reopen_room(*, room: Room, by: Account | None, at: datetime) -> None:
    """Undo the closing. Raises RoomRefused once the names are forgotten."""
    row = locked(room)
    if row.forgotten_at is not None:
        raise RoomRefused(
            what=_("The room stays closed."),
            why=_("Who took part was forgotten, as it was promised."),
            next=_("Open a new room."),
        )
    row.closed_at, row.joining = None, True
    row.save(update_fields=["closed_at", "joining"])
    record(row, "reopened", by=by, at=at)
    news.tell(row, "reopened", at=at, by=by)


@transaction.atomic
def add_board(*, room: Room, new: NewBoard, by: Account | None, at: datetime) -> Board:
    """One more board. Raises RoomRefused."""
    locked(room)
    _check_board(new)
    top = Board.objects.filter(room=room).aggregate(top=Max("number"))["top"] or 0
    if top >= MOST_BOARDS:
        raise RoomRefused(
            what=_("The board was not saved."),
            why=_("A room has at most %(most)d boards.") % {"most": MOST_BOARDS},
            next=_("Open another room."),
        )
    board = Board.objects.create(
        region_id=room.region_id,
        room=room,
        number=top + 1,
        kind=new.kind,
        title=new.title.strip()[:120],
        prompt=new.prompt.strip()[:500],
        dots=new.dots,
        all_group=new.all_group,
    )
    record(room, "board_added", by=by, at=at, details={"board": board.number})
    news.tell(board, "added", at=at, by=by)
    return board


@transaction.atomic
def change_board(
    *, board: Board, new: NewBoard, by: Account | None, at: datetime
) -> None:
    """Change title, question, dots and who groups; the kind stays as it is.

    Raises RoomRefused, also where the number of dots would change during a vote.
    """
    row = locked_board(board)
    _check_board(new)
    if new.dots != row.dots and row.phase in {Phase.VOTE, Phase.SHOWN}:
        raise RoomRefused(
            what=_("The board was not saved."),
            why=_("The number of dots stays as it was when the vote began."),
            next=_("Change it before the vote, or open another board."),
        )
    row.title, row.prompt = new.title.strip()[:120], new.prompt.strip()[:500]
    row.dots, row.all_group = new.dots, new.all_group
    row.save(update_fields=["title", "prompt", "dots", "all_group"])
    record(row.room, "board_changed", by=by, at=at, details={"board": row.number})
    news.tell(row, "changed", at=at, by=by)


def _check_board(new: NewBoard) -> None:
    sensible = new.kind in BoardKind.values and 1 <= new.dots <= 20
    if not new.title.strip() or not sensible:
        raise RoomRefused(
            what=_("The board was not saved."),
            why=_("It needs a kind, a title and 1 to 20 dots."),
            next=_("Fill them in."),
        )


@transaction.atomic
def set_phase(*, board: Board, phase: str, by: Account | None, at: datetime) -> None:
    """Lead a board to another phase; its clock ends with the old one.

    Raises RoomRefused from the results back: what was secret has been seen.
    """
    row = locked_board(board)
    if row.phase == phase:
        return
    if row.phase == Phase.SHOWN or phase not in Phase.values:
        raise RoomRefused(
            what=_("The phase was not changed."),
            why=_("The result of the vote has been shown, and a vote is secret."),
            next=_("Open another board to go on."),
        )
    was, row.phase, row.ends_at = row.phase, phase, None
    row.save(update_fields=["phase", "ends_at"])
    details = {"board": row.number, "from": was, "to": phase}
    record(row.room, "phase", by=by, at=at, details=details)
    news.tell(row, "phase", at=at, by=by)


@transaction.atomic
def set_clock(
    *, board: Board, minutes: int, by: Account | None, at: datetime
) -> datetime | None:
    """So many minutes from now; 0 takes the clock away. It ends nothing by itself."""
    row = locked_board(board)
    row.ends_at = at + timedelta(minutes=min(minutes, 480)) if minutes > 0 else None
    row.save(update_fields=["ends_at"])
    details = {"board": row.number, "minutes": minutes}
    record(row.room, "clock", by=by, at=at, details=details)
    news.tell(row, "clock", at=at, by=by)
    return row.ends_at


def locked(room: Room) -> Room:
    """The room's row, for one change at a time."""
    return Room.objects.select_for_update().get(pk=room.pk)


def locked_board(board: Board) -> Board:
    """The board's row, likewise."""
    rows = Board.objects.select_for_update(of=("self",)).select_related("room")
    return rows.get(pk=board.pk)


def record(
    room: Room,
    deed: str,
    *,
    by: Account | None,
    at: datetime,
    reason: str = "",
    details: Mapping[str, object] | None = None,
) -> None:
    """The trace of what facilitators do; what people write is its own trace."""
    audit.record(
        by=by,
        at=at,
        verb=f"workshop.room.{deed}",
        subject=room,
        region=room.region_id,
        reason=reason,
        details={"room": room.number, **(details or {})},
    )
