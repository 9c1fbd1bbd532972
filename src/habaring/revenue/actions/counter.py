"""The verbs of the counter: take cash, count the till, have a mistake taken back."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account as Person
from habaring.regions.models import Region
from habaring.revenue import assessing, closing, ledger, tills
from habaring.revenue.actions.reconciling import FindingRefused
from habaring.revenue.models import (
    Bill,
    CashUp,
    Channel,
    Finding,
    FindingState,
    Outcome,
    Partner,
    Payment,
    PaymentState,
)
from habaring.revenue.repairs import REVERSE, Repair
from habaring.shared import audit, formats
from habaring.shared.refusal import Refusal, Words

MOST_BILLS = 50


class CounterRefused(Refusal):
    """Money that is not taken: nothing has changed hands."""

    status = 409


class AlreadyPaid(CounterRefused):
    """Somebody was faster: the counter says who and when, and takes nothing."""


@dataclass(frozen=True)
class Taking:
    """What a form asks for: its key, made when it was shown, and by bill the sum that
    the person was told. Rupiah.
    """

    key: str
    amounts: Mapping[int, int]

    @property
    def total(self) -> int:
        return sum(self.amounts.values())


@transaction.atomic
def take(
    *, region: Region, taking: Taking, by: Person, at: datetime, on: date
) -> list[Payment]:
    """Take cash for bills, all or none; the same form sent again gives what it gave.

    Bills are locked in their order, so that of two cashiers one waits and is then told
    who was faster. Raises AlreadyPaid, and CounterRefused when the sum has changed since
    the form was shown, the till was counted, or the day is closed.
    """
    _refuse_strange(taking)
    bills = _locked(region, taking)
    before = _taken(region, taking.key)
    if before:
        return before  # a double click, or the back button
    _refuse_closed(region, by, on)
    waivers = assessing.waivers_of(region.code, on, [row.id for row in bills])
    for row in bills:
        owed = assessing.owed_on(row, on, waivers=waivers).total
        if owed <= 0:
            raise _already_paid(region, row)
        if owed != taking.amounts[row.id]:
            raise CounterRefused(
                format_lazy(
                    _("{bill} asks for {amount} now."),
                    bill=row,
                    amount=formats.rupiah(owed),
                ),
                _("It changed after this page was shown. Nothing was taken."),
                _("Load the bills again and tell the payer the new sum."),
            )
    for row in bills:
        _pay(region, row, taking, by=by, at=at, on=on)
    paid = _taken(region, taking.key)
    audit.record(
        by=by,
        at=at,
        verb="revenue.counter.taken",
        subject=region,
        region=region.code,
        details={
            "bills": [row.id for row in bills],
            "total": taking.total,
            "serials": [row.serial for row in paid],
        },
    )
    return paid


def _refuse_strange(taking: Taking) -> None:
    if not taking.amounts:
        raise CounterRefused(_("Tick at least one bill."), _("Nothing would be paid."))
    if len(taking.amounts) > MOST_BILLS:
        raise CounterRefused(
            _("These are too many bills at once."),
            next=_("Take at most 50 bills in one go."),
        )


def _locked(region: Region, taking: Taking) -> list[Bill]:
    rows = (
        Bill.objects.select_for_update(of=("self",), no_key=True)
        .select_related("rule")
        .filter(region=region, id__in=list(taking.amounts))
        .order_by("id")
    )
    found = list(rows)
    if len(found) != len(taking.amounts):
        raise CounterRefused(_("One of these bills is not here any more."))
    return found


def _taken(region: Region, key: str) -> list[Payment]:
    return list(tills.of_form(region, key))


def _refuse_closed(region: Region, by: Person, on: date) -> None:
    if closing.closed(region, on) is not None:
        raise CounterRefused(
            _("The books of today are closed."),
            _("Cash that is taken now would be of tomorrow."),
            _("Take it tomorrow, or show the payer how to pay by QRIS."),
        )
    if CashUp.objects.filter(region=region, cashier=by, day=on).exists():
        raise CounterRefused(
            _("Your till is counted for today."),
            _("What is taken afterwards would be missing in the count."),
            _("Ask a colleague whose till is still open."),
        )


def _already_paid(region: Region, bill: Bill) -> AlreadyPaid:
    last = (
        Payment.objects.filter(region=region, bill=bill.id, state=PaymentState.POSTED)
        .order_by("-paid_at")
        .first()
    )
    if last is None:
        return AlreadyPaid(
            format_lazy(_("{bill} asks for nothing."), bill=bill),
            _("It was cancelled, written off or corrected. Nothing was taken."),
            _("Look the object up again."),
        )
    return AlreadyPaid(
        format_lazy(_("{bill} is paid already."), bill=bill),
        format_lazy(
            _("{who} took {amount} on {when}. Nothing was taken now."),
            who=_who(region, last),
            amount=formats.rupiah(last.amount),
            when=tills.told(last),
        ),
        _("Give the money back and look the object up again."),
    )


def _who(region: Region, payment: Payment) -> Words:
    if payment.by:
        person = Person.objects.filter(pk=payment.by).first()
        if person is not None:
            return str(person)
    rows = Partner.objects.filter(region=region)
    names = {one.channel: one.name for one in rows}
    return names.get(payment.channel, payment.channel)


def _pay(
    region: Region, bill: Bill, taking: Taking, *, by: Person, at: datetime, on: date
) -> None:
    body = json.dumps([taking.key, bill.id, taking.amounts[bill.id]])
    paid = ledger.pay(
        ledger.Notice(
            region=region.code,
            channel=Channel.COUNTER.value,
            reference=f"{taking.key}-{bill.id}",
            bill=bill.id,
            amount=taking.amounts[bill.id],
            paid_at=at,
            body_sha256=hashlib.sha256(body.encode()).digest(),
            by=by.pk,
        ),
        at=at,
        day=on,
    )
    if paid.outcome != "posted" or paid.surplus or paid.day != on:
        raise CounterRefused(
            _("The books changed while this was taken."),
            _("Nothing was taken."),
            _("Load the bills again."),
        )


@dataclass(frozen=True)
class Count:
    """What lay in a till, rupiah, and why it does not agree. `by`: who counted."""

    counted: int
    by: Person
    reason: str = ""


@transaction.atomic
def cash_up(
    *,
    region: Region,
    cashier: Person,
    count: Count,
    at: datetime,
    on: date,
) -> CashUp:
    """Count a till: what lies in it against what the receipts say.

    Raises CounterRefused when it was counted already, a difference has no reason, or a
    mistake waits for a second person.
    """
    found = tills.till(region, cashier, on)
    if found.cash_up is not None:
        raise CounterRefused(
            _("This till is counted already."), next=_("Look at the count below.")
        )
    if any(one.asked for one in found.taken):
        raise CounterRefused(
            _("A payment waits to be taken back."),
            _("The till would not agree afterwards."),
            _("Ask a colleague to decide on it first."),
        )
    if count.counted != found.expected and not count.reason.strip():
        raise CounterRefused(
            _("Say why the till does not agree."),
            format_lazy(
                _("The receipts come to {expected}, you counted {counted}."),
                expected=formats.rupiah(found.expected),
                counted=formats.rupiah(count.counted),
            ),
            _("Count again; if it stays so, write what you know."),
        )
    row = CashUp.objects.create(
        region=region,
        cashier=cashier,
        day=on,
        expected=found.expected,
        counted=count.counted,
        payments=len(found.standing),
        reason=count.reason.strip()[:300],
        recorded_at=at,
        recorded_by=count.by,
    )
    audit.record(
        by=count.by,
        at=at,
        verb="revenue.till.counted",
        subject=row,
        region=region.code,
        reason=row.reason,
        details={"expected": row.expected, "counted": row.counted},
    )
    return row


@transaction.atomic
def ask_reversal(
    *, region: Region, serial: int, reason: str, by: Person, at: datetime, on: date
) -> Finding:
    """A cashier asks a second person to take back what was entered by mistake today.

    Raises FindingRefused for a payment of somebody else, of another day, or that does
    not stand, and without a reason.
    """
    payment = Payment.objects.filter(
        region=region, serial=serial, channel=Channel.COUNTER
    ).first()
    _refuse_reversal(payment, by, on)
    assert payment is not None  # noqa: S101 - refused otherwise
    if not reason.strip():
        raise FindingRefused(_("Say what went wrong."))
    row, _new = Finding.objects.update_or_create(
        region=region,
        day=payment.day,
        outcome=Outcome.MISTAKE,
        channel=payment.channel,
        reference=payment.reference,
        defaults={
            "here": payment.amount,
            "due_on": on,
            "state": FindingState.PROPOSED,
            "repair": Repair(REVERSE).kept(),
            "reason": reason.strip(),
            "proposed_at": at,
            "proposed_by": by,
            "decided_at": None,
            "decided_by": None,
            "found_at": at,
        },
    )
    audit.record(
        by=by,
        at=at,
        verb="revenue.counter.reversal_asked",
        subject=row,
        region=region.code,
        reason=row.reason,
        details={"serial": serial, "amount": payment.amount},
    )
    return row


def _refuse_reversal(payment: Payment | None, by: Person, on: date) -> None:
    if payment is None or payment.by != by.pk:
        raise FindingRefused(
            _("This is no payment of yours."),
            next=_("Who took the money asks for it, on the same day."),
        )
    if payment.state != PaymentState.POSTED:
        raise FindingRefused(_("This payment was taken back already."))
    if payment.day != on:
        raise FindingRefused(
            _("This payment is not of today."),
            _("Later mistakes are repaired by the people who reconcile."),
            _("Tell the treasurer."),
        )
