"""Requests about bills in the work room: the queue, one request, entering, deciding."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.people.access import Power
from habaring.revenue import assessing, explanation, ledger, remedies
from habaring.revenue.actions import cases as actions
from habaring.revenue.forms.cases import (
    AskForm,
    CaseFilter,
    DecideForm,
    EnterForm,
    MoreForm,
)
from habaring.revenue.models import Bill, Case, CaseKind
from habaring.revenue.nop import shown_nop
from habaring.revenue.views.rooms import (
    FORM_METHODS,
    Room,
    Sheet,
    enter,
    form_page,
    posted,
)
from habaring.shared import uploads
from habaring.shared.pages import paginate, render
from habaring.shared.refusal import Refusal
from habaring.shared.tables.content import TYPES


def _room(request: HttpRequest, code: str) -> Room:
    return enter(request, code, Power.DECIDE_TAX_CASES)


def _context(room: Room, **more: Any) -> dict[str, Any]:
    return {"region": room.region, "may": room.may, "here": "cases", **more}


def _case(room: Room, key: int) -> Case:
    rows = Case.objects.select_related("taxpayer", "account", "entered_by")
    return get_object_or_404(rows, region=room.region, pk=key)


def _bill(room: Room, key: int) -> Bill:
    rows = Bill.objects.select_related("rule", "object", "taxpayer")
    return get_object_or_404(rows, region=room.region, id=key)


def _trail(room: Room, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    first = (_("Requests"), reverse("revenue-work:cases", args=[room.region.code]))
    return (first, *more)


@require_safe
def cases(request: HttpRequest, code: str) -> HttpResponse:
    """The queue: to be decided first, by the clock."""
    room = _room(request, code)
    form = CaseFilter(request.GET)
    wanted = form.wanted()
    page = paginate(request, remedies.cases(room.region, wanted))
    context = _context(
        room,
        form=form,
        page=page,
        rows=remedies.lines(page.rows, on=localdate()),
        waiting=remedies.waiting(room.region, localdate()),
        query=request.GET.urlencode(),
    )
    return render(request, "revenue/cases/list.html", context)


@require_safe
def case(request: HttpRequest, code: str, case: int) -> HttpResponse:
    """One request with its bill, how that was reckoned, and the ways to go on."""
    return _case_page(request, _room(request, code), case)


def _case_page(
    request: HttpRequest,
    room: Room,
    key: int,
    *,
    decide: DecideForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    row = _case(room, key)
    bill = _bill(room, row.bill)
    on = localdate()
    told, _assessment, _row = explanation.explain(room.region, bill.id, on=on)
    waivers = assessing.waivers_of(room.region.code, on, [bill.id])
    context = _context(
        room,
        case=row,
        line=remedies.lines([row], on=on)[0],
        bill=bill,
        nop=shown_nop(bill.number),
        owed=assessing.owed_on(bill, on, waivers=waivers),
        standing=ledger.standings(room.region.code, [bill.id])[bill.id],
        remedy=remedies.remedy(row.kind),
        example=remedies.is_example(),
        why=told,
        open=row.state in remedies.OPEN,
        own=room.officer.pk in (row.entered_by_id, row.account_id),
        decide=decide or DecideForm(CaseKind(row.kind), bill),
        more=MoreForm(),
        refusal=refusal,
        trail=_trail(room),
    )
    bad = refusal or (decide is not None and decide.errors)
    return render(
        request, "revenue/cases/case.html", context, status=422 if bad else 200
    )


@require_POST
def decide(request: HttpRequest, code: str, case: int) -> HttpResponse:
    """Decide it; a refusal keeps what was typed."""
    room = _room(request, code)
    row = _case(room, case)
    form = DecideForm(CaseKind(row.kind), _bill(room, row.bill), request.POST)
    refusal: Refusal | None = None
    if form.is_valid():
        try:
            actions.decide(
                region=room.region,
                case=row.pk,
                decision=form.decision(),
                by=room.officer,
                at=now(),
            )
            messages.success(request, _("Decided. The person is told."))
            return redirect("revenue-work:case", code, row.pk)
        except Refusal as refused:
            refusal = refused
    return _case_page(request, room, case, decide=form, refusal=refusal)


@require_POST
def more(request: HttpRequest, code: str, case: int) -> HttpResponse:
    """Ask for documents that are missing."""
    room = _room(request, code)
    form = MoreForm(request.POST)
    refusal: Refusal | None = None
    if form.is_valid():
        try:
            text = form.cleaned_data["text"]
            actions.ask_for_more(
                region=room.region, case=case, text=text, by=room.officer, at=now()
            )
            messages.success(request, _("The person is told what is missing."))
            return redirect("revenue-work:case", code, case)
        except Refusal as refused:
            refusal = refused
    return _case_page(request, room, case, refusal=refusal)


@require_http_methods(FORM_METHODS)
def start(request: HttpRequest, code: str) -> HttpResponse:
    """For a person at the counter: which bill, which request."""
    room = _room(request, code)
    form = EnterForm(posted(request))
    sheet = Sheet(
        title=_("Enter a request"),
        lede=_("For a person who comes to the office. Somebody else will decide it."),
        button=_("Go on"),
        here="cases",
        trail=_trail(room),
    )

    def save() -> HttpResponse:
        known = form.cleaned_data
        rows = Bill.objects.filter(
            region=room.region, number=known["nop"], year=known["year"]
        )
        found = rows.order_by("seq").first()
        if found is None:
            raise actions.CaseRefused(
                _("There is no such bill."), next=_("Check the number and the year.")
            )
        return redirect("revenue-work:enter-case", code, found.id, known["kind"])

    return form_page(request, room, form, sheet, save)


@require_http_methods(FORM_METHODS)
def enter_case(request: HttpRequest, code: str, bill: int, kind: str) -> HttpResponse:
    """Enter the request itself."""
    room = _room(request, code)
    if kind not in CaseKind.values:
        raise Http404
    row, chosen = _bill(room, bill), CaseKind(kind)
    form = AskForm(chosen, posted(request), request.FILES or None)
    sheet = Sheet(
        title=str(chosen.label).capitalize(),
        lede=f"{shown_nop(row.number)} · {row.year} · {row.taxpayer.name}",
        button=_("Enter it"),
        here="cases",
        trail=_trail(room),
    )

    def save() -> HttpResponse:
        filer = actions.Filer(officer=room.officer)
        made = actions.file(
            region=room.region, bill=row.id, asked=form.asked(), filer=filer, at=now()
        )
        messages.success(
            request, _("The request is entered. Somebody else decides it.")
        )
        return redirect("revenue-work:case", code, made.pk)

    return form_page(request, room, form, sheet, save)


@require_safe
def document(
    request: HttpRequest, code: str, case: int, upload: int
) -> HttpResponseBase:
    """A document of a request."""
    room = _room(request, code)
    row = _case(room, case)
    found = get_object_or_404(row.documents, pk=upload)
    return document_response(found.sha256, found.name)


def document_response(sha256: str, name: str) -> HttpResponseBase:
    """A kept file; its type follows its name, which follows its content."""
    suffix = name.rpartition(".")[2].lower()
    code = {"jpg": "jpeg"}.get(suffix, suffix)
    kind = TYPES.get(code)
    media = kind.media_type if kind else "application/octet-stream"
    path = f"uploads/{sha256[:2]}/{sha256}"
    return uploads.response(path, name=name, media_type=media)
