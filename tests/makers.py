"""Plain functions that make rows with sensible values."""

from datetime import UTC, datetime

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


def officer(name: str, *, region: Region, role: str = "secretariat") -> Account:
    person = account(name)
    Membership.objects.create(
        account=person,
        role=Role.objects.get(code=role),
        region=region,
        since=LONG_AGO,
    )
    return person
