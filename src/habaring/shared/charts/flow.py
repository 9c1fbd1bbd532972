"""Money on its way: from the whole, to its kinds, to outputs and outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from habaring.shared.charts.axes import ribbon
from habaring.shared.charts.canvas import Canvas, Ink, pixels, text_width, wrap
from habaring.shared.charts.chart import NARROW, WIDE, Caption, Chart, as_table

_BAR = 12
_LINE = 18


@dataclass(frozen=True, slots=True)
class Node:
    """A place money comes to. ``column`` counts from 0 at the left; ``value`` sets
    its height, ``shown`` is what a reader sees (a sum, or "42 outputs reached")."""

    key: str
    column: int
    label: str
    value: float
    shown: str
    colour: str = "accent"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Money from one node to the next, in the unit of the nodes' values."""

    source: str
    target: str
    value: float


@dataclass(slots=True)
class _Placed:
    node: Node
    x: float
    top: float
    height: float
    out: float = 0
    into: float = 0


def money_flow(
    nodes: Sequence[Node],
    links: Sequence[Link],
    caption: Caption,
    *,
    width: int = WIDE,
) -> Chart:
    """Draw bands from left to right whose width is the money.

    Links may join any column to a later one. On a phone each column becomes a list
    of proportional bars, one under the other.
    """
    names = {node.key: node.label for node in nodes}
    table = as_table(
        (_("From"), _("To"), _("Value")),
        [(names[link.source], names[link.target], link.value) for link in links],
        [
            (names[link.source], names[link.target], _shown(nodes, link))
            for link in links
        ],
    )
    return Chart(
        _wide(nodes, links, caption, width),
        _narrow(nodes, caption),
        table,
        caption.title,
        caption.alt,
        caption.key,
        caption.example,
    )


def _shown(nodes: Sequence[Node], link: Link) -> str:
    """A link that fills its target is written as the target is."""
    target = next(node for node in nodes if node.key == link.target)
    if link.value == target.value:
        return target.shown
    return f"{link.value:,.0f}".replace(",", ".")


def _lines(node: Node, room: float) -> list[tuple[str, Ink]]:
    """A node's words, ready to be set under each other."""
    small = Ink("ink", 13)
    found = [(line, small) for line in wrap(node.label, room, 13)]
    if node.shown:
        found.append((node.shown, Ink("ink", 16, bold=True)))
    note = wrap(node.note, room, 12) if node.note else []
    return [*found, *((line, Ink("soft", 12)) for line in note)]


def _tall(lines: Sequence[tuple[str, Ink]]) -> float:
    return sum(_LINE + (3 if ink.size > 14 else 0) for _line, ink in lines)


def _columns(nodes: Sequence[Node]) -> list[list[Node]]:
    last = max(node.column for node in nodes)
    return [[n for n in nodes if n.column == i] for i in range(last + 1)]


def _wide(
    nodes: Sequence[Node], links: Sequence[Link], caption: Caption, width: int
) -> str:
    canvas = Canvas(caption, width)
    columns = _columns(nodes)
    words = min(190.0, width / len(columns) * 0.62)
    step = (width - words - _BAR) / max(len(columns) - 1, 1)
    total = max(sum(node.value for node in column) for column in columns) or 1
    crowd = max(len(column) for column in columns)
    height = max(240.0, crowd * 76.0)
    scale = (height - 26 * (crowd - 1)) / total
    placed: dict[str, _Placed] = {}
    bottom = 0.0
    for i, column in enumerate(columns):
        bottom = max(bottom, _place(column, (i * step, words, scale), placed, height))
    for link in links:
        _band(canvas, placed[link.source], placed[link.target], link.value * scale)
    for box in placed.values():
        _node(canvas, box, words)
    return canvas.svg(bottom + 4)


def _place(
    column: Sequence[Node],
    across: tuple[float, float, float],
    placed: dict[str, _Placed],
    height: float,
) -> float:
    """Stack a column's nodes with room for their words; return its lower end."""
    x, words, scale = across
    heights = [max(node.value * scale, 3) for node in column]
    rooms = [
        max(tall, _tall(_lines(node, words)) + 4)
        for node, tall in zip(column, heights, strict=True)
    ]
    free = max(height - sum(rooms), 0)
    gap = max(14.0, free / len(column)) if len(column) > 1 else 0
    y = 0.0 if len(column) == 1 else min(gap / 2, free / 2)
    for node, tall, room in zip(column, heights, rooms, strict=True):
        placed[node.key] = _Placed(node, x, y + (room - tall) / 2, tall)
        y += room + gap
    return y - gap


def _band(canvas: Canvas, start: _Placed, end: _Placed, thick: float) -> None:
    top0, top1 = start.top + start.out, end.top + end.into
    start.out += thick
    end.into += thick
    d = ribbon((start.x + _BAR, top0, top0 + thick), (end.x + 1, top1, top1 + thick))
    canvas.path(d, f"f-{_pale(end.node.colour)}")


def _pale(token: str) -> str:
    known = {"gov", "bra", "eco", "liv", "soc", "env"}
    pale = {"sun": "bra-bg", "good": "eco-bg", "bad": "bad-bg", "accent": "gov-bg"}
    return f"{token}-bg" if token in known else pale.get(token, "band")


def _node(canvas: Canvas, box: _Placed, room: float) -> None:
    canvas.rect((box.x, box.top, _BAR, box.height), f"f-{box.node.colour}", round_=3)
    lines = _lines(box.node, room)
    y = max(box.top + box.height / 2 - _tall(lines) / 2, 0) + 13
    on = "paper"
    for words, ink in lines:
        y += 3 if ink.size > 14 else 0
        canvas.text(
            box.x + _BAR + 9,
            y,
            words,
            Ink("ink" if ink.paint == "ink" else "soft", ink.size, ink.bold, on=on),
        )
        y += _LINE


def _narrow(nodes: Sequence[Node], caption: Caption) -> str:
    """Each column as proportional bars; an arrow leads to the next column."""
    canvas = Canvas(caption, NARROW)
    y = 0.0
    columns = _columns(nodes)
    total = max(sum(node.value for node in column) for column in columns) or 1
    for i, column in enumerate(columns):
        for node in column:
            y = _row(canvas, node, y, total)
        if i < len(columns) - 1:
            middle = 9.0
            canvas.path(
                f"M{middle} {pixels(y + 2)}v16m-6-6l6 6 6-6",
                "s-edge",
                extra='fill="none" stroke-width="2" stroke-linecap="round"',
            )
            y += 28
    return canvas.svg(y, narrow=True)


def _row(canvas: Canvas, node: Node, y: float, total: float) -> float:
    room = NARROW - text_width(node.shown, 15, bold=True) - 10
    lines = wrap(node.label, max(room, 120), 14)
    for i, line in enumerate(lines):
        canvas.text(0, y + 15 + 17 * i, line, Ink("ink", 14))
    end = Ink("ink", 15, bold=True, anchor="end")
    canvas.text(NARROW, y + 15, node.shown, end)
    y += 17 * len(lines) + 8
    canvas.rect((0, y, NARROW, 12), "f-band", round_=3)
    canvas.rect((0, y, NARROW * node.value / total, 12), f"f-{node.colour}", round_=3)
    y += 16
    for line in wrap(node.note, NARROW, 12.5) if node.note else []:
        canvas.text(0, y + 14, line, Ink("soft", 12.5))
        y += 17
    return y + 12
