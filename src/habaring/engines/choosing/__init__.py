"""Which programmes to fund and when, under yearly ceilings, with proof and reasons.

`choose(candidates, limits)` gives a `Choice`: the plan, how far from the best it can be
at most, and a reason for every programme in or out. It raises `Refused` when inputs are
wrong (every problem listed) and `Conflict` when no plan can keep all limits (a smallest
set of them named). `frontier` shows what more or less money would bring, `compare` what
changes between two plans. The method: docs/algorithms/choosing.md.
"""

from habaring.engines.choosing._checks import Problem, Refused
from habaring.engines.choosing._choose import choose
from habaring.engines.choosing._clash import Clash, Conflict
from habaring.engines.choosing._frontier import FrontierPoint, frontier
from habaring.engines.choosing._results import (
    ENGINE_VERSION,
    Choice,
    Comparison,
    Progress,
    Reason,
    Use,
    compare,
)
from habaring.engines.choosing._values import (
    QUESTIONS,
    QUICK_WIN_MONTHS,
    Candidate,
    Floor,
    Limits,
    Pool,
    Share,
    Synergy,
    quick_win_faults,
)

__all__ = [
    "ENGINE_VERSION",
    "QUESTIONS",
    "QUICK_WIN_MONTHS",
    "Candidate",
    "Choice",
    "Clash",
    "Comparison",
    "Conflict",
    "Floor",
    "FrontierPoint",
    "Limits",
    "Pool",
    "Problem",
    "Progress",
    "Reason",
    "Refused",
    "Share",
    "Synergy",
    "Use",
    "choose",
    "compare",
    "frontier",
    "quick_win_faults",
]
