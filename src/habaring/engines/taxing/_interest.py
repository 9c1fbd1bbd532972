"""Interest by the month: for lateness, for instalments, after an audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from habaring.engines.taxing._problems import problem, refused
from habaring.engines.taxing._values import InterestRule, Rules


@dataclass(frozen=True)
class Interest:
    """Interest with its reasons. `months` that began, `counted` after the cap."""

    kind: str
    principal: int
    due_on: date
    paid_on: date
    months: int
    counted: int
    monthly: Fraction
    exact: Fraction
    amount: int
    rule: InterestRule

    @property
    def capped(self) -> bool:
        return self.counted < self.months


@dataclass(frozen=True)
class Instalment:
    """One payment of a plan: a part of the principal and the interest until then."""

    number: int
    due_on: date
    principal: int
    owed_before: int
    months: int
    interest: int

    @property
    def payable(self) -> int:
        return self.principal + self.interest


def months_begun(due_on: date, paid_on: date) -> int:
    """How many months began after the due date, a part of one counting whole.

    The first month begins on the day after `due_on`, each later one on the same day of
    the month; where a month has no such day, on the first of the month after it.

    >>> months_begun(date(2025, 9, 30), date(2025, 10, 31))
    1
    >>> months_begun(date(2025, 9, 30), date(2025, 12, 10))
    3
    >>> months_begun(date(2024, 1, 30), date(2024, 3, 1))
    2
    """
    if paid_on <= due_on:
        return 0
    start = due_on + timedelta(days=1)
    years, months = paid_on.year - start.year, paid_on.month - start.month
    return 12 * years + months + (paid_on.day >= start.day)


def late_interest(
    rules: Rules, principal: int, *, due_on: date, paid_on: date, kind: str = "late"
) -> Interest:
    """Interest on an unpaid principal (rupiah) until it is paid.

    `kind`: "late" (STPD), "audit" (SKPDKB after an audit), "ex-officio". The day that
    counts is the payer's (channel's), never the day the message arrived.

    Raises:
        Refused: a principal below zero, rules without interest of this kind.
    """
    rule = _rule(rules, principal, kind)
    months = months_begun(due_on, paid_on)
    counted = months if rule.cap_months is None else min(months, rule.cap_months)
    exact = principal * rule.monthly * counted
    return Interest(
        kind,
        principal,
        due_on,
        paid_on,
        months,
        counted,
        rule.monthly,
        exact,
        rule.rounding.apply(exact),
        rule,
    )


def instalments(
    rules: Rules,
    principal: int,
    *,
    from_on: date,
    days: Sequence[date],
    kind: str = "instalment",
) -> tuple[Instalment, ...]:
    """A plan of equal parts, the odd rupiah in the first, due on rising `days`.

    Each payment carries the interest on what was still owed before it, for the months
    begun since the payment before (the first: since `from_on`), capped in all.

    Raises:
        Refused: no interest of this kind, a principal below zero, days that do not rise.
    """
    rule = _rule(rules, principal, kind)
    ends = (from_on, *days)
    falling = [b for a, b in pairwise(ends) if b <= a]
    if falling or not days:
        day = falling[0] if falling else from_on
        raise refused([problem("days_not_rising", day=day)])
    each, odd = divmod(principal, len(days))
    owed, before, spent = principal, from_on, 0
    plan = []
    for number, day in enumerate(days, 1):
        months = months_begun(before, day)
        if rule.cap_months is not None:
            months = min(months, rule.cap_months - spent)
        interest = rule.rounding.apply(owed * rule.monthly * months)
        part = each + (odd if number == 1 else 0)
        plan.append(Instalment(number, day, part, owed, months, interest))
        owed, before, spent = owed - part, day, spent + months
    return tuple(plan)


def _rule(rules: Rules, principal: int, kind: str) -> InterestRule:
    rule = rules.interest.get(kind)
    problems = []
    if rule is None:
        problems.append(problem("no_interest", "interest", value=kind))
    if principal < 0:
        problems.append(problem("principal_negative", value=principal))
    if rule is None or problems:
        raise refused(problems)
    return rule
