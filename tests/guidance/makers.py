"""Cohorts, sittings and work with sensible values."""

from datetime import date, datetime, timedelta
from typing import Any

from habaring.guidance.actions import cohorts, stages
from habaring.guidance.actions.attending import Guest, invite
from habaring.guidance.actions.stages import Days
from habaring.guidance.models import (
    Assignment,
    Cohort,
    CohortState,
    Enrolment,
    Sitting,
    Standing,
)
from habaring.masterplan.models import Section
from habaring.people.models import Account
from habaring.regions.models import Region
from tests import makers

DAY = timedelta(days=1)


def office() -> Account:
    """Somebody of the ministry's programme office."""
    return makers.officer("Kantor", region=None, role="programme_office")


def cohort(at: datetime, *, year: int = 2026, **more: Any) -> Cohort:
    return cohorts.record_cohort(
        call=cohorts.Call(year, apply_from=at - DAY, apply_until=at + 30 * DAY, **more),
        by=None,
        at=at,
    )


def call(at: datetime, **more: Any) -> Cohort:
    return cohorts.open_call(cohort=cohort(at, **more), by=None, at=at)


def wish(**more: Any) -> cohorts.Wish:
    given: dict[str, Any] = {
        "statement": "Kami ingin belajar bersama daerah lain.",
        "meets": {"letter": True, "body": True, "budget": True},
    }
    return cohorts.Wish(**(given | more))


POINTS = {"leadership": 4, "institutions": 3, "data": 2, "people": 3, "need": 2}
MEETS = {"letter": True, "body": True, "budget": True}


def applied(region: Region, row: Cohort, at: datetime, **points: float) -> Enrolment:
    enrolment = cohorts.apply(region=region, cohort=row, wish=wish(), by=None, at=at)
    given = {key: str(value) for key, value in (POINTS | points).items()}
    return cohorts.rate(
        enrolment=enrolment, rating=cohorts.Rating(given, MEETS), by=None, at=at
    )


def enrolled(region: Region, at: datetime, *, year: int = 2026) -> Enrolment:
    """A region in guidance."""
    row = cohort(at, year=year)
    Cohort.objects.filter(pk=row.pk).update(
        state=CohortState.GUIDED, selected_at=at, listed_whole=True
    )
    return Enrolment.objects.create(
        cohort=row, region=region, state=Standing.GUIDED, recorded_at=at
    )


def sitting(
    enrolment: Enrolment, at: datetime, *, number: int = 1, first: date | None = None
) -> Sitting:
    first = first or at.date()
    return stages.plan_sitting(
        enrolment=enrolment,
        stage=enrolment.cohort.stages.get(number=number),
        days=Days(first, first + DAY, "Balai"),
        by=None,
        at=at,
    )


def guests(sitting: Sitting, at: datetime, count: int = 10) -> None:
    pillars = ["government", "academia", "business", "community", "media"]
    invite(
        sitting=sitting,
        guests=[Guest(f"Peserta {n}", pillars[n % 5], "Kantor") for n in range(count)],
        by=None,
        at=at,
    )


def written(region: Region, key: str, text: str, at: datetime) -> Section:
    last = Section.objects.filter(region=region, key=key).order_by("-revision").first()
    return Section.objects.create(
        region=region,
        key=key,
        text=text,
        revision=last.revision + 1 if last else 1,
        recorded_at=at,
    )


def assignment(sitting: Sitting, code: str = "data") -> Assignment:
    return Assignment.objects.get(enrolment=sitting.enrolment_id, template__code=code)
