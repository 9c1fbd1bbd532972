"""Take in a register, put it to use, withdraw it; find oneself in it.

Source: UU 27/2022 (Pelindungan Data Pribadi), article 16 (no more than needed): neither
the file nor a number nor a whole name is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from habaring.people.entitled import uses
from habaring.people.entitled.models import Register, RegisterEntry
from habaring.people.entitled.tables import Entitled, name_marks, number_marks
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit, limits, walls
from habaring.shared.nik import read_nik
from habaring.shared.refusal import Refusal

BATCH = 2_000
DAY = timedelta(days=1)


class EntryNotFound(Refusal):
    """Nobody with this number and name can be claimed here."""


class RegisterUnusable(Refusal):
    """The register is in use already, or was withdrawn."""


@dataclass(frozen=True)
class NewRegister:
    """What a register is, and the checksum of the file that it came in."""

    name: str
    purpose: str
    source: str
    sha256: str
    illustrative: bool = False


@transaction.atomic
def take_in(
    *,
    region: Region,
    new: NewRegister,
    people: Sequence[Entitled],
    by: Account | None,
    at: datetime,
) -> Register:
    """Keep the marks of a file as a draft, to be looked at before it counts."""
    register = Register.objects.create(
        region=region,
        name=new.name,
        purpose=new.purpose,
        source=new.source,
        sha256=new.sha256,
        illustrative=new.illustrative,
        rows=len(people),
        uploaded_at=at,
        uploaded_by=by,
    )
    RegisterEntry.objects.bulk_create(
        (
            RegisterEntry(
                region=region,
                register=register,
                number_hash=person.number_hash,
                name_hash=person.name_hash,
                name_masked=person.name_masked,
                village=person.village,
            )
            for person in people
        ),
        batch_size=BATCH,
    )
    _record(register, "people.register.taken_in", by=by, at=at)
    return register


def _record(
    register: Register, verb: str, *, by: Account | None, at: datetime, reason: str = ""
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=register,
        region=register.region_id,
        reason=reason,
        details={"purpose": register.purpose, "rows": register.rows},
    )


@transaction.atomic
def put_to_use(*, register: Register, by: Account | None, at: datetime) -> None:
    """From now on its entries count, beside those of other registers in use."""
    register = Register.objects.select_for_update().get(pk=register.pk)
    if register.used_from is not None or register.withdrawn_at is not None:
        raise RegisterUnusable(
            what=_("This register cannot be put to use."),
            why=_("It is in use already, or was withdrawn."),
            next=_("Look at the list of registers again."),
        )
    register.used_from = at
    register.save(update_fields=["used_from"])
    _record(register, "people.register.put_to_use", by=by, at=at)


@transaction.atomic
def withdraw(*, register: Register, by: Account, at: datetime, reason: str) -> int:
    """Take a register out of use. Entries that nobody claimed are deleted; how many.

    Claimed ones stay, without counting, so that what somebody did by them can be told.
    """
    register = Register.objects.select_for_update().get(pk=register.pk)
    if register.withdrawn_at is not None:
        raise RegisterUnusable(
            what=_("This register was withdrawn already."),
            next=_("Look at the list of registers again."),
        )
    for why in uses.needed_for(register):
        raise RegisterUnusable(
            what=_("This register cannot be withdrawn now."),
            why=why,
            next=_("Withdraw it afterwards."),
        )
    register.withdrawn_at = at
    register.save(update_fields=["withdrawn_at"])
    deleted, _kinds = RegisterEntry.objects.filter(
        region=register.region_id, register=register, account=None
    ).delete()
    _record(register, "people.register.withdrawn", by=by, at=at, reason=reason)
    return deleted


@dataclass(frozen=True)
class Claim:
    """What somebody says of themself. `nik` as typed; it is not kept."""

    nik: str
    name: str
    purpose: str = ""


@transaction.atomic
def claim(
    *, account: Account, region: Region, said: Claim, at: datetime
) -> RegisterEntry:
    """Tie the person to their entry; a second time gives the same entry.

    Raises NikRefused where the number is none, TooMany after five tries in a day, and
    EntryNotFound. That is said alike of a number that is not there, another name, and
    an entry that somebody else claimed: nobody learns who stands in the register.
    """
    limits.spend("registers.claim", str(account.pk), most=5, per=DAY, at=at)
    with walls.also(region.code):
        found = _find(region, said)
        mine = next((one for one in found if one.account_id == account.pk), None)
        if mine is not None:
            limits.forget("registers.claim", str(account.pk))
            return mine
        free = [one for one in found if one.account_id is None]
        if not free or _has_another(account, free[0]):
            raise _not_found()
        entry = free[0]
        entry.account, entry.verified_at = account, at
        entry.save(update_fields=["account", "verified_at"])
        audit.record(
            by=account,
            at=at,
            verb="people.register.claimed",
            subject=entry.register,
            region=region.code,
        )
    limits.forget("registers.claim", str(account.pk))
    return entry


def _not_found() -> EntryNotFound:
    return EntryNotFound(
        what=_("You were not found in the register with this number and name."),
        why=_("Both must be written as on the identity card."),
        next=_("Check them, or ask the secretariat of the region to look into it."),
    )


def _find(region: Region, said: Claim) -> list[RegisterEntry]:
    """Entries with this number and name, the newest register first."""
    numbers = number_marks(region.code, _plausible(said.nik))
    rows = (
        RegisterEntry.objects.select_for_update(of=("self",))
        .filter(
            region=region,
            number_hash__in=numbers,
            register__used_from__isnull=False,
            register__withdrawn_at__isnull=True,
        )
        .select_related("register")
        .order_by("-register__used_from", "-id")
    )
    if said.purpose:
        rows = rows.filter(register__purpose=said.purpose)
    return [
        row
        for row in rows
        if any(
            constant_time_compare(row.name_hash, mark)
            for mark in name_marks(row.number_hash, said.name)
        )
    ]


def _plausible(text: str) -> str:
    """The number; one that only an example can have is looked for like any other."""
    digits = "".join(character for character in text if character.isdigit())
    if len(digits) == 16:
        return digits
    return read_nik(text)


def _has_another(account: Account, entry: RegisterEntry) -> bool:
    """One person is one entry of a register."""
    return RegisterEntry.objects.filter(
        account=account, region=entry.region_id, register=entry.register_id
    ).exists()
