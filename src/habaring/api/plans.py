"""Adopted plans with their programmes, money and reasons; candidates; scenarios."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from habaring.api.guard import Call, enter, region_of
from habaring.api.paging import PageQuery, cut
from habaring.api.problems import NotFound
from habaring.api.routing import router
from habaring.api.shapes import (
    Page,
    RegionCode,
    RowId,
    Told,
    needs,
    open_to_all,
    told,
)
from habaring.people.access import Power
from habaring.portfolio import queries
from habaring.portfolio.inputs import entry_of
from habaring.portfolio.models import Candidate, Plan, PlanItem, Scenario
from habaring.portfolio.results import Line, result


class PlanOut(Schema):
    """The scenario that a council's decision made binding."""

    id: int
    region: str
    start_year: int
    years: int
    in_force: bool
    adopted_at: datetime
    decision: int
    illustrative: bool
    links: dict[str, str]


class MoneyOut(Schema):
    """Whole rupiah of one year from one source, to build or to run."""

    year: int
    source: str
    kind: str = Field(description="build or running")
    amount: int


class PlanTold(PlanOut, Told):
    """One plan with all its money."""

    total: int
    money: list[MoneyOut]


class ItemOut(Schema):
    """One funded programme of a plan."""

    code: str
    name: str
    dimension: str
    district: str | None
    department: str | None
    start_year: int
    end_year: int
    total: int
    money: list[MoneyOut]
    reason: str
    would_change: str = Field(description="What would take it out; empty: nothing.")
    illustrative: bool


class WeighedOut(Schema):
    """One candidate that a plan was chosen from: in or out, and why."""

    code: str
    name: str
    dimension: str
    chosen: bool
    start_year: int | None
    cost: int
    reason: str
    would_change: str
    illustrative: bool


class CostOut(Schema):
    """Whole rupiah of one year of work from one source."""

    year: int
    source: str
    amount: int


class CandidateOut(Schema):
    """A programme that could be funded, in its newest revision."""

    region: str
    code: str
    revision: int
    name: str
    description: str
    dimension: str
    district: str | None
    department: str | None
    owner: str
    months: int | None
    duration_years: int
    earliest_year: int
    latest_year: int
    quick_win: bool
    requires: list[str]
    group: str
    staff_fte: float
    outcomes: dict[str, float]
    costs: list[CostOut]
    running: dict[str, int]
    total_cost: int
    sdg: list[int]
    tags: list[str]
    illustrative: bool
    recorded_at: datetime


class ScenarioOut(Schema):
    """A drafted choice and how far it is."""

    id: int
    region: str
    name: str
    status: str
    illustrative: bool
    requested_at: datetime
    finished_at: datetime | None


def plan(row: Plan) -> dict[str, Any]:
    base = f"/api/v1/plans/{row.pk}"
    return {
        "id": row.pk,
        "region": row.region_id,
        "start_year": row.start_year,
        "years": row.years,
        "in_force": row.replaced_at is None,
        "adopted_at": row.adopted_at,
        "decision": row.decision_id,
        "illustrative": row.illustrative,
        "links": {
            "self": base,
            "items": f"{base}/items",
            "candidates": f"{base}/candidates",
            "decision": f"/api/v1/decisions/{row.decision_id}",
            "page": f"/daerah/{row.region_id}/pilihan/",
        },
    }


@router.get(
    "/regions/{code}/plans",
    response=Page[PlanOut],
    operation_id="list_plans",
    summary="Adopted plans of a region",
    tags=["portfolio"],
    openapi_extra=open_to_all(),
)
def plans(
    request: Call, response: HttpResponse, code: RegionCode, paging: PageQuery
) -> dict[str, Any]:
    """The plan in force and those that it replaced, newest first."""
    rows = Plan.objects.filter(region=region_of(code)).order_by("-adopted_at", "-id")
    return cut(request, response, rows, paging, lambda r: PlanOut(**plan(r)))


def _known(pk: int) -> Plan:
    rows = Plan.objects.select_related("scenario__region", "decision", "region")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


@router.get(
    "/plans/{plan_id}",
    response=PlanTold,
    operation_id="read_plan",
    summary="One plan",
    tags=["portfolio"],
    openapi_extra=open_to_all(),
)
def one_plan(request: Call, plan_id: RowId) -> dict[str, Any]:
    """A plan with its money by year, source and kind: the sums of the page."""
    row = _known(plan_id)
    money = queries.money(row)
    return told(request, **plan(row), total=money.total, money=money.rows())


@router.get(
    "/plans/{plan_id}/items",
    response=Page[ItemOut],
    operation_id="list_plan_items",
    summary="Programmes of a plan",
    tags=["portfolio"],
    openapi_extra=open_to_all(),
)
def items(
    request: Call, response: HttpResponse, plan_id: RowId, paging: PageQuery
) -> dict[str, Any]:
    """What is funded, when, with whose money, and why it is in."""
    row = _known(plan_id)
    lines = {line.code: line for line in _lines(row)}

    def shape(item: PlanItem) -> ItemOut:
        return _item(item, lines.get(item.candidate.code))

    return cut(request, response, queries.plan_items(row), paging, shape)


def _lines(row: Plan) -> Sequence[Line]:
    found = result(row.scenario)
    return found.lines if found else ()


def _item(item: PlanItem, line: Line | None) -> ItemOut:
    row = item.candidate
    return ItemOut(
        code=row.code,
        name=row.name,
        dimension=row.dimension_code,
        district=row.district_id,
        department=row.department.code if row.department else None,
        start_year=item.start_year,
        end_year=item.end_year,
        total=item.total,
        money=[MoneyOut(**vars(one)) for one in queries.item_money(item)],
        reason=line.explained.why if line else _("No reason is on record."),
        would_change=line.explained.change if line else "",
        illustrative=row.illustrative,
    )


@router.get(
    "/plans/{plan_id}/candidates",
    response=Page[WeighedOut],
    operation_id="list_weighed_candidates",
    summary="Candidates that a plan was chosen from",
    tags=["portfolio"],
    openapi_extra=open_to_all(),
)
def weighed(
    request: Call, response: HttpResponse, plan_id: RowId, paging: PageQuery
) -> dict[str, Any]:
    """Every candidate, in or out, with the reason and what would turn it round."""
    rows = sorted(_lines(_known(plan_id)), key=lambda line: line.code)
    return cut(request, response, rows, paging, _weighed)


def _weighed(line: Line) -> WeighedOut:
    return WeighedOut(
        code=line.code,
        name=line.name,
        dimension=line.programme.dimension,
        chosen=line.chosen,
        start_year=line.start,
        cost=line.cost,
        reason=line.explained.why,
        would_change=line.explained.change,
        illustrative=line.illustrative,
    )


def candidate(row: Candidate) -> CandidateOut:
    entry = entry_of(row)
    return CandidateOut(
        region=row.region_id,
        code=row.code,
        revision=row.revision,
        name=row.name,
        description=row.description,
        dimension=row.dimension_code,
        district=row.district_id,
        department=entry.department or None,
        owner=row.owner,
        months=row.months,
        duration_years=row.duration_years,
        earliest_year=row.earliest_year,
        latest_year=row.latest_year,
        quick_win=row.quick_win,
        requires=list(entry.requires),
        group=row.group,
        staff_fte=row.staff_fte,
        outcomes=dict(entry.outcomes),
        costs=[
            CostOut(year=year, source=source, amount=amount)
            for (year, source), amount in entry.costs.items()
        ],
        running=dict(entry.running),
        total_cost=row.total_cost,
        sdg=list(entry.sdg),
        tags=list(entry.tags),
        illustrative=row.illustrative,
        recorded_at=row.recorded_at,
    )


@router.get(
    "/regions/{code}/candidates",
    response=Page[CandidateOut],
    operation_id="list_candidates",
    summary="Candidates in force",
    tags=["portfolio"],
    openapi_extra=needs(Power.SEE_WORK_ROOM),
)
def candidates(
    request: Call, response: HttpResponse, code: RegionCode, paging: PageQuery
) -> dict[str, Any]:
    """What could be funded, as the work room sees it. What a plan was chosen from is
    public: see the plan's candidates.
    """
    region = region_of(code)
    enter(request, Power.SEE_WORK_ROOM, region)
    return cut(request, response, queries.current_candidates(region), paging, candidate)


@router.get(
    "/regions/{code}/scenarios",
    response=Page[ScenarioOut],
    operation_id="list_scenarios",
    summary="Scenarios of a region",
    tags=["portfolio"],
    openapi_extra=needs(Power.SEE_WORK_ROOM),
)
def scenarios(
    request: Call, response: HttpResponse, code: RegionCode, paging: PageQuery
) -> dict[str, Any]:
    """What was drafted, newest first, and how far it is."""
    region = region_of(code)
    enter(request, Power.SEE_WORK_ROOM, region)
    rows = Scenario.objects.filter(region=region).order_by("-requested_at", "-id")
    rows = rows.defer("candidates_csv", "limits_toml", "record", "frontier")
    return cut(request, response, rows, paging, scenario)


def scenario(row: Scenario) -> ScenarioOut:
    return ScenarioOut(
        id=row.pk,
        region=row.region_id,
        name=row.name,
        status=row.status,
        illustrative=row.illustrative,
        requested_at=row.requested_at,
        finished_at=row.finished_at,
    )
