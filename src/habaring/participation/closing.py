"""The close in the background: votes whose time is up, and the count of each.

May run twice, and be killed between any two steps: what is kept stays, the rest is done.
"""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from django.db.models import Count as HowMany
from django.db.models import Q

from habaring.participation import box
from habaring.participation.actions import counting as actions
from habaring.participation.counting import Part, count_part, parts
from habaring.participation.findings import Turnout
from habaring.participation.models import Ballot, Count, Vote, Voter, VoteState
from habaring.people.entitled.models import RegisterEntry
from habaring.shared import walls
from habaring.shared.refusal import Refusal
from habaring.shared.sealing import SealError

logger = logging.getLogger(__name__)


def close_due(*, at: datetime) -> int:
    """Close every vote whose time is up, and ask again for counts that are missing."""
    with walls.within(walls.EVERYWHERE):
        due = list(
            Vote.objects.filter(
                Q(state__in=actions.TAKING, closes_at__lte=at)
                | Q(state=VoteState.CLOSED)
            ).values_list("pk", "region_id")
        )
    for pk, region in due:
        with walls.within(region):
            vote = Vote.objects.get(pk=pk)
            if vote.state == VoteState.CLOSED:
                actions.ask_for_count(vote)
                continue
            try:
                actions.close_vote(vote=vote, by=None, at=at)
            except actions.NotClosed:
                continue  # somebody closed it, or moved its close, a moment ago
    return len(due)


def count_vote(*, vote: int, region: str, clock: Callable[[], datetime]) -> bool:
    """Count a closed vote, part by part, and publish the result; whether it is out."""
    with walls.within(region):
        row = Vote.objects.select_related("region").filter(pk=vote).first()
        if row is None or row.state != VoteState.CLOSED:
            return False
        every = parts(row)
    box.stir(row, everything=True)
    try:
        for part in every:
            with walls.within(region):
                _count_one(row, part, at=clock())
    except (Refusal, SealError, ValueError) as error:
        logger.exception("vote %s cannot be counted", row.pk)
        with walls.within(region):
            actions.note_failure(vote=row, problem=type(error).__name__, at=clock())
        return False
    with walls.within(region):
        return actions.publish_result(vote=row, parts=every, at=clock())


def _count_one(vote: Vote, part: Part, *, at: datetime) -> None:
    if Count.objects.filter(vote=vote, district=part.district).exists():
        return
    code = part.district.code if part.district else None
    opened = box.ballots_of(vote, district=code)
    turnout = _turnout(vote, code, sum(not choice.codes for _, choice in opened))
    counted = count_part(vote, part, opened, turnout=turnout)
    actions.keep_count(vote=vote, part=part, counted=counted, at=at)


def _turnout(vote: Vote, district: str | None, empty: int) -> Turnout:
    ballots = Ballot.objects.filter(region=vote.region_id, vote=vote)
    voters = Voter.objects.filter(region=vote.region_id, vote=vote)
    entries = RegisterEntry.objects.filter(
        region=vote.region_id, register=vote.register_id
    )
    if district is not None:
        ballots = ballots.filter(district=district)
        entries = entries.filter(
            Q(village=district) | Q(village__startswith=f"{district}.")
        )
        voters = voters.none()
    channels = ballots.order_by().values_list("channel").annotate(n=HowMany("id"))
    places: Counter[str] = Counter(
        dict(voters.order_by().values_list("district").annotate(n=HowMany("id")))
    )
    return Turnout.of(
        dict(channels),
        places if len(places) > 1 else {},
        empty=empty,
        eligible=entries.count() if vote.register_id else None,
    )
