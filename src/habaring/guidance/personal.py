"""What `guidance` holds about people: who guided whom; names of participants.

Participants have no account here: their names lie in the list of one sitting, behind the
region's wall, and never leave its room; the public sees how many of each pillar came. Two
years after the last day the names go, and the counts stay.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from habaring.guidance.models import Mentorship, Participant
from habaring.people.models import Account
from habaring.shared import retention
from habaring.shared.holdings import Column, Holding, deeds, register
from habaring.shared.retention import Ageing, Due


def _guided(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in Mentorship.objects.filter(account=account):
        yield {
            "region": row.region_id,
            "name": row.name,
            "institution": row.institution,
            "since": row.since,
            "until": row.until,
        }


register(
    Holding(
        code="guidance.mentorships",
        purpose="record",
        name=_("Regions you guide or guided"),
        columns=(
            Column("region", _("Region")),
            Column("name", _("Name shown")),
            Column("institution", _("Institution")),
            Column("since", _("Since")),
            Column("until", _("Until")),
        ),
        covers=("guidance.Mentorship.account",),
        collect=_guided,
        stays=_("Who guided a region is public, and keeps its evaluation honest."),
    )
)
deeds(
    "guidance",
    _("What you did in guidance: cohorts, stages, work, remarks"),
    "guidance.Cohort.recorded_by",
    "guidance.Enrolment.recorded_by",
    "guidance.Application.sent_by",
    "guidance.Mentorship.recorded_by",
    "guidance.Sitting.recorded_by",
    "guidance.Sitting.closed_by",
    "guidance.Attendance.noted_by",
    "guidance.Submission.handed_in_by",
    "guidance.Submission.reviewed_by",
    "guidance.Remark.by",
    "guidance.Remark.answered_by",
)


_NOBODY = "–"


def _over(before: datetime, at: datetime, limit: int) -> list[Due]:
    rows = Participant.objects.filter(sitting__ends_on__lt=before.date())
    named = rows.exclude(name=_NOBODY).order_by("pk")[:limit]
    return [Due(str(row.pk), row.region_id) for row in named]


def _forget(refs: Sequence[str], at: datetime) -> None:
    Participant.objects.filter(pk__in=[int(ref) for ref in refs]).update(
        name=_NOBODY, institution="", role=""
    )


retention.register(Ageing("guidance-names", _over, _forget))
