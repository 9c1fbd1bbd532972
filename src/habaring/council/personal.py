"""What `council` holds about people: seats, invitations, attendance, calendars.

The minutes and attendance of a public body are archives: names in them stay as they
were written down, since the public record of who sat and who came is the law's.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from habaring.council.models import Attendance, CalendarKey, Seat, SeatContact, Summons
from habaring.people.models import Account
from habaring.shared.holdings import Column, Holding, deeds, register

_ARCHIVES = "UU 43/2009 (Kearsipan); UU 14/2008 (KIP)"


def _seats(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in Seat.objects.filter(account=account).select_related("body"):
        yield {
            "body": row.body.name,
            "name": row.person_name,
            "from_on": row.from_on,
            "to_on": row.to_on,
        }


register(
    Holding(
        code="council.seats",
        purpose="meetings",
        name=_("Seats you hold or held"),
        columns=(
            Column("body", _("Body")),
            Column("name", _("Name")),
            Column("from_on", _("Since")),
            Column("to_on", _("Until")),
        ),
        covers=("council.Seat.account", "council.Seat.person_name"),
        collect=_seats,
        stays=_("Who sat in a body formed by decree is a public archive."),
        legal_reference=_ARCHIVES,
        officer_decides=True,
    )
)


def _contacts(account: Account) -> Iterable[Mapping[str, Any]]:
    if account.email:
        for row in SeatContact.objects.filter(email=account.email):
            yield {"email": row.email, "seat": row.seat_id}


def _drop_contacts(account: Account, *, by: Account | None, at: datetime) -> int:
    if not account.email:
        return 0
    return SeatContact.objects.filter(email=account.email).delete()[0]


register(
    Holding(
        code="council.contacts",
        purpose="meetings",
        name=_("Your address beside a seat"),
        columns=(Column("email", _("Mail address")), Column("seat", _("Seat"))),
        covers=("council.SeatContact.email",),
        collect=_contacts,
        erase=_drop_contacts,
    )
)


def _summons(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in Summons.objects.filter(account=account).select_related("meeting"):
        yield {
            "meeting": row.meeting.title,
            "sent_at": row.sent_at,
            "answer": str(row.answer_words),
            "substitute": row.substitute_name,
            "note": row.note,
        }


def _forget_notes(account: Account, *, by: Account | None, at: datetime) -> int:
    rows = Summons.objects.filter(account=account).exclude(note="")
    return rows.update(note="")


register(
    Holding(
        code="council.summons",
        purpose="meetings",
        name=_("Invitations to meetings"),
        columns=(
            Column("meeting", _("Meeting")),
            Column("sent_at", _("Sent")),
            Column("answer", _("Answer")),
            Column("substitute", _("Substitute")),
            Column("note", _("Note")),
        ),
        covers=("council.Summons.account", "council.Summons.substitute_name"),
        collect=_summons,
        erase=_forget_notes,
        stays=_("That a seat was invited belongs to the minutes; your note is erased."),
        legal_reference=_ARCHIVES,
    )
)


def _attended(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in Attendance.objects.filter(account=account).select_related("meeting"):
        yield {
            "meeting": row.meeting.title,
            "name": row.name,
            "arrived_at": row.arrived_at,
            "note": row.note,
        }


def _take_name_off(account: Account, *, by: Account | None, at: datetime) -> int:
    """Guests lose their name; holders of a seat stay in the minutes."""
    rows = Attendance.objects.filter(account=account, seat__isnull=True)
    return rows.update(name="–", institution="", note="")


register(
    Holding(
        code="council.attendance",
        purpose="meetings",
        name=_("Meetings you came to"),
        columns=(
            Column("meeting", _("Meeting")),
            Column("name", _("Name")),
            Column("arrived_at", _("When")),
            Column("note", _("Note")),
        ),
        covers=("council.Attendance.account", "council.Attendance.name"),
        collect=_attended,
        erase=_take_name_off,
        stays=_("Who came for a seat belongs to the minutes; guests lose their name."),
        legal_reference=_ARCHIVES,
    )
)


def _calendars(account: Account) -> Iterable[Mapping[str, Any]]:
    for row in CalendarKey.objects.filter(account=account):
        yield {"made_at": row.made_at, "revoked_at": row.revoked_at}


def _drop_calendars(account: Account, *, by: Account | None, at: datetime) -> int:
    return CalendarKey.objects.filter(account=account).delete()[0]


register(
    Holding(
        code="council.calendars",
        purpose="meetings",
        name=_("Secret addresses of your calendar"),
        columns=(Column("made_at", _("Made")), Column("revoked_at", _("Revoked"))),
        covers=("council.CalendarKey.account",),
        collect=_calendars,
        erase=_drop_calendars,
    )
)
deeds(
    "council",
    _("Meetings, minutes, decisions and tasks you recorded"),
    "council.Instrument.recorded_by",
    "council.Meeting.recorded_by",
    "council.Attendance.recorded_by",
    "council.Minutes.written_by",
    "council.MinutesApproval.approved_by",
    "council.Decision.recorded_by",
    "council.Task.closed_by",
    "council.Task.recorded_by",
)
