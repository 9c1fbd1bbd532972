"""What a region received, by tax and month, from the postings of its ledger: public.

Received is what moved from outside into the accounts that hold money, less what moved
back; transfers between those accounts are none. A tax with fewer than five postings in
the year stands under "other taxes", so that no single payer can be read off.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from habaring.regions.models import Region
from habaring.revenue import lookup
from habaring.revenue.models import Account, Bill, Posting
from habaring.shared import walls
from habaring.shared.refusal import Words
from habaring.shared.tables import Column, TableKind, register

HIDDEN_BELOW = 5
OTHER = "other"
MONEY = (Account.CASH, Account.CLEARING, Account.COLLECTORS)
_RECEIVED = """
SELECT extract(month FROM day)::int AS month, tax,
       sum(CASE WHEN debit = ANY(%(money)s) THEN amount ELSE -amount END)::bigint,
       count(*)
FROM revenue_posting
WHERE region_id = %(region)s AND day >= %(first)s AND day <= %(last)s
  AND (debit = ANY(%(money)s)) <> (credit = ANY(%(money)s))
GROUP BY 1, 2
"""
_CHANNELS = """
SELECT channel, count(*), sum(amount)::bigint
FROM revenue_payment
WHERE region_id = %(region)s AND day >= %(first)s AND day <= %(last)s
  AND state = 'posted'
GROUP BY 1 ORDER BY 2 DESC
"""
_BILLS = """
SELECT count(*), count(*) FILTER (WHERE received - coalesce(beside, 0) >= amount),
       coalesce(sum(amount), 0)::bigint,
       coalesce(sum(least(received - coalesce(beside, 0), amount)), 0)::bigint,
       coalesce(bool_or(illustrative), false)
FROM revenue_bill
WHERE region_id = %(region)s AND tax = 'pbb' AND year = %(year)s
  AND state = ANY(%(states)s)
"""


@dataclass(frozen=True)
class TaxYear:
    """One tax in a year: rupiah received by month (January first)."""

    tax: str
    months: tuple[int, ...]

    @property
    def short(self) -> str:
        """As people call it, for a narrow column: "PBB", "PBJT-MM"."""
        return "" if self.tax == OTHER else self.tax.upper()

    @property
    def total(self) -> int:
        return sum(self.months)


@dataclass(frozen=True)
class ChannelShare:
    """How many payments came by a channel, and their sum."""

    name: Words
    payments: int
    amount: int


@dataclass(frozen=True)
class BillsPaid:
    """The year's bills of land and buildings: how many are paid, of how much."""

    bills: int
    paid: int
    amount: int
    received: int
    illustrative: bool

    @property
    def share(self) -> float | None:
        """Of the bills, a part of one."""
        return self.paid / self.bills if self.bills else None


@dataclass(frozen=True)
class Figures:
    """A region's year."""

    year: int
    years: tuple[int, ...]
    taxes: tuple[TaxYear, ...]
    channels: tuple[ChannelShare, ...]
    bills: BillsPaid

    @property
    def months(self) -> tuple[int, ...]:
        """All taxes together."""
        rows = [one.months for one in self.taxes]
        return tuple(sum(month) for month in zip(*rows, strict=True)) if rows else ()

    @property
    def total(self) -> int:
        return sum(self.months)


def figures(region: Region, year: int | None, *, on: date) -> Figures:
    """A year's figures; None: the newest year with postings."""
    with walls.also(region.code):
        years = _years(region)
        chosen = year or (years[0] if years else on.year)
        values: dict[str, Any] = {
            "region": region.code,
            "first": date(chosen, 1, 1),
            "last": date(chosen, 12, 31),
            "year": chosen,
            "money": [str(one) for one in MONEY],
            "states": [str(one) for one in lookup.SHOWN],
        }
        return Figures(
            year=chosen,
            years=tuple(years),
            taxes=_taxes(values),
            channels=_channels(region, values),
            bills=_bills(values),
        )


def _years(region: Region) -> list[int]:
    ends = Posting.objects.filter(region=region).aggregate(a=Min("day"), b=Max("day"))
    if not ends["a"]:
        newest = Bill.objects.filter(region=region, tax="pbb").aggregate(b=Max("year"))
        return [newest["b"]] if newest["b"] else []
    return list(range(ends["b"].year, ends["a"].year - 1, -1))


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _taxes(values: dict[str, Any]) -> tuple[TaxYear, ...]:
    rows = _rows(_RECEIVED, values)
    counted: dict[str, int] = {}
    for _month, tax, _amount, count in rows:
        counted[tax] = counted.get(tax, 0) + count
    by_tax: dict[str, list[int]] = {}
    for month, tax, amount, _count in rows:
        known = tax and counted[tax] >= HIDDEN_BELOW
        months = by_tax.setdefault(tax if known else OTHER, [0] * 12)
        months[month - 1] += amount
    found = [TaxYear(tax, tuple(months)) for tax, months in by_tax.items()]
    return tuple(sorted(found, key=lambda one: (one.tax == OTHER, -one.total)))


def _channels(region: Region, values: dict[str, Any]) -> tuple[ChannelShare, ...]:
    names = lookup.channel_names(region)
    return tuple(
        ChannelShare(names.get(channel, channel), count, amount)
        for channel, count, amount in _rows(_CHANNELS, values)
    )


def _bills(values: dict[str, Any]) -> BillsPaid:
    return BillsPaid(*_rows(_BILLS, values)[0])


def tax_words(tax: str, language: str) -> Words:
    """A tax of the table in the reader's language."""
    return _("other taxes") if tax == OTHER else lookup.tax_name(tax, language)


RECEIVED = register(
    TableKind(
        "revenue-received",
        _("Taxes received by month"),
        _("Taxes received by month"),
        (
            Column("region", _("Region"), "code"),
            Column("year", _("Year"), "whole"),
            Column("month", _("Month"), "whole"),
            Column("tax", _("Tax"), "code"),
            Column("amount", _("Received"), "rupiah"),
        ),
        key=("region", "year", "month", "tax"),
    )
)


def rows(region: Region, found: Figures) -> Iterator[dict[str, Any]]:
    """The figures as rows of `RECEIVED`."""
    for one in found.taxes:
        for month, amount in enumerate(one.months, 1):
            yield {
                "region": region.code,
                "year": found.year,
                "month": month,
                "tax": one.tax,
                "amount": amount,
            }
