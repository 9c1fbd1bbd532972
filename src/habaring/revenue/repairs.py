"""Repairs of findings: what can be done about one, as it is kept and as it is told."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from habaring.revenue import reconciling
from habaring.revenue.models import Account, Bill, Finding, Outcome, PaymentState
from habaring.shared import formats
from habaring.shared.refusal import Words

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


MEANINGS: Mapping[str, Words] = {
    Outcome.AMOUNT: gettext_lazy(
        "Bank and books name another amount. Ask the bank which is right; reverse the"
        " payment where it is wrong here, or post the difference."
    ),
    Outcome.ONLY_BANK: gettext_lazy(
        "The bank has the money and we were never told. Book the missing payment: the"
        " payer has waited long enough."
    ),
    Outcome.ONLY_SYSTEM: gettext_lazy(
        "We know the payment and the bank's file does not. It may stand in tomorrow's"
        " file; if not, ask the bank."
    ),
    Outcome.DUPLICATE: gettext_lazy(
        "The bank's file names one payment twice. Ask whether the money came twice; what"
        " came once needs only an explanation."
    ),
    Outcome.REVERSED: gettext_lazy(
        "One side took the payment back and the other did not. Reverse it here where the"
        " bank took it back."
    ),
    Outcome.LATE: gettext_lazy(
        "Both know the payment, on different days. Interest goes by the day the payer"
        " paid; an explanation is enough."
    ),
    Outcome.NO_BILL: gettext_lazy(
        "The money belongs to somebody. Find the bill by number, name or amount, and move"
        " the payment there."
    ),
    Outcome.OVERPAID: gettext_lazy(
        "More came than the bill asks for. Move it to another bill of the same payer, or"
        " pay it back by a request."
    ),
    Outcome.MISTAKE: gettext_lazy(
        "A cashier asks to take a payment back. A second person decides on the same day."
    ),
}
"""What a finding means, and what is usually done."""


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
