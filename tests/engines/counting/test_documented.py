"""The worked example of docs/algorithms/counting.md."""

from fractions import Fraction
from pathlib import Path

import pytest

from habaring.engines.counting import (
    Completion,
    Election,
    Outcome,
    Rule,
    RuleName,
    audit,
    count,
    read_pabulib,
    rule_in,
)
from tests.engines.counting.elections import election

PAGE = Path(__file__).parents[3] / "docs" / "algorithms" / "counting.md"
CASE = Path(__file__).parent / "cases" / "village.pb"
MILLION = 1_000_000


@pytest.fixture
def village() -> Election:
    return read_pabulib(CASE.read_bytes())


def rows() -> dict[str, list[str]]:
    """The table of the page, by project."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: row[1:] for row in found if row[0] in ("R", "W", "L", "P")}


def test_the_projects_are_those_of_the_page(village: Election) -> None:
    record = audit(count(village, Rule()))
    for project in village.projects:
        name, cost, votes = rows()[project.id][:3]
        assert (project.name, project.cost) == (name, int(cost) * MILLION)
        assert record["projects"][project.id]["votes"] == int(votes)


@pytest.mark.parametrize(
    ("column", "rule"),
    [
        (3, Rule()),
        (4, Rule(completion=Completion.ADD1_GREEDY)),
        (5, Rule(RuleName.GREEDY)),
        (6, Rule(RuleName.PHRAGMEN)),
    ],
)
def test_the_order_of_purchases(column: int, rule: Rule, village: Election) -> None:
    places = {row[column]: id_ for id_, row in rows().items()}
    told = [places[str(place)] for place in range(1, 4) if str(place) in places]
    assert list(count(village, rule).winners) == told


def test_the_numbers_of_equal_shares(village: Election) -> None:
    outcome = count(village, Rule())
    paid = [
        (one.project, one.rate, price(outcome, one.project)) for one in outcome.rounds
    ]
    assert paid == [("R", Fraction(1, 6), 9), ("W", Fraction(1, 4), Fraction(15, 2))]
    left = {id_: story.money_left for id_, story in outcome.stories.items()}
    assert [left["L"], left["P"]] == [Fraction(6_500_000), Fraction(5 * MILLION)]
    assert outcome.left == 16 * MILLION


def test_what_everybody_wants_is_bought_to_the_last_fraction() -> None:
    assert 61 * Fraction(150_000 / 61) < 150_000  # why nothing may be rounded
    zabrze = election({"a": 150_000}, ["61*a"], 150_000)
    assert count(zabrze, Rule()).winners == ("a",)


def price(outcome: Outcome, id_: str) -> Fraction:
    paid = outcome.stories[id_].price
    assert paid is not None
    return paid / MILLION


def test_the_numbers_of_add1_and_phragmen(village: Election) -> None:
    rule = rule_in(village)
    assert rule == Rule(completion=Completion.ADD1_GREEDY, ties=("max_votes",))
    outcome = count(village, rule)
    assert outcome.endowment == Fraction(13_499_999)
    assert outcome.steps == 3_499_999
    assert outcome.cost == 99 * MILLION
    times = [r.rate / MILLION for r in count(village, Rule(RuleName.PHRAGMEN)).rounds]
    assert times == [Fraction(24, 5), Fraction(15, 2), Fraction(61, 5)]


def test_the_page_names_every_field_of_the_record(village: Election) -> None:
    text = PAGE.read_text(encoding="utf-8")
    record = audit(count(village, Rule()), data=b"")
    known = {
        "format",
        "engine",
        "voters",
        "ballots",
        "round",
        "project",
        "phase",
        "spent",
    }
    fields = {*record, *record["rounds"][0], *record["projects"]["L"]} - known
    assert [name for name in fields if f"`{name}`" not in text] == []


@pytest.mark.real_data
def test_wieliczka_as_it_was_declared(shared_data: Path) -> None:
    file = shared_data / "pb" / "Poland_Wieliczka_2023_Green_Budget.pb"
    town = read_pabulib(file.read_bytes())
    declared = {p.id for p in town.projects if p.more["selected"] == "1"}
    on = count(town, Rule(completion=Completion.ADD1_OVER_BUDGET))
    assert set(on.winners) == declared
    assert set(count(town, Rule(completion=Completion.ADD1)).winners) != declared
