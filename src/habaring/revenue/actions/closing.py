"""Close a day of the books: nothing is posted on it any more."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account as Person
from habaring.regions.models import Region
from habaring.revenue import closing, ledger
from habaring.revenue.models import DayClose
from habaring.shared import audit, formats
from habaring.shared.refusal import Refusal


class CannotClose(Refusal):
    """A day that cannot be closed now."""


@transaction.atomic
def close_day(
    *, region: Region, day: date, note: str, by: Person | None, at: datetime, on: date
) -> DayClose:
    """Lock a day. What arrives later is booked on the next open one; no re-opening.

    What waits is carried over: `note` says why, and stands beside each finding.

    Raises CannotClose for a day that has not come, is closed, has files that were not
    compared or tills that were not counted, and where something is left without a note.
    """
    if day > on:
        raise CannotClose(_("This day has not come yet."))
    totals = ledger.totals(region.code, day)  # waits for postings under way
    _refuse_closed(region, day)
    checks = closing.checklist(region, day)
    _refuse_undone(checks, note)
    came = closing.received(region, day)
    try:
        with transaction.atomic():
            row = DayClose.objects.create(
                region=region,
                day=day,
                totals=totals,
                received=sum(one.amount for one in came),
                payments=sum(one.payments for one in came),
                checklist=[
                    {"code": one.code, "open": one.open, "told": one.told}
                    for one in checks
                ],
                note=note.strip(),
                closed_at=at,
                closed_by=by,
            )
    except IntegrityError:
        _refuse_closed(region, day)
        raise
    closing.open_findings(region, day).update(carried=note.strip())
    audit.record(
        by=by,
        at=at,
        verb="revenue.day.closed",
        subject=row,
        region=region.code,
        reason=note.strip(),
        details={
            "day": day.isoformat(),
            "received": row.received,
            "payments": row.payments,
            "open": {one.code: one.open for one in checks if one.open},
        },
    )
    return row


def _refuse_closed(region: Region, day: date) -> None:
    row = closing.closed(region, day)
    if row is not None:
        raise CannotClose(
            format_lazy(_("{day} is closed already."), day=formats.day(day)),
            _("A closed day stays closed."),
            _("Post a correction on an open day."),
        )


def _refuse_undone(checks: list[closing.Check], note: str) -> None:
    undone = [one for one in checks if one.must and one.open]
    if undone:
        raise CannotClose(
            _("Something must be done first."),
            " ".join(one.told for one in undone),
            _("Compare the files and have every till counted; then close the day."),
        )
    if any(one.open for one in checks) and not note.strip():
        raise CannotClose(
            _("Say why the day is closed while something is open."),
            " ".join(one.told for one in checks if one.open),
            _("Write the reason; it is carried over with what waits."),
        )
