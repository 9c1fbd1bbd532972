"""Journeys through the pages: the office, the region, its mentor, and everybody."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate, now

from habaring.guidance import badges
from habaring.guidance.actions import attending, mentors, work
from habaring.guidance.actions.mentors import Guide
from habaring.guidance.models import (
    Assignment,
    Attendance,
    Cohort,
    Enrolment,
    Participant,
    Remark,
    Sitting,
    Standing,
)
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.writing import actions as writing
from habaring.writing import queries as texts
from tests import makers
from tests.guidance import makers as guidance

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
KEY = "buku-1.kecenderungan"
ROOM = "/ruang-kerja/62.02/belajar/"
OFFICE = "/ruang-kerja/angkatan/"


def as_(person: Account) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def planner(kotim: Region) -> Account:
    return makers.officer("Rina", region=kotim, role="planner")


@pytest.fixture
def sitting(kotim: Region) -> Sitting:
    at = now()
    return guidance.sitting(guidance.enrolled(kotim, at), at, first=localdate(at))


def sent(client: Client, path: str, **given: Any) -> Any:
    answer = client.post(path, given, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer.content.decode()


def test_a_cohort_from_its_call_to_its_regions(kotim: Region, planner: Account) -> None:
    ministry, region = as_(guidance.office()), as_(planner)
    on = localdate(now())
    weights = {
        "leadership": 30,
        "institutions": 20,
        "data": 20,
        "people": 20,
        "need": 10,
    }
    sent(
        ministry,
        f"{OFFICE}baru/",
        year=2031,
        seats=1,
        from_on=on - DAY,
        until_on=on + DAY,
        **{f"weight_{key}": value for key, value in weights.items()},
    )
    sent(ministry, f"{OFFICE}2031/langkah/buka/")
    text = sent(
        region,
        f"{ROOM}daftar/2031/",
        statement="Kami ingin layanan sampai ke desa di hulu.",
        meets_letter="on",
        meets_body="on",
        meets_budget="on",
    )
    assert "Permohonan terkirim" in text or "application is sent" in text
    assert (
        "layanan sampai ke desa"
        in ministry.get(f"{OFFICE}2031/daerah/62.02/").content.decode()
    )
    guidance.applied(makers.region("62.01"), Cohort.objects.get(year=2031), now())
    sent(
        ministry,
        f"{OFFICE}2031/daerah/62.02/",
        **{f"meets_{key}": "on" for key in ("letter", "body", "budget")},
        **{f"points_{key}": 4 for key in weights},
    )
    sent(ministry, f"{OFFICE}2031/langkah/tutup/")
    sent(ministry, f"{OFFICE}2031/langkah/pilih/")
    states = dict(Enrolment.objects.values_list("region_id", "state"))
    assert states == {"62.02": Standing.GUIDED, "62.01": Standing.RESERVE}
    public = Client().get("/nasional/angkatan/2031/").content.decode()
    assert "100,00" in public
    sent(
        ministry,
        f"{OFFICE}2031/daerah/62.02/putusan/keluar/",
        reason="Daerah mengundurkan diri.",
    )
    sent(
        ministry,
        f"{OFFICE}2031/daerah/62.01/putusan/masuk/",
        reason="Mengisi kursi yang kosong.",
    )
    assert (
        "Mengisi kursi yang kosong"
        in Client().get("/nasional/angkatan/2031/").content.decode()
    )


def test_points_are_public_only_once_the_regions_are_chosen(kotim: Region) -> None:
    row = guidance.call(now())
    guidance.applied(kotim, row, now(), leadership=1)
    text = Client().get(f"/nasional/angkatan/{row.year}/").content.decode()
    assert "Kabupaten Kotawaringin Timur" in text
    assert "Nilai" not in text.split("<h2", 2)[1].split("</table")[0].split("thead")[1]


@pytest.mark.parametrize(
    "path", ["", "baru/", "pendamping/", "2026/", "daerah.csv", "2026/ubah/"]
)
def test_the_office_is_for_the_ministry_alone(
    kotim: Region, planner: Account, path: str
) -> None:
    guidance.cohort(now())
    assert as_(planner).get(OFFICE + path).status_code == 403
    assert Client().get(OFFICE + path).status_code in (302, 401)
    assert as_(guidance.office()).get(OFFICE + path).status_code == 200


def test_work_goes_from_the_region_to_its_mentor_and_into_the_book(
    kotim: Region, planner: Account, sitting: Sitting
) -> None:
    person = makers.account("Mira")
    mentors.assign_mentor(
        region=kotim, guide=Guide("Mira", account=person), by=None, at=now()
    )
    region, mentor = as_(planner), as_(person)
    row = guidance.assignment(sitting)
    page = f"{ROOM}tugas/{row.pk}/"
    answer = region.post(f"{page}serahkan/", {"note": ""})
    assert answer.status_code == 422  # nothing is written
    guidance.written(kotim, KEY, "Satu.\n\nDua.", now())
    sent(region, f"{page}kerja/mulai/")
    sent(region, f"{page}serahkan/", note="Bab 2")
    assert mentor.get(f"{page}versi/1/").status_code == 200
    sent(
        mentor,
        f"{page}versi/1/",
        piece=f"section:{KEY}",
        paragraph=2,
        text="Sebutkan sumbernya.",
    )
    remark = Remark.objects.get()
    sent(mentor, f"{page}putusan/revisi/", reason="Sumbernya belum ada.")
    sent(region, f"{page}catatan/{remark.pk}/", text="Kami tambah sumbernya.")
    text = f"masterplan/section/{KEY}"  # since the remark it is written together
    second = texts.paragraphs(kotim, text)[1]
    writing.write(
        region=kotim,
        key=text,
        paragraph=second.id,
        text="Dua (BPS).",
        base=texts.whole(kotim, text).number,
        hand=writing.Hand(planner, now()),
    )
    sent(region, f"{page}serahkan/", note="")
    sent(mentor, f"{page}pendamping/periksa/")
    sent(mentor, f"{page}putusan/setujui/", reason="")
    sent(mentor, f"{page}pendamping/buku/")
    row.refresh_from_db()
    assert row.state == "booked"
    text = Client().get("/daerah/62.02/belajar/").content.decode()
    assert "masuk buku" in text
    assert "Sebutkan sumbernya" not in text


def test_a_mentor_reaches_only_the_regions_that_a_row_names(
    kotim: Region, sitting: Sitting
) -> None:
    stranger = makers.officer("Tamu", region=kotim, role="mentor")  # no row
    other = makers.account("Lain")
    mentors.assign_mentor(
        region=makers.region("62.01"),
        guide=Guide("Lain", account=other),
        by=None,
        at=now(),
    )
    row = guidance.assignment(sitting)
    deed = f"{ROOM}tugas/{row.pk}/putusan/setujui/"
    for person in (stranger, other):
        assert as_(person).get(deed).status_code == 403
        assert as_(person).post(deed, {"reason": ""}).status_code == 403
    assert as_(other).get(f"{ROOM}tugas/").status_code == 403


def test_a_region_does_not_judge_its_own_work(
    planner: Account, sitting: Sitting
) -> None:
    row = guidance.assignment(sitting)
    client = as_(planner)
    for path in ("putusan/setujui/", "tenggat/"):
        assert client.get(f"{ROOM}tugas/{row.pk}/{path}").status_code == 403
    assert client.get(f"{ROOM}tahap/{sitting.pk}/tutup/").status_code == 403


def test_another_region_sees_neither_people_nor_work(
    kotim: Region, sitting: Sitting, citra: Account
) -> None:
    guidance.guests(sitting, now(), 2)
    client = as_(citra)
    for path in (f"tahap/{sitting.pk}/peserta/", "tugas/", ""):
        assert client.get(ROOM + path).status_code == 403
    own = f"/ruang-kerja/62.01/belajar/tahap/{sitting.pk}/"
    assert client.get(own).status_code == 404


def test_the_public_reads_how_many_came_and_never_who(
    kotim: Region, sitting: Sitting
) -> None:
    guidance.guests(sitting, now(), 6)
    attending.tick(sitting=sitting, day=1, numbers=range(1, 7), by=None, at=now())
    text = Client().get(f"/daerah/62.02/belajar/tahap/{sitting.pk}/").content.decode()
    assert "6 orang hadir" in text
    assert "Peserta 1" not in text


def test_days_agenda_people_and_the_close_in_the_room(
    kotim: Region, planner: Account
) -> None:
    guidance.enrolled(kotim, now())
    client, on = as_(planner), localdate(now())
    sent(client, f"{ROOM}rencana/1/", starts_on=on, ends_on=on + DAY, place="Aula")
    row = Sitting.objects.get()
    page = f"{ROOM}tahap/{row.pk}/"
    sent(
        client,
        f"{page}acara/",
        agenda="1 | 08.00-09.30 | Pembukaan | Bupati\n2 | | Diskusi kelompok",
        speakers="Wing | Universitas | Kesiapan",
    )
    assert [one.title for one in row.agenda.all()] == ["Pembukaan", "Diskusi kelompok"]
    shown = client.get(f"{page}acara/").content.decode()
    assert "1 | 08.00-09.30 | Pembukaan | Bupati" in shown  # comes back unchanged
    bad = client.post(f"{page}acara/", {"agenda": "besok", "speakers": ""})
    assert bad.status_code == 422
    sent(client, f"{page}peserta/", name="Rudi", pillar="media", institution="Radio")
    sheet: Any = client.get(f"{page}peserta.csv")
    content = b"".join(sheet.streaming_content)
    again = client.post(f"{page}peserta/", {"file": _file(content)}, follow=True)
    assert again.status_code == 200
    assert Participant.objects.count() == 1
    sent(client, f"{page}hadir/?hari=1", number=["1"])
    assert Attendance.objects.get().how == "list"
    sent(client, f"{page}terlaksana/")
    ministry = as_(guidance.office())
    refused = ministry.post(f"{page}tutup/", {"reason": ""})
    assert refused.status_code == 422
    sent(ministry, f"{page}tutup/", reason="Banjir; dilanjutkan daring.")
    row.refresh_from_db()
    assert row.closed_despite
    assert (
        "Banjir"
        in Client().get(f"/daerah/62.02/belajar/tahap/{row.pk}/").content.decode()
    )


def _file(content: bytes) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("peserta.csv", content, "text/csv")


def test_the_desk_s_telephone_gets_numbers_and_no_names(
    planner: Account, sitting: Sitting
) -> None:
    guidance.guests(sitting, now(), 2)
    client = as_(planner)
    page = f"{ROOM}tahap/{sitting.pk}/meja/"
    assert client.get(page).status_code == 200
    worker = client.get(f"{page}pekerja.js")
    assert worker["Service-Worker-Allowed"] == page
    told = client.get(f"{page}keadaan/")
    assert "Peserta" not in told.content.decode()
    assert [one["number"] for one in told.json()["people"]] == [1, 2]


def test_the_telephone_s_queue_is_taken_once(
    planner: Account, sitting: Sitting
) -> None:
    guidance.guests(sitting, now(), 1)
    code = badges.badge(sitting.participants.get())
    body = json.dumps(
        {
            "scans": [
                {"content": code, "at": now().isoformat()},
                {"content": code, "at": now().isoformat()},
                {"content": "lain", "at": "bukan waktu"},
                "bukan baris",
            ]
        }
    )
    client = as_(planner)
    path = f"{ROOM}tahap/{sitting.pk}/meja/kirim/"
    found = client.post(path, body, content_type="application/json").json()["answers"]
    assert [one["outcome"] for one in found] == ["accepted", "again", "refused"]
    assert client.post(path, "x", content_type="application/json").json() == {
        "answers": []
    }
    assert Attendance.objects.get().how == "badge"


def test_badges_are_for_the_room(planner: Account, sitting: Sitting) -> None:
    guidance.guests(sitting, now(), 1)
    page = f"{ROOM}tahap/{sitting.pk}/lencana/"
    assert "qr-code" in as_(planner).get(page).content.decode()
    assert Client().get(page).status_code in (302, 401)


def test_the_country_is_read_filtered_and_taken_away(kotim: Region) -> None:
    guidance.enrolled(kotim, now())
    client = Client()
    for query in ("", "?q=kotim", "?keadaan=didampingi", "?tahun=2026", "?angkatan=x"):
        assert client.get(f"/nasional/{query}").status_code == 200
    text = client.get("/nasional/?keadaan=didampingi").content.decode()
    assert "Kotawaringin Timur" in text
    answer: Any = client.get("/nasional/daerah.csv?q=62.02")
    sheet = b"".join(answer.streaming_content)
    assert sheet.decode().count("62.02") == 1
    assert client.get("/nasional/daerah.pdf").status_code == 404
    part = client.get("/nasional/?q=timur", headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()


def test_the_office_names_and_ends_a_mentor(kotim: Region) -> None:
    person, ministry = makers.account("Mira"), as_(guidance.office())
    given = {
        "region": "62.02",
        "email": person.email,
        "name": "Mira",
        "since": localdate(now()),
    }
    sent(ministry, f"{OFFICE}pendamping/", **given)
    assert ministry.post(f"{OFFICE}pendamping/", given).status_code == 422  # twice
    unknown = {**given, "email": "siapa@contoh.id"}
    assert ministry.post(f"{OFFICE}pendamping/", unknown).status_code == 422
    row = kotim.mentorships.get()
    assert as_(person).get(ROOM).status_code == 200
    sent(ministry, f"{OFFICE}pendamping/{row.pk}/akhiri/")
    row.refresh_from_db()
    assert row.until == localdate(now())
    assert as_(person).get(ROOM).status_code == 403


def test_what_waits_stands_on_the_desk(
    kotim: Region, planner: Account, sitting: Sitting
) -> None:
    Assignment.objects.update(due_on=localdate(now()))
    text = as_(planner).get("/ruang-kerja/62.02/").content.decode()
    assert "Serahkan:" in text
    guidance.written(kotim, KEY, "Satu.", now())
    work.hand_in(assignment=guidance.assignment(sitting), by=planner, at=now())
    person = makers.account("Mira")
    mentors.assign_mentor(
        region=kotim, guide=Guide("Mira", account=person), by=None, at=now()
    )
    text = as_(person).get("/ruang-kerja/62.02/").content.decode()
    assert "Baca:" in text


def test_a_province_has_no_guidance_of_its_own(kotim: Region) -> None:
    assert Client().get("/daerah/62/belajar/").status_code == 404
    officer = makers.officer("Prov", region=makers.region("62"), role="planner")
    assert as_(officer).get("/ruang-kerja/62/belajar/").status_code == 200


def test_every_page_of_the_room_stands_in_english_too(
    kotim: Region, planner: Account, sitting: Sitting
) -> None:
    client = as_(planner)
    client.cookies["bahasa"] = "en"
    for name, args in (("desk", []), ("assignments", []), ("sitting", [sitting.pk])):
        path = reverse(f"guidance-work:{name}", args=["62.02", *args])
        assert client.get(path).status_code == 200
