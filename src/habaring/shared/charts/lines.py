"""Values over the years: sparklines, trends, small multiples, the frontier."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from django.utils.translation import gettext as _

from habaring.shared.charts.axes import dashed_line, nothing, ticks
from habaring.shared.charts.canvas import Canvas, Ink, Scale, fit, pixels, text_width
from habaring.shared.charts.chart import (
    NARROW,
    WIDE,
    Caption,
    Chart,
    Series,
    Years,
    as_table,
)
from habaring.shared.charts.paint import text_token
from habaring.shared.formats import number

Spoken = Callable[[float], str]
Runs = list[list[tuple[float, float]]]


def runs(points: Sequence[tuple[float, float | None]]) -> Runs:
    """Split points into unbroken runs at the missing values."""
    found: Runs = [[]]
    for x, y in points:
        if y is None:
            found.append([])
        else:
            found[-1].append((x, y))
    return [run for run in found if run]


def sparkline(
    values: Sequence[float | None], token: str, *, label: str = "", width: int = 96
) -> str:
    """Draw a small line without words; gaps where values are missing."""
    known = [value for value in values if value is not None]
    name = (
        f'role="img" aria-label={quoteattr(label)}' if label else 'aria-hidden="true"'
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 28" '
        f'width="{width}" height="28" {name}>'
    )
    if not known:
        return f"{head}</svg>"
    canvas = Canvas(Caption("", "", ""), width)
    across = Scale(0, max(len(values) - 1, 1), 4, width - 5)
    low, high = min(known), max(known)
    upward = Scale(low, high, 23, 5) if high > low else Scale(low - 1, low + 1, 23, 5)
    for run in runs([(across(i), value) for i, value in enumerate(values)]):
        points = [(x, upward(value)) for x, value in run]
        if len(points) > 1:
            canvas.polyline(points, f"s-{token}", 1.75)
        else:
            canvas.dot(*points[0], 1.5, f"f-{token}")
    last = max(i for i, value in enumerate(values) if value is not None)
    canvas.dot(across(last), upward(known[-1]), 3.25, f"f-{token}")
    return f"{head}{canvas.body}</svg>"


def trend(
    data: Years,
    caption: Caption,
    *,
    target: tuple[str, float] | None = None,
    spoken: Spoken = number,
    width: int = WIDE,
) -> Chart:
    """Draw series over years with dots, named at their ends.

    ``target`` is a dashed line: its words and value. ``spoken`` writes a value.
    """
    if not data.years:
        return nothing(caption, (_("Year"), *(s.label for s in data.series)))
    table = as_table(
        (_("Year"), *(series.label for series in data.series)),
        [
            (str(year), *(series.values[i] for series in data.series))
            for i, year in enumerate(data.years)
        ],
        [
            (str(year), *(_said(series.values[i], spoken) for series in data.series))
            for i, year in enumerate(data.years)
        ],
    )
    frame = _Frame(data, target, spoken)
    return Chart(
        _trend(frame, caption, width, narrow=False),
        _trend(frame, caption, NARROW, narrow=True),
        table,
        caption.title,
        caption.alt,
        caption.key,
        caption.example,
    )


def _said(value: float | None, spoken: Spoken) -> str:
    return "–" if value is None else spoken(value)


@dataclass(frozen=True, slots=True)
class _Frame:
    data: Years
    target: tuple[str, float] | None
    spoken: Spoken

    def marks(self) -> list[float]:
        known = [v for s in self.data.series for v in s.values if v is not None]
        known += [self.target[1]] if self.target else []
        if not known:
            return [0, 1]
        low, high = min(known), max(known)
        if low == high:
            return ticks(low - abs(low) * 0.1 - 1, high + abs(high) * 0.1 + 1, 3)
        low = 0 if 0 < low < (high - low) else low
        return ticks(low, high)

    def labels(self) -> list[str]:
        return [series.label for series in self.data.series]


def _trend(frame: _Frame, caption: Caption, width: int, *, narrow: bool) -> str:
    canvas = Canvas(caption, width)
    marks = frame.marks()
    left = max(text_width(frame.spoken(mark), 12) for mark in marks) + 10
    many = len(frame.data.series) > 1
    names = max((text_width(n, 12.5, bold=True) for n in frame.labels()), default=0)
    right = 12 + (0 if narrow or not many else min(names, width * 0.25) + 8)
    top = 20 + (20 * len(frame.data.series) if narrow and many else 0)
    bottom = top + (190 if narrow else 230)
    upward = Scale(marks[0], marks[-1], bottom, top)
    first, last = frame.data.years[0], frame.data.years[-1]
    across = Scale(first, max(last, first + 1), left + 8, width - right - 8)
    for mark in marks:
        y = upward(mark)
        canvas.line((left, y, width - right, y), "s-line")
        ink = Ink("soft", 12, anchor="end")
        canvas.text(left - 6, y + 4, frame.spoken(mark), ink)
    _year_words(canvas, frame.data.years, across, bottom + 18)
    if frame.target:
        y = upward(frame.target[1])
        dashed_line(canvas, (left, y, width - right, y), "ink")
        canvas.text(left + 4, y - 5, frame.target[0], Ink("ink", 12))
    ends: list[float] = []
    for i, series in enumerate(frame.data.series):
        _series(canvas, series, frame.data.years, (across, upward))
        if narrow and many:
            canvas.rect((0, 2 + 20 * i, 12, 12), f"f-{series.colour}", round_=3)
            canvas.text(18, 12 + 20 * i, series.label, Ink("ink", 12.5))
        elif many:
            _end_name(canvas, series, (width - right + 4, right - 4), upward, ends)
    return canvas.svg(bottom + 26, narrow=narrow)


def _series(
    canvas: Canvas, series: Series, years: Sequence[int], scales: tuple[Scale, Scale]
) -> None:
    across, upward = scales
    points = list(zip((across(year) for year in years), series.values, strict=True))
    for run in runs(points):
        drawn = [(x, upward(value)) for x, value in run]
        if len(drawn) > 1:
            canvas.polyline(drawn, f"s-{series.colour}", 2.25)
        for x, y in drawn:
            canvas.dot(x, y, 3.5, f"f-{series.colour} s-paper", 'stroke-width="1.5"')


def _end_name(
    canvas: Canvas,
    series: Series,
    place: tuple[float, float],
    upward: Scale,
    taken: list[float],
) -> None:
    known = [value for value in series.values if value is not None]
    if not known:
        return
    y = upward(known[-1]) + 4
    while any(abs(y - other) < 15 for other in taken):
        y += 15
    taken.append(y)
    words = fit(series.label, place[1], 12.5, bold=True)
    canvas.text(place[0], y, words, Ink(text_token(series.colour), 12.5, bold=True))


def _year_words(canvas: Canvas, years: Sequence[int], across: Scale, y: float) -> None:
    room = (across.end - across.start) / max(len(years) - 1, 1)
    every = max(1, -(-40 // max(int(room), 1)))
    for i, year in enumerate(years):
        if (len(years) - 1 - i) % every == 0:
            ink = Ink("soft", 12, anchor="middle")
            canvas.text(across(year), y, str(year), ink)


@dataclass(frozen=True, slots=True)
class Panel:
    """A small multiple: its values over the common years, and an optional target."""

    label: str
    values: tuple[float | None, ...]
    colour: str = "accent"
    target: float | None = None


def small_multiples(
    panels: Sequence[Panel],
    years: Sequence[int],
    caption: Caption,
    *,
    spoken: Spoken = number,
    width: int = WIDE,
) -> Chart:
    """Draw the same small picture for each panel, all on one scale."""
    table = as_table(
        (_("Year"), *(panel.label for panel in panels)),
        [
            (str(year), *(panel.values[i] for panel in panels))
            for i, year in enumerate(years)
        ],
    )
    grid = _Grid(tuple(panels), tuple(years), spoken)
    return Chart(
        grid.draw(caption, width, 6 if width >= 1000 else 3),
        grid.draw(caption, NARROW, 2, narrow=True),
        table,
        caption.title,
        caption.alt,
        caption.key,
        caption.example,
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    panels: tuple[Panel, ...]
    years: tuple[int, ...]
    spoken: Spoken

    def draw(
        self, caption: Caption, width: int, columns: int, *, narrow: bool = False
    ) -> str:
        canvas = Canvas(caption, width)
        gap, tall = (20, 140) if narrow else (28, 150)
        cell = (width - gap * (columns - 1)) / columns
        known = [v for panel in self.panels for v in panel.values if v is not None]
        known += [panel.target for panel in self.panels if panel.target is not None]
        marks = ticks(min(known, default=0), max(known, default=1), 3)
        for i, panel in enumerate(self.panels):
            x = (i % columns) * (cell + gap)
            y = (i // columns) * tall
            self._panel(canvas, panel, (x, y, cell), (marks[0], marks[-1]))
        rows = -(-len(self.panels) // columns)
        return canvas.svg(rows * tall, narrow=narrow)

    def _panel(
        self,
        canvas: Canvas,
        panel: Panel,
        box: tuple[float, float, float],
        span: tuple[float, float],
    ) -> None:
        x, y, cell = box
        known = [value for value in panel.values if value is not None]
        last = self.spoken(known[-1]) if known else "–"
        room = cell - text_width(last, 16, bold=True) - 8
        name = fit(panel.label, room, 12.5, bold=True)
        canvas.text(x, y + 16, name, Ink(text_token(panel.colour), 12.5, bold=True))
        end = Ink(size=16, bold=True, anchor="end")
        canvas.text(x + cell, y + 16, last, end)
        upward = Scale(*span, y + 108, y + 32)
        across = Scale(self.years[0], self.years[-1], x + 4, x + cell - 5)
        canvas.line((x, y + 112, x + cell, y + 112), "s-line")
        if panel.target is not None:
            level = upward(panel.target)
            dashed_line(canvas, (x, level, x + cell, level))
        _series(
            canvas,
            Series(panel.label, panel.values, panel.colour),
            self.years,
            (across, upward),
        )
        canvas.text(x, y + 127, str(self.years[0]), Ink("soft", 11.5))
        ink = Ink("soft", 11.5, anchor="end")
        canvas.text(x + cell, y + 127, str(self.years[-1]), ink)


@dataclass(frozen=True, slots=True)
class Point:
    """A scenario on the frontier; ``here`` marks the one in hand."""

    x: float
    y: float
    label: str = ""
    here: bool = False


@dataclass(frozen=True, slots=True)
class FrontierWords:
    """The axes' words, and how their values are written."""

    x: str
    y: str
    here: str
    spoken_x: Spoken = field(default=number)
    spoken_y: Spoken = field(default=number)


def frontier(
    points: Sequence[Point],
    caption: Caption,
    words: FrontierWords,
    *,
    width: int = WIDE,
) -> Chart:
    """Draw what each sum can buy at best, and where one stands.

    Points on the curve are joined in the order of x; a point that is ``here`` may
    lie below the curve and is not joined.
    """
    if not points:
        return nothing(caption, (words.x, words.y, _("Name")))
    ordered = sorted(points, key=lambda point: point.x)
    table = as_table(
        (words.x, words.y, _("Name")), [(p.x, p.y, p.label) for p in ordered]
    )
    return Chart(
        _frontier(ordered, caption, words, width, narrow=False),
        _frontier(ordered, caption, words, NARROW, narrow=True),
        table,
        caption.title,
        caption.alt,
        caption.key,
        caption.example,
    )


def _frontier(
    points: Sequence[Point],
    caption: Caption,
    words: FrontierWords,
    width: int,
    *,
    narrow: bool,
) -> str:
    canvas = Canvas(caption, width)
    xs = ticks(min(p.x for p in points), max(p.x for p in points), 3 if narrow else 5)
    ys = ticks(min(p.y for p in points), max(p.y for p in points), 4)
    left = max(text_width(words.spoken_y(y), 12) for y in ys) + 10
    tall = 220 if narrow else 280
    ends = [text_width(words.spoken_x(x), 12) / 2 for x in (xs[0], xs[-1])]
    across = Scale(xs[0], xs[-1], max(left, ends[0]) + 6, width - ends[1] - 2)
    upward = Scale(ys[0], ys[-1], tall, 30)
    for y in ys:
        canvas.line((left, upward(y), width, upward(y)), "s-line")
        ink = Ink("soft", 12, anchor="end")
        canvas.text(left - 6, upward(y) + 4, words.spoken_y(y), ink)
    for x in xs:
        ink = Ink("soft", 12, anchor="middle")
        canvas.text(across(x), tall + 20, words.spoken_x(x), ink)
    canvas.text(0, 12, words.y, Ink("soft", 12))
    canvas.text(width, tall + 40, words.x, Ink("soft", 12, anchor="end"))
    curve = [(across(p.x), upward(p.y)) for p in points if not p.here]
    if len(curve) > 1:
        area = "M" + "L".join(f"{pixels(x)} {pixels(y)}" for x, y in curve)
        area += f"L{pixels(curve[-1][0])} {tall}L{pixels(curve[0][0])} {tall}Z"
        canvas.path(area, "f-eco-bg", extra='opacity="0.6"')
        canvas.polyline(curve, "s-eco", 2.5)
    for x, y in curve:
        canvas.dot(x, y, 3.5, "f-eco s-paper", 'stroke-width="1.5"')
    for point in points:
        if point.here:
            _here(canvas, (across(point.x), upward(point.y)), point, words)
    return canvas.svg(tall + 48, narrow=narrow)


def _here(
    canvas: Canvas, at: tuple[float, float], point: Point, words: FrontierWords
) -> None:
    x, y = at
    label = point.label or words.here
    wide = text_width(label, 13, bold=True)
    canvas.dot(x, y, 7, "f-sun s-ink", 'stroke-width="2"')
    room = x + 14 + wide < canvas.width
    text_x = x + 13 if room else x - 13 - wide
    canvas.rect((text_x - 4, y + 8, wide + 8, 20), "f-paper", round_=4)
    canvas.text(text_x, y + 22, label, Ink("ink", 13, bold=True))
