"""What every page of the work room here does: let in, show a form, come back."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now

from habaring.people import access
from habaring.people.access import Extent, Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.pages import render
from habaring.shared.refusal import Refusal

FORM_METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Desk:
    """Who stands in which work room, and what this person may do there."""

    region: Region
    officer: Account
    may: frozenset[Power]


def region_of(code: str) -> Region:
    """The region of an address, or 404."""
    return get_object_or_404(Region.objects.select_related("parent"), code=code)


def enter(
    request: HttpRequest, code: str, power: Power, *, body: int | None = None
) -> Desk:
    """Let in who holds the power in the region (or in one of its bodies)."""
    region = region_of(code)
    at = now()
    officer = access.require(request.user, power, at=at, region=region, body=body)
    may = access.powers(officer, at=at, region=region, body=body)
    return Desk(region, officer, may)


def enter_part(request: HttpRequest, code: str, power: Power) -> tuple[Desk, Extent]:
    """Let in who holds the power in the region or in some of its bodies; which ones."""
    region, at = region_of(code), now()
    officer, within = access.require_part(request.user, power, at=at, region=region)
    may = access.powers_with_parts(officer, at=at, region=region)
    return Desk(region, officer, may), within


def read(request: HttpRequest, code: str) -> Desk:
    """Let in who reads the work room; `may` tells of bodies of theirs as well."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    may = access.powers_with_parts(room.officer, at=now(), region=room.region)
    return replace(room, may=may)


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent; None where a form is only to be shown."""
    return request.POST if request.method == "POST" else None


@dataclass(frozen=True)
class Sheet:
    """What a page with one form says: its title, its first sentence, its button."""

    title: str
    lede: str
    button: str
    confirm: str = ""
    trail: tuple[tuple[str, str], ...] = ()  # where one came from
    template: str = "council/form.html"
    files: tuple[tuple[str, str], ...] = ()  # to keep, such as the workbook to fill in


def form_page(
    request: HttpRequest,
    region: Region,
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
        "region": region,
        "form": form,
        "sheet": sheet,
        "refusal": refusal,
        "back": kept(request),
    }
    status = 422 if refusal or form.errors else 200
    return render(request, sheet.template, context, status=status)


def kept(request: HttpRequest) -> str:
    """The page to go back to; only one of our own."""
    back = request.POST.get("kembali") or request.GET.get("kembali") or ""
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if safe and back.startswith("/") else ""
