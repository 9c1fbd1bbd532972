"""The verbs of a region's days in a stage: plan, agenda, speakers, held, close."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.guidance import gates
from habaring.guidance.models import (
    AgendaItem,
    Assignment,
    Enrolment,
    Sitting,
    Speaker,
    Stage,
    Standing,
    WorkState,
)
from habaring.people.models import Account
from habaring.shared import audit
from habaring.shared.refusal import Refusal

LONGEST = 14
"""Days of one stage at most."""
LEAST_REASON = 10


class StageRefused(Refusal):
    """Days of a stage that cannot be planned, or a stage that cannot be closed."""


@dataclass(frozen=True)
class Days:
    """When and where a region sits in a stage."""

    starts_on: date
    ends_on: date
    place: str
    method: str = ""
    source: str = ""
    illustrative: bool = False


@dataclass(frozen=True)
class Point:
    """One point of an agenda; `day` counts from 1."""

    day: int
    title: str
    starts: time | None = None
    ends: time | None = None
    speaker: str = ""


@dataclass(frozen=True)
class Voice:
    """Who speaks."""

    name: str
    institution: str = ""
    topic: str = ""


@transaction.atomic
def plan_sitting(
    *, enrolment: Enrolment, stage: Stage, days: Days, by: Account | None, at: datetime
) -> Sitting:
    """Plan a region's days in a stage; its assignments begin with them."""
    if enrolment.state not in (Standing.GUIDED, Standing.FINISHED):
        raise StageRefused(
            what=_("This region is not in guidance."),
            next=_("Days are planned for regions that were chosen."),
        )
    if stage.cohort_id != enrolment.cohort_id:
        raise StageRefused(
            what=_("This stage belongs to another cohort."),
            next=_("Choose a stage of the region's own cohort."),
        )
    if Sitting.objects.filter(enrolment=enrolment, stage=stage).exists():
        raise StageRefused(
            what=_("The days of this stage are planned already."),
            next=_("Change them instead."),
        )
    _refuse(days)
    row = Sitting(
        enrolment=enrolment,
        stage=stage,
        region_id=enrolment.region_id,
        recorded_at=at,
        recorded_by=by,
    )
    _fill(row, days)
    for template in stage.templates.all():
        Assignment.objects.get_or_create(
            enrolment=enrolment,
            template=template,
            defaults={
                "region_id": enrolment.region_id,
                "due_on": days.ends_on + timedelta(days=template.due_days),
                "changed_at": at,
                "illustrative": days.illustrative or enrolment.illustrative,
            },
        )
    _record(row, "planned", by=by, at=at)
    return row


@transaction.atomic
def change_sitting(
    *, sitting: Sitting, days: Days, by: Account, at: datetime
) -> Sitting:
    """Change the days; assignments nobody has begun move with them."""
    row = _open(sitting)
    _refuse(days)
    moved = days.ends_on != row.ends_on
    _fill(row, days)
    if moved:
        rows = Assignment.objects.filter(
            enrolment=row.enrolment_id,
            template__stage=row.stage_id,
            state=WorkState.TODO,
        ).select_related("template")
        for one in rows:
            one.due_on = days.ends_on + timedelta(days=one.template.due_days)
            one.save(update_fields=["due_on"])
    _record(row, "changed", by=by, at=at)
    return row


def _fill(row: Sitting, days: Days) -> None:
    row.starts_on, row.ends_on = days.starts_on, days.ends_on
    row.place, row.method = days.place.strip(), days.method.strip()
    row.source, row.illustrative = days.source.strip(), days.illustrative
    row.save()


def _refuse(days: Days) -> None:
    if days.ends_on < days.starts_on:
        raise StageRefused(
            what=_("The days run backwards."), next=_("Look at both days again.")
        )
    if (days.ends_on - days.starts_on).days >= LONGEST:
        raise StageRefused(
            what=_("One stage takes two weeks at most."),
            why=_("Such a span is a slip of the pen."),
            next=_("Look at the last day again."),
        )


@transaction.atomic
def set_programme(
    *,
    sitting: Sitting,
    agenda: Sequence[Point],
    speakers: Sequence[Voice],
    by: Account | None,
    at: datetime,
) -> Sitting:
    """Write agenda and speakers anew."""
    row = _open(sitting)
    for point in agenda:
        if not 1 <= point.day <= row.days:
            raise StageRefused(
                what=_("The agenda names a day that the stage does not have."),
                why=_("“%(title)s” stands on day %(day)s.")
                % {"title": point.title, "day": point.day},
                next=_("The stage has %(days)s days.") % {"days": row.days},
            )
        if point.starts and point.ends and point.ends <= point.starts:
            raise StageRefused(
                what=_("A point of the agenda ends before it begins."),
                why=point.title,
                next=_("Look at its hours again."),
            )
    row.agenda.all().delete()
    row.speakers.all().delete()
    AgendaItem.objects.bulk_create(
        AgendaItem(
            sitting=row,
            day=one.day,
            title=one.title.strip(),
            starts=one.starts,
            ends=one.ends,
            speaker=one.speaker.strip(),
        )
        for one in agenda
    )
    Speaker.objects.bulk_create(
        Speaker(
            sitting=row,
            name=one.name.strip(),
            institution=one.institution.strip(),
            topic=one.topic.strip(),
        )
        for one in speakers
    )
    _record(row, "programme", by=by, at=at)
    return row


@transaction.atomic
def mark_held(*, sitting: Sitting, by: Account | None, at: datetime) -> Sitting:
    """The days took place."""
    row = _open(sitting)
    if localdate(at) < row.starts_on:
        raise StageRefused(
            what=_("These days lie ahead."),
            next=_("Note that they were held once they begin."),
        )
    row.held = True
    row.save(update_fields=["held"])
    _record(row, "held", by=by, at=at)
    return row


@transaction.atomic
def close_stage(
    *, sitting: Sitting, reason: str = "", by: Account | None, at: datetime
) -> Sitting:
    """Close a region's stage. With gates open it takes a public reason, and what was
    missing is kept beside it. Raises StageRefused naming the first gate without one.
    """
    row = _open(sitting)
    lacking = gates.missing(row, on=localdate(at))
    if lacking and len(reason.strip()) < LEAST_REASON:
        first = lacking[0]
        raise StageRefused(
            what=_("The stage cannot be closed yet."),
            why=" ".join(one.what for one in lacking),
            next=f"{first.why} "
            + str(_("Do it first, or write why it is closed all the same.")),
        )
    row.closed_at, row.closed_by = at, by
    row.closed_despite = [one.gate for one in lacking]
    row.closed_reason = reason.strip() if lacking else ""
    row.save(
        update_fields=["closed_at", "closed_by", "closed_despite", "closed_reason"]
    )
    _record(row, "closed", by=by, at=at, reason=row.closed_reason)
    return row


@transaction.atomic
def reopen_stage(
    *, sitting: Sitting, reason: str, by: Account, at: datetime
) -> Sitting:
    """Open a closed stage again, while the region is still in guidance."""
    row = Sitting.objects.select_for_update(of=("self",)).get(pk=sitting.pk)
    if row.closed_at is None or row.enrolment.state != Standing.GUIDED:
        raise StageRefused(
            what=_("This stage cannot be opened again."),
            why=_("It is open, or the region has finished."),
            next=_("Look at the region's stages."),
        )
    if len(reason.strip()) < LEAST_REASON:
        raise StageRefused(
            what=_("The stage stays closed."), next=_("Write the reason in a sentence.")
        )
    row.closed_at, row.closed_by = None, None
    row.closed_despite, row.closed_reason = [], ""
    row.save(
        update_fields=["closed_at", "closed_by", "closed_despite", "closed_reason"]
    )
    _record(row, "reopened", by=by, at=at, reason=reason.strip())
    return row


def _open(sitting: Sitting) -> Sitting:
    row = (
        Sitting.objects.select_for_update(of=("self",))
        .select_related("stage", "enrolment")
        .get(pk=sitting.pk)
    )
    if row.closed_at is not None:
        raise StageRefused(
            what=_("This stage is closed."),
            why=_("What was closed stays as it was."),
            next=_("Open it again first, with a reason."),
        )
    return row


def _record(
    row: Sitting, verb: str, *, by: Account | None, at: datetime, reason: str = ""
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=f"guidance.sitting.{verb}",
        subject=row,
        region=row.region_id,
        reason=reason,
        details={"stage": row.stage.number, "starts_on": str(row.starts_on)},
    )
