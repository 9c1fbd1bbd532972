"""The ledger holds whatever comes: any order, any reversal, any hand."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habaring.engines.bookkeeping import Arrived, Late, Share, standing
from habaring.regions.models import Region
from habaring.revenue import ledger
from habaring.revenue.ledger import Line, Notice
from habaring.revenue.models import (
    Account,
    Bill,
    BillState,
    DayClose,
    Payment,
    Posting,
    Source,
)
from habaring.shared import walls
from tests.revenue import makers

pytestmark = pytest.mark.django_db

AT = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
DAY = date(2026, 9, 1)
BODY = bytes(32)


@pytest.fixture
def bill(kotim: Region) -> Bill:
    walls.open_region("62.02")
    row = makers.bill(kotim, amount=100)
    issued(row)
    return row


def issued(row: Bill) -> None:
    ledger.post(
        region="62.02",
        day=DAY,
        lines=[Line(Account.RECEIVABLE, Account.TAX, row.amount, row.tax)],
        source=Source.BILL,
        source_key=str(row.id),
        at=AT,
    )


def notice(bill: int | None, reference: str, amount: int, **more: Any) -> Notice:
    given: dict[str, Any] = {
        "channel": "va:kalteng",
        "paid_at": AT,
        "body_sha256": BODY,
    }
    return Notice(
        region="62.02", reference=reference, bill=bill, amount=amount, **(given | more)
    )


def reverse(reference: str) -> ledger.Paid:
    return ledger.reverse(
        region="62.02",
        channel="va:kalteng",
        reference=reference,
        body_sha256=BODY,
        at=AT,
        day=DAY,
    )


def net(account: Account) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(CASE WHEN debit = %s THEN amount ELSE -amount END), 0)"
            " FROM revenue_posting WHERE %s IN (debit, credit)",
            [account.value, account.value],
        )
        return int(cursor.fetchone()[0])


def assert_agrees(asked: int) -> Share:
    """Bill, payments, engine and ledger say the same."""
    row = Bill.objects.get()
    paid = Payment.objects.filter(state="posted", bill=row.id)
    paid = paid.order_by("paid_at", "channel", "reference")
    told = standing(
        asked,
        [
            Arrived(
                one.amount,
                Late(
                    one.late_ppm or 0,
                    (one.late_rounding or 4) // 4,
                    ("down", "up", "half-up", "half-even")[
                        (one.late_rounding or 4) % 4
                    ],
                ),
            )
            for one in paid
        ],
    )
    assert ledger.standings("62.02", [row.id])[row.id] == told
    assert row.received == sum(one.amount for one in paid)
    assert (row.beside or 0) == told.interest + told.surplus
    assert net(Account.RECEIVABLE) == asked - told.principal
    assert net(Account.INTEREST) == -told.interest
    assert net(Account.OVERPAID) == -told.surplus
    assert net(Account.CLEARING) == row.received
    return told


payments = st.tuples(
    st.integers(1, 150),  # amount
    st.integers(0, 3),  # day it was paid
    st.builds(
        Late,
        st.sampled_from([0, 20_000, 333_333]),
        st.sampled_from([1, 10]),
        st.sampled_from(["down", "up", "half-even"]),
    ),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(payments, min_size=1, max_size=5),
    st.lists(st.integers(0, 4), max_size=3),
    st.randoms(use_true_random=False),
    st.sampled_from([100, 40, 180, 0]),
)
def test_no_order_of_messages_matters(
    bill: Bill,
    paid: list[tuple[int, int, Late]],
    reversed_ones: list[int],
    order: Any,
    amended: int,
) -> None:
    with transaction.atomic():
        deeds: list[Callable[[], object]] = [
            lambda i=i, one=one: ledger.pay(  # type: ignore[misc]
                notice(
                    bill.id,
                    f"R{i}",
                    one[0],
                    paid_at=AT + timedelta(days=one[1]),
                    late=one[2],
                ),
                at=AT,
                day=DAY,
            )
            for i, one in enumerate(paid)
        ]
        deeds *= 2  # every message comes twice
        deeds += [
            lambda i=i: reverse(f"R{i}")  # type: ignore[misc]
            for i in reversed_ones
            if i < len(paid)
        ]
        deeds.append(
            lambda: ledger.amend(
                bill, cause=(Source.CASE, "1"), at=AT, day=DAY, amount=amended
            )
        )
        order.shuffle(deeds)
        for deed in deeds:
            deed()
        told = assert_agrees(amended)
        stand = [one for i, one in enumerate(paid) if i not in reversed_ones]
        assert Payment.objects.filter(state="posted").count() == len(stand)
        assert told.principal + told.interest + told.surplus == sum(p[0] for p in stand)
        transaction.set_rollback(True)


def test_a_reversal_that_comes_first_keeps_the_payment_out(bill: Bill) -> None:
    assert reverse("R1").outcome == "never"
    assert reverse("R1").outcome == "replay"
    assert ledger.pay(notice(bill.id, "R1", 100), at=AT, day=DAY).outcome == "never"
    assert assert_agrees(100) == Share()


def test_reversed_once_however_often_it_is_said(bill: Bill) -> None:
    ledger.pay(notice(bill.id, "R1", 100), at=AT, day=DAY)
    assert reverse("R1").outcome == "reversed"
    assert reverse("R1").outcome == "replay"
    assert ledger.pay(notice(bill.id, "R1", 100), at=AT, day=DAY).outcome == "replay"
    assert assert_agrees(100) == Share()


def test_money_for_no_known_bill_is_kept_and_moved(bill: Bill) -> None:
    paid = ledger.pay(notice(987_654, "R1", 100), at=AT, day=DAY)
    assert (paid.outcome, paid.known, paid.surplus) == ("posted", False, 100)
    assert net(Account.UNIDENTIFIED) == -100
    payment = Payment.objects.get()
    moved = ledger.move(payment, bill=bill.id, source_key="F1", at=AT, day=DAY)
    assert (moved.outcome, moved.applied) == ("moved", 100)
    assert net(Account.UNIDENTIFIED) == 0
    assert assert_agrees(100).principal == 100


def test_a_payment_moves_from_one_bill_to_another(kotim: Region, bill: Bill) -> None:
    other = makers.bill(kotim, makers.object(kotim), amount=60)
    ledger.pay(notice(bill.id, "R1", 100), at=AT, day=DAY)
    ledger.move(Payment.objects.get(), bill=other.id, source_key="F1", at=AT, day=DAY)
    bill.refresh_from_db()
    other.refresh_from_db()
    assert (bill.owed, bill.received, other.owed, other.received) == (100, 0, 0, 100)
    assert net(Account.OVERPAID) == -40
    assert net(Account.CLEARING) == 100


def test_what_cannot_be_moved_is_told(bill: Bill) -> None:
    ledger.pay(notice(bill.id, "R1", 100), at=AT, day=DAY)
    payment = Payment.objects.get()
    with pytest.raises(ledger.NotPossible):
        ledger.move(payment, bill=555, source_key="F", at=AT, day=DAY)
    reverse("R1")
    with pytest.raises(ledger.NotPossible):
        ledger.move(payment, bill=bill.id, source_key="F", at=AT, day=DAY)


def test_a_cancelled_bill_owes_its_money_back(bill: Bill) -> None:
    ledger.pay(notice(bill.id, "R1", 100), at=AT, day=DAY)
    told = ledger.amend(
        bill, cause=(Source.CASE, "1"), at=AT, day=DAY, state=BillState.CANCELLED
    )
    assert (told.asked, told.change, told.standing.surplus) == (0, -100, 100)
    assert net(Account.REDUCTION) == 100
    assert assert_agrees(0).surplus == 100


def test_what_is_written_off_is_told_apart(bill: Bill) -> None:
    ledger.amend(
        bill, cause=(Source.CASE, "1"), at=AT, day=DAY, state=BillState.WRITTEN_OFF
    )
    assert net(Account.WRITTEN_OFF) == 100


def close(day: date = DAY, **more: Any) -> DayClose:
    given = {
        "totals": ledger.totals("62.02", day),
        "received": 0,
        "payments": 0,
        "closed_at": AT,
    }
    return DayClose.objects.create(region_id="62.02", day=day, **(given | more))


def test_nothing_is_added_to_a_closed_day(bill: Bill) -> None:
    close()
    with pytest.raises(ledger.ClosedDay):
        issued(bill)
    with pytest.raises(IntegrityError, match="closed"), transaction.atomic():
        Posting.objects.create(
            region_id="62.02",
            day=DAY,
            debit="1.1.1",
            credit="1.1.2",
            amount=1,
            source="repair",
            source_key="x",
            recorded_at=AT,
        )


def test_what_comes_for_a_closed_day_goes_to_the_next_open_one(bill: Bill) -> None:
    close()
    close(DAY + timedelta(days=1))
    paid = ledger.pay(notice(bill.id, "R1", 100), at=AT, day=DAY)
    assert paid.day == DAY + timedelta(days=2)
    assert {row.day for row in ledger.postings_of(Payment.objects.get())} == {paid.day}
    assert reverse("R1").day == paid.day


def test_a_day_closes_only_on_what_it_came_to(bill: Bill) -> None:
    with pytest.raises(IntegrityError, match="something else"), transaction.atomic():
        close(totals={"1.1.4": [99, 0], "7.1.1": [0, 99]})
    close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE revenue_posting SET amount = amount + 1",
        "UPDATE revenue_posting SET debit = credit, credit = debit",
        "DELETE FROM revenue_posting",
        "UPDATE revenue_payment SET amount = amount + 1",
        "UPDATE revenue_payment SET state = 'never'",
        "UPDATE revenue_payment SET state = 'reversed'",
        "UPDATE revenue_payment SET bill = NULL",
        "UPDATE revenue_payment SET body_sha256 = 'x', paid_at = now()",
        "DELETE FROM revenue_payment",
        "INSERT INTO revenue_posting SELECT 0, 0, now(), day, region_id, debit, credit,"
        " tax, source, source_key FROM revenue_posting",
        "INSERT INTO revenue_posting SELECT 0, 5, now(), day, region_id, debit, debit,"
        " tax, source, source_key FROM revenue_posting",
    ],
)
def test_not_even_the_owner_changes_what_was_written(
    bill: Bill, statement: str
) -> None:
    ledger.pay(notice(bill.id, "R1", 100), at=AT, day=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize("table", ["revenue_posting", "revenue_payment"])
def test_nor_empties_it(bill: Bill, table: str) -> None:
    connection.cursor().execute("SET LOCAL habaring.may_empty = ''")
    with pytest.raises(IntegrityError, match="never emptied"), transaction.atomic():
        connection.cursor().execute(f"TRUNCATE {table}")


@pytest.fixture
def as_app(bill: Bill) -> Iterator[None]:
    ledger.pay(notice(bill.id, "R1", 100), at=AT, day=DAY)
    walls.give_app_role()
    connection.cursor().execute("SET LOCAL ROLE habaring_app")
    yield
    connection.cursor().execute("RESET ROLE")


@pytest.mark.usefixtures("as_app")
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO revenue_posting SELECT * FROM revenue_posting",
        "UPDATE revenue_payment SET state = 'reversed', reversed_at = now()",
        "INSERT INTO revenue_payment SELECT * FROM revenue_payment",
        "DELETE FROM revenue_payment",
        "TRUNCATE revenue_posting",
        "UPDATE revenue_bill SET received = 0",
        "UPDATE revenue_bill SET amount = 1, state = 'sent'",
        "UPDATE revenue_bill SET beside = 1",
        "DELETE FROM revenue_bill",
    ],
)
def test_the_app_role_has_only_the_functions(statement: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.usefixtures("as_app")
def test_no_bill_falls_away_without_a_posting() -> None:
    change = "UPDATE revenue_bill SET state = %s"
    with pytest.raises(IntegrityError, match="by a posting"), transaction.atomic():
        connection.cursor().execute(change, [BillState.CANCELLED])
    connection.cursor().execute(change, [BillState.SENT])


@pytest.mark.usefixtures("as_app")
def test_and_they_write_only_where_it_is_open(bill: Bill) -> None:
    assert ledger.pay(notice(bill.id, "R2", 1), at=AT, day=DAY).outcome == "posted"
    walls.open_region("62.01")
    with pytest.raises(DatabaseError, match="not opened"), transaction.atomic():
        ledger.pay(notice(bill.id, "R3", 1), at=AT, day=DAY)
    with pytest.raises(DatabaseError, match="not opened"), transaction.atomic():
        reverse("R1")
    with pytest.raises(DatabaseError, match="not opened"), transaction.atomic():
        issued(bill)


def test_a_settlement_once(bill: Bill) -> None:
    ledger.pay(notice(bill.id, "R1", 100), at=AT, day=DAY)
    given: dict[str, Any] = {
        "region": "62.02",
        "channel": "va:kalteng",
        "amount": 100,
        "day": DAY,
        "source_key": "S1",
        "at": AT,
    }
    assert ledger.settle(**given)
    assert not ledger.settle(**given)
    assert (net(Account.CASH), net(Account.CLEARING)) == (100, 0)


def test_cash_of_a_collector_stands_with_collectors(bill: Bill) -> None:
    given = notice(bill.id, "7/1", 100, channel="collector")
    ledger.pay(given, at=AT, day=DAY)
    assert net(Account.COLLECTORS) == 100
    assert ledger.money_account("counter") is Account.CLEARING


def test_a_batch_is_as_one_by_one(bill: Bill) -> None:
    twice = [notice(bill.id, "R1", 70), notice(bill.id, "R2", 70)] * 2
    told = ledger.pay_many([*twice, notice(None, "R3", 5)], at=AT, day=DAY)
    assert [one.outcome for one in told] == [*["posted"] * 2, *["replay"] * 2, "posted"]
    assert [one.applied for one in told] == [70, 30, 70, 30, 0]
    assert ledger.pay_many([], at=AT, day=DAY) == []


@pytest.mark.parametrize(
    "wrong",
    [{"amount": 0}, {"body_sha256": b"x"}, {"paid_at": AT.replace(tzinfo=None)}],
)
def test_a_notice_that_makes_no_sense_cannot_exist(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"payment|SHA|zone"):
        notice(1, "R", **({"amount": 1} | wrong))


@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment_one_is_first(kotim: Region) -> None:
    with walls.within("62.02"):
        row = makers.bill(kotim, amount=100)
        issued(row)
    told: list[str] = []
    start = threading.Barrier(6)

    def pay(number: int) -> None:
        try:
            start.wait()
            one = notice(row.id, f"R{number % 2}", 100)
            told.append(ledger.pay(one, at=AT, day=DAY).outcome)
        finally:
            connection.close()

    threads = [threading.Thread(target=pay, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["posted"] * 2 + ["replay"] * 4
    with walls.within("62.02"):
        assert assert_agrees(100) == Share(100, 0, 100)
