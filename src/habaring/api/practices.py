"""Practices of all regions, who adopted them and how they fare; regions alike."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.timezone import localdate
from ninja import Query, Schema
from pydantic import Field

from habaring.api.guard import Call, region_of
from habaring.api.paging import PageQuery, cut
from habaring.api.problems import NotFound
from habaring.api.routing import router
from habaring.api.shapes import Page, RegionCode, RowId, Told, exact, open_to_all, told
from habaring.exchange import alike, finding, queries
from habaring.exchange.alike import Twin
from habaring.exchange.finding import Card


class Asked(Schema):
    """Which practices are asked for."""

    q: str = Field("", max_length=200, examples=["bayar pajak dari rumah"])
    dimension: str = Field("", max_length=20, examples=["ENV"])
    result: str = Field("", max_length=10, examples=["failed"])
    like: str = Field("", max_length=13, examples=["62.02"])


class PracticeOut(Schema):
    """A practice in its newest published version."""

    id: int
    region: str
    code: str
    version: int
    title: str
    dimension: str
    summary: str
    begun_year: int | None
    cost: int | None = Field(description="Whole rupiah to set up; null: not told.")
    running_cost: int | None
    output: str
    result: str = Field(description="worked, partly, failed or unmeasured")
    outcome: str
    indicators: list[str]
    value_before: str | None
    value_after: str | None
    tags: list[str]
    practice_licence: str
    source: str
    confirmed: bool = Field(description="Whether the region itself published it.")
    adopted: int = Field(description="How many regions have adopted it.")
    illustrative: bool
    published_at: datetime
    links: dict[str, str]


class AdoptionOut(Schema):
    """One region that adopted a practice."""

    region: str
    adopted_at: datetime
    standing: str = Field(
        description="young, running, changed, stopped, unknown or undone"
    )
    since: date
    illustrative: bool


class PracticeTold(PracticeOut, Told):
    """One practice with its text and its adoptions."""

    problem: str
    solution: str
    steps: list[str]
    lessons: str
    regulation: str
    contact: str
    adoptions: list[AdoptionOut]


class ReasonOut(Schema):
    """Likeness in one feature; null where one of the two is not known."""

    feature: str
    likeness: float | None
    weight: float


class TwinOut(Schema):
    """A region like the one asked for."""

    region: str
    score: float
    low: float
    high: float
    known: float = Field(description="Share of the weight that rests on known values.")
    reasons: list[ReasonOut]


def _practice(card: Card) -> dict[str, Any]:
    row, version = card.practice, card.version
    return {
        "id": row.pk,
        "region": row.region_id,
        "code": row.code,
        "version": version.number,
        "title": version.title,
        "dimension": version.dimension_code,
        "summary": version.summary,
        "begun_year": version.begun_year,
        "cost": version.cost,
        "running_cost": version.running_cost,
        "output": version.output,
        "result": version.result,
        "outcome": version.outcome,
        "indicators": version.indicators,
        "value_before": exact(version.value_before),
        "value_after": exact(version.value_after),
        "tags": version.tags,
        "practice_licence": version.licence,
        "source": version.source_title,
        "confirmed": row.confirmed,
        "adopted": getattr(row, "adopted", 0),
        "illustrative": row.illustrative,
        "published_at": version.published_at,
        "links": {
            "self": f"/api/v1/practices/{row.pk}",
            "page": f"/daerah/{row.region_id}/praktik/{row.number}/",
        },
    }


@router.get(
    "/practices",
    response=Page[PracticeOut],
    operation_id="list_practices",
    summary="Practices of all regions",
    tags=["exchange"],
    openapi_extra=open_to_all(),
)
def practices(
    request: Call,
    response: HttpResponse,
    asked: Annotated[Asked, Query()],
    paging: PageQuery,
) -> dict[str, Any]:
    """With `q` the best answer is first, by words and by meaning; with `like` the
    regions most like that one are.
    """
    found = finding.find(
        {
            "q": asked.q,
            "dimensi": asked.dimension,
            "hasil": asked.result,
            "mirip": asked.like,
        }
    )
    return cut(
        request, response, found.cards, paging, lambda c: PracticeOut(**_practice(c))
    )


@router.get(
    "/practices/{practice_id}",
    response=PracticeTold,
    operation_id="read_practice",
    summary="One practice",
    tags=["exchange"],
    openapi_extra=open_to_all(),
)
def one_practice(request: Call, practice_id: RowId) -> dict[str, Any]:
    """A practice with its text, and where each adoption of it stands."""
    row = queries.practices().filter(pk=practice_id).first()
    cards = finding.cards([row]) if row else []
    if row is None or not cards:
        raise NotFound
    version = cards[0].version
    adopted = queries.adoptions(practice=row, on=localdate(request.at))
    return told(
        request,
        **_practice(cards[0]),
        problem=version.problem,
        solution=version.solution,
        steps=version.step_list,
        lessons=version.lessons,
        regulation=version.regulation,
        contact=version.contact,
        adoptions=[
            AdoptionOut(
                region=one.row.region_id,
                adopted_at=one.row.adopted_at,
                standing=one.standing.state,
                since=one.standing.since,
                illustrative=one.row.illustrative,
            )
            for one in adopted
        ],
    )


@router.get(
    "/regions/{code}/alike",
    response=Page[TwinOut],
    operation_id="list_regions_alike",
    summary="Regions like one region",
    tags=["exchange"],
    openapi_extra=open_to_all(),
)
def regions_alike(
    request: Call, response: HttpResponse, code: RegionCode, paging: PageQuery
) -> dict[str, Any]:
    """Every kabupaten and kota, the most alike first, with the likeness by feature.
    Empty for what is no kabupaten or kota.
    """
    return cut(request, response, alike.alike(region_of(code)), paging, _twin)


def _twin(one: Twin) -> TwinOut:
    return TwinOut(
        region=one.region.code,
        score=one.score,
        low=one.low,
        high=one.high,
        known=one.known,
        reasons=[
            ReasonOut(feature=line.code, likeness=line.likeness, weight=line.share)
            for line in one.lines
        ],
    )
