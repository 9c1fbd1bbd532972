"""Public page of the council; in the work room, its decisions are recorded."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from habaring.council import actions
from habaring.council.forms import CouncilForm, DecisionForm
from habaring.council.models import Council, Decision
from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.pages import paginate, render
from habaring.shared.refusal import Refusal
from habaring.shared.uploads import accept, response

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
def council(request: HttpRequest, code: str) -> HttpResponse:
    """Who decides in this region, and what was decided, with the reasons."""
    region = get_object_or_404(Region.objects.select_related("parent"), code=code)
    rows = Decision.objects.filter(region=region).select_related("council", "plan")
    context = {
        "region": region,
        "councils": Council.objects.filter(region=region),
        "page": paginate(request, rows, size=20),
    }
    return render(request, "council/council.html", context)


@require_safe
def paper(request: HttpRequest, code: str, decision: int) -> HttpResponseBase:
    """The signed paper of a decision."""
    row = get_object_or_404(Decision, pk=decision, region=code)
    digest = row.document_sha256
    if not digest:
        raise Http404
    path = f"uploads/{digest[:2]}/{digest}"
    return response(path, name=row.document_name, media_type="application/pdf")


def _enter(request: HttpRequest, code: str, power: Power) -> tuple[Region, Account]:
    region = get_object_or_404(Region, code=code)
    return region, access.require(request.user, power, at=now(), region=region)


@require_safe
def decisions(request: HttpRequest, code: str) -> HttpResponse:
    """The decisions on record, and the councils that made them."""
    region, officer = _enter(request, code, Power.SEE_WORK_ROOM)
    rows = Decision.objects.filter(region=region).select_related(
        "council", "recorded_by", "plan"
    )
    context = {
        "region": region,
        "page": paginate(request, rows),
        "councils": Council.objects.filter(region=region),
        "may": access.powers(officer, at=now(), region=region),
    }
    return render(request, "council/decisions.html", context)


@require_http_methods(FORM_METHODS)
def new_council(request: HttpRequest, code: str) -> HttpResponse:
    """Record a council and the decree that formed it."""
    region, officer = _enter(request, code, Power.RECORD_DECISIONS)
    form = CouncilForm(request.POST or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        body = actions.Body(**form.cleaned_data)
        try:
            actions.record_council(region=region, body=body, by=officer, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The council is recorded."))
            return _back(request, "council-work:new-decision", code)
    context = {
        "region": region,
        "form": form,
        "refusal": refusal,
        "back": _kept(request),
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "council/new_council.html", context, status=status)


@require_http_methods(FORM_METHODS)
def new_decision(request: HttpRequest, code: str) -> HttpResponse:
    """Record what the council decided; then on to what the decision is for."""
    region, officer = _enter(request, code, Power.RECORD_DECISIONS)
    councils = Council.objects.filter(region=region)
    form = DecisionForm(request.POST or None, request.FILES or None, councils=councils)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            _record(region, form.cleaned_data, officer)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The decision is recorded."))
            return redirect(
                _kept(request) or "council-work:decisions", *_args(request, code)
            )
    context = {
        "region": region,
        "form": form,
        "refusal": refusal,
        "councils": councils,
        "back": _kept(request),
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "council/new_decision.html", context, status=status)


def _record(region: Region, data: dict[str, Any], officer: Account) -> None:
    given = {k: v for k, v in data.items() if k not in ("council", "document")}
    uploaded = data["document"]
    accepted = accept(uploaded, ("pdf",)) if uploaded else None
    actions.record_decision(
        region=region,
        council=data["council"],
        ruling=actions.Ruling(**given, paper=accepted),
        by=officer,
        at=now(),
    )


def _kept(request: HttpRequest) -> str:
    """The page to go back to; only one of our own."""
    back = request.POST.get("kembali") or request.GET.get("kembali") or ""
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if safe and back.startswith("/") else ""


def _args(request: HttpRequest, code: str) -> list[str]:
    return [] if _kept(request) else [code]


def _back(request: HttpRequest, name: str, code: str) -> HttpResponse:
    answer = redirect(name, code)
    if kept := _kept(request):
        answer["Location"] += "?kembali=" + kept
    return answer
