"""What the region received: for everybody, with the table to keep."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from habaring.regions.models import Region
from habaring.revenue import figures
from habaring.revenue.views import doors
from habaring.shared import formats
from habaring.shared.charts.bars import Bar, bars
from habaring.shared.charts.chart import Caption, Chart
from habaring.shared.pages import download_table, render

FORMS = ("csv", "xlsx")


def _year(request: HttpRequest) -> int | None:
    text = request.GET.get("tahun", "")
    return int(text) if text.isdecimal() and 1990 <= int(text) <= 2100 else None


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """A year by tax and month, the bills that are paid, the channels used."""
    region = doors.region_of(code)
    found = figures.figures(region, _year(request), on=localdate())
    language = get_language() or "id"
    context = {
        "region": region,
        "figures": found,
        "chart": _chart(found, language) if found.total else None,
        "taxes": [(figures.tax_words(one.tax, language), one) for one in found.taxes],
        "month_names": formats.SHORT_MONTHS["en" if language == "en" else "id"],
        "trail": doors.trail(region),
    }
    return render(request, "revenue/public/figures.html", context)


def _chart(found: figures.Figures, language: str) -> Chart:
    names = formats.MONTHS["en" if language == "en" else "id"]
    title = _("Received by month in %(year)d") % {"year": found.year}
    last = max(place for place, amount in enumerate(found.months) if amount) + 1
    return bars(
        [
            Bar(names[place], amount, formats.rupiah_short(amount), "eco")
            for place, amount in enumerate(found.months[:last])
        ],
        Caption(
            "received",
            title,
            _("Bars of what came in each month, all taxes together."),
            example=found.bills.illustrative,
        ),
    )


@require_safe
def table(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The same as a table."""
    region: Region = doors.region_of(code)
    if form not in FORMS:
        raise Http404
    found = figures.figures(region, _year(request), on=localdate())
    name = f"penerimaan-pajak-{code}-{found.year}"
    return download_table(
        figures.RECEIVED, figures.rows(region, found), name=name, form=form
    )
