"""Payments, files and reports as the office finds them in the morning."""

import hashlib
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from habaring.regions.models import Region
from habaring.revenue import claims, ledger
from habaring.revenue.actions import claims as claim_actions
from habaring.revenue.actions import statements
from habaring.revenue.actions.claims import Reached
from habaring.revenue.actions.statements import NewStatement
from habaring.revenue.claims import Said
from habaring.revenue.models import Bill, Claim, Partner, Statement, StatementKind
from habaring.revenue.statement_files import Line, StatementFile
from tests.revenue import makers

DAY = date(2026, 11, 2)
AT = datetime(2026, 11, 2, 12, 0, tzinfo=ZoneInfo("Asia/Jakarta"))


def bank(region: Region) -> Partner:
    """A bank that takes payments to virtual accounts: channel va:bk."""
    return Partner.objects.create(
        region=region,
        code="bk",
        name="Bank Contoh",
        kind="va",
        partner_id="BK",
        illustrative=True,
        recorded_at=AT,
    )


def pay(
    bill: Bill | None, reference: str, amount: int = makers.AMOUNT, **more: Any
) -> ledger.Paid:
    """Money by the bank's channel, now."""
    at = more.get("at", AT)
    return ledger.pay(
        ledger.Notice(
            region="62.02",
            channel=more.get("channel", "va:bk"),
            reference=reference,
            bill=bill.id if bill else None,
            amount=amount,
            paid_at=at,
            body_sha256=hashlib.sha256(reference.encode()).digest(),
            by=more.get("by"),
        ),
        at=at,
        day=at.date(),
    )


def file(partner: Partner, *rows: tuple[str, int], day: date = DAY) -> Statement:
    """The bank's file of a day, one line for each reference and amount; not compared."""
    at = datetime.combine(day, AT.timetz())
    lines = tuple(
        Line(n, partner.channel, reference, "", "", amount, at)
        for n, (reference, amount) in enumerate(rows, start=2)
    )
    new = NewStatement(
        kind=StatementKind.SETTLEMENT,
        day=day,
        name="berkas.csv",
        sha256=hashlib.sha256(repr(rows).encode()).hexdigest(),
        partner=partner,
        illustrative=True,
    )
    return statements.take_in(
        region=partner.region, new=new, file=StatementFile(lines), by=None, at=AT
    )


def compare(row: Statement) -> dict[str, int]:
    """What a comparison finds, by outcome."""
    return dict(statements.match(statement=row, by=None, at=AT, on=DAY).counts)


def report(bill: Bill, reference: str = "SLIP-1", *, email: str = "") -> Claim:
    """Somebody says that they paid this bill through the bank."""
    said = Said(bill.number, bill.year, "va:bk", reference, DAY, bill.amount)
    return claim_actions.file(
        region=bill.region,
        said=said,
        answer=claims.answer(bill.region, said),
        reached=Reached(email=email, told="Saya punya struknya."),
        account=None,
        at=AT,
    )
