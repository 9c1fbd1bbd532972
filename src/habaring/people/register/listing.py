"""The list of who holds which role: narrowed, sorted, told in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from habaring.people.models import (
    Account,
    Invitation,
    Membership,
    MembershipQuerySet,
)
from habaring.regions.models import Region

SOON = timedelta(days=30)
_TONES = {"now": "good", "soon": "warn", "later": "info", "over": ""}


def state_words(state: str) -> str:
    """The state of a role in the reader's language."""
    return {
        "now": _("in force"),
        "soon": _("ending soon"),
        "later": _("not yet in force"),
        "over": _("ended"),
    }[state]


@dataclass(frozen=True)
class Line:
    """One role of one person, ready to be shown. `last_on` is the last whole day."""

    row: Membership
    where: str
    state: str
    last_on: date | None

    @property
    def tone(self) -> str:
        return _TONES[self.state]

    @property
    def words(self) -> str:
        return state_words(self.state)


def last_day(until: datetime | None) -> date | None:
    """The day on which a role is held for the last time."""
    return localdate(until - timedelta(microseconds=1)) if until else None


def lines(
    rows: Iterable[Membership],
    *,
    page_of: Region | None,
    bodies: Mapping[int, str],
    at: datetime,
) -> list[Line]:
    """The memberships as a page of a region (or of the platform) shows them."""
    return [
        Line(
            row=row,
            where=where(row, page_of=page_of, bodies=bodies),
            state=row.state(at, soon=at + SOON),
            last_on=last_day(row.until),
        )
        for row in rows
    ]


def where(
    row: Membership | Invitation, *, page_of: Region | None, bodies: Mapping[int, str]
) -> str:
    """The part of the region in which a role holds; "" for the whole of it."""
    parts = []
    if row.region is not None and row.region != page_of:
        parts.append(row.region.full_name)
    if row.department is not None:
        parts.append(row.department.name)
    if row.body is not None:
        parts.append(bodies.get(row.body) or _("body no. %(id)d") % {"id": row.body})
    return ", ".join(parts)


def people_of(region: Region | None) -> MembershipQuerySet:
    """All that a page of people lists, by name."""
    return (
        Membership.objects.kept_by(region)
        .select_related("account", "role", "region", "department", "granted_by")
        .order_by("account__full_name", "account_id", "role__order", "since")
    )


def narrowed(
    rows: MembershipQuerySet, asked: Mapping[str, str], *, at: datetime
) -> MembershipQuerySet:
    """The rows that fit the filters of the address (see `forms.PeopleFilter`)."""
    rows = _in_state(rows, asked.get("keadaan") or "", at)
    if words := asked.get("q"):
        rows = rows.filter(
            Q(account__full_name__icontains=words)
            | Q(account__email__icontains=words)
            | Q(role__name_id__icontains=words)
            | Q(role__name_en__icontains=words)
            | Q(department__name_id__icontains=words)
            | Q(department__short_name__icontains=words)
            | Q(region__name__icontains=words)
        )
    exact = {
        name: value
        for name, value in (
            ("role", asked.get("peran")),
            ("department__code", asked.get("opd")),
            ("body", asked.get("badan")),
        )
        if value
    }
    return rows.filter(**exact)


def _in_state(rows: MembershipQuerySet, state: str, at: datetime) -> MembershipQuerySet:
    return {
        "": lambda: rows.not_over(at),
        "berlaku": lambda: rows.in_force(at),
        "segera": lambda: rows.ending_by(at, at + SOON),
        "nanti": lambda: rows.filter(since__gt=at).not_over(at),
        "berakhir": lambda: rows.filter(until__lte=at),
        "semua": lambda: rows,
    }[state]()


def waiting_for(region: Region | None) -> list[Invitation]:
    """Invitations that nobody has answered, newest first."""
    return list(
        Invitation.objects.waiting()
        .kept_by(region)
        .select_related("role", "region", "department", "invited_by")
    )


def known_here(account: Account, region: Region | None) -> bool:
    """Whether a person holds or held a role that this page shows."""
    return Membership.objects.kept_by(region).filter(account=account).exists()
