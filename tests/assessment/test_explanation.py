"""The steps of an index, each with the region's own numbers."""

import pytest
from django.utils.translation import override

from habaring.assessment import explanation, pictures, queries
from habaring.assessment.models import Dimension, FrameworkIndicator, IndexEdition
from habaring.regions.models import Region
from tests import makers as house
from tests.assessment import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def peers() -> tuple[Region, ...]:
    makers.framework()
    return makers.province()


def told(edition: IndexEdition, region: str = "62.02") -> explanation.Explanation:
    edition.refresh_from_db()  # as the database gives it back: keys in another order
    with override("en"):
        found = explanation.explain(edition, region)
    assert found is not None
    return found


def formulas(found: explanation.Explanation) -> dict[str, str]:
    return {step.code: step.formula for step in found.groups}


def test_parts_come_before_their_whole_and_the_index_last(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    society = Dimension.objects.get(code="SOC")
    part = Dimension.objects.create(
        framework=society.framework, parent=society, code="SOC.2", name_id="Belajar"
    )
    FrameworkIndicator.objects.filter(indicator__code="K02").update(dimension=part)
    found = told(makers.edition(kotim, peers))
    assert [step.code for step in found.groups] == [
        "GOV",
        "ECO",
        "SOC.2",
        "SOC",
        "INDEX",
    ]
    assert sum(points for _group, points in found.of_dimensions) == pytest.approx(
        found.index
    )


def test_weights_that_differ_stand_in_the_formula(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    FrameworkIndicator.objects.filter(indicator__code="K01").update(weight=3)
    found = told(makers.edition(kotim, peers))
    assert formulas(found)["SOC"] == "50.64 × 0.750 + 33.00 × 0.250 = 46.23"
    assert formulas(found)["GOV"] == "55.50"


def test_a_geometric_mean_is_written_as_a_product(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    edition = makers.edition(kotim, peers, aggregation="geometric")
    found = told(edition)
    assert formulas(found)["SOC"] == "50.64^0.500 × 33.00^0.500 = 40.88"
    assert pictures.contributions(found, example=False) is None


def test_least_and_most_stand_where_there_are_no_goalposts(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    FrameworkIndicator.objects.update(goal_low=None, goal_high=None)
    found = told(makers.edition(kotim, peers))
    steps = {step.code: step for step in found.indicators}
    assert steps["K06"].formula == "(5.6 − 5.6) ÷ (5.6 − 3.6) × 100 = 0.00"
    assert steps["K01"].formula == "(72.66 − 71.32) ÷ (82.2 − 71.32) × 100 = 12.32"


def test_a_value_beyond_its_goalpost_says_so(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    FrameworkIndicator.objects.filter(indicator__code="K02").update(goal_high=8)
    found = told(makers.edition(kotim, peers))
    steps = {step.code: step for step in found.indicators}
    assert steps["K02"].formula == "(8.3 − 5) ÷ (8 − 5) × 100 = 110.00 → 100.00"
    assert any("Kotawaringin Timur" in note for note in found.notes)


def test_what_has_no_value_here_is_listed(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    poor = house.region("62.05")
    makers.record(poor, makers.row("K01", 2024, "70"), makers.row("K06", 2024, "5"))
    found = told(makers.edition(kotim, (*peers, poor)), "62.05")
    assert {value.indicator.code for value in found.absent} == {"K23", "K02"}


def test_a_region_outside_the_edition_has_no_steps(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    house.region("62.05")
    edition = makers.edition(kotim, peers)
    assert explanation.explain(edition, "62.05") is None
    assert any("Branding" in note for note in explanation.notes_of(edition))


def test_what_moves_the_ranks_is_drawn_with_enough_draws(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    found = told(makers.edition(kotim, peers, draws=1_000))
    assert {share["choice"] for share in found.shares} <= set(pictures.CHOICES)
    assert pictures.sensitivity(found, example=False) is not None
    few = told(makers.edition(kotim, peers, draws=200))
    assert pictures.sensitivity(few, example=False) is None


def test_of_many_regions_only_the_surroundings_are_drawn(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    many = tuple(house.region(f"63.{n:02d}", f"Daerah {n}") for n in range(1, 31))
    for n, region in enumerate(many):
        makers.record(
            region,
            makers.row("K01", 2024, 65 + n / 2),
            makers.row("K06", 2024, 3 + n / 10),
        )
    edition = makers.edition(kotim, (*peers, *many))
    league = queries.league(edition, kotim)
    chart = pictures.ladder(league, kotim, example=False)
    assert chart is not None
    assert len(chart.table.rows) == pictures.MOST_ROWS
    assert any("Kotawaringin Timur" in str(row[0]) for row in chart.table.rows)
    peers_of = queries.series(kotim, edition.values_used.first().indicator)  # type: ignore[union-attr]
    assert pictures.peers_chart(peers_of) is not None


def test_without_pairs_ranges_that_overlap_are_alike(
    peers: tuple[Region, ...], kotim: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = makers.edition(kotim, peers)
    from habaring.assessment import league as leagues

    rows = list(edition.scores.filter(group="INDEX").select_related("region"))
    mine = next(row for row in rows if row.region_id == "62.02")
    monkeypatch.setattr(
        leagues,
        "IndexEdition",
        type("None_", (), {"objects": IndexEdition.objects.none()}),
    )
    alike = leagues._alike(edition, rows, "62.02")
    assert alike == {
        row.region_id
        for row in rows
        if row is not mine
        and (row.rank_low or 0) <= (mine.rank_high or 0)
        and (mine.rank_low or 0) <= (row.rank_high or 0)
    }
