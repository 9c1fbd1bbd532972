"""The verbs of participants: invite by a list, note who came, from a list or telephones."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from habaring.guidance import badges
from habaring.guidance.models import Attendance, CameBy, Participant, Pillar, Sitting
from habaring.people.models import Account
from habaring.shared import audit
from habaring.shared.refusal import Refusal

MOST = 500
"""Participants of one sitting."""
AHEAD = timedelta(minutes=10)
"""How far a telephone's clock may be ahead of ours."""


class AttendanceRefused(Refusal):
    """Participants or attendance that cannot be noted."""


@dataclass(frozen=True)
class Guest:
    """Somebody who is invited. `number` None: the next free one is given."""

    name: str
    pillar: str
    institution: str = ""
    role: str = ""
    number: int | None = None
    illustrative: bool = False


@dataclass(frozen=True)
class Invited:
    """How many are new, changed and as before."""

    new: int
    changed: int
    unchanged: int


@transaction.atomic
def invite(
    *, sitting: Sitting, guests: Sequence[Guest], by: Account | None, at: datetime
) -> Invited:
    """Put people on the list; a number that is there already is the same person."""
    rows = Participant.objects.select_for_update().filter(sitting=sitting)
    there = {row.number: row for row in rows}
    if len(there) + sum(g.number is None for g in guests) > MOST:
        raise AttendanceRefused(
            what=gettext_lazy("The list has too many people."),
            next=gettext_lazy("Split it over several sittings."),
        )
    count = {"new": 0, "changed": 0, "unchanged": 0}
    free = max(there, default=0)
    for guest in guests:
        if guest.pillar not in Pillar.values:
            raise AttendanceRefused(
                what=gettext_lazy("Somebody stands in no pillar."),
                why=guest.name,
                next=gettext_lazy("Choose one of the five pillars."),
            )
        free = free + 1 if guest.number is None else max(free, guest.number)
        number = guest.number if guest.number is not None else free
        row = there.get(number)
        count[_kept(row, sitting, guest, (number, at))] += 1
    audit.record(
        by=by,
        at=at,
        verb="guidance.participants.invited",
        subject=sitting,
        region=sitting.region_id,
        details=dict(count),
    )
    return Invited(**count)


def _kept(
    row: Participant | None, sitting: Sitting, guest: Guest, told: tuple[int, datetime]
) -> str:
    number, at = told
    values = {
        "name": guest.name.strip(),
        "institution": guest.institution.strip(),
        "pillar": guest.pillar,
        "role": guest.role.strip(),
    }
    if row is None:
        Participant.objects.create(
            sitting=sitting,
            region_id=sitting.region_id,
            number=number,
            illustrative=guest.illustrative,
            recorded_at=at,
            **values,
        )
        return "new"
    if all(getattr(row, key) == value for key, value in values.items()):
        return "unchanged"
    for key, value in values.items():
        setattr(row, key, value)
    row.save(update_fields=list(values))
    return "changed"


@transaction.atomic
def strike(*, participant: Participant, by: Account, at: datetime) -> None:
    """Take somebody off the list who never came."""
    if participant.attendances.exists():
        raise AttendanceRefused(
            what=gettext_lazy("This person came, and stays on the list."),
            next=gettext_lazy("Take the attendance back first, if it is wrong."),
        )
    audit.record(
        by=by,
        at=at,
        verb="guidance.participants.struck",
        subject=participant.sitting,
        region=participant.region_id,
        details={"number": participant.number},
    )
    participant.delete()


@transaction.atomic
def tick(
    *,
    sitting: Sitting,
    day: int,
    numbers: Collection[int],
    by: Account | None,
    at: datetime,
) -> int:
    """Who came on a day, as ticked on the list: what is not ticked is taken back where
    it came from the list, too. How many came.
    """
    _refuse_day(sitting, day, at)
    people = {row.number: row for row in sitting.participants.all()}
    ticked = Attendance.objects.filter(
        participant__sitting=sitting, day=day, how=CameBy.LIST
    )
    ticked.exclude(participant__number__in=numbers).delete()
    for number in numbers:
        if number in people:
            Attendance.objects.get_or_create(
                participant=people[number],
                day=day,
                defaults={
                    "region_id": sitting.region_id,
                    "came_at": at,
                    "how": CameBy.LIST,
                    "received_at": at,
                    "noted_by": by,
                },
            )
    came = Attendance.objects.filter(participant__sitting=sitting, day=day).count()
    audit.record(
        by=by,
        at=at,
        verb="guidance.attendance.noted",
        subject=sitting,
        region=sitting.region_id,
        details={"day": day, "came": came},
    )
    return came


@dataclass(frozen=True)
class Scan:
    """One line of a telephone's queue: what was read, and when by its clock."""

    content: str
    came_at: datetime


@dataclass(frozen=True)
class Answer:
    """What became of a line: accepted, again (there already), or refused, and why."""

    content: str
    outcome: str
    told: str
    number: int | None = None


@transaction.atomic
def receive(
    *, sitting: Sitting, scans: Sequence[Scan], by: Account | None, at: datetime
) -> list[Answer]:
    """Lines from a desk's telephone, in any order and as often as it likes: the first
    of a person and day stands, whatever comes again changes nothing.
    """
    people = {row.number: row for row in sitting.participants.all()}
    answers = [_received(sitting, people, scan, (by, at)) for scan in scans]
    new = sum(one.outcome == "accepted" for one in answers)
    if new:
        audit.record(
            by=by,
            at=at,
            verb="guidance.attendance.received",
            subject=sitting,
            region=sitting.region_id,
            details={"accepted": new, "sent": len(answers)},
        )
    return answers


def _received(
    sitting: Sitting,
    people: dict[int, Participant],
    scan: Scan,
    told: tuple[Account | None, datetime],
) -> Answer:
    by, at = told
    try:
        number, how = _number(sitting, scan.content)
        day = _day(sitting, scan.came_at, at)
    except Refusal as refused:
        return Answer(scan.content, "refused", str(refused))
    person = people.get(number)
    if person is None:
        return Answer(
            scan.content, "refused", _("Nobody on the list has this number."), number
        )
    _row, new = Attendance.objects.get_or_create(
        participant=person,
        day=day,
        defaults={
            "region_id": sitting.region_id,
            "came_at": scan.came_at,
            "how": how,
            "received_at": at,
            "noted_by": by,
        },
    )
    words = _("Noted.") if new else _("Was noted before.")
    return Answer(scan.content, "accepted" if new else "again", words, number)


def _number(sitting: Sitting, content: str) -> tuple[int, CameBy]:
    if "/" not in content:
        return badges.read_typed(content, sitting=sitting.pk), CameBy.NUMBER
    badge = badges.read(content)
    if badge.sitting != sitting.pk or badge.region != sitting.region_id:
        raise badges.NoBadge(
            gettext_lazy("This badge is for another event."),
            next=gettext_lazy("Ask for the badge of these days."),
        )
    return badge.number, CameBy.BADGE


def _day(sitting: Sitting, came_at: datetime, at: datetime) -> int:
    if came_at > at + AHEAD:
        raise AttendanceRefused(
            what=gettext_lazy("The telephone's clock is ahead."),
            next=gettext_lazy("Set its clock, and tick the name on the list."),
        )
    day = (localdate(came_at) - sitting.starts_on).days + 1
    if not 1 <= day <= sitting.days:
        raise AttendanceRefused(
            what=gettext_lazy("That was on none of the days."),
            next=gettext_lazy("Look at the telephone's date."),
        )
    return day


def _refuse_day(sitting: Sitting, day: int, at: datetime) -> None:
    if not 1 <= day <= sitting.days:
        raise AttendanceRefused(
            what=gettext_lazy("The stage does not have this day."),
            next=gettext_lazy("Choose one of its days."),
        )
    if localdate(at) < sitting.starts_on + timedelta(days=day - 1):
        raise AttendanceRefused(
            what=gettext_lazy("This day lies ahead."),
            next=gettext_lazy("Note who came once it begins."),
        )
