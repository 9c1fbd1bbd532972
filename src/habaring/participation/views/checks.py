"""The technical check: ask, see what waits for one's department, answer."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.participation import checking, office
from habaring.participation.actions import checks as actions
from habaring.participation.actions.checks import Asked
from habaring.participation.forms.checks import AnswerForm, AskForm, CheckFilter
from habaring.participation.models import Check, Proposal
from habaring.participation.views.office import enter, may, status
from habaring.people import access
from habaring.people.access import Extent, Power
from habaring.people.models import Account
from habaring.regions.models import Department, Region
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import paginate, render
from habaring.shared.refusal import Refusal


def _enter(request: HttpRequest, code: str) -> tuple[Region, Account, Extent]:
    """Let in who checks for all departments or for some."""
    region = get_object_or_404(Region, code=code)
    power = Power.CHECK_PROPOSALS
    return region, *access.require_part(request.user, power, at=now(), region=region)


@require_safe
def checks(request: HttpRequest, code: str) -> HttpResponse:
    """What waits for one's departments, and what they answered."""
    region, officer, within = _enter(request, code)
    departments = Department.objects.filter(region=region)
    if not within.whole:
        departments = departments.filter(pk__in=within.departments)
    form = CheckFilter(request.GET, departments=departments)
    rows = _narrowed(region, within, form.wanted())
    context = {
        "region": region,
        "here": "checks",
        "form": form,
        "page": paginate(request, rows),
        "filtered": bool(request.GET),
        "own": None if within.whole else [row.name for row in departments],
        "may": may(officer, region),
        "today": localdate(),
    }
    return render(request, "participation/checks.html", context)


def _narrowed(
    region: Region, within: Extent, wanted: dict[str, Any]
) -> QuerySet[Check]:
    if wanted.get("keadaan") == "dijawab":
        rows = checking.answered(region, within)
    else:
        rows = checking.waiting_for(region, within)
    if wanted.get("keadaan") == "terlambat":
        rows = rows.filter(due_on__lt=localdate())
    if wanted.get("opd"):
        rows = rows.filter(department__code=wanted["opd"])
    if text := (wanted.get("q") or "").strip():
        number = text.upper().removeprefix("U-").lstrip("0")
        words = Q(proposal__title__icontains=text)
        if number.isascii() and number.isdecimal() and len(number) < 9:
            words |= Q(proposal__number=int(number))
        rows = rows.filter(words)
    return rows


@require_http_methods(FORM_METHODS)
def check(request: HttpRequest, code: str, check: int) -> HttpResponse:
    """Answer one check, with the proposal beside it."""
    region, officer, within = _enter(request, code)
    row = get_object_or_404(
        Check.objects.select_related("proposal__call", "proposal__place", "department"),
        region=region,
        pk=check,
    )
    if not within.has_department(row.department_id):
        return redirect("participation-work:proposal", code, row.proposal.number)
    form = AnswerForm(request.POST or None, initial=_earlier(row))
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(
                check=row, answer=form.as_answer(), by=officer, at=now(), within=within
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The answer is public; followers are told."))
            return redirect("participation-work:checks", code)
    context = {
        "region": region,
        "here": "checks",
        "check": row,
        "found": office.page(row.proposal),
        "proposal": row.proposal,
        "form": form,
        "refusal": refusal,
        "late": checking.late(row, localdate()),
        "may": may(officer, region),
    }
    return render(
        request, "participation/check.html", context, status=status(form, refusal)
    )


def _earlier(row: Check) -> dict[str, Any]:
    """What the same department said the last time: a re-check starts from it."""
    last = (
        Check.objects.filter(proposal=row.proposal_id, department=row.department_id)
        .exclude(verdict="")
        .order_by("-decided_at")
        .first()
    )
    names = ("verdict", "cost", "legal_ground", "subactivity_code", "reason")
    return {name: getattr(last, name) for name in names} if last else {}


@require_POST
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Ask departments about the proposals that are ticked in the list, or about one."""
    region, officer = enter(request, code, Power.MANAGE_CALLS)
    form = AskForm(request.POST, region=region, on=localdate(), prefix="tanya")
    numbers = [n for n in request.POST.getlist("usulan") if n.isascii() and n.isdigit()]
    rows = list(Proposal.objects.filter(region=region, number__in=numbers[:500]))
    if form.is_valid():
        told = actions.ask(
            proposals=rows,
            departments=list(form.cleaned_data["departments"]),
            due_on=form.cleaned_data["due_on"],
            by=officer,
            at=now(),
            on=localdate(),
        )
        _say_asked(request, told)
    else:
        for errors in form.errors.values():
            messages.error(request, str(errors[0]))
    return redirect(_back(request, region))


def _say_asked(request: HttpRequest, told: Asked) -> None:
    if told.new:
        words = ngettext(
            "Asked for one check.", "Asked for %(n)d checks.", len(told.new)
        )
        messages.success(request, words % {"n": len(told.new)})
    if told.waiting_already:
        words = ngettext(
            "One was asked for already and is still waited for.",
            "%(n)d were asked for already and are still waited for.",
            told.waiting_already,
        )
        messages.info(request, words % {"n": told.waiting_already})
    if told.passed_over:
        messages.warning(
            request,
            _("Not public, so not asked: %(codes)s.")
            % {"codes": ", ".join(told.passed_over)},
        )


def _back(request: HttpRequest, region: Region) -> str:
    """The page that it was asked from: one proposal's, or the list with its filters."""
    one = request.POST.get("kembali", "")
    if one.isascii() and one.isdigit():
        return reverse("participation-work:proposal", args=[region.code, int(one)])
    kept = [(k, v) for k, v in request.GET.items() if v]
    query = f"?{urlencode(kept)}" if kept else ""
    return reverse("participation-work:proposals", args=[region.code]) + query


@require_POST
def take_back(request: HttpRequest, code: str, check: int) -> HttpResponse:
    """Take back a question that nobody has answered."""
    region, officer = enter(request, code, Power.MANAGE_CALLS)
    row = get_object_or_404(
        Check.objects.select_related("proposal"), region=region, pk=check
    )
    actions.take_back(check=row, by=officer, at=now())
    messages.success(request, _("The question is taken back."))
    return redirect("participation-work:proposal", code, row.proposal.number)
