"""What a region's face tells of listening: open calls, newest proposals, last result."""

from dataclasses import dataclass
from datetime import datetime

from habaring.participation import elections, queries
from habaring.participation.elections import Outcome
from habaring.participation.models import Call, Proposal, Vote, VoteState
from habaring.participation.queries import CallCard, Line
from habaring.regions.models import Region

CALLS = 3
PROPOSALS = 4


@dataclass(frozen=True)
class Listening:
    """What is asked, what was said, what came of it."""

    calls: tuple[CallCard, ...]
    votes: tuple[Vote, ...]  # open now, or soon
    proposals: tuple[Line, ...]
    total: int
    last: Outcome | None  # the newest vote that was counted
    illustrative: bool


def listening(region: Region, *, at: datetime) -> Listening | None:
    """The section of the region's face; None where nothing was asked or said yet."""
    calls = Call.objects.taking_proposals(at).filter(region=region)
    cards = queries.ordered(queries.cards(calls.select_related("place"), at))
    rows = Proposal.objects.public().filter(region=region)
    newest = rows.select_related("call", "place").order_by("-sent_at", "-pk")
    votes = Vote.objects.filter(
        region=region,
        state__in=(VoteState.PUBLISHED, VoteState.OPEN),
        closes_at__gt=at,
    )
    last = next(iter(elections.newest_results(region, most=1)), None)
    found = Listening(
        calls=tuple(cards[:CALLS]),
        votes=tuple(votes.order_by("closes_at")[:CALLS]),
        proposals=tuple(queries.lines(newest[:PROPOSALS])),
        total=rows.count(),
        last=last,
        illustrative=_illustrative(cards, newest.first()),
    )
    there = found.calls or found.votes or found.proposals or found.last
    return found if there else None


def _illustrative(cards: list[CallCard], newest: Proposal | None) -> bool:
    return any(card.call.illustrative for card in cards) or bool(
        newest and newest.illustrative
    )
