"""What the pages of the country read, kept until a write of the programme commits.

Every write is audited, so the newest entries of the verbs that can change these pages
tell whether what was read is still true: one small query instead of seven large ones.
As in `web.cache`, the stamp is read before the facts, so that what is kept is never
older than its stamp.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings

from habaring.guidance import progress
from habaring.guidance.progress import Facts
from habaring.shared import audit

LONGEST = timedelta(minutes=10)
"""Commands may write without an entry; nothing is kept for longer than this."""

CHANGES = frozenset(
    {
        "evaluation.appeal.granted",
        "evaluation.result.announced",
        "evaluation.result.published",
        "evaluation.result.recorded",
        "evaluation.round.announced",
        "evaluation.round.published",
        "guidance.application.sent",
        "guidance.application.taken_back",
        "guidance.assignment.approved",
        "guidance.assignment.begun",
        "guidance.assignment.booked",
        "guidance.assignment.due_moved",
        "guidance.assignment.handed_in",
        "guidance.assignment.opened_again",
        "guidance.assignment.sent_back",
        "guidance.assignment.taken_back",
        "guidance.assignment.taken_up",
        "guidance.cohort.changed",
        "guidance.cohort.chosen",
        "guidance.cohort.closed",
        "guidance.cohort.listed",
        "guidance.cohort.opened",
        "guidance.cohort.recorded",
        "guidance.enrolment.chosen",
        "guidance.enrolment.finished",
        "guidance.enrolment.left",
        "guidance.enrolment.let_in",
        "guidance.enrolment.refused",
        "guidance.enrolment.reserved",
        "guidance.remark.written",
        "guidance.sitting.changed",
        "guidance.sitting.closed",
        "guidance.sitting.held",
        "guidance.sitting.planned",
        "guidance.sitting.reopened",
        "regions.register.recorded",
    }
)
"""Verbs whose writes change a page of the country."""
LEAVES = frozenset(
    {
        "guidance.application.rated",
        "guidance.attendance.noted",
        "guidance.attendance.received",
        "guidance.cohort.method",
        "guidance.mentor.assigned",
        "guidance.mentor.ended",
        "guidance.participants.invited",
        "guidance.participants.struck",
        "guidance.remark.answered",
        "guidance.sitting.programme",
    }
)
"""Verbs of guidance whose writes leave them as they are."""


@dataclass(frozen=True)
class _Kept:
    stamp: str
    at: datetime
    facts: Facts


_kept: dict[date, _Kept] = {}


def facts(*, on: date, at: datetime) -> Facts:
    """What the pages rest on, on a day; `at` is now."""
    if not settings.PUBLIC_CACHE:
        return progress.facts(on=on)
    stamp = audit.stamp_of(CHANGES, at=at)
    row = _kept.get(on)
    if row is None or row.stamp != stamp or at - row.at > LONGEST:
        row = _Kept(stamp, at, progress.facts(on=on))
        _kept.clear()  # of other days nothing is asked any more
        _kept[on] = row
    return row.facts
