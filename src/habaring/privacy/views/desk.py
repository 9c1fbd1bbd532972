"""The work room of the data protection officer: requests, looks, breaches, retention."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.privacy import actions, queries
from habaring.privacy.erasing import ERASED
from habaring.privacy.forms import AnswerForm, CounterForm, FindForm, LookForm
from habaring.privacy.looks import FIELDS, Reason, look, words
from habaring.privacy.masks import mask_email, mask_name, mask_phone
from habaring.privacy.models import (
    Breach,
    DataRequest,
    DeletionEntry,
    Identity,
    Look,
    RequestState,
    RetentionRule,
)
from habaring.regions.models import Region
from habaring.shared import sealing
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.nik import read_nik
from habaring.shared.pages import paginate, render
from habaring.shared.refusal import Refusal
from habaring.shared.retention import PLATFORM


def enter(
    request: HttpRequest, code: str, power: Power = Power.PROTECT_PERSONAL_DATA
) -> tuple[Region, Account]:
    """The region and the officer, where the power allows it."""
    region = get_object_or_404(Region, code=code)
    return region, access.require(request.user, power, at=now(), region=region)


def masked(account: Account) -> dict[str, str]:
    """A person as an officer sees them who gave no reason yet."""
    return {
        "number": str(account.pk),
        "name": mask_name(account.full_name) or _("no name"),
        "email": mask_email(account.email or ""),
        "phone": mask_phone(account.phone or ""),
        "erased": "1" if account.erased_at else "",
    }


@never_cache
@require_safe
def queue(request: HttpRequest, code: str) -> HttpResponse:
    """What people asked, with the hours that are left of each."""
    region, _officer = enter(request, code)
    at = now()
    waiting = queries.queue(region, at=at)
    done = (
        DataRequest.objects.filter(region_code=code)
        .exclude(state=RequestState.OPEN)
        .select_related("account")
        .order_by("-answered_at")
    )
    page = paginate(request, done)
    context = {
        "region": region,
        "waiting": [(one, masked(one.row.account)) for one in waiting],
        "late": sum(one.clock.late for one in waiting),
        "answered": queries.answered(region),
        "page": page,
        "done": [
            (one, masked(one.row.account)) for one in queries.clocked(page.rows, at=at)
        ],
        "breaches": Breach.objects.filter(region_code=code, closed_at=None).count(),
    }
    return render(request, "privacy/queue.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
def counter(request: HttpRequest, code: str) -> HttpResponse:
    """Take in a request of somebody who came in person."""
    region, officer = enter(request, code)
    form = CounterForm(request.POST or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = actions.receive_request(
                account=_reached(data["reach"]),
                region=region,
                wish=actions.Wish(data["kind"], data["words"], data["proof"]),
                by=officer,
                at=now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The request is taken in; its clock runs."))
            return redirect("privacy-work:request", code, row.id)
    status = 422 if refusal or form.errors else 200
    context = {"region": region, "form": form, "refusal": refusal}
    return render(request, "privacy/counter.html", context, status=status)


def _reached(text: str) -> Account:
    """The account of an exact address or number."""
    wanted = text.strip().lower()
    digits = "".join(sign for sign in wanted if sign.isdigit())
    number = "+62" + digits[1:] if digits.startswith("0") else "+" + digits
    found = (
        Account.objects.filter(email=wanted)
        if "@" in wanted
        else Account.objects.filter(phone=number)
    ).first()
    if found is None:
        raise actions.RequestRefused(
            _("There is no account with this address or number."),
            why=_("Only whole addresses and numbers are compared."),
            next=_("Ask the person how they sign in."),
        )
    return found


@never_cache
@require_http_methods(FORM_METHODS)
def one_request(request: HttpRequest, code: str, row: UUID) -> HttpResponse:
    """One request: who asked, masked; what they ask; the answer."""
    region, officer = enter(request, code)
    found = get_object_or_404(
        DataRequest.objects.select_related("account", "answered_by", "entered_by"),
        region_code=code,
        id=row,
    )
    form = AnswerForm(request.POST or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_request(
                request=found,
                state=RequestState(form.cleaned_data["state"]),
                answer=form.cleaned_data["answer"],
                by=officer,
                at=now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The request is answered."))
            return redirect("privacy-work:queue", code)
    at = now()
    context = {
        "region": region,
        "asked": queries.clocked([found], at=at)[0],
        "person": masked(found.account),
        "plan": queries.erasure(found.account, at=at)
        if found.kind == "erase" and found.state == RequestState.OPEN
        else None,
        "looks": Look.objects.filter(
            region_code=code, subject=found.account
        ).select_related("by")[:20],
        "form": form,
        "refusal": refusal,
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "privacy/request.html", context, status=status)


@never_cache
@require_http_methods(FORM_METHODS)
def look_at(request: HttpRequest, code: str, kind: str, ref: str) -> HttpResponse:
    """Give a reason, then see what is masked; the look is on record before."""
    region, officer = enter(request, code, Power.SEE_PERSONAL_DATA)
    subject = _subject(region, kind, ref)
    form = LookForm(request.POST or None, kind=kind)
    refusal: Refusal | None = None
    seen: list[tuple[Any, str]] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            opened = look(
                subject=subject,
                by=officer,
                at=now(),
                region=region,
                reason=Reason(data["reason_code"], data["reason"]),
                fields=data["fields_wanted"],
            )
            seen = [(FIELDS[kind][name], value) for name, value in opened.items()]
        except Refusal as refused:
            refusal = refused
    person = subject.account if isinstance(subject, Identity) else subject
    context = {
        "region": region,
        "person": masked(person),
        "identity": subject if isinstance(subject, Identity) else None,
        "form": form,
        "refusal": refusal,
        "seen": seen,
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "privacy/look.html", context, status=status)


def _subject(region: Region, kind: str, ref: str) -> Account | Identity:
    if kind == "account" and ref.isdigit():
        account = get_object_or_404(Account, pk=ref, erased_at=None)
        if not queries.known_in(account, region):
            raise Http404
        return account
    try:
        key = UUID(ref)
    except ValueError:
        raise Http404 from None
    return get_object_or_404(
        Identity.objects.select_related("account"), region_code=region.code, id=key
    )


@never_cache
@require_http_methods(FORM_METHODS)
def find(request: HttpRequest, code: str) -> HttpResponse:
    """Find an identity by its whole NIK; what is found is masked."""
    region, _officer = enter(request, code, Power.SEE_PERSONAL_DATA)
    form = FindForm(request.POST or None)
    found: Identity | None = None
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            nik = read_nik(form.cleaned_data["nik"])
        except Refusal as refused:
            refusal = refused
        else:
            found = Identity.objects.filter(
                region_code=code, nik_hash__in=sealing.keyed_hashes(nik)
            ).first()
    context = {
        "region": region,
        "form": form,
        "found": found,
        "asked": request.method == "POST" and not refusal and not form.errors,
        "refusal": refusal,
        "count": Identity.objects.filter(region_code=code).count(),
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "privacy/find.html", context, status=status)


@never_cache
@require_safe
def all_looks(request: HttpRequest, code: str) -> HttpResponse:
    """Every look at personal data in the region: who, when, why; at whom, masked."""
    region, _officer = enter(request, code)
    rows = Look.objects.filter(region_code=code).select_related("by", "subject")
    page = paginate(request, rows)
    context = {
        "region": region,
        "page": page,
        "rows": [
            (one, masked(one.subject) if one.subject else None, words(one))
            for one in page.rows
        ],
    }
    return render(request, "privacy/all_looks.html", context)


@never_cache
@require_safe
def retention(request: HttpRequest, code: str) -> HttpResponse:
    """The retention schedule, and the register of what went by it."""
    region, _officer = enter(request, code)
    rules = RetentionRule.objects.all()
    page = paginate(
        request, DeletionEntry.objects.filter(region_code__in=[code, PLATFORM])
    )
    words = {rule.code: rule.name for rule in rules} | {ERASED: _("Erased accounts")}
    context = {
        "region": region,
        "rules": rules,
        "page": page,
        "gone": [(one, words.get(one.category, one.category)) for one in page.rows],
    }
    return render(request, "privacy/retention.html", context)
