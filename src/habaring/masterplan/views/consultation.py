"""Consultations in the work room: open one, answer each remark, end it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.masterplan import consulting, queries
from habaring.masterplan.actions import consulting as deeds
from habaring.masterplan.forms.consultation import (
    ConsultationForm,
    DispositionForm,
    EnterForm,
    HideForm,
    MoveForm,
    ProlongForm,
    QueueFilter,
    begins,
    ends,
)
from habaring.masterplan.models import Consultation, Remark
from habaring.masterplan.remark_tables import REMARKS, remark_values
from habaring.masterplan.views.analysis import enter
from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import download_table, paginate, render
from habaring.shared.refusal import Refusal

MODERATING = frozenset({"show", "hide"})


def _one(region: Region, number: int) -> Consultation:
    return get_object_or_404(
        Consultation.objects.select_related("region"), region=region, number=number
    )


@require_safe
def consultations(request: HttpRequest, code: str) -> HttpResponse:
    """All of a region, with what waits in each."""
    region, reader = enter(request, code, Power.SEE_WORK_ROOM)
    page = paginate(request, Consultation.objects.filter(region=region))
    at = now()
    rows = [
        (row, consulting.state_of(row, at), consulting.counts(row)) for row in page.rows
    ]
    may = access.powers(reader, at=at, region=region)
    return render(
        request,
        "masterplan/consultations.html",
        {
            "region": region,
            "page": page,
            "rows": rows,
            "may_issue": Power.ISSUE_EDITION in may,
        },
    )


@require_http_methods(FORM_METHODS)
def new(request: HttpRequest, code: str) -> HttpResponse:
    """Put written sections before the public."""
    region, writer = enter(request, code, Power.ISSUE_EDITION)
    places = [place for place in queries.sections(region) if place.words]
    form = ConsultationForm(
        request.POST or None,
        sections=[(one.key, f"{one.book} · {one.heading}") for one in places],
    )
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            row = deeds.open_consultation(
                region=region, new=_filled(form.cleaned_data), by=writer, at=now()
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(
                request,
                _("The draft is prepared. Look at it before it opens.")
                if row.opens_at > now()
                else _("The draft is put before the public."),
            )
            return redirect("masterplan-work:consultation", code, row.number)
    context = {"region": region, "form": form, "refusal": refusal, "any": bool(places)}
    status = 422 if refusal or form.errors else 200
    return render(request, "masterplan/consultation_new.html", context, status=status)


def _filled(data: dict[str, Any]) -> deeds.NewConsultation:
    return deeds.NewConsultation(
        title=data["title"],
        intro=data["intro"],
        keys=tuple(data["keys"]),
        opens_at=begins(data["first_day"], data["hour"]),
        closes_at=ends(data["last_day"]),
    )


@require_safe
def preview(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A draft as everybody will see it, or sees it, for the office."""
    region, _reader = enter(request, code, Power.SEE_WORK_ROOM)
    row = _one(region, number)
    context = consulting.page_of(row, now())
    context["preview"] = context["state"] == "planned"
    return render(request, "masterplan/public_consultation.html", context)


@require_safe
def remarks_file(
    request: HttpRequest, code: str, number: int, form: str
) -> HttpResponseBase:
    """Every remark with its state and disposition, held ones too, as CSV or XLSX."""
    region, _reader = enter(request, code, Power.SEE_WORK_ROOM)
    row = _one(region, number)
    if form not in ("csv", "xlsx"):
        raise Http404
    name = f"{code.replace('.', '')}-konsultasi-{number}-semua"
    return download_table(REMARKS, remark_values(row), name=name, form=form)


@require_http_methods(FORM_METHODS)
def consultation(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One consultation: its remarks as a queue; its time, until it opens and after."""
    region, reader = enter(request, code, Power.SEE_WORK_ROOM)
    row = _one(region, number)
    may = access.powers(reader, at=now(), region=region)
    deed = request.POST.get("deed", "prolong") if request.method == "POST" else ""
    longer = ProlongForm(request.POST if deed == "prolong" else None)
    moved = MoveForm(
        request.POST if deed == "move" else None, initial=_first_moment(row)
    )
    refusal: Refusal | None = None
    if deed:
        access.require(request.user, Power.ISSUE_EDITION, at=now(), region=region)
        try:
            said = _timed(deed, row, moved if deed == "move" else longer, reader)
        except Refusal as refused:
            refusal = refused
        else:
            if said:
                messages.success(request, said)
                return redirect("masterplan-work:consultation", code, number)
    form = QueueFilter(request.GET)
    form.is_valid()  # what makes no sense is left out
    heap = form.cleaned_data.get("tumpukan") or "waiting"
    found = consulting.queue(row, heap, form.cleaned_data.get("q", ""))
    context = {
        "region": region,
        "row": row,
        "state": consulting.state_of(row, now()),
        "counts": consulting.counts(row),
        "form": form,
        "heap": heap,
        "page": paginate(request, found),
        "longer": longer,
        "moved": moved,
        "refusal": refusal,
        "may_write": Power.WRITE_PLAN in may,
        "may_issue": Power.ISSUE_EDITION in may,
    }
    status = 422 if refusal or longer.errors or moved.errors else 200
    return render(request, "masterplan/consultation_work.html", context, status=status)


def _first_moment(row: Consultation) -> dict[str, Any]:
    opens = localtime(row.opens_at)
    return {"first_day": opens.date(), "hour": opens.time()}


def _timed(
    deed: str, row: Consultation, form: MoveForm | ProlongForm, by: Account
) -> str:
    """What was done about the time, in words; none where the form is not right."""
    at = now()
    if deed == "withdraw":
        deeds.withdraw_consultation(consultation=row, by=by, at=at)
        return _("The draft is withdrawn; nobody outside the office has seen it.")
    if deed == "open":
        deeds.move_opening(consultation=row, opens_at=at, by=by, at=at)
        return _("The draft is put before the public.")
    if not form.is_valid():
        return ""
    data = form.cleaned_data
    if deed == "move":
        opens_at = begins(data["first_day"], data["hour"])
        deeds.move_opening(consultation=row, opens_at=opens_at, by=by, at=at)
        return _("The opening is moved.")
    deeds.prolong(consultation=row, closes_at=ends(data["last_day"]), by=by, at=at)
    return _("People have more time now.")


@require_http_methods(FORM_METHODS)
def enter_remark(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Enter what was said at a meeting or written on paper."""
    region, writer = enter(request, code)
    row = _one(region, number)
    places = {one.order: one for one in row.sections.all()}
    form = EnterForm(
        request.POST or None,
        sections=[(order, one.heading) for order, one in places.items()],
    )
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        said = deeds.Said(places[data["section"]], data["text"], data["name"])
        try:
            deeds.enter_remark(consultation=row, said=said, by=writer, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The remark is entered."))
            return redirect("masterplan-work:consultation", code, number)
    context = {"region": region, "row": row, "form": form, "refusal": refusal}
    status = 422 if refusal or form.errors else 200
    return render(request, "masterplan/remark_enter.html", context, status=status)


@require_http_methods(FORM_METHODS)
def remark(request: HttpRequest, code: str, number: int, remark: int) -> HttpResponse:
    """One remark: its disposition, and for moderators whether everybody sees it."""
    region, reader = enter(request, code)
    row = get_object_or_404(
        Remark.objects.select_related("section", "consultation"),
        region=region,
        consultation__number=number,
        number=remark,
    )
    may = access.powers(reader, at=now(), region=region)
    deed = request.POST.get("deed", "dispose") if request.method == "POST" else ""
    if deed in MODERATING:
        access.require(request.user, Power.MODERATE, at=now(), region=region)
    answer = DispositionForm(
        request.POST if deed == "dispose" else None,
        initial={"disposition": row.disposition, "reason": row.reason},
    )
    hide = HideForm(request.POST if deed == "hide" else None, auto_id="id_hide_%s")
    refusal: Refusal | None = None
    bound = {"dispose": answer, "hide": hide}.get(deed)
    if deed == "show" or (bound is not None and bound.is_valid()):
        try:
            _done(deed, row, bound.cleaned_data if bound else {}, reader)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Saved."))
            return redirect("masterplan-work:consultation", code, number)
    context = {
        "region": region,
        "row": row,
        "answer": answer,
        "hide": hide,
        "refusal": refusal,
        "may_moderate": Power.MODERATE in may,
    }
    status = 422 if refusal or answer.errors or hide.errors else 200
    return render(request, "masterplan/remark_work.html", context, status=status)


def _done(deed: str, row: Remark, data: dict[str, Any], by: Account) -> None:
    at = now()
    if deed == "dispose":
        deeds.dispose(
            row=row,
            disposition=data["disposition"],
            reason=data["reason"],
            by=by,
            at=at,
        )
        return
    hidden = deed == "hide"
    verdict = deeds.Verdict(not hidden, data.get("rule", ""), data.get("reason", ""))
    deeds.moderate(row=row, verdict=verdict, by=by, at=at)


@require_POST
def end(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """End a consultation: every remark has its disposition."""
    region, writer = enter(request, code, Power.ISSUE_EDITION)
    deeds.end_consultation(consultation=_one(region, number), by=writer, at=now())
    messages.success(request, _("The consultation has ended; its table is public."))
    return redirect("masterplan-work:consultation", code, number)
