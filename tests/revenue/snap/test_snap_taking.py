"""A payment in one statement: the same answers and the same books as by the long way."""

from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.utils.timezone import localdate, now

from habaring.regions.models import Region
from habaring.revenue.bank.signing import Paid, Signer
from habaring.revenue.gateways import charging, door, owing, taking
from habaring.revenue.gateways.lines import Lines
from habaring.revenue.models import (
    Bill,
    BillState,
    Call,
    Partner,
    Payment,
    PaymentState,
)
from tests import makers as people
from tests.revenue import banks, makers
from tests.revenue.banks import paid, same, send, state

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(kotim: Region, at: datetime, client: Client) -> Signer:
    """Known to the process by both its names."""
    bank = banks.with_token(banks.bank(kotim, at), client, at)
    send(client, bank.status(Paid("0" * 20, "none", 1, at), at=at))
    send(client, bank.notify(Paid("none", "none", 1, at), at=at, status="06"))
    Call.objects.all().delete()
    return bank


@pytest.fixture
def _at_once(bank: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The long way is closed once the bank is known."""

    def closed(*_args: object) -> None:
        raise AssertionError("the long way")

    monkeypatch.setattr(door, "_at_length", closed)


def books() -> list[Any]:
    rows = Payment.objects.order_by("reference")
    return [
        (row.channel, row.reference, row.bill, row.amount, row.paid_at, row.state)
        for row in rows
    ]


@pytest.mark.usefixtures("_at_once")
def test_what_nearly_all_calls_say_is_done_at_once(
    bank: Signer, bill: Bill, kotim: Region, client: Client, at: datetime
) -> None:
    status, told = send(client, bank.payment(paid(bill, at), at=at))
    assert (status, told["responseCode"]) == (200, "2002500")
    assert told["virtualAccountData"]["virtualAccountName"] == "S••• C•••••"
    assert same(bill).received == 77_600
    before = state()
    assert send(client, bank.payment(paid(bill, at), at=at))[0] == 200  # again
    assert state() == before
    twice = paid(bill, at, reference="B-1")
    assert send(client, bank.payment(twice, at=at, advice=True))[0] == 200
    assert Payment.objects.get(reference="B-1").surplus == 77_600
    other = makers.bill(kotim, due_on=bill.due_on)
    qris = Partner.objects.get(kind="qris")
    code = charging.charge(region=kotim, partner=qris, bills=[other], at=at)
    notice = bank.notify(Paid(code.reference, "Q-1", 77_600, at), at=at)
    assert send(client, notice)[1]["responseCode"] == "2005200"
    assert same(other).received == 77_600
    rows = Call.objects.order_by("pk").values_list("service", "code", "reference")
    assert list(rows) == [
        ("25", "2002500", "A-1"),
        ("25", "2002500", "A-1"),
        ("25", "2002500", "B-1"),
        ("52", "2005200", "Q-1"),
    ]


@pytest.mark.parametrize("at_once", [True, False])
def test_both_ways_say_and_book_the_same(
    bank: Signer,
    bill: Bill,
    kotim: Region,
    client: Client,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
    at_once: bool,
) -> None:
    if not at_once:
        monkeypatch.setattr(door, "_at_once", lambda _came, _route: None)
    late = makers.bill(kotim, due_on=localdate(at) - timedelta(days=10))
    held = makers.bill(kotim, due_on=bill.due_on, state=BillState.REVIEW)
    corrected = makers.bill(kotim, due_on=bill.due_on, state=BillState.CORRECTED)
    makers.bill(kotim, corrected.object, seq=1, amount=50_000, due_on=bill.due_on)
    gone = paid(bill, at, reference="G-1")
    send(client, bank.reversal(gone, at=at))
    asked = [
        (paid(bill, at, amount=1), False),
        (gone, True),
        (paid(bill, at), False),
        (paid(bill, at, amount=5), True),  # other money under its reference
        (paid(bill, at, reference="A-2"), False),
        (paid(late, at, reference="L-1"), False),
        (paid(late, at, reference="L-2", amount=78_376), False),
        (paid(held, at, reference="H-1"), False),
        (paid(held, at, reference="H-2"), True),
        (paid(corrected, at, reference="C-1", amount=50_000), False),
        (paid(bill, at, reference="N-1", target="62020600010120999926"), True),
        (paid(bill, at, reference="N-2", target="00" + "1" * 18), True),
    ]
    told = [
        send(client, bank.payment(money, at=at, advice=advice))[1]["responseCode"]
        for money, advice in asked
    ]
    assert told == [
        *("4042513", "2002500", "2002500", "4042518", "4042514", "4042513"),
        *("2002500", "4042512", "2002500", "2002500", "2002500", "2002500"),
    ]
    assert [(row[1], row[3], row[5]) for row in books()] == [
        ("A-1", 77_600, PaymentState.POSTED),
        ("C-1", 50_000, PaymentState.POSTED),
        ("G-1", 0, PaymentState.NEVER),
        ("H-2", 77_600, PaymentState.POSTED),
        ("L-2", 78_376, PaymentState.POSTED),
        ("N-1", 77_600, PaymentState.POSTED),
        ("N-2", 77_600, PaymentState.POSTED),
    ]
    assert Payment.objects.get(reference="L-2").interest == 776


def test_an_external_id_that_was_used_undoes_the_payment(
    bank: Signer, bill: Bill, client: Client, at: datetime
) -> None:
    first = bank.payment(paid(bill, at), at=at)
    send(client, first)
    before = state()
    again = bank.payment(paid(bill, at, reference="A-2"), at=at, advice=True)
    used = {"X-EXTERNAL-ID": first.headers["X-EXTERNAL-ID"]}
    assert send(client, again, **used)[1]["responseCode"] == "4092500"
    assert state() == before


def test_a_call_of_a_bank_meets_no_session_and_no_page(
    bank: Signer, bill: Bill, client: Client, at: datetime
) -> None:
    call = bank.payment(paid(bill, at), at=at)
    answer = client.post(
        call.path, call.body, content_type="application/json", headers=call.headers
    )
    assert "Vary" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Request-ID"]


@pytest.mark.django_db(transaction=True)
def test_a_line_that_broke_is_a_doubt_and_the_next_call_has_another() -> None:
    with connection.cursor() as cursor:  # the ledger is never emptied, but for this
        cursor.execute("SET habaring.may_empty = 'yes'")
    at, client = now().replace(microsecond=0), Client()
    kotim = people.region("62.02")
    due = localdate(at) + timedelta(days=30)
    some = [makers.bill(kotim, due_on=due) for _n in range(3)]
    bank = banks.with_token(banks.bank(kotim, at), client, at)
    for number, bill in enumerate(some[:2]):
        money = paid(bill, at, reference=f"A-{number}")
        assert send(client, bank.payment(money, at=at))[0] == 200
    (line, _since) = taking._lines.idle[-1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [line.info.backend_pid])
    call = bank.payment(paid(some[2], at, reference="A-9"), at=at)
    assert send(client, call)[1]["responseCode"] == "5002500"
    assert not taking._lines.idle
    assert send(client, call)[0] == 200
    assert same(some[2]).received == 77_600
    with pytest.raises(psycopg.ProgrammingError):
        Lines("SELECT nothing_of_that_name()").ask()
    assert owing.nop_of("123") is None
