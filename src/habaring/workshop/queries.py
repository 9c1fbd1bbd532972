"""What pages of the workshop room show."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet

from habaring.masterplan import dimensions
from habaring.masterplan.models import Quadrant
from habaring.workshop.models import (
    Board,
    Carried,
    Dot,
    Group,
    Note,
    Participant,
    Phase,
    Room,
)

Target = Note | Group


@dataclass
class Pile:
    """A group with its notes, or (`group` None) the notes of no group."""

    group: Group | None
    notes: list[Note] = field(default_factory=list)

    @property
    def key(self) -> int:
        """0 for the notes of no group."""
        return self.group.pk if self.group else 0


@dataclass(frozen=True)
class Choice:
    """Something to vote for, and how many own dots lie on it."""

    target: Target
    word: str  # "group:5", as forms name it
    title: str
    notes: tuple[Note, ...]
    mine: int = 0

    @property
    def more(self) -> int:
        return self.mine + 1

    @property
    def fewer(self) -> int:
        return self.mine - 1


@dataclass(frozen=True)
class Ranked:
    """A result. `rank` is shared by those with equally many dots (`tied`)."""

    choice: Choice
    dots: int
    rank: int
    tied: bool
    share: float  # of the most dots: how long its bar is


def notes_of(board: Board, *, table: int = 0) -> list[Note]:
    """The notes that stand on a board, oldest first; with `table` of one table alone."""
    rows = Note.objects.filter(board=board, withdrawn_at=None, hidden_at=None)
    if table:
        rows = rows.filter(table__number=table)
    return list(rows.select_related("table", "board").order_by("pk"))


def piles(board: Board, *, table: int = 0) -> list[Pile]:
    """The notes of no group first, then each group, also an empty one."""
    found = {0: Pile(None)}
    for group in Group.objects.filter(board=board, dissolved_at=None):
        group.board = board
        found[group.pk] = Pile(group)
    for note in notes_of(board, table=table):
        found.get(note.group_id or 0, found[0]).notes.append(note)
    return list(found.values())


def quadrants(notes: Iterable[Note]) -> list[tuple[Quadrant, list[Note]]]:
    """The notes of a SWOT board by what they are."""
    rows = list(notes)
    return [(kind, [n for n in rows if n.kind == kind]) for kind in Quadrant]


def choices(board: Board, person: Participant | None = None) -> list[Choice]:
    """What can be voted for: each group that holds a note, each note of no group."""
    mine: Counter[str] = Counter()
    if person is not None:
        for dot in Dot.objects.filter(board=board, participant=person):
            mine[_word(dot)] += 1
    found: list[Choice] = []
    for pile in piles(board):
        if pile.group is not None:
            if pile.notes:
                word = f"group:{pile.group.pk}"
                found.append(
                    Choice(
                        pile.group,
                        word,
                        pile.group.title or pile.notes[0].text,
                        tuple(pile.notes),
                        mine[word],
                    )
                )
            continue
        for note in pile.notes:
            word = f"note:{note.pk}"
            found.append(Choice(note, word, note.text, (), mine[word]))
    return found


def _word(dot: Dot) -> str:
    return f"group:{dot.group_id}" if dot.group_id else f"note:{dot.note_id}"


def target_of(board: Board, word: str) -> Target | None:
    """The thing that a form names, if it is on this board."""
    kind, _colon, key = word.partition(":")
    if not key.isdecimal() or len(key) > 18:
        return None
    if kind == "group":
        return Group.objects.filter(board=board, pk=key).select_related("board").first()
    rows = Note.objects.filter(board=board, pk=key, withdrawn_at=None, hidden_at=None)
    return rows.select_related("board", "table").first() if kind == "note" else None


def dots_left(board: Board, person: Participant) -> int:
    """How many dots a person can still give."""
    return board.dots - Dot.objects.filter(board=board, participant=person).count()


def results(board: Board) -> list[Ranked]:
    """The result of a vote, most dots first, ties with the same rank; empty until it is
    shown: nobody reads it before, facilitators neither.
    """
    if board.phase != Phase.SHOWN:
        return []
    counts: Counter[str] = Counter()
    for dot in Dot.objects.filter(board=board).only("group_id", "note_id"):
        counts[_word(dot)] += 1
    return rank(choices(board), counts)


def rank(found: Sequence[Choice], counts: Counter[str]) -> list[Ranked]:
    """Standard competition ranking: 1, 2, 2, 4. Equal ones stand in their old order."""
    rows = sorted(found, key=lambda one: -counts[one.word])
    many = Counter(counts[one.word] for one in rows)
    most = max(many, default=0)
    ranked: list[Ranked] = []
    for place, one in enumerate(rows, 1):
        dots = counts[one.word]
        same = ranked[-1] if ranked and ranked[-1].dots == dots else None
        share = dots / most if most else 0.0
        ranked.append(
            Ranked(one, dots, same.rank if same else place, many[dots] > 1, share)
        )
    return ranked


@dataclass(frozen=True)
class Line:
    """A room in a list."""

    room: Room
    people: int
    notes: int
    boards: int


def lines(rooms: Iterable[Room]) -> list[Line]:
    """Rooms with how much there is in them."""
    rows = list(rooms)
    keys = [room.pk for room in rows]
    people = _counted(Participant.objects.filter(room__in=keys, removed_at=None))
    boards = _counted(Board.objects.filter(room__in=keys))
    notes = dict(
        Note.objects.filter(board__room__in=keys, withdrawn_at=None, hidden_at=None)
        .values_list("board__room")
        .annotate(many=Count("pk"))
        .order_by()
    )
    return [
        Line(
            room,
            people.get(room.pk, 0),
            notes.get(room.pk, 0),
            boards.get(room.pk, 0),
        )
        for room in rows
    ]


def _counted(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.values_list("room").annotate(many=Count("pk")).order_by())


def carried_of(board: Board) -> dict[str, list[Carried]]:
    """What was carried on from a board, by the word of the thing."""
    found: dict[str, list[Carried]] = {}
    for row in Carried.objects.filter(board=board):
        word = f"group:{row.group_id}" if row.group_id else f"note:{row.note_id}"
        found.setdefault(word, []).append(row)
    return found


def layers_of(notes: Iterable[Note]) -> str:
    """The layer that most of these notes name."""
    many = Counter(note.layer for note in notes if note.layer)
    return many.most_common(1)[0][0] if many else ""


def kind_of(notes: Iterable[Note]) -> str:
    """The quadrant that most of these notes name."""
    many = Counter(note.kind for note in notes if note.kind)
    return many.most_common(1)[0][0] if many else ""


def dimension_of(notes: Iterable[Note]) -> str:
    """The dimension that most of these notes name."""
    many = Counter(note.dimension for note in notes if note.dimension)
    return many.most_common(1)[0][0] if many else ""


def dimension_choices() -> list[tuple[str, str]]:
    """The dimensions in force."""
    return dimensions.choices(parts=False)


def hidden_of(board: Board) -> list[Note]:
    """Notes that a facilitator has hidden, newest first."""
    rows = Note.objects.filter(board=board, hidden_at__isnull=False)
    return list(rows.select_related("table").order_by("-hidden_at"))


def own_notes(board: Board, person: Participant) -> list[Note]:
    """All that somebody wrote on a board, taken back and hidden ones too."""
    rows = Note.objects.filter(board=board, participant=person)
    return list(rows.select_related("table").order_by("-pk"))
