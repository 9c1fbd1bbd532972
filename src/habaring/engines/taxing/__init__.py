"""Local taxes: what is owed, step by step, each with the article it comes from.

`read_rules(text)` reads one tax of one region; `assess(rules, facts, on=day)` gives an
`Assessment`, `assess_many` a whole roll of the same amounts. `late_interest` and
`instalments` reckon months, `in_force` and `due_on` days, `change` why a bill differs.
It raises `Refused` with every problem named. Formulas, keys of a rule file and
rounding: docs/algorithms/taxing.md.
"""

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
    "Rounding",
    "Rules",
    "Step",
    "StepChange",
    "Tax",
    "Use",
    "Words",
    "assess",
    "change",
    "due_on",
    "in_force",
    "instalments",
    "late_interest",
    "months_begun",
    "read_rules",
    "what_if",
]
