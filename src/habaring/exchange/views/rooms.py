"""What the pages here share: let in, show a form, come back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.timezone import now

from habaring.exchange.models import Practice
from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.pages import render
from habaring.shared.refusal import Refusal

FORM_METHODS = ["GET", "HEAD", "POST"]
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


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent; None where a form is only to be shown."""
    return request.POST if request.method == "POST" else None


def only(form: str) -> str:
    """The kind of file that an address names, or 404."""
    if form not in FILES:
        raise Http404
    return form


@dataclass(frozen=True)
class Sheet:
    """What a page with one form says: its title, its first sentence, its button."""

    title: str
    lede: str
    button: str
    here: str = "desk"
    confirm: str = ""
    trail: tuple[tuple[str, str], ...] = ()


def form_page(
    request: HttpRequest,
    region: Region,
    form: Any,
    sheet: Sheet,
    save: Callable[[], HttpResponse],
) -> HttpResponse:
    """Show a form; sent and valid, call `save`; a refusal keeps what was typed."""
    answer, refusal = saved(request, form, save)
    if answer is not None:
        return answer
    context = {
        "region": region,
        "here": sheet.here,
        "form": form,
        "sheet": sheet,
        "refusal": refusal,
    }
    return render(request, "exchange/form.html", context, status=status(form, refusal))


def saved(
    request: HttpRequest, form: Any, save: Callable[[], HttpResponse]
) -> tuple[HttpResponse | None, Refusal | None]:
    """What saving answered, or the refusal; neither where nothing valid was sent."""
    if request.method == "POST" and form.is_valid():
        try:
            return save(), None
        except Refusal as refused:
            return None, refused
    return None, None


def status(form: Any, refusal: Refusal | None) -> int:
    """The answer of a page with a form."""
    return 422 if refusal or form.errors else 200
