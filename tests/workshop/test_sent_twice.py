"""A phone that lost its line sends again, perhaps while the first is still on its way."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from habaring.workshop import news
from habaring.workshop.actions import notes
from habaring.workshop.models import Event, Note
from tests import makers as everywhere
from tests.conftest import NOON
from tests.workshop import makers


@pytest.mark.django_db(transaction=True)
def test_the_same_note_at_once_is_one_note() -> None:
    room = makers.room(everywhere.region("62.02"), NOON)
    board, person = makers.board(room), makers.somebody(room, NOON)
    words = makers.words()

    def send(_nth: int) -> int:
        try:
            with transaction.atomic():
                made = notes.write(board=board, person=person, words=words, at=NOON)
                return made.note.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as many:
        keys = set(many.map(send, range(8)))
    assert len(keys) == 1
    assert Note.objects.count() == 1
    assert Event.objects.filter(thing="note").count() == 1


@pytest.mark.django_db(transaction=True)
def test_numbers_come_in_the_order_of_commits() -> None:
    """Who has read a number never misses a smaller one that was committed later."""
    room = makers.room(everywhere.region("62.02"), NOON)
    board = makers.board(room)
    people = [makers.somebody(room, NOON) for _n in range(4)]
    seen: set[int] = set()
    last = news.last_number(room.pk)

    def send(nth: int) -> None:
        try:
            person = people[nth % 4]
            words = makers.words(f"Catatan {nth}")
            with transaction.atomic():
                notes.write(board=board, person=person, words=words, at=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as many:
        running = [many.submit(send, nth) for nth in range(24)]
        while not all(one.done() for one in running):
            found = makers.told(room, last)
            seen |= {data["id"] for _number, data in found}
            last = max([last, *(number for number, _data in found)])
    seen |= {data["id"] for _number, data in makers.told(room, last)}
    assert seen == set(Note.objects.values_list("pk", flat=True))
    assert len(seen) == 24
