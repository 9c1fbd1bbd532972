"""Roles, powers, and the one door: `require`.

A role is a row that carries powers (words). A membership gives one role to one
person in one region (and what lies below it) or in one department. Nobody is let
in by default.
"""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account, Membership
from habaring.regions.models import Department, Region
from habaring.shared import door, walls
from habaring.shared.refusal import Refusal

if TYPE_CHECKING:
    from habaring.people.models import MembershipQuerySet


class Power(StrEnum):
    """What a role lets a person do. Rows of `Role` list these words."""

    MANAGE_PEOPLE = "manage_people"
    MANAGE_REGION = "manage_region"
    RECORD_OBSERVATIONS = "record_observations"
    PUBLISH_INDEX = "publish_index"
    RECORD_CANDIDATES = "record_candidates"
    DRAFT_SCENARIOS = "draft_scenarios"
    RECORD_DECISIONS = "record_decisions"
    ADOPT_PLAN = "adopt_plan"
    WRITE_PLAN = "write_plan"
    ISSUE_EDITION = "issue_edition"
    SEE_WORK_ROOM = "see_work_room"
    SEE_AUDIT = "see_audit"
    MANAGE_POSTS = "manage_posts"
    MANAGE_BODIES = "manage_bodies"
    RECORD_MEETINGS = "record_meetings"
    SEE_PERSONAL_DATA = "see_personal_data"
    PROTECT_PERSONAL_DATA = "protect_personal_data"  # the data protection officer
    MANAGE_API = "manage_api"


class SignInNeeded(Refusal):
    """Nobody is signed in."""

    status = 401


class NotAllowed(Refusal):
    """The person may not do this here."""

    status = 403


def memberships_of(account: Account, *, at: datetime) -> "MembershipQuerySet":
    """The roles that a person holds at a moment."""
    return (
        Membership.objects.in_force(at)
        .filter(account=account)
        .select_related("role", "region", "department")
    )


def _covers(
    membership: Membership, region: Region | None, department: Department | None
) -> bool:
    if membership.role.platform_wide:
        return True
    if region is None or membership.region_id is None:
        return False
    held = membership.region_id
    if region.code != held and not region.code.startswith(f"{held}."):
        return False
    if membership.department_id is None:
        return True
    return department is not None and membership.department_id == department.pk


def powers(
    account: Account | AnonymousUser,
    *,
    at: datetime,
    region: Region | None = None,
    department: Department | None = None,
) -> frozenset[Power]:
    """All that this person may do in a region, or in one of its departments."""
    if not isinstance(account, Account) or not account.is_active:
        return frozenset()
    return frozenset(
        Power(word)
        for membership in memberships_of(account, at=at)
        if _covers(membership, region, department)
        for word in membership.role.powers
    )


def require(
    account: Any,
    power: Power,
    *,
    at: datetime,
    region: Region | None = None,
    department: Department | None = None,
) -> Account:
    """Let the person through, or refuse; opens the region's rows (`shared.walls`).

    Raises SignInNeeded when nobody is signed in, NotAllowed when the roles held at
    this moment do not carry the power in this region or department.
    """
    if not isinstance(account, Account):
        raise SignInNeeded(
            what=_("You need to sign in for this."),
            why=_(
                "This part of the work room is for the people who run the programme."
            ),
            next=_("Sign in, or ask your region's secretariat for an invitation."),
        )
    if power not in powers(account, at=at, region=region, department=department):
        raise NotAllowed(
            what=_("Your role does not allow this."),
            why=_("The roles you hold in this region do not include this task."),
            next=_("Ask your region's secretariat to give you the role that does it."),
        )
    if connection.in_atomic_block:  # streamed downloads go on after the transaction
        walls.open_person(account.pk)
        if region is not None:
            walls.open_region(region.code)
    return account


door.hang(require)


def regions_of(account: Account, *, at: datetime) -> list[Region]:
    """The regions in which this person holds a role, in the order of their codes."""
    found = {
        membership.region.code: membership.region
        for membership in memberships_of(account, at=at)
        if membership.region is not None
    }
    return [found[code] for code in sorted(found)]
