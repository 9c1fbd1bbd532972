"""What pages show of results: rows, charts, words; nothing is decided here."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from habaring.evaluation.models import Result
from habaring.evaluation.rules import scheme_of
from habaring.evaluation.scheme import Scheme
from habaring.shared.charts.chart import Caption, Chart, Series, Years
from habaring.shared.charts.lines import trend
from habaring.shared.charts.radar import Axis, radar
from habaring.shared.charts.ranges import RankRow, rank_ladder
from habaring.shared.formats import number

LADDER = 40  # regions in one picture; the table has all


@dataclass(frozen=True)
class MeasureRow:
    """One measure of a result beside the region's own answer."""

    name: str
    weight: float
    level: float | None
    own: float | None

    @property
    def gap(self) -> float | None:
        """Assessors minus the region itself."""
        if self.level is None or self.own is None:
            return None
        return self.level - self.own


def language() -> str:
    """The reader's language, as instruments know it."""
    return get_language() or "id"


def measure_rows(scheme: Scheme, result: Result) -> list[MeasureRow]:
    """The measures of a result, in the instrument's order."""
    return [
        MeasureRow(
            measure.name(language()),
            float(measure.weight),
            result.measures.get(measure.code),
            result.own.get(measure.code),
        )
        for measure in scheme.measures
    ]


def band_name(scheme: Scheme, result: Result) -> str:
    """The word for the index; nothing where the instrument has no bands."""
    for band in scheme.bands:
        if band.code == result.band:
            return band.name(language())
    return ""


def dimension_chart(scheme: Scheme, result: Result) -> Chart | None:
    """Impact by dimension; None with fewer than three dimensions."""
    axes = [
        Axis(name(language()), result.dimensions[code])
        for code, name in scheme.dimensions.items()
        if code in result.dimensions
    ]
    if len(axes) < 3:
        return None
    caption = Caption(
        "dimensi",
        _("Impact by dimension"),
        _("The level of each dimension, from the middle outwards."),
        example=result.illustrative,
    )
    return radar(axes, caption, highest=float(scheme.high))


def scheme_of_result(result: Result) -> Scheme | None:
    """The instrument of a result; None for years before the platform."""
    return scheme_of(result.round.instrument) if result.round else None


def years_chart(results: Sequence[Result]) -> Chart | None:
    """The index through the years: Stage II where the region went so far."""
    last: dict[int, Result] = {}
    for one in sorted(results, key=lambda r: (r.year, r.stage)):
        last[one.year] = one
    if len(last) < 2:
        return None
    years = tuple(range(min(last), max(last) + 1))
    values = tuple(float(last[y].index) if y in last else None for y in years)
    caption = Caption(
        "indeks",
        _("The index through the years"),
        _("The achievement index of each year; a gap where there was none."),
        example=any(one.illustrative for one in results),
    )
    series = Series(_("Achievement index"), values)
    return trend(Years(years, (series,)), caption, spoken=lambda v: number(v, 2))


def ladder(results: Sequence[Result], own: str = "") -> Chart | None:
    """Ranks with the range that they could hold; None where nothing is ranked."""
    rows = [
        RankRow(
            one.region.name,
            one.rank_low or one.rank,
            one.rank,
            one.rank_high or one.rank,
            own=one.region_id == own,
        )
        for one in results
        if one.rank is not None
    ]
    if len(rows) < 2:
        return None
    caption = Caption(
        "peringkat",
        _("Ranks and the range they could hold"),
        _("Each region's rank as a dot, its range as a bar."),
        example=any(one.illustrative for one in results),
    )
    return rank_ladder(sorted(rows, key=lambda r: r.median)[:LADDER], caption)
