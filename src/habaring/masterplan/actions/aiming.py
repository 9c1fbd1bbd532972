"""Aims of the smart city, targets of the RPJMD, and what serves what, from when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.masterplan.actions.recording import (
    AnalysisRefused,
    dimension,
    keep,
    needed,
    row_for,
    words,
)
from habaring.masterplan.models import (
    Aim,
    Alignment,
    DevelopmentPlan,
    Level,
    PlanTarget,
)
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit
from habaring.shared.refusal import Refusal, Words


class ServesNothing(Refusal):
    """Each target of the smart city serves at least one target of an RPJMD."""


class MapRefused(Refusal):
    """A map to another RPJMD that cannot be drawn like this."""


ABOVE: Mapping[str, tuple[str, ...]] = {
    Level.VISION: (),
    Level.MISSION: (Level.VISION,),
    Level.GOAL: (Level.MISSION,),
    Level.TARGET: (Level.GOAL,),
}
"""What each level stands under."""


@dataclass(frozen=True)
class Measure:
    """How a target is measured: from the baseline to what is wanted."""

    indicator: str = ""
    unit: str = ""
    baseline: Decimal | None = None
    baseline_year: int | None = None
    target: Decimal | None = None
    target_year: int | None = None


@dataclass(frozen=True)
class NewAim:
    """A vision, mission, goal or target; `above` is the number of what it stands under,
    `serves` the keys of the RPJMD's targets that a target serves.
    """

    level: str
    text: str
    above: int | None = None
    dimension: str = ""
    measure: Measure = field(default_factory=Measure)
    serves: tuple[int, ...] = ()
    sdg: str = ""
    origin: str = ""
    illustrative: bool = False


@dataclass(frozen=True)
class NewPlanTarget:
    """A target of an RPJMD: its mission's number and its own code."""

    mission: int
    code: str
    text: str
    objective: str = ""
    indicator: str = ""
    source: str = ""
    illustrative: bool = False


@transaction.atomic
def record_aim(
    *,
    region: Region,
    new: NewAim,
    by: Account | None,
    at: datetime,
    number: int | None = None,
) -> Aim:
    """Record an aim, or change one; what a target serves is dated from today.

    Raises ServesNothing, AnalysisRefused.
    """
    if new.level not in Level.values:
        raise AnalysisRefused(
            what=_("Nothing was saved."),
            why=_("An aim is a vision, a mission, a goal or a target."),
            next=_("Choose one of them."),
        )
    serves = _served(region, new)
    row = row_for(Aim, region, number)
    values = {
        "level": new.level,
        "above": _above(region, new, row),
        "dimension": dimension(new.dimension) if new.dimension else "",
        "sdg": new.sdg[:40],
        "origin": new.origin[:200],
        "illustrative": new.illustrative,
        **needed(text=new.text),
        **_measured(new.measure),
    }
    keep(row, values, verb="aim", by=by, at=at)
    align(aim=row, serves=serves, by=by, at=at)
    return row


def _measured(measure: Measure) -> dict[str, object]:
    first, last = measure.baseline_year, measure.target_year
    if first and last and last < first:
        raise AnalysisRefused(
            what=_("Nothing was saved."),
            why=_("The year of the target lies before that of the baseline."),
            next=_("Mend the years."),
        )
    return {
        "indicator": words(measure.indicator)[:300],
        "unit": measure.unit[:60],
        "baseline": measure.baseline,
        "baseline_year": measure.baseline_year,
        "target": measure.target,
        "target_year": measure.target_year,
    }


def _above(region: Region, new: NewAim, row: Aim) -> Aim | None:
    wanted = ABOVE[new.level]
    if not wanted:
        return None
    rows = Aim.objects.filter(region=region, withdrawn_at=None, level__in=wanted)
    found = rows.filter(number=new.above or 0).exclude(pk=row.pk).first()
    if found is None:
        raise AnalysisRefused(
            what=_("Nothing was saved."),
            why=_(
                "A mission stands under a vision, a goal under a mission, a target under a goal."
            ),
            next=_("Choose what it stands under."),
        )
    return found


def _served(region: Region, new: NewAim) -> list[PlanTarget]:
    if new.level != Level.TARGET:
        return []
    return _plan_targets(region, new.serves)


def _plan_targets(region: Region, keys: Sequence[int]) -> list[PlanTarget]:
    """The targets with these keys; ServesNothing where there is none."""
    rows = PlanTarget.objects.filter(
        development_plan__region=region, withdrawn_at=None, pk__in=keys
    )
    found = list(rows)
    if not found:
        raise ServesNothing(
            what=_("The target was not saved."),
            why=_(
                "Each target of the smart city serves at least one target of the RPJMD."
            ),
            next=_(
                "Tick at least one; record the RPJMD's targets first if there is none."
            ),
        )
    return found


@transaction.atomic
def align(
    *, aim: Aim, serves: Sequence[PlanTarget], by: Account | None, at: datetime
) -> None:
    """Make what a target serves from today on be exactly this; what was, stays with its
    last day.
    """
    day = localdate(at)
    now = {row.plan_target_id: row for row in aim.alignments.filter(until=None)}
    wanted = {row.pk: row for row in serves}
    for key, row in now.items():
        if key not in wanted:
            row.until = max(day, row.since)
            row.save(update_fields=["until"])
    begun = [
        _begin(aim, target, since=day, by=by, at=at)
        for key, target in wanted.items()
        if key not in now
    ]
    if begun or now.keys() - wanted.keys():
        _told(aim, "aligned", by, at, {"serves": sorted(t.code for t in serves)})


def _begin(
    aim: Aim,
    target: PlanTarget,
    *,
    since: date,
    by: Account | None,
    at: datetime,
    replaces: Alignment | None = None,
) -> Alignment:
    return Alignment.objects.create(
        region_id=aim.region_id,
        aim=aim,
        plan_target=target,
        since=since,
        replaces=replaces,
        illustrative=aim.illustrative or target.illustrative,
        recorded_at=at,
        recorded_by=by,
    )


def _told(
    aim: Aim, deed: str, by: Account | None, at: datetime, details: dict[str, object]
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=f"masterplan.aim.{deed}",
        subject=aim,
        region=aim.region_id,
        details=details,
    )


@transaction.atomic
def record_plan_target(
    *, plan: DevelopmentPlan, new: NewPlanTarget, by: Account | None, at: datetime
) -> PlanTarget:
    """Record a target of an RPJMD, or what was recorded under its code before.

    Raises AnalysisRefused where the RPJMD has no such mission.
    """
    if not plan.missions.filter(number=new.mission).exists():
        raise AnalysisRefused(
            what=_("The target was not saved."),
            why=_("The RPJMD %(years)s has no mission %(number)d.")
            % {"years": plan.code, "number": new.mission},
            next=_("Choose one of its missions."),
        )
    texts = needed(code=new.code, text=new.text)
    row, _made = PlanTarget.objects.update_or_create(
        development_plan=plan,
        code=texts["code"][:20],
        defaults={
            "mission": new.mission,
            "objective": words(new.objective),
            "text": texts["text"],
            "indicator": new.indicator[:300],
            "source": new.source[:300],
            "illustrative": new.illustrative,
            "withdrawn_at": None,
        },
    )
    audit.record(
        by=by,
        at=at,
        verb="masterplan.plan_target.recorded",
        subject=row,
        region=plan.region_id,
        details={"plan": plan.code, "code": row.code},
    )
    return row


@dataclass(frozen=True)
class Remap:
    """From one RPJMD to another on a day: for each aim (its number) the keys of what it
    serves from then on. Aims without any stay where they are.
    """

    before: DevelopmentPlan
    after: DevelopmentPlan
    on: date
    choices: Mapping[int, tuple[int, ...]]


@dataclass(frozen=True)
class Remapped:
    """What came of it."""

    moved: int  # aims that serve the new RPJMD now
    ended: int  # old lines of the map, which stay with their last day
    begun: int
    left: int  # aims that still serve the old one alone


@transaction.atomic
def remap(*, region: Region, new: Remap, by: Account | None, at: datetime) -> Remapped:
    """Draw the map to the RPJMD of the next period; the old map stays, with its last day.

    An old line ends on the day on which its successor begins: [since, on) and [on, …).
    Raises MapRefused for the same plan twice, plans or targets of others, or a day before
    an old line began.
    """
    _refuse_map(region, new)
    ended = begun = moved = 0
    aims = Aim.objects.filter(
        region=region, level=Level.TARGET, withdrawn_at=None, number__in=new.choices
    )
    for aim in aims.order_by("number"):
        keys = new.choices[aim.number]
        if not keys:
            continue
        more = _move(aim, keys, new, by=by, at=at)
        ended, begun, moved = ended + more[0], begun + more[1], moved + 1
    left = still_on(region, new.before).count()
    audit.record(
        by=by,
        at=at,
        verb="masterplan.alignment.remapped",
        subject=new.after,
        region=region.code,
        details={"from": new.before.code, "to": new.after.code, "moved": moved},
    )
    return Remapped(moved, ended, begun, left)


def _move(
    aim: Aim,
    keys: tuple[int, ...],
    new: Remap,
    *,
    by: Account | None,
    at: datetime,
) -> tuple[int, int]:
    targets = list(
        PlanTarget.objects.filter(
            development_plan=new.after, withdrawn_at=None, pk__in=keys
        )
    )
    if len(targets) < len(set(keys)):
        raise _no_map(_("A target that was chosen does not belong to the new RPJMD."))
    open_now = aim.alignments.filter(until=None)
    old = list(open_now.filter(plan_target__development_plan=new.before))
    if any(row.since > new.on for row in old):
        raise _no_map(_("An old line of the map begins after the day of the change."))
    for row in old:
        row.until = new.on
        row.save(update_fields=["until"])
    known = set(open_now.values_list("plan_target", flat=True))
    fresh = [target for target in targets if target.pk not in known]
    for target in fresh:
        replaces = old[0] if old else None
        _begin(aim, target, since=new.on, by=by, at=at, replaces=replaces)
    return len(old), len(fresh)


def _refuse_map(region: Region, new: Remap) -> None:
    if new.before.pk == new.after.pk:
        raise _no_map(_("The old and the new RPJMD are the same."))
    if {new.before.region_id, new.after.region_id} != {region.pk}:
        raise _no_map(_("An RPJMD of another region was chosen."))


def _no_map(why: Words) -> MapRefused:
    return MapRefused(
        what=_("The map was not changed."),
        why=why,
        next=_("Look at the page again."),
    )


def still_on(region: Region, plan: DevelopmentPlan) -> QuerySet[Aim]:
    """Targets in force whose open lines all lead to that RPJMD."""
    rows = Aim.objects.filter(region=region, level=Level.TARGET, withdrawn_at=None)
    here = rows.filter(
        alignments__until=None, alignments__plan_target__development_plan=plan
    )
    elsewhere = Alignment.objects.filter(region=region, until=None).exclude(
        plan_target__development_plan=plan
    )
    return here.exclude(pk__in=elsewhere.values("aim")).distinct()
