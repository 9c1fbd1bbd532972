"""Indicators, frameworks, observations with their revisions, targets, index editions."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, cast

from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Query, Schema
from pydantic import Field

from habaring.api.guard import Call, region_of
from habaring.api.paging import PageQuery, cut
from habaring.api.problems import NotFound
from habaring.api.routing import router
from habaring.api.shapes import (
    Named,
    Page,
    RegionCode,
    RowId,
    Told,
    exact,
    open_to_all,
    told,
)
from habaring.assessment import queries
from habaring.assessment.models import (
    EditionScore,
    EditionValue,
    Framework,
    IndexEdition,
    Indicator,
    Observation,
    Target,
)

Code = Annotated[str, Query(max_length=30, examples=["K05"])]


class Wanted(Schema):
    """Which values of a region are asked for."""

    indicator: str = Field("", max_length=30, examples=["K05"])
    year: int | None = Field(None, ge=1900, le=2100)
    revisions: Literal["current", "all"] = "current"


class IndicatorOut(Schema):
    """What is measured, how, by whom."""

    code: str
    family: str
    name: Named
    unit: Named
    definition: Named
    direction: Literal["higher", "lower"]
    decimals: int
    producer: str
    frequency: str
    minimum: float | None
    maximum: float | None
    source: str


class IndicatorTold(IndicatorOut, Told):
    """One indicator, alone."""


class PlaceOut(Schema):
    """An indicator's place in a framework."""

    indicator: str
    dimension: str
    weight: float
    goal_low: float | None
    goal_high: float | None


class DimensionOut(Schema):
    """A dimension, or a part of one."""

    code: str
    parent: str | None
    name: Named
    weight: float


class FrameworkOut(Schema):
    """A set of dimensions in force for some years."""

    code: str
    name: Named
    year: int
    authority: str
    status: str


class FrameworkTold(FrameworkOut, Told):
    """A framework with its dimensions and the places of its indicators."""

    legal_ref: str
    dimensions: list[DimensionOut]
    places: list[PlaceOut]


Status = Literal["value", "missing", "not_applicable", "suppressed"]


class ObservationOut(Schema):
    """One value of one indicator and year, in one revision. `value` is exact, as text."""

    id: str
    region: str
    indicator: str
    year: int
    revision: int
    value: str | None
    status: Status
    provisional: bool
    source: str
    source_url: str
    released_on: date | None
    note: str
    illustrative: bool = Field(description="An example (contoh), no public fact.")
    recorded_at: datetime


class TargetOut(Schema):
    """A dated target, with the document that sets it. `value` is exact, as text."""

    id: int
    region: str
    indicator: str
    year: int
    value: str | None
    source: str
    illustrative: bool


class EditionOut(Schema):
    """A published index; never changed."""

    id: int
    region: str
    year: int
    number: int
    scope: Literal["chosen", "province", "national"]
    framework: str
    peers: int
    draws: int
    seed: int
    engine_version: str
    sha256: str
    note: str
    illustrative: bool
    published_at: datetime
    links: dict[str, str]


class EditionTold(EditionOut, Told):
    """One edition, alone."""


class ScoreOut(Schema):
    """One region's place in one group of an edition."""

    region: str
    group: str
    score: float | None
    coverage: float
    rank: int | None
    rank_low: int | None = Field(description="The best rank that it could hold.")
    rank_high: int | None = Field(description="The worst.")
    illustrative: bool


class ValueOut(Schema):
    """One value as it entered an edition."""

    region: str
    indicator: str
    year: int | None
    value: str | None
    status: str
    normalised: float | None
    revision: int | None
    source: str
    illustrative: bool


def _indicator(row: Indicator) -> dict[str, Any]:
    return {
        "code": row.code,
        "family": row.family,
        "name": {"id": row.name_id, "en": row.name_en},
        "unit": {"id": row.unit_id, "en": row.unit_en},
        "definition": {"id": row.definition_id, "en": row.definition_en},
        "direction": row.direction,
        "decimals": row.decimals,
        "producer": row.producer,
        "frequency": row.frequency,
        "minimum": row.minimum,
        "maximum": row.maximum,
        "source": row.source,
    }


@router.get(
    "/indicators",
    response=Page[IndicatorOut],
    operation_id="list_indicators",
    summary="The catalogue of indicators",
    tags=["assessment"],
    openapi_extra=open_to_all(),
)
def indicators(
    request: Call,
    response: HttpResponse,
    paging: PageQuery,
    family: Annotated[str, Query(max_length=20, examples=["kabupaten"])] = "",
    q: Annotated[str, Query(max_length=100)] = "",
) -> dict[str, Any]:
    """Every indicator of the catalogue, by family and code."""
    rows = Indicator.objects.order_by("family", "code")
    if family:
        rows = rows.filter(family=family)
    if q:
        rows = (
            rows.filter(name_id__icontains=q)
            | rows.filter(name_en__icontains=q)
            | rows.filter(code__icontains=q)
        )
    return cut(request, response, rows, paging, lambda r: IndicatorOut(**_indicator(r)))


@router.get(
    "/indicators/{code}",
    response=IndicatorTold,
    operation_id="read_indicator",
    summary="One indicator",
    tags=["assessment"],
    openapi_extra=open_to_all(),
)
def indicator(
    request: Call, code: Annotated[str, Field(max_length=30, examples=["K05"])]
) -> dict[str, Any]:
    """What is measured, how, by whom."""
    return told(request, **_indicator(_known(code)))


def _known(code: str) -> Indicator:
    found = Indicator.objects.filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def _framework(row: Framework) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": {"id": row.name_id, "en": row.name_en},
        "year": row.year,
        "authority": row.authority,
        "status": row.status,
    }


@router.get(
    "/frameworks",
    response=Page[FrameworkOut],
    operation_id="list_frameworks",
    summary="Frameworks of dimensions",
    tags=["assessment"],
    openapi_extra=open_to_all(),
)
def frameworks(
    request: Call, response: HttpResponse, paging: PageQuery
) -> dict[str, Any]:
    """The frameworks that indices are made by, oldest first."""
    rows = Framework.objects.order_by("year", "code")
    return cut(request, response, rows, paging, lambda r: FrameworkOut(**_framework(r)))


@router.get(
    "/frameworks/{code}",
    response=FrameworkTold,
    operation_id="read_framework",
    summary="One framework",
    tags=["assessment"],
    openapi_extra=open_to_all(),
)
def framework(
    request: Call, code: Annotated[str, Field(max_length=40)]
) -> dict[str, Any]:
    """Its dimensions, and the place, weight and goalposts of each indicator."""
    row = Framework.objects.filter(code=code).first()
    if row is None:
        raise NotFound
    dimensions = [
        {
            "code": one.code,
            "parent": one.parent.code if one.parent else None,
            "name": {"id": one.name_id, "en": one.name_en},
            "weight": one.weight,
        }
        for one in row.dimensions.select_related("parent").order_by("order", "code")
    ]
    places = [
        {
            "indicator": one.indicator.code,
            "dimension": one.dimension.code,
            "weight": one.weight,
            "goal_low": one.goal_low,
            "goal_high": one.goal_high,
        }
        for one in row.places.select_related("indicator", "dimension")
    ]
    return told(
        request,
        **_framework(row),
        legal_ref=row.legal_ref,
        dimensions=dimensions,
        places=places,
    )


def observation(row: Observation) -> ObservationOut:
    return ObservationOut(
        id=str(row.id),
        region=row.region_id,
        indicator=row.indicator.code,
        year=row.year,
        revision=row.revision,
        value=exact(row.value),
        status=cast("Status", row.status),
        provisional=row.provisional,
        source=row.source,
        source_url=row.source_url,
        released_on=row.released_on,
        note=row.note,
        illustrative=row.illustrative,
        recorded_at=row.recorded_at,
    )


@router.get(
    "/regions/{code}/observations",
    response=Page[ObservationOut],
    operation_id="list_observations",
    summary="Values of a region",
    tags=["assessment"],
    openapi_extra=open_to_all(),
)
def observations(
    request: Call,
    response: HttpResponse,
    code: RegionCode,
    paging: PageQuery,
    wanted: Annotated[Wanted, Query()],
) -> dict[str, Any]:
    """Each value with its source: the newest revision, or every one that there was.

    By indicator, year and, newest first, revision.
    """
    rows = Observation.objects.filter(region=region_of(code)).select_related(
        "indicator"
    )
    rows = rows.current() if wanted.revisions == "current" else rows
    if wanted.indicator:
        rows = rows.filter(indicator__code=wanted.indicator)
    if wanted.year:
        rows = rows.filter(year=wanted.year)
    if wanted.revisions == "all":
        rows = rows.order_by("region_id", "indicator_id", "year", "-revision")
    return cut(request, response, rows, paging, observation)


def target(row: Target) -> TargetOut:
    return TargetOut(
        id=row.pk,
        region=row.region_id,
        indicator=row.indicator.code,
        year=row.year,
        value=exact(row.value),
        source=row.source,
        illustrative=row.illustrative,
    )


@router.get(
    "/regions/{code}/targets",
    response=Page[TargetOut],
    operation_id="list_targets",
    summary="Targets of a region",
    tags=["assessment"],
    openapi_extra=open_to_all(),
)
def targets(
    request: Call,
    response: HttpResponse,
    code: RegionCode,
    paging: PageQuery,
    indicator: Code = "",
) -> dict[str, Any]:
    """Dated targets, each with the document that sets it."""
    rows = Target.objects.filter(region=region_of(code)).select_related("indicator")
    if indicator:
        rows = rows.filter(indicator__code=indicator)
    rows = rows.order_by("indicator__code", "year")
    return cut(request, response, rows, paging, target)


def _edition(row: IndexEdition) -> dict[str, Any]:
    base = f"/daerah/{row.region_id}/kondisi/edisi/{row.pk}"
    return {
        "id": row.pk,
        "region": row.region_id,
        "year": row.year,
        "number": row.number,
        "scope": row.scope,
        "framework": row.framework.code,
        "peers": row.peers,
        "draws": row.draws,
        "seed": row.seed,
        "engine_version": row.engine_version,
        "sha256": row.sha256,
        "note": row.note,
        "illustrative": row.illustrative,
        "published_at": row.published_at,
        "links": {
            "self": f"/api/v1/index-editions/{row.pk}",
            "scores": f"/api/v1/index-editions/{row.pk}/scores",
            "values": f"/api/v1/index-editions/{row.pk}/values",
            "page": f"{base}/",
            "table": f"{base}/berkas/table.csv",
            "framework": f"{base}/berkas/framework.toml",
        },
    }


@router.get(
    "/regions/{code}/index-editions",
    response=Page[EditionOut],
    operation_id="list_index_editions",
    summary="Index editions that tell of a region",
    tags=["assessment"],
    openapi_extra=open_to_all(),
)
def editions(
    request: Call, response: HttpResponse, code: RegionCode, paging: PageQuery
) -> dict[str, Any]:
    """Its own editions first, then its province's, then the nation's; newest first."""
    rows = queries.editions_for(region_of(code))
    return cut(request, response, rows, paging, lambda r: EditionOut(**_edition(r)))


def _known_edition(pk: int) -> IndexEdition:
    rows = IndexEdition.objects.select_related("framework")
    found = rows.defer("record", "table_csv", "framework_toml").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


@router.get(
    "/index-editions/{edition}",
    response=EditionTold,
    operation_id="read_index_edition",
    summary="One index edition",
    tags=["assessment"],
    openapi_extra=open_to_all(),
)
def edition(request: Call, edition: RowId) -> dict[str, Any]:
    """What was published, by which engine, and where its two input files are."""
    return told(request, **_edition(_known_edition(edition)))


@router.get(
    "/index-editions/{edition}/scores",
    response=Page[ScoreOut],
    operation_id="list_scores",
    summary="Scores and ranks of an edition",
    tags=["assessment"],
    openapi_extra=open_to_all(),
)
def scores(
    request: Call,
    response: HttpResponse,
    edition: RowId,
    paging: PageQuery,
    group: Annotated[str, Query(max_length=20, examples=["INDEX", "GOV"])] = "INDEX",
) -> dict[str, Any]:
    """Every region in one group (INDEX, or a dimension), by rank, with the ranks that
    it could hold under other defensible choices.
    """
    found = _known_edition(edition)
    rows: QuerySet[EditionScore] = EditionScore.objects.filter(
        edition=found, group=group
    )

    def shape(row: EditionScore) -> ScoreOut:
        return ScoreOut(
            region=row.region_id,
            group=row.group,
            score=row.score,
            coverage=row.coverage,
            rank=row.rank,
            rank_low=row.rank_low,
            rank_high=row.rank_high,
            illustrative=found.illustrative,
        )

    return cut(request, response, rows.order_by("rank", "region_id"), paging, shape)


@router.get(
    "/index-editions/{edition}/values",
    response=Page[ValueOut],
    operation_id="list_values_used",
    summary="Values that entered an edition",
    tags=["assessment"],
    openapi_extra=open_to_all(),
)
def values(
    request: Call,
    response: HttpResponse,
    edition: RowId,
    paging: PageQuery,
    region: Annotated[str, Query(max_length=13, examples=["62.02"])] = "",
) -> dict[str, Any]:
    """Each value with its year, source and points (0 to 100), by region and indicator."""
    rows = EditionValue.objects.filter(edition=_known_edition(edition))
    if region:
        rows = rows.filter(region=region)
    rows = rows.select_related("indicator").order_by("region_id", "indicator__code")

    def shape(row: EditionValue) -> ValueOut:
        return ValueOut(
            region=row.region_id,
            indicator=row.indicator.code,
            year=row.year,
            value=exact(row.value),
            status=row.status,
            normalised=row.normalised,
            revision=row.revision,
            source=row.source,
            illustrative=row.illustrative,
        )

    return cut(request, response, rows, paging, shape)
