"""Whole rupiah out of exact fractions, by a rounding that has a name."""

from typing import Literal, TypeAlias, get_args

Mode: TypeAlias = Literal["down", "up", "half-up", "half-even"]
MODES: tuple[Mode, ...] = get_args(Mode)


def rounded(numerator: int, denominator: int, *, unit: int, mode: Mode) -> int:
    """`numerator / denominator` rupiah (>= 0) to a multiple of `unit` rupiah.

    `down` cuts off, `up` goes to the next multiple, the two halves go to the nearest:
    an exact half up, or to the even multiple.

    >>> rounded(2_500, 1, unit=1_000, mode="half-even")
    2000
    """
    step = denominator * unit
    whole, rest = divmod(numerator, step)
    up = {
        "down": False,
        "up": rest > 0,
        "half-up": 2 * rest >= step,
        "half-even": 2 * rest > step or (2 * rest == step and whole % 2 == 1),
    }[mode]
    return (whole + up) * unit
