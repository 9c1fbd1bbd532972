"""Programmes that waive late interest: propose, look what it comes to, agree, stop."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from habaring.revenue import assessing, waivers
from habaring.revenue.actions import waivers as verbs
from habaring.revenue.forms.collecting import DecisionForm, WaiverForm
from habaring.revenue.models import TaxRule, WaiverProgramme
from habaring.revenue.views.collecting import context_of, room_of, trail_of
from habaring.revenue.views.rooms import Room, form_page
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import paginate, render
from habaring.shared.refusal import Refusal


def _words(standing: str) -> str:
    return {
        "proposed": _("waits for a second person"),
        "refused": _("refused"),
        "coming": _("agreed, begins later"),
        "running": _("in force"),
        "over": _("over"),
    }[standing]


_TONES = {"running": "good", "proposed": "warn", "refused": "bad"}


def _line(row: WaiverProgramme) -> dict[str, Any]:
    standing = waivers.standing(row, localdate())
    return {
        "row": row,
        "tax": assessing.tax_name(row.tax),
        "standing": standing,
        "words": _words(standing),
        "tone": _TONES.get(standing, ""),
        "days": (row.ends_on - localdate()).days,
    }


@require_safe
def programmes(request: HttpRequest, code: str) -> HttpResponse:
    """Every programme, those that wait for a second person first."""
    room = room_of(request, code)
    page = paginate(request, waivers.programmes(room.region))
    rows = [_line(row) for row in page.rows]
    context = context_of(room, page=page, rows=rows, trail=trail_of(room))
    return render(request, "revenue/collecting/waivers.html", context)


def _list(room: Room) -> tuple[str, str]:
    page = reverse("revenue-work:waivers", args=[room.region.code])
    return (_("Waiver programmes"), page)


@require_http_methods(FORM_METHODS)
def propose(request: HttpRequest, code: str) -> HttpResponse:
    """Propose a programme."""
    room = room_of(request, code)
    form = WaiverForm(posted(request))
    sheet = Sheet(
        title=_("Propose a waiver programme"),
        lede=_("You see next what it comes to. It holds once somebody else agrees."),
        button=_("Propose it"),
        here="collecting",
        trail=tuple(trail_of(room, _list(room))),
    )

    def save() -> HttpResponse:
        rules = TaxRule.objects.filter(region=room.region, tax=form.cleaned_data["tax"])
        terms = form.terms(illustrative=rules.filter(illustrative=True).exists())
        made = verbs.propose(region=room.region, terms=terms, by=room.officer, at=now())
        messages.success(request, _("Proposed. A second person decides."))
        return redirect("revenue-work:waiver", code, made.pk)

    return form_page(request, room, form, sheet, save)


@require_http_methods(FORM_METHODS)
def programme(request: HttpRequest, code: str, waiver: int) -> HttpResponse:
    """One programme: what it comes to; agree, refuse or stop it."""
    room = room_of(request, code)
    rows = WaiverProgramme.objects.select_related("recorded_by", "decided_by")
    row = get_object_or_404(rows, region=room.region, pk=waiver, bill__isnull=True)
    deed = request.POST.get("deed", "")
    form = DecisionForm(posted(request))
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        try:
            messages.success(request, _act(room, row, form, deed))
            return redirect("revenue-work:waiver", code, waiver)
        except Refusal as refused:
            refusal = refused
    context = context_of(
        room,
        line=_line(row),
        waiver=row,
        seen=waivers.preview(row, localdate()),
        own=row.recorded_by_id == room.officer.pk,
        form=form,
        refusal=refusal,
        trail=trail_of(room, _list(room)),
    )
    status = 422 if refusal or form.errors else 200
    return render(request, "revenue/collecting/waiver.html", context, status=status)


def _act(room: Room, row: WaiverProgramme, form: DecisionForm, deed: str) -> str:
    who: dict[str, Any] = {
        "region": room.region,
        "waiver": row.pk,
        "text": form.cleaned_data["text"],
        "by": room.officer,
        "at": now(),
    }
    if deed == "stop":
        verbs.stop(**who)
        return _("The programme ends today.")
    agree = deed == "agree"
    verbs.decide(agree=agree, **who)
    return _("Agreed: it holds from its first day.") if agree else _("Refused.")
