"""Problems with published best values (OR-Library, Chu and Beasley 1998; MMKP, Khan)."""

from pathlib import Path

import pytest

from benchmarks.choose_published import knapsacks, multiple_choice
from habaring.engines.choosing import choose

pytestmark = pytest.mark.real_data


@pytest.fixture
def folder(shared_data: Path) -> Path:
    return shared_data / "choice"


@pytest.mark.slow
@pytest.mark.parametrize("number", [10, 20])
def test_a_knapsack_of_five_limits_ends_at_the_published_value(
    folder: Path, number: int
) -> None:
    problem = knapsacks(folder, 1)[number]
    choice = choose(*problem.inputs, gap=0.0, seconds=90)
    assert choice.proven
    assert choice.objective == problem.published


def test_a_short_search_never_passes_the_published_value(folder: Path) -> None:
    problem = knapsacks(folder, 1)[0]
    choice = choose(*problem.inputs, gap=0.01, seconds=10)
    assert problem.published is not None
    assert choice.objective <= problem.published <= choice.bound + 1e-6
    assert choice.gap <= 0.01


@pytest.mark.parametrize("name", ["I01", "I02"])
def test_multiple_choice_ends_at_the_published_value(folder: Path, name: str) -> None:
    problem = multiple_choice(folder, name)
    choice = choose(*problem.inputs, gap=0.0, seconds=30)
    assert choice.proven
    assert choice.objective == problem.published
