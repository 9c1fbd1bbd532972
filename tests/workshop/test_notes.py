"""What is written: once, by whom it may be, never lost, hidden with a reason."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import Error, connection, transaction

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.retention import ageings
from habaring.workshop import news, queries
from habaring.workshop.actions import grouping, notes, people, rooms
from habaring.workshop.models import (
    Event,
    Group,
    Note,
    NoteRevision,
    Participant,
    Phase,
)
from habaring.workshop.refusals import (
    JoiningClosed,
    NoteRefused,
    NotHere,
    NotNow,
    NotYours,
    RoomRefused,
    WrongCode,
)
from tests.workshop import makers


def test_a_note_that_is_sent_again_is_the_same_note(
    kotim: Region, at: datetime
) -> None:
    room = makers.room(kotim, at)
    board, person = makers.board(room), makers.somebody(room, at)
    words = makers.words()
    first = notes.write(board=board, person=person, words=words, at=at)
    second = notes.write(board=board, person=person, words=words, at=at)
    assert not first.again
    assert second.again
    assert second.note.pk == first.note.pk
    assert Note.objects.count() == 1
    assert Event.objects.filter(thing="note").count() == 1


def test_a_note_sent_before_the_end_counts_though_its_answer_was_lost(
    kotim: Region, at: datetime
) -> None:
    room = makers.room(kotim, at)
    board, person = makers.board(room), makers.somebody(room, at)
    words = makers.words()
    notes.write(board=board, person=person, words=words, at=at)
    makers.phase(board, at, Phase.VOTE)
    assert notes.write(board=board, person=person, words=words, at=at).again
    with pytest.raises(NotNow):
        notes.write(board=board, person=person, words=makers.words(), at=at)


def test_a_late_note_is_taken_while_others_group(kotim: Region, at: datetime) -> None:
    room = makers.room(kotim, at)
    board = makers.phase(makers.board(room), at, Phase.GROUP)
    assert makers.note(board, makers.somebody(room, at), at).pk


@pytest.mark.parametrize("text", ["", "   ", "x" * 281])
def test_a_note_has_words_and_not_too_many(
    kotim: Region, at: datetime, text: str
) -> None:
    room = makers.room(kotim, at)
    with pytest.raises(NoteRefused):
        makers.note(makers.board(room), makers.somebody(room, at), at, text)


def test_an_item_of_swot_says_what_it_is(kotim: Region, at: datetime) -> None:
    room = makers.room(kotim, at)
    board, person = makers.board(room, 2), makers.somebody(room, at)
    with pytest.raises(NoteRefused):
        makers.note(board, person, at, kind="X", layer="structure")
    assert makers.note(board, person, at, kind="S", layer="structure").kind == "S"


def test_its_author_alone_changes_a_note_and_every_wording_is_kept(
    kotim: Region, at: datetime
) -> None:
    room = makers.room(kotim, at)
    board, person = makers.board(room), makers.somebody(room, at)
    note = makers.note(board, person, at, "Lama")
    words = makers.words("Baru")
    for _twice in range(2):
        notes.revise(note=note, person=person, words=words, at=at)
    note.refresh_from_db()
    assert (note.text, note.revision) == ("Baru", 2)
    texts = NoteRevision.objects.filter(note=note).values_list("text", flat=True)
    assert list(texts) == ["Lama", "Baru"]
    with pytest.raises(NotYours):
        notes.revise(
            note=note, person=makers.somebody(room, at), words=makers.words(), at=at
        )
    with pytest.raises(NotYours):
        notes.withdraw(note=note, person=makers.somebody(room, at), at=at)


def test_wordings_and_events_are_only_appended(kotim: Region, at: datetime) -> None:
    room = makers.room(kotim, at)
    note = makers.note(makers.board(room), makers.somebody(room, at), at)
    with pytest.raises(Error), transaction.atomic():
        NoteRevision.objects.filter(note=note).update(text="lain")
    with pytest.raises(Error), transaction.atomic():
        Event.objects.filter(ref=note.pk).delete()


def test_what_was_taken_back_can_be_brought_back(kotim: Region, at: datetime) -> None:
    room = makers.room(kotim, at)
    board, person = makers.board(room), makers.somebody(room, at)
    note = makers.note(board, person, at)
    notes.withdraw(note=note, person=person, at=at)
    assert queries.notes_of(board) == []
    notes.bring_back(note=note, person=person, at=at)
    assert queries.notes_of(board) == [note]


def test_hiding_needs_a_reason_and_is_told_without_the_words(
    kotim: Region, budi: Account, at: datetime
) -> None:
    room = makers.room(kotim, at)
    note = makers.note(makers.board(room), makers.somebody(room, at), at, "Kasar")
    with pytest.raises(NoteRefused):
        notes.hide(note=note, reason=" ", by=budi, at=at)
    notes.hide(note=note, reason="Menyerang orang", by=budi, at=at)
    told = [data for _number, data in makers.told(room)]
    assert [one["gone"] for one in told] == [True, True]  # the old news, too
    assert "Kasar" not in str(told)
    notes.unhide(note=note, by=budi, at=at)
    assert makers.told(room)[-1][1]["t"] == "Kasar"


def test_who_was_removed_writes_no_more_until_let_back(
    kotim: Region, budi: Account, at: datetime
) -> None:
    room = makers.room(kotim, at)
    board, person = makers.board(room), makers.somebody(room, at)
    people.remove(person=person, by=budi, at=at)
    person.refresh_from_db()
    with pytest.raises(NotHere):
        makers.note(board, person, at)
    people.let_back(person=person, by=budi, at=at)
    person.refresh_from_db()
    assert makers.note(board, person, at).pk


def test_the_door_can_be_closed_and_a_closed_room_has_no_code(
    kotim: Region, at: datetime
) -> None:
    room = makers.room(kotim, at)
    rooms.set_joining(room=room, open=False, by=None, at=at)
    with pytest.raises(JoiningClosed):
        makers.somebody(room, at)
    assert people.find(region=kotim, code=room.code.lower()) == room
    rooms.close_room(room=room, by=None, at=at)
    with pytest.raises(WrongCode):
        people.find(region=kotim, code=room.code)
    with pytest.raises(WrongCode):
        people.find(region=kotim, code="SALAH1")


def test_a_closed_room_takes_no_note_and_can_be_opened_again(
    kotim: Region, at: datetime
) -> None:
    room = makers.room(kotim, at)
    person = makers.somebody(room, at)
    rooms.close_room(room=room, by=None, at=at)
    with pytest.raises(NotNow):
        makers.note(makers.board(room), person, at)
    rooms.reopen_room(room=room, by=None, at=at)
    assert makers.note(makers.board(room), person, at).pk


def test_names_are_forgotten_and_the_room_stays_closed(
    kotim: Region, at: datetime
) -> None:
    room = makers.room(kotim, at)
    person = makers.somebody(room, at, "Rina")
    assert people.forget(room=room, at=at) == 1
    assert people.forget(room=room, at=at) == 0
    person.refresh_from_db()
    assert person.name == ""
    with pytest.raises(NotHere):
        people.present(person)
    with pytest.raises(RoomRefused):
        rooms.reopen_room(room=room, by=None, at=at)


def test_who_leaves_is_forgotten_at_once(kotim: Region, at: datetime) -> None:
    room = makers.room(kotim, at)
    person = makers.somebody(room, at, "Rina")
    people.leave(person=person, at=at)
    assert Participant.objects.get(pk=person.pk).name == ""


def test_notes_are_grouped_and_every_step_is_taken_back(
    kotim: Region, budi: Account, at: datetime
) -> None:
    room = makers.room(kotim, at)
    board, person = makers.board(room), makers.somebody(room, at)
    one, two = makers.note(board, person, at), makers.note(board, person, at)
    hand = grouping.Hand(by=budi)
    group = grouping.gather(
        board=board, notes=[one.pk, two.pk], title="Jalan", hand=hand, at=at
    )
    grouping.retitle(group=group, title="Jalan desa", hand=hand, at=at)
    assert [len(pile.notes) for pile in queries.piles(board)] == [0, 2]
    assert grouping.undo(board=board, hand=hand, at=at)
    assert Group.objects.get().title == "Jalan"
    for _step in range(3):
        assert grouping.undo(board=board, hand=hand, at=at)
    assert not grouping.undo(board=board, hand=hand, at=at)
    assert [len(pile.notes) for pile in queries.piles(board)] == [2]


def test_a_dissolved_group_comes_back_with_its_notes(
    kotim: Region, at: datetime
) -> None:
    room = makers.room(kotim, at)
    board, person = makers.board(room), makers.somebody(room, at)
    note, hand = makers.note(board, person, at), grouping.Hand()
    group = grouping.gather(board=board, notes=[note.pk], title="", hand=hand, at=at)
    grouping.dissolve(group=group, hand=hand, at=at)
    assert [len(pile.notes) for pile in queries.piles(board)] == [1]
    grouping.undo(board=board, hand=hand, at=at)
    assert [len(pile.notes) for pile in queries.piles(board)] == [0, 1]


def test_tables_group_where_the_board_lets_them(kotim: Region, at: datetime) -> None:
    room = makers.room(kotim, at)
    board, person = makers.board(room), makers.somebody(room, at)
    note, hand = makers.note(board, person, at), grouping.Hand(person=person)
    with pytest.raises(NotNow):
        grouping.gather(board=board, notes=[note.pk], title="", hand=hand, at=at)
    new = rooms.NewBoard("ideas", "Ideas", all_group=True)
    rooms.change_board(board=board, new=new, by=None, at=at)
    grouping.gather(board=board, notes=[note.pk], title="", hand=hand, at=at)
    makers.phase(board, at, Phase.VOTE)
    with pytest.raises(NotNow):
        grouping.move(board=board, notes=[note.pk], group=None, hand=hand, at=at)


def test_a_group_of_another_board_takes_nothing(kotim: Region, at: datetime) -> None:
    room = makers.room(kotim, at)
    board, person = makers.board(room), makers.somebody(room, at)
    note, hand = makers.note(board, person, at), grouping.Hand()
    other = makers.board(room, 3)
    group = grouping.gather(board=other, notes=[note.pk], title="", hand=hand, at=at)
    assert not group.notes.exists()
    with pytest.raises(RoomRefused):
        grouping.move(board=board, notes=[note.pk], group=group, hand=hand, at=at)


def test_news_are_numbered_and_begin_after_what_was_seen(
    kotim: Region, at: datetime
) -> None:
    room = makers.room(kotim, at)
    board, person = makers.board(room), makers.somebody(room, at)
    before = news.last_number(room.pk)
    made = [makers.note(board, person, at, f"Catatan {n}") for n in range(3)]
    told = makers.told(room, before)
    assert [data["id"] for _number, data in told] == [note.pk for note in made]
    assert makers.told(room, told[1][0]) == told[2:]


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({"title": " "}, True),
        ({"last_day": makers.DAY.replace(day=1)}, True),
        ({"last_day": makers.DAY.replace(day=30)}, True),
        ({"tables": ("TIDAK",)}, True),
        ({}, False),
    ],
)
def test_a_room_has_a_title_days_in_order_and_known_tables(
    kotim: Region, at: datetime, more: dict[str, Any], refused: bool
) -> None:
    if not refused:
        assert makers.room(kotim, at, **more).boards.count() == 3
        return
    with pytest.raises(RoomRefused):
        makers.room(kotim, at, **more)


def test_the_app_role_sees_a_room_in_its_region_alone(
    kotim: Region, at: datetime
) -> None:
    room = makers.room(kotim, at)
    makers.note(makers.board(room), makers.somebody(room, at), at)
    for code, seen in (("62.02", 1), ("62.01", 0), ("", 0)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE habaring_app")
            cursor.execute("SELECT set_config('app.region', %s, true)", [code])
            for table in ("room", "note", "participant", "event", "noterevision"):
                cursor.execute(f"SELECT count(*) FROM workshop_{table}")  # noqa: S608 - ours
                assert bool(cursor.fetchone()[0]) == bool(seen), (code, table)
            transaction.set_rollback(True)


def test_a_key_of_another_person_is_another_note(kotim: Region, at: datetime) -> None:
    room = makers.room(kotim, at)
    board, key = makers.board(room), uuid4()
    for text in ("Satu", "Dua"):
        person = makers.somebody(room, at)
        notes.write(board=board, person=person, words=makers.words(text, key), at=at)
    assert [note.text for note in queries.notes_of(board)] == ["Satu", "Dua"]


def test_the_retention_rule_finds_what_is_a_week_old_and_finds_it_once(
    kotim: Region, at: datetime
) -> None:
    room = makers.room(kotim, at)
    makers.somebody(room, at, "Rina")
    rule = ageings()["workshop-names"]
    week = timedelta(days=7)
    assert rule.due(at - week, at, 10) == []
    later = at + timedelta(days=8)
    due = rule.due(later - week, later, 10)
    assert [one.ref for one in due] == [str(room.pk)]
    rule.apply([one.ref for one in due], later)
    assert rule.due(later - week, later, 10) == []
    assert not Participant.objects.exclude(name="").exists()


def test_what_the_database_tells_of_a_note_is_what_the_pages_tell(
    kotim: Region, at: datetime
) -> None:
    room = makers.room(kotim, at)
    board, person = makers.board(room, 2), makers.somebody(room, at)
    row = makers.note(
        board, person, at, 'Kutip " \\ & baris\nbaru', kind="S", layer="structure"
    )
    before = news.last_number(room.pk)
    assert row.text == 'Kutip " \\ & baris baru'

    def by_the_database() -> object:
        with connection.cursor() as cursor:
            cursor.execute("SELECT workshop_told(%s)", [row.pk])
            return cursor.fetchone()[0]

    assert by_the_database() == news.note(row)
    assert makers.told(room, before - 1) == [(before, news.note(row))]
    notes.hide(note=row, reason="Bukan gagasan", by=None, at=at)
    row.refresh_from_db()
    assert by_the_database() == news.note(row)


def test_an_answer_of_a_hidden_note_does_not_tell_its_words(
    kotim: Region, at: datetime
) -> None:
    room = makers.room(kotim, at)
    board, person = makers.board(room), makers.somebody(room, at)
    words = makers.words("Rahasia")
    sender = notes.Sender(kotim.code, room.pk, room.number, person.pk)
    first = notes.take(sender=sender, board=board.number, words=words, at=at)
    notes.hide(note=Note.objects.get(pk=first.note), reason="x", by=None, at=at)
    second = notes.take(sender=sender, board=board.number, words=words, at=at)
    assert second.again
    assert second.note == first.note
    assert second.told["gone"]
    assert "t" not in second.told


@pytest.mark.parametrize("wrong", ["region", "room", "number", "person"])
def test_a_pass_writes_in_its_own_room_alone(
    kotim: Region, at: datetime, wrong: str
) -> None:
    room, other = makers.room(kotim, at), makers.room(kotim, at)
    person, elsewhere = makers.somebody(room, at), makers.somebody(other, at)
    own = notes.Sender(kotim.code, room.pk, room.number, person.pk)
    theirs = notes.Sender("62.01", other.pk, other.number, elsewhere.pk)
    sender = replace(own, **{wrong: getattr(theirs, wrong)})
    with pytest.raises(NotHere):
        notes.take(sender=sender, board=1, words=makers.words(), at=at)
    assert not Note.objects.exists()


def test_who_left_writes_no_more(kotim: Region, at: datetime) -> None:
    room = makers.room(kotim, at)
    person = makers.somebody(room, at)
    sender = notes.Sender(kotim.code, room.pk, room.number, person.pk)
    people.remove(person=person, by=None, at=at)
    with pytest.raises(NotHere):
        notes.take(sender=sender, board=1, words=makers.words(), at=at)
