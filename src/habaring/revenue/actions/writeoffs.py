"""Debts that are let go by two people, and brought back by two people.

Only what is still owed goes: what was paid for the bill stays paid. A bill of which
nothing was paid takes the state (expired, written off); of another one the rest is let
go and it counts as paid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account as Person
from habaring.regions.models import Region
from habaring.revenue import collecting, ledger, remedies
from habaring.revenue.actions.collecting import CannotCollect, reason_in
from habaring.revenue.models import (
    Account,
    Bill,
    BillState,
    Source,
    WriteOff,
    WriteOffBill,
    WriteOffKind,
    WriteOffState,
)
from habaring.shared import audit, formats

MOST_AT_ONCE = 500
_STATES = {
    WriteOffKind.EXPIRED: BillState.EXPIRED,
    WriteOffKind.LOST: BillState.WRITTEN_OFF,
}


@dataclass(frozen=True)
class Grounds:
    """Why, and by which decree."""

    kind: WriteOffKind
    basis: str
    reason: str


@transaction.atomic
def propose(
    *, region: Region, bills: Sequence[int], grounds: Grounds, by: Person, at: datetime
) -> WriteOff:
    """Propose to let debts go; a second person decides.

    Raises CannotCollect: no basis or reason, none or too many, not owed, not expired,
    or in another proposal.
    """
    reason, basis = reason_in(grounds.reason), grounds.basis.strip()
    if not basis:
        raise CannotCollect(
            _("The decree is missing."),
            _("A debt of the town is let go on a decree alone."),
            _("Write its number and date."),
        )
    if not 0 < len(bills) <= MOST_AT_ONCE:
        raise CannotCollect(
            format_lazy(_("From 1 to {most} debts at once."), most=MOST_AT_ONCE),
            next=_("Tick the debts that the decree names."),
        )
    rows = _owed(region, bills, grounds.kind, at)
    made = WriteOff.objects.create(
        region=region,
        kind=grounds.kind,
        basis=basis[:200],
        reason=reason,
        bills_counted=len(rows),
        total=sum(row.owed for row in rows),
        illustrative=any(row.illustrative for row in rows),
        proposed_at=at,
        proposed_by=by,
    )
    WriteOffBill.objects.bulk_create(
        WriteOffBill(
            region=region,
            writeoff=made,
            bill=row.id,
            amount=row.amount,
            owed=row.owed,
            state_before=row.state,
            expired_on=row.expires_on,
        )
        for row in rows
    )
    _told(made, "revenue.writeoff.proposed", by=by, at=at)
    return made


def _owed(
    region: Region, bills: Sequence[int], kind: WriteOffKind, at: datetime
) -> list[Any]:
    wanted = set(bills)
    found = collecting.with_expiry(collecting.owed_bills(region))
    rows = list(found.filter(id__in=wanted).order_by("id"))
    if len(rows) != len(wanted):
        raise CannotCollect(
            _("On one of these bills nothing is owed."),
            _("It was paid, or is under objection."),
            _("Look at the list again."),
        )
    young = [row for row in rows if row.expires_on >= localdate(at)]
    if kind == WriteOffKind.EXPIRED and young:
        raise CannotCollect(
            _("One of these debts has not expired."),
            format_lazy(
                _("{number} of {year} expires on {day}."),
                number=young[0].number,
                year=young[0].year,
                day=formats.day(young[0].expires_on),
            ),
            _("Leave it out, or collect it."),
        )
    waits = WriteOffBill.objects.filter(
        region=region, bill__in=wanted, writeoff__state=WriteOffState.PROPOSED
    )
    if waits.exists():
        raise CannotCollect(
            _("One of these debts waits in another proposal."),
            next=_("Have that one decided first."),
        )
    return rows


@transaction.atomic
def propose_return(
    *, region: Region, writeoff: int, reason: str, by: Person, at: datetime
) -> WriteOff:
    """Propose to bring the debts of a decision back; a second person decides.

    Raises CannotCollect: not decided, brought back before, no reason.
    """
    text = reason_in(reason)
    rows = WriteOff.objects.select_for_update(of=("self",)).filter(region=region)
    row = rows.get(pk=writeoff)
    again = row.undone.exclude(state=WriteOffState.REFUSED)
    if (
        row.state != WriteOffState.DECIDED
        or row.kind == WriteOffKind.RESTORED
        or again.exists()
    ):
        raise CannotCollect(
            _("These debts cannot be brought back."),
            _("They were never let go, or it is proposed or done already."),
            _("Look at the decision again."),
        )
    made = WriteOff.objects.create(
        region=region,
        kind=WriteOffKind.RESTORED,
        basis=row.basis,
        reason=text,
        undoes=row,
        bills_counted=row.bills_counted,
        total=row.total,
        illustrative=row.illustrative,
        proposed_at=at,
        proposed_by=by,
    )
    _told(made, "revenue.writeoff.proposed", by=by, at=at)
    return made


@transaction.atomic
def decide(
    *, region: Region, writeoff: int, agree: bool, text: str, by: Person, at: datetime
) -> WriteOff:
    """Agree to a proposal and book it, or refuse it.

    Raises CannotCollect: decided already, by whoever proposed it, no reason, or a debt
    that changed since.
    """
    reason = reason_in(text)
    rows = WriteOff.objects.select_for_update(of=("self",)).filter(region=region)
    row = rows.get(pk=writeoff)
    if row.state != WriteOffState.PROPOSED:
        raise CannotCollect(_("This was decided already."), next=_("Look at it again."))
    if row.proposed_by_id == by.pk:
        raise CannotCollect(
            _("You cannot decide what you proposed."),
            _("Two people stand behind each rupiah that the town gives away."),
            _("Ask a colleague to decide it."),
        )
    row.decision, row.decided_at, row.decided_by = reason, at, by
    row.state = WriteOffState.DECIDED if agree else WriteOffState.REFUSED
    if agree:
        step = _bring_back if row.kind == WriteOffKind.RESTORED else _let_go
        step(row, at)
    row.save()
    verb = "revenue.writeoff.decided" if agree else "revenue.writeoff.refused"
    _told(row, verb, by=by, at=at)
    return row


def _let_go(row: WriteOff, at: datetime) -> None:
    debts = list(row.rows.all())
    _lock(row.region, [debt.bill for debt in debts])
    now = {
        one.id: one
        for one in collecting.with_expiry(
            collecting.owed_bills(row.region).filter(id__in=[one.bill for one in debts])
        )
    }
    state = _STATES[WriteOffKind(row.kind)]
    for debt in debts:
        bill = now.get(debt.bill)
        expires_on = None if bill is None else bill.expires_on
        if (
            bill is None
            or bill.owed != debt.owed
            or expires_on is None
            or (row.kind == WriteOffKind.EXPIRED and expires_on >= localdate(at))
        ):
            raise CannotCollect(
                _("One of these debts changed since it was proposed."),
                _("Money came, or a letter interrupted its expiry."),
                _("Refuse this proposal, and propose the rest again."),
            )
        _drop(bill, debt, row, state, at)


def _drop(
    bill: Bill, debt: WriteOffBill, row: WriteOff, state: BillState, at: datetime
) -> None:
    if bill.owed == bill.amount:
        _amend(bill, row, at, amount=bill.amount, state=state)
        return
    # what was paid stays paid, so only the rest may fall away
    _amend(bill, row, at, amount=bill.amount - debt.owed, state=BillState(bill.state))
    _book(row, bill, (Account.WRITTEN_OFF, Account.REDUCTION), debt.owed, at)


def _bring_back(row: WriteOff, at: datetime) -> None:
    first = row.undoes
    if first is None:
        raise TypeError("a decision to bring debts back names no decision")
    debts = list(first.rows.all())
    bills = _lock(row.region, [debt.bill for debt in debts])
    if remedies.refunds(row.region, list(bills)).exists():
        raise CannotCollect(
            _("On one of these debts money was paid back since."),
            _("Then it would be owed and paid back at once."),
            _("Issue a bill of its own for what is owed."),
        )
    for debt in debts:
        bill = bills[debt.bill]
        given = (
            debt.amount if bill.state in _STATES.values() else debt.owed + bill.amount
        )
        _amend(bill, row, at, amount=given, state=BillState(debt.state_before))
        _book(row, bill, (Account.TAX, Account.WRITTEN_OFF), debt.owed, at)


def _lock(region: Region, bills: Sequence[int]) -> dict[int, Bill]:
    rows = Bill.objects.select_for_update(of=("self",)).filter(
        region=region, id__in=bills
    )
    return {row.id: row for row in rows.order_by("id")}


def _amend(
    bill: Bill, row: WriteOff, at: datetime, *, amount: int, state: BillState
) -> None:
    cause = (Source.CASE, _key(row))
    ledger.amend(
        bill, cause=cause, at=at, day=localdate(at), amount=amount, state=state
    )


def _book(
    row: WriteOff,
    bill: Bill,
    accounts: tuple[Account, Account],
    amount: int,
    at: datetime,
) -> None:
    """From one account to another what `amend` booked under its own."""
    ledger.post(
        region=row.region_id,
        day=ledger.open_day(row.region_id, localdate(at)),
        lines=[ledger.Line(*accounts, amount, bill.tax)],
        source=Source.CASE,
        source_key=_key(row),
        at=at,
    )


def _key(row: WriteOff) -> str:
    return f"writeoff:{row.pk}"


def _told(row: WriteOff, verb: str, *, by: Person, at: datetime) -> None:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=row,
        region=row.region_id,
        reason=row.decision or row.reason,
        details={"kind": str(row.kind), "bills": row.bills_counted, "total": row.total},
    )
