"""Write in a discussion, change and withdraw it, report what breaks the rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from habaring.participation import discussion, letters
from habaring.participation.models import (
    Comment,
    Flag,
    Proposal,
    ProposalState,
    Side,
    Visibility,
)
from habaring.participation.moderation import CHANGE_WITHIN, RULES, hold, tidy
from habaring.people.models import Account
from habaring.shared import audit, limits, walls
from habaring.shared.refusal import Refusal

LONGEST = 2000
"""Characters of one contribution."""
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
_TWICE = timedelta(minutes=10)


class DiscussionClosed(Refusal):
    """Nothing can be written about this proposal now."""


class TextRefused(Refusal):
    """Empty, or too long."""


class NotChangeable(Refusal):
    """Not one's own, too old, or no longer there."""


class NotFlaggable(Refusal):
    """There is nothing to report."""


@dataclass(frozen=True)
class Said:
    """What somebody writes. `under`: the contribution that it answers; `name` is shown
    beside it, and may be empty.
    """

    side: Side
    text: str
    name: str = ""
    under: Comment | None = None


@transaction.atomic
def write(*, proposal: Proposal, by: Account, said: Said, at: datetime) -> Comment:
    """A person takes part. It is shown at once, or held (`moderation.hold`).

    The same words again within minutes give the same row: a button pressed twice.
    Raises DiscussionClosed, TextRefused, TooMany.
    """
    walls.open_person(by.pk)
    text = _ready(proposal, said)
    before = _just_said(proposal, by, text, at=at)
    if before is not None:
        return before
    limits.spend("discussion.hour", str(by.pk), most=15, per=AN_HOUR, at=at)
    limits.spend("discussion.day", str(by.pk), most=60, per=A_DAY, at=at)
    held = hold(by, f"{said.name}\n{text}", at)
    row = Comment.objects.create(
        region_id=proposal.region_id,
        proposal=proposal,
        under=_top(said.under),
        side=said.side,
        text=text,
        author=by,
        author_name=tidy(said.name)[:100],
        visibility=Visibility.HELD if held else Visibility.SHOWN,
        illustrative=proposal.illustrative,
        at=at,
    )
    _record(row, "participation.comment.written", by=by, at=at)
    return row


@transaction.atomic
def answer_officially(
    *, proposal: Proposal, by: Account, said: Said, at: datetime
) -> Comment:
    """An officer speaks for the department or region named in `said.name`.

    Whom it answers is told. The region must be open. Raises as `write` does.
    """
    text = _ready(proposal, said)
    before = _just_said(proposal, by, text, at=at)
    if before is not None:
        return before
    row = Comment.objects.create(
        region_id=proposal.region_id,
        proposal=proposal,
        under=_top(said.under),
        side=said.side,
        text=text,
        author=by,
        author_name=said.name[:100],
        official=True,
        illustrative=proposal.illustrative,
        at=at,
    )
    _record(row, "participation.comment.answered", by=by, at=at)
    if said.under is not None and said.under.author_id != by.pk:
        letters.answered(said.under, row, at=at)
    return row


@transaction.atomic
def change(*, comment: Comment, by: Account, said: Said, at: datetime) -> Comment:
    """Mend one's own words within a quarter of an hour; the rules of holding apply anew.

    Raises NotChangeable, TextRefused.
    """
    row = _own(comment, by)
    if at >= row.at + CHANGE_WITHIN:
        raise NotChangeable(
            what=_("This can no longer be changed."),
            why=_("Others may have answered it; a text can be changed for 15 minutes."),
            next=_("Withdraw it, or answer it yourself."),
        )
    row.text = _checked(said.text)
    row.side = said.side
    row.changed_at = at
    if not row.official and hold(by, row.text, at):
        row.visibility = Visibility.HELD
    row.save(update_fields=["text", "side", "changed_at", "visibility"])
    _record(row, "participation.comment.changed", by=by, at=at)
    return row


@transaction.atomic
def withdraw(*, comment: Comment, by: Account, at: datetime) -> None:
    """Take one's own words back: the text is gone, its place stays for the answers.

    What nobody has seen yet is deleted. Raises NotChangeable.
    """
    row = _own(comment, by)
    _record(row, "participation.comment.withdrawn", by=by, at=at)
    if row.visibility == Visibility.HELD and not _kept_for_others(row):
        row.delete()
        return
    row.text, row.author_name = "", ""
    row.visibility = Visibility.WITHDRAWN
    row.changed_at = at
    row.save(update_fields=["text", "author_name", "visibility", "changed_at"])


@dataclass(frozen=True)
class Report:
    """Why somebody reports something: a word of moderation.RULES, and own words."""

    reason: str
    text: str = ""


@transaction.atomic
def flag(
    *,
    proposal: Proposal,
    comment: Comment | None = None,
    by: Account,
    report: Report,
    at: datetime,
) -> bool:
    """Report a proposal or comment to the moderators; False where one did so before.

    Nothing is hidden by a report: a moderator looks. Raises NotFlaggable, TooMany.
    """
    walls.open_person(by.pk)
    shown = comment is None or comment.visibility == Visibility.SHOWN
    if not shown or proposal.state != ProposalState.PUBLIC:
        raise NotFlaggable(
            what=_("There is nothing here to report."),
            why=_("It is hidden or withdrawn already."),
        )
    if report.reason not in RULES:
        raise ValueError(f"{report.reason!r} is no word of moderation.RULES.")
    mine = Flag.objects.filter(account=by, proposal=proposal, comment=comment)
    if mine.exists():
        return False
    limits.spend("discussion.flag", str(by.pk), most=20, per=A_DAY, at=at)
    row = Flag.objects.create(
        region_id=proposal.region_id,
        proposal=proposal,
        comment=comment,
        account=by,
        reason=report.reason,
        text=tidy(report.text)[:300],
        at=at,
    )
    # of the platform, not of the region: a report changes no public page
    audit.record(
        by=by,
        at=at,
        verb="participation.flag.raised",
        subject=row,
        region="masuk",
        details={"region": proposal.region_id, "reason": report.reason},
    )
    return True


def _ready(proposal: Proposal, said: Said) -> str:
    if not discussion.takes_part(proposal):
        raise DiscussionClosed(
            what=_("Nothing can be written here now."),
            why=_("The proposal is not, or no longer, in public discussion."),
            next=_("Look at its page: it tells what became of it."),
        )
    if said.under is not None and (
        said.under.proposal_id != proposal.pk
        or said.under.visibility != Visibility.SHOWN
    ):
        raise DiscussionClosed(
            what=_("This cannot be answered."),
            why=_("What you answer is hidden, withdrawn, or waits for a moderator."),
            next=_("Write a contribution of its own instead."),
        )
    return _checked(said.text)


def _checked(text: str) -> str:
    text = tidy(text)
    if not text:
        raise TextRefused(
            what=_("There is no text."), next=_("Write what you want to say.")
        )
    if len(text) > LONGEST:
        raise TextRefused(
            what=_("This text is too long."),
            why=_("One contribution has at most 2,000 characters."),
            next=_("Shorten it, or write two."),
        )
    return text


def _just_said(
    proposal: Proposal, by: Account, text: str, *, at: datetime
) -> Comment | None:
    return Comment.objects.filter(
        proposal=proposal, author=by, text=text, at__gt=at - _TWICE
    ).first()


def _top(under: Comment | None) -> Comment | None:
    """Threads are two deep: an answer to an answer stands below the same first one."""
    if under is None or under.under_id is None:
        return under
    return under.under


def _own(comment: Comment, by: Account) -> Comment:
    walls.open_person(by.pk)
    row = Comment.objects.select_for_update().filter(pk=comment.pk, author=by).first()
    if row is None or row.visibility not in (Visibility.SHOWN, Visibility.HELD):
        raise NotChangeable(
            what=_("This cannot be changed."),
            why=_("It is not yours, or it was hidden or withdrawn."),
            next=_("Look under “What I wrote”."),
        )
    return row


def _kept_for_others(row: Comment) -> bool:
    """Whether somebody else's rows lean on it: answers, reports, moderations."""
    return (
        row.answers.exists()
        or row.changed_at is not None
        or row.moderations.exists()
        or row.flags.exists()
    )


def _record(row: Comment, verb: str, *, by: Account, at: datetime) -> None:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=row,
        region=row.region_id,
        details={"proposal": row.proposal.number, "visibility": row.visibility},
    )
