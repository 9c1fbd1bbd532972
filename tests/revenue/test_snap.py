import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection, connections
from django.test import Client
from django.utils.timezone import localdate, now

from habaring.regions.models import Region
from habaring.revenue import ledger
from habaring.revenue.bank.signing import Call as Signed
from habaring.revenue.bank.signing import Paid, Signer
from habaring.revenue.gateways import charging, owing, services, wire
from habaring.revenue.models import (
    Bill,
    BillState,
    Call,
    Partner,
    PartnerKey,
    Payment,
    PaymentState,
    Posting,
    RefusedCalls,
    Token,
)
from tests import makers as people
from tests.revenue import banks, makers
from tests.revenue.banks import send

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> datetime:
    """The gateway lives by the clock."""
    return now().replace(microsecond=0)


@pytest.fixture
def bill(kotim: Region, at: datetime) -> Bill:
    """Rp77,600, not due yet."""
    return makers.bill(kotim, due_on=localdate(at) + timedelta(days=30))


@pytest.fixture
def bank(kotim: Region, at: datetime, client: Client) -> Signer:
    return banks.with_token(banks.bank(kotim, at), client, at)


def paid(bill: Bill, at: datetime, **more: Any) -> Paid:
    given = {
        "target": owing.customer_of_bill(bill),
        "reference": "A-1",
        "amount": bill.amount,
        "paid_at": at,
    }
    return Paid(**(given | more))


def same(bill: Bill) -> Bill:
    return Bill.objects.get(region=bill.region_id, id=bill.id)


def state() -> dict[str, int]:
    """What a refused call must not change."""
    return {
        "payments": Payment.objects.count(),
        "postings": Posting.objects.count(),
        "received": sum(Bill.objects.values_list("received", flat=True)),
    }


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
    monkeypatch.setattr(services, "REVERSAL_WINDOW", timedelta(seconds=-60))
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


# Forged, expired, replayed, of another partner, too large


def forged(bank: Signer, money: Paid, at: datetime) -> Mapping[str, Signed]:
    good = bank.payment(money, at=at)
    return {
        "secret": replace(bank, secret=b"tebakan").payment(money, at=at),
        "body": replace(good, body=good.body.replace(b"77600.00", b"1.00")),
        "path": replace(good, path=good.path.replace("payment", "status")),
        "partner": replace(bank, va_id="VA-62.01").payment(money, at=at),
        "early": bank.payment(money, at=at + timedelta(minutes=6)),
        "late": bank.payment(money, at=at - timedelta(minutes=6)),
        "region": replace(good, path=good.path.replace("62.02", "62.01")),
    }


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("secret", "4012500"),
        ("body", "4012500"),
        ("path", "4012600"),
        ("partner", "4012500"),
        ("early", "4012500"),
        ("late", "4012500"),
        ("region", "4012501"),
    ],
)
def test_a_forged_call_changes_nothing(
    bank: Signer, bill: Bill, client: Client, at: datetime, what: str, code: str
) -> None:
    before = state()
    call = forged(bank, paid(bill, at), at)[what]
    assert send(client, call)[1]["responseCode"] == code
    assert state() == before
    assert not Call.objects.exists()


def test_a_token_of_another_partner_opens_nothing(
    bank: Signer, bill: Bill, kotim: Region, client: Client, at: datetime
) -> None:
    other = banks.partner(kotim, at, code="lain", partner_id="VA-LAIN")
    banks.public(other, at, key=banks.key(1))
    banks.secret(other, at, text="rahasia lain")
    theirs = replace(bank, va_id="VA-LAIN", key=banks.key(1), secret=b"rahasia lain")
    banks.with_token(theirs, client, at)
    money = paid(bill, at)
    mixed = replace(bank, token=theirs.token)
    assert send(client, mixed.payment(money, at=at))[1]["responseCode"] == "4012500"
    assert send(client, theirs.payment(money, at=at))[0] == 200
    assert Payment.objects.get().channel == "va:lain"


def test_a_partner_of_one_region_is_nobody_in_another(
    bank: Signer, client: Client, at: datetime
) -> None:
    people.region("62.01")
    elsewhere = replace(bank, root="/snap/62.01")
    assert send(client, elsewhere.access(at))[1]["responseCode"] == "4017300"
    money = Paid("6202-X", "QR-1", 5_000, at)
    assert send(client, elsewhere.notify(money, at=at))[1]["responseCode"] == "4015200"


def test_a_bank_of_virtual_accounts_sends_no_qris_and_the_other_way_round(
    bank: Signer, bill: Bill, client: Client, at: datetime
) -> None:
    money = Paid("6202-X", "QR-1", 5_000, at)
    swapped = replace(bank, qris_id=bank.va_id)
    assert send(client, swapped.notify(money, at=at))[1]["responseCode"] == "4015200"
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("X-TIMESTAMP", "", "4002502"),
        ("X-TIMESTAMP", "2026-11-22T12:00:00", "4002501"),
        ("X-SIGNATURE", "", "4002502"),
        ("X-SIGNATURE", "kosong", "4012500"),
        ("X-PARTNER-ID", "", "4002502"),
        ("X-EXTERNAL-ID", "", "4002502"),
        ("X-EXTERNAL-ID", "abc", "4002501"),
        ("X-EXTERNAL-ID", "1" * 37, "4002501"),
        ("CHANNEL-ID", "", "4002502"),
        ("Authorization", "", "4002502"),
        ("Authorization", "Basic abc", "4012501"),
        ("Authorization", "Bearer tebakan", "4012501"),
    ],
)
def test_a_header_that_is_wrong_is_named(
    bank: Signer,
    bill: Bill,
    client: Client,
    at: datetime,
    header: str,
    value: str,
    code: str,
) -> None:
    call = bank.payment(paid(bill, at), at=at)
    assert send(client, call, **{header: value})[1]["responseCode"] == code
    assert not Payment.objects.exists()


def test_a_body_larger_than_any_call_is_not_read(
    bank: Signer, bill: Bill, client: Client, at: datetime
) -> None:
    money = paid(bill, at)
    call = bank.payment(money, at=at)
    big = replace(call, body=call.body + b" " * wire.MOST_BYTES)
    status, told = send(client, big)
    assert (status, told["responseCode"]) == (400, "4002500")
    lying = send(client, call, **{"Content-Length": "999999999"})
    assert lying[1]["responseCode"] == "4002500"
    assert not Payment.objects.exists()
    assert send(client, call)[0] == 200  # as it was meant


def test_spaces_in_a_body_do_not_break_its_signature(
    bank: Signer, bill: Bill, client: Client, at: datetime
) -> None:
    call = bank.payment(paid(bill, at), at=at)
    loose = json.dumps(json.loads(call.body), indent=2).encode()
    assert send(client, replace(call, body=loose))[0] == 200


def test_who_is_refused_again_and_again_is_told_to_wait(
    bank: Signer,
    bill: Bill,
    client: Client,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("habaring.revenue.gateways.door.REFUSED_MOST", 3)
    bad = replace(bank, secret=b"tebakan")
    told = [
        send(client, bad.payment(paid(bill, at), at=at))[1]["responseCode"]
        for _time in range(5)
    ]
    assert told == ["4012500"] * 3 + ["4292500"] * 2
    assert RefusedCalls.objects.get().times == 3
    assert (
        send(client, bank.payment(paid(bill, at), at=at))[0] == 200
    )  # the bank itself


def test_inquiries_are_limited_and_notices_of_money_are_not(
    bank: Signer,
    bill: Bill,
    client: Client,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("habaring.revenue.gateways.door.INQUIRIES_MOST", 2)
    number = owing.customer_of_bill(bill)
    told = [
        send(client, bank.inquiry(number, request="Q", at=at))[1]["responseCode"]
        for _time in range(3)
    ]
    assert told == ["2002400", "2002400", "4292400"]
    assert send(client, bank.payment(paid(bill, at), at=at))[0] == 200


# Keys


def test_two_keys_are_good_while_one_is_changed_and_a_revoked_one_at_once_not(
    bank: Signer, bill: Bill, client: Client, at: datetime
) -> None:
    row = Partner.objects.get(kind="va")
    banks.secret(row, at, text="rahasia baru")
    changed = replace(bank, secret=b"rahasia baru")
    for number, signer in enumerate((bank, changed)):
        money = paid(bill, at, reference=f"A-{number}")
        answer = send(client, signer.payment(money, at=at, advice=True))
        assert answer[0] == 200
    old = PartnerKey.objects.filter(partner=row, use="secret").order_by("pk")[0]
    old.ends_at = at
    old.save()
    money = paid(bill, at, reference="A-9")
    assert send(client, bank.payment(money, at=at))[1]["responseCode"] == "4012500"
    told = send(client, changed.payment(money, at=at, advice=True))[1]
    assert told["responseCode"] == "2002500"


def test_a_key_of_tomorrow_is_not_believed_today(
    bank: Signer, bill: Bill, client: Client, at: datetime
) -> None:
    row = Partner.objects.get(kind="va")
    banks.secret(row, at, text="besok", begins_at=at + timedelta(days=1))
    early = replace(bank, secret=b"besok")
    answer = send(client, early.payment(paid(bill, at), at=at))
    assert answer[1]["responseCode"] == "4012500"


def test_a_partner_that_is_stopped_opens_nothing(
    bank: Signer, bill: Bill, client: Client, at: datetime
) -> None:
    Partner.objects.update(active=False)
    call = bank.payment(paid(bill, at), at=at)
    assert send(client, call)[1]["responseCode"] == "4012500"
    assert send(client, bank.access(at))[1]["responseCode"] == "4017300"


# Answers


def test_an_answer_is_kept_nowhere_and_needs_no_session(
    bank: Signer, bill: Bill, at: datetime
) -> None:
    client = Client(enforce_csrf_checks=True)
    call = bank.payment(paid(bill, at), at=at)
    answer = client.post(
        call.path, call.body, content_type="application/json", headers=call.headers
    )
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert not answer.cookies
    assert answer.headers["X-EXTERNAL-ID"] == call.headers["X-EXTERNAL-ID"]
    assert client.get(call.path).status_code == 405


def test_any_doubt_is_a_5xx_and_the_call_may_come_again(
    bank: Signer,
    bill: Bill,
    client: Client,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call = bank.payment(paid(bill, at), at=at)

    def broken(*_args: object, **_more: object) -> None:
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "pay", broken)
        status, told = send(client, call)
        assert (status, told["responseCode"]) == (500, "5002500")
        assert "Traceback" not in json.dumps(told)
    assert not Call.objects.exists()
    assert send(client, call)[0] == 200


def test_what_was_refused_for_good_uses_its_external_id_up(
    bank: Signer, bill: Bill, client: Client, at: datetime
) -> None:
    call = bank.payment(paid(bill, at, amount=1), at=at)
    assert send(client, call)[1]["responseCode"] == "4042513"
    assert Call.objects.get().code == "4042513"
    assert send(client, call)[1]["responseCode"] == "4092500"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("committed", [False, True])
def test_yes_is_said_only_after_the_commit(
    monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    """The line is lost at the COMMIT, before the server did it or after."""
    with connection.cursor() as cursor:  # the ledger is never emptied, but for this
        cursor.execute("SET habaring.may_empty = 'yes'")
    at, client = now().replace(microsecond=0), Client()
    kotim = people.region("62.02")
    bill = makers.bill(kotim, due_on=localdate(at) + timedelta(days=30))
    bank = banks.with_token(banks.bank(kotim, at), client, at)
    money = paid(bill, at)
    wrapper = type(connections["default"])
    commit = wrapper._commit

    def lost(one: Any) -> None:
        if committed:
            commit(one)
        raise OperationalError("the line is lost")

    with monkeypatch.context() as patch:
        patch.setattr(wrapper, "_commit", lost)
        status, told = send(client, bank.payment(money, at=at))
    assert (status, told["responseCode"]) == (500, "5002500")
    assert Payment.objects.count() == int(committed)
    status, told = send(client, bank.payment(money, at=at, advice=True))
    assert (status, told["responseCode"]) == (200, "2002500")
    assert Payment.objects.count() == 1
    assert same(bill).received == bill.amount
