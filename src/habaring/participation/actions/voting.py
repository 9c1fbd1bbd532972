"""The verbs of a vote before and around its ballots: set up, publish, extend, cancel."""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.participation import box, checking, telling, vote_rules
from habaring.participation.models import (
    Ballot,
    Call,
    Option,
    PaperBatch,
    Proposal,
    StepKind,
    Vote,
    Voter,
    VoteState,
)
from habaring.participation.vote_rules import Rules
from habaring.people.models import Account
from habaring.regions.models import Region, RegionKind
from habaring.shared import audit, walls
from habaring.shared.refusal import Refusal

LEAST_REASON = 10
"""Letters of a public reason; less is no reason."""
RUNNING = (VoteState.PUBLISHED, VoteState.OPEN)


class VoteRefused(Refusal):
    """A step that this vote cannot take now."""


class RulesLocked(Refusal):
    """Somebody has voted under these rules."""


# Set up


def electable(call: Call) -> list[tuple[Proposal, int]]:
    """The public proposals of a call that can be done (`checking`), and their cost."""
    found = checking.feasible(call.region).filter(call=call)
    rows = list(found.select_related("place").order_by("number"))
    stands = checking.standings(rows)
    costs = {row.pk: stands[row.pk].cost for row in rows}
    return [(row, cost) for row in rows if (cost := costs[row.pk]) is not None]


@transaction.atomic
def draft_vote(*, call: Call, rules: Rules, by: Account | None, at: datetime) -> Vote:
    """Draft a vote with every proposal that can stand in it; nobody outside sees it.

    Raises RulesRefused.
    """
    options = _options(electable(call))
    vote_rules.check(rules, options, call=call)
    vote = Vote(
        region_id=call.region_id,
        call=call,
        illustrative=call.illustrative,
        recorded_at=at,
        recorded_by=by,
        **rules.columns(),
    )
    vote.save()
    _put_options(vote, options)
    _record(vote, "participation.vote.drafted", by=by, at=at)
    return vote


@transaction.atomic
def change_vote(
    *,
    vote: Vote,
    rules: Rules,
    proposals: Collection[int] | None = None,
    by: Account,
    at: datetime,
) -> Vote:
    """Change the rules, and which proposals (their numbers) stand in it; None: the same.

    Of a published vote that is a public change: its checksum is new, its page tells it.
    Raises RulesRefused, and RulesLocked from the first ballot on.
    """
    vote = _held(vote)
    _still_free(vote)
    every = electable(vote.call)
    kept = {int(code) for code in vote.options.values_list("code", flat=True)}
    wanted = kept if proposals is None else set(proposals)
    options = _options([pair for pair in every if pair[0].number in wanted])
    vote_rules.check(rules, options, call=vote.call)
    for name, value in rules.columns().items():
        setattr(vote, name, value)
    vote.save()
    vote.options.exclude(code__in=[option.code for option in options]).delete()
    _put_options(vote, options)
    details: dict[str, Any] = {"state": vote.state}
    if vote.state != VoteState.DRAFT:
        _seal_rules(vote)
        details["rules_sha256"] = vote.rules_sha256
    _record(vote, "participation.vote.changed", by=by, at=at, details=details)
    return vote


def _options(pairs: list[tuple[Proposal, int]]) -> list[Option]:
    codes = {_district_code(row.place) for row, _cost in pairs if row.place}
    districts = {
        region.code: region
        for region in Region.objects.filter(code__in=codes, kind=RegionKind.DISTRICT)
    }
    return [
        Option(
            code=str(proposal.number),
            proposal=proposal,
            title=proposal.title,
            cost=cost,
            district=districts.get(_district_code(proposal.place)),
            dimension_code=proposal.dimension_code,
        )
        for proposal, cost in pairs
    ]


def _district_code(place: Region | None) -> str:
    return ".".join(place.code.split(".")[:3]) if place else ""


def _put_options(vote: Vote, options: list[Option]) -> None:
    there = {option.code: option for option in vote.options.all()}
    for option in options:
        kept = there.get(option.code) or option
        kept.region_id, kept.vote = vote.region_id, vote
        kept.title, kept.cost = option.title, option.cost
        kept.district, kept.dimension_code = option.district, option.dimension_code
        kept.save()


def _held(vote: Vote) -> Vote:
    """The row, locked until the end of the transaction."""
    rows = Vote.objects.select_for_update(of=("self",))
    return rows.select_related("region", "call", "register").get(pk=vote.pk)


def locked(vote: Vote) -> bool:
    """Whether somebody has voted or holds a printed sheet: the rules stay then."""
    with transaction.atomic(), walls.also(vote.region_id):
        return (
            Ballot.objects.filter(region=vote.region_id, vote=vote).exists()
            or Voter.objects.filter(region=vote.region_id, vote=vote).exists()
            or PaperBatch.objects.filter(vote=vote, kind="sheets").exists()
        )


def _still_free(vote: Vote) -> None:
    if vote.state not in (VoteState.DRAFT, *RUNNING):
        raise VoteRefused(
            what=_("This vote is over; it stays as it was."),
            next=_("Set up a new one."),
        )
    if locked(vote):
        raise RulesLocked(
            what=_("The rules are locked."),
            why=_("Somebody has voted, or sheets are printed, under these rules."),
            next=_(
                "Let the vote go on, or cancel it with a public reason and set up"
                " another one."
            ),
        )


# Publish


@transaction.atomic
def publish(*, vote: Vote, by: Account | None, at: datetime) -> Vote:
    """Show the vote to everyone: options frozen, ties drawn, rules under a checksum.

    Titles and costs are taken over once more. Raises RulesRefused, and VoteRefused
    where it is published already or would open in the past.
    """
    vote = _held(vote)
    if vote.state != VoteState.DRAFT:
        raise VoteRefused(what=_("This vote is published already."))
    if vote.closes_at <= at:
        raise VoteRefused(
            what=_("This vote would close before it is published."),
            next=_("Change its days first."),
        )
    codes = set(vote.options.values_list("code", flat=True))
    pairs = [p for p in electable(vote.call) if str(p[0].number) in codes]
    options = _options(pairs)
    vote_rules.check(vote_rules.rules_of(vote), options, call=vote.call)
    vote.options.exclude(code__in=[option.code for option in options]).delete()
    _put_options(vote, options)
    vote.opens_at = max(vote.opens_at, at)
    vote.tie_seed = secrets.token_hex(16)
    vote.published_at = at
    _seal_rules(vote)
    vote.state = VoteState.PUBLISHED
    vote.save()
    for option in vote.options.select_related("proposal"):
        telling.record_step(
            proposal=option.proposal,
            kind=StepKind.ON_BALLOT,
            by=by,
            at=at,
            details={"vote": vote.name},
            path=page_of(vote),
        )
    details = {"rules_sha256": vote.rules_sha256, "options": len(options)}
    _record(vote, "participation.vote.published", by=by, at=at, details=details)
    return vote


def _seal_rules(vote: Vote) -> None:
    """Draw the order of ties from the seed, and put the rules under their checksum."""
    options = {option.code: option for option in vote.options.all()}
    order = vote_rules.tie_order(vote.tie_seed, options)
    for rank, code in enumerate(order, start=1):
        options[code].tie_rank = rank
    Option.objects.bulk_update(options.values(), ["tie_rank"])
    vote.rules_sha256 = vote_rules.checksum(vote)
    vote.save()


def page_of(vote: Vote) -> str:
    """The path of a vote's public page."""
    return reverse("participation:vote", args=[vote.region_id, vote.pk])


# While it runs


@transaction.atomic
def extend(
    *, vote: Vote, closes_at: datetime, reason: str, by: Account, at: datetime
) -> Vote:
    """Let a vote run longer, before it has closed, with a public reason."""
    vote = _held(vote)
    if vote.state not in RUNNING or at >= vote.closes_at:
        raise VoteRefused(
            what=_("A vote that has closed is not opened again."),
            why=_("Somebody might know by then how it stands."),
        )
    if closes_at <= vote.closes_at:
        raise VoteRefused(
            what=_("The close can only move to a later moment."),
            why=_("People rely on the day that was published."),
        )
    _reason(reason)
    before, vote.closes_at = vote.closes_at, closes_at
    vote.save(update_fields=["closes_at"])
    details = {"from": before.isoformat(), "to": closes_at.isoformat()}
    _record(
        vote,
        "participation.vote.extended",
        by=by,
        at=at,
        reason=reason,
        details=details,
    )
    return vote


@transaction.atomic
def cancel(*, vote: Vote, reason: str, by: Account, at: datetime) -> Vote:
    """Call a vote off, in public; whatever was cast stays shut in the box for good."""
    vote = _held(vote)
    if vote.state not in (*RUNNING, VoteState.CLOSED):
        raise VoteRefused(
            what=_("This vote cannot be cancelled."),
            why=_("It was never published, or it is over."),
        )
    _reason(reason)
    vote.state, vote.cancelled_reason, vote.closed_at = "cancelled", reason.strip(), at
    vote.save(update_fields=["state", "cancelled_reason", "closed_at"])
    _record(vote, "participation.vote.cancelled", by=by, at=at, reason=reason)
    return vote


@transaction.atomic
def drop_draft(*, vote: Vote, by: Account, at: datetime) -> None:
    """Throw a draft away; what was published stays for good."""
    vote = _held(vote)
    if vote.state != VoteState.DRAFT:
        raise VoteRefused(
            what=_("Only a draft can be thrown away."),
            next=_("Cancel the vote, with a public reason."),
        )
    _record(vote, "participation.vote.dropped", by=by, at=at)
    vote.options.all().delete()
    vote.delete()


def _reason(reason: str) -> None:
    if len(reason.strip()) < LEAST_REASON:
        raise VoteRefused(
            what=_("A public reason is needed."),
            why=_("Everyone who voted, or wants to, may know why."),
            next=format_lazy(
                _("Write at least {letters} letters."), letters=LEAST_REASON
            ),
        )


def _record(vote: Vote, verb: str, *, by: Account | None, **more: Any) -> None:
    audit.record(by=by, verb=verb, subject=vote, region=vote.region_id, **more)


# By the clock (the close: `actions.counting`)


def running(at: datetime) -> list[tuple[str, int]]:
    """Votes that take ballots now: region and key. For the task."""
    with walls.within(walls.EVERYWHERE):
        found = Vote.objects.filter(
            state__in=RUNNING, opens_at__lte=at, closes_at__gt=at
        )
        return list(found.values_list("region_id", "pk"))


@transaction.atomic
def open_vote(*, vote: Vote, at: datetime) -> Vote:
    """Say that a vote is open, once its moment has come, and that it is locked.

    Ballots need not wait for it: PostgreSQL goes by the vote's own moments.
    """
    row = Vote.objects.select_for_update().get(pk=vote.pk)
    if row.locked_at is None and locked(row):
        # about when: to the minute it would say who voted first
        row.locked_at = at.replace(minute=0, second=0, microsecond=0)
        row.save(update_fields=["locked_at"])
    if row.state == VoteState.PUBLISHED and row.opens_at <= at < row.closes_at:
        row.state = VoteState.OPEN
        row.save(update_fields=["state"])
        _record(row, "participation.vote.opened", by=None, at=at)
    return row


def look_after(*, region: str, vote: int, at: datetime) -> None:
    """Open a vote whose moment has come, and stir its box."""
    with walls.within(region):
        row = open_vote(vote=Vote.objects.get(pk=vote), at=at)
    box.stir(row)
