"""Requests about bills in the work room: the queue, one request, entering, deciding."""

from typing import Any

from django import forms
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
from habaring.revenue import assessing, explanation, ledger, plans, remedies
from habaring.revenue.actions import cases as actions
from habaring.revenue.actions import plans as plan_verbs
from habaring.revenue.case_effects import Decision
from habaring.revenue.forms.cases import (
    AppealForm,
    AskForm,
    CaseFilter,
    DecideForm,
    EndPlanForm,
    EnterForm,
    MoreForm,
)
from habaring.revenue.models import Bill, Case, CaseKind, CaseState
from habaring.revenue.nop import shown_nop
from habaring.revenue.views.rooms import Room, enter, form_page
from habaring.shared import uploads
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import paginate, render
from habaring.shared.refusal import Refusal
from habaring.shared.tables.content import TYPES


def _room(request: HttpRequest, code: str) -> Room:
    return enter(request, code, Power.DECIDE_TAX_CASES)


def _context(room: Room, **more: Any) -> dict[str, Any]:
    return {"region": room.region, "may": room.may, "here": "cases", **more}


def _case(room: Room, key: int) -> Case:
    people = ("account", "entered_by", "proposed_by", "decided_by")
    rows = Case.objects.select_related("taxpayer", *people)
    return get_object_or_404(rows, region=room.region, pk=key)


def _bill(room: Room, key: int) -> Bill:
    rows = Bill.objects.select_related("rule", "object", "taxpayer")
    return get_object_or_404(rows, region=room.region, id=key)


def _trail(room: Room, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    first = (
        _("Requests of taxpayers"),
        reverse("revenue-work:cases", args=[room.region.code]),
    )
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
    then: forms.Form | None = None,
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
        proposal=_proposal(row),
        compensation=_compensation(row, bill),
        plan=plans.plan_of(row, bill, on) if row.parts.exists() else None,
        fine=remedies.fine(row, bill, on),
        letters=row.letters.filter(withdrawn_at__isnull=True),
        back=then if isinstance(then, MoreForm) else MoreForm(),
        end=then if isinstance(then, EndPlanForm) else EndPlanForm(),
        appeal=then if isinstance(then, AppealForm) else AppealForm(),
        refusal=refusal,
        trail=_trail(room),
    )
    bad = refusal or any(one is not None and one.errors for one in (decide, then))
    return render(
        request, "revenue/cases/case.html", context, status=422 if bad else 200
    )


def _proposal(row: Case) -> Decision | None:
    waits = row.state == CaseState.PROPOSED and row.proposal
    return Decision.read(row.proposal) if waits and row.proposal else None


def _compensation(row: Case, bill: Bill) -> remedies.Compensation | None:
    if row.kind != CaseKind.REFUND or row.state not in remedies.UNDECIDED:
        return None
    return remedies.compensation(row, remedies.refundable(bill), localdate())


@require_POST
def confirm(request: HttpRequest, code: str, case: int) -> HttpResponse:
    """A second officer agrees to a decision that gives money away, or does not."""
    room = _room(request, code)
    who: dict[str, Any] = {"case": case, "by": room.officer, "at": now()}
    form = MoreForm(request.POST if request.POST.get("deed") == "back" else None)
    try:
        if not form.is_bound:
            actions.confirm(region=room.region, **who)
            messages.success(request, _("Done and booked. The person is told."))
            return redirect("revenue-work:case", code, case)
        if form.is_valid():
            text = form.cleaned_data["text"]
            actions.send_back(region=room.region, text=text, **who)
            messages.success(request, _("It waits for another decision."))
            return redirect("revenue-work:case", code, case)
    except Refusal as refused:
        return _case_page(request, room, case, then=form, refusal=refused)
    return _case_page(request, room, case, then=form)


@require_POST
def end_plan(request: HttpRequest, code: str, case: int) -> HttpResponse:
    """End a plan of instalments of which a part was missed."""
    room = _room(request, code)
    _case(room, case)
    form = EndPlanForm(request.POST)
    refusal: Refusal | None = None
    if form.is_valid():
        try:
            plan_verbs.end_plan(
                region=room.region,
                case=case,
                reason=form.cleaned_data["text"],
                by=room.officer,
                at=now(),
            )
            messages.success(request, _("The plan has ended. The person is told."))
            return redirect("revenue-work:case", code, case)
        except Refusal as refused:
            refusal = refused
    return _case_page(request, room, case, then=form, refusal=refusal)


@require_POST
def fine(request: HttpRequest, code: str, case: int) -> HttpResponse:
    """After a lost objection: note an appeal, or demand the fine."""
    room = _room(request, code)
    _case(room, case)
    who: dict[str, Any] = {"region": room.region, "by": room.officer, "at": now()}
    form = AppealForm(request.POST if request.POST.get("deed") == "appeal" else None)
    refusal: Refusal | None = None
    try:
        if not form.is_bound:
            letter = actions.fine(case=case, **who)
            messages.success(request, _("The fine is demanded."))
            return redirect("revenue-work:letter", code, letter.pk)
        if form.is_valid():
            actions.note_appeal(case=case, **form.cleaned_data, **who)
            messages.success(request, _("Noted."))
            return redirect("revenue-work:case", code, case)
    except Refusal as refused:
        refusal = refused
    return _case_page(request, room, case, then=form, refusal=refusal)


@require_POST
def decide(request: HttpRequest, code: str, case: int) -> HttpResponse:
    """Decide it; a refusal keeps what was typed."""
    room = _room(request, code)
    row = _case(room, case)
    form = DecideForm(CaseKind(row.kind), _bill(room, row.bill), request.POST)
    refusal: Refusal | None = None
    if form.is_valid():
        try:
            done = actions.decide(
                region=room.region,
                case=row.pk,
                decision=form.decision(),
                by=room.officer,
                at=now(),
            )
            if done.state == CaseState.PROPOSED:
                words = _("Decided. Now a second person confirms it.")
            else:
                words = _("Decided. The person is told.")
            messages.success(request, words)
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
