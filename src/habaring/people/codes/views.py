"""Ask for a code, type it, say one's name the first time; change where one is reached."""

import secrets
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from habaring.people import second_step
from habaring.people.access import SignInNeeded
from habaring.people.codes import actions, reaching
from habaring.people.codes.actions import Asker
from habaring.people.codes.forms import AskForm, CodeForm, CodesForm, JoinForm
from habaring.people.codes.reach import Reach
from habaring.people.models import Account
from habaring.shared.limits import TooMany, client_network
from habaring.shared.pages import render
from habaring.shared.refusal import Refusal

_SECRET = "codes.browser"  # noqa: S105 - the name of a place in the session
_NEXT = "codes.next"


def _asker(request: HttpRequest) -> Asker:
    """Who asks; gives the session its secret the first time."""
    secret = request.session.setdefault(_SECRET, secrets.token_urlsafe(24))
    return Asker(
        browser=secret,
        network=client_network(request),
        language=get_language() or "id",
        sign_in=request.build_absolute_uri(reverse("people:sign-in")),
    )


def _keep_next(request: HttpRequest) -> None:
    wanted = request.GET.get("next") or request.POST.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    if wanted and safe:
        request.session[_NEXT] = wanted


def _onward(request: HttpRequest) -> HttpResponse:
    """Where the person wanted to go, else their own pages."""
    wanted = request.session.pop(_NEXT, "")
    request.session.pop(_SECRET, None)
    return redirect(wanted or reverse("people:follows"))


def _sign_in(request: HttpRequest, account: Account) -> HttpResponse:
    wanted = request.session.pop(_NEXT, "") or reverse("people:follows")
    request.session.pop(_SECRET, None)
    return second_step.let_in(request, account, by="code", onward=wanted)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Type a number or an address; a code is sent, whoever it belongs to."""
    _keep_next(request)
    if request.user.is_authenticated:
        return _onward(request)
    form = AskForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            challenge = actions.ask(
                reach=form.cleaned_data["reach"], by=_asker(request), at=now()
            )
        except TooMany as refused:
            refusal = refused
        else:
            return redirect("people:code", challenge=challenge.pk)
    return _page(request, "ask", {"form": form}, refusal)


def _page(
    request: HttpRequest,
    name: str,
    context: dict[str, object],
    refusal: Refusal | None,
) -> HttpResponse:
    form = context.get("form")
    wrong = refusal is not None or bool(getattr(form, "errors", None))
    status = refusal.status if refusal else 422 if wrong else 200
    response = render(
        request,
        f"people/codes/{name}.html",
        {**context, "refusal": refusal, "privacy": _privacy_page()},
        status=status,
    )
    for header, value in (refusal.headers if refusal else {}).items():
        response.headers[header] = value
    return response


def _privacy_page() -> str:
    """The page about personal data, where that domain has one."""
    try:
        return reverse("privacy-platform:notice")
    except NoReverseMatch:
        return ""


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, challenge: UUID) -> HttpResponse:
    """Type the digits; the account opens, or the name is asked."""
    asker = _asker(request)
    form = CodeForm(request.POST or None)
    refusal: Refusal | None = None
    try:
        found = actions.open_challenge(
            challenge=challenge, browser=asker.browser, at=now()
        )
        if found.answered_at is not None:
            return redirect("people:code-name", challenge=challenge)
        if request.method == "POST" and form.is_valid():
            account = actions.answer(
                challenge=challenge,
                code=form.cleaned_data["code"],
                browser=asker.browser,
                at=now(),
            )
            if account is not None:
                return _sign_in(request, account)
            return redirect("people:code-name", challenge=challenge)
    except actions.CodeWrong as refused:
        refusal = refused
    except (actions.CodeGone, actions.PasswordNeeded) as refused:
        return _page(request, "gone", {}, refused)
    context = {"form": form, "challenge": found, "reach": Reach(found.reach)}
    return _page(request, "code", context, refusal)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def name(request: HttpRequest, challenge: UUID) -> HttpResponse:
    """The first time: a name, what the data is used for, and a yes."""
    asker = _asker(request)
    form = JoinForm(request.POST or None)
    try:
        found = actions.open_challenge(
            challenge=challenge, browser=asker.browser, at=now()
        )
        if found.answered_at is None:
            return redirect("people:code", challenge=challenge)
        if request.method == "POST" and form.is_valid():
            account = actions.join(
                challenge=challenge,
                full_name=form.cleaned_data["full_name"],
                by=asker,
                at=now(),
            )
            messages.success(request, _("Your account is made. You are signed in."))
            return _sign_in(request, account)
    except actions.CodeGone as refused:
        return _page(request, "gone", {}, refused)
    return _page(request, "name", {"form": form, "reach": Reach(found.reach)}, None)


def _own(request: HttpRequest) -> Account:
    if not isinstance(request.user, Account):
        raise SignInNeeded(
            what=_("You need to sign in for this."),
            why=_("This page is about your own account."),
            next=_("Sign in, then open it again."),
        )
    return request.user


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reach(request: HttpRequest) -> HttpResponse:
    """Where the account is reached; add the other way, or change one."""
    account = _own(request)
    form = AskForm(request.POST or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            challenge = reaching.ask(
                account=account,
                reach=form.cleaned_data["reach"],
                by=_asker(request),
                at=now(),
            )
        except (TooMany, actions.ReachTaken) as refused:
            refusal = refused
        else:
            return redirect("people:reach-code", challenge=challenge.pk)
    return _page(request, "reach", {"form": form, "account": account}, refusal)


@never_cache
@sensitive_post_parameters("code", "old_code")
@require_http_methods(["GET", "HEAD", "POST"])
def reach_code(request: HttpRequest, challenge: UUID) -> HttpResponse:
    """Type the digits sent to the new reach, and those sent to the old one."""
    account, asker = _own(request), _asker(request)
    refusal: Refusal | None = None
    try:
        found = actions.open_challenge(
            challenge=challenge, browser=asker.browser, at=now()
        )
        old = Reach(found.beside.reach) if found.beside else None
        form = CodesForm(request.POST or None, new=Reach(found.reach), old=old)
        if request.method == "POST" and form.is_valid():
            codes = (form.cleaned_data["code"], form.cleaned_data.get("old_code", ""))
            reaching.confirm(
                challenge=challenge, codes=codes, account=account, by=asker, at=now()
            )
            messages.success(request, _("From now on you are reached there."))
            return redirect("people:reach")
    except (actions.CodeWrong, actions.ReachTaken) as refused:
        refusal = refused
    except actions.CodeGone as refused:
        return _page(request, "gone", {"back": reverse("people:reach")}, refused)
    context = {"form": form, "reach": Reach(found.reach), "old": old}
    return _page(request, "reach_code", context, refusal)
