"""The country as tiles by standing; the balance of the pillars; the years."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
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


Square = tuple[str, str, int, int, Stands, bool, bool]
"""A region as the map shows it: code, name, column, row, standing, whether it took part,
whether that is an example."""


def country_figure(country: Country, year: int | None) -> SafeString:
    """The map with its sentence and its table, as the page shows it: drawn once for the
    same standings, years and language, since all three are costly for 514 regions.
    """
    squares = tuple(
        (
            row.code,
            row.name,
            row.column,
            row.row,
            row.stands,
            bool(row.years),
            row.illustrative,
        )
        for row in country.rows
    )
    return _figure(squares, year, get_language() or "")


@lru_cache(maxsize=16)
def _figure(
    squares: tuple[Square, ...], year: int | None, _language: str
) -> SafeString:
    context = {
        "chart": country_map(squares, year),
        "sentence": _(
            "One square is one kabupaten or kota, roughly where it lies. Touch one that"
            " took part to open its page."
        ),
    }
    return render_to_string("components/chart.html", context)


def country_map(squares: Sequence[Square], year: int | None) -> Chart:
    """One square a region, darker the further it is; unknown is its own shade."""
    steps = Steps.named([str(WORDS[one]) for one in _STEPS], str(WORDS[Stands.UNKNOWN]))
    anywhere = "00.00"
    page = reverse("guidance:region", args=[anywhere])
    tiles = [
        Tile(
            code=code,
            label=name,
            column=column,
            row=row,
            value=None if stands == Stands.UNKNOWN else float(stands),
            url=page.replace(anywhere, code) if took_part else "",
        )
        for code, name, column, row, stands, took_part, _example in squares
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
            any(square[-1] for square in squares),
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
