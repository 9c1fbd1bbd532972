"""Debts that expire, and the decisions by which debts are let go."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from habaring.revenue import collecting
from habaring.revenue.actions import writeoffs as verbs
from habaring.revenue.forms.bills import ReasonForm
from habaring.revenue.forms.collecting import DebtFilter, DecisionForm, GroundsForm
from habaring.revenue.models import WriteOff, WriteOffKind, WriteOffState
from habaring.revenue.views.collecting import context_of, room_of, trail_of
from habaring.revenue.views.rooms import Room
from habaring.shared.form_pages import FORM_METHODS, posted
from habaring.shared.pages import paginate, render
from habaring.shared.refusal import Refusal

AT_ONCE = 100


@require_http_methods(FORM_METHODS)
def expiring(request: HttpRequest, code: str) -> HttpResponse:
    """Debts that expired or will soon; propose to let those go that are ticked."""
    room, on = room_of(request, code), localdate()
    form = GroundsForm(posted(request))
    refusal: Refusal | None = None
    chosen = [int(one) for one in request.POST.getlist("pilih") if one.isdecimal()]
    if request.method == "POST" and form.is_valid():
        try:
            made = verbs.propose(
                region=room.region,
                bills=chosen,
                grounds=form.grounds(),
                by=room.officer,
                at=now(),
            )
            messages.success(request, _("Proposed. A second person decides."))
            return redirect("revenue-work:write-off", code, made.pk)
        except Refusal as refused:
            refusal = refused
    search = DebtFilter(request.GET)
    number = search.number()
    found = collecting.expiring(room.region, on)
    if number:
        found = collecting.debts(room.region, number)
    page = paginate(request, found, size=AT_ONCE)
    context = context_of(
        room,
        form=search,
        grounds=form,
        number=number,
        page=page,
        rows=collecting.endings(page.rows, on),
        over=collecting.expired(room.region, on).count(),
        days=collecting.facts()["soon_days"],
        years=collecting.facts()["expiry_years"],
        basis=collecting.expiry_basis(),
        chosen=chosen,
        refusal=refusal,
        trail=trail_of(room),
    )
    status = 422 if refusal or form.errors else 200
    return render(request, "revenue/collecting/expiring.html", context, status=status)


@require_safe
def write_offs(request: HttpRequest, code: str) -> HttpResponse:
    """Decisions, and what waits for a second person."""
    room = room_of(request, code)
    page = paginate(request, collecting.write_offs(room.region))
    context = context_of(room, page=page, rows=page.rows, trail=trail_of(room))
    return render(request, "revenue/collecting/writeoffs.html", context)


@require_http_methods(FORM_METHODS)
def write_off(request: HttpRequest, code: str, writeoff: int) -> HttpResponse:
    """One decision with its debts: agree, refuse, or propose to bring them back."""
    room = room_of(request, code)
    rows = WriteOff.objects.select_related("proposed_by", "decided_by", "undoes")
    row = get_object_or_404(rows, region=room.region, pk=writeoff)
    deed = request.POST.get("deed", "")
    decision = DecisionForm(request.POST if deed in ("agree", "refuse") else None)
    reason = ReasonForm(request.POST if deed == "restore" else None)
    refusal: Refusal | None = None
    try:
        if done := _act(room, row, decision, reason, deed=deed):
            messages.success(request, done[0])
            return redirect("revenue-work:write-off", code, done[1].pk)
    except Refusal as refused:
        refusal = refused
    debts = (row.undoes or row).rows.all()
    page = paginate(request, debts, size=100)
    back = row.undone.exclude(state=WriteOffState.REFUSED).first()
    context = context_of(
        room,
        writeoff=row,
        page=page,
        debts=collecting.dropped(page.rows),
        own=row.proposed_by_id == room.officer.pk,
        back=back,
        can_return=row.state == WriteOffState.DECIDED
        and row.kind != WriteOffKind.RESTORED
        and back is None,
        decision=decision,
        reason=reason,
        refusal=refusal,
        trail=trail_of(
            room, (_("Write-offs"), reverse("revenue-work:write-offs", args=[code]))
        ),
    )
    bad = refusal or decision.errors or reason.errors
    status = 422 if bad else 200
    return render(request, "revenue/collecting/writeoff.html", context, status=status)


def _act(
    room: Room, row: WriteOff, decision: DecisionForm, reason: ReasonForm, *, deed: str
) -> tuple[str, WriteOff] | None:
    who: dict[str, Any] = {
        "region": room.region,
        "writeoff": row.pk,
        "by": room.officer,
        "at": now(),
    }
    if decision.is_bound and decision.is_valid():
        agree = deed == "agree"
        made = verbs.decide(agree=agree, text=decision.cleaned_data["text"], **who)
        return (_("Decided and booked.") if agree else _("Refused.")), made
    if reason.is_bound and reason.is_valid():
        made = verbs.propose_return(reason=reason.cleaned_data["reason"], **who)
        return _("Proposed. A second person decides."), made
    return None
