"""Letters about bills to whoever has them on their list: once for each occasion.

Occasions: "issued" (the bill is new), "30-days" and "7-days" before it is due, "late"
(it was due). A run tells each person once of everything that is new to them; run again
it tells nobody again, since whom it told stands in the same transaction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import lookup
from habaring.revenue.lookup import BillLine
from habaring.revenue.models import (
    Bill,
    FamilyLink,
    Reminder,
    ReminderWay,
    ReminderWish,
    TaxObject,
    Taxpayer,
)
from habaring.shared import formats, gateways, notices, walls
from habaring.shared.gateways import Kind, Message
from habaring.shared.refusal import Refusal, Words

AT_ONCE = 100
"""How many people one transaction tells."""
NEW = timedelta(days=21)
"""A bill issued longer ago is no news."""
LATE = timedelta(days=30)
"""A bill due longer ago is for the office's own letters."""
BILLS_AT_MOST = 200
OCCASIONS: Mapping[str, Words] = {
    "late": _("was due"),
    "7-days": _("is due within a week"),
    "30-days": _("is due within a month"),
    "issued": _("is new"),
}
_SALT = "habaring.revenue.reminders"


class LinkUnreadable(Refusal):
    """The link to stop was cut short or is not ours."""

    status = 404

    def __init__(self) -> None:
        super().__init__(
            what=_("This link cannot be read."),
            why=_("Perhaps it was cut in two by a mail program."),
            next=_("Copy it whole, or sign in and stop under “My taxes”."),
        )


@dataclass(frozen=True)
class About:
    """A bill and why its holder is written to now."""

    line: BillLine
    occasion: str

    @property
    def words(self) -> Words:
        return OCCASIONS[self.occasion]


def occasion(line: BillLine, *, issued_on: date, on: date) -> str:
    """Which occasion a bill is on a day; "" where there is none."""
    if not line.payable:
        return ""
    left = (line.due_on - on).days
    if left < 0:
        return "late" if -left <= LATE.days else ""
    if left <= 7:
        return "7-days"
    if left <= 30:
        return "30-days"
    return "issued" if on - issued_on <= NEW else ""


def regions() -> list[str]:
    """Codes of the regions in which somebody keeps a list."""
    with walls.within(walls.EVERYWHERE):
        lists = FamilyLink.objects.values_list("region", flat=True).distinct()
        held = Taxpayer.objects.filter(account__isnull=False)
        holders = held.values_list("region", flat=True).distinct()
        return sorted({*lists, *holders})


def remind(region: str, *, at: datetime) -> int:
    """Write to everybody in a region who has something new to hear; how many were."""
    told, after = 0, 0
    while True:
        with walls.within(region):
            row = Region.objects.get(pk=region)
            keys = _people(region, after)
            for account in Account.objects.filter(pk__in=keys, is_active=True):
                told += _remind_one(account, row, at=at)
        if len(keys) < AT_ONCE:
            return told
        after = keys[-1]


def _people(region: str, after: int) -> list[int]:
    """The next accounts in order of their keys."""
    lists = FamilyLink.objects.filter(region=region, account__gt=after)
    held = Taxpayer.objects.filter(region=region, account__gt=after)
    keys = {
        key
        for rows in (lists, held)
        for key in rows.order_by("account")
        .values_list("account", flat=True)
        .distinct()[:AT_ONCE]
        if key
    }
    return sorted(keys)[:AT_ONCE]


def _remind_one(account: Account, region: Region, *, at: datetime) -> int:
    way = _way(account, region)
    if way == ReminderWay.NOT or account.erased_at:
        return 0
    found = list(_new(account, region, localdate(at)))
    if not found:
        return 0
    Reminder.objects.bulk_create(
        Reminder(
            region=region,
            bill=one.line.bill,
            occasion=one.occasion,
            account=account,
            sent_at=at,
        )
        for one in found
    )
    _write(account, region, found, way, at=at)
    return 1


def _way(account: Account, region: Region) -> str:
    wish = ReminderWish.objects.filter(region=region, account=account).first()
    wished = wish.way if wish else ReminderWay.MAIL
    if wished == ReminderWay.NOT:
        return ReminderWay.NOT
    if wished == ReminderWay.MAIL and account.email:
        return ReminderWay.MAIL
    if account.phone:
        return ReminderWay.PHONE
    return ReminderWay.MAIL if account.email else ReminderWay.NOT


def _new(account: Account, region: Region, on: date) -> Iterable[About]:
    """What this person was not told yet, oldest due day first."""
    numbers = {
        (row.tax, row.number)
        for row in TaxObject.objects.filter(
            region=region,
            pk__in=FamilyLink.objects.filter(region=region, account=account).values(
                "object"
            ),
        )
    }
    own = Taxpayer.objects.filter(region=region, account=account)
    numbers |= set(
        TaxObject.objects.filter(region=region, taxpayer__in=own).values_list(
            "tax", "number"
        )
    )
    bills = Bill.objects.filter(
        region=region,
        tax__in={tax for tax, _number in numbers},
        number__in={number for _tax, number in numbers},
        year__gte=on.year - 1,
        due_on__gte=on - LATE,
        state__in=lookup.PAYABLE,
    )
    rows = {row.id: row for row in bills.order_by("due_on")[:BILLS_AT_MOST]}
    told = set(
        Reminder.objects.filter(
            region=region, account=account, bill__in=list(rows)
        ).values_list("bill", "occasion")
    )
    for line in lookup.lines(region, list(rows), on=on):
        issued_on = localdate(rows[line.bill].issued_at)
        now = occasion(line, issued_on=issued_on, on=on)
        if now and (line.bill, now) not in told:
            yield About(line, now)


def _write(
    account: Account, region: Region, found: list[About], way: str, *, at: datetime
) -> None:
    address = settings.SITE_ADDRESS + reverse("revenue:mine", args=[region.code])
    stop = settings.SITE_ADDRESS + reverse(
        "revenue:remind-stop", args=[region.code, stop_token(account, region)]
    )
    total = sum(one.line.total for one in found)
    if way == ReminderWay.MAIL:
        notices.send_letter(
            to=[account.email or ""],
            template="revenue/letters/reminder.txt",
            context={
                "region": region,
                "found": found,
                "total": total,
                "address": address,
                "stop": stop,
            },
            language=account.language,
        )
        return
    with override(account.language):
        text = gettext(
            "Habaring, taxes of %(place)s: %(n)d bills, %(total)s, due %(day)s."
            " %(address)s To stop: %(stop)s"
        ) % {
            "place": region.name,
            "n": len(found),
            "total": formats.rupiah(total),
            "day": formats.day(min(one.line.due_on for one in found)),
            "address": address,
            "stop": stop,
        }
    gateways.send(Message(account.phone or "", text, Kind.REMINDER), at=at)


def stop_token(account: Account, region: Region) -> str:
    """What a link to stop carries: it ends the reminders of one region, nothing else."""
    return signing.dumps([account.pk, region.code], salt=_SALT, compress=True)


def read_stop_token(token: str, *, region: Region) -> Account:
    """Whom a link to stop names; LinkUnreadable where it is not ours."""
    try:
        account, code = signing.loads(token, salt=_SALT)
        if code != region.code:
            raise LinkUnreadable
        return Account.objects.get(pk=account)
    except (signing.BadSignature, Account.DoesNotExist) as error:
        raise LinkUnreadable from error
