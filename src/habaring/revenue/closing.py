"""What must be done before a day of the books is closed, and what was closed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from habaring.people.models import Account as Person
from habaring.regions.models import Region
from habaring.revenue import collectors
from habaring.revenue.models import (
    Account,
    CashUp,
    Channel,
    DayClose,
    Finding,
    Partner,
    Payment,
    PaymentState,
    Statement,
    StatementKind,
)
from habaring.revenue.reconciling import WAITS
from habaring.shared import formats

LOOKED_BACK = 90  # days in which open days are looked for


@dataclass(frozen=True)
class Check:
    """One line of the checklist. `open`: how much is not done; `must`: it keeps the day
    open, else a written reason lets it be closed all the same.
    """

    code: str
    label: str
    open: int
    told: str
    must: bool = False

    @property
    def done(self) -> bool:
        return not self.open


@dataclass(frozen=True)
class AccountTotal:
    """What one account was debited and credited, rupiah."""

    account: str
    debit: int
    credit: int

    @property
    def label(self) -> str:
        return str(Account(self.account).label)

    @property
    def net(self) -> int:
        return self.debit - self.credit


def totals(region: Region, day: date) -> dict[str, list[int]]:
    """By account [debit, credit] of a day; without the lock of `ledger.totals`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT revenue_totals(%s, %s)::text", [region.code, day])
        found: dict[str, list[int]] = json.loads(cursor.fetchone()[0])
        return found


def as_rows(found: Mapping[str, list[int]]) -> list[AccountTotal]:
    """In the order of the accounts."""
    return [
        AccountTotal(code, *found[code]) for code in Account.values if code in found
    ]


@dataclass(frozen=True)
class ChannelTotal:
    """What came by one channel on a day of the books."""

    channel: str
    payments: int
    amount: int


def received(region: Region, day: date) -> list[ChannelTotal]:
    """Payments that stand, by channel."""
    rows = (
        Payment.objects.filter(region=region, day=day, state=PaymentState.POSTED)
        .values_list("channel")
        .annotate(Count("serial"), Sum("amount"))
        .order_by("channel")
    )
    return [ChannelTotal(*row) for row in rows]


def checklist(region: Region, day: date) -> list[Check]:
    """Files, comparisons, findings, tills, deposits."""
    return [
        *_files(region, day),
        _findings(region, day),
        _tills(region, day),
        _deposits(region, day),
    ]


def _files(region: Region, day: date) -> Iterator[Check]:
    used = {row.channel for row in received(region, day)}
    files = Statement.objects.filter(region=region, day=day)
    settled = files.filter(kind=StatementKind.SETTLEMENT)
    there = {one.partner_id for one in settled}
    partners = Partner.objects.filter(region=region, active=True)
    missing = [
        one.name for one in partners if one.channel in used and one.pk not in there
    ]
    yield Check(
        "files",
        _("Files of all channels"),
        len(missing),
        _("Missing: %(names)s.") % {"names": ", ".join(missing)}
        if missing
        else _("Every bank with payments on this day has sent its file."),
    )
    waiting = files.filter(matched_at=None).count()
    yield Check(
        "compared",
        _("Files compared"),
        waiting,
        ngettext(
            "One file is not compared yet.",
            "%(n)d files are not compared yet.",
            waiting,
        )
        % {"n": waiting}
        if waiting
        else _("Every file of the day was compared with the books."),
        must=True,
    )


def _findings(region: Region, day: date) -> Check:
    found = open_findings(region, day).count()
    return Check(
        "findings",
        _("Findings"),
        found,
        ngettext(
            "One finding is not settled.", "%(n)d findings are not settled.", found
        )
        % {"n": found}
        if found
        else _("Everything that did not match is settled."),
    )


def open_findings(region: Region, day: date) -> QuerySet[Finding]:
    """What of a day still waits."""
    return Finding.objects.filter(region=region, day=day, state__in=WAITS)


def cashiers(region: Region, day: date) -> list[tuple[int, int, int]]:
    """Account, payments and rupiah of everybody who took money at the counter."""
    rows = (
        Payment.objects.filter(
            region=region, day=day, channel=Channel.COUNTER, state=PaymentState.POSTED
        )
        .values_list("by")
        .annotate(Count("serial"), Sum("amount"))
        .order_by("by")
    )
    return [(by or 0, count, amount) for by, count, amount in rows]


def _tills(region: Region, day: date) -> Check:
    done = set(
        CashUp.objects.filter(region=region, day=day).values_list("cashier", flat=True)
    )
    left = [by for by, _n, _sum in cashiers(region, day) if by and by not in done]
    return Check(
        "tills",
        _("Tills"),
        len(left),
        ngettext(
            "One cashier has not cashed up: %(names)s.",
            "%(n)d cashiers have not cashed up: %(names)s.",
            len(left),
        )
        % {"n": len(left), "names": _names(left)}
        if left
        else _("Every cashier has cashed up."),
        must=True,
    )


def _names(accounts: Sequence[int]) -> str:
    rows = Person.objects.filter(pk__in=accounts).order_by("full_name")
    return formats.listing([one.full_name for one in rows])


def _deposits(region: Region, day: date) -> Check:
    late = [one for one in collectors.standings(region) if one.late(day)]
    return Check(
        "deposits",
        _("Deposits of village collectors"),
        len(late),
        ngettext(
            "One collector has held money for too long.",
            "%(n)d collectors have held money for too long.",
            len(late),
        )
        % {"n": len(late)}
        if late
        else _("No collector holds money longer than agreed."),
    )


def open_days(region: Region, *, on: date) -> list[date]:
    """Days with postings or files that nobody has closed, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d::date FROM generate_series(%(first)s::date, %(on)s, '1 day') d"
            " WHERE (EXISTS (SELECT FROM revenue_posting p"
            "   WHERE p.region_id = %(region)s AND p.day = d::date)"
            "  OR EXISTS (SELECT FROM revenue_statement s"
            "   WHERE s.region_id = %(region)s AND s.day = d::date))"
            " AND NOT EXISTS (SELECT FROM revenue_dayclose c"
            "   WHERE c.region_id = %(region)s AND c.day = d::date) ORDER BY 1",
            {
                "first": on - timedelta(days=LOOKED_BACK),
                "on": on,
                "region": region.code,
            },
        )
        return [row[0] for row in cursor.fetchall()]


def closed(region: Region, day: date) -> DayClose | None:
    """What was closed, if it was."""
    rows = DayClose.objects.select_related("closed_by")
    return rows.filter(region=region, day=day).first()
