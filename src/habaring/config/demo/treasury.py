"""The demo of the revenue office's books, all of it illustrative: a bank that paid, its
file with what does not match, a payer who asks, days that are closed.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.utils.timezone import localdate

from habaring.regions.models import Region
from habaring.revenue import assessing, claims, closing, ledger
from habaring.revenue.actions import claims as reports
from habaring.revenue.actions import closing as days
from habaring.revenue.actions import statements
from habaring.revenue.actions.claims import Reached
from habaring.revenue.actions.statements import NewStatement
from habaring.revenue.claims import Said
from habaring.revenue.models import Bill, Partner, PartnerKind, StatementKind
from habaring.revenue.statement_files import Line, StatementFile

DAY = timedelta(days=1)
PAID, BILLS = 6, 9
"""How many bills are paid through the bank, and how many take part in the story."""
LEFT_OPEN = 2
"""The last days are still open: somebody may close them and see how it is done."""


def tell(region: Region, *, at: datetime) -> None:
    """Yesterday's payments by virtual account, the bank's file, what it leaves open."""
    bank = Partner.objects.filter(region=region, kind=PartnerKind.VA).first()
    rows = Bill.objects.filter(
        region=region, year=localdate(at).year, state="issued", received=0, amount__gt=0
    )
    unpaid = list(rows.order_by("number")[:BILLS])
    when = at - DAY
    if bank is None or len(unpaid) < BILLS or when < unpaid[0].issued_at:
        return
    for n, bill in enumerate(unpaid[:PAID]):
        _pay(bank, bill, n, when)
    file = StatementFile(tuple(_lines(bank, unpaid, when)))
    new = NewStatement(
        kind=StatementKind.SETTLEMENT,
        day=localdate(when),
        name=f"contoh-bank-{localdate(when).isoformat()}.csv",
        sha256=hashlib.sha256(repr(file).encode()).hexdigest(),
        partner=bank,
        illustrative=True,
    )
    row = statements.take_in(region=region, new=new, file=file, by=None, at=at)
    statements.match(statement=row, by=None, at=at, on=localdate(at))
    _ask(bank, unpaid[-1], at)
    _close(region, at)


def _reference(n: int) -> str:
    return f"CONTOH-VA-{n:04d}"


def _pay(bank: Partner, bill: Bill, n: int, when: datetime) -> None:
    notice = ledger.Notice(
        region=bank.region_id,
        channel=bank.channel,
        reference=_reference(n),
        bill=bill.id,
        amount=_owed(bill, when),
        paid_at=when,
        body_sha256=hashlib.sha256(_reference(n).encode()).digest(),
    )
    ledger.pay(notice, at=when, day=localdate(when))


def _lines(bank: Partner, bills: Sequence[Bill], when: datetime) -> Iterator[Line]:
    """All that was paid but the last; one with another amount; one that nobody told."""
    for n, bill in enumerate(bills[: PAID - 1]):
        amount = _owed(bill, when) - (1_000 if n == 1 else 0)
        yield _line(bank, bill, n, amount, when)
    told_nobody = bills[PAID]
    yield _line(bank, told_nobody, PAID, _owed(told_nobody, when), when)


def _owed(bill: Bill, when: datetime) -> int:
    """With the interest of that day: then the bill is paid."""
    return assessing.owed_on(bill, localdate(when), waivers=()).total


def _line(bank: Partner, bill: Bill, n: int, amount: int, when: datetime) -> Line:
    number = f"{bank.prefix}{bill.number}{bill.year % 100:02d}"
    return Line(n + 2, bank.channel, _reference(n), number, "", amount, when)


def _ask(bank: Partner, bill: Bill, at: datetime) -> None:
    """ "I paid, but it says unpaid", two days ago."""
    said = Said(
        nop=bill.number,
        year=bill.year,
        channel=bank.channel,
        reference="CONTOH-STRUK-81",
        paid_on=localdate(at - 2 * DAY),
        amount=bill.amount,
    )
    reports.file(
        region=bank.region,
        said=said,
        answer=claims.answer(bank.region, said),
        reached=Reached(told="Contoh: saya membayar lewat ATM, struknya masih ada."),
        account=None,
        at=at - DAY,
    )


def _close(region: Region, at: datetime) -> None:
    """All days but the last ones."""
    today = localdate(at)
    for day in closing.open_days(region, on=today - LEFT_OPEN * DAY):
        days.close_day(region=region, day=day, note="", by=None, at=at, on=today)
