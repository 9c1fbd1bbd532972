"""The verbs of collectors' telephones: invite, enrol, change, withdraw; deposits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import collectors, ledger, slips
from habaring.revenue.codes import new_code, plain
from habaring.revenue.models import Account as Book
from habaring.revenue.models import Deposit, Device, DeviceVillage, Source
from habaring.shared import audit, formats, sealing
from habaring.shared.refusal import Refusal

INVITED_FOR = timedelta(hours=24)


class CollectorRefused(Refusal):
    """A telephone or a deposit that cannot be."""

    status = 409


class SamePerson(CollectorRefused):
    """Who collects neither counts the own money nor settles the own receipts."""

    status = 403


@dataclass(frozen=True)
class Plan:
    """For whom a telephone is, where it collects, how much it may hold, rupiah."""

    collector: Account
    name: str
    places: Sequence[Region]
    cash_limit: int
    deposit_days: int


@dataclass(frozen=True)
class Invited:
    """The code that enrols a telephone: it can be read this once."""

    device: Device
    code: str


@transaction.atomic
def invite(*, region: Region, plan: Plan, by: Account, at: datetime) -> Invited:
    """Let a collector enrol a telephone, once, within a day.

    Raises SamePerson where somebody would invite themself.
    """
    if plan.collector.pk == by.pk:
        raise SamePerson(
            _("Somebody else gives you a telephone."),
            _("Who collects money does not decide where and how much."),
            _("Ask a colleague who keeps the collectors."),
        )
    device = Device.objects.create(
        region=region,
        collector=plan.collector,
        name=plan.name,
        cash_limit=plan.cash_limit,
        deposit_days=plan.deposit_days,
        registered_at=at,
        registered_by=by,
    )
    _set_villages(device, plan.places)
    code = _give_code(device, at)
    return Invited(
        _told(
            device,
            "revenue.device.invited",
            by=by,
            at=at,
            details={"villages": [one.code for one in plan.places]},
        ),
        code,
    )


@transaction.atomic
def new_code_for(*, device: Device, by: Account, at: datetime) -> Invited:
    """Another code for a telephone that is not enrolled yet; the one before is void.

    Raises CollectorRefused where it is enrolled or withdrawn.
    """
    row = _locked(device)
    if row.enrolled_at or row.revoked_at:
        raise CollectorRefused(
            _("This telephone is enrolled already, or withdrawn."),
            _("Its key cannot be replaced: receipts would be anybody's."),
            _("Withdraw it and invite a new one."),
        )
    code = _give_code(row, at)
    return Invited(_told(row, "revenue.device.invited", by=by, at=at), code)


def _give_code(device: Device, at: datetime) -> str:
    code = new_code()
    device.code_hash = sealing.keyed_hash(_about(device.region_id, code))
    device.code_until = at + INVITED_FOR
    device.save(update_fields=["code_hash", "code_until"])
    return code


def _about(region: str, code: str) -> str:
    return f"revenue.device {region} {code}"


def enrolment_text(region: str, code: str) -> str:
    """What the new key signs, so that nobody enrols a key that is not in their hands."""
    return f"HBR2-KEY/{region}/{plain(code)}"


@dataclass(frozen=True)
class NewKey:
    """What a telephone sends to be enrolled: its public key as JWK, and a signature."""

    code: str
    public_key: str
    signature: str


@transaction.atomic
def enrol(*, region: Region, key: NewKey, by: Account, at: datetime) -> Device:
    """Tie the key of a telephone to an invitation, once.

    Raises CollectorRefused where no invitation of this person has the code, or the key
    is in use; slips.NotSigned where the key is none.
    """
    code, again = plain(key.code), _enrolled_before(region, key, by)
    if again is not None:
        return again  # its answer was lost on the way
    hashes = sealing.keyed_hashes(_about(region.code, code))
    device = (
        Device.objects.select_for_update(of=("self",))
        .filter(
            region=region,
            code_hash__in=hashes,
            code_until__gt=at,
            enrolled_at=None,
            revoked_at=None,
            collector=by,
        )
        .first()
    )
    if device is None:
        raise CollectorRefused(
            _("This code does not enrol a telephone."),
            _("It is mistyped, older than a day, used, or for another person."),
            _("Compare it, or ask the office for a new one."),
        )
    public = slips.public_key_of(key.public_key)
    if Device.objects.filter(region=region, public_key=public).exists():
        raise CollectorRefused(_("This key belongs to another telephone already."))
    device.public_key, device.code_hash = public, ""
    device.enrolled_at = device.synced_at = at
    device.save(
        update_fields=["public_key", "code_hash", "enrolled_at", "synced_at"],
    )
    return _told(device, "revenue.device.enrolled", by=by, at=at)


def _enrolled_before(region: Region, key: NewKey, by: Account) -> Device | None:
    public = slips.public_key_of(key.public_key)
    text = enrolment_text(region.code, key.code)
    if not slips.verified(text.encode(), key.signature, public):
        raise slips.NotSigned(
            _("The telephone did not sign with its key."),
            _("The key that was sent is not in its hands."),
        )
    rows = Device.objects.filter(region=region, public_key=public, collector=by)
    return rows.filter(revoked_at=None).first()


@dataclass(frozen=True)
class Terms:
    """What of a telephone may change later."""

    name: str
    places: Sequence[Region]
    cash_limit: int
    deposit_days: int


@transaction.atomic
def change(*, device: Device, terms: Terms, by: Account, at: datetime) -> Device:
    """Other villages, another limit. Raises SamePerson for one's own telephone."""
    row = _locked(device)
    if row.collector_id == by.pk:
        raise SamePerson(
            _("Somebody else decides on your telephone."),
            next=_("Ask a colleague who keeps the collectors."),
        )
    row.name = terms.name
    row.cash_limit, row.deposit_days = terms.cash_limit, terms.deposit_days
    row.save(update_fields=["name", "cash_limit", "deposit_days"])
    _set_villages(row, terms.places)
    return _told(
        row,
        "revenue.device.changed",
        by=by,
        at=at,
        details={"villages": [one.code for one in terms.places]},
    )


def _set_villages(device: Device, places: Sequence[Region]) -> None:
    rows = DeviceVillage.objects.filter(device=device)
    rows.exclude(place__in=places).delete()
    known = set(rows.values_list("place", flat=True))
    for place in places:
        if place.pk not in known:
            DeviceVillage.objects.create(
                region_id=device.region_id, device=device, place=place
            )


@transaction.atomic
def revoke(*, device: Device, reason: str, by: Account, at: datetime) -> Device:
    """Withdraw a telephone: what it signs from now on is believed by nobody. What it
    holds stays owed. Raises CollectorRefused where it was withdrawn before.
    """
    row = _locked(device)
    if row.revoked_at:
        raise CollectorRefused(_("This telephone is withdrawn already."))
    row.revoked_at, row.revoked_by = at, by
    row.revoked_reason, row.code_hash = reason.strip()[:200], ""
    row.save(
        update_fields=["revoked_at", "revoked_by", "revoked_reason", "code_hash"],
    )
    return _told(row, "revenue.device.revoked", by=by, at=at, reason=row.revoked_reason)


@dataclass(frozen=True)
class Count:
    """Cash that was counted, rupiah; why it is not what the receipts say; the slip of
    the bank, where the collector paid it in there.
    """

    amount: int
    note: str = ""
    bank_reference: str = ""


@transaction.atomic
def record_deposit(
    *, device: Device, count: Count, by: Account, at: datetime, on: date
) -> Deposit:
    """Money of a collector was counted by somebody else: it is the treasury's now.

    Raises SamePerson, CollectorRefused for a difference without a reason, and
    ledger.ClosedDay.
    """
    row = _locked(device)
    if row.collector_id == by.pk:
        raise SamePerson(
            _("Somebody else counts your money."),
            next=_("Ask the treasurer to count it with you."),
        )
    expected, note = collectors.standing(row).held, count.note.strip()[:300]
    if count.amount != expected and not note:
        raise CollectorRefused(
            _("Say why it is not what the receipts say."),
            format_lazy(
                _("The receipts come to {expected}, you counted {counted}."),
                expected=formats.rupiah(expected),
                counted=formats.rupiah(count.amount),
            ),
            _("Let the collector send all receipts first, then count again."),
        )
    deposit = Deposit.objects.create(
        region_id=row.region_id,
        device=row,
        amount=count.amount,
        expected=expected,
        day=on,
        bank_reference=count.bank_reference.strip()[:64],
        note=note,
        recorded_at=at,
        recorded_by=by,
    )
    ledger.post(
        region=row.region_id,
        day=on,
        lines=[ledger.Line(Book.CASH.value, Book.COLLECTORS.value, count.amount)],
        source=Source.DEPOSIT,
        source_key=str(deposit.pk),
        at=at,
    )
    audit.record(
        by=by,
        at=at,
        verb="revenue.deposit.recorded",
        subject=deposit,
        region=row.region_id,
        reason=note,
        details={"device": row.pk, "amount": count.amount, "expected": expected},
    )
    return deposit


def _locked(device: Device) -> Device:
    rows = Device.objects.select_for_update(of=("self",))
    return rows.select_related("collector", "region").get(pk=device.pk)


def _told(
    device: Device,
    verb: str,
    *,
    by: Account,
    at: datetime,
    reason: str = "",
    details: dict[str, object] | None = None,
) -> Device:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=device,
        region=device.region_id,
        reason=reason,
        details=details or {},
    )
    return device
