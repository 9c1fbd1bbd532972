"""Suggest which target of another RPJMD a target of the smart city could serve.

By shared groups of three letters (Dice's coefficient), which forgives endings and
spelling; the words of what it served before count as well. A suggestion is for a person
to take or leave. Source: Dice 1945, "Measures of the amount of ecologic association".
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from habaring.masterplan.models import Aim, PlanTarget

LEAST = 0.18
"""What is less alike than this is not suggested."""
_COMMON = frozenset(
    [
        "dan",
        "yang",
        "untuk",
        "dengan",
        "dari",
        "di",
        "ke",
        "pada",
        "atau",
        "bagi",
        "serta",
        "dalam",
        "melalui",
        "meningkatnya",
        "peningkatan",
        "terwujudnya",
        "mewujudkan",
        "kabupaten",
        "daerah",
    ]
)


@dataclass(frozen=True)
class Suggested:
    """A target of the other RPJMD, and how alike the words are, 0 to 1."""

    target: PlanTarget
    likeness: float


def trigrams(text: str) -> frozenset[str]:
    """Groups of three letters of the words that say something.

    >>> sorted(trigrams("Air bersih"))[:3]
    [' ai', ' be', 'air']
    """
    words = [w for w in re.findall(r"\w+", text.lower()) if w not in _COMMON]
    return frozenset(
        padded[i : i + 3]
        for word in words
        for padded in [f" {word} "]
        for i in range(len(padded) - 2)
    )


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient: 1 for the same groups, 0 for none shared.

    >>> likeness(trigrams("air"), trigrams("air"))
    1.0
    """
    if not one or not other:
        return 0.0
    return 2 * len(one & other) / (len(one) + len(other))


def suggest(
    aim: Aim, served: Iterable[PlanTarget], among: Sequence[PlanTarget], most: int = 3
) -> list[Suggested]:
    """The targets that are most alike, best first; same indicator counts as alike."""
    old = list(served)
    own = trigrams(f"{aim.text} {aim.indicator}")
    before = trigrams(" ".join(f"{one.text} {one.indicator}" for one in old))
    indicators = {one.indicator.lower() for one in old if one.indicator}
    indicators |= {aim.indicator.lower()} - {""}
    found = []
    for target in among:
        words = trigrams(f"{target.text} {target.indicator}")
        share = max(likeness(own, words), likeness(before, words))
        if target.indicator and target.indicator.lower() in indicators:
            share = max(share, 0.9)
        if share >= LEAST:
            found.append(Suggested(target, share))
    found.sort(key=lambda one: (-one.likeness, one.target.code))
    return found[:most]
