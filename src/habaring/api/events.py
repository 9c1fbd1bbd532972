"""The outbox: what of the audit trail programs are told, numbered a region.

An event is written in the transaction of the audited write and stands or falls with
it. The region's counter is locked until that transaction ends, so that the numbers have
no gaps and their order is the order of the commits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction

from habaring.api.models import Event, WebhookState, WebhookSubscription
from habaring.shared.models import AuditEntry

BASE = "/api/v1"
Links = Callable[[AuditEntry, Any], dict[str, str]]


@dataclass(frozen=True)
class Kind:
    """A public kind of event, and where to read what it tells of."""

    name: str
    links: Links


def _below(*path: str) -> Links:
    """Addresses below the region: the API's, and the page's where there is one."""
    api, *page = path

    def links(entry: AuditEntry, subject: Any) -> dict[str, str]:
        found = {"api": f"{BASE}/regions/{entry.region_code}/{api}".rstrip("/")}
        if page:
            found["page"] = f"/daerah/{entry.region_code}/{page[0]}"
        return found

    return links


def _row(api: str, page: str = "") -> Links:
    """The address of the row itself."""

    def links(entry: AuditEntry, subject: Any) -> dict[str, str]:
        found = {"api": f"{BASE}/{api}/{subject.pk}"}
        if page:
            place = page.format(pk=subject.pk)
            found["page"] = f"/daerah/{entry.region_code}/{place}"
        return found

    return links


KINDS: Mapping[str, Kind] = {
    "assessment.observations.recorded": Kind(
        "observations.recorded", _below("observations", "kondisi/")
    ),
    "assessment.target.set": Kind("target.set", _below("targets", "kondisi/")),
    "assessment.target.withdrawn": Kind(
        "target.withdrawn", _below("targets", "kondisi/")
    ),
    "assessment.edition.published": Kind(
        "index_edition.published", _row("index-editions", "kondisi/edisi/{pk}/")
    ),
    "portfolio.candidates.recorded": Kind("candidates.recorded", _below("candidates")),
    "portfolio.candidate.withdrawn": Kind("candidate.withdrawn", _below("candidates")),
    "portfolio.plan.adopted": Kind("plan.adopted", _row("plans", "pilihan/")),
    "council.council.recorded": Kind("body.recorded", _row("bodies", "dewan/")),
    "council.body.formed": Kind("body.recorded", _row("bodies", "dewan/")),
    "council.decision.recorded": Kind(
        "decision.recorded", _row("decisions", "dewan/#keputusan-{pk}")
    ),
    "regions.budget.recorded": Kind("budget.recorded", _below("budgets", "wilayah/")),
    "masterplan.edition.issued": Kind("book.issued", _below("", "rencana/")),
}
"""Verb of the audit trail → event. What is not here stays inside."""

NAMES: tuple[str, ...] = tuple(sorted({kind.name for kind in KINDS.values()}))


def note(entry: AuditEntry, subject: models.Model) -> None:
    """Write the event of an audited write, and wake what sends it."""
    kind = KINDS.get(entry.verb)
    if kind is None:
        return
    Event.objects.create(
        region_code=entry.region_code,
        sequence=_next(entry.region_code),
        kind=kind.name,
        at=entry.at,
        subject_kind=entry.subject_kind,
        subject_ref=entry.subject_ref,
        links=kind.links(entry, subject),
    )
    waiting = WebhookSubscription.objects.filter(
        region=entry.region_code, state=WebhookState.ACTIVE
    )
    for pk in waiting.values_list("pk", flat=True):
        wake(pk)


def _next(region: str) -> int:
    """The next number of a region; its row is locked until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO api_eventcounter AS held (region_code, last) VALUES (%s, 1)"
            " ON CONFLICT (region_code) DO UPDATE SET last = held.last + 1"
            " RETURNING last",
            [region],
        )
        return int(cursor.fetchone()[0])


def last(region: str) -> int:
    """The number of the newest event of a region; 0 before the first."""
    row = Event.objects.filter(region_code=region).order_by("-sequence").first()
    return row.sequence if row else 0


def wake(subscription: int, *, after_seconds: int = 0) -> None:
    """Queue the sender of one subscription, unless it waits in the queue already."""
    # late: only where something is sent
    from procrastinate import exceptions
    from procrastinate.contrib.django import app

    name = f"webhook-{subscription}"
    job = app.configure_task(
        "api.deliver",
        queue="webhooks",
        lock=name,
        queueing_lock=name,
        schedule_in={"seconds": after_seconds} if after_seconds else None,
    )
    try:
        with transaction.atomic():
            job.defer(subscription=subscription)
    except exceptions.AlreadyEnqueued:
        return
