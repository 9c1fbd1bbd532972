"""Bounded paging: `limit` to 100 and `offset`, a stable order, links to the neighbours."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema
from pydantic import Field

MOST = 100
USUAL = 25
DEEPEST = 1_000_000


class Paging(Schema):
    """Which part of a list is asked for."""

    limit: int = Field(USUAL, ge=1, le=MOST, description="Rows a page, at most 100.")
    offset: int = Field(0, ge=0, le=DEEPEST, description="Rows to pass over.")


PageQuery = Annotated[Paging, Query()]


def cut(
    request: HttpRequest,
    response: HttpResponse,
    rows: "QuerySet[Any] | Sequence[Any]",
    paging: Paging,
    shape: Callable[[Any], Schema],
) -> dict[str, Any]:
    """One page of rows, shaped, with `Link` headers (RFC 8288)."""
    start, size = paging.offset, paging.limit
    total = rows.count() if isinstance(rows, QuerySet) else len(rows)
    found = [shape(row) for row in rows[start : start + size]]
    after = _address(request, start + size, size) if start + size < total else None
    before = _address(request, max(0, start - size), size) if start else None
    _link(response, {"next": after, "prev": before})
    public = getattr(request, "is_public", True)
    return {
        "items": found,
        "total": total,
        "limit": size,
        "offset": start,
        "next": after,
        "previous": before,
        "licence": settings.DATA_LICENCE if public else None,
        "as_of": getattr(request, "at", None),
    }


def _address(request: HttpRequest, offset: int, limit: int) -> str | None:
    if offset > DEEPEST:
        return None
    kept = [
        (key, value)
        for key, values in request.GET.lists()
        for value in values
        if key not in {"offset", "limit"}
    ]
    query = urlencode([*kept, ("limit", limit), ("offset", offset)])
    return request.build_absolute_uri(f"{request.path}?{query}")


def _link(response: HttpResponse, links: dict[str, str | None]) -> None:
    told = [f'<{at}>; rel="{name}"' for name, at in links.items() if at]
    if told:
        response.headers["Link"] = ", ".join(told)
