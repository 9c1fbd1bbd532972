"""Bars: plain, stacked by year, contributions to a score, in and out of a plan."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from habaring.shared.charts.axes import label_column, legend, nothing
from habaring.shared.charts.canvas import Canvas, Ink, Scale, fit, text_width
from habaring.shared.charts.chart import (
    NARROW,
    WIDE,
    Caption,
    Chart,
    Series,
    as_table,
)
from habaring.shared.charts.paint import SEQUENCE
from habaring.shared.formats import change, number

Spoken = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Bar:
    """A value from zero up; ``shown`` is how it is read, ``own`` sets it in bold."""

    label: str
    value: float | None
    shown: str = ""
    colour: str = "accent"
    own: bool = False

    @property
    def words(self) -> str:
        """The value in words."""
        return self.shown or number(self.value)


def bars(rows: Sequence[Bar], caption: Caption, *, width: int = WIDE) -> Chart:
    """Draw horizontal bars from zero, in the order given."""
    table = as_table(
        (_("Name"), _("Value")),
        [(row.label, row.value) for row in rows],
        [(row.label, row.words) for row in rows],
    )
    return Chart(
        _bars_wide(rows, caption, width),
        _bars_narrow(rows, caption),
        table,
        caption.title,
        caption.alt,
        caption.key,
        caption.example,
    )


def _highest(rows: Sequence[Bar]) -> float:
    return max((row.value or 0 for row in rows), default=0) or 1


def _bars_wide(rows: Sequence[Bar], caption: Caption, width: int) -> str:
    canvas, step = Canvas(caption, width), 34
    column = label_column([row.label for row in rows], 13.5, width * 0.36)
    shown = max((text_width(row.words, 13.5, bold=True) for row in rows), default=0)
    scale = Scale(0, _highest(rows), column + 16, width - shown - 12)
    for i, row in enumerate(rows):
        y = step * (i + 0.5)
        name = fit(row.label, column, 13.5, bold=row.own)
        canvas.text(0, y + 4.5, name, Ink(size=13.5, bold=row.own))
        long_ = scale(row.value or 0) - scale.start
        canvas.rect((scale.start, y - 9, long_, 18), f"f-{row.colour}", round_=3)
        after = scale.start + long_ + 8
        canvas.text(after, y + 4.5, row.words, Ink(size=13.5, bold=True))
    return canvas.svg(step * len(rows))


def _bars_narrow(rows: Sequence[Bar], caption: Caption) -> str:
    canvas, step = Canvas(caption, NARROW), 46
    scale = Scale(0, _highest(rows), 0, NARROW)
    for i, row in enumerate(rows):
        y = step * i
        room = NARROW - text_width(row.words, 14, bold=True) - 10
        name = fit(row.label, room, 14, bold=row.own)
        canvas.text(0, y + 15, name, Ink(size=14, bold=row.own))
        end = Ink(size=14, bold=True, anchor="end")
        canvas.text(NARROW, y + 15, row.words, end)
        canvas.rect((0, y + 22, scale(row.value or 0), 14), f"f-{row.colour}", round_=3)
    return canvas.svg(step * len(rows), narrow=True)


@dataclass(frozen=True, slots=True)
class Stack:
    """Values by year and source; ``ceilings`` by year (``None``: no ceiling)."""

    years: tuple[int, ...]
    series: tuple[Series, ...]
    ceilings: tuple[float | None, ...] = ()
    spoken: Spoken = field(default=number)

    def total(self, i: int) -> float:
        """The year's total."""
        return sum(series.values[i] or 0 for series in self.series)

    def ceiling(self, i: int) -> float | None:
        """The year's ceiling."""
        return self.ceilings[i] if i < len(self.ceilings) else None

    @property
    def highest(self) -> float:
        """The largest total or ceiling."""
        totals = [self.total(i) for i in range(len(self.years))]
        return max([*totals, *(c for c in self.ceilings if c)], default=1) or 1

    @property
    def words(self) -> list[tuple[str, str]]:
        """The legend."""
        return [(series.colour, series.label) for series in self.series]


def stacked_years(stack: Stack, caption: Caption, *, width: int = WIDE) -> Chart:
    """Draw each year's money stacked by source, with the ceiling as a line.

    Missing values count as nothing in the stack and stay missing in the table.
    """
    stack = replace(stack, series=_told_apart(stack.series))
    names = [series.label for series in stack.series]
    if not stack.years:
        return nothing(caption, (_("Year"), *names, _("Total")))
    ceiling = [_("Ceiling")] if any(stack.ceilings) else []
    rows = [
        (
            str(year),
            *(series.values[i] for series in stack.series),
            stack.total(i),
            *([stack.ceiling(i)] if ceiling else []),
        )
        for i, year in enumerate(stack.years)
    ]
    table = as_table(
        (_("Year"), *names, _("Total"), *ceiling),
        rows,
        [
            (
                str(row[0]),
                *(
                    "–" if value is None else stack.spoken(float(value))
                    for value in row[1:]
                ),
            )
            for row in rows
        ],
    )
    return Chart(
        _stack_wide(stack, caption, width),
        _stack_narrow(stack, caption),
        table,
        caption.title,
        caption.alt,
        caption.key,
        caption.example,
    )


def _told_apart(series: Sequence[Series]) -> tuple[Series, ...]:
    """Without the sources that bring nothing in any year; each in a colour of its own."""
    some = [one for one in series if any(one.values)]
    if len({one.colour for one in some}) == len(some):
        return tuple(some)
    return tuple(
        replace(one, colour=SEQUENCE[place % len(SEQUENCE)])
        for place, one in enumerate(some)
    )


def _stack_wide(stack: Stack, caption: Caption, width: int) -> str:
    canvas = Canvas(caption, width)
    top = legend(canvas, (0, 0), stack.words) + 12
    scale = Scale(0, stack.highest, top + 220, top)
    cell = width / len(stack.years)
    thick = min(cell * 0.62, 110)
    for i, year in enumerate(stack.years):
        left = cell * i + (cell - thick) / 2
        y = scale.start
        for series in stack.series:
            tall = scale.start - scale(series.values[i] or 0)
            y -= tall
            part = (left, y, thick, max(tall - 1.5, 0))
            canvas.rect(part, f"f-{series.colour}", round_=2)
        middle = left + thick / 2
        total = fit(stack.spoken(stack.total(i)), cell - 6, 13, bold=True)
        ink = Ink("ink", 13, bold=True, anchor="middle")
        canvas.text(middle, scale.start + 38, total, ink)
        ceiling = stack.ceiling(i)
        if ceiling is not None:
            level = scale(ceiling)
            canvas.rect((left - 8, level - 1.5, thick + 16, 3), "f-ink", round_=1)
        ink = Ink("soft", 13, anchor="middle")
        canvas.text(middle, scale.start + 20, str(year), ink)
    canvas.line((0, scale.start + 0.5, width, scale.start + 0.5), "s-edge")
    return canvas.svg(_ceiling_word(canvas, stack, scale.start + 46))


def _ceiling_word(canvas: Canvas, stack: Stack, y: float) -> float:
    if not any(stack.ceilings):
        return y
    canvas.rect((0, y + 10, 18, 3), "f-ink", round_=1)
    canvas.text(26, y + 16, _("the year's ceiling"), Ink("soft", 12))
    return y + 24


def _stack_narrow(stack: Stack, caption: Caption) -> str:
    canvas = Canvas(caption, NARROW)
    y = legend(canvas, (0, 0), stack.words) + 6
    scale = Scale(0, stack.highest, 0, NARROW - 2)
    for i, year in enumerate(stack.years):
        canvas.text(0, y + 15, str(year), Ink("ink", 14))
        end = Ink("ink", 14, bold=True, anchor="end")
        canvas.text(NARROW, y + 15, stack.spoken(stack.total(i)), end)
        x = 0.0
        for series in stack.series:
            long_ = scale(series.values[i] or 0)
            part = (x, y + 24, max(long_ - 1.5, 0), 16)
            canvas.rect(part, f"f-{series.colour}", round_=2)
            x += long_
        ceiling = stack.ceiling(i)
        if ceiling is not None:
            canvas.rect((scale(ceiling) - 1, y + 20, 3, 24), "f-ink", round_=1)
        y += 56
    return canvas.svg(_ceiling_word(canvas, stack, y - 6), narrow=True)


@dataclass(frozen=True, slots=True)
class Part:
    """What one dimension or indicator adds to the score, or takes from it."""

    label: str
    value: float
    colour: str = "accent"


def waterfall(
    parts: Sequence[Part],
    caption: Caption,
    *,
    total: str = "",
    width: int = WIDE,
) -> Chart:
    """Draw how parts add up, one step a row, with the sum as the last row."""
    summed = sum(part.value for part in parts)
    table = as_table(
        (_("Name"), _("Value")),
        [*((part.label, part.value) for part in parts), (total or _("Total"), summed)],
    )
    steps: list[tuple[Part, float]] = []
    at = 0.0
    for part in parts:
        steps.append((part, at))
        at += part.value
    steps.append((Part(total or _("Total"), summed, "ink"), 0.0))
    return Chart(
        _waterfall(steps, caption, width, narrow=False),
        _waterfall(steps, caption, NARROW, narrow=True),
        table,
        caption.title,
        caption.alt,
        caption.key,
        caption.example,
    )


def _waterfall(
    steps: Sequence[tuple[Part, float]], caption: Caption, width: int, *, narrow: bool
) -> str:
    canvas = Canvas(caption, width)
    step = 46 if narrow else 34
    labels = [part.label for part, _start in steps]
    column = 0 if narrow else label_column(labels, 13.5, width * 0.34) + 16
    ends = [start + part.value for part, start in steps]
    low, high = min(0, *ends), max(0, *ends)
    scale = Scale(low, high or 1, column, width - (2 if narrow else 54))
    for i, (part, start) in enumerate(steps):
        left, right = sorted((scale(start), scale(start + part.value)))
        last = i == len(steps) - 1
        words = number(part.value, 1) if last else change(part.value)
        y = step * i + (22 if narrow else 8)
        canvas.rect((left, y, max(right - left, 1), 18), f"f-{part.colour}", round_=2)
        if not last and not narrow:
            x = scale(start + part.value)
            canvas.line((x, y, x, y + step + 18), "s-edge")
        room = width - 60 if narrow else column - 16
        name = fit(part.label, room, 13.5, bold=last)
        base = step * i + 15 if narrow else y + 13.5
        canvas.text(0, base, name, Ink(size=13.5, bold=last))
        x = width if narrow else right + 8
        anchor = Ink(size=13.5, bold=True, anchor="end" if narrow else "start")
        canvas.text(x, base, words, anchor)
    return canvas.svg(step * len(steps), narrow=narrow)


@dataclass(frozen=True, slots=True)
class Choice:
    """A candidate in or out. ``regret``: how much worse the plan would be if this one
    choice were turned round (0 is a toss-up); ``shown`` is how it is read."""

    label: str
    regret: float
    chosen: bool
    shown: str = ""


def in_out(choices: Sequence[Choice], caption: Caption, *, width: int = WIDE) -> Chart:
    """Draw candidates out of the plan to the left, in it to the right.

    The longer the bar, the surer the choice: those near the middle would turn first.
    """
    ordered = sorted(choices, key=lambda c: -c.regret if c.chosen else c.regret)
    ordered.sort(key=lambda c: not c.chosen)
    table = as_table(
        (_("Name"), _("In the plan"), _("Loss if turned round")),
        [(c.label, _("yes") if c.chosen else _("no"), c.regret) for c in ordered],
    )
    return Chart(
        _in_out(ordered, caption, width, narrow=False),
        _in_out(ordered, caption, NARROW, narrow=True),
        table,
        caption.title,
        caption.alt,
        caption.key,
        caption.example,
    )


def _in_out(
    choices: Sequence[Choice], caption: Caption, width: int, *, narrow: bool
) -> str:
    canvas = Canvas(caption, width)
    step = 46 if narrow else 32
    labels = [choice.label for choice in choices]
    column = 0 if narrow else label_column(labels, 13.5, width * 0.38) + 16
    most = max((choice.regret for choice in choices), default=0) or 1
    middle = column + (width - column) / 2
    half = (width - column) / 2 - 4
    heads = Ink("soft", 12, anchor="end"), Ink("soft", 12)
    # before the names, which on a phone interrupt it
    canvas.line((middle, 20, middle, 22 + step * len(choices)), "s-ink")
    canvas.text(middle - 8, 12, _("out of the plan"), heads[0])
    canvas.text(middle + 8, 12, _("in the plan"), heads[1])
    for i, choice in enumerate(choices):
        top = 22 + step * i
        y = top + (23 if narrow else 7)
        long_ = max(half * choice.regret / most, 2)
        left = middle if choice.chosen else middle - long_
        paint = "f-eco" if choice.chosen else "f-edge"
        canvas.rect((left, y, long_, 16), paint, round_=3)
        base = top + 16 if narrow else y + 12.5
        room = width if narrow else column - 16
        name = fit(choice.label, room, 13.5, bold=choice.chosen)
        if narrow:
            canvas.rect((0, top, width, 20), "f-paper")
        canvas.text(0, base, name, Ink(size=13.5, bold=choice.chosen))
        _regret_words(canvas, choice, (middle, y + 12.5))
    return canvas.svg(24 + step * len(choices), narrow=narrow)


def _regret_words(canvas: Canvas, choice: Choice, at: tuple[float, float]) -> None:
    """The value on the free side of the middle line."""
    if not choice.shown:
        return
    x, y = at
    side = Ink("soft", 12, anchor="end" if choice.chosen else "start")
    canvas.text(x - 8 if choice.chosen else x + 8, y, choice.shown, side)
