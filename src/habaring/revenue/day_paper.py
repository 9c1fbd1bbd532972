"""A day of the books on paper: what came by tax and channel, what the accounts stood at
before and after, who closed it, and a checksum that names exactly this closing.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from habaring.regions.models import Region
from habaring.revenue import books, closing, lookup, printing
from habaring.revenue.books import Receipt
from habaring.revenue.figures import MONEY
from habaring.revenue.models import Account, Bill, DayClose, Payment, Statement
from habaring.shared import formats
from habaring.shared.refusal import Words

_DAY = timedelta(days=1)
STAND = (*MONEY, Account.UNIDENTIFIED, Account.OVERPAID)
"""Accounts whose stand before and after a day somebody is answerable for."""
_WORDS: Mapping[str, Words] = {
    "title": _("Closing of a day of the books"),
    "open": _("Not closed yet: figures may still change."),
    "tax": _("Tax"),
    "payments": _("Payments"),
    "amount": _("Amount"),
    "channel": _("Channel"),
    "account": pgettext_lazy("ledger", "Account"),
    "before": _("At the beginning"),
    "debit": _("Debit"),
    "credit": _("Credit"),
    "after": _("At the end"),
    "total": _("Total"),
    "received": _("Received"),
    "by_tax": _("By tax and channel"),
    "by_account": _("By account"),
    "checked": _("What was looked at"),
    "note": _("Why something is left open"),
    "checksum": _("Checksum"),
    "sign": _("Receipts treasurer"),
    "example": _("example"),
    "nothing": _("No payment on this day."),
}


@dataclass(frozen=True)
class Stand:
    """An account before and after a day, each on its own side: above 0 there is money,
    or money owed.
    """

    account: str
    before: int
    debit: int
    credit: int
    after: int

    @property
    def label(self) -> str:
        return str(Account(self.account).label)


@dataclass(frozen=True)
class Day:
    """A day of the books. `rows`: what came by tax and channel, less what went back."""

    day: date
    closed: DayClose | None
    rows: tuple[Receipt, ...]
    stands: tuple[Stand, ...]
    illustrative: bool

    @property
    def total(self) -> int:
        return sum(row.amount for row in self.rows)

    @property
    def payments(self) -> int:
        return sum(row.payments for row in self.rows)


def read(region: Region, day: date) -> Day:
    """A day, closed or not."""
    before = books.trial_balance(region, day - _DAY).rows
    after = books.trial_balance(region, day).rows
    stands = tuple(
        _stand(old, new)
        for old, new in zip(before, after, strict=True)
        if new.account in STAND
    )
    rows = tuple(books.receipts_between(region, day, day))
    return Day(day, closing.closed(region, day), rows, stands, _example(region, day))


def _stand(old: books.Balance, new: books.Balance) -> Stand:
    """What is owed (accounts of class 2) stands above 0 on the credit side."""
    owed = old.account.startswith("2")
    debit, credit = new.debit - old.debit, new.credit - old.credit
    before = -old.net if owed else old.net
    after = -new.net if owed else new.net
    return Stand(old.account, before, debit, credit, after)


def _example(region: Region, day: date) -> bool:
    """Whether there is example money on a day: by its bills and its files."""
    paid = Payment.objects.filter(region=region, day=day).values("bill")
    bills = Bill.objects.filter(region=region, id__in=paid, illustrative=True)
    files = Statement.objects.filter(region=region, day=day, illustrative=True)
    return bills.exists() or files.exists()


def checksum(row: DayClose) -> str:
    """SHA-256 of what was closed, its keys in order: other figures, another sum."""
    told = {
        "region": row.region_id,
        "day": row.day.isoformat(),
        "totals": row.totals,
        "received": row.received,
        "payments": row.payments,
        "checklist": row.checklist,
        "note": row.note,
        "closed_at": row.closed_at.astimezone(UTC).isoformat(),
        "closed_by": row.closed_by_id,
    }
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def as_pdf(region: Region, found: Day) -> bytes:
    """One sheet, in Indonesian as the region's other papers."""
    with override(printing.LANGUAGE):
        return printing.typeset("hari", _told(region, found))


def _told(region: Region, found: Day) -> dict[str, Any]:
    closed = found.closed
    names = lookup.channel_names(region)
    return {
        "region": region.full_name,
        "words": {key: str(words) for key, words in _WORDS.items()},
        "day": formats.day(found.day),
        "open": closed is None,
        "example": found.illustrative,
        "closed": _closed_words(closed) if closed else "",
        "note": closed.note if closed else "",
        "checklist": [one["told"] for one in closed.checklist] if closed else [],
        "checksum": checksum(closed) if closed else "",
        "payments": formats.number(found.payments),
        "total": formats.rupiah(found.total),
        "rows": list(_rows(found.rows, names)),
        "stands": [
            [
                f"{one.account} {one.label}",
                *map(formats.number, (one.before, one.debit, one.credit, one.after)),
            ]
            for one in found.stands
        ],
    }


def _closed_words(closed: DayClose) -> str:
    at = formats.moment(localtime(closed.closed_at))
    if closed.closed_by is None:
        return str(_("Closed on %(at)s.")) % {"at": at}
    return str(_("Closed by %(who)s on %(at)s.")) % {
        "who": closed.closed_by,
        "at": at,
    }


def _rows(rows: Iterable[Receipt], names: Mapping[str, Words]) -> Iterable[list[str]]:
    for row in rows:
        channel = str(names.get(row.channel, row.channel)) or formats.MISSING
        count = formats.number(row.payments)
        yield [row.tax_name, channel, count, formats.rupiah(row.amount)]
