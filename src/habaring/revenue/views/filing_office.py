"""Filings in the work room: who has not filed, what came in, the counter, validations."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from habaring.people.access import Power
from habaring.revenue import filings
from habaring.revenue.actions import filing as verbs
from habaring.revenue.filings import MISSING, MONTHLY, read_month
from habaring.revenue.forms.filing import AcquireForm, MonthFilter, ValidationForm
from habaring.revenue.models import Bill, Filing, TaxObject, Validation, ValidationState
from habaring.revenue.views.filing import FilingDesk, filed_context, paper, said_of
from habaring.revenue.views.rooms import Room, enter, form_page
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import download_table, paginate, render
from habaring.shared.refusal import Refusal


def room_of(request: HttpRequest, code: str) -> Room:
    """Let in who keeps the register and takes filings."""
    return enter(request, code, Power.MANAGE_TAX_REGISTER)


def _context(room: Room, part: str, **more: Any) -> dict[str, Any]:
    return {
        "region": room.region,
        "may": room.may,
        "here": "filing",
        "part": part,
        **more,
    }


@require_safe
def missing(request: HttpRequest, code: str) -> HttpResponse:
    """Who has not filed for a month."""
    room = room_of(request, code)
    form = MonthFilter(request.GET or None, initial={})
    asked = form.asked(localdate()) if request.GET else _latest()
    if not request.GET:
        form = MonthFilter(initial={"bulan": asked.month.code})
    rows = filings.missing(room.region, asked)
    context = _context(
        room,
        "missing",
        form=form,
        asked=asked,
        page=paginate(request, rows),
        expected=filings.expected(room.region, asked).count(),
        query=request.GET.urlencode(),
    )
    return render(request, "revenue/filing/missing.html", context)


def _latest() -> filings.Asked:
    return filings.Asked(filings.month_before(localdate()))


@require_safe
def missing_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """Who has not filed, as a file."""
    room = room_of(request, code)
    if form not in ("csv", "xlsx"):
        raise Http404
    asked = MonthFilter(request.GET).asked(localdate()) if request.GET else _latest()
    rows = filings.missing_rows(room.region, asked)
    name = _("not-filed") + f"-{code}-{asked.month.code}"
    return download_table(MISSING, rows, name=name, form=form)


@require_safe
def received(request: HttpRequest, code: str) -> HttpResponse:
    """What was filed for a month: late ones and gaps marked."""
    room = room_of(request, code)
    asked = MonthFilter(request.GET).asked(localdate()) if request.GET else _latest()
    form = MonthFilter(
        initial={"bulan": asked.month.code, "pajak": asked.tax, "q": asked.q}
    )
    page = paginate(request, filings.received(room.region, asked))
    rows = [(row, _gap(row)) for row in page.rows]
    context = _context(room, "received", form=form, asked=asked, page=page, rows=rows)
    return render(request, "revenue/filing/received.html", context)


def _gap(row: Filing) -> int | None:
    if row.tapped is None:
        return None
    return max(row.tapped - int(row.facts.get("paid", 0)), 0)


@require_http_methods(FORM_METHODS)
def file(request: HttpRequest, code: str, object: int) -> HttpResponse:
    """File for somebody at the counter."""
    room = room_of(request, code)
    row = get_object_or_404(
        TaxObject.objects.select_related("taxpayer", "region", "place"),
        region=room.region,
        pk=object,
        tax__in=filings.SELF_ASSESSED,
    )
    month = (
        read_month(request.GET.get("bulan", ""), today=localdate())
        if row.tax in MONTHLY
        else None
    )
    desk = FilingDesk(request, row, room.officer, month)
    done = desk.run()
    if done is not None:
        messages.success(request, _("It is filed."))
        return redirect("revenue-work:filing", code, done)
    context = _context(room, "missing", **desk.context())
    return render(
        request, "revenue/filing/file_office.html", context, status=desk.status
    )


def _sent(room: Room, key: int) -> filings.Sent:
    rows = Filing.objects.select_related("object", "taxpayer", "rule", "region")
    return filings.sent(get_object_or_404(rows, region=room.region, pk=key))


@require_safe
def filed(request: HttpRequest, code: str, filing: int) -> HttpResponse:
    """One filing: its steps, its bill, its papers."""
    room = room_of(request, code)
    context = _context(room, "received", **filed_context(_sent(room, filing)))
    return render(request, "revenue/filing/filed_office.html", context)


@require_safe
def document(
    request: HttpRequest, code: str, filing: int, document: int
) -> HttpResponseBase:
    """A paper that went with a filing."""
    room = room_of(request, code)
    return paper(_sent(room, filing), document)


@require_http_methods(FORM_METHODS)
def acquire(request: HttpRequest, code: str) -> HttpResponse:
    """Land that somebody at the counter acquired."""
    room = room_of(request, code)
    form = AcquireForm(posted(request), region=room.region, initial={"on": localdate()})
    sheet = Sheet(
        title=_("File an acquisition (BPHTB)"),
        lede=_("First who acquires which land, and when; then what is owed."),
        button=_("Go on"),
        here="filing",
        trail=((_("Filings"), reverse("revenue-work:filings", args=[code])),),
    )

    def save() -> HttpResponse:
        row = verbs.acquire(said=said_of(form), by=room.officer, at=now())
        return redirect("revenue-work:file", code, row.pk)

    return form_page(request, room, form, sheet, save)


@require_safe
def validations(request: HttpRequest, code: str) -> HttpResponse:
    """Acquisitions that wait for the check before the deed is signed."""
    room = room_of(request, code)
    state = request.GET.get("keadaan", ValidationState.WAITS)
    rows = Validation.objects.filter(region=room.region, state=state).select_related(
        "filing__object", "filing__taxpayer"
    )
    page = paginate(request, rows)
    bills = {
        bill.id: bill
        for bill in Bill.objects.filter(
            region=room.region, id__in=[row.filing.bill for row in page.rows]
        )
    }
    context = _context(
        room,
        "validations",
        page=page,
        rows=[(row, bills[row.filing.bill]) for row in page.rows],
        state=state,
        states=ValidationState.choices,
    )
    return render(request, "revenue/filing/validations.html", context)


@require_http_methods(FORM_METHODS)
def validate(request: HttpRequest, code: str, validation: int) -> HttpResponse:
    """Say whether a filing is right and paid."""
    room = room_of(request, code)
    row = get_object_or_404(Validation, region=room.region, pk=validation)
    form = ValidationForm(posted(request))
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            verbs.decide_validation(
                validation=row,
                valid=form.cleaned_data["answer"] == "valid",
                reason=form.cleaned_data["reason"],
                by=room.officer,
                at=now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The answer is on record."))
            return redirect("revenue-work:validations", code)
    context = _context(
        room,
        "validations",
        form=form,
        refusal=refusal,
        validation=row,
        **filed_context(_sent(room, row.filing_id)),
    )
    status = 422 if refusal or form.errors else 200
    return render(request, "revenue/filing/validate.html", context, status=status)
