"""What the pages of the work room here do: let in, show a form, come back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now

from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import form_pages
from habaring.shared.form_pages import Sheet


@dataclass(frozen=True)
class Room:
    """Who stands in which work room, and what this person may do there."""

    region: Region
    officer: Account
    may: frozenset[Power]


def region_of(code: str) -> Region:
    """The region of an address, or 404."""
    return get_object_or_404(Region.objects.select_related("parent"), code=code)


def enter(request: HttpRequest, code: str, power: Power) -> Room:
    """Let in who holds the power in the region."""
    region, at = region_of(code), now()
    officer = access.require(request.user, power, at=at, region=region)
    return Room(
        region, officer, access.powers_with_parts(officer, at=at, region=region)
    )


def form_page(
    request: HttpRequest,
    region: Region,
    form: Any,
    sheet: Sheet,
    save: Callable[[], HttpResponse],
) -> HttpResponse:
    """A page with one form of this domain."""
    return form_pages.form_page(request, form, sheet, save, region=region)
