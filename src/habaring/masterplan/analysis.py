"""Blocks of the analysis: the region, its index, its gaps, its targets and sources."""

from django.utils import timezone
from django.utils.translation import gettext as _

from habaring.assessment.models import EditionScore, EditionValue, Target, ValueStatus
from habaring.masterplan.blocks import (
    Block,
    bullets,
    chart,
    column,
    heading,
    note,
    paragraph,
    row,
    table,
)
from habaring.masterplan.figures import INDEX, Figures
from habaring.shared import formats
from habaring.shared.charts.bullets import Bullet, bullet_bars
from habaring.shared.charts.chart import Caption, Series, Years
from habaring.shared.charts.lines import trend
from habaring.shared.charts.ranges import RankRow, rank_ladder

TREND_YEARS = 3


def example(label: str, *, illustrative: bool) -> str:
    """A label with the mark that an illustrative row carries."""
    mark = _("example")
    return f"{label} ({mark})" if illustrative else label


def method(figures: Figures) -> list[Block]:
    """How the index was made."""
    if figures.edition is None:
        return [note(_("No index edition was chosen for these books."))]
    edition = figures.edition
    return [
        paragraph(
            _(
                "The condition of the region is measured with the indicators of the framework "
                "**%(framework)s**. Each value is set on a scale of 0 to 100 between two fixed "
                "goalposts, so that years compare. A missing value is never counted as zero: the "
                "other indicators of its dimension carry its weight, and the share that is known "
                "stands beside each score. The range of ranks comes from %(draws)s repeated "
                "calculations with other defensible choices of scale, weight and average."
            )
            % {
                "framework": edition.framework.name,
                "draws": formats.number(edition.draws),
            }
        ),
        paragraph(
            _(
                "The programmes were chosen by an optimisation within the yearly ceilings of each "
                "funding source; every programme, in or out, carries its reason. Inputs and "
                "results can be downloaded and computed again by anyone."
            )
        ),
    ]


def profile(figures: Figures) -> list[Block]:
    """The register's facts."""
    region = figures.region
    rows = [
        (_("Code"), region.code),
        (_("Province"), region.parent.name if region.parent else ""),
        (_("Population"), formats.number(region.population)),
        (_("Area"), f"{formats.number(region.area_km2, 2)} km²"),
        (_("Districts"), formats.number(region.districts)),
        (_("Villages (desa)"), formats.number(region.villages)),
        (_("Urban villages (kelurahan)"), formats.number(region.urban_villages)),
    ]
    return [
        table(
            _("The region in the official register"),
            [column(_("Fact"), width=2), column(_("Value"), "right", width=1)],
            [row(pair) for pair in rows if pair[1] not in {"", "–"}],
            note=_("Source: %(source)s")
            % {"source": region.decree or _("official register of regions")},
        )
    ]


def _known(score: EditionScore | None) -> bool:
    return score is not None and score.score is not None


def index(figures: Figures) -> list[Block]:
    """Where the region stands: words first, then the picture, then the six scores."""
    own = figures.score(INDEX)
    if figures.edition is None or own is None or own.rank is None:
        return [note(_("The region has no rank in an index edition yet."))]
    count = len(figures.league)
    low, high = own.rank_low or own.rank, own.rank_high or own.rank
    sentence = _(
        "%(place)s stands at **%(range)s** of %(count)d regions in the edition of %(year)d, "
        "with a score of **%(score)s** of 100."
    ) % {
        "place": figures.region.name,
        "range": held_ranks(low, high),
        "count": count,
        "year": figures.edition.year,
        "score": formats.number(own.score, 1),
    }
    ladder = rank_ladder(
        [
            RankRow(
                label=score.region.name,
                low=score.rank_low or score.rank or 0,
                median=float(score.rank or 0),
                high=score.rank_high or score.rank or 0,
                own=score.region_id == figures.region.code,
            )
            for score in figures.league
        ],
        Caption(
            key="rank",
            title=_("Range of ranks"),
            alt=_("Bars from the best to the worst rank that each region could hold."),
            example=figures.edition.illustrative,
        ),
        width=520,
    )
    return [
        paragraph(sentence),
        chart(
            _("The ranks that each region could hold"),
            ladder,
            note=_edition_note(figures),
        ),
        *_dimension_scores(figures),
    ]


def held_ranks(low: int, high: int) -> str:
    """The ranks that can be held, for a sentence: "rank 4", "a rank between 4 and 8"."""
    words = _("rank %(ranks)s") if low == high else _("a rank between %(ranks)s")
    return words % {"ranks": formats.rank_range(low, high)}


def _edition_note(figures: Figures) -> str:
    edition = figures.edition
    if edition is None:
        return ""
    return _("Index edition %(year)d/%(number)d, published on %(day)s.") % {
        "year": edition.year,
        "number": edition.number,
        "day": formats.day(timezone.localdate(edition.published_at)),
    }


def _dimension_scores(figures: Figures) -> list[Block]:
    rows, bars = [], []
    for dimension in figures.dimensions:
        score = figures.score(dimension.code)
        value = score.score if score else None
        known = score.coverage if score else 0.0
        bars.append(
            Bullet(
                label=dimension.name,
                value=value,
                colour=figures.colour(dimension.code),
                shown=formats.number(value, 1)
                if value is not None
                else _("not measured"),
            )
        )
        rows.append(
            row(
                [
                    dimension.name,
                    formats.number(value, 1)
                    if value is not None
                    else _("not measured"),
                    _rank(score),
                    formats.percent(known),
                ]
            )
        )
    drawn = bullet_bars(
        bars,
        Caption(
            key="dimensions",
            title=_("Scores of the dimensions"),
            alt=_("One bar a dimension, from 0 to 100."),
            example=bool(figures.edition and figures.edition.illustrative),
        ),
        width=520,
    )
    return [
        chart(_("Scores of the dimensions"), drawn, note=_edition_note(figures)),
        table(
            _("Scores, ranks and what is known"),
            [
                column(_("Dimension"), width=4),
                column(_("Score"), "right", width=2),
                column(_("Ranks"), "right", width=2),
                column(_("Known"), "right", width=2),
            ],
            rows,
            note=_("“Known” is the share of the dimension's weight that has a value."),
        ),
    ]


def _rank(score: EditionScore | None) -> str:
    if score is None or score.rank is None:
        return "–"
    low, high = score.rank_low or score.rank, score.rank_high or score.rank
    return str(low) if low == high else f"{low}–{high}"


def _shown(value: EditionValue) -> str:
    if value.value is None:
        return {
            ValueStatus.NOT_APPLICABLE: _("not applicable"),
            ValueStatus.SUPPRESSED: _("withheld"),
        }.get(ValueStatus(value.status), _("no data"))
    return formats.number(value.value, value.indicator.decimals)


def gaps(figures: Figures) -> list[Block]:
    """Each indicator now, beside the next target that the region set for it."""
    nearest = _next_targets(figures)
    found: list[Block] = []
    for dimension in figures.dimensions:
        rows = []
        for place in figures.places.get(dimension.code, []):
            value = figures.values.get(place.indicator_id)
            if value is None:
                continue
            target = nearest.get(place.indicator_id)
            rows.append(
                row(
                    [
                        example(place.indicator.name, illustrative=value.illustrative),
                        _shown(value),
                        str(value.year or "–"),
                        f"{formats.number(target.value, place.indicator.decimals)} ({target.year})"
                        if target
                        else "–",
                        formats.number(value.normalised, 0)
                        if value.normalised is not None
                        else "–",
                    ]
                )
            )
        if rows:
            found.append(heading(dimension.name, 3))
            found.append(
                table(
                    _("Condition and target: %(dimension)s")
                    % {"dimension": dimension.name},
                    [
                        column(_("Indicator"), width=6),
                        column(_("Value"), "right", width=2),
                        column(_("Year"), "right", width=1),
                        column(_("Target"), "right", width=2),
                        column(_("Scale 0–100"), "right", width=2),
                    ],
                    rows,
                    note=_edition_note(figures),
                )
            )
        else:
            found.append(heading(dimension.name, 3))
            found.append(
                note(
                    _(
                        "Not measured yet: there is no public value for this dimension. Closing "
                        "this gap begins with collecting the data."
                    )
                )
            )
    return found or [note(_("There is no index edition to compare with targets."))]


def _next_targets(figures: Figures) -> dict[int, Target]:
    """Indicator → the first target after the edition's year, else the last one set."""
    year = figures.edition.year if figures.edition else 0
    found: dict[int, Target] = {}
    for one in figures.targets:  # by indicator, then year
        known = found.get(one.indicator_id)
        if known is None or known.year <= year:
            found[one.indicator_id] = one
    return found


def trends(figures: Figures) -> list[Block]:
    """Every indicator with three years or more, as a small chart with its source."""
    found: list[Block] = []
    for rows in figures.series.values():
        if len(rows) < TREND_YEARS:
            continue
        indicator = rows[0].indicator
        unit = (
            indicator.unit_id if figures.inputs.language == "id" else indicator.unit_en
        )
        years = tuple(range(rows[0].year, rows[-1].year + 1))
        by_year = {item.year: float(item.value or 0) for item in rows}
        name = f"{indicator.name} ({unit or indicator.unit_id})"
        drawn = trend(
            Years(
                years,
                (Series(figures.region.name, tuple(by_year.get(y) for y in years)),),
            ),
            Caption(
                key=f"trend-{indicator.pk}",
                title=name,
                alt=_("From %(first)s in %(from)d to %(last)s in %(to)d.")
                % {
                    "first": formats.number(rows[0].value, indicator.decimals),
                    "from": rows[0].year,
                    "last": formats.number(rows[-1].value, indicator.decimals),
                    "to": rows[-1].year,
                },
                example=any(item.illustrative for item in rows),
            ),
            width=520,
        )
        source = _("Source: %(source)s") % {"source": rows[-1].source}
        found.append(chart(name, drawn, note=source, half=True))
    return found or [note(_("No indicator has three years of values yet."))]


def targets(figures: Figures) -> list[Block]:
    """The dated targets, each with the document that sets it."""
    if not figures.targets:
        return [note(_("No target has been recorded."))]
    return [
        table(
            _("Targets"),
            [
                column(_("Indicator"), width=5),
                column(_("Baseline"), "right", width=2),
                column(_("Target"), "right", width=2),
                column(_("Year"), "right", width=1),
                column(_("Source"), width=4),
            ],
            [
                row(
                    [
                        example(
                            target.indicator.name, illustrative=target.illustrative
                        ),
                        _latest(figures, target.indicator_id),
                        formats.number(target.value, target.indicator.decimals),
                        str(target.year),
                        target.source,
                    ]
                )
                for target in figures.targets
            ],
            note=figures.as_of(),
        )
    ]


def _latest(figures: Figures, indicator: int) -> str:
    rows = figures.series.get(indicator)
    if not rows:
        return "–"
    last = rows[-1]
    return f"{formats.number(last.value, last.indicator.decimals)} ({last.year})"


def sources(figures: Figures) -> list[Block]:
    """Every source that a figure of these books names."""
    named = {value.source for value in figures.values.values() if value.source}
    named |= {target.source for target in figures.targets}
    named |= {vision.source for vision in figures.visions if vision.source}
    return [bullets(sorted(named))] if named else [note(_("No source is named."))]


MAKERS = {
    "method": method,
    "profile": profile,
    "index": index,
    "gaps": gaps,
    "trends": trends,
    "targets": targets,
    "sources": sources,
}
