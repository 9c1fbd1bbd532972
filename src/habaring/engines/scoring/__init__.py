"""Composite indices: many indicators of many units to one score, honestly.

`score(table, framework)` normalises, weighs and combines; with `draws` it also says
which ranks a unit could hold under other choices just as defensible.

>>> import numpy as np
>>> framework = Framework(
...     indicators=(
...         Indicator("internet", "LIVING", "higher", goal_low=0, goal_high=100),
...         Indicator("poverty", "LIVING", "lower", goal_low=0, goal_high=20),
...     ),
...     groups=(Group("INDEX", None), Group("LIVING")),
...     normalisation="goalposts",
... )
>>> values = np.array([[80.0, 5.0], [60.0, 10.0]])
>>> scores = score(Table(("62.02", "62.01"), ("internet", "poverty"), values), framework)
>>> scores.index.tolist(), scores.rank.tolist()
([77.5, 55.0], [1, 2])
"""

from habaring.engines.scoring._formulas import (
    BPS,
    UNDP,
    Goalposts,
    human_development_index,
    mean,
    weighted_sum,
)
from habaring.engines.scoring._impute import group_mean, hot_deck
from habaring.engines.scoring._intervals import SURE, Intervals
from habaring.engines.scoring._normalise import normalise
from habaring.engines.scoring._ranks import competition_ranks
from habaring.engines.scoring._record import DIGITS, ENGINE
from habaring.engines.scoring._score import LEAST_DRAWS, Scores, score, what_if
from habaring.engines.scoring._sensitivity import Sensitivity, Share, sobol
from habaring.engines.scoring._treat import (
    Limits,
    Treated,
    denominate,
    treat,
    treat_table,
)
from habaring.engines.scoring._values import (
    AGGREGATIONS,
    DIRECTIONS,
    NORMALISATIONS,
    ROOT,
    WEIGHTS,
    Aggregation,
    Choices,
    Direction,
    Framework,
    Group,
    Indicator,
    Normalisation,
    Note,
    Problem,
    Refused,
    Table,
    Weights,
)

__all__ = [
    "AGGREGATIONS",
    "BPS",
    "DIGITS",
    "DIRECTIONS",
    "ENGINE",
    "LEAST_DRAWS",
    "NORMALISATIONS",
    "ROOT",
    "SURE",
    "UNDP",
    "WEIGHTS",
    "Aggregation",
    "Choices",
    "Direction",
    "Framework",
    "Goalposts",
    "Group",
    "Indicator",
    "Intervals",
    "Limits",
    "Normalisation",
    "Note",
    "Problem",
    "Refused",
    "Scores",
    "Sensitivity",
    "Share",
    "Table",
    "Treated",
    "Weights",
    "competition_ranks",
    "denominate",
    "group_mean",
    "hot_deck",
    "human_development_index",
    "mean",
    "normalise",
    "score",
    "sobol",
    "treat",
    "treat_table",
    "weighted_sum",
    "what_if",
]
