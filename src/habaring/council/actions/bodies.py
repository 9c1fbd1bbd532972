"""The verbs of bodies and their seats."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.council import words
from habaring.council.actions.instruments import Fixes, Paper, record_instrument
from habaring.council.actions.rules import (
    CouncilRefused,
    SeatRefused,
    one_line,
    refuse_backwards,
    refuse_future,
)
from habaring.council.models import Council, Instrument, Seat, SeatContact
from habaring.people.access import Place
from habaring.people.actions import grant, revoke
from habaring.people.models import Account, Membership, Role
from habaring.regions.models import Region
from habaring.shared import audit

ROLES: Mapping[str, str] = {
    "council": "council",
    "team": "implementation_team",
    "group": "implementation_team",
}
"""The role that a seat gives to an account, by the kind of its body."""


@dataclass(frozen=True)
class Body:
    """A body as it is recorded: its name, its rules, and the decree that formed it.

    Give `decree`, or only the number and day of one that is not recorded yet.
    """

    name: str
    decree_number: str = ""
    decree_on: date | None = None
    illustrative: bool = False
    kind: str = "council"
    parent: Council | None = None
    dimension_code: str = ""
    decree: Instrument | None = None
    quorum_rule: str = "more_than_half"
    quorum_count: int | None = None
    decides_without_quorum: bool = False
    rhythm_days: int = 90
    public: bool = True
    formed_on: date | None = None
    source: str = ""


@dataclass(frozen=True)
class Sitting:
    """Who takes a seat. An account gets the role of the body; a mail address is for
    invitations to those without account, and is kept behind the wall.
    """

    person_name: str
    institution: str
    pillar: str
    from_on: date
    post: str = "member"
    to_on: date | None = None
    account: Account | None = None
    email: str = ""
    basis: Instrument | None = None
    illustrative: bool = False


@transaction.atomic
def record_council(
    *, region: Region, body: Body, by: Account | None, at: datetime
) -> Council:
    """Record a body of a region, with the decree that formed it if its number is given.

    Raises CouncilRefused when the region has one of that name, when the name is empty,
    its rules do not fit together, or the decree lies in the future.
    """
    _refuse(region, body, at=at)
    row = Council(region=region)
    _fill(row, body)
    row.save()
    if body.decree is None and (body.decree_number.strip() or body.decree_on):
        row.decree = _new_decree(region, row, body, by=by, at=at)
        row.save(update_fields=["decree"])
    _told(row, "council.council.recorded", by, at)
    return row


@transaction.atomic
def change_council(
    *, council: Council, body: Body, by: Account, at: datetime
) -> Council:
    """Correct a body's name, rules or decree. Refuses as `record_council` does."""
    row = Council.objects.select_for_update().get(pk=council.pk)
    _refuse(row.region, body, at=at, but=row)
    _fill(row, body)
    row.save()
    if body.decree is None and body.decree_number.strip():
        row.decree = _new_decree(row.region, row, body, by=by, at=at)
        row.save(update_fields=["decree"])
    _told(row, "council.council.changed", by, at)
    return row


@transaction.atomic
def dissolve_council(
    *, council: Council, on: date, by: Account, at: datetime, reason: str
) -> None:
    """End a body on a day, with its seats. Refused without a reason."""
    if not reason.strip():
        raise CouncilRefused(
            _("A body is dissolved with a reason."), next=_("Write the reason.")
        )
    refuse_future(on, at=at, kind=CouncilRefused)
    for seat in council.seats.filter(to_on__isnull=True):
        end_seat(seat=seat, on=max(on, seat.from_on), by=by, at=at)
    council.dissolved_on = on
    council.save(update_fields=["dissolved_on"])
    _told(council, "council.council.dissolved", by, at, reason=reason.strip())


@transaction.atomic
def make_groups(
    *, team: Council, by: Account | None, at: datetime, illustrative: bool = False
) -> list[Council]:
    """Make the six working groups of a team, one a dimension; those there are left alone.

    Raises CouncilRefused when the body is not an executing team.
    """
    if team.kind != "team":
        raise CouncilRefused(
            _("Working groups belong to an executing team."),
            next=_("Open the page of the executing team."),
        )
    there = set(
        team.groups.filter(dissolved_on__isnull=True).values_list(
            "dimension_code", flat=True
        )
    )
    return [
        record_council(
            region=team.region,
            body=replace(
                _group(team, code, name, on=localdate(at)),
                illustrative=illustrative or team.illustrative,
            ),
            by=by,
            at=at,
        )
        for code, name in words.DIMENSIONS.items()
        if code not in there
    ]


def _group(team: Council, code: str, name: str, *, on: date) -> Body:
    title = f"Kelompok Kerja {name}"
    if Council.objects.filter(region=team.region, name=title).exists():
        title = f"{title} – {team.name}"[:150]  # of a second team
    return Body(
        name=title,
        kind="group",
        parent=team,
        dimension_code=code,
        decree=team.decree,
        rhythm_days=team.rhythm_days,
        public=team.public,
        formed_on=on,
        illustrative=team.illustrative,
    )


def _fill(row: Council, body: Body) -> None:
    row.name, row.kind = one_line(body.name), body.kind
    row.parent, row.dimension_code = body.parent, body.dimension_code
    row.decree = body.decree or row.decree
    row.quorum_rule = body.quorum_rule
    row.quorum_count = body.quorum_count if body.quorum_rule == "count" else None
    row.decides_without_quorum = body.decides_without_quorum
    row.rhythm_days, row.public = body.rhythm_days, body.public
    row.formed_on, row.source = body.formed_on or body.decree_on, body.source.strip()
    row.illustrative = body.illustrative


def _new_decree(
    region: Region, row: Council, body: Body, *, by: Account | None, at: datetime
) -> Instrument:
    paper = Paper(
        kind="sk",
        title=f"Pembentukan {row.name}",
        number=body.decree_number,
        signed_on=body.decree_on,
        in_force_from=body.decree_on,
        fixes=Fixes("body", str(row.pk), row.name),
        public=body.public,
        illustrative=body.illustrative,
    )
    return record_instrument(region=region, paper=paper, by=by, at=at)


def _told(
    row: Council, verb: str, by: Account | None, at: datetime, *, reason: str = ""
) -> None:
    audit.record(
        by=by, at=at, verb=verb, subject=row, region=row.region_id, reason=reason
    )


def _refuse(
    region: Region, body: Body, *, at: datetime, but: Council | None = None
) -> None:
    name = one_line(body.name)
    if not name:
        raise CouncilRefused(_("The council needs a name."), next=_("Write its name."))
    refuse_future(body.decree_on, at=at, kind=CouncilRefused)
    others = Council.objects.filter(region=region, name=name)
    others = others.exclude(pk=but.pk) if but else others
    if others.exists():
        raise CouncilRefused(
            format_lazy(
                _("This region has a council called “{name}” already."), name=name
            ),
            next=_("Choose it from the list, or give this one another name."),
        )
    _refuse_rules(region, body, but)


def _refuse_rules(region: Region, body: Body, but: Council | None) -> None:
    if body.quorum_rule not in words.QUORUM_RULES or (
        body.quorum_rule == "count" and not body.quorum_count
    ):
        raise CouncilRefused(
            _("The quorum rule is not complete."),
            next=_("Choose a share of the seats, or write a number of seats."),
        )
    decree, parent = body.decree, body.parent
    foreign = any(one and one.region_id != region.pk for one in (decree, parent))
    if foreign or (parent is not None and parent == but):
        raise CouncilRefused(
            _("The decree or the body above it belongs to another region."),
            next=_("Choose those of this region."),
        )
    if (body.kind == "group") != (parent is not None):
        raise CouncilRefused(
            _("A working group has a team above it; other bodies have none."),
            next=_("Choose the team, or another kind of body."),
        )


# Seats


@transaction.atomic
def record_seat(
    *, body: Council, sitting: Sitting, by: Account | None, at: datetime
) -> Seat:
    """Seat somebody in a body, from a day; an account gets the body's role.

    Raises SeatRefused when a field is empty, the days run backwards, the body is
    dissolved, the account sits there already, or there is a chair on one of its days.
    """
    Council.objects.select_for_update().get(pk=body.pk)  # one chair at a time
    _refuse_sitting(body, sitting)
    _refuse_second(body, sitting)
    seat = Seat.objects.create(
        body=body,
        post=sitting.post,
        pillar=sitting.pillar,
        person_name=one_line(sitting.person_name),
        institution=one_line(sitting.institution),
        account=sitting.account,
        from_on=sitting.from_on,
        to_on=sitting.to_on,
        basis=sitting.basis,
        membership=_role(body, sitting, by=by, at=at),
        illustrative=sitting.illustrative,
    )
    if sitting.email:
        SeatContact.objects.create(
            seat=seat, region=body.region, email=sitting.email.strip().lower()
        )
    _seat_told(seat, "council.seat.recorded", by, at)
    return seat


@transaction.atomic
def record_seats(
    *, body: Council, sittings: Sequence[Sitting], by: Account | None, at: datetime
) -> int:
    """Seat many (a spreadsheet): all or none; how many there were."""
    for sitting in sittings:
        record_seat(body=body, sitting=sitting, by=by, at=at)
    return len(sittings)


@transaction.atomic
def end_seat(
    *, seat: Seat, on: date, by: Account, at: datetime, reason: str = ""
) -> None:
    """End a seat with a day; the row stays, the role it gave ends now.

    Raises SeatRefused when it is ended already or the day lies before its first or in
    the future.
    """
    row = (
        Seat.objects.select_for_update(of=("self",))
        .select_related("body")
        .get(pk=seat.pk)
    )
    if row.to_on is not None and row.to_on <= localdate(at):
        raise SeatRefused(
            _("This seat has ended already."), next=_("Nothing needs to be done.")
        )
    refuse_future(on, at=at, kind=SeatRefused)
    refuse_backwards(row.from_on, on, SeatRefused)
    row.to_on = on
    row.save(update_fields=["to_on"])
    held = row.membership
    if held is not None and held.in_force_at(at):
        revoke(membership=held, by=by, at=at, reason=reason)
    SeatContact.objects.filter(seat=row).delete()  # no need to reach them any more
    _seat_told(row, "council.seat.ended", by, at, reason=reason)


def _role(
    body: Council, sitting: Sitting, *, by: Account | None, at: datetime
) -> Membership | None:
    role = Role.objects.filter(code=ROLES.get(body.kind, "")).first()
    if sitting.account is None or role is None:
        return None
    held = Membership.objects.filter(
        account=sitting.account,
        role=role,
        region=body.region,
        body=body.pk,
        until__isnull=True,
    )
    if held.exists():
        return None
    place = Place(region=body.region, body=body.pk)
    return grant(account=sitting.account, role=role, place=place, by=by, at=at)


def _refuse_sitting(body: Council, sitting: Sitting) -> None:
    if body.dissolved_on is not None:
        raise SeatRefused(
            _("This body is dissolved."), next=_("Choose a body that stands.")
        )
    known = sitting.pillar in words.PILLARS and sitting.post in words.POSTS
    if not (one_line(sitting.person_name) and one_line(sitting.institution) and known):
        raise SeatRefused(
            _("The seat is not complete."),
            why=_("Name, institution and pillar are public record."),
            next=_("Fill all three in."),
        )
    refuse_backwards(sitting.from_on, sitting.to_on, SeatRefused)
    if sitting.basis is not None and sitting.basis.region_id != body.region_id:
        raise SeatRefused(
            _("The basis belongs to another region."),
            next=_("Choose an instrument of this region."),
        )


def _refuse_second(body: Council, sitting: Sitting) -> None:
    together = body.seats.filter(from_on__lte=sitting.to_on or date.max).exclude(
        to_on__lt=sitting.from_on
    )
    if sitting.post == "chair":
        chair = together.filter(post="chair").first()
        if chair is not None:
            raise SeatRefused(
                format_lazy(
                    _("{name} is chair in these days."), name=chair.person_name
                ),
                why=_("A body has one chair at a time."),
                next=_("End that seat first, or choose another post."),
            )
    if sitting.account and together.filter(account=sitting.account).exists():
        raise SeatRefused(
            _("This person has a seat in the body already."),
            next=_("End that seat first, or choose another person."),
        )


def _seat_told(
    seat: Seat, verb: str, by: Account | None, at: datetime, *, reason: str = ""
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=verb,
        subject=seat,
        region=seat.body.region_id,
        reason=reason.strip(),
        details={"body": seat.body_id, "post": seat.post, "pillar": seat.pillar},
    )
