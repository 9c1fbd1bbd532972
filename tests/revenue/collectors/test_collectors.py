"""Receipts of collectors: each once, each kind of misfit told, no money refused."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import collectors, ledger, receipt_pages, slips
from habaring.revenue.actions import collectors as verbs
from habaring.revenue.actions import slips as slip_verbs
from habaring.revenue.actions.collectors import CollectorRefused, SamePerson
from habaring.revenue.models import (
    Bill,
    BillState,
    Deposit,
    Payment,
    Posting,
    Slip,
    SlipState,
)
from habaring.shared.models import AuditEntry
from habaring.shared.refusal import Refusal
from tests import makers as people
from tests.revenue import makers, phones
from tests.revenue.phones import AT, Phone

HOUR = timedelta(hours=1)
ROOM = "/ruang-kerja/62.02/pajak/"


def codes(answer: slip_verbs.Received) -> list[str]:
    """What does not fit about a receipt."""
    assert answer.slip is not None
    return [one["code"] for one in Slip.objects.get(pk=answer.slip.pk).conflicts]


def payment_of(answer: slip_verbs.Received) -> Payment:
    assert answer.slip is not None
    return Payment.objects.get(channel="collector", reference=answer.slip.reference)


def in_hands() -> int:
    """What the books say collectors hold."""
    total = 0
    for row in Posting.objects.filter(region="62.02"):
        total += row.amount * ((row.debit == "1.1.3") - (row.credit == "1.1.3"))
    return total


def test_receipts_of_a_telephone_pay_their_bills(
    phone: Phone, bill: Bill, other: Bill
) -> None:
    phone.write(bill, AT - 5 * HOUR)
    phone.write(other, AT - 4 * HOUR)
    answers = phones.send(phone, AT)
    assert [one.outcome for one in answers] == ["posted", "posted"]
    paid = payment_of(answers[0])
    assert paid.bill == bill.id
    assert paid.by == phone.device.collector_id
    assert abs(paid.paid_at - (AT - 5 * HOUR)) < timedelta(seconds=1)
    assert not Bill.objects.get(region="62.02", id=other.id).owed
    assert in_hands() == 155_200 == collectors.standing(phone.device).held


def test_the_same_receipts_again_change_nothing(phone: Phone, bill: Bill) -> None:
    phone.write(bill, AT - HOUR)
    first = phones.send(phone, AT)
    written = AuditEntry.objects.count()
    again = phones.send(phone, AT + HOUR)
    assert [one.outcome for one in again] == ["posted"]
    assert not again[0].new
    assert first[0].new
    assert Slip.objects.count() == Payment.objects.count() == 1
    assert AuditEntry.objects.count() == written
    assert in_hands() == 77_600


def test_late_bills_are_paid_with_the_interest_of_the_day_of_the_receipt(
    kotim: Region, phone: Phone
) -> None:
    late = makers.bill(kotim, due_on=localdate(AT) - timedelta(days=40))
    at = AT - timedelta(days=3)
    carried = collectors.carried(phone.device, on=localdate(at))
    (row,) = [one for one in carried if one.nop == late.number]
    amount = row.sums[0][1]
    assert amount > late.amount
    phone.write(late, at, amount=amount)
    (answer,) = phones.send(phone, AT)
    assert answer.outcome == "posted"
    assert payment_of(answer).interest == amount - late.amount


def test_a_forged_or_changed_receipt_is_not_taken_in(phone: Phone, bill: Bill) -> None:
    line = phone.write(bill, AT - HOUR)
    changed = line.replace("/77600/", "/17600/")
    other_key = Phone(phone.device, phones.new_key())
    forged = other_key.write(bill, AT - HOUR)
    answers = phones.send(phone, AT, changed, forged, "HBR2/62.02/nonsense", line)
    assert [one.outcome for one in answers] == ["refused"] * 3 + ["posted"]
    assert answers[0].told[0] == _("The signature does not fit.")
    assert Payment.objects.count() == 1


def test_nobody_sends_receipts_of_another_collectors_telephone(
    kotim: Region, phone: Phone, bill: Bill
) -> None:
    stranger = people.officer("Joko", region=kotim, role="village_collector")
    phone.write(bill, AT - HOUR)
    sender = slip_verbs.Sender(stranger, AT, localdate(AT), own_only=True)
    (answer,) = slip_verbs.receive(region=kotim, lines=phone.lines, sender=sender)
    assert answer.outcome == "refused"
    assert not Slip.objects.exists()


def test_a_receipt_of_another_region_is_refused(phone: Phone, bill: Bill) -> None:
    line = phone.write(bill, AT - HOUR).replace("/62.02/", "/62.01/", 1)
    assert phones.send(phone, AT, line)[0].outcome == "refused"


def test_a_missing_receipt_is_told_until_it_comes(
    phone: Phone, bill: Bill, other: Bill
) -> None:
    first, second = phone.write(bill, AT - 2 * HOUR), phone.write(other, AT - HOUR)
    (answer,) = phones.send(phone, AT, second)
    assert codes(answer) == ["gap"]
    assert payment_of(answer).bill == other.id  # the money has its place already
    assert "1" in str(answer.told[0])
    phones.send(phone, AT, first)
    assert codes(answer) == []
    assert Slip.objects.filter(state=SlipState.POSTED).count() == 2


def test_a_broken_chain_is_told_and_its_money_waits_for_two_people(
    phone: Phone, bill: Bill, other: Bill
) -> None:
    phone.write(bill, AT - 2 * HOUR)
    phone.write(other, AT - HOUR, before="0" * 64)
    _first, answer = phones.send(phone, AT)
    assert codes(answer) == ["broken"]
    assert payment_of(answer).bill is None
    assert in_hands() == 155_200


def test_two_receipts_with_one_number_are_both_kept(
    phone: Phone, bill: Bill, other: Bill
) -> None:
    phone.write(bill, AT - 2 * HOUR)
    copy = Phone(phone.device, phone.key)  # the telephone's files, copied
    copy.write(other, AT - HOUR)
    phones.send(phone, AT)
    (answer,) = phones.send(copy, AT)
    assert codes(answer) == ["twice"]
    assert payment_of(answer).surplus == 77_600
    assert in_hands() == 155_200


@pytest.mark.parametrize(
    ("signed_at", "counts"),
    [(AT + 50 * HOUR, AT), (AT - timedelta(days=400), AT - timedelta(days=10))],
)
def test_a_clock_that_is_far_off_is_told_and_bounded(
    phone: Phone, bill: Bill, signed_at: datetime, counts: datetime
) -> None:
    phone.write(bill, signed_at)
    (answer,) = phones.send(phone, AT)
    assert codes(answer) == ["clock"]
    assert abs(payment_of(answer).paid_at - counts) < timedelta(minutes=1)


def test_a_clock_set_back_counts_from_the_receipt_before(
    phone: Phone, bill: Bill, other: Bill
) -> None:
    phone.write(bill, AT - 2 * HOUR)
    phone.write(other, AT - 48 * HOUR)
    _first, answer = phones.send(phone, AT)
    assert codes(answer) == ["clock"]
    assert payment_of(answer).paid_at >= AT - 2 * HOUR - timedelta(seconds=2)


def test_a_bill_that_a_bank_took_meanwhile_is_paid_too_much(
    kotim: Region, phone: Phone, bill: Bill
) -> None:
    phone.write(bill, AT - 2 * HOUR)
    ledger.pay(
        ledger.Notice("62.02", "counter", "x", bill.id, 77_600, AT - HOUR, b"1" * 32),
        at=AT,
        day=localdate(AT),
    )
    (answer,) = phones.send(phone, AT)
    assert codes(answer) == ["paid"]
    row = Bill.objects.get(region="62.02", id=bill.id)
    assert (row.received, row.owed) == (155_200, 0)


def test_two_telephones_for_one_bill_are_named(
    kotim: Region, phone: Phone, bill: Bill
) -> None:
    joko = people.officer("Joko", region=kotim, role="village_collector")
    second = phones.enrolled(kotim, joko, AT, name="Nokia")
    phone.write(bill, AT - 3 * HOUR)
    second.write(bill, AT - 2 * HOUR)
    phones.send(phone, AT)
    (answer,) = phones.send(second, AT)
    assert codes(answer) == ["two_devices"]
    assert "Redmi" in str(answer.told[0])
    assert in_hands() == 155_200


def test_an_amount_that_changed_is_told(phone: Phone, bill: Bill) -> None:
    phone.write(bill, AT - HOUR, amount=70_000)
    (answer,) = phones.send(phone, AT)
    assert codes(answer) == ["amount"]
    assert Bill.objects.get(region="62.02", id=bill.id).owed == 7_600


def test_money_for_a_bill_that_nobody_knows_is_kept(phone: Phone, bill: Bill) -> None:
    phone.write(bill, AT - HOUR, year=1999)
    (answer,) = phones.send(phone, AT)
    assert codes(answer) == ["unknown"]
    assert payment_of(answer).bill is None
    assert in_hands() == 77_600


def test_a_cancelled_bill_asks_for_nothing(
    kotim: Region, phone: Phone, bill: Bill
) -> None:
    Bill.objects.filter(region=kotim, id=bill.id).update(state=BillState.CANCELLED)
    phone.write(bill, AT - HOUR)
    (answer,) = phones.send(phone, AT)
    assert codes(answer) == ["not_asked"]


def test_a_withdrawn_telephone_is_told_apart_before_and_after(
    phone: Phone, bill: Bill, other: Bill, indah: Account
) -> None:
    verbs.revoke(device=phone.device, reason="hilang", by=indah, at=AT - 2 * HOUR)
    phone.write(bill, AT - 3 * HOUR)
    phone.write(other, AT - HOUR)
    before, after = phones.send(phone, AT)
    assert codes(before) == ["after_revoked"]
    assert payment_of(before).bill == bill.id
    assert codes(after) == ["revoked"]
    assert payment_of(after).bill is None


# Telephones


def test_a_code_enrols_one_telephone_of_one_person_once(
    kotim: Region, galih: Account, bill: Bill
) -> None:
    joko = people.officer("Joko", region=kotim, role="village_collector")
    made, key = phones.invited(kotim, galih, AT), phones.new_key()
    given = phones.key_of("62.02", made.code, key)
    for who, at in ((joko, AT), (galih, AT + timedelta(hours=25))):
        with pytest.raises(CollectorRefused):
            verbs.enrol(region=kotim, key=given, by=who, at=at)
    device = verbs.enrol(region=kotim, key=given, by=galih, at=AT)
    assert "private" not in device.public_key
    assert (
        verbs.enrol(region=kotim, key=given, by=galih, at=AT) == device
    )  # lost answer
    with pytest.raises(CollectorRefused):
        verbs.enrol(
            region=kotim,
            key=phones.key_of("62.02", made.code, phones.new_key()),
            by=galih,
            at=AT,
        )


def test_a_key_that_is_not_in_ones_hands_is_not_enrolled(
    kotim: Region, galih: Account, bill: Bill
) -> None:
    made = phones.invited(kotim, galih, AT)
    mine = phones.key_of("62.02", made.code, phones.new_key())
    stolen = verbs.NewKey(made.code, phones.jwk(phones.new_key()), mine.signature)
    with pytest.raises(slips.NotSigned):
        verbs.enrol(region=kotim, key=stolen, by=galih, at=AT)


def test_nobody_gives_a_telephone_to_themself(kotim: Region, bill: Bill) -> None:
    both = people.officer("Karta", region=kotim, role="village_collector")
    with pytest.raises(SamePerson):
        phones.invited(kotim, both, AT, by=both)


def test_the_list_has_the_unpaid_bills_of_the_villages_alone(
    kotim: Region, phone: Phone, bill: Bill, other: Bill
) -> None:
    elsewhere = makers.object(kotim, number="620299900101200340")
    makers.bill(kotim, elsewhere)
    ledger.pay(
        ledger.Notice("62.02", "counter", "x", other.id, 77_600, AT, b"1" * 32),
        at=AT,
        day=localdate(AT),
    )
    (row,) = collectors.carried(phone.device, on=localdate(AT))
    assert (row.nop, row.sums[0]) == (bill.number, (localdate(AT), 77_600))
    assert len(row.sums) > 1  # interest begins after the last day


# Deposits


def deposit(phone: Phone, by: Account, amount: int, **more: Any) -> Deposit:
    return verbs.record_deposit(
        device=phone.device,
        count=verbs.Count(amount, **more),
        by=by,
        at=AT,
        on=localdate(AT),
    )


def test_a_deposit_takes_the_money_out_of_the_collectors_hands(
    phone: Phone, bill: Bill, indah: Account
) -> None:
    phone.write(bill, AT - timedelta(days=9))
    phones.send(phone, AT)
    standing = collectors.standing(phone.device)
    assert standing.late(localdate(AT))
    row = deposit(phone, indah, 77_600)
    assert (row.expected, in_hands()) == (77_600, 0)
    standing = collectors.standing(phone.device)
    assert (standing.held, standing.since) == (0, None)
    cash = Posting.objects.get(source="deposit", source_key=str(row.pk))
    assert (cash.debit, cash.credit, cash.amount) == ("1.1.1", "1.1.3", 77_600)


def test_a_difference_needs_a_reason_and_stays_in_sight(
    phone: Phone, bill: Bill, indah: Account
) -> None:
    phone.write(bill, AT - HOUR)
    phones.send(phone, AT)
    with pytest.raises(CollectorRefused):
        deposit(phone, indah, 70_000)
    deposit(phone, indah, 70_000, note="kurang, dibawa besok")
    standing = collectors.standing(phone.device)
    assert (standing.held, in_hands()) == (7_600, 7_600)
    assert standing.since == localdate(AT - HOUR)


def test_nobody_counts_their_own_money(
    kotim: Region, phone: Phone, bill: Bill, galih: Account
) -> None:
    with pytest.raises(SamePerson):
        deposit(phone, galih, 1_000, note="x")


def test_the_books_of_a_closed_day_take_no_deposit(
    kotim: Region, phone: Phone, bill: Bill, indah: Account, monkeypatch: Any
) -> None:
    def closed(**_more: object) -> None:
        raise ledger.ClosedDay("closed")

    monkeypatch.setattr(ledger, "post", closed)
    with pytest.raises(ledger.ClosedDay):
        deposit(phone, indah, 1_000, note="x")
    assert not Deposit.objects.exists()


# Clearing up


def test_a_receipt_is_cleared_up_once_its_money_has_a_place(
    phone: Phone, bill: Bill, other: Bill, indah: Account, galih: Account
) -> None:
    phone.write(bill, AT - 2 * HOUR, amount=70_000)
    phone.write(other, AT - HOUR, year=1999)
    first, second = (one.slip for one in phones.send(phone, AT))
    assert first
    assert second
    with pytest.raises(SamePerson):
        slip_verbs.settle(slip=first, reason="x", by=galih, at=AT)
    with pytest.raises(CollectorRefused):
        slip_verbs.settle(slip=second, reason="x", by=indah, at=AT)
    slip_verbs.take_up(slip=first, by=indah, at=AT)
    row = slip_verbs.settle(slip=first, reason="sisa dibayar", by=indah, at=AT)
    assert (row.state, row.owner) == (SlipState.SETTLED, indah)
    with pytest.raises(CollectorRefused):
        slip_verbs.take_up(slip=first, by=indah, at=AT)


# What anybody asks


def test_a_receipt_is_real_before_and_after_it_arrives(
    kotim: Region, phone: Phone, bill: Bill
) -> None:
    line = phone.write(bill, AT - HOUR)
    number = slips.read(line).shown
    first = receipt_pages.check(kotim, line).slip
    unknown = receipt_pages.check(kotim, number).slip
    assert first
    assert unknown
    assert (first.kind, unknown.kind) == ("waiting", "number")
    phones.send(phone, AT)
    for text in (line, number):
        seen = receipt_pages.check(kotim, text).slip
        assert seen
        assert (seen.kind, seen.clarified) == ("received", False)
        assert seen.serial
    changed = line.replace("/77600/", "/97600/")
    assert receipt_pages.check(kotim, changed).kind == "foreign"


def test_the_public_page_says_so(client: Client, phone: Phone, bill: Bill) -> None:
    line = phone.write(bill, AT - HOUR)
    page = client.post("/daerah/62.02/pajak/resi/periksa/?bahasa=en", {"text": line})
    assert "not yet received by the office" in page.content.decode()
    keys = client.get("/daerah/62.02/pajak/resi/kunci.pem").content.decode()
    assert f"# HBR2 {phone.device.pk}\n-----BEGIN PUBLIC KEY-----" in keys


def test_the_number_on_paper_is_read_however_it_is_typed() -> None:
    assert slips.read_shown(" p7-12-k7qm3x ") == (7, 12, "K7QM3X")
    assert slips.read_shown("62.02-0000123-45") is None


def test_each_thing_that_does_not_fit_has_its_words() -> None:
    given = {"at": AT.isoformat(), "asked": 1, "taken": 2, "first": 1, "last": 2}
    more = {"channel": "c", "receipt": "r", "device": "d"}
    for code in collectors._SENTENCES:
        words = str(collectors.told({"code": code, **given, **more}))
        assert "{" not in words
        assert words


def test_too_many_receipts_at_once_are_refused_whole(phone: Phone) -> None:
    with pytest.raises(Refusal):
        phones.send(phone, AT, *(["x"] * 501))
