"""A meeting from its agenda to its minutes, with attendance by QR code and quorum."""

from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
import time_machine
from django.core import mail
from django.test import Client, TestCase

from habaring.council import tokens
from habaring.council.actions import attendance as came
from habaring.council.actions import meetings as verbs
from habaring.council.actions import minutes as written
from habaring.council.actions.rules import (
    AttendanceRefused,
    DecisionRefused,
    MeetingRefused,
    MinutesRefused,
)
from habaring.council.models import (
    Attendance,
    Council,
    Decision,
    Meeting,
    Minutes,
    Summons,
)
from habaring.council.queries import over, quorum_of, upcoming
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.limits import TooMany
from tests.council import makers

W = "/ruang-kerja/62.02/dewan/"
P = "/daerah/62.02/dewan/"


@pytest.fixture
def council(kotim: Region, at: datetime) -> Council:
    return makers.body(kotim, at)


def arrive(meeting: Meeting, at: datetime, **more: Any) -> Attendance:
    arrival = came.Arrival(**({"way": "hand"} | more))
    return came.attend(meeting=meeting, arrival=arrival, by=None, at=at)[0]


def held(council: Council, at: datetime) -> Meeting:
    """A meeting to which the only seat came, closed two hours later."""
    seat = council.seats.first() or makers.seat(council, at)
    meeting = makers.meeting(council, at)
    arrive(meeting, at, seat=seat)
    return verbs.close_meeting(meeting=meeting, by=None, at=at + timedelta(hours=2))


# Planning and inviting


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"place": " "},
        {"ends_at": datetime(2026, 11, 2, 4, tzinfo=UTC)},
    ],
)
def test_a_meeting_that_cannot_be_is_refused(
    council: Council, at: datetime, wrong: dict[str, Any]
) -> None:
    with pytest.raises(MeetingRefused):
        makers.meeting(council, at, **wrong)


def test_nobody_is_invited_without_an_agenda_a_seat_or_in_the_past(
    council: Council, at: datetime
) -> None:
    meeting = makers.meeting(council, at)
    early = at - timedelta(days=7)
    with pytest.raises(MeetingRefused):  # no seat
        verbs.invite(meeting=meeting, by=None, at=early, links=makers.no_link)
    makers.seat(council, at)
    with pytest.raises(MeetingRefused):  # over
        verbs.invite(
            meeting=meeting, by=None, at=at + timedelta(days=1), links=makers.no_link
        )
    meeting.agenda.all().delete()
    with pytest.raises(MeetingRefused):  # no agenda
        verbs.invite(meeting=meeting, by=None, at=early, links=makers.no_link)
    assert not Summons.objects.exists()


def test_an_invitation_has_a_link_a_code_and_a_calendar_entry(
    council: Council, alya: Account, at: datetime
) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        makers.seat(council, at, "Alya", account=alya)
        rina = makers.seat(council, at, "Rina", email="rina@contoh.id")
        makers.seat(council, at, "Tanpa Surat")
        meeting = makers.invited(council, at)
    assert {letter.to[0] for letter in mail.outbox} == {
        "alya@contoh.id",
        "rina@contoh.id",
    }
    letter = next(one for one in mail.outbox if one.to == ["rina@contoh.id"])
    assert tokens.personal_code(meeting.pk, rina.pk) in letter.body
    assert "https://contoh.id/jawab/" in letter.body
    name, content, kind = letter.attachments[0]
    assert (name, kind) == ("rapat.ics", "text/calendar")
    read = icalendar.Calendar.from_ical(content)
    assert str(meeting.uid) in str(read.walk("VEVENT")[0]["UID"])
    assert Summons.objects.filter(mailed=True).count() == 2


def test_a_second_invitation_reaches_only_who_is_new(
    council: Council, at: datetime
) -> None:
    makers.seat(council, at)
    meeting = makers.invited(council, at)
    makers.seat(council, at, "Baru")
    again = verbs.invite(
        meeting=meeting, by=None, at=at - timedelta(1), links=makers.no_link
    )
    assert again == 1


def test_a_change_and_a_cancellation_are_told(
    council: Council, budi: Account, at: datetime
) -> None:
    makers.seat(council, at, email="rina@contoh.id")
    meeting = makers.invited(council, at)
    later = at + timedelta(hours=1)
    plan = verbs.Plan("Rapat", later, later + timedelta(hours=1), place="Aula lain")
    with TestCase.captureOnCommitCallbacks(execute=True):
        row = verbs.change_meeting(
            meeting=meeting, plan=plan, by=budi, at=at, links=makers.no_link
        )
    assert row.sequence == 1
    assert "Berubah" in mail.outbox[-1].subject
    with pytest.raises(MeetingRefused):
        verbs.cancel_meeting(
            meeting=meeting, reason=" ", by=budi, at=at, links=makers.no_link
        )
    with TestCase.captureOnCommitCallbacks(execute=True):
        verbs.cancel_meeting(
            meeting=meeting, reason="Banjir", by=budi, at=at, links=makers.no_link
        )
    assert "Banjir" in mail.outbox[-1].body
    with pytest.raises(MeetingRefused):
        verbs.close_meeting(meeting=meeting, by=budi, at=later)


def test_a_seat_answers_without_signing_in(
    client: Client, council: Council, at: datetime
) -> None:
    makers.seat(council, at)
    makers.invited(council, at)
    row = Summons.objects.get()
    to = f"{P}rapat/jawab/{tokens.answer_token(row)}/"
    with time_machine.travel(at - timedelta(days=1), tick=False):
        page = client.get(to)
        assert page.status_code == 200
        assert (
            "no-store" in page["Cache-Control"] or "no-cache" in page["Cache-Control"]
        )
        assert (
            tokens.personal_code(row.meeting_id, row.seat_id) in page.content.decode()
        )
        nameless = client.post(to, {"answer": "substitute", "note": "Maaf"})
        assert nameless.status_code == 422
        assert 'value="Maaf"' in nameless.content.decode()
        client.post(to, {"answer": "substitute", "substitute_name": "Wira"})
        row.refresh_from_db()
        assert (row.answer, row.substitute_name) == ("substitute", "Wira")
        client.post(to, {"answer": "coming", "substitute_name": "Wira"})
        row.refresh_from_db()
        assert (row.answer, row.substitute_name) == ("coming", "")
        assert client.get(to + "?unduh=ics")["Content-Type"].startswith("text/calendar")
    with time_machine.travel(at + timedelta(days=1), tick=False):
        assert client.post(to, {"answer": "not_coming"}).status_code == 422
    assert client.get(f"{P}rapat/jawab/62.02-{row.pk}.palsu/").status_code == 404
    other = to.replace("62.02/dewan", "62.01/dewan")
    assert client.get(other).status_code == 404


# Attendance


def qr(meeting: Meeting, at: datetime) -> str:
    return f"{P}rapat/{meeting.pk}/hadir/{tokens.attendance_token(meeting, at=at)}/"


def test_the_qr_code_opens_only_around_the_meeting(
    council: Council, at: datetime
) -> None:
    makers.seat(council, at)
    meeting = makers.invited(council, at)
    token = tokens.attendance_token(meeting, at=at)
    minute = timedelta(minutes=1)
    hour = timedelta(hours=1)

    def closed(moment: datetime) -> str:
        return tokens.attendance_closed(meeting, token, at=moment)

    assert closed(at - hour) == ""
    assert closed(at - hour - minute) == "early"
    assert closed(at + 3 * hour) == ""
    assert closed(at + 3 * hour + minute) == "late"
    assert tokens.attendance_closed(meeting, token + "x", at=at) == "false"
    other = makers.invited(council, at, title="Lain")
    assert tokens.attendance_closed(other, token, at=at) == "false"
    meeting.state = "held"
    assert closed(at) == "state"


def test_a_changing_qr_code_grows_old(council: Council, at: datetime) -> None:
    makers.seat(council, at)
    meeting = makers.invited(council, at, qr_minutes=5)
    token = tokens.attendance_token(meeting, at=at)
    assert token != tokens.attendance_token(meeting, at=at + timedelta(minutes=5))
    for minutes, closed in ((14, ""), (15, ""), (16, "stale")):
        moment = at + timedelta(minutes=minutes)
        assert tokens.attendance_closed(meeting, token, at=moment) == closed


def test_a_seat_comes_by_its_code_and_only_once(
    client: Client, council: Council, at: datetime
) -> None:
    seat = makers.seat(council, at)
    meeting = makers.invited(council, at)
    given = {"kursi": "1", "kursi-seat": seat.pk, "kursi-code": "000000"}
    right = given | {"kursi-code": tokens.personal_code(meeting.pk, seat.pk)}
    with time_machine.travel(at, tick=False):
        to = qr(meeting, at)
        assert client.get(to).status_code == 200
        assert client.post(to, given).status_code == 422
        assert client.post(to, right).status_code == 200
        assert client.post(to, right).status_code == 200
    made = Attendance.objects.get()
    assert (made.seat, made.way, made.pillar) == (seat, "code", "academia")


@pytest.mark.django_db(transaction=True)
def test_a_code_is_not_guessed(kotim: Region, at: datetime) -> None:
    council = makers.body(kotim, at)
    seat = makers.seat(council, at)
    meeting = makers.meeting(council, at)
    right = tokens.personal_code(meeting.pk, seat.pk)
    wrong = "000000" if right != "000000" else "111111"
    for _guess in range(came.GUESSES):
        with pytest.raises(AttendanceRefused):
            came.open_by_code(meeting=meeting, seat=seat, code=wrong, at=at)
    with pytest.raises(TooMany):
        came.open_by_code(meeting=meeting, seat=seat, code=right, at=at)


def test_the_signed_in_holder_of_a_seat_and_a_guest_come_too(
    client: Client, council: Council, alya: Account, at: datetime
) -> None:
    makers.seat(council, at, "Alya", account=alya)
    meeting = makers.invited(council, at)
    with time_machine.travel(at, tick=False):
        to = qr(meeting, at)
        guest = {"tamu": "1", "tamu-name": "Wira", "tamu-pillar": "media"}
        assert client.post(to, guest | {"tamu-name": ""}).status_code == 422
        client.post(to, guest)
        client.post(to, guest | {"tamu-name": " wira "})
        assert client.post(to, {"akun": "1"}).status_code == 200  # nobody is signed in
        assert Attendance.objects.count() == 1
        client.force_login(alya)
        client.post(to, {"akun": "1"})
    assert {(a.way, a.name) for a in Attendance.objects.all()} == {
        ("guest", "Wira"),
        ("account", "Alya"),
    }


def test_a_closed_attendance_says_why(
    client: Client, council: Council, at: datetime
) -> None:
    makers.seat(council, at)
    meeting = makers.invited(council, at)
    with time_machine.travel(at - timedelta(days=1), tick=False):
        assert client.get(qr(meeting, at)).status_code == 403
        assert client.get(f"{P}rapat/{meeting.pk}/hadir/palsu/").status_code == 403
    assert not Attendance.objects.exists()


def test_a_substitute_counts_for_the_seat_until_its_holder_comes(
    council: Council, at: datetime
) -> None:
    seat = makers.seat(council, at)
    meeting = makers.meeting(council, at)
    first = arrive(meeting, at, seat=seat, substitute="Wira")
    assert (first.name, first.substitute) == ("Wira", True)
    assert quorum_of(meeting).substitutes == 1
    arrive(meeting, at, seat=seat)
    found = Attendance.objects.get()
    assert (found.name, found.substitute) == ("Rina", False)


def test_the_named_substitute_comes_with_the_code_of_the_seat(
    council: Council, at: datetime
) -> None:
    seat = makers.seat(council, at)
    meeting = makers.invited(council, at)
    reply = verbs.Reply("substitute", "Wira")
    verbs.answer_summons(summons=Summons.objects.get(), reply=reply, at=at)
    assert arrive(meeting, at, seat=seat, way="code").name == "Wira"


def test_attendance_is_refused_too_early_for_a_stranger_and_after_the_minutes(
    council: Council, kotim: Region, at: datetime
) -> None:
    seat = makers.seat(council, at)
    meeting = makers.meeting(council, at)
    with pytest.raises(AttendanceRefused):
        arrive(meeting, at - timedelta(hours=2), seat=seat)
    other = makers.body(kotim, at, name="Forum", kind="forum")
    with pytest.raises(AttendanceRefused):
        arrive(meeting, at, seat=makers.seat(other, at, "Lain"))
    with pytest.raises(AttendanceRefused):
        arrive(meeting, at, name=" ", pillar="media")
    Meeting.objects.filter(pk=meeting.pk).update(state="approved")
    with pytest.raises(AttendanceRefused):
        arrive(meeting, at, seat=seat)


def test_a_name_is_struck_off_with_a_reason(
    council: Council, budi: Account, at: datetime
) -> None:
    seat = makers.seat(council, at)
    meeting = makers.meeting(council, at)
    row = arrive(meeting, at, seat=seat)
    with pytest.raises(AttendanceRefused):
        came.strike(attendance=row, reason="", by=budi, at=at)
    came.strike(attendance=row, reason="Salah orang", by=budi, at=at)
    assert not Attendance.objects.exists()


# Closing, quorum, decisions


def test_a_meeting_is_closed_with_its_numbers(council: Council, at: datetime) -> None:
    makers.seats(council, at, 3)
    meeting = makers.meeting(council, at)
    with pytest.raises(MeetingRefused):  # not begun
        verbs.close_meeting(meeting=meeting, by=None, at=at - timedelta(minutes=1))
    with pytest.raises(MeetingRefused):  # nobody came
        verbs.close_meeting(meeting=meeting, by=None, at=at)
    for seat in council.seats.all()[:2]:
        arrive(meeting, at, seat=seat)
    arrive(meeting, at, name="Wira", pillar="media")
    row = verbs.close_meeting(meeting=meeting, by=None, at=at)
    assert row.record["pillars"] == {"academia": 2, "media": 1}
    assert row.record["quorum"]["reached"] is True
    assert "Wira" not in str(row.record)


def test_a_meeting_closed_early_is_no_longer_to_come(
    council: Council, at: datetime
) -> None:
    seat = makers.seat(council, at)
    meeting = makers.invited(council, at)
    rows, during = Meeting.objects.all(), meeting.starts_at + timedelta(minutes=1)
    assert upcoming(rows, at=during).get() == meeting
    assert not over(rows, at=during).exists()
    arrive(meeting, during, seat=seat)
    verbs.close_meeting(meeting=meeting, by=None, at=during)
    assert not upcoming(rows, at=during).exists()
    assert over(rows, at=during).get() == meeting


def test_without_a_quorum_nothing_is_decided(council: Council, at: datetime) -> None:
    seats = makers.seats(council, at, 4)
    meeting = makers.invited(council, at)
    for seat in seats[:2]:
        arrive(meeting, at, seat=seat)
    with pytest.raises(DecisionRefused, match=r"kuorum|quorum"):
        makers.decision(council, at, meeting=meeting)
    arrive(meeting, at, seat=seats[2])
    assert makers.decision(council, at, meeting=meeting).without_quorum is False


def test_a_decree_may_let_it_decide_and_the_decision_is_marked(
    client: Client, kotim: Region, at: datetime
) -> None:
    council = makers.body(kotim, at, decides_without_quorum=True)
    seats = makers.seats(council, at, 4)
    meeting = makers.invited(council, at)
    arrive(meeting, at, seat=seats[0])
    made = makers.decision(council, at, meeting=meeting)
    assert made.without_quorum
    page = client.get(f"{P}keputusan/{made.pk}/?bahasa=en").content.decode()
    assert "Decided without a quorum" in page


def test_a_decision_belongs_to_the_meeting_of_its_body_and_day(
    council: Council, kotim: Region, at: datetime
) -> None:
    seat = makers.seat(council, at)
    meeting = makers.invited(council, at)
    arrive(meeting, at, seat=seat)
    other = makers.body(kotim, at, name="Forum", kind="forum")
    with pytest.raises(DecisionRefused):
        makers.decision(other, at, meeting=meeting)
    with pytest.raises(DecisionRefused):
        makers.decision(
            council, at, meeting=meeting, decided_on=at.date() - timedelta(1)
        )
    verbs.cancel_meeting(
        meeting=meeting, reason="Batal", by=None, at=at, links=makers.no_link
    )
    meeting.refresh_from_db()
    with pytest.raises(DecisionRefused):
        makers.decision(council, at, meeting=meeting)
    assert not Decision.objects.exists()


# Minutes


def test_minutes_are_written_approved_and_corrected(
    client: Client, council: Council, at: datetime
) -> None:
    meeting = held(council, at)
    page = f"{P}rapat/{meeting.pk}/?bahasa=en"
    with pytest.raises(MinutesRefused):
        written.write_minutes(meeting=meeting, text="  ", by=None, at=at)
    first = written.write_minutes(meeting=meeting, text="Isi lama.", by=None, at=at)
    with pytest.raises(MinutesRefused):
        written.write_minutes(meeting=meeting, text="Isi lama.", by=None, at=at)
    assert "Isi lama" not in client.get(page).content.decode()
    second = written.write_minutes(meeting=meeting, text="Isi baru.", by=None, at=at)
    with pytest.raises(MinutesRefused):
        written.approve_minutes(minutes=first, by=None, at=at)
    written.approve_minutes(minutes=second, by=None, at=at)
    assert "Isi baru." in client.get(page).content.decode()
    with pytest.raises(MinutesRefused):  # a correction says why
        written.write_minutes(meeting=meeting, text="Isi betul.", by=None, at=at)
    third = written.write_minutes(
        meeting=meeting, text="Isi betul.", by=None, at=at, reason="Salah angka"
    )
    assert "Isi betul." not in client.get(page).content.decode()
    written.approve_minutes(minutes=third, by=None, at=at)
    shown = client.get(page).content.decode()
    assert "Isi betul." in shown
    assert "Isi baru." in shown
    assert "Isi lama." not in shown
    assert Minutes.objects.count() == 3


def test_a_later_meeting_of_the_body_approves(council: Council, at: datetime) -> None:
    meeting = held(council, at)
    made = written.write_minutes(meeting=meeting, text="Isi.", by=None, at=at)
    later = held(council, at + timedelta(days=7))
    with pytest.raises(MinutesRefused):
        written.approve_minutes(minutes=made, by=None, at=at, later=meeting)
    approval = written.approve_minutes(minutes=made, by=None, at=at, later=later)
    assert approval.meeting == later


def test_minutes_wait_for_the_meeting(council: Council, at: datetime) -> None:
    meeting = makers.meeting(council, at)
    with pytest.raises(MinutesRefused):
        written.write_minutes(meeting=meeting, text="Isi.", by=None, at=at)


# Pages


def test_a_meeting_from_plan_to_minutes_on_its_pages(
    client: Client, council: Council, budi: Account, at: datetime
) -> None:
    seat = makers.seat(council, at)
    makers.post(council.region)
    client.force_login(budi)
    plan = {
        "title": "Rapat Dewan",
        "on": "2026-11-02",
        "starts": "12:00",
        "ends": "14:00",
        "place": "Aula",
        "public": "on",
        "qr_minutes": "5",
    }
    with time_machine.travel(at - timedelta(days=3), tick=False):
        client.force_login(budi)
        new = f"{W}rapat/baru/?badan={council.pk}"
        assert client.get(W + "rapat/baru/").status_code == 200
        assert client.post(new, plan | {"ends": "11:00"}).status_code == 422
        client.post(new, plan)
        meeting = Meeting.objects.get()
        assert meeting.starts_at == at
        base = f"{W}rapat/{meeting.pk}/"
        client.post(base + "undang/")
        assert Meeting.objects.get().state == "draft"  # no agenda yet
        client.post(base + "acara/", {"title": "Rencana", "minutes": "30"})
        client.post(base + "acara/", {"title": "Salah"})
        client.post(f"{W}rapat/acara/{meeting.agenda.last().pk}/hapus/")  # type: ignore[union-attr]
        assert meeting.agenda.count() == 1
        client.post(base + "undang/")
        client.post(base + "ubah/", plan | {"place": "Aula Baru"})
    with time_machine.travel(at + timedelta(minutes=30), tick=False):
        client.force_login(budi)
        shown = client.get(base + "qr/")
        assert b"<svg" in shown.content
        assert b" style=" not in shown.content
        client.post(base + "hadir/", {"seat": seat.pk, "note": "Daftar kertas"})
        assert client.post(base + "hadir/", {"name": "Wira"}).status_code == 422
        client.post(base + "hadir/", {"name": "Wira", "pillar": "media"})
        guest = Attendance.objects.get(seat=None)
        client.post(f"{W}rapat/hadir/{guest.pk}/coret/", {"reason": "Salah"})
        assert Attendance.objects.count() == 1
        client.post(base + "tutup/")
        client.post(base + "notulen/", {"text": "Disepakati rencana."})
        row = Minutes.objects.get()
        client.post(f"{W}rapat/notulen/{row.pk}/sahkan/", {})
        assert Meeting.objects.get().state == "approved"
        for language in ("id", "en"):
            for part in ("", "hadir/", "daftar/", "notulen/", "qr/", "tugas/"):
                assert client.get(f"{base}{part}?bahasa={language}").status_code == 200
            for address in (W + "rapat/", f"{W}keputusan/baru/?rapat={meeting.pk}"):
                assert client.get(f"{address}?bahasa={language}").status_code == 200
    client.logout()
    page = client.get(f"{P}rapat/{meeting.pk}/").content.decode()
    assert "Disepakati rencana." in page
    assert "Rina" not in page


def test_the_public_page_names_nobody_who_came(
    client: Client, council: Council, at: datetime
) -> None:
    meeting = held(council, at)
    page = client.get(f"{P}rapat/{meeting.pk}/?bahasa=en").content.decode()
    assert "Rina" not in page
    assert "One person came" in page
    draft = makers.meeting(council, at, title="Belum")
    hidden = makers.invited(council, at, title="Tertutup", public=False)
    for row in (draft, hidden):
        assert client.get(f"{P}rapat/{row.pk}/").status_code == 404
    assert b"Tertutup" not in client.get(P + "kalender.ics").content


def test_strangers_record_no_meeting(
    client: Client, council: Council, alya: Account, citra: Account, at: datetime
) -> None:
    meeting = held(council, at)
    row = written.write_minutes(meeting=meeting, text="Isi.", by=None, at=at)
    present = Attendance.objects.get()
    addresses = [
        f"rapat/{meeting.pk}/{part}"
        for part in ("ubah/", "acara/", "undang/", "batalkan/", "tutup/", "hadir/",
                     "notulen/", "tugas/")
    ]  # fmt: skip
    addresses += [
        f"rapat/notulen/{row.pk}/sahkan/",
        f"rapat/hadir/{present.pk}/coret/",
        f"rapat/baru/?badan={council.pk}",
    ]
    for person in (alya, citra):
        client.force_login(person)
        for address in addresses:
            assert client.post(W + address, {}).status_code == 403, address
        for part in ("", "hadir/", "qr/", "daftar/"):
            assert client.get(f"{W}rapat/{meeting.pk}/{part}").status_code == 403
