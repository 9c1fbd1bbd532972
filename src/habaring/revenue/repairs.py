"""Repairs of findings: what can be done about one, as it is kept and as it is told."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from habaring.revenue import reconciling
from habaring.revenue.models import Account, Bill, Finding, Outcome, PaymentState
from habaring.shared import formats

PAY, REVERSE, POST, MOVE = "pay", "reverse", "post", "move"


@dataclass(frozen=True)
class Repair:
    """`do`: book a payment that is missing (`bill` 0: for no bill that is known), reverse
    the payment, post between two accounts, or move the payment to `bill`.
    """

    do: str
    bill: int = 0
    amount: int = 0
    debit: str = ""
    credit: str = ""

    def kept(self) -> dict[str, Any]:
        """For the column `repair`."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def read(cls, kept: Mapping[str, Any] | None) -> "Repair | None":
        """What `kept` gave; None where nothing is proposed."""
        return cls(**kept) if kept else None


def told(finding: Finding, repair: Repair, *, bill: Bill | None = None) -> str:
    """The repair in a sentence."""
    amount = formats.rupiah(repair.amount)
    if repair.do == PAY:
        if bill is None:
            return _("Book %(amount)s as money for no known bill.") % {"amount": amount}
        return _("Book the missing payment of %(amount)s for bill %(bill)s.") % {
            "amount": amount,
            "bill": bill,
        }
    if repair.do == REVERSE:
        return _("Reverse the payment %(reference)s.") % {
            "reference": finding.reference
        }
    if repair.do == MOVE:
        return _("Move the payment to bill %(bill)s.") % {"bill": bill}
    return _("Post %(amount)s: debit %(debit)s, credit %(credit)s.") % {
        "amount": amount,
        "debit": Account(repair.debit).label,
        "credit": Account(repair.credit).label,
    }


def suggested(finding: Finding) -> Repair | None:
    """What the facts suggest; a person decides.

    A line that only the bank knows is a payment to book, for the bill that its number
    names where it can be read. What the bank took back is reversed here; the rest needs
    somebody to look.
    """
    line = finding.line
    payment = reconciling.payment_of(finding)
    stands = payment is not None and payment.state == PaymentState.POSTED
    if finding.outcome == Outcome.ONLY_BANK and line is not None:
        if line.amount <= 0 or line.statement.partner_id is None:
            return None
        bill = reconciling.bill_of_number(finding.region, line.number)
        return Repair(
            PAY, bill=bill.id if bill else 0, amount=finding.there or line.amount
        )
    if finding.outcome == Outcome.REVERSED and stands:
        return Repair(REVERSE)
    return None


def possible(finding: Finding) -> tuple[str, ...]:
    """The kinds of repair that make sense for a finding, the likely one first."""
    payment = reconciling.payment_of(finding)
    stands = payment is not None and payment.state == PaymentState.POSTED
    kinds = []
    if finding.outcome == Outcome.ONLY_BANK and payment is None and finding.line_id:
        kinds.append(PAY)
    if finding.outcome in (Outcome.NO_BILL, Outcome.OVERPAID) and stands:
        kinds.append(MOVE)
    if stands:
        kinds.append(REVERSE)
    return (*kinds, POST)
