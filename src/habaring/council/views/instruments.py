"""The work room of instruments: MoU, decrees, regulations."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from habaring.council import actions, queries, tables
from habaring.council.forms.fields import TableForm
from habaring.council.forms.instruments import InstrumentFilter, InstrumentForm
from habaring.council.models import Instrument
from habaring.council.views.rooms import enter, form_page
from habaring.people.access import Power
from habaring.regions.models import Region
from habaring.shared.form_pages import FORM_METHODS, Sheet, posted
from habaring.shared.pages import download_table, paginate, render
from habaring.shared.uploads import TABLES, accept


def listed(
    request: HttpRequest, region: Region, *, public: bool
) -> tuple[InstrumentFilter, Any]:
    """The filter of a list of instruments, and what fits it."""
    form = InstrumentFilter(request.GET or None)
    rows = Instrument.objects.filter(region=region).select_related("superseded_by")
    if public:
        rows = rows.filter(public=True)
    if form.is_valid():
        rows = queries.narrowed_instruments(
            rows, form.cleaned_data, on=localdate(now())
        )
    return form, rows


@require_safe
def instruments(request: HttpRequest, code: str) -> HttpResponse:
    """All instruments: search, filters, pages."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    form, rows = listed(request, room.region, public=False)
    context = {
        "region": room.region,
        "may": room.may,
        "form": form,
        "page": paginate(request, rows),
        "filtered": bool(request.GET),
        "query": request.GET.urlencode(),
        "today": localdate(now()),
    }
    return render(request, "council/work_instruments.html", context)


@require_safe
def instruments_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The list as a table, as it is filtered."""
    room = enter(request, code, Power.SEE_WORK_ROOM)
    if form not in tables.FORMS:
        raise Http404
    _form, rows = listed(request, room.region, public=False)
    return download_table(
        tables.INSTRUMENTS,
        tables.instrument_rows(rows),
        name=_("instruments") + f"-{code}",
        form=form,
    )


@require_safe
def instruments_template(request: HttpRequest, code: str) -> HttpResponse:
    """The workbook to fill in."""
    room = enter(request, code, Power.MANAGE_BODIES)
    rows = Instrument.objects.filter(region=room.region)
    return tables.blank(tables.INSTRUMENTS, tables.instrument_rows(rows))


def _trail(code: str) -> tuple[tuple[str, str], ...]:
    return ((_("Instruments"), reverse("council-work:instruments", args=[code])),)


@require_http_methods(FORM_METHODS)
def new_instrument(request: HttpRequest, code: str) -> HttpResponse:
    """Record a MoU, decree or regulation."""
    room = enter(request, code, Power.MANAGE_BODIES)
    form = InstrumentForm(posted(request), request.FILES or None, region=room.region)

    def save() -> HttpResponse:
        actions.record_instrument(
            region=room.region, paper=form.as_paper(), by=room.officer, at=now()
        )
        messages.success(request, _("The instrument is recorded."))
        return redirect("council-work:instruments", code)

    sheet = Sheet(
        _("Record an instrument"),
        _("A memorandum, decree or regulation that the programme stands on."),
        _("Record the instrument"),
        trail=_trail(code),
    )
    return form_page(request, room.region, form, sheet, save)


@require_http_methods(FORM_METHODS)
def edit_instrument(request: HttpRequest, code: str, instrument: int) -> HttpResponse:
    """Correct what was recorded."""
    room = enter(request, code, Power.MANAGE_BODIES)
    row = get_object_or_404(Instrument, pk=instrument, region=code)
    form = InstrumentForm(
        posted(request), request.FILES or None, region=room.region, row=row
    )

    def save() -> HttpResponse:
        actions.change_instrument(
            instrument=row, paper=form.as_paper(), by=room.officer, at=now()
        )
        messages.success(request, _("The instrument is changed."))
        return redirect("council-work:instruments", code)

    sheet = Sheet(
        _("Change the instrument"),
        _("What it was before stays in the audit trail."),
        _("Save"),
        trail=_trail(code),
    )
    return form_page(request, room.region, form, sheet, save)


@require_http_methods(FORM_METHODS)
def upload_instruments(request: HttpRequest, code: str) -> HttpResponse:
    """Instruments from a spreadsheet: all, or none with every problem named."""
    room = enter(request, code, Power.MANAGE_BODIES)
    form = TableForm(posted(request), request.FILES or None)

    def save() -> HttpResponse:
        accepted = accept(form.cleaned_data["file"], TABLES)
        rows = tables.rows_of(accepted, tables.INSTRUMENTS, today=localdate(now()))
        there = Instrument.objects.filter(region=room.region)
        made = actions.record_instruments(
            region=room.region,
            papers=tables.papers_in(rows, there),
            by=room.officer,
            at=now(),
        )
        words = ngettext("%(n)d instrument is new.", "%(n)d instruments are new.", made)
        messages.success(request, words % {"n": made})
        return redirect("council-work:instruments", code)

    sheet = Sheet(
        _("Instruments from a spreadsheet"),
        _("Rows that are there already are left alone; one bad row refuses the file."),
        _("Take the file in"),
        trail=_trail(code),
        template="council/upload.html",
        files=(
            (
                _("Get the template") + " (XLSX)",
                reverse("council-work:instruments-template", args=[code]),
            ),
        ),
    )
    return form_page(request, room.region, form, sheet, save)
