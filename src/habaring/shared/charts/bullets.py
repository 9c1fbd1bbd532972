"""Values against their targets, as bullet bars (after Stephen Few, 2006)."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from django.utils.translation import gettext as _

from habaring.shared.charts.axes import label_column
from habaring.shared.charts.canvas import Canvas, Ink, Scale, fit, pixels, text_width
from habaring.shared.charts.chart import NARROW, WIDE, Caption, Chart, as_table
from habaring.shared.formats import number


@dataclass(frozen=True, slots=True)
class Bullet:
    """A value with its target, both on the chart's common scale.

    ``shown`` is the value as a reader sees it; without it the number is written.
    """

    label: str
    value: float | None
    target: float | None = None
    colour: str = "accent"
    shown: str = ""

    @property
    def words(self) -> str:
        """The value in words."""
        return self.shown or number(self.value)


def bullet_bars(
    rows: Sequence[Bullet],
    caption: Caption,
    *,
    highest: float = 100,
    width: int = WIDE,
) -> Chart:
    """Draw one bar a row on a scale from 0 to ``highest``; an upright line is the
    target. A missing value leaves its track empty."""
    table = as_table(
        (_("Name"), _("Value"), _("Target")),
        [(row.label, row.value, row.target) for row in rows],
    )
    return Chart(
        _wide(rows, caption, highest, width),
        _narrow(rows, caption, highest),
        table,
        caption.title,
        caption.alt,
        caption.key,
        caption.example,
    )


def _bar(canvas: Canvas, row: Bullet, y: float, scale: Scale) -> None:
    track = scale.end - scale.start
    canvas.rect((scale.start, y - 5, track, 10), "f-band", round_=5)
    if row.value is not None:
        wide = scale(min(max(row.value, scale.low), scale.high)) - scale.start
        canvas.rect((scale.start, y - 5, wide, 10), f"f-{row.colour}", round_=5)
    if row.target is not None:
        x = scale(min(max(row.target, scale.low), scale.high))
        canvas.rect((x - 2.5, y - 10, 5, 20), "f-paper")
        canvas.rect((x - 1.5, y - 10, 3, 20), "f-ink", round_=1)


def _wide(rows: Sequence[Bullet], caption: Caption, highest: float, width: int) -> str:
    canvas, step = Canvas(caption, width), 38
    column = label_column([row.label for row in rows], 13.5, width * 0.32)
    shown = max((text_width(row.words, 16, bold=True) for row in rows), default=0)
    scale = Scale(0, highest, column + 18, width - shown - 16)
    for i, row in enumerate(rows):
        y = step * (i + 0.5)
        canvas.text(0, y + 4.5, fit(row.label, column, 13.5), Ink(size=13.5))
        _bar(canvas, row, y, scale)
        canvas.text(width, y + 5.5, row.words, Ink(size=16, bold=True, anchor="end"))
    return canvas.svg(step * len(rows))


def _narrow(rows: Sequence[Bullet], caption: Caption, highest: float) -> str:
    canvas, step = Canvas(caption, NARROW), 52
    scale = Scale(0, highest, 0, NARROW)
    for i, row in enumerate(rows):
        y = step * i
        room = NARROW - text_width(row.words, 16, bold=True) - 12
        canvas.text(0, y + 16, fit(row.label, room, 14), Ink(size=14))
        ink = Ink(size=16, bold=True, anchor="end")
        canvas.text(NARROW, y + 16, row.words, ink)
        _bar(canvas, row, y + 34, scale)
    return canvas.svg(step * len(rows), narrow=True)


def bullet_mark(
    value: float | None,
    target: float | None,
    token: str,
    *,
    label: str = "",
    highest: float = 100,
) -> str:
    """Draw one bar without words, for a row that says the number beside it.

    It stretches with its place. ``label`` tells it to screen readers; without one
    the picture is passed over.
    """
    name = (
        f'role="img" aria-label={quoteattr(label)}' if label else 'aria-hidden="true"'
    )
    scale = Scale(0, highest, 0, 200)
    parts = ['<rect y="6" width="200" height="8" rx="4" class="f-band"/>']
    if value is not None:
        wide = pixels(scale(min(max(value, 0), highest)))
        parts.append(
            f'<rect y="6" width="{wide}" height="8" rx="4" class="f-{token}"/>'
        )
    if target is not None:
        x = scale(min(max(target, 0), highest))
        parts.append(
            f'<rect x="{pixels(min(x - 2.5, 195))}" width="5" height="20" '
            f'class="f-paper"/><rect x="{pixels(min(x - 1.5, 197))}" width="3" '
            'height="20" rx="1" class="f-ink"/>'
        )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 20" width="200" '
        f'height="20" {name}>{"".join(parts)}</svg>'
    )
