"""The scoring engine again, slow and obvious: loops over plain numbers, no arrays.

It knows nothing of the engine but its values; the tests hold the two together.
"""

import math
from dataclasses import dataclass, field

from habaring.engines.scoring import Framework, Indicator, Table


@dataclass
class Plain:
    """Scores and coverage of one unit, by group code."""

    scores: dict[str, float | None] = field(default_factory=dict)
    coverage: dict[str, float] = field(default_factory=dict)


def score(table: Table, framework: Framework) -> list[Plain]:
    columns = {
        indicator.code: points(
            indicator, column(table, indicator.code), framework.normalisation
        )
        for indicator in framework.indicators
        if usable(column(table, indicator.code), framework.normalisation)
    }
    out = []
    for row in range(len(table.units)):
        unit = Plain()
        for code, values in columns.items():
            unit.scores[code] = values[row]
            unit.coverage[code] = 0.0 if values[row] is None else 1.0
        roots = [g.code for g in framework.groups if g.parent is None]
        climb(roots[0], framework, unit, set(columns))
        out.append(unit)
    return out


def column(table: Table, code: str) -> list[float | None]:
    if code not in table.indicators:
        return [None] * len(table.units)
    place = table.indicators.index(code)
    values = [float(row[place]) for row in table.values]
    return [None if math.isnan(v) else v for v in values]


def usable(values: list[float | None], how: str) -> bool:
    known = {v for v in values if v is not None}
    return bool(known) and (how == "goalposts" or len(known) > 1)


def points(
    indicator: Indicator, values: list[float | None], how: str
) -> list[float | None]:
    known = [v for v in values if v is not None]
    up = indicator.direction == "higher"
    out: list[float | None] = []
    for v in values:
        if v is None:
            out.append(None)
        elif how == "goalposts":
            low, high = indicator.goal_low, indicator.goal_high
            assert low is not None
            assert high is not None
            share = (v - low) / (high - low) if up else (high - v) / (high - low)
            out.append(100 * min(1.0, max(0.0, share)))
        elif how == "minmax":
            low, high = min(known), max(known)
            out.append(100 * ((v - low) if up else (high - v)) / (high - low))
        elif how == "z":
            mean = sum(known) / len(known)
            spread = math.sqrt(sum((k - mean) ** 2 for k in known) / (len(known) - 1))
            out.append(50 + 10 * (1 if up else -1) * (v - mean) / spread)
        else:
            worse = sum(1 for k in known if (k < v if up else k > v))
            same = sum(1 for k in known if k == v)
            rank = worse + (same + 1) / 2
            out.append(100 * (rank - 0.5) / len(known))
    return out


def climb(code: str, framework: Framework, unit: Plain, used: set[str]) -> bool:
    """Score group `code`; False if nothing in it has a value for any unit."""
    group = next(g for g in framework.groups if g.code == code)
    children = [(i.code, i.weight) for i in framework.indicators if i.parent == code]
    children = [(c, w) for c, w in children if c in used]
    for inner in framework.groups:
        if inner.parent == code and climb(inner.code, framework, unit, used):
            children.append((inner.code, inner.weight))
    if framework.weights == "equal":
        children = [(c, 1.0) for c, _ in children]
    total = sum(w for _, w in children)
    if total == 0:
        return False
    scored = [(unit.scores[c], w) for c, w in children]
    present = [(s, w) for s, w in scored if s is not None and w > 0]
    unit.coverage[code] = sum(
        w / total * unit.coverage[c] for c, w in children if unit.scores[c] is not None
    )
    enough = unit.coverage[code] >= framework.min_coverage - 1e-9
    how = group.aggregation or framework.aggregation
    unit.scores[code] = (
        mean(present, how, framework.floor) if present and enough else None
    )
    return True


def mean(present: list[tuple[float, float]], how: str, floor: float | None) -> float:
    total = sum(w for _, w in present)
    if how == "geometric":
        product = 1.0
        for s, w in present:
            product *= (s if floor is None else max(s, floor)) ** (w / total)
        return product
    average = sum(s * w for s, w in present) / total
    if how == "arithmetic":
        return average
    variance = sum(w * (s - average) ** 2 for s, w in present) / total
    # On the published scale from 70 to 130: M - S²/M, then back.
    middle = 70 + 0.6 * max(0.0, average)
    return average - 0.36 * variance / middle / 0.6


def ranks(scores: list[float | None]) -> list[int]:
    known = [s for s in scores if s is not None]
    return [
        0 if s is None else 1 + sum(1 for k in known if round(k, 9) > round(s, 9))
        for s in scores
    ]
