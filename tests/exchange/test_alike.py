from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from habaring.assessment.models import Indicator, Observation
from habaring.exchange import alike, finding
from habaring.regions.models import Region
from tests import makers as people
from tests.exchange import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def country() -> dict[str, Region]:
    """Four regions with figures of the register; one of which little is known."""
    told = {
        "62.01": (290_000, 9_000),
        "62.02": (450_000, 15_500),
        "64.08": (430_000, 31_000),
        "31.71": (1_000_000, 48),
        "91.01": (None, None),
    }
    found = {}
    for code, (population, area) in told.items():
        row = people.region(code)
        row.population, row.area_km2 = population, area
        row.save()
        found[code] = row
    return found


def test_neighbours_of_the_same_size_come_first_with_their_reasons(
    country: dict[str, Region],
) -> None:
    found = alike.alike(country["62.02"])
    assert [one.region.code for one in found][:2] == ["62.01", "64.08"]
    assert found[-1].region.code == "31.71"
    first = found[0]
    assert str(first.lines[0].label) == "Population"
    assert (first.lines[0].own, first.lines[0].other) == ("450.000", "290.000") or (
        first.lines[0].own,
        first.lines[0].other,
    ) == ("450,000", "290,000")
    assert {str(line.label) for line in first.unknown} == {
        "Own revenue as a share of revenue",
        "Local tax per person",
    }
    assert first.low < first.score < first.high
    assert "not known" in first.chart.alt or "belum diketahui" in first.chart.alt


def test_a_region_of_which_little_is_known_is_neither_first_nor_last(
    country: dict[str, Region],
) -> None:
    found = {one.region.code: one for one in alike.alike(country["62.02"])}
    unknown = found["91.01"]
    assert unknown.known < 0.5
    assert unknown.high - unknown.low > 0.5
    assert found["62.01"].score > unknown.score > found["31.71"].score


def test_own_revenue_is_taken_from_the_newest_figures(
    country: dict[str, Region], at: datetime
) -> None:
    share = Indicator.objects.create(
        code="K33a", family="kabupaten", name_id="PAD", unit_id="%", direction="higher"
    )
    for code, year, value in (
        ("62.02", 2022, 10),
        ("62.02", 2024, 30),
        ("62.01", 2024, 30),
        ("64.08", 2024, 10),
    ):
        Observation.objects.create(
            region_id=code,
            indicator=share,
            year=year,
            value=value,
            source="uji",
            recorded_at=at,
        )
    found = {one.region.code: one for one in alike.alike(country["62.02"])}

    def own(code: str) -> float | None:
        lines = {str(line.label): line.likeness for line in found[code].lines}
        return lines["Own revenue as a share of revenue"]

    assert own("62.01") == 1
    assert own("64.08") == pytest.approx(0, abs=0.15)
    assert own("31.71") is None


def test_what_is_no_kabupaten_has_none_like_it(country: dict[str, Region]) -> None:
    assert alike.alike(people.region("62")) == ()


def test_practices_of_regions_alike_come_first(
    country: dict[str, Region], at: datetime
) -> None:
    far = makers.published(country["31.71"], at, title="Jauh")
    near = makers.published(country["62.01"], at, title="Dekat")
    own = makers.published(country["62.02"], at, title="Sendiri")
    found = finding.find({"mirip": "62.02"})
    assert [card.practice for card in found.cards] == [near, far]
    assert found.cards[0].twin is not None
    assert own.pk not in [card.practice.pk for card in found.cards]


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_says_why_in_words_and_in_a_picture(
    country: dict[str, Region], client: Client, language: str
) -> None:
    client.cookies["bahasa"] = language
    page = client.get(reverse("exchange:alike", args=["62.02"])).content.decode()
    assert "Kotawaringin Barat" in page
    assert page.count("<svg") >= 4
    assert ("Not known" if language == "en" else "Belum diketahui") in page
    assert client.get(reverse("exchange:alike", args=["62"])).status_code == 404
