"""Find a receipt again, read it, keep it as a PDF, check anybody's."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from habaring.regions.models import Region
from habaring.revenue import collectors, receipt_access, receipt_pages, receipts
from habaring.revenue.forms.receipts import CheckForm, FindForm
from habaring.revenue.receipt_access import ReceiptUnknown
from habaring.revenue.views import doors
from habaring.shared import limits
from habaring.shared.form_pages import FORM_METHODS, posted
from habaring.shared.pages import download, render
from habaring.shared.refusal import Refusal

GUESSES = 30
"""Wrong numbers, secrets and references from one network in an hour."""
CHECKS = 240
"""Receipts one network checks in an hour: a notary has a pile of them."""
HOUR = timedelta(hours=1)


@never_cache
@sensitive_post_parameters("secret")
@require_http_methods(FORM_METHODS)
def find(request: HttpRequest, code: str) -> HttpResponse:
    """By number and secret, or by NOP and the reference on the channel's slip."""
    region = doors.region_of(code)
    form = FindForm(posted(request), initial={"nop": request.GET.get("nop", "")[:20]})
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        try:
            serial = _found(request, region, form.cleaned_data)
            secret = receipt_access.secret_of(region, serial)
            return redirect("revenue:receipt", code, serial, secret)
        except ReceiptUnknown as unknown:
            refusal = unknown
    context = {
        "region": region,
        "form": form,
        "refusal": refusal,
        "trail": doors.trail(region),
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "revenue/public/receipt_find.html", context, status=status)


def _found(request: HttpRequest, region: Region, typed: dict[str, Any]) -> int:
    if typed["number"]:
        return _opened(request, region, typed["number"], typed["secret"])
    network, at = limits.client_network(request), now()
    limits.check("revenue.receipt", network, most=GUESSES, at=at)
    try:
        row = receipt_access.by_reference(region, typed["nop"], typed["reference"])
    except ReceiptUnknown:
        limits.spend("revenue.receipt", network, most=GUESSES, per=HOUR, at=at)
        raise
    return row.serial


def _opened(request: HttpRequest, region: Region, serial: int, secret: str) -> int:
    network, at = limits.client_network(request), now()
    limits.check("revenue.receipt", network, most=GUESSES, at=at)
    try:
        return receipt_access.by_secret(region, serial, secret).serial
    except ReceiptUnknown:
        limits.spend("revenue.receipt", network, most=GUESSES, per=HOUR, at=at)
        raise


@never_cache
@require_safe
def receipt(request: HttpRequest, code: str, serial: int, secret: str) -> HttpResponse:
    """One receipt, to read and to print."""
    region = doors.region_of(code)
    _opened(request, region, serial, secret)
    sheet = receipt_pages.sheet_of(region, serial)
    context = {
        "region": region,
        "sheet": sheet,
        "secret": secret,
        "picture": _picture(sheet.qr_content) if sheet.qr_content else "",
        "trail": doors.trail(region),
    }
    return render(request, "revenue/public/receipt.html", context)


@never_cache
@require_safe
def receipt_pdf(
    request: HttpRequest, code: str, serial: int, secret: str
) -> HttpResponseBase:
    """The same as a PDF of one page."""
    region = doors.region_of(code)
    _opened(request, region, serial, secret)
    sheet = receipt_pages.sheet_of(region, serial)
    content = receipt_pages.as_pdf(region, sheet)
    name = f"tanda-terima-{sheet.number}.pdf"
    return download(content, name=name, media_type="application/pdf")


def _picture(content: str) -> SafeString:
    # late: drawing a code is needed by few processes
    import segno

    drawn: str = segno.make(content, error="m", micro=False).svg_inline(
        border=2, omitsize=True, svgclass="qr-code", lineclass="qr-dark"
    )
    return mark_safe(drawn)  # noqa: S308 - drawn by segno from our own text


@never_cache
@require_http_methods(FORM_METHODS)
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Anybody pastes what a receipt's QR code says, or its text: is it ours?"""
    region = doors.region_of(code)
    given = request.POST if request.method == "POST" else None
    form = CheckForm(given, initial={"text": request.GET.get("t", "")[:4000]})
    checked: receipt_pages.Checked | None = None
    if form.is_bound and form.is_valid():
        at = now()
        limits.spend(
            "revenue.receipt.check",
            limits.client_network(request),
            most=CHECKS,
            per=HOUR,
            at=at,
        )
        checked = receipt_pages.check(region, form.cleaned_data["text"])
    context = {
        "region": region,
        "form": form,
        "checked": checked,
        "trail": doors.trail(region),
    }
    status = 422 if form.errors else 200
    return render(request, "revenue/public/receipt_check.html", context, status=status)


@require_safe
def keys(request: HttpRequest, code: str) -> HttpResponse:
    """The public keys that verify receipts without us, as openssl reads them."""
    region = doors.region_of(code)
    text = "".join(f"# {one.id}\n{one.pem}" for one in receipts.public_keys())
    text += "".join(f"# {id}\n{pem}" for id, pem in collectors.public_keys(region))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
