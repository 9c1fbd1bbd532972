"""What a count is made from: an election in whole units, a rule, a tie order.

Money and points are kept as integers of a declared scale, so that nothing is ever
rounded: a cost of 12.50 with `scale` 100 is 1250. Identical ballots stand once, with
how many people cast them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:  # these values alone should not cost loading numpy
    import numpy as np
    from numpy.typing import NDArray

Money: TypeAlias = int | str
"""As it leaves the engine: a whole number, or an exact decimal in words ("12.5")."""


class Kind(StrEnum):
    """What a ballot says. Source: Pabulib, "vote_type"."""

    APPROVAL = "approval"  # a set; a knapsack ballot is one that fits the budget
    CHOOSE_ONE = "choose-1"
    CUMULATIVE = "cumulative"  # points that add up to a set sum
    SCORING = "scoring"  # points for each
    ORDINAL = "ordinal"  # best first


class Measure(StrEnum):
    """What a funded project is worth to somebody who supports it."""

    COST = "cost"  # its cost
    CARDINALITY = "cardinality"  # one
    BORDA = "borda"  # the ballot's length minus the place: the last of a ballot gets 0
    BORDA_ONE = "borda-1"  # one more: the last gets 1, whoever names one only counts
    SCORE = "score"  # the points given to it


class RuleName(StrEnum):
    """How winners are found."""

    EQUAL_SHARES = "equal-shares"
    GREEDY = "greedy"
    PHRAGMEN = "phragmen"
    MAX_WELFARE = "max-welfare"


class Completion(StrEnum):
    """What equal shares does with money left over.

    `add1` gives every voter one more of the currency (`scale` units) until nothing that
    may win fits any more, or the next step would cost too much; `add1-over-budget` goes
    on until that, or until everything that may win has won. `greedy` spends what is left as the rule greedy does, by the same
    measure: for cost by votes (`…-greedy`: after that).
    """

    NONE = "none"
    GREEDY = "greedy"
    ADD1 = "add1"
    ADD1_GREEDY = "add1-greedy"
    ADD1_OVER_BUDGET = "add1-over-budget"
    ADD1_OVER_BUDGET_GREEDY = "add1-over-budget-greedy"


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the input: a stable code, its values, an English sentence.

    `line` of the file, counted from 1; 0: the input as a whole.
    """

    code: str
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)
    line: int = 0


class Refused(ValueError):  # noqa: N818 (house word for an expected no)
    """This input cannot be counted; `problems` names everything wrong with it.

    Of a file with very many problems the first are named, `more` counts the others.
    """

    def __init__(self, problems: tuple[Problem, ...], *, more: int = 0):
        self.problems = problems
        self.more = more
        told = [problem.text for problem in problems]
        super().__init__("; ".join(told + [f"and {more} more"] * bool(more)))


@dataclass(frozen=True)
class Project:
    """Something that can be funded. `cost` in units of the election's scale."""

    id: str
    cost: int
    name: str = ""
    district: str = ""
    categories: tuple[str, ...] = ()
    beneficiaries: tuple[str, ...] = ()  # Pabulib calls them targets
    more: Mapping[str, str] = field(default_factory=dict)  # further columns, as read


@dataclass(frozen=True, eq=False)
class Ballots:
    """Distinct ballots. Of G ballots with N entries in all:

    `starts` int64[G + 1], ballot g lists `projects[starts[g]:starts[g + 1]]`;
    `projects` int32[N], positions in `Election.projects`, without a repetition in one
    ballot, ascending except for ordinal ballots (best first);
    `people` int64[G], how many cast it; `points` int64[N] for cumulative and scoring
    ballots, in 1/`points_scale`, else empty. The arrays are read-only.
    """

    starts: NDArray[np.int64]
    projects: NDArray[np.int32]
    people: NDArray[np.int64]
    points: NDArray[np.int64]
    points_scale: int = 1

    @property
    def voters(self) -> int:
        """How many people voted, those with an empty ballot among them."""
        return int(self.people.sum())


@dataclass(frozen=True)
class Limits:
    """What an outcome must keep beside the budget; empty where nothing is asked.

    `minimum_votes`: a project with fewer supporters takes no part. `conflicts`: of each
    set of ids at most one wins. `categories`, `districts`: at most so much money, in
    units of the election's scale.
    """

    minimum_votes: int = 0
    conflicts: tuple[frozenset[str], ...] = ()
    categories: Mapping[str, int] = field(default_factory=dict)
    districts: Mapping[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(
            self.minimum_votes or self.conflicts or self.categories or self.districts
        )


@dataclass(frozen=True, eq=False)
class Election:
    """Projects, a budget and ballots. Money in 1/`scale` of the currency's unit.

    `meta` keeps the META section as read, in its order. `tie_order` are the ids of all
    projects, first wins a tie that the rule leaves; empty: the order of ids as text.
    `notes`: what the file's reader mended or found odd.
    """

    budget: int
    projects: tuple[Project, ...]
    ballots: Ballots
    kind: Kind = Kind.APPROVAL
    scale: int = 1
    limits: Limits = field(default_factory=Limits)
    tie_order: tuple[str, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()

    def money(self, units: int | Fraction) -> Money:
        """Units of the scale as a whole number, or exactly in words."""
        return exact(Fraction(units) / self.scale)


@dataclass(frozen=True)
class Rule:
    """How to count. `ties` are asked one after the other; what is left, the election's
    tie order decides: "max_votes", "min_cost", "max_cost".
    """

    name: RuleName = RuleName.EQUAL_SHARES
    measure: Measure = Measure.COST
    completion: Completion = Completion.NONE
    ties: tuple[str, ...] = ()


def exact(value: int | Fraction) -> Money:
    """A whole number as int; else a finite decimal, or "numerator/denominator"."""
    value = Fraction(value)
    if value.denominator == 1:
        return int(value)
    rest, places = value.denominator, [0, 0]
    for which, prime in enumerate((2, 5)):
        while rest % prime == 0:
            rest //= prime
            places[which] += 1
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    digits = max(places)
    whole = abs(value.numerator) * 10**digits // value.denominator
    text = str(whole).rjust(digits + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{text[:-digits]}.{text[-digits:]}"
