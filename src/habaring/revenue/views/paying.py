"""Put bills into the basket, choose a channel, pay, see what the ledger says."""

import io
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from habaring.regions.models import Region
from habaring.revenue import basket as kept
from habaring.revenue import charges, paying, places, receipt_access
from habaring.revenue.actions import paying as actions
from habaring.revenue.charges import Asked
from habaring.revenue.forms.paying import CASH, WayForm
from habaring.revenue.views import doors
from habaring.shared import limits
from habaring.shared.form_pages import FORM_METHODS, posted
from habaring.shared.pages import download, render
from habaring.shared.refusal import Refusal

CHARGES = 30
"""Charges that one network may open in an hour."""
HOUR = timedelta(hours=1)


def _ids(request: HttpRequest) -> list[int]:
    return [int(one) for one in request.POST.getlist("bill") if one.isdecimal()][
        : kept.MOST
    ]


@never_cache
@require_POST
def put(request: HttpRequest, code: str, nop: str) -> HttpResponse:
    """Put the chosen bills of an object into the basket."""
    region = doors.region_of(code)
    found = doors.found(request, region, nop)
    payable = {line.bill for line in found.payable}
    chosen = [bill for bill in _ids(request) if bill in payable]
    if not chosen:
        messages.warning(request, _("Choose at least one bill."))
        return redirect("revenue:object", code, nop)
    before = [bill for bill in kept.read(request, code) if bill not in payable]
    every = [*before, *chosen]
    if len(every) > kept.MOST:
        messages.warning(
            request,
            _("At most %(n)d bills at once. Pay these first.") % {"n": kept.MOST},
        )
    onward = "revenue:pay" if request.POST.get("deed") == "pay" else "revenue:basket"
    return kept.write(redirect(onward, code), code, every)


@never_cache
@require_safe
def basket(request: HttpRequest, code: str) -> HttpResponse:
    """Everything about to be paid, with what is owed today."""
    region = doors.region_of(code)
    found = paying.basket(region, kept.read(request, code), on=localdate())
    context = {
        "region": region,
        "basket": found,
        "trail": doors.trail(region),
        "today": localdate(),
    }
    response = render(request, "revenue/public/basket.html", context)
    return kept.write(response, code, [line.bill for line in found.lines])


@never_cache
@require_POST
def drop(request: HttpRequest, code: str) -> HttpResponse:
    """Take bills out of the basket."""
    doors.region_of(code)
    gone = set(_ids(request))
    left = [bill for bill in kept.read(request, code) if bill not in gone]
    messages.success(
        request,
        ngettext("Taken out of the basket.", "Taken out of the basket.", len(gone)),
    )
    return kept.write(redirect("revenue:basket", code), code, left)


@never_cache
def pay(request: HttpRequest, code: str) -> HttpResponse:
    """Choose how to pay what lies in the basket."""
    if request.method not in FORM_METHODS:
        raise Http404
    region = doors.region_of(code)
    found = paying.basket(region, kept.read(request, code), on=localdate())
    if not found.lines:
        return redirect("revenue:basket", code)
    form = WayForm(paying.ways(region), posted(request))
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        way = form.cleaned_data["way"]
        if way == CASH:
            return redirect("revenue:places", code)
        try:
            return _charged(request, region, found, way)
        except Refusal as refused:
            refusal = refused
    context = {
        "region": region,
        "basket": found,
        "form": form,
        "refusal": refusal,
        "trail": doors.trail(
            region, (_("To pay"), reverse("revenue:basket", args=[code]))
        ),
        "today": localdate(),
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "revenue/public/pay.html", context, status=status)


def _charged(
    request: HttpRequest, region: Region, found: paying.Basket, way: str
) -> HttpResponse:
    network, at = limits.client_network(request), now()
    limits.spend("revenue.charge", network, most=CHARGES, per=HOUR, at=at)
    reference = actions.ask(region=region, basket=found, way=way, at=at)
    return redirect("revenue:charge", region.code, charges.token(region, reference))


@never_cache
@require_safe
def charge(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """The code or number to pay with, and whether the money has come."""
    region, at = doors.region_of(code), now()
    asked = charges.asked(region, charges.read_token(region, token), on=localdate(at))
    context = {
        "region": region,
        "token": token,
        "asked": asked,
        "picture": _picture(asked) if asked.is_qris else "",
        "over": asked.over(at) and not asked.settled,
        "receipts": [
            (paid, receipt_access.secret_of(region, paid.serial))
            for paid in asked.receipts
        ],
        "looked_at": at,
        "trail": doors.trail(region),
    }
    response = render(request, "revenue/public/charge.html", context)
    if not asked.settled:
        return response
    done = {bill.line.bill for bill in asked.bills}
    left = [bill for bill in kept.read(request, code) if bill not in done]
    return kept.write(response, code, left)


def _picture(asked: Asked) -> SafeString:
    # late: drawing a code is needed by few processes
    import segno

    drawn: str = segno.make(asked.content, error="m", micro=False).svg_inline(
        border=2, omitsize=True, svgclass="qr-code", lineclass="qr-dark"
    )
    return mark_safe(drawn)  # noqa: S308 - drawn by segno from our own text


@never_cache
@require_safe
def picture(request: HttpRequest, code: str, token: str) -> HttpResponseBase:
    """The QRIS code as a picture to keep: on one telephone it is opened in the app."""
    region = doors.region_of(code)
    found = charges.asked(region, charges.read_token(region, token), on=localdate())
    if not found.is_qris:
        raise Http404
    # late: as above
    import segno

    file = io.BytesIO()
    segno.make(found.content, error="m", micro=False).save(
        file, kind="png", scale=8, border=4
    )
    return download(
        file.getvalue(), name=f"qris-{found.reference}.png", media_type="image/png"
    )


@never_cache
@require_safe
def where(request: HttpRequest, code: str) -> HttpResponse:
    """Where to pay in cash, and the list of numbers to take along."""
    region = doors.region_of(code)
    found = paying.basket(region, kept.read(request, code), on=localdate())
    context = {
        "region": region,
        "basket": found,
        "counters": places.counters(region),
        "collectors": places.collectors(region),
        "trail": doors.trail(region),
        "today": localdate(),
    }
    return render(request, "revenue/public/places.html", context)
