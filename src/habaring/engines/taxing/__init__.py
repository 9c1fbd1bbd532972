"""Local taxes: what is owed, step by step, each with the article it comes from.

`read_rules(text)` reads one tax of one region; `assess(rules, facts, on=day)` gives an
`Assessment`, `assess_many` a whole roll of the same amounts. `late_interest` and
`instalments` reckon months, `in_force` and `due_on` days, `change` why a bill differs.
It raises `Refused` with every problem named. Formulas, keys of a rule file and
rounding: docs/algorithms/taxing.md.
"""

from typing import TYPE_CHECKING, Any

from habaring.engines.taxing._assess import assess
from habaring.engines.taxing._change import Cause, Change, StepChange, change, what_if
from habaring.engines.taxing._dates import Due, due_on, in_force
from habaring.engines.taxing._interest import (
    Instalment,
    Interest,
    instalments,
    late_interest,
    months_begun,
)
from habaring.engines.taxing._problems import percent
from habaring.engines.taxing._read import read_rules
from habaring.engines.taxing._taxes import TAXES, Fact, Tax, Words
from habaring.engines.taxing._values import (
    Assessment,
    Problem,
    Refused,
    Rounding,
    Rules,
    Step,
    Use,
)

if TYPE_CHECKING:
    from habaring.engines.taxing._many import Roll, assess_many, first_objects

_LATE = {"Roll": "_many", "assess_many": "_many", "first_objects": "_many"}

__all__ = [
    "TAXES",
    "Assessment",
    "Cause",
    "Change",
    "Due",
    "Fact",
    "Instalment",
    "Interest",
    "Problem",
    "Refused",
    "Roll",
    "Rounding",
    "Rules",
    "Step",
    "StepChange",
    "Tax",
    "Use",
    "Words",
    "assess",
    "assess_many",
    "change",
    "due_on",
    "first_objects",
    "in_force",
    "instalments",
    "late_interest",
    "months_begun",
    "percent",
    "read_rules",
    "what_if",
]


def __getattr__(name: str) -> Any:
    """What needs numpy and numba is loaded when it is first asked for."""
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
