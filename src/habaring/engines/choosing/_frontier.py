"""What more or less money would bring: the relaxation along a line of ceilings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from habaring.engines.choosing._checks import check_inputs
from habaring.engines.choosing._model import make_model
from habaring.engines.choosing._solver import Relaxation
from habaring.engines.choosing._tables import make_tables
from habaring.engines.choosing._values import Candidate, Limits


@dataclass(frozen=True)
class FrontierPoint:
    """One level of the ceilings: `factor` of today's, in all `rupiah`.

    `ceiling` is the points that no plan can pass (the relaxation), None when the limits
    contradict each other at this level; `marginal` is points for Rp 1 billion more,
    spread over all ceilings as they are today.
    """

    factor: float
    rupiah: int
    ceiling: float | None
    marginal: float | None


def frontier(
    candidates: Sequence[Candidate],
    limits: Limits,
    n: int = 20,
    *,
    low: float = 0.5,
    high: float = 1.5,
) -> tuple[FrontierPoint, ...]:
    """`n` levels of all ceilings from `low` to `high` times today's, solved warm.

    Raises:
        Refused: the inputs are wrong.
    """
    programmes = tuple(candidates)
    check_inputs(programmes, limits)
    model = make_model(make_tables(programmes, limits))
    relaxation = Relaxation(model)
    rows = [int(r.rows[0]) for r in model.rules if r.kind == "ceiling"]
    today = model.row_upper[rows]
    total = float(today.sum()) * model.money
    points = []
    # from rich to poor: the dual simplex then starts from a basis that is nearly right
    for factor in np.linspace(high, low, n):
        upper = model.row_upper.copy()
        upper[rows] = today * factor
        relaxation.set_rows(model.row_lower, upper)
        found = relaxation.solve()
        value = marginal = None
        if found is not None:
            value = found.value
            marginal = float(found.row_dual[rows] @ today) / max(total, 1.0) * 1e9
        rupiah = round(total * factor)
        points.append(FrontierPoint(float(factor), rupiah, value, marginal))
    return tuple(reversed(points))
