"""The verbs of requests about a bill: file, complete, withdraw, decide, confirm.

What a decision changes is done and posted with it, or nothing is: another amount, an
extension in parts, interest that is not asked for, money paid back. Where money is given
away (`remedies.CONFIRMED`) that waits until a second officer confirms it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account as Person
from habaring.regions.models import Region
from habaring.revenue import case_effects as effects
from habaring.revenue import remedies
from habaring.revenue.actions import collecting
from habaring.revenue.case_effects import CaseRefused as CaseRefused
from habaring.revenue.case_effects import Decision as Decision
from habaring.revenue.models import (
    Bill,
    BillState,
    Case,
    CaseKind,
    CaseState,
    CollectionLetter,
)
from habaring.shared import audit, formats, notices, walls
from habaring.shared.models import Upload
from habaring.shared.uploads import AcceptedFile, keep

LEAST_REASON = 10
PUT_OFF = {
    CaseKind.OBJECTION: BillState.OBJECTION,
    CaseKind.INSTALMENT: BillState.INSTALMENT,
}


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
    reason = reason_in(asked.reason)
    with walls.also(region.code):
        row = _locked(region, bill)
        _refuse_strange(row, asked, at)
        case = Case.objects.create(
            region=region,
            kind=asked.kind,
            bill=row.id,
            taxpayer_id=row.taxpayer_id,
            reason=reason,
            asked=asked.values
            | {"state_before": row.state, "paid_before": row.amount - row.owed},
            due_on=remedies.months_after(
                localdate(at), remedies.remedy(asked.kind).decide_months
            ),
            account=filer.account,
            entered_by=filer.officer,
            filed_at=at,
        )
        _attach(case, asked.documents, filer.by, at)
        if asked.kind == CaseKind.OBJECTION:
            effects.set_state(row, case, BillState.OBJECTION, at)
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
        region=row.region_id, bill=row.id, kind=asked.kind, state__in=remedies.UNDECIDED
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
    row.decision = reason_in(text)
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
        row = _open_case(region, case.pk, remedies.UNDECIDED)
        row.state = CaseState.WITHDRAWN
        row.proposal = row.proposed_by = None
        row.save(update_fields=["state", "proposal", "proposed_by"])
        effects.let_go(_locked(region, row.bill), row, at)
        _told(row, "revenue.case.withdrawn", by=by, at=at)
    return row


@transaction.atomic
def decide(
    *,
    region: Region,
    case: int,
    decision: effects.Decision,
    by: Person,
    at: datetime,
) -> Case:
    """Decide a request and do what was decided, and tell the person; where it gives money
    away, it waits for `confirm`.

    Raises CaseRefused: decided already, by whoever entered or filed it, no reasons, or
    an effect that does not fit the bill.
    """
    row = _open_case(region, case)
    _refuse_own(row, by)
    bill = _locked(region, row.bill)
    row.decision = reason_in(decision.text)
    given = decision.outcome in remedies.GIVEN
    if given and row.kind in remedies.CONFIRMED:
        _try(bill, row, decision, at)
        row.proposal, row.proposed_by = decision.kept(), by
        row.state = CaseState.PROPOSED
        row.save()
        _told(row, "revenue.case.proposed", by=by, at=at)
        return row
    return _carry_out(row, bill, decision, by, at)


@transaction.atomic
def confirm(*, region: Region, case: int, by: Person, at: datetime) -> Case:
    """Agree to a decision that gives money away, and do it; the person is told.

    Raises CaseRefused: it does not wait for that, or by whoever decided, entered or
    filed it, or it does not fit the bill any more.
    """
    row = _open_case(region, case, (CaseState.PROPOSED,))
    _refuse_own(row, by)
    if row.proposed_by_id == by.pk:
        raise CaseRefused(
            _("You decided this yourself."),
            _("Two people stand behind each rupiah that the town gives away."),
            _("Ask a colleague to confirm it."),
        )
    bill = _locked(region, row.bill)
    return _carry_out(row, bill, effects.Decision.read(row.proposal or {}), by, at)


@transaction.atomic
def send_back(
    *, region: Region, case: int, text: str, by: Person, at: datetime
) -> Case:
    """Do not agree: the request waits for another decision; nothing was done yet.

    Raises CaseRefused as `confirm`; no reason.
    """
    reason = reason_in(text)
    row = _open_case(region, case, (CaseState.PROPOSED,))
    row.state, row.decision = CaseState.FILED, ""
    row.proposal = row.proposed_by = None
    row.save()
    _told(row, "revenue.case.sent_back", by=by, at=at, reason=reason)
    return row


def _carry_out(
    row: Case, bill: Bill, decision: effects.Decision, by: Person, at: datetime
) -> Case:
    row.state, row.decided_by, row.decided_at = decision.outcome, by, at
    effects.let_go(bill, row, at)
    if decision.outcome in remedies.GIVEN:
        effects.happen(bill, row, decision, at)
    row.save()
    _told(row, "revenue.case.decided", by=by, at=at, change=row.change)
    _write_letter(row)
    return row


def _try(bill: Bill, row: Case, decision: effects.Decision, at: datetime) -> None:
    """Whether it could be done: who decides is told what does not fit, at once."""
    kept, amount = row.asked, bill.amount
    saved = transaction.savepoint()
    try:
        effects.happen(bill, row, decision, at)
    finally:
        transaction.savepoint_rollback(saved)
    row.asked, row.change, bill.amount = kept, 0, amount


def _refuse_own(row: Case, by: Person) -> None:
    if by.pk in (row.entered_by_id, row.account_id):
        raise CaseRefused(
            _("You cannot decide a request that you entered."),
            _("Two people stand behind each decision on a tax."),
            _("Ask a colleague to decide it."),
        )


# After a lost objection


@transaction.atomic
def note_appeal(
    *, region: Region, case: int, outcome: str, text: str, by: Person, at: datetime
) -> Case:
    """Note that the person went to the tax court, or what it said: lodged, lost, won.

    Raises CaseRefused: there is nothing to appeal against, or the fine is asked for.
    """
    reason = reason_in(text)
    row = _lost(region, case)
    if outcome not in ("lodged", "lost", "won"):
        raise ValueError(outcome)
    found = remedies.fine(row, _locked(region, row.bill), localdate(at))
    if found is None or found.standing in ("issued", "won"):
        raise CaseRefused(
            _("The appeal cannot be noted any more."),
            _("The fine is asked for already, or the appeal was won."),
            _("Take the demand for the fine back first."),
        )
    row.asked = row.asked | {"appeal": outcome, "appeal_said": reason}
    row.save(update_fields=["asked"])
    _told(row, "revenue.case.appealed", by=by, at=at, reason=reason)
    return row


@transaction.atomic
def fine(*, region: Region, case: int, by: Person, at: datetime) -> CollectionLetter:
    """Demand the fine after a lost objection or appeal: a bill of its own (STPD).

    Raises CaseRefused: none is due (yet).
    """
    row = _lost(region, case)
    found = remedies.fine(row, _locked(region, row.bill), localdate(at))
    if found is None or found.standing != "ready":
        raise CaseRefused(
            _("There is no fine to ask for now."),
            _(
                "The time to appeal is not over, an appeal is under way, or it is asked for."
            ),
            _("Look at the request again."),
        )
    told = collecting.Fine(found.cause, found.amount, found.base, found.percent, row)
    return collecting.fine(region=region, bill=row.bill, fine=told, by=by, at=at)


def _lost(region: Region, case: int) -> Case:
    rows = Case.objects.select_for_update(of=("self",)).filter(region=region, pk=case)
    row = rows.filter(kind=CaseKind.OBJECTION).first()
    if row is None:
        raise CaseRefused(
            _("This is no objection."), next=_("Look at the request again.")
        )
    return row


# Small steps


def _locked(region: Region, bill: int) -> Bill:
    rows = Bill.objects.select_for_update(of=("self",)).filter(region=region, id=bill)
    found: Bill | None = rows.select_related("rule", "region").first()
    if found is None:
        raise CaseRefused(_("There is no such bill."), next=_("Look it up again."))
    return found


def _open_case(
    region: Region, case: int, states: Sequence[CaseState] = remedies.OPEN
) -> Case:
    rows = Case.objects.select_for_update(of=("self",)).filter(region=region, pk=case)
    row = rows.select_related("taxpayer", "account").first()
    if row is None or row.state not in states:
        raise CaseRefused(
            _("This request is decided or was taken back."),
            _("Somebody else may have been faster."),
            _("Look at it again."),
        )
    return row


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


def reason_in(text: str) -> str:
    """A reason that says something; CaseRefused."""
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
    page = reverse("revenue:case", args=[case.region_id, case.pk])
    notices.send_letter(
        to=[case.account.email],
        template="revenue/letters/case.txt",
        context={
            "case": case,
            "region": case.region,
            "address": settings.SITE_ADDRESS + page,
        },
    )


def _told(
    case: Case,
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
        subject=case,
        region=case.region_id,
        reason=reason,
        details={"kind": str(case.kind), "state": str(case.state), **details},
    )
