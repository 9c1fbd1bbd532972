"""What add1 passes over by looking ahead is what a walk of every step finds."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from habaring.engines.counting import _kernels_ahead, _kernels_steps, read_pabulib
from habaring.engines.counting._add1 import last_step
from habaring.engines.counting._ballots import gather
from habaring.engines.counting._equal_shares import Table, fits
from habaring.engines.counting._prepare import Prepared, prepare
from habaring.engines.counting._values import (
    Completion,
    Election,
    Kind,
    Measure,
    Project,
    Rule,
    RuleName,
)

SHARES = RuleName.EQUAL_SHARES
ENDS = (Completion.ADD1, Completion.ADD1_OVER_BUDGET)
MOST_STEPS = 3_000
FACTORS = (1, 7)  # of all money
FILES = (
    "Poland_Czestochowa_2020_Gnaszyn_-_Kawodrza",
    "Poland_Gdynia_2020_Pustki_Cisowskie-Demptowo__large",
    "Poland_Katowice_2021_Zarzecze",
    "Poland_Krakow_2023_Czyzyny",
    "Poland_Warszawa_2017_Praga-Poludnie",
    "Poland_Warszawa_2026",
    "Poland_Wieliczka_2023_Green_Budget",
)


def test_what_is_kept_compiled_notices_a_change_of_what_it_stands_on() -> None:
    folder = Path(_kernels_ahead.__file__).parent

    def checksum(name: str) -> str:
        return sha256((folder / name).read_bytes()).hexdigest()[:16]

    assert checksum("_kernels.py") == _kernels_ahead.BUILT_ON
    assert checksum("_kernels_ahead.py") == _kernels_steps.AND_ON


def town(chance: Random) -> tuple[Election, Rule]:
    """A random election in which add1 has hundreds or thousands of steps: quarters with
    likings of their own, coarse and fine currencies, now and then conflicts.
    """
    many, unit = chance.randint(2, 20), chance.choice((1, 10, 97, 1000))
    kind = chance.choice((Kind.APPROVAL, Kind.APPROVAL, Kind.SCORING))
    liked = [chance.uniform(0.02, 0.7) for _ in range(many)]
    quarters = [[chance.random() < 0.5 for _ in range(many)] for _ in range(4)]
    alike, rows = chance.random(), []
    for _ in range(chance.choice((5, 12, 30, 60, 150))):
        home = chance.choice(quarters) if chance.random() < alike else [True] * many
        listed = [p for p in range(many) if home[p] and chance.random() < liked[p]]
        points = [chance.randint(1, 5) for _ in listed]
        rows.append((listed, points if kind == Kind.SCORING else []))
    costs = [int(chance.lognormvariate(3, 0.8) * unit) + 1 for _ in range(many)]
    scored = kind == Kind.SCORING
    election = Election(
        budget=int(sum(costs) * chance.uniform(0.1, 0.9)) + 1,
        projects=tuple(Project(str(p), cost) for p, cost in enumerate(costs)),
        ballots=gather(kind, rows),
        kind=kind,
        scale=chance.choice((1, 1, 3)),
    )
    measure = chance.choice((Measure.COST, scored and Measure.SCORE))
    return election, Rule(SHARES, measure or Measure.CARDINALITY, chance.choice(ENDS))


def same_end(prepared: Prepared) -> int | None:
    """The last step, which is the same both ways; None where ties stop the walk."""
    walked = last_step(Table(prepared), walk=True)
    if walked is not None:
        assert last_step(Table(prepared)) == walked
    return walked


@pytest.mark.parametrize("seed", range(12))
def test_looking_ahead_ends_where_a_walk_ends(seed: int) -> None:
    chance, ends = Random(seed), []  # noqa: S311 - to be repeated
    for _ in range(12):
        prepared = prepare(*town(chance))
        if fits(prepared):
            ends.append(same_end(prepared))
    assert max(end or 0 for end in ends) > 100


@pytest.mark.real_data
@pytest.mark.parametrize("measure", [Measure.COST, Measure.CARDINALITY])
@pytest.mark.parametrize("name", FILES)
def test_looking_ahead_ends_where_a_walk_ends_in_real_elections(
    name: str, measure: Measure, shared_data: Path
) -> None:
    path = next((shared_data / "pb").rglob(f"{name}.pb"))
    election = read_pabulib(path.read_bytes(), lenient=True)
    for factor in FACTORS:
        projects = tuple(replace(p, cost=p.cost * factor) for p in election.projects)
        finer = replace(election, budget=election.budget * factor, projects=projects)
        prepared = prepare(finer, Rule(SHARES, measure, Completion.ADD1))
        ahead = last_step(Table(prepared))
        if ahead is not None and ahead < MOST_STEPS:
            assert last_step(Table(prepared), walk=True) == ahead
