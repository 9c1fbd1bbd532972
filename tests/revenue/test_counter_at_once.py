"""Two cashiers, one bill, at the same moment: one wins, the other is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils.timezone import localdate, now

from habaring.people.models import Account
from habaring.revenue.actions import counter
from habaring.revenue.actions.counter import AlreadyPaid, Taking
from habaring.revenue.models import Bill, Payment
from habaring.shared import walls
from tests import makers as people
from tests.revenue import makers


def _attempt(bill: int, by: Account, key: str, start: Barrier) -> str:
    region = people.region("62.02")
    try:
        start.wait(timeout=20)
        with walls.within("62.02"):
            counter.take(
                region=region,
                taking=Taking(key, {bill: 77_600}),
                by=by,
                at=now(),
                on=localdate(),
            )
    except AlreadyPaid as told:
        return str(told)
    else:
        return "paid"
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_form", [False, True])
def test_two_cashiers_at_once_take_the_money_once(same_form: bool) -> None:
    with connection.cursor() as cursor:  # the ledger is never emptied, but for tests
        cursor.execute("SET habaring.may_empty = 'yes'")
    region = people.region("62.02")
    dina = people.officer("Dina", region=region, role="cashier")
    eko = people.officer("Eko", region=region, role="cashier")
    with walls.within("62.02"):
        bill = makers.bill(region, due_on=localdate() + timedelta(days=1)).id
    start = Barrier(2)
    keys = ["a" * 32, "a" * 32 if same_form else "b" * 32]
    with ThreadPoolExecutor(2) as pool:
        told = [
            one.result()
            for one in [
                pool.submit(_attempt, bill, by, key, start)
                for by, key in zip((dina, eko), keys, strict=True)
            ]
        ]
    with walls.within("62.02"):
        assert Payment.objects.filter(region=region).count() == 1
        assert Bill.objects.get(region=region, id=bill).received == 77_600
    assert told.count("paid") == (2 if same_form else 1)
    if not same_form:
        (refused,) = [one for one in told if one != "paid"]
        assert "Dina" in refused or "Eko" in refused
