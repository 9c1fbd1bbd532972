"""What is held about a person, what they asked, what waits: read for the pages."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q

from habaring.people.access import memberships_of
from habaring.people.entitled.models import RegisterEntry
from habaring.people.follows.models import Follow
from habaring.people.models import Account, Membership
from habaring.posts.queries import posts_held
from habaring.privacy.models import (
    Consent,
    DataRequest,
    Identity,
    LegalBasis,
    Purpose,
    RequestState,
)
from habaring.privacy.opening import every_region
from habaring.regions.models import Region
from habaring.shared.holdings import Holding, holdings
from habaring.shared.refusal import Words


@dataclass(frozen=True)
class Held:
    """One holding with its rows about one person."""

    holding: Holding
    rows: Sequence[Mapping[str, Any]]

    @property
    def table(self) -> list[list[Any]]:
        """The rows in the order of the columns."""
        keys = [column.key for column in self.holding.columns]
        if self.holding.summed:
            return [[sum(row[keys[-1]] for row in self.rows)]]
        return [[row.get(key) for key in keys] for row in self.rows]

    @property
    def labelled(self) -> list[list[tuple[Words, Any]]]:
        """As `table`, each value with the heading of its column."""
        heads = [column.label for column in self.holding.columns]
        return [list(zip(heads, row, strict=False)) for row in self.table]


@dataclass(frozen=True)
class ByPurpose:
    """A purpose, what it holds about one person, and their consent to it."""

    purpose: Purpose
    held: Sequence[Held]
    consent: Consent | None

    @property
    def rests_on_consent(self) -> bool:
        return self.purpose.basis == LegalBasis.CONSENT


def purposes() -> list[Purpose]:
    """The purposes in force, in their order."""
    return list(Purpose.objects.in_force())


def wording_sha256(text: str) -> str:
    """What is kept of the words that a person agreed to."""
    return hashlib.sha256(text.encode()).hexdigest()


def consent_to(account: Account, code: str) -> Consent | None:
    """The consent in force to the present wording of a purpose; None: there is none."""
    return (
        Consent.objects.filter(
            account=account,
            purpose__code=code,
            purpose__replaced_at__isnull=True,
            withdrawn_at__isnull=True,
        )
        .select_related("purpose")
        .first()
    )


def held_about(account: Account) -> list[Held]:
    """Everything that is held about a person, in all regions; the empty left out."""
    with every_region():
        found = [Held(one, list(one.collect(account))) for one in holdings()]
    return [one for one in found if one.rows]


def by_purpose(account: Account) -> list[ByPurpose]:
    """The same under the purposes, in their order."""
    held = held_about(account)
    given = {
        row.purpose_id: row
        for row in Consent.objects.filter(account=account, withdrawn_at__isnull=True)
    }
    return [
        ByPurpose(
            purpose,
            [one for one in held if one.holding.purpose == purpose.code],
            given.get(purpose.pk),
        )
        for purpose in purposes()
    ]


@dataclass(frozen=True)
class Erasure:
    """What would happen if a person's data were erased now."""

    goes: Sequence[Held]
    stays: Sequence[Held]
    held_by_post: Sequence[str]  # names of posts that must be handed over first
    last_keeper_of: Sequence[str]  # regions that nobody else could manage
    automatic: bool  # no officer has to look at it

    @property
    def possible(self) -> bool:
        return not self.held_by_post and not self.last_keeper_of


def erasure(account: Account, *, at: datetime) -> Erasure:
    """What goes, what stays and why, and what stands in the way."""
    held = held_about(account)
    return Erasure(
        goes=[one for one in held if one.holding.erase is not None],
        stays=[one for one in held if one.holding.stays],
        held_by_post=[
            f"{post.name} ({post.region.full_name})"
            for post in posts_held(account, at=at)
        ],
        last_keeper_of=_last_keeper_of(account, at),
        automatic=not any(one.holding.officer_decides for one in held),
    )


def _last_keeper_of(account: Account, at: datetime) -> list[str]:
    """Regions in which only this person may invite others."""

    alone = []
    for own in memberships_of(account, at=at):
        if own.department_id or "manage_people" not in own.role.powers:
            continue
        others = (
            Membership.objects.in_force(at)
            .filter(region=own.region_id, department=None)
            .exclude(account=account)
            .select_related("role")
        )
        if not any("manage_people" in one.role.powers for one in others):
            alone.append(own.region.full_name if own.region else "")
    return alone


@dataclass(frozen=True)
class Clock:
    """How much of the 72 hours is left at a moment."""

    due_at: datetime
    at: datetime
    stopped_at: datetime | None = None

    @cached_property
    def left(self) -> timedelta:
        return self.due_at - (self.stopped_at or self.at)

    @property
    def late(self) -> bool:
        """On the stroke of the seventy-second hour it is still in time."""
        return self.left < timedelta(0)

    @property
    def running(self) -> bool:
        return self.stopped_at is None

    @property
    def hours(self) -> int:
        """Whole hours left, or gone by since the clock ran out."""
        return int(abs(self.left) // timedelta(hours=1))

    @property
    def tone(self) -> str:
        if not self.running:
            return "bad" if self.late else "good"
        if self.late:
            return "bad"
        return "warn" if self.left <= timedelta(hours=24) else "info"


@dataclass(frozen=True)
class Asked:
    """A request with its clock."""

    row: DataRequest
    clock: Clock


def clocked(rows: Sequence[DataRequest], *, at: datetime) -> list[Asked]:
    """Requests with the time that is left of each."""
    return [Asked(row, Clock(row.due_at, at, row.answered_at)) for row in rows]


def queue(region: Region, *, at: datetime) -> list[Asked]:
    """What waits for an answer in a region, the latest first."""
    rows = DataRequest.objects.filter(region_code=region.code).waiting()
    return clocked(list(rows.select_related("account").order_by("due_at")), at=at)


def requests_of(account: Account, *, at: datetime) -> list[Asked]:
    """What a person asked, newest first."""
    rows = DataRequest.objects.filter(account=account).order_by("-received_at")
    return clocked(list(rows), at=at)


@dataclass(frozen=True)
class Answered:
    """How a region kept the clock: numbers for its public page."""

    waiting: int
    answered: int
    in_time: int

    @property
    def share(self) -> float | None:
        """0 to 1; None while nothing was answered."""
        return self.in_time / self.answered if self.answered else None


def answered(region: Region) -> Answered:
    """How many requests came, and how many were answered within 72 hours."""
    rows = list(
        DataRequest.objects.filter(region_code=region.code).values_list(
            "state", "due_at", "answered_at"
        )
    )
    done = [(due, when) for state, due, when in rows if state != RequestState.OPEN]
    return Answered(
        waiting=len(rows) - len(done),
        answered=len(done),
        in_time=sum(when is not None and when <= due for due, when in done),
    )


def known_in(account: Account, region: Region) -> bool:
    """Whether a person has, or had, to do with a region: a role, a request, an identity,
    a wish to hear of it, or a line of one of its registers. Needs the region opened.
    """
    here = {"account": account, "region_code": region.code}
    return (
        Membership.objects.filter(account=account)
        .filter(Q(region=region.code) | Q(region__code__startswith=f"{region.code}."))
        .exists()
        or DataRequest.objects.filter(**here).exists()
        or Identity.objects.filter(**here).exists()
        or Follow.objects.filter(account=account, region=region.code).exists()
        or RegisterEntry.objects.filter(account=account, region=region.code).exists()
    )
