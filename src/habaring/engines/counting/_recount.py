"""What would have made a losing project win, by counting again: any rule, any path.

Where a cheaper project, or one with more supporters of its own, is never worse off
(equal shares without completion, greedy, Phragmén; max welfare unless cost is the
measure), halving finds the exact limit.
"""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from habaring.engines.counting._losers import prepared_again, votes_needed
from habaring.engines.counting._outcome import Outcome, Reason
from habaring.engines.counting._prepare import Prepared
from habaring.engines.counting._values import Completion, Kind, Measure, RuleName

MOST_WORK = 4_000_000
"""Entries on ballots × losing projects; above it nothing is counted again."""

Recount = Callable[[Prepared], Outcome]


def recounted(prepared: Prepared, outcome: Outcome, recount: Recount) -> Outcome:
    """The same outcome; stories of losers with `max_cost` and, for approval ballots,
    `votes_needed`, where they can be told. `recount` is how the outcome came about.
    """
    stories = dict(outcome.stories)
    losers = [p for p, id_ in enumerate(prepared.ids) if not stories[id_].won]
    if len(prepared.election.ballots.projects) * len(losers) > MOST_WORK:
        return outcome
    for p in losers:
        story = stories[prepared.ids[p]]
        cost = votes = None
        if _cost_counts(prepared) and story.reason != Reason.BELOW_MINIMUM:
            cost = _max_cost(prepared, p, recount)
        if _votes_count(prepared) and story.reason != Reason.DEARER_THAN_BUDGET:
            votes = votes_needed(prepared, p, recount)
        told = None if cost is None else Fraction(cost)
        stories[story.id] = replace(story, max_cost=told, votes_needed=votes)
    return replace(outcome, stories=stories)


def _cost_counts(prepared: Prepared) -> bool:
    rule = prepared.rule
    by_cost = rule.measure == Measure.COST and rule.name == RuleName.MAX_WELFARE
    return rule.completion == Completion.NONE and not by_cost


def _votes_count(prepared: Prepared) -> bool:
    approvals = (Kind.APPROVAL, Kind.CHOOSE_ONE)
    return prepared.election.kind in approvals and prepared.voters > 0


def _max_cost(prepared: Prepared, p: int, recount: Recount) -> int | None:
    """The largest cost at which p wins; None: at none (nobody supports it, say)."""
    election, id_ = prepared.election, prepared.ids[p]

    def wins(cost: int) -> bool:
        projects = list(election.projects)
        projects[p] = replace(projects[p], cost=cost)
        again = prepared_again(replace(election, projects=tuple(projects)), prepared)
        return id_ in recount(again).winners

    low, high = 0, prepared.costs[p]
    if not prepared.votes[p] or not wins(low):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if wins(middle) else (low, middle)
    return low
