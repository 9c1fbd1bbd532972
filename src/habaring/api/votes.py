"""Listening as open data: calls, proposals, votes, and their results with the files."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from ninja import Schema
from pydantic import Field

from habaring.api.guard import Call, region_of
from habaring.api.paging import PageQuery, cut
from habaring.api.problems import NotFound
from habaring.api.routing import router
from habaring.api.shapes import Page, RegionCode, RowId, Told, open_to_all, told
from habaring.participation.counting import WHOLE
from habaring.participation.explanation import change, why
from habaring.participation.models import Call as CallRow
from habaring.participation.models import Count, Proposal, Vote, VoteState
from habaring.participation.outcomes import counts_of, override_of
from habaring.participation.results import Line, Result


class CallOut(Schema):
    """A round of listening."""

    id: int
    region: str
    place: str
    kind: str
    name: str
    question: str
    state: str
    budget: int | None
    proposals_from: datetime
    proposals_until: datetime | None
    illustrative: bool
    links: dict[str, str]


class ProposalOut(Schema):
    """A public idea. Nobody who wrote it is named."""

    region: str
    number: int
    call: int
    title: str
    problem: str
    idea: str
    dimension: str
    place: str | None
    rough_cost: int | None = Field(description="Whole rupiah, as its author thinks.")
    origin: str
    sent_at: datetime | None
    illustrative: bool
    links: dict[str, str]


class VoteOut(Schema):
    """A vote on a budget, with the rules by which it is counted."""

    id: int
    region: str
    call: int
    name: str
    state: str
    ballot: str
    budget: int
    rule: str
    measure: str
    completion: str
    beside: str
    per_district: bool
    opens_at: datetime
    closes_at: datetime
    cancelled_reason: str
    illustrative: bool
    links: dict[str, str]


class ProjectOut(Schema):
    """A project in a count, with the reason why it won or did not."""

    code: str
    title: str
    proposal: int
    cost: int
    votes: int
    won: bool
    round: int | None
    reason: str
    would_change: str = Field(description="What would have made it win; often empty.")
    funded: bool = Field(description="After the council's change, where there is one.")


class CountOut(Schema):
    """The result of a vote, or of one district of it. Rupiah are whole."""

    place: str = Field(description="A district's code, or semua: the whole place.")
    voters: int
    on_paper: int
    budget: int
    cost: int
    winners: list[str] = Field(description="Codes, in the order bought.")
    beside: list[str] | None = Field(description="Winners by the other rule.")
    council_funds: list[str] | None = Field(description="Where the council changed it.")
    ballots_sha256: str
    record_sha256: str
    counted_at: datetime
    projects: list[ProjectOut]
    links: dict[str, str] = Field(
        description="The ballots (.pb), the record of the count (JSON), the page."
    )


class VoteTold(VoteOut, Told):
    """One vote, with its results once it is counted."""

    results: list[CountOut]


def _call(row: CallRow) -> CallOut:
    return CallOut(
        id=row.pk,
        region=row.region_id,
        place=row.place_id,
        kind=row.kind,
        name=row.name,
        question=row.question,
        state=row.state,
        budget=row.budget,
        proposals_from=row.proposals_from,
        proposals_until=row.proposals_until,
        illustrative=row.illustrative,
        links={"page": reverse("participation:call", args=[row.region_id, row.pk])},
    )


@router.get(
    "/regions/{code}/calls",
    response=Page[CallOut],
    operation_id="list_calls",
    summary="Calls of a region",
    tags=["participation"],
    openapi_extra=open_to_all(),
)
def calls(
    request: Call, response: HttpResponse, code: RegionCode, paging: PageQuery
) -> dict[str, Any]:
    """What was asked, newest first."""
    rows = CallRow.objects.public().filter(region=region_of(code))
    rows = rows.order_by("-proposals_from", "-id")
    return cut(request, response, rows, paging, _call)


def _proposal(row: Proposal) -> ProposalOut:
    page = reverse("participation:proposal", args=[row.region_id, row.number])
    return ProposalOut(
        region=row.region_id,
        number=row.number,
        call=row.call_id,
        title=row.title,
        problem=row.problem,
        idea=row.idea,
        dimension=row.dimension_code,
        place=row.place_id,
        rough_cost=row.rough_cost,
        origin=row.origin,
        sent_at=row.sent_at,
        illustrative=row.illustrative,
        links={"page": page},
    )


@router.get(
    "/regions/{code}/proposals",
    response=Page[ProposalOut],
    operation_id="list_proposals",
    summary="Public proposals of a region",
    tags=["participation"],
    openapi_extra=open_to_all(),
)
def proposals(
    request: Call, response: HttpResponse, code: RegionCode, paging: PageQuery
) -> dict[str, Any]:
    """Proposals that stand now, newest first; merged and withdrawn ones do not."""
    rows = Proposal.objects.public().filter(region=region_of(code))
    rows = rows.order_by("-sent_at", "-id")
    return cut(request, response, rows, paging, _proposal)


def _vote(row: Vote) -> dict[str, Any]:
    return {
        "id": row.pk,
        "region": row.region_id,
        "call": row.call_id,
        "name": row.name,
        "state": row.state,
        "ballot": row.ballot,
        "budget": row.budget,
        "rule": row.rule,
        "measure": row.measure,
        "completion": row.completion,
        "beside": row.beside,
        "per_district": row.per_district,
        "opens_at": row.opens_at,
        "closes_at": row.closes_at,
        "cancelled_reason": row.cancelled_reason,
        "illustrative": row.illustrative,
        "links": {
            "self": f"/api/v1/votes/{row.pk}",
            "page": reverse("participation:result", args=[row.region_id, row.pk]),
        },
    }


@router.get(
    "/regions/{code}/votes",
    response=Page[VoteOut],
    operation_id="list_votes",
    summary="Votes of a region",
    tags=["participation"],
    openapi_extra=open_to_all(),
)
def votes(
    request: Call, response: HttpResponse, code: RegionCode, paging: PageQuery
) -> dict[str, Any]:
    """Votes that were published, newest first, with their rules."""
    rows = Vote.objects.filter(region=region_of(code)).exclude(state=VoteState.DRAFT)
    rows = rows.order_by("-opens_at", "-id")
    return cut(request, response, rows, paging, lambda row: VoteOut(**_vote(row)))


@router.get(
    "/votes/{vote_id}",
    response=VoteTold,
    operation_id="read_vote",
    summary="One vote with its results",
    tags=["participation"],
    openapi_extra=open_to_all(),
)
def one_vote(request: Call, vote_id: RowId) -> dict[str, Any]:
    """A vote; once it is counted, each project with its reason and where the files are."""
    row = Vote.objects.filter(pk=vote_id).exclude(state=VoteState.DRAFT).first()
    if row is None:
        raise NotFound
    counted = counts_of(row) if row.state == VoteState.COUNTED else []
    return told(request, **_vote(row), results=[_count(count) for count in counted])


def _count(count: Count) -> CountOut:
    result, changed = Result(count), override_of(count)
    place = count.district_id or WHOLE
    args = [count.region_id, count.vote_id, place]
    return CountOut(
        place=place,
        voters=count.voters,
        on_paper=count.on_paper,
        budget=result.budget,
        cost=result.cost,
        winners=list(count.told["winners"]),
        beside=list(result.beside["winners"]) if result.beside else None,
        council_funds=list(changed.winners) if changed else None,
        ballots_sha256=count.ballots_sha256,
        record_sha256=count.record_sha256,
        counted_at=count.counted_at,
        projects=[_project(result, line) for line in (*result.winners, *result.losers)],
        links={
            "ballots": reverse("participation:result-ballots", args=args),
            "record": reverse("participation:result-record", args=args),
            "page": reverse("participation:result-place", args=args),
        },
    )


def _project(result: Result, line: Line) -> ProjectOut:
    return ProjectOut(
        code=line.code,
        title=line.title,
        proposal=line.proposal,
        cost=line.cost,
        votes=line.votes,
        won=line.won,
        round=line.round,
        reason=why(result, line),
        would_change=change(line),
        funded=line in result.funded,
    )
