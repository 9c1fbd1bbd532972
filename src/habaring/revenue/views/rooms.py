"""What the pages of the work room here do: let in, show a form, come back."""

from collections.abc import Callable
from dataclasses import dataclass, replace
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


def enter(request: HttpRequest, code: str, *powers: Power) -> Room:
    """Let in who holds one of the powers in the region, and open its rows."""
    region, at = get_object_or_404(Region, code=code), now()
    held = access.powers(request.user, at=at, region=region)
    power = next((one for one in powers if one in held), powers[0])
    officer = access.require(request.user, power, at=at, region=region)
    return Room(region, officer, held)


def reloaded() -> HttpResponse:
    """For a part that htmx asked for until its work was done: show the whole page anew."""
    response = HttpResponse()
    response["HX-Refresh"] = "true"
    return response


def form_page(
    request: HttpRequest,
    room: Room,
    form: Any,
    sheet: Sheet,
    save: Callable[[], HttpResponse],
) -> HttpResponse:
    """A page with one form of this domain."""
    sheet = replace(sheet, template=sheet.template or "revenue/form.html")
    return form_pages.form_page(
        request, form, sheet, save, region=room.region, may=room.may
    )
