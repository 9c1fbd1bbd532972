"""Sheets printed, voters ticked off, sheets put into the box: paper beside the screen.

A voter counts once over both (`box.mark_paper_voter`). The rows of a file of sheets go
in in a random order, and nothing of what they say is audited.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.participation import box, paper
from habaring.participation.actions import casting
from habaring.participation.models import PaperBatch, Vote, VoteState
from habaring.participation.paper import PaperBallot, PaperVoter
from habaring.participation.printing import MOST_SHEETS
from habaring.people.models import Account
from habaring.shared import audit
from habaring.shared.refusal import Refusal


class NoPaper(Refusal):
    """This vote takes no paper, or not now."""


class TooManySheets(Refusal):
    """More sheets than one file holds, or none."""


@transaction.atomic
def print_sheets(
    *, vote: Vote, number: int, place: str, by: Account, at: datetime
) -> PaperBatch:
    """Give out the numbers of so many sheets (`printing.serials`).

    Raises NoPaper, TooManySheets.
    """
    row = _held(vote)
    if row.state not in (VoteState.PUBLISHED, VoteState.OPEN) or at >= row.closes_at:
        raise NoPaper(
            what=_("No sheets can be printed now."),
            why=_("Sheets are of a published vote that has not closed."),
            next=_("Publish the vote first: then nothing on the sheet changes."),
        )
    if not 1 <= number <= MOST_SHEETS:
        raise TooManySheets(
            what=_("No sheets were printed."),
            why=format_lazy(_("One file holds 1 to {most} sheets."), most=MOST_SHEETS),
            next=_("Print several files."),
        )
    return _batch(row, "sheets", number, place, by=by, at=at)


@transaction.atomic
def record_paper_voters(
    *,
    vote: Vote,
    place: str,
    people: Sequence[PaperVoter],
    by: Account,
    at: datetime,
) -> PaperBatch:
    """Tick off who voted on paper (`paper.voters_in`); all of them or nobody.

    From now on none of them votes on screen. Raises NoPaper, BoxClosed, VotedAlready.
    """
    row = _taking(vote, at)
    for one in people:
        if not box.mark_paper_voter(row, entry=one.entry, district=one.district):
            raise box.VotedAlready(
                what=_("Somebody of the file has voted in this moment."),
                why=_("Each person votes once, on screen or on paper."),
                next=_("Send the file again: it says in which row."),
            )
    return _batch(row, "voters", len(people), place, by=by, at=at)


@transaction.atomic
def record_paper_ballots(
    *,
    vote: Vote,
    place: str,
    ballots: Sequence[PaperBallot],
    district: str = "",
    by: Account,
    at: datetime,
) -> PaperBatch:
    """Put sheets into the box (`paper.ballots_in`); all of them or none.

    Raises NoPaper, BoxClosed, NumberTaken, MoreThanVoters.
    """
    row = _taking(vote, at)
    paper.check_room(row, place, len(ballots))
    batch = _batch(row, "ballots", len(ballots), place, by=by, at=at)
    stirred = list(ballots)
    secrets.SystemRandom().shuffle(stirred)
    for one in stirred:
        box.put_paper_ballot(
            row,
            number=one.number,
            choice=one.choice,
            batch=batch,
            district=district,
        )
    return batch


def _held(vote: Vote) -> Vote:
    """The row. Others who bring in paper wait, so that counters and places are right;
    whoever votes on screen does not, so the row itself is not locked.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s))",
            [f"participation.paper:{vote.pk}"],
        )
    rows = Vote.objects.select_related("region", "call", "register")
    row = rows.get(pk=vote.pk)
    if not row.paper:
        raise NoPaper(
            what=_("This vote takes no paper."),
            why=_("Its published rules say that people vote on screen alone."),
        )
    return row


def _taking(vote: Vote, at: datetime) -> Vote:
    row = _held(vote)
    if not casting.takes_ballots(row, at):
        raise box.closed()
    return row


def _batch(
    vote: Vote, kind: str, rows: int, place: str, *, by: Account, at: datetime
) -> PaperBatch:
    batch = PaperBatch.objects.create(
        region=vote.region,
        vote=vote,
        kind=kind,
        place=place.strip()[:150],
        rows=rows,
        recorded_at=at,
        recorded_by=by,
    )
    audit.record(
        by=by,
        at=at,
        verb=f"participation.paper.{kind}",
        subject=batch,
        region=vote.region_id,
        details={"vote": vote.pk, "rows": rows, "place": batch.place},
    )
    return batch
