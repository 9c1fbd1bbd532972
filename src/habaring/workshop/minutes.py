"""The minutes of a workshop: all that stood on its boards, and what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.masterplan.models import Layer, Quadrant
from habaring.shared.tables import Column, TableKind, Value
from habaring.workshop import queries
from habaring.workshop.models import Board, Carried, Room
from habaring.workshop.queries import Pile, Ranked

KIND = TableKind(
    code="workshop-notes",
    title=_("Notes of a workshop"),
    sheet=_("Notes"),
    columns=(
        Column("number", _("Number"), "whole"),
        Column("board", _("Board"), "text"),
        Column("table", pgettext_lazy("workshop", "Table"), "text"),
        Column("dimension", _("Dimension"), "text"),
        Column("kind", _("What it is"), "text"),
        Column("layer", _("Layer"), "text"),
        Column("text", _("Note"), "text"),
        Column("group", _("Group"), "text"),
        Column("dots", _("Dots"), "whole"),
        Column("rank", _("Rank"), "whole"),
        Column("carried", _("Carried on to"), "text"),
    ),
)


@dataclass(frozen=True)
class BoardMinutes:
    """One board: its piles, its result (empty without a vote), what was carried on."""

    board: Board
    piles: list[Pile]
    results: list[Ranked]
    carried: list[Carried]

    @property
    def notes(self) -> int:
        return sum(len(pile.notes) for pile in self.piles)


def of(room: Room) -> list[BoardMinutes]:
    """The minutes of every board. Votes that were not shown are not in them."""
    return [
        BoardMinutes(
            board,
            queries.piles(board),
            queries.results(board),
            list(Carried.objects.filter(board=board)),
        )
        for board in room.boards.order_by("number")
    ]


def rows(room: Room) -> Iterator[dict[str, Value]]:
    """A note a row; without names."""
    number = 0
    for found in of(room):
        ranks = {one.choice.word: one for one in found.results}
        gone = queries.carried_of(found.board)
        for pile in found.piles:
            for note in pile.notes:
                number += 1
                word = f"group:{pile.key}" if pile.group else f"note:{note.pk}"
                ranked = ranks.get(word)
                yield {
                    "number": number,
                    "board": found.board.title,
                    "table": str(note.table or ""),
                    "dimension": note.dimension,
                    "kind": str(Quadrant(note.kind).label) if note.kind else "",
                    "layer": str(Layer(note.layer).label) if note.layer else "",
                    "text": note.text,
                    "group": str(pile.group or ""),
                    "dots": ranked.dots if ranked else None,
                    "rank": ranked.rank if ranked else None,
                    "carried": ", ".join(
                        f"{row.get_to_display()} {row.ref}"
                        for row in gone.get(word, [])
                    ),
                }
