"""The engine against its plain twin, object by object and as a roll."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habaring.engines.taxing import (
    TAXES,
    Refused,
    Rules,
    _many,
    _passes,
    assess,
    assess_many,
)
from tests.engines.taxing import making, plain

SLOW = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def table(rules: Rules, rows: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    columns = {}
    for fact in TAXES[rules.tax].facts:
        values = [row[fact.key] for row in rows]
        if fact.kind == "quantity":
            columns[fact.key] = np.array([int(v * 1000) for v in values], np.int64)
        elif fact.kind == "use":
            columns[fact.key] = np.array(values, dtype="U8")
        else:
            kind = np.bool_ if fact.kind == "yes" else np.int64
            columns[fact.key] = np.array(values, dtype=kind)
    return columns


@SLOW
@given(st.data())
def test_every_step_equals_the_twin(data: st.DataObject) -> None:
    written = data.draw(making.texts())
    rules = making.rules(written)
    facts = data.draw(making.facts(rules))
    told = assess(rules, facts, on=making.ON)
    expected = plain.amounts(written, facts)
    for key in {*expected, *_many.step_keys(rules)}:
        step = told.step(key)
        assert (step.amount if step else 0) == expected.get(key, 0), key
    for step in (*told.steps, *told.beside):
        assert (step.rounding is not None) or step.exact == step.amount
        assert step.article


@SLOW
@given(st.data())
def test_a_roll_in_the_loops_equals_the_twin(data: st.DataObject) -> None:
    written = data.draw(making.texts())
    rules = making.rules(written)
    rows = data.draw(st.lists(making.facts(rules), min_size=1, max_size=8))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_many, "FEW", 0)
        roll = assess_many(rules, table(rules, rows), on=making.ON)
    slow = assess_many(rules, table(rules, rows), on=making.ON)
    assert (roll.total == roll.steps["total"]).all()
    for place, facts in enumerate(rows):
        expected = plain.amounts(written, facts)
        got = {key: int(column[place]) for key, column in roll.steps.items()}
        assert got == {key: expected[key] for key in got}
        assert roll.assessment(place).total == expected["total"]
    assert tuple(roll.steps) == _many.step_keys(rules) == tuple(slow.steps)
    assert (roll.tier == slow.tier).all()


@SLOW
@given(st.data())
def test_bills_in_wide_passes_equal_the_twin(data: st.DataObject) -> None:
    """Rules that `_passes` takes, and rolls of more than one block."""
    written = data.draw(making.texts(down=True))
    rules = making.rules(written)
    rows = data.draw(st.lists(making.facts(rules), min_size=1, max_size=8))
    many = rows * (4_500 // len(rows))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_many, "FEW", 0)
        roll = assess_many(rules, table(rules, many), on=making.ON)
    quick = roll.kept is None
    assert quick == (_passes.quick_of(rules) is not None)
    expected = [plain.amounts(written, facts)["total"] for facts in rows]
    assert roll.total.tolist() == expected * (4_500 // len(rows))
    assert (roll.total == roll.steps["total"]).all()


@SLOW
@given(st.data())
def test_large_and_crooked_objects(data: st.DataObject) -> None:
    """Around the largest base, where the loops' doubles are least sure."""
    mode = data.draw(making.MODES)
    percent = data.draw(st.integers(1, 500))
    share = data.draw(st.integers(200, 1_000))
    written = making.text(
        "pbb",
        making.TEN_MILLION,
        making.row("shares", percent=f"{share // 10}.{share % 10}"),
        making.row("rates", percent=f"0.{percent:03}"),
        rounding=f"share:1-{mode} tax:1-{mode}",
    )
    rules = making.rules(written)
    values = st.integers(rules.largest - 10**6, rules.largest + 10**3)
    rows: list[dict[str, Any]] = [
        {"land_m2": 1, "land_value": value, "building_m2": 0, "building_value": 0}
        | {"use": "", "first": True}
        for value in data.draw(st.lists(values, min_size=1, max_size=6))
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_many, "FEW", 0)
        if any(row["land_value"] > rules.largest for row in rows):
            with pytest.raises(Refused, match="the base is more than"):
                assess_many(rules, table(rules, rows), on=making.ON)
            return
        roll = assess_many(rules, table(rules, rows), on=making.ON)
    for place, facts in enumerate(rows):
        assert roll.total[place] == plain.amounts(written, facts)["total"]
