"""The verbs of mentors: named for a region by a row, and ended; the row stays."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.guidance.models import Cohort, Mentorship
from habaring.people import actions as people
from habaring.people.access import Place
from habaring.people.models import Account, Membership, Role
from habaring.regions.models import Region
from habaring.shared import audit
from habaring.shared.refusal import Refusal

MENTOR = "mentor"


class MentorRefused(Refusal):
    """A mentor who cannot guide this region."""


@dataclass(frozen=True)
class Guide:
    """Who guides. `account` None: a mentor of earlier years without an account here."""

    name: str
    institution: str = ""
    expertise: str = ""
    account: Account | None = None
    since: date | None = None
    until: date | None = None
    cohort: Cohort | None = None
    source: str = ""
    illustrative: bool = False


@transaction.atomic
def assign_mentor(
    *, region: Region, guide: Guide, by: Account | None, at: datetime
) -> Mentorship:
    """Name a mentor of a region; an account gets the role there, and nowhere else.

    Raises MentorRefused for somebody who guides it already, or who works in it.
    """
    since = guide.since or localdate(at)
    if guide.until is not None and guide.until < since:
        raise MentorRefused(
            what=_("The days run backwards."), next=_("Look at both days again.")
        )
    if guide.account is not None:
        _refuse_mentor(region, guide.account, at=at)
        if guide.until is None:
            _give_role(region, guide.account, by=by, at=at)
    row = Mentorship.objects.create(
        region=region,
        cohort=guide.cohort,
        account=guide.account,
        name=guide.name.strip(),
        institution=guide.institution.strip(),
        expertise=guide.expertise.strip(),
        since=since,
        until=guide.until,
        source=guide.source.strip(),
        illustrative=guide.illustrative,
        recorded_at=at,
        recorded_by=by,
    )
    audit.record(
        by=by,
        at=at,
        verb="guidance.mentor.assigned",
        subject=row,
        region=region.code,
        details={"since": str(since)},
    )
    return row


def _refuse_mentor(region: Region, account: Account, *, at: datetime) -> None:
    current = Mentorship.objects.filter(
        region=region, account=account, until__isnull=True
    )
    if current.exists():
        raise MentorRefused(
            what=_("This person guides the region already."),
            next=_("Choose another region, or end the guidance first."),
        )
    works = Membership.objects.in_force(at).filter(account=account, region=region)
    if works.exclude(role__code=MENTOR).exists():
        raise MentorRefused(
            what=_("This person works in the region."),
            why=_("A mentor looks at the work from outside."),
            next=_("Name somebody who holds no role in this region."),
        )


def _give_role(
    region: Region, account: Account, *, by: Account | None, at: datetime
) -> None:
    held = Membership.objects.in_force(at).filter(
        account=account, region=region, role__code=MENTOR
    )
    if held.exists():
        return
    # the programme office may name mentors, though it gives no other role
    people.grant(
        account=account,
        role=Role.objects.get(code=MENTOR),
        place=Place(region=region),
        by=None,
        at=at,
    )


@transaction.atomic
def end_mentoring(
    *, mentorship: Mentorship, on: date, by: Account | None, at: datetime
) -> Mentorship:
    """The guidance ends; the row stays, since a former mentor does not assess."""
    row = Mentorship.objects.select_for_update(of=("self",)).get(pk=mentorship.pk)
    if row.until is not None or on < row.since:
        raise MentorRefused(
            what=_("The guidance cannot be ended so."),
            why=_("It has ended, or would end before it began."),
            next=_("Look at its days again."),
        )
    row.until = on
    row.save(update_fields=["until"])
    held = Membership.objects.in_force(at).filter(
        account=row.account_id, region=row.region_id, role__code=MENTOR
    )
    for membership in held if row.account_id else ():
        _take_role(membership, by=by, at=at)
    audit.record(
        by=by,
        at=at,
        verb="guidance.mentor.ended",
        subject=row,
        region=row.region_id,
        details={"until": str(on)},
    )
    return row


def _take_role(membership: Membership, *, by: Account | None, at: datetime) -> None:
    """The role came with the guidance and ends with it."""
    membership.until, membership.ended_by = max(at, membership.since), by
    membership.ended_reason = str(_("The guidance of this region ended."))
    membership.save(update_fields=["until", "ended_by", "ended_reason"])
    audit.record(
        by=by,
        at=at,
        verb="people.role.revoked",
        subject=membership,
        region=membership.region_id or audit.PLATFORM,
        reason=membership.ended_reason,
        details={"account": membership.account_id, "role": membership.role_id},
    )
