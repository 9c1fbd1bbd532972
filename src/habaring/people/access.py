"""Roles, powers, and the one door: `require`.

A role is a row that carries powers (words). A membership gives one role to one
person in one region (and what lies below it), in one department, or in one body, from
when to when. Nobody is let in by default.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils.translation import gettext_lazy as _

from habaring.people import second_step
from habaring.people.models import Account, Membership, Role, RolesWritten
from habaring.regions.models import Department, Region
from habaring.shared import door, walls
from habaring.shared.refusal import Refusal, Words

if TYPE_CHECKING:
    from habaring.people.models import MembershipQuerySet


class Power(StrEnum):
    """What a role lets a person do. Rows of `Role` list these words.

    Each is told in a sentence in `powers.py`.
    """

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
    MANAGE_CALLS = "manage_calls"
    ENTER_PROPOSALS = "enter_proposals"  # for people without a telephone, and meetings
    MODERATE = "moderate"
    CHECK_PROPOSALS = "check_proposals"
    RUN_VOTES = "run_votes"
    MANAGE_TAX_RULES = "manage_tax_rules"  # a second person approves
    MANAGE_TAX_REGISTER = "manage_tax_register"
    ISSUE_BILLS = "issue_bills"
    TAKE_PAYMENTS = "take_payments"
    COLLECT_IN_VILLAGE = "collect_in_village"
    DECIDE_TAX_CASES = "decide_tax_cases"
    RECONCILE = "reconcile"
    MANAGE_PARTNERS = "manage_partners"  # banks, their keys, collectors' devices
    KEEP_EVIDENCE = "keep_evidence"
    JUDGE_EVIDENCE = "judge_evidence"
    RUN_WORKSHOPS = "run_workshops"
    TAKE_PART_IN_GUIDANCE = (
        "take_part_in_guidance"  # a region: applies, hands in, answers
    )
    RUN_COHORTS = "run_cohorts"  # the ministry's programme office, platform-wide
    MENTOR = "mentor"  # only regions that a row of guidance names
    ASSESS = "assess"  # only evaluations that a row of guidance names
    SHARE_PRACTICES = "share_practices"


OF_THE_REGION = frozenset({Power.SEE_WORK_ROOM})
"""What a department or a body carries up to its region: its people read the region's
work room, and write in their own part alone. A district or village carries nothing up.
"""

Part: TypeAlias = Literal["department", "body"]

IN_PART: Mapping[Power, Part] = {
    Power.RECORD_OBSERVATIONS: "department",
    Power.RECORD_CANDIDATES: "department",
    Power.CHECK_PROPOSALS: "department",
    Power.KEEP_EVIDENCE: "department",
    Power.RECORD_MEETINGS: "body",
    Power.RECORD_DECISIONS: "body",
}
"""What can be done for one part of a region alone: its pages ask `require_part`. All
other powers held in a department or a body open no page of the region.
"""


class SignInNeeded(Refusal):
    """Nobody is signed in; `power` is what was asked for, `in_part` whether holding it
    in a part of the region would do.
    """

    status = 401

    def __init__(
        self,
        what: Words,
        why: Words = "",
        next: Words = "",
        *,
        power: Power | None = None,
    ) -> None:
        super().__init__(what, why, next)
        self.power = power
        self.in_part = False


class NotAllowed(Refusal):
    """The person may not do this here."""

    status = 403


@dataclass(frozen=True)
class Place:
    """Where a role holds: everywhere, in a region, in a department or a body of it.

    `body` is the id of a row of `council`.
    """

    region: Region | None = None
    department: Department | None = None
    body: int | None = None


@dataclass(frozen=True)
class Extent:
    """How far a power goes in a region: all of it, or some of its parts.

    `departments` are keys of regions.Department, `bodies` ids of rows of `council`.
    """

    whole: bool = False
    departments: frozenset[int] = frozenset()
    bodies: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return self.whole or bool(self.departments or self.bodies)

    def has_department(self, key: int | None) -> bool:
        """Whether what belongs to a department (None: to none) lies in it."""
        return self.whole or key in self.departments

    def has_body(self, key: int | None) -> bool:
        """The same for what belongs to a body."""
        return self.whole or key in self.bodies


EVERYWHERE = Extent(whole=True)


def memberships_of(account: Account, *, at: datetime) -> "MembershipQuerySet":
    """The roles that a person holds at a moment."""
    return (
        Membership.objects.in_force(at)
        .filter(account=account)
        .select_related("role", "region", "department")
    )


# how often roles were written, the savepoints open, and what was read then
_Kept: TypeAlias = tuple[int, tuple[str, ...], list[Membership]]


def _read(account: Account) -> list[Membership]:
    """All memberships of a person, read once a request and kept on its account.

    Read anew after each write about roles, and once the savepoint is left in which they
    were read, since what it wrote may have been rolled back.
    """
    open_now = tuple(connection.savepoint_ids)
    kept = account.roles_read
    if kept is not None:
        times, opened, rows = cast("_Kept", kept)
        if times == RolesWritten.times and open_now[: len(opened)] == opened:
            return rows
    rows = list(
        Membership.objects.filter(account=account.pk).select_related(
            "role", "region", "department"
        )
    )
    account.roles_read = (RolesWritten.times, open_now, rows)
    return rows


def _below(code: str, held: str) -> bool:
    return code == held or code.startswith(f"{held}.")


def _words(membership: Membership, place: Place) -> Iterable[Power]:
    """What one membership opens in a place."""
    known = [Power(word) for word in membership.role.powers if word in _KNOWN]
    if membership.role.platform_wide:
        return known
    region, held = place.region, membership.region_id
    if region is None or held is None or not _below(region.code, held):
        return ()
    own_department = membership.department_id in (None, _key(place.department))
    own_body = membership.body in (None, place.body)
    if own_department and own_body and _belongs(place.department, region):
        return known
    return [power for power in known if power in OF_THE_REGION]


_KNOWN = frozenset(str(power) for power in Power)


def _key(department: Department | None) -> int | None:
    return department.pk if department else None


def _belongs(department: Department | None, region: Region) -> bool:
    """A department of another region opens nothing here."""
    return department is None or _below(region.code, department.region_id)


def powers(
    account: Account | AnonymousUser,
    *,
    at: datetime,
    region: Region | None = None,
    department: Department | None = None,
    body: int | None = None,
) -> frozenset[Power]:
    """All that this person may do in a region, one of its departments or bodies."""
    place = Place(region, department, body)
    return frozenset(
        power
        for membership in _held(account, at)
        for power in _words(membership, place)
    )


def extent(
    account: Account | AnonymousUser, power: Power, *, at: datetime, region: Region
) -> Extent:
    """How far a person may use a power in a region; false where not at all.

    Parts are named for the powers of `IN_PART` alone.
    """
    held = _held(account, at)
    if any(power in _words(one, Place(region)) for one in held):
        return EVERYWHERE
    parts = [_place(one, region) for one in held if power in _words_inside(one, region)]
    return Extent(
        departments=frozenset(p.department.pk for p in parts if p.department),
        bodies=frozenset(p.body for p in parts if p.body is not None),
    )


def powers_with_parts(
    account: Account | AnonymousUser, *, at: datetime, region: Region
) -> frozenset[Power]:
    """All that a person may do in a region or in a part of it: what a first page offers."""
    inside = (_words_inside(one, region) for one in _held(account, at))
    return powers(account, at=at, region=region).union(*inside)


def _held(account: Account | AnonymousUser, at: datetime) -> list[Membership]:
    """The memberships that open something now."""
    if not isinstance(account, Account) or not account.is_active:
        return []
    return [
        one
        for one in _read(account)
        if one.in_force_at(at) and _opened_by(account, one)
    ]


def works(account: object, *, at: datetime) -> bool:
    """Whether a person holds any role now; who holds none has no work room."""
    return isinstance(account, Account) and any(
        one.in_force_at(at) for one in _read(account)
    )


def _place(membership: Membership, region: Region) -> Place:
    """The part of the region that a membership is for, if it is for one."""
    return Place(region, membership.department, membership.body)


def _words_inside(membership: Membership, region: Region) -> frozenset[Power]:
    if membership.body is not None and membership.region_id != region.code:
        return frozenset()  # a body sits in one region, and not in those below
    return inside(_words(membership, _place(membership, region)), membership)


def inside(words: Iterable[Power], place: "Place | Membership") -> frozenset[Power]:
    """Of the powers held in a part of a region, those that the part's pages know."""
    parts: set[Part] = set()
    if place.department is not None:
        parts.add("department")
    if place.body is not None:
        parts.add("body")
    return frozenset(
        power for power in words if len(parts) == 1 and IN_PART.get(power) in parts
    )


def _opened_by(account: Account, membership: Membership) -> bool:
    """A role that asks for a second step opens nothing to a session without one."""
    return account.passed_second_step or not membership.role.second_step


def powers_of(role: Role, held: Place, asked: Place) -> frozenset[Power]:
    """What a role held in one place would open in another: as `powers`, for nobody."""
    row = Membership(
        role=role, region=held.region, department=held.department, body=held.body
    )
    return frozenset(_words(row, asked))


def require(
    account: Any,
    power: Power,
    *,
    at: datetime,
    region: Region | None = None,
    department: Department | None = None,
    body: int | None = None,
) -> Account:
    """Let the person through, or refuse; opens the region's rows (`shared.walls`).

    Raises SignInNeeded when nobody is signed in, SecondStepNeeded when the session has
    not passed the second step that a role asks for, NotAllowed when the roles held at
    this moment do not carry the power in this region, department or body (the id of a
    row of `council`).
    """
    if not isinstance(account, Account):
        raise SignInNeeded(
            what=_("You need to sign in for this."),
            why=_(
                "This part of the work room is for the people who run the programme."
            ),
            next=_("Sign in, or ask your region's secretariat for an invitation."),
            power=power,
        )
    held = powers(account, at=at, region=region, department=department, body=body)
    if power not in held:
        if not account.passed_second_step and second_step.asked_of(account, at=at):
            raise second_step.SecondStepNeeded
        raise NotAllowed(
            what=_("Your role does not allow this."),
            why=_("The roles you hold in this region do not include this task."),
            next=_("Ask your region's secretariat to give you the role that does it."),
        )
    _open(account, region)
    return account


def _open(account: Account, region: Region | None) -> None:
    if connection.in_atomic_block:  # streamed downloads go on after the transaction
        if region is None:
            walls.open_person(account.pk)
        else:
            walls.open_both(account.pk, region.code)


def require_part(
    account: Any, power: Power, *, at: datetime, region: Region
) -> tuple[Account, Extent]:
    """Let in who holds a power in the region or in a part of it; tells how far it goes.

    What lies outside is for the caller to refuse: nothing else does. Raises as
    `require` does.
    """
    found = extent(account, power, at=at, region=region)
    if found and not found.whole and isinstance(account, Account):
        _open(account, region)
        return account, found
    try:
        return require(account, power, at=at, region=region), found
    except SignInNeeded as nobody:
        nobody.in_part = power in IN_PART
        raise


door.hang(require)


def regions_of(account: Account, *, at: datetime) -> list[Region]:
    """The regions in which this person holds a role, in the order of their codes."""
    found = {
        membership.region.code: membership.region
        for membership in _read(account)
        if membership.region is not None and membership.in_force_at(at)
    }
    return [found[code] for code in sorted(found)]
