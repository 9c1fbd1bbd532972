""" "I paid, but it says unpaid": what the office sees of it, and what the payer hears."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from habaring.people.access import Power
from habaring.people.models import Account as Person
from habaring.posts.things import Asked, Weight, waiting
from habaring.regions.models import Region
from habaring.revenue import reconciling, repairs
from habaring.revenue.actions import reconciling as actions
from habaring.revenue.codes import shown
from habaring.revenue.models import Bill, Claim, Finding, FindingState, Outcome, Partner
from habaring.revenue.reconciling import Wanted
from habaring.shared import walls
from tests import makers as people
from tests.revenue import entries, makers
from tests.revenue.entries import AT, DAY

WORK = "/ruang-kerja/62.02/pajak/rekonsiliasi/temuan/"


@pytest.fixture(autouse=True)
def _today(db: None) -> Iterator[None]:
    walls.open_region("62.02")
    with time_machine.travel(datetime(2026, 11, 3, 3, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def bank(kotim: Region) -> Partner:
    return entries.bank(kotim)


@pytest.fixture
def fitri(kotim: Region) -> Person:
    """The treasurer."""
    return people.officer("Fitri", region=kotim, role="treasurer")


@pytest.fixture
def claim(kotim: Region, bank: Partner) -> Claim:
    bill = makers.bill(kotim, due_on=DAY + timedelta(days=60))
    return entries.report(bill, email="pembayar@contoh.id")


def follow(client: Client, claim: Claim) -> str:
    answer = client.get(f"/daerah/62.02/pajak/sudah-bayar/{claim.code}/")
    walls.open_region("62.02")
    return answer.content.decode().replace("\xa0", " ")


def test_the_banks_file_alone_does_not_settle_what_a_payer_says(
    kotim: Region, bank: Partner, claim: Claim
) -> None:
    entries.compare(entries.file(bank, ("ANOTHER", 10_000)))
    finding = Finding.objects.get(pk=claim.finding_id)
    assert finding.state == FindingState.OPEN
    found = reconciling.findings(kotim, Wanted(reported=True))
    assert [one.pk for one in found] == [finding.pk]
    assert finding.due_on == DAY + timedelta(days=5)


def test_a_payment_that_arrives_settles_it(
    client: Client, kotim: Region, bank: Partner, claim: Claim
) -> None:
    bill = Bill.objects.get(region=kotim, id=claim.bill or 0)
    entries.pay(bill, claim.reference)
    entries.compare(entries.file(bank, (claim.reference, makers.AMOUNT)))
    assert Finding.objects.get(pk=claim.finding_id).state == FindingState.EXPLAINED
    assert "Pembayaran Anda sudah masuk" in follow(client, claim)


def test_the_office_reads_what_was_told_and_its_words_reach_the_payer(
    client: Client,
    claim: Claim,
    fitri: Person,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    client.force_login(fitri)
    page = client.get(f"{WORK}{claim.finding_id}/").content.decode()
    assert "Saya punya struknya." in page
    assert shown(claim.code) in page
    assert "pembayar@contoh.id" not in page
    words = "Bank mengembalikan uang itu pada hari yang sama."
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(
            f"{WORK}{claim.finding_id}/", {"deed": "explain", "e-reason": words}
        )
    assert answer.status_code == 302
    (letter,) = mail.outbox
    assert letter.to == ["pembayar@contoh.id"]
    assert claim.code in letter.body
    assert claim.number not in letter.body
    client.logout()
    assert words in follow(client, claim)


def test_without_a_line_of_the_bank_there_is_nothing_to_book(
    kotim: Region, bank: Partner, claim: Claim, fitri: Person
) -> None:
    finding = Finding.objects.get(pk=claim.finding_id)
    assert repairs.possible(finding) == (repairs.POST,)
    repair = repairs.Repair(repairs.PAY, bill=claim.bill or 0, amount=claim.amount)
    with pytest.raises(actions.FindingRefused):
        actions.propose(finding=finding, repair=repair, reason="x", by=fitri, at=AT)


def test_a_report_is_found_by_its_number_and_by_the_nop(
    kotim: Region, claim: Claim
) -> None:
    code = shown(claim.code).lower()
    for words in (code, claim.number[-6:], claim.reference):
        found = reconciling.findings(kotim, Wanted(words=words))
        assert [one.pk for one in found] == [claim.finding_id]
    assert not reconciling.findings(kotim, Wanted(words="nothing"))


def test_all_parts_of_one_payment_are_shown_and_reversed(
    client: Client, kotim: Region, bank: Partner, fitri: Person
) -> None:
    for n, bill in enumerate(makers.bill(kotim) for _n in range(2)):
        entries.pay(bill, f"R#{n + 1}")
    finding = Finding.objects.create(
        region=kotim,
        day=DAY,
        outcome=Outcome.REVERSED,
        channel="va:bk",
        reference="R",
        due_on=DAY,
        found_at=AT,
    )
    client.force_login(fitri)
    page = client.get(f"{WORK}{finding.pk}/").content.decode().replace("\xa0", " ")
    assert "Satu pembayaran untuk 2 tagihan" in page
    assert "R#1" in page
    repair = repairs.Repair(repairs.REVERSE)
    actions.propose(finding=finding, repair=repair, reason="Bank.", by=fitri, at=AT)
    gita = people.officer("Gita", region=kotim, role="tax_head")
    actions.approve(finding=finding, by=gita, at=AT)
    states = {one.state for one in reconciling.payments_of(finding)}
    assert states == {"reversed"}


def asked(region: Region, person: Person, *powers: Power) -> list[str]:
    found = Asked(person, region, frozenset(powers), DAY + timedelta(days=1))
    return [f"{line.weight} {line.title}" for line in waiting(found)]


def test_the_desk_says_who_waits(kotim: Region, claim: Claim, fitri: Person) -> None:
    entries.pay(None, "stray", 5_000)
    lines = asked(kotim, fitri, Power.RECONCILE)
    payers = [one for one in lines if "menanyakan pembayarannya" in one]
    assert [one.startswith(f"{Weight.CONFIRM} ") for one in payers] == [True]
    assert any("untuk tagihan yang tidak dikenal" in one for one in lines)


def test_a_cashier_who_forgot_to_count_is_told_and_can_still(
    client: Client, kotim: Region
) -> None:
    dina = people.officer("Dina", region=kotim, role="cashier")
    bill = makers.bill(kotim, due_on=DAY + timedelta(days=60))
    entries.pay(bill, "k-1", channel="counter", by=dina.pk)
    assert any(
        one.startswith(f"{Weight.LATE} Hitung kas")
        for one in asked(kotim, dina, Power.TAKE_PAYMENTS)
    )
    client.force_login(dina)
    address = "/ruang-kerja/62.02/pajak/loket/kas/?hari=2026-11-02"
    assert client.post(address, {"counted": str(makers.AMOUNT)}).status_code == 302
    walls.open_region("62.02")
    assert not asked(kotim, dina, Power.TAKE_PAYMENTS)
