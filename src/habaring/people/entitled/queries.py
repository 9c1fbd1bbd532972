"""Registers of a region, counted."""

from dataclasses import dataclass

from django.db.models import Count, Q

from habaring.people.entitled.models import Register, RegisterEntry
from habaring.regions.models import Region


@dataclass(frozen=True)
class Counted:
    """A register, how many stand in it now and how many of them showed who they are."""

    register: Register
    entries: int
    verified: int


def counted(region: Region) -> list[Counted]:
    """Every register of a region, the newest first. The region must be open."""
    rows = (
        Register.objects.filter(region=region)
        .select_related("uploaded_by")
        .annotate(
            now=Count("entries"),
            verified=Count("entries", filter=Q(entries__account__isnull=False)),
        )
    )
    return [Counted(row, row.now, row.verified) for row in rows]


def sample(register: Register, *, of: int = 10) -> list[RegisterEntry]:
    """The first entries, as they are kept."""
    return list(
        RegisterEntry.objects.filter(region=register.region_id, register=register)[:of]
    )


def repeated(register: Register) -> int:
    """How many of a draft's numbers stand in another register in use for the same."""
    others = RegisterEntry.objects.filter(
        region=register.region_id,
        register__purpose=register.purpose,
        register__used_from__isnull=False,
        register__withdrawn_at__isnull=True,
    ).exclude(register=register)
    return RegisterEntry.objects.filter(
        region=register.region_id,
        register=register,
        number_hash__in=others.values("number_hash"),
    ).count()
