"""A draft before the public: who may say what, and no end before every answer."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils.timezone import localtime, now

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
from habaring.people.follows.actions import follow
from habaring.people.follows.models import News
from habaring.people.models import Account
from habaring.regions.models import Region
from tests.makers import officer
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


def test_a_planner_answers_a_remark_and_leaves_who_sees_it_to_moderators(
    now_open: Consultation, client: Client, alya: Account, kotim: Region
) -> None:
    say(now_open, alya, now())
    client.force_login(officer("Perencana", region=kotim, role="planner"))
    page = "/ruang-kerja/62.02/rencanakan/konsultasi/1/tanggapan/1/"
    assert client.post(page).status_code == 422, "no outcome chosen"
    for deed in ("show", "hide"):
        assert client.post(page, {"deed": deed}).status_code == 403
    assert Remark.objects.get().seen == "held"
    Remark.objects.update(seen="shown")
    data = {"disposition": "accepted", "reason": "Ya."}
    assert client.post(page, data | {"deed": "dispose"}).status_code == 302


def test_only_a_button_shows_a_remark_to_everybody(
    now_open: Consultation, client: Client, alya: Account, budi: Account
) -> None:
    say(now_open, alya, now())
    client.force_login(budi)
    page = "/ruang-kerja/62.02/rencanakan/konsultasi/1/tanggapan/1/"
    client.post(page, {"deed": "other"})
    assert Remark.objects.get().seen == "held"
    assert client.post(page, {"deed": "show"}).status_code == 302
    assert Remark.objects.get().seen == "shown"


# Prepared, previewed, opened at a time


@pytest.fixture
def prepared(kotim: Region, draft: Consultation, budi: Account) -> Consultation:
    moment = now()
    new = NewConsultation(
        "Rancangan rahasia", (KEY,), moment + MONTH / 2, moment + MONTH
    )
    return deeds.open_consultation(region=kotim, new=new, by=budi, at=moment)


def test_until_it_opens_only_the_office_sees_a_draft(
    client: Client, prepared: Consultation, budi: Account
) -> None:
    public = f"/daerah/62.02/rencana/konsultasi/{prepared.number}/"
    room = f"/ruang-kerja/62.02/rencanakan/konsultasi/{prepared.number}/"
    assert client.get(public).status_code == 404
    assert client.get(f"{public}tanggapan.csv").status_code == 404
    assert prepared.title not in client.get("/daerah/62.02/rencana/konsultasi/").text
    assert client.get(f"{room}pratinjau/").status_code in (302, 403)
    client.force_login(budi)
    seen = client.get(f"{room}pratinjau/").text
    assert "Isi rancangan." in seen
    assert "Pratinjau: saat ini hanya kantor yang melihatnya" in seen
    assert "Lihat seperti warga akan melihatnya" in client.get(room).text


def test_a_prepared_draft_opens_by_itself_at_its_time(
    prepared: Consultation, alya: Account
) -> None:
    follow(account=alya, region=prepared.region, at=now())
    before, then = prepared.opens_at - timedelta(seconds=1), prepared.opens_at
    with pytest.raises(RemarkRefused):
        say(prepared, alya, before)
    assert not deeds.announce_opening(consultation=prepared, at=before)
    assert deeds.announce_opening(consultation=prepared, at=then)
    assert not deeds.announce_opening(consultation=prepared, at=then), "told once"
    assert say(prepared, alya, then).number == 1
    assert News.objects.filter(kind="draft").count() == 1


def test_an_opening_is_moved_or_brought_forward_but_not_once_it_came(
    client: Client, draft: Consultation, prepared: Consultation, budi: Account
) -> None:
    client.force_login(budi)
    room = f"/ruang-kerja/62.02/rencanakan/konsultasi/{prepared.number}/"
    day = f"{now() + timedelta(days=20):%Y-%m-%d}"
    client.post(room, {"deed": "move", "first_day": day, "hour": "09:30"})
    prepared.refresh_from_db()
    assert localtime(prepared.opens_at).strftime("%Y-%m-%d %H:%M") == f"{day} 09:30"
    late = f"{now() + MONTH:%Y-%m-%d}"
    answer = client.post(room, {"deed": "move", "first_day": late, "hour": "23:59"})
    assert answer.status_code == 422
    client.post(room, {"deed": "open"})
    prepared.refresh_from_db()
    assert prepared.opens_at <= now()
    assert prepared.announced_at is not None
    for deed in ("open", "withdraw"):
        assert client.post(room, {"deed": deed}).status_code == 422


def test_a_draft_is_withdrawn_before_anybody_saw_it(
    client: Client, prepared: Consultation, budi: Account
) -> None:
    client.force_login(budi)
    room = f"/ruang-kerja/62.02/rencanakan/konsultasi/{prepared.number}/"
    client.post(room, {"deed": "withdraw"})
    prepared.refresh_from_db()
    later = prepared.opens_at + timedelta(days=1)
    assert consulting.state_of(prepared, later) == "withdrawn"
    assert not deeds.announce_opening(consultation=prepared, at=later)
    assert prepared not in consulting.public_list(prepared.region, later)
    with pytest.raises(ConsultationRefused):
        deeds.end_consultation(
            consultation=prepared, by=budi, at=prepared.closes_at + MONTH
        )
    with pytest.raises(ConsultationRefused):
        deeds.prolong(
            consultation=prepared,
            closes_at=prepared.closes_at + MONTH,
            by=budi,
            at=later,
        )


# Letters and tables


def test_an_author_with_an_address_is_told_the_disposition_in_their_language(
    at: datetime,
    draft: Consultation,
    alya: Account,
    budi: Account,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Any,
) -> None:
    alya.language, alya.email = "en", "alya@contoh.id"
    alya.save()
    row = say(draft, alya, at)
    deeds.moderate(row=row, verdict=Verdict(True), by=budi, at=at)
    spoken = deeds.enter_remark(
        consultation=draft, said=Said(draft.sections.get(), "Lisan."), by=budi, at=at
    )

    def answered(one: Remark, word: str, reason: str) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            deeds.dispose(row=one, disposition=word, reason=reason, by=budi, at=at)

    answered(spoken, "accepted", "Baik.")
    assert mailoutbox == [], "who spoke at a meeting left no address"
    answered(row, "accepted", "Masuk bab 2.")
    answered(row, "accepted", "Masuk bab 2, alinea 3.")  # no second letter for that
    answered(row, "declined", "Ternyata sudah ada.")
    first, second = mailoutbox
    assert first.to == [alya.email]
    assert first.subject == "Accepted: your remark on “Rancangan”"
    assert "Masuk bab 2." in first.body
    assert "/daerah/62.02/rencana/konsultasi/1/tanggapan/" in first.body
    assert "The outcome of your remark was changed." in second.body
    alya.is_active = False
    alya.save()
    answered(row, "partly", "Sebagian.")
    assert len(mailoutbox) == 2, "a closed account gets no letters"


def test_the_office_takes_all_remarks_with_their_dispositions_along(
    client: Client, at: datetime, draft: Consultation, alya: Account, budi: Account
) -> None:
    held = say(draft, alya, at, "Masih ditahan.")
    shown = say(draft, budi, at, "=Tampil")
    deeds.dispose(row=shown, disposition="partly", reason="Sebagian.", by=budi, at=at)
    client.force_login(budi)
    address = "/ruang-kerja/62.02/rencanakan/konsultasi/1/tanggapan."
    lines = client.get(f"{address}csv").getvalue().decode()
    assert held.text in lines
    assert "Diterima sebagian" in lines
    assert "Budi" in lines
    assert client.get(f"{address}xlsx").status_code == 200
    assert client.get(f"{address}pdf").status_code == 404
