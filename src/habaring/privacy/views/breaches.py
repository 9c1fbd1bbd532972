"""The breach register in the work room."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from habaring.privacy import breaches, queries
from habaring.privacy.forms import BreachForm, StepForm
from habaring.privacy.models import Breach
from habaring.privacy.views.desk import enter
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import paginate, render
from habaring.shared.refusal import Refusal


@never_cache
@require_safe
def breach_list(request: HttpRequest, code: str) -> HttpResponse:
    """The breach register of a region."""
    region, _officer = enter(request, code)
    rows = Breach.objects.filter(region_code=code)
    page = paginate(request, rows)
    at = now()
    context = {
        "region": region,
        "page": page,
        "rows": [(one, *breach_clocks(one, at)) for one in page.rows],
    }
    return render(request, "privacy/breaches.html", context)


def breach_clocks(row: Breach, at: datetime) -> tuple[queries.Clock, queries.Clock]:
    """The clock towards the authority, and that towards the people."""
    return (
        queries.Clock(row.due_at, at, row.notified_authority_at),
        queries.Clock(row.due_at, at, row.notified_people_at),
    )


@never_cache
@require_http_methods(FORM_METHODS)
def new_breach(request: HttpRequest, code: str) -> HttpResponse:
    """Record a breach; its 72 hours run from the discovery."""
    region, officer = enter(request, code)
    first = {"discovered_at": localtime(now())}
    form = BreachForm(request.POST or None, initial=first)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            row = breaches.record_breach(
                region=region,
                found=breaches.Found(**form.cleaned_data),
                by=officer,
                at=now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The breach is on record; its clock runs."))
            return redirect("privacy-work:breach", code, row.code)
    status = 422 if refusal or form.errors else 200
    context = {"region": region, "form": form, "refusal": refusal}
    return render(request, "privacy/new_breach.html", context, status=status)


@never_cache
@require_http_methods(FORM_METHODS)
def breach(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """One breach: both clocks, its history, the next step, the letter to the people."""
    region, officer = enter(request, code)
    row = get_object_or_404(Breach, region_code=code, code=number)
    form = StepForm(request.POST or None, initial={"happened_at": localtime(now())})
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            breaches.record_step(
                breach=row, step=breaches.Step(**data), by=officer, at=now()
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The step is on record."))
            return redirect("privacy-work:breach", code, row.code)
    authority, people = breach_clocks(row, now())
    context = {
        "region": region,
        "breach": row,
        "authority": authority,
        "people": people,
        "entries": row.entries.select_related("by"),
        "form": form,
        "refusal": refusal,
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "privacy/breach.html", context, status=status)


@never_cache
@require_safe
def breach_report(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """The report to the authority: a page to print or to save as PDF."""
    region, _officer = enter(request, code)
    row = get_object_or_404(Breach, region_code=code, code=number)
    authority, people = breach_clocks(row, now())
    context = {
        "region": region,
        "breach": row,
        "authority": authority,
        "people": people,
        "entries": row.entries.select_related("by"),
        "at": now(),
    }
    return render(request, "privacy/breach_report.html", context)
