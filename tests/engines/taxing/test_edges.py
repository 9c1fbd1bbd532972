"""Rolls at every edge: ends of tiers, thresholds, deductions, exact multiples."""

import numpy as np
import pytest

from habaring.engines.taxing import _many, _passes, assess_many
from tests.engines.taxing import making, plain
from tests.engines.taxing.making import row, text, use

EDGES = (7, 10_000_000, 20_000_000, 500_000_000, 2_000_000_000)
PARTS = [
    use("a"),
    use("b"),
    making.TEN_MILLION,
    row("deductions", amount=20_000_000, once_a_taxpayer=False, use="b"),
    row("exclusions", base_at_most=7),
    row("exclusions", use="b", base_at_most=500_000_000),
    row("rates", percent=0.1, up_to=10_000_000),
    row("rates", percent=0.15, above=10_000_000, up_to=500_000_000),
    row("rates", percent=0.3, above=500_000_000),
    row("rates", percent=0.07, up_to=2_000_000_000, use="a"),
    row("rates", percent=0.075, above=2_000_000_000, use="a"),
]


@pytest.mark.parametrize("mode", ["down", "up", "half-up", "half-even"])
@pytest.mark.parametrize("of", ["base", "taxable"])
@pytest.mark.parametrize("kind", ["whole", "marginal"])
def test_at_every_edge_of_the_rules(
    kind: str, of: str, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_many, "FEW", 0)
    brackets = f'[brackets]\nkind = "{kind}"\nof = "{of}"\n{making.ART}'
    shares = [row("shares", percent=40, up_to=20_000_000)]
    shares.append(row("shares", percent=60, above=20_000_000))
    steps = f"share:1-{mode} tax:1-{mode}"
    written = text("pbb", *PARTS, *shares, brackets, rounding=steps)
    rules = making.rules(written)
    sums = {a + b for a in EDGES for b in (0, *EDGES)}
    near = sorted({max(0, one + step) for one in sums for step in (-1, 0, 1)})
    rows = [
        {"land_m2": 1, "land_value": value, "use": key, "first": first}
        for value in near
        for key in ("", "a", "b")
        for first in (True, False)
    ]
    table = {key: np.array([one[key] for one in rows]) for key in rows[0]}
    roll = assess_many(rules, table, on=making.ON)
    assert (roll.kept is None) == ((kind, mode) == ("whole", "down"))
    for place, facts in enumerate(rows):
        expected = plain.amounts(written, facts)
        assert roll.total[place] == expected["total"], facts
        for key, column in roll.steps.items():
            assert column[place] == expected[key], (key, facts)


@pytest.mark.parametrize(
    "percent", ["0.1", "0.3", "0.07", "0.075", "0.111", "1/3", "100/206", "100/214"]
)
def test_exact_multiples_are_not_one_too_low(
    percent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a double just misses the whole number, the remainder mends it: in doubles
    206 × (1 / 206) is less than 1.
    """
    monkeypatch.setattr(_many, "FEW", 0)
    quoted = f'"{percent}"'
    written = text("pbb", making.TEN_MILLION, row("rates", percent=quoted))
    rules = making.rules(written)
    under = rules.rates[0].part.denominator
    values = np.arange(1, 20_001, dtype=np.int64) * under
    values = np.concatenate([values, values + 1, values - 1, values * 7_919])
    values = values[values <= rules.largest]
    table = {"land_m2": np.ones(len(values), np.int64), "land_value": values}
    roll = assess_many(
        rules, table | {"first": np.zeros(len(values), bool)}, on=making.ON
    )
    assert _passes.quick_of(rules) is not None
    part = rules.rates[0].part
    expected = [int(value) * part.numerator // part.denominator for value in values]
    assert roll.total.tolist() == expected
    assert roll.steps["total"].tolist() == expected
