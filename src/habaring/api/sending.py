"""Deliver events: in their order, one at a time, signed, again when it fails."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from habaring.api import events, outbound
from habaring.api.models import Delivery, Event, WebhookState, WebhookSubscription
from habaring.shared import audit, sealing
from habaring.shared.notices import send_letter

BACKOFF = (10, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600)  # seconds
GIVE_UP = timedelta(days=3)
AT_ONCE = 50  # events a job; the rest come with the next one
SOON = 60  # seconds: longer waits are left to the look round of every minute
KEPT = timedelta(days=30)  # the log of deliveries


def about(subscription: WebhookSubscription) -> str:
    """What a sealed secret is bound to: its row."""
    return f"api.webhook:{subscription.pk}"


def signature(secret: str, at: int, body: bytes) -> str:
    """HMAC-SHA256 of "seconds.body", in hexadecimal digits."""
    return hmac.new(
        secret.encode(), f"{at}.".encode() + body, hashlib.sha256
    ).hexdigest()


def signed(row: WebhookSubscription, body: bytes, at: datetime) -> str:
    """The header `Habaring-Signature`; two signatures while a secret is exchanged."""
    secrets = [sealing.open_sealed(row.secret, about=about(row))]
    if row.old_secret is not None and row.old_until and row.old_until > at:
        secrets.append(sealing.open_sealed(row.old_secret, about=about(row)))
    moment = int(at.timestamp())
    parts = [f"t={moment}", *(f"v1={signature(s, moment, body)}" for s in secrets)]
    return ",".join(parts)


def send_waiting(*, subscription: int, clock: Callable[[], datetime]) -> None:
    """Send what waits for one subscription until nothing does, or one fails.

    Safe to run twice: the row is locked while one event is under way.
    """
    for _time in range(AT_ONCE):
        with transaction.atomic():
            wait = _send_next(subscription, clock)
        if wait is None:
            return
        if wait:
            if wait <= SOON:
                events.wake(subscription, after_seconds=wait)
            return
    events.wake(subscription)


def _send_next(subscription: int, clock: Callable[[], datetime]) -> int | None:
    """Seconds to wait before the next one; None: nothing waits, or somebody else sends."""
    rows = WebhookSubscription.objects.select_for_update(skip_locked=True, no_key=True)
    row = rows.filter(pk=subscription, state=WebhookState.ACTIVE).first()
    event = _next_event(row) if row else None
    if row is None or event is None:
        return None
    at = clock()
    if row.next_try_at and row.next_try_at > at:
        return max(1, int((row.next_try_at - at).total_seconds()))
    answer = _attempt(row, event, at)
    if answer.delivered:
        row.cursor = event.sequence
        row.attempts, row.failing_since, row.next_try_at = 0, None, None
        row.save()
        return 0
    return _failed(row, clock())


def _next_event(row: WebhookSubscription) -> Event | None:
    found = Event.objects.filter(region_code=row.region_id, sequence__gt=row.cursor)
    if row.kinds:
        found = found.filter(kind__in=row.kinds)
    return found.order_by("sequence").first()


def _attempt(row: WebhookSubscription, event: Event, at: datetime) -> Delivery:
    body = json.dumps(event.as_json(), separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Habaring-Webhooks/1",
        "Habaring-Event": event.kind,
        "Habaring-Delivery": f"{event.region_code}-{event.sequence}",
        "Habaring-Signature": signed(row, body, at),
    }
    private = settings.WEBHOOKS_TO_PRIVATE
    answer = outbound.attempt(row.address, body, headers, private=private)
    return Delivery.objects.create(
        subscription=row,
        sequence=event.sequence,
        kind=event.kind,
        attempt=row.attempts + 1,
        at=at,
        status=answer.status,
        milliseconds=answer.milliseconds,
        told=answer.told,
    )


def _failed(row: WebhookSubscription, at: datetime) -> int | None:
    row.failing_since = row.failing_since or at
    wait = BACKOFF[min(row.attempts, len(BACKOFF) - 1)]
    row.attempts += 1
    row.next_try_at = at + timedelta(seconds=wait)
    if at - row.failing_since >= GIVE_UP:
        _give_up(row, at)
        return None
    row.save()
    return wait


def _give_up(row: WebhookSubscription, at: datetime) -> None:
    row.state, row.next_try_at = WebhookState.PAUSED, None
    row.save()
    audit.record(
        by=None, at=at, verb="api.webhook.failed", subject=row, region=row.region_id
    )
    if row.owner.email:
        send_letter(
            to=[row.owner.email],
            template="api/letters/webhook_paused.txt",
            context={"webhook": row, "name": row.owner.full_name},
            language=row.owner.language,
        )


def wake_all(*, at: datetime) -> int:
    """Wake every subscription whose events wait; how many. Clears the old log."""
    Delivery.objects.filter(at__lt=at - KEPT).delete()
    due = WebhookSubscription.objects.filter(
        Q(next_try_at__isnull=True) | Q(next_try_at__lte=at), state=WebhookState.ACTIVE
    )
    waiting = [row.pk for row in due if _next_event(row) is not None]
    for pk in waiting:
        events.wake(pk)
    return len(waiting)
