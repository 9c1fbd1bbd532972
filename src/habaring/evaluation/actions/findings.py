"""The verbs of findings: plan, report, close, send back. Whoever reports does not close."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.evaluation.models import Finding
from habaring.evaluation.rules import FindingRefused
from habaring.evaluation.words import TO_DO
from habaring.people.models import Account
from habaring.posts.models import Post
from habaring.shared import audit


@transaction.atomic
def plan(
    *,
    by: Account | None,
    at: datetime,
    finding: Finding,
    owner: Post,
    due_on: date,
    action: str,
) -> Finding:
    """Give a weakness or recommendation an owner, a day, and what will be done.

    Raises FindingRefused for a strength, a closed one, a post of another region, a day
    gone by, and without words.
    """
    row = _open(finding)
    if owner.region_id != row.region_id or not action.strip():
        raise FindingRefused(
            _("A finding needs a post of this region and what will be done."),
            next=_("Choose the post, and write the step in a sentence."),
        )
    if due_on < localdate(at):
        raise FindingRefused(
            _("The day has gone by already."), next=_("Choose a day to come.")
        )
    row.owner, row.due_on, row.action = owner, due_on, action.strip()
    row.save(update_fields=["owner", "due_on", "action"])
    _told(row, "planned", by=by, at=at)
    return row


@transaction.atomic
def report(*, by: Account, at: datetime, finding: Finding, proof: str) -> Finding:
    """Say that it is done, and what shows it; another person closes it.

    Raises FindingRefused without an owner or words.
    """
    row = _open(finding)
    if row.owner_id is None or not proof.strip():
        raise FindingRefused(
            _("A finding is reported as done by its owner, with what shows it."),
            next=_("Give it an owner and a day, then write what was done."),
        )
    row.state, row.proof = "reported", proof.strip()
    row.reported_at, row.reported_by = at, by
    row.save(update_fields=["state", "proof", "reported_at", "reported_by"])
    _told(row, "reported", by=by, at=at)
    return row


@transaction.atomic
def close(
    *, by: Account | None, at: datetime, finding: Finding, reason: str
) -> Finding:
    """Say that a reported finding is dealt with; it comes back no more."""
    row = _reported(finding, by=by, reason=reason)
    row.state, row.verdict = "closed", reason.strip()
    row.closed_at, row.closed_by = at, by
    row.save(update_fields=["state", "verdict", "closed_at", "closed_by"])
    _told(row, "closed", by=by, at=at, reason=row.verdict)
    return row


@transaction.atomic
def send_back(*, by: Account, at: datetime, finding: Finding, reason: str) -> Finding:
    """Say that what was reported does not do yet, and why."""
    row = _reported(finding, by=by, reason=reason)
    row.state, row.verdict = "open", reason.strip()
    row.save(update_fields=["state", "verdict"])
    _told(row, "sent_back", by=by, at=at, reason=row.verdict)
    return row


def _open(finding: Finding) -> Finding:
    row = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    if row.kind not in TO_DO or row.state == "closed":
        raise FindingRefused(
            _("There is nothing to do about this finding."),
            next=_("Strengths and closed findings only stay on record."),
        )
    return row


def _reported(finding: Finding, *, by: Account | None, reason: str) -> Finding:
    row = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    if row.state != "reported":
        raise FindingRefused(
            _("This finding is not reported as done."),
            next=_("Wait for its owner to report."),
        )
    if by is not None and row.reported_by_id == by.pk:
        raise FindingRefused(
            _("You reported this yourself."),
            _("Another person looks at it, so that two have."),
            _("Ask a colleague who may judge evidence."),
        )
    if not reason.strip():
        raise FindingRefused(
            _("Say in words what you saw."),
            next=_("Write the reason; it is kept with the finding."),
        )
    return row


def _told(
    row: Finding, deed: str, *, by: Account | None, at: datetime, reason: str = ""
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=f"evaluation.finding.{deed}",
        subject=row,
        region=row.region_id,
        reason=reason,
    )
