"""The country as tiles by standing; the balance of the pillars; the years."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from habaring.guidance.models import Pillar
from habaring.guidance.progress import Country, YearLine
from habaring.guidance.standing import WORDS, Stands
from habaring.shared import formats
from habaring.shared.charts.bars import Bar, bars
from habaring.shared.charts.chart import Caption, Chart
from habaring.shared.charts.maps import Steps, Tile, tile_map

_STEPS = (
    Stands.NOT_YET,
    Stands.APPLYING,
    Stands.GUIDED,
    Stands.FINISHED,
    Stands.EVALUATED,
)


def country_map(country: Country, year: int | None) -> Chart:
    """One square a region, darker the further it is; unknown is its own shade."""
    steps = Steps.named([str(WORDS[one]) for one in _STEPS], str(WORDS[Stands.UNKNOWN]))
    tiles = [
        Tile(
            code=row.code,
            label=row.name,
            column=row.column,
            row=row.row,
            value=None if row.stands == Stands.UNKNOWN else float(row.stands),
            url=reverse("guidance:region", args=[row.code]) if row.years else "",
        )
        for row in country.rows
    ]
    title = (
        _("Where each region stood at the end of %(year)s") % {"year": year}
        if year
        else _("Where each region stands in the programme")
    )
    return tile_map(
        tiles,
        Caption(
            "country",
            title,
            _("One square a kabupaten or kota, darker the further it is."),
            any(row.illustrative for row in country.rows),
        ),
        steps,
        width=1120,
    )


def years_chart(lines: Sequence[YearLine]) -> Chart:
    """How many regions of each year are known by name, beside what was published."""
    return bars(
        [
            Bar(
                str(one.year),
                one.named,
                formats.number(one.named)
                if one.official is None or one.official == one.named
                else _("%(named)s of %(official)s")
                % {
                    "named": formats.number(one.named),
                    "official": formats.number(one.official),
                },
                "accent" if one.whole else "sun",
            )
            for one in lines
            if one.begun and not one.illustrative
        ],
        Caption(
            "years",
            _("Regions of each year that are known by name"),
            _("A bar a year; where fewer are known than were published, both stand."),
        ),
    )


def pillar_chart(counts: Mapping[str, int], *, example: bool) -> Chart:
    """How many of each pillar: the balance of a room."""
    tokens = {"government": "gov", "academia": "liv", "business": "eco"}
    tokens |= {"community": "soc", "media": "bra"}
    return bars(
        [
            Bar(
                str(Pillar(code).label).capitalize(),
                counts.get(code, 0),
                formats.number(counts.get(code, 0)),
                tokens[code],
            )
            for code in Pillar.values
        ],
        Caption(
            "pillars",
            _("People by pillar"),
            _("A bar for each of the five pillars."),
            example,
        ),
    )
