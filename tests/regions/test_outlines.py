"""Boundaries from a file: read exactly, checked whole, simplified, refused with reasons."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import shape

from habaring.regions import register
from habaring.regions.outlines import BUDGET, BoundariesRefused, Outline, read

KNOWN = {"62", "62.01", "62.02", "61", "61.01"}


def square(west: float, south: float, side: float = 1.0) -> list[list[float]]:
    east, north = west + side, south + side
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(code: str, *rings: Sequence[Sequence[float]]) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": list(rings)}
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry}


def collection(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


GOOD = (feature("62.01", square(111, -3)), feature("62.02", square(112, -3)))
# Two squares side by side, quantised by 0.5 degrees; arc 1 is the border they share.
TOPOLOGY = {
    "type": "Topology",
    "transform": {"scale": [0.5, 0.5], "translate": [111, -3]},
    "arcs": [
        [[2, 0], [-2, 0], [0, 2], [2, 0]],
        [[2, 0], [0, 2]],
        [[2, 2], [2, 0], [0, -2], [-2, 0]],
    ],
    "objects": {
        "kabkota": {
            "type": "GeometryCollection",
            "geometries": [
                {
                    "type": "Polygon",
                    "properties": {"kode": "62.01"},
                    "arcs": [[0, -2]],
                },
                {
                    "type": "MultiPolygon",
                    "properties": {"kode": "62.02"},
                    "arcs": [[[1, 2]]],
                },
            ],
        }
    },
}


def _told(content: bytes, **more: Any) -> list[str]:
    with pytest.raises(BoundariesRefused) as refused:
        read(content, known=KNOWN, **more)
    return [str(p.message) for p in refused.value.problems] or [str(refused.value.why)]


def _area(outline: Outline) -> float:
    geometry = {"type": "MultiPolygon", "coordinates": outline.polygons}
    return float(shape(geometry).area)


def test_geojson_is_read_with_its_box() -> None:
    found = {o.code: o for o in read(collection(*GOOD), known=KNOWN)}
    assert set(found) == {"62.01", "62.02"}
    kotim = found["62.02"]
    assert (kotim.west, kotim.south, kotim.east, kotim.north) == (112, -3, 113, -2)
    assert _area(kotim) == 1


def test_topojson_arcs_are_decoded_forwards_and_backwards() -> None:
    found = {o.code: o for o in read(json.dumps(TOPOLOGY).encode(), known=KNOWN)}
    assert {code: _area(o) for code, o in found.items()} == {"62.01": 1, "62.02": 1}
    assert (found["62.01"].west, found["62.02"].east) == (111, 113)


def test_topojson_without_quantisation_is_read_too() -> None:
    topology = {
        "type": "Topology",
        "arcs": [square(111, -3)],
        "objects": {"x": {"type": "Polygon", "id": "62.01", "arcs": [[0]]}},
    }
    (outline,) = read(json.dumps(topology).encode(), known=KNOWN)
    assert _area(outline) == 1


def test_a_hole_stays_a_hole() -> None:
    holed = feature("62.01", square(111, -3), square(111.4, -2.6, 0.2))
    outlines = read(collection(holed, GOOD[1]), known=KNOWN)
    assert _area(outlines[0]) == pytest.approx(0.96)


def test_one_layer_is_kept_where_the_file_has_several() -> None:
    content = collection(feature("62", square(111, -3, 2)), *GOOD)
    assert [o.code for o in read(content, known=KNOWN, level=0)] == ["62"]
    assert len(read(content, known=KNOWN)) == 3


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    read(collection(*GOOD), known=KNOWN, progress=lambda *step: told.append(step))
    assert told == [(1, 2), (2, 2)]


def test_a_big_shape_is_simplified_until_it_fits() -> None:
    wave = [[111 + i / 2000, -3 + (i % 2) / 3000] for i in range(2000)]
    ring: list[list[float]] = [*wave, [112, -2], [111, -2], wave[0]]
    content = collection(feature("62.01", ring), GOOD[1])
    (outline, _other) = read(content, known=KNOWN, budget=2_000)
    assert len(json.dumps(outline.polygons)) < 2_000
    assert _area(outline) == pytest.approx(1, rel=0.01)


def test_a_crossing_ring_is_mended() -> None:
    bow = [[111, -3], [112, -2], [112, -3], [111, -2], [111, -3]]
    outlines = read(collection(feature("62.01", bow), GOOD[1]), known=KNOWN)
    assert _area(outlines[0]) == pytest.approx(0.5)


def test_what_is_not_json_is_refused() -> None:
    assert "JSON" in _told(b"\x89PNG not a map")[0]


def test_other_json_is_refused() -> None:
    assert _told(b'{"hello": 1}')
    assert _told(b"[1, 2]")


def test_a_broken_topology_is_refused() -> None:
    broken = {**TOPOLOGY, "arcs": []}
    assert _told(json.dumps(broken).encode())


def test_an_empty_file_is_refused() -> None:
    assert _told(collection())


def test_an_unknown_code_a_missing_code_and_a_double_are_each_named() -> None:
    nameless = feature("", square(111, -3))
    told = _told(
        collection(*GOOD, feature("99.01", square(113, -3)), nameless, GOOD[0])
    )
    words = " ".join(told)
    assert len(told) == 3
    assert "99.01" in words
    assert "62.01" in words


def test_a_region_left_out_beside_others_is_named() -> None:
    known = {*KNOWN, "62.03"}
    with pytest.raises(BoundariesRefused) as refused:
        read(collection(*GOOD), known=known)
    assert ["62.03" in str(p.message) for p in refused.value.problems] == [True]


def test_a_region_s_own_outline_alone_asks_for_no_neighbours() -> None:
    assert len(read(collection(GOOD[1]), known=KNOWN)) == 1


def test_a_point_or_nothing_is_no_area() -> None:
    point = {**GOOD[0], "geometry": {"type": "Point", "coordinates": [111, -3]}}
    assert "Point" in _told(collection(point, GOOD[1]))[0]
    nothing = {**GOOD[0], "geometry": None}
    assert len(_told(collection(nothing, GOOD[1]))) == 1


def test_rings_that_cannot_be_read_are_refused() -> None:
    assert _told(collection(feature("62.01", [[111, -3], [112, -3]]), GOOD[1]))
    flat = [[111, -3], [112, -3], [111, -3], [111, -3]]
    assert _told(collection(feature("62.01", flat), GOOD[1]))


def test_latitude_before_longitude_is_said() -> None:
    swapped = [[y, x] for x, y in square(111, -3)]
    words = _told(collection(feature("62.01", swapped), GOOD[1]))[0]
    assert "longitude first" in words or "bujur dahulu" in words


def test_metres_and_other_countries_are_refused() -> None:
    metres = feature("62.01", square(700_000, 9_700_000, 1000))
    abroad = feature("62.02", square(4, 52))
    told = _told(collection(metres, abroad))
    assert len(told) == 2
    assert "4326" in told[0]


@pytest.mark.real_data
@pytest.mark.parametrize(
    "name", ["kabkota-514-200k.topo.json", "kabkota-514.topo.json"]
)
def test_the_real_514_are_read_and_small_enough_for_the_web(
    shared_data: Path, name: str
) -> None:
    known = {unit.code for unit in register.shipped()}
    content = (shared_data / "boundaries" / name).read_bytes()
    found = read(content, known=known, level=1)
    size = sum(len(json.dumps(o.polygons, separators=(",", ":"))) for o in found)
    assert len({o.code for o in found}) == 514
    assert size < BUDGET
    kotim = next(o for o in found if o.code == "62.02")
    assert 111 < kotim.west < kotim.east < 114
    assert _area(kotim) * 111.2**2 == pytest.approx(15_541.88, rel=0.05)


@pytest.mark.real_data
def test_the_real_villages_of_kotim_are_read(shared_data: Path) -> None:
    known = {unit.code for unit in register.shipped()}
    content = (shared_data / "boundaries" / "kotim-6202.topo.json").read_bytes()
    found = read(content, known=known)
    assert Counter(o.code.count(".") for o in found) == {3: 185, 2: 17, 1: 1}
