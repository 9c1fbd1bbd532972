"""The books as tables to keep."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from habaring.revenue.books import AGES, Arrear, Balance, Collected, Receipt
from habaring.revenue.closing import AccountTotal
from habaring.revenue.models import Account, Finding, Posting
from habaring.shared.tables import Column, TableKind, Value, register

_ACCOUNT = Column("account", _("Account"), "code", choices=dict(Account.choices))
_NAME = Column("name", _("Name"), shown_only=True)
_DEBIT = Column("debit", _("Debit"), "rupiah")
_CREDIT = Column("credit", _("Credit"), "rupiah")
TAX = Column("tax", _("Tax"), "code")
YEAR = Column("year", _("Year"), "year")
BILLS = Column("bills", _("Bills"), "whole")

TRIAL = register(
    TableKind(
        "revenue-trial-balance",
        _("Trial balance"),
        _("Trial balance"),
        (Column("day", _("Day"), "date"), _ACCOUNT, _NAME, _DEBIT, _CREDIT),
        key=("account",),
    )
)
LEDGER = register(
    TableKind(
        "revenue-ledger",
        _("Ledger account"),
        _("Ledger"),
        (
            Column("id", _("Posting"), "whole"),
            Column("day", _("Day"), "date"),
            Column("debit", _("Debit account"), "code"),
            Column("credit", _("Credit account"), "code"),
            Column("amount", _("Amount"), "rupiah"),
            TAX,
            Column("source", _("Source"), "text"),
            Column("source_key", _("Key of the source"), "text"),
        ),
        key=("id",),
    )
)
RECEIPTS = register(
    TableKind(
        "revenue-receipts",
        _("Receipts by month, channel and tax"),
        _("Receipts"),
        (
            YEAR,
            Column("month", _("Month"), "whole"),
            Column("channel", _("Channel"), "text"),
            TAX,
            Column("payments", _("Payments"), "whole"),
            Column("amount", _("Amount"), "rupiah"),
        ),
        key=("year", "month", "channel", "tax"),
    )
)
ARREARS = register(
    TableKind(
        "revenue-arrears",
        _("Arrears by tax and year"),
        _("Arrears"),
        (
            TAX,
            YEAR,
            BILLS,
            *(
                Column(f"over_{days}", f"> {days}", "rupiah", help=_("Days past due."))
                for days in AGES
            ),
            Column("total", _("Total"), "rupiah"),
        ),
        key=("tax", "year"),
    )
)
COLLECTION = register(
    TableKind(
        "revenue-collection",
        _("Collection rate"),
        _("Collection"),
        (
            TAX,
            YEAR,
            BILLS,
            Column("asked", _("Asked for"), "rupiah"),
            Column("paid", _("Paid"), "rupiah"),
        ),
        key=("tax", "year"),
    )
)
FINDINGS = register(
    TableKind(
        "revenue-findings",
        _("Findings of the reconciliation"),
        _("Findings"),
        (
            Column("day", _("Day"), "date"),
            Column("outcome", _("Kind"), "text"),
            Column("channel", _("Channel"), "text"),
            Column("reference", _("Reference"), "text"),
            Column("here", _("In the books"), "rupiah"),
            Column("there", _("At the bank"), "rupiah"),
            Column("due_on", _("Due on"), "date"),
            Column("state", _("State"), "text"),
            Column("reason", _("Reason"), "text"),
        ),
        key=("day", "outcome", "channel", "reference"),
    )
)
DAY = register(
    TableKind(
        "revenue-day",
        _("Closed day"),
        _("Closed day"),
        (Column("day", _("Day"), "date"), _ACCOUNT, _NAME, _DEBIT, _CREDIT),
        key=("account",),
    )
)

Rows = Iterator[dict[str, Value]]


def accounts(rows: Iterable[Balance | AccountTotal], day: object) -> Rows:
    """Of `TRIAL` and `DAY`; a trial balance shows each account on its side."""
    for row in rows:
        both = (
            (row.on_debit, row.on_credit)
            if isinstance(row, Balance)
            else (row.debit, row.credit)
        )
        yield {
            "day": day,  # type: ignore[dict-item]
            "account": row.account,
            "name": row.label,
            "debit": both[0],
            "credit": both[1],
        }


def postings(rows: Iterable[Posting]) -> Rows:
    """Of `LEDGER`."""
    names = ("id", "day", "debit", "credit", "amount", "tax", "source", "source_key")
    for row in rows:
        yield {name: getattr(row, name) for name in names}


def receipts(rows: Iterable[Receipt], year: int) -> Rows:
    """Of `RECEIPTS`."""
    for row in rows:
        yield {
            "year": year,
            "month": row.month,
            "channel": row.channel,
            "tax": row.tax,
            "payments": row.payments,
            "amount": row.amount,
        }


def arrears(rows: Iterable[Arrear]) -> Rows:
    """Of `ARREARS`."""
    for row in rows:
        ages = zip(AGES, row.amounts, strict=True)
        yield {
            "tax": row.tax,
            "year": row.year,
            "bills": row.bills,
            **{f"over_{days}": amount for days, amount in ages},
            "total": row.total,
        }


def collection(rows: Iterable[Collected]) -> Rows:
    """Of `COLLECTION`."""
    for row in rows:
        names = ("tax", "year", "bills", "asked", "paid")
        yield {name: getattr(row, name) for name in names}


def findings(rows: Iterable[Finding]) -> Rows:
    """Of `FINDINGS`."""
    for row in rows:
        yield {
            "day": row.day,
            "outcome": row.outcome,
            "channel": row.channel,
            "reference": row.reference,
            "here": row.here,
            "there": row.there,
            "due_on": row.due_on,
            "state": row.state,
            "reason": row.reason or None,
        }
