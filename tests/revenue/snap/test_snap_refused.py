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
from habaring.revenue.gateways import owing, wire
from habaring.revenue.models import (
    Bill,
    Call,
    Partner,
    PartnerKey,
    Payment,
    RefusedCalls,
)
from tests import makers as people
from tests.revenue import banks, makers
from tests.revenue.banks import paid, same, send, state

pytestmark = pytest.mark.django_db


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
    commit = wrapper._commit  # type: ignore[attr-defined]

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
