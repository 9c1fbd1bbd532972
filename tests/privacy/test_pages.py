"""The pages: one's own data, the officer's work room, the public notice."""

import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.utils.timezone import now

from habaring.people.models import Account
from habaring.privacy import actions
from habaring.privacy.models import (
    Breach,
    Consent,
    DataRequest,
    ExportFile,
    Identity,
    Look,
    Purpose,
)
from habaring.regions.models import Region
from tests import makers
from tests.privacy.makers import NIK, member, protector

WORK = "/ruang-kerja/62.02/data-pribadi/"
OWN = "/data-saya/"


@pytest.fixture(autouse=True)
def _ring(settings: object, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    settings.PERSONAL_DATA_KEY = ""  # type: ignore[attr-defined]


@pytest.fixture
def dewi(kotim: Region) -> Account:
    return protector("Dewi", region=kotim)


def signed_in(person: Account) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def with_dewi(dewi: Account) -> Client:
    return signed_in(dewi)


@pytest.fixture
def with_alya(alya: Account) -> Client:
    return signed_in(alya)


def consented(alya: Account) -> None:
    purpose = Purpose.objects.in_force().get(code="identity")
    actions.give_consent(account=alya, purpose=purpose, at=now())


def carded(alya: Account, kotim: Region) -> Identity:
    consented(alya)
    return actions.record_identity(
        account=alya,
        region=kotim,
        card=actions.Card(NIK, "Alya"),
        by=alya,
        at=now(),
    )


@pytest.mark.parametrize("path", ["", "dilihat/", "perbaiki/", "identitas/", "minta/"])
def test_own_pages_are_for_who_is_signed_in(
    path: str, with_alya: Client, dewi: Account
) -> None:
    assert Client().get(OWN + path).status_code == 302
    answer = with_alya.get(OWN + path)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    ["", "baru/", "identitas/", "dilihat/", "retensi/", "insiden/", "insiden/baru/"],
)
def test_the_work_room_is_for_the_protection_officer(
    path: str, with_dewi: Client, with_alya: Client, citra: Account
) -> None:
    assert Client().get(WORK + path).status_code == 302
    assert with_alya.get(WORK + path).status_code == 403
    assert signed_in(citra).get(WORK + path).status_code == 403
    answer = with_dewi.get(WORK + path)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_the_notice_names_every_purpose_with_its_basis(kotim: Region) -> None:
    text = Client().get("/daerah/62.02/data-pribadi/").content.decode()
    for purpose in Purpose.objects.in_force():
        assert purpose.name_id in text
        assert purpose.legal_reference in text


def test_a_citizen_agrees_tells_the_nik_and_takes_it_back(
    with_alya: Client, alya: Account, kotim: Region, dewi: Account
) -> None:
    card = {"region": "62.02", "nik": NIK, "name_on_card": "Alya"}
    assert with_alya.post(f"{OWN}identitas/", card).status_code == 422
    assert with_alya.post(f"{OWN}persetujuan/identity/").status_code == 302
    assert with_alya.post(f"{OWN}identitas/", card).status_code == 302
    page = with_alya.get(OWN).content.decode()
    assert "6202**********01" in page
    assert NIK not in page
    with_alya.post(f"{OWN}persetujuan/identity/", {"withdraw": "1"})
    assert not Identity.objects.exists()
    assert Consent.objects.get().withdrawn_at is not None


def test_a_wrong_nik_is_told_beside_what_was_typed(
    with_alya: Client, alya: Account, dewi: Account
) -> None:
    consented(alya)
    answer = with_alya.post(
        f"{OWN}identitas/",
        {"region": "62.02", "nik": "6202063201900001", "name_on_card": "Alya"},
    )
    assert answer.status_code == 422
    assert "6202063201900001" in answer.content.decode()
    assert not Identity.objects.exists()


def test_a_copy_holds_all_and_is_for_its_person_for_a_day(
    with_alya: Client, alya: Account, kotim: Region, dewi: Account
) -> None:
    carded(alya, kotim)
    assert with_alya.post(f"{OWN}salinan/").status_code == 302
    row = ExportFile.objects.get()
    path = f"{OWN}salinan/{row.pk}/"
    answer = with_alya.get(path)
    assert answer["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        names = file.namelist()
        data = json.loads(file.read("data.json"))
        table = file.read("privacy.identity.csv").decode("utf-8-sig")
        page = file.read(next(name for name in names if name.endswith(".html")))
    assert NIK in table
    assert b"alya@contoh.id" in page
    held = {h["code"]: h["rows"] for p in data["purposes"] for h in p["holdings"]}
    assert held["people.account"][0]["email"] == "alya@contoh.id"
    assert held["privacy.identity"][0]["nik_whole"] == NIK
    assert signed_in(dewi).get(path).status_code == 404
    assert row.made_at is not None
    with time_machine.travel(row.made_at + timedelta(hours=24), tick=False):
        client = signed_in(alya)
        assert client.get(path).status_code == 404
    with time_machine.travel(row.made_at + timedelta(hours=23, minutes=59), tick=False):
        assert signed_in(alya).get(path).status_code == 200


def test_a_citizen_erases_everything_at_once(
    with_alya: Client, alya: Account, kotim: Region, dewi: Account
) -> None:
    carded(alya, kotim)
    assert with_alya.post(f"{OWN}hapus/", {}).status_code == 422
    answer = with_alya.post(f"{OWN}hapus/", {"sure": "on"})
    assert answer.status_code == 200
    alya.refresh_from_db()
    assert (alya.email, alya.phone, alya.full_name) == (None, None, "")
    assert alya.erased_at is not None
    assert not alya.is_active
    assert not Identity.objects.exists()
    assert DataRequest.objects.get().state == "done"
    assert with_alya.get(OWN).status_code == 302  # signed out
    with pytest.raises(Account.DoesNotExist):
        Account.objects.get_by_natural_key("alya@contoh.id")


def test_no_request_of_an_erased_person_waits(
    with_alya: Client, with_dewi: Client, alya: Account
) -> None:
    sent = {"region": "62.02", "kind": "see", "words": "Apa yang dicatat?"}
    with_alya.post(f"{OWN}minta/", sent)
    with_alya.post(f"{OWN}hapus/", {"sure": "on"})
    row = DataRequest.objects.get(kind="see")
    assert (row.state, row.wish) == ("cancelled", "")
    queue = with_dewi.get(WORK).content.decode()
    assert "Tidak ada yang menunggu jawaban." in queue
    register = with_dewi.get(f"{WORK}retensi/").content.decode()
    assert "Akun yang dihapus" in register


def test_a_request_travels_to_the_officer_and_back(
    with_alya: Client, with_dewi: Client, alya: Account
) -> None:
    sent = {"region": "62.02", "kind": "correct", "words": "Surel saya salah."}
    assert with_alya.post(f"{OWN}minta/", sent).status_code == 302
    assert with_alya.post(f"{OWN}minta/", sent).status_code == 422  # waits already
    row = DataRequest.objects.get()
    assert row.due_at - row.received_at == timedelta(hours=72)
    queue = with_dewi.get(WORK).content.decode()
    assert "A***" in queue
    assert "alya@contoh.id" not in queue
    one = f"{WORK}permintaan/{row.id}/"
    page = with_dewi.get(one).content.decode()
    assert "Surel saya salah." in page
    assert "alya@contoh.id" not in page
    assert with_dewi.post(one, {"state": "done", "answer": "ya"}).status_code == 422
    done = {"state": "done", "answer": "Surel sudah diperbaiki hari ini."}
    assert with_dewi.post(one, done).status_code == 302
    assert "Surel sudah diperbaiki" in with_alya.get(OWN).content.decode()
    assert with_dewi.post(one, done).status_code == 422  # answered once


def test_an_officer_looks_with_a_reason_and_the_person_reads_it(
    with_alya: Client, with_dewi: Client, alya: Account, kotim: Region
) -> None:
    row = carded(alya, kotim)
    found = with_dewi.post(f"{WORK}identitas/", {"nik": NIK}).content.decode()
    assert "6202**********01" in found
    assert found.count(NIK) == 1  # what the officer typed
    path = f"{WORK}lihat/identity/{row.id}/"
    assert NIK not in with_dewi.get(path).content.decode()
    asked = {"fields_wanted": ["nik"], "reason_code": "verify", "reason": "x"}
    assert with_dewi.post(path, asked).status_code == 422
    asked["reason"] = "Mencocokkan KTP di loket."
    assert NIK in with_dewi.post(path, asked).content.decode()
    page = with_alya.get(f"{OWN}dilihat/").content.decode()
    assert "Dewi" in page
    assert "Mencocokkan KTP di loket." in page
    assert Look.objects.count() == 1
    assert (
        "Mencocokkan KTP di loket." in with_dewi.get(f"{WORK}dilihat/").content.decode()
    )


def test_somebody_at_the_counter(with_dewi: Client, alya: Account) -> None:
    sent = {"reach": "Alya@Contoh.id ", "kind": "export", "proof": "KTP dilihat"}
    assert with_dewi.post(f"{WORK}baru/", {**sent, "reach": "a"}).status_code == 422
    assert with_dewi.post(f"{WORK}baru/", {**sent, "proof": "-"}).status_code == 422
    assert with_dewi.post(f"{WORK}baru/", sent).status_code == 302
    row = DataRequest.objects.get()
    assert row.account == alya
    assert row.entered_by is not None


def test_an_officer_of_a_post_cannot_erase_by_a_click(
    kotim: Region, dewi: Account
) -> None:
    eka = makers.account("Eka")
    member(eka, region=kotim)
    client = signed_in(eka)
    assert client.post(f"{OWN}hapus/", {"sure": "on"}).status_code == 422
    eka.refresh_from_db()
    assert eka.erased_at is None
    sent = {"region": "62.02", "kind": "erase", "words": ""}
    assert client.post(f"{OWN}minta/", sent).status_code == 302
    row = DataRequest.objects.get()
    answer = {"state": "done", "answer": "Data sudah dihapus seluruhnya."}
    path = f"{WORK}permintaan/{row.id}/"
    assert signed_in(dewi).get(path).status_code == 200
    assert signed_in(dewi).post(path, answer).status_code == 302
    eka.refresh_from_db()
    assert eka.erased_at is not None


def test_a_breach_is_recorded_told_and_closed(with_dewi: Client) -> None:
    first = {
        "title": "Berkas salah kirim",
        "discovered_at": (now() - timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M"),
        "what": "Daftar hadir terkirim ke alamat lain.",
        "data_kinds": "Nama",
        "people_count": "12",
        "cause": "",
        "measures": "Alamat penerima diminta menghapus.",
    }
    answer = with_dewi.post(f"{WORK}insiden/baru/", first)
    assert answer.status_code == 302
    row = Breach.objects.get()
    path = f"{WORK}insiden/{row.code}/"
    assert answer["Location"] == path
    assert with_dewi.get(path).status_code == 200
    at = now().astimezone().strftime("%Y-%m-%dT%H:%M")

    def step(kind: str) -> int:
        sent = {"step": kind, "happened_at": at, "text": "Sudah diberitahu."}
        with time_machine.travel(now() + timedelta(hours=15), tick=False):
            client = signed_in(Account.objects.get(full_name="Dewi"))
            return client.post(path, sent).status_code

    assert step("closed") == 422
    assert step("authority") == 302
    assert step("authority") == 422
    assert step("people") == 302
    assert step("closed") == 302
    assert step("note") == 422
    report = with_dewi.get(f"{path}laporan/").content.decode()
    assert "Berkas salah kirim" in report
    assert re.search(r"INS-\d{4}-001", report)
    assert with_dewi.get(f"{WORK}insiden/").status_code == 200


@pytest.mark.parametrize("language", ["id", "en"])
def test_pages_speak_both_languages(
    language: str, with_alya: Client, with_dewi: Client, alya: Account, kotim: Region
) -> None:
    carded(alya, kotim)
    for client, path in (
        (with_alya, OWN),
        (with_alya, f"{OWN}hapus/"),
        (with_alya, f"{OWN}identitas/"),
        (with_dewi, WORK),
        (with_dewi, f"{WORK}retensi/"),
    ):
        client.cookies["bahasa"] = language
        answer = client.get(path)
        assert f'lang="{language}"' in answer.content.decode()


def test_the_clock_at_the_very_hour(at: datetime) -> None:
    from habaring.privacy.queries import Clock

    due = at + timedelta(hours=72)
    assert not Clock(due, due).late
    assert Clock(due, due + timedelta(microseconds=1)).late
    assert Clock(due, at).hours == 72
    assert Clock(due, at).tone == "info"
    assert Clock(due, due - timedelta(hours=24)).tone == "warn"
    assert Clock(due, due + timedelta(days=9), due).tone == "good"
    assert Clock(due, due, due + timedelta(seconds=1)).tone == "bad"


def test_times_of_ones_own_data_are_local(with_alya: Client, alya: Account) -> None:
    Account.objects.update(joined_at=datetime(2026, 11, 1, 20, 0, tzinfo=UTC))
    page = with_alya.get(OWN).content.decode()
    assert re.search(r"\b2\s+November\s+2026,\s+03\.00", page)
