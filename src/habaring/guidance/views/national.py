"""The country: where each region stands, its history, a cohort and how it was chosen."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from habaring.guidance import (
    keeping,
    method_files,
    methods,
    pictures,
    progress,
    queries,
    tables,
)
from habaring.guidance.forms.national import CountryFilter, filter_for
from habaring.guidance.models import Cohort, CohortState, Enrolment
from habaring.guidance.progress import Country, Facts, Row, Wanted
from habaring.guidance.standing import CODES, WORDS, Stands
from habaring.shared.pages import download, download_table, paginate, render

SIZE = 25
FORMS = ("csv", "xlsx")


@dataclass(frozen=True)
class Asked:
    """The country as an address asks for it."""

    facts: Facts
    country: Country
    wanted: Wanted
    year: int | None
    form: CountryFilter

    @property
    def rows(self) -> list[Row]:
        return progress.narrowed(self.country.rows, self.wanted)


def _asked(request: HttpRequest) -> Asked:
    at = now()
    facts = keeping.facts(on=localdate(at), at=at)
    form = filter_for(request.GET, facts.country())
    wanted, year = form.wanted()
    return Asked(facts, facts.country(year), wanted, year, form)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All regions on one page: a sentence, the map, the years, the list."""
    asked = _asked(request)
    country, year, lines = asked.country, asked.year, asked.facts.lines
    page = paginate(request, asked.rows, size=SIZE)
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
        "form": asked.form,
        "filtered": asked.wanted != Wanted() or year is not None,
        "page": page,
        "shown": [_shown(row, country) for row in page.rows],
        "lines": lines,
        "years": pictures.years_chart(lines) if lines else None,
        "left_out": [one.year for one in lines if one.begun and one.illustrative],
        "query": request.GET.urlencode(),
        "forms": FORMS,
    }
    if not getattr(request, "htmx", False):
        context["map"] = pictures.country_figure(country, year)
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
    asked = _asked(request)
    return download_table(
        tables.COUNTRY,
        tables.country_rows(asked.rows, asked.country.provinces),
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
        "why": methods.why(row.method),
        "method_source": row.method.get("source", ""),
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
def method_file(request: HttpRequest, year: int) -> HttpResponseBase:
    """How a cohort compares, as the file that can be sent back."""
    return download(
        method_files.written(_cohort(year).method).encode(),
        name=f"metode-{year}.toml",
        media_type="application/toml; charset=utf-8",
    )


@require_safe
def cohort_file(request: HttpRequest, year: int, form: str) -> HttpResponseBase:
    """The regions of a cohort as a file."""
    if form not in FORMS:
        raise Http404
    row = _cohort(year)
    rows = tables.cohort_rows(queries.enrolled(row), lambda one: _reason(one, row))
    return download_table(tables.COHORT, rows, name=f"angkatan-{year}", form=form)
