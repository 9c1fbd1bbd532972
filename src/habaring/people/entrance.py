"""The door: sign in and out, the second step, a forgotten password, directories."""

import json
from typing import Any

from allauth.account.internal.flows.reauthentication import resume_request
from allauth.account.views import LoginView
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth as passkeys
from allauth.socialaccount.adapter import get_adapter as get_directory_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import (
    OAuth2CallbackView,
    OAuth2LoginView,
)
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)
from requests import RequestException

from habaring.people import directories, security
from habaring.people.access import SignInNeeded
from habaring.people.directory_provider import DirectoryConnection
from habaring.people.entrance_forms import (
    Forgotten,
    NewPassword,
    PasswordAgain,
    SecondStepCodeAgain,
    SignIn,
)
from habaring.people.models import Account, Directory
from habaring.people.resetting import ask_for_letter, behind_link
from habaring.shared.pages import render
from habaring.shared.refusal import Refusal

_RESET = "people.reset"


def own_account(request: HttpRequest) -> Account:
    """The person of this session, or the way to the sign-in page."""
    if not isinstance(request.user, Account):
        raise SignInNeeded(
            what=_("You need to sign in for this."),
            why=_("This page is about your own account."),
            next=_("Sign in, then open it again."),
        )
    return request.user


def onward(request: HttpRequest) -> str:
    """The address asked for in `next`, when it is on this very host."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else ""


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class SignInView(LoginView):  # type: ignore[misc]  # allauth has no types
    """Mail address and password; then the second step, then on to where one wanted."""

    template_name = "people/sign_in.html"
    form_class = SignIn

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return {
            "form": more.get("form") or self.get_form(),
            "next": onward(self.request),
            "directories": Directory.objects.in_use().exists(),
            "by_code": _address("people:code-ask"),
        }


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and go home."""
    if isinstance(request.user, Account):
        _forget_trace(request)
        security.note(account=request.user, at=now(), verb="signed_out")
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("web:home")


def _forget_trace(request: HttpRequest) -> None:
    from allauth.usersessions.models import UserSession

    UserSession.objects.filter(session_key=request.session.session_key).delete()


# The second step


class SecondStepView(AuthenticateView):  # type: ignore[misc]  # allauth has no types
    """Between password and session: a passkey, a code of the app, or a recovery code."""

    template_name = "people/second_step_ask.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        account = self.stage.login.user
        has_passkey = _kinds(account) & {"webauthn"}
        return {
            "form": self.auth_form,
            "passkey_form": self.webauthn_form,
            "passkey": json.dumps(passkeys.begin_authentication(account))
            if has_passkey
            else "",
            "again": False,
        }


def _kinds(account: Account) -> set[str]:
    rows = Authenticator.objects.filter(user_id=account.pk)
    return set(rows.values_list("type", flat=True))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """The second step of somebody who is signed in: before what it protects."""
    account = own_account(request)
    kinds = _kinds(account)
    if not kinds & {"totp", "webauthn"}:
        return redirect("mfa_index")
    by_passkey = "credential" in request.POST
    given = request.POST if request.method == "POST" else None
    code = SecondStepCodeAgain(None if by_passkey else given, user=account)
    key = ReauthenticateWebAuthnForm(given if by_passkey else None, user=account)
    form = key if by_passkey else code
    if given is not None and form.is_valid():
        form.save()
        return resume_request(request) or redirect(onward(request) or "people:account")
    return render(
        request,
        "people/second_step_ask.html",
        {
            "form": code,
            "passkey_form": key,
            "passkey": json.dumps(passkeys.begin_authentication(account))
            if "webauthn" in kinds
            else "",
            "next": onward(request),
            "again": True,
        },
        status=422 if form.errors else 200,
    )


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def password_again(request: HttpRequest) -> HttpResponse:
    """The password of somebody who is signed in, before a change to their way in."""
    from allauth.account.adapter import get_adapter
    from allauth.account.internal.flows.reauthentication import (
        reauthenticate_by_password,
    )

    account = own_account(request)
    if not account.has_usable_password():
        return redirect("mfa_reauthenticate")
    form = PasswordAgain(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["password"]
        if get_adapter().reauthenticate(account, typed):
            reauthenticate_by_password(request)
            return resume_request(request) or redirect(
                onward(request) or "people:account"
            )
        form.add_error("password", _("This is not your password."))
    return render(
        request,
        "people/password_again.html",
        {"form": form, "next": onward(request)},
        status=422 if form.errors else 200,
    )


# A forgotten password


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a letter; the answer is the same whether or not the address is known."""
    form = Forgotten(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ask_for_letter(request, form.cleaned_data["email"], at=now())
        return redirect("account_reset_password_done")
    return render(
        request,
        "people/forgotten.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


@require_safe
def letter_sent(request: HttpRequest) -> HttpResponse:
    """What to do now."""
    return render(request, "people/letter_sent.html", {})


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest, who: str, token: str) -> HttpResponse:
    """Choose a new password by the link of a letter, which works once.

    The token moves into the session at once, so that no further request carries it in
    its address.
    """
    if token != "baru":  # noqa: S105 - a word of the address
        behind_link(who, token)
        request.session[_RESET] = token
        return redirect("account_reset_password_from_key", who=who, token="baru")  # noqa: S106
    account = behind_link(who, request.session.get(_RESET, ""))
    form = NewPassword(request.POST or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            security.set_password(
                account=account, password=form.cleaned_data["password"], at=now()
            )
        except security.WeakPassword as refused:
            refusal = refused
        else:
            request.session.pop(_RESET, None)
            messages.success(request, _("The new password is set. Sign in with it."))
            return redirect("people:sign-in")
    return render(
        request,
        "people/new_password.html",
        {"form": form, "refusal": refusal},
        status=422 if refusal or form.errors else 200,
    )


# Directories


@require_safe
def choose_directory(request: HttpRequest) -> HttpResponse:
    """The regions whose own directory signs their people in."""
    return render(
        request,
        "people/directories_to_choose.html",
        {
            "directories": list(Directory.objects.in_use().order_by("region__name")),
            "next": onward(request),
        },
    )


@never_cache
@require_safe
def by_directory(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Off to a directory; it sends the person back to `from_directory`."""
    try:
        connection = DirectoryConnection(request, provider_id)
        answer: HttpResponse = OAuth2LoginView.adapter_view(connection)(request)
    except SocialApp.DoesNotExist as missing:
        raise Http404 from missing
    except RequestException as error:
        raise directories.SignInFailed.because("unknown", error) from error
    return answer


@never_cache
@require_safe
def from_directory(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from a directory, with a code that only we can turn into an identity."""
    try:
        connection = DirectoryConnection(request, provider_id)
        get_directory_adapter(request).get_provider(request, provider_id)
        answer: HttpResponse = OAuth2CallbackView.adapter_view(connection)(request)
    except SocialApp.DoesNotExist as missing:
        raise Http404 from missing
    except ImmediateHttpResponse as sent:
        answer = sent.response
    except (KeyError, TypeError, ValueError) as error:  # an answer of another shape
        raise directories.SignInFailed.because("unknown", error) from error
    return answer
