"""The verbs of minutes: write a version, approve it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from habaring.council.actions.rules import MinutesRefused
from habaring.council.models import Meeting, Minutes, MinutesApproval
from habaring.people.models import Account
from habaring.shared import audit


@transaction.atomic
def write_minutes(
    *, meeting: Meeting, text: str, by: Account | None, at: datetime, reason: str = ""
) -> Minutes:
    """Append a version of the minutes; a version after an approved one says why.

    Raises MinutesRefused when the meeting is not closed, the text is empty or unchanged,
    or a correction has no reason.
    """
    row = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if not row.happened:
        raise MinutesRefused(
            _("The meeting is not closed yet."),
            why=_("Minutes tell of a meeting that was held."),
            next=_("Write down who came, and close the meeting."),
        )
    last = Minutes.objects.filter(meeting=row).select_related("approval").first()
    told = text.replace("\r\n", "\n").strip()
    if not told or (last and last.text == told):
        raise MinutesRefused(
            _("There is nothing new to keep."), next=_("Change the text first.")
        )
    corrects = last is not None and hasattr(last, "approval")
    if corrects and not reason.strip():
        raise MinutesRefused(
            _("Approved minutes are corrected with a reason."),
            why=_("The version before stays, and both are public."),
            next=_("Write why they are corrected."),
        )
    made = Minutes.objects.create(
        region=row.region,
        meeting=row,
        version=last.version + 1 if last else 1,
        text=told,
        reason=reason.strip()[:300],
        written_by=by,
        written_at=at,
    )
    _told(made, "council.minutes.written", by, at, reason=made.reason)
    return made


@transaction.atomic
def approve_minutes(
    *, minutes: Minutes, by: Account | None, at: datetime, later: Meeting | None = None
) -> MinutesApproval:
    """Record that the newest version was approved: by the chair, or in a later meeting.

    From then on it is public where the meeting is. Raises MinutesRefused for an older
    version, one approved already, or a meeting that is not a later one of this body.
    """
    meeting = Meeting.objects.select_for_update().get(pk=minutes.meeting_id)
    newest = Minutes.objects.filter(meeting=meeting).first()
    if newest != minutes or MinutesApproval.objects.filter(minutes=minutes).exists():
        raise MinutesRefused(
            _("This version cannot be approved."),
            why=_("There is a newer one, or it is approved already."),
            next=_("Look at the newest version."),
        )
    if later is not None and not (
        later.body_id == meeting.body_id
        and later.happened
        and later.starts_at > meeting.starts_at
    ):
        raise MinutesRefused(
            _("That meeting cannot approve these minutes."),
            why=_("Minutes are approved in a later meeting of the same body."),
            next=_("Choose such a meeting, or the chair."),
        )
    made = MinutesApproval.objects.create(
        minutes=minutes, meeting=later, approved_by=by, approved_at=at
    )
    meeting.state, meeting.changed_at = "approved", at
    meeting.save(update_fields=["state", "changed_at"])
    _told(minutes, "council.minutes.approved", by, at)
    return made


def _told(
    row: Minutes, verb: str, by: Account | None, at: datetime, *, reason: str = ""
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=row,
        region=row.region_id,
        reason=reason,
        details={"meeting": row.meeting_id, "version": row.version},
    )
