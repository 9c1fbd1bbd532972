"""What waits of workshops: boards with a result that was carried nowhere."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from habaring.people.access import Power
from habaring.posts.things import Asked, Line, Waiting, register_lines
from habaring.workshop.models import Board, Phase

SHOWN = 3


def _shown(asked: Asked) -> QuerySet[Board]:
    return Board.objects.filter(
        region=asked.region, phase=Phase.SHOWN, carried__isnull=True
    )


def _to_carry(asked: Asked, _count: int) -> Iterator[Waiting]:
    for board in _shown(asked).select_related("room").order_by("-pk")[:SHOWN]:
        args = [board.region_id, board.room.number, board.number]
        yield Waiting(
            _("Carry on the results of “%(board)s” (%(room)s)")
            % {"board": board.title, "room": board.room.title},
            _("What people said and voted goes into SWOT, gaps and strategies."),
            reverse("workshop-work:carry", args=args),
        )


register_lines(
    "workshop", Line(lambda asked: _shown(asked)[:1], _to_carry, Power.WRITE_PLAN)
)
