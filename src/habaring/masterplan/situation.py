"""Answers about the analysis: items with votes, strategies, gaps, aims and their map."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from habaring.masterplan.models import (
    Aim,
    Alignment,
    Citation,
    DevelopmentPlan,
    Gap,
    Level,
    PlanTarget,
    ReleasedPart,
    StrategicIssue,
    Strategy,
    SwotItem,
)
from habaring.regions.models import Region


def items(region: Region, *, withdrawn: bool = False) -> QuerySet[Any]:
    """Items of SWOT with all their votes as `count_votes`, most first in their kind."""
    rows = SwotItem.objects.filter(region=region).annotate(votes_here=Count("votes"))
    if not withdrawn:
        rows = rows.filter(withdrawn_at=None)
    return rows.order_by("number")


def votes_of(item: Any) -> int:
    """Votes cast here and in workshops."""
    return int(item.votes_carried) + int(item.votes_here)


def strategies(region: Region, *, withdrawn: bool = False) -> QuerySet[Strategy]:
    """Strategies with what they cite."""
    rows = Strategy.objects.filter(region=region).select_related("issue")
    if not withdrawn:
        rows = rows.filter(withdrawn_at=None)
    cited = Citation.objects.select_related("item")
    return rows.prefetch_related(Prefetch("citations", cited))


def cites(strategy: Strategy) -> list[SwotItem]:
    """What a strategy rests on, by kind and number."""
    found = [one.item for one in strategy.citations.all()]
    return sorted(found, key=lambda item: ("SWOT".index(item.kind), item.number))


def gaps(region: Region, *, withdrawn: bool = False) -> QuerySet[Gap]:
    """Gaps with the issue that each feeds."""
    rows = Gap.objects.filter(region=region).select_related("issue")
    return rows if withdrawn else rows.filter(withdrawn_at=None)


def issues(region: Region, *, withdrawn: bool = False) -> QuerySet[Any]:
    """Issues with how many gaps feed each, and how many strategies meet it."""
    open_gaps = Q(gaps__withdrawn_at=None)
    open_ways = Q(strategies__withdrawn_at=None)
    rows = StrategicIssue.objects.filter(region=region).annotate(
        gap_count=Count("gaps", filter=open_gaps, distinct=True),
        strategy_count=Count("strategies", filter=open_ways, distinct=True),
    )
    rows = rows.order_by("number")  # counting takes the order of the table away
    return rows if withdrawn else rows.filter(withdrawn_at=None)


def aims(region: Region, *, withdrawn: bool = False) -> QuerySet[Aim]:
    """Aims with every line of their map, old ones too."""
    rows = Aim.objects.filter(region=region).select_related("above")
    if not withdrawn:
        rows = rows.filter(withdrawn_at=None)
    lines = Alignment.objects.select_related("plan_target__development_plan")
    return rows.prefetch_related(Prefetch("alignments", lines))


@dataclass(frozen=True)
class Branch:
    """An aim and what stands under it."""

    aim: Aim
    below: tuple["Branch", ...]


def tree(rows: Iterable[Aim]) -> tuple[Branch, ...]:
    """Visions with their missions, goals and targets, each in the order of numbers."""
    below: dict[int | None, list[Aim]] = {}
    for row in sorted(rows, key=lambda one: one.number):
        below.setdefault(row.above_id, []).append(row)

    def grown(key: int | None) -> tuple[Branch, ...]:
        return tuple(Branch(row, grown(row.pk)) for row in below.get(key, ()))

    return grown(None)


def serves(aim: Aim, day: date) -> list[PlanTarget]:
    """The RPJMD's targets that an aim serves on a day."""
    return [one.plan_target for one in aim.alignments.all() if holds(one, day)]


def holds(line: Alignment, day: date) -> bool:
    """Whether a line of the map is in force on a day: [since, until)."""
    return line.since <= day and (line.until is None or day < line.until)


def plan_targets(region: Region) -> QuerySet[PlanTarget]:
    """Every target of the region's RPJMDs in force, newest period first."""
    return (
        PlanTarget.objects.filter(development_plan__region=region, withdrawn_at=None)
        .select_related("development_plan")
        .order_by("-development_plan__first_year", "mission", "code")
    )


@dataclass(frozen=True)
class MapLine:
    """One target of the smart city in the map of an RPJMD."""

    aim: Aim
    lines: tuple[Alignment, ...]


@dataclass(frozen=True)
class PlanMap:
    """What serves an RPJMD, now or once."""

    plan: DevelopmentPlan
    rows: tuple[MapLine, ...]
    current: bool  # whether any line is in force

    @property
    def targets(self) -> int:
        return len({one.plan_target_id for row in self.rows for one in row.lines})


def plan_maps(region: Region, day: date) -> tuple[PlanMap, ...]:
    """The map to each RPJMD that has lines, newest period first; old lines stay in."""
    targets = [one for one in aims(region) if one.level == Level.TARGET]
    plans = DevelopmentPlan.objects.filter(region=region).order_by("-first_year")
    found = []
    for plan in plans:
        rows = []
        for aim in targets:
            lines = tuple(
                one
                for one in aim.alignments.all()
                if one.plan_target.development_plan_id == plan.pk
            )
            if lines:
                rows.append(MapLine(aim, lines))
        if rows:
            current = any(holds(one, day) for row in rows for one in row.lines)
            found.append(PlanMap(plan, tuple(rows), current))
    return tuple(found)


def released(region: Region) -> frozenset[str]:
    """The parts of the analysis that the public may read now."""
    rows = ReleasedPart.objects.filter(region=region, until=None)
    return frozenset(rows.values_list("part", flat=True))


def by_kind(rows: Sequence[Any]) -> Mapping[str, list[Any]]:
    """Items by S, W, O, T, most votes first."""
    found: dict[str, list[Any]] = {kind: [] for kind in "SWOT"}
    for row in rows:
        found[row.kind].append(row)
    for every in found.values():
        every.sort(key=lambda row: (-votes_of(row), row.number))
    return found
