"""Follow-ups as things that posts own, and what waits here for a person."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from habaring.council import tokens
from habaring.council.actions import close_task
from habaring.council.models import (
    Decision,
    Meeting,
    Minutes,
    MinutesApproval,
    Summons,
    Task,
)
from habaring.council.warnings import FOLLOW_UP_DAYS
from habaring.people.access import Power
from habaring.people.models import Account
from habaring.posts.states import Rhythm
from habaring.posts.things import (
    Asked,
    Kind,
    Line,
    Thing,
    Waiting,
    Weight,
    register,
    register_lines,
)
from habaring.regions.models import Region

SHOWN = 5  # lines of one sort on a desk


def _tasks(region: Region, on: date) -> Iterator[Thing]:
    for row in Task.objects.filter(region=region, state="open"):
        yield _thing(row)


def _thing(row: Task) -> Thing:
    decision = row.decision_id
    return Thing(
        kind="task",
        ref=str(row.pk),
        title=row.title,
        url=_where(row),
        due_on=row.due_on,
        updated_on=localdate(row.recorded_at),
        post=row.owner_id,
        public_url=reverse("council:decision", args=[row.region_id, decision])
        if decision
        else "",
        illustrative=row.illustrative,
    )


def _where(row: Task) -> str:
    """Where everybody in the work room reads of it, and who may closes it."""
    if row.decision_id:
        return reverse("council-work:decision", args=[row.region_id, row.decision_id])
    return reverse("council-work:meeting", args=[row.region_id, row.meeting_id])


def _task(region: Region, ref: str, on: date) -> Thing | None:
    rows = Task.objects.filter(region=region, state="open")
    row = rows.filter(pk=ref).first() if ref.isdigit() else None
    return _thing(row) if row else None


def _finish(*, region: Region, ref: str, by: Account, at: datetime, note: str) -> None:
    row = Task.objects.get(region=region, pk=ref)
    close_task(task=row, state="done", proof=note, by=by, at=at)


register(
    Kind(
        code="task",
        one=gettext_lazy("follow-up"),
        many=gettext_lazy("follow-ups"),
        things=_tasks,
        thing=_task,
        finish=_finish,
        rhythm=Rhythm(remind_before_days=7, escalate_after_days=14),
        power=Power.SEE_WORK_ROOM,
        order=60,
    )
)


def _unanswered(asked: Asked) -> QuerySet[Summons]:
    return Summons.objects.filter(
        region=asked.region,
        account=asked.account,
        answer="none",
        meeting__state="invited",
        meeting__starts_at__date__gte=asked.on,
    )


def _invitations(asked: Asked, _count: int) -> Iterator[Waiting]:
    for row in _unanswered(asked).select_related("meeting")[:SHOWN]:
        yield Waiting(
            _("Say whether you come: %(title)s") % {"title": row.meeting.title},
            _("You are invited, and have not answered."),
            reverse(
                "council:answer", args=[asked.region.code, tokens.answer_token(row)]
            ),
            on=localdate(row.meeting.starts_at),
            weight=Weight.CONFIRM,
        )


def _of_mine(asked: Asked) -> QuerySet[Meeting] | None:
    """The meetings of the bodies whose minutes the person writes."""
    within = asked.extent(Power.RECORD_MEETINGS)
    if not within:
        return None
    rows = Meeting.objects.filter(region=asked.region)
    return rows if within.whole else rows.filter(body__in=within.bodies)


def _past(asked: Asked) -> QuerySet[Meeting] | None:
    rows = _of_mine(asked)
    return (
        None
        if rows is None
        else rows.filter(state="invited", ends_at__date__lt=asked.on)
    )


def _to_close(asked: Asked, _count: int) -> Iterator[Waiting]:
    rows = _past(asked)
    for row in rows.order_by("starts_at")[:SHOWN] if rows is not None else ():
        yield _meeting(
            row,
            _("Close the meeting: %(title)s"),
            _("It is over, but not recorded as held."),
        )


def _held(asked: Asked) -> QuerySet[Meeting] | None:
    rows = _of_mine(asked)
    approved = MinutesApproval.objects.filter(minutes__meeting=OuterRef("pk"))
    return None if rows is None else rows.filter(~Exists(approved), state="held")


def _to_approve(asked: Asked, _count: int) -> Iterator[Waiting]:
    rows = _held(asked)
    if rows is None:
        return
    written = Minutes.objects.filter(meeting=OuterRef("pk"))
    for row in rows.annotate(written=Exists(written)).order_by("starts_at")[:SHOWN]:
        title = (
            _("Have the minutes approved: %(title)s")
            if row.written
            else _("Write the minutes: %(title)s")
        )
        yield _meeting(row, title, _("Minutes are public only once approved."))


def _meeting(row: Meeting, title: str, why: str) -> Waiting:
    return Waiting(
        title % {"title": row.title},
        why,
        reverse("council-work:meeting", args=[row.region_id, row.pk]),
        on=localdate(row.starts_at),
        weight=Weight.WEEK,
    )


def _without_follow_up(asked: Asked) -> QuerySet[Decision] | None:
    within = asked.extent(Power.RECORD_DECISIONS)
    if not within:
        return None
    rows = Decision.objects.filter(
        region=asked.region,
        tasks=None,
        plan=None,
        overruled_by=None,
        decided_on__lt=asked.on - timedelta(days=FOLLOW_UP_DAYS),
    )
    return rows if within.whole else rows.filter(council__in=within.bodies)


def _decisions(asked: Asked, count: int) -> Iterator[Waiting]:
    words = ngettext("Carry out %(n)d decision", "Carry out %(n)d decisions", count)
    yield Waiting(
        words % {"n": count},
        _("Nothing has followed from them yet; assessors fault that."),
        reverse("council-work:desk", args=[asked.region.code]),
    )


register_lines(
    "council",
    Line(_unanswered, _invitations),
    Line(_past, _to_close),
    Line(_held, _to_approve),
    Line(_without_follow_up, _decisions),
)
