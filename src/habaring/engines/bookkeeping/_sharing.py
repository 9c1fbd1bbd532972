"""Sharing an amount out so that no rupiah is lost or made."""

from collections.abc import Sequence


def share_out(amount: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Whole rupiah in proportion to weights; the parts add up to the amount.

    By largest remainders (Hamilton): each part is its exact share rounded down or up, and
    what is left over goes to the largest remainders, the first of equal ones.

    >>> share_out(100, [1, 1, 1])
    (34, 33, 33)
    >>> share_out(-100, [1, 1, 1])
    (-34, -33, -33)
    """
    if any(weight < 0 for weight in weights) or not sum(weights):
        raise ValueError("weights are not below zero, and not all of them zero")
    if amount < 0:
        return tuple(-part for part in share_out(-amount, weights))
    whole = sum(weights)
    parts = [amount * weight // whole for weight in weights]
    rests = [amount * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-rests[i], i))
    for index in order[: amount - sum(parts)]:
        parts[index] += 1
    return tuple(parts)
