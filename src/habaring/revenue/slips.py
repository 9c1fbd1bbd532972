"""What a collector's telephone signs: one line of text, as its QR code holds it.

    HBR2/62.02/7/12/<hash before>/620206000101200340/2026/77600/20261102T050000Z/<signature>

Word, region, device, number, SHA-256 of the text before it in hexadecimal ("-" for the
first), NOP, year ("2026.1": the first later bill), rupiah, time of the telephone (UTC);
then ECDSA over P-256 with SHA-256 (r and s, 64 bytes) in base 32. Only letters of QR's
alphanumeric mode, as on receipts of the office (`receipts`). The hash is of the text
without the signature, since a signature can be written in two ways.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from habaring.revenue.codes import ALPHABET
from habaring.shared.refusal import Refusal

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

WORD, EXAMPLE = "HBR2", "HBR2C"  # C: contoh
FIRST = "-"
TIME = "%Y%m%dT%H%M%SZ"
_COORDINATE = 32
_LINE = re.compile(
    r"(?P<text>(?P<word>HBR2C?)/(?P<region>\d\d\.\d\d)/(?P<device>\d{1,12})"
    r"/(?P<number>[1-9]\d{0,8})/(?P<before>-|[0-9A-F]{64})/(?P<nop>\d{18})"
    r"/(?P<year>\d{4})(?:\.(?P<seq>[1-9]\d?))?/(?P<amount>[1-9]\d{0,11})"
    r"/(?P<time>\d{8}T\d{6}Z))/(?P<signature>[A-Z2-7]{103})"
)
_SHORT = re.compile(r"\s*P(\d{1,12})-(\d{1,9})-([0-9A-Z]{6})\s*")


class NotSigned(Refusal):
    """No receipt of a collector, or changed since it was signed."""


@dataclass(frozen=True)
class Signed:
    """One receipt as it was read; whether its signature holds, `check` tells."""

    text: str
    signature: str
    region: str
    device: int
    number: int
    before: str  # "" for the first
    nop: str
    year: int
    seq: int
    amount: int
    taken_at: datetime
    illustrative: bool

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.text.encode()).digest()

    @property
    def sha256(self) -> str:
        """Hexadecimal, in capitals as in the next receipt."""
        return self.digest.hex().upper()

    @property
    def line(self) -> str:
        return f"{self.text}/{self.signature}"

    @property
    def shown(self) -> str:
        return shown(self.device, self.number, self.sha256)


def shown(device: int, number: int, sha256: str) -> str:
    """What is written on paper: "P7-12-K7QM3X". The code is 30 bits of the hash."""
    first = int(sha256[:8], 16) >> 2
    code = "".join(ALPHABET[first >> shift & 31] for shift in range(25, -1, -5))
    return f"P{device}-{number}-{code}"


def read_shown(text: str) -> tuple[int, int, str] | None:
    """Device, number and code of what stands on paper."""
    found = _SHORT.fullmatch(text.upper())
    return (int(found[1]), int(found[2]), found[3]) if found else None


def read(content: str) -> Signed:
    """The receipt in a text, also behind other words.

    Raises:
        NotSigned: there is none.
    """
    found = _LINE.search(content.strip().upper())
    if found is None:
        raise NotSigned(
            _("This is no receipt of a collector."),
            _("Characters are missing, or it was never one."),
        )
    try:
        taken_at = datetime.strptime(found["time"], TIME).replace(tzinfo=UTC)
    except ValueError as error:
        raise NotSigned(
            _("This is no receipt of a collector."), _("Its time is none.")
        ) from error
    return Signed(
        text=found["text"],
        signature=found["signature"],
        region=found["region"],
        device=int(found["device"]),
        number=int(found["number"]),
        before="" if found["before"] == FIRST else found["before"],
        nop=found["nop"],
        year=int(found["year"]),
        seq=int(found["seq"] or 0),
        amount=int(found["amount"]),
        taken_at=taken_at,
        illustrative=found["word"] == EXAMPLE,
    )


def is_one(content: str) -> bool:
    """Whether a text claims to be a collector's receipt."""
    return re.search(r"HBR2C?/", content.upper()) is not None


def is_example(signed: str) -> bool:
    """Whether a text that was signed is of an example bill."""
    return signed.startswith(f"{EXAMPLE}/")


def check(signed: Signed, public_key: str) -> None:
    """Whether a device signed it.

    Raises:
        NotSigned: it did not, or something was changed since.
    """
    if not verified(signed.text.encode(), signed.signature, public_key):
        raise NotSigned(
            _("The signature does not fit."),
            _("It was changed after it was signed, or another device wrote it."),
        )


def verified(message: bytes, signature: str, public_key: str) -> bool:
    """ECDSA over P-256 with SHA-256; `signature` r and s in base 32."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec, utils
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        raw = base64.b32decode(signature + "=" * (-len(signature) % 8))
        r, s = (int.from_bytes(part) for part in (raw[:32], raw[32:]))
        given = utils.encode_dss_signature(r, s)
        _key(public_key).verify(given, message, ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError, KeyError, TypeError):
        return False
    return len(raw) == 2 * _COORDINATE


def public_key_of(jwk: str) -> str:
    """A public key as it is kept: the four members that count, nothing private.

    Raises:
        NotSigned: it is no public key of ECDSA over P-256.
    """
    try:
        _key(jwk)
        told = json.loads(jwk)
        return json.dumps({name: str(told[name]) for name in ("kty", "crv", "x", "y")})
    except (ValueError, KeyError, TypeError) as error:
        raise NotSigned(
            _("The telephone sent no key that is understood."),
            _("It must be a key of ECDSA over P-256."),
            _("Use a newer browser on this telephone, or another telephone."),
        ) from error


def _key(jwk: str) -> "EllipticCurvePublicKey":
    from cryptography.hazmat.primitives.asymmetric import ec

    told = json.loads(jwk)
    if (told["kty"], told["crv"]) != ("EC", "P-256"):
        raise ValueError("not P-256")
    x, y = (_number(told[name]) for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def _number(text: str) -> int:
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if len(raw) != _COORDINATE:
        raise ValueError("not 32 bytes")
    return int.from_bytes(raw)


def pem_of(jwk: str) -> str:
    """The same key as openssl reads it."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = _key(jwk)
    told = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return told.decode()
