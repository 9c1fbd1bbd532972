"""What a decision about a request does to the bill and the books; nothing is decided here.

Each effect happens in the caller's transaction, with the bill locked, or is refused.
"""

import hashlib
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.revenue import assessing, ledger, remedies
from habaring.revenue.lookup import SET_OFF
from habaring.revenue.models import (
    Account,
    Bill,
    BillState,
    Case,
    CaseKind,
    CaseState,
    Instalment,
    Source,
    WaiverProgramme,
)
from habaring.shared import formats
from habaring.shared.refusal import Refusal


class CaseRefused(Refusal):
    """A request that cannot be taken or decided like this."""


@dataclass(frozen=True)
class Decision:
    """Granted as asked, in part, or refused, with reasons; `amount`: what the bill asks
    for from now on, or what is paid back; `facts`: what the bill is reckoned from now;
    `set_off`: the bill that is paid with what goes back.
    """

    outcome: CaseState
    text: str
    amount: int | None = None
    facts: dict[str, Any] | None = None
    parts: int = 0
    first_on: date | None = None
    percent: int = 0
    until: date | None = None
    set_off: int | None = None

    def kept(self) -> dict[str, Any]:
        """For the column `proposal`."""
        days = {"first_on": self.first_on, "until": self.until}
        told = {name: day.isoformat() if day else None for name, day in days.items()}
        return asdict(self) | told | {"outcome": str(self.outcome)}

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Decision":
        """What `kept` gave."""
        days = {
            name: date.fromisoformat(kept[name]) if kept[name] else None
            for name in ("first_on", "until")
        }
        return cls(**(kept | days | {"outcome": CaseState(kept["outcome"])}))


def happen(bill: Bill, case: Case, decision: Decision, at: datetime) -> None:
    """Do what was decided, and keep in `case.change` by how much the bill changed."""
    before = bill.amount
    _EFFECTS[CaseKind(case.kind)](bill, case, decision, at)
    case.change = bill.amount - before


def _another_amount(bill: Bill, case: Case, decision: Decision, at: datetime) -> None:
    """The bill asks for another amount, reckoned from the right facts if these are told."""
    amount = decision.amount
    if decision.facts is not None:
        on = assessing.day_of(bill.year, bill.period)
        amount = assessing.assess(bill.rule, decision.facts, on=on).payable
        case.asked = case.asked | {"facts_before": bill.facts}
        _keep(bill, facts=decision.facts)
    if amount is None or amount < 0:
        raise CaseRefused(
            _("The new amount is missing."),
            next=_("Correct the facts of the bill, or write the amount."),
        )
    if case.kind != CaseKind.CORRECTION and amount > bill.amount:
        raise CaseRefused(
            _("The bill would grow."),
            _("What somebody asks to be lowered is not raised by the answer."),
            _("Refuse it with reasons; what was underpaid is a bill of its own."),
        )
    cause = (Source.CASE, str(case.pk))
    ledger.amend(bill, cause=cause, at=at, day=localdate(at), amount=amount)
    bill.amount = amount


def _in_parts(bill: Bill, case: Case, decision: Decision, at: datetime) -> None:
    """The bill may be paid in monthly parts until the last of them is due, with interest."""
    first = decision.first_on or remedies.months_after(localdate(at), 1)
    if not 2 <= decision.parts <= remedies.parts_at_most() or first <= localdate(at):
        raise CaseRefused(
            _("These parts are not possible."),
            format_lazy(
                _("From 2 to {most} parts, the first one after today."),
                most=remedies.parts_at_most(),
            ),
            _("Change the number of parts or the first day."),
        )
    parts = remedies.schedule(bill.owed, decision.parts, first)
    Instalment.objects.bulk_create(
        Instalment(
            region=bill.region,
            case=case,
            number=one.number,
            due_on=one.due_on,
            amount=one.amount,
            interest=one.interest,
        )
        for one in parts
    )
    case.asked = case.asked | {"due_before": bill.due_on.isoformat()}
    _keep(bill, due_on=parts[-1].due_on)
    set_state(bill, case, BillState.INSTALMENT, at)
    _add_interest(bill, case, sum(one.interest for one in parts), at)


def _add_interest(bill: Bill, case: Case, interest: int, at: datetime) -> None:
    """The bill asks for the interest of its parts too; in the books it is no tax."""
    if not interest:
        return
    cause, day = (Source.CASE, str(case.pk)), localdate(at)
    ledger.amend(bill, cause=cause, at=at, day=day, amount=bill.amount + interest)
    bill.amount += interest
    ledger.post(
        region=bill.region_id,
        day=ledger.open_day(bill.region_id, day),
        lines=[ledger.Line(Account.TAX, Account.INTEREST, interest, bill.tax)],
        source=cause[0],
        source_key=cause[1],
        at=at,
    )


def _no_interest(bill: Bill, case: Case, decision: Decision, at: datetime) -> None:
    """Some of the interest is not asked for when it is paid by a day."""
    until, on = decision.until, localdate(at)
    if not 1 <= decision.percent <= 100 or until is None or until < on:
        raise CaseRefused(
            _("How much is waived, and until when, is missing."),
            next=_("From 1 to 100 percent, until a day from today on."),
        )
    WaiverProgramme.objects.create(
        region=bill.region,
        name=f"#{case.pk}",
        tax=bill.tax,
        bill=bill.id,
        first_year=bill.year,
        last_year=bill.year,
        percent=decision.percent,
        begins_on=on,
        ends_on=until,
        basis=remedies.remedy(case.kind).basis.id,
        illustrative=bill.illustrative,
        recorded_at=at,
        recorded_by=case.decided_by,
    )


def _paid_back(bill: Bill, case: Case, decision: Decision, at: datetime) -> None:
    """What was paid too much goes back from the treasury's account, or pays another
    bill; with interest from the treasury where that is late.
    """
    most = remedies.refundable(bill)
    amount = most if decision.amount is None else decision.amount
    if not 0 < amount <= most:
        raise CaseRefused(
            format_lazy(
                _("At most {amount} was paid too much."), amount=formats.rupiah(most)
            ),
            next=_("Write an amount up to that."),
        )
    lines = [ledger.Line(Account.OVERPAID, Account.CASH, amount, bill.tax)]
    if decision.set_off is not None:
        _pay_other(bill, case, (decision.set_off, amount), at)
        lines = [ledger.Line(Account.OVERPAID, Account.CLEARING, amount, bill.tax)]
    late = remedies.compensation(case, amount, localdate(at)).amount
    if late:
        lines.append(ledger.Line(Account.COMPENSATION, Account.CASH, late, bill.tax))
    ledger.post(
        region=bill.region_id,
        day=ledger.open_day(bill.region_id, localdate(at)),
        lines=lines,
        source=Source.CASE,
        source_key=str(case.pk),
        at=at,
    )
    told = {"paid_back": amount, "compensation": late, "set_off": decision.set_off}
    case.asked = case.asked | {name: value for name, value in told.items() if value}


def _pay_other(bill: Bill, case: Case, paid: tuple[int, int], at: datetime) -> None:
    """Pay another bill of the same taxpayer, through the ledger as any payment."""
    key, amount = paid
    other = remedies.debts_of(bill).filter(id=key).select_related("rule").first()
    on = localdate(at)
    waivers = assessing.waivers_of(bill.region_id, on, [key])
    owed = 0 if other is None else assessing.owed_on(other, on, waivers=waivers).total
    if amount > owed:
        raise CaseRefused(
            _("The other bill does not ask for that much."),
            format_lazy(
                _("{amount} is owed on it today."), amount=formats.rupiah(owed)
            ),
            _("Set off less, or pay it back."),
        )
    reference = f"case-{case.pk}"
    body = hashlib.sha256(f"{reference} {key} {amount}".encode()).digest()
    notice = ledger.Notice(
        bill.region_id, SET_OFF, reference, key, amount, at, body, by=case.decided_by_id
    )
    ledger.pay(notice, at=at, day=on)


_EFFECTS = {
    CaseKind.CORRECTION: _another_amount,
    CaseKind.OBJECTION: _another_amount,
    CaseKind.REDUCTION: _another_amount,
    CaseKind.INSTALMENT: _in_parts,
    CaseKind.WAIVER: _no_interest,
    CaseKind.REFUND: _paid_back,
}


def let_go(bill: Bill, case: Case, at: datetime) -> None:
    """An objection no longer holds the bill."""
    before = str(case.asked.get("state_before", BillState.ISSUED))
    if case.kind == CaseKind.OBJECTION and bill.state == BillState.OBJECTION:
        set_state(bill, case, BillState(before), at)


def set_state(bill: Bill, case: Case, state: BillState, at: datetime) -> None:
    """Another state of a bill, by a request."""
    cause = (Source.CASE, str(case.pk))
    ledger.amend(bill, cause=cause, at=at, day=localdate(at), state=state)
    bill.state = state


def _keep(bill: Bill, **values: Any) -> None:
    """Never through `save`: what was received is not ours to write."""
    Bill.objects.filter(region=bill.region_id, id=bill.id).update(**values)
    for name, value in values.items():
        setattr(bill, name, value)
