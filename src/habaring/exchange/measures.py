"""By what an outcome is measured: the catalogue's indicators, and what the platform holds
of the region itself in the same years.
"""

from dataclasses import dataclass
from decimal import Decimal

from habaring.assessment.models import Indicator, Observation
from habaring.exchange.models import PracticeVersion


@dataclass(frozen=True)
class Measure:
    """One indicator of a practice, and the region's own figures by year, if there are."""

    indicator: Indicator
    figures: tuple[tuple[int, Decimal], ...] = ()


def of(version: PracticeVersion) -> tuple[Measure, ...]:
    """The indicators that a version names, in its order; unknown codes are left out.

    The values before and after are of the first one; figures of the platform stand beside
    them so that anybody can compare.
    """
    rows = {
        row.code: row for row in Indicator.objects.filter(code__in=version.indicators)
    }
    known = [rows[code] for code in version.indicators if code in rows]
    years = [year for year in (version.year_before, version.year_after) if year]
    figures: dict[int, dict[int, Decimal]] = {}
    found = Observation.objects.current().filter(
        region=version.region_id, indicator__in=known, year__in=years
    )
    for row in found:
        if row.value is not None:
            figures.setdefault(row.indicator_id, {})[row.year] = row.value
    return tuple(
        Measure(row, tuple(sorted(figures.get(row.pk, {}).items()))) for row in known
    )
