"""What a count gives: the winners in order, every round, and a reason a project."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from habaring.engines.counting._values import Election, Rule

ENGINE_VERSION = "1"
"""Raised when the same input may give another output."""


class Reason(StrEnum):
    """Why a project won or did not."""

    BOUGHT = "bought"  # its supporters paid for it (greedy, welfare: it was taken)
    COMPLETED = "completed"  # with money left over
    FREE = "free"  # it costs nothing and somebody supports it
    UNAFFORDABLE = "unaffordable"  # its supporters' money was not enough
    OVER_BUDGET = "over_budget"  # it did not fit into what was left
    NO_SUPPORT = "no_support"
    BELOW_MINIMUM = "below_minimum"  # fewer supporters than asked for
    DEARER_THAN_BUDGET = "dearer_than_budget"
    CONFLICT = "conflict"  # one that excludes it had won
    LIMIT = "limit"  # its category or district had no more money
    NOT_BEST = "not_best"  # max welfare: another set was worth more


@dataclass(frozen=True)
class Round:
    """One purchase. Fractions are of the election's money units (1/scale).

    Equal shares: `rate` is the price of one unit of utility; a supporter pays
    `rate` × utility, or all they have left. `full` supporters paid the whole price,
    `rest` all they had left, `from_rest` in all. `paid_before` of those poor ones, by
    the winner's id: how many of them (weighed by utility) had paid for it, which with
    `rest` and the endowment proves the price (docs/algorithms/counting.md).
    Phragmén: `rate` is the time, `full` all supporters. Greedy: `rate` is satisfaction
    per cost. `tied` are the others that stood equal.
    """

    number: int
    project: str
    phase: str  # "main" or "completion"
    rate: Fraction
    full: int = 0
    weight: int = 0
    rest: int = 0
    from_rest: Fraction = Fraction(0)
    spent: int = 0  # of the budget, after this round
    tied: tuple[str, ...] = ()
    paid_before: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    """One project's part in the count.

    `price`: what a supporter with enough money paid (equal shares with approval
    ballots: the same for all). `money_left`: what its supporters had left at the end
    (for a winner, after the last round). `max_cost`: the largest cost at which it would
    have won, in units, with everything else as it was; `votes_needed`: how many more
    people who support it alone would have made it win, each bringing no further money
    to the budget. Both exact by recount; None where not asked for or not defined.
    """

    id: str
    votes: int
    score: int
    cost: int
    won: bool
    reason: Reason
    round: int | None = None
    rate: Fraction | None = None
    price: Fraction | None = None
    money_left: Fraction | None = None
    lost_to: str = ""  # what took the money or the place, where one can be named
    max_cost: Fraction | None = None
    votes_needed: int | None = None


@dataclass(frozen=True, eq=False)
class Outcome:
    """The result of a count: it always carries its rounds.

    `endowment` is what every voter was given (equal shares), in units; `steps` how many
    were added to it one by one by `add1`; `ties` every tie that was met and decided by
    the tie order.
    """

    election: Election
    rule: Rule
    winners: tuple[str, ...]
    cost: int
    rounds: tuple[Round, ...]
    stories: Mapping[str, Story]
    endowment: Fraction | None = None
    steps: int = 0
    ties: tuple[tuple[str, ...], ...] = ()

    @property
    def left(self) -> int:
        """Money not spent, in units."""
        return self.election.budget - self.cost
