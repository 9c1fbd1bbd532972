"""A region's map: its parts by their boundaries, or as tiles where none are loaded."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from django.urls import reverse
from django.utils.translation import gettext as _

from habaring.regions import queries
from habaring.regions.models import Region, RegionKind
from habaring.regions.outlines import thinned
from habaring.regions.queries import Part
from habaring.shared.charts.chart import Caption, Chart
from habaring.shared.charts.maps import Levels, Shape, Tile, choropleth, tile_map

WIDTH = 720
Rings: TypeAlias = tuple[tuple[tuple[float, float], ...], ...]


def map_of(region: Region, parts: Sequence[Part]) -> Chart | None:
    """The parts by their outlines; else the tiles of the province; else nothing."""
    if any(part.has_boundary for part in parts):
        return _outlined(region, parts)
    province = region.code[:2]
    if region.code.count(".") > 1:
        return None
    return _tiled(region, queries.tiles(province))


def _address(code: str) -> str:
    return reverse("web:region", args=[code])


def _outlined(region: Region, parts: Sequence[Part]) -> Chart:
    polygons = queries.outlines([part.code for part in parts])
    drawn = projected(thinned(polygons, 3 * _pixel(polygons)))
    shade = _density if region.kind == RegionKind.PROVINCE else _village_count
    values = [shade(part) for part in parts]
    shapes = [
        Shape(
            code=part.code,
            label=part.name,
            rings=drawn.get(part.code, ()),
            value=value,
            url=_address(part.code) if part.kind not in ("desa", "kelurahan") else "",
        )
        for part, value in zip(parts, values, strict=True)
    ]
    return choropleth(
        shapes,
        Caption(
            "map",
            _("Map of %(place)s") % {"place": region.full_name},
            _("The outlines of the %(count)d parts of %(place)s. They are indicative.")
            % {"count": len(parts), "place": region.full_name},
        ),
        Levels.quantiles(values),
    )


def _pixel(polygons: Mapping[str, Any]) -> float:
    """How many degrees one pixel of the drawing covers."""
    xs = [x for parts in polygons.values() for part in parts for x, _y in part[0]]
    span: float = max(xs) - min(xs)
    return span / WIDTH


def _village_count(part: Part) -> float | None:
    """Desa and kelurahan together; None where the register counts none."""
    if part.villages is None and part.urban_villages is None:
        return None
    return float((part.villages or 0) + (part.urban_villages or 0))


def shaded_by(region: Region) -> str:
    """What the colour of the map says, in a sentence."""
    if region.kind == RegionKind.PROVINCE:
        return _("The darker, the more people live on a square kilometre.")
    if region.is_local:
        return _("The darker, the more villages (desa and kelurahan).")
    return ""


def _density(part: Part) -> float | None:
    """People to the square kilometre; None where the register states neither."""
    if not part.population or not part.area_km2:
        return None
    return round(part.population / part.area_km2, 1)


def projected(
    drawn: Mapping[str, Sequence[Sequence[Sequence[float]]]],
) -> dict[str, Rings]:
    """Longitude and latitude as x to the right and y downwards, true in the middle."""
    ys = [y for rings in drawn.values() for ring in rings for _x, y in ring]
    narrow = math.cos(math.radians((min(ys) + max(ys)) / 2)) if ys else 1.0
    return {
        code: tuple(tuple((x * narrow, -y) for x, y in ring) for ring in rings)
        for code, rings in drawn.items()
    }


def _tiled(region: Region, places: Sequence[queries.TilePlace]) -> Chart | None:
    if not places:
        return None
    left = min(place.column for place in places)
    top = min(place.row for place in places)
    tiles = [
        Tile(
            code=place.code,
            label=place.name,
            column=place.column - left,
            row=place.row - top,
            url=_address(place.code),
            own=place.code == region.code,
            short=place.short,
        )
        for place in places
    ]
    across = max(tile.column for tile in tiles) + 1
    return tile_map(
        tiles,
        Caption(
            "map",
            _("Kabupaten and kota of the province"),
            _("One tile for each kabupaten and kota, roughly where it lies."),
        ),
        Levels(()),
        width=min(WIDTH, 104 * across),
    )
