"""The engine against cases worked by hand and against published totals."""

import numpy as np
import pytest

from habaring.engines import scoring
from habaring.engines.scoring import (
    Refused,
    human_development_index,
    mean,
    score,
    weighted_sum,
)
from tests.engines.scoring.reading import case, inputs, numbers


@pytest.mark.parametrize("name", ["kotim", "geometric", "ranks"])
def test_a_case_worked_by_hand(name: str) -> None:
    read = case(name)
    scores = score(*inputs(read))
    found = {
        "normalised": scores.normalised,
        "contributions": scores.contributions,
        "coverage": scores.coverage,
        "rank": scores.rank,
    }
    for place, group in enumerate(scores.groups):
        found[group] = scores.group_scores[:, place]
    for what, expected in read["expected"].items():
        have, want = np.array(found[what], dtype=float), numbers(expected)
        if what == "contributions":
            have = np.where(np.isnan(want), np.nan, have)
        np.testing.assert_allclose(have, want, rtol=0, atol=1e-8, err_msg=what)


def test_published_totals() -> None:
    read = case("published")
    spbe, kediri = read["spbe"], read["kediri"]
    total = weighted_sum(spbe["values"], spbe["weights"])
    assert total == pytest.approx(spbe["total"], abs=5e-4)
    assert sum(spbe["weights"].values()) == 100
    assert weighted_sum(kediri["values"], kediri["weights"]) == pytest.approx(
        kediri["total"], abs=5e-4
    )
    assert weighted_sum(kediri["values"], kediri["other_weights"]) == pytest.approx(
        kediri["other_total"], abs=5e-4
    )
    assert mean(kediri["values"]) == pytest.approx(kediri["equal_total"])
    impact = read["kediri_impact"]
    assert mean(impact["values"]) == pytest.approx(impact["total"], abs=5e-3)
    assert sum(read["iklh"]["weights"].values()) == pytest.approx(1.0)


def test_published_human_development_indices() -> None:
    for country in case("published")["hdi"]:
        goalposts = getattr(scoring, country.pop("goalposts"))
        published = country.pop("published")
        digits = len(str(published)) - 2
        found = human_development_index(**country, goalposts=goalposts)
        assert round(found, digits) == published


def test_a_weighted_sum_with_a_part_missing_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        weighted_sum({"a": 1.0, "c": 2.0}, {"a": 1.0, "b": 1.0})
    assert [p.code for p in refused.value.problems] == ["no_value", "no_weight"]
    with pytest.raises(Refused, match="sum above zero"):
        weighted_sum({"a": 1.0}, {"a": 0.0})


def test_a_part_of_the_hdi_at_its_goalpost_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        human_development_index(
            life=20, expected_schooling=0, mean_schooling=0, income=0
        )
    names = [p.params["name"] for p in refused.value.problems]
    assert names == ["life", "education", "income"]
