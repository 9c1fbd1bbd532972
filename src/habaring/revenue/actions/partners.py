"""The verbs of partners: take one on, stop it, give and end its keys, try its door."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue.gateways import callers, wire
from habaring.revenue.models import KeyUse, Partner, PartnerKey, PartnerKind
from habaring.shared import audit, sealing
from habaring.shared.refusal import Refusal

MOST_KEYS = 2
"""In force at once for one use: the one being changed, and the next."""


class PartnerRefused(Refusal):
    """A partner or a key that cannot be."""


@dataclass(frozen=True)
class NewPartner:
    """Who a partner is: see `models.Partner`."""

    code: str
    name: str
    kind: str
    partner_id: str
    prefix: str = ""
    merchant_pan: str = ""
    merchant_id: str = ""


@dataclass(frozen=True)
class Shown:
    """A secret that was just made: it can be read this once."""

    key: PartnerKey
    secret: str


@transaction.atomic
def add_partner(
    *,
    region: Region,
    plan: NewPartner,
    by: Account | None,
    at: datetime,
    illustrative: bool = False,
) -> Partner:
    """Take a bank or a QRIS service on. Nothing is let in before it has keys.

    Raises PartnerRefused where its code is taken here or its X-PARTNER-ID anywhere, or
    what its kind needs is missing.
    """
    _refuse_half(plan)
    if Partner.objects.filter(region=region, code=plan.code).exists():
        raise PartnerRefused(
            _("There is a partner with this short name already."),
            _("The short name stands in each of its payments for ever."),
            _("Choose another one."),
        )
    row = Partner(
        region=region, illustrative=illustrative, recorded_at=at, **vars(plan)
    )
    # an id can be taken in a region that is not opened here: only PostgreSQL knows
    if not _inserted(row):
        raise PartnerRefused(
            _("This X-PARTNER-ID is taken."),
            _("Each partner of each region calls under an id of its own."),
            _("Agree on another id with the bank, such as the one of your region."),
        )
    return _told(row, "revenue.partner.added", by=by, at=at)


def _inserted(row: Partner) -> bool:
    Partner.objects.bulk_create([row], ignore_conflicts=True)
    found = Partner.objects.filter(region=row.region, code=row.code).first()
    if found is not None:
        row.pk = found.pk
    return found is not None


def _refuse_half(plan: NewPartner) -> None:
    if plan.kind == PartnerKind.VA and not plan.prefix:
        missing = _("The first 8 digits of its virtual accounts")
    elif plan.kind == PartnerKind.QRIS and not (plan.merchant_pan and plan.merchant_id):
        missing = _("The merchant that its codes name (PAN and NMID)")
    else:
        return
    raise PartnerRefused(
        format_lazy("{missing}: {said}", missing=missing, said=_("this is missing.")),
        _("Without it nobody could pay by this way."),
        _("The bank gives it to you with the contract."),
    )


@transaction.atomic
def stop(*, partner: Partner, reason: str, by: Account, at: datetime) -> Partner:
    """Let nothing of a partner in any more, and offer it to nobody."""
    return _set_active(partner, active=False, reason=reason, by=by, at=at)


@transaction.atomic
def resume(*, partner: Partner, reason: str, by: Account, at: datetime) -> Partner:
    """Let it in again, with the keys that are still in force."""
    return _set_active(partner, active=True, reason=reason, by=by, at=at)


def _set_active(
    partner: Partner, *, active: bool, reason: str, by: Account, at: datetime
) -> Partner:
    row = Partner.objects.select_for_update().get(pk=partner.pk)
    row.active = active
    row.save(update_fields=["active"])
    verb = "revenue.partner.resumed" if active else "revenue.partner.stopped"
    return _told(row, verb, by=by, at=at, reason=reason)


@transaction.atomic
def add_public_key(
    *, partner: Partner, pem: str, by: Account | None, at: datetime
) -> PartnerKey:
    """Believe another key of the partner from now on; the one before stays until it is
    ended. Raises PartnerRefused where it is no RSA key of 2048 bits, known, or a third.
    """
    try:
        pem = pem.strip() + "\n"
        mark = wire.fingerprint(wire.public_key(pem))
    except wire.WireError as error:
        raise PartnerRefused(
            _("This is no public key."),
            _("It must be an RSA key of at least 2048 bits, as PEM text."),
            _("Ask the bank for the public key; never take a private one."),
        ) from error
    _refuse_third(partner, KeyUse.PUBLIC, at)
    if _in_force(partner, KeyUse.PUBLIC, at).filter(fingerprint=mark).exists():
        raise PartnerRefused(_("This key is there already."))
    row = PartnerKey.objects.create(
        region=partner.region,
        partner=partner,
        use=KeyUse.PUBLIC,
        pem=pem,
        fingerprint=mark,
        begins_at=at,
        recorded_at=at,
        recorded_by=by,
    )
    return _key_told(row, "revenue.partner.key_added", by=by, at=at)


@transaction.atomic
def make_secret(
    *, partner: Partner, by: Account | None, at: datetime, text: str = ""
) -> Shown:
    """Make a shared secret. It is shown to whoever made it, once; kept sealed.

    Raises PartnerRefused where two are in force already.
    """
    _refuse_third(partner, KeyUse.SECRET, at)
    secret = text or secrets.token_urlsafe(48)
    row = PartnerKey.objects.create(
        region=partner.region,
        partner=partner,
        use=KeyUse.SECRET,
        sealed=sealing.seal(secret, about=callers.SEALED_ABOUT),
        fingerprint=sealing.keyed_hash(secret),
        begins_at=at,
        recorded_at=at,
        recorded_by=by,
    )
    _key_told(row, "revenue.partner.key_added", by=by, at=at)
    return Shown(row, secret)


@transaction.atomic
def end_key(
    *, key: PartnerKey, after: timedelta, reason: str, by: Account, at: datetime
) -> PartnerKey:
    """End a key, at once or when the partner has had time to change (`after`)."""
    row = PartnerKey.objects.select_for_update().get(pk=key.pk)
    ends_at = at + after
    if row.ends_at is not None and row.ends_at <= ends_at:
        raise PartnerRefused(_("This key ends earlier already."))
    row.ends_at = ends_at
    row.save(update_fields=["ends_at"])
    return _key_told(row, "revenue.partner.key_ended", by=by, at=at, reason=reason)


def _in_force(partner: Partner, use: KeyUse, at: datetime) -> QuerySet[PartnerKey]:
    rows = PartnerKey.objects.filter(partner=partner, use=use)
    return rows.exclude(ends_at__lte=at)


def _refuse_third(partner: Partner, use: KeyUse, at: datetime) -> None:
    if _in_force(partner, use, at).count() >= MOST_KEYS:
        raise PartnerRefused(
            _("Two keys are in force already."),
            _("One is being changed for the next; a third would never be missed."),
            _("End the older one first."),
        )


def _told(
    row: Partner, verb: str, *, by: Account | None, at: datetime, reason: str = ""
) -> Partner:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=row,
        region=row.region_id,
        reason=reason,
        details={"code": row.code, "kind": row.kind},
    )
    return row


def _key_told(
    row: PartnerKey, verb: str, *, by: Account | None, at: datetime, reason: str = ""
) -> PartnerKey:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=row,
        region=row.region_id,
        reason=reason,
        details={
            "partner": row.partner.code,
            "use": row.use,
            "fingerprint": row.fingerprint[:16],
        },
    )
    return row
