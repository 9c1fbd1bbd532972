"""What of guidance is owned (assignments, with reminders) and what waits for a person."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from habaring.guidance import gates, queries
from habaring.guidance.models import (
    Assignment,
    Cohort,
    CohortState,
    Enrolment,
    Remark,
    Sitting,
    Standing,
    WorkState,
)
from habaring.people.access import Power
from habaring.posts.states import Rhythm
from habaring.posts.things import (
    Asked,
    Kind,
    Thing,
    Waiting,
    Weight,
    register,
    register_waiting,
)
from habaring.regions.models import Region

SHOWN = 5  # lines of one sort on a desk
SOON = timedelta(days=7)
_OPEN = (WorkState.TODO, WorkState.DOING, WorkState.REVISE)


def _open_work(region: Region) -> QuerySet[Assignment]:
    """What the region still has to hand in."""
    return Assignment.objects.filter(
        region=region, state__in=_OPEN, enrolment__state=Standing.GUIDED
    ).select_related("template")


def _assignments(region: Region, on: date) -> Iterator[Thing]:
    for row in _open_work(region):
        yield _thing(row)


def _assignment(region: Region, ref: str, on: date) -> Thing | None:
    row = _open_work(region).filter(pk=ref).first() if ref.isdigit() else None
    return _thing(row) if row else None


def _thing(row: Assignment) -> Thing:
    return Thing(
        kind="assignment",
        ref=str(row.pk),
        title=row.template.name,
        url=reverse("guidance-work:assignment", args=[row.region_id, row.pk]),
        due_on=row.due_on,
        updated_on=localdate(row.changed_at),
        public_url=reverse("guidance:region", args=[row.region_id]),
        illustrative=row.illustrative,
    )


register(
    Kind(
        code="assignment",
        one=gettext_lazy("assignment"),
        many=gettext_lazy("assignments"),
        things=_assignments,
        thing=_assignment,
        rhythm=Rhythm(remind_before_days=7, escalate_after_days=7),
        power=Power.TAKE_PART_IN_GUIDANCE,
        order=82,
    )
)


def _waiting(asked: Asked) -> Iterator[Waiting]:
    if Power.TAKE_PART_IN_GUIDANCE in asked.powers:
        yield from _of_the_region(asked)
    if Power.MENTOR in asked.powers and queries.guides(
        asked.account, asked.region, on=asked.on
    ):
        yield from _of_the_mentor(asked)
    if Power.RUN_COHORTS in asked.powers:
        yield from _of_the_office(asked)


def _of_the_region(asked: Asked) -> Iterator[Waiting]:
    code = asked.region.code
    near = _open_work(asked.region).filter(due_on__lte=asked.on + SOON)
    for row in near.order_by("due_on")[:SHOWN]:
        yield Waiting(
            _("Hand in: %(name)s") % {"name": row.template.name},
            _("The mentor sent it back; remarks say where.")
            if row.state == WorkState.REVISE
            else _("It is work of the guidance, and falls due."),
            reverse("guidance-work:assignment", args=[code, row.pk]),
            on=row.due_on,
            weight=_weight(row.due_on, asked.on),
        )
    remarks = Remark.objects.filter(
        region=asked.region,
        answer="",
        piece__submission__assignment__state=WorkState.REVISE,
    ).count()
    if remarks:
        yield Waiting(
            ngettext(
                "One remark of the mentor waits for an answer",
                "%(n)d remarks of the mentor wait for an answer",
                remarks,
            )
            % {"n": remarks},
            _("The answer says what you changed, or why not."),
            reverse("guidance-work:assignments", args=[code]),
            weight=Weight.CONFIRM,
        )
    yield from _call(asked)


def _call(asked: Asked) -> Iterator[Waiting]:
    """A call that ends soon, where the region could apply and has not."""
    rows = Cohort.objects.filter(
        state=CohortState.OPEN,
        apply_until__date__gte=asked.on,
        apply_until__date__lte=asked.on + 2 * SOON,
    )
    taken = Enrolment.objects.filter(region=asked.region)
    busy = taken.filter(state=Standing.GUIDED).exists()
    for row in rows.exclude(enrolments__in=taken) if not busy else ():
        assert row.apply_until is not None  # noqa: S101 - it was filtered by
        yield Waiting(
            _("The call of %(year)s ends soon") % {"year": row.year},
            _("Your region has not applied yet."),
            reverse("guidance-work:apply", args=[asked.region.code, row.year]),
            on=localdate(row.apply_until),
            weight=Weight.NEXT,
        )


def _weight(due: date, on: date) -> int:
    if due < on:
        return Weight.LATE
    return Weight.TODAY if due == on else Weight.WEEK


def _of_the_mentor(asked: Asked) -> Iterator[Waiting]:
    code = asked.region.code
    rows = Assignment.objects.filter(
        region=asked.region,
        state__in=(WorkState.SUBMITTED, WorkState.REVIEW),
        enrolment__state=Standing.GUIDED,
    ).select_related("template")
    for row in rows.order_by("changed_at")[:SHOWN]:
        yield Waiting(
            _("Read: %(name)s") % {"name": row.template.name},
            _("The region has handed it in and waits for your words."),
            reverse("guidance-work:assignment", args=[code, row.pk]),
            weight=Weight.CONFIRM,
        )
    held = Sitting.objects.filter(
        region=asked.region, held=True, closed_at=None
    ).select_related("stage", "enrolment", "region")
    for sitting in held.order_by("stage__number")[:1]:
        if not gates.missing(sitting, on=asked.on):
            yield Waiting(
                _("Close the stage: %(name)s") % {"name": sitting.stage.name},
                _("Nothing is missing any more."),
                reverse("guidance-work:close-stage", args=[code, sitting.pk]),
            )


def _of_the_office(asked: Asked) -> Iterator[Waiting]:
    """What of this region waits for the ministry."""
    rows = Enrolment.objects.filter(
        region=asked.region, state=Standing.APPLIED, cohort__selected_at=None
    ).select_related("cohort")
    for row in rows:
        if not row.points:
            yield Waiting(
                _("Give points to the application"),
                _("The cohort of %(year)s cannot be chosen before.")
                % {"year": row.cohort.year},
                reverse(
                    "guidance-platform:application",
                    args=[row.cohort.year, row.region_id],
                ),
                weight=Weight.CONFIRM,
            )


register_waiting("guidance", _waiting)
