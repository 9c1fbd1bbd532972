"""The verbs of findings: give an owner, note, explain, repair by two people."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account as Person
from habaring.regions.models import Region
from habaring.revenue import ledger, reconciling, repairs
from habaring.revenue.actions import claims
from habaring.revenue.models import (
    Account,
    Bill,
    Finding,
    FindingNote,
    FindingState,
    Outcome,
    Payment,
    PaymentState,
    Source,
)
from habaring.revenue.repairs import MOVE, PAY, POST, REVERSE, Repair
from habaring.shared import audit
from habaring.shared.refusal import Refusal

MOST_AT_ONCE = 500


class FindingRefused(Refusal):
    """Something that cannot be done with a finding."""


class SamePerson(FindingRefused):
    """A repair needs a second person."""

    def __init__(self) -> None:
        super().__init__(
            _("You proposed this repair yourself."),
            _("Money is moved by two people: one proposes, another approves."),
            _("Ask a colleague to look at it."),
        )


def _locked(finding: Finding) -> Finding:
    rows = Finding.objects.select_for_update(of=("self",))
    return rows.select_related("line__statement__partner", "region").get(pk=finding.pk)


@transaction.atomic
def assign(
    *,
    region: Region,
    findings: Sequence[int],
    owner: Person | None,
    by: Person,
    at: datetime,
) -> int:
    """Give findings to somebody (None: to nobody); how many that changed.

    Raises FindingRefused for none or too many at once.
    """
    if not findings:
        raise FindingRefused(_("Tick at least one finding."))
    if len(findings) > MOST_AT_ONCE:
        raise FindingRefused(
            _("These are too many findings at once."),
            next=_("Give out at most 500 at a time."),
        )
    rows = Finding.objects.filter(
        region=region, pk__in=findings, state__in=reconciling.WAITS
    )
    count = rows.update(owner=owner)
    audit.record(
        by=by,
        at=at,
        verb="revenue.finding.assigned",
        subject=region,
        region=region.code,
        details={"findings": count, "owner": owner.pk if owner else None},
    )
    return count


@transaction.atomic
def take_up(*, payment: Payment, by: Person, at: datetime, due_on: date) -> Finding:
    """Give a payment without its place (for no bill, or too much) an entry in the queue;
    the one it has, if it has one. A settled one is opened again.
    """
    outcome = Outcome.OVERPAID if payment.bill else Outcome.NO_BILL
    known = Finding.objects.filter(
        region=payment.region_id,
        channel=payment.channel,
        reference=payment.reference,
        outcome=outcome,
    )
    row = known.order_by("-pk").first() or Finding(
        region_id=payment.region_id,
        day=payment.day,
        outcome=outcome,
        channel=payment.channel,
        reference=payment.reference,
        here=payment.amount,
        due_on=due_on,
        found_at=at,
    )
    if row.pk and row.state in reconciling.WAITS:
        return row
    row.state, row.owner = FindingState.OPEN, by
    row.repair, row.proposed_at, row.proposed_by = None, None, None
    row.decided_at, row.decided_by = None, None
    row.save()
    _record(row, "taken_up", by, at)
    return row


@transaction.atomic
def note(*, finding: Finding, text: str, by: Person, at: datetime) -> FindingNote:
    """Write down what was found out. Raises FindingRefused for an empty note."""
    if not text.strip():
        raise FindingRefused(_("Write what you found out."))
    row = FindingNote.objects.create(
        region_id=finding.region_id, finding=finding, text=text.strip(), at=at, by=by
    )
    _record(finding, "noted", by, at)
    return row


@transaction.atomic
def explain(*, finding: Finding, reason: str, by: Person, at: datetime) -> Finding:
    """Settle a finding without a repair. Raises FindingRefused without a reason, or when
    it is settled already.
    """
    row = _locked(finding)
    _refuse_settled(row)
    if row.outcome == Outcome.MISTAKE:
        raise FindingRefused(
            _("A mistake at the counter is reversed, or refused with a reason.")
        )
    row.reason = _reason(reason)
    row.state, row.repair = FindingState.EXPLAINED, None
    row.decided_at, row.decided_by = at, by
    row.proposed_at, row.proposed_by = None, None
    row.save()
    _record(row, "explained", by, at, reason=row.reason)
    claims.tell_answered(row, at=at)
    return row


@transaction.atomic
def propose(
    *, finding: Finding, repair: Repair, reason: str, by: Person, at: datetime
) -> Finding:
    """Propose a repair, for another person to approve.

    Raises FindingRefused without a reason, for a repair that does not fit the finding,
    and when it is settled already.
    """
    row = _locked(finding)
    _refuse_settled(row)
    _refuse_unfit(row, repair)
    row.repair, row.reason = repair.kept(), _reason(reason)
    row.state = FindingState.PROPOSED
    row.proposed_at, row.proposed_by = at, by
    row.save()
    _record(row, "repair_proposed", by, at, reason=row.reason, do=repair.do)
    return row


@transaction.atomic
def refuse(*, finding: Finding, reason: str, by: Person, at: datetime) -> Finding:
    """Send a proposed repair back with a reason; the finding is open again."""
    row = _locked(finding)
    if row.state != FindingState.PROPOSED:
        raise FindingRefused(_("No repair of this finding waits for an answer."))
    _record(row, "repair_refused", by, at, reason=_reason(reason))
    FindingNote.objects.create(
        region_id=row.region_id, finding=row, text=_reason(reason), at=at, by=by
    )
    row.state, row.repair, row.reason = FindingState.OPEN, None, ""
    row.proposed_at, row.proposed_by = None, None
    if row.outcome == Outcome.MISTAKE:  # nothing is open where it is no mistake
        row.state, row.reason = FindingState.EXPLAINED, _reason(reason)
        row.decided_at, row.decided_by = at, by
    row.save()
    return row


@transaction.atomic
def approve(*, finding: Finding, by: Person, at: datetime) -> Finding:
    """Carry out what another person proposed, on the next open day of the books.

    Raises SamePerson for who proposed it (PostgreSQL refuses it as well), FindingRefused
    where nothing is proposed or the payment has changed since.
    """
    row = _locked(finding)
    repair = Repair.read(row.repair)
    if row.state != FindingState.PROPOSED or repair is None:
        raise FindingRefused(
            _("No repair of this finding waits for an answer."),
            next=_("Load the page again: somebody else may have been faster."),
        )
    if row.proposed_by_id == by.pk:
        raise SamePerson
    _refuse_unfit(row, repair)
    row.state = FindingState.REPAIRED
    row.decided_at, row.decided_by = at, by
    row.save()  # first the row: PostgreSQL refuses the same person before money moves
    _carry_out(row, repair, at)
    _record(row, "repaired", by, at, reason=row.reason, do=repair.do)
    claims.tell_answered(row, at=at)
    return row


def _carry_out(row: Finding, repair: Repair, at: datetime) -> None:
    day = ledger.open_day(row.region_id, localdate(at))
    if repair.do == PAY:
        _book_missing(row, repair, at)
    elif repair.do == REVERSE:
        for one in reconciling.payments_of(row):  # all parts of it, or the one
            ledger.reverse(
                region=row.region_id,
                channel=one.channel,
                reference=one.reference,
                body_sha256=_digest(row),
                at=at,
                day=day,
            )
    elif repair.do == MOVE:
        payment = _payment(row)
        ledger.move(payment, bill=repair.bill, source_key=_key(row), at=at, day=day)
    else:
        ledger.post(
            region=row.region_id,
            day=day,
            lines=[ledger.Line(repair.debit, repair.credit, repair.amount)],
            source=Source.REPAIR,
            source_key=_key(row),
            at=at,
        )


def _book_missing(row: Finding, repair: Repair, at: datetime) -> None:
    """With the bank's reference and time: interest goes by it, and its late notice will
    be told that this is another body under the same reference, and change nothing.
    """
    assert row.line is not None  # noqa: S101 - a repair of this kind has one
    paid = ledger.pay(
        ledger.Notice(
            region=row.region_id,
            channel=row.channel,
            reference=row.reference,
            bill=repair.bill or None,
            amount=repair.amount,
            paid_at=row.line.paid_at,
            body_sha256=_digest(row),
        ),
        at=at,
        day=localdate(at),
    )
    if paid.outcome != "posted":
        raise FindingRefused(
            _("This payment has arrived meanwhile."),
            _("The bank's notice came before your repair; nothing was booked twice."),
            _("Compare the file again: the finding will explain itself."),
        )


def _digest(row: Finding) -> bytes:
    text = json.dumps([row.channel, row.reference, row.pk, "repair"])
    return hashlib.sha256(text.encode()).digest()


def _key(row: Finding) -> str:
    return f"finding:{row.pk}"


def _payment(row: Finding) -> Payment:
    found = reconciling.payment_of(row)
    if found is None or found.state != PaymentState.POSTED:
        raise FindingRefused(
            _("This payment does not stand any more."),
            _("It was reversed, or it never arrived."),
            _("Compare the file again."),
        )
    return found


def _refuse_unfit(row: Finding, repair: Repair) -> None:
    if repair.do not in repairs.possible(row):
        raise FindingRefused(
            _("This repair does not fit the finding."),
            _("The payment may have changed since the page was shown."),
            _("Load the page again and choose another one."),
        )
    if (
        repair.bill
        and not Bill.objects.filter(region=row.region_id, id=repair.bill).exists()
    ):
        raise FindingRefused(_("There is no such bill here."))
    if repair.do == MOVE and not repair.bill:
        raise FindingRefused(_("Say to which bill the money belongs."))
    if repair.do == MOVE and _payment(row).bill == repair.bill:
        raise FindingRefused(_("The payment is for this bill already."))
    if repair.do in (PAY, POST) and repair.amount <= 0:
        raise FindingRefused(_("Say how much: whole rupiah above zero."))
    if repair.do == POST:
        _refuse_accounts(repair)


def _refuse_accounts(repair: Repair) -> None:
    if repair.debit == repair.credit:
        raise FindingRefused(_("Money moves between two different accounts."))
    if {repair.debit, repair.credit} - set(Account.values):
        raise FindingRefused(_("There is no such account."))
    if Account.RECEIVABLE in (repair.debit, repair.credit):
        raise FindingRefused(
            _("What bills ask for is not changed by a posting."),
            _("The books and the bills would no longer say the same."),
            _("Reverse or move the payment, or correct the bill."),
        )


def _refuse_settled(row: Finding) -> None:
    if row.state in (FindingState.REPAIRED, FindingState.EXPLAINED):
        raise FindingRefused(
            _("This finding is settled already."),
            next=_("Look at it again: the page shows by whom and how."),
        )


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise FindingRefused(
            _("A reason is needed."), _("Whoever checks the books reads it.")
        )
    return reason


def _record(
    row: Finding,
    verb: str,
    by: Person | None,
    at: datetime,
    *,
    reason: str = "",
    do: str = "",
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=f"revenue.finding.{verb}",
        subject=row,
        region=row.region_id,
        reason=reason,
        details={"outcome": row.outcome, **({"do": do} if do else {})},
    )
