"""The verbs of reading: assign, declare, mark, remark, hand in, take back.

They are audited for the platform and not under the region, so that nobody of the region,
and no other assessor, learns from the trail who reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from habaring.evaluation import conflicts, grading, telling, words
from habaring.evaluation.actions.assessors import record_ground
from habaring.evaluation.models import Assessor, Entry, Mark, Reading, Remark
from habaring.evaluation.rules import ReadingRefused, scheme_of_round, step_of
from habaring.people.access import Place
from habaring.people.actions import grant
from habaring.people.models import Account, Membership, Role
from habaring.people.rules import Term
from habaring.shared import audit

GONE = ("withdrawn", "conflicted")


@dataclass(frozen=True)
class Given:
    """The level that an assessor gives a question, and why."""

    level: Decimal
    note: str = ""


@transaction.atomic
def assign(
    *, by: Account | None, at: datetime, entry: Entry, account: Account
) -> Reading:
    """Ask an assessor to read an entry; they get the role in the region for it.

    Raises ReadingRefused before the reading has begun, for an entry that was not handed
    in, an assessor who is not on the list or reads it already, and beyond the readers of
    the round (a third only where two differ); Conflicted where there is a tie.
    """
    row = (
        Entry.objects.select_for_update(of=("self",))
        .select_related("round__instrument", "region")
        .get(pk=entry.pk)
    )
    if row.round.state != "reading" or row.state != "submitted":
        raise ReadingRefused(
            _("This entry is not read now."),
            next=_("Assessors read what was handed in, once the reading has begun."),
        )
    if not Assessor.objects.filter(account=account, active=True).exists():
        raise ReadingRefused(
            _("This person is not on the list of assessors."),
            next=_("Put them on the list first."),
        )
    conflicts.refuse(account, row.region, on=localdate(at))
    place = _free_place(row, account)
    made = Reading.objects.create(
        entry=row,
        region=row.region,
        assessor=account,
        place=place,
        asked_at=at,
        asked_by=by,
    )
    _let_in(account, row, at=at)
    telling.asked(made)
    _told(made, "assigned", by=by, at=at)
    return made


def _free_place(row: Entry, account: Account) -> int:
    standing = list(Reading.objects.filter(entry=row).exclude(state__in=GONE))
    if any(one.assessor_id == account.pk for one in standing):
        raise ReadingRefused(_("This assessor reads this entry already."))
    if Reading.objects.filter(entry=row, assessor=account, state="conflicted").exists():
        raise ReadingRefused(_("This assessor declared a conflict of interest here."))
    taken = {one.place for one in standing}
    for place in range(1, row.round.readers + 1):
        if place not in taken:
            return place
    if len(standing) > row.round.readers or not third_wanted(row):
        raise ReadingRefused(
            _("This entry has all of its readers."),
            _("A third reads only where two that are handed in lie far apart."),
        )
    return max(taken) + 1


def third_wanted(entry: Entry) -> bool:
    """Whether the readings of an entry lie so far apart that a third is asked for."""
    done = list(
        Reading.objects.filter(entry=entry, state="submitted").order_by("place")
    )
    if len(done) < entry.round.readers or len(done) != 2:
        return False
    scheme = scheme_of_round(entry.round)
    first, second = (levels_of(one) for one in done)
    return grading.third_wanted(scheme, first, second, step_of(entry.round))


def levels_of(reading: Reading) -> dict[str, Fraction]:
    """The levels of one reading, by question."""
    rows = Mark.objects.filter(reading=reading).values_list("question", "level")
    return {question: Fraction(level) for question, level in rows}


def _let_in(account: Account, entry: Entry, *, at: datetime) -> None:
    """The role that opens the region's work room, where it is not held already."""
    held = Membership.objects.in_force(at).filter(
        account=account, role=conflicts.ASSESSOR, region=entry.region
    )
    if not held.exists():
        grant(
            account=account,
            role=Role.objects.get(code=conflicts.ASSESSOR),
            place=Place(region=entry.region),
            by=None,
            at=at,
            term=Term(note=_note(entry)),
        )


def _note(entry: Entry) -> str:
    return f"evaluation {entry.round.year}/{entry.round.stage}"


def let_out(entry: Entry, accounts: set[int], *, at: datetime) -> None:
    """End the roles that were given for the reading of one entry."""
    rows = Membership.objects.in_force(at).filter(
        account__in=accounts,
        role=conflicts.ASSESSOR,
        region=entry.region_id,
        note=_note(entry),
    )
    for row in rows:
        row.until = max(at, row.since)
        row.ended_reason = "evaluation"
        row.save(update_fields=["until", "ended_reason"])
        audit.record(
            by=None,
            at=at,
            verb="people.role.revoked",
            subject=row,
            details={"account": row.account_id, "role": row.role_id},
        )


@transaction.atomic
def declare(
    *, by: Account, at: datetime, reading: Reading, kind: str = "", note: str = ""
) -> Reading:
    """Declare one's interests before anything is read: none, or the `kind` of a tie.

    With a tie the reading ends, and the tie keeps the person from the region later on.
    """
    row = _own(reading, by, ("asked",))
    row.declared_at = at
    if kind:
        record_ground(
            by=by,
            at=at,
            account=by,
            region=row.region,
            kind=kind,
            note=note,
            source="declared",
        )
        row.state = "conflicted"
        let_out(row.entry, {by.pk}, at=at)
    else:
        conflicts.refuse(by, row.region, on=localdate(at))
        row.state = "reading"
    row.save(update_fields=["declared_at", "state"])
    _told(row, "conflicted" if kind else "declared", by=by, at=at)
    return row


@transaction.atomic
def mark(
    *, by: Account, at: datetime, reading: Reading, given: Mapping[str, Given]
) -> int:
    """Give levels to questions; a level given before is replaced. How many there were.

    Raises ReadingRefused for what is not one's own or not being read, and for a question
    or level that the instrument does not have; Conflicted where a tie came up since.
    """
    row = _own(reading, by, ("reading",))
    conflicts.refuse(by, row.region, on=localdate(at))
    scheme = scheme_of_round(row.entry.round)
    for question, one in given.items():
        if question not in scheme.questions or not scheme.allows(Fraction(one.level)):
            raise ReadingRefused(
                format_lazy(
                    _("{question}: this level cannot be given."), question=question
                ),
                next=_("Choose one of the levels in the list."),
            )
        Mark.objects.update_or_create(
            reading=row,
            question=question,
            defaults={
                "assessor": by,
                "shown_to": row.shown_to,
                "level": one.level,
                "note": one.note.strip(),
                "at": at,
            },
        )
    _told(row, "marked", by=by, at=at, count=len(given))
    return len(given)


@transaction.atomic
def remark(
    *,
    by: Account,
    at: datetime,
    reading: Reading,
    kind: str,
    text: str,
    question: str = "",
) -> Remark:
    """Write down a note of the interview, a strength, a weakness or a recommendation."""
    row = _own(reading, by, ("reading",))
    said = text.strip()
    if kind not in words.REMARK_KINDS or not said:
        raise ReadingRefused(
            _("A remark needs its kind and some words."),
            next=_("Write what you saw or heard, in a sentence."),
        )
    made = Remark.objects.create(
        reading=row,
        assessor=by,
        shown_to=row.shown_to,
        kind=kind,
        question=question[:40],
        text=said,
        at=at,
    )
    _told(row, "remarked", by=by, at=at)
    return made


@transaction.atomic
def drop_remark(*, by: Account, at: datetime, remark: Remark) -> None:
    """Take a remark of one's own back, before it is handed in."""
    row = _own(remark.reading, by, ("reading",))
    Remark.objects.filter(pk=remark.pk, reading=row).update(dropped_at=at)
    _told(row, "remark_dropped", by=by, at=at)


@transaction.atomic
def hand_in(*, by: Account, at: datetime, reading: Reading) -> Reading:
    """Hand a reading in; nothing of it changes afterwards.

    Raises ReadingRefused while a question has no level; Conflicted where a tie came up.
    """
    row = _own(reading, by, ("reading",))
    conflicts.refuse(by, row.region, on=localdate(at))
    scheme = scheme_of_round(row.entry.round)
    given = levels_of(row)
    open_now = [code for code in scheme.questions if code not in given]
    if open_now:
        raise ReadingRefused(
            ngettext_lazy(
                "%(n)d question has no level yet.",
                "%(n)d questions have no level yet.",
                len(open_now),
            )
            % {"n": len(open_now)},
            ", ".join(open_now[:8]),
            _("Give each a level, the lowest where there is nothing."),
        )
    row.state, row.submitted_at = "submitted", at
    row.save(update_fields=["state", "submitted_at"])
    _told(row, "handed_in", by=by, at=at)
    return row


@transaction.atomic
def take_away(*, by: Account, at: datetime, reading: Reading, reason: str) -> Reading:
    """The ministry takes a reading from an assessor, with a reason; what is handed in
    stays.
    """
    row = _locked(reading)
    said = reason.strip()
    if row.state not in ("asked", "reading") or not said:
        raise ReadingRefused(
            _("This reading cannot be taken away."),
            _("It is handed in or ended already, or there is no reason."),
            _("Write why somebody else should read."),
        )
    row.state, row.ended_reason = "withdrawn", said[:300]
    row.save(update_fields=["state", "ended_reason"])
    let_out(row.entry, {row.assessor_id}, at=at)
    _told(row, "taken_away", by=by, at=at, reason=said)
    return row


def _locked(reading: Reading) -> Reading:
    return (
        Reading.objects.select_for_update(of=("self",))
        .select_related("entry__round__instrument", "region", "assessor")
        .get(pk=reading.pk)
    )


def _own(reading: Reading, by: Account, states: tuple[str, ...]) -> Reading:
    row = _locked(reading)
    if row.assessor_id != by.pk:
        raise ReadingRefused(
            _("This reading is not yours."),
            next=_("Open your own readings from your list."),
        )
    if row.state not in states or row.entry.round.state != "reading":
        raise ReadingRefused(
            _("This step is not possible now."),
            format_lazy(_("The reading: {state}."), state=row.state_words),
            _("Declare your interests first; what is handed in does not change."),
        )
    return row


def _told(
    row: Reading,
    deed: str,
    *,
    by: Account | None,
    at: datetime,
    reason: str = "",
    count: int | None = None,
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=f"evaluation.reading.{deed}",
        subject=row,
        reason=reason,
        details={} if count is None else {"count": count},
    )
