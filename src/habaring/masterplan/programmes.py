"""Blocks of the programmes: action plan, roadmap, Quick Wins and their profiles."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from habaring.masterplan.analysis import example
from habaring.masterplan.blocks import (
    Block,
    Row,
    card,
    chart,
    column,
    heading,
    note,
    row,
    table,
)
from habaring.masterplan.figures import Figures
from habaring.portfolio.funding import source_name
from habaring.portfolio.models import Candidate, PlanItem
from habaring.portfolio.queries import programme_url
from habaring.shared import formats
from habaring.shared.charts.chart import Caption
from habaring.shared.charts.roadmap import Task, roadmap


def name_of(candidate: Candidate) -> str:
    """A programme's name, marked when it is an example."""
    return example(candidate.name, illustrative=candidate.illustrative)


def years_of(item: PlanItem) -> str:
    """From its first to its last year of work."""
    return formats.years(item.start_year, item.end_year)


def plan_note(figures: Figures) -> str:
    """The line under a figure of the plan: the decision behind it."""
    decision = figures.plan.decision
    line = _("Adopted plan, decision %(number)s of %(day)s.") % {
        "number": decision.number,
        "day": formats.day(decision.decided_on),
    }
    if figures.plan.illustrative:
        mark = _("Example: illustrative programmes, no decision of the region.")
        return f"{line} {mark}"
    return line


def items_of(figures: Figures, code: str) -> list[PlanItem]:
    """The funded programmes of one dimension."""
    return [item for item in figures.items if item.candidate.dimension_code == code]


def _action_rows(figures: Figures, items: Iterable[PlanItem]) -> list[Row]:
    return [
        row(
            [
                item.candidate.code,
                name_of(item.candidate),
                item.candidate.department.name if item.candidate.department else "–",
                item.candidate.district.name
                if item.candidate.district
                else figures.region.name,
                years_of(item),
                formats.rupiah(item.total),
                _sources(item),
                item.candidate.rpjmd_mission or "–",
            ],
            url=programme_url(figures.region.code, item.candidate.code),
        )
        for item in items
    ]


def _sources(item: PlanItem) -> str:
    used = {line["source"] for line in item.money}
    return formats.listing(sorted(str(source_name(source)) for source in used))


def action_plan(figures: Figures) -> list[Block]:
    """Every funded programme, a table a dimension, with its sum."""
    found: list[Block] = []
    for dimension in figures.dimensions:
        items = items_of(figures, dimension.code)
        if not items:
            continue
        total = row(
            [
                "",
                _("Total"),
                "",
                "",
                "",
                formats.rupiah(sum(item.total for item in items)),
                "",
                "",
            ],
            strong=True,
        )
        found.append(heading(dimension.name))
        found.append(
            table(
                _("Action plan: %(dimension)s") % {"dimension": dimension.name},
                [
                    column(_("Code"), width=2),
                    column(_("Programme"), width=6),
                    column(_("Department"), width=4),
                    column(_("Place"), width=3),
                    column(_("Years"), width=2),
                    column(_("Money"), "right", width=4),
                    column(_("Sources"), width=3),
                    column(_("Mission"), width=2),
                ],
                [*_action_rows(figures, items), total],
                note=plan_note(figures),
                wide=True,
            )
        )
    return found or [note(_("The plan funds no programme."))]


def roadmap_picture(figures: Figures) -> list[Block]:
    """The programmes over the years, by dimension."""
    if not figures.items:
        return [note(_("The plan funds no programme."))]
    drawn = roadmap(
        [
            Task(
                label=item.candidate.name,
                colour=figures.colour(item.candidate.dimension_code),
                first=item.start_year,
                last=item.end_year,
                quick_win=item in figures.quick_wins,
                group=figures.dimension_name(item.candidate.dimension_code),
            )
            for dimension in figures.dimensions
            for item in items_of(figures, dimension.code)
        ],
        Caption(
            key="roadmap",
            title=_("Roadmap"),
            alt=_("Each programme as a bar from its first to its last year of work."),
            example=figures.plan.illustrative,
        ),
    )
    return [chart(_("Roadmap"), drawn, note=plan_note(figures))]


def roadmap_table(figures: Figures) -> list[Block]:
    """The picture, then programme by year with its money."""
    years = figures.money.years
    rows = [
        row(
            [
                name_of(item.candidate),
                *(
                    formats.rupiah_short(amount) if amount else ""
                    for amount in (_in_year(item, year) for year in years)
                ),
            ]
        )
        for item in figures.items
    ]
    totals = [formats.rupiah_short(figures.money.amount(year=year)) for year in years]
    return [
        *roadmap_picture(figures),
        table(
            _("Programmes by year"),
            [
                column(_("Programme"), width=5),
                *(column(str(y), "right", width=2) for y in years),
            ],
            [*rows, row([_("Total"), *totals], strong=True)],
            note=plan_note(figures),
        ),
    ]


def _in_year(item: PlanItem, year: int) -> int:
    return sum(int(line["amount"]) for line in item.money if line["year"] == year)


def quick_wins(figures: Figures) -> list[Block]:
    """The Quick Wins by dimension, and the dimensions without one."""
    if not figures.quick_wins:
        return [note(_("The plan holds no Quick Win."))]
    rows = [
        row(
            [
                figures.dimension_name(item.candidate.dimension_code),
                name_of(item.candidate),
                item.candidate.owner or "–",
                formats.number(item.candidate.months),
                str(item.start_year),
                formats.rupiah_short(item.total),
            ]
        )
        for item in figures.quick_wins
    ]
    held = {item.candidate.dimension_code for item in figures.quick_wins}
    empty = [d.name for d in figures.dimensions if d.code not in held]
    found = [
        table(
            _("Quick Wins"),
            [
                column(_("Dimension"), width=3),
                column(_("Programme"), width=5),
                column(_("Owner"), width=4),
                column(_("Months"), "right", width=2),
                column(_("Start"), "right", width=1),
                column(_("Money"), "right", width=2),
            ],
            rows,
            note=plan_note(figures),
        )
    ]
    if empty:
        found.append(
            note(
                _("Without a Quick Win: %(dimensions)s.")
                % {"dimensions": formats.listing(empty)}
            )
        )
    return found


def quick_win_profiles(figures: Figures) -> list[Block]:
    """One page each."""
    return [
        card(
            name_of(item.candidate),
            item.candidate.description,
            [
                (_("Dimension"), figures.dimension_name(item.candidate.dimension_code)),
                (_("Owner"), item.candidate.owner),
                (
                    _("Department"),
                    item.candidate.department.name if item.candidate.department else "",
                ),
                (
                    _("Place"),
                    item.candidate.district.name
                    if item.candidate.district
                    else figures.region.full_name,
                ),
                (_("Start"), str(item.start_year)),
                (_("Months"), formats.number(item.candidate.months)),
                (_("Money"), formats.rupiah(item.total)),
                (
                    _("Sources"),
                    _sources(item),
                ),
                (_("Outcome, points a year"), _outcomes(figures, item.candidate)),
                (_("Running cost afterwards"), item.candidate.running_cost_paid_by),
                (_("Owner afterwards"), item.candidate.owner_after),
                (_("Goals (SDG)"), ", ".join(map(str, item.candidate.sdg))),
                (_("Effect on the environment"), item.candidate.environment_effect),
                (_("Came from"), item.candidate.origin_text),
                (_("Mission of the RPJMD"), item.candidate.rpjmd_mission),
            ],
        )
        for item in figures.quick_wins
    ] or [note(_("The plan holds no Quick Win."))]


def _outcomes(figures: Figures, candidate: Candidate) -> str:
    return formats.listing(
        [
            f"{figures.dimension_name(code)} {formats.number(points, 1)}"
            for code, points in sorted(candidate.outcomes.items())
            if points
        ]
    )


MAKERS = {
    "action-plan": action_plan,
    "roadmap": roadmap_table,
    "roadmap-picture": roadmap_picture,
    "quick-wins": quick_wins,
    "quick-win-profiles": quick_win_profiles,
}
