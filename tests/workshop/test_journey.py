"""A workshop from the opening to the analysis, by plain forms, without JavaScript."""

import json
import re
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from habaring.masterplan.actions.analysing import NewIssue, NewStrategy
from habaring.masterplan.models import Gap, StrategicIssue, SwotItem
from habaring.people.models import Account
from habaring.portfolio.models import Candidate
from habaring.regions.models import Region
from habaring.workshop.actions import carrying, people, voting
from habaring.workshop.actions.carrying import Hand
from habaring.workshop.models import Board, Carried, Dot, Note, Participant, Phase, Room
from habaring.workshop.refusals import CarriedAlready, CarryRefused
from tests import makers as everywhere
from tests.assessment.makers import framework
from tests.workshop import makers

ROOM = "/ruang-kerja/62.02/lokakarya/"
HALL = "/daerah/62.02/lokakarya/"


def signed_in(person: Account) -> Client:
    client = Client()
    client.force_login(person)
    return client


def phone(room: Room, **given: str) -> Client:
    client = Client()
    answer = client.post(f"{HALL}masuk/{room.code}/", {"name": "", **given})
    assert answer.status_code == 302, answer.content
    return client


def key_of(page: Any) -> str:
    found = re.search(r'name="key" value="([0-9a-f-]{36})"', page.content.decode())
    assert found
    return found[1]


def opened(budi: Account) -> tuple[Client, Room]:
    desk = signed_in(budi)
    answer = desk.post(
        f"{ROOM}baru/",
        {"title": "Bimtek I", "day": "2026-11-02", "last_day": "2026-11-03"},
    )
    assert answer.status_code == 302, answer.content
    return desk, Room.objects.get()


def test_a_workshop_by_plain_forms(kotim: Region, budi: Account) -> None:
    framework()
    desk, room = opened(budi)
    page = desk.get(f"{ROOM}{room.number}/").content.decode()
    assert room.code in page
    assert "<svg" in page
    typed = Client().post(HALL, {"code": f" {room.code.lower()} "})
    assert typed.headers["Location"].endswith(f"masuk/{room.code}/")
    hands = [phone(room) for _n in range(3)]
    board = f"{HALL}{room.number}/papan/2/"
    for n, hand in enumerate(hands):
        key = key_of(hand.get(board))
        note = {
            "key": key,
            "text": f"Jaringan kuat {n}",
            "kind": "S",
            "layer": "infrastructure",
            "dimension": "GOV",
        }
        for _twice in range(2):  # the answer was lost, the page was sent again
            assert hand.post(f"{board}tulis/", note).status_code == 302
    assert Note.objects.count() == 3
    assert "Jaringan kuat 2" in hands[0].get(board).content.decode()
    lead = f"{ROOM}{room.number}/papan/2/"
    one, two, three = Note.objects.order_by("pk")
    desk.post(
        f"{lead}kelompok/",
        {"do": "move", "group": "new", "title": "Jaringan", "note": [one.pk, two.pk]},
    )
    desk.post(f"{lead}pimpin/", {"do": "phase", "phase": "vote"})
    group = Board.objects.get(number=2).groups.get()
    for hand in hands[:2]:
        dots = {"target": f"group:{group.pk}", "count": "2"}
        assert hand.post(f"{board}titik/", dots).status_code == 302
    third = {"target": f"note:{three.pk}", "count": "4"}
    hands[2].post(f"{board}titik/", third)
    assert Dot.objects.count() == 4
    assert "Jaringan" in hands[0].get(board).content.decode()
    assert desk.get(f"{lead}lanjut/").status_code == 200
    desk.post(f"{lead}pimpin/", {"do": "phase", "phase": "shown"})
    assert "<b>4 " in hands[0].get(board).content.decode()
    ticked = {"to": "swot", "thing": [f"group:{group.pk}", f"note:{three.pk}"]}
    for _twice in range(2):
        assert desk.post(f"{lead}lanjut/", ticked).status_code == 302
    items = SwotItem.objects.order_by("number")
    assert [(item.kind, item.dimension, item.votes_carried) for item in items] == [
        ("S", "GOV", 4),
        ("S", "GOV", 0),
    ]
    assert "Bimtek I" in items[0].origin
    minutes = desk.get(f"{ROOM}{room.number}/notulen/").content.decode()
    assert "Jaringan kuat 2" in minutes
    table = desk.get(f"{ROOM}{room.number}/notulen.csv")
    text = b"".join(table.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.count("Jaringan kuat") == 3
    assert desk.get(f"{ROOM}{room.number}/notulen.xlsx").status_code == 200
    assert desk.get(f"{lead}layar/").status_code == 200


def test_a_script_is_answered_with_the_note_or_the_reason(
    kotim: Region, at: datetime
) -> None:
    room = makers.room(kotim, at)
    hand = phone(room)
    address = f"{HALL}{room.number}/papan/1/tulis/"
    note = {"key": str(uuid4()), "text": "Gagasan"}
    script: dict[str, Any] = {"headers": {"Accept": "application/json"}}
    told = json.loads(hand.post(address, note, **script).content)
    assert (told["t"], told["key"]) == ("Gagasan", note["key"])
    makers.phase(makers.board(room), at, Phase.SHOWN)
    again = hand.post(address, note, **script)
    assert (again.status_code, json.loads(again.content)["id"]) == (200, told["id"])
    late = hand.post(address, {**note, "key": str(uuid4())}, **script)
    assert late.status_code == 409
    assert json.loads(late.content)["next"]
    empty = hand.post(address, {**note, "text": ""}, **script)
    assert empty.status_code == 422
    stranger = Client().post(address, note, **script)
    assert stranger.status_code == 403


def test_a_refused_note_keeps_what_was_typed(kotim: Region, at: datetime) -> None:
    room = makers.room(kotim, at)
    hand = phone(room)
    makers.phase(makers.board(room), at, Phase.VOTE)
    note = {"key": str(uuid4()), "text": "Gagasan yang panjang"}
    answer = hand.post(f"{HALL}{room.number}/papan/1/tulis/", note)
    assert answer.status_code == 422
    assert Note.objects.count() == 0


def test_without_a_pass_nothing_is_read(kotim: Region, at: datetime) -> None:
    room = makers.room(kotim, at)
    for path in ("", "papan/1/", "saya/", "langsung/"):
        assert Client().get(f"{HALL}{room.number}/{path}").status_code == 403


def test_a_pass_opens_no_other_room_and_no_other_region(
    kotim: Region, citra: Account, at: datetime
) -> None:
    room, other = makers.room(kotim, at), makers.room(kotim, at)
    elsewhere = makers.room(everywhere.region("62.01"), at)
    hand = phone(room)
    value = next(iter(hand.cookies.values())).value
    for one in (other, elsewhere):
        name = f"lokakarya-{one.region_id.replace('.', '')}-{one.number}"
        hand.cookies[name] = value
        path = f"/daerah/{one.region_id}/lokakarya/{one.number}/"
        assert hand.get(path).status_code == 403


def test_who_is_removed_is_out_at_once(
    kotim: Region, budi: Account, at: datetime
) -> None:
    room = makers.room(kotim, at)
    hand = phone(room, name="Rina")
    person = Participant.objects.get()
    desk = signed_in(budi)
    page = f"{ROOM}{room.number}/"
    assert "Rina" in desk.get(page).content.decode()
    desk.post(f"{page}orang/{person.pk}/")
    assert hand.get(f"{HALL}{room.number}/").status_code == 403
    desk.post(f"{page}orang/{person.pk}/")
    assert hand.get(f"{HALL}{room.number}/").status_code == 200


def test_names_stand_on_the_facilitators_page_alone(
    kotim: Region, at: datetime
) -> None:
    room = makers.room(kotim, at)
    rina, other = phone(room, name="Rina"), phone(room)
    note = {"key": str(uuid4()), "text": "Gagasan"}
    rina.post(f"{HALL}{room.number}/papan/1/tulis/", note)
    assert "Rina" not in other.get(f"{HALL}{room.number}/papan/1/").content.decode()
    told = other.get(f"{HALL}{room.number}/langsung/").content.decode()
    assert "Gagasan" in told
    assert "Rina" not in told


def test_a_line_goes_on_after_the_number_last_seen(kotim: Region, at: datetime) -> None:
    room = makers.room(kotim, at)
    hand = phone(room)
    board, person = makers.board(room), Participant.objects.get()
    made = [makers.note(board, person, at, f"Catatan {n}") for n in range(3)]
    line = f"{HALL}{room.number}/langsung/"
    numbers = re.findall(r"id: (\d+)", hand.get(line).content.decode())
    again = hand.get(line, headers={"Last-Event-ID": numbers[1]}).content.decode()
    assert re.findall(r'"t":"([^"]+)"', again) == [made[2].text]


def test_a_phone_leaves_and_comes_back_as_somebody_new(
    kotim: Region, at: datetime
) -> None:
    room = makers.room(kotim, at)
    hand = phone(room, name="Rina")
    hand.post(f"{HALL}{room.number}/keluar/")
    assert hand.get(f"{HALL}{room.number}/").status_code == 403
    assert hand.get(f"{HALL}masuk/{room.code}/").status_code == 200


def test_ones_own_note_is_changed_and_taken_back_by_forms(
    kotim: Region, at: datetime
) -> None:
    room = makers.room(kotim, at)
    hand, other = phone(room), phone(room)
    board = makers.board(room)
    note = makers.note(board, Participant.objects.earliest("pk"), at, "Lama")
    page = f"{HALL}{room.number}/catatan/{note.pk}/"
    assert other.get(page).status_code == 403
    key = key_of(hand.get(page))
    hand.post(page, {"key": key, "text": "Baru"})
    note.refresh_from_db()
    assert note.text == "Baru"
    hand.post(f"{page}tarik/")
    assert "Baru" not in other.get(f"{HALL}{room.number}/papan/1/").content.decode()
    hand.post(f"{page}tarik/")
    assert "Baru" in other.get(f"{HALL}{room.number}/papan/1/").content.decode()


def test_wrong_codes_are_counted(kotim: Region, at: datetime, monkeypatch: Any) -> None:
    monkeypatch.setattr("habaring.workshop.views.phone.GUESSES", 3)
    room = makers.room(kotim, at)
    guesser = Client()
    for _guess in range(3):
        assert guesser.post(HALL, {"code": "AAAAAA"}).status_code == 422
    assert guesser.post(HALL, {"code": room.code}).status_code == 429


def test_too_many_notes_a_minute_wait(
    kotim: Region, at: datetime, monkeypatch: Any
) -> None:
    monkeypatch.setattr("habaring.workshop.views.phone.NOTES_A_MINUTE", 1)
    room = makers.room(kotim, at)
    hand = phone(room)
    address = f"{HALL}{room.number}/papan/1/tulis/"
    script: dict[str, Any] = {"headers": {"Accept": "application/json"}}
    codes = [
        hand.post(address, {"key": str(uuid4()), "text": "x"}, **script)
        for _n in range(2)
    ]
    assert [one.status_code for one in codes] == [200, 429]
    assert codes[1].headers["Retry-After"]


def shown(region: Region, at: datetime, number: int = 1) -> tuple[Board, Note]:
    room = makers.room(region, at)
    board, person = makers.board(room, number), makers.somebody(room, at)
    note = makers.note(board, person, at, "Jalan desa", dimension="ECO")
    makers.phase(board, at, Phase.VOTE)
    voting.place(board=board, person=person, target=note, count=3, at=at)
    return makers.phase(board, at, Phase.SHOWN), note


def test_a_result_goes_to_each_place_once(
    kotim: Region, budi: Account, at: datetime
) -> None:
    framework()
    board, note = shown(kotim, at)
    desk = signed_in(budi)
    base = f"{ROOM}{board.room.number}/papan/{board.number}/lanjut/note/{note.pk}/"
    issue = {"dimension": "ECO", "title": "Jalan", "text": "Jalan desa"}
    assert desk.get(f"{base}issue/").status_code == 200
    assert desk.post(f"{base}issue/", issue).status_code == 302
    again = desk.post(f"{base}issue/", issue)
    assert again.status_code == 422
    assert StrategicIssue.objects.count() == 1
    gap = {
        "dimension": "ECO",
        "now": "Rusak",
        "expected": "Mantap",
        "cause": "Dana",
        "need": "Perbaikan",
        "issue": "1",
    }
    assert desk.post(f"{base}gap/", gap).status_code == 302
    assert Gap.objects.get().issue.title == "Jalan"
    ready = {"year": "2026", "question": "infrastructure.1"}
    assert desk.post(f"{base}readiness/", ready).status_code == 302
    year = {"earliest": "2027", "latest": "2029", "text": "Jalan desa"}
    more = {"code": "JLN-01", "name": "Jalan desa", "dimension": "ECO", **year}
    answer = desk.post(f"{base}candidate/", more)
    assert answer.status_code == 302, answer.content.decode()
    assert "Bimtek I" in Candidate.objects.get(code="JLN-01").origin_text
    gone = Carried.objects.values_list("to", flat=True)
    assert sorted(gone) == ["candidate", "gap", "issue", "readiness"]


def test_a_strategy_needs_its_items_and_is_carried_with_them(
    kotim: Region, budi: Account, at: datetime
) -> None:
    framework()
    board, note = shown(kotim, at)
    hand = Hand(budi, at)
    for kind in "SO":
        carried = makers.swot(kotim, kind, at)
        assert carried.kind == kind
    load = carrying.load_of(board, f"note:{note.pk}")
    new = NewStrategy("SO", "ECO", "Jalan desa", (1, 2))
    made = carrying.to_strategy(load, new, hand)
    assert made.ref.startswith("SO")
    with pytest.raises(CarriedAlready):
        carrying.to_strategy(load, new, hand)


def test_nothing_is_carried_on_during_a_vote(
    kotim: Region, budi: Account, at: datetime
) -> None:
    framework()
    room = makers.room(kotim, at)
    board = makers.board(room)
    note = makers.note(board, makers.somebody(room, at), at, dimension="ECO")
    makers.phase(board, at, Phase.VOTE)
    load = carrying.load_of(board, f"note:{note.pk}")
    new = NewIssue("ECO", "Jalan")
    with pytest.raises(CarryRefused):
        carrying.to_issue(load, new, Hand(budi, at))
    assert StrategicIssue.objects.count() == 0


def test_a_sweep_stops_where_something_is_not_named(
    kotim: Region, budi: Account, at: datetime
) -> None:
    framework()
    board, note = shown(kotim, at)
    with pytest.raises(CarryRefused):
        carrying.many_to_swot(board, [f"note:{note.pk}"], Hand(budi, at))
    with pytest.raises(CarryRefused):
        carrying.many_to_issues(board, ["note:999999"], Hand(budi, at))
    assert carrying.many_to_issues(board, [f"note:{note.pk}"], Hand(budi, at)) == 1
    assert carrying.many_to_issues(board, [f"note:{note.pk}"], Hand(budi, at)) == 0


def test_who_may_not_write_the_plan_carries_nothing(
    kotim: Region, citra: Account, at: datetime
) -> None:
    board, note = shown(kotim, at)
    lead = f"{ROOM}{board.room.number}/papan/{board.number}/"
    for client in (Client(), signed_in(citra)):
        assert client.get(f"{lead}lanjut/").status_code in {302, 401, 403}
        assert client.post(f"{lead}lanjut/note/{note.pk}/issue/").status_code in {
            302,
            401,
            403,
        }
    assert not Carried.objects.exists()


def test_hiding_is_told_to_the_author_alone(
    kotim: Region, budi: Account, at: datetime
) -> None:
    room = makers.room(kotim, at)
    hand, other = phone(room), phone(room)
    note = makers.note(makers.board(room), Participant.objects.earliest("pk"), at)
    desk = signed_in(budi)
    page = f"{ROOM}{room.number}/catatan/{note.pk}/sembunyi/"
    assert desk.get(page).status_code == 200
    assert desk.post(page, {"reason": "Salah papan"}).status_code == 302
    board = f"{HALL}{room.number}/papan/1/"
    assert "Salah papan" in hand.get(board).content.decode()
    assert "Salah papan" not in other.get(board).content.decode()
    desk.post(page)
    assert note.text in other.get(board).content.decode()


def test_a_full_room_lets_nobody_in(
    kotim: Region, at: datetime, monkeypatch: Any
) -> None:
    monkeypatch.setattr(people, "MOST", 1)
    room = makers.room(kotim, at)
    phone(room)
    answer = Client().post(f"{HALL}masuk/{room.code}/", {"name": ""})
    assert answer.status_code == 422


def test_a_note_of_a_script_is_one_question_to_the_database(
    kotim: Region, at: datetime, django_assert_num_queries: Any
) -> None:
    room = makers.room(kotim, at)
    hand = phone(room)
    address = f"{HALL}{room.number}/papan/1/tulis/"
    key = str(uuid4())
    script: dict[str, Any] = {"headers": {"Accept": "application/json"}}
    with django_assert_num_queries(1):
        first = hand.post(address, {"key": key, "text": "Sekali"}, **script)
    again = hand.post(address, {"key": key, "text": "Sekali"}, **script)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert first.json()["t"] == "Sekali"
    without = hand.post(address, {"text": "Tanpa nomor"}, **script)
    assert without.status_code == 422
    assert {"what", "why", "next"} <= set(without.json())
    stranger = Client().post(address, {"key": key, "text": "x"}, **script)
    assert stranger.status_code == 403
