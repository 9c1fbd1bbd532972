"""Runs of a year: prepare, look through, start, watch, stop, go on; held bills."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from habaring.people.access import Power
from habaring.revenue import arrays, assessing, bills, issuing
from habaring.revenue.actions import bills as bill_verbs
from habaring.revenue.actions import issue as verbs
from habaring.revenue.forms.bills import ReasonForm
from habaring.revenue.forms.issue import IssueForm
from habaring.revenue.models import (
    Bill,
    BillState,
    Issue,
    IssuePart,
    IssueState,
    TaxObject,
)
from habaring.revenue.views.rooms import Room, enter, reloaded
from habaring.shared.form_pages import FORM_METHODS, posted
from habaring.shared.pages import paginate, render
from habaring.shared.refusal import Refusal

UNREADY_SHOWN = 20


def _room(request: HttpRequest, code: str) -> Room:
    return enter(request, code, Power.ISSUE_BILLS)


def _context(room: Room, **more: Any) -> dict[str, Any]:
    return {"region": room.region, "may": room.may, "here": "issue", **more}


@require_safe
def issues(request: HttpRequest, code: str) -> HttpResponse:
    """The years that were issued."""
    room = _room(request, code)
    rows = Issue.objects.filter(region=room.region).order_by("-year", "-id")
    page = paginate(request, rows)
    context = _context(
        room,
        page=page,
        runs=[(row, issuing.numbers_of(row)) for row in page.rows],
    )
    return render(request, "revenue/issue/list.html", context)


@require_http_methods(FORM_METHODS)
def prepare(request: HttpRequest, code: str) -> HttpResponse:
    """Prepare a year; nothing is written yet."""
    room = _room(request, code)
    form = IssueForm(posted(request), initial=_first(room))
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            row = verbs.prepare(
                region=room.region, plan=form.as_plan(), by=room.officer, at=now()
            )
        except Refusal as refused:
            refusal = refused
        else:
            return redirect("revenue-work:issue", code, row.pk)
    context = _context(
        room,
        form=form,
        refusal=refusal,
        trail=[(_("Issue a year"), reverse("revenue-work:issues", args=[code]))],
    )
    status = 422 if refusal or form.errors else 200
    return render(request, "revenue/issue/prepare.html", context, status=status)


def _first(room: Room) -> dict[str, Any]:
    """What the rule in force says about the year that comes next."""
    newest = Issue.objects.filter(region=room.region).exclude(
        state=IssueState.CANCELLED
    )
    last = newest.order_by("-year").first()
    year = last.year + 1 if last else localdate().year
    told: dict[str, Any] = {"year": year, "review_percent": 50}
    try:
        rule = assessing.in_force(room.region, issuing.TAX, assessing.day_of(year))
    except assessing.NoRule:
        return told
    rules = assessing.rules_of(rule)
    told["due_on"] = issuing.due_on(rules, year)
    if rules.review_percent is not None:
        told["review_percent"] = int(rules.review_percent * 100)
    return told


def _issue(room: Room, issue: int) -> Issue:
    rows = Issue.objects.select_related("rule", "region", "prepared_by", "started_by")
    return get_object_or_404(rows, region=room.region, pk=issue)


@require_http_methods(FORM_METHODS)
def run(request: HttpRequest, code: str, issue: int) -> HttpResponse:
    """One run: its forecast, its progress, its villages; start, stop, go on."""
    room = _room(request, code)
    row = _issue(room, issue)
    reason = ReasonForm(posted(request))
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            if _act(request, room, row, reason):
                return redirect("revenue-work:issue", code, issue)
        except Refusal as refused:
            refusal = refused
            row.refresh_from_db()
    context = _context(
        room, issue=row, form=reason, refusal=refusal, **_progress(request, row)
    )
    status = 422 if refusal or reason.errors else 200
    if getattr(request, "htmx", False) and not context["active"]:
        return reloaded()
    part = "progress" if request.method == "GET" else ""
    return render(request, "revenue/issue/run.html", context, part=part, status=status)


def _act(request: HttpRequest, room: Room, row: Issue, form: ReasonForm) -> bool:
    """Whether something was done."""
    deed = request.POST.get("deed", "")
    deeds: dict[str, Callable[..., Issue]] = {
        "start": verbs.start,
        "stop": verbs.stop,
        "go-on": verbs.go_on,
        "again": verbs.reckon_again,
    }
    if deed in deeds:
        deeds[deed](issue=row, by=room.officer, at=now())
        return True
    if deed != "call-off" or not form.is_valid():
        return False
    reason = form.cleaned_data["reason"]
    verbs.call_off(issue=row, reason=reason, by=room.officer, at=now())
    return True


def _progress(request: HttpRequest, row: Issue) -> dict[str, Any]:
    parts = IssuePart.objects.filter(region=row.region_id, issue=row)
    total = parts.count()
    reckoned = parts.exclude(reckoned_at=None).count()
    done = parts.exclude(done_at=None).count()
    names = bills.villages(row.region)
    page = paginate(request, parts.order_by("prefix"), size=50)
    numbers = issuing.numbers_of(row)
    reckoning = row.state == IssueState.PREPARED and (not total or reckoned < total)
    unready = numbers.unready and not reckoning
    return {
        "numbers": numbers,
        "parts": total,
        "reckoned": reckoned,
        "done": done,
        "reckoning": reckoning,
        "active": reckoning or row.state == IssueState.RUNNING,
        "villages": [(one, names.get(one.prefix, "")) for one in page.rows],
        "page": page,
        "unready": _unready(row) if unready else [],
        "trail": [
            (_("Issue a year"), reverse("revenue-work:issues", args=[row.region_id]))
        ],
    }


def _unready(row: Issue) -> list[TaxObject]:
    """The first objects that cannot be billed as they stand."""
    asked = {**issuing.asked(row), "most": UNREADY_SHOWN}
    found = arrays.ask(issuing.UNREADY, asked)
    keys = found[0].tolist() if found and found[0] is not None else []
    rows = TaxObject.objects.filter(region=row.region_id, pk__in=keys)
    return list(rows.order_by("number"))


@require_http_methods(FORM_METHODS)
def held(request: HttpRequest, code: str, issue: int) -> HttpResponse:
    """Bills that changed too much: let them go, or reckon them from the register again."""
    room = _room(request, code)
    row = _issue(room, issue)
    form = ReasonForm(posted(request))
    refusal: Refusal | None = None
    chosen = [int(one) for one in request.POST.getlist("tagihan") if one.isdecimal()]
    if request.method == "POST" and form.is_valid():
        try:
            words = _settle(request, room, chosen, form.cleaned_data["reason"])
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, words)
            return redirect("revenue-work:held-bills", code, issue)
    rows = Bill.objects.filter(
        region=room.region, issue=row, state=BillState.REVIEW
    ).select_related("taxpayer", "object")
    page = paginate(request, rows.order_by("number"), size=50)
    context = _context(
        room,
        issue=row,
        form=form,
        refusal=refusal,
        chosen=chosen,
        page=page,
        lines=bills.lines(page.rows, localdate()),
        trail=[
            (_("Issue a year"), reverse("revenue-work:issues", args=[code])),
            (str(row.year), reverse("revenue-work:issue", args=[code, row.pk])),
        ],
    )
    status = 422 if refusal or form.errors else 200
    return render(request, "revenue/issue/held.html", context, status=status)


def _settle(request: HttpRequest, room: Room, chosen: list[int], reason: str) -> str:
    deed = request.POST.get("deed", "")
    if deed == "release":
        count = bill_verbs.release(
            region=room.region,
            bills=chosen,
            reason=reason,
            by=room.officer,
            at=now(),
        )
        return ngettext("One bill is issued.", "%(n)d bills are issued.", count) % {
            "n": count
        }
    if deed != "reckon":
        raise Http404
    changed = bill_verbs.reckon_again(
        region=room.region, bills=chosen, reason=reason, by=room.officer, at=now()
    )
    return ngettext(
        "Reckoned again and issued; one has another amount.",
        "Reckoned again and issued; %(n)d have another amount.",
        changed,
    ) % {"n": changed}
