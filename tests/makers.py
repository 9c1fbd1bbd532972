"""Plain functions that make rows with sensible values."""

import base64
import hmac
import struct
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings

from habaring.people.adapters import SecondStepAdapter
from habaring.people.models import Account, Membership, Role
from habaring.regions.models import Region

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
NAMES = {
    "62": ("Kalimantan Tengah", "provinsi"),
    "62.01": ("Kotawaringin Barat", "kabupaten"),
    "62.02": ("Kotawaringin Timur", "kabupaten"),
    "62.03": ("Kapuas", "kabupaten"),
    "62.71": ("Palangka Raya", "kota"),
    "62.02.05": ("Baamang", "kecamatan"),
    "62.02.06": ("Mentawa Baru Ketapang", "kecamatan"),
}


def database_url(name: str) -> str:
    """Of another database on the server of the tests, by socket or by network."""
    return urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}").geturl()


def region(code: str, name: str = "", kind: str = "") -> Region:
    """One unit of the register, with its parents."""
    known = NAMES.get(code, (name or f"Daerah {code}", kind or "kabupaten"))
    parent = region(code.rpartition(".")[0]) if "." in code else None
    return Region.objects.get_or_create(
        code=code,
        defaults={"name": name or known[0], "kind": kind or known[1], "parent": parent},
    )[0]


def account(name: str, **more: object) -> Account:
    return Account.objects.create_account(
        email=f"{name.lower()}@contoh.id",
        full_name=name,
        password="empat kata yang jauh",
        **more,
    )


def officer(
    name: str,
    *,
    region: Region | None,
    role: str = "secretariat",
    **part: object,
) -> Account:
    """Somebody with a role in a region, or in a `department` or `body` of it."""
    person = account(name)
    Membership.objects.create(
        account=person,
        role=Role.objects.get(code=role),
        region=region,
        since=LONG_AGO,
        **part,
    )
    return person


TOTP_KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def second_step(person: Account) -> Account:
    """An app that shows codes: `code()` gives the one it shows now."""
    from allauth.mfa.models import Authenticator

    key = SecondStepAdapter().encrypt(TOTP_KEY)
    Authenticator.objects.create(user=person, type="totp", data={"secret": key})
    return person


def code(*, steps: int = 0, key: str = TOTP_KEY) -> str:
    """What the app shows now, or so many half minutes later (RFC 6238)."""
    moment = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(base64.b32decode(key), moment, "sha1").digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"
