"""How the simulated bank signs: its own key pair, the secret it was given, its numbers."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from habaring.revenue.gateways import wire

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

WIB = timezone(timedelta(hours=7))
CHANNEL = "95221"


@dataclass(frozen=True)
class Call:
    """A signed call, ready to be sent (again, as it is)."""

    path: str
    headers: Mapping[str, str]
    body: bytes


def new_key() -> "RSAPrivateKey":
    """RSA of 2048 bits."""
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

    return generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(key: "RSAPrivateKey") -> str:
    """PKCS #8, not encrypted: a simulator guards no money."""
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(key: "RSAPrivateKey") -> str:
    """What the bank hands to the region."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return (
        key.public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def read_private(pem: str) -> "RSAPrivateKey":
    """The key of a PEM text."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("The bank's key must be RSA.")
    return key


def stamp(at: datetime) -> str:
    """A time as SNAP writes it, in Western Indonesian Time."""
    return at.astimezone(WIB).isoformat(timespec="seconds")


def external_id() -> str:
    """A number that no other call of the day has."""
    return str(secrets.randbelow(10**36))


@dataclass
class Signer:
    """A partner's side of SNAP towards one region. `root` is "/snap/62.02"."""

    root: str
    va_id: str
    qris_id: str
    key: "RSAPrivateKey"
    secret: bytes
    prefix: str
    token: str = ""
    made: int = field(default=0, init=False)

    def access(self, at: datetime) -> Call:
        """To be given an access token."""
        moment = stamp(at)
        body = _written({"grantType": "client_credentials", "additionalInfo": {}})
        signature = wire.rsa_signature(self.key, wire.token_text(self.va_id, moment))
        headers = {
            "Content-Type": "application/json",
            "X-TIMESTAMP": moment,
            "X-CLIENT-KEY": self.va_id,
            "X-SIGNATURE": signature,
        }
        return Call(f"{self.root}/v1.0/access-token/b2b", headers, body)

    def by_secret(self, place: str, body: Mapping[str, Any], at: datetime) -> Call:
        """A call of virtual accounts: HMAC-SHA512 with the token."""
        said = wire.Said(
            "POST", f"{self.root}/v1.0/{place}", stamp(at), _written(body), self.token
        )
        headers = self._headers(
            said, self.va_id, wire.hmac_signature(self.secret, said)
        )
        headers["Authorization"] = f"Bearer {self.token}"
        return Call(said.path, headers, said.body)

    def by_key(self, place: str, body: Mapping[str, Any], at: datetime) -> Call:
        """A call of QRIS: SHA256withRSA, no token."""
        said = wire.Said("POST", f"{self.root}/v1.0/{place}", stamp(at), _written(body))
        signature = wire.rsa_signature(self.key, said.to_sign())
        return Call(said.path, self._headers(said, self.qris_id, signature), said.body)

    def _headers(self, said: wire.Said, partner: str, signature: str) -> dict[str, str]:
        self.made += 1
        return {
            "Content-Type": "application/json",
            "X-TIMESTAMP": said.timestamp,
            "X-SIGNATURE": signature,
            "X-PARTNER-ID": partner,
            "X-EXTERNAL-ID": external_id(),
            "CHANNEL-ID": CHANNEL,
        }

    # Bodies

    def number(self, customer: str) -> dict[str, str]:
        """A virtual account of ours, by its customer number."""
        return {
            "partnerServiceId": self.prefix,
            "customerNo": customer,
            "virtualAccountNo": f"{self.prefix}{customer}",
        }

    def inquiry(self, customer: str, *, request: str, at: datetime) -> Call:
        body = {**self.number(customer), "inquiryRequestId": request}
        return self.by_secret("transfer-va/inquiry", body, at)

    def payment(self, paid: "Paid", *, at: datetime, advice: bool = False) -> Call:
        body = {
            **self.number(paid.target),
            "paymentRequestId": paid.reference,
            "paidAmount": rupiah(paid.amount),
            "trxDateTime": stamp(paid.paid_at),
            "flagAdvise": "Y" if advice else "N",
        }
        return self.by_secret("transfer-va/payment", body, at)

    def reversal(self, paid: "Paid", *, at: datetime) -> Call:
        body = {
            **self.number(paid.target),
            "paymentRequestId": paid.reference,
            "paidAmount": rupiah(paid.amount),
            "trxDateTime": stamp(paid.paid_at),
        }
        return self.by_secret("transfer-va/payment-reversal", body, at)

    def status(self, paid: "Paid", *, at: datetime) -> Call:
        body = {**self.number(paid.target), "paymentRequestId": paid.reference}
        return self.by_secret("transfer-va/status", body, at)

    def notify(self, paid: "Paid", *, at: datetime, status: str = "00") -> Call:
        body = {
            "originalReferenceNo": paid.reference,
            "originalPartnerReferenceNo": paid.target,
            "latestTransactionStatus": status,
            "amount": rupiah(paid.amount),
            "paidTime": stamp(paid.paid_at),
        }
        return self.by_key("qr/qr-mpm-notify", body, at)

    def cancel(self, paid: "Paid", *, at: datetime) -> Call:
        body = {
            "originalReferenceNo": paid.reference,
            "originalPartnerReferenceNo": paid.target,
            "amount": rupiah(paid.amount),
            "paidTime": stamp(paid.paid_at),
            "reason": "void",
        }
        return self.by_key("qr/qr-mpm-cancel", body, at)


@dataclass(frozen=True)
class Paid:
    """Money that a customer of the bank paid. `target`: a customer number or the
    reference of a QRIS code; `paid_at` in whole seconds.
    """

    target: str
    reference: str
    amount: int
    paid_at: datetime


def rupiah(amount: int) -> dict[str, str]:
    """An amount as SNAP writes it."""
    return {"value": f"{amount}.00", "currency": "IDR"}


def _written(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()
