"""Entering for others: one proposal by form, many by spreadsheet."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from habaring.participation import sheets
from habaring.participation.actions import entering
from habaring.participation.actions.entering import Recorded
from habaring.participation.forms.entering import EnterForm, SheetForm
from habaring.participation.models import Call, CallKind, CallState, Origin, Proposal
from habaring.participation.views.office import may, status
from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import XLSX, download, paginate, render
from habaring.shared.refusal import Refusal
from habaring.shared.tables import read
from habaring.shared.uploads import TABLES, accept


def _enter(request: HttpRequest, code: str) -> tuple[Region, Region | None, Account]:
    """Let in who enters proposals in this region, district or village: the region that
    listens, the part of it one enters for (None: all of it), the officer.
    """
    place = get_object_or_404(
        Region.objects.select_related("parent__parent"), code=code
    )
    power = Power.ENTER_PROPOSALS
    officer = access.require(request.user, power, at=now(), region=place)
    region = place
    while not region.is_local and region.parent is not None:
        region = region.parent
    return region, None if region == place else place, officer


def _calls(region: Region, within: Region | None) -> list[Call]:
    """The open calls of which something lies where the officer enters for."""
    rows = Call.objects.filter(region=region, state=CallState.OPEN)
    return [
        row
        for row in rows.select_related("place")
        if within is None or _touch(row.place_id, within.pk)
    ]


def _touch(a: str, b: str) -> bool:
    return a == b or a.startswith(f"{b}.") or b.startswith(f"{a}.")


def _own(region: Region, within: Region | None, by: Account) -> QuerySet[Proposal]:
    """What this officer entered, newest first; all of it is public."""
    rows = Proposal.objects.filter(region=region, entered_by=by).open_to_all()
    if within is not None:
        rows = rows.filter(place__code__startswith=within.pk)
    return rows.select_related("call", "place").order_by("-sent_at", "-pk")


@require_http_methods(FORM_METHODS)
def enter_proposal(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a proposal for somebody else."""
    region, within, officer = _enter(request, code)
    calls = _calls(region, within)
    form = EnterForm(
        request.POST or None,
        region=region,
        calls=calls,
        within=within,
        initial=_first(request, calls),
    )
    refusal, told = _sent(request, form, (region, within), officer)
    if told and told.new:
        row = told.new[0]
        messages.success(
            request, _("%(code)s is entered and public.") % {"code": row.code}
        )
        if "lagi" in request.POST:
            return redirect(f"{request.path}?panggilan={row.call_id}")
        return redirect("participation:proposal", region.code, row.number)
    context = {
        **_context(region, within, officer),
        "form": form,
        "refusal": refusal,
        "calls": calls,
        "page": paginate(request, _own(region, within, officer), size=10),
    }
    return render(
        request, "participation/enter.html", context, status=status(form, refusal)
    )


_ORIGINS = {
    CallKind.POKIR: Origin.COUNCIL,
    CallKind.BUSINESS: Origin.BUSINESS,
    CallKind.COMMUNITY: Origin.COMMUNITY,
}


def _first(request: HttpRequest, calls: list[Call]) -> dict[str, Any]:
    """What the form begins with: the call that the address names, or the only one."""
    wanted = request.GET.get("panggilan", "")
    named = [row for row in calls if str(row.pk) == wanted]
    row = (named or (calls if len(calls) == 1 else [None]))[0]  # type: ignore[list-item]
    kind = CallKind(row.kind) if row else None
    origin = _ORIGINS.get(kind, Origin.CITIZEN) if kind else Origin.CITIZEN
    return {"call": row, "origin": origin}


def _context(region: Region, within: Region | None, officer: Account) -> dict[str, Any]:
    place = within or region
    return {
        "region": place,
        "listens": region,
        "within": within,
        "here": "enter",
        "may": may(officer, place),
    }


def _sent(
    request: HttpRequest,
    form: EnterForm,
    where: tuple[Region, Region | None],
    officer: Account,
) -> tuple[Refusal | None, Recorded | None]:
    if request.method != "POST" or not form.is_valid():
        return None, None
    try:
        return None, entering.enter(
            region=where[0],
            rows=[form.as_entered()],
            by=officer,
            at=now(),
            within=where[1],
        )
    except Refusal as refused:
        return refused, None


@require_http_methods(FORM_METHODS)
def correct(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Correct what an officer entered."""
    region, within, officer = _enter(request, code)
    rows = Proposal.objects.open_to_all().filter(region=region, author=None)
    row = get_object_or_404(rows, number=number)
    form = EnterForm(
        request.POST or None,
        region=region,
        calls=[row.call],
        within=within,
        row=row,
    )
    refusal, told = _sent(request, form, (region, within), officer)
    if told is not None:
        words = _("It is corrected.") if told.changed else _("Nothing was different.")
        messages.success(request, words)
        return redirect("participation:proposal", region.code, row.number)
    context = {
        **_context(region, within, officer),
        "form": form,
        "refusal": refusal,
        "proposal": row,
    }
    return render(
        request,
        "participation/enter_correct.html",
        context,
        status=status(form, refusal),
    )


@require_http_methods(FORM_METHODS)
def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Send a spreadsheet: entered whole, or every problem told and nothing saved."""
    region, within, officer = _enter(request, code)
    form = SheetForm(request.POST or None, request.FILES or None)
    refusal: Refusal | None = None
    told: Recorded | None = None
    if request.method == "POST" and form.is_valid():
        try:
            told = _take_in(form.cleaned_data["file"], (region, within), officer)
        except Refusal as refused:
            refusal = refused
    context = {
        **_context(region, within, officer),
        "form": form,
        "refusal": refusal,
        "told": told,
        "columns": sheets.PROPOSALS.columns,
    }
    return render(
        request,
        "participation/enter_upload.html",
        context,
        status=status(form, refusal),
    )


def _take_in(
    file: Any, where: tuple[Region, Region | None], officer: Account
) -> Recorded:
    region, within = where
    accepted = accept(file, TABLES)
    given = sheets.known(region)
    rows = read(
        accepted.file,
        sheets.table_kind(given),
        today=localdate(),
        language=get_language() or "id",
        max_rows=entering.MOST_AT_ONCE,
    )
    return entering.take_in_file(
        region=region,
        accepted=accepted,
        rows=sheets.entries_in(rows, given),
        by=officer,
        at=now(),
        within=within,
    )


@require_safe
def template(request: HttpRequest, code: str) -> HttpResponseBase:
    """The spreadsheet to fill in, empty but for its headings and lists."""
    region, _within, _officer = _enter(request, code)
    content = sheets.blank(sheets.known(region), [])
    name = _("proposals") + f"-{code}.xlsx"
    return download(content, name=name, media_type=XLSX)
