"""What the public reads of the analysis and of drafts, and says about a draft."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.masterplan import consulting, dimensions, readiness, situation, tables
from habaring.masterplan.actions import consulting as deeds
from habaring.masterplan.findings import QUADRANTS, wheel
from habaring.masterplan.forms.consultation import RemarkForm
from habaring.masterplan.models import Consultation, DraftSection, Quadrant, Remark
from habaring.masterplan.parts import PARTS, RELEASED
from habaring.masterplan.remark_tables import DISPOSITIONS, disposition_values
from habaring.masterplan.views.readiness import compared
from habaring.people import acts
from habaring.people.acts import Act, Need
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import walls
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import download_table, paginate, render
from habaring.shared.refusal import Refusal

SAY = acts.register(
    Act(
        "masterplan.remark",
        gettext_lazy("Say something about a draft"),
        Need.CODE,
        reason=gettext_lazy(
            "So that the region can answer each remark, and nobody writes in masses."
        ),
    )
)


def _region(code: str) -> Region:
    return get_object_or_404(Region.objects.select_related("parent"), code=code)


def _opened(region: Region, part: str) -> str:
    """The word under which a part is released; not found where it is not."""
    word = part if part == "kesiapan" else ""
    if part in PARTS:
        word = PARTS[part].opened_with
    if word not in situation.released(region):
        raise Http404
    return word


@require_safe
def analyses(request: HttpRequest, code: str) -> HttpResponse:
    """Which parts the public reads here, and which not yet."""
    region = _region(code)
    opened = situation.released(region)
    words: dict[str, Any] = {
        "kesiapan": (
            _("Readiness"),
            _(
                "Six elements, each answer with its evidence, compared with the year before."
            ),
        ),
        **{one: (PARTS[one].title, PARTS[one].lead) for one in RELEASED[1:]},
    }
    parts = [(code_, *words[code_], code_ in opened) for code_ in RELEASED]
    return render(
        request,
        "masterplan/analyses.html",
        {"region": region, "parts": parts, "any": bool(opened)},
    )


@require_safe
def analysis(request: HttpRequest, code: str, part: str) -> HttpResponse:
    """One released part, as it stands now."""
    region = _region(code)
    _opened(region, part)
    with walls.also(region.code):
        if part == "kesiapan":
            return _readiness(request, region)
        if part == "swot":
            return _swot(request, region)
        return _list(request, region, part)


def _readiness(request: HttpRequest, region: Region) -> HttpResponse:
    years = readiness.years(region)
    asked = request.GET.get("tahun", "")
    year = int(asked) if asked.isdigit() and int(asked) in years else None
    year = year or next(iter(years), None)
    if year is None:
        raise Http404
    whole = readiness.readiness(region, year, on=localdate())
    earlier = next((one for one in years if one < year), None)
    before = readiness.readiness(region, earlier) if earlier else None
    return render(
        request,
        "masterplan/public_readiness.html",
        {
            "region": region,
            "readiness": whole,
            "years": years,
            "before": before,
            "compared": compared(whole, before),
            "chart": wheel(whole) if whole.mean is not None else None,
        },
    )


def _swot(request: HttpRequest, region: Region) -> HttpResponse:
    rows = list(situation.items(region))
    known = dimensions.known()
    for row in rows:
        row.place = dimensions.name_of(row.dimension, known)
        row.all_votes = situation.votes_of(row)
    kinds = situation.by_kind(rows)
    ways = [
        {
            "row": way,
            "cited": ", ".join(str(item) for item in situation.cites(way)),
            "place": dimensions.name_of(way.dimension, known),
        }
        for way in situation.strategies(region)
    ]
    return render(
        request,
        "masterplan/public_swot.html",
        {
            "region": region,
            "fields": [
                (kind, QUADRANTS[Quadrant(kind)], kinds[kind]) for kind in kinds
            ],
            "strategies": ways,
        },
    )


def _list(request: HttpRequest, region: Region, part: str) -> HttpResponse:
    chosen = PARTS[part]
    page = paginate(request, chosen.found(region))
    known = dimensions.known()
    labels = [str(label) for label in chosen.headings]
    lines = [
        (row, list(zip(labels, chosen.cells(row, known), strict=True)))
        for row in page.rows
    ]
    maps = situation.plan_maps(region, localdate()) if part == "tujuan" else ()
    return render(
        request,
        "masterplan/public_part.html",
        {
            "region": region,
            "part": chosen,
            "page": page,
            "lines": lines,
            "maps": maps,
            "issues": list(situation.issues(region)) if part == "kesenjangan" else (),
        },
    )


@require_safe
def analysis_file(
    request: HttpRequest, code: str, part: str, form: str
) -> HttpResponseBase:
    """A released part as CSV or XLSX."""
    region = _region(code)
    _opened(region, part)
    if form not in ("csv", "xlsx"):
        raise Http404
    with walls.also(region.code):
        if part == "kesiapan":
            kind, values = tables.READINESS, list(tables.readiness_values(region))
        else:
            chosen = PARTS[part]
            kind = tables.with_dimensions(chosen.kind)
            values = [dict(row) for row in chosen.values(region)]
    name = f"{code.replace('.', '')}-{part}"
    return download_table(kind, values, name=name, form=form)


# Consultations


@require_safe
def consultations(request: HttpRequest, code: str) -> HttpResponse:
    """Drafts that people may say something about, and those that ended."""
    region = _region(code)
    at = now()
    page = paginate(request, consulting.public_list(region, at))
    rows = [(row, consulting.state_of(row, at)) for row in page.rows]
    context = {"region": region, "page": page, "rows": rows}
    return render(request, "masterplan/public_consultations.html", context)


def _consultation(code: str, number: int) -> Consultation:
    rows = Consultation.objects.select_related("region").filter(withdrawn_at=None)
    return get_object_or_404(rows, region=code, number=number, opens_at__lte=now())


@require_safe
def consultation(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A draft, section by section, with what was said about it."""
    row = _consultation(code, number)
    context = consulting.page_of(row, now())
    return render(request, "masterplan/public_consultation.html", context)


@require_safe
def dispositions(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The table of what became of each remark."""
    row = _consultation(code, number)
    return render(
        request,
        "masterplan/public_dispositions.html",
        {
            "region": row.region,
            "row": row,
            "state": consulting.state_of(row, now()),
            "page": paginate(request, consulting.told(row), size=50),
        },
    )


@require_safe
def dispositions_file(
    request: HttpRequest, code: str, number: int, form: str
) -> HttpResponseBase:
    """The same as CSV or XLSX."""
    row = _consultation(code, number)
    if form not in ("csv", "xlsx"):
        raise Http404
    name = f"{code.replace('.', '')}-konsultasi-{number}"
    return download_table(DISPOSITIONS, disposition_values(row), name=name, form=form)


@never_cache
@require_http_methods(FORM_METHODS)
def say(request: HttpRequest, code: str, number: int, section: int) -> HttpResponse:
    """Say something about a section of a draft; one's own remarks stand below."""
    row = _consultation(code, number)
    person = _who(request, row.region)
    place = get_object_or_404(DraftSection, consultation=row, order=section)
    form = RemarkForm(request.POST or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        said = deeds.Said(place, **form.cleaned_data)
        try:
            made = deeds.remark(consultation=row, said=said, by=person, at=now())
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(
                request,
                _("It is public now.")
                if made.seen == "shown"
                else _("It waits for a moderator, as first remarks do."),
            )
            return redirect("masterplan:say", code, number, section)
    mine = Remark.objects.filter(consultation=row, author=person)
    context = {
        "region": row.region,
        "row": row,
        "section": place,
        "draft": {"blocks": place.blocks},
        "open": consulting.state_of(row, now()) == "open",
        "form": form,
        "refusal": refusal,
        "mine": mine.exclude(seen="withdrawn").select_related("section"),
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "masterplan/public_say.html", context, status=status)


def _who(request: HttpRequest, region: Region) -> Account:
    person = acts.require(request.user, SAY, at=now(), region=region)
    assert person is not None  # noqa: S101 - the act needs a code
    return person


@require_POST
def take_back(
    request: HttpRequest, code: str, number: int, remark: int
) -> HttpResponse:
    """Take one's own remark back."""
    row = _consultation(code, number)
    person = _who(request, row.region)
    mine = Remark.objects.filter(consultation=row, author=person)
    found = get_object_or_404(mine.select_related("section"), number=remark)
    deeds.take_back(row=found, by=person, at=now())
    messages.success(request, _("Your remark is taken back."))
    return redirect("masterplan:say", code, number, found.section.order)
