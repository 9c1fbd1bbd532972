"""The worked example in docs/algorithms/scoring.md is what the engine says."""

import math
from pathlib import Path

from habaring.engines.scoring import score
from tests.engines.scoring.reading import case, inputs

PAGE = Path(__file__).resolve().parents[3] / "docs" / "algorithms" / "scoring.md"


def cell(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"


def test_the_worked_example_is_the_case() -> None:
    read = case("kotim")
    text = PAGE.read_text(encoding="utf-8")
    table, framework = inputs(read)
    scores = score(table, framework)
    for row, unit in enumerate(scores.units):
        groups = dict(zip(scores.groups, scores.group_scores[row], strict=True))
        cells = [unit, *map(cell, scores.normalised[row])]
        cells += [cell(groups[g]) for g in ("LIVING", "SOCIETY", "INDEX")]
        cells += [str(scores.rank[row]), cell(scores.coverage[row])]
        assert f"| {' | '.join(cells)} |" in text
        parts = [unit, *map(cell, scores.contributions[row]), cell(scores.index[row])]
        assert f"| {' | '.join(parts)} |" in text
    for indicator in framework.indicators:
        given = [
            str(v) if v != "" else "no value" for v in read["values"][indicator.code]
        ]
        line = next(
            x for x in text.splitlines() if x.startswith(f"| {indicator.code},")
        )
        assert line.endswith(f"| {' | '.join(given)} |")
        goalposts = f"{indicator.goal_low}–{indicator.goal_high}"
        assert (
            f"| {indicator.parent} | {indicator.weight:g} | {indicator.direction} | {goalposts} |"
            in line
        )
