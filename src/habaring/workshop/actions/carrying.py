"""Carry results on: into SWOT, priority issues, gaps, strategies, readiness, candidates.

Each thing goes to each place once; the origin ("workshop 3, board 2, group 1") stays
with it. What arrives is a draft of the region like any other, and is changed there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from habaring.masterplan.actions.analysing import (
    NewGap,
    NewIssue,
    NewStrategy,
    NewSwot,
    record_gap,
    record_issue,
    record_strategy,
    record_swot,
)
from habaring.masterplan.actions.readiness import Answer, record_readiness
from habaring.masterplan.models import ReadinessScore
from habaring.people.models import Account
from habaring.portfolio.actions import record_one
from habaring.portfolio.candidates import Entry
from habaring.regions.models import Region
from habaring.workshop import queries
from habaring.workshop.actions.rooms import locked, record
from habaring.workshop.models import Board, Carried, Destination, Note, Phase
from habaring.workshop.queries import Choice
from habaring.workshop.refusals import CarriedAlready, CarryRefused


@dataclass(frozen=True)
class Load:
    """One thing of a board on its way: what it is, and how many dots it has."""

    board: Board
    choice: Choice
    dots: int = 0

    @property
    def region(self) -> Region:
        return self.board.room.region

    @property
    def notes(self) -> Sequence[Note]:
        target = self.choice.target
        return (target,) if isinstance(target, Note) else self.choice.notes

    @property
    def text(self) -> str:
        """The title, and below it what the notes say."""
        target = self.choice.target
        if isinstance(target, Note) or not target.title:
            return "\n".join(note.text for note in self.notes)
        return "\n".join([target.title, *(f"- {note.text}" for note in self.notes)])

    @property
    def origin(self) -> str:
        """Where it comes from, as the analysis keeps it."""
        room, target = self.board.room, self.choice.target
        thing = (
            _("table %(n)d") % {"n": target.table.number}
            if isinstance(target, Note) and target.table
            else _("group %(n)d") % {"n": target.number}
            if not isinstance(target, Note)
            else ""
        )
        words = _("workshop %(room)d “%(title)s”, board %(board)d") % {
            "room": room.number,
            "title": room.title[:100],
            "board": self.board.number,
        }
        return f"{words}, {thing}"[:200] if thing else words[:200]


@dataclass(frozen=True)
class Hand:
    """Who carries, and when."""

    by: Account | None
    at: datetime


def loads(board: Board) -> list[Load]:
    """All of a board that can be carried on; dots only of a result that was shown."""
    dots = {one.choice.word: one.dots for one in queries.results(board)}
    return [Load(board, one, dots.get(one.word, 0)) for one in queries.choices(board)]


def load_of(board: Board, word: str) -> Load:
    """The one that a form names. Raises CarryRefused where it is not there."""
    found = next((one for one in loads(board) if one.choice.word == word), None)
    if found is None:
        raise CarryRefused(
            what=_("Nothing was carried on."),
            why=_("It is not on the board any more."),
            next=_("Look at the board again."),
        )
    return found


@transaction.atomic
def carry(load: Load, to: str, hand: Hand, make: Callable[[], str]) -> Carried:
    """Let `make` record it and give its number or code; once for each destination.

    Raises CarriedAlready, CarryRefused during a vote, and what `make` raises.
    """
    locked(load.board.room)
    board = Board.objects.get(pk=load.board.pk)
    if board.phase == Phase.VOTE:
        raise CarryRefused(
            what=_("Nothing was carried on."),
            why=_("A vote is running: what is carried on now would sway it."),
            next=_("Show the result first."),
        )
    target = load.choice.target
    which = {"note": target} if isinstance(target, Note) else {"group": target}
    there = Carried.objects.filter(to=to, **which).first()
    if there is not None:
        raise CarriedAlready(there.ref)
    row = Carried.objects.create(
        region=load.region,
        board=load.board,
        to=to,
        ref=make(),
        at=hand.at,
        by=hand.by,
        **which,
    )
    record(
        load.board.room,
        "carried",
        by=hand.by,
        at=hand.at,
        details={"board": board.number, "to": to, "ref": row.ref},
    )
    return row


def to_swot(load: Load, new: NewSwot, hand: Hand) -> Carried:
    """Into SWOT, with the dots that it got. Raises AnalysisRefused."""
    whole = replace(new, votes=load.dots, origin=load.origin, illustrative=_shown(load))

    def make() -> str:
        row = record_swot(region=load.region, new=whole, by=hand.by, at=hand.at)
        return str(row)

    return carry(load, Destination.SWOT, hand, make)


def to_issue(load: Load, new: NewIssue, hand: Hand) -> Carried:
    """Into the priority issues. Raises AnalysisRefused."""
    whole = replace(new, origin=load.origin, illustrative=_shown(load))

    def make() -> str:
        row = record_issue(region=load.region, new=whole, by=hand.by, at=hand.at)
        return str(row)

    return carry(load, Destination.ISSUE, hand, make)


def to_gap(load: Load, new: NewGap, hand: Hand) -> Carried:
    """Into the gaps. Raises AnalysisRefused, FeedsNoIssue."""
    whole = replace(new, origin=load.origin, illustrative=_shown(load))

    def make() -> str:
        row = record_gap(region=load.region, new=whole, by=hand.by, at=hand.at)
        return str(row)

    return carry(load, Destination.GAP, hand, make)


def to_strategy(load: Load, new: NewStrategy, hand: Hand) -> Carried:
    """Into the strategies. Raises AnalysisRefused, CitesTooLittle."""
    whole = replace(new, origin=load.origin, illustrative=_shown(load))

    def make() -> str:
        row = record_strategy(region=load.region, new=whole, by=hand.by, at=hand.at)
        return str(row)

    return carry(load, Destination.STRATEGY, hand, make)


def to_readiness(load: Load, year: int, question: str, hand: Hand) -> Carried:
    """Under the note of a readiness question: the score there stays as it is."""

    def make() -> str:
        rows = ReadinessScore.objects.select_for_update()
        old = rows.filter(region=load.region, year=year, question=question).first()
        parts = [old.note if old else "", f"{load.text}\n({load.origin})"]
        answer = Answer(
            question,
            old.score if old else None,
            "\n\n".join(part for part in parts if part),
            illustrative=old.illustrative if old else _shown(load),
        )
        record_readiness(
            region=load.region, year=year, answer=answer, by=hand.by, at=hand.at
        )
        return f"{year}/{question}"

    return carry(load, Destination.READINESS, hand, make)


def to_candidate(load: Load, entry: Entry, hand: Hand) -> Carried:
    """Into the long list of candidates. Raises CandidatesRefused."""
    whole = replace(entry, origin_text=load.origin, illustrative=_shown(load))

    def make() -> str:
        record_one(region=load.region, entry=whole, by=hand.by, at=hand.at, new=True)
        return whole.code

    return carry(load, Destination.CANDIDATE, hand, make)


def _shown(load: Load) -> bool:
    return load.board.room.illustrative


@transaction.atomic
def many_to_swot(board: Board, words: Sequence[str], hand: Hand) -> int:
    """All that were ticked, each by what its notes say it is; how many went.

    What went before is passed over. Raises CarryRefused where one names no quadrant,
    layer or dimension, AnalysisRefused: then none goes.
    """
    gone = 0
    for word in words:
        load = load_of(board, word)
        new = NewSwot(
            kind=queries.kind_of(load.notes),
            dimension=queries.dimension_of(load.notes),
            layer=queries.layers_of(load.notes),
            text=load.text,
        )
        if not (new.kind and new.dimension and new.layer):
            raise CarryRefused(
                what=_("Nothing was carried on."),
                why=_("“%(title)s” names no quadrant, layer or dimension.")
                % {"title": load.choice.title[:60]},
                next=_("Carry it on alone, and say what it is."),
            )
        gone += _once(partial(to_swot, load, new, hand))
    return gone


@transaction.atomic
def many_to_issues(board: Board, words: Sequence[str], hand: Hand) -> int:
    """All that were ticked, as priority issues; how many went. Raises as above."""
    gone = 0
    for word in words:
        load = load_of(board, word)
        code = queries.dimension_of(load.notes)
        if not code:
            raise CarryRefused(
                what=_("Nothing was carried on."),
                why=_("“%(title)s” names no dimension.")
                % {"title": load.choice.title[:60]},
                next=_("Carry it on alone, and say what it is."),
            )
        new = NewIssue(code, load.choice.title, load.text)
        gone += _once(partial(to_issue, load, new, hand))
    return gone


def _once(work: Callable[[], Carried]) -> int:
    try:
        work()
    except CarriedAlready:
        return 0
    return 1
