""" "I paid, but it says unpaid": asked, answered from the ledger, followed by a number."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate, now
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import claims, paying
from habaring.revenue.actions import claims as actions
from habaring.revenue.forms.claims import ClaimForm, FollowForm
from habaring.revenue.nop import shown_nop
from habaring.revenue.views import doors
from habaring.shared import limits
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import render

ASKED = 20
"""Questions of one network in an hour."""
FILED = 5
"""Of those, how many may reach the office's queue."""
HOUR = timedelta(hours=1)


@never_cache
@sensitive_post_parameters("contact")
@require_http_methods(FORM_METHODS)
def claim(request: HttpRequest, code: str) -> HttpResponse:
    """What was paid when and where; an answer at once, or a number to follow."""
    region, at = doors.region_of(code), now()
    form = ClaimForm(
        paying.ways(region),
        today=localdate(at),
        data=request.POST if request.method == "POST" else None,
        initial=_initial(request),
    )
    if not form.is_bound or not form.is_valid():
        return _page(request, region, form)
    network = limits.client_network(request)
    limits.spend("revenue.claim", network, most=ASKED, per=HOUR, at=at)
    said = form.said()
    answer = claims.answer(region, said)
    if not answer.for_office:
        return _page(request, region, form, answer=answer)
    limits.spend("revenue.claim.filed", network, most=FILED, per=HOUR, at=at)
    filed = actions.file(
        region=region,
        said=said,
        answer=answer,
        reached=_reached(form),
        account=request.user if isinstance(request.user, Account) else None,
        at=at,
    )
    return redirect("revenue:claim-follow", code, filed.code)


def _initial(request: HttpRequest) -> dict[str, str]:
    given = {
        "nop": shown_nop(request.GET.get("nop", "")[:20]),
        "year": request.GET.get("tahun", "")[:4],
        "reference": request.GET.get("acuan", "")[:64],
    }
    return {key: value for key, value in given.items() if value}


def _reached(form: ClaimForm) -> actions.Reached:
    contact = form.cleaned_data["contact"]
    mail = contact if "@" in contact else ""
    phone = "" if mail else contact
    return actions.Reached(phone=phone, email=mail, told=form.cleaned_data["told"])


def _page(
    request: HttpRequest,
    region: Region,
    form: ClaimForm,
    *,
    answer: claims.Answer | None = None,
) -> HttpResponse:
    context = {
        "region": region,
        "form": form,
        "answer": answer,
        "said": form.said() if answer else None,
        "follow": FollowForm(),
        "trail": doors.trail(region),
    }
    status = 422 if form.errors else 200
    return render(request, "revenue/public/claim.html", context, status=status)


@never_cache
@require_safe
def find(request: HttpRequest, code: str) -> HttpResponse:
    """From the number that was given to its page."""
    region = doors.region_of(code)
    form = FollowForm(request.GET if "number" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("revenue:claim-follow", code, form.cleaned_data["number"])
    context = {"region": region, "follow": form, "trail": doors.trail(region)}
    status = 422 if form.errors else 200
    return render(request, "revenue/public/claim_find.html", context, status=status)


@never_cache
@require_safe
def follow(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """What became of a claim."""
    region, at = doors.region_of(code), now()
    network = limits.client_network(request)
    limits.check("revenue.claim.miss", network, most=ASKED, at=at)
    try:
        found = claims.follow(region, number)
    except claims.ClaimUnknown:
        limits.spend("revenue.claim.miss", network, most=ASKED, per=HOUR, at=at)
        raise
    context = {"region": region, "claim": found, "trail": doors.trail(region)}
    return render(request, "revenue/public/claim_follow.html", context)
