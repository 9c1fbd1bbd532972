"""Events to poll and webhooks that send them; what the token itself may do."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Schema
from pydantic import Field, StringConstraints

from habaring.api import actions
from habaring.api.guard import Call, enter, holder, own_or_below, region_of
from habaring.api.models import Delivery, Event, WebhookState, WebhookSubscription
from habaring.api.paging import MOST, USUAL, PageQuery, cut
from habaring.api.problems import NotFound
from habaring.api.routing import router
from habaring.api.shapes import (
    LARGEST,
    In,
    Page,
    RegionCode,
    RowId,
    Told,
    needs,
    told,
)
from habaring.people import access
from habaring.people.access import Power
from habaring.regions.models import Region

EventName = Literal[
    "body.recorded",
    "book.issued",
    "budget.recorded",
    "candidate.withdrawn",
    "candidates.recorded",
    "decision.recorded",
    "index_edition.published",
    "observations.recorded",
    "plan.adopted",
    "target.set",
    "target.withdrawn",
]
Sequence = Annotated[int, Query(ge=0, le=LARGEST)]


class SubjectOut(Schema):
    """What an event is about."""

    kind: str
    ref: str


class EventOut(Schema):
    """Something happened: ids and links, no person."""

    id: str
    region: str
    sequence: int
    type: str
    at: datetime
    subject: SubjectOut
    links: dict[str, str]


class EventsTold(Told):
    """Events after a number, oldest first. Ask again after `last`."""

    items: list[EventOut]
    last: int
    more: bool


class WebhookOut(Schema):
    """Where events are sent. `cursor` is the last event that arrived."""

    id: int
    region: str
    address: str
    events: list[str]
    state: Literal["active", "paused", "removed"]
    cursor: int
    attempts: int
    failing_since: datetime | None
    next_try_at: datetime | None
    created_at: datetime


class WebhookTold(WebhookOut, Told):
    """One webhook, alone."""


class WebhookSecret(WebhookTold):
    """A webhook with the secret that signs, which is never told again."""

    secret: str


class WebhookIn(In):
    """A public https address. No `events`: all of them."""

    address: Annotated[str, StringConstraints(min_length=1, max_length=500)] = Field(
        examples=["https://example.org/habaring"]
    )
    events: Annotated[list[EventName], Field(max_length=50)] = []


class DeliveryOut(Schema):
    """One attempt: what the other side answered. `status` null: nothing."""

    sequence: int
    event: str
    attempt: int
    at: datetime
    status: int | None
    milliseconds: int
    told: str


class ReplayTold(Told):
    """From which event on it is sent again, and how many that is at most."""

    start: int
    waiting: int


class TokenTold(Told):
    """What this token may do now."""

    name: str
    prefix: str
    region: str
    scopes: list[str]
    expires_at: datetime
    uses: int


def webhook(row: WebhookSubscription) -> dict[str, Any]:
    return {
        "id": row.pk,
        "region": row.region_id,
        "address": row.address,
        "events": row.kinds,
        "state": row.state,
        "cursor": row.cursor,
        "attempts": row.attempts,
        "failing_since": row.failing_since,
        "next_try_at": row.next_try_at,
        "created_at": row.created_at,
    }


@router.get(
    "/token",
    response=TokenTold,
    operation_id="read_token",
    summary="What this token may do",
    tags=["token"],
    openapi_extra={"security": [{"token": []}]},
)
def token(request: Call) -> dict[str, Any]:
    """The scopes that its person still holds in its region."""
    row = holder(request)
    held = access.powers(row.account, at=request.at, region=row.region)
    return told(
        request,
        name=row.name,
        prefix=row.prefix,
        region=row.region_id,
        scopes=[word for word in row.scopes if word in held],
        expires_at=row.expires_at,
        uses=row.uses + 1,
    )


@router.get(
    "/regions/{code}/events",
    response=EventsTold,
    operation_id="list_events",
    summary="Events after a number",
    tags=["events"],
    openapi_extra=needs(Power.SEE_WORK_ROOM),
)
def list_events(
    request: Call,
    code: RegionCode,
    after: Sequence = 0,
    limit: Annotated[int, Query(ge=1, le=MOST)] = USUAL,
) -> dict[str, Any]:
    """What happened in a region, in order and without gaps: for those who poll."""
    region = region_of(code)
    enter(request, Power.SEE_WORK_ROOM, region)
    rows = Event.objects.filter(region_code=region.code, sequence__gt=after)
    found = list(rows.order_by("sequence")[: limit + 1])
    shown = found[:limit]
    return told(
        request,
        items=[row.as_json() for row in shown],
        last=shown[-1].sequence if shown else after,
        more=len(found) > limit,
    )


@router.get(
    "/regions/{code}/webhooks",
    response=Page[WebhookOut],
    operation_id="list_webhooks",
    summary="Webhooks of a region",
    tags=["events"],
    openapi_extra=needs(Power.MANAGE_API),
)
def webhooks(
    request: Call, response: HttpResponse, code: RegionCode, paging: PageQuery
) -> dict[str, Any]:
    """Where the events of a region are sent."""
    region = region_of(code)
    enter(request, Power.MANAGE_API, region)
    rows = WebhookSubscription.objects.filter(region=region)
    rows = rows.exclude(state=WebhookState.REMOVED).order_by("id")
    return cut(request, response, rows, paging, lambda r: WebhookOut(**webhook(r)))


@router.post(
    "/regions/{code}/webhooks",
    response=WebhookSecret,
    operation_id="open_webhook",
    summary="Open a webhook",
    tags=["events"],
    openapi_extra=needs(Power.MANAGE_API),
)
def open_webhook(request: Call, code: RegionCode, payload: WebhookIn) -> dict[str, Any]:
    """Send the events from now on to an address. The answer holds the secret, once."""
    region = region_of(code)
    officer = enter(request, Power.MANAGE_API, region)
    made = actions.open_webhook(
        region=region,
        address=payload.address,
        kinds=payload.events,
        by=officer,
        at=request.at,
    )
    return told(request, **webhook(made.subscription), secret=made.secret)


def _known(request: Call, pk: int) -> tuple[WebhookSubscription, Any]:
    """A webhook that the token may manage; another region's is not found."""
    rows = WebhookSubscription.objects.exclude(state=WebhookState.REMOVED)
    found = rows.select_related("region").filter(pk=pk).first()
    own = request.token.region if request.token else Region()
    enter(request, Power.MANAGE_API, own)
    if found is None or not own_or_below(found.region_id, own.code):
        raise NotFound
    return found, enter(request, Power.MANAGE_API, found.region)


@router.get(
    "/webhooks/{webhook_id}",
    response=WebhookTold,
    operation_id="read_webhook",
    summary="One webhook",
    tags=["events"],
    openapi_extra=needs(Power.MANAGE_API),
)
def one_webhook(request: Call, webhook_id: RowId) -> dict[str, Any]:
    """Where it stands: the last event that arrived, and whether one fails."""
    row, _officer = _known(request, webhook_id)
    return told(request, **webhook(row))


@router.delete(
    "/webhooks/{webhook_id}",
    response=WebhookTold,
    operation_id="remove_webhook",
    summary="Remove a webhook",
    tags=["events"],
    openapi_extra=needs(Power.MANAGE_API),
)
def remove_webhook(request: Call, webhook_id: RowId) -> dict[str, Any]:
    """Send nothing to it ever again."""
    row, officer = _known(request, webhook_id)
    actions.remove_webhook(subscription=row, by=officer, at=request.at)
    return told(request, **{**webhook(row), "state": "removed"})


@router.post(
    "/webhooks/{webhook_id}/pause",
    response=WebhookTold,
    operation_id="pause_webhook",
    summary="Pause a webhook",
    tags=["events"],
    openapi_extra=needs(Power.MANAGE_API),
)
def pause_webhook(request: Call, webhook_id: RowId) -> dict[str, Any]:
    """Send nothing until it is resumed; what happens meanwhile waits."""
    row, officer = _known(request, webhook_id)
    actions.pause_webhook(subscription=row, by=officer, at=request.at)
    row.refresh_from_db()
    return told(request, **webhook(row))


@router.post(
    "/webhooks/{webhook_id}/resume",
    response=WebhookTold,
    operation_id="resume_webhook",
    summary="Resume a webhook",
    tags=["events"],
    openapi_extra=needs(Power.MANAGE_API),
)
def resume_webhook(request: Call, webhook_id: RowId) -> dict[str, Any]:
    """Go on with the event that failed, at once."""
    row, officer = _known(request, webhook_id)
    actions.resume_webhook(subscription=row, by=officer, at=request.at)
    row.refresh_from_db()
    return told(request, **webhook(row))


@router.post(
    "/webhooks/{webhook_id}/secret",
    response=WebhookSecret,
    operation_id="rotate_webhook_secret",
    summary="Exchange a webhook's secret",
    tags=["events"],
    openapi_extra=needs(Power.MANAGE_API),
)
def rotate_webhook(request: Call, webhook_id: RowId) -> dict[str, Any]:
    """A new secret. For 24 hours both sign each letter."""
    row, officer = _known(request, webhook_id)
    made = actions.rotate_webhook(subscription=row, by=officer, at=request.at)
    return told(request, **webhook(made.subscription), secret=made.secret)


@router.post(
    "/webhooks/{webhook_id}/replay",
    response=ReplayTold,
    operation_id="replay_webhook",
    summary="Send events again",
    tags=["events"],
    openapi_extra=needs(Power.MANAGE_API),
)
def replay(
    request: Call,
    webhook_id: RowId,
    start: Annotated[int, Query(alias="from", ge=1, le=LARGEST)],
) -> dict[str, Any]:
    """Send again from one event on, in order; a paused webhook goes on."""
    row, officer = _known(request, webhook_id)
    waiting = actions.replay(subscription=row, start=start, by=officer, at=request.at)
    return told(request, start=start, waiting=waiting)


def _delivery(row: Delivery) -> DeliveryOut:
    return DeliveryOut(
        sequence=row.sequence,
        event=row.kind,
        attempt=row.attempt,
        at=row.at,
        status=row.status,
        milliseconds=row.milliseconds,
        told=row.told,
    )


@router.get(
    "/webhooks/{webhook_id}/deliveries",
    response=Page[DeliveryOut],
    operation_id="list_deliveries",
    summary="Attempts to deliver",
    tags=["events"],
    openapi_extra=needs(Power.MANAGE_API),
)
def deliveries(
    request: Call, response: HttpResponse, webhook_id: RowId, paging: PageQuery
) -> dict[str, Any]:
    """Every attempt of the last 30 days, newest first, with what was answered."""
    row, _officer = _known(request, webhook_id)
    return cut(request, response, row.deliveries.order_by("-id"), paging, _delivery)
