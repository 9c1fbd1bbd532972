"""Blocks of where the plan leads: vision, alignment with the RPJMD, strategy, decision."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from habaring.masterplan import analysis
from habaring.masterplan.analysis import example
from habaring.masterplan.blocks import (
    Block,
    Row,
    bullets,
    column,
    heading,
    note,
    paragraph,
    row,
    table,
)
from habaring.masterplan.figures import Figures
from habaring.masterplan.programmes import items_of, name_of, plan_note, years_of
from habaring.masterplan.queries import Mission, Vision
from habaring.portfolio.models import Candidate, PlanItem
from habaring.shared import formats


def vision(figures: Figures) -> list[Block]:
    """The RPJMD's vision and missions, with its source."""
    found: list[Block] = []
    for one in figures.visions:
        found.append(
            paragraph(
                _("RPJMD %(years)s: **“%(vision)s”**")
                % {
                    "years": formats.years(one.first_year, one.last_year),
                    "vision": one.vision,
                }
            )
        )
        found.append(
            bullets(
                _("Mission %(number)d: %(text)s")
                % {"number": mission.number, "text": mission.text}
                for mission in one.missions
            )
        )
        found.append(note(_("Source: %(source)s") % {"source": one.source}))
    return found or [note(_("No RPJMD has been recorded."))]


def _serves(candidate: Candidate, vision: Vision, number: int) -> bool:
    return (
        candidate.rpjmd_mission.replace("–", "-").strip() == f"{vision.code}/{number}"
    )


def _named(figures: Figures, vision: Vision) -> list[PlanItem]:
    numbers = [mission.number for mission in vision.missions]
    return [
        item
        for item in figures.items
        if any(_serves(item.candidate, vision, number) for number in numbers)
    ]


def alignment(figures: Figures) -> list[Block]:
    """Each mission with the programmes that serve it and their money."""
    found: list[Block] = []
    aligned: set[int] = set()
    for one in figures.visions:
        items = _named(figures, one)
        aligned |= {item.pk for item in items}
        if items or one is figures.visions[0]:
            found.append(_alignment_table(figures, one))
    loose = [item for item in figures.items if item.pk not in aligned]
    if loose:
        words = ngettext(
            "%(count)d programme names no mission of this RPJMD.",
            "%(count)d programmes name no mission of this RPJMD.",
            len(loose),
        )
        found.append(note(words % {"count": len(loose)}))
    return found


def _alignment_table(figures: Figures, vision: Vision) -> Block:
    return table(
        _("Alignment with RPJMD %(years)s")
        % {"years": formats.years(vision.first_year, vision.last_year)},
        [
            column(_("Mission"), width=6),
            column(_("Programmes"), "right", width=2),
            column(_("Money"), "right", width=3),
            column(_("Dimensions"), width=5),
        ],
        [_alignment_row(figures, vision, mission) for mission in vision.missions],
        note=plan_note(figures),
    )


def _alignment_row(figures: Figures, vision: Vision, mission: Mission) -> Row:
    items = [i for i in figures.items if _serves(i.candidate, vision, mission.number)]
    served = {figures.dimension_name(i.candidate.dimension_code) for i in items}
    return row(
        [
            f"{mission.number}. {mission.text}",
            formats.number(len(items)),
            formats.rupiah_short(sum(item.total for item in items)) if items else "–",
            formats.listing(sorted(served)) or "–",
        ]
    )


def strategy(figures: Figures) -> list[Block]:
    """One section a dimension: its condition, then what is done about it."""
    found: list[Block] = []
    for dimension in figures.dimensions:
        items = items_of(figures, dimension.code)
        score = figures.score(dimension.code)
        found.append(heading(dimension.name))
        if score is not None and score.score is not None:
            found.append(
                paragraph(
                    _(
                        "The dimension scores **%(score)s** of 100; %(known)s of its weight is known."
                    )
                    % {
                        "score": formats.number(score.score, 1),
                        "known": formats.percent(score.coverage),
                    }
                )
            )
        else:
            found.append(paragraph(_("The dimension is not measured yet.")))
        if items:
            words = ngettext(
                "**%(count)d programme** for **%(money)s** serves it:",
                "**%(count)d programmes** for **%(money)s** serve it:",
                len(items),
            )
            money = formats.rupiah_short(sum(item.total for item in items))
            found.append(paragraph(words % {"count": len(items), "money": money}))
            found.append(bullets(_line(item) for item in items))
        else:
            found.append(note(_("The plan funds no programme in this dimension.")))
    return found


def _line(item: PlanItem) -> str:
    candidate = item.candidate
    words = candidate.description.strip() or _("no description was given")
    return f"**{name_of(candidate)}** ({years_of(item)}): {words}"


def dimension_pages(figures: Figures) -> list[Block]:
    """The same, with the indicators of each dimension: for the short book."""
    return [
        *strategy(figures),
        heading(_("Targets")),
        *analysis.targets(figures),
    ]


def governance(figures: Figures) -> list[Block]:
    """The body that decided, its decree and its decision."""
    decision = figures.plan.decision
    council = decision.council
    decree = council.decree_number or _("the decree's number is not recorded")
    return [
        table(
            _("The decision that binds this plan"),
            [column(_("Item"), width=1), column(_("As recorded"), width=3)],
            [
                row(
                    [
                        _("Body"),
                        example(council.name, illustrative=council.illustrative),
                    ]
                ),
                row([_("Formed by"), decree]),
                row(
                    [
                        _("Decision"),
                        example(decision.number, illustrative=decision.illustrative),
                    ]
                ),
                row([_("Date"), formats.day(decision.decided_on)]),
                row([_("Matter"), decision.title]),
                row([_("Reason"), decision.reason]),
            ],
        )
    ]


MAKERS = {
    "vision": vision,
    "alignment": alignment,
    "strategy": strategy,
    "dimension-pages": dimension_pages,
    "governance": governance,
}
