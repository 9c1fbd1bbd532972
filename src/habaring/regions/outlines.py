"""Boundaries from a file: read TopoJSON or GeoJSON, check everything, simplify.

Pure: a file's text and the codes of the register in, outlines or every problem out.
TopoJSON: github.com/topojson/topojson-specification; GeoJSON: RFC 7946. Neighbours of
one file are simplified together, so that the borders they share stay shared
(shapely.coverage_simplify, after Visvalingam and Whyatt).
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from shapely.geometry import shape

from habaring.shared.refusal import FileRefused, Problem, Words

WEST, SOUTH, EAST, NORTH = 94.0, -12.0, 142.0, 7.5
"""Indonesia, with a margin. Longitude 94–142, latitude −12–7.5 do not overlap, so that
a pair written the wrong way round cannot pass."""

CODE_NAMES = ("code", "kode", "kode_wilayah", "kdppum", "id")
LISTED = 200
DECIMALS = 4
"""Digits kept after the point: about eleven metres."""

BUDGET = 300_000
"""Bytes of JSON that the outlines of one layer should stay under for the web."""

Progress = Callable[[int, int], None]
Ring = list[list[float]]


class BoundariesRefused(FileRefused):
    """A file of boundaries refused whole."""


@dataclass(frozen=True)
class Outline:
    """A region's outline: polygons of rings of [longitude, latitude], WGS 84."""

    code: str
    polygons: list[list[Ring]]
    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class _Feature:
    """A shape as the file gives it, before anything is known to be right."""

    code: str
    geometry: Mapping[str, Any] | None
    layer: str = ""


def read(
    content: bytes,
    *,
    known: Collection[str],
    level: int | None = None,
    budget: int = BUDGET,
    progress: Progress | None = None,
) -> list[Outline]:
    """Outlines of the file's regions, ready to be stored.

    `known` are the codes of the register. `level` keeps one layer where the file has
    several: 0 provinces, 1 kabupaten and kota, 2 districts, 3 villages; without it all
    are read. Raises BoundariesRefused with every problem; then nothing is returned.
    """
    features = [f for f in _features(content) if level in (None, f.code.count("."))]
    if not features:
        raise _refused(_("There is no region in it."))
    problems = list(_wrong_codes(features, known))
    shapes: dict[str, Any] = {}
    for done, feature in enumerate(features, start=1):
        try:
            shapes[feature.code] = _shape(feature.geometry)
        except _BadShape as bad:
            problems.append(Problem("", None, feature.code or "?", bad.message))
        if progress:
            progress(done, len(features))
    if problems:
        raise _refused(_("Some of its regions are not right."), problems)
    levels = sorted({code.count(".") for code in shapes})
    return [
        outline
        for one in levels
        for outline in _simplified(
            {code: s for code, s in shapes.items() if code.count(".") == one}, budget
        )
    ]


def _refused(why: Words, problems: Sequence[Problem] = ()) -> BoundariesRefused:
    return BoundariesRefused(
        _("The boundaries were not loaded."),
        why,
        _("Mend the file and load it again; nothing has been saved."),
        problems=problems[:LISTED],
        count=len(problems),
    )


# Reading


def _features(content: bytes) -> list[_Feature]:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        raise _refused(
            _("It is not JSON. TopoJSON and GeoJSON are read here.")
        ) from None
    kind = data.get("type") if isinstance(data, dict) else None
    try:
        if kind == "Topology":
            return list(_from_topology(data))
        if kind == "FeatureCollection":
            return [_from_feature(f) for f in data["features"]]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        raise _refused(
            _("It says that it is TopoJSON or GeoJSON, but its inside is broken.")
        ) from None
    raise _refused(
        _(
            "It is JSON, but neither a TopoJSON Topology nor a GeoJSON FeatureCollection."
        )
    )


def _from_feature(feature: Mapping[str, Any]) -> _Feature:
    return _Feature(_code_of(feature), feature["geometry"])


def _code_of(feature: Mapping[str, Any]) -> str:
    properties = {
        str(k).casefold(): v for k, v in (feature.get("properties") or {}).items()
    }
    for name in CODE_NAMES:
        if properties.get(name) not in (None, ""):
            return str(properties[name]).strip()
    return str(feature.get("id") or "").strip()


def _from_topology(data: Mapping[str, Any]) -> Iterator[_Feature]:
    arcs = _decoded(data["arcs"], data.get("transform"))
    for layer, thing in data["objects"].items():
        members = thing.get("geometries", [thing])
        for member in members:
            yield _Feature(_code_of(member), _geometry(member, arcs), layer)


def _decoded(arcs: Iterable[Any], transform: Mapping[str, Any] | None) -> list[Ring]:
    """Arcs as lists of [x, y]: running sums of deltas where they are quantised."""
    if transform is None:
        return [[[float(x), float(y)] for x, y, *_more in arc] for arc in arcs]
    (kx, ky), (dx, dy) = transform["scale"], transform["translate"]
    out = []
    for arc in arcs:
        x = y = 0
        points = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            points.append([x * kx + dx, y * ky + dy])
        out.append(points)
    return out


def _geometry(member: Mapping[str, Any], arcs: Sequence[Ring]) -> dict[str, Any] | None:
    kind = member.get("type")
    if kind == "Polygon":
        rings = [_ring(ring, arcs) for ring in member["arcs"]]
        return {"type": kind, "coordinates": rings}
    if kind == "MultiPolygon":
        parts = [[_ring(ring, arcs) for ring in part] for part in member["arcs"]]
        return {"type": kind, "coordinates": parts}
    return {"type": str(kind)} if kind else None


def _ring(indexes: Sequence[int], arcs: Sequence[Ring]) -> Ring:
    """Arcs end to end; ~i means arc i backwards; the shared point stands once."""
    ring: Ring = []
    for index in indexes:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring.extend(arc[1:] if ring else arc)
    return ring


# Checking


class _BadShape(Exception):  # noqa: N818 - it becomes a Problem
    """Why a shape cannot be used."""

    def __init__(self, message: Words) -> None:
        super().__init__(message)
        self.message = message


def _wrong_codes(
    features: Sequence[_Feature], known: Collection[str]
) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, feature in enumerate(features, start=1):
        if not feature.code:
            form = _("Shape {number} has no code. Give each its code, like 62.02.")
            yield Problem("", None, "code", format_lazy(form, number=number))
        elif feature.code not in known:
            form = _("{code} is not in the register.")
            yield Problem("", None, "code", format_lazy(form, code=feature.code))
        elif feature.code in seen:
            form = _("{code} stands in the file twice.")
            yield Problem("", None, "code", format_lazy(form, code=feature.code))
        seen.add(feature.code)
    yield from _missing(seen, known)


def _missing(seen: Collection[str], known: Collection[str]) -> Iterator[Problem]:
    """Regions that lie beside several of the file's, but are not in it themselves.

    One alone of its parent's parts is no layer: a region's own outline may come along.
    """
    beside = Counter(code.rpartition(".")[0] for code in seen if code in known)
    layers = {above for above, count in beside.items() if count > 1}
    form = _("{code} is in the register but not in the file.")
    for code in sorted(set(known) - set(seen)):
        if code.rpartition(".")[0] in layers:
            yield Problem("", None, "code", format_lazy(form, code=code))


def _shape(geometry: Mapping[str, Any] | None) -> Any:
    kind = (geometry or {}).get("type")
    if geometry is None or kind not in ("Polygon", "MultiPolygon"):
        form = _("Its shape is “{kind}”; an area (Polygon or MultiPolygon) is needed.")
        raise _BadShape(format_lazy(form, kind=kind or "–"))
    try:
        found = shape(geometry)
    except (ValueError, TypeError, IndexError, shapely.errors.ShapelyError):
        raise _BadShape(_("Its rings cannot be read.")) from None
    if found.is_empty:
        raise _BadShape(_("Its shape is empty."))
    _refuse_elsewhere(found.bounds)
    found = _mended(found)
    if found.is_empty or found.area == 0:
        raise _BadShape(_("Its rings cross so that no area is left."))
    return found


def _refuse_elsewhere(bounds: tuple[float, float, float, float]) -> None:
    west, south, east, north = bounds
    if west >= WEST and east <= EAST and south >= SOUTH and north <= NORTH:
        return
    if south >= WEST and north <= EAST and west >= SOUTH and east <= NORTH:
        raise _BadShape(
            _("Latitude and longitude are the wrong way round: write longitude first.")
        )
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        raise _BadShape(
            _("Its numbers are not degrees. Convert it to WGS 84 (EPSG:4326) first.")
        )
    raise _BadShape(_("It lies outside Indonesia."))


def _areas(found: Any) -> Any:
    """Only the areas of a mended shape: make_valid may leave lines and points."""
    parts = [
        part
        for part in getattr(found, "geoms", [found])
        if part.geom_type in ("Polygon", "MultiPolygon")
    ]
    return shapely.union_all(parts) if parts else shapely.Polygon()


# Simplifying

_STEPS = (0.0, 0.001, 0.002, 0.004, 0.007, 0.012, 0.02, 0.03, 0.05)
"""Tolerances in degrees, tried in turn: 0.001 is about a hundred metres."""


def _simplified(shapes: Mapping[str, Any], budget: int) -> list[Outline]:
    """The least simplification that keeps all outlines together under the budget."""
    outlines: list[Outline] = []
    for tolerance in _STEPS:
        outlines = [
            _outline(code, found)
            for code, found in zip(shapes, _at(shapes, tolerance), strict=True)
        ]
        size = sum(len(json.dumps(o.polygons, separators=(",", ":"))) for o in outlines)
        if size <= budget:
            break
    return outlines


def _at(shapes: Mapping[str, Any], tolerance: float) -> Sequence[Any]:
    given = list(shapes.values())
    if tolerance == 0:
        return given
    made = [_mended(one) for one in together(given, tolerance)]
    return [
        _without_crumbs(new, old, tolerance)
        for new, old in zip(made, given, strict=True)
    ]


def together(shapes: Sequence[Any], tolerance: float) -> Sequence[Any]:
    """Simplify neighbours so that the borders that match stay together.

    Where rounding left a shape in which the library finds no way, each is simplified
    for itself.
    """
    sound = [_mended(one) for one in shapes]
    try:
        made: Sequence[Any] = shapely.coverage_simplify(sound, tolerance)
    except shapely.errors.GEOSException:
        made = shapely.simplify(sound, tolerance, preserve_topology=True)
    return made


def _mended(found: Any) -> Any:
    return found if found.is_valid else _areas(shapely.make_valid(found))


def _without_crumbs(new: Any, old: Any, tolerance: float) -> Any:
    """Islands too small to see at this tolerance are left out, the largest never."""
    found = new if not new.is_empty else old
    parts = list(getattr(found, "geoms", [found]))
    if len(parts) == 1:
        return found
    largest = max(parts, key=lambda part: part.area)
    kept = [p for p in parts if p is largest or p.area >= 4 * tolerance**2]
    return shapely.MultiPolygon(kept)


def _outline(code: str, found: Any) -> Outline:
    parts = getattr(found, "geoms", [found])
    drawn = [[_rounded(ring) for ring in _rings(part)] for part in parts]
    polygons = [
        [rings[0], *(hole for hole in rings[1:] if len(hole) >= 4)]
        for rings in drawn
        if len(rings[0]) >= 4
    ]
    if not polygons:  # smaller than the rounding: keep it as it is
        polygons = [[[[float(x), float(y)] for x, y in parts[0].exterior.coords]]]
    xs = [x for polygon in polygons for x, _y in polygon[0]]
    ys = [y for polygon in polygons for _x, y in polygon[0]]
    return Outline(code, polygons, min(xs), min(ys), max(xs), max(ys))


def _rings(part: Any) -> list[Any]:
    return [part.exterior, *part.interiors]


def _rounded(ring: Any) -> Ring:
    """The ring with few digits and no point twice in a row."""
    points: Ring = []
    for x, y, *_z in ring.coords:
        point = [round(float(x), DECIMALS), round(float(y), DECIMALS)]
        if not points or points[-1] != point:
            points.append(point)
    return points


def thinned(
    polygons: Mapping[str, Sequence[Sequence[Ring]]], step: float
) -> dict[str, list[Ring]]:
    """The rings of stored outlines with no more detail than `step` degrees.

    For one drawing size: borders that neighbours share stay shared.
    """
    shapes = [
        shapely.MultiPolygon([(rings[0], rings[1:]) for rings in parts])
        for parts in polygons.values()
    ]
    made = together(shapes, step) if shapes else []
    return {
        code: [
            [[float(x), float(y)] for x, y in ring.coords]
            for part in getattr(found, "geoms", [found])
            for ring in _rings(part)
            if part.area >= step**2
        ]
        for code, found in zip(polygons, made, strict=True)
    }
