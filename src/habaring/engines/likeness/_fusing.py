"""Several ranked lists into one, and what a ranked list is worth to who asked."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from math import log2
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
RRF = 60
"""The constant of Cormack, Clarke and Büttcher (SIGIR 2009)."""


def fuse(
    lists: Sequence[Sequence[Key]],
    *,
    weights: Sequence[float] = (),
    k: int = RRF,
) -> list[tuple[Key, float]]:
    """Reciprocal rank fusion: each list gives weight / (k + its rank from 1).

    Ties keep the order in which they were first met.
    """
    shares = list(weights) or [1.0] * len(lists)
    scores: dict[Key, float] = {}
    for ranked, share in zip(lists, shares, strict=True):
        for rank, key in enumerate(ranked, start=1):
            scores[key] = scores.get(key, 0.0) + share / (k + rank)
    return sorted(scores.items(), key=lambda pair: -pair[1])


def recall_at(ranked: Sequence[Key], relevant: Collection[Key], k: int) -> float:
    """The share of what is relevant among the first k; 1 where nothing is."""
    if not relevant:
        return 1.0
    return len(set(ranked[:k]) & set(relevant)) / len(relevant)


def ndcg_at(ranked: Sequence[Key], grades: Mapping[Key, int], k: int) -> float:
    """Normalised discounted cumulative gain (Järvelin and Kekäläinen 2002), with gains
    2^grade - 1; 1 where nothing is graded above zero.
    """
    best = _gain(sorted(grades.values(), reverse=True)[:k])
    if best == 0:
        return 1.0
    return _gain([grades.get(key, 0) for key in ranked[:k]]) / best


def _gain(grades: Sequence[int]) -> float:
    return sum(
        float(2**grade - 1) / log2(place + 2) for place, grade in enumerate(grades)
    )
