"""What a composite index is made of: indicators, groups, the table, the choices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

Direction = Literal["higher", "lower"]
Normalisation = Literal["goalposts", "minmax", "z", "rank"]
Aggregation = Literal["arithmetic", "geometric", "mpi"]
Weights = Literal["given", "equal"]

DIRECTIONS: tuple[str, ...] = ("higher", "lower")
NORMALISATIONS: tuple[Normalisation, ...] = ("goalposts", "minmax", "z", "rank")
AGGREGATIONS: tuple[Aggregation, ...] = ("arithmetic", "geometric", "mpi")
WEIGHTS: tuple[str, ...] = ("given", "equal")
ROOT = "INDEX"


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the input: a stable code, its numbers, an English sentence."""

    code: str
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)


class Refused(ValueError):  # noqa: N818 (house word for an expected no)
    """The engine cannot score this input; `problems` names everything wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]):
        self.problems = problems
        super().__init__("; ".join(problem.text for problem in problems))


@dataclass(frozen=True)
class Indicator:
    """One measured thing; `parent` is the code of the group it counts in.

    Goalposts are in the indicator's own unit, `goal_low` below `goal_high` whatever
    the direction, and stay fixed over the years so that scores compare over time.
    """

    code: str
    parent: str
    direction: Direction
    weight: float = 1.0
    goal_low: float | None = None
    goal_high: float | None = None


@dataclass(frozen=True)
class Group:
    """A dimension or a level below or above one; the root has no parent.

    `aggregation` overrides the framework's for this group alone: the human
    development index is a geometric mean whose education part is arithmetic.
    """

    code: str
    parent: str | None = ROOT
    weight: float = 1.0
    aggregation: Aggregation | None = None


@dataclass(frozen=True)
class Framework:
    """How values become one score.

    `min_coverage` is the share of a group's weight that must be present for the group
    to be scored. `floor`, in points of 100, is the least a child counts for in a
    geometric group; without one, a child at zero or below is refused there.
    """

    indicators: tuple[Indicator, ...]
    groups: tuple[Group, ...]
    normalisation: Normalisation = "minmax"
    aggregation: Aggregation = "arithmetic"
    weights: Weights = "given"
    min_coverage: float = 0.5
    floor: float | None = None


@dataclass(frozen=True, eq=False)
class Table:
    """Values of `indicators` (columns, I) for `units` (rows, U); NaN is "no value".

    `imputed` (U, I) marks values that were estimated before they came here, so that
    the share of a score that rests on them can be printed beside it.
    """

    units: tuple[str, ...]
    indicators: tuple[str, ...]
    values: Floats
    imputed: Flags | None = None


@dataclass(frozen=True)
class Choices:
    """What the draws vary; every combination is equally likely.

    Empty `normalisations` or `aggregations` stand for the sensible ones: goalposts
    only where every indicator has them. Each weight, of indicators and of groups, is
    multiplied by a uniform number in 1 ± `weight_spread`. A missing value is filled
    from one of its `donors` nearest units, in `imputations` different ways.
    `floor` is the least a normalised value counts for in a geometric draw.
    """

    normalisations: tuple[Normalisation, ...] = ()
    aggregations: tuple[Aggregation, ...] = ("arithmetic", "geometric")
    weight_spread: float = 0.25
    imputations: int = 8
    donors: int = 10
    floor: float = 1.0


@dataclass(frozen=True)
class Note:
    """Something left out, clipped or changed on the way: code, numbers, sentence."""

    code: str
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)
