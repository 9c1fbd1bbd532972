"""What waits of workshops: boards with a result that was carried nowhere."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from habaring.people.access import Power
from habaring.posts.things import Asked, Waiting, register_waiting
from habaring.workshop.models import Board, Phase

SHOWN = 3


def _waiting(asked: Asked) -> Iterator[Waiting]:
    if Power.WRITE_PLAN not in asked.powers:
        return
    rows = Board.objects.filter(
        region=asked.region, phase=Phase.SHOWN, carried__isnull=True
    )
    for board in rows.select_related("room").order_by("-pk")[:SHOWN]:
        args = [board.region_id, board.room.number, board.number]
        yield Waiting(
            _("Carry on the results of “%(board)s” (%(room)s)")
            % {"board": board.title, "room": board.room.title},
            _("What people said and voted goes into SWOT, gaps and strategies."),
            reverse("workshop-work:carry", args=args),
        )


register_waiting("workshop", _waiting)
