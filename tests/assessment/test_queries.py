from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from habaring.assessment import actions, queries
from habaring.assessment.models import FrameworkIndicator, Indicator
from habaring.people.models import Account
from habaring.regions.models import Region
from tests import makers as house
from tests.assessment import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def peers() -> Any:
    makers.framework()
    return makers.province()


def test_the_league_is_in_order_and_knows_who_is_alike(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    edition = makers.edition(kotim, peers)
    league = queries.league(edition, kotim)
    assert [row.rank for row in league.rows] == [1, 2, 3, 4]
    assert league.own
    assert league.own.region == kotim
    assert league.ranked == 4
    beats = edition.record["pairs"]["beats"]
    codes = [unit["unit"] for unit in edition.record["units"]]
    me = codes.index("62.02")
    alike = {
        code
        for code in codes
        if code != "62.02"
        and max(beats[me][codes.index(code)], beats[codes.index(code)][me]) < 950
    }
    assert {region.code for region in league.alike} == alike


def test_a_region_without_enough_values_is_listed_last(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    poor = house.region("62.05")
    edition = makers.edition(kotim, (*peers, poor))
    last = queries.league(edition, kotim).rows[-1]
    assert (last.region, last.rank, last.score) == (poor, None, None)


def test_the_profile_prefers_the_own_edition_then_the_province(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    assert queries.profile(kotim).edition is None
    province = makers.edition(house.region("62"), peers)
    assert queries.profile(kotim).edition == province
    own = makers.edition(kotim, peers, seed=5)
    assert queries.profile(kotim).edition == own


def test_a_strangers_edition_is_nobody_elses_face(
    peers: tuple[Region, ...], kotim: Region, citra: Account
) -> None:
    makers.edition(house.region("62.01"), peers)
    assert queries.profile(kotim).edition is None


def test_the_profile_tells_score_change_target_and_coverage(
    peers: tuple[Region, ...], kotim: Region, at: datetime
) -> None:
    makers.edition(kotim, peers, year=2023)
    makers.edition(kotim, peers, year=2024)
    target = makers.row("K01", 2029, "80", source="RPJMD 2025-2029")
    actions.record_targets(region=kotim, rows=[target], upload=None, by=None, at=at)
    profile = queries.profile(kotim)
    society = next(d for d in profile.dimensions if d.dimension.code == "SOC")
    assert profile.before == 2023
    assert society.score == pytest.approx((50.64 + 33) / 2)
    assert society.change == pytest.approx((50.64 - 48.84 + 33 - 32) / 2)
    assert society.target == pytest.approx((80 + 33) / 2)
    assert [year for year, _score in society.trend] == [2023, 2024]
    branding = next(d for d in profile.dimensions if d.dimension.code == "BRA")
    assert (branding.score, branding.indicators) == (None, ())
    assert profile.farthest == (society,)
    assert (profile.known, len(profile.indicators)) == (4, 4)


def test_least_and_most_do_not_compare_over_the_years(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    FrameworkIndicator.objects.update(goal_low=None, goal_high=None)
    makers.edition(kotim, peers, year=2023)
    makers.edition(kotim, peers, year=2024)
    assert queries.profile(kotim).change is None


def test_an_indicator_row_says_what_is_newer_than_the_edition(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    makers.edition(kotim, peers)
    makers.record(kotim, makers.row("K01", 2024, "73", note="Pembaruan BPS."))
    rows = {r.indicator.code: r for r in queries.profile(kotim).indicators}
    assert rows["K01"].newer
    assert rows["K01"].corrected
    assert not rows["K23"].newer
    assert rows["K01"].trend == ((2023, 72.21), (2024, 73.0))


def test_a_target_of_a_lower_is_better_indicator(
    peers: tuple[Region, ...], kotim: Region, at: datetime
) -> None:
    for value, state in (("6", "reached"), ("1", "short")):
        target = makers.row("K06", 2029, value, source="RPJMD")
        actions.record_targets(region=kotim, rows=[target], upload=None, by=None, at=at)
        rows = {r.indicator.code: r for r in queries.profile(kotim).indicators}
        assert rows["K06"].state == state
        assert rows["K23"].state == "none"


def test_a_series_has_every_revision_and_the_peers(
    peers: tuple[Region, ...], kotim: Region, at: datetime
) -> None:
    makers.edition(kotim, peers)
    makers.record(
        kotim, makers.row("K06", 2024, "5.5", note="X."), at=at + timedelta(days=1)
    )
    series = queries.series(kotim, Indicator.objects.get(code="K06"))
    assert [point.year for point in series.points] == [2023, 2024]
    assert series.latest
    assert series.latest.value == Decimal("5.5")
    assert len(series.revisions) == 3
    assert series.revisions[0].note == "X."
    assert next(peer.region.code for peer in series.peers) == "62.71"


def test_data_quality_counts_fresh_stale_and_missing(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    quality = queries.data_quality(kotim, on=date(2026, 11, 2))
    assert (quality.expected, quality.fresh, quality.completeness) == (4, 4, 1.0)
    later = queries.data_quality(kotim, on=date(2028, 11, 2))
    assert len(later.stale) == 4
    empty = queries.data_quality(house.region("62.05"), on=date(2026, 11, 2))
    assert (len(empty.missing), empty.timeliness) == (4, 0.0)


def test_the_table_of_current_values_goes_back_in_unchanged(
    peers: tuple[Region, ...], kotim: Region
) -> None:
    from habaring.assessment.observations import row_from

    table = queries.current_table(kotim, blanks_for=2025)
    assert len(table) == 12
    done = makers.record(kotim, *(row_from(values) for values in table))
    assert (len(done.changes), done.unchanged, done.unfilled) == (0, 8, 4)


def test_a_profile_takes_few_queries(
    peers: tuple[Region, ...], kotim: Region, django_assert_max_num_queries: Any
) -> None:
    makers.edition(kotim, peers, year=2023)
    makers.edition(kotim, peers, year=2024)
    with django_assert_max_num_queries(12):
        profile = queries.profile(kotim)
        assert profile.farthest == ()
