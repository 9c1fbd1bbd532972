"""The door of the engine: an election and a rule in, an outcome out."""

from collections.abc import Callable

from habaring.engines.counting._check import check
from habaring.engines.counting._greedy import greedy
from habaring.engines.counting._outcome import Outcome
from habaring.engines.counting._phragmen import phragmen
from habaring.engines.counting._plain import plain_equal_shares
from habaring.engines.counting._prepare import prepare
from habaring.engines.counting._values import Election, Rule, RuleName
from habaring.engines.counting._welfare import welfare


def count(
    election: Election,
    rule: Rule,
    *,
    explain: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Outcome:
    """Count an election.

    With `explain` each losing project's story says at which cost and with how many more
    votes it would have won (a recount for each; city-wide elections may take seconds).
    `progress` is told the steps of `add1`. Raises `Refused` where the rule does not fit
    the ballots, and for values that no rule can count.
    """
    check(election, rule)
    prepared = prepare(election, rule)
    if rule.name == RuleName.GREEDY:
        return greedy(prepared)
    if rule.name == RuleName.MAX_WELFARE:
        return welfare(prepared)
    if rule.name == RuleName.PHRAGMEN:
        return phragmen(prepared)
    return plain_equal_shares(prepared, progress)
