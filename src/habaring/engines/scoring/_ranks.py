"""Places in a league table."""

import numpy as np
from numpy.typing import NDArray

from habaring.engines.scoring._values import Floats

Ints = NDArray[np.int64]

TIE = 9  # scores equal to this many decimals share their rank


def competition_ranks(scores: Floats) -> Ints:
    """Rank 1 for the highest score; ties share the best rank (1, 2, 2, 4); 0 for NaN."""
    rounded = np.round(scores, TIE)
    ranked = ~np.isnan(rounded)
    ordered = np.sort(-rounded[ranked])
    ranks = np.zeros(len(scores), dtype=np.int64)
    ranks[ranked] = 1 + np.searchsorted(ordered, -rounded[ranked], side="left")
    return ranks
