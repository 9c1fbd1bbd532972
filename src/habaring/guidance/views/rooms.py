"""What the pages of guidance do: let in, show a form, come back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from habaring.guidance import queries
from habaring.people import access
from habaring.people.access import NotAllowed, Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import form_pages, walls
from habaring.shared.form_pages import Sheet


@dataclass(frozen=True)
class Room:
    """Who stands in which work room. `guides`: a row names this person as a mentor of
    the region, or the person runs cohorts.
    """

    region: Region
    officer: Account
    may: frozenset[Power]
    guides: bool

    @property
    def takes_part(self) -> bool:
        return Power.TAKE_PART_IN_GUIDANCE in self.may


def region_of(code: str) -> Region:
    """The kabupaten or kota of an address, or 404."""
    rows = Region.objects.local().select_related("parent")
    return get_object_or_404(rows, code=code)


def enter(request: HttpRequest, code: str, power: Power) -> Room:
    """Let in who holds the power in the region; a province has a room, too."""
    region = get_object_or_404(Region.objects.select_related("parent"), code=code)
    at = now()
    officer = access.require(request.user, power, at=at, region=region)
    may = access.powers_with_parts(officer, at=at, region=region)
    runs = Power.RUN_COHORTS in access.powers(officer, at=at)  # for the whole country
    return Room(region, officer, may, runs or _guides(officer, region, may))


def _guides(officer: Account, region: Region, may: frozenset[Power]) -> bool:
    """Whether a row says so: who holds all powers of a region is not its own mentor."""
    mentor = Power.MENTOR in may
    return mentor and queries.guides(officer, region, on=localdate(now()))


def guide(request: HttpRequest, code: str) -> Room:
    """Let in a mentor whom a row names, or the programme office; nobody else."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    if not room.guides:
        raise NotAllowed(
            what=_("Only a mentor of this region does this."),
            why=_("The programme office names the mentors of each region."),
            next=_("Ask the programme office if the region should be yours."),
        )
    return room


def either(request: HttpRequest, code: str) -> Room:
    """Let in who takes part for the region, or who guides it."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    if not (room.takes_part or room.guides):
        raise NotAllowed(
            what=_("Your role does not allow this."),
            why=_("It is for the people who take part in the guidance."),
            next=_("Ask your region's secretariat to give you the role that does it."),
        )
    return room


def office(request: HttpRequest) -> Account:
    """Let in the programme office; it reads the rows of all regions."""
    officer = access.require(request.user, Power.RUN_COHORTS, at=now())
    walls.open_everywhere()
    return officer


def form_page(
    request: HttpRequest,
    region: Region | None,
    form: Any,
    sheet: Sheet,
    save: Callable[[], HttpResponse],
) -> HttpResponse:
    """A page with one form of this domain."""
    return form_pages.form_page(request, form, sheet, save, region=region)
