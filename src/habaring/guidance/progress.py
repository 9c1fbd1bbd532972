"""How far each region is: read from the domains below, for all regions at once.

Each source is one query over all regions, so that the ministry's page takes as long with
514 regions as with 14 (benchmarks/national.py). `guidance.keeping` keeps what was read
until a write of the programme changes it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from habaring.evaluation.queries import YearResult, results_of_all
from habaring.guidance import standing
from habaring.guidance.models import (
    Assignment,
    CohortState,
    Sitting,
    Standing,
    WorkState,
)
from habaring.guidance.models.work import DONE
from habaring.guidance.standing import Listed, Stands
from habaring.regions.models import Region

_BASIC = ("code", "name", "kind", "parent_id")
_TILE = ("tile_column", "tile_row")


@dataclass(frozen=True, slots=True)
class Work:
    """Assignments of the newest cohort of a region."""

    total: int = 0
    done: int = 0
    late: int = 0
    waiting: int = 0  # for the mentor
    stages: int = 0
    closed: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One kabupaten or kota. `column` and `row`: its tile."""

    code: str
    name: str
    province: str
    column: int
    row: int
    stands: Stands
    years: tuple[int, ...]
    sure: bool
    illustrative: bool
    really: bool = False  # it took part, and that is no example
    work: Work = field(default_factory=Work)
    result: YearResult | None = None

    @property
    def index(self) -> Decimal | None:
        return self.result.index if self.result else None


@dataclass(frozen=True)
class Country:
    """All regions, and what is known of all together."""

    rows: tuple[Row, ...]
    provinces: Mapping[str, str]
    years: tuple[int, ...]
    partial: tuple[int, ...]

    @property
    def counts(self) -> Mapping[Stands, int]:
        found = Counter(row.stands for row in self.rows)
        return {one: found.get(one, 0) for one in Stands}


@dataclass(frozen=True)
class Facts:
    """What the pages of the country rest on, read once on a day: of all years at once."""

    known: standing.Known
    places: Mapping[str, tuple[str, str, int, int]]
    provinces: Mapping[str, str]
    results: Mapping[str, Sequence[YearResult]]
    work: Mapping[str, Work]
    _made: dict[int | None, Country] = field(default_factory=dict)

    def country(self, year: int | None = None) -> Country:
        """All regions, now or as at the end of `year`; made once."""
        if year not in self._made:
            self._made[year] = country(self, year)
        return self._made[year]

    @cached_property
    def lines(self) -> tuple["YearLine", ...]:
        """The history of the programme, year by year."""
        return history(self.known)


def facts(*, on: date) -> Facts:
    """Read all of it: seven queries, however many regions there are."""
    return Facts(
        standing.known(),
        _places(),
        dict(
            Region.objects.provinces()
            .filter(closed_on__isnull=True)
            .values_list("code", "name")
        ),
        results_of_all(),
        _work(on),
    )


def country(facts: Facts, year: int | None = None) -> Country:
    """All 514, now or as at the end of `year`."""
    known = facts.known
    partial = known.partial_until(year)
    rows = []
    for code, (name, province, column, row) in facts.places.items():
        listed = _until(known.listed.get(code, ()), year)
        mine = [
            one
            for one in facts.results.get(code, ())
            if year is None or one.year <= year
        ]
        took_part = [one for one in listed if one.state in _TOOK_PART]
        rows.append(
            Row(
                code=code,
                name=name,
                province=province,
                column=column,
                row=row,
                stands=standing.stands(
                    listed,
                    partial=bool(partial),
                    evaluated=[one.year for one in mine],
                    year=year,
                ),
                years=tuple(one.year for one in took_part),
                sure=all(one.sure for one in listed),
                illustrative=any(one.illustrative for one in listed),
                really=any(not one.illustrative for one in took_part),
                work=_NO_WORK if year else facts.work.get(code, _NO_WORK),
                result=mine[-1] if mine else None,
            )
        )
    return Country(tuple(rows), facts.provinces, known.years, partial)


_NO_WORK = Work()
_TOOK_PART = ("guided", "finished")


def _until(listed: Sequence[Listed], year: int | None) -> tuple[Listed, ...]:
    return tuple(one for one in listed if year is None or one.year <= year)


def _places() -> dict[str, tuple[str, str, int, int]]:
    rows = Region.objects.local().filter(closed_on__isnull=True).order_by("code")
    return {
        code: (f"{kind.capitalize()} {name}", parent or code[:2], column or 0, row or 0)
        for code, name, kind, parent, column, row in rows.values_list(*_BASIC, *_TILE)
    }


def _work(on: date) -> dict[str, Work]:
    """Of each region's newest cohort in which it has work or days."""
    guided = Q(enrolment__state=Standing.GUIDED)  # of others nothing is asked any more
    with_mentor = Q(state__in=(WorkState.SUBMITTED, WorkState.REVIEW))
    late = guided & Q(due_on__lt=on) & ~with_mentor & ~Q(state__in=DONE)
    tasks = (
        Assignment.objects.values("region_id", "enrolment__cohort__year")
        .order_by()
        .annotate(
            total=Count("pk"),
            done=Count("pk", filter=Q(state__in=DONE)),
            late=Count("pk", filter=late),
            waiting=Count("pk", filter=guided & with_mentor),
        )
    )
    sittings = (
        Sitting.objects.values("region_id", "enrolment__cohort__year")
        .order_by()
        .annotate(
            stages=Count("pk"), closed=Count("pk", filter=Q(closed_at__isnull=False))
        )
    )
    found: dict[tuple[str, int], dict[str, Any]] = defaultdict(dict)
    for one in (*tasks, *sittings):
        key = (one.pop("region_id"), one.pop("enrolment__cohort__year"))
        found[key] |= one
    newest: dict[str, Work] = {}
    for (code, _year), values in sorted(found.items()):
        newest[code] = Work(**values)
    return newest


def numbers(year: int, codes: Sequence[str]) -> dict[str, int]:
    """How many indicators have a value for a year, of some regions: first revisions, so
    that each counts once however often it was corrected.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT region_id, count(*) FROM assessment_observation"
            " WHERE region_id = ANY(%s) AND year = %s AND revision = 1"
            " AND status = 'value' GROUP BY region_id",
            [list(codes), year],
        )
        return dict(cursor.fetchall())


def indicators() -> int:
    """How many the catalogue has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM assessment_indicator")
        found: int = cursor.fetchone()[0]
    return found


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed by; all of it stands in the address."""

    q: str = ""
    province: str = ""
    stands: Stands | None = None
    cohort: int | None = None


def narrowed(rows: Sequence[Row], wanted: Wanted) -> list[Row]:
    """The rows that fit."""
    q = wanted.q.lower()
    return [
        row
        for row in rows
        if (not q or q in row.name.lower() or row.code.startswith(q))
        and (not wanted.province or row.province == wanted.province)
        and (wanted.stands is None or row.stands == wanted.stands)
        and (wanted.cohort is None or wanted.cohort in row.years)
    ]


@dataclass(frozen=True)
class YearLine:
    """One year of the programme's history. `named`: regions known by name; `total`:
    those and all of the years before; `official`: as the ministry published.
    """

    year: int
    named: int
    total: int
    official: int | None
    whole: bool
    source: str
    state: CohortState
    begun: bool
    illustrative: bool


def history(known: standing.Known) -> tuple[YearLine, ...]:
    """Year by year since 2017, oldest first: what was published and what is known here."""
    codes: dict[int, set[str]] = defaultdict(set)
    for code, rows in known.listed.items():
        for one in rows:
            if one.state in _TOOK_PART:
                codes[one.year].add(code)
    seen: set[str] = set()
    lines = []
    for cohort in known.cohorts:
        if not cohort.illustrative:  # an example is never counted among what is real
            seen |= codes[cohort.year]
        lines.append(
            YearLine(
                cohort.year,
                len(codes[cohort.year]),
                len(seen),
                cohort.official_count,
                cohort.listed_whole,
                cohort.source,
                CohortState(cohort.state),
                cohort.state in (CohortState.GUIDED, CohortState.FINISHED),
                cohort.illustrative,
            )
        )
    return tuple(lines)
