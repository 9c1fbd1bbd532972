"""What the addresses of the exchange need: one of each, made by nobody who asks."""

from datetime import timedelta

from django.utils.timezone import localdate, now

from habaring.exchange.actions import adopting, practices, surviving, talking
from habaring.exchange.models import MeetingKind
from habaring.exchange.shapes import Plans
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import walls
from tests import makers as people
from tests.exchange import makers

ELSEWHERE = "62.71"


def made(region: Region, keeper: Account) -> None:
    """Practices, an adoption with its question of the year, questions, a visit."""
    at, on = now(), localdate()
    other = people.region(ELSEWHERE)
    with walls.within(walls.EVERYWHERE):
        makers.begun(region, at, keeper, title="Uji rancangan praktik")
        own = makers.published(region, at, keeper, title="Uji praktik")
        theirs = makers.published(other, at, title="Uji praktik lain")
        adoption = adopting.adopt(
            region=region,
            practice=theirs,
            plans=Plans(f"UJI-{region.code}", on.year + 1, on.year + 2),
            by=keeper,
            at=at,
        )
        surviving.ask(adoption=adoption, at=at, on=on)
        talking.ask(region=other, practice=own, text="Uji?", by=None, at=at)
        offer = talking.Offer("Uji tawaran", "Uji.")
        talking.open_offer(region=region, offer=offer, by=keeper, at=at)
        wish = talking.Wish(
            host=other,
            kind=MeetingKind.VISIT,
            purpose="Uji kunjungan.",
            proposed_on=on + timedelta(days=7),
        )
        talking.ask_meeting(region=region, wish=wish, by=keeper, at=at, on=on)
        practices.write(practice=own, draft=makers.draft(), by=keeper, at=at)
