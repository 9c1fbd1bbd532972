"""The evaluation as people play it: ministry, region, two assessors, everybody."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now

from habaring.evaluation.actions import rounds
from habaring.evaluation.models import (
    Answer,
    Award,
    Entry,
    Finding,
    Mark,
    Reading,
    Result,
    Round,
)
from tests import makers as people
from tests.council.makers import post
from tests.evaluation import makers
from tests.evidence.makers import PDF, evidence

if TYPE_CHECKING:
    from habaring.people.models import Account
    from habaring.regions.models import Region

OFFICE = "/ruang-kerja/evaluasi/"
ROOM = "/ruang-kerja/62.02/evaluasi/"
VAULT = "/ruang-kerja/62.02/bukti/"


def signed_in(account: "Account") -> Client:
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def office(db: None) -> Client:
    return signed_in(people.officer("Wati", region=None, role="programme_office"))


@pytest.fixture
def one(kotim: "Region") -> Entry:
    """An entry that is being read, of today."""
    at = now()
    found = makers.submitted(makers.round_(at), kotim, at)
    rounds.begin_reading(by=None, at=at, round=found.round)
    return found


def told(client: Client, path: str, data: dict[str, object] | None = None) -> str:
    answer = client.get(path) if data is None else client.post(path, data, follow=True)
    assert answer.status_code == 200, (path, answer.status_code)
    streamed = getattr(answer, "streaming_content", None)
    content = answer.content if streamed is None else b"".join(streamed)
    return str(content.decode(errors="replace"))


def test_the_ministry_plans_a_round_and_invites(
    office: Client, kotim: "Region", budi: "Account"
) -> None:
    told(office, f"{OFFICE}instrumen/paket/", {})
    today = date.today()  # noqa: DTZ011 - as the page's clock does
    from habaring.evaluation.models import Instrument

    chosen = Instrument.objects.get(code="habaring-2026")
    assert "Bukti" not in told(office, f"{OFFICE}instrumen/{chosen.pk}/")[:200]
    days = dict.fromkeys(("opens_on", "answers_until", "readings_until"), str(today))
    told(
        office,
        f"{OFFICE}baru/",
        {
            "year": today.year,
            "stage": 1,
            "instrument": chosen.pk,
            "name_id": "Evaluasi Uji",
            "appeal_days": 14,
            **days,
        },
    )
    row = Round.objects.get()
    assert row.awards.count() == 7
    at = f"{OFFICE}{row.pk}/"
    told(office, f"{at}langkah/buka/", {})
    assert "99.99" in office.post(f"{at}undang/", {"regions": "99.99"}).content.decode()
    assert "1 daerah diundang" in told(office, f"{at}undang/", {"regions": "62.02"})
    told(office, f"{at}daerah.csv")
    told(office, f"{at}hari/")
    told(office, f"{at}penghargaan/baru/")
    wrong = office.post(f"{at}langkah/baca/")
    assert wrong.status_code == 422
    assert "Belum ada daerah yang menyerahkan" in wrong.content.decode()
    room = told(signed_in(budi), ROOM)
    assert "0 dari 39 dijawab" in room


def test_a_region_answers_with_evidence_and_hands_in(
    kotim: "Region", budi: "Account"
) -> None:
    at = now()
    entry = makers.entry(makers.round_(at), kotim, at)
    client = signed_in(budi)
    path = f"{ROOM}{entry.pk}/"
    refused = client.post(f"{path}kirim/")
    assert refused.status_code == 422
    assert "4 butir belum dijawab" in refused.content.decode()
    for code in ("O2", "I1", "I2"):
        told(client, f"{path}butir/{code}/", {"level": "0", "note": ""})
    page = told(client, f"{path}butir/O1/", {"level": "3", "note": "Perbup 5/2022"})
    assert "tanpa bukti" in page
    answer = Answer.objects.get(question="O1")
    told(
        client,
        f"{VAULT}baru/",
        {
            "file": SimpleUploadedFile("perbup.pdf", PDF, "application/pdf"),
            "title": "Perbup 5/2022",
            "kind": "regulation",
            "year": 2022,
            "untuk": f"evaluation:{answer.pk}",
            "label": "O1",
            "kembali": f"{path}butir/O1/",
        },
    )
    assert "bukti menunggu putusan" in told(client, f"{path}butir/O1/")
    other = evidence(kotim, None, at, title="SK")
    told(client, f"{path}butir/O1/tautkan/", {"evidence": other.pk})
    assert "Diserahkan" in told(client, f"{path}kirim/", {})
    assert "4 dari 4 jawaban dihitung" in told(client, path)
    told(client, f"{path}lembar.xlsx")
    told(client, f"{path}ambil/", {})
    assert Entry.objects.get().state == "answering"


def test_a_conflicted_a_blind_and_a_diverging_assessor(
    office: Client, one: Entry, at: datetime
) -> None:
    near = makers.assessor("Nina", at, home="62.71")
    eko, fani, gita = (makers.assessor(name, at) for name in ("Eko", "Fani", "Gita"))
    path = f"{OFFICE}{one.round_id}/daerah/{one.pk}/"
    assert "Tinggal atau bekerja di provinsi yang sama" in told(office, path)
    refused = office.post(f"{path}minta/", {"assessor": near.pk})
    assert refused.status_code == 422
    assert "provinsi yang sama" in refused.content.decode()
    for account in (eko, fani):
        told(office, f"{path}minta/", {"assessor": account.pk})
    _reads(eko, "4")
    page = _reads(fani, "1")
    assert "Eko" not in page
    assert "4,00" not in page
    assert "perlu asesor ketiga" in told(office, path)
    wrong = office.post(f"{OFFICE}{one.round_id}/langkah/umumkan/")
    assert wrong.status_code == 422
    told(office, f"{path}minta/", {"assessor": gita.pk})
    _reads(gita, "3")
    told(office, f"{OFFICE}{one.round_id}/langkah/umumkan/", {})
    assert Result.objects.get().index == 3
    assert "terlalu sedikit" in told(office, f"{OFFICE}asesor/")
    told(office, f"{OFFICE}asesor/?putaran={one.round_id}&q=Eko")


def _reads(account: "Account", level: str) -> str:
    """Declares, marks, remarks and hands in by the pages."""
    client = signed_in(account)
    mine = Reading.objects.get(assessor=account)
    path = f"{ROOM}menilai/{mine.pk}/"
    assert "Kotawaringin Timur" in told(client, f"{OFFICE}bacaan/")
    told(client, path)
    told(client, f"{path}nyatakan/", {"kind": "", "note": ""})
    told(client, f"{path}catat/", {"kind": "weakness", "question": "O1", "text": "Uji"})
    page = told(client, path)
    levels = {f"level-{code}": level for code in makers.QUESTIONS}
    told(client, f"{path}nilai/", {**levels, "hand_in": "1"})
    return page


def test_an_assessor_cannot_open_the_reading_of_another(
    one: Entry, at: datetime
) -> None:
    eko, fani = makers.assessor("Eko", at), makers.assessor("Fani", at)
    theirs = makers.read(one, eko, at)
    makers.assigned(one, fani, at)
    client = signed_in(fani)
    assert client.get(f"{ROOM}menilai/{theirs.pk}/").status_code == 404
    path = f"{ROOM}menilai/{theirs.pk}/nilai/"
    assert client.post(path, {"level-O1": "0"}).status_code == 404
    for page in (ROOM, f"{ROOM}{one.pk}/", f"{OFFICE}bacaan/"):
        assert "Eko" not in told(client, page)
    assert client.get(OFFICE).status_code == 403


def test_who_declares_a_tie_is_led_away(one: Entry, at: datetime) -> None:
    eko = makers.assessor("Eko", at)
    mine = makers.assigned(one, eko, at)
    client = signed_in(eko)
    page = told(
        client, f"{ROOM}menilai/{mine.pk}/nyatakan/", {"kind": "family", "note": ""}
    )
    assert "benturan kepentingan" in page
    assert client.get(f"{ROOM}menilai/{mine.pk}/").status_code == 403


def test_result_appeal_publication_and_what_everybody_reads(
    office: Client, one: Entry, budi: "Account", kotim: "Region", at: datetime
) -> None:
    makers.read(one, makers.assessor("Eko", at), at, "3")
    makers.read(one, makers.assessor("Fani", at), at, "3.5")
    row = one.round
    told(office, f"{OFFICE}{row.pk}/langkah/umumkan/", {})
    client, public = signed_in(budi), Client()
    assert "Baru daerah yang membaca ini" in told(client, f"{ROOM}{one.pk}/hasil/")
    assert "Belum ada hasil yang terbit" in told(public, "/daerah/62.02/evaluasi/")
    told(client, f"{ROOM}{one.pk}/banding/", {"question": "O1", "reason": "Ada SK"})
    told(office, f"{OFFICE}{row.pk}/banding/")
    appeal = one.appeals.get()
    told(
        office,
        f"{OFFICE}{row.pk}/banding/{appeal.pk}/",
        {"granted": "1", "level": "4", "reason": "SK memang ada"},
    )
    assert office.post(f"{OFFICE}{row.pk}/langkah/terbitkan/").status_code == 422
    Round.objects.update(appeals_until=date(2020, 1, 1))
    told(office, f"{OFFICE}{row.pk}/langkah/terbitkan/", {})
    face = told(public, "/daerah/62.02/evaluasi/")
    assert "3,48" in face
    assert "contoh" not in face
    assert "Kotawaringin Timur" in told(public, f"/evaluasi/{row.year}/1/")
    told(public, "/evaluasi/")
    told(public, f"/evaluasi/{row.year}/1/hasil.csv")
    told(public, "/daerah/62.02/evaluasi/hasil.xlsx")
    assert public.get("/evaluasi/2001/1/").status_code == 404
    assert Award.objects.filter(region=kotim).exists()
    told(client, f"{ROOM}penghargaan/")
    assert set(Mark.objects.values_list("shown_to", flat=True)) == {"62.02"}


def test_a_finding_walks_from_owner_to_closing(
    kotim: "Region", budi: "Account", at: datetime
) -> None:
    row = makers.round_(at)
    finding = Finding.objects.create(
        region=kotim, round=row, kind="weakness", text="Jarang rapat", raised_at=at
    )
    owner = post(kotim, "kadis")
    client = signed_in(budi)
    path = f"{ROOM}temuan/{finding.pk}/"
    assert "tanpa penanggung jawab" in told(client, f"{ROOM}temuan/?q=rapat")
    assert "Tidak ada yang cocok" in told(client, f"{ROOM}temuan/?q=zzz")
    due = {"owner": owner.pk, "due_on": "2099-01-01", "action": "Rapat tiap bulan"}
    told(client, f"{path}rencana/", due)
    told(client, f"{path}lapor/", {"proof": "Tiga notulen"})
    assert client.post(f"{path}putus/", {"reason": "x"}).status_code in (403, 422)
    dewi = signed_in(people.officer("Dewi", region=kotim, role="inspector"))
    told(dewi, f"{path}putus/", {"reason": "Lengkap", "close": "1"})
    assert Finding.objects.get().state == "closed"
    told(client, f"{ROOM}temuan/daftar.csv")


def test_an_award_of_others_is_written_into_the_book(
    kotim: "Region", budi: "Account", at: datetime
) -> None:
    paper = evidence(kotim, budi, at, kind="decree", title="Piagam")
    client = signed_in(budi)
    told(
        client,
        f"{ROOM}penghargaan/baru/",
        {
            "name_id": "Kota Cerdas",
            "body": "Kominfo",
            "year": 2022,
            "source": "Antara",
            "document": paper.pk,
        },
    )
    assert "Kota Cerdas" in told(Client(), "/daerah/62.02/evaluasi/")
    award = Award.objects.get()
    told(client, f"{ROOM}penghargaan/{award.pk}/cabut/", {"reason": "Keliru"})
    assert "Kota Cerdas" not in told(Client(), "/daerah/62.02/evaluasi/")


def test_the_ministry_keeps_the_list_of_assessors(
    office: Client, kotim: "Region", alya: "Account"
) -> None:
    people.region("33.74")
    given = {"home": "33.74", "institution": "Universitas", "active": "on"}
    wrong = office.post(f"{OFFICE}asesor/baru/", {"email": "x@contoh.id", **given})
    assert wrong.status_code == 422
    told(office, f"{OFFICE}asesor/baru/", {"email": "alya@contoh.id", **given})
    key = alya.assessor.pk
    told(
        office,
        f"{OFFICE}asesor/{key}/ikatan/",
        {"region": "62.02", "kind": "business", "note": "Vendor"},
    )
    assert "Vendor" in told(office, f"{OFFICE}asesor/{key}/")


def test_the_vault_guards_its_files(
    kotim: "Region", budi: "Account", citra: "Account", at: datetime
) -> None:
    row = evidence(kotim, budi, at, confidential=True, title="Rahasia dapur")
    client = signed_in(budi)
    assert "Rahasia dapur" in told(client, VAULT)
    assert "Rahasia dapur" in told(client, f"{VAULT}?q=dapur&state=waiting")
    told(client, f"{VAULT}daftar.csv")
    file = client.get(f"{VAULT}{row.pk}/berkas")
    assert file.status_code == 200
    assert file["Content-Disposition"].startswith("attachment")
    reader = signed_in(people.officer("Rudi", region=kotim, role="parliament"))
    told(reader, f"{VAULT}{row.pk}/")
    assert reader.get(f"{VAULT}{row.pk}/berkas").status_code == 403
    assert signed_in(citra).get(f"{VAULT}{row.pk}/berkas").status_code == 403
    assert Client().get(f"{VAULT}{row.pk}/berkas").status_code in (302, 401, 403)
    own = client.post(f"{VAULT}{row.pk}/nilai/", {"valid": "1", "reason": "Baik"})
    assert own.status_code in (403, 422)
    dewi = signed_in(people.officer("Dewi", region=kotim, role="inspector"))
    told(dewi, f"{VAULT}{row.pk}/nilai/", {"valid": "0", "reason": "Tanpa tanggal"})
    assert "Tanpa tanggal" in told(client, f"{VAULT}{row.pk}/")
    told(client, f"{VAULT}{row.pk}/ubah/")
    told(client, f"{VAULT}{row.pk}/tarik/", {"reason": "Keliru"})
    told(client, f"{VAULT}{row.pk}/kembalikan/", {})


def table(rows: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("isi.csv", rows.encode(), "text/csv")


def test_answers_come_from_a_spreadsheet_all_or_nothing(
    kotim: "Region", budi: "Account"
) -> None:
    at = now()
    entry = makers.entry(makers.round_(at), kotim, at)
    client = signed_in(budi)
    path = f"{ROOM}{entry.pk}/unggah/"
    told(client, path)
    bad = table("question,level,note\nO1,3,Perbup\nO2,9,Rapat\n")
    refused = client.post(path, {"file": bad})
    assert refused.status_code == 422
    assert "O2" in refused.content.decode()
    assert not Answer.objects.filter(level__isnull=False).exists()
    good = table("question,level,note\nO1,3,Perbup\nO2,2,Rapat\n")
    assert "2 jawaban berubah" in told(client, path, {"file": good})
    assert Answer.objects.get(question="O1").note == "Perbup"


def test_past_results_come_with_their_source(office: Client, kotim: "Region") -> None:
    path = f"{OFFICE}hasil-lama/"
    head = "code,year,stage,index,source\n"
    bad = office.post(path, {"file": table(f"{head}62.02,2022,2,3,\n")})
    assert bad.status_code == 422
    assert not Result.objects.exists()
    told(office, path, {"file": table(f"{head}62.02,2022,2,3.31,Berita\n")})
    assert "3,31" in told(Client(), "/daerah/62.02/evaluasi/")
