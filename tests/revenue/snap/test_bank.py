import csv
import io
import json
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client
from django.utils.timezone import localdate, now

from habaring.regions.models import Region
from habaring.revenue.actions.partners import PartnerRefused
from habaring.revenue.bank import page
from habaring.revenue.bank.office import HEADINGS, NO_ANSWER, Answer, Office
from habaring.revenue.bank.registering import register
from habaring.revenue.bank.scan import NotReadableError, scan
from habaring.revenue.bank.signing import WIB, Call
from habaring.revenue.gateways import charging, owing, qris
from habaring.revenue.models import Bill, Partner, Payment, PaymentState, StatementKind
from habaring.revenue.statement_files import read_statement
from tests.revenue import makers


@pytest.fixture
def office(
    kotim: Region, at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Office:
    """Registered; its line leads to the test client. `cut` answers after the fact."""
    register(region=kotim, folder=tmp_path, address="http://platform", at=at)
    made = Office(tmp_path, clock=lambda: now().astimezone(WIB))
    client = Client()

    def send(_office: Office, call: Call) -> Answer:
        answer = client.post(
            call.path, call.body, content_type="application/json", headers=call.headers
        )
        body = json.loads(answer.content)
        return Answer(body["responseCode"], body)

    monkeypatch.setattr(Office, "_send", send)
    return made


def number(bill: Bill) -> str:
    va = Partner.objects.get(kind="va")
    return charging.va_number(va, owing.customer_of_bill(bill))


def charge(kotim: Region, bill: Bill, at: datetime) -> str:
    row = charging.charge(
        region=kotim, partner=Partner.objects.get(kind="qris"), bills=[bill], at=at
    )
    return row.content


# QRIS codes, read by another reader than the one that wrote them


def fields(text: str) -> dict[str, str]:
    found = {}
    while text:
        size = int(text[2:4])
        found[text[:2]] = text[4 : 4 + size]
        assert len(found[text[:2]]) == size
        text = text[4 + size :]
    return found


MERCHANT = qris.Merchant(
    "Pajak Kotawaringin Timur", "Kotawaringin Timur", "936009110012345678", "ID10200123"
)


def test_a_code_holds_what_emvco_asks_for() -> None:
    text = qris.content(MERCHANT, amount=77_600, reference="6202-ABC", bill="X")
    found = fields(text)
    assert list(found) == sorted(found)
    assert text.startswith("000201010212")
    assert (found["53"], found["58"]) == ("360", "ID")
    assert found["54"] == "77600"
    assert len(found["59"]) <= 25
    assert found["60"] == "KOTAWARINGIN TI"
    assert fields(found["51"])["00"] == "ID.CO.QRIS.WWW"
    assert fields(found["62"]) == {"01": "X", "05": "6202-ABC"}


def test_the_checksum_is_that_of_the_standard() -> None:
    assert qris.crc16(b"123456789") == 0x29B1
    text = qris.content(MERCHANT, amount=1, reference="R", bill="B")
    assert scan(text).amount == 1
    for place in (10, 40, len(text) - 1):
        changed = (
            text[:place] + ("1" if text[place] != "1" else "2") + text[place + 1 :]
        )
        with pytest.raises(NotReadableError):
            scan(changed)


def test_segno_draws_it() -> None:
    import segno

    text = qris.content(MERCHANT, amount=77_600, reference="6202-" + "A" * 16, bill="X")
    assert int(segno.make(text, error="m").version) <= 15


# What the bank does


@pytest.mark.django_db
def test_a_bank_pays_by_number_and_by_code(
    office: Office, bill: Bill, kotim: Region, at: datetime
) -> None:
    found = office.look_up(number(bill))
    assert (found.amount, found.name) == (77_600, "S••• C•••••")
    money = office.pay(found.scanned, found.amount)
    assert money.answer == "2002500"
    other = makers.bill(kotim, due_on=bill.due_on)
    code = office.look_up(charge(kotim, other, at))
    assert office.pay(code.scanned, code.amount).answer == "2005200"
    assert Payment.objects.filter(bill__in=[bill.id, other.id]).count() == 2


@pytest.mark.django_db
def test_a_bank_repeats_delays_and_takes_back(office: Office, bill: Bill) -> None:
    scanned = scan(number(bill))
    first = office.pay(scanned, 77_600, tell=False)
    assert not Payment.objects.exists()
    assert [one.paid.reference for one in office.waiting()] == [first.paid.reference]
    assert [one.answer for one in office.tell_all()] == ["2002500"]
    again = office.store.find(first.paid.reference)
    assert again is not None
    assert office.tell(again).answer == "2002500"
    assert Payment.objects.count() == 1
    assert office.take_back(again).good
    assert Payment.objects.get().state == PaymentState.REVERSED


@pytest.mark.django_db
def test_money_that_the_region_refuses_goes_back_to_its_owner(
    office: Office, bill: Bill
) -> None:
    money = office.pay(scan(number(bill)), 1)
    assert money.answer == "4042513"
    kept = office.store.find(money.paid.reference)
    assert kept is not None
    assert kept.back_at is not None
    assert not office.waiting()


@pytest.mark.django_db
def test_without_an_answer_the_bank_sends_again(
    office: Office, bill: Bill, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = Office._send

    def cut(office: Office, call: Call) -> Answer:
        there(office, call)
        return Answer(NO_ANSWER, {})

    office._fetch_token()
    with monkeypatch.context() as patch:
        patch.setattr(Office, "_send", cut)
        money = office.pay(scan(number(bill)), 77_600)
    assert money.answer == NO_ANSWER
    assert office.insist(money, pause=0).answer == "2002500"
    assert Payment.objects.count() == 1


@pytest.mark.django_db
def test_the_settlement_file_of_a_day_is_read_by_the_office(
    office: Office, bill: Bill, kotim: Region, at: datetime
) -> None:
    money = office.pay(scan(number(bill)), 77_600)
    office.take_back(money)
    second = office.pay(scan(charge(kotim, bill, at)), 77_600)
    text = office.settle(at.astimezone(WIB).date())
    rows = list(csv.reader(io.StringIO(text)))
    assert tuple(rows[0]) == HEADINGS
    assert [(row[1], row[2], row[4], row[5]) for row in rows[1:]] == [
        ("va:contoh", money.paid.reference, "77600", "payment"),
        ("va:contoh", money.paid.reference, "-77600", "reversal"),
        ("qris:contohqr", second.paid.reference, "77600", "payment"),
    ]
    read = read_statement(
        io.BytesIO(text.encode()), StatementKind.SETTLEMENT, today=localdate(at)
    )
    assert [line.amount for line in read.lines] == [77_600, -77_600, 77_600]
    of_va = office.settle(at.astimezone(WIB).date(), "va")
    assert of_va.splitlines() == text.splitlines()[:3]


@pytest.mark.django_db
def test_the_page_of_the_bank(office: Office, bill: Bill) -> None:
    assert "Bank Contoh" in page.home(office)
    shown = page.act(office, "/lihat", {"isi": number(bill)})
    assert "Rp77.600" in shown
    given = {"isi": number(bill), "jumlah": "77600", "cara": "ganda"}
    page.act(office, "/bayar", given)
    assert Payment.objects.count() == 2
    assert Payment.objects.filter(surplus=77_600).count() == 1
    assert "4042414" in page.act(office, "/lihat", {"isi": number(bill)})
    assert "<script" not in page.act(office, "/lihat", {"isi": number(bill)})


@pytest.mark.django_db
def test_a_bank_is_registered_once(
    office: Office, kotim: Region, at: datetime, tmp_path: Path
) -> None:
    with pytest.raises(PartnerRefused):
        register(region=kotim, folder=tmp_path, address="http://x", at=at)
