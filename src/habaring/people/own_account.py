"""My account: name, password, second step, sessions."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import flows as recovery
from allauth.mfa.totp.internal.auth import get_totp_secret
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.internal import auth as passkeys
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import mark_safe
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.people import access, second_step, security
from habaring.people.entrance import onward, own_account
from habaring.people.entrance_forms import ChangePassword, Details
from habaring.people.models import Account, Membership
from habaring.shared import limits
from habaring.shared.pages import render
from habaring.shared.refusal import Refusal

View = TypeVar("View", bound=Callable[..., HttpResponse])
_ONWARD = "second_step.next"

_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)


def _after_proof(view: View) -> View:
    """Only soon after a sign-in, or after the password once more."""
    wrapped: View = reauthentication_required(app="allauth.mfa")(view)
    return wrapped


@dataclass(frozen=True)
class SessionRow:
    """One session as its owner sees it."""

    pk: int
    device: str
    address: str
    last_used: datetime
    begun: datetime
    current: bool


def _device(agent: str) -> str:
    """ "Chrome, Windows": enough to tell one's own devices apart."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return ", ".join(part for part in (browser, system) if part) or _("another program")


def _sessions(request: HttpRequest, account: Account) -> list[SessionRow]:
    from allauth.usersessions.models import UserSession

    rows = [
        SessionRow(
            pk=row.pk,
            device=_device(row.user_agent),
            address=row.ip,
            last_used=row.last_seen_at,
            begun=row.created_at,
            current=row.session_key == request.session.session_key,
        )
        for row in UserSession.objects.purge_and_list(account)
    ]
    return sorted(rows, key=lambda row: (not row.current, -row.last_used.timestamp()))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """All about my own account; correct name and language here."""
    mine = own_account(request)
    first = {"full_name": mine.full_name, "language": mine.language}
    form = Details(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        security.change_details(account=mine, at=now(), **form.cleaned_data)
        messages.success(request, _("Your details are saved."))
        return redirect("people:account")
    at = now()
    held = access.memberships_of(mine, at=at)
    context = {
        "form": form,
        "account": mine,
        "memberships": held,
        "steps": _steps(mine),
        "recovery_left": _recovery_left(mine),
        "asked": second_step.asked_of(mine, at=at),
        "has_password": mine.has_usable_password(),
        "sessions": _sessions(request, mine),
        "reach": _address("people:reach"),
        "own_data": _address("my-data:mine"),
    }
    return render(
        request, "people/account.html", context, status=422 if form.errors else 200
    )


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _steps(mine: Account) -> list[dict[str, Any]]:
    rows = Authenticator.objects.filter(user_id=mine.pk, type__in=second_step.KINDS)
    return [
        {
            "pk": row.pk,
            "kind": row.type,
            "name": row.wrap().name if row.type == "webauthn" else "",
            "added_at": row.created_at,
            "last_used": row.last_used_at,
        }
        for row in rows.order_by("created_at")
    ]


def _recovery_left(mine: Account) -> int | None:
    row = Authenticator.objects.filter(user_id=mine.pk, type="recovery_codes").first()
    return len(row.wrap().get_unused_codes()) if row else None


@never_cache
@sensitive_post_parameters("old", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password; every other session ends."""
    from allauth.account.adapter import get_adapter
    from django.contrib.auth import update_session_auth_hash

    mine = own_account(request)
    if not mine.has_usable_password():
        return redirect("account_reset_password")
    form = ChangePassword(request.POST or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            if get_adapter().reauthenticate(mine, form.cleaned_data["old"]):
                security.set_password(
                    account=mine,
                    password=form.cleaned_data["password"],
                    at=now(),
                    keep=request.session.session_key,
                )
                _keep_this_session(request, mine, update_session_auth_hash)
                messages.success(
                    request, _("The password is changed. Other sessions have ended.")
                )
                return redirect("people:account")
            form.add_error("old", _("This is not your password."))
        except security.WeakPassword as refused:
            refusal = refused
    return render(
        request,
        "people/change_password.html",
        {"form": form, "refusal": refusal},
        status=422 if refusal or form.errors else 200,
    )


def _keep_this_session(request: HttpRequest, mine: Account, renew: Any) -> None:
    """The session goes on under a new key; so does its row in the list."""
    from allauth.usersessions.models import UserSession

    old = request.session.session_key
    renew(request, mine)
    UserSession.objects.filter(session_key=old).update(
        session_key=request.session.session_key
    )


# The second step


@never_cache
@require_safe
def second_steps(request: HttpRequest) -> HttpResponse:
    """What I have as a second step; or, at first, why one is needed and which."""
    mine = own_account(request)
    wanted = onward(request)
    if wanted:
        request.session[_ONWARD] = wanted
    return render(
        request,
        "people/second_steps.html",
        {
            "steps": _steps(mine),
            "recovery_left": _recovery_left(mine),
            "asked": second_step.asked_of(mine, at=now()),
        },
    )


class AppView(ActivateTOTPView):  # type: ignore[misc]  # allauth has no types
    """An app that shows codes: scan the picture or type the key, then a first code."""

    template_name = "people/second_step_app.html"

    def dispatch(self, request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        mine = own_account(request)
        if Authenticator.objects.filter(user_id=mine.pk, type="totp").exists():
            return redirect("mfa_index")
        answer: HttpResponse = super().dispatch(request, *args, **more)
        return answer

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        from habaring.people.adapters import SecondStepAdapter

        form = more.get("form") or self.get_form()
        mine = own_account(self.request)
        secret = get_totp_secret()
        adapter = SecondStepAdapter()
        drawn = adapter.build_totp_svg(adapter.build_totp_url(mine, secret))
        return {
            "form": form,
            "picture": mark_safe(drawn),  # noqa: S308 - drawn by segno from our own text
            "key": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        }

    def form_valid(self, form: Any) -> HttpResponse:
        super().form_valid(form)
        return added(self.request, "totp")

    def get_success_url(self) -> str:
        return reverse("mfa_index")


class PasskeyView(AddWebAuthnView):  # type: ignore[misc]  # allauth has no types
    """A passkey: the device asks its owner, and answers for them."""

    template_name = "people/second_step_passkey.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        form = more.get("form") or self.get_form()
        options = passkeys.begin_registration(own_account(self.request), False)  # noqa: FBT003
        return {"form": form, "options": json.dumps(options)}

    def form_valid(self, form: Any) -> HttpResponse:
        super().form_valid(form)
        return added(self.request, "webauthn")

    def get_success_url(self) -> str:
        return reverse("mfa_index")


def added(request: HttpRequest, kind: str) -> HttpResponse:
    """The new step counts for this session at once: it was proved just now."""
    mine = own_account(request)
    row = Authenticator.objects.filter(user_id=mine.pk, type=kind).latest("created_at")
    second_step.note_passed(request, mine, type=kind, id=row.pk)
    security.second_step_added(account=mine, kind=kind, at=now())
    codes = Authenticator.objects.get(user_id=mine.pk, type="recovery_codes").wrap()
    if codes.did_view:
        messages.success(request, _("The second step is added."))
        return redirect("mfa_index")
    return redirect("mfa_view_recovery_codes")


@require_POST
@_after_proof
def remove_step(request: HttpRequest, step: int) -> HttpResponse:
    """Take a passkey or the app away."""
    mine = own_account(request)
    if security.remove_second_step(account=mine, authenticator=step, at=now()):
        messages.success(request, _("The second step is taken away."))
    return redirect("mfa_index")


@never_cache
@require_safe
@_after_proof
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The codes for the day the telephone is lost: shown once, to print or keep."""
    mine = own_account(request)
    found, can_view = recovery.view_recovery_codes(request)
    if found is None:
        return redirect("mfa_index")
    return render(
        request,
        "people/recovery_codes.html",
        {
            "codes": found.get_unused_codes() if can_view else [],
            "left": len(found.get_unused_codes()),
            "account": mine,
            "onward": request.session.pop(_ONWARD, "") if can_view else "",
        },
    )


@require_POST
@_after_proof
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    """New codes in place of the old, which stop working."""
    mine = own_account(request)
    if recovery.can_generate_recovery_codes(mine):
        recovery.generate_recovery_codes(request)
        security.note(account=mine, at=now(), verb="recovery_codes.made")
    return redirect("mfa_view_recovery_codes")


# Sessions


@require_POST
def end_session(request: HttpRequest, session: int) -> HttpResponse:
    """End one of my sessions on another device."""
    if security.end_session(account=own_account(request), session=session, at=now()):
        messages.success(request, _("The session has ended."))
    return redirect("people:account")


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End all my sessions but this one."""
    ended = security.sign_out_everywhere(
        account=own_account(request), at=now(), keep=request.session.session_key
    )
    messages.success(
        request,
        _("Sessions ended on other devices: %(n)s.") % {"n": ended},
    )
    return redirect("people:account")


# What the secretariat does for a person of its region


def _of_region(request: HttpRequest, code: str, account: int) -> tuple[Any, Any, Any]:
    from django.shortcuts import get_object_or_404

    from habaring.people.access import Power
    from habaring.regions.models import Region

    region = get_object_or_404(Region, code=code)
    at = now()
    officer = access.require(request.user, Power.MANAGE_PEOPLE, at=at, region=region)
    held = Membership.objects.in_force(at).filter(account=account, region=region)
    member = get_object_or_404(held.select_related("account")[:1])
    return region, officer, member.account


@require_POST
def unlock(request: HttpRequest, code: str, account: int) -> HttpResponse:
    """Let a person of the region who failed too often try again at once."""
    region, officer, person = _of_region(request, code, account)
    security.unlock(account=person, by=officer, region=region, at=now())
    limits.forget("second_step", str(person.pk))
    messages.success(request, _("%(person)s can try again.") % {"person": person})
    return redirect("people-work:people", code=code)


@require_POST
def reset_second_step(request: HttpRequest, code: str, account: int) -> HttpResponse:
    """For a person of the region who lost telephone and recovery codes."""
    region, officer, person = _of_region(request, code, account)
    if second_step.holds_outside(code, person, at=now()):
        raise access.NotAllowed(
            what=_("The second step stays."),
            why=_("This person also holds a role outside your region."),
            next=_("Ask the platform's operator."),
        )
    security.reset_second_step(account=person, by=officer, region=region, at=now())
    messages.success(
        request,
        _("%(person)s sets up a new second step at the next sign-in.")
        % {"person": person},
    )
    return redirect("people-work:people", code=code)
