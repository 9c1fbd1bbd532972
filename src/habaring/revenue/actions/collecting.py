"""The verbs of collecting: write letters, take one back, note an acknowledgement, fine.

A demand for a late bill asks for nothing new: the bill goes on to tell what is owed. A
fine is a bill of its own (document STPD) that its demand belongs to, booked with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account as Person
from habaring.regions.models import Region
from habaring.revenue import collecting, ledger
from habaring.revenue.models import (
    Account,
    Bill,
    BillState,
    Case,
    CollectionLetter,
    Document,
    Filing,
    LetterCause,
    LetterKind,
    Source,
)
from habaring.shared import audit, formats, notices
from habaring.shared.refusal import Refusal

MOST_AT_ONCE = 500
LEAST_REASON = 10
_NUMBERS = {
    LetterKind.STPD: "STPD",
    LetterKind.WARNING: "ST",
    LetterKind.WARRANT: "SP",
    LetterKind.ACKNOWLEDGED: "PU",
}
"""Surat tagihan, surat teguran, surat paksa, pengakuan utang."""


class CannotCollect(Refusal):
    """A letter or a fine that cannot be written like this."""


def reason_in(text: str) -> str:
    """A reason that says something; CannotCollect."""
    text = text.strip()
    if len(text) < LEAST_REASON:
        raise CannotCollect(
            _("A reason is missing."),
            _("Who reads this later must understand why it was done."),
            _("Write the reason in a sentence."),
        )
    return text


@transaction.atomic
def write(
    *, region: Region, step: str, bills: Sequence[int], by: Person, at: datetime
) -> list[CollectionLetter]:
    """Write the next letter about bills for which it is due; those that were paid or
    written to meanwhile are left out. Their holders are told.

    Raises CannotCollect: none is due, or too many at once.
    """
    on = localdate(at)
    if len(bills) > MOST_AT_ONCE:
        raise CannotCollect(
            format_lazy(_("At most {most} letters at once."), most=MOST_AT_ONCE),
            next=_("Write them in parts."),
        )
    rows = collecting.due(region, step, on).filter(id__in=bills)
    locked = list(rows.select_for_update(of=("self",)).select_related("taxpayer"))
    if not locked:
        raise CannotCollect(
            _("No letter is due for these bills."),
            _("They were paid, or somebody was faster."),
            _("Look at the list again."),
        )
    owed = collecting.owed_on(region, locked, on)
    numbers = _numbers(region, LetterKind(step), on, len(locked))
    made = []
    for bill, part, number in zip(locked, owed, numbers, strict=True):
        letter = CollectionLetter.objects.create(
            region=region,
            kind=step,
            number=number,
            bill=bill.id,
            taxpayer_id=bill.taxpayer_id,
            principal=part.principal,
            interest=part.interest,
            issued_on=on,
            due_on=collecting.answer_by(step, on),
            illustrative=bill.illustrative,
            recorded_at=at,
            recorded_by=by,
        )
        if bill.state != BillState.COLLECTED:
            _set_state(bill, letter, BillState.COLLECTED, at)
        _told(letter, "revenue.letter.written", by=by, at=at)
        _write_to(bill, letter)
        made.append(letter)
    return made


@transaction.atomic
def deliver(
    *, region: Region, letter: int, day: date, by: Person, at: datetime
) -> CollectionLetter:
    """Note the day on which a letter reached its taxpayer."""
    row = _letter(region, letter)
    if not row.issued_on <= day <= localdate(at):
        raise CannotCollect(
            _("It cannot have arrived on that day."),
            next=_("Write a day from the day of the letter until today."),
        )
    row.delivered_on = day
    row.save(update_fields=["delivered_on"])
    _told(row, "revenue.letter.delivered", by=by, at=at)
    return row


@transaction.atomic
def acknowledge(
    *, region: Region, bill: int, day: date, text: str, by: Person, at: datetime
) -> CollectionLetter:
    """Note that the debtor admitted a debt in writing: it expires later from now on.

    Raises CannotCollect: nothing is owed, a day that cannot be, or expired already.
    """
    note = reason_in(text)
    rows = collecting.with_expiry(collecting.owed_bills(region)).filter(id=bill)
    row = rows.first()
    if row is None:
        raise CannotCollect(
            _("Nothing is owed on this bill."),
            next=_("Look at its payments and its state."),
        )
    expires_on: date = row.expires_on
    if not row.issued_at.date() <= day <= localdate(at):
        raise CannotCollect(
            _("The debtor cannot have written on that day."),
            next=_("Write a day from the day of the bill until today."),
        )
    if day > expires_on:
        raise CannotCollect(
            format_lazy(_("This debt expired on {day}."), day=formats.day(expires_on)),
            _("What is expired does not come back by a letter."),
            _("Propose it for a write-off."),
        )
    letter = CollectionLetter.objects.create(
        region=region,
        kind=LetterKind.ACKNOWLEDGED,
        number=_numbers(region, LetterKind.ACKNOWLEDGED, localdate(at), 1)[0],
        bill=row.id,
        taxpayer_id=row.taxpayer_id,
        principal=row.owed,
        issued_on=day,
        due_on=day,
        note=note,
        illustrative=row.illustrative,
        recorded_at=at,
        recorded_by=by,
    )
    _told(letter, "revenue.letter.acknowledged", by=by, at=at)
    return letter


@transaction.atomic
def take_back(
    *, region: Region, letter: int, reason: str, by: Person, at: datetime
) -> CollectionLetter:
    """Take a letter back that should not have been written; a fine falls with it.

    Raises CannotCollect: taken back before, a later letter stands on it, or money came
    for the fine.
    """
    text = reason_in(reason)
    row = _letter(region, letter)
    bill = _bill(region, row.bill)
    _refuse_if_built_on(row)
    row.withdrawn_at, row.withdrawn_by, row.reason = at, by, text
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "reason"])
    if row.kind == LetterKind.STPD:
        if row.cause != LetterCause.LATE:
            _drop_fine(bill, row, at)
        elif bill.state == BillState.COLLECTED:
            _set_state(bill, row, BillState.SENT, at)
    _told(row, "revenue.letter.withdrawn", by=by, at=at, reason=text)
    return row


def _refuse_if_built_on(row: CollectionLetter) -> None:
    if row.kind not in collecting.LADDER:
        return
    later = collecting.LADDER[collecting.LADDER.index(LetterKind(row.kind)) + 1 :]
    rows = CollectionLetter.objects.filter(
        region=row.region_id, bill=row.bill, kind__in=later, withdrawn_at__isnull=True
    )
    if rows.exists():
        raise CannotCollect(
            _("A later letter stands on this one."),
            _("A warning needs the demand that it warns of."),
            _("Take the later letter back first."),
        )


def _drop_fine(bill: Bill, letter: CollectionLetter, at: datetime) -> None:
    if bill.received:
        raise CannotCollect(
            _("Money came for this fine."),
            _("A fine that was paid is not dropped; it is paid back."),
            _("Enter a request to correct the bill; then a refund."),
        )
    amount = bill.amount
    _set_state(bill, letter, BillState.CANCELLED, at)
    line = ledger.Line(Account.FINE, Account.REDUCTION, amount, bill.tax)
    _book(bill, line, at)


# Fines


@dataclass(frozen=True)
class Fine:
    """What a fine is for: `base` and `percent` tell its amount where it is a share."""

    cause: LetterCause
    amount: int
    base: int = 0
    percent: int = 0
    case: Case | None = None


@transaction.atomic
def fine(
    *, region: Region, bill: int, fine: Fine, by: Person, at: datetime
) -> CollectionLetter:
    """Demand a fine about a bill: a bill of its own, due after its clock, and booked.

    Raises CannotCollect: nothing to ask for.
    """
    if fine.amount <= 0:
        raise CannotCollect(
            _("There is nothing to ask for."),
            _("All of it was paid before, so there is no fine."),
        )
    first = _bill(region, bill)
    on = localdate(at)
    row = _fine_bill(first, fine, at)
    letter = CollectionLetter.objects.create(
        region=region,
        kind=LetterKind.STPD,
        cause=fine.cause,
        number=_numbers(region, LetterKind.STPD, on, 1)[0],
        bill=row.id,
        taxpayer_id=row.taxpayer_id,
        case=fine.case,
        principal=fine.amount,
        base=fine.base,
        percent=fine.percent,
        issued_on=on,
        due_on=row.due_on,
        illustrative=row.illustrative,
        recorded_at=at,
        recorded_by=by,
    )
    line = ledger.Line(Account.RECEIVABLE, Account.FINE, fine.amount, row.tax)
    _book(row, line, at)
    _told(letter, "revenue.letter.fined", by=by, at=at)
    _write_to(row, letter)
    return letter


@transaction.atomic
def fine_late_filings(
    *, region: Region, filings: Sequence[int], by: Person, at: datetime
) -> list[CollectionLetter]:
    """Demand the fine for tax returns that came late; those fined meanwhile are left out.

    Raises CannotCollect: none is left, or too many at once.
    """
    if len(filings) > MOST_AT_ONCE:
        raise CannotCollect(
            format_lazy(_("At most {most} letters at once."), most=MOST_AT_ONCE),
            next=_("Write them in parts."),
        )
    Region.objects.select_for_update(no_key=True).get(pk=region.pk)
    rows: Iterable[Filing] = collecting.late_filings(region).filter(pk__in=filings)
    told = Fine(LetterCause.FILING, int(collecting.facts()["filing_fine"]))
    made = [
        fine(region=region, bill=row.bill, fine=told, by=by, at=at)
        for row in list(rows)
    ]
    if not made:
        raise CannotCollect(
            _("No fine is due for these returns."),
            _("Somebody was faster."),
            _("Look at the list again."),
        )
    return made


def _fine_bill(first: Bill, fine: Fine, at: datetime) -> Bill:
    same = Bill.objects.filter(
        region=first.region_id,
        tax=first.tax,
        number=first.number,
        year=first.year,
        period=first.period,
    )
    last = same.aggregate(last=Max("seq"))["last"]
    row = Bill(
        region=first.region,
        document=Document.STPD,
        tax=first.tax,
        year=first.year,
        period=first.period,
        seq=last + 1,
        object_id=first.object_id,
        taxpayer_id=first.taxpayer_id,
        number=first.number,
        rule_id=first.rule_id,
        facts={"fine": str(fine.cause), "base": fine.base, "percent": fine.percent},
        amount=fine.amount,
        due_on=localdate(at) + timedelta(days=int(collecting.facts()["bill_days"])),
        state=BillState.COLLECTED,
        replaces=first.id,
        illustrative=first.illustrative,
        issued_at=at,
    )
    row.save(force_insert=True)
    row.refresh_from_db(fields=["id"])
    return row


# Small steps


def _letter(region: Region, key: int) -> CollectionLetter:
    rows = CollectionLetter.objects.select_for_update(of=("self",))
    row = rows.filter(region=region, pk=key, withdrawn_at__isnull=True).first()
    if row is None:
        raise CannotCollect(
            _("This letter was taken back."), next=_("Look at it again.")
        )
    return row


def _bill(region: Region, key: int) -> Bill:
    rows = Bill.objects.select_for_update(of=("self",)).select_related("region")
    row = rows.filter(region=region, id=key).first()
    if row is None:
        raise CannotCollect(_("There is no such bill."), next=_("Look it up again."))
    return row


def _numbers(region: Region, kind: LetterKind, on: date, count: int) -> list[str]:
    """The next numbers of the year; two people never get the same ones."""
    Region.objects.select_for_update(no_key=True).get(pk=region.pk)
    head = f"{_NUMBERS[kind]}/{on.year}/"
    rows = CollectionLetter.objects.filter(region=region, number__startswith=head)
    last = rows.aggregate(last=Max("number"))["last"]
    first = int(last.removeprefix(head)) + 1 if last else 1
    return [f"{head}{n:06d}" for n in range(first, first + count)]


def _set_state(
    bill: Bill, letter: CollectionLetter, state: BillState, at: datetime
) -> None:
    cause = (Source.BILL, str(bill.id))
    ledger.amend(bill, cause=cause, at=at, day=localdate(at), state=state)
    bill.state = state


def _book(bill: Bill, line: ledger.Line, at: datetime) -> None:
    ledger.post(
        region=bill.region_id,
        day=ledger.open_day(bill.region_id, localdate(at)),
        lines=[line],
        source=Source.BILL,
        source_key=str(bill.id),
        at=at,
    )


def _write_to(bill: Bill, letter: CollectionLetter) -> None:
    account = letter.taxpayer.account
    if account is None or not account.email:
        return
    notices.send_letter(
        to=[account.email],
        template="revenue/letters/collecting.txt",
        context={"letter": letter, "bill": bill, "region": letter.region},
        language=account.language,
    )


def _told(
    letter: CollectionLetter,
    verb: str,
    *,
    by: Person | None,
    at: datetime,
    reason: str = "",
    **details: Any,
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=letter,
        region=letter.region_id,
        reason=reason,
        details={"kind": str(letter.kind), "number": letter.number, **details},
    )
