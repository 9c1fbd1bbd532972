"""Dots: never more than the board gives, secret until shown, ties with one rank."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from django.db import Error, connection, transaction

from habaring.regions.models import Region
from habaring.workshop import queries
from habaring.workshop.actions import grouping, rooms, voting
from habaring.workshop.models import Board, Dot, Note, Participant, Phase
from habaring.workshop.queries import Choice
from habaring.workshop.refusals import NoDotsLeft, NotHere, NotNow, RoomRefused
from tests import makers as everywhere
from tests.conftest import NOON
from tests.workshop import makers


def ballot(
    region: Region, at: datetime, many: int = 4
) -> tuple[Board, Participant, list[Note]]:
    room = makers.room(region, at)
    board, person = makers.board(room), makers.somebody(room, at)
    made = [makers.note(board, person, at, f"Pilihan {n}") for n in range(many)]
    return makers.phase(board, at, Phase.VOTE), person, made


def test_the_number_of_dots_is_what_shall_be_there(kotim: Region, at: datetime) -> None:
    board, person, (note, other, *_rest) = ballot(kotim, at)
    for _again in range(2):
        left = voting.place(board=board, person=person, target=note, count=2, at=at)
        assert left == 1
    assert voting.place(board=board, person=person, target=note, count=1, at=at) == 2
    assert voting.place(board=board, person=person, target=other, count=2, at=at) == 0
    with pytest.raises(NoDotsLeft):
        voting.place(board=board, person=person, target=note, count=2, at=at)
    assert voting.place(board=board, person=person, target=other, count=0, at=at) == 2


def test_a_vote_runs_only_in_its_phase(kotim: Region, at: datetime) -> None:
    board, person, (note, *_rest) = ballot(kotim, at)
    makers.phase(board, at, Phase.SHOWN)
    with pytest.raises(NotNow):
        voting.place(board=board, person=person, target=note, count=1, at=at)


def test_what_is_not_on_the_board_or_lies_in_a_group_gets_no_dot(
    kotim: Region, at: datetime
) -> None:
    board, person, (note, *_rest) = ballot(kotim, at)
    other = makers.board(board.room, 3)
    strange = makers.note(other, person, at)
    with pytest.raises(NotNow):
        voting.place(board=board, person=person, target=strange, count=1, at=at)
    rooms.set_phase(board=board, phase="group", by=None, at=at)
    hand = grouping.Hand()
    group = grouping.gather(board=board, notes=[note.pk], title="", hand=hand, at=at)
    rooms.set_phase(board=board, phase="vote", by=None, at=at)
    note.refresh_from_db()
    with pytest.raises(NotNow):
        voting.place(board=board, person=person, target=note, count=1, at=at)
    assert voting.place(board=board, person=person, target=group, count=1, at=at) == 2


def test_who_was_removed_gives_no_dots(kotim: Region, at: datetime) -> None:
    board, person, (note, *_rest) = ballot(kotim, at)
    Participant.objects.filter(pk=person.pk).update(removed_at=at)
    with pytest.raises(NotHere):
        voting.place(board=board, person=person, target=note, count=1, at=at)


def test_nobody_reads_the_sums_before_they_are_shown(
    kotim: Region, at: datetime
) -> None:
    board, person, (note, *_rest) = ballot(kotim, at)
    voting.place(board=board, person=person, target=note, count=3, at=at)
    assert queries.results(board) == []
    makers.phase(board, at, Phase.SHOWN)
    assert queries.results(board)[0].dots == 3


def test_what_was_shown_is_not_voted_again(kotim: Region, at: datetime) -> None:
    board, _person, _notes = ballot(kotim, at)
    makers.phase(board, at, Phase.SHOWN)
    for phase in ("vote", "group", "write"):
        with pytest.raises(RoomRefused):
            rooms.set_phase(board=board, phase=phase, by=None, at=at)


def test_dots_stay_as_many_as_they_were_when_the_vote_began(
    kotim: Region, at: datetime
) -> None:
    board, _person, _notes = ballot(kotim, at)
    new = rooms.NewBoard("ideas", "Ideas", dots=5)
    with pytest.raises(RoomRefused):
        rooms.change_board(board=board, new=new, by=None, at=at)


def test_equal_results_share_a_rank() -> None:
    found = [Choice(Note(pk=n), f"note:{n}", str(n), ()) for n in range(5)]
    dots = Counter({"note:0": 1, "note:1": 4, "note:2": 1, "note:3": 2})
    ranked = queries.rank(found, dots)
    assert [(one.choice.title, one.rank, one.tied) for one in ranked] == [
        ("1", 1, False),
        ("3", 2, False),
        ("0", 3, True),
        ("2", 3, True),
        ("4", 5, False),
    ]


@pytest.mark.parametrize("nth", [0, 4])
def test_the_database_gives_no_more_dots_than_the_board(
    kotim: Region, at: datetime, nth: int
) -> None:
    board, person, (note, *_rest) = ballot(kotim, at)
    with pytest.raises(Error), transaction.atomic():
        Dot.objects.create(
            region=kotim, board=board, participant=person, nth=nth, note=note
        )


def test_the_database_changes_no_dot_outside_a_vote(
    kotim: Region, at: datetime
) -> None:
    board, person, (note, *_rest) = ballot(kotim, at)
    voting.place(board=board, person=person, target=note, count=1, at=at)
    makers.phase(board, at, Phase.SHOWN)
    with pytest.raises(Error), transaction.atomic():
        Dot.objects.filter(board=board).delete()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_give_no_dot_too_many() -> None:
    connection.close()
    pooled: Any = connection
    pooled.close_pool()  # threads of other tests may have left little of it
    board, person, notes = ballot(everywhere.region("62.02"), NOON)

    def give(note: Note) -> str:
        try:
            with transaction.atomic():
                voting.place(board=board, person=person, target=note, count=3, at=NOON)
        except NoDotsLeft:
            return "none left"
        finally:
            connection.close()
        return "given"

    with ThreadPoolExecutor(4) as many:
        answers = Counter(many.map(give, notes))
    assert answers == {"given": 1, "none left": 3}
    assert Dot.objects.filter(board=board, participant=person).count() == 3
