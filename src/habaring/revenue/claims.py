""" "I paid, but it says unpaid": what the ledger says at once, else a number to follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.regions.models import Region
from habaring.revenue import lookup
from habaring.revenue.codes import shown
from habaring.revenue.models import (
    Bill,
    Channel,
    Claim,
    Document,
    Finding,
    FindingState,
    Partner,
    Payment,
    PaymentState,
)
from habaring.revenue.nop import shown_nop
from habaring.shared import walls
from habaring.shared.refusal import Refusal, Words

NEAR = timedelta(days=3)
"""A payment of the same amount for the same bill within this is probably the one."""
PARTS = 20
"""Parts into which one payment of several bills may be split: "…#1" to "…#20"."""


@dataclass(frozen=True)
class Said:
    """What somebody says about their payment. `reference` may be empty: no slip."""

    nop: str
    year: int
    channel: str
    reference: str
    paid_on: date
    amount: int


@dataclass(frozen=True)
class Answer:
    """What the ledger says. `kind`: here, near, elsewhere, reversed, unidentified,
    never, unknown. The last three go to the office.
    """

    kind: str
    paid_at: datetime | None = None
    amount: int = 0
    year: int = 0
    ending: str = ""  # the last digits of another object's number
    reference: str = ""
    channel: str = ""

    @property
    def for_office(self) -> bool:
        """Whether somebody has to look into it."""
        return self.kind in ("unidentified", "never", "unknown")

    @property
    def words(self) -> tuple[Words, Words]:
        """A title and what it means."""
        return ANSWERS[self.kind]


ANSWERS: Mapping[str, tuple[Words, Words]] = {
    "here": (
        _("Your payment is here."),
        _("It stands in the ledger for this bill. Open the bill again to see it."),
    ),
    "near": (
        _("A payment like yours is here."),
        _(
            "The reference is another one, but amount, bill and day agree. If you paid"
            " twice, tell the office: what was too much is paid back."
        ),
    ),
    "elsewhere": (
        _("Your payment came in for another bill."),
        _(
            "The money is safe. Perhaps another year or another number was typed. Ask the"
            " office to move it, with your slip at hand."
        ),
    ),
    "reversed": (
        _("The bank took this payment back."),
        _(
            "It arrived and was reversed by the channel afterwards. Look at your account:"
            " the money should be there again. The bill is still to be paid."
        ),
    ),
    "unidentified": (
        _("The money is here, but for no bill that we know."),
        _("The office now looks for the right bill. You need not pay again."),
    ),
    "never": (
        _("The bank called this payment off before it arrived."),
        _("If your account says otherwise, the office asks the bank."),
    ),
    "unknown": (
        _("We do not see this payment yet."),
        _("The office compares it with the bank's file of that day."),
    ),
}


def answer(region: Region, said: Said) -> Answer:
    """What the ledger knows of a payment that somebody describes."""
    with walls.also(region.code):
        bill = (
            Bill.objects.filter(
                region=region, tax=lookup.PBB, number=said.nop, year=said.year
            )
            .exclude(document=Document.STPD)
            .order_by("-seq")
            .first()
        )
        row = _by_reference(region, said)
        if row is None:
            return _near(region, said, bill)
        return _found(region, row, bill)


def _by_reference(region: Region, said: Said) -> Payment | None:
    if not said.reference:
        return None
    channels = [*Channel.values, *(p.channel for p in _partners(region))]
    forms = {said.reference, said.reference.upper(), said.reference.lower()}
    parts = [f"{form}#{n}" for form in forms for n in range(1, PARTS + 1)]
    rows = Payment.objects.filter(
        region=region, channel__in=channels, reference__in=[*forms, *parts]
    )
    found = list(rows.order_by("reference")[: PARTS + 3])
    bills = dict(
        Bill.objects.filter(
            region=region, id__in=[row.bill for row in found if row.bill]
        ).values_list("id", "number")
    )
    own = [row for row in found if bills.get(row.bill or 0) == said.nop]
    return next(iter(own or found), None)


def _partners(region: Region) -> list[Partner]:
    return list(Partner.objects.filter(region=region))


def _found(region: Region, row: Payment, bill: Bill | None) -> Answer:
    told: dict[str, Any] = {
        "paid_at": row.paid_at,
        "amount": row.amount,
        "reference": row.reference,
        "channel": row.channel,
    }
    if row.state == PaymentState.REVERSED:
        return Answer("reversed", **told)
    if row.state == PaymentState.NEVER:
        return Answer("never", **told)
    if row.bill is None:
        return Answer("unidentified", **told)
    if bill is not None and row.bill == bill.id:
        return Answer("here", **told)
    other = Bill.objects.filter(region=region, id=row.bill).first()
    year, ending = (other.year, other.number[-5:]) if other else (0, "")
    return Answer("elsewhere", year=year, ending=ending, **told)


def _near(region: Region, said: Said, bill: Bill | None) -> Answer:
    if bill is None:
        return Answer("unknown")
    rows = Payment.objects.filter(
        region=region, bill=bill.id, amount=said.amount, state=PaymentState.POSTED
    )
    for row in rows[:50]:
        if abs(localdate(row.paid_at) - said.paid_on) <= NEAR:
            return Answer(
                "near", paid_at=row.paid_at, amount=row.amount, channel=row.channel
            )
    return Answer("unknown")


class ClaimUnknown(Refusal):
    """No claim has this number."""

    status = 404

    def __init__(self) -> None:
        super().__init__(
            what=_("There is nothing under this number."),
            why=_("A character may be mistyped, or it belongs to another region."),
            next=_("Compare every character with what you wrote down."),
        )


@dataclass(frozen=True)
class Report:
    """A claim as the office reads it; where the person is reached stays sealed."""

    code: str
    said: Said
    channel: Words
    told: str
    filed_at: datetime
    reached: bool
    bill: Bill | None
    answer: Answer

    @property
    def shown_code(self) -> str:
        return shown(self.code)

    @property
    def shown_number(self) -> str:
        return shown_nop(self.said.nop)


def reports(finding: Finding) -> list[Report]:
    """What people told about the payment of a finding, the oldest first."""
    region = finding.region
    rows = list(Claim.objects.filter(region=region, finding=finding).order_by("id"))
    names = lookup.channel_names(region) if rows else {}
    wanted = [row.bill for row in rows if row.bill]
    bills = {one.id: one for one in Bill.objects.filter(region=region, id__in=wanted)}
    return [
        Report(
            code=row.code,
            said=_said(row),
            channel=names.get(row.channel, row.channel),
            told=row.told,
            filed_at=row.filed_at,
            reached=bool(row.contact_sealed),
            bill=bills.get(row.bill or 0),
            answer=answer(region, _said(row)),
        )
        for row in rows
    ]


def _said(row: Claim) -> Said:
    return Said(
        row.number, row.year, row.channel, row.reference, row.paid_on, row.amount
    )


@dataclass(frozen=True)
class Followed:
    """A claim as whoever holds its number reads it."""

    code: str
    year: int
    amount: int
    paid_on: date
    filed_at: datetime
    due_on: date
    state: str
    reason: str
    answer: Answer

    @property
    def open(self) -> bool:
        """Still being looked into."""
        return self.state in (FindingState.OPEN, FindingState.PROPOSED)

    @property
    def shown_code(self) -> str:
        return shown(self.code)


def follow(region: Region, code: str) -> Followed:
    """What became of a claim; ClaimUnknown."""
    with walls.also(region.code):
        row = (
            Claim.objects.filter(region=region, code=code)
            .select_related("finding")
            .first()
        )
        if row is None:
            raise ClaimUnknown
        said, finding = _said(row), row.finding
    settled = finding.state in (FindingState.REPAIRED, FindingState.EXPLAINED)
    return Followed(
        code=row.code,
        year=row.year,
        amount=row.amount,
        paid_on=row.paid_on,
        filed_at=row.filed_at,
        due_on=finding.due_on,
        state=finding.state,
        reason=finding.reason if settled else "",
        answer=answer(region, said),
    )
