"""Programmes that waive late interest: one person proposes, another agrees."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account as Person
from habaring.regions.models import Region
from habaring.revenue.actions.collecting import CannotCollect, reason_in
from habaring.revenue.models import WaiverProgramme, WaiverState
from habaring.shared import audit


@dataclass(frozen=True)
class Terms:
    """What is waived, for which years, between which days, by which regulation."""

    name: str
    tax: str
    first_year: int
    last_year: int
    percent: int
    begins_on: date
    ends_on: date
    basis: str
    illustrative: bool = False


@transaction.atomic
def propose(
    *, region: Region, terms: Terms, by: Person, at: datetime
) -> WaiverProgramme:
    """Propose a programme; it holds from its first day once a second person agrees.

    Raises CannotCollect: years or days that run backwards, an end in the past.
    """
    if terms.last_year < terms.first_year or terms.ends_on < terms.begins_on:
        raise CannotCollect(
            _("The end lies before the beginning."),
            next=_("Look at the years and the days again."),
        )
    if terms.ends_on < localdate(at):
        raise CannotCollect(
            _("This programme would be over already."),
            _("A payment of the past is not reckoned again."),
            _("Choose a later last day."),
        )
    row = WaiverProgramme.objects.create(
        region=region,
        **vars(terms),
        state=WaiverState.PROPOSED,
        recorded_at=at,
        recorded_by=by,
    )
    _told(row, "revenue.waiver.proposed", by=by, at=at)
    return row


@transaction.atomic
def decide(
    *, region: Region, waiver: int, agree: bool, text: str, by: Person, at: datetime
) -> WaiverProgramme:
    """Agree to a programme, or refuse it.

    Raises CannotCollect: decided already, by whoever proposed it, no reason.
    """
    reason = reason_in(text)
    row = _locked(region, waiver)
    if row.state != WaiverState.PROPOSED:
        raise CannotCollect(_("This was decided already."), next=_("Look at it again."))
    if row.recorded_by_id == by.pk:
        raise CannotCollect(
            _("You cannot decide what you proposed."),
            _("Two people stand behind each rupiah that the town gives away."),
            _("Ask a colleague to decide it."),
        )
    row.state = WaiverState.APPROVED if agree else WaiverState.REFUSED
    row.decision, row.decided_by, row.decided_at = reason, by, at
    row.save()
    verb = "revenue.waiver.approved" if agree else "revenue.waiver.refused"
    _told(row, verb, by=by, at=at, reason=reason)
    return row


@transaction.atomic
def stop(
    *, region: Region, waiver: int, text: str, by: Person, at: datetime
) -> WaiverProgramme:
    """End a programme early: today is its last day; one that has not begun never does.

    Raises CannotCollect: not in force, no reason.
    """
    reason = reason_in(text)
    row, on = _locked(region, waiver), localdate(at)
    if row.state != WaiverState.APPROVED or row.ends_on <= on:
        raise CannotCollect(
            _("This programme is not in force."), next=_("Look at it again.")
        )
    row.ends_on = max(on, row.begins_on)
    if on < row.begins_on:
        row.state = WaiverState.REFUSED
    row.decision = f"{row.decision}\n{reason}".strip()
    row.save(update_fields=["ends_on", "state", "decision"])
    _told(row, "revenue.waiver.stopped", by=by, at=at, reason=reason)
    return row


def _locked(region: Region, key: int) -> WaiverProgramme:
    rows = WaiverProgramme.objects.select_for_update(of=("self",))
    return rows.get(region=region, pk=key, bill__isnull=True)


def _told(
    row: WaiverProgramme, verb: str, *, by: Person, at: datetime, reason: str = ""
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=row,
        region=row.region_id,
        reason=reason,
        details={"tax": row.tax, "percent": row.percent},
    )
