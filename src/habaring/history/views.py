"""The history of a region, of a thing, of oneself; and the public chain of days."""

import csv
import io
import json
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from habaring.history import deeds, queries
from habaring.history.forms import Filters
from habaring.history.models import WHOLE, Seal
from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import walls
from habaring.shared.models import AuditEntry
from habaring.shared.pages import download, paginate, render
from habaring.shared.tables import write_csv, write_xlsx

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
CHANGES = 20  # rows of a deed on one page


def _enter(request: HttpRequest, code: str) -> Region | None:
    """Let those in who may read the history: of one region, or of the platform."""
    region = get_object_or_404(Region, code=code) if code else None
    access.require(request.user, Power.SEE_AUDIT, at=now(), region=region)
    if region is None:
        walls.open_everywhere()
    return region


def _url(code: str, name: str, *args: Any) -> str:
    """The address of a page of the region's history, or of the platform's."""
    space = "history-work" if code else "history-platform"
    return reverse(f"{space}:{name}", args=[*([code] if code else []), *args])


@require_safe
def history(request: HttpRequest, code: str = "") -> HttpResponse:
    """Who did what, newest first."""
    region = _enter(request, code)
    form = Filters(request.GET or None, region=code)
    page = paginate(request, deeds.deeds(form.wanted(code)))
    kept = page.query and f"?{page.query}"
    context = {
        "region": region,
        "form": form,
        "page": page,
        "deeds": _linked(page.rows, code),
        "narrowed": bool(page.query),
        "clear": _url(code, "history") if page.query else "",
        "bare": _url(code, "bare"),
        "chain": _chain_url(code),
        "downloads": [
            (kind.upper(), _url(code, "sheet", kind) + kept) for kind in ("csv", "xlsx")
        ],
    }
    return render(request, "history/history.html", context, part="rows")


def _linked(rows: Any, code: str) -> list[tuple[deeds.Deed, str]]:
    return [(deeds.told(row), _url(code, "entry", row.id)) for row in rows]


def _chain_url(code: str) -> str:
    if code:
        return reverse("history:region-chain", args=[code])
    return reverse("history:chain")


@require_safe
def sheet(request: HttpRequest, form: str, code: str = "") -> HttpResponseBase:
    """The deeds asked for, as a file."""
    _enter(request, code)
    filters = Filters(request.GET or None, region=code)
    return _sheet(deeds.deeds(filters.wanted(code)), form, name=code or "platform")


def _sheet(rows: "QuerySet[AuditEntry]", form: str, *, name: str) -> HttpResponseBase:
    if form not in ("csv", "xlsx"):
        raise Http404
    language = get_language() or "id"
    content: Iterator[bytes]
    if form == "csv":
        content = iter(write_csv(deeds.SHEET, deeds.sheet(rows, language), language))
    else:
        content = _workbook(rows, language)
    file = f"riwayat-{name}.{form}"
    return download(content, name=file, media_type=MEDIA[form])


def _workbook(rows: "QuerySet[AuditEntry]", language: str) -> Iterator[bytes]:
    """Written to a file as rows come, then sent: memory stays small."""
    with TemporaryFile() as file:
        write_xlsx(deeds.SHEET, deeds.sheet(rows, language), file, language)
        file.seek(0)
        yield from iter(lambda: file.read(64 * 1024), b"")


@require_safe
def entry(request: HttpRequest, entry: UUID, code: str = "") -> HttpResponse:
    """One deed: why, and each row from what to what."""
    region = _enter(request, code)
    return _entry(request, entry, code, region)


def _entry(
    request: HttpRequest, entry: UUID, code: str, region: Region | None
) -> HttpResponse:
    found = deeds.find(entry, region=code)
    if found is None:
        raise Http404
    page = paginate(request, deeds.changes_of(found), size=CHANGES)
    seal = deeds.seal_of(found)
    context = {
        "region": region,
        "deed": deeds.told(found),
        "details": found.details.items(),
        "redaction": deeds.blacked_out(found),
        "page": page,
        "rows": deeds.rows_of(page.rows),
        "back": _url(code, "history"),
        "thing": _url(code, "thing", found.subject_kind, found.subject_ref)
        if code
        else "",
        "seal": seal,
        "chain": _chain_url(code),
    }
    return render(request, "history/entry.html", context)


@require_safe
def thing(request: HttpRequest, code: str, kind: str, ref: str) -> HttpResponse:
    """All that happened to one thing."""
    region = _enter(request, code)
    found = deeds.thing(kind, ref, region=code)
    if found is None:
        raise Http404
    page = paginate(request, found.deeds, size=CHANGES)
    context = {
        "region": region,
        "thing": found,
        "page": page,
        "deeds": _linked(page.rows, code),
        "rows": deeds.rows_of(found.changes[:CHANGES]),
        "back": _url(code, "history"),
    }
    return render(request, "history/thing.html", context)


@require_safe
def bare(request: HttpRequest, code: str = "") -> HttpResponse:
    """Rows changed without a deed: by hand in the database, mostly."""
    region = _enter(request, code)
    page = paginate(request, deeds.without_deed(code), size=CHANGES)
    context = {
        "region": region,
        "page": page,
        "rows": deeds.rows_of(page.rows),
        "back": _url(code, "history"),
    }
    return render(request, "history/bare.html", context)


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """What the reader did."""
    reader = _reader(request)
    page = paginate(request, deeds.own(reader))
    context = {
        "page": page,
        "deeds": [(deeds.told(row), "") for row in page.rows],
        "downloads": [
            (kind.upper(), reverse("history:own-sheet", args=[kind]))
            for kind in ("csv", "xlsx")
        ],
    }
    return render(request, "history/own.html", context)


@require_safe
def own_sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """What the reader did, as a file."""
    return _sheet(deeds.own(_reader(request)), form, name="saya")


def _reader(request: HttpRequest) -> Account:
    if isinstance(request.user, Account):
        return request.user
    return access.require(request.user, Power.SEE_WORK_ROOM, at=now())  # refuses


@require_safe
def chain(request: HttpRequest, code: str = "") -> HttpResponse:
    """The public table of sealed days."""
    region = (
        get_object_or_404(Region.objects.select_related("parent"), code=code)
        if code
        else None
    )
    page = paginate(request, deeds.chain(code or WHOLE), size=31)
    context: dict[str, Any] = {
        "region": region,
        "page": page,
        "newest": page.rows[0] if page.number == 1 and page.rows else None,
        "downloads": [
            (kind.upper(), _seals_url(code, kind)) for kind in ("csv", "json")
        ],
        "whole": reverse("history:chain"),
        "regions": [] if code else deeds.regions_with_chain(),
    }
    return render(request, "history/chain.html", context)


def _seals_url(code: str, kind: str) -> str:
    if code:
        return reverse("history:region-seals", args=[code, kind])
    return reverse("history:seals", args=[kind])


@require_safe
def seals(request: HttpRequest, form: str, code: str = "") -> HttpResponseBase:
    """The seals of a chain as a file to keep elsewhere and compare later."""
    if form not in ("csv", "json"):
        raise Http404
    if code:
        get_object_or_404(Region, code=code)
    rows = deeds.chain(code or WHOLE).order_by("day")
    content = _seal_lines(rows) if form == "csv" else _seal_json(rows)
    name = f"rantai-{code or 'platform'}.{form}"
    return download(content, name=name, media_type=MEDIA[form])


def _seal_lines(rows: "QuerySet[Seal]") -> Iterator[bytes]:
    buffer = io.StringIO()
    columns = ("day", "region", "count", "root", "previous", "hash")
    writer = csv.DictWriter(buffer, columns)
    writer.writeheader()
    for seal in rows.iterator(chunk_size=500):
        writer.writerow(queries.told(seal))
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode()


def _seal_json(rows: "QuerySet[Seal]") -> Iterator[bytes]:
    yield b"["
    for number, seal in enumerate(rows.iterator(chunk_size=500)):
        yield (b",\n" if number else b"\n") + json.dumps(queries.told(seal)).encode()
    yield b"\n]\n"
