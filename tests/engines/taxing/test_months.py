"""Months, due dates, instalments, and which rules are in force."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habaring.engines.taxing import (
    Due,
    Refused,
    Rules,
    due_on,
    in_force,
    instalments,
    late_interest,
    months_begun,
)
from tests.engines.taxing import making, plain

RATE = making.row("rates", percent=0.1)
DAYS = st.dates(date(2019, 1, 1), date(2029, 12, 31))


def rules(*parts: str, **more: str) -> Rules:
    return making.rules(making.text("pbb", making.TEN_MILLION, RATE, *parts, **more))


@given(DAYS, st.integers(-40, 1500))
def test_months_equal_the_twin_that_walks_day_by_day(due: date, later: int) -> None:
    paid = due + timedelta(days=later)
    assert months_begun(due, paid) == plain.months(due, paid)


@given(DAYS, st.integers(0, 1500))
def test_a_day_later_never_costs_less_nor_two_months_more(
    due: date, later: int
) -> None:
    paid = due + timedelta(days=later)
    step = months_begun(due, paid + timedelta(days=1)) - months_begun(due, paid)
    assert step in {0, 1}


def test_interest_without_a_cap_and_without_a_rule() -> None:
    endless = making.late().replace("cap_months = 24\n", "")
    due, paid = date(2015, 9, 30), date(2025, 9, 30)
    told = late_interest(rules(endless), 1_000_000, due_on=due, paid_on=paid)
    assert told.amount == 1_200_000
    with pytest.raises(Refused, match="no interest of the kind late"):
        late_interest(rules(), 1, due_on=due, paid_on=paid)
    with pytest.raises(Refused, match="below zero"):
        late_interest(rules(endless), -1, due_on=due, paid_on=paid)


def test_interest_of_an_audit_and_by_estimate() -> None:
    audit = making.late("1.8").replace("interest.late", "interest.audit")
    guess = making.late("2.2").replace("interest.late", "interest.ex-officio")
    read = rules(audit, guess)
    due, paid = date(2025, 1, 31), date(2025, 3, 15)
    for kind, expected in (("audit", 36_000), ("ex-officio", 44_000)):
        told = late_interest(read, 1_000_000, due_on=due, paid_on=paid, kind=kind)
        assert told.amount == expected


def test_a_plan_of_instalments() -> None:
    part = making.late("0.6").replace("interest.late", "interest.instalment")
    days = [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
    plan = instalments(rules(part), 1_000_000, from_on=date(2025, 12, 31), days=days)
    assert [one.principal for one in plan] == [333_334, 333_333, 333_333]
    assert [one.owed_before for one in plan] == [1_000_000, 666_666, 333_333]
    assert [one.months for one in plan] == [1, 1, 1]
    assert [one.interest for one in plan] == [6_000, 3_999, 1_999]
    assert sum(one.principal for one in plan) == 1_000_000
    with pytest.raises(Refused, match="do not rise"):
        instalments(rules(part), 1, from_on=days[0], days=days)


def test_due_dates() -> None:
    def when(kind: str, value: str, due: Due, table: str = "due") -> date:
        written = f'[{table}]\nkind = "{kind}"\nvalue = {value}\n{making.ART}'
        return due_on(rules(written), due, filing=table == "filing")

    assert when("day-of-year", '"09-30"', Due(year=2025)) == date(2025, 9, 30)
    assert when("day-of-year", '"02-29"', Due(year=2025)) == date(2025, 2, 28)
    issued = Due(issued_on=date(2024, 8, 31))
    assert when("months-after-issue", "6", issued) == date(2025, 2, 28)
    event = Due(event_on=date(2026, 1, 31))
    assert when("days-after", "0", event) == date(2026, 1, 31)
    new_year = Due(event_on=date(2025, 12, 31), holidays=[date(2026, 1, 1)])
    assert when("working-days-after", "10", new_year) == date(2026, 1, 15)
    filed = when("working-days-after", "15", new_year, "filing")
    assert filed == date(2026, 1, 22)
    with pytest.raises(Refused, match="needs event_on"):
        when("days-after", "3", Due())
    with pytest.raises(Refused, match="do not say"):
        due_on(rules(), Due(year=2026))


def test_which_rules_are_in_force() -> None:
    first = rules(in_force_to="2025-12-31")
    second = rules(in_force_from="2026-01-01")
    assert in_force([first, second], date(2025, 12, 31)) is first
    assert in_force([first, second], date(2026, 1, 1)) is second
    assert in_force([first, second], date(2023, 1, 1)) is None
    third = rules(in_force_from="2025-12-31", code='"another"')
    with pytest.raises(Refused) as refusal:
        in_force([first, second, third], date(2023, 1, 1))
    assert len(refusal.value.problems) == 2
    walet = making.text("walet", RATE, rounding="base tax")
    with pytest.raises(Refused, match="different taxes"):
        in_force([first, making.rules(walet)], date(2026, 1, 1))
