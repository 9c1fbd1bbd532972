"""Collecting in the work room: what waits, letters, fines, plans, admissions."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from habaring.people.access import Power
from habaring.revenue import case_things as things
from habaring.revenue import collecting, letters, plans, remedies, waivers
from habaring.revenue.actions import collecting as verbs
from habaring.revenue.forms.bills import ReasonForm
from habaring.revenue.forms.collecting import (
    AdmissionForm,
    DeliveredForm,
    LetterFilter,
)
from habaring.revenue.models import (
    Bill,
    CollectionLetter,
    LetterKind,
    WaiverState,
    WriteOffState,
)
from habaring.revenue.nop import shown_nop
from habaring.revenue.views.rooms import Room, enter, form_page
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import download, paginate, render
from habaring.shared.refusal import Refusal

PDF = "application/pdf"
AT_ONCE = 100
"""Bills on one page of work: what is ticked is written in one go."""
SHEETS = 200


def room_of(request: HttpRequest, code: str) -> Room:
    """Let in who decides about requests and debts."""
    return enter(request, code, Power.DECIDE_TAX_CASES)


def context_of(room: Room, **more: Any) -> dict[str, Any]:
    """What every page of collecting has."""
    return {
        "region": room.region,
        "may": room.may,
        "here": "collecting",
        "example": collecting.is_example(),
        **more,
    }


def trail_of(room: Room, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way back up."""
    home = reverse("revenue-work:collection", args=[room.region.code])
    return [(_("Collection"), home), *more]


@require_safe
def collection(request: HttpRequest, code: str) -> HttpResponse:
    """What waits: letters to write, plans that broke, debts that expire, decisions."""
    room, on = room_of(request, code), localdate()
    soon = collecting.expiring(room.region, on)
    newest = collecting.letters(room.region)[:6]
    running = plans.running(room.region, on)
    confirm = remedies.to_confirm(room.region, room.officer)
    context = context_of(
        room,
        waits=[
            (one, things.WORDS[one.step]) for one in collecting.waiting(room.region, on)
        ],
        plans=len(running),
        missed=sum(1 for one in running if one.missed),
        soon=soon.count(),
        over=collecting.expired(room.region, on).count(),
        days=collecting.facts()["soon_days"],
        proposed=collecting.write_offs(room.region)
        .filter(state=WriteOffState.PROPOSED)
        .count(),
        programmes=waivers.programmes(room.region)
        .filter(state=WaiverState.PROPOSED)
        .count(),
        running=waivers.running(room.region, on),
        confirm=things.to_confirm(confirm) if confirm else "",
        newest=collecting.letter_lines(newest, on),
    )
    return render(request, "revenue/collecting/overview.html", context)


@require_http_methods(FORM_METHODS)
def collect(request: HttpRequest, code: str, step: str) -> HttpResponse:
    """The bills for which a letter is due; write it for those that are ticked."""
    room, on = room_of(request, code), localdate()
    if step not in collecting.STEPS:
        raise Http404
    refusal: Refusal | None = None
    chosen = [int(one) for one in request.POST.getlist("pilih") if one.isdecimal()]
    if request.method == "POST":
        try:
            made = _write(room, step, chosen)
            words = ngettext(
                "One letter is written.", "%(n)d letters are written.", len(made)
            )
            messages.success(request, words % {"n": len(made)})
            kind = LetterKind.STPD if step == collecting.FILING else step
            there = reverse("revenue-work:letters", args=[code])
            return redirect(f"{there}?jenis={kind}")
        except Refusal as refused:
            refusal = refused
    filings = step == collecting.FILING
    rows = (
        collecting.late_filings(room.region)
        if filings
        else collecting.due(room.region, step, on)
    )
    page = paginate(request, rows, size=AT_ONCE)
    context = context_of(
        room,
        step=step,
        words=things.WORDS[step],
        filings=filings,
        fine=collecting.facts()["filing_fine"],
        page=page,
        rows=page.rows if filings else collecting.dues(room.region, page.rows, on),
        chosen=chosen,
        refusal=refusal,
        trail=trail_of(room),
    )
    status = 422 if refusal else 200
    return render(request, "revenue/collecting/due.html", context, status=status)


def _write(room: Room, step: str, chosen: list[int]) -> list[CollectionLetter]:
    who: dict[str, Any] = {"region": room.region, "by": room.officer, "at": now()}
    if step == collecting.FILING:
        return verbs.fine_late_filings(filings=chosen, **who)
    return verbs.write(step=step, bills=chosen, **who)


@require_safe
def letter_list(request: HttpRequest, code: str) -> HttpResponse:
    """Every letter: search, filter, print."""
    room = room_of(request, code)
    form = LetterFilter(request.GET)
    page = paginate(request, _wanted(room, form), size=50)
    context = context_of(
        room,
        form=form,
        page=page,
        rows=collecting.letter_lines(page.rows, localdate()),
        query=request.GET.urlencode(),
        trail=trail_of(room),
    )
    return render(request, "revenue/collecting/letters.html", context)


def _wanted(room: Room, form: LetterFilter) -> Any:
    known = form.cleaned_data if form.is_valid() else {}
    kind, text = known.get("jenis", ""), known.get("q", "").strip()
    return collecting.letters(room.region, kind=kind, text=text)


@never_cache
@require_safe
def letter_sheets(request: HttpRequest, code: str) -> HttpResponseBase:
    """The letters that the list shows, to print: the newest of them first."""
    room = room_of(request, code)
    rows = _wanted(room, LetterFilter(request.GET)).filter(withdrawn_at__isnull=True)
    rows = rows.exclude(kind=LetterKind.ACKNOWLEDGED)[:SHEETS]
    if not rows:
        raise Http404
    content = letters.sheets(room.region, collecting.letter_lines(rows, localdate()))
    return download(content, name=f"surat-{code}.pdf", media_type=PDF)


def _letter(room: Room, key: int) -> CollectionLetter:
    rows = CollectionLetter.objects.select_related("taxpayer", "recorded_by", "case")
    return get_object_or_404(rows, region=room.region, pk=key)


@never_cache
@require_safe
def letter_sheet(request: HttpRequest, code: str, letter: int) -> HttpResponseBase:
    """One letter to print."""
    room = room_of(request, code)
    row = _letter(room, letter)
    if row.kind == LetterKind.ACKNOWLEDGED:
        raise Http404
    content = letters.sheets(room.region, collecting.letter_lines([row], localdate()))
    name = f"{row.number.replace('/', '-')}.pdf"
    return download(content, name=name, media_type=PDF)


@require_http_methods(FORM_METHODS)
def letter(request: HttpRequest, code: str, letter: int) -> HttpResponse:
    """One letter: its clock, when it arrived, taking it back."""
    room, on = room_of(request, code), localdate()
    row = _letter(room, letter)
    deed = request.POST.get("deed", "")
    arrived = DeliveredForm(request.POST if deed == "deliver" else None)
    reason = ReasonForm(request.POST if deed == "take_back" else None)
    refusal: Refusal | None = None
    try:
        if words := _act(room, row, arrived, reason):
            messages.success(request, words)
            return redirect("revenue-work:letter", code, letter)
    except Refusal as refused:
        refusal = refused
    (line,) = collecting.letter_lines([row], on)
    context = context_of(
        room,
        line=line,
        letter=row,
        bill=line.bill,
        nop=shown_nop(line.bill.number),
        owed=collecting.owed_on(room.region, [line.bill], on)[0],
        others=[
            one
            for one in collecting.letters_of(line.bill, on)
            if one.letter.pk != row.pk
        ],
        arrived=arrived,
        reason=reason,
        refusal=refusal,
        trail=trail_of(
            room, (_("Letters"), reverse("revenue-work:letters", args=[code]))
        ),
    )
    bad = refusal or arrived.errors or reason.errors
    status = 422 if bad else 200
    return render(request, "revenue/collecting/letter.html", context, status=status)


def _act(
    room: Room, row: CollectionLetter, arrived: DeliveredForm, reason: ReasonForm
) -> str:
    """What was done, in words; nothing where nothing (right) was sent."""
    who: dict[str, Any] = {"region": room.region, "by": room.officer, "at": now()}
    if arrived.is_bound and arrived.is_valid():
        verbs.deliver(letter=row.pk, day=arrived.cleaned_data["day"], **who)
        return _("The day is noted.")
    if reason.is_bound and reason.is_valid():
        why = reason.cleaned_data["reason"]
        verbs.take_back(letter=row.pk, reason=why, **who)
        return _("The letter is taken back.")
    return ""


@require_http_methods(FORM_METHODS)
def acknowledge(request: HttpRequest, code: str, bill: int) -> HttpResponse:
    """A debtor admitted a debt in writing."""
    room = room_of(request, code)
    rows = Bill.objects.select_related("taxpayer")
    row = get_object_or_404(rows, region=room.region, id=bill)
    form = AdmissionForm(posted(request))
    expiring = (_("Debts that expire"), reverse("revenue-work:expiring", args=[code]))
    sheet = Sheet(
        title=_("The debtor admits the debt"),
        lede=f"{shown_nop(row.number)} · {row.year} · {row.taxpayer.name}",
        button=_("Note it"),
        here="collecting",
        trail=tuple(trail_of(room, expiring)),
    )

    def save() -> HttpResponse:
        known = form.cleaned_data
        made = verbs.acknowledge(
            region=room.region,
            bill=row.id,
            day=known["day"],
            text=known["text"],
            by=room.officer,
            at=now(),
        )
        messages.success(request, _("Noted. The debt expires later."))
        return redirect("revenue-work:letter", code, made.pk)

    return form_page(request, room, form, sheet, save)


@require_safe
def plan_list(request: HttpRequest, code: str) -> HttpResponse:
    """Plans of instalments under way, those with a missed part first."""
    room = room_of(request, code)
    page = paginate(request, plans.running(room.region, localdate()), size=50)
    context = context_of(room, page=page, rows=page.rows, trail=trail_of(room))
    return render(request, "revenue/collecting/plans.html", context)
