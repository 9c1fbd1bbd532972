"""Where the proposals of a region lie: districts shaded by how many there are."""

import math
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from habaring.participation.models import Proposal
from habaring.regions import queries
from habaring.regions.maps import WIDTH, projected
from habaring.regions.models import Region
from habaring.regions.outlines import thinned
from habaring.shared.charts.bars import Bar, bars
from habaring.shared.charts.chart import Caption, Chart
from habaring.shared.charts.maps import Levels, Pin, Shape, choropleth, pinned

MOST = 20
POINT_WIDTH = 520


def map_of(region: Region, counts: Mapping[str, int]) -> Chart | None:
    """By outline where the region's boundaries are loaded, else as bars; None where
    nothing names a place below the region.
    """
    if not counts:
        return None
    parts = queries.parts(region)
    caption = Caption(
        "proposals-map",
        _("Where the proposals lie"),
        _("How many public proposals each part of %(place)s has.")
        % {"place": region.full_name},
    )
    drawn = queries.outlines([part.code for part in parts])
    if drawn:
        return _outlined(region, parts, counts, drawn, caption)
    rows = sorted(
        ((part.name, counts.get(part.code, 0)) for part in parts),
        key=lambda row: (-row[1], row[0]),
    )
    shown = [Bar(name, n, str(n), "gov") for name, n in rows[:MOST] if n]
    return bars(shown, caption) if shown else None


def point_of(row: Proposal) -> Chart | None:
    """The point of a proposal on the outline of its region's parts; None without a
    point, without boundaries, or where the point lies outside them.
    """
    if row.latitude is None or row.longitude is None:
        return None
    parts = queries.parts(row.region)
    drawn = queries.outlines([part.code for part in parts])
    if not drawn:
        return None
    xs = [x for rings in drawn.values() for part in rings for x, _y in part[0]]
    ys = [y for rings in drawn.values() for part in rings for _x, y in part[0]]
    x, y = float(row.longitude), float(row.latitude)
    if not (min(xs) <= x <= max(xs) and min(ys) <= y <= max(ys)):
        return None
    narrow = math.cos(math.radians((min(ys) + max(ys)) / 2))  # as `projected` does
    rings = projected(thinned(drawn, 3 * (max(xs) - min(xs)) / WIDTH))
    shapes = [
        Shape(code=part.code, label=part.name, rings=rings.get(part.code, ()))
        for part in parts
    ]
    place = row.place.full_name if row.place else row.region.full_name
    caption = Caption(
        "proposal-point",
        _("Where %(code)s lies") % {"code": row.code},
        _("A point in %(place)s, on the outlines of the parts of %(region)s.")
        % {"place": place, "region": row.region.full_name},
        row.illustrative,
    )
    return pinned(shapes, Pin(place, (x * narrow, -y)), caption, width=POINT_WIDTH)


def _outlined(
    region: Region, parts: Any, counts: Mapping[str, int], drawn: Any, caption: Caption
) -> Chart:
    xs = [x for rings in drawn.values() for part in rings for x, _y in part[0]]
    rings = projected(thinned(drawn, 3 * (max(xs) - min(xs)) / WIDTH))
    listen = reverse("participation:calls", args=[region.code])
    values = [float(counts.get(part.code, 0)) for part in parts]
    shapes = [
        Shape(
            code=part.code,
            label=part.name,
            rings=rings.get(part.code, ()),
            value=value or None,
            url=f"{listen}?tempat={part.code}",
        )
        for part, value in zip(parts, values, strict=True)
    ]
    return choropleth(shapes, caption, Levels.quantiles([v for v in values if v]))
