"""The verbs of work handed in: begin, hand in, review, remark, revise, approve, book.

States and their order: domain.md 2.1. Each verb says from which states it may come.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from habaring.guidance import pieces
from habaring.guidance.models import (
    Assignment,
    Remark,
    Standing,
    Submission,
    SubmissionPiece,
    WorkState,
)
from habaring.guidance.models.work import DONE
from habaring.people.models import Account
from habaring.shared import audit
from habaring.shared.formats import listing
from habaring.shared.refusal import Refusal
from habaring.writing import actions as writing
from habaring.writing import keeping as writing_keeping
from habaring.writing import queries as written

LEAST_REASON = 10


class WorkRefused(Refusal):
    """Work that cannot go this way now."""


@dataclass(frozen=True)
class Words:
    """A remark: on which piece, which paragraph (from 1; 0: the whole), what."""

    piece: str
    paragraph: int
    text: str


def _assignment(assignment: Assignment, *states: WorkState) -> Assignment:
    row = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("template__stage", "enrolment", "region")
        .get(pk=assignment.pk)
    )
    if row.enrolment.state != Standing.GUIDED:
        raise WorkRefused(
            what=_("This region is not in guidance now."),
            why=_("Its work stays as it was."),
            next=_("Look at the region's page of guidance."),
        )
    if row.state not in states:
        raise WorkRefused(
            what=_("This cannot be done while the work is “%(state)s”.")
            % {"state": row.get_state_display()},
            why=_("Somebody may have gone on with it meanwhile."),
            next=_("Open the assignment again."),
        )
    return row


def _move(
    row: Assignment,
    state: WorkState,
    verb: str,
    *,
    by: Account | None,
    at: datetime,
    reason: str = "",
) -> Assignment:
    row.state, row.changed_at = state, at
    row.save(update_fields=["state", "changed_at"])
    audit.record(
        by=by,
        at=at,
        verb=f"guidance.assignment.{verb}",
        subject=row,
        region=row.region_id,
        reason=reason,
        details={"assignment": row.template.code, "stage": row.template.stage.number},
    )
    return row


@transaction.atomic
def begin(*, assignment: Assignment, by: Account | None, at: datetime) -> Assignment:
    """The region works on it."""
    row = _assignment(assignment, WorkState.TODO, WorkState.REVISE)
    return _move(row, WorkState.DOING, "begun", by=by, at=at)


@transaction.atomic
def hand_in(
    *, assignment: Assignment, note: str = "", by: Account | None, at: datetime
) -> Submission:
    """Freeze the parts that the assignment names, as the next version.

    Raises WorkRefused where a part is not written yet, or nothing has changed since the
    version that was to be revised.
    """
    row = _assignment(assignment, WorkState.TODO, WorkState.DOING, WorkState.REVISE)
    for word in row.template.pieces:
        _freeze_text(row, word, by=by, at=at)
    frozen = [pieces.freeze(row.region, word) for word in row.template.pieces]
    if blank := [one.title for one in frozen if one.empty]:
        raise WorkRefused(
            what=_("Some parts are not written yet: %(parts)s.")
            % {"parts": listing(blank)},
            why=_("Parts of the master plan are handed in, not files beside it."),
            next=_("Write them in the master plan, then hand in."),
        )
    whole = hashlib.sha256("\n".join(p.sha256 for p in frozen).encode()).hexdigest()
    last = row.submissions.order_by("-version").first()
    if last is not None and last.sha256 == whole:
        raise WorkRefused(
            what=_("Nothing has changed since version %(version)s.")
            % {"version": last.version},
            why=_("The mentor would read the same text again."),
            next=_("Change what the remarks ask for, then hand in."),
        )
    submission = Submission.objects.create(
        assignment=row,
        region_id=row.region_id,
        version=(last.version if last else 0) + 1,
        note=note.strip(),
        sha256=whole,
        handed_in_at=at,
        handed_in_by=by,
    )
    SubmissionPiece.objects.bulk_create(
        SubmissionPiece(
            submission=submission,
            region_id=row.region_id,
            piece=one.piece,
            title=one.title,
            revision=one.revision,
            text=one.text,
            sha256=one.sha256,
            order=order,
        )
        for order, one in enumerate(frozen)
    )
    _move(row, WorkState.SUBMITTED, "handed_in", by=by, at=at)
    return submission


def _freeze_text(
    row: Assignment, word: str, *, by: Account | None, at: datetime
) -> None:
    """A section that is written together gets a version of its own, too."""
    key = pieces.text_key(word)
    if key and writing_keeping.find(row.region, key) is not None:
        with suppress(Refusal):  # nothing new: the newest version says the same
            writing.freeze(by=by, at=at, region=row.region, key=key)


@transaction.atomic
def take_up(*, assignment: Assignment, by: Account | None, at: datetime) -> Assignment:
    """The mentor begins to read; the region cannot hand in another version meanwhile."""
    row = _assignment(assignment, WorkState.SUBMITTED)
    return _move(row, WorkState.REVIEW, "taken_up", by=by, at=at)


@transaction.atomic
def take_back(*, assignment: Assignment, by: Account, at: datetime) -> Assignment:
    """The region goes on with it before the mentor has begun to read."""
    row = _assignment(assignment, WorkState.SUBMITTED)
    return _move(row, WorkState.DOING, "taken_back", by=by, at=at)


def _newest(row: Assignment) -> Submission:
    found = row.submissions.order_by("-version").first()
    assert found is not None  # noqa: S101 - these states follow a submission
    return found


@transaction.atomic
def remark(
    *, submission: Submission, words: Words, by: Account | None, at: datetime
) -> Remark:
    """A mentor's words on one paragraph of what was handed in."""
    row = _assignment(submission.assignment, WorkState.SUBMITTED, WorkState.REVIEW)
    if _newest(row).pk != submission.pk:
        raise WorkRefused(
            what=_("A newer version was handed in."),
            next=_("Read and remark on the newest version."),
        )
    piece = submission.pieces.filter(piece=words.piece).first()
    parts = pieces.paragraphs(piece.text) if piece else ()
    if (
        piece is None
        or not 0 <= words.paragraph <= len(parts)
        or not words.text.strip()
    ):
        raise WorkRefused(
            what=_("The remark cannot be kept."),
            why=_("It is empty, or names a paragraph that is not there."),
            next=_("Write it beside the paragraph that it is about."),
        )
    if row.state == WorkState.SUBMITTED:
        _move(row, WorkState.REVIEW, "taken_up", by=by, at=at)
    found = Remark.objects.create(
        piece=piece,
        region_id=row.region_id,
        paragraph=words.paragraph,
        quote=parts[words.paragraph - 1][:200] if words.paragraph else "",
        text=words.text.strip(),
        at=at,
        by=by,
    )
    _say_beside(piece, found, by=by, at=at)
    audit.record(
        by=by,
        at=at,
        verb="guidance.remark.written",
        subject=found,
        region=row.region_id,
        details={"piece": piece.piece, "paragraph": words.paragraph},
    )
    return found


def _say_beside(
    piece: SubmissionPiece, row: Remark, *, by: Account | None, at: datetime
) -> None:
    """Where the section is written, the words stand beside the paragraph, too."""
    key = pieces.text_key(piece.piece)
    if not key or not row.paragraph or not piece.text:
        return
    wanted = pieces.paragraphs(piece.text)[row.paragraph - 1]
    for one in written.paragraphs(row.region, key):
        if one.text.strip() == wanted:
            writing.comment(
                by=by,
                at=at,
                region=row.region,
                key=key,
                paragraph=one.id,
                text=row.text,
            )
            return


@transaction.atomic
def answer(*, remark: Remark, text: str, by: Account | None, at: datetime) -> Remark:
    """The region says what it did about a remark."""
    row = Remark.objects.select_for_update(of=("self",)).get(pk=remark.pk)
    if not text.strip():
        raise WorkRefused(
            what=_("The answer says nothing yet."),
            next=_("Write what you changed, or why you did not."),
        )
    row.answer, row.answered_at, row.answered_by = text.strip(), at, by
    row.save(update_fields=["answer", "answered_at", "answered_by"])
    audit.record(
        by=by,
        at=at,
        verb="guidance.remark.answered",
        subject=row,
        region=row.region_id,
    )
    return row


@transaction.atomic
def ask_revision(
    *, assignment: Assignment, reason: str, by: Account | None, at: datetime
) -> Assignment:
    """Send it back, with the reason; remarks say where."""
    row = _assignment(assignment, WorkState.SUBMITTED, WorkState.REVIEW)
    if len(reason.strip()) < LEAST_REASON:
        raise WorkRefused(
            what=_("The work is not sent back."),
            why=_("The region must know what to change."),
            next=_("Write in a sentence what is missing."),
        )
    _judge(row, WorkState.REVISE, reason, by=by, at=at)
    return _move(
        row, WorkState.REVISE, "sent_back", by=by, at=at, reason=reason.strip()
    )


@transaction.atomic
def approve(
    *, assignment: Assignment, reason: str = "", by: Account | None, at: datetime
) -> Assignment:
    """The mentor approves the newest version."""
    row = _assignment(assignment, WorkState.SUBMITTED, WorkState.REVIEW)
    _refuse_own(row, by)
    _judge(row, WorkState.APPROVED, reason, by=by, at=at)
    return _move(row, WorkState.APPROVED, "approved", by=by, at=at)


def _refuse_own(row: Assignment, by: Account | None) -> None:
    if by is not None and _newest(row).handed_in_by_id == by.pk:
        raise WorkRefused(
            what=_("Nobody approves what they handed in themselves."),
            next=_("Ask another mentor of the region."),
        )


def _judge(
    row: Assignment,
    verdict: WorkState,
    reason: str,
    *,
    by: Account | None,
    at: datetime,
) -> None:
    newest = _newest(row)
    newest.verdict, newest.reason = verdict.value, reason.strip()
    newest.reviewed_at, newest.reviewed_by = at, by
    newest.save(update_fields=["verdict", "reason", "reviewed_at", "reviewed_by"])


@transaction.atomic
def put_in_book(
    *, assignment: Assignment, by: Account | None, at: datetime
) -> Assignment:
    """The approved text is the book's. Raises WorkRefused where a part was changed after
    the approval: the book would say what nobody approved.
    """
    row = _assignment(assignment, WorkState.APPROVED)
    if other := changed_since(row):
        raise WorkRefused(
            what=_("These parts were changed after the approval: %(parts)s.")
            % {"parts": listing(list(other))},
            why=_("The book would say what nobody approved."),
            next=_("Hand in the new text, or bring the approved one back."),
        )
    return _move(row, WorkState.BOOKED, "booked", by=by, at=at)


@transaction.atomic
def open_again(
    *, assignment: Assignment, reason: str, by: Account | None, at: datetime
) -> Assignment:
    """Approved work is worked on again, since something has changed."""
    row = _assignment(assignment, WorkState.APPROVED, WorkState.BOOKED)
    if len(reason.strip()) < LEAST_REASON:
        raise WorkRefused(
            what=_("The work stays approved."),
            next=_("Write the reason in a sentence."),
        )
    return _move(
        row, WorkState.REVISE, "opened_again", by=by, at=at, reason=reason.strip()
    )


def changed_since(row: Assignment) -> tuple[str, ...]:
    """Titles of the parts that read otherwise now than in the newest version."""
    newest = row.submissions.order_by("-version").first()
    if newest is None:
        return ()
    return tuple(
        one.title
        for one in newest.pieces.all()
        if pieces.freeze(row.region, one.piece).sha256 != one.sha256
    )


@transaction.atomic
def move_due(
    *, assignment: Assignment, due_on: date, reason: str, by: Account, at: datetime
) -> Assignment:
    """Give more time, or less, with the reason; approved work is left alone."""
    open_states = [one for one in WorkState if one not in DONE]
    row = _assignment(assignment, *open_states)
    if len(reason.strip()) < LEAST_REASON:
        raise WorkRefused(
            what=_("The day stays."), next=_("Write the reason in a sentence.")
        )
    row.due_on = due_on
    row.save(update_fields=["due_on"])
    audit.record(
        by=by,
        at=at,
        verb="guidance.assignment.due_moved",
        subject=row,
        region=row.region_id,
        reason=reason.strip(),
        details={"due_on": str(due_on)},
    )
    return row
