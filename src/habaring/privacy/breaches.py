"""The register of failures to protect personal data: UU 27/2022, article 46."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from habaring.people.models import Account
from habaring.privacy.models import CLOCK, Breach, BreachEntry, BreachStep
from habaring.regions.models import Region
from habaring.shared import audit
from habaring.shared.refusal import Refusal


class BreachRefused(Refusal):
    """The register does not take it so."""


@dataclass(frozen=True)
class Found:
    """A breach as it was discovered."""

    title: str
    discovered_at: datetime
    what: str
    data_kinds: str
    people_count: int | None = None
    cause: str = ""
    measures: str = ""
    illustrative: bool = False


@transaction.atomic
def record_breach(
    *, region: Region, found: Found, by: Account | None, at: datetime
) -> Breach:
    """Open a line of the register; its 72 hours run from the discovery.

    Raises BreachRefused when it is incomplete or lies in the future.
    """
    if not (found.title.strip() and found.what.strip() and found.data_kinds.strip()):
        raise BreachRefused(
            _("The breach is not complete."),
            why=_("The authority asks what happened and which data were touched."),
            next=_("Fill in title, what happened, and the kinds of data."),
        )
    _refuse_future(found.discovered_at, at)
    breach = Breach.objects.create(
        region_code=region.code,
        code=_next_code(region, found.discovered_at),
        title=found.title.strip(),
        discovered_at=found.discovered_at,
        due_at=found.discovered_at + CLOCK,
        what=found.what.strip(),
        data_kinds=found.data_kinds.strip(),
        people_count=found.people_count,
        cause=found.cause.strip(),
        measures=found.measures.strip(),
        recorded_by=by,
        recorded_at=at,
        illustrative=found.illustrative,
    )
    audit.record(
        by=by,
        at=at,
        verb="privacy.breach.recorded",
        subject=breach,
        region=region.code,
    )
    return breach


@dataclass(frozen=True)
class Step:
    """One step: what kind, when, and in words."""

    step: BreachStep
    happened_at: datetime
    text: str


@transaction.atomic
def record_step(
    *, breach: Breach, step: Step, by: Account | None, at: datetime
) -> BreachEntry:
    """Append a line to a breach's history; telling the authority or the people stops
    that clock.

    Raises BreachRefused for a step without words, before the discovery or in the
    future, told twice, and for a close before both were told.
    """
    row = Breach.objects.select_for_update().get(pk=breach.pk)
    _refuse_step(row, step, at)
    entry = BreachEntry.objects.create(
        region_code=row.region_code,
        breach=row,
        step=step.step,
        text=step.text.strip(),
        happened_at=step.happened_at,
        at=at,
        by=by,
    )
    field = _STOPS.get(step.step)
    if field:
        setattr(row, field, step.happened_at)
        row.save(update_fields=[field])
    audit.record(
        by=by,
        at=at,
        verb=f"privacy.breach.{step.step}",
        subject=row,
        region=row.region_code,
    )
    return entry


_STOPS = {
    BreachStep.AUTHORITY: "notified_authority_at",
    BreachStep.PEOPLE: "notified_people_at",
    BreachStep.CLOSED: "closed_at",
}


def _refuse_step(row: Breach, step: Step, at: datetime) -> None:
    _refuse_future(step.happened_at, at)
    if not step.text.strip() or step.happened_at < row.discovered_at:
        raise BreachRefused(
            _("The step was not recorded."),
            why=_("A step has words, and comes after the discovery."),
            next=_("Say what was done, and mend the time."),
        )
    field = _STOPS.get(step.step)
    if row.closed_at is not None or (field and getattr(row, field) is not None):
        raise BreachRefused(
            _("The step was not recorded."),
            why=_("It is on record already, or the breach is closed."),
            next=_("Add what is new as “what was found out”."),
        )
    told = row.notified_authority_at and row.notified_people_at
    if step.step == BreachStep.CLOSED and not told:
        raise BreachRefused(
            _("The breach stays open."),
            why=_("The authority and the people must be told first."),
            next=_("Record both, then close it."),
        )


def _refuse_future(moment: datetime, at: datetime) -> None:
    if moment > at:
        raise BreachRefused(
            _("The time lies in the future."),
            why=_("Only what has happened is recorded."),
            next=_("Mend the time."),
        )


def _next_code(region: Region, discovered_at: datetime) -> str:
    Region.objects.select_for_update().get(pk=region.pk)  # one number at a time
    year = localtime(discovered_at).year
    taken = Breach.objects.filter(
        region_code=region.code, code__startswith=f"INS-{year}-"
    ).count()
    return f"INS-{year}-{taken + 1:03}"
