"""Pages of the interface: what it is, and in the work room its tokens and webhooks."""

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.api import actions, events
from habaring.api.forms import ReplayForm, TokenForm, WebhookForm
from habaring.api.models import ApiToken, WebhookState, WebhookSubscription
from habaring.people import access
from habaring.people.access import Power, SignInNeeded
from habaring.people.models import Account
from habaring.people.powers import sentence
from habaring.regions.models import Region
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import paginate, render
from habaring.shared.refusal import Refusal

LIVE_FIRST = (F("revoked_at").asc(nulls_first=True), "-issued_at", "-id")


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3.1 document."""
    from habaring.api.contract import schema  # late: it brings pydantic

    answer = JsonResponse(schema())
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation in words, with a command to try it: drawn from the document."""
    from habaring.api import manual  # late: it brings pydantic

    base = request.build_absolute_uri("/api/v1")
    context = {
        "groups": manual.groups(base),
        "problems": manual.problems(),
        "events": events.NAMES,
        "base": base,
    }
    return render(request, "api/docs.html", context)


# Tokens


def _enter(request: HttpRequest, code: str) -> tuple[Region, Account]:
    region = get_object_or_404(Region, code=code)
    return region, access.require(
        request.user, Power.MANAGE_API, at=now(), region=region
    )


def _rows(rows: Any) -> list[dict[str, Any]]:
    return [
        {"token": row, "may": [sentence(Power(word)) for word in row.scopes]}
        for row in rows
    ]


@require_safe
def tokens(request: HttpRequest, code: str) -> HttpResponse:
    """The tokens of a region, whoever they belong to."""
    region, officer = _enter(request, code)
    rows = ApiToken.objects.filter(region=region).select_related("account", "region")
    page = paginate(request, rows.order_by(*LIVE_FIRST))
    context = {
        "region": region,
        "here": "tokens",
        "page": page,
        "rows": _rows(page.rows),
        "own": officer.pk,
        "now": now(),
    }
    return render(request, "api/tokens.html", context)


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The tokens of the person who looks, in every region."""
    if not isinstance(request.user, Account):
        raise SignInNeeded(
            _("You need to sign in for this."), next=_("Sign in and come back.")
        )
    rows = ApiToken.objects.filter(account=request.user).select_related("region")
    page = paginate(request, rows.order_by(*LIVE_FIRST))
    context = {"page": page, "rows": _rows(page.rows), "now": now(), "personal": True}
    return render(request, "api/mine.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
def new_token(request: HttpRequest, code: str) -> HttpResponse:
    """Issue a token; its secret is shown once, on the answer to this form."""
    region, officer = _enter(request, code)
    held = access.powers(officer, at=now(), region=region)
    form = TokenForm(request.POST or None, held=held)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.issue_token(
                region=region,
                new=actions.NewToken(**form.cleaned_data),
                by=officer,
                at=now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            return _shown(request, region, made)
    context = {"region": region, "here": "tokens", "form": form, "refusal": refusal}
    status = 422 if refusal or form.errors else 200
    return render(request, "api/new_token.html", context, status=status)


def _shown(request: HttpRequest, region: Region, made: actions.Issued) -> HttpResponse:
    base = request.build_absolute_uri("/api/v1")
    context = {"region": region, "here": "tokens", "made": made, "base": base}
    return render(request, "api/token_shown.html", context)


def _token(region: Region, pk: int) -> ApiToken:
    return get_object_or_404(ApiToken, pk=pk, region=region)


@never_cache
@require_POST
def rotate_token(request: HttpRequest, code: str, token: int) -> HttpResponse:
    """Give a token a new secret; the old one ends at once."""
    region, officer = _enter(request, code)
    made = actions.rotate_token(token=_token(region, token), by=officer, at=now())
    return _shown(request, region, made)


@require_POST
def revoke_token(request: HttpRequest, code: str, token: int) -> HttpResponse:
    """End a token. Its own person may, and whoever manages the region's tokens."""
    region = get_object_or_404(Region, code=code)
    row = _token(region, token)
    if isinstance(request.user, Account) and row.account_id == request.user.pk:
        officer, back = request.user, redirect("api:mine")
    else:
        _region, officer = _enter(request, code)
        back = redirect("api-work:tokens", code)
    actions.revoke_token(token=row, by=officer, at=now())
    messages.success(request, _("The token opens nothing any more."))
    return back


# Webhooks


@require_safe
def webhooks(request: HttpRequest, code: str) -> HttpResponse:
    """Where the events of a region are sent, and how that goes."""
    region, _officer = _enter(request, code)
    rows = WebhookSubscription.objects.filter(region=region)
    rows = rows.exclude(state=WebhookState.REMOVED).order_by("id")
    context = {
        "region": region,
        "here": "webhooks",
        "rows": rows,
        "last": events.last(region.code),
    }
    return render(request, "api/webhooks.html", context)


@never_cache
@require_http_methods(FORM_METHODS)
def new_webhook(request: HttpRequest, code: str) -> HttpResponse:
    """Open a webhook; its secret is shown once, on the answer to this form."""
    region, officer = _enter(request, code)
    form = WebhookForm(request.POST or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.open_webhook(
                region=region,
                address=data["address"],
                kinds=data["kinds"],
                by=officer,
                at=now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            return _opened(request, region, made)
    context = {"region": region, "here": "webhooks", "form": form, "refusal": refusal}
    status = 422 if refusal or form.errors else 200
    return render(request, "api/new_webhook.html", context, status=status)


def _opened(request: HttpRequest, region: Region, made: actions.Opened) -> HttpResponse:
    context = {"region": region, "here": "webhooks", "made": made}
    return render(request, "api/webhook_shown.html", context)


def _webhook(region: Region, pk: int) -> WebhookSubscription:
    rows = WebhookSubscription.objects.exclude(state=WebhookState.REMOVED)
    return get_object_or_404(rows.select_related("owner"), pk=pk, region=region)


@require_safe
def webhook(request: HttpRequest, code: str, webhook: int) -> HttpResponse:
    """One webhook: where it stands, every attempt, and what can be done."""
    region, _officer = _enter(request, code)
    return _page(request, region, _webhook(region, webhook))


def _page(
    request: HttpRequest,
    region: Region,
    row: WebhookSubscription,
    *,
    form: ReplayForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    last = events.last(region.code)
    context = {
        "region": region,
        "here": "webhooks",
        "webhook": row,
        "last": last,
        "waiting": max(0, last - row.cursor),
        "page": paginate(request, row.deliveries.all()),
        "form": form or ReplayForm(initial={"start": max(1, row.cursor)}),
        "refusal": refusal,
    }
    status = 422 if refusal or (form is not None and form.errors) else 200
    return render(request, "api/webhook.html", context, status=status)


@never_cache
@require_POST
def act(request: HttpRequest, code: str, webhook: int, act: str) -> HttpResponse:
    """Pause, resume, exchange the secret, send again, remove."""
    region, officer = _enter(request, code)
    row = _webhook(region, webhook)
    if act == "rahasia":
        made = actions.rotate_webhook(subscription=row, by=officer, at=now())
        return _opened(request, region, made)
    if act == "ulang":
        return _replay(request, region, row, officer)
    if act not in _ACTS:
        raise Http404
    _ACTS[act](subscription=row, by=officer, at=now())
    messages.success(request, _("It is done."))
    if act == "hapus":
        return redirect("api-work:webhooks", code)
    return redirect("api-work:webhook", code, webhook)


_ACTS: dict[str, Any] = {
    "jeda": actions.pause_webhook,
    "lanjut": actions.resume_webhook,
    "hapus": actions.remove_webhook,
}


def _replay(
    request: HttpRequest, region: Region, row: WebhookSubscription, officer: Account
) -> HttpResponse:
    form = ReplayForm(request.POST)
    if not form.is_valid():
        return _page(request, region, row, form=form)
    try:
        actions.replay(
            subscription=row, start=form.cleaned_data["start"], by=officer, at=now()
        )
    except Refusal as refused:
        return _page(request, region, row, form=form, refusal=refused)
    messages.success(request, _("The events are on their way again, in their order."))
    return redirect("api-work:webhook", region.code, row.pk)
