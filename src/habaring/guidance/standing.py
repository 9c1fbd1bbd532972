"""Where each region stands in the programme, now or at the end of a year.

A region that no list names has not taken part only where every list up to that year is
whole; else nobody here can say, and it is told as unknown.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.guidance.models import Cohort, CohortState, Enrolment, Standing

FIRST_YEAR = 2017
"""Of the programme."""


class Stands(IntEnum):
    """In the order of the programme; the map shades by it."""

    UNKNOWN = -1
    NOT_YET = 0
    APPLYING = 1
    GUIDED = 2
    FINISHED = 3
    EVALUATED = 4


WORDS: Mapping[Stands, Promise] = {
    Stands.UNKNOWN: pgettext_lazy("region", "unknown"),
    Stands.NOT_YET: _("not yet"),
    Stands.APPLYING: _("applying"),
    Stands.GUIDED: _("in guidance"),
    Stands.FINISHED: _("finished guidance"),
    Stands.EVALUATED: pgettext_lazy("region", "evaluated"),
}
CODES: Mapping[Stands, str] = {
    Stands.UNKNOWN: "belum-diketahui",
    Stands.NOT_YET: "belum",
    Stands.APPLYING: "mendaftar",
    Stands.GUIDED: "didampingi",
    Stands.FINISHED: "selesai",
    Stands.EVALUATED: "dievaluasi",
}
"""As addresses and files name them."""


@dataclass(frozen=True)
class Listed:
    """One enrolment, as far as standing asks for it."""

    region: str
    year: int
    state: str
    sure: bool = True
    source: str = ""
    illustrative: bool = False


@dataclass(frozen=True)
class Known:
    """All enrolments and which lists are not whole, read in two queries."""

    listed: Mapping[str, tuple[Listed, ...]]
    cohorts: tuple[Cohort, ...]  # oldest first

    @cached_property
    def years(self) -> tuple[int, ...]:
        return tuple(one.year for one in self.cohorts)

    @cached_property
    def partial(self) -> tuple[int, ...]:
        """Years whose list is not whole."""
        begun = (CohortState.GUIDED, CohortState.FINISHED)
        return tuple(
            one.year
            for one in self.cohorts
            if one.state in begun and not one.listed_whole
        )

    def partial_until(self, year: int | None) -> tuple[int, ...]:
        return tuple(one for one in self.partial if year is None or one <= year)


def known() -> Known:
    """Read once for all regions."""
    cohorts = tuple(Cohort.objects.order_by("year"))
    rows = Enrolment.objects.order_by("cohort__year").values_list(
        "region_id", "cohort__year", "state", "sure", "source", "illustrative"
    )
    found: dict[str, list[Listed]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(Listed(*row))
    return Known({code: tuple(rows) for code, rows in found.items()}, cohorts)


def stands(
    listed: Iterable[Listed],
    *,
    partial: bool,
    evaluated: Iterable[int] = (),
    year: int | None = None,
) -> Stands:
    """One region's standing: now, or at the end of `year`, when whoever took part that
    year was in guidance. `partial`: some list up to then is not whole; `evaluated`: years
    of results.
    """
    rows = [one for one in listed if year is None or one.year <= year]
    if any(year is None or one <= year for one in evaluated):
        return Stands.EVALUATED
    best = max((_of(one, year) for one in rows), default=Stands.NOT_YET)
    if best == Stands.NOT_YET and partial:
        return Stands.UNKNOWN
    return best


def _of(one: Listed, year: int | None) -> Stands:
    if one.state in (Standing.GUIDED, Standing.FINISHED):
        if year is not None:
            return Stands.GUIDED if one.year == year else Stands.FINISHED
        return Stands.GUIDED if one.state == Standing.GUIDED else Stands.FINISHED
    if one.state in (Standing.APPLIED, Standing.RESERVE):
        asked = year is None or one.year == year
        return Stands.APPLYING if asked else Stands.NOT_YET
    return Stands.NOT_YET
