"""What is known of earlier years: published lists of who took part."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from habaring.guidance.models import Cohort, CohortState, Enrolment, Standing
from habaring.people.models import Account
from habaring.shared import audit


@dataclass(frozen=True)
class ListedRegion:
    """A region of a published list."""

    region: str
    year: int
    source: str = ""
    sure: bool = True
    illustrative: bool = False


@dataclass(frozen=True)
class ListedYear:
    """What is published of a year as a whole. `whole`: all its regions are listed."""

    year: int
    official_count: int | None = None
    whole: bool = False
    source: str = ""


@transaction.atomic
def record_lists(
    *,
    years: Iterable[ListedYear],
    rows: Iterable[ListedRegion],
    by: Account | None,
    at: datetime,
) -> tuple[int, int]:
    """Take in published lists; how many regions are new and how many were there.

    A cohort that was chosen here is left alone, and so is an enrolment that lives here.
    """
    cohorts = {one.year: _listed_year(one, by=by, at=at) for one in years}
    new = known = 0
    for one in rows:
        cohort = cohorts.get(one.year) or _listed_year(
            ListedYear(one.year), by=by, at=at
        )
        cohorts[one.year] = cohort
        _row, made = Enrolment.objects.get_or_create(
            cohort=cohort,
            region_id=one.region,
            defaults={
                "state": Standing.FINISHED,
                "source": one.source[:300],
                "sure": one.sure,
                "illustrative": one.illustrative,
                "recorded_at": at,
                "recorded_by": by,
            },
        )
        new, known = new + made, known + (not made)
    for cohort in cohorts.values():
        audit.record(
            by=by,
            at=at,
            verb="guidance.cohort.listed",
            subject=cohort,
            details={"year": cohort.year},
        )
    return new, known


def _listed_year(one: ListedYear, *, by: Account | None, at: datetime) -> Cohort:
    row, new = Cohort.objects.get_or_create(
        year=one.year,
        defaults={
            "state": CohortState.FINISHED,
            "seats": one.official_count or 50,
            "official_count": one.official_count,
            "listed_whole": one.whole,
            "source": one.source[:300],
            "recorded_at": at,
            "recorded_by": by,
        },
    )
    if not new and row.selected_at is None and one.official_count is not None:
        row.official_count, row.listed_whole = one.official_count, one.whole
        row.source = one.source[:300]
        row.save(update_fields=["official_count", "listed_whole", "source"])
    return row
