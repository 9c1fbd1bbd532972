"""Publish, hide with a rule and a reason, show again; appeals, decided by another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from habaring.participation import letters, telling
from habaring.participation.models import (
    Appeal,
    Comment,
    Flag,
    Moderation,
    Proposal,
    ProposalState,
    StepKind,
    Told,
    Visibility,
)
from habaring.participation.moderation import RULES, tidy
from habaring.people.access import Power
from habaring.people.models import Account, Membership
from habaring.shared import audit, walls
from habaring.shared.refusal import Refusal

Item: TypeAlias = Proposal | Comment
"""What is moderated."""


class NotModerable(Refusal):
    """It is not, or no longer, in a state in which this can be done."""


class ReasonMissing(Refusal):
    """Something is hidden with a rule and a reason, never without."""


class NotAppealable(Refusal):
    """Not one's own, not hidden any more, or appealed before."""


class DecidedByAnother(Refusal):
    """Who hid something does not judge that; nor is an appeal decided twice."""


@transaction.atomic
def publish(*, item: Item, by: Account, at: datetime) -> Moderation:
    """Let everybody see what was held. Raises NotModerable."""
    row = _locked(item)
    if row.state != "held":
        raise NotModerable(
            what=_("This does not wait for a moderator any more."),
            why=_("Somebody published or hid it, or its author took it back."),
            next=_("Look at the list again."),
        )
    deed = _deed(row, "publish", by=by, at=at)
    row.become("public")
    _tell(row, deed, StepKind.PUBLISHED, by=by, at=at)
    return deed


@transaction.atomic
def publish_all(*, items: Iterable[Item], by: Account, at: datetime) -> int:
    """Publish many at once, or none of them; how many. Raises NotModerable."""
    every = list(items)
    for item in every:
        publish(item=item, by=by, at=at)
    return len(every)


@dataclass(frozen=True)
class Hiding:
    """By which rule (a word of moderation.RULES) something is hidden, and why."""

    rule: str
    reason: str


@transaction.atomic
def hide(*, item: Item, by: Account, hiding: Hiding, at: datetime) -> Moderation:
    """Hide something from everybody but its author, who is told why and how to appeal.

    Its place stays, with the rule and the reason. Raises NotModerable, ReasonMissing.
    """
    reason = tidy(hiding.reason)
    if hiding.rule not in RULES or not reason:
        raise ReasonMissing(
            what=_("Nothing was hidden."),
            why=_("Everybody must be able to read by which rule, and why."),
            next=_("Choose the rule and write the reason."),
        )
    row = _locked(item)
    if row.state not in ("held", "public"):
        raise NotModerable(
            what=_("This cannot be hidden."),
            why=_("It is hidden, withdrawn, merged or split already."),
            next=_("Look at the list again."),
        )
    deed = _deed(row, "hide", by=by, at=at, rule=hiding.rule, reason=reason)
    row.become("hidden")
    _tell(row, deed, StepKind.HIDDEN, by=by, at=at)
    return deed


@transaction.atomic
def show(*, item: Item, by: Account, reason: str, at: datetime) -> Moderation:
    """Undo a hiding without an appeal. Raises NotModerable, ReasonMissing."""
    row = _locked(item)
    if not tidy(reason):
        raise ReasonMissing(
            what=_("Nothing was changed."),
            why=_("The public record says why something is shown again."),
            next=_("Write the reason."),
        )
    _must_be_hidden(row)
    return _shown_again(row, by=by, reason=tidy(reason), at=at)


@transaction.atomic
def keep(*, item: Item, by: Account, at: datetime) -> int:
    """Leave something as it is: its reports are settled; how many there were."""
    row = _locked(item)
    settled = _settle(row, at=at)
    _record(row, "participation.flags.settled", by=by, at=at)
    return settled


@transaction.atomic
def appeal(*, deed: Moderation, by: Account, text: str, at: datetime) -> Appeal:
    """Ask that another moderator looks at a hiding again. Raises NotAppealable."""
    walls.open_person(by.pk)
    text = tidy(text)
    found = Moderation.objects.select_for_update().filter(pk=deed.pk, deed="hide")
    row = found.first()
    if row is None or _author(row) != by.pk or not _still_hidden(row):
        raise NotAppealable(
            what=_("There is nothing to appeal against."),
            why=_("It is not yours, or it is shown again."),
            next=_("Look under “What I wrote”."),
        )
    if not text:
        raise NotAppealable(
            what=_("There is no text."),
            next=_("Write why it should be shown again."),
        )
    if Appeal.objects.filter(moderation=row).exists():
        raise NotAppealable(
            what=_("You appealed before."),
            why=_("Each hiding is looked at once more, by another moderator."),
            next=_("The answer stands under “What I wrote”."),
        )
    made = Appeal.objects.create(
        region_id=row.region_id, moderation=row, text=text, at=at, by=by
    )
    # of the platform, not of the region: an appeal changes no public page
    audit.record(
        by=by,
        at=at,
        verb="participation.appeal.made",
        subject=made,
        region="masuk",
        details={"region": row.region_id, "proposal": row.proposal.number},
    )
    return made


@dataclass(frozen=True)
class Decided:
    """What is decided about an appeal, and the answer to its author."""

    outcome: Literal["granted", "refused"]
    answer: str


@transaction.atomic
def decide(*, appeal: Appeal, by: Account, decided: Decided, at: datetime) -> Appeal:
    """Grant an appeal (it is shown again) or refuse it; the author is told.

    Raises DecidedByAnother where `by` is who hid it, or it was decided before, and
    ReasonMissing.
    """
    rows = Appeal.objects.select_for_update(of=("self",))
    row = rows.select_related("moderation__comment", "moderation__proposal").get(
        pk=appeal.pk
    )
    answer = tidy(decided.answer)
    if row.outcome:
        raise DecidedByAnother(
            what=_("This appeal is decided already."),
            next=_("Look at the list again."),
        )
    deed = row.moderation
    if deed.by_id == by.pk:
        raise another_must_decide(deed, at=at)
    if not answer:
        raise ReasonMissing(
            what=_("Nothing was decided."),
            why=_("The author is told why."),
            next=_("Write the answer."),
        )
    row.outcome, row.answer = decided.outcome, answer
    row.decided_at, row.decided_by = at, by
    row.save(update_fields=["outcome", "answer", "decided_at", "decided_by"])
    item = _locked(deed.comment or deed.proposal)
    if row.outcome == "granted" and item.state == "hidden":
        _shown_again(item, by=by, reason=answer, at=at, quiet=True)
    details = {"outcome": row.outcome}
    _record(item, "participation.appeal.decided", by=by, at=at, details=details)
    letters.appeal_decided(row, at=at)
    return row


def others_who_decide(deed: Moderation, *, at: datetime) -> int:
    """How many people of the region besides who hid it may decide an appeal."""
    held = Membership.objects.in_force(at).filter(
        region__in=_and_above(deed.region_id),
        department=None,
        body=None,
        account__is_active=True,
        role__powers__contains=str(Power.MODERATE),
    )
    return held.exclude(account=deed.by_id).values("account").distinct().count()


def _and_above(code: str) -> list[str]:
    parts = code.split(".")
    return [".".join(parts[: end + 1]) for end in range(len(parts))]


def another_must_decide(deed: Moderation, *, at: datetime) -> DecidedByAnother:
    """The refusal to who hid it: who can decide in their place."""
    alone = not others_who_decide(deed, at=at)
    return DecidedByAnother(
        what=_("Another moderator decides this appeal."),
        why=_("You hid it; nobody judges their own deed."),
        next=_(
            "Nobody else moderates here yet. Give somebody the role under “People”, or"
            " ask the platform's operator, who may decide everywhere."
        )
        if alone
        else _("It waits on the desk of the other moderators of the region."),
    )


# Both kinds alike


@dataclass(frozen=True)
class _Row:
    """A proposal or a comment, locked; its state in the words of both."""

    proposal: Proposal
    comment: Comment | None

    @property
    def state(self) -> str:
        """held, public, hidden, or another in which nothing can be done."""
        if self.comment is None:
            return str(self.proposal.state)
        shown = self.comment.visibility == Visibility.SHOWN
        return "public" if shown else str(self.comment.visibility)

    def become(self, state: str) -> None:
        if self.comment is None:
            self.proposal.state = ProposalState(state)
            self.proposal.save(update_fields=["state"])
            return
        shown = Visibility.SHOWN if state == "public" else Visibility(state)
        self.comment.visibility = shown
        self.comment.save(update_fields=["visibility"])

    @property
    def author(self) -> Account | None:
        return self.comment.author if self.comment else self.proposal.author

    @property
    def subject(self) -> Item:
        return self.comment or self.proposal

    def flags(self) -> QuerySet[Flag]:
        return Flag.objects.filter(
            proposal=self.proposal, comment=self.comment, settled_at=None
        )


def _locked(item: Item) -> _Row:
    if isinstance(item, Proposal):
        found = Proposal.objects.select_for_update(of=("self",))
        return _Row(found.select_related("author", "region").get(pk=item.pk), None)
    rows = Comment.objects.select_for_update(of=("self",))
    comment = rows.select_related("author", "proposal__region").get(pk=item.pk)
    return _Row(comment.proposal, comment)


def _deed(
    row: _Row, deed: str, *, by: Account, at: datetime, rule: str = "", reason: str = ""
) -> Moderation:
    made = Moderation.objects.create(
        region_id=row.proposal.region_id,
        proposal=row.proposal,
        comment=row.comment,
        deed=deed,
        rule=rule,
        reason=reason,
        at=at,
        by=by,
    )
    _settle(row, at=at)
    verb = {"publish": "published", "hide": "hidden", "show": "shown"}[deed]
    _record(row, f"participation.moderation.{verb}", by=by, at=at, reason=reason)
    return made


def _must_be_hidden(row: _Row) -> None:
    if row.state != "hidden":
        raise NotModerable(
            what=_("This is not hidden."), next=_("Look at the list again.")
        )


def _shown_again(
    row: _Row, *, by: Account, reason: str, at: datetime, quiet: bool = False
) -> Moderation:
    deed = _deed(row, "show", by=by, at=at, reason=reason)
    row.become("public")
    _tell(row, deed, StepKind.SHOWN, by=by, at=at, quiet=quiet)
    return deed


def _tell(
    row: _Row,
    deed: Moderation,
    kind: StepKind,
    *,
    by: Account,
    at: datetime,
    quiet: bool = False,
) -> None:
    """The author by a letter of its own, the followers of a proposal by its step.

    `quiet`: the author is told by another letter.
    """
    author = row.author
    if author is not None and not quiet:
        letters.moderated(deed, author, at=at)
    if row.comment is not None:
        return
    step = telling.record_step(
        proposal=row.proposal, kind=kind, by=by, at=at, text=deed.reason
    )
    if author is not None:  # told already, with how to appeal
        Told.objects.get_or_create(
            region_id=step.region_id, step=step, account=author, defaults={"at": at}
        )


def _settle(row: _Row, *, at: datetime) -> int:
    return row.flags().update(settled_at=at)


def _author(deed: Moderation) -> int | None:
    comment = deed.comment
    return comment.author_id if comment else deed.proposal.author_id


def _still_hidden(deed: Moderation) -> bool:
    newer = Moderation.objects.filter(
        proposal=deed.proposal_id, comment=deed.comment_id, pk__gt=deed.pk
    )
    return not newer.exists()


def _record(
    row: _Row,
    verb: str,
    *,
    by: Account,
    at: datetime,
    reason: str = "",
    details: Mapping[str, str] | None = None,
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=row.subject,
        region=row.proposal.region_id,
        reason=reason,
        details={"proposal": row.proposal.number, **(details or {})},
    )
