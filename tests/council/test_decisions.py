"""Decisions: their votes, what they are about, what follows from them, who is told."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from habaring.council import subjects, tokens
from habaring.council.actions import (
    About,
    DecisionRefused,
    Errand,
    Fixes,
    Paper,
    TaskRefused,
    Votes,
    close_task,
    record_instrument,
    record_task,
)
from habaring.council.actions.minutes import approve_minutes
from habaring.council.models import (
    Attendance,
    Council,
    Decision,
    DecisionSubject,
    Meeting,
    Minutes,
    SeatContact,
    Summons,
    Task,
)
from habaring.council.queries import warned
from habaring.council.telling import told
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.posts.things import Asked, kinds, waiting
from habaring.regions.models import Region
from habaring.shared import walls
from habaring.shared.walls import APP_ROLE
from tests import makers as people
from tests.council import makers
from tests.shared import bad_files

W = "/ruang-kerja/62.02/dewan/"
P = "/daerah/62.02/dewan/"


@pytest.fixture
def council(kotim: Region, at: datetime) -> Council:
    return makers.body(kotim, at)


# Votes and subjects


@pytest.mark.parametrize(
    ("votes", "seats"), [(Votes(3), 2), (Votes(2, 1), 2), (Votes(1, 1), 3)]
)
def test_votes_that_cannot_be_are_refused(
    council: Council, at: datetime, votes: Votes, seats: int
) -> None:
    makers.seats(council, at, seats)
    with pytest.raises(DecisionRefused):
        makers.decision(council, at, votes=votes)


def test_votes_are_shown(client: Client, council: Council, at: datetime) -> None:
    makers.seats(council, at, 3)
    made = makers.decision(council, at, votes=Votes(2, 0, 1))
    page = client.get(f"{P}keputusan/{made.pk}/?bahasa=en").content.decode()
    assert "2 for, 0 against, 1 abstained" in page


def test_a_decision_names_what_it_is_about(
    client: Client, council: Council, at: datetime
) -> None:
    paper = Paper("perbup", "Masterplan", "7/2026")
    row = record_instrument(region=council.region, paper=paper, by=None, at=at)
    about = [
        About("instrument", str(row.pk)),
        About("body", str(council.pk)),
        About("other", "", "Lagu daerah"),
    ]
    made = makers.decision(council, at, about=about)
    page = client.get(f"{P}keputusan/{made.pk}/").content.decode()
    assert f"{P}instrumen/{row.pk}/" in page
    assert f"{P}badan/{council.pk}/" in page
    assert "Lagu daerah" in page
    row.public = False
    row.save()
    page = client.get(f"{P}keputusan/{made.pk}/").content.decode()
    assert f"{P}instrumen/{row.pk}/" not in page
    assert "7/2026: Masterplan" in page


def test_a_decision_about_nothing_that_is_there_is_refused(
    council: Council, at: datetime
) -> None:
    for about in (About("instrument", "999"), About("dream", "1", "x"), About("other")):
        with pytest.raises(DecisionRefused):
            makers.decision(council, at, about=[about])
    assert not DecisionSubject.objects.exists()


def test_every_domain_says_what_can_be_decided_about(kotim: Region) -> None:
    known = subjects.kinds()
    assert {"scenario", "plan", "edition", "result", "instrument"} <= set(known)
    for kind in known.values():
        assert list(kind.choices(kotim)) == []
        assert kind.url(kotim, "999") == kind.url(kotim, "x") == ""


def test_one_kind_is_registered_once() -> None:
    first = subjects.kinds()["body"]
    assert subjects.register(first) is first
    with pytest.raises(ValueError, match="body"):
        subjects.register(
            subjects.SubjectKind("body", "x", first.choices, first.url, order=1)
        )


def test_a_later_decision_overrules(
    client: Client, council: Council, at: datetime
) -> None:
    first = makers.decision(council, at)
    second = makers.decision(council, at, number="2/2026", overrules=first)
    assert (
        f"{P}keputusan/{second.pk}/"
        in client.get(f"{P}keputusan/{first.pk}/").content.decode()
    )
    there = makers.body(people.region("62.01"), at)
    with pytest.raises(DecisionRefused):
        makers.decision(there, at, number="3/2026", overrules=first)


def test_decisions_are_found_narrowed_and_taken_home(
    client: Client, council: Council, at: datetime
) -> None:
    for n in range(25):
        makers.decision(council, at, number=f"{n}/2026", title=f"Jalan {n}")
    makers.decision(council, at, number="A", about=[About("other", "", "Sungai")])
    assert "Jalan 24" in client.get(P + "keputusan/").content.decode()
    assert "Jalan 24" not in client.get(P + "keputusan/?halaman=2").content.decode()
    found = client.get(P + "keputusan/?q=sungai&about=other&year=2026").content.decode()
    assert "Jalan" not in found
    none = client.get(P + f"keputusan/?q=kereta&body={council.pk}").content.decode()
    assert "Jalan" not in none
    assert client.get(P + "keputusan/?year=abc").status_code == 200
    rows = b"".join(client.get(P + "keputusan.csv?q=sungai"))
    assert rows.count(b"\n") == 2
    assert client.get(P + "keputusan.xlsx").status_code == 200
    assert client.get(P + "keputusan.exe").status_code == 404
    few = _queries(client, P + "keputusan/?halaman=2")
    assert _queries(client, P + "keputusan/") <= few + 2


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return len(asked)


# What follows


@pytest.mark.parametrize("wrong", [{"title": " "}, {"decision": None}])
def test_a_follow_up_needs_words_and_an_origin(
    council: Council, at: datetime, wrong: dict[str, Any]
) -> None:
    given: dict[str, Any] = {
        "title": "Perbup",
        "owner": makers.post(council.region),
        "due_on": at.date(),
        "decision": makers.decision(council, at),
    }
    with pytest.raises(TaskRefused):
        record_task(errand=Errand(**(given | wrong)), by=None, at=at)


def test_a_follow_up_is_of_an_open_post_of_the_region(
    council: Council, at: datetime
) -> None:
    made = makers.decision(council, at)
    foreign = makers.post(people.region("62.01"))
    closed = makers.post(council.region, closed_on=at.date())
    for owner in (foreign, closed):
        with pytest.raises(TaskRefused):
            makers.task(made, at, owner)
    with pytest.raises(TaskRefused):
        makers.task(made, at, makers.post(council.region, "lain"), days=-1)


def test_a_follow_up_is_closed_once_and_with_words(
    council: Council, at: datetime
) -> None:
    row = makers.task(makers.decision(council, at), at, makers.post(council.region))
    with pytest.raises(TaskRefused):
        close_task(task=row, state="done", proof=" ", by=None, at=at)
    done = close_task(task=row, state="done", proof="Terbit.", by=None, at=at)
    assert done.state == "done"
    with pytest.raises(TaskRefused):
        close_task(task=row, state="cancelled", proof="Batal.", by=None, at=at)


def test_the_holder_of_the_post_closes_with_a_proof(
    client: Client, council: Council, at: datetime
) -> None:
    officer = people.officer("Dewi", region=council.region, role="officer")
    other = people.officer("Eko", region=council.region, role="officer")
    owner = makers.post(council.region)
    made = makers.decision(council, at)
    row = makers.task(made, at, owner)
    makers.holds(officer, owner, at)
    to = f"{W}tindak-lanjut/{row.pk}/"
    content = bad_files.content_of(bad_files.pdf("bukti.pdf"))
    given = {"state": "done", "proof": "Perbup 7/2026 terbit."}
    with time_machine.travel(at, tick=False):
        client.force_login(other)
        assert client.post(to, given).status_code == 403
        client.force_login(officer)
        assert client.get(to).status_code == 200
        assert client.post(to, given | {"proof": ""}).status_code == 422
        client.post(to, given | {"document": SimpleUploadedFile("b.pdf", content)})
    client.logout()
    page = client.get(f"{P}keputusan/{made.pk}/").content.decode()
    assert "Perbup 7/2026 terbit." in page
    proof = f"{P}tindak-lanjut/{row.pk}/bukti.pdf"
    assert proof in page
    assert b"".join(client.get(proof)) == content


def test_follow_ups_on_their_pages(
    client: Client, council: Council, budi: Account, at: datetime
) -> None:
    client.force_login(budi)
    made = makers.decision(council, at)
    base = f"{W}keputusan/{made.pk}/"
    assert client.get(base).status_code == 200
    owner = makers.post(council.region)
    given = {"title": "Perbup", "owner": owner.pk, "due_on": "2026-12-01"}
    assert client.post(base, given | {"due_on": ""}).status_code == 422
    client.post(base, given)
    assert Task.objects.get().owner == owner
    for language in ("id", "en"):
        for address in (
            base,
            W + "tindak-lanjut/",
            W + "tindak-lanjut/?keadaan=semua&q=perbup",
            f"{W}tindak-lanjut/{Task.objects.get().pk}/",
            W + "keputusan/?q=rencana",
        ):
            assert client.get(f"{address}{'&' if '?' in address else '?'}bahasa={language}").status_code == 200  # fmt: skip


# Owned things and the desk


def test_a_follow_up_is_a_thing_that_its_post_owns(
    council: Council, budi: Account, at: datetime
) -> None:
    owner = makers.post(council.region)
    row = makers.task(makers.decision(council, at), at, owner)
    kind = kinds()["task"]
    (thing,) = kind.things(council.region, at.date())
    assert (thing.ref, thing.post, thing.due_on) == (str(row.pk), owner.pk, row.due_on)
    assert kind.find(council.region, thing.ref, at.date()) == thing
    assert kind.find(council.region, "x", at.date()) is None
    assert kind.finish is not None
    kind.finish(region=council.region, ref=thing.ref, by=budi, at=at, note="Selesai")
    assert list(kind.things(council.region, at.date())) == []


def _desk(account: Account, region: Region, at: datetime) -> list[str]:
    asked = Asked(account, region, frozenset(Power), at.date())
    return [str(line.title) for line in waiting(asked) if "dewan" in line.url]


def test_what_waits_for_a_person_here(
    council: Council, alya: Account, at: datetime
) -> None:
    makers.seat(council, at, "Alya", account=alya)
    makers.invited(council, at, title="Rapat kita")
    assert any("Rapat kita" in line for line in _desk(alya, council.region, at))
    later = at + timedelta(days=2)
    assert any("Rapat kita" in line for line in _desk(alya, council.region, later))
    makers.decision(council, at)
    month = at + timedelta(days=31)
    assert any("1 " in line for line in _desk(alya, council.region, month))


def test_each_warning_is_told_with_a_way_out(
    client: Client, council: Council, budi: Account, at: datetime
) -> None:
    region = council.region
    makers.body(
        region, at, name="Tim", kind="team", formed_on=at.date() - timedelta(91)
    )
    made = makers.decision(council, at - timedelta(days=40))
    makers.seat(council, at)
    expired = Paper(
        "mou", "MoU", "1", in_force_until=at.date() - timedelta(1), fixes=Fixes("other")
    )
    record_instrument(region=region, paper=expired, by=None, at=at)
    found = warned(region, on=at.date())
    assert {one.code for one in found} >= {
        "no_regulation", "silent", "never_met", "no_decree", "no_seats", "no_chair",
        "pillar_missing", "instrument_expired", "no_follow_up",
    }  # fmt: skip
    client.force_login(budi)
    for one in found:
        line = told(region, one)
        assert "%" not in line.sentence
        assert client.get(line.url).status_code == 200, line.url
    makers.task(made, at, makers.post(region))
    codes = {one.code for one in warned(region, on=at.date() + timedelta(60))}
    assert "no_follow_up" not in codes
    assert "task_late" in codes
    assert client.get(W).status_code == 200
    assert client.get(P).status_code == 200


# The second wall


def test_the_app_role_reads_personal_rows_only_where_opened(
    council: Council, at: datetime
) -> None:
    seat = makers.seat(council, at, email="rina@contoh.id")
    makers.one_of_each(council.region, at)
    tables = (Attendance, Summons, SeatContact)
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(f"SET LOCAL ROLE {APP_ROLE}")
        for model in tables:
            assert model._default_manager.count() == 0, model
        walls.open_region("62.01")
        for model in tables:
            assert model._default_manager.count() == 0, model
        walls.open_region("62.02")
        for model in tables:
            assert model._default_manager.count() > 0, model
        transaction.set_rollback(True)
    assert seat.pk
    assert Meeting.objects.exists()
    assert Decision.objects.exists()


def test_pages_work_for_the_app_role(
    client: Client, council: Council, at: datetime
) -> None:
    seat = makers.seat(council, at, "Rina Wati")
    makers.one_of_each(council.region, at - timedelta(days=1))
    held = Meeting.objects.get(state="held")
    approve_minutes(minutes=Minutes.objects.get(), by=None, at=at)
    meeting = makers.invited(council, at)
    summons = Summons.objects.get(meeting=meeting)
    answer = f"{P}rapat/jawab/{tokens.answer_token(summons)}/"
    attend = f"{P}rapat/{meeting.pk}/hadir/{tokens.attendance_token(meeting, at=at)}/"
    code = tokens.personal_code(meeting.pk, seat.pk)
    given = {"kursi": "1", "kursi-seat": seat.pk, "kursi-code": code}
    with time_machine.travel(at, tick=False), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {APP_ROLE}")
        assert client.post(answer, {"answer": "coming"}).status_code == 302
        assert client.post(attend, given).status_code == 200
        with connection.cursor() as cursor:  # the next request opens nothing by itself
            cursor.execute("SELECT set_config('app.region', '', true)")
        page = client.get(f"{P}rapat/{held.pk}/").content.decode()
        assert "Isi." in page
        for address in ("", "keputusan/", "instrumen/", "kalender.ics"):
            assert client.get(P + address).status_code == 200
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
    summons.refresh_from_db()
    assert summons.answer == "coming"
    assert Attendance.objects.filter(meeting=meeting, seat=seat).exists()
