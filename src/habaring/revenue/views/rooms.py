"""What the pages of the work room here do: let in, show a form, come back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.timezone import now

from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.pages import render
from habaring.shared.refusal import Refusal

FORM_METHODS = ["GET", "HEAD", "POST"]


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


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent; None where a form is only to be shown."""
    return request.POST if request.method == "POST" else None


def reloaded() -> HttpResponse:
    """For a part that htmx asked for until its work was done: show the whole page anew."""
    response = HttpResponse()
    response["HX-Refresh"] = "true"
    return response


@dataclass(frozen=True)
class Sheet:
    """What a page with one form says: its title, its first sentence, its button."""

    title: str
    lede: str
    button: str
    confirm: str = ""
    trail: tuple[tuple[str, str], ...] = ()
    here: str = ""
    template: str = "revenue/form_page.html"


def form_page(
    request: HttpRequest,
    room: Room,
    form: Any,
    sheet: Sheet,
    save: Callable[[], HttpResponse],
) -> HttpResponse:
    """Show a form; sent and valid, call `save`; a refusal keeps what was typed."""
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            return save()
        except Refusal as refused:
            refusal = refused
    context = {
        "region": room.region,
        "may": room.may,
        "here": sheet.here,
        "form": form,
        "sheet": sheet,
        "refusal": refusal,
    }
    status = 422 if refusal or form.errors else 200
    return render(request, sheet.template, context, status=status)
