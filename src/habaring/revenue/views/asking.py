"""What a signed-in person asks about an own bill, and what became of it."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.people import acts
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import case_words, lookup, mine, plans, remedies
from habaring.revenue.actions import cases as actions
from habaring.revenue.forms.cases import AskForm, DocumentsForm
from habaring.revenue.models import Case, CaseKind
from habaring.revenue.views import doors
from habaring.revenue.views.cases import document_response
from habaring.shared import limits, walls
from habaring.shared.form_pages import FORM_METHODS, posted
from habaring.shared.pages import render
from habaring.shared.refusal import Refusal

ASKED_A_DAY = 10
DAY = timedelta(days=1)


def _person(request: HttpRequest, region: Region) -> Account:
    person = acts.require(request.user, mine.MINE, at=now(), region=region)
    if person is None:
        raise TypeError("My taxes let nobody in without a name.")
    return person


def _own(person: Account, region: Region, case: int) -> Case:
    found: Case = get_object_or_404(remedies.own(person, region), pk=case)
    return found


def _trail(region: Region) -> doors.Trail:
    here = (_("My taxes"), reverse("revenue:mine", args=[region.code]))
    return doors.trail(region, here)


@never_cache
@require_safe
def choose(request: HttpRequest, code: str, bill: int) -> HttpResponse:
    """What can be asked about a bill that is registered to the person."""
    region = doors.region_of(code)
    person = _person(request, region)
    row = mine.own_bill(person, region, bill)
    found = lookup.lines(region, [bill], on=localdate()) if row else []
    if row is None or not found:
        raise Http404
    with walls.also(code):
        open_now = remedies.can_ask(row, localdate())
        own = list(remedies.own(person, region).filter(bill=bill))
    context = {
        "region": region,
        "line": found[0],
        "kinds": [remedies.remedy(kind) for kind in open_now],
        "example": remedies.is_example(),
        "cases": own,
        "trail": _trail(region),
    }
    return render(request, "revenue/public/ask.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
def ask(request: HttpRequest, code: str, bill: int, kind: str) -> HttpResponse:
    """File one request."""
    region, at = doors.region_of(code), now()
    person = _person(request, region)
    row = mine.own_bill(person, region, bill)
    if row is None or kind not in CaseKind.values:
        raise Http404
    form = AskForm(CaseKind(kind), posted(request), request.FILES or None)
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        limits.spend("revenue.ask", str(person.pk), most=ASKED_A_DAY, per=DAY, at=at)
        try:
            made = actions.file(
                region=region,
                bill=bill,
                asked=form.asked(),
                filer=actions.Filer(account=person),
                at=at,
            )
            messages.success(request, _("Your request was taken in."))
            return redirect("revenue:case", code, made.pk)
        except Refusal as refused:
            refusal = refused
    context = {
        "region": region,
        "form": form,
        "remedy": remedies.remedy(kind),
        "line": lookup.lines(region, [bill], on=localdate(at))[0],
        "refusal": refusal,
        "trail": _trail(region),
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "revenue/public/ask_form.html", context, status=status)


@never_cache
@require_safe
def cases(request: HttpRequest, code: str) -> HttpResponse:
    """Everything the person asked here."""
    region = doors.region_of(code)
    person = _person(request, region)
    with walls.also(code):
        rows = remedies.lines(list(remedies.own(person, region)[:50]), on=localdate())
    context = {"region": region, "rows": rows, "trail": _trail(region)}
    return render(request, "revenue/public/cases.html", context)


@never_cache
@require_safe
def case(request: HttpRequest, code: str, case: int) -> HttpResponse:
    """One request: its clock, its documents, the decision."""
    return _case_page(request, code, case)


def _case_page(
    request: HttpRequest,
    code: str,
    key: int,
    *,
    form: DocumentsForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    region = doors.region_of(code)
    row = _own(_person(request, region), region, key)
    with walls.also(code):
        line = remedies.lines([row], on=localdate())[0]
        plan = (
            plans.plan_of(row, line.bill, localdate()) if row.parts.exists() else None
        )
        fine = remedies.fine(row, line.bill, localdate())
    context = {
        "region": region,
        "case": row,
        "line": line,
        "plan": plan,
        "fine": fine,
        "open": row.state in remedies.OPEN,
        "words": case_words.told(row),
        "documents": list(row.documents.order_by("pk")),
        "form": form or DocumentsForm(),
        "refusal": refusal,
        "trail": _trail(region),
    }
    status = 422 if refusal or (form is not None and form.errors) else 200
    return render(request, "revenue/public/case.html", context, status=status)


@never_cache
@require_POST
def add(request: HttpRequest, code: str, case: int) -> HttpResponse:
    """Add documents to a request."""
    region = doors.region_of(code)
    person = _person(request, region)
    row = _own(person, region, case)
    form = DocumentsForm(request.POST, request.FILES)
    refusal: Refusal | None = None
    if form.is_valid():
        try:
            actions.complete(
                region=region, case=row, documents=form.accepted, by=person, at=now()
            )
            messages.success(request, _("The documents were added."))
            return redirect("revenue:case", code, row.pk)
        except Refusal as refused:
            refusal = refused
    return _case_page(request, code, case, form=form, refusal=refusal)


@never_cache
@require_POST
def withdraw(request: HttpRequest, code: str, case: int) -> HttpResponse:
    """Take a request back."""
    region = doors.region_of(code)
    person = _person(request, region)
    row = _own(person, region, case)
    actions.withdraw(region=region, case=row, by=person, at=now())
    messages.success(request, _("Your request was taken back."))
    return redirect("revenue:case", code, row.pk)


@never_cache
@require_safe
def document(
    request: HttpRequest, code: str, case: int, upload: int
) -> HttpResponseBase:
    """One of the person's own documents."""
    region = doors.region_of(code)
    row = _own(_person(request, region), region, case)
    found = get_object_or_404(row.documents, pk=upload)
    return document_response(found.sha256, found.name)
