"""The work room of proposals: the list, one of them, merge, split, pass on."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.participation import ancestry, office, sheets
from habaring.participation.actions import lineage
from habaring.participation.forms.checks import AskForm
from habaring.participation.forms.lineage import (
    MergeForm,
    PassForm,
    ReasonForm,
    SplitForm,
)
from habaring.participation.forms.office import OfficeFilter
from habaring.participation.models import Call, Proposal, ProposalState
from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import download_table, paginate, render
from habaring.shared.refusal import Refusal


def enter(
    request: HttpRequest, code: str, power: Power = Power.SEE_WORK_ROOM
) -> tuple[Region, Account]:
    """Let in who holds the power in the whole region."""
    region = get_object_or_404(Region, code=code)
    return region, access.require(request.user, power, at=now(), region=region)


def may(officer: Account, region: Region) -> frozenset[Power]:
    """What the pages offer to this officer."""
    return access.powers_with_parts(officer, at=now(), region=region)


def proposal_of(region: Region, number: int) -> Proposal:
    """The proposal of an address; a draft is its author's alone."""
    return get_object_or_404(office.rows(region), number=number)


def status(form: Any, refusal: Refusal | None) -> int:
    """The answer of a page with a form."""
    return 422 if refusal or form.errors else 200


def _wanted(
    request: HttpRequest, region: Region
) -> tuple[OfficeFilter, QuerySet[Proposal]]:
    form = OfficeFilter(request.GET, region=region)
    return form, office.narrowed(region, form.wanted(), localdate())


@require_safe
def proposals(request: HttpRequest, code: str) -> HttpResponse:
    """Every proposal: search, filters, order, pages; ask for checks of many."""
    region, officer = enter(request, code)
    form, rows = _wanted(request, region)
    page = paginate(request, rows)
    context = {
        "region": region,
        "here": "proposals",
        "form": form,
        "page": page,
        "lines": office.lines(page.rows),
        "ask": AskForm(region=region, on=localdate(), prefix="tanya"),
        "may": may(officer, region),
        "query": request.GET.urlencode(),
        "filtered": bool(request.GET),
    }
    return render(request, "participation/office.html", context)


@require_safe
def proposals_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """What the list shows as a file that comes back unchanged."""
    region, _officer = enter(request, code)
    if form not in ("csv", "xlsx"):
        raise Http404
    _form, rows = _wanted(request, region)
    lines = office.lines(rows)
    table = sheets.rows_of(
        [line.proposal for line in lines],
        verdicts=office.verdicts(lines),
        supporters={line.proposal.pk: line.supporters for line in lines},
    )
    kind = sheets.table_kind(sheets.known(region))
    return download_table(kind, table, name=_("proposals") + f"-{code}", form=form)


@require_safe
def proposal(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Everything about one proposal, and what can be done with it."""
    region, officer = enter(request, code)
    row = proposal_of(region, number)
    merged = ancestry.last_merge(row)
    context = {
        "region": region,
        "here": "proposals",
        "found": office.page(row),
        "proposal": row,
        "may": may(officer, region),
        "undo": ReasonForm()
        if merged and not lineage.built_on(merged.newer, since=merged.at)
        else None,
        "pass_on": PassForm() if _goes_on(row) else None,
        "ask": AskForm(region=region, on=localdate(), prefix="tanya"),
        "today": localdate(),
    }
    return render(request, "participation/office_proposal.html", context)


def _goes_on(row: Proposal) -> Call | None:
    return row.call.passes_to if row.state == ProposalState.PUBLIC else None


@require_http_methods(FORM_METHODS)
def merge(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Let a proposal go on in another one."""
    region, officer = enter(request, code, Power.MANAGE_CALLS)
    row = proposal_of(region, number)
    form = MergeForm(
        request.POST or None,
        region=region,
        initial={"into": request.GET.get("ke", "")},
    )
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        into, reason = form.cleaned_data["into"], form.cleaned_data["reason"]
        try:
            lineage.merge(older=row, into=into, reason=reason, by=officer, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(
                request,
                _("%(code)s goes on in %(into)s. Everybody came along.")
                % {"code": row.code, "into": into.code},
            )
            return redirect("participation-work:proposal", code, into.number)
    found = office.page(row)
    context = {
        "region": region,
        "here": "proposals",
        "found": found,
        "proposal": row,
        "form": form,
        "refusal": refusal,
    }
    return render(
        request, "participation/merge.html", context, status=status(form, refusal)
    )


@require_POST
def take_back(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Take a wrong merge back."""
    region, officer = enter(request, code, Power.MANAGE_CALLS)
    row = proposal_of(region, number)
    lineage.take_back_merge(
        proposal=row, reason=request.POST.get("reason", ""), by=officer, at=now()
    )
    messages.success(
        request, _("%(code)s stands by itself again.") % {"code": row.code}
    )
    return redirect("participation-work:proposal", code, number)


@require_http_methods(FORM_METHODS)
def split(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Make several proposals out of one."""
    region, officer = enter(request, code, Power.MANAGE_CALLS)
    row = proposal_of(region, number)
    wanted = request.GET.get("bagian", "2")
    parts = int(wanted) if wanted.isascii() and wanted.isdigit() else 2
    form = SplitForm(request.POST or None, row=row, parts=min(parts, 99))
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            made = lineage.split(
                proposal=row,
                parts=form.as_parts(),
                reason=form.cleaned_data["reason"],
                by=officer,
                at=now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            codes = ", ".join(one.code for one in made)
            messages.success(
                request,
                _("%(code)s is split into %(codes)s.")
                % {"code": row.code, "codes": codes},
            )
            return redirect("participation-work:proposal", code, number)
    context = {
        "region": region,
        "here": "proposals",
        "proposal": row,
        "form": form,
        "refusal": refusal,
        "more": range(2, lineage.MOST_PARTS + 1),
    }
    return render(
        request, "participation/split.html", context, status=status(form, refusal)
    )


@require_POST
def pass_on(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Take a proposal to the next call."""
    region, officer = enter(request, code, Power.MANAGE_CALLS)
    row = proposal_of(region, number)
    after = lineage.pass_on(
        proposal=row, reason=request.POST.get("reason", ""), by=officer, at=now()
    )
    messages.success(
        request,
        _("%(code)s goes on in “%(call)s”.")
        % {"code": row.code, "call": after.call.name},
    )
    return redirect("participation-work:proposal", code, number)
