"""What the addresses of the workshop room need: a room, somebody in it, a note."""

from uuid import UUID

from django.utils.timezone import localdate, now

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import walls
from habaring.workshop.actions import notes, people, rooms
from habaring.workshop.models import Board


def made(region: Region, keeper: Account) -> None:
    """The newest board is the priorities'; it holds the newest note."""
    at, day = now(), localdate()
    with walls.within(region.code):
        new = rooms.NewRoom("Uji lokakarya", day, day)
        room = rooms.open_room(region=region, new=new, by=keeper, at=at)
        person = people.join(room=room, name="Uji", table=None, at=at)
        board = Board.objects.select_related("room").get(room=room, number=3)
        words = notes.Words(UUID(int=1), "Uji catatan")
        notes.write(board=board, person=person, words=words, at=at)
