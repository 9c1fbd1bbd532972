"""Who may give which role where, for how long, and who must stay.

Nobody gives away what they do not hold themselves in that place, and no region is left
without somebody who may invite others.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from habaring.people.access import Place, Power, powers
from habaring.people.models import Account, HeldIn, Membership, Role
from habaring.regions.models import LOCAL_KINDS, Region, RegionKind
from habaring.shared.refusal import Refusal, Words

_PLACES: dict[str, tuple[str, ...]] = {
    HeldIn.PLATFORM: (),
    HeldIn.REGION: (RegionKind.PROVINCE, *LOCAL_KINDS),
    HeldIn.DEPARTMENT: (RegionKind.PROVINCE, *LOCAL_KINDS),
    HeldIn.BODY: (RegionKind.PROVINCE, *LOCAL_KINDS),
    HeldIn.DISTRICT: (RegionKind.DISTRICT,),
    HeldIn.VILLAGE: (RegionKind.URBAN_VILLAGE, RegionKind.VILLAGE),
}
FOREVER = datetime.max.replace(tzinfo=UTC)


class RoleNotGiven(Refusal):
    """The role comes by itself, or opens nothing yet."""


class WrongPlace(Refusal):
    """The role is not held in such a place."""


class RoleBeyondYours(Refusal):
    """The giver lacks a power of the role in that place."""

    status = 403


class TermUnusable(Refusal):
    """The span of time is empty or over."""


class LastKeeper(Refusal):
    """Nobody would be left in the region to invite others."""


@dataclass(frozen=True)
class Term:
    """From when to when a role is held, and why. No `since`: from the moment of giving;
    no `until`: without an end. `until` is the first moment at which it no longer holds.
    """

    since: datetime | None = None
    until: datetime | None = None
    note: str = ""


def check_place(role: Role, place: Place) -> None:
    """Refuse a role that is not given by hand, or a place where it is not held."""
    if not role.is_given:
        raise RoleNotGiven(
            what=_("This role cannot be given."),
            why=_("It comes by itself, or opens nothing in the work room yet."),
            next=_("Choose another role."),
        )
    kinds = _PLACES[role.held_in]
    if (place.region is None) != (not kinds) or (
        place.region is not None and place.region.kind not in kinds
    ):
        raise _wrong(role, _place_words(role))
    if place.department is not None and role.held_in != HeldIn.DEPARTMENT:
        raise _wrong(role, _("Leave the department open for this role."))
    if place.body is not None and role.held_in != HeldIn.BODY:
        raise _wrong(role, _("Leave the body open for this role."))


def _place_words(role: Role) -> Words:
    return {
        HeldIn.PLATFORM: _("It is held for the whole platform, without a region."),
        HeldIn.DISTRICT: _("It is held in a district: choose one."),
        HeldIn.VILLAGE: _("It is held in a village: choose one."),
    }.get(
        HeldIn(role.held_in),
        _("It is held in a province, kabupaten or kota, not below."),
    )


def _wrong(role: Role, why: Words) -> WrongPlace:
    return WrongPlace(
        what=_("The role %(role)s is not held there.") % {"role": role.name},
        why=why,
        next=_("Choose another place or another role."),
    )


def may_give(role: Role, place: Place, *, by: Account, at: datetime) -> bool:
    """Whether this person holds all that the role carries, in that place, and the right
    to give it.
    """
    if role.platform_wide or role.from_platform:
        held = powers(by, at=at)
    else:
        held = powers(
            by,
            at=at,
            region=place.region,
            department=place.department,
            body=place.body,
        )
    return Power.MANAGE_PEOPLE in held and all(word in held for word in role.powers)


def require_giver(role: Role, place: Place, *, by: Account, at: datetime) -> None:
    """Refuse who would give, change or end a role that reaches beyond their own."""
    if not may_give(role, place, by=by, at=at):
        raise RoleBeyondYours(
            what=_("The role %(role)s is not yours to give or to end.")
            % {"role": role.name},
            why=_(
                "It carries more than you hold in that place, or the platform gives it."
            ),
            next=_("Ask the operator of the platform."),
        )


def givable(region: Region | None, *, by: Account, at: datetime) -> list[Role]:
    """The roles that this person may give from the page of a region or the platform."""
    roles = [role for role in Role.objects.all() if role.is_given]
    if region is None:
        return [role for role in roles if may_give(role, Place(), by=by, at=at)]
    here = Place(region)
    return [
        role
        for role in roles
        if not role.platform_wide
        and not role.from_platform
        and may_give(role, here, by=by, at=at)
    ]


def check_term(term: Term, *, at: datetime) -> None:
    """Refuse a span that is empty or over already."""
    begins = max(at, term.since or at)
    if term.until is not None and term.until <= begins:
        raise TermUnusable(
            what=_("The role would never hold."),
            why=_("Its last day lies before its first, or in the past."),
            next=_("Choose a later last day, or leave it open."),
        )


def place_of(membership: Membership) -> Place:
    """Where a membership holds."""
    return Place(membership.region, membership.department, membership.body)


def check_keeper_stays(
    membership: Membership, *, until: datetime | None, by: Account, at: datetime
) -> None:
    """Refuse an end that leaves a moment at which nobody here may invite others.

    The operator may end a region's last keeper, but not the platform's.
    """
    if Power.MANAGE_PEOPLE not in membership.role.powers:
        return
    if membership.region_id is not None and Power.MANAGE_PEOPLE in powers(by, at=at):
        return
    keepers = Membership.objects.not_over(at).filter(
        region=membership.region_id,
        department=None,
        body=None,
        account__is_active=True,
        role__powers__contains=[str(Power.MANAGE_PEOPLE)],
    )
    spans = {row.pk: (row.since, row.until or FOREVER) for row in keepers}
    before = _covered(spans.values(), at)
    spans[membership.pk] = (membership.since, until or FOREVER)
    if _covered(spans.values(), at) < before:
        raise LastKeeper(
            what=_("The role was not ended."),
            why=_("Nobody else here could invite others from then on."),
            next=_("Invite a successor first."),
        )


def _covered(spans: Iterable[tuple[datetime, datetime]], at: datetime) -> datetime:
    """Up to when the spans, laid end to end from `at`, leave no gap."""
    reached = at
    for since, until in sorted(spans):
        if since <= reached:
            reached = max(reached, until)
    return reached
