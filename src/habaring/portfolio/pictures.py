"""The pictures of a scenario: money, roadmap, balance, frontier, marginal rupiah."""

from django.utils.translation import gettext as _

from habaring.portfolio.funding import source_name
from habaring.portfolio.queries import Money
from habaring.portfolio.results import Balance, Line, Result
from habaring.shared.charts.bars import Bar, Stack, bars, in_out, stacked_years
from habaring.shared.charts.bars import Choice as Call
from habaring.shared.charts.chart import Caption, Chart, Series
from habaring.shared.charts.lines import FrontierWords, Point, frontier
from habaring.shared.charts.paint import dimension_token
from habaring.shared.charts.roadmap import Task, roadmap
from habaring.shared.formats import number, percent, rupiah_short

_COLOURS = ("gov", "eco", "sun", "liv", "env", "soc", "edge", "near")
HALF = 520


def short(value: float) -> str:
    """Money as axes and bars say it."""
    return rupiah_short(round(value))


def money_chart(money: Money, *, example: bool) -> Chart:
    """Money by year, stacked by source, under the year's ceiling."""
    series = tuple(
        Series(
            str(source_name(source)),
            tuple(
                float(money.amount(year=year, source=source)) for year in money.years
            ),
            _COLOURS[place % len(_COLOURS)],
        )
        for place, source in enumerate(filter(money.takes, money.sources))
    )
    ceilings = tuple(float(money.ceiling(year=year)) or None for year in money.years)
    caption = Caption(
        "uang",
        _("Money by year and source"),
        _("One column a year, stacked by funding source; a line marks the ceiling."),
        example,
    )
    return stacked_years(Stack(money.years, series, ceilings, short), caption)


def roadmap_chart(result: Result) -> Chart:
    """The chosen programmes over the years, by dimension, Quick Wins marked."""
    order = {b.code: place for place, b in enumerate(result.dimensions)}
    lines = sorted(
        result.chosen,
        key=lambda line: (order.get(line.programme.dimension, 99), line.start or 0),
    )
    tasks = [_task(line, result, order) for line in lines]
    caption = Caption(
        "peta-jalan",
        _("Roadmap"),
        _("Each programme as a bar over its years of work, grouped by dimension."),
        result.illustrative,
    )
    return roadmap(tasks, caption)


def _task(line: Line, result: Result, order: dict[str, int]) -> Task:
    dimension = line.programme.dimension
    return Task(
        label=line.name,
        colour=dimension_token(dimension, order.get(dimension, 0)),
        first=line.start or 0,
        last=line.end or 0,
        quick_win=line.programme.quick_win,
        group=result.names.dimension(dimension),
    )


def balance_chart(
    balances: tuple[Balance, ...], *, key: str, title: str, example: bool
) -> Chart:
    """The money of each dimension or district, in words beside the bar."""
    dimension = key == "dimensi"
    rows = [
        Bar(
            b.name or _("The whole region"),
            float(b.rupiah),
            f"{short(b.rupiah)} · {percent(b.share, 0)}" if b.rupiah else _("nothing"),
            dimension_token(b.code, place) if dimension else "eco",
        )
        for place, b in enumerate(balances)
    ]
    alt = _("One bar each: the money it gets in this plan.")
    return bars(rows, Caption(key, title, alt, example), width=HALF)


def frontier_chart(result: Result) -> Chart | None:
    """What more or less money would bring, with the plan as "you are here"."""
    known = [p for p in result.scenario.frontier or () if p["ceiling"] is not None]
    if len(known) < 2:
        return None
    here = sum(result.money.ceilings.values())
    points = [Point(p["rupiah"], p["ceiling"], percent(p["factor"], 0)) for p in known]
    points.append(Point(here, result.choice.objective, _("this plan"), here=True))
    caption = Caption(
        "batas-terbaik",
        _("What more or less money would bring"),
        _("A rising curve of points against money; a dot shows this plan."),
        result.illustrative,
    )
    words = FrontierWords(
        _("all ceilings together"),
        _("points"),
        _("you are here"),
        short,
        lambda v: number(v, 0),
    )
    return frontier(points, caption, words, width=HALF)


def ladder_chart(result: Result) -> Chart | None:
    """The closest calls: what would turn round first, in and out."""
    lines = result.closest(7)
    if len(lines) < 2:
        return None
    choices = [
        Call(line.name, line.reason.regret, line.chosen, number(line.reason.regret, 1))
        for line in lines
    ]
    caption = Caption(
        "paling-dekat",
        _("The closest calls"),
        _(
            "Programmes in the plan to the right, out of it to the left; short bars would turn round first."
        ),
        result.illustrative,
    )
    return in_out(choices, caption)


def marginal_chart(result: Result) -> Chart | None:
    """Points that one milliard more would bring, by source and year."""
    money = [m for m in result.marginals if m.money][:8]
    if not money:
        return None
    rows = [
        Bar(
            _capital(m.words),
            m.points,
            _("+%(points)s points") % {"points": number(m.points, 1)},
        )
        for m in money
    ]
    caption = Caption(
        "rupiah-tambahan",
        _("What one milliard more would bring"),
        _(
            "One bar for each ceiling that binds: the points that Rp 1 milliard more adds."
        ),
        result.illustrative,
    )
    return bars(rows, caption, width=HALF)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
