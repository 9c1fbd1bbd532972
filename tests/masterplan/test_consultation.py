"""A draft before the public: who may say what, and no end before every answer."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from habaring.masterplan import actions, consulting
from habaring.masterplan.actions import consulting as deeds
from habaring.masterplan.actions.consulting import (
    ConsultationRefused,
    NewConsultation,
    RemarkRefused,
    Said,
    Verdict,
)
from habaring.masterplan.models import Consultation, Remark
from habaring.people.models import Account
from habaring.regions.models import Region
from tests.masterplan import makers

KEY = "buku-1.kesiapan"
MONTH = timedelta(days=30)


@pytest.fixture
def draft(kotim: Region, at: datetime, budi: Account) -> Consultation:
    makers.book_set(at)
    actions.write_section(
        region=kotim, key=KEY, text="## Judul\n\nIsi rancangan.", by=budi, at=at
    )
    new = NewConsultation("Rancangan", (KEY,), at, at + MONTH)
    return deeds.open_consultation(region=kotim, new=new, by=budi, at=at)


def say(draft: Consultation, by: Account, at: datetime, text: str = "Bagus.") -> Remark:
    said = Said(draft.sections.get(), text)
    return deeds.remark(consultation=draft, said=said, by=by, at=at)


def test_the_draft_is_frozen_and_a_later_change_does_not_reach_it(
    kotim: Region, at: datetime, budi: Account, draft: Consultation
) -> None:
    actions.write_section(region=kotim, key=KEY, text="Lain.", by=budi, at=at)
    section = draft.sections.get()
    assert section.revision == 1
    assert section.blocks[1]["spans"][0]["text"] == "Isi rancangan."


def test_a_section_without_text_or_a_period_that_is_over_is_refused(
    kotim: Region, at: datetime, budi: Account, draft: Consultation
) -> None:
    wrong = [
        NewConsultation("Kosong", ("buku-1.swot",), at, at + MONTH),
        NewConsultation("Lewat", (KEY,), at - MONTH, at - timedelta(days=2)),
        NewConsultation("Singkat", (KEY,), at, at + timedelta(hours=3)),
        NewConsultation(" ", (KEY,), at, at + MONTH),
        NewConsultation("Tanpa bagian", (), at, at + MONTH),
    ]
    for new in wrong:
        with pytest.raises(ConsultationRefused):
            deeds.open_consultation(region=kotim, new=new, by=budi, at=at)
    assert Consultation.objects.count() == 1


def test_a_first_remark_waits_for_a_moderator_and_an_officers_does_not(
    at: datetime, alya: Account, budi: Account, draft: Consultation
) -> None:
    assert say(draft, alya, at).seen == "held"
    assert say(draft, budi, at).seen == "shown"
    assert say(draft, alya, at).number == 1, "a button pressed twice"


def test_nothing_is_said_before_or_after_the_period(
    at: datetime, alya: Account, draft: Consultation
) -> None:
    for moment in (at - timedelta(days=1), at + MONTH):
        with pytest.raises(RemarkRefused):
            say(draft, alya, moment)
    with pytest.raises(RemarkRefused):
        say(draft, alya, at, "  ")


def test_it_cannot_end_before_every_remark_has_its_disposition(
    at: datetime, alya: Account, budi: Account, draft: Consultation
) -> None:
    held, shown, other = (
        say(draft, alya, at),
        say(draft, budi, at),
        say(draft, budi, at, "Lagi."),
    )
    after = at + MONTH
    with pytest.raises(ConsultationRefused):
        deeds.end_consultation(consultation=draft, by=budi, at=at)

    def refused() -> None:
        with pytest.raises(ConsultationRefused):
            deeds.end_consultation(consultation=draft, by=budi, at=after)

    refused()
    deeds.moderate(
        row=held, verdict=Verdict(False, "insult", "Menghina."), by=budi, at=after
    )
    refused()
    for wrong in (("accepted", " "), ("perhaps", "Alasan")):
        with pytest.raises(RemarkRefused):
            deeds.dispose(
                row=shown, disposition=wrong[0], reason=wrong[1], by=budi, at=after
            )
    with pytest.raises(RemarkRefused):
        deeds.dispose(row=held, disposition="accepted", reason="X", by=budi, at=after)
    for row, word in ((shown, "accepted"), (other, "declined")):
        deeds.dispose(row=row, disposition=word, reason="Alasan.", by=budi, at=after)
    deeds.end_consultation(consultation=draft, by=budi, at=after)
    with pytest.raises(RemarkRefused):
        deeds.dispose(row=other, disposition="partly", reason="X", by=budi, at=after)
    table = consulting.told(Consultation.objects.get())
    assert [(one.text, bool(one.reason)) for one in table] == [
        ("", True),
        ("Bagus.", True),
        ("Lagi.", True),
    ]


def test_what_was_said_at_a_meeting_is_entered_and_shown(
    at: datetime, budi: Account, draft: Consultation
) -> None:
    said = Said(draft.sections.get(), "Lewat surat.", "Warga hulu")
    row = deeds.enter_remark(consultation=draft, said=said, by=budi, at=at)
    assert (row.author, row.seen, row.number) == (None, "shown", 1)


def test_ones_own_remark_is_taken_back_until_it_is_answered(
    at: datetime, alya: Account, budi: Account, draft: Consultation
) -> None:
    first = say(draft, alya, at)
    with pytest.raises(RemarkRefused):
        deeds.take_back(row=first, by=budi, at=at)
    deeds.take_back(row=first, by=alya, at=at)
    first.refresh_from_db()
    assert (first.seen, first.text) == ("withdrawn", "")
    second = say(draft, budi, at)
    deeds.dispose(row=second, disposition="accepted", reason="Ya.", by=budi, at=at)
    with pytest.raises(RemarkRefused):
        deeds.take_back(row=second, by=budi, at=at)


def test_more_time_is_given_never_less(
    at: datetime, budi: Account, draft: Consultation
) -> None:
    deeds.prolong(consultation=draft, closes_at=at + 2 * MONTH, by=budi, at=at)
    with pytest.raises(ConsultationRefused):
        deeds.prolong(consultation=draft, closes_at=at + MONTH, by=budi, at=at)


@pytest.fixture
def now_open(draft: Consultation) -> Consultation:
    """The same, open on the day of the test."""
    Consultation.objects.update(opens_at=now() - MONTH, closes_at=now() + MONTH)
    draft.refresh_from_db()
    return draft


def test_everybody_reads_a_draft_and_who_speaks_says_who_they_are(
    now_open: Consultation, client: Client, alya: Account
) -> None:
    page = "/daerah/62.02/rencana/konsultasi/1/"
    text = client.get(page).content.decode()
    assert "Isi rancangan." in text
    answer = client.get(f"{page}bagian/0/")
    assert answer.status_code in (302, 401)
    client.force_login(alya)
    answer = client.post(f"{page}bagian/0/", {"text": "Tambah peta.", "name": ""})
    assert answer.status_code == 302
    assert "Tambah peta." in client.get(f"{page}bagian/0/").content.decode()
    client.logout()
    assert "Tambah peta." not in client.get(page).content.decode(), "it is held"
    assert "Tambah peta." not in client.get(f"{page}tanggapan/").content.decode()


def test_the_officer_answers_and_the_table_is_public(
    now_open: Consultation, client: Client, budi: Account, kotim: Region
) -> None:
    room = "/ruang-kerja/62.02/rencanakan/konsultasi/"
    client.force_login(budi)
    data = {"section": 0, "text": "Tambah peta.", "name": "Bu Rina"}
    assert client.post(f"{room}1/catat/", data).status_code == 302
    assert "Tambah peta." in client.get(f"{room}1/").content.decode()
    data = {"deed": "dispose", "disposition": "partly", "reason": "Di lampiran."}
    assert client.post(f"{room}1/tanggapan/1/", data).status_code == 302
    assert client.post(f"{room}1/selesai/").status_code == 422, "the period runs"
    client.logout()
    page = "/daerah/62.02/rencana/konsultasi/1/tanggapan"
    text = client.get(f"{page}/").content.decode()
    assert "Di lampiran." in text
    assert "Diterima sebagian" in text
    answer = client.get(f"{page}.csv")
    assert "Di lampiran." in b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def test_nobody_of_another_region_answers(
    now_open: Consultation, client: Client, citra: Account
) -> None:
    client.force_login(citra)
    room = "/ruang-kerja/62.02/rencanakan/konsultasi/"
    assert client.get(room).status_code == 403
