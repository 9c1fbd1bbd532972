"""Which rules are in force on a day, and when something is due."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from habaring.engines.taxing._problems import problem, refused
from habaring.engines.taxing._values import DueRule, Rules

SATURDAY = 5


@dataclass(frozen=True)
class Due:
    """What a due date may hang on; give what the rule asks for."""

    year: int | None = None
    issued_on: date | None = None
    event_on: date | None = None
    holidays: Collection[date] = ()


def in_force(sets: Iterable[Rules], on: date) -> Rules | None:
    """The rules in force on a day, of one tax of one region; None where there is none.

    Raises:
        Refused: two sets that are in force on the same day, whichever day that is;
            sets of different taxes or regions.
    """
    sets = tuple(sets)
    problems = []
    for one, other in combinations(sets, 2):
        if (one.tax, one.region) != (other.tax, other.region):
            told = {"one": f"{one.region} {one.tax}"}
            problems.append(
                problem("other_tax", other=f"{other.region} {other.tax}", **told)
            )
            continue
        later = max(one.in_force_from, other.in_force_from)
        if _holds(one, later) and _holds(other, later):
            named = {"one": one.code, "other": other.code, "day": later}
            problems.append(problem("sets_overlap", **named))
    if problems:
        raise refused(problems)
    return next((rules for rules in sets if _holds(rules, on)), None)


def _holds(rules: Rules, on: date) -> bool:
    end = rules.in_force_to
    return rules.in_force_from <= on and (end is None or on <= end)


def due_on(rules: Rules, due: Due, *, filing: bool = False) -> date:
    """When the tax is to be paid, or with `filing` the return to be handed in.

    `day-of-year` needs `year`; `months-after-issue` needs `issued_on`; the others need
    `event_on` (the last day of the tax month, the acquisition). Working days leave out
    Saturdays, Sundays and `holidays`.

    Raises:
        Refused: rules without such a date, or without what it hangs on.
    """
    rule = rules.filing if filing else rules.due
    if rule is None:
        raise refused([problem("no_due", "filing" if filing else "due")])
    needed = {"day-of-year": "year", "months-after-issue": "issued_on"}
    name = needed.get(rule.kind, "event_on")
    start = getattr(due, name)
    if start is None:
        raise refused([problem("needs", value=name)])
    if rule.kind == "day-of-year":
        return _day_of(rule, start)
    if rule.kind == "months-after-issue":
        return _months_after(start, int(rule.value))
    if rule.kind == "days-after":
        return _plus(start, int(rule.value))
    return _working(start, int(rule.value), frozenset(due.holidays))


def _day_of(rule: DueRule, year: int) -> date:
    month, day = str(rule.value).split("-")
    if (month, day) == ("02", "29"):
        return date(year, 3, 1) - timedelta(days=1)
    return date(year, int(month), int(day))


def _plus(start: date, days: int) -> date:
    return start + timedelta(days=days)


def _months_after(start: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    whole = start.year * 12 + start.month - 1 + months
    first = date(whole // 12, whole % 12 + 1, 1)
    after = whole + 1
    end = date(after // 12, after % 12 + 1, 1) - timedelta(days=1)
    return first.replace(day=min(start.day, end.day))


def _working(start: date, days: int, holidays: frozenset[date]) -> date:
    day = start
    while days:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY and day not in holidays:
            days -= 1
    return day
