"""The door of the engine: an election and a rule in, an outcome out."""

from collections.abc import Callable

from habaring.engines.counting._check import check
from habaring.engines.counting._greedy import greedy
from habaring.engines.counting._outcome import Outcome
from habaring.engines.counting._phragmen import phragmen
from habaring.engines.counting._plain import plain_equal_shares
from habaring.engines.counting._prepare import Prepared, prepare
from habaring.engines.counting._values import Election, Rule, RuleName
from habaring.engines.counting._welfare import welfare

SMALL, SMALL_ADD1 = 150_000, 1_000
"""Entries on ballots that the plain path counts in less time than loading the compiled
loops takes (0.7 s); with add1 it makes dozens of runs, or hundreds.
"""
COLD_ADD1 = 150_000
"""The same where the loops would have to be compiled first (some twenty seconds)."""


_RULES: dict[RuleName, Callable[[Prepared], Outcome]] = {
    RuleName.GREEDY: greedy,
    RuleName.PHRAGMEN: phragmen,
    RuleName.MAX_WELFARE: welfare,
}


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
    if rule.name != RuleName.EQUAL_SHARES:
        how = _RULES[rule.name]
        return _recounted(prepared, how(prepared), how) if explain else how(prepared)
    from habaring.engines.counting._equal_shares import equal_shares, fits

    if _small(prepared) or not fits(prepared):
        outcome = plain_equal_shares(prepared, progress)
        return _recounted(prepared, outcome, plain_equal_shares) if explain else outcome
    outcome = equal_shares(prepared, progress=progress)
    if not explain:
        return outcome
    from habaring.engines.counting._losers import explained

    return explained(prepared, outcome, equal_shares)


def _recounted(
    prepared: Prepared, outcome: Outcome, how: Callable[[Prepared], Outcome]
) -> Outcome:
    from habaring.engines.counting._recount import recounted

    return recounted(prepared, outcome, how)


def _small(prepared: Prepared) -> bool:
    """Whether getting the compiled loops takes longer than doing without."""
    from habaring.engines.counting._ready import loaded, ready

    entries = len(prepared.election.ballots.projects)
    add1 = "add1" in prepared.rule.completion
    if loaded():
        return False
    if entries <= (SMALL_ADD1 if add1 else SMALL):
        return True
    return entries <= (COLD_ADD1 if add1 else SMALL) and not ready()
