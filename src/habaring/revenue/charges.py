"""What was asked of somebody who is about to pay, and what the ledger says of it.

A page of a charge never says "paid" because a browser said so: only a payment of the
ledger does. The address of such a page carries its signed name, so that nobody else's
can be guessed.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core import signing
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.regions.models import Region
from habaring.revenue import lookup
from habaring.revenue.lookup import BillLine, Paid
from habaring.revenue.models import Charge, PartnerKind
from habaring.shared import walls
from habaring.shared.refusal import Refusal

_SALT = "habaring.revenue.charge"
CLOCKS_APART = timedelta(minutes=5)
"""So much earlier than the charge a payment for it may be dated by its channel."""


class ChargeUnknown(Refusal):
    """The address of a charge was cut short, or is not ours."""

    status = 404

    def __init__(self) -> None:
        super().__init__(
            what=_("This payment page cannot be read."),
            why=_("Perhaps its address was cut in two."),
            next=_("Look your bill up again: it says what is paid and what is not."),
        )


@dataclass(frozen=True)
class AskedBill:
    """A bill of a charge: what was asked for it, what came since."""

    line: BillLine
    asked: int
    paid: tuple[Paid, ...]

    @property
    def settled(self) -> bool:
        """Nothing is owed on it any more, by the ledger."""
        return self.line.standing == "paid"

    @property
    def came(self) -> int:
        """What arrived since the charge was made, rupiah."""
        return sum(one.amount for one in self.paid if one.stands)


@dataclass(frozen=True)
class Asked:
    """One charge: a QRIS code, or a virtual account, for one or more bills."""

    reference: str
    kind: str
    partner: str
    amount: int
    content: str
    bills: tuple[AskedBill, ...]
    created_at: datetime
    expires_at: datetime
    illustrative: bool

    @property
    def is_qris(self) -> bool:
        return self.kind == PartnerKind.QRIS

    @property
    def settled(self) -> bool:
        """Every bill of it is paid, by this charge or otherwise."""
        return bool(self.bills) and all(one.settled for one in self.bills)

    @property
    def receipts(self) -> tuple[Paid, ...]:
        """Payments that came since, and stand."""
        return tuple(p for one in self.bills for p in one.paid if p.stands)

    @property
    def last_day(self) -> date:
        """The day on which it can be paid."""
        return localdate(self.expires_at - timedelta(seconds=1))

    def over(self, at: datetime) -> bool:
        """Whether its time is up."""
        return at >= self.expires_at

    @property
    def in_fours(self) -> str:
        """A virtual account as people read it out: 8888 8620 2060 …"""
        digits = self.content.strip()
        return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def token(region: Region, reference: str) -> str:
    """What the address of the page of a charge carries."""
    return signing.Signer(salt=f"{_SALT}.{region.code}").sign(reference)


def read_token(region: Region, text: str) -> str:
    """The reference in it; ChargeUnknown."""
    try:
        return signing.Signer(salt=f"{_SALT}.{region.code}").unsign(text)
    except signing.BadSignature as error:
        raise ChargeUnknown from error


def asked(region: Region, reference: str, *, on: date) -> Asked:
    """A charge with what the ledger says now; ChargeUnknown."""
    with walls.also(region.code):
        rows = Charge.objects.filter(region=region, reference=reference)
        row = rows.select_related("partner").first()
        if row is None:
            raise ChargeUnknown
        return _asked(region, row, on=on)


def _asked(region: Region, row: Charge, *, on: date) -> Asked:
    amounts = {int(bill): int(amount) for bill, amount in row.bills}
    lines = lookup.lines(region, list(amounts), on=on)
    since = row.created_at - CLOCKS_APART
    paid = [
        one
        for one in lookup.payments(region, amounts)
        if one.channel == row.partner.channel and one.paid_at >= since
    ]
    return Asked(
        reference=row.reference,
        kind=row.partner.kind,
        partner=row.partner.name,
        amount=row.amount,
        content=row.content,
        bills=tuple(
            AskedBill(
                line=line,
                asked=amounts[line.bill],
                paid=tuple(one for one in paid if one.bill == line.bill),
            )
            for line in lines
        ),
        created_at=row.created_at,
        expires_at=row.expires_at,
        illustrative=row.partner.illustrative or any(li.illustrative for li in lines),
    )
