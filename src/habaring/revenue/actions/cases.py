"""The verbs of requests about a bill: file, complete, withdraw, decide.

What a decision changes is done and posted with it, or nothing is: another amount, an
extension in parts, interest that is not asked for, money paid back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account as Person
from habaring.regions.models import Region
from habaring.revenue import assessing, ledger, remedies
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
from habaring.shared import audit, formats, notices, walls
from habaring.shared.models import Upload
from habaring.shared.refusal import Refusal
from habaring.shared.uploads import AcceptedFile, keep

LEAST_REASON = 10
PUT_OFF = {
    CaseKind.OBJECTION: BillState.OBJECTION,
    CaseKind.INSTALMENT: BillState.INSTALMENT,
}


class CaseRefused(Refusal):
    """A request that cannot be taken or decided like this."""


@dataclass(frozen=True)
class Asked:
    """What somebody asks: in words, and by kind (parts, percent, amount, areas)."""

    kind: CaseKind
    reason: str
    values: dict[str, Any]
    documents: Sequence[AcceptedFile] = ()


@dataclass(frozen=True)
class Filer:
    """Who files: the person on screen (`account`), or an officer for somebody."""

    account: Person | None = None
    officer: Person | None = None

    @property
    def by(self) -> Person | None:
        return self.account or self.officer


@transaction.atomic
def file(
    *, region: Region, bill: int, asked: Asked, filer: Filer, at: datetime
) -> Case:
    """Take a request in, with its clock. The caller made sure that the person may speak
    for the bill.

    Raises CaseRefused: too late, nothing to ask, asked already, no reason.
    """
    reason = _reason_in(asked.reason)
    with walls.also(region.code):
        row = _locked(region, bill)
        _refuse_strange(row, asked, at)
        case = Case.objects.create(
            region=region,
            kind=asked.kind,
            bill=row.id,
            taxpayer_id=row.taxpayer_id,
            reason=reason,
            asked=asked.values | {"state_before": row.state},
            due_on=remedies.months_after(
                localdate(at), remedies.remedy(asked.kind).decide_months
            ),
            account=filer.account,
            entered_by=filer.officer,
            filed_at=at,
        )
        _attach(case, asked.documents, filer.by, at)
        if asked.kind == CaseKind.OBJECTION:
            _set_state(row, case, BillState.OBJECTION, at)
        _told(case, "revenue.case.filed", by=filer.by, at=at)
    return case


def _refuse_strange(row: Bill, asked: Asked, at: datetime) -> None:
    on = localdate(at)
    until = remedies.remedy(asked.kind).file_until(row)
    if until is not None and on > until:
        raise CaseRefused(
            format_lazy(_("This could be asked until {day}."), day=formats.day(until)),
            _("The regulation gives that long from the day of the bill."),
            _("Ask for a correction if the facts of the bill are wrong."),
        )
    if asked.kind not in remedies.can_ask(row, on):
        raise CaseRefused(
            _("This cannot be asked about this bill as it stands."),
            _("There is nothing to pay late, to share out or to pay back."),
            _("Look at the bill again, and choose another request."),
        )
    rows = Case.objects.filter(
        region=row.region_id, bill=row.id, kind=asked.kind, state__in=remedies.OPEN
    )
    if rows.exists():
        raise CaseRefused(
            _("The same is asked about this bill already."),
            _("Two requests for one thing would be decided twice."),
            _("Add what is missing to that request."),
        )


@transaction.atomic
def ask_for_more(
    *, region: Region, case: int, text: str, by: Person, at: datetime
) -> Case:
    """Say which documents are missing; the person is told."""
    row = _open_case(region, case)
    row.decision = _reason_in(text)
    row.state = CaseState.INCOMPLETE
    row.save(update_fields=["decision", "state"])
    _told(row, "revenue.case.incomplete", by=by, at=at)
    _write_letter(row)
    return row


@transaction.atomic
def complete(
    *,
    region: Region,
    case: Case,
    documents: Sequence[AcceptedFile],
    by: Person,
    at: datetime,
) -> Case:
    """Add documents; the request waits for a decision again."""
    with walls.also(region.code):
        row = _open_case(region, case.pk)
        if not documents:
            raise CaseRefused(_("No document was added."), next=_("Choose a file."))
        _attach(row, documents, by, at)
        row.state = CaseState.FILED
        row.save(update_fields=["state"])
        _told(row, "revenue.case.completed", by=by, at=at)
    return row


@transaction.atomic
def withdraw(*, region: Region, case: Case, by: Person, at: datetime) -> Case:
    """Take a request back that was not decided yet."""
    with walls.also(region.code):
        row = _open_case(region, case.pk)
        row.state = CaseState.WITHDRAWN
        row.save(update_fields=["state"])
        _let_go(_locked(region, row.bill), row, at)
        _told(row, "revenue.case.withdrawn", by=by, at=at)
    return row


@dataclass(frozen=True)
class Decision:
    """Granted as asked, in part, or refused, with reasons; `amount`: what the bill asks
    for from now on, or what is paid back; `facts`: what the bill is reckoned from now.
    """

    outcome: CaseState
    text: str
    amount: int | None = None
    facts: dict[str, Any] | None = None
    parts: int = 0
    first_on: date | None = None
    percent: int = 0
    until: date | None = None


@transaction.atomic
def decide(
    *, region: Region, case: int, decision: Decision, by: Person, at: datetime
) -> Case:
    """Decide a request and do what was decided; the person is told.

    Raises CaseRefused: decided already, by whoever entered or filed it, no reasons, or
    an effect that does not fit the bill.
    """
    row = _open_case(region, case)
    if by.pk in (row.entered_by_id, row.account_id):
        raise CaseRefused(
            _("You cannot decide a request that you entered."),
            _("Two people stand behind each decision on a tax."),
            _("Ask a colleague to decide it."),
        )
    bill = _locked(region, row.bill)
    before = bill.amount
    row.decision = _reason_in(decision.text)
    row.state, row.decided_by, row.decided_at = decision.outcome, by, at
    _let_go(bill, row, at)
    if decision.outcome in remedies.GIVEN:
        _EFFECTS[CaseKind(row.kind)](bill, row, decision, at)
        row.change = bill.amount - before
    row.save()
    _told(row, "revenue.case.decided", by=by, at=at, change=row.change)
    _write_letter(row)
    return row


# What a decision does


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
    _set_state(bill, case, BillState.INSTALMENT, at)
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
    """What was paid too much goes back from the treasury's account."""
    most = remedies.refundable(bill)
    amount = most if decision.amount is None else decision.amount
    if not 0 < amount <= most:
        raise CaseRefused(
            format_lazy(
                _("At most {amount} was paid too much."), amount=formats.rupiah(most)
            ),
            next=_("Write an amount up to that."),
        )
    line = ledger.Line(Account.OVERPAID, Account.CASH, amount, bill.tax)
    ledger.post(
        region=bill.region_id,
        day=localdate(at),
        lines=[line],
        source=Source.CASE,
        source_key=str(case.pk),
        at=at,
    )
    case.asked = case.asked | {"paid_back": amount}


_EFFECTS = {
    CaseKind.CORRECTION: _another_amount,
    CaseKind.OBJECTION: _another_amount,
    CaseKind.REDUCTION: _another_amount,
    CaseKind.INSTALMENT: _in_parts,
    CaseKind.WAIVER: _no_interest,
    CaseKind.REFUND: _paid_back,
}


# Small steps


def _locked(region: Region, bill: int) -> Bill:
    rows = Bill.objects.select_for_update(of=("self",)).filter(region=region, id=bill)
    found: Bill | None = rows.select_related("rule", "region").first()
    if found is None:
        raise CaseRefused(_("There is no such bill."), next=_("Look it up again."))
    return found


def _open_case(region: Region, case: int) -> Case:
    rows = Case.objects.select_for_update(of=("self",)).filter(region=region, pk=case)
    row = rows.select_related("taxpayer", "account").first()
    if row is None or row.state not in remedies.OPEN:
        raise CaseRefused(
            _("This request is decided or was taken back."),
            _("Somebody else may have been faster."),
            _("Look at it again."),
        )
    return row


def _let_go(bill: Bill, case: Case, at: datetime) -> None:
    """An objection no longer holds the bill."""
    before = str(case.asked.get("state_before", BillState.ISSUED))
    if case.kind == CaseKind.OBJECTION and bill.state == BillState.OBJECTION:
        _set_state(bill, case, BillState(before), at)


def _set_state(bill: Bill, case: Case, state: BillState, at: datetime) -> None:
    cause = (Source.CASE, str(case.pk))
    ledger.amend(bill, cause=cause, at=at, day=localdate(at), state=state)
    bill.state = state


def _keep(bill: Bill, **values: Any) -> None:
    """Never through `save`: what was received is not ours to write."""
    Bill.objects.filter(region=bill.region_id, id=bill.id).update(**values)
    for name, value in values.items():
        setattr(bill, name, value)


def _attach(
    case: Case, documents: Sequence[AcceptedFile], by: Person | None, at: datetime
) -> None:
    for one in documents:
        upload = Upload.objects.create(
            region_code=case.region_id,
            kind="tax-case",
            name=one.name,
            sha256=one.sha256,
            size=one.size,
            uploaded_at=at,
            uploaded_by=by,
        )
        keep(one)
        case.documents.add(upload)


def _reason_in(text: str) -> str:
    text = text.strip()
    if len(text) < LEAST_REASON:
        raise CaseRefused(
            _("A reason is missing."),
            _("Who reads this later must understand why it was done."),
            _("Write the reason in a sentence."),
        )
    return text


def _write_letter(case: Case) -> None:
    if case.account is None or not case.account.email:
        return
    notices.send_letter(
        to=[case.account.email],
        template="revenue/letters/case.txt",
        context={"case": case, "region": case.region},
    )


def _told(
    case: Case, verb: str, *, by: Person | None, at: datetime, **details: int
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=case,
        region=case.region_id,
        details={"kind": str(case.kind), "state": str(case.state), **details},
    )
