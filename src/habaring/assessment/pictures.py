"""The charts of this domain's pages, and the same as files to keep."""

from collections.abc import Sequence
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from habaring.assessment.explanation import Explanation
from habaring.assessment.queries import (
    DimensionRow,
    IndicatorRow,
    League,
    LeagueRow,
    Profile,
    SeriesOf,
)
from habaring.regions.models import Region
from habaring.shared.charts.bars import Bar, Part, bars, waterfall
from habaring.shared.charts.bullets import bullet_mark
from habaring.shared.charts.chart import Caption, Chart, Series, Years
from habaring.shared.charts.lines import sparkline, trend
from habaring.shared.charts.paint import dimension_token
from habaring.shared.charts.ranges import RankRow, rank_ladder
from habaring.shared.formats import listing, number

MOST_ROWS = 24  # of a rank picture; more are cut to one's own surroundings

CHOICES = {
    "imputation": gettext_lazy("how missing values are filled"),
    "normalisation": gettext_lazy("how values become points"),
    "aggregation": gettext_lazy("how points are put together"),
    "weights": gettext_lazy("how much each part counts"),
}


def answer(league: League) -> str:
    """ "between rank 3 and 6 of 14" in a sentence's middle; empty where not ranked."""
    own = league.own
    if own is None or own.rank is None:
        return ""
    if own.low is None or own.high is None or own.low == own.high:
        return _("at rank %(rank)d of %(of)d") % {
            "rank": own.low or own.rank,
            "of": league.ranked,
        }
    return _("between rank %(low)d and %(high)d of %(of)d") % {
        "low": own.low,
        "high": own.high,
        "of": league.ranked,
    }


def alike_names(league: League) -> str:
    """The regions that cannot be told apart from one's own, in a sentence's words."""
    names = [_short(region) for region in league.alike]
    if len(names) > 5:
        more = _("%(n)d other regions") % {"n": len(names) - 4}
        names = [*names[:4], more]
    return listing(names)


def with_sparks(
    rows: Sequence[DimensionRow],
) -> list[tuple[DimensionRow, list[tuple[IndicatorRow, str]]]]:
    """Each dimension with its indicators, each with its small line over the years."""
    return [
        (row, [(each, _spark(row, each)) for each in row.indicators]) for row in rows
    ]


def _spark(row: DimensionRow, each: IndicatorRow) -> str:
    if len(each.trend) < 2:
        return ""
    return sparkline(
        _every_year(each.trend),
        dimension_token(row.dimension.code, row.dimension.order),
    )


def _every_year(trend: Sequence[tuple[int, float]]) -> list[float | None]:
    """One value a year; years between two known ones lie on the line between them."""
    filled: list[float | None] = [trend[0][1]]
    for (year, value), (later, next_value) in pairwise(trend):
        step = (next_value - value) / (later - year)
        filled += [value + step * (n + 1) for n in range(later - year)]
    return filled


def ladder(
    league: League, region: Region, *, example: bool, width: int = 720
) -> Chart | None:
    """The ranks that each region could hold; only the neighbours where there are many."""
    rows = _around([row for row in league.rows if row.rank is not None])
    if not rows:
        return None
    told = answer(league)
    alt = (
        _("%(region)s is %(answer)s.") % {"region": region.full_name, "answer": told}
        if told
        else _("The ranks that each region could hold.")
    )
    return rank_ladder(
        [
            RankRow(
                _short(row.region),
                row.low or row.rank or 0,
                row.rank or 0,
                row.high or row.rank or 0,
                own=row.own,
                alike=row.alike,
            )
            for row in rows
        ],
        Caption("peringkat", _("Ranges of ranks"), alt, example),
        width=width,
    )


def _around(rows: Sequence[LeagueRow]) -> Sequence[LeagueRow]:
    if len(rows) <= MOST_ROWS:
        return rows
    own = next((i for i, row in enumerate(rows) if row.own), 0)
    first = max(0, min(own - MOST_ROWS // 2, len(rows) - MOST_ROWS))
    return rows[first : first + MOST_ROWS]


def _short(region: Region) -> str:
    """A kota keeps its kind: Kota Bogor is not Kabupaten Bogor."""
    return region.full_name if region.kind == "kota" else region.name


def dimension_rows(profile: Profile, *, to: str = "") -> list[dict[str, object]]:
    """Rows for components/dimension_rows.html."""
    rows: list[dict[str, object]] = []
    for order, row in enumerate(profile.dimensions):
        code = row.dimension.code
        token = dimension_token(code, order)
        rows.append(
            {
                "code": code,
                "name": row.dimension.name,
                "order": order,
                "score": row.score,
                "change": row.change,
                "bullet": bullet_mark(
                    row.score,
                    row.target,
                    token,
                    label=_bullet_words(row.score, row.target),
                ),
                "trend": sparkline([score for _year, score in row.trend], token),
                "url": f"{to}#{code}",
            }
        )
    return rows


def _bullet_words(score: float | None, target: float | None) -> str:
    if score is None:
        return _("not scored")
    if target is None:
        return _("%(score)s of 100") % {"score": number(score, 0)}
    return _("%(score)s of 100, target %(target)s") % {
        "score": number(score, 0),
        "target": number(target, 0),
    }


def index_trend(profile: Profile) -> Chart | None:
    """The index's dimensions over the editions, where there are two years or more."""
    years = sorted({year for row in profile.dimensions for year, _score in row.trend})
    if len(years) < 2:
        return None
    series = tuple(
        Series(
            row.dimension.name,
            tuple(dict(row.trend).get(year) for year in years),
            dimension_token(row.dimension.code, order),
        )
        for order, row in enumerate(profile.dimensions)
        if row.trend
    )
    return trend(
        Years(tuple(years), series),
        Caption(
            "perubahan",
            _("Scores over the years"),
            _("The score of each dimension in every edition."),
            profile.illustrative,
        ),
    )


def series_chart(series: SeriesOf, region: Region) -> Chart | None:
    """One indicator over the years, with its last target; None below two years."""
    known = [p.current for p in series.points if p.current.value is not None]
    if len(known) < 2:
        return None
    first, last = known[0].year, known[-1].year
    by_year = {row.year: float(row.value) for row in known if row.value is not None}
    years = tuple(range(first, last + 1))
    target = series.targets[-1] if series.targets else None
    decimals = series.indicator.decimals

    def spoken(value: float) -> str:
        return number(value) if decimals >= 2 else number(value, decimals)

    return trend(
        Years(years, (Series(region.name, tuple(by_year.get(y) for y in years)),)),
        Caption(
            "deret",
            series.indicator.name,
            _("%(name)s of %(region)s: %(first)s in %(from)d, %(last)s in %(to)d.")
            % {
                "name": series.indicator.name,
                "region": region.full_name,
                "first": number(by_year[first]),
                "from": first,
                "last": number(by_year[last]),
                "to": last,
            },
            series.illustrative,
        ),
        target=(
            (_("target %(year)d") % {"year": target.year}, float(target.value))
            if target
            else None
        ),
        spoken=spoken,
    )


def peers_chart(series: SeriesOf) -> Chart | None:
    """The same indicator in the other regions of the edition."""
    rows = series.peers
    if len(rows) < 2:
        return None
    if len(rows) > MOST_ROWS:
        own = next((i for i, row in enumerate(rows) if row.own), 0)
        start = max(0, min(own - MOST_ROWS // 2, len(rows) - MOST_ROWS))
        rows = rows[start : start + MOST_ROWS]
    return bars(
        [
            Bar(
                _short(row.region),
                float(row.value),
                f"{number(row.value)} ({row.year})",
                "sun" if row.own else "accent",
                own=row.own,
            )
            for row in rows
        ],
        Caption(
            "pembanding",
            _("Compared with other regions"),
            _("Values of the regions compared, the best first."),
            bool(series.edition and series.edition.illustrative),
        ),
    )


def contributions(explanation: Explanation, *, example: bool) -> Chart | None:
    """What each dimension adds to the index."""
    parts = explanation.of_dimensions
    if not parts or explanation.contributions_are != "points":
        return None
    return waterfall(
        [
            Part(group.name, round(points, 2), dimension_token(group.code, order))
            for order, (group, points) in enumerate(parts)
        ],
        Caption(
            "sumbangan",
            _("What adds up to the index"),
            _("Each dimension's points times its weight; together they are the index."),
            example,
        ),
        total=_("Index"),
    )


def sensitivity(explanation: Explanation, *, example: bool) -> Chart | None:
    """How much of the movement in ranks each choice causes."""
    if not explanation.shares:
        return None
    shares = sorted(explanation.shares, key=lambda share: -(share["total"] or 0))
    return bars(
        [
            Bar(
                str(CHOICES.get(share["choice"], share["choice"])),
                max(0.0, (share["total"] or 0) * 100),
                f"{number((share['total'] or 0) * 100, 0)}%",
            )
            for share in shares
        ],
        Caption(
            "kepekaan",
            _("What moves the ranks"),
            _("The share of the movement in ranks in which each choice has a part."),
            example,
        ),
    )
