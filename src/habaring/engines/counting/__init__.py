"""Counting a vote on a budget: exact winners, every round, a reason a project.

`count(election, rule)` gives an `Outcome`; `read_pabulib` and `write_pabulib` move an
election to and from a .pb file; `audit` gives the record that `habaring count --json`
prints. It raises `Refused` with every problem named. The methods, their sources and the
audit's format: docs/algorithms/counting.md.
"""

from typing import TYPE_CHECKING, Any

from habaring.engines.counting._outcome import (
    ENGINE_VERSION,
    Outcome,
    Reason,
    Round,
    Story,
)
from habaring.engines.counting._pabulib_keys import limits_in, rule_in, usual_measure
from habaring.engines.counting._pabulib_text import MAX_LINE
from habaring.engines.counting._values import (
    Ballots,
    Completion,
    Election,
    Kind,
    Limits,
    Measure,
    Problem,
    Project,
    Refused,
    Rule,
    RuleName,
    exact,
)

if TYPE_CHECKING:
    from habaring.engines.counting._audit import audit, audit_json, differences
    from habaring.engines.counting._ballots import gather
    from habaring.engines.counting._check import check
    from habaring.engines.counting._count import count
    from habaring.engines.counting._pabulib import read_pabulib
    from habaring.engines.counting._pabulib_write import VoteRow, write_pabulib
    from habaring.engines.counting._ready import ready, warm

_LATE = {
    "VoteRow": "_pabulib_write",
    "audit": "_audit",
    "audit_json": "_audit",
    "check": "_check",
    "count": "_count",
    "differences": "_audit",
    "gather": "_ballots",
    "read_pabulib": "_pabulib",
    "ready": "_ready",
    "warm": "_ready",
    "write_pabulib": "_pabulib_write",
}

__all__ = [
    "ENGINE_VERSION",
    "MAX_LINE",
    "Ballots",
    "Completion",
    "Election",
    "Kind",
    "Limits",
    "Measure",
    "Outcome",
    "Problem",
    "Project",
    "Reason",
    "Refused",
    "Round",
    "Rule",
    "RuleName",
    "Story",
    "VoteRow",
    "audit",
    "audit_json",
    "check",
    "count",
    "differences",
    "exact",
    "gather",
    "limits_in",
    "read_pabulib",
    "ready",
    "rule_in",
    "usual_measure",
    "warm",
    "write_pabulib",
]


def __getattr__(name: str) -> Any:
    """What needs numpy is loaded when it is first asked for."""
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
