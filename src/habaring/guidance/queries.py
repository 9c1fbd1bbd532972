"""What the pages of guidance ask, and what other domains may ask."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, QuerySet

from habaring.council.models import Instrument
from habaring.guidance.models import (
    Assignment,
    Attendance,
    Cohort,
    CohortState,
    Enrolment,
    Mentorship,
    Participant,
    Pillar,
    Sitting,
    Stage,
    Standing,
    WorkState,
)
from habaring.guidance.models.cohorts import TAKES_PART
from habaring.guidance.models.work import DONE
from habaring.people.models import Account
from habaring.regions.models import Region

MOU = "mou"


@dataclass(frozen=True)
class Part:
    """One cohort that a region stood in: for other domains and for pages."""

    year: int
    state: str
    label: str
    source: str
    sure: bool
    award: str
    finished_on: date | None
    illustrative: bool


def history(region: Region) -> list[Part]:
    """Every cohort of a region, earliest first."""
    return [
        Part(
            row.cohort.year,
            row.state,
            str(row.get_state_display()),
            row.source,
            row.sure,
            row.award,
            row.finished_on,
            row.illustrative,
        )
        for row in Enrolment.objects.filter(region=region)
        .select_related("cohort")
        .order_by("cohort__year")
    ]


def current(region: Region) -> Enrolment | None:
    """The enrolment that a region's pages are about: the newest."""
    return (
        Enrolment.objects.filter(region=region)
        .select_related("cohort", "region")
        .order_by("-cohort__year")
        .first()
    )


@dataclass(frozen=True)
class OpenCall:
    """A cohort that takes applications now; how the region stands in it, if it does."""

    cohort: Cohort
    applied: Enrolment | None

    @property
    def can_take_back(self) -> bool:
        """Whether the application is there and nothing was decided."""
        return self.applied is not None and self.applied.state == Standing.APPLIED


def open_calls(region: Region, *, at: datetime) -> list[OpenCall]:
    """Every call that is open, the one that ends first at the top."""
    rows = [
        row
        for row in Cohort.objects.filter(state=CohortState.OPEN).order_by(
            F("apply_until").asc(nulls_last=True), "year"
        )
        if row.takes_applications(at)
    ]
    mine = {
        one.cohort_id: one
        for one in Enrolment.objects.filter(region=region, cohort__in=rows)
    }
    return [OpenCall(row, mine.get(row.pk)) for row in rows]


@dataclass(frozen=True)
class StageLine:
    """One stage of a region: its days where they are planned, its work, who came."""

    stage: Stage
    sitting: Sitting | None
    total: int = 0
    done: int = 0
    late: int = 0
    came: int = 0

    @property
    def state(self) -> str:
        """closed, held, planned, or nothing yet: done, now or next on the timeline."""
        if self.sitting is None:
            return "next"
        return "done" if self.sitting.closed_at else "now"


def stage_lines(enrolment: Enrolment, *, on: date) -> list[StageLine]:
    """All stages of an enrolment's cohort. `came` needs the region open, else 0."""
    sittings = {row.stage_id: row for row in enrolment.sittings.all()}
    counts: dict[int, Counter[str]] = {}
    rows = enrolment.assignments.values_list("template__stage", "state", "due_on")
    for key, state, due in rows:
        count = counts.setdefault(key, Counter())
        count["total"] += 1
        count["done"] += state in DONE
        count["late"] += is_late(state, due, on)
    came: dict[int, int] = dict(
        Attendance.objects.filter(participant__sitting__enrolment=enrolment)
        .values_list("participant__sitting")
        .annotate(n=Count("participant", distinct=True))
        .values_list("participant__sitting", "n")
    )
    found = []
    for stage in enrolment.cohort.stages.all():
        sitting = sittings.get(stage.pk)
        count = counts.get(stage.pk, Counter())
        found.append(
            StageLine(
                stage,
                sitting,
                count["total"],
                count["done"],
                count["late"],
                came.get(sitting.pk, 0) if sitting else 0,
            )
        )
    return found


_WITH_MENTOR = (WorkState.SUBMITTED, WorkState.REVIEW)


def is_late(state: str, due: date, on: date) -> bool:
    """Whether the region should have handed it in."""
    return due < on and state not in DONE and state not in _WITH_MENTOR


def assignments(region: Region) -> QuerySet[Assignment]:
    """The region's work in its newest cohort, by stage."""
    enrolment = current(region)
    return (
        Assignment.objects.filter(enrolment=enrolment)
        .select_related("template__stage", "enrolment__cohort", "region")
        .order_by("template__stage__number", "template__order")
    )


@dataclass(frozen=True)
class Agreement:
    """A memorandum of understanding (MoU) as the council's register has it."""

    row: Instrument
    holds: bool

    @property
    def until(self) -> date | None:
        return self.row.in_force_until


def agreements(region: Region, *, on: date) -> list[Agreement]:
    """The region's MoUs, newest first, and whether each holds on a day: with its number,
    its file and its end they are instruments of `council`.
    """
    rows = Instrument.objects.filter(region=region, kind=MOU, public=True)
    superseded = set(
        Instrument.objects.filter(region=region, supersedes__isnull=False).values_list(
            "supersedes", flat=True
        )
    )
    return [
        Agreement(row, row.pk not in superseded and _holds(row, on)) for row in rows
    ]


def _holds(row: Instrument, on: date) -> bool:
    first = row.in_force_from or row.signed_on
    return (first is None or first <= on) and (
        row.in_force_until is None or on <= row.in_force_until
    )


def mentors(region: Region) -> list[Mentorship]:
    """Who guides and guided a region."""
    return list(
        Mentorship.objects.filter(region=region)
        .select_related("cohort")
        .order_by(F("until").desc(nulls_first=True), "-since")
    )


def guides(account: Account, region: Region, *, on: date) -> bool:
    """Whether a row names this person as a mentor of the region on this day."""
    rows = Mentorship.objects.filter(account=account, region=region)
    return any(row.in_force(on) for row in rows)


def guided_by(account: Account, *, on: date) -> list[Region]:
    """The regions that a person guides."""
    rows = Mentorship.objects.filter(account=account).select_related("region")
    return [row.region for row in rows if row.in_force(on)]


@dataclass(frozen=True)
class Balance:
    """How many of each pillar are on the list and came: never a name."""

    invited: Mapping[str, int]
    came: Mapping[str, int]

    @property
    def pillars_missing(self) -> tuple[str, ...]:
        """Pillars of which nobody came."""
        return tuple(
            str(Pillar(one).label) for one in Pillar.values if not self.came.get(one)
        )

    @property
    def invited_total(self) -> int:
        return sum(self.invited.values())

    @property
    def came_total(self) -> int:
        return sum(self.came.values())


def balance(sitting: Sitting) -> Balance:
    """By pillar; the region is open."""
    people = Participant.objects.filter(sitting=sitting).order_by()
    invited = people.values_list("pillar").annotate(n=Count("pk"))
    came = (
        people.filter(attendances__isnull=False)
        .values_list("pillar")
        .annotate(n=Count("pk", distinct=True))
    )
    return Balance(dict(invited), dict(came))


def enrolled(cohort: Cohort) -> QuerySet[Enrolment]:
    """A cohort's regions: by place, then by code."""
    return cohort.enrolments.select_related("region__parent", "cohort").order_by(
        F("place").asc(nulls_last=True), "region"
    )


def taking_part(cohort: Cohort) -> int:
    """How many of its seats are taken."""
    return cohort.enrolments.filter(state__in=TAKES_PART).count()


def reserve(cohort: Cohort) -> int:
    """How many wait for a seat."""
    return cohort.enrolments.filter(state=Standing.RESERVE).count()
