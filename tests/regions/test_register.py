"""The shipped register: whole, well formed, and loaded without loss."""

import csv
import re
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from habaring.regions import register
from habaring.regions.actions import RegisterRefused, record_register
from habaring.regions.models import CODE_PATTERN, Region, RegionKind
from habaring.regions.register import Unit
from habaring.shared.models import AuditEntry

UNITS = register.shipped()
LOCAL = [u for u in UNITS if u.kind in (RegionKind.REGENCY, RegionKind.CITY)]


def test_the_register_has_38_provinces_and_514_kabupaten_and_kota() -> None:
    assert Counter(u.kind for u in UNITS) == {
        "provinsi": 38,
        "kabupaten": 416,
        "kota": 98,
        "kecamatan": 17,
        "kelurahan": 17,
        "desa": 168,
    }


def test_every_code_is_well_formed_unique_and_below_its_parent() -> None:
    codes = {u.code for u in UNITS}
    assert len(codes) == len(UNITS)
    for unit in UNITS:
        assert re.match(CODE_PATTERN, unit.code)
        assert unit.parent == unit.code.rpartition(".")[0]
        assert not unit.parent or unit.parent in codes
    assert register.problems(UNITS) == []


def test_names_are_written_without_the_kind() -> None:
    names = {u.code: u.name for u in UNITS}
    assert names["62.02"] == "Kotawaringin Timur"
    assert names["62.71"] == "Palangka Raya"
    assert not [n for n in names.values() if n.startswith(("Kabupaten ", "KAB"))]


def test_the_figures_of_the_provinces_are_the_sums_of_their_parts() -> None:
    for province in (u for u in UNITS if u.kind == RegionKind.PROVINCE):
        parts = [u for u in LOCAL if u.parent == province.code]
        for figure in ("population", "districts", "urban_villages", "villages"):
            assert getattr(province, figure) == sum(getattr(u, figure) for u in parts)
    assert sum(u.population or 0 for u in LOCAL) == 284_973_643


def test_the_counts_of_kotim_are_those_of_the_listed_villages() -> None:
    kotim = next(u for u in UNITS if u.code == "62.02")
    assert (kotim.districts, kotim.urban_villages, kotim.villages) == (17, 17, 168)
    assert kotim.population == 454_515
    assert str(kotim.area_km2) == "15541.88"
    below = Counter(u.parent for u in UNITS if u.kind in ("desa", "kelurahan"))
    for district in (u for u in UNITS if u.kind == RegionKind.DISTRICT):
        stated = (district.urban_villages or 0) + (district.villages or 0)
        assert stated == below[district.code]


def test_each_of_the_514_has_a_tile_of_its_own() -> None:
    tiles = [(u.tile_column, u.tile_row) for u in LOCAL]
    assert None not in {part for tile in tiles for part in tile}
    assert len(set(tiles)) == 514
    assert max(c or 0 for c, _r in tiles) < 60
    assert max(r or 0 for _c, r in tiles) < 36


def test_the_tiles_of_a_province_form_one_block() -> None:
    for province in {u.parent for u in LOCAL}:
        tiles = [
            (u.tile_column or 0, u.tile_row or 0) for u in LOCAL if u.parent == province
        ]
        wide = 1 + max(c for c, _ in tiles) - min(c for c, _ in tiles)
        high = 1 + max(r for _, r in tiles) - min(r for _, r in tiles)
        assert wide * high <= 1.45 * len(tiles) + 3


def test_every_column_of_figures_has_a_source() -> None:
    told = {column for s in register.sources().values() for column in s.columns}
    assert {"population", "area_km2", "districts", "villages", "tile_row"} <= told


def test_every_short_name_belongs_to_a_unit() -> None:
    assert set(register.short_names()) <= {u.code for u in UNITS}


@pytest.mark.django_db
def test_loading_twice_changes_nothing_the_second_time(at: datetime) -> None:
    first = record_register(units=UNITS, source="facts", by=None, at=at)
    again = record_register(units=UNITS, source="facts", by=None, at=at)
    assert (len(first.opened), first.unchanged) == (754, 0)
    assert (again.total, again.unchanged) == (0, 754)
    assert Region.objects.local().count() == 514
    assert AuditEntry.objects.filter(verb="regions.register.recorded").count() == 1


@pytest.mark.django_db
def test_loading_takes_few_queries(
    at: datetime, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        record_register(units=UNITS, source="facts", by=None, at=at)


@pytest.mark.django_db
def test_a_unit_is_closed_by_the_list_and_never_deleted(at: datetime) -> None:
    record_register(units=UNITS, source="facts", by=None, at=at)
    closing = replace(LOCAL[0], closed_on=date(2026, 1, 1), decree="UU 1/2026")
    change = record_register(units=[closing], source="later", by=None, at=at)
    assert change.closed == (LOCAL[0].code,)
    assert Region.objects.count() == 754
    assert Region.objects.local().open_on(at.date()).count() == 513
    again = record_register(units=UNITS, source="facts", by=None, at=at)
    assert again.closed == ()
    assert Region.objects.get(code=LOCAL[0].code).closed_on == date(2026, 1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("unit", "column"),
    [
        (Unit("6202", "X", "kabupaten"), "code"),
        (Unit("62", "", "provinsi"), "name"),
        (Unit("62", "X", "kota"), "kind"),
        (Unit("62.02", "X", "kabupaten"), "parent"),
        (Unit("62", "X", "provinsi", parent="61"), "parent"),
        (
            Unit(
                "62",
                "X",
                "provinsi",
                opened_on=date(2020, 1, 1),
                closed_on=date(2019, 1, 1),
            ),
            "closed_on",
        ),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_saved(
    unit: Unit, column: str, at: datetime
) -> None:
    good = Unit("61", "Kalimantan Barat", "provinsi")
    with pytest.raises(RegisterRefused) as refused:
        record_register(units=[good, unit], source="x", by=None, at=at)
    assert [(p.row, p.column) for p in refused.value.problems] == [(3, column)]
    assert not Region.objects.exists()


def test_a_desa_code_cannot_be_a_kelurahan_and_a_code_stands_once() -> None:
    village = Unit("62.02.05.2001", "X", "kelurahan")
    found = register.problems([village, village], known={"62.02.05"})
    assert [(p.row, p.column) for p in found] == [(2, "kind"), (3, "kind"), (3, "code")]


@pytest.mark.real_data
def test_the_shipped_codes_and_figures_are_those_of_the_real_list(
    shared_data: Path,
) -> None:
    with (shared_data / "regions" / "regions_514.csv").open() as file:
        real = {row["code"]: row for row in csv.DictReader(file)}
    assert set(real) == {u.code for u in LOCAL}
    for unit in LOCAL:
        row = real[unit.code]
        assert unit.kind == row["type"]
        assert str(unit.population) == row["population"]
        assert float(unit.area_km2 or 0) == float(row["area_km2"])
    with (shared_data / "regions" / "provinces_38.csv").open() as file:
        provinces = {row["code"] for row in csv.DictReader(file)}
    assert provinces == {u.code for u in UNITS if u.kind == RegionKind.PROVINCE}
