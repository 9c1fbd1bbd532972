"""Meetings and due days of this domain as calendar entries."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from habaring.council.calendar import Event, written
from habaring.council.models import Meeting, Task

HOST = "habaring"


def meeting_event(meeting: Meeting, *, url: str = "") -> Event:
    """A meeting; its uid never changes, its sequence grows with each change."""
    agenda = [f"{item.order}. {item.title}" for item in meeting.agenda.all()]
    told = [meeting.reason] if meeting.state == "cancelled" else agenda
    return Event(
        uid=f"{meeting.uid}@{HOST}",
        title=f"{meeting.title} ({meeting.body.name})",
        begins=meeting.starts_at,
        ends=meeting.ends_at,
        changed_at=meeting.changed_at,
        place=meeting.place or meeting.link,
        words="\n".join(told),
        url=url,
        sequence=meeting.sequence,
        cancelled=meeting.state == "cancelled",
    )


def task_event(task: Task, *, url: str = "") -> Event:
    """The day on which a follow-up is due."""
    return Event(
        uid=f"task-{task.region_id}-{task.pk}@{HOST}",
        title=_("Due: %(what)s") % {"what": task.title},
        begins=task.due_on,
        changed_at=task.closed_at or task.recorded_at,
        words=task.owner.name,
        url=url,
        sequence=0 if task.state == "open" else 1,
        cancelled=task.state == "cancelled",
    )


def invitation_file(meeting: Meeting, url: str) -> bytes:
    """One meeting, to go with its invitation."""
    return written([meeting_event(meeting, url=url)], name=meeting.title)


def calendar_file(
    meetings: Iterable[Meeting], tasks: Iterable[Task], *, name: str, origin: str
) -> bytes:
    """Many as one file. `origin` is the site's address without a path."""
    events = [
        meeting_event(
            row, url=origin + reverse("council:meeting", args=[row.region_id, row.pk])
        )
        for row in meetings
    ]
    events += [
        task_event(
            row,
            url=origin
            + reverse("council:decision", args=[row.region_id, row.decision_id])
            if row.decision_id
            else "",
        )
        for row in tasks
    ]
    return written(events, name=name)
