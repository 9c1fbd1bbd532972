"""Looking at personal data: written down first, opened then; there is no other way.

Pages show masks. Whoever needs the whole says why; the row is appended in the same
transaction, and the person whose data it is reads it on their own page.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.people import access
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.privacy import queries
from habaring.privacy.models import Identity, Look, LookReason
from habaring.regions.models import Region
from habaring.shared import sealing
from habaring.shared.holdings import holdings
from habaring.shared.refusal import Refusal, Words

FIELDS: dict[str, dict[str, Words]] = {
    "account": {
        "full_name": _("name"),
        "email": _("mail address"),
        "phone": _("telephone number"),
    },
    "identity": {
        "nik": _("NIK"),
        "name_on_card": _("name on the card"),
        "birth_on": _("birth date"),
    },
}
SHORTEST_REASON = 10


def declare(kind: str, fields: dict[str, Words]) -> None:
    """What can be looked at in a register of another domain (its `personal.py`)."""
    FIELDS[kind] = fields


def words(one: Look) -> str:
    """Which data somebody saw: "name, mail address"."""
    if one.kind not in FIELDS:
        holdings()  # the same modules declare
    known = FIELDS.get(one.kind, {})
    return ", ".join(str(known.get(name, name)) for name in one.fields)


class LookRefused(Refusal):
    """The data stay masked."""


@dataclass(frozen=True)
class Reason:
    """Why somebody looks: one of the known reasons, and their own words."""

    code: str
    words: str


def look(
    *,
    subject: Account | Identity,
    by: Account,
    at: datetime,
    region: Region,
    reason: Reason,
    fields: Collection[str],
) -> dict[str, str]:
    """The asked fields of a person, opened; the look is on record before.

    Raises NotAllowed without the power SEE_PERSONAL_DATA in the region, and
    LookRefused without a reason, for unknown fields, for a person of another region,
    and for an erased account.
    """
    access.require(by, Power.SEE_PERSONAL_DATA, at=at, region=region)
    kind = "identity" if isinstance(subject, Identity) else "account"
    _refuse_without_reason(reason)
    _refuse_fields(kind, fields)
    _refuse_stranger(subject, region)
    person = subject.account if isinstance(subject, Identity) else subject
    wanted = [name for name in FIELDS[kind] if name in fields]
    with transaction.atomic():
        Look.objects.create(
            region_code=region.code,
            subject=person,
            kind=kind,
            fields=wanted,
            by=by,
            at=at,
            reason_code=reason.code,
            reason=reason.words.strip(),
        )
        return {name: _open(subject, name) for name in wanted}


@dataclass(frozen=True)
class Seen:
    """What of a row of another domain is looked at: its kind (`declare`), its key, the
    account of the person where they have one.
    """

    kind: str
    ref: str
    account: Account | None
    fields: Collection[str]


@transaction.atomic
def note(
    *, seen: Seen, by: Account, at: datetime, region: Region, reason: Reason
) -> None:
    """Put a look at a row of another domain on record, before that domain opens it.

    The caller has asked for the power that its own desk needs. Raises LookRefused
    without a reason and for unknown fields.
    """
    _refuse_without_reason(reason)
    _refuse_fields(seen.kind, seen.fields)
    Look.objects.create(
        region_code=region.code,
        subject=seen.account,
        ref=seen.ref,
        kind=seen.kind,
        fields=[name for name in FIELDS[seen.kind] if name in seen.fields],
        by=by,
        at=at,
        reason_code=reason.code,
        reason=reason.words.strip(),
    )


def open_own(identity: Identity) -> str:
    """The NIK for the person themself: the copy of one's own data carries it whole."""
    return sealing.open_sealed(identity.nik_sealed, about=identity.about)


def _open(subject: Account | Identity, name: str) -> str:
    if isinstance(subject, Identity) and name == "nik":
        return sealing.open_sealed(subject.nik_sealed, about=subject.about)
    return str(getattr(subject, name) or "")


def _refuse_without_reason(reason: Reason) -> None:
    words = " ".join(reason.words.split())
    if reason.code not in LookReason.values or len(words) < SHORTEST_REASON:
        raise LookRefused(
            _("The data stay masked."),
            why=_("Whoever looks at personal data says why; that person reads it."),
            next=format_lazy(
                _(
                    "Choose a reason, and say in {count} letters or more what it is for."
                ),
                count=SHORTEST_REASON,
            ),
        )


def _refuse_fields(kind: str, fields: Collection[str]) -> None:
    if not fields or set(fields) - set(FIELDS[kind]):
        raise LookRefused(
            _("The data stay masked."),
            why=_("Only what is needed is opened."),
            next=_("Choose what you need to see."),
        )


def _refuse_stranger(subject: Account | Identity, region: Region) -> None:
    if isinstance(subject, Identity):
        near = subject.region_code == region.code
    else:
        near = subject.erased_at is None and queries.known_in(subject, region)
    if not near:
        raise LookRefused(
            _("The data stay masked."),
            why=_("This person has nothing to do with this region."),
            next=_("Ask the data protection officer of the person's own region."),
        )
