"""The same as the engine, slowly and obviously."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from habaring.engines.bookkeeping import Arrived, Late, Money, Share


def interest(late: Late, principal: int) -> int:
    steps = Fraction(principal * late.ppm, 1_000_000 * late.unit)
    whole, rest = steps.numerator // steps.denominator, steps % 1
    half = Fraction(1, 2)
    up = {
        "down": False,
        "up": rest > 0,
        "half-up": rest >= half,
        "half-even": rest > half or (rest == half and whole % 2 == 1),
    }[late.mode]
    return (whole + int(up)) * late.unit


def share(left: int, arrived: Arrived) -> Share:
    """Rupiah by rupiah."""
    amount = arrived.amount
    if left + interest(arrived.late, left) <= amount:
        whole = interest(arrived.late, left)
        return Share(left, whole, amount - left - whole)
    covered = 0
    while (
        covered < left and covered + 1 + interest(arrived.late, covered + 1) <= amount
    ):
        covered += 1
    return Share(covered, amount - covered, 0)


def outcomes(ours: Money, banks: Money) -> dict[object, str]:
    """Key by key, as the table in domain.md 4.5 says."""
    found: dict[object, str] = {}
    mine = {key: (amount, day) for key, amount, day in _rows(ours)}
    lines: dict[object, list[tuple[int, int]]] = {}
    for key, amount, day in _rows(banks):
        lines.setdefault(key, []).append((amount, day))
    for key in [*ours.keys, *lines]:
        here = mine.get(key, (0, 0))[0]
        there = lines.get(key, [])
        found[key] = _outcome(key in mine, here, mine.get(key, (0, -1))[1], there)
    return found


def _rows(money: Money) -> list[tuple[object, int, int]]:
    columns: Any = (money.keys, money.amounts, money.days)
    return list(zip(*columns, strict=True))


def _outcome(known: bool, here: int, day: int, there: Sequence[tuple[int, int]]) -> str:
    net = sum(amount for amount, _ in there)
    if not known and net:
        return "only_bank"
    if not there and here:
        return "only_system"
    if here == 0 or net == 0:
        return "reversed"
    if here == net:
        return "match" if there[0][1] == day else "late_date"
    twice = len([1 for amount, _ in there if amount > 0]) > 1
    return "duplicate" if twice and net > here else "amount_diff"
