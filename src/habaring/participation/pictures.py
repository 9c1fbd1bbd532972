"""The pictures of a result. Sums of many people alone: no voter is in any of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from habaring.participation.results import Line, Result, Round
from habaring.shared.charts.axes import dashed_line, legend, nothing
from habaring.shared.charts.bars import Bar, bars
from habaring.shared.charts.bullets import Bullet, bullet_bars
from habaring.shared.charts.canvas import Canvas, Ink, Scale, fit
from habaring.shared.charts.chart import (
    NARROW,
    WIDE,
    Caption,
    Chart,
    Table,
    as_table,
)
from habaring.shared.formats import number, percent, rupiah, rupiah_short

MOST_STEPS = 9  # classes of "how many of theirs were funded"; the last is "or more"
CAP = 2.0  # where the ladder's scale ends
HALF = 520


# Bars of several parts


@dataclass(frozen=True)
class Strip:
    """A whole cut into parts: (colour, amount), drawn over the full width."""

    label: str
    parts: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Columns:
    """Upright columns over the rounds; `level` is a dashed line across, with its word."""

    labels: tuple[str, ...]
    series: tuple[tuple[str, str, tuple[int, ...]], ...]  # colour, words, values
    level: int = 0
    level_words: str = ""

    @property
    def highest(self) -> int:
        sums: list[int] = [
            sum(values) for values in zip(*(s[2] for s in self.series), strict=True)
        ]
        return max([*sums, self.level, 1])


def _chart(
    caption: Caption,
    draw: Callable[[float], str],
    table: Table,
    width: int = WIDE,
) -> Chart:
    return Chart(
        draw(width),
        draw(NARROW),
        table,
        caption.title,
        caption.alt,
        caption.key,
        caption.example,
    )


def columns(data: Columns, caption: Caption, *, width: int = WIDE) -> Chart:
    """Draw money in upright columns, one a round, stacked."""
    heads = (_("Round"), *(words for _colour, words, _values in data.series))
    if not data.labels:
        return nothing(caption, heads)
    rows = list(
        zip(data.labels, *(values for _c, _w, values in data.series), strict=True)
    )
    shown = [(label, *(rupiah(value) for value in values)) for label, *values in rows]
    return _chart(
        caption,
        lambda wide: _columns(data, caption, wide),
        as_table(heads, rows, shown),
        width,
    )


def _columns(data: Columns, caption: Caption, width: float) -> str:
    canvas = Canvas(caption, width)
    top = 0.0
    if len(data.series) > 1:
        top = legend(canvas, (0, 0), [(c, words) for c, words, _v in data.series])
    scale = Scale(0, data.highest, top + 210, top + 26)
    canvas.text(0, top + 14, rupiah_short(data.highest), Ink("soft", 12))
    cell = width / len(data.labels)
    gap = min(max(cell * 0.18, 1), 8)
    for place in range(len(data.labels)):
        y = scale.start
        for colour, _words, values in data.series:
            tall = scale.start - scale(values[place])
            y -= tall
            box = (cell * place + gap / 2, y, cell - gap, max(tall - 1, 0))
            canvas.rect(box, f"f-{colour}", round_=2 if cell > 8 else 0)
    canvas.line((0, scale.start + 0.5, width, scale.start + 0.5), "s-edge")
    _round_marks(canvas, data, cell, scale.start + 18)
    if data.level:
        y = scale(data.level)
        dashed_line(canvas, (0, y, width, y), "ink")
        words = fit(data.level_words, width * 0.9, 12.5, bold=True)
        canvas.text(width, y - 6, words, Ink("ink", 12.5, bold=True, anchor="end"))
    return canvas.svg(scale.start + 26, narrow=width == NARROW)


def _round_marks(canvas: Canvas, data: Columns, cell: float, y: float) -> None:
    """As many of the rounds' numbers as there is room for."""
    every = max(1, round(34 / cell + 0.49))
    for place, label in enumerate(data.labels):
        if place % every == 0:
            middle = cell * (place + 0.5)
            canvas.text(middle, y, label, Ink("soft", 12, anchor="middle"))


def strips(
    rows: Sequence[Strip], words: Sequence[tuple[str, str]], caption: Caption
) -> Chart:
    """Draw wholes cut into parts, one a row; `words` say what the colours are."""
    spoken = dict(words)
    cells = [
        (row.label, spoken[colour], value)
        for row in rows
        for colour, value in row.parts
    ]
    table = as_table(
        (_("Whole"), _("Part"), _("Rupiah")),
        cells,
        [(label, part, rupiah(value)) for label, part, value in cells],
    )
    used = {colour for row in rows for colour, value in row.parts if value}
    marks = [(colour, said) for colour, said in words if colour in used]

    def draw(width: float) -> str:
        canvas = Canvas(caption, width)
        y = 0.0
        for row in rows:
            label = fit(row.label, width, 13.5, bold=True)
            canvas.text(0, y + 14, label, Ink(size=13.5, bold=True))
            whole = sum(value for _colour, value in row.parts) or 1
            x = 0.0
            for colour, value in row.parts:
                long_ = width * value / whole
                canvas.rect(
                    (x, y + 22, max(long_ - 1.5, 0), 20), f"f-{colour}", round_=3
                )
                x += long_
            y += 58
        return canvas.svg(legend(canvas, (0, y), marks), narrow=width == NARROW)

    return _chart(caption, draw, table)


# The result


def money_chart(result: Result) -> Chart | None:
    """The money in voters' hands, round by round."""
    left = result.told["money"]
    if len(left) < 2:
        return None
    start = left[0]
    before = (0, *(start - held for held in left[:-1]))
    now = (0, *(old - new for old, new in pairwise(left)))
    data = Columns(
        tuple(map(str, range(len(left)))),
        (
            ("near", _("paid in earlier rounds"), before),
            ("sun", _("paid in this round"), now),
            ("eco", _("still with the voters"), tuple(left)),
        ),
    )
    caption = Caption(
        "uang-pemilih",
        _("The voters' money, round by round"),
        _("One column a round: what was paid before, what is paid now, what is left."),
        result.illustrative,
    )
    return columns(data, caption)


def ladder_chart(result: Result, *, most: int = 14) -> Chart | None:
    """Who won by how much: the largest cost at which each wins, against its cost."""
    known = [line for line in result.lines.values() if line.ratio is not None]
    if len(known) < 2:
        return None
    near = sorted(known, key=lambda line: abs((line.ratio or 0) - 1))[:most]
    rows = [
        Bullet(
            line.title,
            min(line.ratio or 0, CAP),
            1.0,
            "eco" if line.won else "edge",
            percent(line.ratio, 1),
        )
        for line in sorted(near, key=lambda line: -(line.ratio or 0))
    ]
    caption = Caption(
        "tangga",
        _("How close it was"),
        _(
            "One bar a project: the largest cost at which it wins, as a part of its cost. Those that reach the line at 100% won."
        ),
        result.illustrative,
    )
    chart = bullet_bars(rows, caption, highest=max(1.1, min(CAP, _top(rows) * 1.05)))
    lines = sorted(near, key=lambda line: -(line.ratio or 0))
    table = as_table(
        (_("Project"), _("Cost"), _("Largest cost at which it wins"), _("Won")),
        [
            (one.title, one.cost, int(one.max_cost or 0), _yes_no(won=one.won))
            for one in lines
        ],
        [
            (
                one.title,
                rupiah(one.cost),
                rupiah(int(one.max_cost or 0)),
                _yes_no(won=one.won),
            )
            for one in lines
        ],
    )
    return replace(chart, table=table)


def _yes_no(*, won: bool) -> str:
    return _("yes") if won else _("no")


def _top(rows: Sequence[Bullet]) -> float:
    return max((row.value or 0 for row in rows), default=1)


def spread_chart(result: Result, what: str) -> Chart | None:
    """Money by dimension or place as bars, votes as the line across each."""
    rows = result.spread(what)
    if len(rows) < 2:
        return None
    top = max(max(row.money_share, row.votes_share) for row in rows) or 1
    places = what == "places"
    caption = Caption(
        "wilayah" if places else "dimensi",
        _("Money and votes by place") if places else _("Money and votes by dimension"),
        _(
            "The bar is the share of the money, the upright line the share of the votes."
        ),
        result.illustrative,
    )
    bullets = [
        Bullet(
            row.name,
            row.money_share,
            row.votes_share,
            "eco",
            percent(row.money_share, 0),
        )
        for row in rows
    ]
    chart = bullet_bars(bullets, caption, highest=top * 1.05, width=HALF)
    table = as_table(
        (_("Name"), _("Projects"), _("Won"), _("Votes"), _("Rupiah")),
        [(r.name, r.projects, r.won, r.votes, r.money) for r in rows],
        [
            (
                r.name,
                number(r.projects),
                number(r.won),
                f"{number(r.votes)} ({percent(r.votes_share)})",
                f"{rupiah(r.money)} ({percent(r.money_share)})",
            )
            for r in rows
        ],
    )
    return replace(chart, table=table)


def satisfied_chart(result: Result) -> Chart | None:
    """How many of their projects voters get, by both rules."""
    here = _classes(result.told["satisfied"])
    there = _classes(result.beside["satisfied"]) if result.beside else []
    if not result.voters or len(here) < 2:
        return None
    there += [0] * (len(here) - len(there))
    here += [0] * (len(there) - len(here))
    rows = [
        Bullet(
            _class_words(place, last=place == MOST_STEPS - 1),
            count / result.voters,
            there[place] / result.voters if result.beside else None,
            "edge" if place == 0 else "eco",
            number(count),
        )
        for place, count in enumerate(here)
    ]
    top = max(max(row.value or 0, row.target or 0) for row in rows) or 1
    caption = Caption(
        "puas",
        _("How many of their projects voters get"),
        _(
            "One bar for each number of funded projects: how many voters have so many. The upright line is the other rule on the same ballots."
        ),
        result.illustrative,
    )
    chart = bullet_bars(rows, caption, highest=top * 1.05, width=HALF)
    table = as_table(
        (_("Funded projects of theirs"), _("Voters"), _("With the other rule")),
        [
            (row.label, count, there[place])
            for place, (row, count) in enumerate(zip(rows, here, strict=True))
        ],
    )
    return replace(chart, table=table)


def _classes(counts: Sequence[int]) -> list[int]:
    last = MOST_STEPS - 1
    if len(counts) <= MOST_STEPS:
        return list(counts)
    return [*counts[:last], sum(counts[last:])]


def _class_words(place: int, *, last: bool) -> str:
    if place == 0:
        return _("none")
    if last:
        return _("%(count)s or more") % {"count": place}
    return ngettext("%(count)s project", "%(count)s projects", place) % {"count": place}


# One project, one round


def supporters_chart(result: Result, line: Line) -> Chart | None:
    """The money of a project's supporters after each round, against its cost."""
    if len(line.money) < 2:
        return None
    data = Columns(
        tuple(map(str, range(len(line.money)))),
        (("eco", _("Money of its supporters"), line.money),),
        line.cost,
        _("its cost: %(cost)s") % {"cost": rupiah_short(line.cost)},
    )
    caption = Caption(
        f"uang-pendukung-{line.code}",
        _("The money of its supporters, round by round"),
        _(
            "One column a round: what all its supporters still had together. The dashed line is the cost."
        ),
        result.illustrative,
    )
    return columns(data, caption)


def taken_chart(result: Result, line: Line, *, most: int = 8) -> Chart | None:
    """What the money of a project's supporters was spent on."""
    paid = result.taken_from(line)
    if not paid:
        return None
    rows = [
        Bar(
            one.line.title,
            float(sum_),
            rupiah_short(sum_),
            "sun" if one.line is line else "near",
        )
        for one, sum_ in paid[:most]
    ]
    rest = sum(sum_ for _one, sum_ in paid[most:])
    if rest:
        rows.append(Bar(_("all others"), float(rest), rupiah_short(rest), "edge"))
    caption = Caption(
        f"ke-mana-{line.code}",
        _("Where its supporters' money went"),
        _("One bar a funded project: what the supporters of this one paid for it."),
        result.illustrative,
    )
    return bars(rows, caption)


def round_chart(result: Result, one: Round) -> Chart:
    """Who paid in a round, and what that leaves of the budget."""
    cost = one.line.cost
    rows = []
    if result.shares and not one.completion and cost:
        rest = min(round(one.from_rest), cost)
        rows.append(
            Strip(
                _("Cost: %(cost)s") % {"cost": rupiah_short(cost)},
                (("sun", cost - rest), ("env", rest)),
            )
        )
    parts = (
        ("near", one.spent - cost),
        ("sun" if not rows else "accent", cost),
        ("band", max(result.budget - one.spent, 0)),
    )
    rows.append(
        Strip(_("Budget: %(budget)s") % {"budget": rupiah_short(result.budget)}, parts)
    )
    words = [
        (
            "sun",
            _("from those who paid in full") if len(rows) > 1 else _("this project"),
        ),
        ("env", _("from those who gave all they had")),
        ("near", _("spent before")),
        ("accent", _("this project")),
        ("band", _("still to be spent")),
    ]
    caption = Caption(
        f"putaran-{one.number}",
        _("Round %(number)s") % {"number": one.number},
        _("Who paid for the project, and how much of the budget is spent after it."),
        result.illustrative,
    )
    return strips(rows, words, caption)


def chart_of(result: Result, key: str) -> Chart | None:
    """A picture of the result's page by the key that its address names."""
    draw: dict[str, Callable[[], Chart | None]] = {
        "uang-pemilih": lambda: money_chart(result),
        "tangga": lambda: ladder_chart(result),
        "puas": lambda: satisfied_chart(result),
        "dimensi": lambda: spread_chart(result, "dimensions"),
        "wilayah": lambda: spread_chart(result, "places"),
    }
    if key in draw:
        return draw[key]()
    kind, _dash, of = key.rpartition("-")
    if kind == "putaran":
        rounds = {str(one.number): one for one in result.rounds}
        return round_chart(result, rounds[of]) if of in rounds else None
    line = result.lines.get(of)
    if line and kind == "uang-pendukung":
        return supporters_chart(result, line)
    return taken_chart(result, line) if line and kind == "ke-mana" else None
