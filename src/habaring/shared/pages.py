"""A page or its part, page numbers, and downloads."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render as django_render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from habaring.shared import walls
from habaring.shared.tables import TableKind, Value, write_csv, write_xlsx

Row = TypeVar("Row")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def render(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    part: str = "",
    status: int = 200,
) -> HttpResponse:
    """The named part to htmx, the whole page to everyone else."""
    wanted = (
        f"{template}#{part}" if part and getattr(request, "htmx", False) else template
    )
    response = django_render(request, wanted, dict(context), status=status)
    if part:
        patch_vary_headers(response, ["HX-Request"])
    return response


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list, with the address of its neighbours (filters kept)."""

    rows: Sequence[Row]
    number: int
    pages: int
    total: int
    query: str

    @property
    def previous(self) -> str:
        return self.address(self.number - 1) if self.number > 1 else ""

    @property
    def next(self) -> str:
        return self.address(self.number + 1) if self.number < self.pages else ""

    def address(self, number: int) -> str:
        return f"?{self.query}{'&' if self.query else ''}halaman={number}"


def paginate(request: HttpRequest, rows: Any, *, size: int = 25) -> Page[Any]:
    """Cut a list or queryset; a page number that makes no sense gives a near one."""
    cut = Paginator(rows, size).get_page(request.GET.get("halaman", 1))
    kept = [(k, v) for k, v in request.GET.items() if k != "halaman" and v]
    return Page(
        rows=list(cut.object_list),
        number=cut.number,
        pages=cut.paginator.num_pages,
        total=cut.paginator.count,
        query=urlencode(kept),
    )


def download(
    content: bytes | Iterable[bytes], *, name: str, media_type: str
) -> HttpResponse | StreamingHttpResponse:
    """A file to keep: always an attachment, never shown inside our origin."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }
    if isinstance(content, bytes):
        return HttpResponse(content, content_type=media_type, headers=headers)
    rest = _as_the_view_saw_it(content, walls.opened())
    return StreamingHttpResponse(rest, content_type=media_type, headers=headers)


def download_table(
    kind: TableKind, rows: Iterable[Mapping[str, Value]], *, name: str, form: str
) -> HttpResponse | StreamingHttpResponse:
    """A table as a file to keep, CSV or XLSX, in the reader's language."""
    language = get_language() or "id"
    every = list(rows)
    if form == "xlsx":
        file = io.BytesIO()
        write_xlsx(kind, every, file, language)
        return download(file.getvalue(), name=f"{name}.xlsx", media_type=XLSX)
    blocks = write_csv(kind, every, language)
    return download(blocks, name=f"{name}.csv", media_type="text/csv; charset=utf-8")


def _as_the_view_saw_it(
    content: Iterable[bytes], opened: walls.Opened
) -> Iterator[bytes]:
    with opened.again():
        yield from content
