"""Where the proposals of a region lie: districts shaded by how many there are."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from habaring.regions import queries
from habaring.regions.maps import WIDTH, projected
from habaring.regions.models import Region
from habaring.regions.outlines import thinned
from habaring.shared.charts.bars import Bar, bars
from habaring.shared.charts.chart import Caption, Chart
from habaring.shared.charts.maps import Levels, Shape, choropleth

MOST = 20


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
