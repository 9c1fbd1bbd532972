"""The desk of the analysis: its parts as lists, their forms, files and release."""

from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from habaring.masterplan import (
    actions,
    dimensions,
    gap_hints,
    readiness,
    situation,
    tables,
)
from habaring.masterplan.actions.analysing import vote as cast_vote
from habaring.masterplan.findings import QUADRANTS, wheel
from habaring.masterplan.forms.analysis import OfRegion, PartFilter, SheetForm
from habaring.masterplan.models import Pairing, Quadrant, SwotItem, SwotVote
from habaring.masterplan.parts import PARTS, RELEASED, Part
from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.form_pages import FORM_METHODS
from habaring.shared.pages import download_table, paginate, render
from habaring.shared.refusal import Refusal
from habaring.shared.tables import read
from habaring.shared.uploads import TABLES, accept


def enter(
    request: HttpRequest, code: str, power: Power = Power.WRITE_PLAN
) -> tuple[Region, Account]:
    """The region and who works there, or a refusal."""
    region = get_object_or_404(Region.objects.select_related("parent"), code=code)
    return region, access.require(request.user, power, at=now(), region=region)


def may_write(account: Account, region: Region) -> bool:
    """Whether buttons that write are offered."""
    return Power.WRITE_PLAN in access.powers(account, at=now(), region=region)


def part_of(code: str) -> Part:
    """The part with that word, or not found."""
    if code not in PARTS:
        raise Http404
    return PARTS[code]


@require_safe
def overview(request: HttpRequest, code: str) -> HttpResponse:
    """Where the analysis stands: readiness as a picture, each part with its count."""
    region, reader = enter(request, code, Power.SEE_WORK_ROOM)
    years = readiness.years(region)
    whole = readiness.readiness(region, years[0], on=localdate()) if years else None
    opened = situation.released(region)
    return render(
        request,
        "masterplan/analysis.html",
        {
            "region": region,
            "readiness": whole,
            "year": years[0] if years else localdate().year,
            "chart": wheel(whole) if whole and whole.mean is not None else None,
            "parts": [(one, one.found(region).count()) for one in PARTS.values()],
            "releases": [(word, word in opened, _title(word)) for word in RELEASED],
            "may_write": may_write(reader, region),
        },
    )


def _title(word: str) -> str:
    return _("Readiness") if word == "kesiapan" else str(PARTS[word].title)


@dataclass(frozen=True)
class Line:
    """A row as a list shows it; `mine`: one's own vote lies on it."""

    row: Any
    key: int
    cells: list[tuple[str, str]]
    mine: bool = False


@require_safe
def part(request: HttpRequest, code: str, part: str) -> HttpResponse:
    """One part as a list with search and filters; SWOT as four fields."""
    region, reader = enter(request, code, Power.SEE_WORK_ROOM)
    if part == "kesiapan":
        year = next(iter(readiness.years(region)), localdate().year)
        return redirect("masterplan-work:readiness", code, year)
    chosen = part_of(part)
    form = PartFilter(request.GET)
    form.is_valid()  # what makes no sense is left out
    asked = form.cleaned_data
    rows = chosen.found(
        region,
        words=asked.get("q", ""),
        dimension=asked.get("dimensi", ""),
        all_=bool(asked.get("ditarik")),
    )
    page = paginate(request, rows, size=100 if part == "swot" else 25)
    lines = _lines(chosen, page.rows, reader)
    context = {
        "region": region,
        "part": chosen,
        "parts": list(PARTS.values()),
        "form": form,
        "filtered": any(asked.values()),
        "page": page,
        "lines": lines,
        "hints": gap_hints.hints(region) if part == "kesenjangan" else (),
        "known": dimensions.known(),
        "may_write": may_write(reader, region),
        **(_fields(lines) if part == "swot" else {}),
    }
    name = "masterplan/swot.html" if part == "swot" else "masterplan/part.html"
    return render(request, name, context)


def _lines(chosen: Part, rows: Any, reader: Account) -> list[Line]:
    known = dimensions.known()
    mine: set[int] = set()
    if chosen.code == "swot":
        votes = SwotVote.objects.filter(account=reader, item__in=list(rows))
        mine = set(votes.values_list("item", flat=True))
    labels = [str(label) for label in chosen.headings]
    return [
        Line(
            row=row,
            key=getattr(row, "number", row.pk),
            cells=list(zip(labels, chosen.cells(row, known), strict=True)),
            mine=row.pk in mine,
        )
        for row in rows
    ]


def _fields(lines: list[Line]) -> dict[str, Any]:
    """The four fields of SWOT, most votes first."""

    def votes(line: Line) -> tuple[int, int]:
        return -situation.votes_of(line.row), line.key

    return {
        "fields": [
            (
                kind.value,
                QUADRANTS[kind],
                sorted((one for one in lines if one.row.kind == kind), key=votes),
            )
            for kind in Quadrant
        ],
        "pairings": Pairing.choices,
    }


@require_http_methods(FORM_METHODS)
def new(request: HttpRequest, code: str, part: str) -> HttpResponse:
    """Record a row."""
    region, writer = enter(request, code)
    chosen = part_of(part)
    given = {key: value for key, value in request.GET.items() if key != "items"}
    if "items" in request.GET:
        given["items"] = request.GET.getlist("items")  # type: ignore[assignment]  # a list of numbers
    form = chosen.form(request.POST or None, region=region, initial=given)
    return _form(request, region, writer, chosen, form, None)


@require_http_methods(FORM_METHODS)
def change(request: HttpRequest, code: str, part: str, number: int) -> HttpResponse:
    """Change a row."""
    region, writer = enter(request, code)
    chosen = part_of(part)
    row = chosen.row(region, number)
    if row is None:
        raise Http404
    form = chosen.form(request.POST or None, region=region, initial=chosen.initial(row))
    return _form(request, region, writer, chosen, form, row)


def _form(
    request: HttpRequest,
    region: Region,
    writer: Account,
    chosen: Part,
    form: OfRegion,
    row: Any,
) -> HttpResponse:
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            form.record(by=writer, at=now(), number=getattr(row, "number", None))
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Saved."))
            return redirect("masterplan-work:part", region.code, chosen.code)
    context = {
        "region": region,
        "part": chosen,
        "form": form,
        "row": row,
        "numbered": hasattr(row, "number"),
        "refusal": refusal,
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "masterplan/part_form.html", context, status=status)


@require_POST
def withdraw(request: HttpRequest, code: str, part: str, number: int) -> HttpResponse:
    """Take a row back, or bring it back."""
    region, writer = enter(request, code)
    chosen = part_of(part)
    row = chosen.row(region, number)
    if row is None or not hasattr(row, "number"):
        raise Http404
    if row.withdrawn_at is None:
        actions.withdraw(row=row, by=writer, at=now())
        messages.success(request, _("It is taken back; it keeps its number."))
    else:
        actions.restore(row=row, by=writer, at=now())
        messages.success(request, _("It is back."))
    return redirect("masterplan-work:part", code, part)


@require_POST
def vote(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Find an item of SWOT important, or take that back."""
    region, writer = enter(request, code)
    item = get_object_or_404(SwotItem, region=region, number=number, withdrawn_at=None)
    cast_vote(item=item, by=writer, at=now())
    return redirect("masterplan-work:part", code, "swot")


@require_safe
def part_file(
    request: HttpRequest, code: str, part: str, form: str
) -> HttpResponseBase:
    """A part as a file, which comes back by `import_part`."""
    region, _reader = enter(request, code, Power.SEE_WORK_ROOM)
    if form not in ("csv", "xlsx"):
        raise Http404
    if part == "kesiapan":
        kind, values = tables.READINESS, tables.readiness_values(region)
    else:
        chosen = part_of(part)
        kind, values = tables.with_dimensions(chosen.kind), chosen.values(region)  # type: ignore[assignment]  # any rows
    name = f"{code.replace('.', '')}-{part}"
    return download_table(kind, values, name=name, form=form)


@require_http_methods(FORM_METHODS)
def import_part(request: HttpRequest, code: str, part: str) -> HttpResponse:
    """Take the rows of a spreadsheet, all or none."""
    region, writer = enter(request, code)
    if part == "kesiapan":
        kind, taker = tables.READINESS, tables.take_readiness
    else:
        kind, taker = part_of(part).kind, part_of(part).taker  # type: ignore[assignment]  # one of many
    form = SheetForm(request.POST or None, request.FILES or None)
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        hand = tables.Hand(region, writer, now())
        try:
            count = _taken(form, kind, taker, hand)
        except Refusal as refused:
            refusal = refused
        else:
            words = ngettext("%(n)d row was taken.", "%(n)d rows were taken.", count)
            messages.success(request, words % {"n": count})
            if part == "kesiapan":
                return redirect("masterplan-work:analysis", code)
            return redirect("masterplan-work:part", code, part)
    context = {
        "region": region,
        "code": part,
        "kind": kind,
        "form": form,
        "refusal": refusal,
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "masterplan/part_import.html", context, status=status)


def _taken(
    form: django_forms.Form, kind: Any, taker: tables.Taker, hand: tables.Hand
) -> int:
    file = accept(form.cleaned_data["file"], TABLES).file
    rows = read(
        file,
        tables.with_dimensions(kind),
        today=localdate(hand.at),
        language=get_language() or "id",
        max_rows=tables.MOST_ROWS,
    )
    return tables.take(rows, taker, hand)


@require_POST
def release(request: HttpRequest, code: str, part: str) -> HttpResponse:
    """Open a part to the public, or close it again."""
    region, writer = enter(request, code, Power.ISSUE_EDITION)
    if part not in RELEASED:
        raise Http404
    if part in situation.released(region):
        actions.close(region=region, part=part, by=writer, at=now())
        messages.success(request, _("The public does not read this part any more."))
    else:
        actions.release(region=region, part=part, by=writer, at=now())
        messages.success(request, _("The public reads this part now, as it stands."))
    return redirect("masterplan-work:analysis", code)
