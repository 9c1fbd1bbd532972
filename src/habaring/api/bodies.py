"""Councils and other bodies, and what they decided."""

from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from ninja import Schema

from habaring.api.guard import Call, region_of
from habaring.api.paging import PageQuery, cut
from habaring.api.problems import NotFound
from habaring.api.routing import router
from habaring.api.shapes import Page, RegionCode, RowId, Told, open_to_all, told
from habaring.council.models import Council, Decision


class BodyOut(Schema):
    """A body formed by decree."""

    id: int
    region: str
    kind: str
    name: str
    parent: int | None
    decree_number: str
    decree_on: date | None
    dissolved_on: date | None
    illustrative: bool
    links: dict[str, str]


class BodyTold(BodyOut, Told):
    """One body, alone."""


class DecisionOut(Schema):
    """What a body decided, with its reason. Never changed."""

    id: int
    region: str
    body: int
    number: str
    decided_on: date
    title: str
    reason: str
    plan: int | None
    document_sha256: str
    recorded_at: datetime
    illustrative: bool
    links: dict[str, str]


class DecisionTold(DecisionOut, Told):
    """One decision, alone."""


def body(row: Council) -> dict[str, Any]:
    return {
        "id": row.pk,
        "region": row.region_id,
        "kind": row.kind,
        "name": row.name,
        "parent": row.parent_id,
        "decree_number": row.decree_number,
        "decree_on": row.decree_on,
        "dissolved_on": row.dissolved_on,
        "illustrative": row.illustrative,
        "links": {
            "self": f"/api/v1/bodies/{row.pk}",
            "page": f"/daerah/{row.region_id}/dewan/",
        },
    }


def decision(row: Decision) -> dict[str, Any]:
    plan = getattr(row, "plan", None)
    return {
        "id": row.pk,
        "region": row.region_id,
        "body": row.council_id,
        "number": row.number,
        "decided_on": row.decided_on,
        "title": row.title,
        "reason": row.reason,
        "plan": plan.pk if plan else None,
        "document_sha256": row.document_sha256,
        "recorded_at": row.recorded_at,
        "illustrative": row.illustrative,
        "links": {
            "self": f"/api/v1/decisions/{row.pk}",
            "body": f"/api/v1/bodies/{row.council_id}",
            "page": f"/daerah/{row.region_id}/dewan/#keputusan-{row.pk}",
        },
    }


def _bodies() -> Any:
    return Council.objects.filter(public=True).select_related("decree")


@router.get(
    "/regions/{code}/bodies",
    response=Page[BodyOut],
    operation_id="list_bodies",
    summary="Bodies of a region",
    tags=["council"],
    openapi_extra=open_to_all(),
)
def bodies(
    request: Call, response: HttpResponse, code: RegionCode, paging: PageQuery
) -> dict[str, Any]:
    """The public bodies of a region, in the order in which they were recorded."""
    rows = _bodies().filter(region=region_of(code)).order_by("id")
    return cut(request, response, rows, paging, lambda r: BodyOut(**body(r)))


@router.get(
    "/bodies/{body_id}",
    response=BodyTold,
    operation_id="read_body",
    summary="One body",
    tags=["council"],
    openapi_extra=open_to_all(),
)
def one_body(request: Call, body_id: RowId) -> dict[str, Any]:
    """A body and the decree that formed it."""
    found = _bodies().filter(pk=body_id).first()
    if found is None:
        raise NotFound
    return told(request, **body(found))


def _decisions() -> Any:
    rows = Decision.objects.filter(council__public=True)
    return rows.select_related("council", "plan")


@router.get(
    "/regions/{code}/decisions",
    response=Page[DecisionOut],
    operation_id="list_decisions",
    summary="Decisions of a region's bodies",
    tags=["council"],
    openapi_extra=open_to_all(),
)
def decisions(
    request: Call, response: HttpResponse, code: RegionCode, paging: PageQuery
) -> dict[str, Any]:
    """What was decided and why, newest first."""
    rows = _decisions().filter(region=region_of(code)).order_by("-decided_on", "-id")
    return cut(request, response, rows, paging, lambda r: DecisionOut(**decision(r)))


@router.get(
    "/decisions/{decision_id}",
    response=DecisionTold,
    operation_id="read_decision",
    summary="One decision",
    tags=["council"],
    openapi_extra=open_to_all(),
)
def one_decision(request: Call, decision_id: RowId) -> dict[str, Any]:
    """A decision with its reason, and the plan that it adopted."""
    found = _decisions().filter(pk=decision_id).first()
    if found is None:
        raise NotFound
    return told(request, **decision(found))
