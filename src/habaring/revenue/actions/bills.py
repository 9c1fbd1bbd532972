"""The verbs of bills that exist: let go what was held, reckon again, deliver, cancel.

What a bill owes changes only with its posting: nothing is asked for that the books do
not know.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account as Person
from habaring.regions.models import Region
from habaring.revenue import assessing, issuing, ledger
from habaring.revenue.actions.issue import CannotIssue, reason_in
from habaring.revenue.models import (
    Account,
    Bill,
    BillState,
    Document,
    IssuePart,
    ObjectState,
    Source,
    TaxObject,
)
from habaring.shared import audit

MOST_AT_ONCE = 500
OPEN = (BillState.ISSUED, BillState.SENT)


@transaction.atomic
def release(
    *, region: Region, bills: Sequence[int], reason: str, by: Person, at: datetime
) -> int:
    """Issue bills that were held for review, as they are; returns how many.

    Raises CannotIssue for bills that are not held, too many at once, no reason.
    """
    text = reason_in(reason)
    rows = _held(region, bills)
    for row in rows:
        _keep(row, issued_at=at)
        _amend(row, at=at, state=BillState.ISSUED)
        _told(row, "revenue.bill.released", by=by, at=at, reason=text)
    _count(rows, -1)
    return len(rows)


@transaction.atomic
def reckon_again(
    *, region: Region, bills: Sequence[int], reason: str, by: Person, at: datetime
) -> int:
    """Reckon held bills from the register as it is now, and issue them; returns how many
    have another amount than before.

    Raises CannotIssue as `release`; CannotAssess where the register is not mended.
    """
    text = reason_in(reason)
    rows = _held(region, bills)
    changed = 0
    for row in rows:
        facts = assessing.facts_of(row.object, row.year)
        on = assessing.day_of(row.year, row.period)
        amount = assessing.assess(row.rule, facts, on=on).payable
        before, changed = row.amount, changed + (amount != row.amount)
        _keep(row, facts=facts, issued_at=at)
        _amend(row, at=at, state=BillState.ISSUED, amount=amount)
        told = {"from": before, "to": amount}
        _told(row, "revenue.bill.reckoned", by=by, at=at, reason=text, **told)
    _count(rows, -1)
    return changed


def _held(region: Region, bills: Sequence[int]) -> list[Bill]:
    if not bills:
        raise CannotIssue(
            _("No bill was chosen."),
            next=_("Tick the bills that you have looked at."),
        )
    if len(bills) > MOST_AT_ONCE:
        raise CannotIssue(
            format_lazy(_("At most {n} bills at once."), n=MOST_AT_ONCE),
            next=_("Go on page by page."),
        )
    rows = list(_rows(region, bills))
    if len(rows) != len(set(bills)) or any(r.state != BillState.REVIEW for r in rows):
        raise CannotIssue(
            _("Some of these bills are not held for review any more."),
            _("Somebody else may have decided about them."),
            _("Look at the list again."),
        )
    return rows


def _rows(region: Region, bills: Iterable[int]) -> Any:
    return (
        Bill.objects.select_for_update(of=("self",))
        .filter(region=region, id__in=bills)
        .select_related("rule", "object", "region")
        .order_by("id")
    )


def _count(rows: Iterable[Bill], step: int, *, total: int = 1) -> None:
    """Keep the numbers of the run: held ones become issued ones, or fall away."""
    for row in rows:
        parts = IssuePart.objects.select_for_update().filter(
            region=row.region_id,
            issue=row.issue_id,
            prefix=row.number[: issuing.PREFIX],
        )
        for part in parts:
            part.held += step
            part.total += total * row.amount
            part.save(update_fields=["held", "total"])


@transaction.atomic
def deliver(*, region: Region, bills: Sequence[int], by: Person, at: datetime) -> int:
    """Note that bills reached their taxpayer; those that cannot are left as they are."""
    rows = list(_rows(region, bills[:MOST_AT_ONCE]).filter(state=BillState.ISSUED))
    for row in rows:
        _keep(row, state=BillState.SENT)
        _told(row, "revenue.bill.delivered", by=by, at=at)
    return len(rows)


@transaction.atomic
def cancel(*, region: Region, bill: int, reason: str, by: Person, at: datetime) -> Bill:
    """Cancel a bill that should not be; its posting is reversed.

    Raises CannotIssue where money came for it, or it is in the hands of a case.
    """
    text = reason_in(reason)
    row: Bill = _rows(region, [bill]).get()
    if row.received:
        raise CannotIssue(
            _("Money was received for this bill."),
            _("A bill that was paid is not cancelled; what was too much is paid back."),
            _("Decide it as a request for a refund or a correction."),
        )
    if row.state not in (*OPEN, BillState.REVIEW):
        raise CannotIssue(
            _("This bill cannot be cancelled as it stands."),
            format_lazy(_("It is {state}."), state=BillState(row.state).label),
            _("Decide it where it waits."),
        )
    held = row.state == BillState.REVIEW
    _amend(row, at=at, state=BillState.CANCELLED)
    if held:
        _count([row], -1, total=0)
    _told(row, "revenue.bill.cancelled", by=by, at=at, reason=text)
    return row


@transaction.atomic
def issue_one(
    *, obj: TaxObject, year: int, due_on: date, by: Person | None, at: datetime
) -> Bill:
    """The yearly bill of one object: it was registered after the run, or its bill was
    cancelled.

    Raises:
        CannotIssue: the object is not active, or has a bill of the year.
        NoRule, CannotAssess: as the names say.
    """
    obj = TaxObject.objects.select_for_update(of=("self",)).get(pk=obj.pk)
    rows = Bill.objects.filter(
        region=obj.region_id, tax=obj.tax, number=obj.number, year=year, period=0
    )
    gone = (BillState.CANCELLED, BillState.CORRECTED)
    if obj.state != ObjectState.ACTIVE or rows.exclude(state__in=gone).exists():
        raise CannotIssue(
            _("No bill was issued."),
            _("The object is not active, or it has a bill of this year."),
            _("Look at its bills."),
        )
    rule = assessing.in_force(obj.region, obj.tax, assessing.day_of(year))
    facts = assessing.facts_of(obj, year)
    found = assessing.assess(rule, facts, on=assessing.day_of(year))
    last = rows.aggregate(last=Max("seq"))["last"]
    bill = Bill(
        region=obj.region,
        document=Document.SPPT,
        tax=obj.tax,
        year=year,
        seq=0 if last is None else last + 1,
        object=obj,
        taxpayer_id=obj.taxpayer_id,
        number=obj.number,
        rule=rule,
        facts=facts,
        amount=found.payable,
        due_on=due_on,
        illustrative=obj.illustrative or rule.illustrative,
        issued_at=at,
    )
    earlier = assessing.year_before(bill)
    bill.before = earlier.amount if earlier else None
    bill.save(force_insert=True)
    bill.refresh_from_db(fields=["id"])
    if bill.amount:
        line = ledger.Line(Account.RECEIVABLE, Account.TAX, bill.amount, bill.tax)
        ledger.post(
            region=bill.region_id,
            day=localdate(at),
            lines=[line],
            source=Source.BILL,
            source_key=str(bill.id),
            at=at,
        )
    _told(bill, "revenue.bill.issued", by=by, at=at)
    return bill


def _keep(row: Bill, **values: Any) -> None:
    """Never through `save`: what was received is not ours to write."""
    Bill.objects.filter(region=row.region_id, id=row.id).update(**values)
    for name, value in values.items():
        setattr(row, name, value)


def _amend(
    row: Bill, *, at: datetime, state: BillState, amount: int | None = None
) -> None:
    """Another state or amount, posted."""
    cause = (Source.BILL, str(row.id))
    day = localdate(at)
    ledger.amend(row, cause=cause, at=at, day=day, amount=amount, state=state)
    row.state = state
    row.amount = row.amount if amount is None else amount


def _told(
    row: Bill,
    verb: str,
    *,
    by: Person | None,
    at: datetime,
    reason: str = "",
    **details: int,
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=row,
        region=row.region_id,
        reason=reason,
        details={"year": row.year, **details},
    )
