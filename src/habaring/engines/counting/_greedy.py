"""Greedy: the most satisfaction for its cost first; what does not fit is skipped.

As `greedy_utilitarian_welfare` of pabutools, but for one thing: what nobody supports
never wins. With the measure cost the satisfaction for the cost is the votes.
"""

from fractions import Fraction
from functools import cmp_to_key
from itertools import groupby

from habaring.engines.counting._course import Course
from habaring.engines.counting._outcome import Outcome, Round
from habaring.engines.counting._prepare import Prepared


def greedy(prepared: Prepared) -> Outcome:
    """The whole rule."""
    course = Course(prepared)
    spend(course, "main")
    return course.outcome()


def spend(course: Course, phase: str) -> None:
    """Spend what is left greedily on candidates that have not won."""
    prepared, room = course.prepared, course.room
    taken = set(room.taken)
    waiting = [p for p in prepared.candidates if p not in taken]
    for equals in _by_rate(prepared, waiting):
        for n, p in enumerate(equals):
            reason = room.why_not(p)
            if reason is not None:
                course.lose(p, reason)
                continue
            others = [q for q in equals[n + 1 :] if room.why_not(q) is None]
            rate = Fraction(prepared.total[p], prepared.costs[p] * prepared.unit)
            course.buy(p, Round(0, "", phase, rate, full=prepared.votes[p]), others)


def _by_rate(prepared: Prepared, waiting: list[int]) -> list[list[int]]:
    """Best first; those of one rate together, in tie order. Whole numbers only."""
    total, costs = prepared.total, prepared.costs

    def compare(p: int, q: int) -> int:
        return total[q] * costs[p] - total[p] * costs[q]

    key = cmp_to_key(compare)
    in_tie_order = sorted(waiting, key=prepared.rank.__getitem__)
    return [list(equals) for _, equals in groupby(sorted(in_tie_order, key=key), key)]
