"""What everybody may read: a region's results, a year's results."""

from typing import Any

from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from habaring.evaluation import pictures, tables
from habaring.evaluation.forms import YearFilter
from habaring.evaluation.models import Award, AwardRule, Result, Round
from habaring.evaluation.rules import scheme_of_round
from habaring.regions.models import Region
from habaring.shared.pages import download_table, paginate, render


def _results(region: Region) -> Any:
    return (
        Result.objects.public()
        .filter(region=region)
        .select_related("region", "round__instrument")
        .order_by("-year", "-stage")
    )


@require_safe
def region(request: HttpRequest, code: str) -> HttpResponse:
    """A region through the years: index, measures, rank with its range, awards."""
    row = get_object_or_404(Region.objects.select_related("parent"), code=code)
    results = list(_results(row))
    newest = results[0] if results else None
    scheme = pictures.scheme_of_result(newest) if newest else None
    shown = newest is not None and scheme is not None
    context = {
        "region": row,
        "results": results,
        "newest": newest,
        "years_chart": pictures.years_chart(results),
        "measures": pictures.measure_rows(scheme, newest)
        if shown and scheme and newest
        else [],
        "dimensions": pictures.dimension_chart(scheme, newest)
        if shown and scheme and newest
        else None,
        "band": pictures.band_name(scheme, newest) if scheme and newest else "",
        "high": float(scheme.high) if scheme else None,
        "awards": Award.objects.filter(region=row, revoked_at=None),
    }
    return render(request, "evaluation/region.html", context)


@require_safe
def region_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """A region's results as a table."""
    row = get_object_or_404(Region, code=code)
    if form not in ("csv", "xlsx"):
        raise Http404
    return download_table(
        tables.RESULTS,
        tables.result_rows(_results(row)),
        name=f"{_('evaluation')}-{code}",
        form=form,
    )


@require_safe
def years(request: HttpRequest) -> HttpResponse:
    """Every year with published results."""
    rows = (
        Result.objects.public()
        .values("year", "stage")
        .annotate(regions=Count("pk"), best=Max("index"))
        .order_by("-year", "-stage")
    )
    names = {(one.year, one.stage): one for one in Round.objects.all()}
    context = {
        "years": [(one, names.get((one["year"], one["stage"]))) for one in rows],
        "open": [
            one for one in names.values() if one.state in ("open", "reading", "draft")
        ],
    }
    return render(request, "evaluation/years.html", context)


def _of_year(year: int, stage: int) -> Any:
    rows = Result.objects.public().filter(year=year, stage=stage)
    if not rows.exists():
        raise Http404
    return rows.select_related("region__parent", "round__instrument").order_by(
        "rank", "-index", "region"
    )


@require_safe
def year(request: HttpRequest, year: int, stage: int) -> HttpResponse:
    """One stage of a year: ranks with their ranges, awards, the method."""
    rows = _of_year(year, stage)
    form = YearFilter(request.GET or None)
    narrowed = rows
    if form.is_valid():
        if form.cleaned_data["q"]:
            narrowed = narrowed.filter(region__name__icontains=form.cleaned_data["q"])
        if form.cleaned_data["province"]:
            narrowed = narrowed.filter(region__parent=form.cleaned_data["province"])
    row = (
        Round.objects.filter(year=year, stage=stage)
        .select_related("instrument")
        .first()
    )
    context = {
        "year": year,
        "stage": stage,
        "round": row,
        "form": form,
        "filtered": bool(request.GET),
        "page": paginate(request, narrowed, size=50),
        "ladder": pictures.ladder(list(rows)),
        "rules": AwardRule.objects.filter(round=row).prefetch_related("given__region")
        if row
        else [],
        "weights": _weights(row) if row else [],
        "sway": int(100 * row.method.get("sway", 0)) if row else 0,
        "illustrative": rows.filter(illustrative=True).exists(),
    }
    return render(request, "evaluation/year.html", context)


def _weights(row: Round) -> list[tuple[str, float]]:
    language = get_language() or "id"
    return [(m.name(language), float(m.weight)) for m in scheme_of_round(row).measures]


@require_safe
def year_file(
    request: HttpRequest, year: int, stage: int, form: str
) -> HttpResponseBase:
    """A year's results as a table."""
    if form not in ("csv", "xlsx"):
        raise Http404
    return download_table(
        tables.RESULTS,
        tables.result_rows(_of_year(year, stage)),
        name=f"{_('evaluation')}-{year}-{stage}",
        form=form,
    )
