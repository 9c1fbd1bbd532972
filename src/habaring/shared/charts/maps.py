"""The regions as tiles, and as shapes where boundaries are loaded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.sax.saxutils import quoteattr

from django.utils.translation import gettext as _

from habaring.shared.charts.axes import legend, nothing
from habaring.shared.charts.canvas import Canvas, Ink, pixels, wrap
from habaring.shared.charts.chart import NARROW, WIDE, Caption, Chart, as_table
from habaring.shared.formats import number

Ring = Sequence[tuple[float, float]]

CLASSES = ("q0", "q1", "q2", "q3", "q4")
LARGEST_TILE = 64  # a province of six regions is not six slabs
ROOM_FOR_A_NAME = 86
NAMED_TILE = 104  # with names in them, slabs are right


@dataclass(frozen=True, slots=True)
class Levels:
    """Five classes at most, cut at ``breaks`` (rising; a value at a break goes up)."""

    breaks: tuple[float, ...]
    spoken: Callable[[float], str] = number

    @classmethod
    def quantiles(
        cls,
        values: Sequence[float | None],
        spoken: Callable[[float], str] = number,
    ) -> "Levels":
        """Cut so that each of five classes holds about as many regions."""
        known = sorted(value for value in values if value is not None)
        if len(known) < 2:
            return cls((), spoken)
        cuts = [known[len(known) * i // 5] for i in range(1, 5)]
        rising = sorted({cut for cut in cuts if cut > known[0]})
        return cls(tuple(rising), spoken)

    @classmethod
    def equal(
        cls,
        values: Sequence[float | None],
        spoken: Callable[[float], str] = number,
    ) -> "Levels":
        """Cut the span of the values into five equal steps."""
        known = [value for value in values if value is not None]
        if not known or min(known) == max(known):
            return cls((), spoken)
        low, high = min(known), max(known)
        cuts = tuple(low + (high - low) * i / 5 for i in range(1, 5))
        return cls(cuts, spoken)

    def level(self, value: float | None) -> str:
        """The colour token of a value; ``sunk`` where there is none."""
        if value is None:
            return "sunk"
        above = sum(1 for cut in self.breaks if value >= cut)
        step = (len(CLASSES) - 1) / max(len(self.breaks), 1)
        return CLASSES[round(above * step)] if self.breaks else "q2"

    def said(self, value: float | None) -> str:
        """A value as the map and its table say it."""
        return "–" if value is None else self.spoken(value)

    @property
    def words(self) -> list[tuple[str, str]]:
        """The legend: token and words of each class, and of the missing."""
        missing = ("sunk", _("no data"))
        if not self.breaks:
            return [missing]
        cuts = [self.spoken(cut) for cut in self.breaks]
        below, above = f"< {cuts[0]}", f"≥ {cuts[-1]}"
        pairs = pairwise(cuts)
        words = [below, *(f"{a}–{b}" for a, b in pairs), above]
        centres = [
            self.breaks[0] - 1,
            *self.breaks,
        ]
        tokens = [self.level(value) for value in centres]
        return [*zip(tokens, words, strict=True), missing]


@dataclass(frozen=True, slots=True)
class Steps(Levels):
    """Named steps instead of numbers: a value is the place of its name; None ``unknown``."""

    names: tuple[str, ...] = ()
    unknown: str = ""

    @classmethod
    def named(cls, names: Sequence[str], unknown: str) -> "Steps":
        """Up to five steps, from light to dark."""
        cuts = tuple(place + 0.5 for place in range(len(names) - 1))
        return cls(cuts, number, tuple(names), unknown)

    def said(self, value: float | None) -> str:
        return self.unknown if value is None else self.names[int(value)]

    @property
    def words(self) -> list[tuple[str, str]]:
        steps = [(self.level(place), name) for place, name in enumerate(self.names)]
        return [*steps, ("sunk", self.unknown)]


@dataclass(frozen=True, slots=True)
class Tile:
    """A region at a place in the grid, counted from the top left. ``short`` is written
    into a tile that is large enough and has no value."""

    code: str
    label: str
    column: int
    row: int
    value: float | None = None
    url: str = ""
    own: bool = False
    short: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Words on the tile map (a province's name), at a place in the grid."""

    words: str
    column: float
    row: float


def tile_map(
    tiles: Sequence[Tile],
    caption: Caption,
    levels: Levels,
    *,
    places: Sequence[Place] = (),
    width: int = WIDE,
) -> Chart:
    """Draw each region as a square of one size: none is lost for being small.

    A tile with ``url`` is a link; its name and value show on hover. On a phone the
    squares are too small to touch, so there they are a picture only: give the list of
    regions beside it.
    """
    table = as_table(
        (_("Code"), _("Region"), _("Value")),
        [(tile.code, tile.label, tile.value) for tile in tiles],
        [(tile.code, tile.label, _said(tile.value, levels)) for tile in tiles],
    )
    return Chart(
        _tiles(tiles, caption, levels, places, width),
        _tiles(tiles, caption, levels, (), NARROW),
        table,
        caption.title,
        caption.alt,
        caption.key,
        caption.example,
    )


def _tiles(
    tiles: Sequence[Tile],
    caption: Caption,
    levels: Levels,
    places: Sequence[Place],
    width: int,
) -> str:
    canvas = Canvas(caption, width)
    narrow = width == NARROW
    across = max((tile.column for tile in tiles), default=0) + 1
    down = max((tile.row for tile in tiles), default=0) + 1
    named = any(tile.short for tile in tiles)
    size = min(width / across, NAMED_TILE if named else LARGEST_TILE)
    for tile in tiles:
        _tile(canvas, tile, size, levels, plain=narrow)
    for place in places:
        y = (place.row + 0.8) * size
        canvas.text(place.column * size, y, place.words, Ink("soft", 11))
    valued = any(tile.value is not None for tile in tiles)
    words = levels.words if valued else []
    bottom = legend(canvas, (0, down * size + 10), words)
    return canvas.svg(bottom, narrow=narrow)


def _said(value: float | None, levels: Levels) -> str:
    return levels.said(value)


def _tile(
    canvas: Canvas, tile: Tile, size: float, levels: Levels, *, plain: bool
) -> None:
    gap = 1 if size < 16 else 2
    edge = size - gap
    x, y = tile.column * size, tile.row * size
    words = f"{tile.label}: {_said(tile.value, levels)}"
    paint, stroke = f"f-{levels.level(tile.value)}", ""
    inset = 0.0
    if tile.own:
        paint, stroke, inset = f"{paint} s-ink", 'stroke-width="2.5"', 1.0
    elif tile.value is None:
        paint, stroke, inset = f"{paint} s-band", "", 0.5
    linked = tile.url and not plain
    lines = _name_in(tile, edge)
    if linked:  # a name that is seen is the link's name
        spoken = "" if lines else f" aria-label={quoteattr(words)}"
        canvas.add(f"<a href={quoteattr(tile.url)}{spoken}>")
    canvas.rect(
        (x + inset, y + inset, edge - 2 * inset, edge - 2 * inset),
        paint,
        round_=min(size / 6, 3),
        title="" if plain or lines else words,
        extra=stroke,
    )
    for i, line in enumerate(lines):
        canvas.text(x + 7, y + 18 + 15 * i, line, Ink("ink", 12, tile.own, on="paper"))
    if linked:
        canvas.add("</a>")


def _name_in(tile: Tile, edge: float) -> list[str]:
    if not tile.short or tile.value is not None or edge < ROOM_FOR_A_NAME:
        return []
    return wrap(tile.short, edge - 14, 12, lines=3, bold=tile.own)


@dataclass(frozen=True, slots=True)
class Shape:
    """A region's outline: projected rings, x to the right and y downwards, any unit."""

    code: str
    label: str
    rings: tuple[Ring, ...]
    value: float | None = None
    url: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class Pin:
    """A point on a map, in the unit of the shapes around it."""

    label: str
    at: tuple[float, float]


def pinned(
    shapes: Sequence[Shape], pin: Pin, caption: Caption, *, width: int = WIDE
) -> Chart:
    """Draw outlines without values, and one point on them."""
    table = as_table((_("Place"),), [(pin.label,)], [(pin.label,)])
    wide = _pinned(shapes, pin, caption, width, narrow=False)
    slim = _pinned(shapes, pin, caption, NARROW, narrow=True)
    return Chart(
        wide, slim, table, caption.title, caption.alt, caption.key, caption.example
    )


def _pinned(
    shapes: Sequence[Shape], pin: Pin, caption: Caption, width: int, *, narrow: bool
) -> str:
    canvas = Canvas(caption, width)
    points = [point for shape in shapes for ring in shape.rings for point in ring]
    left, right = min(x for x, _y in points), max(x for x, _y in points)
    top, bottom = min(y for _x, y in points), max(y for _x, y in points)
    scale = min((width - 24) / max(right - left, 1e-9), 420 / max(bottom - top, 1e-9))

    def placed(point: tuple[float, float]) -> tuple[float, float]:
        return (point[0] - left) * scale + 12, (point[1] - top) * scale + 12

    for shape in shapes:
        canvas.path(
            "".join(_ring([placed(point) for point in ring]) for ring in shape.rings),
            "f-sunk s-paper",
            extra='stroke-width="0.75" stroke-linejoin="round" fill-rule="evenodd"',
            title=shape.label,
        )
    x, y = placed(pin.at)
    canvas.add(
        f'<circle class="f-accent s-paper" cx="{pixels(x)}" cy="{pixels(y)}" r="7" stroke-width="2"/>'
    )
    return canvas.svg((bottom - top) * scale + 24, narrow=narrow)


def choropleth(
    shapes: Sequence[Shape], caption: Caption, levels: Levels, *, width: int = WIDE
) -> Chart:
    """Draw regions by their boundaries, shaded by the class of their value."""
    table = as_table(
        (_("Code"), _("Region"), _("Value")),
        [(shape.code, shape.label, shape.value) for shape in shapes],
        [(shape.code, shape.label, _said(shape.value, levels)) for shape in shapes],
    )
    if not any(shape.rings for shape in shapes):
        return nothing(caption, table.headers)
    wide = _choropleth(shapes, caption, levels, width, narrow=False)
    slim = _choropleth(shapes, caption, levels, NARROW, narrow=True)
    return Chart(
        wide, slim, table, caption.title, caption.alt, caption.key, caption.example
    )


def _choropleth(
    shapes: Sequence[Shape],
    caption: Caption,
    levels: Levels,
    width: int,
    *,
    narrow: bool,
) -> str:
    canvas = Canvas(caption, width)
    points = [point for shape in shapes for ring in shape.rings for point in ring]
    left, right = min(x for x, _y in points), max(x for x, _y in points)
    top, bottom = min(y for _x, y in points), max(y for _x, y in points)
    span = max(right - left, 1e-9)
    scale = min((width - 4) / span, 640 / max(bottom - top, 1e-9))
    shift = (width - span * scale) / 2
    for shape in sorted(shapes, key=lambda s: s.own):
        d = "".join(
            _ring(
                [((x - left) * scale + shift, (y - top) * scale + 2) for x, y in ring]
            )
            for ring in shape.rings
        )
        words = f"{shape.label}: {_said(shape.value, levels)}"
        bare = "s-band" if shape.value is None else "s-paper"
        line = "s-ink" if shape.own else bare
        thick = "2.5" if shape.own else "0.75"
        link = f"<a href={quoteattr(shape.url)} aria-label={quoteattr(words)}>"
        canvas.add(link if shape.url else "<g>")
        canvas.path(
            d,
            f"f-{levels.level(shape.value)} {line}",
            extra=f'stroke-width="{thick}" stroke-linejoin="round" fill-rule="evenodd"',
            title=words,
        )
        canvas.add("</a>" if shape.url else "</g>")
    end = legend(canvas, (0, (bottom - top) * scale + 14), levels.words)
    return canvas.svg(end, narrow=narrow)


def _ring(points: Ring) -> str:
    """Path data in whole tenths, without points that fall on the one before."""
    written: list[str] = []
    for x, y in points:
        place = f"{pixels(x)} {pixels(y)}"
        if not written or written[-1] != place:
            written.append(place)
    return f"M{'L'.join(written)}Z"
