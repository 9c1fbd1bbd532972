"""A budget as areas: each box is as large as its share."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from habaring.shared.charts.canvas import Canvas, Ink, text_width, wrap
from habaring.shared.charts.chart import NARROW, WIDE, Caption, Chart, as_table
from habaring.shared.formats import percent

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the budget. ``value`` sets its size, ``shown`` is the sum in words;
    ``colour`` only where colour says something (a dimension)."""

    label: str
    value: float
    shown: str
    colour: str = ""


def budget_areas(
    areas: Sequence[Area], caption: Caption, *, width: int = WIDE
) -> Chart:
    """Draw a squarified treemap (Bruls, Huizing, van Wijk 2000), largest first.

    Boxes too small for their words carry a number that the lines below explain.
    Parts of nothing or less are left to the table.
    """
    total = sum(max(area.value, 0) for area in areas) or 1
    table = as_table(
        (_("Name"), _("Value"), pgettext("part of the whole", "Share")),
        [(area.label, area.value, area.value / total) for area in areas],
        [(area.label, area.shown, percent(area.value / total)) for area in areas],
    )
    ordered = sorted((a for a in areas if a.value > 0), key=lambda a: -a.value)
    return Chart(
        _draw(ordered, caption, width, max(width * 0.46, 300), narrow=False),
        _draw(ordered, caption, NARROW, 400, narrow=True),
        table,
        caption.title,
        caption.alt,
        caption.key,
        caption.example,
    )


def squarify(values: Sequence[float], box: Box) -> list[Box]:
    """Cut ``box`` (x, y, width, height) into boxes in proportion to ``values``.

    ``values`` are positive and fall; the boxes come in the same order.
    """
    x, y, width, height = box
    if not values:
        return []
    if len(values) == 1:
        return [box]
    total = sum(values)
    scale = width * height / total
    short = min(width, height)
    count, best = 1, _worst(values[:1], scale, short)
    while count < len(values):
        tried = _worst(values[: count + 1], scale, short)
        if tried > best:
            break
        count, best = count + 1, tried
    row, rest = values[:count], values[count:]
    thick = sum(row) * scale / short
    done: list[Box] = []
    along = 0.0
    for value in row:
        long_ = value * scale / thick
        done.append(
            (x, y + along, thick, long_)
            if width >= height
            else (x + along, y, long_, thick)
        )
        along += long_
    left: Box = (
        (x + thick, y, width - thick, height)
        if width >= height
        else (x, y + thick, width, height - thick)
    )
    return [*done, *squarify(rest, left)]


def _worst(row: Sequence[float], scale: float, short: float) -> float:
    """The least square of the row's boxes, as long side over short."""
    total = sum(row) * scale
    thick = total / short
    sides = [value * scale / thick for value in row]
    return max(max(side / thick, thick / side) for side in sides)


def _draw(
    areas: Sequence[Area],
    caption: Caption,
    width: float,
    height: float,
    *,
    narrow: bool,
) -> str:
    canvas = Canvas(caption, width)
    boxes = squarify([area.value for area in areas], (0, 0, width, height))
    small: list[tuple[str, str]] = []
    for area, box in zip(areas, boxes, strict=True):
        token = area.colour or "gov"
        if not _box(canvas, area, box, token):
            small.append((str(len(small) + 1), f"{area.label} · {area.shown}"))
            _number(canvas, small[-1][0], box, token)
    y = height + 8
    for mark, words in small:
        for i, line in enumerate(wrap(words, width - 24, 13)):
            if not i:
                canvas.text(0, y + 14, mark, Ink("ink", 13, bold=True))
            canvas.text(20, y + 14, line, Ink("soft", 13))
            y += 19
    return canvas.svg(y, narrow=narrow)


def _paint(canvas: Canvas, box: Box, token: str) -> None:
    x, y, width, height = box
    canvas.rect((x, y, width - 3, height - 3), f"f-{token}-bg", round_=4)
    canvas.rect((x, y, 5, height - 3), f"f-{token}", round_=2)


def _box(canvas: Canvas, area: Area, box: Box, token: str) -> bool:
    """Paint the box; write its words in the largest size that fits, if any does."""
    _paint(canvas, box, token)
    x, y, width, height = box
    room, ground = width - 24, f"{token}-bg"
    for size in (15.0, 13.0, 12.0):
        lines = wrap(area.label, room, size, lines=3 if height > 110 else 2)
        fits = (
            not any(line.endswith("…") for line in lines)
            and height > 22 + 19 * len(lines)
            and text_width(area.shown, size + 1, bold=True) <= room
        )
        if fits:
            break
    else:
        return False
    for i, line in enumerate(lines):
        canvas.text(x + 14, y + 22 + 18 * i, line, Ink("ink", size, on=ground))
    base = y + 23 + 18 * len(lines)
    ink = Ink("ink", size + 1, bold=True, on=ground)
    canvas.text(x + 14, base, area.shown, ink)
    return True


def _number(canvas: Canvas, mark: str, box: Box, token: str) -> None:
    x, y, width, height = box
    if width < 18 or height < 16:
        return
    ink = Ink("ink", 12, bold=True, anchor="middle", on=f"{token}-bg")
    canvas.text(x + width / 2 + 1, y + height / 2 + 3, mark, ink)
