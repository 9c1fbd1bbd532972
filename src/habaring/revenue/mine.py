"""What a signed-in person sees of their own taxes and their family's: each question
asks for that person's rows alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.people import acts
from habaring.people.acts import Act, Need
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import lookup
from habaring.revenue.lookup import BillLine, FoundObject, Paid
from habaring.revenue.models import (
    Bill,
    FamilyLink,
    Reminder,
    ReminderWay,
    ReminderWish,
    TaxObject,
    Taxpayer,
)
from habaring.shared import walls
from habaring.shared.tables import Column, TableKind, register

OBJECTS_AT_MOST = 50
"""Objects on one person's list; a business with more has an office account."""
MINE = acts.register(
    Act(
        "revenue.mine",
        _("See my taxes"),
        Need.CODE,
        reason=_("So that only you see the list of your family's objects."),
    )
)


@dataclass(frozen=True)
class OwnObject:
    """An object on a person's list. `link` is None where it is registered to them."""

    found: FoundObject
    label: str
    link: int | None


@dataclass(frozen=True)
class OwnTaxes:
    """The whole list with what is owed on a day, and how they are reminded."""

    objects: tuple[OwnObject, ...]
    way: str
    can_mail: bool
    can_phone: bool

    @property
    def payable(self) -> list[BillLine]:
        """Every bill that can be paid now."""
        return [line for one in self.objects for line in one.found.payable]

    @property
    def total(self) -> int:
        return sum(line.total for line in self.payable)

    @property
    def years(self) -> list[int]:
        """Years in which something was paid, newest first."""
        paid = {
            localdate(p.paid_at).year for one in self.objects for p in one.found.paid
        }
        return sorted(paid, reverse=True)


def own(account: Account, region: Region, *, on: date) -> OwnTaxes:
    """A person's objects in one region: registered to them, then the family's."""
    return OwnTaxes(
        objects=tuple(_objects(account, region, on=on)),
        way=way_of(account, region),
        can_mail=bool(account.email),
        can_phone=bool(account.phone),
    )


def _objects(account: Account, region: Region, *, on: date) -> Iterator[OwnObject]:
    with walls.also(region.code):
        registered = list(
            TaxObject.objects.filter(
                region=region,
                taxpayer__in=Taxpayer.objects.filter(region=region, account=account),
            ).select_related("taxpayer", "place__parent")[:OBJECTS_AT_MOST]
        )
        links = list(
            FamilyLink.objects.filter(region=region, account=account).select_related(
                "object__taxpayer", "object__place__parent"
            )[:OBJECTS_AT_MOST]
        )
    own_keys = {row.pk for row in registered}
    family = [link for link in links if link.object_id not in own_keys]
    rows = [*registered, *(link.object for link in family)]
    found = lookup.of_objects(region, rows, on=on)
    for one in found[: len(registered)]:
        yield OwnObject(one, "", None)
    for link, one in zip(family, found[len(registered) :], strict=True):
        yield OwnObject(one, link.label, link.pk)


def way_of(account: Account, region: Region) -> str:
    """How a person is reminded: as they wished, else as they are reached."""
    with walls.also(region.code):
        wish = ReminderWish.objects.filter(region=region, account=account).first()
    if wish is not None:
        return wish.way
    return ReminderWay.MAIL if account.email else ReminderWay.PHONE


def own_bill(account: Account, region: Region, bill: int) -> Bill | None:
    """A bill registered to the person, of any tax."""
    with walls.also(region.code):
        return Bill.objects.filter(
            region=region, id=bill, taxpayer__account=account
        ).first()


def reminded(account: Account, region: Region) -> list[Reminder]:
    """The newest letters about bills."""
    with walls.also(region.code):
        rows = Reminder.objects.filter(region=region, account=account)
        return list(rows.order_by("-sent_at")[:10])


PAYMENTS = register(
    TableKind(
        "revenue-own-payments",
        _("My tax payments"),
        _("My tax payments"),
        (
            Column("paid_at", _("Paid on"), "date"),
            Column("number", _("NOP or number"), "code"),
            Column("year", _("Tax year"), "whole"),
            Column("tax", _("Tax")),
            Column("label", _("Name on the list")),
            Column("amount", _("Paid"), "rupiah"),
            Column("channel", _("Channel")),
            Column("receipt", _("Receipt"), "code"),
            Column("reversed", _("Taken back"), "yes_no"),
        ),
        key=("receipt",),
    )
)


def payments_of_year(
    account: Account, region: Region, year: int, *, on: date
) -> Iterator[dict[str, Any]]:
    """A person's payments of a calendar year as rows of `PAYMENTS`."""
    for one in _objects(account, region, on=on):
        lines = {line.bill: line for line in one.found.bills}
        for paid in one.found.paid:
            if localdate(paid.paid_at).year == year and paid.bill in lines:
                yield _row(one, lines[paid.bill], paid)


def _row(one: OwnObject, line: BillLine, paid: Paid) -> dict[str, Any]:
    return {
        "paid_at": _day(paid.paid_at),
        "number": line.shown_number,
        "year": line.year,
        "tax": line.tax,
        "label": one.label,
        "amount": paid.amount,
        "channel": str(paid.channel_name),
        "receipt": paid.number,
        "reversed": not paid.stands,
    }


def _day(at: datetime) -> date:
    return localdate(at)
