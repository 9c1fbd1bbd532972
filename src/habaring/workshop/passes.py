"""The pass of a participant: a signed cookie of one room, and nothing else.

It names the row of the participant, and is signed for this room of this region alone.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from habaring.regions.models import Region
from habaring.shared import walls
from habaring.workshop.actions.notes import Sender
from habaring.workshop.actions.people import present
from habaring.workshop.models import Participant, Room
from habaring.workshop.refusals import NotHere

LONGEST = timedelta(days=14)


@dataclass(frozen=True)
class Here:
    """Somebody in a room, whose region is open for the rest of the transaction."""

    region: Region
    room: Room
    person: Participant


def _name(region: str, number: int) -> str:
    return f"lokakarya-{region.replace('.', '')}-{number}"


def _salt(region: str, number: int) -> str:
    return f"habaring.workshop {region} {number}"


def give(response: HttpResponse, person: Participant) -> None:
    """Put the pass into an answer."""
    room = person.room
    response.set_cookie(
        _name(room.region_id, room.number),
        signing.dumps([room.pk, person.pk], salt=_salt(room.region_id, room.number)),
        max_age=LONGEST,
        path=f"/daerah/{room.region_id}/lokakarya/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def take(response: HttpResponse, here: Here) -> None:
    """Take the pass away."""
    response.delete_cookie(
        _name(here.region.pk, here.room.number),
        path=f"/daerah/{here.region.pk}/lokakarya/",
        samesite="Lax",
    )


def sender(request: HttpRequest, region: str, number: int) -> Sender:
    """Whom the pass of this room names, by its signature alone: nothing is read, and
    whether somebody is still there is for the writing to ask. Raises NotHere.
    """
    text = request.COOKIES.get(_name(region, number), "")
    try:
        room, person = signing.loads(text, salt=_salt(region, number), max_age=LONGEST)
        return Sender(region, int(room), number, int(person))
    except (signing.BadSignature, ValueError, TypeError):
        raise NotHere from None


def enter(request: HttpRequest, region: Region, number: int) -> Here:
    """Who holds the pass of this room; opens the region. Raises NotHere.

    Nothing is read before the signature holds, and afterwards only the room's own rows.
    """
    named = sender(request, region.code, number)
    walls.open_region(region.code)
    rows = Participant.objects.select_related("room__region", "table")
    found = rows.filter(
        pk=named.person, room=named.room, room__number=number, region=region
    ).first()
    if found is None:
        raise NotHere
    present(found)
    return Here(region, found.room, found)


def holds(request: HttpRequest, region: str, number: int) -> bool:
    """Whether a pass of this room is there, good or not: for where to lead somebody."""
    return _name(region, number) in request.COOKIES
