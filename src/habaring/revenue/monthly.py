"""The month in figures: what came by tax, the year so far, the year before, what the
year's bills ask for; and who owes most.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from habaring.regions.models import Region
from habaring.revenue import assessing, books
from habaring.revenue.book_tables import BILLS, TAX, YEAR
from habaring.revenue.models import Taxpayer
from habaring.revenue.reconciling import NOT_ASKED
from habaring.shared import formats
from habaring.shared.tables import Column, TableKind, Value, register

LARGEST = 50
YEARS = range(1990, 2100)


@dataclass(frozen=True)
class Month:
    """A month of the books."""

    year: int
    month: int

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        return self.first.replace(day=monthrange(self.year, self.month)[1])

    @property
    def code(self) -> str:
        return f"{self.year}-{self.month:02d}"

    def moved(self, months: int) -> "Month":
        """So many months later, or earlier below 0."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, month + 1)


def read_month(text: str, *, otherwise: date) -> Month:
    """`2026-11`; the month of `otherwise` where the text is none."""
    year, _dash, month = text.partition("-")
    numbers = year.isdecimal() and month.isdecimal()
    if numbers and int(year) in YEARS and 1 <= int(month) <= 12:
        return Month(int(year), int(month))
    return Month(otherwise.year, otherwise.month)


@dataclass(frozen=True)
class Line:
    """A tax, rupiah: `came` in the month, `so_far` since January, `before` in the same
    months of the year before, `asked` by the year's bills (None where nobody is sent
    one), `paid` of that.
    """

    tax: str
    came: int
    so_far: int
    before: int
    asked: int | None
    paid: int | None

    @property
    def name(self) -> str:
        return assessing.tax_name(self.tax) if self.tax else str(_("no known bill"))

    @property
    def share(self) -> float | None:
        """Of what was asked for, paid."""
        return self.paid / self.asked if self.asked and self.paid is not None else None


@dataclass(frozen=True)
class Report:
    """A month."""

    month: Month
    lines: tuple[Line, ...]
    illustrative: bool

    @property
    def came(self) -> int:
        return sum(one.came for one in self.lines)

    @property
    def so_far(self) -> int:
        return sum(one.so_far for one in self.lines)

    @property
    def before(self) -> int:
        return sum(one.before for one in self.lines)

    @property
    def change(self) -> float | None:
        """The year so far against the same months before, as a part of one."""
        return self.so_far / self.before - 1 if self.before > 0 else None


def report(region: Region, month: Month) -> Report:
    """Three walks over the postings, one over the bills."""
    before = Month(month.year - 1, month.month)
    january, january_before = date(month.year, 1, 1), date(before.year, 1, 1)
    came = _by_tax(books.receipts_between(region, month.first, month.last))
    so_far = _by_tax(books.receipts_between(region, january, month.last))
    earlier = _by_tax(books.receipts_between(region, january_before, before.last))
    rates = {one.tax: one for one in books.collection(region) if one.year == month.year}
    taxes = sorted(
        {*so_far, *earlier, *rates}, key=lambda tax: (-so_far.get(tax, 0), tax)
    )
    lines = tuple(
        Line(
            tax,
            came.get(tax, 0),
            so_far.get(tax, 0),
            earlier.get(tax, 0),
            rates[tax].asked if tax in rates else None,
            rates[tax].paid if tax in rates else None,
        )
        for tax in taxes
    )
    return Report(month, lines, any(one.illustrative for one in rates.values()))


def _by_tax(rows: Iterable[books.Receipt]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        found[row.tax] = found.get(row.tax, 0) + row.amount
    return found


@dataclass(frozen=True)
class Debtor:
    """Somebody with bills past due: how many, since which year, rupiah of principal."""

    taxpayer: Taxpayer
    bills: int
    since: int
    amount: int


_LARGEST = f"""
SELECT taxpayer_id, count(*), min(year), sum({books.OWED})::bigint
FROM revenue_bill
WHERE region_id = %(region)s AND {books.OWED} > 0 AND due_on < %(on)s
    AND state <> ALL(%(states)s)
GROUP BY taxpayer_id ORDER BY 4 DESC, 1 LIMIT %(most)s
"""  # noqa: S608 - made of names of this file


def largest(region: Region, on: date) -> list[Debtor]:
    """Who owes most on a day, the most first; at most `LARGEST`."""
    states = [*NOT_ASKED]
    found = books.select(
        _LARGEST, region=region.code, on=on, states=states, most=LARGEST
    )
    people = Taxpayer.objects.filter(region=region).in_bulk([row[0] for row in found])
    return [Debtor(people[row[0]], *row[1:]) for row in found]


MONTH = register(
    TableKind(
        "revenue-month",
        _("Receipts of a month by tax"),
        _("Month"),
        (
            YEAR,
            Column("month", _("Month"), "whole"),
            TAX,
            Column("came", _("Received in the month"), "rupiah"),
            Column("so_far", _("Since January"), "rupiah"),
            Column("before", _("The year before, same months"), "rupiah"),
            Column("asked", _("Asked for by the year's bills"), "rupiah"),
            Column("paid", _("Paid of that"), "rupiah"),
        ),
        key=("year", "month", "tax"),
    )
)
DEBTORS = register(
    TableKind(
        "revenue-largest-arrears",
        _("Largest arrears"),
        _("Largest arrears"),
        (
            Column("number", _("Taxpayer number (NPWPD)"), "text"),
            Column("name", _("Taxpayer"), "text"),
            Column("known_by", _("NIK or NIB"), "text"),
            BILLS,
            Column("since", _("Oldest year"), "year"),
            Column("amount", _("Amount"), "rupiah"),
        ),
        key=("number",),
    )
)


def month_rows(found: Report) -> Iterator[dict[str, Value]]:
    """Of `MONTH`."""
    for one in found.lines:
        names = ("tax", "came", "so_far", "before", "asked", "paid")
        yield {
            "year": found.month.year,
            "month": found.month.month,
            **{name: getattr(one, name) for name in names},
        }


def debtor_rows(found: Iterable[Debtor]) -> Iterator[dict[str, Value]]:
    """Of `DEBTORS`: names and NIK masked."""
    for one in found:
        yield {
            "number": one.taxpayer.number,
            "name": one.taxpayer.name_masked,
            "known_by": one.taxpayer.nik_masked or one.taxpayer.nib or formats.MISSING,
            "bills": one.bills,
            "since": one.since,
            "amount": one.amount,
        }
