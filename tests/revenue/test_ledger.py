"""Payments and the ledger: once, balanced, and the same in whatever order they came."""

import hashlib
from datetime import UTC, date, datetime
from typing import Any

import pytest

from habaring.regions.models import Region
from habaring.revenue import ledger
from habaring.revenue.ledger import Notice, Paid
from habaring.revenue.models import Account, Bill, Payment, Posting
from habaring.shared import walls
from tests.revenue import makers

pytestmark = pytest.mark.django_db

EARLY = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
LATE = datetime(2026, 12, 10, 3, 0, tzinfo=UTC)
DAY = date(2026, 9, 1)


@pytest.fixture
def bill(kotim: Region) -> Bill:
    walls.open_region("62.02")
    return makers.bill(kotim)


def notice(bill: Bill | None, reference: str = "R1", **more: Any) -> Notice:
    given: dict[str, Any] = {
        "amount": makers.AMOUNT,
        "paid_at": EARLY,
        "channel": "va:kalteng",
        "body_sha256": hashlib.sha256(reference.encode()).digest(),
    }
    return Notice(
        region="62.02",
        reference=reference,
        bill=bill.id if bill else None,
        **(given | more),
    )


def pay(*arguments: Any, **more: Any) -> Paid:
    return ledger.pay(notice(*arguments, **more), at=EARLY, day=DAY)


def net(account: Account) -> int:
    rows = Posting.objects.all()
    debits = sum(row.amount for row in rows if row.debit == account)
    return debits - sum(row.amount for row in rows if row.credit == account)


def test_a_payment_clears_its_bill(bill: Bill) -> None:
    paid = pay(bill)
    bill.refresh_from_db()
    assert (paid.outcome, paid.applied, paid.interest) == ("posted", 77_600, 0)
    assert (bill.received, bill.owed) == (77_600, 0)
    assert net(Account.CLEARING) == 77_600


def test_the_same_notice_again_has_the_first_answer(bill: Bill) -> None:
    first = pay(bill)
    again = pay(bill)
    assert again.outcome == "replay"
    assert again.serial == first.serial
    assert pay(bill, body_sha256=bytes(32)).outcome == "conflict"
    assert Payment.objects.count() == 1
    assert Posting.objects.count() == 1


def test_late_money_pays_its_interest(bill: Bill) -> None:
    paid = pay(bill, amount=77_600 + 2_328, paid_at=LATE)
    assert (paid.applied, paid.interest, paid.surplus) == (77_600, 2_328, 0)
    bill.refresh_from_db()
    assert bill.owed == 0
    assert net(Account.INTEREST) == -2_328


def test_reversal_of_the_first_of_two(bill: Bill) -> None:
    pay(bill, "R1")
    assert pay(bill, "R2").surplus == 77_600
    back = ledger.reverse(
        region="62.02",
        channel="va:kalteng",
        reference="R1",
        body_sha256=bytes(32),
        at=EARLY,
        day=DAY,
    )
    assert (back.outcome, back.applied, back.surplus) == ("reversed", 0, -77_600)
    bill.refresh_from_db()
    assert bill.owed == 0
    assert net(Account.OVERPAID) == 0


def test_many_at_once(bill: Bill, kotim: Region) -> None:
    other = makers.bill(kotim, makers.object(kotim))
    answers = ledger.pay_many(
        [notice(other, "R2"), notice(None, "R0"), notice(bill, "R1", paid_at=LATE)],
        at=EARLY,
        day=DAY,
    )
    assert [one.outcome for one in answers] == ["posted"] * 3
    assert (answers[1].surplus, answers[1].known) == (77_600, False)
    assert answers[2].interest > 0
