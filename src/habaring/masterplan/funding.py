"""Blocks of the plan's money: by year and source, and what it does not reach."""

from django.utils.translation import gettext as _

from habaring.masterplan.analysis import example
from habaring.masterplan.blocks import (
    Block,
    Row,
    chart,
    column,
    note,
    paragraph,
    row,
    table,
)
from habaring.masterplan.figures import Figures
from habaring.masterplan.programmes import plan_note
from habaring.portfolio.funding import source_name
from habaring.portfolio.pictures import money_chart
from habaring.portfolio.results import Line
from habaring.shared import formats


def money(figures: Figures) -> list[Block]:
    """Money by year and source against the ceilings, as picture and table."""
    total = figures.money
    drawn = money_chart(total, example=figures.plan.illustrative)
    rows = [
        row(
            [
                str(source_name(source)),
                *(
                    formats.rupiah(total.amount(year=year, source=source))
                    for year in total.years
                ),
                formats.rupiah(total.amount(source=source)),
            ]
        )
        for source in total.sources
        if total.takes(source)
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
            drawn,
            note=plan_note(figures),
        ),
        table(
            _("Money by year and source, in rupiah"),
            [
                column(_("Source"), width=4),
                *(column(str(year), "right", width=3) for year in total.years),
                column(_("Total"), "right", width=3),
            ],
            [*rows, row([_("Total"), *sums, formats.rupiah(total.total)], strong=True)],
            note=plan_note(figures),
            wide=True,
        ),
    ]


def left_out(figures: Figures) -> list[Block]:
    """What the plan does not fund, each with its reason in words."""
    result = figures.result
    if result is None or not result.left_out:
        return [note(_("Every candidate is funded."))]
    return [
        table(
            _("Not funded"),
            [
                column(_("Code"), width=2),
                column(_("Programme"), width=4),
                column(_("Money"), "right", width=3),
                column(_("Reason"), width=9),
            ],
            [_left_out_row(line) for line in result.left_out],
            note=plan_note(figures),
        )
    ]


def _left_out_row(line: Line) -> Row:
    words = (line.explained.why, line.explained.change)
    return row(
        [
            line.code,
            example(line.name, illustrative=line.illustrative),
            formats.rupiah_short(line.cost),
            " ".join(filter(None, words)),
        ]
    )


MAKERS = {"money": money, "left-out": left_out}
