"""Blocks of the plan: vision, strategy, action plan, roadmap, Quick Wins, money."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from habaring.engines.choosing import Choice
from habaring.masterplan import analysis
from habaring.masterplan.analysis import example
from habaring.masterplan.blocks import (
    Block,
    bullets,
    card,
    chart,
    column,
    heading,
    note,
    paragraph,
    row,
    table,
)
from habaring.masterplan.figures import Figures, item_total
from habaring.masterplan.queries import Vision
from habaring.portfolio.funding import source_name
from habaring.portfolio.models import Candidate, PlanItem
from habaring.portfolio.queries import programme_url
from habaring.portfolio.reasons import Names, explain
from habaring.shared import formats
from habaring.shared.charts.bars import Stack, stacked_years
from habaring.shared.charts.chart import Caption, Series
from habaring.shared.charts.roadmap import Task, roadmap

SOURCE_COLOURS = ("gov", "eco", "liv", "bra", "soc", "env")


def _programme_name(candidate: Candidate) -> str:
    return example(candidate.name, illustrative=candidate.illustrative)


def _years(item: PlanItem) -> str:
    return formats.years(item.start_year, item.end_year)


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
    named = candidate.rpjmd_mission.replace("–", "-").strip()
    return named == f"{vision.code}/{number}" or named == str(number)


def alignment(figures: Figures) -> list[Block]:
    """Each mission with the programmes that serve it and their money."""
    found: list[Block] = []
    for one in figures.visions:
        rows = []
        for mission in one.missions:
            items = [
                item
                for item in figures.items
                if _serves(item.candidate, one, mission.number)
            ]
            rows.append(
                row(
                    [
                        f"{mission.number}. {mission.text}",
                        formats.number(len(items)),
                        formats.rupiah_short(sum(item_total(item) for item in items)),
                        formats.listing(
                            sorted(
                                {
                                    figures.dimension_name(
                                        item.candidate.dimension_code
                                    )
                                    for item in items
                                }
                            )
                        )
                        or "–",
                    ]
                )
            )
        if any(cells["cells"][1] != "0" for cells in rows) or one is figures.visions[0]:
            found.append(
                table(
                    _("Alignment with RPJMD %(years)s")
                    % {"years": formats.years(one.first_year, one.last_year)},
                    [
                        column(_("Mission"), width=6),
                        column(_("Programmes"), "right", width=2),
                        column(_("Money"), "right", width=2),
                        column(_("Dimensions"), width=4),
                    ],
                    rows,
                    note=_plan_note(figures),
                )
            )
    loose = [item for item in figures.items if not item.candidate.rpjmd_mission]
    if loose:
        found.append(
            note(
                _("%(count)d programmes name no mission of the RPJMD.")
                % {"count": len(loose)}
            )
        )
    return found


def _plan_note(figures: Figures) -> str:
    decision = figures.plan.decision
    line = _("Adopted plan, decision %(number)s of %(day)s.") % {
        "number": decision.number,
        "day": formats.day(decision.decided_on),
    }
    if figures.plan.illustrative:
        mark = _("Example: illustrative programmes, no decision of the region.")
        return f"{line} {mark}"
    return line


def _of(figures: Figures, code: str) -> list[PlanItem]:
    return [item for item in figures.items if item.candidate.dimension_code == code]


def strategy(figures: Figures) -> list[Block]:
    """One section a dimension: its condition, then what is done about it."""
    found: list[Block] = []
    for dimension in figures.dimensions:
        items = _of(figures, dimension.code)
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
            found.append(
                paragraph(
                    _("**%(count)d programmes** for **%(money)s** serve it:")
                    % {
                        "count": len(items),
                        "money": formats.rupiah_short(sum(map(item_total, items))),
                    }
                )
            )
            found.append(bullets(_line(item) for item in items))
        else:
            found.append(note(_("The plan funds no programme in this dimension.")))
    return found


def _line(item: PlanItem) -> str:
    candidate = item.candidate
    words = candidate.description.strip() or _("no description was given")
    return f"**{_programme_name(candidate)}** ({_years(item)}): {words}"


def dimension_pages(figures: Figures) -> list[Block]:
    """The same, with the indicators of each dimension: for the short book."""
    return [*strategy(figures), *analysis.targets(figures)]


def _action_rows(
    figures: Figures, items: Iterable[PlanItem]
) -> list[dict[str, object]]:
    return [
        row(
            [
                item.candidate.code,
                _programme_name(item.candidate),
                item.candidate.department.name if item.candidate.department else "–",
                item.candidate.district.name
                if item.candidate.district
                else figures.region.name,
                _years(item),
                formats.rupiah(item_total(item)),
                formats.listing(
                    sorted({str(source_name(line["source"])) for line in item.money})
                ),
                item.candidate.rpjmd_mission or "–",
            ],
            url=programme_url(figures.region.code, item.candidate.code),
        )
        for item in items
    ]


def action_plan(figures: Figures) -> list[Block]:
    """Every funded programme, a table a dimension, with its sum."""
    found: list[Block] = []
    for dimension in figures.dimensions:
        items = _of(figures, dimension.code)
        if not items:
            continue
        total = row(
            [
                "",
                _("Total"),
                "",
                "",
                "",
                formats.rupiah(sum(map(item_total, items))),
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
                note=_plan_note(figures),
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
            for item in _of(figures, dimension.code)
        ],
        Caption(
            key="roadmap",
            title=_("Roadmap"),
            alt=_("Each programme as a bar from its first to its last year of work."),
            example=figures.plan.illustrative,
        ),
    )
    return [
        chart(_("Roadmap"), drawn.standalone(), drawn.alt, note=_plan_note(figures))
    ]


def roadmap_table(figures: Figures) -> list[Block]:
    """The picture, then programme by year with its money."""
    years = figures.money.years
    rows = [
        row(
            [
                _programme_name(item.candidate),
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
            note=_plan_note(figures),
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
                _programme_name(item.candidate),
                item.candidate.owner or "–",
                formats.number(item.candidate.months),
                str(item.start_year),
                formats.rupiah_short(item_total(item)),
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
                column(_("Months"), "right", width=1),
                column(_("Start"), "right", width=1),
                column(_("Money"), "right", width=2),
            ],
            rows,
            note=_plan_note(figures),
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
            _programme_name(item.candidate),
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
                (_("Money"), formats.rupiah(item_total(item))),
                (
                    _("Sources"),
                    formats.listing(
                        sorted(
                            {str(source_name(line["source"])) for line in item.money}
                        )
                    ),
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


def money(figures: Figures) -> list[Block]:
    """Money by year and source against the ceilings, as picture and table."""
    total = figures.money
    names = [str(source_name(source)) for source in total.sources]
    drawn = stacked_years(
        Stack(
            years=total.years,
            series=tuple(
                Series(
                    name,
                    tuple(
                        float(total.amount(year=year, source=source))
                        for year in total.years
                    ),
                    SOURCE_COLOURS[i % len(SOURCE_COLOURS)],
                )
                for i, (source, name) in enumerate(
                    zip(total.sources, names, strict=True)
                )
            ),
            ceilings=tuple(float(total.ceiling(year=year)) for year in total.years),
            spoken=lambda value: formats.rupiah_short(int(value)),
        ),
        Caption(
            key="money",
            title=_("Money by year and source"),
            alt=_("Stacked bars of each year's money by source, below the ceiling."),
            example=figures.plan.illustrative,
        ),
    )
    rows = [
        row(
            [
                name,
                *(
                    formats.rupiah(total.amount(year=year, source=source))
                    for year in total.years
                ),
                formats.rupiah(total.amount(source=source)),
            ]
        )
        for source, name in zip(total.sources, names, strict=True)
    ]
    sums = [formats.rupiah(total.amount(year=year)) for year in total.years]
    return [
        paragraph(
            _(
                "The plan takes **%(total)s** over %(years)s: %(build)s to build and %(running)s to "
                "run what is built."
            )
            % {
                "total": formats.rupiah_short(total.total),
                "years": formats.years(total.years[0], total.years[-1]),
                "build": formats.rupiah_short(total.build),
                "running": formats.rupiah_short(total.running),
            }
        ),
        chart(
            _("Money by year and source"),
            drawn.standalone(),
            drawn.alt,
            note=_plan_note(figures),
        ),
        table(
            _("Money by year and source, in rupiah"),
            [
                column(_("Source"), width=4),
                *(column(str(year), "right", width=3) for year in total.years),
                column(_("Total"), "right", width=3),
            ],
            [*rows, row([_("Total"), *sums, formats.rupiah(total.total)], strong=True)],
            note=_plan_note(figures),
        ),
    ]


def left_out(figures: Figures) -> list[Block]:
    """What the plan does not fund, each with its reason in words."""
    if not figures.left_out:
        return [note(_("Every candidate is funded."))]
    choice = Choice.from_record(figures.plan.scenario.record or {})
    names = Names(
        programmes={c.code: c.name for c in figures.left_out}
        | {item.candidate.code: item.candidate.name for item in figures.items},
        dimensions={d.code: d.name for d in figures.dimensions},
    )
    rows = []
    for candidate in figures.left_out:
        reason = choice.reasons.get(candidate.code)
        words = explain(reason, names, cost=candidate.total_cost) if reason else None
        rows.append(
            row(
                [
                    candidate.code,
                    _programme_name(candidate),
                    formats.rupiah_short(candidate.total_cost),
                    " ".join(filter(None, (words.why, words.change))) if words else "–",
                ]
            )
        )
    return [
        table(
            _("Not funded"),
            [
                column(_("Code"), width=1),
                column(_("Programme"), width=4),
                column(_("Money"), "right", width=2),
                column(_("Reason"), width=6),
            ],
            rows,
            note=_plan_note(figures),
        )
    ]


def governance(figures: Figures) -> list[Block]:
    """The body that decided, its decree and its decision."""
    decision = figures.plan.decision
    council = decision.council
    decree = council.decree_number or _("the decree's number is not recorded")
    return [
        table(
            _("The decision that binds this plan"),
            [column(_("Matter"), width=1), column(_("Record"), width=3)],
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
    "action-plan": action_plan,
    "roadmap": roadmap_table,
    "roadmap-picture": roadmap_picture,
    "quick-wins": quick_wins,
    "quick-win-profiles": quick_win_profiles,
    "money": money,
    "left-out": left_out,
    "governance": governance,
}
