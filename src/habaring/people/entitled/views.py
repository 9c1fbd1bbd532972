"""Registers in the work room; finding oneself in one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localdate, now
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.people import access, acts
from habaring.people.access import Power
from habaring.people.acts import Act, Need
from habaring.people.entitled import actions, queries
from habaring.people.entitled.forms import ClaimForm, RegisterForm, WithdrawForm
from habaring.people.entitled.models import Register, RegisterPurpose
from habaring.people.entitled.tables import ENTITLED, MAX_ROWS, entitled_in
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.pages import download, render
from habaring.shared.refusal import Refusal
from habaring.shared.tables import read, template
from habaring.shared.uploads import TABLES, accept

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CLAIM = acts.register(
    Act(
        "people.claim_entry",
        gettext_lazy("Find yourself in the register"),
        Need.CODE,
        reason=gettext_lazy("So that an entry belongs to one account."),
    )
)


def _enter(request: HttpRequest, code: str) -> tuple[Region, Account]:
    region = get_object_or_404(Region, code=code)
    officer = access.require(request.user, Power.MANAGE_PEOPLE, at=now(), region=region)
    return region, officer


@require_http_methods(["GET", "HEAD", "POST"])
def registers(request: HttpRequest, code: str) -> HttpResponse:
    """Every register of the region; send a new one as a draft."""
    region, officer = _enter(request, code)
    form = RegisterForm(request.POST or None, request.FILES or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            draft = _take_in(region, form.cleaned_data, officer)
        except Refusal as refused:
            refusal = refused
        else:
            return redirect("people-work:register", code, draft.pk)
    context = {
        "region": region,
        "form": form,
        "refusal": refusal,
        "counted": queries.counted(region),
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "people/entitled/registers.html", context, status=status)


def _take_in(region: Region, data: dict[str, Any], officer: Account) -> Register:
    accepted = accept(data["file"], TABLES)
    rows = read(
        accepted.file,
        ENTITLED,
        today=localdate(),
        language=get_language() or "id",
        max_rows=MAX_ROWS,
    )
    people = entitled_in(rows, region=region.code, illustrative=data["illustrative"])
    new = actions.NewRegister(
        name=data["name"],
        purpose=data["purpose"],
        source=data["source"],
        sha256=accepted.sha256,
        illustrative=data["illustrative"],
    )
    return actions.take_in(region=region, new=new, people=people, by=officer, at=now())


@require_safe
def empty_register(request: HttpRequest, code: str) -> HttpResponseBase:
    """The spreadsheet to fill in."""
    _enter(request, code)
    content = template(ENTITLED, [], language=get_language() or "id")
    return download(content, name=_("register") + f"-{code}.xlsx", media_type=XLSX)


@require_safe
def register(request: HttpRequest, code: str, register: int) -> HttpResponse:
    """One register: what is kept of it, and what may be done."""
    region, _officer = _enter(request, code)
    row = get_object_or_404(Register, pk=register, region=region)
    return _shown(request, region, row, WithdrawForm())


def _shown(
    request: HttpRequest,
    region: Region,
    row: Register,
    form: WithdrawForm,
    refusal: Refusal | None = None,
) -> HttpResponse:
    found = next(one for one in queries.counted(region) if one.register.pk == row.pk)
    context = {
        "region": region,
        "counted": found,
        "sample": queries.sample(row),
        "repeated": queries.repeated(row) if not row.in_use else 0,
        "form": form,
        "refusal": refusal,
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "people/entitled/register.html", context, status=status)


@require_POST
def put_to_use(request: HttpRequest, code: str, register: int) -> HttpResponse:
    """Let a draft count."""
    region, officer = _enter(request, code)
    row = get_object_or_404(Register, pk=register, region=region)
    actions.put_to_use(register=row, by=officer, at=now())
    messages.success(request, _("The register is in use."))
    return redirect("people-work:register", code, register)


@require_POST
def withdraw(request: HttpRequest, code: str, register: int) -> HttpResponse:
    """Take a register out of use, with a reason."""
    region, officer = _enter(request, code)
    row = get_object_or_404(Register, pk=register, region=region)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _shown(request, region, row, form)
    reason = form.cleaned_data["reason"]
    actions.withdraw(register=row, by=officer, at=now(), reason=reason)
    messages.success(request, _("The register is withdrawn."))
    return redirect("people-work:registers", code)


@never_cache
@sensitive_post_parameters("nik", "name")
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, code: str) -> HttpResponse:
    """Find oneself in the register of a region."""
    region = get_object_or_404(Region, code=code)
    account = acts.require(request.user, CLAIM, at=now(), region=region)
    assert account is not None  # noqa: S101 - the act needs a code
    purpose = request.GET.get("untuk", "")
    purpose = purpose if purpose in RegisterPurpose.values else ""
    form = ClaimForm(request.POST or None, initial={"purpose": purpose})
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        said = actions.Claim(**form.cleaned_data)
        try:
            actions.claim(account=account, region=region, said=said, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("You are in the register. You can go on."))
            return redirect(_safe_next(request) or request.path)
    mine = acts.entry_of(account, region=region, purpose=purpose)
    context = {"region": region, "form": form, "refusal": refusal, "mine": mine}
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "people/entitled/entry.html", context, status=status)


def _safe_next(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else ""
