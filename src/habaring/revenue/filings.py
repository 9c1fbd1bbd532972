"""Filings read: what a person may file, what is missing, who has not filed.

`own` and what a person sees of their filings open the region for their own statements
alone (`walls.also`) and look at nothing but what the person's taxpayers hold.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from habaring.engines.taxing import TAXES, Assessment, Refused, Rules, due_on
from habaring.engines.taxing import Due as DueOn
from habaring.people import acts
from habaring.people.acts import Act, Need
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.revenue import assessing
from habaring.revenue.models import (
    Bill,
    Filing,
    FilingDocument,
    ObjectState,
    TapReading,
    TaxObject,
    Taxpayer,
    TaxRule,
    Validation,
)
from habaring.shared import walls
from habaring.shared.tables import Column, TableKind, register

FILE = acts.register(
    Act(
        "revenue.file",
        _("File a tax return"),
        Need.CODE,
        reason=_("So that only you file for your business."),
    )
)
MONTHS_BACK = 12
SELF_ASSESSED = tuple(tax.code for tax in TAXES.values() if not tax.official)
MONTHLY = tuple(
    tax.code for tax in TAXES.values() if not tax.official and tax.period == "month"
)
BPHTB = "bphtb"


@dataclass(frozen=True, order=True)
class Month:
    """A tax month."""

    year: int
    period: int

    @property
    def last(self) -> date:
        return assessing.day_of(self.year, self.period)

    @property
    def first(self) -> date:
        return date(self.year, self.period, 1)

    @property
    def code(self) -> str:
        return f"{self.year}-{self.period:02}"


def month_before(day: date) -> Month:
    """The last month that has ended."""
    before = day.replace(day=1) - timedelta(days=1)
    return Month(before.year, before.month)


def read_month(text: str, *, today: date) -> Month:
    """From "2026-10"; the last ended month where that makes no sense."""
    year, _dash, period = text.partition("-")
    whole = year.isdigit() and period.isdigit()
    if whole and 2000 <= int(year) <= today.year and 1 <= int(period) <= 12:
        return Month(int(year), int(period))
    return month_before(today)


def months_until(today: date) -> Iterator[Month]:
    """Ended months, the newest first."""
    month = month_before(today)
    for _n in range(MONTHS_BACK):
        yield month
        month = month_before(month.first)


# A person's own


@dataclass(frozen=True)
class Own:
    """A business of the person: the months that wait, and what was filed."""

    row: TaxObject
    missing: list[Month]
    filed: list[Filing]


@dataclass(frozen=True)
class Desk:
    """Everything that a person files for in a region."""

    taxpayers: list[Taxpayer]
    businesses: list[Own]
    acquisitions: list[Filing]


def own(account: Account, region: Region, *, today: date) -> Desk:
    """What the person's taxpayers hold, with the months that wait for a filing."""
    with walls.also(region.code):
        people = list(
            Taxpayer.objects.filter(region=region, account=account, merged_into=None)
        )
        rows = list(
            TaxObject.objects.filter(
                region=region,
                taxpayer__in=people,
                tax__in=MONTHLY,
                state=ObjectState.ACTIVE,
            ).select_related("taxpayer")
        )
        filed = list(
            Filing.objects.filter(region=region, taxpayer__in=people).select_related(
                "object"
            )
        )
    return Desk(
        taxpayers=people,
        businesses=[_own(row, filed, today) for row in rows],
        acquisitions=[one for one in filed if one.object.tax == BPHTB],
    )


def _own(row: TaxObject, filed: list[Filing], today: date) -> Own:
    own = [one for one in filed if one.object_id == row.pk]
    done = {(one.year, one.period) for one in own}
    since = row.recorded_at.date().replace(day=1)
    missing = [
        month
        for month in months_until(today)
        if (month.year, month.period) not in done and month.first >= since
    ]
    return Own(row, missing, own)


def own_object(account: Account, region: Region, key: int) -> TaxObject | None:
    """An object of the person's own taxpayers; None else."""
    with walls.also(region.code):
        return (
            TaxObject.objects.filter(
                region=region,
                pk=key,
                taxpayer__account=account,
                tax__in=SELF_ASSESSED,
            )
            .select_related("taxpayer", "region", "place")
            .first()
        )


def own_filing(account: Account, region: Region, key: int) -> "Sent | None":
    """A filing of the person's own taxpayers; None else."""
    with walls.also(region.code):
        rows = Filing.objects.filter(region=region, pk=key, taxpayer__account=account)
        row = rows.select_related("object", "taxpayer", "rule", "region").first()
        return sent(row) if row else None


@dataclass(frozen=True)
class Sent:
    """A filing with its bill, its steps, its papers."""

    row: Filing
    bill: Bill
    assessment: Assessment
    documents: list[FilingDocument]
    validation: Validation | None
    newest: Filing

    @property
    def month(self) -> Month | None:
        return Month(self.row.year, self.row.period) if self.row.period else None

    @property
    def is_newest(self) -> bool:
        return self.newest.pk == self.row.pk


def sent(row: Filing) -> Sent:
    """Everything about a filing. The region must be open."""
    return Sent(
        row=row,
        bill=Bill.objects.get(region=row.region_id, id=row.bill),
        assessment=assessing.assess(row.rule, row.facts, on=day_of(row)),
        documents=list(row.documents.all()),
        validation=Validation.objects.filter(filing=row).first(),
        newest=Filing.objects.filter(
            object=row.object_id, year=row.year, period=row.period
        ).order_by("-seq")[0],
    )


def day_of(row: Filing) -> date:
    """The day that decides which rules hold."""
    return row.event_on or assessing.day_of(row.year, row.period)


def deadline(rules: Rules, day: date, *, filing: bool) -> date | None:
    """By when to file, or to pay; None where the rules do not say. Working days leave
    out Saturdays and Sundays; holidays are not known to the platform.
    """
    try:
        return due_on(rules, DueOn(event_on=day, issued_on=day), filing=filing)
    except Refused:
        return None


def rules_for(region: Region, tax: str, on: date) -> tuple[TaxRule, Rules]:
    """The rule in force on a day, and what it says. Raises assessing.NoRule."""
    with walls.also(region.code):
        rule = assessing.in_force(region, tax, on)
    return rule, assessing.rules_of(rule)


# The office


@dataclass(frozen=True)
class Asked:
    """Which month and tax the office looks at."""

    month: Month
    tax: str = ""
    q: str = ""


def expected(region: Region, asked: Asked) -> QuerySet[TaxObject]:
    """Businesses that had to file for a month: active, and known before it ended."""
    rows = TaxObject.objects.filter(
        region=region,
        tax__in=[asked.tax] if asked.tax in MONTHLY else MONTHLY,
        state=ObjectState.ACTIVE,
        recorded_at__date__lte=asked.month.last,
    )
    if asked.q:
        rows = rows.filter(name__icontains=asked.q)
    return rows.select_related("taxpayer", "place").order_by("tax", "name", "number")


def missing(region: Region, asked: Asked) -> QuerySet[TaxObject]:
    """Of these, who has not filed."""
    return expected(region, asked).filter(
        ~Exists(
            Filing.objects.filter(
                object=OuterRef("pk"),
                year=asked.month.year,
                period=asked.month.period,
            )
        )
    )


def received(region: Region, asked: Asked) -> QuerySet[Filing]:
    """What was filed for a month, the newest correction of each."""
    rows = Filing.objects.filter(
        region=region, year=asked.month.year, period=asked.month.period
    )
    if asked.tax:
        rows = rows.filter(object__tax=asked.tax)
    newer = Filing.objects.filter(
        object=OuterRef("object"),
        year=OuterRef("year"),
        period=OuterRef("period"),
        seq__gt=OuterRef("seq"),
    )
    return (
        rows.filter(~Exists(newer))
        .select_related("object", "taxpayer")
        .order_by("-filed_at")
    )


def reading_of(obj: TaxObject, month: Month | None) -> int | None:
    """The turnover a device counted; None where there is none. Region open."""
    if month is None:
        return None
    row = TapReading.objects.filter(
        object=obj, year=month.year, period=month.period
    ).first()
    return row.turnover if row else None


MISSING = register(
    TableKind(
        "filings-missing",
        _("Who has not filed"),
        _("Not filed"),
        columns=(
            Column("month", _("Month"), "text"),
            Column("tax", _("Tax"), "text"),
            Column("number", _("Number"), "text"),
            Column("name", _("Name"), "text"),
            Column("holder", _("NPWPD"), "text"),
            Column("taxpayer", _("Taxpayer"), "text"),
            Column("address", _("Address"), "text"),
        ),
    )
)


def missing_rows(region: Region, asked: Asked) -> Iterator[dict[str, Any]]:
    """Who has not filed, as a file."""
    for row in missing(region, asked).iterator(2_000):
        yield {
            "month": asked.month.code,
            "tax": row.tax,
            "number": row.number,
            "name": row.name or None,
            "holder": row.taxpayer.number,
            "taxpayer": row.taxpayer.name,
            "address": row.address or None,
        }
