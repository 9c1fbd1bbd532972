"""Closing a vote, keeping what was counted, and the council's change of a result."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from habaring.council.models import Decision
from habaring.participation import telling
from habaring.participation.counting import WHOLE, Counted, Part
from habaring.participation.models import (
    Count,
    Option,
    Override,
    StepKind,
    Vote,
    VoteState,
)
from habaring.people.follows.actions import Published, announce
from habaring.people.follows.models import NewsKind
from habaring.people.models import Account
from habaring.shared import audit
from habaring.shared.formats import rupiah
from habaring.shared.refusal import Refusal, Words

TAKING = (VoteState.PUBLISHED, VoteState.OPEN)


class NotClosed(Refusal):
    """The vote cannot be closed now."""


class OverrideRefused(Refusal):
    """The council's change of a result was not recorded."""


@transaction.atomic
def close_vote(*, vote: Vote, by: Account | None, at: datetime) -> Vote:
    """Take no more ballots, and have them counted in the background.

    Raises NotClosed before its moment, and where it is closed already.
    """
    row = Vote.objects.select_for_update().get(pk=vote.pk, region=vote.region_id)
    if row.state not in TAKING:
        raise NotClosed(
            what=_("This vote is not open."),
            why=_("It was closed or cancelled before, or was never published."),
            next=_("Look at its page for where it stands."),
        )
    if at < row.closes_at:
        raise NotClosed(
            what=_("This vote cannot be closed yet."),
            why=_("Until its last moment people may vote and change their ballots."),
            next=_("It closes by itself when its time is up."),
        )
    row.state = VoteState.CLOSED
    row.closed_at = at
    row.save(update_fields=["state", "closed_at"])
    audit.record(
        by=by,
        at=at,
        verb="participation.vote.closed",
        subject=row,
        region=row.region_id,
    )
    ask_for_count(row)
    return row


def ask_for_count(vote: Vote) -> bool:
    """Queue the count of a closed vote; False where it waits in the queue already."""
    job = app.configure_task(
        "participation.count_vote",
        queue="scenarios",
        lock=f"participation.count.{vote.pk}",
        queueing_lock=f"participation.count.{vote.pk}",
    )
    try:
        with transaction.atomic():
            job.defer(vote=vote.pk, region=vote.region_id)
    except AlreadyEnqueued:
        return False
    return True


@transaction.atomic
def keep_count(*, vote: Vote, part: Part, counted: Counted, at: datetime) -> Count:
    """Keep one count for good; a second one of the same part changes nothing.

    The checksums of what is published stand in the trail, so that the sealed history
    of the day tells if the published file is another one later.
    """
    from habaring.engines.counting import ENGINE_VERSION

    row = Vote.objects.select_for_update().get(pk=vote.pk, region=vote.region_id)
    kept = Count.objects.filter(vote=row, district=part.district).first()
    if kept is not None:
        return kept
    if row.state != VoteState.CLOSED:
        raise NotClosed(
            what=_("Only a closed vote is counted."),
            why=_("People may still vote, or the vote was cancelled."),
        )
    made = Count.objects.create(
        region_id=row.region_id,
        vote=row,
        district=part.district,
        ballots=counted.ballots,
        ballots_sha256=counted.ballots_sha256,
        record=counted.record,
        record_sha256=counted.record_sha256,
        beside=counted.beside,
        told=counted.told,
        engine_version=ENGINE_VERSION,
        voters=counted.voters,
        on_paper=counted.on_paper,
        illustrative=row.illustrative,
        counted_at=at,
    )
    audit.record(
        by=None,
        at=at,
        verb="participation.count.kept",
        subject=made,
        region=row.region_id,
        details={
            "vote": row.pk,
            "place": part.place,
            "voters": counted.voters,
            "ballots_sha256": counted.ballots_sha256,
            "record_sha256": counted.record_sha256,
        },
    )
    return made


@transaction.atomic
def publish_result(*, vote: Vote, parts: Sequence[Part], at: datetime) -> bool:
    """Show the result once all of it is counted; proposals and followers hear of it.

    False where it is published already, or a part is not counted yet.
    """
    row = Vote.objects.select_for_update().get(pk=vote.pk, region=vote.region_id)
    counts = {
        count.district_id: count
        for count in row.counts.defer("ballots", "record", "beside")
    }
    districts = {part.district.code if part.district else None for part in parts}
    if row.state != VoteState.CLOSED or districts - set(counts):
        return False
    row.state = VoteState.COUNTED
    row.save(update_fields=["state"])
    for part in parts:
        count = counts[part.district.code if part.district else None]
        for option in part.options:
            _tell_option(option, count, at=at)
    page = reverse("participation:result", args=[row.region_id, row.pk])
    audit.record(
        by=None,
        at=at,
        verb="participation.vote.counted",
        subject=row,
        region=row.region_id,
        details={
            "counts": len(counts),
            "voters": sum(count.voters for count in counts.values()),
        },
    )
    news = Published(NewsKind.RESULT, str(row.pk), row.name, page)
    announce(region=row.region, what=news, at=at)
    return True


def _tell_option(option: Option, count: Count, *, at: datetime) -> None:
    told = count.told["projects"][option.code]
    place = count.district_id or WHOLE
    telling.record_step(
        proposal=option.proposal,
        kind=StepKind.COUNTED,
        by=None,
        at=at,
        details={
            "vote": count.vote.name,
            "bought": told["won"],
            "reason": told["reason"],
            "supporters": told["votes"],
        },
        path=reverse(
            "participation:result-project",
            args=[count.region_id, count.vote_id, place, option.code],
        ),
    )


@transaction.atomic
def note_failure(*, vote: Vote, problem: str, at: datetime) -> None:
    """Keep in the trail that a count could not be made, and why."""
    audit.record(
        by=None,
        at=at,
        verb="participation.vote.count_failed",
        subject=vote,
        region=vote.region_id,
        details={"problem": problem},
    )


# The council's change


@dataclass(frozen=True)
class Change:
    """What the council funds instead: codes of options in order, why, by which decision.

    `overspend` says that the council knows that it costs more than the budget.
    """

    winners: tuple[str, ...]
    reason: str
    decision: Decision
    overspend: bool = False


@transaction.atomic
def override_result(
    *, count: Count, change: Change, by: Account | None, at: datetime
) -> Override:
    """The council funds other projects than the count; both results stay public.

    Raises OverrideRefused without a reason, without a decision of the same region, a
    second time, where nothing changes, and over the budget unless that is said.
    """
    Vote.objects.select_for_update().get(pk=count.vote_id, region=count.region_id)
    row = Count.objects.select_related("vote", "region").get(pk=count.pk)
    _refuse_change(row, change)
    made = Override.objects.create(
        region_id=row.region_id,
        count=row,
        decision=change.decision,
        winners=list(change.winners),
        reason=change.reason.strip(),
        at=at,
        by=by,
    )
    audit.record(
        by=by,
        at=at,
        verb="participation.result.overridden",
        subject=made,
        region=row.region_id,
        reason=made.reason,
        details={
            "vote": row.vote_id,
            "decision": change.decision.number,
            "counted": row.told["winners"],
            "funded": list(change.winners),
        },
    )
    _tell_changed(row, made, by=by, at=at)
    return made


def _refuse_change(count: Count, change: Change) -> None:
    why = _why_not_now(count, change) or _why_not_these(count, change)
    if why:
        raise OverrideRefused(
            what=_("The change was not recorded."),
            why=why,
            next=_("Nothing changed; the count stands. Mend it and send it again."),
        )


def _why_not_now(count: Count, change: Change) -> Words:
    if count.vote.state != VoteState.COUNTED:
        return _("The vote is not counted.")
    if Override.objects.filter(count=count).exists():
        return _("The council has changed this result already, and that stays.")
    if change.decision.region_id != count.region_id:
        return _("The decision is of another region.")
    if not change.reason.strip():
        return _("A change needs a reason that everyone can read.")
    return ""


def _why_not_these(count: Count, change: Change) -> Words:
    projects: dict[str, Any] = count.told["projects"]
    codes, budget = set(change.winners), count.told["budget"]
    if len(codes) < len(change.winners) or codes - set(projects):
        return _("It names a project twice, or one that was not on the ballot.")
    if codes == set(count.told["winners"]):
        return _("It funds the same projects as the count.")
    cost = sum(projects[code]["cost"] for code in codes)
    if cost > budget and not change.overspend:
        return format_lazy(
            _("Together they cost {cost}, and the budget is {budget}."),
            cost=rupiah(cost),
            budget=rupiah(budget),
        )
    return ""


def _tell_changed(
    count: Count, made: Override, *, by: Account | None, at: datetime
) -> None:
    """The proposals that come in or fall out hear of it; the others do not."""
    counted, funded = set(count.told["winners"]), set(made.winners)
    page = reverse("participation:result", args=[count.region_id, count.vote_id])
    options = count.vote.options.select_related("proposal").filter(
        code__in=counted ^ funded
    )
    for option in options:
        telling.record_step(
            proposal=option.proposal,
            kind=StepKind.OVERRIDDEN,
            by=by,
            at=at,
            text=made.reason,
            details={
                "vote": count.vote.name,
                "bought": option.code in funded,
                "decision": made.decision.number,
            },
            path=page,
        )
