"""A person keeps a list of the family's objects, and says how to be reminded."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue.lookup import PBB, SHOWN
from habaring.revenue.mine import OBJECTS_AT_MOST
from habaring.revenue.models import (
    Bill,
    FamilyLink,
    Payment,
    ReminderWay,
    ReminderWish,
    TaxObject,
)
from habaring.shared import audit, limits, walls
from habaring.shared.refusal import Refusal

TRIES = 10
"""Wrong proofs of one person in an hour."""
HOUR = timedelta(hours=1)


class NotProven(Refusal):
    """Number and proof do not belong together; never says which one is wrong."""

    def __init__(self) -> None:
        super().__init__(
            what=_("These two do not belong together."),
            why=_(
                "The amount must be that of the object's newest bill, or the number that"
                " of a receipt for it."
            ),
            next=_("Copy both from the same paper, then try again."),
        )


class TooLong(Refusal):
    """The list is full."""


@dataclass(frozen=True)
class Wanted:
    """An object to add: its NOP, what shows that its papers are at hand, a label."""

    nop: str
    proof: str
    label: str = ""


@transaction.atomic
def add_object(
    *, account: Account, region: Region, wanted: Wanted, at: datetime
) -> FamilyLink:
    """Put an object of the family on a person's list.

    Raises NotProven, TooLong, and TooMany after ten wrong proofs in an hour.
    """
    limits.check("revenue.proof", str(account.pk), most=TRIES, at=at)
    with walls.also(region.code):
        row = _proven(region, wanted)
        if row is None:
            limits.spend("revenue.proof", str(account.pk), most=TRIES, per=HOUR, at=at)
            raise NotProven
        links = FamilyLink.objects.filter(region=region, account=account)
        if links.count() >= OBJECTS_AT_MOST:
            raise TooLong(
                _("Your list is full."),
                next=_("Take an object out that you no longer pay for."),
            )
        link, made = FamilyLink.objects.get_or_create(
            region=region,
            account=account,
            object=row,
            defaults={"label": wanted.label, "added_at": at},
        )
        if not made and wanted.label:
            link.label = wanted.label
            link.save(update_fields=["label"])
        audit.record(
            by=account,
            at=at,
            verb="revenue.family.added",
            subject=link,
            region=region.code,
        )
    return link


def _proven(region: Region, wanted: Wanted) -> TaxObject | None:
    row = TaxObject.objects.filter(region=region, tax=PBB, number=wanted.nop).first()
    if row is None:
        return None
    bills = Bill.objects.filter(
        region=region, tax=PBB, number=wanted.nop, state__in=SHOWN
    ).order_by("-year", "-seq")
    newest = bills.first()
    digits = re.sub(r"\D", "", re.sub(r"^Rp", "", wanted.proof.strip(), flags=re.I))
    if newest is not None and digits and int(digits) == newest.amount:
        return row
    ids = list(bills.values_list("id", flat=True)[:40])
    paid = Payment.objects.filter(region=region, bill__in=ids)
    plain = wanted.proof.strip().upper()
    for payment in paid[:200]:
        if plain == payment.reference.upper() or digits == str(payment.serial):
            return row
    return None


@transaction.atomic
def remove_object(*, account: Account, region: Region, link: int, at: datetime) -> bool:
    """Take an object off a person's list; whether it was there."""
    with walls.also(region.code):
        row = FamilyLink.objects.filter(region=region, account=account, pk=link).first()
        if row is None:
            return False
        audit.record(
            by=account,
            at=at,
            verb="revenue.family.removed",
            subject=row,
            region=region.code,
        )
        row.delete()
    return True


@transaction.atomic
def set_reminders(
    *, account: Account, region: Region, way: ReminderWay, at: datetime
) -> ReminderWish:
    """Say how to be reminded of bills in a region, or not at all."""
    with walls.also(region.code):
        wish, _made = ReminderWish.objects.update_or_create(
            region=region,
            account=account,
            defaults={"way": way, "changed_at": at},
        )
        audit.record(
            by=account,
            at=at,
            verb="revenue.reminders.set",
            subject=wish,
            region=region.code,
            details={"way": str(way)},
        )
    return wish
