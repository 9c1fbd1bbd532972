"""The verbs of appeals: file within the days, decide by somebody who did not read."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.evaluation.models import Appeal, Entry, Reading
from habaring.evaluation.rules import AppealRefused, scheme_of_round
from habaring.people.models import Account
from habaring.shared import audit


@transaction.atomic
def file_appeal(
    *, by: Account, at: datetime, entry: Entry, question: str, reason: str
) -> Appeal:
    """Ask to have one question looked at again.

    Raises AppealRefused before the announcement and after the last day, for a question
    that was appealed already or does not exist, and without a reason.
    """
    row = (
        Entry.objects.select_for_update(of=("self",))
        .select_related("round__instrument")
        .get(pk=entry.pk)
    )
    until = row.round.appeals_until
    if row.round.state != "announced" or until is None or localdate(at) > until:
        raise AppealRefused(
            _("No appeal can be filed now."),
            format_lazy(_("The last day is or was {day}."), day=until)
            if until
            else _("The results are not announced yet."),
            _("Ask the programme office."),
        )
    if question not in scheme_of_round(row.round).questions or not reason.strip():
        raise AppealRefused(
            _("An appeal names a question and says why."),
            next=_("Choose the question, and say which evidence was overlooked."),
        )
    if Appeal.objects.filter(entry=row, question=question).exists():
        raise AppealRefused(
            _("This question was appealed already."),
            next=_("Wait for the decision, or choose another question."),
        )
    made = Appeal.objects.create(
        region_id=row.region_id,
        entry=row,
        question=question,
        reason=reason.strip(),
        filed_at=at,
        filed_by=by,
    )
    _told(made, "filed", by=by, at=at)
    return made


@transaction.atomic
def decide(
    *,
    by: Account,
    at: datetime,
    appeal: Appeal,
    granted: bool,
    reason: str,
    level: Decimal | None = None,
) -> Appeal:
    """Decide an appeal for the ministry; a granted one sets the level that counts.

    Raises AppealRefused for one that is decided, without a reason, by somebody who read
    the entry, and when granted without a level of the scale.
    """
    row = (
        Appeal.objects.select_for_update(of=("self",))
        .select_related("entry__round__instrument")
        .get(pk=appeal.pk)
    )
    if row.state != "filed" or not reason.strip():
        raise AppealRefused(
            _("An appeal is decided once, with a reason."),
            next=_("Write what decided; the region reads it."),
        )
    if Reading.objects.filter(entry=row.entry, assessor=by).exists():
        raise AppealRefused(
            _("You read this entry yourself."),
            _("Who gave a mark does not decide about it."),
            _("Leave it to a colleague."),
        )
    scheme = scheme_of_round(row.entry.round)
    if granted and (level is None or not scheme.allows(Fraction(level))):
        raise AppealRefused(
            _("A granted appeal sets a level of the scale."),
            next=_("Choose the level that counts from now on."),
        )
    row.state = "granted" if granted else "refused"
    row.level = level if granted else None
    row.decision = reason.strip()
    row.decided_at, row.decided_by = at, by
    row.save()
    _told(row, row.state, by=by, at=at)
    return row


def _told(row: Appeal, deed: str, *, by: Account, at: datetime) -> None:
    audit.record(
        by=by,
        at=at,
        verb=f"evaluation.appeal.{deed}",
        subject=row,
        region=row.region_id,
        details={"question": row.question},
    )
