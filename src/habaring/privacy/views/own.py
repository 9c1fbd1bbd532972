"""The public notice of a region, and a person's own data page."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.people.access import SignInNeeded
from habaring.people.models import Account, Membership
from habaring.privacy import actions, exporting, queries
from habaring.privacy.forms import AskForm, EraseForm, IdentityForm, NameForm
from habaring.privacy.models import (
    DataRequest,
    ExportFile,
    Identity,
    Look,
    Purpose,
    RetentionRule,
)
from habaring.regions.models import Region
from habaring.shared import walls
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import download as as_download
from habaring.shared.pages import paginate, render
from habaring.shared.refusal import Refusal


@require_safe
def notice(request: HttpRequest, code: str) -> HttpResponse:
    """What a region holds about people, why, how long, and what they may ask."""
    region = get_object_or_404(Region.objects.select_related("parent"), code=code)
    at = now()
    officers = Membership.objects.in_force(at).filter(
        region=region, role__powers__contains=["protect_personal_data"]
    )
    context = {
        "region": region,
        "purposes": queries.purposes(),
        "rules": RetentionRule.objects.all(),
        "officers": officers.exists(),
    }
    return render(request, "privacy/notice.html", context)


@require_safe
def platform_notice(request: HttpRequest) -> HttpResponse:
    """The same for the platform as a whole, before a region is chosen."""
    context = {
        "region": None,
        "purposes": queries.purposes(),
        "rules": RetentionRule.objects.all(),
        "officers": False,
    }
    return render(request, "privacy/notice.html", context)


def _me(request: HttpRequest) -> Account:
    """Who is signed in; opens that person's own rows, and no region."""
    if not isinstance(request.user, Account):
        raise SignInNeeded(
            what=_("You need to sign in for this."),
            why=_("Your data are shown to nobody but you."),
            next=_("Sign in with your mail address or telephone number."),
        )
    walls.open_person(request.user.pk)
    return request.user


def _running(account: Account) -> Any:
    """The regions in which somebody works: only there a request finds a reader."""
    busy = Membership.objects.in_force(now()).values("region")
    return Region.objects.filter(code__in=busy).order_by("name")


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Everything that is held about the reader, by purpose, in plain words."""
    account, at = _me(request), now()
    context = {
        "account": account,
        "parts": queries.by_purpose(account),
        "requests": queries.requests_of(account, at=at),
        "exports": ExportFile.objects.filter(account=account),
        "looks": Look.objects.filter(subject=account).count(),
        "at": at,
    }
    return render(request, "privacy/mine.html", context)


@never_cache
@require_safe
def looks(request: HttpRequest) -> HttpResponse:
    """Who looked at the reader's data, when and why."""
    account = _me(request)
    rows = Look.objects.filter(subject=account).select_related("by")
    context = {"page": paginate(request, rows)}
    return render(request, "privacy/looks.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
def correct(request: HttpRequest) -> HttpResponse:
    """Mend one's name; what else is wrong is asked for."""
    account = _me(request)
    form = NameForm(request.POST or None, initial={"full_name": account.full_name})
    if request.method == "POST" and form.is_valid():
        actions.correct_name(account=account, at=now(), **form.cleaned_data)
        messages.success(request, _("Your name is mended."))
        return redirect("my-data:mine")
    status = 422 if form.errors else 200
    context = {"form": form, "account": account}
    return render(request, "privacy/correct.html", context, status=status)


@never_cache
@require_http_methods(FORM_METHODS)
def identity(request: HttpRequest) -> HttpResponse:
    """Say who one is by the identity card, after agreeing to it."""
    account = _me(request)
    purpose = Purpose.objects.in_force().get(code="identity")
    consent = queries.consent_to(account, purpose.code)
    form = IdentityForm(request.POST or None, regions=_running(account))
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            _record_identity(account, dict(form.cleaned_data))
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Your identity is recorded, sealed."))
            return redirect("my-data:mine")
    context = {
        "form": form,
        "refusal": refusal,
        "purpose": purpose,
        "consent": consent,
        "identities": Identity.objects.filter(account=account),
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "privacy/identity.html", context, status=status)


def _record_identity(account: Account, data: dict[str, Any]) -> None:
    region = data.pop("region")
    actions.record_identity(
        account=account,
        region=region,
        card=actions.Card(**data),
        by=account,
        at=now(),
    )


@require_POST
def consent(request: HttpRequest, code: str) -> HttpResponse:
    """Agree to a purpose, or take it back."""
    account = _me(request)
    purpose = get_object_or_404(Purpose.objects.in_force(), code=code)
    if "withdraw" in request.POST:
        actions.withdraw_consent(account=account, purpose=purpose, at=now())
        messages.success(
            request, _("Your consent is withdrawn, and what rested on it is deleted.")
        )
        return redirect("my-data:mine")
    actions.give_consent(account=account, purpose=purpose, at=now())
    messages.success(request, _("Your consent is on record."))
    return redirect("my-data:identity" if code == "identity" else "my-data:mine")


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Make a copy of the reader's data: at once, or in the background for an officer."""
    account = _me(request)
    address = request.build_absolute_uri("/").rstrip("/")
    if Membership.objects.filter(account=account).exists():  # years of work: takes long
        exporting.ask_export(account=account, at=now(), address=address)
        messages.success(
            request, _("Your copy is being made. A letter tells you when it is ready.")
        )
    else:
        row = exporting.ask_export(account=account, at=now())
        exporting.make_export(export=row.pk, at=now())
        messages.success(request, _("Your copy is ready for 24 hours."))
    return redirect("my-data:mine")


@never_cache
@require_safe
def download(request: HttpRequest, export: UUID) -> HttpResponseBase:
    """The copy itself, for its person only."""
    account = _me(request)
    content = exporting.fetch(export=export, account=account, at=now())
    return as_download(content, name="data-saya.zip", media_type="application/zip")


@never_cache
@require_http_methods(FORM_METHODS)
def ask(request: HttpRequest) -> HttpResponse:
    """Ask the data protection officer; the clock of 72 hours begins."""
    account = _me(request)
    first = {"kind": request.GET.get("jenis", "")}
    form = AskForm(request.POST or None, regions=_running(account), initial=first)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.receive_request(
                account=account,
                region=data["region"],
                wish=actions.Wish(data["kind"], data["words"]),
                by=account,
                at=now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Your request is received."))
            return redirect("my-data:mine")
    status = 422 if refusal or form.errors else 200
    context = {"form": form, "refusal": refusal}
    return render(request, "privacy/ask.html", context, status=status)


@require_POST
def cancel(request: HttpRequest, row: UUID) -> HttpResponse:
    """Take a request back."""
    account = _me(request)
    found = get_object_or_404(DataRequest, id=row, account=account)
    actions.cancel_request(request=found, by=account, at=now())
    messages.success(request, _("Your request is taken back."))
    return redirect("my-data:mine")


@never_cache
@require_http_methods(FORM_METHODS)
def erase(request: HttpRequest) -> HttpResponse:
    """What goes, what stays and why; then erase, where nobody has to look at it."""
    account = _me(request)
    plan = queries.erasure(account, at=now())
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.erase_myself(account=account, at=now())
        logout(request)
        return render(request, "privacy/erased.html", {})
    status = 422 if form.errors else 200
    context = {"form": form, "plan": plan, "account": account}
    return render(request, "privacy/erase.html", context, status=status)
