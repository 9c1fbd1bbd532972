"""What of guidance is owned (assignments, with reminders) and what waits for a person."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet
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
    Line,
    Thing,
    Waiting,
    Weight,
    once,
    register,
    register_lines,
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


def _near(asked: Asked) -> QuerySet[Assignment]:
    return _open_work(asked.region).filter(due_on__lte=asked.on + SOON)


def _to_hand_in(asked: Asked, _count: int) -> Iterator[Waiting]:
    for row in _near(asked).order_by("due_on")[:SHOWN]:
        yield Waiting(
            _("Hand in: %(name)s") % {"name": row.template.name},
            _("The mentor sent it back; remarks say where.")
            if row.state == WorkState.REVISE
            else _("It is work of the guidance, and falls due."),
            reverse("guidance-work:assignment", args=[asked.region.code, row.pk]),
            on=row.due_on,
            weight=_weight(row.due_on, asked.on),
        )


def _unanswered(asked: Asked) -> QuerySet[Remark]:
    return Remark.objects.filter(
        region=asked.region,
        answer="",
        piece__submission__assignment__state=WorkState.REVISE,
    )


def _to_answer(asked: Asked, count: int) -> Iterator[Waiting]:
    yield Waiting(
        ngettext(
            "One remark of the mentor waits for an answer",
            "%(n)d remarks of the mentor wait for an answer",
            count,
        )
        % {"n": count},
        _("The answer says what you changed, or why not."),
        reverse("guidance-work:assignments", args=[asked.region.code]),
        weight=Weight.CONFIRM,
    )


def _calls(asked: Asked) -> QuerySet[Cohort]:
    """Calls that end soon, where the region could apply and has not."""
    taken = Enrolment.objects.filter(region=asked.region)
    return Cohort.objects.filter(
        ~Exists(taken.filter(state=Standing.GUIDED)),
        ~Exists(taken.filter(cohort=OuterRef("pk"))),
        state=CohortState.OPEN,
        apply_until__date__gte=asked.on,
        apply_until__date__lte=asked.on + 2 * SOON,
    )


def _to_apply(asked: Asked, _count: int) -> Iterator[Waiting]:
    for row in _calls(asked):
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


def _guides(asked: Asked) -> bool:
    return once(
        ("guidance.guides", asked.account.pk, asked.region.code),
        lambda: queries.guides(asked.account, asked.region, on=asked.on),
    )


def _handed_in(asked: Asked) -> QuerySet[Assignment]:
    return Assignment.objects.filter(
        region=asked.region,
        state__in=(WorkState.SUBMITTED, WorkState.REVIEW),
        enrolment__state=Standing.GUIDED,
    )


def _to_read(asked: Asked, _count: int) -> Iterator[Waiting]:
    rows = _handed_in(asked).select_related("template").order_by("changed_at")
    for row in rows[:SHOWN] if _guides(asked) else ():
        yield Waiting(
            _("Read: %(name)s") % {"name": row.template.name},
            _("The region has handed it in and waits for your words."),
            reverse("guidance-work:assignment", args=[asked.region.code, row.pk]),
            weight=Weight.CONFIRM,
        )


def _held(asked: Asked) -> QuerySet[Sitting]:
    return Sitting.objects.filter(region=asked.region, held=True, closed_at=None)


def _to_close(asked: Asked, _count: int) -> Iterator[Waiting]:
    rows = _held(asked).select_related("stage", "enrolment", "region")
    for sitting in rows.order_by("stage__number")[:1] if _guides(asked) else ():
        if not gates.missing(sitting, on=asked.on):
            yield Waiting(
                _("Close the stage: %(name)s") % {"name": sitting.stage.name},
                _("Nothing is missing any more."),
                reverse(
                    "guidance-work:close-stage", args=[asked.region.code, sitting.pk]
                ),
            )


def _applications(asked: Asked) -> QuerySet[Enrolment]:
    """What of this region waits for the ministry."""
    return Enrolment.objects.filter(
        region=asked.region, state=Standing.APPLIED, cohort__selected_at=None
    )


def _to_judge(asked: Asked, _count: int) -> Iterator[Waiting]:
    for row in _applications(asked).select_related("cohort"):
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


register_lines(
    "guidance",
    Line(_near, _to_hand_in, Power.TAKE_PART_IN_GUIDANCE),
    Line(_unanswered, _to_answer, Power.TAKE_PART_IN_GUIDANCE),
    Line(_calls, _to_apply, Power.TAKE_PART_IN_GUIDANCE),
    Line(_handed_in, _to_read, Power.MENTOR),
    Line(_held, _to_close, Power.MENTOR),
    Line(_applications, _to_judge, Power.RUN_COHORTS),
)
