"""Calls, proposals and followers with sensible values."""

from datetime import UTC, datetime, timedelta
from typing import Any

from habaring.participation.models import (
    Author,
    Call,
    CallKind,
    CallState,
    Option,
    Proposal,
    ProposalFollow,
    ProposalState,
    TakesPart,
    Vote,
    VoteState,
)
from habaring.people.models import Account
from habaring.regions.models import Region


def call(region: Region, at: datetime, **more: Any) -> Call:
    """Open since a week, for three weeks more, to whoever confirms a number."""
    given: dict[str, Any] = {
        "place": region,
        "kind": CallKind.SUGGESTION_BOX,
        "name": "Kotak saran 2026",
        "question": "Apa yang paling Anda perlukan di kampung Anda?",
        "proposes": TakesPart.CODE,
        "proposals_from": at - timedelta(days=7),
        "proposals_until": at + timedelta(days=21),
        "state": CallState.OPEN,
        "recorded_at": at - timedelta(days=8),
        "opened_at": at - timedelta(days=7),
    }
    return Call.objects.create(region=region, **(given | more))


def proposal(
    call: Call, at: datetime, author: Account | None = None, **more: Any
) -> Proposal:
    """Public, with the next number of its region."""
    region = call.region
    given: dict[str, Any] = {
        "number": Proposal.objects.filter(region=region).count() + 1,
        "title": "Lampu jalan di Gang Mawar",
        "problem": "Gang gelap sesudah magrib, dua kali ada yang jatuh.",
        "idea": "Pasang lima lampu jalan tenaga surya.",
        "place": call.place,
        "rough_cost": 45_000_000,
        "author": author,
        "author_name": author.full_name if author else "",
        "state": ProposalState.PUBLIC,
        "begun_at": at,
        "changed_at": at,
        "sent_at": at,
    }
    return Proposal.objects.create(region=region, call=call, **(given | more))


def coauthor(proposal: Proposal, account: Account, at: datetime, **more: Any) -> Author:
    """One who accepted; `accepted_at=None` for one who did not yet."""
    given: dict[str, Any] = {
        "name": account.full_name,
        "since": at,
        "accepted_at": at,
    }
    return Author.objects.create(
        region=proposal.region, proposal=proposal, account=account, **(given | more)
    )


def follower(
    proposal: Proposal, account: Account, at: datetime, **more: Any
) -> ProposalFollow:
    return ProposalFollow.objects.create(
        region=proposal.region, proposal=proposal, account=account, since=at, **more
    )


def on_ballot(proposal: Proposal, at: datetime, **more: Any) -> Option:
    """An option of a published vote on the proposal's call; `more` is the vote's."""
    given: dict[str, Any] = {
        "name": "Suara warga 2026",
        "budget": 100_000_000,
        "votes_by": TakesPart.CODE,
        "opens_at": at + timedelta(days=30),
        "closes_at": at + timedelta(days=40),
        "recorded_at": at,
    }
    vote = Vote.objects.create(
        region=proposal.region, call=proposal.call, **(given | more)
    )
    option = Option.objects.create(
        region=proposal.region,
        vote=vote,
        code=str(proposal.number),
        proposal=proposal,
        title=proposal.title,
        cost=40_000_000,
    )
    vote.state = VoteState.PUBLISHED
    vote.save(update_fields=["state"])
    return option


def counted(proposal: Proposal, at: datetime) -> Option:
    """The option of a vote that closed long ago and was counted since."""
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    option = on_ballot(
        proposal,
        at,
        opens_at=long_ago - timedelta(days=9),
        closes_at=long_ago,
        closed_at=long_ago,
    )
    for state in (VoteState.CLOSED, VoteState.COUNTED):
        option.vote.state = state
        option.vote.save(update_fields=["state"])
    return option
