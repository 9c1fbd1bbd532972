"""Real elections, counted by pabutools, too: the same winners in the same order."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from habaring.engines.counting import (
    Completion,
    Election,
    Kind,
    Measure,
    Outcome,
    Rule,
    RuleName,
    count,
    read_pabulib,
)

FILES = (
    "Poland_Czestochowa_2020_Gnaszyn_-_Kawodrza",
    "Poland_Gdynia_2020_Pustki_Cisowskie-Demptowo__large",
    "Poland_Katowice_2021_Zarzecze",
    "Poland_Krakow_2018_Swoszowice",
    "Poland_Krakow_2023_Czyzyny",
    "Poland_Warszawa_2017_Praga-Poludnie",
    "Poland_Warszawa_2019_Aleksandrow",
    "Poland_Wieliczka_2023_Green_Budget",
    "Poland_Wroclaw_2016_Rejon_nr_11_750",
    "Worldwide_Mechanical_Turk_Ranking_value_8",
)
SHARES = RuleName.EQUAL_SHARES
SELECTED = "selected"


@pytest.fixture(scope="module")
def pabutools() -> Any:
    pytest.importorskip("pabutools", reason="pabutools is in the bench group")
    from benchmarks.count_peer import rules

    return rules()


@pytest.fixture(params=FILES)
def path(request: pytest.FixtureRequest, shared_data: Path) -> Path:
    found = shared_data / "pb" / f"{request.param}.pb"
    if not found.is_file():
        pytest.skip("that election is not in the shared data")
    return found


def measures(kind: Kind) -> tuple[Measure, ...]:
    if kind == Kind.ORDINAL:
        return (Measure.BORDA,)
    if kind in (Kind.CUMULATIVE, Kind.SCORING):
        return (Measure.SCORE,)
    return (Measure.COST, Measure.CARDINALITY)


def theirs(rule: Callable[..., Any], path: Path) -> list[str]:
    from pabutools.election import parse_pabulib

    instance, profile = parse_pabulib(str(path))
    return [project.name for project in rule(instance, profile.as_multiprofile())]


def compared(outcome: Outcome, winners: list[str]) -> tuple[list[str], list[str]]:
    """Without what nobody supports, which pabutools' greedy takes."""
    supported = {id_ for id_, story in outcome.stories.items() if story.votes}
    return list(outcome.winners), [id_ for id_ in winners if id_ in supported]


@pytest.mark.real_data
def test_greedy_and_equal_shares(path: Path, pabutools: Any) -> None:
    election = read_pabulib(path.read_bytes(), lenient=True)
    for measure in measures(election.kind):
        for name, word in ((RuleName.GREEDY, "greedy"), (SHARES, "shares")):
            outcome = count(election, Rule(name, measure))
            ours, peer = compared(outcome, theirs(pabutools[f"{word} {measure}"], path))
            assert ours == peer


@pytest.mark.real_data
def test_phragmen(path: Path, pabutools: Any) -> None:
    """pabutools gives its winners sorted."""
    election = read_pabulib(path.read_bytes(), lenient=True)
    if election.kind not in (Kind.APPROVAL, Kind.CHOOSE_ONE):
        pytest.skip("Phragmén's rule counts approvals")
    outcome = count(election, Rule(RuleName.PHRAGMEN))
    assert sorted(outcome.winners) == sorted(theirs(pabutools["phragmen"], path))


@pytest.mark.real_data
def test_add1(path: Path, pabutools: Any) -> None:
    election = read_pabulib(path.read_bytes(), lenient=True)
    measure = measures(election.kind)[0]
    outcome = count(election, Rule(SHARES, measure, Completion.ADD1))
    if outcome.steps > 200:
        pytest.skip("pabutools would take minutes")
    assert list(outcome.winners) == theirs(pabutools[f"add1 {measure}"], path)


@pytest.mark.real_data
def test_max_welfare_is_worth_as_much(path: Path) -> None:
    pytest.importorskip("pabutools", reason="pabutools is in the bench group")
    from pabutools.election import Cardinality_Sat, parse_pabulib
    from pabutools.rules import max_additive_utilitarian_welfare

    election = read_pabulib(path.read_bytes(), lenient=True)
    if election.kind not in (Kind.APPROVAL, Kind.CHOOSE_ONE):
        pytest.skip("compared for approvals")
    outcome = count(election, Rule(RuleName.MAX_WELFARE, Measure.CARDINALITY))
    instance, profile = parse_pabulib(str(path))
    peer = max_additive_utilitarian_welfare(
        instance, profile.as_multiprofile(), sat_class=Cardinality_Sat
    )
    assert worth(outcome, outcome.winners) == worth(outcome, [p.name for p in peer])


def worth(outcome: Outcome, winners: Any) -> int:
    return sum(outcome.stories[id_].votes for id_ in winners)


@pytest.mark.real_data
def test_the_official_result_of_wieliczka(shared_data: Path) -> None:
    """A real election by equal shares: add1 goes on until it would cost too much."""
    path = shared_data / "pb" / "Poland_Wieliczka_2023_Green_Budget.pb"
    election: Election = read_pabulib(path.read_bytes())
    official = {p.id for p in election.projects if p.more.get(SELECTED) == "1"}
    outcome = count(election, Rule(completion=Completion.ADD1_OVER_BUDGET))
    assert set(outcome.winners) == official
    stopped = count(election, Rule(completion=Completion.ADD1))
    assert set(stopped.winners) ^ official == {"46", "66", "67"}
