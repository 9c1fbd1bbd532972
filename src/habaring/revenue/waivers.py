"""Programmes that waive late interest: what one would come to, and which there are."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from habaring.regions.models import Region
from habaring.revenue import assessing, collecting
from habaring.revenue.models import Bill, TaxRule, WaiverProgramme, WaiverState


@dataclass(frozen=True)
class Preview:
    """What a programme would touch on a day. Rupiah; `interest` is rounded by groups of
    bills that were due together, so it may differ by a few rupiah from the sum.
    """

    bills: int
    principal: int
    interest: int
    waived: int


def preview(waiver: WaiverProgramme, on: date) -> Preview:
    """The late bills of its tax and years, their interest on its first day (or today),
    and how much of it would not be asked for.
    """
    day = max(on, waiver.begins_on)
    owed = F("amount") + Coalesce(F("beside"), 0) - F("received")
    groups = (
        collecting.owed_bills(waiver.region)
        .filter(
            tax=waiver.tax,
            year__range=(waiver.first_year, waiver.last_year),
            due_on__lt=day,
        )
        .exclude(document="STPD")
        .order_by()
        .values("rule", "due_on")
        .annotate(count=Count("id"), owing=Sum(owed))
    )
    rows = list(groups)
    rules = TaxRule.objects.in_bulk({row["rule"] for row in rows})
    bills = sum(row["count"] for row in rows)
    interest = sum(_interest(waiver, rules[row["rule"]], row, day) for row in rows)
    waived = interest * waiver.percent // 100
    return Preview(bills, sum(row["owing"] for row in rows), interest, waived)


def _interest(
    waiver: WaiverProgramme, rule: TaxRule, row: dict[str, Any], day: date
) -> int:
    group = Bill(tax=waiver.tax, due_on=row["due_on"], rule=rule)
    return assessing.late_of(group, day).on(row["owing"])


def programmes(region: Region) -> QuerySet[WaiverProgramme]:
    """Programmes for all, those that wait for a second person first."""
    waits = Case(When(state=WaiverState.PROPOSED, then=Value(0)), default=Value(1))
    rows = WaiverProgramme.objects.filter(region=region, bill__isnull=True)
    return rows.select_related("recorded_by", "decided_by").order_by(
        waits, "-begins_on", "-id"
    )


def running(region: Region, on: date) -> list[WaiverProgramme]:
    """What anybody may be told of: programmes in force, the first to end first."""
    rows = WaiverProgramme.objects.filter(
        region=region,
        bill__isnull=True,
        state=WaiverState.APPROVED,
        begins_on__lte=on,
        ends_on__gte=on,
    )
    return list(rows.order_by("ends_on", "id"))


def standing(waiver: WaiverProgramme, on: date) -> str:
    """proposed, refused, coming, running or over."""
    if waiver.state != WaiverState.APPROVED:
        return str(waiver.state)
    if on < waiver.begins_on:
        return "coming"
    return "running" if on <= waiver.ends_on else "over"
