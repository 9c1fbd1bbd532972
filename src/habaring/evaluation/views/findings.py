"""Findings and awards in the region's work room."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.evaluation import tables
from habaring.evaluation.actions import awards
from habaring.evaluation.actions import findings as verbs
from habaring.evaluation.forms import (
    FindingFilter,
    HonourForm,
    PlanForm,
    ReasonForm,
    ReportForm,
)
from habaring.evaluation.models import Award, Finding
from habaring.evaluation.views.rooms import Room, enter, form_page
from habaring.people.access import Power
from habaring.regions.models import Region
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import download_table, paginate, render
from habaring.shared.refusal import Refusal


def _narrowed(request: HttpRequest, region: Region) -> tuple[FindingFilter, Any]:
    form = FindingFilter(request.GET or None)
    rows = Finding.objects.filter(region=region).select_related("owner", "round")
    if form.is_valid():
        given = form.cleaned_data
        if given["q"]:
            rows = rows.filter(
                Q(text__icontains=given["q"]) | Q(action__icontains=given["q"])
            )
        if given["kind"]:
            rows = rows.filter(kind=given["kind"])
        if given["state"]:
            rows = rows.filter(state=given["state"])
    return form, rows.order_by("closed_at", "due_on", "id")


@require_safe
def findings(request: HttpRequest, code: str) -> HttpResponse:
    """What assessors found, and what becomes of it."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    form, rows = _narrowed(request, room.region)
    context = {
        "region": room.region,
        "may": room.may,
        "form": form,
        "page": paginate(request, rows),
        "filtered": bool(request.GET),
        "query": request.GET.urlencode(),
        "today": localdate(now()),
    }
    return render(request, "evaluation/findings.html", context, part="rows")


@require_safe
def findings_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The list as a table, as it is filtered."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    if form not in ("csv", "xlsx"):
        raise Http404
    _form, rows = _narrowed(request, room.region)
    return download_table(
        tables.FINDINGS,
        tables.finding_rows(rows),
        name=f"{_('findings')}-{code}",
        form=form,
    )


def _finding(code: str, finding: int) -> Finding:
    rows = Finding.objects.select_related(
        "region", "round", "owner", "reported_by", "closed_by"
    )
    return get_object_or_404(rows, pk=finding, region=code)


@require_safe
def finding(request: HttpRequest, code: str, finding: int) -> HttpResponse:
    """One finding: owner, day, what was done, who closed it."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    return _page(request, room, _finding(code, finding))


def _page(
    request: HttpRequest,
    room: Room,
    row: Finding,
    *,
    refusal: Refusal | None = None,
    **forms: Any,
) -> HttpResponse:
    plan = forms.get("plan") or PlanForm(
        region=room.region,
        initial={"owner": row.owner_id, "due_on": row.due_on, "action": row.action},
    )
    context = {
        "region": room.region,
        "may": room.may,
        "finding": row,
        "today": localdate(now()),
        "works": Power.TAKE_PART_IN_GUIDANCE in room.may and row.to_do,
        "closes": Power.JUDGE_EVIDENCE in room.may
        and row.state == "reported"
        and row.reported_by_id != room.officer.pk,
        "plan": plan,
        "report": forms.get("report") or ReportForm(),
        "verdict": forms.get("verdict") or ReasonForm(),
        "refusal": refusal,
    }
    failed = refusal or any(form.errors for form in forms.values())
    return render(
        request, "evaluation/finding.html", context, status=422 if failed else 200
    )


@require_POST
def plan(request: HttpRequest, code: str, finding: int) -> HttpResponse:
    """Give it an owner, a day, and a step."""
    room = enter(request, code, Power.TAKE_PART_IN_GUIDANCE)
    form = PlanForm(request.POST, region=room.region)
    return _step(
        request,
        room,
        finding,
        {"plan": form},
        lambda row: verbs.plan(
            by=room.officer, at=now(), finding=row, **form.cleaned_data
        ),
    )


@require_POST
def report(request: HttpRequest, code: str, finding: int) -> HttpResponse:
    """Say that it is done."""
    room = enter(request, code, Power.TAKE_PART_IN_GUIDANCE)
    form = ReportForm(request.POST)
    return _step(
        request,
        room,
        finding,
        {"report": form},
        lambda row: verbs.report(
            by=room.officer, at=now(), finding=row, **form.cleaned_data
        ),
    )


@require_POST
def verdict(request: HttpRequest, code: str, finding: int) -> HttpResponse:
    """Close it, or send it back."""
    room = enter(request, code, Power.JUDGE_EVIDENCE)
    form = ReasonForm(request.POST)
    verb = verbs.close if "close" in request.POST else verbs.send_back
    return _step(
        request,
        room,
        finding,
        {"verdict": form},
        lambda row: verb(by=room.officer, at=now(), finding=row, **form.cleaned_data),
    )


def _step(
    request: HttpRequest,
    room: Room,
    key: int,
    forms: dict[str, Any],
    act: Callable[[Finding], Any],
) -> HttpResponse:
    row = _finding(room.region.code, key)
    (form,) = forms.values()
    if not form.is_valid():
        return _page(request, room, row, **forms)
    try:
        act(row)
    except Refusal as refused:
        return _page(request, room, row, refusal=refused, **forms)
    messages.success(request, _("Saved."))
    return redirect("evaluation-work:finding", room.region.code, key)


# Awards


@require_safe
def honours(request: HttpRequest, code: str) -> HttpResponse:
    """The region's book of awards."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    rows = Award.objects.filter(region=room.region, revoked_at=None)
    context = {
        "region": room.region,
        "may": room.may,
        "works": Power.TAKE_PART_IN_GUIDANCE in room.may,
        "page": paginate(request, rows.select_related("rule__round", "document")),
        "withdraw": ReasonForm(),
    }
    return render(request, "evaluation/awards.html", context)


@require_http_methods(FORM_METHODS)
def new_honour(request: HttpRequest, code: str) -> HttpResponse:
    """Write an award of another body into the book."""
    room = enter(request, code, Power.TAKE_PART_IN_GUIDANCE)
    form = HonourForm(posted(request), region=room.region)

    def save() -> HttpResponse:
        awards.record_award(
            by=room.officer,
            at=now(),
            region=room.region,
            honour=form.honour(),
            document=form.cleaned_data["document"],
        )
        messages.success(request, _("The award stands in the book."))
        return redirect("evaluation-work:awards", code)

    sheet = Sheet(
        _("Record an award"),
        _("Put its certificate or decree into the vault first."),
        _("Record the award"),
        trail=((_("Awards"), reverse("evaluation-work:awards", args=[code])),),
    )
    return form_page(request, form, sheet, save, region=room.region)


@require_POST
def revoke_honour(request: HttpRequest, code: str, award: int) -> HttpResponse:
    """Take an award of another body out of the book."""
    room = enter(request, code, Power.TAKE_PART_IN_GUIDANCE)
    row = get_object_or_404(Award, pk=award, region=code, rule=None)
    try:
        awards.revoke_award(
            by=room.officer, at=now(), award=row, reason=request.POST.get("reason", "")
        )
        messages.success(request, _("The award is out of the book."))
    except Refusal as refused:
        messages.error(request, str(refused))
    return redirect("evaluation-work:awards", code)
