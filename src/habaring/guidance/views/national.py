"""The country: where each region stands, its history, a cohort and how it was chosen."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from habaring.guidance import methods, pictures, progress, queries, tables
from habaring.guidance.forms.national import filter_for
from habaring.guidance.models import Cohort, CohortState, Enrolment
from habaring.guidance.progress import Country, Row, Wanted
from habaring.guidance.standing import CODES, WORDS, Stands
from habaring.shared.pages import download_table, paginate, render

SIZE = 25
FORMS = ("csv", "xlsx")


def _country(request: HttpRequest) -> tuple[Country, Country, Wanted, object]:
    """The country as asked, the whole of today for the form, what is wanted."""
    on = localdate(now())
    today = progress.country(on=on)
    form = filter_for(request.GET, today)
    wanted, year = form.wanted()
    country = today if year is None else progress.country(on=on, year=year)
    return country, today, wanted, form


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All regions on one page: a sentence, the map, the years, the list."""
    country, _today, wanted, form = _country(request)
    year = form.wanted()[1]  # type: ignore[attr-defined]
    rows = progress.narrowed(country.rows, wanted)
    lines = progress.history()
    context = {
        "country": country,
        "total": len(country.rows),
        "counts": [
            (CODES[one], WORDS[one], country.counts[one])
            for one in sorted(Stands, reverse=True)
        ],
        "took_part": sum(row.really for row in country.rows),
        "official": sum(line.official or 0 for line in lines if not line.illustrative),
        "year": year,
        "form": form,
        "filtered": wanted != Wanted() or year is not None,
        "page": paginate(request, [_shown(one, country) for one in rows], size=SIZE),
        "lines": lines,
        "years": pictures.years_chart(lines) if lines else None,
        "query": request.GET.urlencode(),
        "forms": FORMS,
    }
    if not getattr(request, "htmx", False):
        context["map"] = pictures.country_map(country, year)
    return render(request, "guidance/national.html", context, part="found")


def _shown(row: Row, country: Country) -> dict[str, object]:
    return {
        "row": row,
        "province": country.provinces.get(row.province, row.province),
        "stands": WORDS[row.stands],
        "code": CODES[row.stands],
    }


@require_safe
def file(request: HttpRequest, form: str) -> HttpResponseBase:
    """What is on the screen as a file, filters kept."""
    if form not in FORMS:
        raise Http404
    country, _today, wanted, _form = _country(request)
    rows = progress.narrowed(country.rows, wanted)
    return download_table(
        tables.COUNTRY,
        tables.country_rows(rows, country.provinces),
        name=_("regions-in-the-programme"),
        form=form,
    )


def _cohort(year: int) -> Cohort:
    return get_object_or_404(Cohort, year=year)


@require_safe
def cohort(request: HttpRequest, year: int) -> HttpResponse:
    """One cohort: its call, its method, its regions with place and reason."""
    row, at = _cohort(year), now()
    decided = row.selected_at is not None
    rows = queries.enrolled(row)
    if q := request.GET.get("q", "").strip()[:100]:
        rows = rows.filter(region__name__icontains=q)
    page = paginate(request, rows, size=50)
    context = {
        "cohort": row,
        "takes": row.takes_applications(at),
        "decided": decided,
        "lines": [(one, _reason(one, row)) for one in page.rows],
        "page": page,
        "q": q,
        "criteria": methods.criteria(row),
        "requirements": methods.requirements(row),
        "per_province": row.method.get("per_province"),
        "tie_break": _ties(row),
        "steps": list(row.stages.prefetch_related("templates")),
        "taking_part": queries.taking_part(row),
        "reserve": queries.reserve(row),
        "past": row.state == CohortState.FINISHED,
        "forms": FORMS,
    }
    return render(request, "guidance/cohort.html", context)


def _ties(row: Cohort) -> list[str]:
    names = {one.code: str(one.name) for one in methods.criteria(row)}
    return [names.get(code, code) for code in row.method.get("tie_break", [])]


def _reason(one: Enrolment, cohort: Cohort) -> str:
    """Public once the regions are chosen."""
    if cohort.selected_at is None:
        return ""
    told = methods.told(one.why, cohort)
    return " ".join(part for part in (told, one.decided_reason) if part)


@require_safe
def cohort_file(request: HttpRequest, year: int, form: str) -> HttpResponseBase:
    """The regions of a cohort as a file."""
    if form not in FORMS:
        raise Http404
    row = _cohort(year)
    rows = tables.cohort_rows(queries.enrolled(row), lambda one: _reason(one, row))
    return download_table(tables.COHORT, rows, name=f"angkatan-{year}", form=form)
