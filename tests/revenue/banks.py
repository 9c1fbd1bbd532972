"""A bank that calls: registered as a partner, with its own keys; signed calls sent."""

import json
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.test import Client

from habaring.regions.models import Region
from habaring.revenue.bank.signing import Call, Paid, Signer, new_key, public_pem
from habaring.revenue.gateways import callers, owing, wire
from habaring.revenue.models import (
    Bill,
    KeyUse,
    Partner,
    PartnerKey,
    PartnerKind,
    Payment,
    Posting,
)
from habaring.shared import sealing

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

SECRET = "rahasia-contoh-yang-panjang-0123456789"


@lru_cache(maxsize=4)
def key(number: int = 0) -> "RSAPrivateKey":
    """Made once: it takes a while."""
    return new_key()


def partner(region: Region, at: datetime, **more: Any) -> Partner:
    """The bank "contoh": virtual accounts 77001234…"""
    given: dict[str, Any] = {
        "code": "contoh",
        "name": "Bank Contoh",
        "kind": PartnerKind.VA,
        "partner_id": f"VA-{region.code}",
        "prefix": "77001234",
        "illustrative": True,
        "recorded_at": at,
    }
    return Partner.objects.create(region=region, **(given | more))


def qris(region: Region, at: datetime, **more: Any) -> Partner:
    """The QRIS service "contohqr"."""
    given = {
        "code": "contohqr",
        "name": "QRIS Contoh",
        "kind": PartnerKind.QRIS,
        "partner_id": f"QR-{region.code}",
        "prefix": "",
        "merchant_pan": "936009110012345678",
        "merchant_id": "ID1020012345678",
    }
    return partner(region, at, **(given | more))


def public(row: Partner, at: datetime, **more: Any) -> PartnerKey:
    """Its public key."""
    pem = public_pem(more.pop("key", None) or key())
    return PartnerKey.objects.create(
        region=row.region,
        partner=row,
        use=KeyUse.PUBLIC,
        pem=pem,
        fingerprint=wire.fingerprint(wire.public_key(pem)),
        **({"begins_at": at - timedelta(days=1), "recorded_at": at} | more),
    )


def secret(row: Partner, at: datetime, **more: Any) -> PartnerKey:
    """The secret shared with it."""
    text = more.pop("text", SECRET)
    return PartnerKey.objects.create(
        region=row.region,
        partner=row,
        use=KeyUse.SECRET,
        sealed=sealing.seal(text, about=callers.SEALED_ABOUT),
        fingerprint="0" * 64,
        **({"begins_at": at - timedelta(days=1), "recorded_at": at} | more),
    )


def bank(region: Region, at: datetime) -> Signer:
    """Both registered, the bank's side of it given."""
    va, qr = partner(region, at), qris(region, at)
    public(va, at)
    secret(va, at)
    public(qr, at)
    return signer(region)


def signer(region: Region, **more: Any) -> Signer:
    """The bank's side alone."""
    given: dict[str, Any] = {
        "root": f"/snap/{region.code}",
        "va_id": f"VA-{region.code}",
        "qris_id": f"QR-{region.code}",
        "key": key(),
        "secret": SECRET.encode(),
        "prefix": "77001234",
    }
    return Signer(**(given | more))


def send(client: Client, call: Call, **headers: str) -> tuple[int, dict[str, Any]]:
    """Status and answer."""
    answer = client.post(
        call.path,
        call.body,
        content_type="application/json",
        headers={**call.headers, **headers},
    )
    return answer.status_code, json.loads(answer.content)


def with_token(bank: Signer, client: Client, at: datetime) -> Signer:
    """Ask for a token and keep it."""
    _status, told = send(client, bank.access(at))
    bank.token = told["accessToken"]
    return bank


def paid(bill: Bill, at: datetime, **more: Any) -> Paid:
    """Money of a customer for a bill, A-1 unless said otherwise."""
    given: dict[str, Any] = {
        "target": owing.customer_of_bill(bill),
        "reference": "A-1",
        "amount": bill.amount,
        "paid_at": at,
    }
    return Paid(**(given | more))


def same(bill: Bill) -> Bill:
    """As it stands now."""
    return Bill.objects.get(region=bill.region_id, id=bill.id)


def state() -> dict[str, int]:
    """What a refused call must not change."""
    return {
        "payments": Payment.objects.count(),
        "postings": Posting.objects.count(),
        "received": sum(Bill.objects.values_list("received", flat=True)),
    }
