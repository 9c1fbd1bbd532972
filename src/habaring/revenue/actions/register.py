"""The verbs of taxpayers: enter, change, merge, look, tie to an account.

NIK and contacts are sealed before they are written; a page shows masks, and whoever
needs the whole says why (`open_taxpayer`, on record in `privacy.Look`).
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, connection, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.people import access
from habaring.people.access import Power
from habaring.people.codes.reach import Reach, read_reach
from habaring.people.entitled.tables import mask_name
from habaring.people.models import Account
from habaring.privacy import looks
from habaring.privacy.looks import Reason, Seen
from habaring.regions.models import Region
from habaring.revenue.models import (
    Bill,
    Case,
    Holding,
    TaxObject,
    Taxpayer,
    TaxpayerKind,
)
from habaring.shared import audit, sealing
from habaring.shared.nik import mask_nik, read_nik
from habaring.shared.refusal import Refusal, Words

LOOK = "taxpayer"
looks.declare(
    LOOK,
    {"nik": _("NIK"), "phone": _("telephone number"), "email": _("mail address")},
)


class TaxpayerRefused(Refusal):
    """The taxpayer cannot be entered or changed so."""


@dataclass(frozen=True)
class Particulars:
    """What is said of a taxpayer. `number` "" asks for the next one of the region.

    Of what is sealed, None leaves it as it is and "" takes it away.
    """

    name: str
    kind: str = TaxpayerKind.PERSON
    number: str = ""
    nik: str | None = None
    nib: str = ""
    phone: str | None = None
    email: str | None = None
    address: str = ""
    illustrative: bool = False


@dataclass(frozen=True)
class Contact:
    """How a taxpayer is reached, opened."""

    phone: str = ""
    email: str = ""

    @property
    def reach(self) -> Reach | None:
        """Where a code goes: the telephone, else the mailbox."""
        value = self.phone or self.email
        return Reach(value) if value else None


@transaction.atomic
def enter_taxpayer(
    *, region: Region, said: Particulars, by: Account | None, at: datetime
) -> Taxpayer:
    """Enter somebody who owes a tax. Raises TaxpayerRefused, NikRefused, ReachRefused."""
    number = said.number.strip() or _next_number(region)
    row = Taxpayer(region=region, number=number, recorded_at=at)
    _fill(row, said)
    if Taxpayer.objects.filter(region=region, number=number).exists():
        raise _taken(_("A taxpayer has this number already."))
    _save(row)
    _record(row, "revenue.taxpayer.entered", by=by, at=at)
    return row


@transaction.atomic
def change_taxpayer(
    *, taxpayer: Taxpayer, said: Particulars, reason: str, by: Account, at: datetime
) -> Taxpayer:
    """Change what is known; the number stays. The reason goes into the history."""
    row = _locked(taxpayer)
    if not reason.strip():
        raise TaxpayerRefused(
            _("Nothing was changed."),
            why=_("The history says why something was changed."),
            next=_("Give a reason, such as the letter that asked for it."),
        )
    _fill(row, said)
    _save(row)
    _record(row, "revenue.taxpayer.changed", by=by, at=at, reason=reason)
    return row


@transaction.atomic
def merge_taxpayers(
    *, kept: Taxpayer, gone: Taxpayer, reason: str, by: Account, at: datetime, on: date
) -> int:
    """Two entries are one taxpayer: objects, bills and requests go to `kept`; how many
    objects. Nothing is deleted: the other entry points at the one that stays.
    """
    if kept.pk == gone.pk or kept.region_id != gone.region_id:
        raise TaxpayerRefused(
            _("These cannot be merged."),
            why=_("They must be two entries of the same region."),
            next=_("Choose the other entry by its number."),
        )
    first, second = sorted((kept, gone), key=lambda one: one.pk)
    rows = {one.pk: _locked(one) for one in (first, second)}
    kept, gone = rows[kept.pk], rows[gone.pk]
    _refuse_two_people(kept, gone)
    moved = list(TaxObject.objects.filter(region=kept.region_id, taxpayer=gone))
    Holding.objects.bulk_create(
        Holding(
            region_id=kept.region_id,
            object=one,
            taxpayer=kept,
            begins_on=on,
            basis=f"{gone.number} → {kept.number}",
            recorded_at=at,
            recorded_by=by,
        )
        for one in moved
    )
    here = {"region": kept.region_id, "taxpayer": gone}
    TaxObject.objects.filter(**here).update(taxpayer=kept)
    Bill.objects.filter(**here).update(taxpayer=kept)
    Case.objects.filter(**here).update(taxpayer=kept)
    _carry(kept, gone)
    _record(
        kept,
        "revenue.taxpayer.merged",
        by=by,
        at=at,
        reason=reason,
        details={"merged": gone.number, "objects": len(moved)},
    )
    return len(moved)


def _refuse_two_people(kept: Taxpayer, gone: Taxpayer) -> None:
    """Two NIKs, or two accounts, are two people, whatever they are called."""
    numbers = kept.nik_hash and gone.nik_hash and kept.nik_hash != gone.nik_hash
    accounts = (
        kept.account_id and gone.account_id and kept.account_id != gone.account_id
    )
    if numbers or accounts:
        raise TaxpayerRefused(
            _("These cannot be merged."),
            why=_("They have different NIKs or different accounts: two people."),
            next=_("Correct the entry that is wrong first."),
        )


def _carry(kept: Taxpayer, gone: Taxpayer) -> None:
    """What only the other entry knew goes on with the one that stays."""
    nik = open_nik(gone) if gone.nik_sealed and not kept.nik_sealed else None
    contact = None if kept.contact_sealed else contact_of(gone)
    account = gone.account_id
    gone.merged_into, gone.account = kept, None
    gone.nik_sealed, gone.nik_hash = None, ""
    gone.save(update_fields=["merged_into", "account", "nik_sealed", "nik_hash"])
    if nik is not None:
        _seal_nik(kept, nik)
    if contact is not None and contact.reach is not None:
        _seal_contact(kept, contact)
    kept.account_id = kept.account_id or account
    kept.save()


# Who they are


@transaction.atomic
def link_account(
    *, taxpayer: Taxpayer, account: Account, by: Account, at: datetime, how: str
) -> None:
    """From now on this person files and pays for the taxpayer. `how` they showed it:
    "code" (sent to the contact on file) or the officer's words.
    """
    row = _locked(taxpayer)
    if row.account_id not in (None, account.pk):
        raise TaxpayerRefused(
            _("This taxpayer belongs to another account already."),
            why=_("One taxpayer belongs to one account."),
            next=_("Ask the revenue office, with your identity card."),
        )
    row.account = account
    row.save(update_fields=["account"])
    _record(row, "revenue.taxpayer.linked", by=by, at=at, reason=how)


@transaction.atomic
def unlink_account(
    *, taxpayer: Taxpayer, by: Account, at: datetime, reason: str
) -> None:
    """The account no longer acts for the taxpayer."""
    row = _locked(taxpayer)
    row.account = None
    row.save(update_fields=["account"])
    _record(row, "revenue.taxpayer.unlinked", by=by, at=at, reason=reason)


def account_reached(text: str) -> Account:
    """The account of a telephone number or mail address, exactly as typed."""
    found = read_reach(text).account()
    if found is None or not found.is_active:
        raise TaxpayerRefused(
            _("No account is reached there."),
            why=_("The person signs in once with a code; then the account is there."),
            next=_("Check the number or address with the person."),
        )
    return found


# Looking


def open_taxpayer(
    *,
    taxpayer: Taxpayer,
    fields: Collection[str],
    reason: Reason,
    by: Account,
    at: datetime,
) -> dict[str, str]:
    """NIK and contacts opened; the look is on record before. Raises LookRefused."""
    region = taxpayer.region
    access.require(by, Power.MANAGE_TAX_REGISTER, at=at, region=region)
    seen = Seen(LOOK, f"revenue.taxpayer:{taxpayer.pk}", taxpayer.account, fields)
    with transaction.atomic():
        looks.note(seen=seen, by=by, at=at, region=region, reason=reason)
        contact = contact_of(taxpayer)
        every = {
            "nik": open_nik(taxpayer),
            "phone": contact.phone,
            "email": contact.email,
        }
        return {name: value for name, value in every.items() if name in fields}


def open_nik(taxpayer: Taxpayer) -> str:
    """The number itself: for the person's own copy, a merge, a look on record."""
    if not taxpayer.nik_sealed:
        return ""
    return sealing.open_sealed(taxpayer.nik_sealed, about=taxpayer.about("nik"))


def contact_of(taxpayer: Taxpayer) -> Contact:
    """Where the taxpayer is reached: to send something, or a look on record."""
    if not taxpayer.contact_sealed:
        return Contact()
    text = sealing.open_sealed(taxpayer.contact_sealed, about=taxpayer.about("contact"))
    known = json.loads(text)
    return Contact(known.get("phone", ""), known.get("email", ""))


# Writing


def _fill(row: Taxpayer, said: Particulars) -> None:
    row.name = " ".join(said.name.split())
    if not row.name:
        raise TaxpayerRefused(_("A taxpayer has a name."), next=_("Write the name."))
    row.name_masked = mask_name(row.name)
    row.kind = said.kind
    row.address = " ".join(said.address.split())
    row.illustrative = said.illustrative
    row.nib = read_nib(said.nib) if row.kind == TaxpayerKind.ENTITY else ""
    if said.nik is not None:
        nik = (
            read_nik(said.nik, illustrative=said.illustrative)
            if said.nik.strip()
            else ""
        )
        _refuse_taken(row, nik)
        _seal_nik(row, nik)
    if said.phone is not None or said.email is not None:
        _seal_contact(row, _contact(row, said))


def _refuse_taken(row: Taxpayer, nik: str) -> None:
    same = Taxpayer.objects.filter(
        region=row.region_id, nik_hash__in=sealing.keyed_hashes(nik) if nik else []
    ).exclude(pk=row.pk)
    other = same.first()
    if other is not None:
        raise TaxpayerRefused(
            _("This NIK is entered already."),
            why=format_lazy(_("It belongs to taxpayer {number}."), number=other.number),
            next=_("Open that entry instead; two that are the same can be merged."),
        )


def read_nib(text: str) -> str:
    """Thirteen digits (PP 5/2021), or "" where none is known."""
    digits = "".join(text.split())
    if digits and not (digits.isascii() and digits.isdigit() and len(digits) == 13):
        raise TaxpayerRefused(
            _("This is not a NIB."),
            why=_("A NIB has 13 digits."),
            next=_("Copy it from the business licence (OSS), or leave it empty."),
        )
    return digits


def _contact(row: Taxpayer, said: Particulars) -> Contact:
    before = contact_of(row)
    phone, email = said.phone, said.email
    return Contact(
        phone=before.phone if phone is None else _reached(phone),
        email=before.email if email is None else _reached(email),
    )


def _reached(text: str) -> str:
    return read_reach(text).value if text.strip() else ""


def _seal_nik(row: Taxpayer, nik: str) -> None:
    row.nik_sealed = sealing.seal(nik, about=row.about("nik")) if nik else None
    row.nik_hash = sealing.keyed_hash(nik) if nik else ""
    row.nik_masked = mask_nik(nik) if nik else ""


def _seal_contact(row: Taxpayer, contact: Contact) -> None:
    text = json.dumps({"phone": contact.phone, "email": contact.email})
    about = row.about("contact")
    row.contact_sealed = sealing.seal(text, about=about) if contact.reach else None


def _next_number(region: Region) -> str:
    """P. and seven digits, one higher than the highest of that form."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('revenue.taxpayer'), hashtext(%s))",
            [region.code],
        )
        cursor.execute(
            "SELECT coalesce(max(substr(number, 3)::bigint), 0) FROM revenue_taxpayer"
            r" WHERE region_id = %s AND number ~ '^P\.\d{7}$'",
            [region.code],
        )
        return f"P.{cursor.fetchone()[0] + 1:07d}"


def _save(row: Taxpayer) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:  # somebody else was first
        raise _taken(_("Somebody entered this number in this moment.")) from error


def _taken(why: Words) -> TaxpayerRefused:
    return TaxpayerRefused(
        _("The taxpayer was not saved."),
        why=why,
        next=_("Look for the number in the register."),
    )


def _locked(taxpayer: Taxpayer) -> Taxpayer:
    row = Taxpayer.objects.select_for_update(of=("self",)).get(pk=taxpayer.pk)
    if row.merged_into_id is not None:
        raise TaxpayerRefused(
            _("This entry was merged into another one."),
            next=_("Open the entry that stays."),
        )
    return row


def _record(
    row: Taxpayer,
    verb: str,
    *,
    by: Account | None,
    at: datetime,
    reason: str = "",
    details: dict[str, object] | None = None,
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=row,
        region=row.region_id,
        reason=reason,
        details=details,
    )
