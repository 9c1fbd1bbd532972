"""Consent, identity, requests, erasure: each refusal, and what stays."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from habaring.people.models import Account, Membership
from habaring.posts.models import Holding as PostHolding
from habaring.posts.models import Post
from habaring.privacy import actions, breaches, queries
from habaring.privacy.actions import (
    Card,
    ConsentRefused,
    IdentityRefused,
    RequestRefused,
    Wish,
)
from habaring.privacy.breaches import BreachRefused, Found, Step
from habaring.privacy.erasing import ErasureRefused, erase_account
from habaring.privacy.facts_file import shipped_purposes, shipped_rules
from habaring.privacy.models import (
    BreachStep,
    Consent,
    DataRequest,
    DeletionEntry,
    Identity,
    Purpose,
    RequestKind,
    RequestState,
)
from habaring.regions.models import Region
from habaring.shared.models import AuditEntry
from habaring.shared.nik import NikRefused
from tests import makers
from tests.privacy.makers import NIK, member, protector

HOURS = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _ring(settings: object, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    settings.PERSONAL_DATA_KEY = ""  # type: ignore[attr-defined]


@pytest.fixture
def dewi(kotim: Region) -> Account:
    return protector("Dewi", region=kotim)


def purpose(code: str = "identity") -> Purpose:
    return Purpose.objects.in_force().get(code=code)


def agree(person: Account, at: datetime) -> Consent:
    return actions.give_consent(account=person, purpose=purpose(), at=at)


def told(person: Account, region: Region, at: datetime, nik: str = NIK) -> Identity:
    return actions.record_identity(
        account=person,
        region=region,
        card=Card(nik, person.full_name),
        by=person,
        at=at,
    )


def asked(
    person: Account, region: Region, at: datetime, kind: str = "erase"
) -> DataRequest:
    return actions.receive_request(
        account=person, region=region, wish=Wish(kind), by=person, at=at
    )


# --- Purposes --------------------------------------------------------------------------
def test_the_shipped_facts_are_there_and_loading_again_changes_nothing(
    db: None, at: datetime
) -> None:
    assert Purpose.objects.in_force().count() == len(shipped_purposes())
    again = actions.publish_facts(
        purposes=shipped_purposes(), rules=shipped_rules(), by=None, at=at
    )
    assert again == 0


def test_a_new_wording_replaces_the_old_and_ends_its_consents(
    alya: Account, at: datetime
) -> None:
    agree(alya, at)
    rows = [
        {**row, "version": 2, "wording_id": "Kata-kata baru."}
        for row in shipped_purposes()
        if row["code"] == "identity"
    ]
    later = at + HOURS
    assert actions.publish_facts(purposes=rows, rules=[], by=None, at=later) == 1
    assert purpose().version == 2
    assert Consent.objects.get().withdrawn_at == later
    assert queries.consent_to(alya, "identity") is None


# --- Consent ---------------------------------------------------------------------------
def test_consent_is_held_once_with_the_hash_of_its_words(
    alya: Account, at: datetime
) -> None:
    one, two = agree(alya, at), agree(alya, at + HOURS)
    assert one == two
    assert one.wording_sha256 == queries.wording_sha256(purpose().wording_id)


def test_only_what_rests_on_consent_is_agreed_to(alya: Account, at: datetime) -> None:
    with pytest.raises(ConsentRefused):
        actions.give_consent(account=alya, purpose=purpose("account"), at=at)
    with pytest.raises(ConsentRefused):
        actions.withdraw_consent(account=alya, purpose=purpose(), at=at)


def test_withdrawing_deletes_what_rested_on_it(
    alya: Account, kotim: Region, at: datetime
) -> None:
    agree(alya, at)
    told(alya, kotim, at)
    assert actions.withdraw_consent(account=alya, purpose=purpose(), at=at) == 1
    assert not Identity.objects.exists()
    assert DeletionEntry.objects.get().category == "consent:identity"
    alya.refresh_from_db()
    assert alya.erased_at is None  # only this goes, not the account


# --- Identity ----------------------------------------------------------------------------
def test_the_nik_is_nowhere_in_the_row_but_sealed(
    alya: Account, kotim: Region, at: datetime
) -> None:
    agree(alya, at)
    row = told(alya, kotim, at)
    values = Identity.objects.values().get()
    assert all(NIK not in str(bytes(v) if isinstance(v, memoryview) else v)
               for v in values.values())  # fmt: skip
    assert row.nik_masked == "6202**********01"


@pytest.mark.parametrize("nik", ["", "1", "6202063201900001"])
def test_a_wrong_number_is_refused(
    alya: Account, kotim: Region, at: datetime, nik: str
) -> None:
    agree(alya, at)
    with pytest.raises(NikRefused):
        told(alya, kotim, at, nik)


def test_one_number_is_one_persons_in_a_region(
    alya: Account, kotim: Region, at: datetime
) -> None:
    other = makers.account("Eka")
    agree(alya, at)
    agree(other, at)
    told(alya, kotim, at)
    with pytest.raises(IdentityRefused):
        told(other, kotim, at)
    told(other, makers.region("62.01"), at)  # each region asks for itself
    told(alya, kotim, at + HOURS)  # told again is a correction
    assert Identity.objects.filter(region_code="62.02").count() == 1


def test_without_consent_or_name_nothing_is_recorded(
    alya: Account, kotim: Region, at: datetime
) -> None:
    with pytest.raises(IdentityRefused):
        told(alya, kotim, at)
    agree(alya, at)
    for card in (Card(NIK, "  "), Card(NIK, "A", (at + 48 * HOURS).date())):
        with pytest.raises(IdentityRefused):
            actions.record_identity(
                account=alya, region=kotim, card=card, by=alya, at=at
            )


# --- Requests -----------------------------------------------------------------------------
def test_the_clock_is_exactly_three_days(
    alya: Account, kotim: Region, at: datetime
) -> None:
    row = asked(alya, kotim, at)
    assert row.due_at == at + 72 * HOURS
    waiting = DataRequest.objects.filter(region_code="62.02")
    assert not waiting.late(at + 72 * HOURS)
    assert waiting.late(at + 72 * HOURS + timedelta(microseconds=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        DataRequest.objects.update(due_at=at + 73 * HOURS)


@pytest.mark.parametrize("kind", ["", "sell"])
def test_an_unknown_wish_is_refused(
    alya: Account, kotim: Region, at: datetime, kind: str
) -> None:
    with pytest.raises(RequestRefused):
        asked(alya, kotim, at, kind)


def test_who_answers_says_so_in_words_and_once(
    alya: Account, dewi: Account, kotim: Region, at: datetime
) -> None:
    row = asked(alya, kotim, at, RequestKind.CORRECT)

    def answer(state: RequestState, words: str) -> DataRequest:
        return actions.answer_request(
            request=row, state=state, answer=words, by=dewi, at=at + HOURS
        )

    for state, words in (
        (RequestState.DONE, "ya"),
        (RequestState.OPEN, "Masih kami periksa dulu."),
        (RequestState.CANCELLED, "Tidak jadi diperiksa lagi."),
    ):
        with pytest.raises(RequestRefused):
            answer(state, words)
    answer(RequestState.REFUSED, "Nama sudah sesuai KTP.")
    with pytest.raises(RequestRefused):
        answer(RequestState.DONE, "Nama sudah diperbaiki.")
    assert queries.answered(kotim) == queries.Answered(0, 1, 1)


def test_only_the_person_takes_a_request_back(
    alya: Account, dewi: Account, kotim: Region, at: datetime
) -> None:
    row = asked(alya, kotim, at)
    with pytest.raises(RequestRefused):
        actions.cancel_request(request=row, by=dewi, at=at)
    actions.cancel_request(request=row, by=alya, at=at)
    assert DataRequest.objects.get().state == "cancelled"


def test_an_answer_after_the_hours_counts_as_late(
    alya: Account, dewi: Account, kotim: Region, at: datetime
) -> None:
    row = asked(alya, kotim, at, RequestKind.SEE)
    actions.answer_request(
        request=row,
        state=RequestState.DONE,
        answer="Datanya sudah diperlihatkan.",
        by=dewi,
        at=at + 73 * HOURS,
    )
    assert queries.answered(kotim).in_time == 0
    entry = AuditEntry.objects.get(verb="privacy.request.done")
    assert entry.details["late"] is True


# --- Erasure ------------------------------------------------------------------------------
def test_an_officer_is_erased_but_their_deeds_stay(
    transactional_db: None, at: datetime
) -> None:
    kotim = makers.region("62.02")
    budi = makers.officer("Budi", region=kotim)
    gita = makers.officer("Gita", region=kotim)
    with transaction.atomic():
        row = asked(budi, kotim, at)
        actions.answer_request(
            request=row,
            state=RequestState.DONE,
            answer="Semua data sudah dihapus.",
            by=gita,
            at=at + HOURS,
        )
    budi.refresh_from_db()
    assert (budi.email, budi.full_name, budi.is_active) == (None, "", False)
    assert not budi.has_usable_password()
    held = Membership.objects.get(account=budi)
    assert held.until == at + HOURS
    assert AuditEntry.objects.filter(by=budi).exists()  # without a name
    line = DeletionEntry.objects.get(category="erasure")
    assert line.rows > 0
    assert len(line.ids_sha256) == 64
    assert [one.to for one in mail.outbox] == [["budi@contoh.id"]]  # the last letter
    with transaction.atomic():
        assert erase_account(account=budi, by=gita, at=at) == 0  # again: nothing


def test_who_holds_a_post_hands_over_first(
    alya: Account, kotim: Region, at: datetime
) -> None:
    post = Post.objects.create(
        region=kotim, code="kabid", name_id="Kepala Bidang", opened_on=at.date()
    )
    holding = PostHolding.objects.create(post=post, account=alya, since=at)
    assert queries.erasure(alya, at=at).held_by_post
    with pytest.raises(ErasureRefused):
        erase_account(account=alya, by=None, at=at)
    holding.until = at
    holding.save()
    erase_account(account=alya, by=None, at=at)


def test_the_last_who_manages_people_stays(
    budi: Account, kotim: Region, at: datetime
) -> None:
    with pytest.raises(ErasureRefused):
        erase_account(account=budi, by=None, at=at)
    makers.officer("Gita", region=kotim)
    erase_account(account=budi, by=None, at=at)


def test_an_officer_does_not_erase_by_a_click(
    alya: Account, kotim: Region, at: datetime
) -> None:
    member(alya, region=kotim)
    with pytest.raises(RequestRefused):
        actions.erase_myself(account=alya, at=at)


# --- Breaches -----------------------------------------------------------------------------
def found(at: datetime, **more: object) -> Found:
    given: dict[str, object] = {
        "title": "Bocor",
        "discovered_at": at,
        "what": "Berkas terbuka",
        "data_kinds": "Nama",
    }
    return Found(**{**given, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("more", [{"title": " "}, {"what": ""}, {"data_kinds": ""}])
def test_a_breach_is_told_whole(
    kotim: Region, at: datetime, more: dict[str, object]
) -> None:
    with pytest.raises(BreachRefused):
        breaches.record_breach(region=kotim, found=found(at, **more), by=None, at=at)


def test_breaches_are_numbered_and_steps_kept_in_order(
    kotim: Region, dewi: Account, at: datetime
) -> None:
    with pytest.raises(BreachRefused):
        breaches.record_breach(region=kotim, found=found(at + HOURS), by=None, at=at)
    first = breaches.record_breach(region=kotim, found=found(at), by=dewi, at=at)
    second = breaches.record_breach(region=kotim, found=found(at), by=dewi, at=at)
    assert (first.code, second.code) == ("INS-2026-001", "INS-2026-002")
    assert first.due_at == at + 72 * HOURS
    for step in (
        Step(BreachStep.NOTE, at - HOURS, "Sebelum ditemukan"),
        Step(BreachStep.NOTE, at, " "),
        Step(BreachStep.NOTE, at + HOURS, "Belum terjadi"),
        Step(BreachStep.CLOSED, at, "Selesai"),
    ):
        with pytest.raises(BreachRefused):
            breaches.record_step(breach=first, step=step, by=dewi, at=at)
    told_at = at + 72 * HOURS
    for kind in (BreachStep.AUTHORITY, BreachStep.PEOPLE, BreachStep.CLOSED):
        breaches.record_step(
            breach=first, step=Step(kind, told_at, "Ya"), by=dewi, at=told_at
        )
    first.refresh_from_db()
    assert first.closed_at == told_at
    assert not queries.Clock(
        first.due_at, told_at, first.notified_authority_at
    ).late  # on the stroke
