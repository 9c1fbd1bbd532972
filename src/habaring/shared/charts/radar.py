"""Readiness on several axes at once. For three to eight axes on one scale."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from habaring.shared.charts.canvas import Canvas, Ink, pixels, wrap
from habaring.shared.charts.chart import NARROW, Anchor, Caption, Chart, as_table
from habaring.shared.formats import number


@dataclass(frozen=True, slots=True)
class Axis:
    """One side of readiness; ``target`` is drawn as a dashed outline."""

    label: str
    value: float | None
    target: float | None = None


def radar(
    axes: Sequence[Axis], caption: Caption, *, highest: float = 100, width: int = 520
) -> Chart:
    """Draw values from 0 to ``highest`` around a centre.

    Raises ``ValueError`` for fewer than three axes. A missing value is drawn at the
    centre without a dot and written as a dash.
    """
    if len(axes) < 3:
        message = "A radar needs at least three axes."
        raise ValueError(message)
    table = as_table(
        (_("Name"), _("Value"), _("Target")),
        [(axis.label, axis.value, axis.target) for axis in axes],
    )
    return Chart(
        _draw(axes, caption, highest, width, narrow=False),
        _draw(axes, caption, highest, NARROW, narrow=True),
        table,
        caption.title,
        caption.alt,
        caption.key,
        caption.example,
    )


@dataclass(frozen=True, slots=True)
class _Wheel:
    count: int
    cx: float
    cy: float
    radius: float

    def at(self, i: int, share: float) -> tuple[float, float]:
        """The point on axis ``i`` (the first points up) at a share of the radius."""
        angle = 2 * math.pi * i / self.count - math.pi / 2
        far = self.radius * share
        return self.cx + math.cos(angle) * far, self.cy + math.sin(angle) * far

    def outline(self, shares: Sequence[float]) -> str:
        """Path data through one point an axis."""
        points = (self.at(i, share) for i, share in enumerate(shares))
        return "M" + "L".join(f"{pixels(x)} {pixels(y)}" for x, y in points) + "Z"


_DASHES = 'fill="none" stroke-width="1.5" stroke-dasharray="4 3"'


def _draw(
    axes: Sequence[Axis], caption: Caption, highest: float, width: int, *, narrow: bool
) -> str:
    canvas = Canvas(caption, width)
    radius = min(width / 2 - (92 if narrow else 120), 150)
    above = wrap(axes[0].label, 150, 12.5 if narrow else 13)
    wheel = _Wheel(len(axes), width / 2, radius + 30 + 16 * len(above), radius)
    for ring in (0.25, 0.5, 0.75, 1.0):
        canvas.path(wheel.outline([ring] * len(axes)), "s-line", extra='fill="none"')
    for i in range(len(axes)):
        canvas.line((wheel.cx, wheel.cy, *wheel.at(i, 1)), "s-line")
    values = [min(max(axis.value or 0, 0), highest) / highest for axis in axes]
    shape = wheel.outline(values)
    canvas.path(shape, "f-eco-bg", extra='fill-opacity="0.75"')
    canvas.path(shape, "s-eco", extra='fill="none" stroke-width="2.5"')
    for i, axis in enumerate(axes):
        if axis.value is not None:
            x, y = wheel.at(i, values[i])
            canvas.dot(x, y, 4, "f-eco s-paper", 'stroke-width="1.5"')
        place = wheel.at(i, 1 + 14 / radius)
        _name(canvas, axis, place, wheel, narrow=narrow)
    bottom = max(wheel.at(i, 1)[1] for i in range(len(axes))) + 46
    targets = [axis.target for axis in axes]
    if any(target is not None for target in targets):
        shares = [(target or 0) / highest for target in targets]
        canvas.path(wheel.outline(shares), "s-ink", extra=_DASHES)
        canvas.line((0, bottom + 4, 22, bottom + 4), "s-ink", _DASHES)
        canvas.text(30, bottom + 8, _("target"), Ink("soft", 12))
        bottom += 16
    return canvas.svg(bottom, narrow=narrow)


def _name(
    canvas: Canvas,
    axis: Axis,
    at: tuple[float, float],
    wheel: _Wheel,
    *,
    narrow: bool,
) -> None:
    x, y = at
    middle = abs(x - wheel.cx) < 12
    anchor: Anchor = "middle" if middle else ("start" if x > wheel.cx else "end")
    room = 150.0 if middle else (canvas.width - x if x > wheel.cx else x)
    size = 12.5 if narrow else 13
    lines = wrap(axis.label, room, size)
    above = y < wheel.cy - 4 and middle
    tall = 16 * (len(lines) + 1)
    top = y - tall + 10 if above else y + 4 if middle else y - tall / 2 + 10
    for i, line in enumerate(lines):
        canvas.text(x, top + 16 * i, line, Ink("ink", size, anchor=anchor))
    value = number(axis.value)
    place = top + 16 * len(lines) + 1
    canvas.text(x, place, value, Ink("ink", 14, bold=True, anchor=anchor))
