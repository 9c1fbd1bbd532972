"""The makers agree with the engine."""

from datetime import date
from typing import TYPE_CHECKING

import pytest

from habaring.engines import taxing
from tests.revenue import makers

if TYPE_CHECKING:
    from habaring.regions.models import Region

pytestmark = pytest.mark.django_db


def test_the_bill_of_the_makers_is_what_its_rule_gives(kotim: "Region") -> None:
    bill = makers.bill(kotim)
    rules = taxing.read_rules(bill.rule.text)
    told = taxing.assess(rules, bill.facts, on=date(bill.year, 1, 1))
    assert told.total == bill.amount == makers.AMOUNT
    bill.refresh_from_db()
    assert (bill.received, bill.id > 0) == (0, True)
