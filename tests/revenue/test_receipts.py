"""Receipts: verified by the public key alone, and by nothing that was changed."""

import re
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from habaring.regions.models import Region
from habaring.revenue import ledger, receipts
from habaring.revenue.models import Payment, ReceiptKey
from habaring.shared import sealing, walls
from tests.revenue import makers

pytestmark = pytest.mark.django_db

AT = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
DAY = date(2026, 9, 1)
DOCUMENT = Path(__file__).parents[2] / "docs" / "algorithms" / "bookkeeping.md"


@pytest.fixture(autouse=True)
def _own_ring(settings: object, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]
    settings.PERSONAL_DATA_KEY = ""  # type: ignore[attr-defined]


@pytest.fixture
def payment(kotim: Region) -> Payment:
    walls.open_region("62.02")
    bill = makers.bill(kotim, illustrative=False)
    notice = ledger.Notice(
        region="62.02",
        channel="va:kalteng",
        reference="R-1",
        bill=bill.id,
        amount=makers.AMOUNT,
        paid_at=AT,
        body_sha256=bytes(32),
    )
    ledger.pay(notice, at=AT, day=DAY)
    return Payment.objects.get(region="62.02", reference="R-1")


def test_a_receipt_says_what_was_paid(payment: Payment) -> None:
    told = receipts.verify(receipts.receipt(payment).qr_content)
    assert (told.region, told.tax, told.object) == ("62.02", "pbb", makers.NOP)
    assert (told.period, told.amount, told.paid_at) == ("2026", 77_600, AT)
    assert (told.channel, told.serial) == ("va:kalteng", payment.serial)
    assert not told.illustrative


def test_the_same_receipt_each_time(payment: Payment) -> None:
    assert receipts.receipt(payment) == receipts.receipt(payment)


def test_an_example_says_so(kotim: Region, payment: Payment) -> None:
    bill = makers.bill(kotim, makers.object(kotim))
    text = receipts.receipt(payment, bill=bill)
    assert receipts.verify(text.qr_content).illustrative


@pytest.mark.parametrize("place", range(0, 180, 7))
def test_any_changed_letter_is_found(payment: Payment, place: int) -> None:
    content = receipts.receipt(payment).qr_content
    other = "A" if content[place] != "A" else "B"
    with pytest.raises(receipts.NotOurs):
        receipts.verify(content[:place] + other + content[place + 1 :])


@pytest.mark.parametrize(
    "text", ["", "HBR1/", "https://contoh.id/", "HBR1/a/b", "x" * 999]
)
def test_what_is_no_receipt_is_told(db: None, text: str) -> None:
    with pytest.raises(receipts.NotOurs):
        receipts.verify(text)


def test_behind_an_address_it_is_the_same(payment: Payment) -> None:
    content = receipts.receipt(payment).qr_content
    assert receipts.verify(f"https://pajak.contoh.id/k/{content}").amount == 77_600


def test_receipts_outlive_their_key(payment: Payment) -> None:
    old = receipts.receipt(payment)
    sealing.add_key()
    sealing.drop_old_keys()
    new = receipts.receipt(payment)
    assert old.signature != new.signature
    assert (
        receipts.verify(old.qr_content).number == receipts.verify(new.qr_content).number
    )
    assert len(receipts.public_keys()) == ReceiptKey.objects.count() == 2


def test_a_reversed_payment_has_no_receipt(payment: Payment) -> None:
    ledger.reverse(
        region="62.02",
        channel="va:kalteng",
        reference="R-1",
        body_sha256=bytes(32),
        at=AT,
        day=DAY,
    )
    payment.refresh_from_db()
    with pytest.raises(receipts.NoReceipt):
        receipts.receipt(payment)


def test_a_mistyped_number_is_found(payment: Payment) -> None:
    number = receipts.number_of(payment)
    assert receipts.read_number(number) == ("62.02", payment.serial)
    for place, digit in enumerate(number):
        if digit.isdigit():
            wrong = number[:place] + str((int(digit) + 1) % 10) + number[place + 1 :]
            with pytest.raises(receipts.NoSuchNumber):
                receipts.read_number(wrong)


def test_the_code_is_coarse_enough_for_a_camera(payment: Payment) -> None:
    import segno

    code = segno.make(receipts.receipt(payment).qr_content, error="m")
    assert code.mode == "alphanumeric"
    assert int(code.version) <= 9  # 53 by 53 modules


def test_the_documented_programme_verifies(payment: Payment, tmp_path: Path) -> None:
    programme = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.S)
    assert programme is not None
    name = tmp_path / "verify.py"
    name.write_text(programme[1])
    key = receipts.public_keys()[-1].raw.hex() if receipts.receipt(payment) else ""
    content = receipts.receipt(payment).qr_content
    for text, answer in ((content, "genuine"), (content.replace("776", "777"), "NOT")):
        run = subprocess.run(
            [sys.executable, str(name), key, text],
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer in run.stdout, run.stderr


@pytest.mark.skipif(not shutil.which("openssl"), reason="there is no openssl")
def test_openssl_verifies(payment: Payment, tmp_path: Path) -> None:
    receipt = receipts.receipt(payment)
    (tmp_path / "key.pem").write_text(receipts.public_keys()[-1].pem)
    (tmp_path / "text").write_text(receipt.text)
    (tmp_path / "signature").write_bytes(receipt.signature)
    run = subprocess.run(
        [
            *("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem"),
            *("-rawin", "-in", "text", "-sigfile", "signature"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
