"""Receipts that anybody can verify with a public key alone, without a line to us.

A receipt is one text, signed with Ed25519 (RFC 8032); text and signature are what its
QR code holds, in the letters of QR's alphanumeric mode, so that the code stays coarse
enough for any camera. The key is drawn from the key ring (`shared.sealing`); its public
half is published under the key's id and kept for ever, so that receipts outlive a
rotation. docs/algorithms/bookkeeping.md describes the format and how to verify it.

The signature says that the receipt is ours and unchanged. Whether the payment was
reversed since, only the page of the payment can say.
"""

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from habaring.revenue.models import Bill, Payment, PaymentState, ReceiptKey
from habaring.shared import sealing
from habaring.shared.refusal import Refusal

_USE = "receipts"
_WORD, _EXAMPLE = "HBR1", "HBR1C"  # C: contoh
_FIELDS = 10
_TIME = "%Y%m%dT%H%M%SZ"
_START = re.compile(r"HBR1C?/")
_NUMBER = re.compile(r"\s*([\d.]+)-(\d+)-(\d\d)\s*")


class NoReceipt(Refusal):
    """A payment that does not stand has no receipt."""


class NotOurs(Refusal):
    """What was shown is no receipt of ours, or was changed."""


class NoSuchNumber(Refusal):
    """A receipt's number that is not one: mistyped."""


@dataclass(frozen=True)
class Receipt:
    """`text` is what was signed, `signature` 64 bytes, `qr_content` both. `number` is
    what people read to each other: region, serial, two check digits.
    """

    number: str
    text: str
    signature: bytes
    qr_content: str


@dataclass(frozen=True)
class Verified:
    """What a genuine receipt says. `number` the receipt's, `object` the NOP ("-": for no
    bill that is known), `period` "2026" or "2026-07". Rupiah.
    """

    region: str
    number: str
    tax: str
    object: str
    period: str
    amount: int
    paid_at: datetime
    channel: str
    key: str
    illustrative: bool

    @property
    def serial(self) -> int:
        return int(self.number.split("-")[1])


@dataclass(frozen=True)
class PublicKey:
    """`raw`: 32 bytes. `pem`: as openssl reads it. `since`: null before its first use."""

    id: str
    raw: bytes
    since: datetime | None

    @property
    def pem(self) -> str:
        body = base64.b64encode(_DER + self.raw).decode()
        return f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"


_DER = bytes.fromhex("302a300506032b6570032100")  # SubjectPublicKeyInfo of Ed25519


def receipt(payment: Payment, *, bill: Bill | None = None) -> Receipt:
    """The receipt of a payment that stands: the same each time under the same key.

    The region is open. `bill`, where the caller has it, saves a query.

    Raises:
        NoReceipt: it was reversed, or never booked.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if payment.state != PaymentState.POSTED:
        raise NoReceipt(
            _("There is no receipt for this payment."),
            _("It was reversed, so it does not stand."),
            _("Ask the channel where you paid, or the revenue office."),
        )
    if bill is None and payment.bill is not None:
        bill = Bill.objects.filter(region=payment.region_id, id=payment.bill).first()
    key, secret = sealing.drawn_key(_USE)
    private = Ed25519PrivateKey.from_private_bytes(secret)
    _publish(key, private.public_key().public_bytes_raw())
    text = _text(payment, bill, key)
    signature = private.sign(text.encode("ascii"))
    return Receipt(
        number_of(payment),
        text,
        signature,
        f"{text}/{base64.b32encode(signature).decode().rstrip('=')}",
    )


def _text(payment: Payment, bill: Bill | None, key: str) -> str:
    period = "-"
    if bill is not None:
        period = f"{bill.year}-{bill.period:02d}" if bill.period else str(bill.year)
    fields = (
        _EXAMPLE if bill is not None and bill.illustrative else _WORD,
        payment.region_id,
        number_of(payment),
        "-" if bill is None else bill.tax.upper(),
        "-" if bill is None else bill.number,
        period,
        str(payment.amount),
        payment.paid_at.astimezone(UTC).strftime(_TIME),
        payment.channel.upper(),
        key.upper(),
    )
    return "/".join(_plain(field) for field in fields)


def _plain(field: str) -> str:
    """Without the separator, in ASCII: what else is there becomes %XX."""
    return "".join(
        one
        if one.isascii() and one.isprintable() and one not in "/%"
        else "".join(f"%{byte:02X}" for byte in one.encode())
        for one in field
    )


def number_of(payment: Payment) -> str:
    """The number that people read to each other: "62.02-0000123-45"."""
    digits = f"{payment.serial:07d}"
    return f"{payment.region_id}-{digits}-{_check(payment.region_id, digits):02d}"


def read_number(number: str) -> tuple[str, int]:
    """The region and serial of a receipt's number.

    Raises:
        NoSuchNumber: a wrong or swapped digit; the check digits find each.
    """
    found = _NUMBER.fullmatch(number)
    if found is None or _check(found[1], found[2]) != int(found[3]):
        raise NoSuchNumber(
            _("There is no receipt with this number."),
            _("A digit is wrong or missing."),
            _("Compare it with the receipt and type it again."),
        )
    return found[1], int(found[2])


def _check(region: str, digits: str) -> int:
    """ISO 7064, MOD 97-10."""
    return 98 - int(region.replace(".", "") + digits + "00") % 97


def verify(content: str, *, keys: dict[str, bytes] | None = None) -> Verified:
    """What a receipt says, if it is ours and unchanged: the text of its QR code, also
    behind an address. `keys`: raw public keys by id, else the published ones.

    Raises:
        NotOurs: no receipt, an unknown key, or not a letter as it was signed.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    start = _START.search(content)
    text, _slash, code = (
        content[start.start() :].strip().rpartition("/") if start else ("", "", "")
    )
    fields = text.split("/")
    if len(fields) != _FIELDS:
        raise _not_ours(_("This is not the text of a receipt."))
    known = keys if keys is not None else {one.id: one.raw for one in public_keys()}
    key = next(
        (raw for id, raw in known.items() if _plain(id.upper()) == fields[9]), None
    )
    if key is None:
        raise _not_ours(_("It names a key that is not ours."))
    try:
        signature = base64.b32decode(code + "=" * (-len(code) % 8))
        Ed25519PublicKey.from_public_bytes(key).verify(signature, text.encode())
    except (InvalidSignature, ValueError) as error:
        raise _not_ours(_("It was changed, or not signed by us.")) from error
    return Verified(
        region=fields[1],
        number=fields[2],
        tax=fields[3].lower(),
        object=fields[4],
        period=fields[5],
        amount=int(fields[6]),
        paid_at=datetime.strptime(fields[7], _TIME).replace(tzinfo=UTC),
        channel=fields[8].lower(),
        key=fields[9],
        illustrative=fields[0] == _EXAMPLE,
    )


def _not_ours(why: object) -> NotOurs:
    return NotOurs(
        _("This is not a receipt of ours."),
        why,  # type: ignore[arg-type]
        _("Do not accept it. Ask the payer for the code of the receipt again."),
    )


def public_keys() -> list[PublicKey]:
    """All keys that ever signed a receipt, oldest first, and the one in use."""
    rows = [
        PublicKey(row.key, bytes.fromhex(row.public), row.recorded_at)
        for row in ReceiptKey.objects.order_by("recorded_at", "key")
    ]
    key, raw = _current()
    if key not in {row.id for row in rows}:
        rows.append(PublicKey(key, raw, None))
    return rows


def _current() -> tuple[str, bytes]:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key, secret = sealing.drawn_key(_USE)
    private = Ed25519PrivateKey.from_private_bytes(secret)
    return key, private.public_key().public_bytes_raw()


def _publish(key: str, raw: bytes) -> None:
    """Before its first signature: a receipt is never out without its public key."""
    ReceiptKey.objects.get_or_create(key=key, defaults={"public": raw.hex()})
