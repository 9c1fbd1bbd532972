"""Public pages: where a region stands, an edition and how it was computed, the catalogue."""

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django import forms
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from habaring.assessment import explanation, pictures, queries
from habaring.assessment.models import Crosswalk, Framework, IndexEdition, Indicator
from habaring.assessment.observations import OBSERVATIONS
from habaring.assessment.queries import DimensionRow, IndicatorRow, Profile
from habaring.regions.models import Region
from habaring.shared.charts.chart import Chart
from habaring.shared.charts.files import as_file
from habaring.shared.fields import choice_of
from habaring.shared.pages import download, paginate, render
from habaring.shared.tables import write_csv, write_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FAMILIES = {
    "kabupaten": gettext_lazy("Kabupaten and kota"),
    "apbd": gettext_lazy("Regional budget"),
    "spbe": gettext_lazy("Digital government (SPBE)"),
    "u4ssc": gettext_lazy("U4SSC (ITU-T Y.4903)"),
}


class IndicatorFilter(forms.Form):
    """Search among the indicators of a region, kept in the address."""

    q = forms.CharField(label=gettext_lazy("Name or code"), required=False)
    dimensi = forms.ChoiceField(label=gettext_lazy("Dimension"), required=False)
    keadaan = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            ("known", gettext_lazy("with a value")),
            ("missing", gettext_lazy("without a value")),
            ("reached", gettext_lazy("target reached")),
            ("short", gettext_lazy("short of the target")),
        ],
    )

    def __init__(self, data: object, rows: Sequence[DimensionRow]) -> None:
        super().__init__(data, prefix=None)  # type: ignore[arg-type]
        choice_of(self, "dimensi").choices = [
            ("", _("All")),
            *((row.dimension.code, row.dimension.name) for row in rows),
        ]


class CatalogueFilter(forms.Form):
    """Search in the catalogue, kept in the address."""

    q = forms.CharField(label=gettext_lazy("Name, code or producer"), required=False)
    keluarga = forms.ChoiceField(
        label=gettext_lazy("Family"),
        required=False,
        choices=[("", gettext_lazy("All")), *FAMILIES.items()],
    )


class LeagueFilter(forms.Form):
    """Search among the regions of an edition."""

    q = forms.CharField(label=gettext_lazy("Region"), required=False)


def _region(code: str) -> Region:
    return get_object_or_404(Region.objects.select_related("parent"), code=code)


def _clean(form: forms.Form, name: str) -> str:
    return str(form.cleaned_data.get(name, "")) if form.is_valid() else ""


# Where the region stands


@require_safe
def standing(request: HttpRequest, code: str) -> HttpResponse:
    """One page that answers: where does this region stand?"""
    region = _region(code)
    profile = queries.profile(region)
    form = IndicatorFilter(request.GET, profile.dimensions)
    dimensions = _filtered(profile.dimensions, form)
    asked = any(request.GET.get(name) for name in form.fields)
    return render(
        request,
        "assessment/standing.html",
        {
            "region": region,
            "profile": profile,
            "answer": pictures.answer(profile.league),
            "alike": pictures.alike_names(profile.league),
            "ladder": pictures.ladder(
                profile.league, region, example=profile.illustrative, width=540
            ),
            "ladder_downloads": _picture_links(region, "peringkat"),
            "trend": pictures.index_trend(profile),
            "trend_downloads": _picture_links(region, "perubahan"),
            "rows": pictures.dimension_rows(profile),
            "form": form,
            "dimensions": pictures.with_sparks(dimensions),
            "found": sum(len(row.indicators) for row in dimensions),
            "asked": asked,
            "clear": f"{request.path}#indikator" if asked else "",
            "empty_dimensions": [
                row.dimension.name for row in profile.dimensions if row.absent
            ],
        },
    )


def _filtered(
    rows: Iterable[DimensionRow], form: IndicatorFilter
) -> tuple[DimensionRow, ...]:
    words, state = _clean(form, "q").casefold(), _clean(form, "keadaan")
    chosen = _clean(form, "dimensi")
    kept = []
    for row in rows:
        if chosen and row.dimension.code != chosen:
            continue
        inside = tuple(i for i in row.indicators if _fits(i, words, state))
        if inside or not (words or state):
            kept.append(replace(row, indicators=inside))
    return tuple(kept)


def _fits(row: IndicatorRow, words: str, state: str) -> bool:
    names = (row.indicator.code, row.indicator.name_id, row.indicator.name_en)
    if words and not any(words in name.casefold() for name in names):
        return False
    if state == "known":
        return row.value is not None
    if state == "missing":
        return row.value is None
    return not state or row.state == state


def _picture_links(region: Region, key: str, *more: str) -> list[tuple[str, str]]:
    return [
        (
            kind.upper(),
            reverse("assessment:picture", args=[region.code, key, kind]),
        )
        for kind in ("svg", "png", "csv")
    ]


@require_safe
def picture(request: HttpRequest, code: str, key: str, kind: str) -> HttpResponseBase:
    """A chart of the region's page as a file."""
    region = _region(code)
    chart = _chart(region, queries.profile(region), key)
    if chart is None:
        raise Http404
    content, media_type = as_file(chart, kind)
    return download(content, name=f"{key}-{code}.{kind}", media_type=media_type)


def _chart(region: Region, profile: Profile, key: str) -> Chart | None:
    if key == "peringkat":
        return pictures.ladder(profile.league, region, example=profile.illustrative)
    return pictures.index_trend(profile) if key == "perubahan" else None


@require_safe
def table(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """Every current value of the region; the file comes back in unchanged."""
    region = _region(code)
    rows = queries.current_table(region)
    name, language = f"kondisi-{code}.{kind}", get_language() or "id"
    if kind == "csv":
        parts = write_csv(OBSERVATIONS, rows, language)
        return download(parts, name=name, media_type="text/csv; charset=utf-8")
    file = io.BytesIO()
    write_xlsx(OBSERVATIONS, rows, file, language)
    return download(file.getvalue(), name=name, media_type=XLSX)


# Editions


@require_safe
def editions(request: HttpRequest, code: str) -> HttpResponse:
    """All editions that tell of a region."""
    region = _region(code)
    return render(
        request,
        "assessment/editions.html",
        {
            "region": region,
            "editions": paginate(request, queries.editions_for(region)),
        },
    )


def _edition(region: Region, edition: int) -> IndexEdition:
    """The edition with its large fields, if it tells of this region."""
    found = get_object_or_404(
        IndexEdition.objects.select_related("region", "framework", "published_by"),
        pk=edition,
    )
    inside = found.scores.filter(region=region).exists()
    if found.region_id != region.code and not inside:
        raise Http404
    return found


@require_safe
def edition(request: HttpRequest, code: str, edition: int) -> HttpResponse:
    """One frozen edition: everyone's range, and how this region's index was computed."""
    region = _region(code)
    found = _edition(region, edition)
    league = queries.league(found, region)
    told = explanation.explain(found, region.code)
    form = LeagueFilter(request.GET)
    words = _clean(form, "q").casefold()
    return render(
        request,
        "assessment/edition.html",
        {
            "region": region,
            "edition": found,
            "league": league,
            "answer": pictures.answer(league),
            "alike": pictures.alike_names(league),
            "ladder": pictures.ladder(league, region, example=found.illustrative),
            "rows": paginate(
                request,
                [r for r in league.rows if words in r.region.full_name.casefold()],
                size=50,
            ),
            "form": form,
            "told": told,
            "notes": told.notes if told else explanation.notes_of(found),
            "waterfall": told
            and pictures.contributions(told, example=found.illustrative),
            "sensitivity": told
            and pictures.sensitivity(told, example=found.illustrative),
            "downloads": _edition_downloads(region, found),
            "command": (
                f"habaring score table.csv framework.toml --draws {found.draws} "
                f"--seed {found.seed}"
            ),
        },
    )


FILES = {
    "table.csv": "text/csv; charset=utf-8",
    "framework.toml": "application/toml",
    "record.json": "application/json",
    "SHA256SUMS": "text/plain; charset=utf-8",
}


def _edition_downloads(region: Region, found: IndexEdition) -> list[tuple[str, str]]:
    return [
        (name, reverse("assessment:edition-file", args=[region.code, found.pk, name]))
        for name in FILES
    ]


@require_safe
def edition_file(
    request: HttpRequest, code: str, edition: int, name: str
) -> HttpResponseBase:
    """A file of an edition, exactly as it was scored."""
    if name not in FILES:
        raise Http404
    found = _edition(_region(code), edition)
    return download(_file(found, name), name=name, media_type=FILES[name])


def _file(found: IndexEdition, name: str) -> bytes:
    if name == "table.csv":
        return found.table_csv.encode()
    if name == "framework.toml":
        return found.framework_toml.encode()
    if name == "record.json":
        return json.dumps(found.record, ensure_ascii=False, indent=1).encode()
    return found.checksums.encode()


# One indicator


@require_safe
def indicator(request: HttpRequest, code: str, indicator: str) -> HttpResponse:
    """One indicator: what it means, its series, its revisions, its peers."""
    region = _region(code)
    found = get_object_or_404(Indicator, code=indicator)
    series = queries.series(region, found)
    chart = pictures.series_chart(series, region)
    return render(
        request,
        "assessment/indicator.html",
        {
            "region": region,
            "indicator": found,
            "series": series,
            "chart": chart,
            "chart_downloads": [
                (
                    kind.upper(),
                    reverse(
                        "assessment:indicator-picture", args=[code, indicator, kind]
                    ),
                )
                for kind in ("svg", "png", "csv")
            ],
            "peers": pictures.peers_chart(series),
            "revisions": paginate(request, series.revisions, size=20),
            "family": FAMILIES.get(found.family, found.family),
            "framework_places": found.places.select_related("framework", "dimension"),
        },
    )


@require_safe
def indicator_picture(
    request: HttpRequest, code: str, indicator: str, kind: str
) -> HttpResponseBase:
    """The series of one indicator as a file."""
    region = _region(code)
    found = get_object_or_404(Indicator, code=indicator)
    chart = pictures.series_chart(queries.series(region, found), region)
    if chart is None:
        raise Http404
    content, media_type = as_file(chart, kind)
    name = f"{indicator.replace(':', '-')}-{code}.{kind}"
    return download(content, name=name, media_type=media_type)


# Framework and catalogue


@require_safe
def framework(request: HttpRequest, code: str, framework: str = "") -> HttpResponse:
    """A framework: its dimensions and their other names, indicators, crosswalk."""
    found = queries.framework_in_force(framework)
    if framework and found is None:
        raise Http404
    return render(
        request,
        "assessment/framework.html",
        {
            "region": _region(code),
            "framework": found,
            "frameworks": Framework.objects.exclude(pk=found.pk if found else 0),
            "tree": _tree(found) if found else [],
            "crosswalk": Crosswalk.objects.filter(
                Q(source__framework=found) | Q(target__framework=found)
            ).select_related("source__framework", "target__framework"),
        },
    )


def _tree(found: Framework) -> list[dict[str, object]]:
    """Each top dimension with its parts; each part with its indicators."""
    every = list(found.dimensions.prefetch_related("aliases"))
    places = list(found.places.select_related("indicator"))

    def node(row: object) -> dict[str, object]:
        pk = row.pk  # type: ignore[attr-defined]
        return {
            "dimension": row,
            "aliases": row.aliases.all(),  # type: ignore[attr-defined]
            "places": [place for place in places if place.dimension_id == pk],
            "parts": [node(below) for below in every if below.parent_id == pk],
        }

    return [node(top) for top in every if top.parent_id is None]


@require_safe
def catalogue(request: HttpRequest, code: str) -> HttpResponse:
    """Every indicator that can be recorded, with search and paging."""
    form = CatalogueFilter(request.GET)
    words, family = _clean(form, "q"), _clean(form, "keluarga")
    rows = Indicator.objects.order_by("family", "code")
    if family:
        rows = rows.filter(family=family)
    if words:
        rows = rows.filter(
            Q(code__icontains=words)
            | Q(name_id__icontains=words)
            | Q(name_en__icontains=words)
            | Q(producer__icontains=words)
        )
    return render(
        request,
        "assessment/catalogue.html",
        {"region": _region(code), "form": form, "indicators": paginate(request, rows)},
    )
