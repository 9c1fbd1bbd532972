"""The frozen record of a scoring: everything a page needs to explain it, as JSON.

Layout, all lists in the order of `units` and `indicators`; null is "not scored":

- engine, digits, seed, framework, contributions_are: what was computed, and how;
  numbers other than given values are rounded to `digits` decimals
- units: [{unit, index, rank, coverage, imputed, groups: {code: points},
  group_coverage: {code: share}, group_ranks: {code: rank}, and with draws rank_low, rank_median, rank_high,
  rank_mean}]; rank 0 is "not ranked"
- indicators: [code]; values, normalised, shares, contributions: [[per indicator] per unit]
- notes: [{code, text, params}]
- with draws: draws, choices, alike: [[unit]], pairs: {from, beats: [[permille]]} (only
  where asked for, or for at most 100 units), sensitivity: {base, evaluations,
  mean_shift, shares: [{choice, first, first_low, …}]}
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from habaring.engines.scoring._values import Floats

if TYPE_CHECKING:
    from habaring.engines.scoring._score import Scores

ENGINE = "habaring scoring 1"
DIGITS = 6
_PAIRS = 100


def record(scores: Scores, *, pairs: bool | None = None) -> dict[str, Any]:
    """The record of `scores`; `pairs` says whether to include who beats whom."""
    out: dict[str, Any] = {
        "engine": ENGINE,
        "digits": DIGITS,
        "seed": scores.seed,
        "framework": asdict(scores.framework),
        "contributions_are": scores.contributions_are,
        "units": [_unit(scores, row) for row in range(len(scores.units))],
        "indicators": list(scores.indicators),
        "values": _rows(scores.values, digits=None),
        "normalised": _rows(scores.normalised),
        "shares": _rows(scores.shares),
        "contributions": _rows(scores.contributions),
        "notes": [
            {"code": n.code, "text": n.text, "params": dict(n.params)}
            for n in scores.notes
        ],
    }
    whole: dict[str, Any] = _plain(out | _drawn(scores, pairs=pairs))
    return whole


def _unit(scores: Scores, row: int) -> dict[str, Any]:
    of_groups = dict(zip(scores.groups, _row(scores.group_scores[row]), strict=True))
    coverage = dict(zip(scores.groups, _row(scores.group_coverage[row]), strict=True))
    ranks = dict(zip(scores.groups, scores.group_ranks[row].tolist(), strict=True))
    unit: dict[str, Any] = {
        "unit": scores.units[row],
        "index": _number(scores.index[row]),
        "rank": int(scores.rank[row]),
        "coverage": _number(scores.coverage[row]),
        "imputed": _number(scores.imputed[row]),
        "groups": of_groups,
        "group_coverage": coverage,
        "group_ranks": ranks,
    }
    if scores.intervals and scores.rank[row]:
        unit |= {
            "rank_low": int(scores.intervals.low[row]),
            "rank_median": int(scores.intervals.median[row]),
            "rank_high": int(scores.intervals.high[row]),
            "rank_mean": _number(scores.intervals.mean[row]),
        }
    return unit


def _drawn(scores: Scores, *, pairs: bool | None) -> dict[str, Any]:
    drawn = scores.intervals
    if not drawn or not scores.choices:
        return {}
    out: dict[str, Any] = {
        "draws": drawn.draws,
        "choices": asdict(scores.choices),
        "alike": [list(group) for group in drawn.groups],
        "pairs": None,
        "sensitivity": None,
    }
    wanted = len(scores.units) <= _PAIRS if pairs is None else pairs
    if wanted and drawn.beats is not None:
        permille = np.round(drawn.beats * 1000.0)
        out["pairs"] = {"from": drawn.pairs_from, "beats": _rows(permille, digits=0)}
    if scores.sensitivity:
        found = scores.sensitivity
        out["sensitivity"] = {
            "base": found.base,
            "evaluations": found.evaluations,
            "mean_shift": _number(found.mean_shift),
            "shares": [
                {k: v if k == "choice" else _number(v) for k, v in asdict(s).items()}
                for s in found.shares
            ],
        }
    return out


def _rows(values: Floats, digits: int | None = DIGITS) -> list[list[Any]]:
    return [_row(row, digits) for row in values]


def _row(values: Floats, digits: int | None = DIGITS) -> list[Any]:
    rounded = values if digits is None else np.round(values, digits) + 0.0  # no -0.0
    gone = np.isnan(values).tolist()
    kind = int if digits == 0 else float
    return [
        None if missing else kind(value)
        for missing, value in zip(gone, rounded.tolist(), strict=True)
    ]


def _number(value: Any) -> float | None:
    return None if np.isnan(value) else round(float(value), DIGITS) + 0.0


def _plain(value: Any) -> Any:
    """Tuples to lists, floats left over rounded, NaN to None."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, (float, np.floating)):
        return None if np.isnan(value) else float(value)
    return int(value) if isinstance(value, np.integer) else value
