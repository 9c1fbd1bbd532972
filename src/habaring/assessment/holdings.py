"""What is recorded of a region: one series, what is due or stale, the whole table."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from django.db.models import Max

from habaring.assessment.league import latest_edition
from habaring.assessment.models import (
    EditionValue,
    Framework,
    FrameworkIndicator,
    IndexEdition,
    Indicator,
    Observation,
    Target,
)
from habaring.regions.models import Region

FRESH_YEARS = 2
"""Yearly figures come out about a year late: older than two years is stale."""


@dataclass(frozen=True)
class Point:
    """One year of a series: the revision in force, and all of them, newest first."""

    year: int
    current: Observation
    revisions: tuple[Observation, ...]


@dataclass(frozen=True)
class Peer:
    """Another region's value of the same indicator, as it entered the edition."""

    region: Region
    value: Decimal
    year: int
    own: bool


@dataclass(frozen=True)
class SeriesOf:
    """An indicator in a region over the years, with its targets and its peers."""

    indicator: Indicator
    points: tuple[Point, ...]
    targets: tuple[Target, ...]
    edition: IndexEdition | None
    peers: tuple[Peer, ...]

    @property
    def latest(self) -> Observation | None:
        with_value = [p.current for p in self.points if p.current.value is not None]
        return with_value[-1] if with_value else None

    @property
    def revisions(self) -> tuple[Observation, ...]:
        """Every revision, newest recording first."""
        every = [row for point in self.points for row in point.revisions]
        return tuple(
            sorted(every, key=lambda r: (r.recorded_at, r.revision), reverse=True)
        )

    @property
    def illustrative(self) -> bool:
        return any(point.current.illustrative for point in self.points)


@dataclass(frozen=True)
class QualityRow:
    """An indicator that is due, stale or missing."""

    place: FrameworkIndicator
    year: int | None
    state: Literal["fresh", "stale", "missing"]


@dataclass(frozen=True)
class Quality:
    """How complete and how timely a region's values are."""

    rows: tuple[QualityRow, ...]

    def _count(self, state: str) -> int:
        return sum(row.state == state for row in self.rows)

    @property
    def expected(self) -> int:
        return len(self.rows)

    @property
    def fresh(self) -> int:
        return self._count("fresh")

    @property
    def stale(self) -> tuple[QualityRow, ...]:
        return tuple(row for row in self.rows if row.state == "stale")

    @property
    def missing(self) -> tuple[QualityRow, ...]:
        return tuple(row for row in self.rows if row.state == "missing")

    @property
    def completeness(self) -> float:
        """Share of the indicators that have any value."""
        known = self.expected - len(self.missing)
        return known / self.expected if self.expected else 0.0

    @property
    def timeliness(self) -> float:
        """Share of the indicators with a value of the last two years."""
        return self.fresh / self.expected if self.expected else 0.0


def framework_in_force(code: str = "") -> Framework | None:
    """The framework asked for, else the newest in force."""
    if code:
        return Framework.objects.filter(code=code).first()
    return Framework.objects.filter(status="in_force").order_by("-year").first()


# One indicator


def series(region: Region, indicator: Indicator) -> SeriesOf:
    """An indicator in a region: every year, every revision, targets and peers."""
    rows = (
        Observation.objects.filter(region=region, indicator=indicator)
        .select_related("recorded_by", "upload")
        .order_by("year", "-revision")
    )
    years: dict[int, list[Observation]] = defaultdict(list)
    for row in rows:
        years[row.year].append(row)
    edition = latest_edition(region)
    return SeriesOf(
        indicator=indicator,
        points=tuple(Point(y, found[0], tuple(found)) for y, found in years.items()),
        targets=tuple(Target.objects.filter(region=region, indicator=indicator)),
        edition=edition,
        peers=_peers(edition, indicator, region) if edition else (),
    )


def _peers(
    edition: IndexEdition, indicator: Indicator, region: Region
) -> tuple[Peer, ...]:
    rows = EditionValue.objects.filter(
        edition=edition, indicator=indicator, value__isnull=False
    ).select_related("region")
    found = [
        Peer(row.region, row.value, row.year, row.region_id == region.code)
        for row in rows
        if row.value is not None and row.year is not None
    ]
    higher_first = indicator.direction == "higher"
    return tuple(sorted(found, key=lambda p: p.value, reverse=higher_first))


# Work room and downloads


def data_quality(region: Region, *, on: date) -> Quality:
    """What is fresh, stale and missing among the indicators of the framework in force."""
    framework = framework_in_force()
    if framework is None:
        return Quality(())
    newest = dict(
        Observation.objects.filter(
            region=region,
            indicator__places__framework=framework,
            pk__in=Observation.objects.current().filter(region=region).values("pk"),
        )
        .exclude(status="missing")
        .values_list("indicator_id")
        .annotate(newest=Max("year"))
    )
    places = framework.places.select_related("indicator", "dimension").order_by(
        "dimension__order", "dimension__code", "indicator__code"
    )
    return Quality(
        tuple(_quality(place, newest.get(place.indicator_id), on) for place in places)
    )


def _quality(place: FrameworkIndicator, year: int | None, on: date) -> QualityRow:
    if year is None:
        return QualityRow(place, None, "missing")
    return QualityRow(
        place, year, "fresh" if year >= on.year - FRESH_YEARS else "stale"
    )


def current_table(
    region: Region, *, blanks_for: int | None = None
) -> list[dict[str, object]]:
    """Every current value of a region as rows of the table `observations`.

    With `blanks_for`, a year, also a row to fill in for each indicator of the framework
    in force that has no value of that year: the template.
    """
    rows = [
        observation_values(row)
        for row in Observation.objects.current()
        .filter(region=region)
        .select_related("indicator")
    ]
    framework = framework_in_force()
    if blanks_for is not None and framework is not None:
        known = {(row["indicator"], row["year"]) for row in rows}
        places = framework.places.select_related("indicator")
        rows += [
            _blank(region, place.indicator, blanks_for)
            for place in places
            if (place.indicator.code, blanks_for) not in known
        ]
    return sorted(rows, key=lambda row: (str(row["indicator"]), int(str(row["year"]))))


def _blank(region: Region, indicator: Indicator, year: int) -> dict[str, object]:
    return {
        "region": region.code,
        "indicator": indicator.code,
        "indicator_name": indicator.name,
        "unit": indicator.unit,
        "year": year,
    }


def observation_values(row: Observation) -> dict[str, object]:
    """A revision as a row of the table `observations`; needs `indicator` loaded."""
    return {
        "region": row.region_id,
        "indicator": row.indicator.code,
        "indicator_name": row.indicator.name,
        "unit": row.indicator.unit,
        "year": row.year,
        "value": row.value,
        "status": "" if row.status == "value" else row.status,
        "provisional": row.provisional or None,
        "source": row.source,
        "source_url": row.source_url,
        "released_on": row.released_on,
        "note": row.note,
        "illustrative": row.illustrative or None,
    }
