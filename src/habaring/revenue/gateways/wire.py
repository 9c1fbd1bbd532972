"""What banks sign and how it is checked: SNAP BI, pure functions over raw bytes.

A call is signed over METHOD:path[:token]:lower(hex(sha256(minified body))):timestamp,
with SHA256withRSA (no token) or HMAC-SHA512 (with it); a token is asked for with
SHA256withRSA over clientKey|timestamp. Bodies are minified as they came, never written
anew, so that a number or an escape keeps the form that was signed.

Source: ASPI / Bank Indonesia, "Standar Nasional Open API Pembayaran (SNAP)", security
and governance; RFC 8017 (RSASSA-PKCS1-v1_5), RFC 2104 (HMAC), RFC 8259 (JSON).
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import (
        RSAPrivateKey,
        RSAPublicKey,
    )

MOST_BYTES = 64 * 1024
"""Of a body. A call of SNAP is about one kilobyte."""
WINDOW = timedelta(minutes=5)
"""How far X-TIMESTAMP may lie from our clock, either way."""
MOST_CLOCK_DIGITS = 35
LEAST_KEY_BITS = 2048

_SPACE = b" \t\r\n"
_LOOSE = re.compile(rb'("(?:[^"\\]|\\.)*")|[ \t\r\n]+', re.DOTALL)
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?\+(?:07|08|09):00", re.ASCII
)
_EXTERNAL_ID = re.compile(r"[0-9]{1,36}", re.ASCII)
_BASE64 = re.compile(r"[A-Za-z0-9+/]{4,2048}={0,2}", re.ASCII)


class WireError(ValueError):
    """What came cannot be read; the message names the field."""


@dataclass(frozen=True)
class Said:
    """What of a call is signed. `path` as it was asked for, without the host."""

    method: str
    path: str
    timestamp: str
    body: bytes = b""
    token: str = ""

    def to_sign(self) -> bytes:
        """The text under the signature; the token stands in it where there is one."""
        middle = f":{self.token}" if self.token else ""
        digest = body_digest(self.body)
        return f"{self.method}:{self.path}{middle}:{digest}:{self.timestamp}".encode()


def minified(body: bytes) -> bytes:
    """A JSON text without the white space between its tokens; all else byte for byte."""
    if len(body.translate(None, _SPACE)) == len(body):
        return body
    return _LOOSE.sub(rb"\1", body)


def body_digest(body: bytes) -> str:
    """Lower-case hexadecimal SHA-256 of the minified body."""
    return hashlib.sha256(minified(body)).hexdigest()


def token_text(client_key: str, timestamp: str) -> bytes:
    """What is signed to be given an access token."""
    return f"{client_key}|{timestamp}".encode()


# HMAC-SHA512


def hmac_signature(secret: bytes, said: Said) -> str:
    """In base64, as it stands in X-SIGNATURE."""
    digest = hmac.digest(secret, said.to_sign(), "sha512")
    return base64.b64encode(digest).decode()


def hmac_good(secrets: Sequence[bytes], said: Said, signature: str) -> bool:
    """Whether one of the secrets made it. All are tried, each in constant time."""
    given, text, good = _raw(signature), said.to_sign(), False
    for secret in secrets:
        made = hmac.digest(secret, text, "sha512")
        good = hmac.compare_digest(made, given) or good
    return good


# SHA256withRSA


def rsa_signature(key: "RSAPrivateKey", text: bytes) -> str:
    """In base64."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    return base64.b64encode(key.sign(text, PKCS1v15(), SHA256())).decode()


def rsa_good(pems: Sequence[str], text: bytes, signature: str) -> bool:
    """Whether the private half of one of these public keys made it."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    given = _raw(signature)
    for pem in pems:
        try:
            public_key(pem).verify(given, text, PKCS1v15(), SHA256())
        except InvalidSignature:
            continue
        return True
    return False


@lru_cache(maxsize=256)
def public_key(pem: str) -> "RSAPublicKey":
    """An RSA public key of at least 2048 bits, from PEM; WireError for anything else."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise WireError("key") from error
    if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_KEY_BITS:
        raise WireError("key")
    return key


def fingerprint(key: "RSAPublicKey") -> str:
    """SHA-256 of the key (DER, SubjectPublicKeyInfo), hexadecimal."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def _raw(signature: str) -> bytes:
    """The bytes of a signature; nothing where it is no base64 (which no key makes)."""
    if not _BASE64.fullmatch(signature):
        return b""
    try:
        return base64.b64decode(signature, validate=True)
    except binascii.Error:
        return b""


# Headers and bodies


def moment(text: str, field: str = "X-TIMESTAMP") -> datetime:
    """A time of SNAP, with a zone of Indonesia; WireError where it is none."""
    if not (len(text) <= MOST_CLOCK_DIGITS and _MOMENT.fullmatch(text)):
        raise WireError(field)
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise WireError(field) from error


def in_window(said_at: datetime, at: datetime) -> bool:
    """Whether a call is of now."""
    return abs(said_at - at) <= WINDOW


def external_id(text: str) -> str:
    """X-EXTERNAL-ID: up to 36 digits; WireError else."""
    if not _EXTERNAL_ID.fullmatch(text):
        raise WireError("X-EXTERNAL-ID")
    return text


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body. WireError for anything else, and where a name stands
    twice, since two readers could then read two things under one signature.
    """
    try:
        found = json.loads(
            body, object_pairs_hook=_once, parse_constant=_refuse, parse_float=str
        )
    except (ValueError, RecursionError) as error:
        raise WireError("body") from error
    if not isinstance(found, dict):
        raise WireError("body")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise WireError("body")
    return made


def _refuse(text: str) -> NoReturn:
    """NaN and infinities are no JSON."""
    raise WireError("body")
