"""What every chart function returns, and the small values they all take."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.utils.translation import gettext as _

from habaring.shared.charts.paint import Theme, standalone

Cell = str | int | float | None

WIDE = 720
"""Width in CSS pixels of the usual picture: words are drawn at their real size."""

NARROW = 328
"""Width of the picture for a 360 px phone."""


@dataclass(frozen=True, slots=True)
class Table:
    """A chart's values: ``rows`` of cells in the order of ``headers``.

    ``shown`` is the same rows as a reader sees them ("Rp 2,2 triliun"); without it
    the page writes the raw cells. Numbers stay numbers in ``rows`` for the CSV.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    shown: tuple[tuple[str, ...], ...] = ()

    @property
    def body(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows as a reader sees them."""
        return self.shown or self.rows

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold numbers, so that the page sets them to the right."""
        columns = zip(*self.rows, strict=True) if self.rows else iter(())
        found = tuple(
            any(isinstance(cell, int | float) for cell in column)
            and not any(isinstance(cell, str) for cell in column)
            for column in columns
        )
        return found or tuple(False for _ in self.headers)


@dataclass(frozen=True, slots=True)
class Caption:
    """What a chart is called. ``key`` is a slug, unique on its page (ids come from it).

    ``title`` is a short name, ``alt`` one or two sentences that say what the picture
    shows, for people who do not see it. ``example`` puts the mark "contoh" beside the
    picture on the page and into the picture when it is downloaded or printed.
    """

    key: str
    title: str
    alt: str
    example: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart: for the page wide and narrow, and its values as a table."""

    svg: str
    svg_narrow: str
    table: Table
    title: str
    alt: str
    key: str
    example: bool = False

    def standalone(self, theme: Theme = "light", *, narrow: bool = False) -> str:
        """The picture as a file that needs nothing of the page (SVG, PNG, typst).

        An example carries its mark in the file; on the page the mark stands beside.
        """
        svg = self.svg_narrow if narrow else self.svg
        return standalone(svg, theme, mark=_("example") if self.example else "")


@dataclass(frozen=True, slots=True)
class Size:
    """The drawing width in CSS pixels, and whether to draw for a phone."""

    width: int = WIDE
    narrow: bool = False


PHONE = Size(width=NARROW, narrow=True)

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Series:
    """A named row of values over the years; ``None`` where nothing was measured."""

    label: str
    values: tuple[float | None, ...]
    colour: str = "accent"


@dataclass(frozen=True, slots=True)
class Years:
    """The years along an axis, with the series measured in them."""

    years: tuple[int, ...]
    series: tuple[Series, ...] = field(default=())


def as_table(
    headers: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    shown: Sequence[Sequence[str]] = (),
) -> Table:
    """Freeze headers and rows into a :class:`Table`."""
    return Table(
        tuple(headers), tuple(map(tuple, rows)), tuple(tuple(row) for row in shown)
    )
