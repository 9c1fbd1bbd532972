"""The verbs of attendance: come by QR code, be written down, be struck off."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.council import queries, tokens, words
from habaring.council.actions.meetings import freeze
from habaring.council.actions.rules import AttendanceRefused, one_line
from habaring.council.models import Attendance, Meeting, Seat, Summons
from habaring.people.models import Account
from habaring.shared import audit, limits

GUESSES = 5
"""How often a personal code may be mistyped in an hour, for one seat and meeting."""


@dataclass(frozen=True)
class Arrival:
    """Somebody who came: for a seat, or as a guest with name, institution and pillar.

    `substitute` names who came for the holder of the seat.
    """

    way: str
    seat: Seat | None = None
    name: str = ""
    institution: str = ""
    pillar: str = ""
    substitute: str = ""
    note: str = ""
    account: Account | None = None


def open_by_code(*, meeting: Meeting, seat: Seat, code: str, at: datetime) -> None:
    """Let a personal code through; raises AttendanceRefused, or TooMany after guesses."""
    key = f"{meeting.pk}-{seat.pk}"
    limits.spend("council.code", key, most=GUESSES, per=timedelta(hours=1), at=at)
    if not tokens.is_code(code, meeting=meeting.pk, seat=seat.pk):
        raise AttendanceRefused(
            _("The personal code is not right."),
            why=_("It stands in your invitation and has six digits."),
            next=_("Type it again, or ask the secretary to write you down."),
        )
    limits.forget("council.code", key)


@transaction.atomic
def attend(
    *, meeting: Meeting, arrival: Arrival, by: Account | None, at: datetime
) -> tuple[Attendance, bool]:
    """Write down that somebody came; whoever is there already is merged (False).

    Raises AttendanceRefused when the meeting takes no attendance, the seat is not of
    its body on that day, or a guest has no name or pillar.
    """
    row = _open(meeting, at)
    there = _there(row, arrival)
    if there is not None:
        return _merged(there, arrival), False
    made = Attendance.objects.create(
        region=row.region,
        meeting=row,
        arrived_at=min(at, row.ends_at) if row.state == "held" else at,
        way=arrival.way,
        note=one_line(arrival.note)[:300],
        recorded_by=by,
        account=arrival.account or (arrival.seat.account if arrival.seat else None),
        **_who(row, arrival),
    )
    if row.state == "held":
        freeze(row)
    _told(made, "council.attendance.recorded", by, at)
    return made, True


@transaction.atomic
def strike(*, attendance: Attendance, reason: str, by: Account, at: datetime) -> None:
    """Take off the list somebody who was written down by mistake, with a reason."""
    row = _open(attendance.meeting, at)
    if not reason.strip():
        raise AttendanceRefused(
            _("A name is struck off with a reason."), next=_("Write the reason.")
        )
    _told(attendance, "council.attendance.struck", by, at, reason=reason.strip())
    attendance.delete()
    if row.state == "held":
        freeze(row)


def _open(meeting: Meeting, at: datetime) -> Meeting:
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("body")
    row = rows.get(pk=meeting.pk)
    if row.state in ("approved", "cancelled"):
        raise AttendanceRefused(
            _("This meeting takes no attendance any more."),
            why=row.state_words,
            next=_("Correct the minutes instead, if somebody is missing."),
        )
    if at < row.starts_at - tokens.BEFORE:
        raise AttendanceRefused(
            _("The attendance is not open yet."),
            why=_("It opens one hour before the meeting."),
            next=_("Come back then."),
        )
    return row


def _there(meeting: Meeting, arrival: Arrival) -> Attendance | None:
    rows = Attendance.objects.filter(meeting=meeting)
    if arrival.seat is not None:
        return rows.filter(seat=arrival.seat).first()
    return rows.filter(
        seat=None,
        name__iexact=one_line(arrival.name),
        institution__iexact=one_line(arrival.institution),
    ).first()


def _merged(there: Attendance, arrival: Arrival) -> Attendance:
    """The first arrival stands; who comes in person after a substitute is counted so."""
    changed = []
    if there.seat is not None and there.substitute and not arrival.substitute:
        there.substitute, there.name = False, there.seat.person_name
        changed = ["substitute", "name"]
    if arrival.note and not there.note:
        there.note = one_line(arrival.note)[:300]
        changed.append("note")
    if changed:
        there.save(update_fields=changed)
    return there


def _who(meeting: Meeting, arrival: Arrival) -> dict[str, object]:
    seat = arrival.seat
    if seat is not None:
        on = meeting.starts_at
        if not queries.seats_on(meeting.body, localdate(on)).filter(pk=seat.pk):
            raise AttendanceRefused(
                _("This seat is not one of the body on that day."),
                next=_("Choose a seat from the list, or come as a guest."),
            )
        other = one_line(arrival.substitute) or _sent(meeting, seat, arrival)
        return {
            "seat": seat,
            "name": other or seat.person_name,
            "institution": seat.institution,
            "pillar": seat.pillar,
            "substitute": bool(other),
        }
    name = one_line(arrival.name)
    if not name or arrival.pillar not in words.PILLARS:
        raise AttendanceRefused(
            _("A guest needs a name and a pillar."),
            next=_("Write who you are and whom you stand for."),
        )
    return {
        "name": name,
        "institution": one_line(arrival.institution),
        "pillar": arrival.pillar,
    }


def _sent(meeting: Meeting, seat: Seat, arrival: Arrival) -> str:
    """Who was named as the substitute, where the seat's own code is used by them."""
    if arrival.way != "code":
        return ""
    row = Summons.objects.filter(
        meeting=meeting, seat=seat, answer="substitute"
    ).first()
    return row.substitute_name if row else ""


def _told(
    row: Attendance, verb: str, by: Account | None, at: datetime, *, reason: str = ""
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=row,
        region=row.region_id,
        reason=reason,
        details={"meeting": row.meeting_id, "way": row.way},
    )
