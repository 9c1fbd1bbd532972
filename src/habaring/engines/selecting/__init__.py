"""Choose the regions of a cohort by a published method.

    selection = select(applicants, method)
    for result in selection.results: result.place, result.score, result.reason

The same applications and the same method always give the same list; every region gets
its score, its place, and the reason why it is in or out. docs/algorithms/selecting.md.
"""

from habaring.engines.selecting._select import (
    KINDS,
    Applicant,
    Criterion,
    Method,
    MethodError,
    Part,
    Reason,
    Result,
    Selection,
    select,
)

__all__ = [
    "KINDS",
    "Applicant",
    "Criterion",
    "Method",
    "MethodError",
    "Part",
    "Reason",
    "Result",
    "Selection",
    "select",
]
