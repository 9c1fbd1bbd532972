"""How assessors read beside each other: strictness, spread, drift. Pure.

Method. On each entry that at least two assessors read, an assessor's strictness is the
mean over the questions of their level minus the mean level of the others; over entries,
the mean of that is told with a 95 % interval (Student's t over entries, since questions of
one entry hang together). Drift is the strictness of their later half of entries minus that
of the earlier. Spread is the standard deviation of the levels that they give. Below
`ENOUGH` shared entries nothing is concluded: the numbers are shown, and called too few.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from statistics import fmean, stdev

ENOUGH = 5
# two-sided 95 % of Student's t by degrees of freedom; the normal's beyond thirty
_T = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip


@dataclass(frozen=True)
class Read:
    """One submitted reading: who, of what, when, and the level of each question."""

    assessor: int
    entry: int
    at: datetime
    levels: Mapping[str, float]


@dataclass(frozen=True)
class Manner:
    """How one assessor reads. Levels; positive strictness gives more than the others.

    None where there is nothing to tell: no shared entry, too few for an interval or a
    drift, a single level for a spread.
    """

    assessor: int
    readings: int
    shared: int
    strictness: float | None
    low: float | None
    high: float | None
    drift: float | None
    spread: float | None

    @property
    def enough(self) -> bool:
        """Whether one may conclude anything."""
        return self.shared >= ENOUGH

    @property
    def stands_out(self) -> bool:
        """Whether the interval lies wholly beside nothing, with enough entries."""
        known = self.low is not None and self.high is not None
        return (
            self.enough and known and not (self.low or 0.0) <= 0.0 <= (self.high or 0.0)
        )


def margin(values: Sequence[float]) -> float:
    """Half the width of the 95 % interval of a mean of at least two values."""
    free = len(values) - 1
    times = _T[free - 1] if free <= len(_T) else 1.96
    return times * stdev(values) / sqrt(len(values))


def manners(reads: Sequence[Read]) -> list[Manner]:
    """How each assessor reads, in the order of their numbers."""
    by_entry: dict[int, list[Read]] = defaultdict(list)
    by_assessor: dict[int, list[Read]] = defaultdict(list)
    for one in sorted(reads, key=lambda r: r.at):
        by_entry[one.entry].append(one)
        by_assessor[one.assessor].append(one)
    return [
        _manner(assessor, mine, by_entry)
        for assessor, mine in sorted(by_assessor.items())
    ]


def _manner(
    assessor: int, mine: Sequence[Read], by_entry: Mapping[int, Sequence[Read]]
) -> Manner:
    gaps = [gap for one in mine if (gap := _gap(one, by_entry[one.entry])) is not None]
    levels = [level for one in mine for level in one.levels.values()]
    mean = fmean(gaps) if gaps else None
    half = margin(gaps) if len(gaps) > 1 else None
    known = mean is not None and half is not None
    return Manner(
        assessor=assessor,
        readings=len(mine),
        shared=len(gaps),
        strictness=mean,
        low=mean - half if known and mean is not None and half is not None else None,
        high=mean + half if known and mean is not None and half is not None else None,
        drift=_drift(gaps),
        spread=stdev(levels) if len(levels) > 1 else None,
    )


def _gap(one: Read, read: Sequence[Read]) -> float | None:
    """Mean of one's level minus the others' mean, over the questions that they share."""
    found = []
    for code, level in one.levels.items():
        others = [
            other.levels[code]
            for other in read
            if other.assessor != one.assessor and code in other.levels
        ]
        if others:
            found.append(level - fmean(others))
    return fmean(found) if found else None


def _drift(gaps: Sequence[float]) -> float | None:
    half = len(gaps) // 2
    if half < 2:
        return None
    return fmean(gaps[-half:]) - fmean(gaps[:half])
