"""Writes: the same actions as the pages, with the same checks, all rows or none."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Header, Schema
from pydantic import Field, StringConstraints

from habaring.api import bodies, plans
from habaring.api.guard import Call, enter, holder, region_of
from habaring.api.problems import NotFound, Wrong
from habaring.api.routing import router
from habaring.api.shapes import (
    In,
    Reason,
    RegionCode,
    RowId,
    Short,
    Text,
    Told,
    needs,
    told,
)
from habaring.assessment import actions as assessment
from habaring.assessment.models import Target
from habaring.assessment.observations import OBSERVATIONS, Place, Row
from habaring.council import actions as council
from habaring.council.models import Council, Decision
from habaring.people.access import Power
from habaring.portfolio import actions as portfolio
from habaring.portfolio import queries
from habaring.portfolio.candidates import Entry, table_kind
from habaring.portfolio.models import Scenario
from habaring.regions.models import Region
from habaring.shared.refusal import FileRefused

MOST_ROWS = 10_000
Once = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=100,
        pattern=r"^[!-~]*$",
        description="Sent twice with one key, the write is done once (seven days).",
    ),
]
Code = Annotated[str, StringConstraints(max_length=40)]
Rupiah = Annotated[int, Field(ge=0, le=10**15)]
Number = Annotated[Decimal, Field(max_digits=24, decimal_places=6)]
Points = Annotated[float, Field(ge=-1e9, le=1e9)]


class ObservationIn(In):
    """One value, or why there is none. A repeated value is not stored again."""

    indicator: Annotated[str, StringConstraints(max_length=30)]
    year: Annotated[int, Field(ge=1900, le=2100)]
    value: Number | None = None
    status: Literal["", "value", "missing", "not_applicable", "suppressed"] = ""
    provisional: bool = False
    source: Short = ""
    source_url: Annotated[str, StringConstraints(max_length=500)] = ""
    released_on: date | None = None
    note: Annotated[str, StringConstraints(max_length=500)] = ""
    illustrative: bool = False
    region: Annotated[str, StringConstraints(max_length=13)] = Field(
        "", description="A region below that of the address; empty: that one."
    )


class ObservationsIn(In):
    """At most 10,000 rows; all are recorded or none."""

    rows: Annotated[list[ObservationIn], Field(min_length=1, max_length=MOST_ROWS)]

    model_config = {
        "extra": "forbid",
        "json_schema_extra": {
            "examples": [
                {
                    "rows": [
                        {
                            "indicator": "K05",
                            "year": 2024,
                            "value": "6.12",
                            "source": "BPS, Kabupaten dalam Angka 2025",
                        }
                    ]
                }
            ]
        },
    }


class ObservationsTold(Told):
    """What the rows changed."""

    new: int
    corrected: int
    unchanged: int
    unfilled: int


class TargetIn(In):
    """A dated target and the document that sets it."""

    indicator: Annotated[str, StringConstraints(max_length=30)]
    year: Annotated[int, Field(ge=2000, le=2100)]
    value: Number
    source: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    illustrative: bool = False


class TargetsIn(In):
    """At most 10,000 targets; all are set or none."""

    rows: Annotated[list[TargetIn], Field(min_length=1, max_length=MOST_ROWS)]


class ChangedTold(Told):
    """How many rows changed."""

    changed: int


class CostIn(In):
    """Whole rupiah of one year of work (from 1) from one source."""

    year: Annotated[int, Field(ge=1, le=10)]
    source: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    amount: Rupiah


class CandidateIn(In):
    """One candidate programme, whole: what is left out is empty afterwards."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    description: Text = ""
    dimension: Annotated[str, StringConstraints(max_length=20)]
    district: Annotated[str, StringConstraints(max_length=13)] = ""
    department: Code = ""
    owner: Annotated[str, StringConstraints(max_length=150)] = Field(
        "", description="The post that answers for it, not a person's name."
    )
    months: Annotated[int, Field(ge=1, le=120)] | None = None
    duration_years: Annotated[int, Field(ge=1, le=10)] = 1
    earliest_year: Annotated[int, Field(ge=2000, le=2100)]
    latest_year: Annotated[int, Field(ge=2000, le=2100)]
    quick_win: bool = False
    requires: Annotated[list[Code], Field(max_length=50)] = []
    group: Code = ""
    staff_fte: Annotated[float, Field(ge=0, le=100_000)] = 0.0
    outcomes: Annotated[dict[Code, Points], Field(max_length=50)] = {}
    costs: Annotated[list[CostIn], Field(max_length=200)] = []
    running: Annotated[dict[Code, Rupiah], Field(max_length=20)] = {}
    running_cost_paid_by: Annotated[str, StringConstraints(max_length=200)] = ""
    owner_after: Annotated[str, StringConstraints(max_length=200)] = ""
    sdg: Annotated[list[Annotated[int, Field(ge=1, le=17)]], Field(max_length=17)] = []
    environment_effect: Short = ""
    tags: Annotated[list[Code], Field(max_length=50)] = []
    origin_kind: Literal[
        "", "person", "meeting", "department", "document", "proposal"
    ] = ""
    origin_text: Short = ""
    proposal: Code = Field("", description="U-0012: the proposal it came from.")
    rpjmd_mission: Code = ""
    subactivity_code: Annotated[str, StringConstraints(max_length=20)] = ""
    illustrative: bool = False


class CandidatesIn(In):
    """Candidates to record; those that are not named stay as they are."""

    rows: Annotated[list[CandidateIn], Field(min_length=1, max_length=MOST_ROWS)]


class CandidatesTold(Told):
    """Codes of what is new, changed and unchanged, and what should be looked at."""

    new: list[str]
    changed: list[str]
    unchanged: list[str]
    warnings: list[str]


class BodyIn(In):
    """A body and the decree that formed it."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=150)]
    decree_number: Annotated[str, StringConstraints(max_length=100)] = ""
    decree_on: date | None = None
    illustrative: bool = False


class DecisionIn(In):
    """What was decided; never changed afterwards. The signed paper comes by the page."""

    body: Annotated[int, Field(ge=1, le=2**63 - 1)]
    number: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    decided_on: date
    title: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=5000)]
    illustrative: bool = False


class AdoptionIn(In):
    """The decision that makes a scenario binding."""

    decision: Annotated[int, Field(ge=1, le=2**63 - 1)]


class Done(Schema):
    """It is done."""

    done: Literal[True] = True


def _placed(refused: FileRefused, names: Mapping[str, str]) -> Wrong:
    """Problems of rows by JSON pointer: /rows/INDEX/FIELD."""
    errors = [
        {
            "detail": str(one.message),
            "pointer": f"/rows/{one.row}"
            + (f"/{names[one.column]}" if one.column in names else ""),
        }
        for one in refused.problems
    ]
    return Wrong(errors, count=refused.count)


def _columns() -> dict[str, str]:
    """What a problem calls a column, in the language of the answer → our field."""
    return {str(column.label): column.code for column in OBSERVATIONS.columns}


@router.post(
    "/regions/{code}/observations",
    response=ObservationsTold,
    operation_id="record_observations",
    summary="Record values",
    tags=["assessment"],
    openapi_extra=needs(Power.RECORD_OBSERVATIONS),
)
def record_observations(
    request: Call, code: RegionCode, payload: ObservationsIn, once: Once = ""
) -> dict[str, Any]:
    """Append a revision for each row that says something new; all rows or none.

    Every problem is named by the index of its row and by its field.
    """
    region = region_of(code)
    officer = enter(request, Power.RECORD_OBSERVATIONS, region)
    rows = [
        Row(**dict(row), place=Place("", index))
        for index, row in enumerate(payload.rows)
    ]
    try:
        found = assessment.record_observations(
            region=region, rows=rows, upload=None, by=officer, at=request.at
        )
    except FileRefused as no:
        raise _placed(no, _columns()) from no
    return told(
        request,
        new=found.new,
        corrected=found.corrected,
        unchanged=found.unchanged,
        unfilled=found.unfilled,
    )


@router.post(
    "/regions/{code}/targets",
    response=ChangedTold,
    operation_id="set_targets",
    summary="Set targets",
    tags=["assessment"],
    openapi_extra=needs(Power.RECORD_OBSERVATIONS),
)
def set_targets(
    request: Call, code: RegionCode, payload: TargetsIn, once: Once = ""
) -> dict[str, Any]:
    """Set dated targets, each with the document that sets it; all or none."""
    region = region_of(code)
    officer = enter(request, Power.RECORD_OBSERVATIONS, region)
    rows = [
        Row(**dict(row), place=Place("", index))
        for index, row in enumerate(payload.rows)
    ]
    try:
        changed = assessment.record_targets(
            region=region, rows=rows, upload=None, by=officer, at=request.at
        )
    except FileRefused as no:
        raise _placed(no, _columns()) from no
    return told(request, changed=changed)


@router.post(
    "/regions/{code}/targets/{target}/withdrawal",
    response=Done,
    operation_id="withdraw_target",
    summary="Withdraw a target",
    tags=["assessment"],
    openapi_extra=needs(Power.RECORD_OBSERVATIONS),
)
def withdraw_target(
    request: Call, code: RegionCode, target: RowId, payload: Reason, once: Once = ""
) -> Done:
    """Take back a target that no document sets any more; the trail keeps it."""
    region = region_of(code)
    officer = enter(request, Power.RECORD_OBSERVATIONS, region)
    row = Target.objects.select_related("indicator").filter(pk=target, region=region)
    found = row.first()
    if found is None:
        raise NotFound
    assessment.withdraw_target(
        target=found, reason=payload.reason, by=officer, at=request.at
    )
    return Done()


def _entry(row: CandidateIn, index: int) -> Entry:
    given = dict(row)
    costs = {(one.year, one.source): one.amount for one in given.pop("costs")}
    renamed: Mapping[str, str] = {
        "duration_years": "duration",
        "earliest_year": "earliest",
        "latest_year": "latest",
        "staff_fte": "staff",
    }
    values = {renamed.get(name, name): value for name, value in given.items()}
    for name in ("requires", "sdg", "tags"):
        values[name] = tuple(values[name])
    return Entry(**values, costs=costs, row=index)


@router.post(
    "/regions/{code}/candidates",
    response=CandidatesTold,
    operation_id="record_candidates",
    summary="Record candidates",
    tags=["portfolio"],
    openapi_extra=needs(Power.RECORD_CANDIDATES),
)
def record_candidates(
    request: Call, code: RegionCode, payload: CandidatesIn, once: Once = ""
) -> dict[str, Any]:
    """New candidates, changed ones as a new revision, equal ones not at all."""
    region = region_of(code)
    officer = enter(request, Power.RECORD_CANDIDATES, region)
    rows = [_entry(row, index) for index, row in enumerate(payload.rows)]
    try:
        found = portfolio.record_candidates(
            region=region, rows=rows, upload=None, by=officer, at=request.at
        )
    except FileRefused as no:
        raise _placed(no, _headings(region)) from no
    return told(
        request,
        new=list(found.new),
        changed=list(found.changed),
        unchanged=list(found.unchanged),
        warnings=[f"/rows/{one.row}: {one.message}" for one in found.warnings],
    )


def _headings(region: Region) -> dict[str, str]:
    """The same for candidates, whose fields are called as the columns are."""
    columns = table_kind(queries.known(region)).columns
    found = {str(column.label): column.code for column in columns}
    return {
        label: "illustrative" if c == "example" else c for label, c in found.items()
    }


@router.post(
    "/regions/{code}/candidates/{candidate}/withdrawal",
    response=Done,
    operation_id="withdraw_candidate",
    summary="Withdraw a candidate",
    tags=["portfolio"],
    openapi_extra=needs(Power.RECORD_CANDIDATES),
)
def withdraw_candidate(
    request: Call,
    code: RegionCode,
    candidate: Annotated[str, Field(max_length=40)],
    payload: Reason,
    once: Once = "",
) -> Done:
    """Take a candidate out of what can be chosen; its row and its past stay."""
    region = region_of(code)
    officer = enter(request, Power.RECORD_CANDIDATES, region)
    row = queries.current_candidates(region).filter(code=candidate).first()
    if row is None:
        raise NotFound
    portfolio.withdraw_candidate(
        candidate=row, reason=payload.reason, by=officer, at=request.at
    )
    return Done()


@router.post(
    "/scenarios/{scenario}/adoption",
    response=plans.PlanTold,
    operation_id="adopt_plan",
    summary="Adopt a scenario as the plan",
    tags=["portfolio"],
    openapi_extra=needs(Power.ADOPT_PLAN),
)
def adopt_plan(
    request: Call, scenario: RowId, payload: AdoptionIn, once: Once = ""
) -> dict[str, Any]:
    """Make a finished scenario binding by a council's decision."""
    region = holder(request).region  # scenarios lie behind the wall
    officer = enter(request, Power.ADOPT_PLAN, region)
    row = Scenario.objects.filter(pk=scenario, region=region).first()
    decision = Decision.objects.filter(pk=payload.decision, region=region).first()
    if row is None or decision is None:
        raise NotFound
    plan = portfolio.adopt_plan(
        scenario=row, decision=decision, by=officer, at=request.at
    )
    money = queries.money(plan)
    return told(request, **plans.plan(plan), total=money.total, money=money.rows())


@router.post(
    "/regions/{code}/bodies",
    response=bodies.BodyTold,
    operation_id="record_body",
    summary="Record a council",
    tags=["council"],
    openapi_extra=needs(Power.RECORD_DECISIONS),
)
def record_body(
    request: Call, code: RegionCode, payload: BodyIn, once: Once = ""
) -> dict[str, Any]:
    """Record a council and the decree that formed it."""
    region = region_of(code)
    officer = enter(request, Power.RECORD_DECISIONS, region)
    row = council.record_council(
        region=region, body=council.Body(**dict(payload)), by=officer, at=request.at
    )
    return told(request, **bodies.body(row))


@router.post(
    "/regions/{code}/decisions",
    response=bodies.DecisionTold,
    operation_id="record_decision",
    summary="Record a decision",
    tags=["council"],
    openapi_extra=needs(Power.RECORD_DECISIONS),
)
def record_decision(
    request: Call, code: RegionCode, payload: DecisionIn, once: Once = ""
) -> dict[str, Any]:
    """Append a decision; it is public at once, and only a later one can overrule it."""
    region = region_of(code)
    officer = enter(request, Power.RECORD_DECISIONS, region)
    given = dict(payload)
    body = Council.objects.filter(pk=given.pop("body"), region=region).first()
    if body is None:
        raise NotFound
    row = council.record_decision(
        region=region,
        council=body,
        ruling=council.Ruling(**given),
        by=officer,
        at=request.at,
    )
    return told(request, **bodies.decision(row))
