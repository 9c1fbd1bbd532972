"""To ask for money: a virtual account number or a QRIS code for some bills, today."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext_lazy as _

from habaring.regions.models import Region
from habaring.revenue.gateways import owing, qris
from habaring.revenue.models import Bill, Charge, Partner, PartnerKind
from habaring.shared import walls
from habaring.shared.refusal import Refusal

MOST_BILLS = 20
MOST_RUPIAH = {PartnerKind.VA: 999_999_999_999, PartnerKind.QRIS: 10_000_000}
"""Of one payment; for QRIS as Bank Indonesia limits it (PADG 21/18/2019 as changed)."""


class ChargeRefused(Refusal):
    """Nothing can be asked for: nothing is owed, or too much for this way of paying."""


@dataclass(frozen=True)
class _Wanted:
    bills: list[list[int]]  # as they are kept: bill, amount
    amount: int


def offered(region: Region) -> list[Partner]:
    """The ways of paying of a region. For a public page: names and kinds only."""
    with walls.also(region.code):
        rows = Partner.objects.filter(region=region, active=True)
        return list(rows.order_by("kind", "name"))


def charge(
    *, region: Region, partner: Partner, bills: Sequence[Bill], at: datetime
) -> Charge:
    """Ask for what some bills owe today. The row's `content` is what to pay by: the
    number of a virtual account (28 digits), or the text under a QRIS code.

    Asked again for the same on the same day, the same row is given. Opens the region
    for itself; runs in the caller's transaction. Raises ChargeRefused where nothing is
    owed, more than 20 bills are given or the sum is above what the way of paying allows.
    """
    with walls.also(region.code):
        wanted = _wanted(partner, bills, at)
        row = Charge.objects.filter(
            region=region,
            partner=partner,
            amount=wanted.amount,
            bills=wanted.bills,
            expires_at=_midnight(at),
        ).first()
        return row or _made(region, partner, bills, wanted, at)


def _wanted(partner: Partner, bills: Sequence[Bill], at: datetime) -> _Wanted:
    on = localtime(at).date()
    owed = [(bill, owing.owed_on(bill, on)) for bill in bills]
    asked = [
        [bill.id, amount]
        for bill, amount in owed
        if amount and bill.state in owing.OPEN
    ]
    total = sum(amount for _bill, amount in asked)
    if not asked or not partner.active:
        raise ChargeRefused(
            _("There is nothing to pay here."),
            _("These bills are paid, or they ask for no money."),
            _("Look the bill up again to see where it stands."),
        )
    if len(asked) > MOST_BILLS or total > MOST_RUPIAH[PartnerKind(partner.kind)]:
        raise ChargeRefused(
            _("This is too much for one payment."),
            _("Banks and QRIS services limit what is paid at once."),
            _("Choose fewer bills, or another way to pay."),
        )
    return _Wanted(asked, total)


def _made(
    region: Region,
    partner: Partner,
    bills: Sequence[Bill],
    wanted: _Wanted,
    at: datetime,
) -> Charge:
    row = Charge.objects.create(
        region=region,
        partner=partner,
        reference=f"{region.code.replace('.', '')}-{secrets.token_hex(8).upper()}",
        bills=wanted.bills,
        amount=wanted.amount,
        created_at=at,
        expires_at=_midnight(at),
    )
    only = next(bill for bill in bills if bill.id == wanted.bills[0][0])
    if partner.kind == PartnerKind.QRIS:
        row.content = qris.content(
            qris.Merchant(
                f"PAJAK {region.name}",
                region.name,
                partner.merchant_pan,
                partner.merchant_id,
            ),
            amount=row.amount,
            reference=row.reference,
            bill=only.number[:25] if len(wanted.bills) == 1 else f"{row.pk}",
        )
    elif len(wanted.bills) == 1:
        row.content = va_number(partner, owing.customer_of_bill(only))
    else:
        row.content = va_number(partner, owing.customer_of_charge(row.pk))
    row.save(update_fields=["content"])
    return row


def va_number(partner: Partner, customer: str) -> str:
    """The number of a virtual account: the partner's 8 digits, then the customer's."""
    return f"{partner.prefix}{customer}"


def _midnight(at: datetime) -> datetime:
    """The end of the day: what is owed may be another amount tomorrow."""
    tomorrow = localtime(at).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=get_current_timezone())
