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

SMALL, SMALL_ADD1 = 150_000, 3_000
"""Entries on ballots that the plain path counts in less time than loading the compiled
loops takes (0.7 s); with add1 it makes dozens of runs.
"""
COLD_ADD1 = 150_000
"""The same where the loops would have to be compiled first (some twenty seconds)."""


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
    return _equal_shares(prepared, progress)


def _equal_shares(
    prepared: Prepared, progress: Callable[[int], None] | None
) -> Outcome:
    """In compiled loops, unless getting them takes longer than doing without."""
    from habaring.engines.counting._equal_shares import equal_shares, fits

    if _small(prepared) or not fits(prepared):
        return plain_equal_shares(prepared, progress)
    return equal_shares(prepared, progress=progress)


def _small(prepared: Prepared) -> bool:
    from habaring.engines.counting._ready import loaded, ready

    entries = len(prepared.election.ballots.projects)
    add1 = "add1" in prepared.rule.completion
    if loaded():
        return False
    if entries <= (SMALL_ADD1 if add1 else SMALL):
        return True
    return entries <= (COLD_ADD1 if add1 else SMALL) and not ready()
