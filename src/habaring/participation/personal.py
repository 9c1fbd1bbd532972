"""What `participation` holds about people: proposals, words, wishes, that they voted.

What was voted is not here: no row says whose ballot is whose.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from habaring.participation.models import (
    Appeal,
    Author,
    Ballot,
    Comment,
    Flag,
    Proposal,
    ProposalFollow,
    Voter,
)
from habaring.people.models import Account
from habaring.shared import resealing, sealing
from habaring.shared.holdings import Column, Holding, deeds, register


def _proposals(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in Proposal.objects.filter(author=account).select_related("call"):
        yield {
            "code": row.code,
            "title": row.title,
            "call": row.call.name,
            "name": row.author_name,
            "state": row.get_state_display(),
            "begun_at": row.begun_at,
        }


def _unname_proposals(account: Account, *, by: Account | None, at: datetime) -> int:
    """Drafts go; what was sent in keeps its text and loses the name."""
    rows = Proposal.objects.filter(author=account)
    drafts, _kinds = rows.filter(state="draft").delete()
    return drafts + rows.exclude(author_name="").update(author_name="")


register(
    Holding(
        code="participation.proposals",
        purpose="taking-part",
        name=_("Proposals you wrote"),
        columns=(
            Column("code", _("Number")),
            Column("title", _("Title")),
            Column("call", _("Call")),
            Column("name", _("Name shown")),
            Column("state", _("State")),
            Column("begun_at", _("Begun")),
        ),
        covers=("participation.Proposal.author",),
        collect=_proposals,
        erase=_unname_proposals,
        stays=_("A proposal in public discussion stays, without your name."),
    )
)


def _coauthored(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in Author.objects.filter(account=account):
        yield {"proposal": row.proposal_id, "name": row.name, "since": row.since}


def _unname_coauthored(account: Account, *, by: Account | None, at: datetime) -> int:
    return Author.objects.filter(account=account).delete()[0]


register(
    Holding(
        code="participation.coauthored",
        purpose="taking-part",
        name=_("Proposals you are a co-author of"),
        columns=(
            Column("proposal", _("Proposal")),
            Column("name", _("Name shown")),
            Column("since", _("Since")),
        ),
        covers=("participation.Author.account",),
        collect=_coauthored,
        erase=_unname_coauthored,
    )
)


def _follows(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in ProposalFollow.objects.filter(account=account):
        yield {
            "proposal": row.proposal_id,
            "supports": row.supports,
            "since": row.since,
        }


def _drop_follows(account: Account, *, by: Account | None, at: datetime) -> int:
    return ProposalFollow.objects.filter(account=account).delete()[0]


register(
    Holding(
        code="participation.follows",
        purpose="taking-part",
        name=_("Proposals you follow or support"),
        columns=(
            Column("proposal", _("Proposal")),
            Column("supports", _("You support it")),
            Column("since", _("Since")),
        ),
        covers=(
            "participation.ProposalFollow.account",
            "participation.Told.account",
        ),
        collect=_follows,
        erase=_drop_follows,
    )
)


def _comments(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in Comment.objects.filter(author=account):
        yield {
            "proposal": row.proposal_id,
            "text": row.text,
            "name": row.author_name,
            "at": row.at,
        }


def _unname_comments(account: Account, *, by: Account | None, at: datetime) -> int:
    rows = Comment.objects.filter(author=account)
    return rows.exclude(author_name="").update(author_name="")


register(
    Holding(
        code="participation.comments",
        purpose="taking-part",
        name=_("What you wrote in discussions"),
        columns=(
            Column("proposal", _("Proposal")),
            Column("text", _("Text")),
            Column("name", _("Name shown")),
            Column("at", _("When")),
        ),
        covers=("participation.Comment.author",),
        collect=_comments,
        erase=_unname_comments,
        stays=_("The discussion stays, without your name; withdraw a text before."),
    )
)


def _flags(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in Flag.objects.filter(account=account):
        yield {"proposal": row.proposal_id, "text": row.text, "at": row.at}


def _drop_flags(account: Account, *, by: Account | None, at: datetime) -> int:
    return Flag.objects.filter(account=account).delete()[0]


register(
    Holding(
        code="participation.flags",
        purpose="taking-part",
        name=_("What you reported to moderators"),
        columns=(
            Column("proposal", _("Proposal")),
            Column("text", _("Text")),
            Column("at", _("When")),
        ),
        covers=("participation.Flag.account",),
        collect=_flags,
        erase=_drop_flags,
    )
)


def _appeals(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in Appeal.objects.filter(by=account):
        yield {"text": row.text, "answer": row.answer, "at": row.at}


register(
    Holding(
        code="participation.appeals",
        purpose="taking-part",
        name=_("Appeals you made"),
        columns=(
            Column("text", _("Text")),
            Column("answer", _("Answer")),
            Column("at", _("When")),
        ),
        covers=("participation.Appeal.by",),
        collect=_appeals,
        stays=_("An appeal belongs to the record of the moderation, without a name."),
    )
)


def _votes(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in Voter.objects.filter(account=account).select_related("vote"):
        yield {"vote": row.vote.name, "channel": row.get_channel_display()}


register(
    Holding(
        code="participation.voted",
        purpose="taking-part",
        name=_("Votes you took part in"),
        columns=(Column("vote", _("Vote")), Column("channel", _("How"))),
        covers=("participation.Voter.account",),
        collect=_votes,
        stays=_(
            "That somebody voted stays, so that nobody votes twice. What you voted is"
            " nowhere tied to you."
        ),
    )
)
deeds(
    "participation",
    _("Calls, checks, moderations and votes you worked on"),
    "participation.Call.recorded_by",
    "participation.Proposal.entered_by",
    "participation.Lineage.by",
    "participation.Check.asked_by",
    "participation.Check.decided_by",
    "participation.Step.by",
    "participation.Moderation.by",
    "participation.Appeal.decided_by",
    "participation.Vote.recorded_by",
    "participation.PaperBatch.recorded_by",
    "participation.Override.by",
)


def _sealed_ballots() -> int:
    """Ballots that wait for their count under an older key. They cannot be sealed anew:
    nobody but the voter changes a ballot, so the older key stays until the count.
    """
    current = sealing.current_key()
    waiting = Ballot.objects.exclude(vote__state__in=["counted", "cancelled"])
    rows = waiting.values_list("sealed", flat=True).iterator()
    return sum(sealing.key_of(sealed) != current for sealed in rows)


resealing.lasting("participation.Ballot.sealed", _sealed_ballots)
