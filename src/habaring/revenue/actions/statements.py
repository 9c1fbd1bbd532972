"""The verbs of statements: bring a file in once, compare it, book what it settles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account as Person
from habaring.regions.models import Region
from habaring.revenue import cash_matching, ledger, reconciling
from habaring.revenue.models import (
    Account,
    Partner,
    Posting,
    Source,
    Statement,
    StatementKind,
    StatementLine,
)
from habaring.revenue.reconciling import DAYS_TO_SETTLE, Compared
from habaring.revenue.statement_files import Line, StatementFile
from habaring.shared import audit, formats
from habaring.shared.refusal import Refusal

BATCH = 5_000


class StatementRefused(Refusal):
    """A file that cannot be brought in or compared."""


@dataclass(frozen=True)
class NewStatement:
    """What a file is: of which day, and of which bank where it is a settlement."""

    kind: StatementKind
    day: date
    name: str
    sha256: str
    partner: Partner | None = None
    illustrative: bool = False


def refuse_again(region: Region, sha256: str) -> None:
    """Raises StatementRefused for a file that was brought in already."""
    row = Statement.objects.filter(region=region, sha256=sha256).first()
    if row is not None:
        raise StatementRefused(
            format_lazy(
                _("This file was brought in already, on {day}."),
                day=formats.day(row.recorded_at.date()),
            ),
            _("A file counts once, even under another name."),
            _(
                "Open it in the list of files; compare it again where something changed."
            ),
        )


@transaction.atomic
def take_in(
    *,
    region: Region,
    new: NewStatement,
    file: StatementFile,
    by: Person | None,
    at: datetime,
) -> Statement:
    """Keep a file and its lines.

    Raises StatementRefused for one that was brought in already, and for a settlement
    without its bank.
    """
    refuse_again(region, new.sha256)
    if new.kind == StatementKind.SETTLEMENT and new.partner is None:
        raise StatementRefused(
            _("Say which bank this file is of."), next=_("Choose the bank.")
        )
    try:
        with transaction.atomic():
            row = Statement.objects.create(
                region=region,
                kind=new.kind,
                partner=new.partner,
                day=new.day,
                name=new.name[:200],
                sha256=new.sha256,
                lines_counted=len(file.lines),
                total=file.total,
                repeated=file.repeated,
                illustrative=new.illustrative,
                recorded_at=at,
                recorded_by=by,
            )
    except IntegrityError:
        refuse_again(region, new.sha256)
        raise
    _keep_lines(row, file.lines)
    audit.record(
        by=by,
        at=at,
        verb="revenue.statement.recorded",
        subject=row,
        region=region.code,
        details={
            "kind": row.kind,
            "day": row.day.isoformat(),
            "lines": row.lines_counted,
            "total": row.total,
        },
    )
    return row


def _keep_lines(row: Statement, lines: Sequence[Line]) -> None:
    StatementLine.objects.bulk_create(
        (
            StatementLine(
                region_id=row.region_id,
                statement=row,
                line=one.line,
                channel=one.channel,
                reference=one.reference,
                number=one.number,
                tax=one.tax,
                amount=one.amount,
                paid_at=one.paid_at,
            )
            for one in lines
        ),
        batch_size=BATCH,
    )


@transaction.atomic
def match(
    *, statement: Statement, by: Person | None, at: datetime, on: date
) -> Compared:
    """Compare a file with the books; book what it settles. Run again, nothing doubles.

    A settlement moves the bank's money from clearing to cash: what the file comes to,
    less what a doubled line claims beyond its payment. What is left in clearing is what
    does not match. An advice of opsen is booked as cash; both are compared with the
    treasury's own statement. Nothing of a closed day changes: the booking goes to the
    next open one.
    """
    row = (
        Statement.objects.select_for_update(of=("self",))
        .select_related("partner", "region")
        .get(pk=statement.pk)
    )
    due = on + timedelta(days=DAYS_TO_SETTLE)
    if row.kind == StatementKind.SETTLEMENT:
        found = reconciling.compare(row, at=at, due_on=due)
        _book(row, Account.CLEARING, row.total - found.surplus, at=at)
    elif row.kind == StatementKind.OPSEN:
        found = _book_opsen(row, at=at)
    else:
        found = cash_matching.compare(row, at=at, due_on=due)
        _book_tills(row, at=at)
    reconciling.note_strays(row.region, row.day, at=at, due_on=due)
    row.counts, row.matched_at = dict(found.counts), at
    row.save(update_fields=["counts", "matched_at"])
    audit.record(
        by=by,
        at=at,
        verb="revenue.statement.compared",
        subject=row,
        region=row.region_id,
        details={"day": row.day.isoformat(), **found.counts},
    )
    return found


def _booked(row: Statement, source: Source, tax: str = "") -> int:
    """What this file has put into cash so far, rupiah."""
    rows = Posting.objects.filter(
        region=row.region_id, source=source, source_key=f"statement:{row.pk}"
    )
    if tax:
        rows = rows.filter(tax=tax)
    into = rows.filter(debit=Account.CASH).aggregate(n=Sum("amount"))["n"] or 0
    out = rows.filter(credit=Account.CASH).aggregate(n=Sum("amount"))["n"] or 0
    return int(into - out)


def _book(
    row: Statement, other: Account, wanted: int, *, at: datetime, tax: str = ""
) -> None:
    """Postings between cash and `other` until the file has put `wanted` into cash."""
    source = Source.OPSEN if row.kind == StatementKind.OPSEN else Source.SETTLEMENT
    missing = wanted - _booked(row, source, tax)
    if not missing:
        return
    debit, credit = (Account.CASH, other) if missing > 0 else (other, Account.CASH)
    ledger.post(
        region=row.region_id,
        day=ledger.open_day(row.region_id, row.day),
        lines=[ledger.Line(debit.value, credit.value, abs(missing), tax)],
        source=source,
        source_key=f"statement:{row.pk}",
        at=at,
    )


def _book_opsen(row: Statement, *, at: datetime) -> Compared:
    sums = dict(
        StatementLine.objects.filter(statement=row)
        .values_list("tax")
        .annotate(n=Sum("amount"))
        .order_by()
    )
    for tax, amount in sums.items():
        _book(row, Account.OPSEN, int(amount), at=at, tax=tax)
    count = row.lines_counted
    return Compared({"match": count} if count else {}, {"match": row.total}, 0)


def _book_tills(row: Statement, *, at: datetime) -> None:
    """Cash of the counter that has arrived at the treasury leaves clearing, once."""
    tills = {one.key: one for one in cash_matching.awaited(row.region, until=row.day)}
    for key in row.settles:
        if key.startswith("counter:") and key in tills:
            ledger.settle(
                region=row.region_id,
                channel="counter",
                amount=tills[key].amount,
                day=ledger.open_day(row.region_id, row.day),
                source_key=key,
                at=at,
            )
