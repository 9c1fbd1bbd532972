"""What waits of workshops: results that were shown and carried nowhere."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from habaring.people.access import Power
from habaring.posts.things import Asked, Waiting, register_waiting
from habaring.workshop import queries
from habaring.workshop.models import Phase, Room

SHOWN = 3


def _waiting(asked: Asked) -> Iterator[Waiting]:
    if Power.WRITE_PLAN not in asked.powers:
        return
    rows = Room.objects.filter(region=asked.region, boards__phase=Phase.SHOWN)
    for room in rows.distinct()[:SHOWN]:
        many = queries.unfinished(room)
        if many:
            yield Waiting(
                ngettext(
                    "%(n)d result of “%(title)s” waits to be carried on",
                    "%(n)d results of “%(title)s” wait to be carried on",
                    many,
                )
                % {"n": many, "title": room.title},
                _("What people said and voted goes into SWOT, gaps and strategies."),
                reverse("workshop-work:room", args=[room.region_id, room.number]),
            )


register_waiting(_waiting)
