"""Follow a proposal, support it in public; be told no more."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from habaring.participation.models import (
    Author,
    Proposal,
    ProposalFollow,
    ProposalState,
)
from habaring.people.models import Account
from habaring.shared import audit, walls
from habaring.shared.refusal import Refusal

# Who follows and supports is nobody's business but the person's: not under the region.
_OWN = "masuk"


class FollowRefused(Refusal):
    """There is nothing to support here any more."""


@transaction.atomic
def follow(*, proposal: Proposal, by: Account, at: datetime) -> ProposalFollow:
    """Tell this person of each step from now on."""
    row = _row(proposal, by, at)
    if not row.hears:
        row.hears = True
        row.save(update_fields=["hears"])
    _recorded(proposal, "participation.proposal.followed", by=by, at=at)
    return row


@transaction.atomic
def support(*, proposal: Proposal, by: Account, at: datetime) -> ProposalFollow:
    """Stand behind a proposal: counted in public, by name nowhere.

    Raises FollowRefused where it is not public, or one's own.
    """
    if proposal.state != ProposalState.PUBLIC:
        raise FollowRefused(
            what=_("This proposal cannot be supported now."),
            why=_("It waits, was withdrawn, or went into another one."),
            next=_("Where it went into another one, support that one."),
        )
    if proposal.author_id == by.pk:
        raise FollowRefused(
            what=_("You are its author; that counts already."),
            next=_("Share its address with your neighbours."),
        )
    row = _row(proposal, by, at)
    if not row.supports:
        row.supports = True
        row.save(update_fields=["supports"])
        _recorded(proposal, "participation.proposal.supported", by=by, at=at)
    return row


@transaction.atomic
def stop_support(*, proposal: Proposal, by: Account, at: datetime) -> bool:
    """Take one's support back; whether there was any. One is still told."""
    walls.open_person(by.pk)
    row = ProposalFollow.objects.filter(
        proposal=proposal, account=by, supports=True
    ).first()
    if row is None:
        return False
    row.supports = False
    row.save(update_fields=["supports"])
    _recorded(proposal, "participation.proposal.unsupported", by=by, at=at)
    return True


@transaction.atomic
def stop_hearing(*, proposal: Proposal, by: Account, at: datetime) -> bool:
    """Tell this person no more, whether author or follower; support stays."""
    walls.open_person(by.pk)
    row = ProposalFollow.objects.filter(proposal=proposal, account=by).first()
    wrote = (
        proposal.author_id == by.pk
        or Author.objects.filter(proposal=proposal, account=by).exists()
    )
    if row is None and not wrote:
        return False
    if row is None:
        row = _row(proposal, by, at)
    if wrote or row.supports:
        row.hears = False
        row.save(update_fields=["hears"])
    else:
        row.delete()
    _recorded(proposal, "participation.proposal.unfollowed", by=by, at=at)
    return True


def _row(proposal: Proposal, by: Account, at: datetime) -> ProposalFollow:
    walls.open_person(by.pk)
    return ProposalFollow.objects.get_or_create(
        proposal=proposal,
        account=by,
        defaults={"region_id": proposal.region_id, "since": at},
    )[0]


def _recorded(proposal: Proposal, verb: str, *, by: Account, at: datetime) -> None:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=proposal,
        region=_OWN,
        details={"region": proposal.region_id},
    )
