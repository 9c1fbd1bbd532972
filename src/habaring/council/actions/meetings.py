"""The verbs of meetings: plan, invite, answer, cancel, close."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.council import queries, tokens
from habaring.council.actions.rules import MeetingRefused, kept, one_line
from habaring.council.feeds import invitation_file
from habaring.council.models import AgendaItem, Council, Meeting, SeatContact, Summons
from habaring.people.models import Account
from habaring.shared import audit
from habaring.shared.notices import send_letter
from habaring.shared.uploads import AcceptedFile

Links = Callable[[Summons], str]
"""The full address at which one seat answers its invitation."""


@dataclass(frozen=True)
class Plan:
    """When and where a meeting is to be, and who may see it."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    link: str = ""
    public: bool = True
    qr_minutes: int = 0
    illustrative: bool = False


@dataclass(frozen=True)
class Item:
    """A point of the agenda."""

    title: str
    minutes: int | None = None
    presenter: str = ""
    paper: AcceptedFile | None = None


@dataclass(frozen=True)
class Reply:
    """How one seat answers: coming, not_coming, or substitute with a name."""

    answer: str
    substitute_name: str = ""
    substitute_institution: str = ""
    note: str = ""


@transaction.atomic
def plan_meeting(
    *, body: Council, plan: Plan, by: Account | None, at: datetime
) -> Meeting:
    """Plan a meeting of a body; one that was held already can be recorded too.

    Raises MeetingRefused when the body is dissolved, the title or the place is missing,
    or it would end before it begins.
    """
    if body.dissolved_on is not None:
        raise MeetingRefused(
            _("This body is dissolved."), next=_("Choose a body that stands.")
        )
    _refuse_plan(plan)
    meeting = Meeting(region=body.region, body=body, recorded_by=by)
    _fill(meeting, plan, at)
    meeting.save()
    _told(meeting, "council.meeting.planned", by, at)
    return meeting


@transaction.atomic
def change_meeting(
    *, meeting: Meeting, plan: Plan, by: Account, at: datetime, links: Links
) -> Meeting:
    """Change what was planned; those invited are told, with a newer calendar entry."""
    row = _locked(meeting, "draft", "invited")
    _refuse_plan(plan)
    before = (row.starts_at, row.ends_at, row.place, row.link)
    _fill(row, plan, at)
    row.sequence += 1
    row.save()
    if row.state == "invited" and before != (
        row.starts_at,
        row.ends_at,
        row.place,
        row.link,
    ):
        _write(row, links, changed=True)
    _told(row, "council.meeting.changed", by, at)
    return row


@transaction.atomic
def add_item(
    *, meeting: Meeting, item: Item, by: Account | None, at: datetime
) -> AgendaItem:
    """Put a point at the end of the agenda."""
    row = _locked(meeting, "draft", "invited", "held")
    if not one_line(item.title):
        raise MeetingRefused(
            _("The point needs a title."), next=_("Write what will be talked about.")
        )
    last = row.agenda.aggregate(last=Max("order"))["last"] or 0
    made = AgendaItem.objects.create(
        meeting=row,
        order=last + 1,
        title=one_line(item.title),
        minutes=item.minutes,
        presenter=one_line(item.presenter),
        **kept(item.paper),
    )
    _told(row, "council.agenda.added", by, at, {"order": made.order})
    return made


@transaction.atomic
def drop_item(*, item: AgendaItem, by: Account, at: datetime) -> None:
    """Take a point off the agenda, before the meeting."""
    row = _locked(item.meeting, "draft", "invited")
    item.delete()
    _told(row, "council.agenda.dropped", by, at, {"order": item.order})


@transaction.atomic
def invite(*, meeting: Meeting, by: Account | None, at: datetime, links: Links) -> int:
    """Invite every seat held on the day; those invited already get no second letter.

    Returns how many were invited. Raises MeetingRefused when the agenda is empty, nobody
    holds a seat, or the meeting is over.
    """
    row = _locked(meeting, "draft", "invited")
    if row.ends_at <= at:
        raise MeetingRefused(
            _("The meeting is over."),
            next=_("Close it: write down who came, and then the minutes."),
        )
    if not row.agenda.exists():
        raise MeetingRefused(
            _("The agenda is empty."),
            why=_("Who is invited must know what will be talked about."),
            next=_("Put at least one point on the agenda."),
        )
    there = set(Summons.objects.filter(meeting=row).values_list("seat_id", flat=True))
    seats = queries.seats_on(row.body, localdate(row.starts_at)).exclude(pk__in=there)
    made = [
        Summons.objects.create(
            region=row.region,
            meeting=row,
            seat=seat,
            account_id=seat.account_id,
            sent_at=at,
        )
        for seat in seats
    ]
    if not made and not there:
        raise MeetingRefused(
            _("Nobody holds a seat in this body on that day."),
            next=_("Write down first who sits in it."),
        )
    row.state = "invited"
    row.changed_at = at
    row.save(update_fields=["state", "changed_at"])
    _write(row, links, only={one.pk for one in made})
    _told(row, "council.meeting.invited", by, at, {"seats": len(made)})
    return len(made)


@transaction.atomic
def answer_summons(*, summons: Summons, reply: Reply, at: datetime) -> Summons:
    """Record how a seat answers; it may answer anew until the meeting ends.

    Raises MeetingRefused when the meeting is over or cancelled, or a substitute has no
    name.
    """
    row = Summons.objects.select_for_update().get(pk=summons.pk)
    if row.meeting.state != "invited" or row.meeting.ends_at <= at:
        raise MeetingRefused(
            _("This invitation takes no more answers."),
            why=_("The meeting is over, or it was cancelled."),
            next=_("Ask the secretariat what was decided."),
        )
    named = one_line(reply.substitute_name)
    if reply.answer not in ("coming", "not_coming", "substitute") or (
        reply.answer == "substitute" and not named
    ):
        raise MeetingRefused(
            _("The answer is not complete."),
            next=_("Choose one, and name who comes for you if you send somebody."),
        )
    other = reply.answer == "substitute"
    row.answer, row.answered_at = reply.answer, at
    row.substitute_name = named if other else ""
    row.substitute_institution = one_line(reply.substitute_institution) if other else ""
    row.note = one_line(reply.note)[:300]
    row.save()
    audit.record(
        by=row.account,
        at=at,
        verb="council.invitation.answered",
        subject=row,
        region=row.region_id,
        details={"answer": row.answer},
    )
    return row


@transaction.atomic
def cancel_meeting(
    *, meeting: Meeting, reason: str, by: Account | None, at: datetime, links: Links
) -> None:
    """Call a meeting off, with a reason; those invited are told."""
    row = _locked(meeting, "draft", "invited")
    if not reason.strip():
        raise MeetingRefused(
            _("A meeting is cancelled with a reason."),
            why=_("Those invited and the public read it."),
            next=_("Write the reason."),
        )
    invited = row.state == "invited"
    row.state, row.reason, row.changed_at = "cancelled", reason.strip(), at
    row.sequence += 1
    row.save()
    if invited:
        _write(row, links, changed=True)
    _told(row, "council.meeting.cancelled", by, at, reason=row.reason)


@transaction.atomic
def close_meeting(*, meeting: Meeting, by: Account | None, at: datetime) -> Meeting:
    """Say that a meeting was held; numbers by pillar and the quorum are frozen with it.

    Raises MeetingRefused before it began, or when nobody is written down as present.
    """
    row = _locked(meeting, "draft", "invited")
    if at < row.starts_at:
        raise MeetingRefused(
            _("The meeting has not begun."), next=_("Come back when it is held.")
        )
    if not row.attendance.exists():
        raise MeetingRefused(
            _("Nobody is written down as present."),
            why=_("The quorum is counted from who came."),
            next=_("Write down who came."),
        )
    row.state, row.changed_at = "held", at
    freeze(row)
    _told(
        row, "council.meeting.held", by, at, {"quorum": row.record["quorum"]["reached"]}
    )
    return row


def freeze(meeting: Meeting) -> None:
    """Write the numbers of a meeting into its record; they hold no names."""
    meeting.record = {
        "pillars": queries.pillars_of(meeting),
        "quorum": queries.quorum_of(meeting).as_record(),
    }
    meeting.save(update_fields=["record", "state", "changed_at"])


def _locked(meeting: Meeting, *states: str) -> Meeting:
    rows = Meeting.objects.select_for_update(of=("self",)).select_related(
        "body", "region"
    )
    row = rows.get(pk=meeting.pk)
    if row.state not in states:
        raise MeetingRefused(
            _("The state of the meeting does not allow this any more."),
            why=row.state_words,
            next=_("Look at the page of the meeting."),
        )
    return row


def _refuse_plan(plan: Plan) -> None:
    if not one_line(plan.title) or not (plan.place.strip() or plan.link):
        raise MeetingRefused(
            _("The meeting needs a title, and a place or a link."),
            next=_("Write where people should go."),
        )
    if plan.ends_at <= plan.starts_at:
        raise MeetingRefused(
            _("The meeting would end before it begins."), next=_("Mend the times.")
        )


def _fill(meeting: Meeting, plan: Plan, at: datetime) -> None:
    meeting.title, meeting.place = one_line(plan.title), one_line(plan.place)
    meeting.link, meeting.public = plan.link, plan.public
    meeting.starts_at, meeting.ends_at = plan.starts_at, plan.ends_at
    meeting.qr_minutes, meeting.illustrative = plan.qr_minutes, plan.illustrative
    meeting.changed_at = at


def _write(
    meeting: Meeting,
    links: Links,
    *,
    only: set[int] | None = None,
    changed: bool = False,
) -> None:
    """A letter to each seat that can be reached: its own link and its own code."""
    rows = Summons.objects.filter(meeting=meeting).select_related("seat", "account")
    mails = dict(
        SeatContact.objects.filter(seat__summons__meeting=meeting).values_list(
            "seat_id", "email"
        )
    )
    agenda = list(meeting.agenda.all())
    for row in rows:
        mail = (row.account.email if row.account else None) or mails.get(row.seat_id)
        if not mail or (only is not None and row.pk not in only):
            continue
        context = {
            "meeting": meeting,
            "agenda": agenda,
            "seat": row.seat,
            "link": links(row),
            "code": tokens.personal_code(meeting.pk, row.seat_id),
            "changed": changed,
        }
        send_letter(
            to=[mail],
            template="council/letters/meeting.txt",
            context=context,
            language=row.account.language if row.account else "id",
            attached=[
                ("rapat.ics", invitation_file(meeting, links(row)), "text/calendar")
            ],
        )
    told = [
        row.pk
        for row in rows
        if (row.account and row.account.email) or row.seat_id in mails
    ]
    Summons.objects.filter(pk__in=told).update(mailed=True)


def _told(
    meeting: Meeting,
    verb: str,
    by: Account | None,
    at: datetime,
    details: dict[str, object] | None = None,
    *,
    reason: str = "",
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=meeting,
        region=meeting.region_id,
        reason=reason,
        details=details,
    )
