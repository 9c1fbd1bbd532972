"""The ranks each region could hold, as ranges: not a league table alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from habaring.shared.charts.axes import label_column, legend
from habaring.shared.charts.canvas import Canvas, Ink, Scale, fit
from habaring.shared.charts.chart import (
    NARROW,
    WIDE,
    Caption,
    Chart,
    as_table,
)
from habaring.shared.formats import years


@dataclass(frozen=True, slots=True)
class RankRow:
    """A region: ``low`` to ``high`` are the 5th and 95th percentile of its rank.

    ``alike``: it cannot be told apart from one's own, where that is known from pairs;
    without it, ranges that overlap are taken for alike.
    """

    label: str
    low: int
    median: float
    high: int
    own: bool = False
    alike: bool | None = None


def rank_ladder(
    rows: Sequence[RankRow], caption: Caption, *, width: int = WIDE
) -> Chart:
    """Draw each region's range of ranks with its middle, one's own marked.

    Those alike to one's own are shaded: they cannot be called better or worse.
    """
    ordered = sorted(rows, key=lambda row: (row.median, row.low, row.label))
    table = as_table(
        (_("Region"), _("Best rank"), _("Middle rank"), _("Worst rank")),
        [(row.label, row.low, row.median, row.high) for row in ordered],
    )
    return Chart(
        _wide(ordered, caption, width),
        _narrow(ordered, caption),
        table,
        caption.title,
        caption.alt,
        caption.key,
        caption.example,
    )


def _own(rows: Sequence[RankRow]) -> RankRow | None:
    return next((row for row in rows if row.own), None)


def _marks(rows: Sequence[RankRow]) -> list[int]:
    last = max((row.high for row in rows), default=1)
    step = 1 if last <= 6 else 5 if last <= 30 else 100 if last > 150 else 10
    inner = [n for n in range(step, last, step) if n > 1 and last - n > step * 0.4]
    return [1, *inner, last] if last > 1 else [1]


def _paint(row: RankRow, own: RankRow | None) -> str:
    if row.own:
        return "sun"
    near = row.alike
    if near is None:
        near = bool(own and row.low <= own.high and row.high >= own.low)
    return "near" if near else "band"


def _range_bar(
    canvas: Canvas, row: RankRow, y: float, scale: Scale, paint: str
) -> None:
    left, right = scale(row.low), scale(row.high)
    canvas.rect((left - 5, y - 5, right - left + 10, 10), f"f-{paint}", round_=5)
    if row.own:
        canvas.dot(scale(row.median), y, 6.5, "f-ink s-paper", 'stroke-width="2"')
    else:
        canvas.dot(scale(row.median), y, 4, "f-soft")


def _grid(
    canvas: Canvas, rows: Sequence[RankRow], scale: Scale, span: tuple[float, float]
) -> None:
    for mark in _marks(rows):
        x = scale(mark)
        canvas.line((x, span[0], x, span[1]), "s-line")
        canvas.text(x, span[0] - 6, str(mark), Ink("soft", 12, anchor="middle"))


def _words(rows: Sequence[RankRow]) -> list[tuple[str, str]]:
    own = _own(rows)
    items = [("sun", own.label)] if own else []
    if any(_paint(row, own) == "near" for row in rows):
        items.append(("near", _("could be equal")))
    return [*items, ("band", _("others"))] if own else []


def _wide(rows: Sequence[RankRow], caption: Caption, width: int) -> str:
    canvas = Canvas(caption, width)
    own, step, top = _own(rows), 27, 26
    column = label_column([row.label for row in rows], 13, width * 0.36)
    scale = Scale(
        1, max((row.high for row in rows), default=1), column + 22, width - 58
    )
    bottom = top + step * len(rows)
    heading = Ink("soft", 12, anchor="end")
    canvas.text(column + 4, top - 6, _("rank"), heading)
    for i, row in enumerate(rows):
        if row.own:
            canvas.rect((0, top + i * step, width, step), "f-sunk", round_=6)
    _grid(canvas, rows, scale, (top, bottom))
    for i, row in enumerate(rows):
        y = top + step * (i + 0.5)
        _range_bar(canvas, row, y, scale, _paint(row, own))
        on = "sunk" if row.own else ""
        name = fit(row.label, column, 13, bold=row.own)
        ink = Ink("ink", 13, bold=row.own, anchor="end", on=on)
        canvas.text(column + 4, y + 4.5, name, ink)
        canvas.text(
            width - 6,
            y + 4.5,
            years(row.low, row.high),
            Ink("ink" if row.own else "soft", 12.5, row.own, "end", on),
        )
    end = legend(canvas, (column + 17, bottom + 12), _words(rows))
    return canvas.svg(end)


def _narrow(rows: Sequence[RankRow], caption: Caption) -> str:
    canvas = Canvas(caption, NARROW)
    own, step, top = _own(rows), 44, 24
    scale = Scale(1, max((row.high for row in rows), default=1), 12, NARROW - 12)
    bottom = top + step * len(rows)
    for i, row in enumerate(rows):
        if row.own:
            canvas.rect((0, top + i * step, NARROW, step), "f-sunk", round_=6)
    _grid(canvas, rows, scale, (top, bottom))
    for i, row in enumerate(rows):
        y = top + step * i
        on = "sunk" if row.own else ""
        ground = "sunk" if row.own else "paper"
        name = fit(row.label, NARROW - 70, 14, bold=row.own)
        # the words interrupt the grid, so that no line runs through them
        canvas.rect((1, y + 3, NARROW - 2, 19), f"f-{ground}")
        canvas.text(6, y + 17, name, Ink("ink", 14, row.own, on=on))
        ink = Ink("ink" if row.own else "soft", 13, row.own, "end", on)
        canvas.text(NARROW - 6, y + 17, years(row.low, row.high), ink)
        _range_bar(canvas, row, y + 31, scale, _paint(row, own))
    end = legend(canvas, (6, bottom + 12), _words(rows))
    return canvas.svg(end, narrow=True)
