from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate

from habaring.regions.models import Region
from habaring.revenue.bank.signing import Paid, Signer
from habaring.revenue.gateways import answering, charging, owing
from habaring.revenue.models import (
    Bill,
    BillState,
    Call,
    Partner,
    Payment,
    PaymentState,
    Token,
)
from tests.revenue import banks, makers
from tests.revenue.banks import paid, same, send, state

pytestmark = pytest.mark.django_db


# Tokens


def test_a_bank_asks_for_a_token_and_asks_what_is_owed(
    bank: Signer, bill: Bill, client: Client, at: datetime
) -> None:
    call = bank.inquiry(owing.customer_of_bill(bill), request="Q-1", at=at)
    status, told = send(client, call)
    assert (status, told["responseCode"]) == (200, "2002400")
    data = told["virtualAccountData"]
    assert data["totalAmount"] == {"value": "77600.00", "currency": "IDR"}
    assert data["virtualAccountName"] == "S••• C•••••"
    assert data["inquiryStatus"] == "00"
    assert data["virtualAccountTrxType"] == "C"
    assert bank.token not in str(list(Token.objects.values()))


def test_a_token_is_given_to_the_partners_own_key_alone(
    kotim: Region, at: datetime, client: Client
) -> None:
    bank = banks.bank(kotim, at)
    assert send(client, bank.access(at))[1]["responseCode"] == "2007300"
    stranger = replace(bank, key=banks.key(1))
    assert send(client, stranger.access(at))[1]["responseCode"] == "4017300"
    unknown = replace(bank, va_id="VA-99")
    assert send(client, unknown.access(at))[1]["responseCode"] == "4017300"
    late = bank.access(at - timedelta(minutes=6))
    assert send(client, late)[1]["responseCode"] == "4017300"
    qris = replace(bank, va_id=bank.qris_id)
    assert send(client, qris.access(at))[1]["responseCode"] == "4017300"
    assert Token.objects.count() == 1


def test_a_token_ends_after_a_quarter_of_an_hour(
    bank: Signer, bill: Bill, client: Client, at: datetime
) -> None:
    Token.objects.update(expires_at=at - timedelta(seconds=1))
    call = bank.inquiry(owing.customer_of_bill(bill), request="Q-1", at=at)
    assert send(client, call)[1]["responseCode"] == "4012401"
    banks.with_token(bank, client, at)
    assert Token.objects.count() == 1  # those that ran out are gone


# Payments


def test_a_payment_is_booked_once_and_told_again(
    bank: Signer, bill: Bill, client: Client, at: datetime
) -> None:
    money = paid(bill, at)
    status, told = send(client, bank.payment(money, at=at))
    assert (status, told["responseCode"]) == (200, "2002500")
    assert told["virtualAccountData"]["paymentFlagStatus"] == "00"
    assert told["virtualAccountData"]["paidAmount"]["value"] == "77600.00"
    before = state()
    for advice in (False, True):
        status, again = send(client, bank.payment(money, at=at, advice=advice))
        assert (status, again["responseCode"]) == (200, "2002500")
        assert again["virtualAccountData"]["paymentFlagStatus"] == "00"
    assert state() == before
    row = Payment.objects.get()
    assert (row.channel, row.reference, row.amount) == ("va:contoh", "A-1", 77600)
    assert row.paid_at == at
    assert same(bill).received == 77600


def test_the_same_reference_for_other_money_is_inconsistent(
    bank: Signer, bill: Bill, client: Client, at: datetime
) -> None:
    money = paid(bill, at)
    send(client, bank.payment(money, at=at))
    before = state()
    other = bank.payment(replace(money, amount=1), at=at, advice=True)
    assert send(client, other)[1]["responseCode"] == "4042518"
    assert state() == before


def test_an_external_id_is_good_once_a_day(
    bank: Signer, bill: Bill, client: Client, at: datetime
) -> None:
    call = bank.payment(paid(bill, at), at=at)
    assert send(client, call)[0] == 200
    before = state()
    assert send(client, call)[1]["responseCode"] == "4092500"
    fresh = bank.payment(paid(bill, at, reference="A-2"), at=at, advice=True)
    used = {"X-EXTERNAL-ID": call.headers["X-EXTERNAL-ID"]}
    assert send(client, fresh, **used)[1]["responseCode"] == "4092500"
    assert state() == before  # what had been booked in it is undone
    assert Call.objects.filter(service="25").count() == 1
    assert send(client, fresh)[1]["responseCode"] == "2002500"


def test_before_money_moves_the_answer_may_be_no(
    bank: Signer, bill: Bill, client: Client, at: datetime
) -> None:
    before = state()
    for amount in (1, 77_599, 77_601):
        money = paid(bill, at, amount=amount, reference=f"A-{amount}")
        answer = send(client, bank.payment(money, at=at))
        assert answer[1]["responseCode"] == "4042513"
    nobody = paid(bill, at, target="62020600010120999926", reference="A-0")
    assert send(client, bank.payment(nobody, at=at))[1]["responseCode"] == "4042512"
    assert state() == before
    send(client, bank.payment(paid(bill, at), at=at))
    twice = bank.payment(paid(bill, at, reference="B-1"), at=at)
    assert send(client, twice)[1]["responseCode"] == "4042514"
    ask = bank.inquiry(owing.customer_of_bill(bill), request="Q", at=at)
    assert send(client, ask)[1]["responseCode"] == "4042414"
    assert Payment.objects.count() == 1


def test_money_that_moved_is_never_refused(
    bank: Signer, bill: Bill, client: Client, at: datetime
) -> None:
    told = [
        paid(bill, at),
        paid(bill, at, reference="B-1"),  # twice
        paid(bill, at, reference="C-1", target="62020600010120999926"),  # for nothing
        paid(bill, at, reference="D-1", target="123"),
    ]
    for money in told:
        answer = send(client, bank.payment(money, at=at, advice=True))
        assert answer[1]["responseCode"] == "2002500"
    assert Payment.objects.count() == 4
    assert Payment.objects.filter(bill=None).count() == 2
    assert same(bill).received == 2 * 77_600
    assert Payment.objects.get(reference="B-1").surplus == 77_600


def test_interest_goes_by_the_banks_clock(
    bank: Signer, kotim: Region, client: Client, at: datetime
) -> None:
    late = makers.bill(kotim, due_on=localdate(at) - timedelta(days=10))
    ask = bank.inquiry(owing.customer_of_bill(late), request="Q", at=at)
    _status, told = send(client, ask)
    owed = told["virtualAccountData"]["totalAmount"]["value"]
    assert owed == "78376.00"  # 1 % of 77,600 for a month begun
    in_time = paid(late, at - timedelta(days=10))
    assert send(client, bank.payment(in_time, at=at))[1]["responseCode"] == "2002500"
    assert Payment.objects.get().interest is None


def test_interest_is_paid_with_the_tax(
    bank: Signer, kotim: Region, client: Client, at: datetime
) -> None:
    late = makers.bill(kotim, due_on=localdate(at) - timedelta(days=10))
    without = bank.payment(paid(late, at), at=at)
    assert send(client, without)[1]["responseCode"] == "4042513"
    money = paid(late, at, amount=78_376, reference="A-2")
    assert send(client, bank.payment(money, at=at))[1]["responseCode"] == "2002500"
    assert Payment.objects.get().interest == 776


def test_what_is_paid_in_instalments_takes_any_part(
    bank: Signer, bill: Bill, client: Client, at: datetime
) -> None:
    Bill.objects.filter(region=bill.region_id, id=bill.id).update(
        state=BillState.INSTALMENT
    )
    for number, amount in enumerate((10_000, 67_600)):
        money = paid(bill, at, amount=amount, reference=f"A-{number}")
        assert send(client, bank.payment(money, at=at))[1]["responseCode"] == "2002500"
    more = paid(bill, at, amount=1, reference="A-9")
    assert send(client, bank.payment(more, at=at))[1]["responseCode"] == "4042514"


@pytest.mark.parametrize(
    "state_", [BillState.REVIEW, BillState.CANCELLED, BillState.CORRECTED]
)
def test_a_bill_that_asks_for_nothing_is_not_found(
    bank: Signer, bill: Bill, client: Client, at: datetime, state_: str
) -> None:
    Bill.objects.filter(region=bill.region_id, id=bill.id).update(state=state_)
    ask = bank.inquiry(owing.customer_of_bill(bill), request="Q", at=at)
    assert send(client, ask)[1]["responseCode"] == "4042412"


def test_a_correction_is_paid_under_the_same_number(
    bank: Signer, bill: Bill, kotim: Region, client: Client, at: datetime
) -> None:
    Bill.objects.filter(region=kotim, id=bill.id).update(state=BillState.CORRECTED)
    obj = bill.object
    makers.bill(kotim, obj, seq=1, amount=50_000, due_on=bill.due_on)
    ask = bank.inquiry(f"{bill.number}26", request="Q", at=at)
    data = send(client, ask)[1]["virtualAccountData"]
    assert data["totalAmount"]["value"] == "50000.00"


# Reversals and status


def test_a_payment_is_taken_back_and_its_bill_is_owed_again(
    bank: Signer, bill: Bill, client: Client, at: datetime
) -> None:
    money = paid(bill, at)
    send(client, bank.payment(money, at=at))
    for _time in range(2):
        answer = send(client, bank.reversal(money, at=at))
        assert answer[1]["responseCode"] == "2002500"
    assert Payment.objects.get().state == PaymentState.REVERSED
    assert same(bill).received == 0
    told = send(client, bank.status(money, at=at))[1]
    assert told["virtualAccountData"]["paymentFlagStatus"] == "01"


def test_taken_back_before_it_arrived_it_is_never_booked(
    bank: Signer, bill: Bill, client: Client, at: datetime
) -> None:
    money = paid(bill, at)
    assert send(client, bank.reversal(money, at=at))[0] == 200
    assert send(client, bank.payment(money, at=at, advice=True))[0] == 200
    assert same(bill).received == 0
    assert Payment.objects.get().state == PaymentState.NEVER


def test_a_reversal_comes_within_a_day_and_says_the_same_money(
    bank: Signer,
    bill: Bill,
    client: Client,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    money = paid(bill, at)
    send(client, bank.payment(money, at=at))
    other = replace(money, amount=1)
    assert send(client, bank.reversal(other, at=at))[1]["responseCode"] == "4042518"
    monkeypatch.setattr(answering, "REVERSAL_WINDOW", timedelta(seconds=-60))
    assert send(client, bank.reversal(money, at=at))[1]["responseCode"] == "4032500"
    assert same(bill).received == 77_600


def test_the_status_of_a_payment(
    bank: Signer, bill: Bill, client: Client, at: datetime
) -> None:
    money = paid(bill, at)
    assert send(client, bank.status(money, at=at))[1]["responseCode"] == "4042601"
    send(client, bank.payment(money, at=at))
    told = send(client, bank.status(money, at=at))[1]
    assert told["responseCode"] == "2002600"
    assert told["virtualAccountData"]["paymentFlagStatus"] == "00"


# QRIS


def test_a_qris_notice_pays_what_the_code_asked_for(
    bank: Signer, bill: Bill, kotim: Region, client: Client, at: datetime
) -> None:
    charge = charging.charge(
        region=kotim, partner=Partner.objects.get(kind="qris"), bills=[bill], at=at
    )
    money = Paid(charge.reference, "QR-1", charge.amount, at)
    for _time in range(3):
        status, told = send(client, bank.notify(money, at=at))
        assert (status, told["responseCode"]) == (200, "2005200")
    assert Payment.objects.get().bill == bill.id
    assert same(bill).received == 77_600
    assert send(client, bank.cancel(money, at=at))[1]["responseCode"] == "2007700"
    assert same(bill).received == 0


def test_a_qris_notice_for_nothing_known_is_kept_as_unidentified(
    bank: Signer, client: Client, at: datetime
) -> None:
    money = Paid("6202-NOBODY", "QR-1", 5_000, at)
    assert send(client, bank.notify(money, at=at))[1]["responseCode"] == "2005200"
    assert Payment.objects.get().bill is None
    failed = Paid("6202-NOBODY", "QR-2", 5_000, at)
    assert send(client, bank.notify(failed, at=at, status="06"))[0] == 200
    assert Payment.objects.count() == 1  # no money moved


def test_several_bills_at_once_are_several_payments(
    bank: Signer, bill: Bill, kotim: Region, client: Client, at: datetime
) -> None:
    other = makers.bill(kotim, amount=20_000, due_on=bill.due_on)
    va = Partner.objects.get(kind="va")
    charge = charging.charge(region=kotim, partner=va, bills=[bill, other], at=at)
    assert charge.content == f"{va.prefix}01{charge.pk:018d}"
    money = Paid(charge.content[8:], "M-1", 97_600, at)
    ask = bank.inquiry(money.target, request="Q", at=at)
    told = send(client, ask)[1]["virtualAccountData"]
    assert told["totalAmount"]["value"] == "97600.00"
    assert len(told["billDetails"]) == 2
    for advice in (False, True):
        answer = send(client, bank.payment(money, at=at, advice=advice))
        assert answer[1]["responseCode"] == "2002500"
    assert (same(bill).received, same(other).received) == (77_600, 20_000)
    refs = Payment.objects.order_by("reference").values_list("reference", flat=True)
    assert list(refs) == ["M-1#1", "M-1#2"]
    assert send(client, bank.reversal(money, at=at))[0] == 200
    assert (same(bill).received, same(other).received) == (0, 0)
