"""The road map: what runs in which year, by dimension, Quick Wins marked."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from habaring.shared.charts.axes import label_column
from habaring.shared.charts.canvas import Canvas, Ink, Scale, pixels, wrap
from habaring.shared.charts.chart import NARROW, WIDE, Caption, Chart, as_table
from habaring.shared.charts.icons import ICONS


@dataclass(frozen=True, slots=True)
class Task:
    """A programme from its ``first`` to its ``last`` year, both counted."""

    label: str
    colour: str
    first: int
    last: int
    quick_win: bool = False
    group: str = ""


def roadmap(tasks: Sequence[Task], caption: Caption, *, width: int = WIDE) -> Chart:
    """Draw tasks as bars over the years, in the order given.

    ``group`` (the dimension's name) is written above the first task of each group; a
    star marks a Quick Win.
    """
    table = as_table(
        (_("Name"), _("Dimension"), _("First year"), _("Last year"), _("Quick Win")),
        [
            (
                t.label,
                t.group,
                str(t.first),
                str(t.last),
                _("yes") if t.quick_win else "",
            )
            for t in tasks
        ],
    )
    return Chart(
        _wide(tasks, caption, width),
        _narrow(tasks, caption),
        table,
        caption.title,
        caption.alt,
        caption.key,
        caption.example,
    )


def _years(tasks: Sequence[Task]) -> range:
    first = min((task.first for task in tasks), default=0)
    return range(first, max((task.last for task in tasks), default=first) + 1)


def _star(canvas: Canvas, x: float, y: float, size: float = 15) -> None:
    canvas.path(
        ICONS["star"],
        "f-sun s-ink",
        extra='stroke-width="1.8" stroke-linejoin="round" '
        f'transform="translate({pixels(x)} {pixels(y)}) scale({size / 24:.3f})"',
    )


def _grid(
    canvas: Canvas, span: range, scale: Scale, bottom: float, *, short: bool
) -> None:
    for year in span:
        x = scale(year)
        canvas.line((x, 24, x, bottom), "s-line")
        words = f"'{year % 100:02d}" if short else str(year)
        middle = (x + scale(year + 1)) / 2
        canvas.text(middle, 15, words, Ink("soft", 12.5, anchor="middle"))
    canvas.line((scale(span[-1] + 1), 24, scale(span[-1] + 1), bottom), "s-line")


def _bar(canvas: Canvas, task: Task, y: float, scale: Scale, tall: float) -> None:
    left, right = scale(task.first) + 3, scale(task.last + 1) - 3
    canvas.rect((left, y, right - left, tall), f"f-{task.colour}", round_=4)


def _layout(
    tasks: Sequence[Task], words: float, size: float, extra: float
) -> list[tuple[Task, float, list[str], bool]]:
    """Each task with its top, its lines of words, and whether it opens a group."""
    placed, y, group = [], 32.0, ""
    for task in tasks:
        opens = bool(task.group) and task.group != group
        group = task.group
        y += 26 if opens else 0
        lines = wrap(task.label, words, size)
        placed.append((task, y, lines, opens))
        y += 17 * len(lines) + extra
    return placed


def _wide(tasks: Sequence[Task], caption: Caption, width: int) -> str:
    canvas = Canvas(caption, width)
    span = _years(tasks)
    labels = [task.label for task in tasks]
    column = label_column(labels, 13, width * 0.42)
    scale = Scale(span[0], span[-1] + 1, column + 34, width - 1)
    placed = _layout(tasks, column, 13, 13)
    bottom = placed[-1][1] + 17 * len(placed[-1][2]) + 10 if placed else 32
    _grid(canvas, span, scale, bottom, short=False)
    for task, y, lines, opens in placed:
        if opens:
            canvas.rect((0, y - 17, column + 32, 21), "f-paper")
            canvas.rect((0, y - 13, 10, 10), f"f-{task.colour}", round_=3)
            canvas.text(16, y - 4, task.group, Ink("ink", 12.5, bold=True))
        for i, line in enumerate(lines):
            canvas.text(0, y + 17 + 16 * i, line, Ink("ink", 13))
        middle = y + 4.5 + 8 * len(lines)
        if task.quick_win:
            _star(canvas, column + 10, middle - 8)
        _bar(canvas, task, middle - 9, scale, 18)
    return canvas.svg(_star_word(canvas, tasks, bottom))


def _star_word(canvas: Canvas, tasks: Sequence[Task], y: float) -> float:
    if not any(task.quick_win for task in tasks):
        return y
    _star(canvas, 0, y + 6)
    canvas.text(22, y + 18, "Quick Win", Ink("soft", 12.5))
    return y + 26


def _narrow(tasks: Sequence[Task], caption: Caption) -> str:
    canvas = Canvas(caption, NARROW)
    span = _years(tasks)
    scale = Scale(span[0], span[-1] + 1, 0, NARROW - 1)
    placed = _layout(tasks, NARROW - 26, 14, 32)
    bottom = placed[-1][1] + 17 * len(placed[-1][2]) + 30 if placed else 32
    _grid(canvas, span, scale, bottom, short=len(span) > 7)
    for task, y, lines, opens in placed:
        if opens:
            canvas.rect((0, y - 17, NARROW, 21), "f-paper")
            canvas.rect((0, y - 13, 10, 10), f"f-{task.colour}", round_=3)
            canvas.text(16, y - 4, task.group, Ink("ink", 13, bold=True))
        canvas.rect((0, y + 3, NARROW, 17 * len(lines) + 1), "f-paper")
        for i, line in enumerate(lines):
            canvas.text(0, y + 17 + 17 * i, line, Ink("ink", 14))
        if task.quick_win:
            _star(canvas, NARROW - 18, y + 3)
        _bar(canvas, task, y + 17 * len(lines) + 8, scale, 14)
    return canvas.svg(_star_word(canvas, tasks, bottom), narrow=True)
