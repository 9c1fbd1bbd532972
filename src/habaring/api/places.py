"""Regions: search, one region, what lies in it, its departments and budgets."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Schema
from pydantic import Field

from habaring.api.guard import Call, region_of
from habaring.api.paging import PageQuery, cut
from habaring.api.problems import NotFound
from habaring.api.routing import router
from habaring.api.shapes import Page, RegionCode, Told, open_to_all, told
from habaring.regions import queries
from habaring.regions.models import Department, Region

RegionKindName = Literal[
    "provinsi", "kabupaten", "kota", "kecamatan", "kelurahan", "desa"
]


class RegionOut(Schema):
    """One unit of the official register."""

    code: str
    name: str
    full_name: str
    kind: RegionKindName
    parent: str | None
    opened_on: date | None
    closed_on: date | None
    population: int | None
    area_km2: float | None
    links: dict[str, str]


class RegionTold(RegionOut, Told):
    """One unit of the register, alone."""


class DepartmentOut(Schema):
    """A department (OPD) of a region's government."""

    code: str
    name_id: str
    name_en: str
    short_name: str
    closed_on: date | None
    successor: str | None


class BudgetLineOut(Schema):
    """One account, whole rupiah; null where nothing was published."""

    account: str
    original: int | None
    revised: int | None
    change: int | None
    total: bool
    derived: bool
    note: str


class BudgetAlertOut(Schema):
    """A sum that does not come out as published; nothing was changed to mend it."""

    stage: str
    account: str
    stated: int
    expected: int
    difference: int
    message: str


class BudgetTold(Told):
    """The budget (APBD) of one region and year."""

    region: str
    year: int
    illustrative: bool
    sources: list[str]
    lines: list[BudgetLineOut]
    alerts: list[BudgetAlertOut]


class YearsTold(Told):
    """The years of which there is a budget."""

    region: str
    years: list[int]


Year = Annotated[int, Field(ge=1900, le=2200)]


def shape(row: Region) -> RegionOut:
    return RegionOut(**_values(row))


def _values(row: Region) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "full_name": row.full_name,
        "kind": row.kind,
        "parent": row.parent_id,
        "opened_on": row.opened_on,
        "closed_on": row.closed_on,
        "population": row.population,
        "area_km2": None if row.area_km2 is None else float(row.area_km2),
        "links": {
            "self": f"/api/v1/regions/{row.code}",
            "page": f"/daerah/{row.code}/",
        },
    }


@router.get(
    "/regions",
    response=Page[RegionOut],
    operation_id="list_regions",
    summary="Find regions",
    tags=["regions"],
    openapi_extra=open_to_all(),
)
def regions(
    request: Call,
    response: HttpResponse,
    paging: PageQuery,
    q: Annotated[str, Query(max_length=100, examples=["Kotim"])] = "",
    kind: Annotated[RegionKindName | None, Query()] = None,
) -> dict[str, Any]:
    """All regions in the order of their codes, or those that fit a name or code (`q`).

    A name, a short name, a code with or without dots, and small slips are understood.
    """
    rows: Any = Region.objects.order_by("code")
    if q:
        found = queries.search(q, limit=100)
        rows = [row for row in found if kind in (None, row.kind)]
    elif kind:
        rows = rows.filter(kind=kind)
    return cut(request, response, rows, paging, shape)


@router.get(
    "/regions/{code}",
    response=RegionTold,
    operation_id="read_region",
    summary="One region",
    tags=["regions"],
    openapi_extra=open_to_all(),
)
def region(request: Call, code: RegionCode) -> dict[str, Any]:
    """One unit of the official register."""
    return told(request, **_values(region_of(code)))


@router.get(
    "/regions/{code}/parts",
    response=Page[RegionOut],
    operation_id="list_parts",
    summary="What lies in a region",
    tags=["regions"],
    openapi_extra=open_to_all(),
)
def parts(
    request: Call, response: HttpResponse, code: RegionCode, paging: PageQuery
) -> dict[str, Any]:
    """The regions directly below one, in the order of their codes."""
    rows = Region.objects.filter(parent=region_of(code), closed_on=None)
    return cut(request, response, rows.order_by("code"), paging, shape)


def _department(row: Department) -> DepartmentOut:
    return DepartmentOut(
        code=row.code,
        name_id=row.name_id,
        name_en=row.name_en,
        short_name=row.short_name,
        closed_on=row.closed_on,
        successor=row.successor.code if row.successor else None,
    )


@router.get(
    "/regions/{code}/departments",
    response=Page[DepartmentOut],
    operation_id="list_departments",
    summary="Departments of a region",
    tags=["regions"],
    openapi_extra=open_to_all(),
)
def departments(
    request: Call, response: HttpResponse, code: RegionCode, paging: PageQuery
) -> dict[str, Any]:
    """The departments of a region's government, open ones first."""
    rows = queries.departments(region_of(code))
    return cut(request, response, rows, paging, _department)


@router.get(
    "/regions/{code}/budgets",
    response=YearsTold,
    operation_id="list_budgets",
    summary="Years with a budget",
    tags=["regions"],
    openapi_extra=open_to_all(),
)
def budgets(request: Call, code: RegionCode) -> dict[str, Any]:
    """The years of which a budget was recorded, newest first."""
    found = region_of(code)
    years = queries.budget_years(found)
    return told(request, region=found.code, years=years)


@router.get(
    "/regions/{code}/budgets/{year}",
    response=BudgetTold,
    operation_id="read_budget",
    summary="A region's budget",
    tags=["regions"],
    openapi_extra=open_to_all(),
)
def budget(request: Call, code: RegionCode, year: Year) -> dict[str, Any]:
    """The budget of a year before and after revision, with what does not add up."""
    found = queries.budget(region_of(code), year)
    if found is None:
        raise NotFound
    lines = [
        {
            "account": line.account,
            "original": line.original,
            "revised": line.revised,
            "change": line.change,
            "total": line.total,
            "derived": line.derived,
            "note": line.note,
        }
        for line in found.lines
    ]
    alerts = [
        {
            "stage": one.stage,
            "account": one.account,
            "stated": one.stated,
            "expected": one.expected,
            "difference": one.difference,
            "message": str(one.message),
        }
        for one in found.alerts
    ]
    return told(
        request,
        region=found.region,
        year=found.year,
        illustrative=found.illustrative,
        sources=list(found.sources),
        lines=lines,
        alerts=alerts,
    )
