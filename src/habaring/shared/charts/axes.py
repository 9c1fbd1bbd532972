"""Ticks, legends and label columns that several charts share."""

import math
from collections.abc import Sequence

from django.utils.translation import gettext as _

from habaring.shared.charts.canvas import Canvas, Ink, fit, pixels, text_width
from habaring.shared.charts.chart import NARROW, WIDE, Caption, Chart, as_table


def nothing(caption: Caption, headers: Sequence[str]) -> Chart:
    """Draw the picture of no values at all: a sentence on an empty ground."""
    drawn = []
    for width, narrow in ((WIDE, False), (NARROW, True)):
        canvas = Canvas(caption, width)
        canvas.rect((0, 0, width, 96), "f-sunk", round_=8)
        ink = Ink("soft", 13, anchor="middle", on="sunk")
        canvas.text(width / 2, 53, _("no data"), ink)
        drawn.append(canvas.svg(96, narrow=narrow))
    return Chart(
        drawn[0],
        drawn[1],
        as_table(headers, ()),
        caption.title,
        caption.alt,
        caption.key,
        caption.example,
    )


def ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Return round values that cover ``low`` to ``high`` in about ``wanted`` steps."""
    span = high - low
    if span <= 0:
        return [low]
    rough = span / wanted
    power: float = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= rough * 0.999)
    first = math.floor(low / step)
    last = math.ceil(high / step - 1e-9)
    return [round(step * i, 10) for i in range(first, last + 1)]


def label_column(labels: Sequence[str], size: float, most: float) -> float:
    """Width of the column that holds the labels, at most ``most`` pixels."""
    widest = max((text_width(label, size, bold=True) for label in labels), default=0)
    return min(widest, most)


def legend(
    canvas: Canvas, at: tuple[float, float], items: Sequence[tuple[str, str]]
) -> float:
    """Draw swatches with their words, left to right, breaking where the line is full.

    ``items`` are (token, words). Returns the y below the legend.
    """
    x, y = at
    left = x
    for token, given in items:
        words = fit(given, canvas.width - left - 20, 12)
        wide = text_width(words, 12) + 34
        if x > left and x + wide - 16 > canvas.width:
            x, y = left, y + 20
        paint = "f-sunk s-band" if token == "sunk" else f"f-{token}"  # noqa: S105
        canvas.rect((x, y + 1, 12, 12), paint, round_=3)
        canvas.text(x + 18, y + 11, words, Ink("soft", 12))
        x += wide
    return y + 20 if items else y


def dashed_line(
    canvas: Canvas, ends: tuple[float, float, float, float], colour: str = "edge"
) -> None:
    """Draw a thin dashed line."""
    canvas.line(ends, f"s-{colour}", 'stroke-width="1.5" stroke-dasharray="4 3"')


def ribbon(left: tuple[float, float, float], right: tuple[float, float, float]) -> str:
    """Path data of a band between two upright edges, each (x, top, bottom)."""
    x0, top0, bottom0 = left
    x1, top1, bottom1 = right
    mid = (x0 + x1) / 2
    a, b, m = pixels(x0), pixels(x1), pixels(mid)
    t0, t1, b0, b1 = map(pixels, (top0, top1, bottom0, bottom1))
    return f"M{a} {t0}C{m} {t0} {m} {t1} {b} {t1}V{b1}C{m} {b1} {m} {b0} {a} {b0}Z"
