"""Pay without an account: the basket, the channel, the ledger's word, the receipt."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils.timezone import localdate

from habaring.regions.models import Region
from habaring.revenue import ledger, receipt_access, receipts
from habaring.revenue.models import Bill, Charge, Claim, Finding, Payment, TaxObject
from habaring.shared import walls
from tests import makers as people
from tests.revenue import banks, makers

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
HOME = "/daerah/62.02/pajak/"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def bills(kotim: Region) -> tuple[Bill, Bill]:
    """Of two objects of two people, both due later this year."""
    due = localdate() + timedelta(days=40)
    mine = makers.bill(kotim, makers.object(kotim), due_on=due)
    mother = makers.bill(
        kotim,
        makers.object(
            kotim, makers.taxpayer(kotim, name="Ani Contoh", name_masked="A•• C•••••")
        ),
        due_on=due,
        amount=50_000,
    )
    return mine, mother


@pytest.fixture
def ways(kotim: Region) -> None:
    banks.partner(kotim, NOON)
    banks.qris(kotim, NOON)


def put(client: Client, bill: Bill, deed: str = "pay") -> str:
    answer = client.post(
        f"{HOME}nop/{bill.number}/bayar/", {"bill": [bill.id], "deed": deed}
    )
    return str(answer["Location"])


def charged(client: Client, way: str) -> str:
    answer = client.post(f"{HOME}bayar/", {"way": way})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return str(answer["Location"])


def read(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode().replace("\xa0", " ")


def pay(bill: Bill | None, reference: str, channel: str, amount: int) -> Payment:
    """As the bank tells of it."""
    walls.open_region("62.02")
    notice = ledger.Notice(
        region="62.02",
        channel=channel,
        reference=reference,
        bill=bill.id if bill else None,
        amount=amount,
        paid_at=NOON + timedelta(minutes=2),
        body_sha256=bytes(32),
    )
    ledger.pay(notice, at=NOON + timedelta(minutes=3), day=localdate(NOON))
    return Payment.objects.get(region="62.02", reference=reference)


def test_several_objects_lie_in_one_basket_without_an_account(
    client: Client, bills: tuple[Bill, Bill]
) -> None:
    mine, mother = bills
    assert put(client, mine, "add") == f"{HOME}keranjang/"
    put(client, mother, "add")
    page = read(client, f"{HOME}keranjang/")
    assert "Rp 127.600" in page
    assert "A•• C•••••" in page
    assert "Ani" not in page
    client.post(f"{HOME}keranjang/keluarkan/", {"bill": mine.id})
    assert "Rp 127.600" not in read(client, f"{HOME}keranjang/")


def test_a_basket_changed_by_hand_is_empty(
    client: Client, bills: tuple[Bill, Bill]
) -> None:
    client.cookies["keranjang"] = f"{bills[0].id}:falsch"
    assert "Belum ada apa-apa" in read(client, f"{HOME}keranjang/")


def test_a_bill_of_another_object_does_not_get_into_the_basket(
    client: Client, bills: tuple[Bill, Bill]
) -> None:
    mine, mother = bills
    client.post(f"{HOME}nop/{mine.number}/bayar/", {"bill": [mother.id], "deed": "pay"})
    assert "keranjang" not in client.cookies


@pytest.mark.usefixtures("ways")
def test_a_virtual_account_is_shown_large_in_fours(
    client: Client, bills: tuple[Bill, Bill]
) -> None:
    put(client, bills[0])
    page = read(client, charged(client, "contoh"))
    assert "7700 1234 6202 0600 0101 2003 4026" in page
    assert "7700123462020600010120034026" in page
    assert "Rp 77.600" in page


@pytest.mark.usefixtures("ways")
def test_qris_is_drawn_here_and_asks_for_the_whole_basket(
    client: Client, bills: tuple[Bill, Bill]
) -> None:
    for bill in bills:
        put(client, bill)
    address = charged(client, "contohqr")
    page = read(client, address)
    assert "<svg" in page
    assert "Rp 127.600" in page
    assert "style=" not in page
    picture = client.get(f"{address}qris.png")
    assert picture["Content-Type"] == "image/png"
    assert Charge.objects.get().amount == 127_600


@pytest.mark.usefixtures("ways")
def test_a_charge_that_is_guessed_or_of_another_region_is_not_found(
    client: Client, bills: tuple[Bill, Bill], kotim: Region
) -> None:
    people.region("62.01")
    put(client, bills[0])
    address = charged(client, "contohqr")
    read(client, f"{HOME}bayar/{Charge.objects.get().reference}:xyz/", 404)
    read(client, address.replace("62.02", "62.01", 1), 404)


@pytest.mark.usefixtures("ways")
def test_the_page_says_paid_only_when_the_ledger_does(
    client: Client, bills: tuple[Bill, Bill]
) -> None:
    mine = bills[0]
    put(client, mine)
    address = charged(client, "contohqr")
    client.post(address, {"paid": "yes", "status": "00"})
    client.get(address, {"paid": "yes"})
    assert "Sudah bayar? Periksa lagi" in read(client, f"{address}?status=paid")
    payment = pay(mine, Charge.objects.get().reference, "qris:contohqr", 77_600)
    page = read(client, address)
    assert "Uangnya sudah masuk" in page
    receipt = re.search(r'href="([^"]*/resi/\d+/[^"]+/)"', page)
    assert receipt
    sheet = read(client, receipt[1])
    assert receipts.number_of(payment) in sheet
    assert "S••• C•••••" in sheet
    assert "Belum ada apa-apa" in read(client, f"{HOME}keranjang/")


@pytest.mark.usefixtures("ways")
def test_a_bill_paid_another_way_meanwhile_is_not_asked_for_again(
    client: Client, bills: tuple[Bill, Bill]
) -> None:
    put(client, bills[0])
    address = charged(client, "contohqr")
    pay(bills[0], "LOKET-1", "counter", 77_600)
    page = read(client, address)
    assert "Jangan membayar lagi" in page
    assert '<svg viewBox="0 0 1' not in page


@pytest.mark.usefixtures("ways")
def test_a_charge_ends_with_its_day(client: Client, bills: tuple[Bill, Bill]) -> None:
    put(client, bills[0])
    address = charged(client, "contohqr")
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        page = read(client, address)
    assert "sudah habis" in page
    assert 'class="qr-code"' not in page


def test_cash_leads_to_counters_with_the_numbers_to_take_along(
    client: Client, bills: tuple[Bill, Bill]
) -> None:
    put(client, bills[0])
    assert charged(client, "cash") == f"{HOME}bayar/tunai/"
    page = read(client, f"{HOME}bayar/tunai/")
    assert "62.02.060.001.012-0034.0" in page
    assert "Loket Badan Pendapatan Daerah" in page


# Receipts


def test_a_receipt_opens_with_its_secret_and_with_no_other(
    client: Client, bills: tuple[Bill, Bill], kotim: Region
) -> None:
    payment = pay(bills[0], "R1", "counter", 77_600)
    secret = receipt_access.secret_of(kotim, payment.serial)
    found = client.post(
        f"{HOME}resi/",
        {"number": receipts.number_of(payment), "secret": secret.lower()},
    )
    assert found.status_code == 302
    read(client, str(found["Location"]))
    read(client, f"{HOME}resi/{payment.serial}/0000-0000/", 404)
    pdf = client.get(f"{HOME}resi/{payment.serial}/{secret}.pdf")
    assert pdf.content.startswith(b"%PDF")


def test_a_receipt_is_found_by_nop_and_the_reference_of_the_slip(
    client: Client, bills: tuple[Bill, Bill]
) -> None:
    pay(bills[0], "NTB77", "counter", 77_600)
    sent = {"nop": "62.02.060.001.012-0034.0", "reference": " ntb77 "}
    assert client.post(f"{HOME}resi/", sent).status_code == 302
    sent["reference"] = "NTB78"
    assert client.post(f"{HOME}resi/", sent).status_code == 404


def test_secrets_are_not_guessed_for_long(
    client: Client, bills: tuple[Bill, Bill]
) -> None:
    payment = pay(bills[0], "R1", "counter", 77_600)
    for number in range(30):
        client.get(f"{HOME}resi/{payment.serial}/{number:04d}-0000/")
    address = f"{HOME}resi/{payment.serial}/0000-0001/"
    assert client.get(address).status_code == 429


def test_a_receipt_is_checked_and_says_when_it_was_taken_back(
    client: Client, bills: tuple[Bill, Bill]
) -> None:
    payment = pay(bills[0], "R1", "counter", 77_600)
    walls.open_region("62.02")
    code = receipts.receipt(payment).qr_content

    def told(text: str) -> str:
        answer = client.post(f"{HOME}resi/periksa/", {"text": text})
        return answer.content.decode().replace("\xa0", " ")

    assert "Tanda terima ini asli" in told(code)
    assert "bukan tanda terima kami" in told(code.replace("77600", "97600"))
    assert "bukan tanda terima kami" in told("lunas, percayalah")
    assert "bernomor ini ada" in told(receipts.number_of(payment))
    ledger.reverse(
        region="62.02",
        channel="counter",
        reference="R1",
        body_sha256=bytes(32),
        at=NOON + timedelta(hours=1),
        day=localdate(NOON),
    )
    assert "sudah ditarik kembali" in told(code)


def test_the_public_keys_are_there_for_everybody(client: Client, kotim: Region) -> None:
    text = client.get(f"{HOME}resi/kunci.pem").content.decode()
    assert "BEGIN PUBLIC KEY" in text


# "I paid, but it says unpaid"


def claim(client: Client, **more: object) -> tuple[int, str]:
    sent = {
        "nop": makers.NOP,
        "year": 2026,
        "channel": "counter",
        "reference": "NTB1",
        "paid_on": "2026-11-02",
        "amount": "77.600",
        "told": "",
        "contact": "",
    } | more
    answer = client.post(f"{HOME}sudah-bayar/", sent)
    text = answer.content.decode().replace("\xa0", " ")
    return answer.status_code, str(answer.headers.get("Location", "")) or text


def test_what_the_ledger_knows_is_answered_at_once(
    client: Client, bills: tuple[Bill, Bill]
) -> None:
    pay(bills[0], "NTB1", "counter", 77_600)
    assert "Pembayaran Anda sudah masuk" in claim(client)[1]
    assert "Ada pembayaran yang mirip" in claim(client, reference="LAIN")[1]
    pay(bills[1], "NTB2", "counter", 50_000)
    elsewhere = claim(client, reference="NTB2")[1]
    assert "masuk untuk tagihan lain" in elsewhere
    assert bills[1].number not in elsewhere
    assert not Claim.objects.exists()


def test_a_reversed_payment_is_told_as_such(
    client: Client, bills: tuple[Bill, Bill]
) -> None:
    pay(bills[0], "NTB1", "counter", 77_600)
    ledger.reverse(
        region="62.02",
        channel="counter",
        reference="NTB1",
        body_sha256=bytes(32),
        at=NOON + timedelta(hours=1),
        day=localdate(NOON),
    )
    assert "menarik kembali" in claim(client)[1]


def test_what_nobody_knows_goes_to_the_office_with_a_number(
    client: Client, bills: tuple[Bill, Bill]
) -> None:
    status, address = claim(
        client, reference="NTB9", contact="0812 3456 7890", told="Struk biru."
    )
    assert status == 302
    made = Claim.objects.get()
    finding = Finding.objects.get()
    assert (finding.outcome, finding.reference, finding.there) == (
        "only_bank",
        "NTB9",
        77_600,
    )
    assert made.contact_sealed
    assert b"0812" not in bytes(made.contact_sealed)
    page = read(client, address)
    assert f"{made.code[:4]}-{made.code[4:]}" in page
    finding.state, finding.reason = "explained", "Bank: transaksi gagal."
    finding.save()
    assert "Bank: transaksi gagal." in read(client, address)
    read(client, f"{HOME}sudah-bayar/AAAA-AAAA/", 404)


def test_money_for_no_known_bill_becomes_one_entry_only(
    client: Client, bills: tuple[Bill, Bill]
) -> None:
    pay(None, "NTB5", "counter", 77_600)
    claim(client, reference="NTB5")
    claim(client, reference="NTB5")
    assert Finding.objects.get().outcome == "no_bill"
    assert Claim.objects.count() == 2


def test_a_form_keeps_what_was_typed(client: Client, bills: tuple[Bill, Bill]) -> None:
    status, page = claim(client, amount="dua puluh", paid_on="2027-01-01")
    assert status == 422
    assert "dua puluh" in page
    assert "belum tiba" in page


# Figures


def test_the_figures_come_from_the_postings(
    client: Client, bills: tuple[Bill, Bill], kotim: Region
) -> None:
    due_on = date(2026, 12, 31)  # later, interest would be paid first
    for number in range(6):
        bill = makers.bill(kotim, makers.object(kotim), year=2026, due_on=due_on)
        pay(bill, f"F{number}", "counter", 77_600)
    page = read(client, f"{HOME}angka/")
    assert "6 dari 8 tagihan" in page
    table = client.get(f"{HOME}angka.csv")
    text = b"".join(table.streaming_content).decode()  # type: ignore[attr-defined]
    assert re.search(r"2026.11.pbb.465600", text.replace(";", ",")), text


def test_one_payer_is_not_read_off_the_figures(
    client: Client, bills: tuple[Bill, Bill]
) -> None:
    pay(bills[0], "F1", "counter", 77_600)
    page = read(client, f"{HOME}angka/")
    assert "pajak lain" in page


def test_objects_without_bills_cannot_be_paid(client: Client, kotim: Region) -> None:
    row: TaxObject = makers.object(kotim)
    answer = client.post(f"{HOME}nop/{row.number}/bayar/", {"bill": [1]})
    assert answer.status_code == 404
