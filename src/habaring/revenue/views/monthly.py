"""The month in figures, who owes most, and a day of the books on paper."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from habaring.revenue import day_paper, monthly
from habaring.revenue.forms.reconciling import read_day
from habaring.revenue.monthly import Month
from habaring.revenue.views.books import downloads_of, form_of, room_of
from habaring.revenue.views.reconciling import context_of
from habaring.shared import formats
from habaring.shared.charts.bars import Bar, bars
from habaring.shared.charts.chart import Caption, Chart
from habaring.shared.pages import download, download_table, render

PDF = "application/pdf"


def _month(request: HttpRequest) -> Month:
    return monthly.read_month(request.GET.get("bulan", ""), otherwise=localdate())


def month_words(month: Month) -> str:
    """`November 2026`."""
    english = (get_language() or "id").startswith("en")
    return f"{formats.MONTHS['en' if english else 'id'][month.month - 1]} {month.year}"


@never_cache
@require_safe
def month(request: HttpRequest, code: str) -> HttpResponse:
    """What came in a month by tax, against the year before and what was asked for."""
    room, wanted = room_of(request, code), _month(request)
    found = monthly.report(room.region, wanted)
    later = wanted.moved(1)
    context = context_of(
        room,
        "receipts",
        report=found,
        month=wanted,
        name=month_words(wanted),
        earlier=_neighbour(wanted.moved(-1)),
        later=_neighbour(later) if later.first <= localdate() else None,
        chart=_chart(found),
        downloads=downloads_of("month-file", code, query=f"bulan={wanted.code}"),
        trail=[(_("Money received"), reverse("revenue-work:receipts", args=[code]))],
    )
    return render(request, "revenue/books/month.html", context)


def _neighbour(month: Month) -> dict[str, str]:
    return {"code": month.code, "name": month_words(month)}


def _chart(found: monthly.Report) -> Chart | None:
    """Taxes beside each other; one alone needs no picture."""
    rows: list[Any] = [
        Bar(one.name, one.came, formats.rupiah_short(one.came), "eco")
        for one in found.lines
        if one.came > 0
    ]
    if len(rows) < 2:
        return None
    title = _("Received by tax in %(month)s") % {"month": month_words(found.month)}
    return bars(rows, Caption("month", title, _("A bar for each tax.")))


@never_cache
@require_safe
def month_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The month, to keep."""
    room, wanted = room_of(request, code), _month(request)
    rows = monthly.month_rows(monthly.report(room.region, wanted))
    name = f"laporan-{wanted.code}-{code}"
    return download_table(monthly.MONTH, rows, name=name, form=form_of(form))


@never_cache
@require_safe
def largest_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """Who owes most, names and NIK masked, to keep."""
    room = room_of(request, code)
    rows = monthly.debtor_rows(monthly.largest(room.region, localdate()))
    return download_table(
        monthly.DEBTORS, rows, name=f"piutang-terbesar-{code}", form=form_of(form)
    )


@never_cache
@require_safe
def paper(request: HttpRequest, code: str, day: str) -> HttpResponseBase:
    """A day of the books as PDF; one that is not closed says so."""
    room, wanted = room_of(request, code), read_day(day)
    if wanted is None:
        raise Http404
    content = day_paper.as_pdf(room.region, day_paper.read(room.region, wanted))
    name = f"tutup-hari-{code}-{wanted.isoformat()}.pdf"
    return download(content, name=name, media_type=PDF)
