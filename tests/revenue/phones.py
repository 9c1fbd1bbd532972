"""A collector's telephone for tests: signs as the page does, also what it should not."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from django.utils.timezone import localdate, now

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue.actions import collectors, slips
from habaring.revenue.models import Bill, Device, NopPlace
from tests import makers as people

AT = now()


def sign(key: ec.EllipticCurvePrivateKey, text: str) -> str:
    r, s = utils.decode_dss_signature(key.sign(text.encode(), ec.ECDSA(SHA256())))
    raw = r.to_bytes(32) + s.to_bytes(32)
    return base64.b32encode(raw).decode().rstrip("=")


def jwk(key: ec.EllipticCurvePrivateKey) -> str:
    numbers = key.public_key().public_numbers()
    x, y = (
        base64.urlsafe_b64encode(n.to_bytes(32)).decode().rstrip("=")
        for n in (numbers.x, numbers.y)
    )
    return json.dumps({"kty": "EC", "crv": "P-256", "x": x, "y": y})


@dataclass
class Phone:
    """A telephone with its key and its chain."""

    device: Device
    key: ec.EllipticCurvePrivateKey
    number: int = 0
    before: str = ""
    lines: list[str] = field(default_factory=list)

    def write(self, bill: Bill, at: datetime, **more: Any) -> str:
        """The next receipt; `more` changes what it says: amount, number, before, nop."""
        given: dict[str, Any] = {
            "nop": bill.number,
            "year": bill.year,
            "amount": bill.amount,
            "number": self.number + 1,
            "before": self.before or "-",
        } | more
        time = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        text = (
            f"HBR2C/{self.device.region_id}/{self.device.pk}/{given['number']}/"
            f"{given['before']}/{given['nop']}/{given['year']}/{given['amount']}/{time}"
        )
        self.number = int(given["number"])
        self.before = hashlib.sha256(text.encode()).hexdigest().upper()
        self.lines.append(f"{text}/{sign(self.key, text)}")
        return self.lines[-1]


def invited(
    region: Region, collector: Account, at: datetime, **more: Any
) -> collectors.Invited:
    """A telephone that is not enrolled yet, for the villages of the register."""
    head = more.pop("by", None) or people.officer(
        f"Hana {collector.pk}", region=region, role="tax_head"
    )
    places = Region.objects.filter(
        pk__in=NopPlace.objects.filter(region=region).values("place")
    )
    plan = collectors.Plan(
        collector,
        more.get("name", "Redmi"),
        list(places),
        more.get("limit", 5_000_000),
        7,
    )
    return collectors.invite(region=region, plan=plan, by=head, at=at)


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def key_of(
    region: str, code: str, key: ec.EllipticCurvePrivateKey
) -> collectors.NewKey:
    """What the page sends to enrol."""
    text = collectors.enrolment_text(region, code)
    return collectors.NewKey(code, jwk(key), sign(key, text))


def enrolled(region: Region, collector: Account, at: datetime, **more: Any) -> Phone:
    """A telephone in use for ten days."""
    before = at - timedelta(days=10)
    made = invited(region, collector, before, **more)
    key = new_key()
    device = collectors.enrol(
        region=region, key=key_of(region.code, made.code, key), by=collector, at=before
    )
    return Phone(device, key)


def send(phone: Phone, at: datetime, *lines: str) -> list[slips.Received]:
    """The queue, or these lines, from the telephone itself."""
    sender = slips.Sender(phone.device.collector, at, localdate(at), own_only=True)
    return slips.receive(
        region=phone.device.region, lines=lines or phone.lines, sender=sender
    )
