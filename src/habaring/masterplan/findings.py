"""Blocks of what was worked out together: readiness, SWOT, strategies, gaps, aims."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from habaring.assessment.models import Dimension
from habaring.masterplan import consulting, dimensions, readiness, situation
from habaring.masterplan.analysis import example
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
from habaring.masterplan.figures import Figures
from habaring.masterplan.models import Layer, Level, Pairing, Quadrant, Strategy
from habaring.masterplan.readiness import ElementScore, Readiness
from habaring.shared import formats
from habaring.shared.charts.chart import Caption, Chart
from habaring.shared.charts.radar import Axis, radar

QUADRANTS = {
    Quadrant.STRENGTH: gettext_lazy("Strengths"),
    Quadrant.WEAKNESS: gettext_lazy("Weaknesses"),
    Quadrant.OPPORTUNITY: gettext_lazy("Opportunities"),
    Quadrant.THREAT: gettext_lazy("Threats"),
}


def wheel(whole: Readiness, key: str = "readiness") -> Chart:
    """The elements of a year around a centre, with what is expected as outline."""
    words = ", ".join(
        f"{one.element.name} {formats.number(one.mean, 1)}" for one in whole.elements
    )
    return radar(
        [
            Axis(one.element.name, one.mean, whole.chosen.expected)
            for one in whole.elements
        ],
        Caption(
            key=key,
            title=_("Readiness %(year)d") % {"year": whole.year},
            alt=_(
                "Means from 0 to %(highest)d: %(means)s. The outline is what is expected."
            )
            % {"highest": whole.chosen.highest, "means": words},
            example=whole.illustrative,
        ),
        highest=whole.chosen.highest,
    )


def readiness_blocks(figures: Figures) -> list[Block]:
    """The newest year of readiness: picture, elements beside last year's, questions."""
    years = readiness.years(figures.region)
    if not years:
        return [note(_("The questions of readiness are not answered yet."))]
    day = timezone.localdate(figures.inputs.at)
    whole = readiness.readiness(figures.region, years[0], on=day)
    before = readiness.readiness(figures.region, years[1]) if len(years) > 1 else None
    said = _(
        "The region answers %(counted)d of %(asked)d questions with evidence. On a scale of "
        "%(low)d to %(high)d its mean is **%(mean)s**."
    ) % {
        "counted": whole.counted,
        "asked": whole.asked,
        "low": whole.chosen.lowest,
        "high": whole.chosen.highest,
        "mean": formats.number(whole.mean, 2),
    }
    source = _("Source: %(source)s") % {"source": whole.chosen.source}
    return [
        paragraph(said),
        chart(
            _("Readiness %(year)d") % {"year": whole.year}, wheel(whole), note=source
        ),
        _elements_table(whole, before),
        *(_questions_table(one, whole) for one in whole.elements),
    ]


def _elements_table(whole: Readiness, before: Readiness | None) -> Block:
    rows = []
    for one in whole.elements:
        old = before.element(one.element.code) if before else None
        rows.append(
            row(
                [
                    one.element.name,
                    formats.number(one.mean, 2),
                    formats.number(old.mean, 2) if old else "–",
                    f"{one.counted}/{len(one.answers)}",
                ]
            )
        )
    earlier = _("Mean %(year)d") % {"year": before.year} if before else _("Year before")
    return table(
        _("Means of the six elements"),
        [
            column(_("Element"), width=4),
            column(_("Mean %(year)d") % {"year": whole.year}, "right", width=2),
            column(earlier, "right", width=2),
            column(_("With evidence"), "right", width=2),
        ],
        rows,
        note=_("A score without evidence is a draft and enters no mean."),
    )


def _questions_table(one: ElementScore, whole: Readiness) -> Block:
    return table(
        _("Readiness: %(element)s") % {"element": one.element.name},
        [
            column(_("Question"), width=7),
            column(_("Score"), "right", width=1),
            column(_("Evidence"), width=4),
        ],
        [
            row(
                [
                    example(
                        answer.question.text,
                        illustrative=bool(answer.row and answer.row.illustrative),
                    ),
                    str(answer.score) if answer.counts else "–",
                    _proofs(answer),
                ]
            )
            for answer in one.answers
        ],
    )


def _proofs(answer: Any) -> str:
    titles = [
        _("a confidential document")
        if one.evidence.confidential
        else one.evidence.title
        for one in answer.proofs
        if one.holds
    ]
    if titles:
        return "; ".join(dict.fromkeys(titles))
    return _("none: draft") if answer.draft else "–"


def swot(figures: Figures) -> list[Block]:
    """Four tables, most votes first, with dimension and layer of each item."""
    rows = list(situation.items(figures.region))
    if not rows:
        return [note(_("No item of SWOT is recorded yet."))]
    found: list[Block] = []
    for kind, items in situation.by_kind(rows).items():
        if not items:
            continue
        found.append(
            table(
                str(QUADRANTS[Quadrant(kind)]),
                [
                    column(_("No."), width=1),
                    column(str(Quadrant(kind).label), width=7),
                    column(_("Dimension"), width=3),
                    column(_("Layer"), width=3),
                    column(pgettext("number", "Votes"), "right", width=1),
                ],
                [
                    row(
                        [
                            str(item),
                            example(item.text, illustrative=item.illustrative),
                            figures.dimension_name(item.dimension),
                            str(Layer(item.layer).label),
                            formats.number(situation.votes_of(item)),
                        ]
                    )
                    for item in items
                ],
                note=figures.as_of(),
            )
        )
    return found


def swot_strategies(figures: Figures) -> list[Block]:
    """Strategies by what they join, each with the items that it cites."""
    rows = list(situation.strategies(figures.region))
    if not rows:
        return [note(_("No strategy is drawn from the SWOT yet."))]
    found: list[Block] = []
    for kind in Pairing:
        own = [one for one in rows if one.kind == kind]
        if own:
            found.append(heading(str(kind.label), 3))
            found.append(
                bullets(
                    f"**{one}** {example(one.text, illustrative=one.illustrative)} "
                    f"({', '.join(str(item) for item in situation.cites(one))})"
                    for one in own
                )
            )
    return found


def gap_register(figures: Figures) -> list[Block]:
    """Every gap with its cause, what closes it, and the issue that it feeds."""
    rows = list(situation.gaps(figures.region))
    if not rows:
        return [note(_("No gap is recorded yet."))]
    known = dimensions.known()
    return [
        table(
            _("Gaps, their causes and what closes them"),
            [
                column(_("Dimension"), width=3),
                column(_("Now"), width=5),
                column(_("Expected"), width=5),
                column(_("Cause"), width=4),
                column(_("Needed"), width=4),
                column(_("Issue"), width=4),
            ],
            [
                row(
                    [
                        dimensions.name_of(one.dimension, known),
                        example(one.now, illustrative=one.illustrative),
                        one.expected,
                        one.cause,
                        one.need,
                        one.issue.title,
                    ]
                )
                for one in rows
            ],
            note=figures.as_of(),
            wide=True,
        )
    ]


def issues(figures: Figures) -> list[Block]:
    """The priority issues that Buku 2 takes up."""
    rows = list(situation.issues(figures.region))
    if not rows:
        return [note(_("No priority issue is recorded yet."))]
    known = dimensions.known()
    return [
        table(
            _("Priority issues"),
            [
                column(_("No."), width=1),
                column(_("Issue"), width=7),
                column(_("Dimension"), width=3),
                column(_("Gaps"), "right", width=1),
                column(_("Strategies"), "right", width=1),
            ],
            [
                row(
                    [
                        str(one),
                        example(one.title, illustrative=one.illustrative),
                        dimensions.name_of(one.dimension, known),
                        formats.number(one.gap_count),
                        formats.number(one.strategy_count),
                    ]
                )
                for one in rows
            ],
            note=figures.as_of(),
        )
    ]


def aims(figures: Figures) -> list[Block]:
    """Vision, missions and goals in words, then the targets as a table."""
    rows = list(situation.aims(figures.region))
    if not rows:
        return [note(_("The smart city's own vision is not recorded yet."))]
    found: list[Block] = []
    for vision in situation.tree(rows):
        mark = example("", illustrative=vision.aim.illustrative)
        found.append(paragraph(f"**“{vision.aim.text}”**{mark}"))
        for number, mission in enumerate(vision.below, start=1):
            words = _("Mission %(number)d: %(text)s") % {
                "number": number,
                "text": mission.aim.text,
            }
            found.append(heading(words, 3))
            if mission.below:
                found.append(bullets(goal.aim.text for goal in mission.below))
    targets = [one for one in rows if one.level == Level.TARGET]
    if targets:
        found.append(_targets_table(figures, targets))
    return found


def _targets_table(figures: Figures, targets: Sequence[Any]) -> Block:
    day = timezone.localdate(figures.inputs.at)
    return table(
        _("Targets of the smart city and the RPJMD's targets that they serve"),
        [
            column(_("Target"), width=5),
            column(_("Indicator"), width=4),
            column(_("Baseline"), "right", width=2),
            column(_("Wanted"), "right", width=2),
            column(_("Serves"), width=5),
        ],
        [
            row(
                [
                    example(one.text, illustrative=one.illustrative),
                    " ".join(
                        filter(None, (one.indicator, one.unit and f"({one.unit})"))
                    ),
                    dated(one.baseline, one.baseline_year),
                    dated(one.target, one.target_year),
                    "; ".join(
                        f"{target.code} {target.text}"
                        for target in situation.serves(one, day)
                    )
                    or _("nothing yet"),
                ]
            )
            for one in targets
        ],
        note=figures.as_of(),
        wide=True,
    )


def dated(value: Any, year: int | None) -> str:
    """A value with its year: "72,66 (2024)"."""
    if value is None:
        return "–"
    shown = formats.number(value)
    return f"{shown} ({year})" if year else shown


def rpjmd_map(figures: Figures) -> list[Block]:
    """The map to each RPJMD, the old one with its last days."""
    day = timezone.localdate(figures.inputs.at)
    found: list[Block] = []
    for one in situation.plan_maps(figures.region, day):
        years = formats.years(one.plan.first_year, one.plan.last_year)
        title = (
            _("Map to the RPJMD %(years)s")
            if one.current
            else _("Earlier map, to the RPJMD %(years)s")
        )
        found.append(
            table(
                title % {"years": years},
                [
                    column(_("Target of the smart city"), width=6),
                    column(_("Target of the RPJMD"), width=6),
                    column(_("From"), "right", width=2),
                    column(_("Until"), "right", width=2),
                ],
                [
                    row(
                        [
                            example(line.aim.text, illustrative=line.aim.illustrative),
                            f"{each.plan_target.code} {each.plan_target.text}",
                            formats.day(each.since, short=True),
                            formats.day(each.until, short=True) if each.until else "–",
                        ]
                    )
                    for line in one.rows
                    for each in line.lines
                ],
                note=_("The day under “until” is the first on which it holds no more."),
            )
        )
    return found or [note(_("No target is mapped to an RPJMD yet."))]


def sub_strategies(figures: Figures) -> list[Block]:
    """Each dimension and sub-dimension with its issues and strategies."""
    ways = list(situation.strategies(figures.region))
    if not ways:
        return [note(_("No strategy is recorded for a sub-dimension yet."))]
    known = dimensions.known()
    found: list[Block] = []
    for code, dimension in known.items():
        own = [one for one in ways if one.dimension == code]
        if own:
            found.append(_place_heading(dimension))
            found.append(bullets(_way(one) for one in own))
    return found


def _place_heading(dimension: Dimension) -> Block:
    if dimension.parent is None:
        return heading(dimension.name, 3)
    return heading(f"{dimension.parent.name}: {dimension.name}", 3)


def _way(one: Strategy) -> str:
    parts = [example(one.text, illustrative=one.illustrative)]
    if one.aspect:
        parts.append(f"*{one.get_aspect_display()}*")
    if one.issue is not None:
        parts.append(_("issue: %(title)s") % {"title": one.issue.title})
    return f"**{one}** {' · '.join(parts)}"


def answered(figures: Figures) -> list[Block]:
    """What was asked of the public, and what became of each remark."""
    newest = consulting.ended(figures.region)
    if newest is None:
        return [note(_("No consultation about a draft has ended yet."))]
    rows = consulting.told(newest)
    words = ngettext(
        "**%(count)d remark** on the draft “%(title)s” was answered:",
        "**%(count)d remarks** on the draft “%(title)s” were answered:",
        len(rows),
    )
    return [
        paragraph(words % {"count": len(rows), "title": newest.title}),
        table(
            _("Remarks and what became of them"),
            [
                column(_("Section"), width=3),
                column(_("Remark"), width=6),
                column(_("Outcome"), width=2),
                column(_("Reason"), width=5),
            ],
            [
                row(
                    [
                        one.section,
                        example(one.text, illustrative=one.illustrative),
                        str(one.outcome),
                        one.reason,
                    ]
                )
                for one in rows
            ],
            wide=True,
        ),
    ]


MAKERS = {
    "readiness": readiness_blocks,
    "swot": swot,
    "swot-strategies": swot_strategies,
    "gap-register": gap_register,
    "issues": issues,
    "aims": aims,
    "rpjmd-map": rpjmd_map,
    "sub-strategies": sub_strategies,
    "consultation": answered,
}
