"""What every page of the work room here does: let in, show a form, come back."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now

from habaring.people import access
from habaring.people.access import Extent, Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import form_pages
from habaring.shared.form_pages import Sheet


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


def form_page(
    request: HttpRequest,
    region: Region,
    form: Any,
    sheet: Sheet,
    save: Callable[[], HttpResponse],
) -> HttpResponse:
    """A page with one form of this domain."""
    return form_pages.form_page(
        request, form, sheet, save, region=region, back=kept(request)
    )


def kept(request: HttpRequest) -> str:
    """The page to go back to; only one of our own."""
    back = request.POST.get("kembali") or request.GET.get("kembali") or ""
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if safe and back.startswith("/") else ""
