"""Money on its way: from the whole, to its kinds, to outputs and outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from habaring.shared.charts.axes import nothing, ribbon
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
    words: float  # the top of its words
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
    if not nodes:
        heads = (pgettext("flow", "From"), pgettext("flow", "To"), _("Value"))
        return nothing(caption, heads)
    names = {node.key: node.label for node in nodes}
    table = as_table(
        (pgettext("flow", "From"), pgettext("flow", "To"), _("Value")),
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
    words = min(190.0, width / len(columns) * 0.7)
    step = (width - words - _BAR - 9) / max(len(columns) - 1, 1)
    total = max(sum(node.value for node in column) for column in columns) or 1
    crowd = max(len(column) for column in columns)
    height = max(260.0, crowd * 78.0)
    frame = _Frame(
        words,
        height,
        (height - 26 * (crowd - 1)) / total,
        {link.source for link in links},
    )
    placed: dict[str, _Placed] = {}
    for i, column in enumerate(columns):
        centre = _centre(column, links, placed, height / 2)
        for box in frame.stack(column, i * step, centre):
            placed[box.node.key] = box
    bottom = max(
        max(box.top + box.height, box.words + _tall(_lines(box.node, words)))
        for box in placed.values()
    )
    for link in links:
        thick = link.value * frame.scale
        _band(canvas, placed[link.source], placed[link.target], thick)
    for box in placed.values():
        _node(canvas, box, words)
    return canvas.svg(bottom + 6)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What placing a column needs: room for words, height, pixels per unit, and the
    keys of nodes from which bands go on."""

    room: float
    height: float
    scale: float
    sources: set[str]

    def stack(self, column: Sequence[Node], x: float, centre: float) -> list[_Placed]:
        """Stack a column's nodes around ``centre`` with room for their words.

        A thin node from which a band goes on has its words above the band, all
        others in their middle, so that no band runs through half a line.
        """
        sizes = [
            (max(n.value * self.scale, 3), _tall(_lines(n, self.room))) for n in column
        ]
        above = [
            node.key in self.sources and tall < words + 6
            for node, (tall, words) in zip(column, sizes, strict=True)
        ]
        needs = [
            tall + words + 4 if over else max(tall, words + 2)
            for (tall, words), over in zip(sizes, above, strict=True)
        ]
        gap = 22.0
        whole = sum(needs) + gap * (len(column) - 1)
        y = max(min(centre - whole / 2, self.height - whole), 0)
        placed: list[_Placed] = []
        rows = zip(column, sizes, above, needs, strict=True)
        for node, (tall, words), over, need in rows:
            top = y + words + 4 if over else y + (need - tall) / 2
            start = y if over else y + (need - words) / 2
            placed.append(_Placed(node, x, top, tall, start))
            y += need + gap
        return placed


def _centre(
    column: Sequence[Node],
    links: Sequence[Link],
    placed: dict[str, _Placed],
    otherwise: float,
) -> float:
    """Where the money of a column comes from, so that bands run nearly level."""
    keys = {node.key for node in column}
    coming = [link for link in links if link.target in keys and link.source in placed]
    weight = sum(link.value for link in coming)
    if not weight:
        return otherwise
    middles = (
        (placed[link.source].top + placed[link.source].height / 2) * link.value
        for link in coming
    )
    return sum(middles) / weight


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
    over = box.words + _tall(_lines(box.node, room)) <= box.top
    x = box.x if over else box.x + _BAR + 9
    y = box.words + 13
    for words, ink in _lines(box.node, room):
        y += 3 if ink.size > 14 else 0
        canvas.text(x, y, words, ink)
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
