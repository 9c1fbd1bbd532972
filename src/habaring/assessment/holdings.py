"""What is recorded of a region: one series, what is due or stale, the whole table."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from django.db import models
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
from habaring.shared import audit
from habaring.shared.models import Upload
from habaring.shared.tables import Bilingual, Value

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
) -> list[dict[str, Value]]:
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


def _blank(region: Region, indicator: Indicator, year: int) -> dict[str, Value]:
    return {
        "region": region.code,
        "indicator": indicator.code,
        "indicator_name": indicator.name,
        "unit": indicator.unit,
        "year": year,
    }


def observation_values(row: Observation) -> dict[str, Value]:
    """A revision as a row of the table `observations`; needs `indicator` loaded."""
    return {
        "region": row.region_id,
        "indicator": row.indicator.code,
        "indicator_name": row.indicator.name,
        "unit": row.indicator.unit,
        "year": row.year,
        "value": plain(row.value),
        "status": None if row.status == "value" else row.status,
        "provisional": row.provisional or None,
        "source": row.source,
        "source_url": row.source_url,
        "released_on": row.released_on,
        "note": row.note,
        "illustrative": row.illustrative or None,
    }


def plain(value: Decimal | None) -> Decimal | None:
    """Without the zeros that the database's six decimals add: 3.220000 is 3.22."""
    if value is None:
        return None
    short = value.normalize()
    exponent = short.as_tuple().exponent
    if isinstance(exponent, int) and exponent > 0:
        return short.quantize(Decimal(1))
    return short


def indicator_choices() -> dict[str, Bilingual]:
    """Every code of the catalogue with its names, for the reader of files."""
    rows = Indicator.objects.values_list("code", "name_id", "name_en")
    return {
        code: Bilingual(name_id, name_en or name_id) for code, name_id, name_en in rows
    }


def recordable() -> list[Indicator]:
    """The indicators of the framework in force first, then the rest of the catalogue."""
    framework = framework_in_force()
    chosen = set(
        framework.places.values_list("indicator_id", flat=True) if framework else ()
    )
    rows = Indicator.objects.order_by("family", "code")
    return sorted(rows, key=lambda row: row.pk not in chosen)


def target_table(region: Region) -> list[dict[str, Value]]:
    """The targets of a region as rows of the table `targets`."""
    rows = Target.objects.filter(region=region).select_related("indicator")
    return [
        {
            "region": row.region_id,
            "indicator": row.indicator.code,
            "indicator_name": row.indicator.name,
            "unit": row.indicator.unit,
            "year": row.year,
            "value": plain(row.value),
            "source": row.source,
            "illustrative": row.illustrative or None,
        }
        for row in rows.order_by("indicator__code", "year")
    ]


# What an upload changed


@dataclass(frozen=True)
class RevisionChange:
    """A revision and the one that it followed."""

    after: Observation
    before: Observation | None


def revisions_of(upload: Upload) -> "models.QuerySet[Observation]":
    """The revisions that a file made; the region's, or of those below it."""
    code = upload.region_code
    return (
        Observation.objects.filter(
            models.Q(region=code) | models.Q(region__code__startswith=f"{code}."),
            upload=upload,
        )
        .select_related("indicator", "region")
        .order_by("region_id", "indicator__code", "year")
    )


def changes(rows: Sequence[Observation]) -> list[RevisionChange]:
    """Each revision with the one before it."""
    earlier = {
        (row.region_id, row.indicator_id, row.year, row.revision): row
        for row in Observation.objects.filter(
            region__in={row.region_id for row in rows},
            indicator__in={row.indicator_id for row in rows if row.revision > 1},
        )
    }
    return [
        RevisionChange(
            row,
            earlier.get((row.region_id, row.indicator_id, row.year, row.revision - 1)),
        )
        for row in rows
    ]


def counts_of(upload: Upload) -> dict[str, int]:
    """New, corrected and unchanged rows, as the audit trail counted them."""
    entry = audit.history(upload, region=upload.region_code).first()
    told = entry.details if entry else {}
    return {name: int(told.get(name, 0)) for name in ("new", "corrected", "unchanged")}
