"""People find a region by what they write."""

from datetime import datetime

import pytest

from habaring.regions import finding, register
from habaring.regions.actions import record_register
from habaring.regions.finding import Name
from habaring.regions.models import Region
from habaring.regions.queries import search

UNITS = register.shipped()
BY_CODE = {unit.code: unit for unit in UNITS}
NAMES = [
    Name(
        u.code,
        u.kind,
        (u.name, *register.short_names().get(u.code, ())),
        BY_CODE[u.parent].name if u.parent else "",
    )
    for u in UNITS
    if u.code.count(".") < 3
]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Kotim", "62.02"),
        ("kotawaringin timur", "62.02"),
        ("kab kotawaringin timur", "62.02"),
        ("Kab. Kotawaringin Timur", "62.02"),
        ("6202", "62.02"),
        ("62.02", "62.02"),
        ("Palangkaraya", "62.71"),
        ("palangka raya", "62.71"),
        ("kota palangkaraya", "62.71"),
        ("kotawaringn timur", "62.02"),
        ("kalteng", "62"),
        ("kota bandung", "32.73"),
        ("kabupaten bandung", "32.04"),
        ("solo", "33.72"),
        ("jaksel", "31.74"),
        ("baamang", "62.02.05"),
        ("Mentawa Baru", "62.02.06"),
        ("timur jawa", "35"),
    ],
)
def test_the_first_found_is_the_one_meant(text: str, code: str) -> None:
    assert finding.find(text, NAMES, limit=5)[0] == code


@pytest.mark.parametrize("text", ["", "  ", "zzzzqqq", "99", "…", "💧"])
def test_nothing_is_found_for_nothing(text: str) -> None:
    assert finding.find(text, NAMES, limit=5) == []


def test_a_short_code_gives_the_province_first() -> None:
    found = finding.find("62", NAMES, limit=3)
    assert found == ["62", "62.01", "62.02"]


def test_no_more_are_given_than_asked_for() -> None:
    assert len(finding.find("kota", NAMES, limit=4)) <= 4
    assert len(finding.find("kepulauan", NAMES, limit=3)) == 3


@pytest.mark.django_db
def test_search_gives_rows_with_their_parents_in_few_queries(
    at: datetime, django_assert_max_num_queries: object
) -> None:
    record_register(units=UNITS, source="facts", by=None, at=at)
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        found = search("Kotim", limit=5)
        assert found[0].full_name == "Kabupaten Kotawaringin Timur"
        assert found[0].parent is not None
        assert found[0].parent.name == "Kalimantan Tengah"
    assert [r.kind for r in search("Tumbang Puan")] == ["desa"]
    assert search("zzzzqqq") == []


@pytest.mark.django_db
def test_a_closed_region_is_not_found(at: datetime) -> None:
    record_register(units=UNITS, source="facts", by=None, at=at)
    Region.objects.filter(code="62.02").update(closed_on=at.date())
    assert "62.02" not in [region.code for region in search("Kotim")]
