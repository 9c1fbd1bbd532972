"""What can be paid now and by which channel, for pages without an account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from habaring.regions.models import Region
from habaring.revenue import lookup
from habaring.revenue.lookup import BillLine
from habaring.revenue.models import Partner, PartnerKind
from habaring.shared import walls


@dataclass(frozen=True)
class Way:
    """A channel of the region that takes money from people directly."""

    code: str
    kind: str
    name: str
    illustrative: bool


@dataclass(frozen=True)
class Basket:
    """Bills about to be paid, oldest first in each object, and their masked names."""

    lines: tuple[BillLine, ...]
    names: dict[int, str]

    @property
    def total(self) -> int:
        """Rupiah, interest until that day included."""
        return sum(line.total for line in self.lines)

    @property
    def interest(self) -> int:
        return sum(line.interest for line in self.lines)

    @property
    def objects(self) -> list[tuple[BillLine, str, list[BillLine]]]:
        """By object: one line for its number, the masked name, its bills."""
        found: dict[str, list[BillLine]] = {}
        for line in self.lines:
            found.setdefault(line.number, []).append(line)
        return [
            (rows[0], self.names.get(rows[0].bill, ""), rows) for rows in found.values()
        ]

    @property
    def illustrative(self) -> bool:
        return any(line.illustrative for line in self.lines)


def basket(region: Region, bills: Sequence[int], *, on: date) -> Basket:
    """What of these is still to be paid on a day; the rest has left the basket."""
    lines = [line for line in lookup.lines(region, bills, on=on) if line.payable]
    lines.sort(key=lambda line: bills.index(line.bill))
    names = lookup.holders(region, [line.bill for line in lines])
    return Basket(tuple(lines), names)


def ways(region: Region) -> list[Way]:
    """QRIS before virtual accounts; none: money is taken in cash only."""
    with walls.also(region.code):
        rows = list(Partner.objects.filter(region=region, active=True))
    rows.sort(key=lambda row: (row.kind != PartnerKind.QRIS, row.code))
    return [Way(row.code, row.kind, row.name, row.illustrative) for row in rows]
