"""Votes as cards of a list: those that go on, and the newest results."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count as CountRows
from django.urls import reverse

from habaring.participation import outcomes
from habaring.participation.models import Option, Vote, VoteState
from habaring.participation.outcomes import Winner
from habaring.regions.models import Region

RUNNING = (VoteState.PUBLISHED, VoteState.OPEN)
SOON = timedelta(days=7)
"""A vote that closes within this is said to close soon."""


@dataclass(frozen=True)
class VoteCard:
    """A vote in a list. `days_left` counts whole days while it takes ballots."""

    vote: Vote
    state: str  # draft, coming, open, soon, counting, counted, cancelled
    options: int
    days_left: int | None


@dataclass(frozen=True)
class Outcome:
    """What a counted vote funds in the end: `cost` in rupiah."""

    vote: Vote
    funded: tuple[Winner, ...]
    cost: int
    voters: int
    url: str


def state_of(vote: Vote, at: datetime) -> str:
    """Where a vote stands, in one word."""
    if vote.state == VoteState.CLOSED:
        return "counting"
    if vote.state not in RUNNING:
        return str(vote.state)
    if at < vote.opens_at:
        return "coming"
    if at >= vote.closes_at:
        return "counting"
    return "soon" if vote.closes_at - at <= SOON else "open"


def cards(votes: Iterable[Vote], at: datetime) -> list[VoteCard]:
    """Votes with their state and how many projects are on the ballot."""
    rows = list(votes)
    counts = dict(
        Option.objects.filter(vote__in=rows)
        .order_by()
        .values_list("vote")
        .annotate(n=CountRows("pk"))
    )
    found = []
    for row in rows:
        state = state_of(row, at)
        left = (row.closes_at - at).days if state in ("open", "soon") else None
        found.append(VoteCard(row, state, counts.get(row.pk, 0), left))
    return found


def going_on(region: Region, at: datetime) -> list[VoteCard]:
    """Votes that everybody sees and that have no result yet; the soonest end first."""
    states = (*RUNNING, VoteState.CLOSED)
    rows = Vote.objects.filter(region=region, state__in=states)
    return cards(rows.order_by("closes_at", "pk"), at)


def newest_results(region: Region, *, most: int = 3) -> list[Outcome]:
    """What was decided last, the newest first."""
    rows = Vote.objects.filter(region=region, state=VoteState.COUNTED)
    return [_outcome(row) for row in rows.order_by("-closed_at", "-pk")[:most]]


def _outcome(vote: Vote) -> Outcome:
    funded = outcomes.winners(vote)
    return Outcome(
        vote=vote,
        funded=funded,
        cost=sum(one.option.cost for one in funded),
        voters=sum(count.voters for count in outcomes.counts_of(vote)),
        url=reverse("participation:result", args=[vote.region_id, vote.pk]),
    )
