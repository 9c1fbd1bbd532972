"""One table and one framework in, every score with its reasons out."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from habaring.engines.scoring._check import (
    refuse_bad_choices,
    refuse_bad_framework,
    refuse_bad_table,
    refuse_too_much,
)
from habaring.engines.scoring._combine import Combined, Tree, combine, plant
from habaring.engines.scoring._draws import Ints, Progress, draw_ranks, open_field
from habaring.engines.scoring._intervals import Intervals, intervals
from habaring.engines.scoring._normalise import (
    beyond_goalposts,
    constant,
    has_goalposts,
    normalise,
)
from habaring.engines.scoring._ranks import competition_ranks
from habaring.engines.scoring._record import DIGITS, record
from habaring.engines.scoring._sensitivity import Sensitivity, sensitivity
from habaring.engines.scoring._values import (
    NORMALISATIONS,
    Choices,
    Flags,
    Floats,
    Framework,
    Indicator,
    Note,
    Problem,
    Refused,
    Table,
)

LEAST_DRAWS = 1_000  # below this no shares of choices are given


@dataclass(frozen=True, eq=False)
class Scores:
    """The index and everything it rests on; arrays follow `units` and `indicators`.

    `indicators` are those used, in the framework's order; `groups` those scored, from
    the bottom up, the index itself last. NaN is "not scored". `contributions` sum to
    the index where `contributions_are` is "points", to its natural logarithm where it
    is "log". `rank` is 0 for a unit that is not ranked.
    """

    framework: Framework
    units: tuple[str, ...]
    indicators: tuple[str, ...]
    groups: tuple[str, ...]
    values: Floats  # (U, I) as given
    normalised: Floats  # (U, I) points, higher better
    group_scores: Floats  # (U, G)
    group_coverage: Floats  # (U, G) share of the group's weight that has a value
    group_ranks: Ints  # (U, G) rank in each group, 0 where it is not scored
    shares: Floats  # (U, I) weight of each indicator in this unit's index
    contributions: Floats  # (U, I)
    contributions_are: str
    index: Floats  # (U,)
    rank: Ints  # (U,)
    coverage: Floats  # (U,)
    imputed: Floats  # (U,) share of the index resting on values estimated beforehand
    notes: tuple[Note, ...]
    seed: int = 0
    choices: Choices | None = None
    intervals: Intervals | None = None
    sensitivity: Sensitivity | None = None

    def as_record(self, *, pairs: bool | None = None) -> dict[str, Any]:
        """A plain dict for JSON; see `habaring.engines.scoring._record`."""
        return record(self, pairs=pairs)


def score(
    table: Table,
    framework: Framework,
    *,
    draws: int = 0,
    seed: int = 0,
    choices: Choices | None = None,
    progress: Progress | None = None,
) -> Scores:
    """Score every unit; with `draws`, also the ranks other choices would give.

    `progress(done, draws)` is called now and then. The same input and seed give the
    same numbers; scores hold to 1e-9 whichever linear algebra library is used.
    Raises `Refused`, naming every problem of the framework, else of the table, else
    every cell a geometric mean cannot take.
    """
    refuse_bad_framework(framework)
    table = replace(table, values=np.asarray(table.values, dtype=np.float64))
    refuse_bad_table(table)
    choices = _settled(choices or Choices(), framework)
    refuse_bad_choices(choices, framework)
    values, marked = _in_order(table, framework)
    kept, notes = _keep(table, framework, values)
    tree = plant(framework, tuple(framework.indicators[i] for i in kept))
    values = values[:, kept]
    points = normalise(values, tree.indicators, framework.normalisation)
    combined = combine(tree, points, framework, table.units)
    notes += _empty_groups(tree, framework)
    notes += _clipped(tree, framework, values, table.units)
    cells = _Cells(values, marked[:, kept], points)
    scores = _scores(table.units, framework, tree, cells, combined)
    notes += _not_ranked(scores)
    scores = replace(scores, notes=tuple(notes), seed=seed)
    ranked = np.flatnonzero(scores.rank)
    if draws <= 0 or not len(ranked):
        return scores
    refuse_too_much(len(ranked), len(kept), draws, choices)
    ground = open_field(tree, values, ranked, choices=choices, seed=seed)
    ranks = draw_ranks(ground, draws, progress)
    return replace(
        scores,
        choices=choices,
        intervals=intervals(ranks, ranked, table.units, scores.rank),
        sensitivity=sensitivity(ground, scores.rank, ranked, len(table.units))
        if draws >= LEAST_DRAWS
        else None,
    )


def what_if(
    table: Table, framework: Framework, *, unit: str, changes: dict[str, float]
) -> tuple[Scores, Scores]:
    """Scores before and after one unit's values (in their own units) change.

    Raises `Refused` as `score` does, and for a unit or indicator not in the table.
    """
    unknown = [("unit", unit)] if unit not in table.units else []
    unknown += [("column", code) for code in changes if code not in table.indicators]
    if unknown:
        raise Refused(
            tuple(
                Problem("unknown", f"The table has no {what} {name}.", {what: name})
                for what, name in unknown
            )
        )
    values = table.values.copy()
    for code, value in changes.items():
        values[table.units.index(unit), table.indicators.index(code)] = value
    return score(table, framework), score(replace(table, values=values), framework)


def _settled(choices: Choices, framework: Framework) -> Choices:
    if choices.normalisations:
        return choices
    able = has_goalposts(framework)
    sensible = tuple(n for n in NORMALISATIONS if able or n != "goalposts")
    return replace(choices, normalisations=sensible)


def _in_order(table: Table, framework: Framework) -> tuple[Floats, Flags]:
    """Values and marks in the framework's order; a column not given is all NaN."""
    place = {code: column for column, code in enumerate(table.indicators)}
    shape = (len(table.units), len(framework.indicators))
    values, marked = np.full(shape, np.nan), np.zeros(shape, dtype=bool)
    for column, indicator in enumerate(framework.indicators):
        if indicator.code in place:
            values[:, column] = table.values[:, place[indicator.code]]
            if table.imputed is not None:
                marked[:, column] = table.imputed[:, place[indicator.code]]
    return values, marked & ~np.isnan(values)


def _keep(
    table: Table, framework: Framework, values: Floats
) -> tuple[Ints, list[Note]]:
    known = {indicator.code for indicator in framework.indicators}
    notes = [
        Note(
            "not_in_framework",
            f"{code}: the table has it, the framework does not; it is not used.",
            {"indicator": code},
        )
        for code in table.indicators
        if code not in known
    ]
    empty = np.isnan(values).all(axis=0)
    flat = constant(values) & (framework.normalisation != "goalposts")
    notes += [
        _left_out(framework.indicators[column], values[:, column])
        for column in np.flatnonzero(empty | flat)
    ]
    kept = np.flatnonzero(~(empty | flat))
    if not plant(framework, _at(framework, kept)).whole(framework):
        raise Refused(
            (
                Problem("nothing_left", "No indicator is left that can be scored."),
                *(Problem(note.code, note.text, note.params) for note in notes),
            )
        )
    return kept, notes


def _at(framework: Framework, columns: Ints) -> tuple[Indicator, ...]:
    return tuple(framework.indicators[i] for i in columns)


def _left_out(indicator: Indicator, values: Floats) -> Note:
    present = values[~np.isnan(values)]
    params = {"indicator": indicator.code, "units": len(present)}
    if not len(present):
        return Note(
            "no_values",
            f"{indicator.code}: no unit has a value; it is left out.",
            params,
        )
    params["value"] = float(present[0])
    return Note(
        "constant",
        f"{indicator.code}: all {len(present)} units with a value have {present[0]:g}, so it "
        "cannot tell them apart; it is left out.",
        params,
    )


def _empty_groups(tree: Tree, framework: Framework) -> list[Note]:
    scored = {branch.code for branch in tree.branches}
    return [
        Note(
            "group_empty",
            f"{group.code}: nothing in it has a value; it is left out and the weights of the "
            "others are scaled up.",
            {"group": group.code},
        )
        for group in framework.groups
        if group.code not in scored
    ]


def _clipped(
    tree: Tree, framework: Framework, values: Floats, units: tuple[str, ...]
) -> list[Note]:
    if framework.normalisation != "goalposts":
        return []
    points = beyond_goalposts(values, tree.indicators)
    notes = []
    for column, indicator in enumerate(tree.indicators):
        for side, rows in (
            ("better", np.flatnonzero(points[:, column] > 100)),
            ("worse", np.flatnonzero(points[:, column] < 0)),
        ):
            if len(rows):
                notes.append(
                    Note(
                        "clipped",
                        f"{indicator.code}: {len(rows)} values lie beyond the {side} goalpost and "
                        "count as if on it.",
                        {
                            "indicator": indicator.code,
                            "side": side,
                            "units": [units[row] for row in rows],
                        },
                    )
                )
    return notes


def _not_ranked(scores: Scores) -> list[Note]:
    return [
        Note(
            "not_ranked",
            f"{scores.units[row]}: {scores.coverage[row]:.0%} of the index's weight has a value, "
            f"less than {scores.framework.min_coverage:.0%}; it is not ranked.",
            {
                "unit": scores.units[row],
                "coverage": round(float(scores.coverage[row]), DIGITS),
                "least": scores.framework.min_coverage,
            },
        )
        for row in np.flatnonzero(scores.rank == 0)
    ]


@dataclass(frozen=True, eq=False)
class _Cells:
    values: Floats
    imputed: Flags
    points: Floats


def _scores(
    units: tuple[str, ...],
    framework: Framework,
    tree: Tree,
    cells: _Cells,
    combined: Combined,
) -> Scores:
    width = len(tree.indicators)
    index = combined.scores[:, -1]
    logs = tree.branches[-1].aggregation == "geometric"
    return Scores(
        framework=framework,
        units=units,
        indicators=tuple(i.code for i in tree.indicators),
        groups=tuple(branch.code for branch in tree.branches),
        values=cells.values,
        normalised=cells.points,
        group_scores=combined.scores[:, width:],
        group_coverage=combined.coverage[:, width:],
        group_ranks=np.apply_along_axis(
            competition_ranks, 0, combined.scores[:, width:]
        ),
        shares=combined.shares,
        contributions=combined.contributions,
        contributions_are="log" if logs else "points",
        index=index,
        rank=competition_ranks(index),
        coverage=combined.coverage[:, -1],
        imputed=(combined.shares * cells.imputed).sum(axis=1),
        notes=(),
    )
