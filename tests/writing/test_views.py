"""The pages of a text, with forms alone."""

from datetime import datetime

import pytest
from django.test import Client

from habaring.masterplan import sets
from habaring.masterplan.actions import load_set, write_section
from habaring.masterplan.models import Section
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.writing import actions, keeping, queries
from habaring.writing.actions import Hand
from habaring.writing.models import Comment, Document, Suggestion, Version
from tests import makers

KEY = "masterplan/section/buku-3.pengantar"
ROOM = "/ruang-kerja/62.02/tulisan/"
PAGE = f"{ROOM}naskah/{KEY}/"
OTHER = f"/ruang-kerja/62.01/tulisan/naskah/{KEY}/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _section(kotim: Region, at: datetime) -> None:
    load_set(toml=sets.shipped(), region=None, by=None, at=at)
    write_section(
        region=kotim, key="buku-3.pengantar", text="Satu.\n\nDua.", by=None, at=at
    )


@pytest.fixture
def room(client: Client, budi: Account) -> Client:
    client.force_login(budi)
    return client


@pytest.fixture
def mentor(kotim: Region) -> Client:
    client = Client()
    client.force_login(makers.officer("Mentor", region=kotim, role="mentor"))
    return client


def first(region: Region) -> str:
    return queries.paragraphs(region, KEY)[0].id


def send(room: Client, do: str, **fields: object) -> int:
    return room.post(PAGE, {"do": do, **fields}).status_code


def test_reading_a_text_makes_no_document(room: Client) -> None:
    for address in (PAGE, f"{ROOM}versi/{KEY}/", f"{ROOM}penulis/{KEY}/", ROOM):
        assert room.get(address).status_code == 200
    assert room.get(f"{ROOM}unduh/{KEY}/").content == b"Satu.\n\nDua."
    assert not Document.objects.exists()


def test_a_paragraph_is_written_by_its_form(room: Client, kotim: Region) -> None:
    name = first(kotim)
    assert send(room, "write", paragraph=name, text="Satu, ya.", base=0) == 302
    assert queries.text(kotim, KEY) == "Satu, ya.\n\nDua."
    assert send(room, "arrange", paragraph=name, how="down") == 302
    assert queries.text(kotim, KEY) == "Dua.\n\nSatu, ya."
    assert "Dua." in room.get(PAGE).content.decode()


def test_what_is_refused_is_shown_again(room: Client, kotim: Region) -> None:
    answer = room.post(
        PAGE, {"do": "write", "paragraph": "tidakada1", "text": "Hilang?", "base": "0"}
    )
    assert answer.status_code == 422
    assert "Hilang?" in answer.content.decode()
    too_long = "x" * 20_001
    assert send(room, "write", paragraph=first(kotim), text=too_long, base=0) == 422
    assert send(room, "arrange", how="out") == 422
    assert send(room, "apa saja") == 422


def test_strangers_and_readers_are_kept_out(
    client: Client, alya: Account, citra: Account, kotim: Region, mentor: Client
) -> None:
    for who in (alya, citra):
        client.force_login(who)
        assert client.get(PAGE).status_code == 403
        assert send(client, "write", paragraph=first(kotim), text="x", base=0) == 403
    assert mentor.get(PAGE).status_code == 200
    assert "data-write>" not in mentor.get(PAGE).content.decode()
    name = first(kotim)
    assert send(mentor, "write", paragraph=name, text="x", base=0) == 403
    assert send(mentor, "arrange", paragraph=name, how="out") == 403
    assert mentor.post(f"{ROOM}versi/{KEY}/", {"note": ""}).status_code == 403
    assert send(mentor, "comment", paragraph=name, text="Mengapa?") == 302
    assert queries.text(kotim, KEY) == "Satu.\n\nDua."


def test_a_mentor_suggests_and_a_writer_decides(
    room: Client, mentor: Client, kotim: Region
) -> None:
    name = first(kotim)
    words = {"text": "Satu saja.", "why": "Lebih jelas.", "base": 0}
    assert send(mentor, "suggest", paragraph=name, **words) == 302
    made = Suggestion.objects.get()
    assert send(mentor, "decide", one=made.pk, answer="accept") == 403
    assert send(room, "withdraw", one=made.pk) == 404  # of somebody else
    assert send(room, "decide", one=made.pk, answer="reject") == 422
    assert send(room, "decide", one=made.pk, answer="accept") == 302
    assert queries.text(kotim, KEY) == "Satu saja.\n\nDua."
    assert "Mentor" in room.get(f"{ROOM}penulis/{KEY}/").content.decode()


def test_a_mentor_misses_a_paragraph_and_everything_said_leaves_as_a_table(
    room: Client, mentor: Client, kotim: Region
) -> None:
    name = first(kotim)
    assert send(mentor, "suggest-new", paragraph=name, text="") == 422
    assert send(mentor, "suggest-new", paragraph=name, text="Kurang.") == 302
    assert "menyarankan paragraf baru" in room.get(PAGE).content.decode()
    made = Suggestion.objects.get()
    assert send(room, "decide", one=made.pk, answer="accept") == 302
    assert queries.text(kotim, KEY) == "Satu.\n\nKurang.\n\nDua."
    send(mentor, "comment", paragraph=name, text="=Dari mana?")
    send(room, "resolve", one=Comment.objects.get().pk)
    answer = mentor.get(f"{ROOM}komentar/csv/{KEY}/")
    lines = answer.getvalue().decode()
    for words in ("Paragraf baru", "diterima", "Dari mana?", "selesai", "Budi"):
        assert words in lines
    assert mentor.get(f"{ROOM}komentar/xlsx/{KEY}/").status_code == 200
    assert mentor.get(f"{ROOM}komentar/pdf/{KEY}/").status_code == 404


def test_comments_are_answered_and_settled(room: Client, kotim: Region) -> None:
    name = first(kotim)
    send(room, "comment", paragraph=name, text="Dari mana?")
    said = Comment.objects.get()
    assert send(room, "comment", paragraph=name, text="BPS", answers=said.pk) == 302
    assert send(room, "resolve", one=said.pk) == 302
    assert "BPS" in room.get(f"{ROOM}samping/{KEY}/").content.decode()
    assert send(room, "comment", paragraph=name, text="  ") == 422


def test_rows_of_another_region_are_not_found(
    room: Client, at: datetime, citra: Account
) -> None:
    there = Region.objects.get(code="62.01")
    name = queries.paragraphs(there, KEY)[0].id
    said = actions.comment(
        by=citra, at=at, region=there, key=KEY, paragraph=name, text="Rahasia"
    )
    assert room.get(OTHER).status_code == 403
    assert send(room, "resolve", one=said.pk) == 404
    assert "Rahasia" not in room.get(PAGE).content.decode()


def test_a_frozen_version_is_a_revision_of_the_section(
    room: Client, kotim: Region, budi: Account, at: datetime
) -> None:
    versions = f"{ROOM}versi/{KEY}/"
    name = first(kotim)
    send(room, "write", paragraph=name, text="Satu baru.", base=0)
    assert room.post(versions, {"do": "freeze", "note": "uji"}).status_code == 302
    newest = Section.objects.order_by("-revision").first()
    assert newest is not None
    assert (newest.revision, newest.text) == (2, "Satu baru.\n\nDua.")
    assert newest.recorded_by == budi
    assert room.post(versions, {"do": "freeze"}).status_code == 422
    send(room, "write", paragraph=name, text="Satu lain.", base=99)
    shown = room.get(f"{versions}?dari=1&ke=0").content.decode()
    assert "<del>" in shown
    assert "<ins>" in shown
    assert room.get(f"{versions}?dari=9").status_code == 404
    assert room.post(versions, {"do": "restore", "one": "1"}).status_code == 302
    assert queries.text(kotim, KEY) == Version.objects.get().text
    frozen = room.get(f"{ROOM}unduh/{KEY}/?versi=1").content.decode()
    assert frozen == Version.objects.get().text


def test_the_form_of_a_section_gives_way_to_its_text(
    room: Client, kotim: Region
) -> None:
    form = "/ruang-kerja/62.02/rencanakan/bagian/buku-3.pengantar/"
    assert "<textarea" in room.get(form).content.decode()
    send(room, "write", paragraph=first(kotim), text="Satu baru.", base=0)
    assert "<textarea" not in room.get(form).content.decode()
    answer = room.post(form, {"text": "Lewat pintu lama."})
    assert answer.status_code == 422
    assert "Lewat pintu lama." in answer.content.decode()
    assert Section.objects.count() == 1


def test_the_list_finds_texts_and_says_what_is_open(
    room: Client, kotim: Region, budi: Account, at: datetime
) -> None:
    name = first(kotim)
    send(room, "comment", paragraph=name, text="Dari mana?")
    text = room.get(ROOM).content.decode()
    assert PAGE in text
    assert PAGE not in room.get(f"{ROOM}?q=tidak-ada").content.decode()
    assert PAGE in room.get(f"{ROOM}?q=pengantar").content.decode()
    document = Document.objects.get()
    assert keeping.newest(document) == 1
    actions.write(
        region=kotim, key=KEY, paragraph=name, text="x", base=1, hand=Hand(budi, at)
    )
    assert keeping.newest(document) == 2


def test_unknown_texts_are_not_found(room: Client) -> None:
    for key in ("apa/saja", "masterplan/section/tidak-ada"):
        assert room.get(f"{ROOM}naskah/{key}/").status_code == 404
