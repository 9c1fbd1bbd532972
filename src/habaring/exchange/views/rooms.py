"""What the pages here share: let in, show a form, come back."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now

from habaring.exchange.models import Practice
from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import form_pages
from habaring.shared.form_pages import Sheet

FILES = ("csv", "xlsx")


def region_of(code: str) -> Region:
    """The region of an address, or 404."""
    return get_object_or_404(Region.objects.select_related("parent"), code=code)


def enter(
    request: HttpRequest, code: str, power: Power = Power.SHARE_PRACTICES
) -> tuple[Region, Account]:
    """Let in who holds the power in the whole region."""
    region = region_of(code)
    return region, access.require(request.user, power, at=now(), region=region)


def public_practice(code: str, number: int) -> Practice:
    """A practice that everybody may know of: published or withdrawn; else 404."""
    rows = Practice.objects.select_related("region")
    row = get_object_or_404(rows, region=code, number=number)
    if row.state == "draft":
        raise Http404
    return row


def only(form: str) -> str:
    """The kind of file that an address names, or 404."""
    if form not in FILES:
        raise Http404
    return form


def form_page(
    request: HttpRequest,
    region: Region,
    form: Any,
    sheet: Sheet,
    save: Callable[[], HttpResponse],
) -> HttpResponse:
    """A page with one form of this domain."""
    sheet = replace(sheet, template=sheet.template or "exchange/form.html")
    return form_pages.form_page(request, form, sheet, save, region=region)
