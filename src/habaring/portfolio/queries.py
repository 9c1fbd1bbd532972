"""Answers about candidates, plans and their money, made of several tables."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from habaring.assessment.models import Dimension
from habaring.engines.choosing import Candidate as Programme
from habaring.engines.choosing import Choice, Limits
from habaring.people.access import EVERYWHERE, Extent
from habaring.portfolio import choose_files
from habaring.portfolio.candidates import ORIGINS, Known, quick_win_faults
from habaring.portfolio.funding import source_name, with_others
from habaring.portfolio.inputs import MoneyLine, entry_of, money_lines
from habaring.portfolio.models import (
    Candidate,
    CandidateQuerySet,
    LimitSet,
    Plan,
    PlanItem,
    Scenario,
    ScenarioStatus,
)
from habaring.regions.models import Department, Region
from habaring.shared import formats
from habaring.shared.refusal import Words
from habaring.shared.tables import Bilingual


def current_candidates(region: Region) -> CandidateQuerySet:
    """The candidates in force of a region, in the order of their codes."""
    rows = Candidate.objects.filter(region=region).current()
    return rows.select_related("department", "district", "region", "proposal").order_by(
        "code"
    )


def narrowed(
    rows: CandidateQuerySet, wanted: Mapping[str, Any], region: Region
) -> CandidateQuerySet:
    """The candidates that a list asks for, in the order it asks for."""
    if text := wanted.get("q", "").strip():
        rows = rows.filter(
            Q(name__icontains=text) | Q(code__icontains=text) | Q(owner__icontains=text)
        )
    for name, column in (
        ("dimensi", "dimension_code"),
        ("opd", "department__code"),
        ("kecamatan", "district"),
    ):
        if wanted.get(name):
            rows = rows.filter(**{column: wanted[name]})
    if wanted.get("jenis"):
        rows = rows.filter(quick_win=wanted["jenis"] == "ya")
    if wanted.get("skenario"):
        scenario = Scenario.objects.filter(region=region, pk=wanted["skenario"]).first()
        rows = rows.filter(code__in=chosen_codes(scenario))
    return _ordered(rows, wanted.get("urut", ""))


def _ordered(rows: CandidateQuerySet, order: str) -> CandidateQuerySet:
    if order == "biaya":
        total = RawSQL(  # a sum over the lines that each row keeps
            "SELECT COALESCE(SUM((line->>'amount')::bigint), 0) "
            "FROM jsonb_array_elements(portfolio_candidate.costs) AS line",
            (),
        )
        return rows.order_by(total.desc(), "code")
    named = {"nama": "name", "baru": "-recorded_at"}.get(order)
    return rows.order_by(named, "code") if named else rows


def used_sources(region: Region) -> list[str]:
    """The funding sources that the region's candidates and newest limits name."""
    found: set[str] = set()
    for costs, running in current_candidates(region).values_list("costs", "running"):
        found.update(line["source"] for line in costs)
        found.update(running)
    newest = LimitSet.objects.filter(region=region).first()
    if newest is not None:
        limits = choose_files.limits_from_toml(newest.toml)
        found.update(source for source, _year in limits.ceilings)
    return [s for s in with_others(found) if s in (found or {"APBD", "DAK", "CSR"})]


def dimensions() -> dict[str, Bilingual]:
    """The dimensions of the framework in force, in its order: code → names."""
    rows = Dimension.objects.filter(framework__status="in_force", parent=None)
    newest = rows.order_by("-framework__year", "-framework_id").first()
    if newest is None:
        return {}
    chosen = rows.filter(framework=newest.framework_id).order_by("order", "code")
    return {
        row.code: Bilingual(row.name_id, row.name_en or row.name_id) for row in chosen
    }


def known(
    region: Region, *, more_sources: Iterable[str] = (), within: Extent = EVERYWHERE
) -> Known:
    """The codes that a candidate of this region may name; of its departments those in
    reach.
    """
    districts = Region.objects.districts_of(region).values_list("code", "name")
    departments = Department.objects.filter(region=region, closed_on=None)
    if not within.whole:
        departments = departments.filter(pk__in=within.departments)
    return Known(
        dimensions=dimensions(),
        districts=dict(districts),
        departments={
            row.code: Bilingual(row.name_id, row.name_en or row.name_id)
            for row in departments
        },
        sources=with_others(more_sources),
    )


def programmes_of(scenario: Scenario) -> dict[str, Programme]:
    """The programmes of a scenario as they were frozen, by code, in their order."""
    found = choose_files.candidates_from_csv(scenario.candidates_csv)
    return {programme.code: programme for programme in found}


def limits_of(scenario: Scenario) -> Limits:
    """The limits of a scenario as they were frozen."""
    return choose_files.limits_from_toml(scenario.limits_toml)


# Money


@dataclass(frozen=True)
class Money:
    """All the rupiah of a plan or scenario. Every page, export and book adds from here.

    `cells` maps (year, source, "build" | "running") to whole rupiah; `ceilings` maps
    (source, year) to what may be spent.
    """

    years: tuple[int, ...]
    sources: tuple[str, ...]
    cells: Mapping[tuple[int, str, str], int]
    ceilings: Mapping[tuple[str, int], int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.cells.values())

    @property
    def build(self) -> int:
        return sum(v for (_y, _s, kind), v in self.cells.items() if kind == "build")

    @property
    def running(self) -> int:
        return self.total - self.build

    def amount(
        self, *, year: int | None = None, source: str | None = None, kind: str = ""
    ) -> int:
        """Rupiah of one year, one source, one kind; what is not named is added up."""
        return sum(
            value
            for (y, s, k), value in self.cells.items()
            if (year in (None, y)) and (source in (None, s)) and (kind in ("", k))
        )

    def takes(self, source: str) -> bool:
        """Whether any money of this source is used."""
        return self.amount(source=source) > 0

    def ceiling(self, *, year: int | None = None, source: str | None = None) -> int:
        """What may be spent; what is not named is added up."""
        return sum(
            value
            for (s, y), value in self.ceilings.items()
            if (year in (None, y)) and (source in (None, s))
        )

    def by_source(self) -> list[tuple[Words, int, int, float]]:
        """Each source: its name, rupiah used, its ceiling, per cent of the ceiling used.

        A source that another may top up can use more than its own ceiling.
        """
        found = []
        for source in self.sources:
            used, most = self.amount(source=source), self.ceiling(source=source)
            share = min(100.0, 100 * used / most) if most else 100.0 * bool(used)
            found.append((source_name(source), used, most, share))
        return found

    def rows(self) -> list[dict[str, int | str]]:
        """One row a year, source and kind, for exports and tables."""
        return [
            {"year": year, "source": source, "kind": kind, "amount": amount}
            for (year, source, kind), amount in sorted(self.cells.items())
        ]


def money(of: Plan | Scenario) -> Money:
    """The money of a plan (as its items keep it) or of a scenario (as it was found)."""
    scenario = of.scenario if isinstance(of, Plan) else of
    limits = limits_of(scenario)
    lines = _plan_lines(of) if isinstance(of, Plan) else _scenario_lines(of, limits)
    return money_of(lines, limits)


def money_of(lines: Iterable[MoneyLine], limits: Limits) -> Money:
    """The sum of some lines beside the ceilings."""
    cells: dict[tuple[int, str, str], int] = defaultdict(int)
    for line in lines:
        cells[line.year, line.source, line.kind] += line.amount
    named = {source for source, _year in limits.ceilings}
    order = list(with_others(named | {source for _y, source, _k in cells}))
    used = {source for (source, _y), v in limits.ceilings.items() if v}
    used |= {source for _y, source, _k in cells}
    return Money(
        years=tuple(limits.calendar),
        sources=tuple(source for source in order if source in used),
        cells=dict(cells),
        ceilings={
            key: v for key, v in limits.ceilings.items() if key[1] in limits.calendar
        },
    )


def _plan_lines(plan: Plan) -> list[MoneyLine]:
    records = plan.items.values_list("money", flat=True)
    return [MoneyLine(**line) for record in records for line in record]


def _scenario_lines(scenario: Scenario, limits: Limits) -> list[MoneyLine]:
    if not scenario.record:
        return []
    choice = Choice.from_record(scenario.record)
    programmes = programmes_of(scenario)
    return [
        line
        for code in choice.chosen
        for line in money_lines(
            programmes[code], start=choice.starts[code] or 0, last_year=limits.last_year
        )
    ]


def item_money(item: PlanItem) -> list[MoneyLine]:
    """The money of one plan item, as it was adopted."""
    return [MoneyLine(**line) for line in item.money]


# The plan and its thread


def plan_in_force(region: Region) -> Plan | None:
    """The plan that binds a region today, with its scenario and decision."""
    return (
        Plan.objects.filter(region=region, replaced_at=None)
        .select_related("scenario__limit_set", "decision__council", "region")
        .first()
    )


def plan_items(plan: Plan) -> list[PlanItem]:
    """The programmes of a plan in the order of their start, with their candidates."""
    return list(
        plan.items.select_related(
            "candidate__department", "candidate__district", "candidate__proposal"
        ).order_by("start_year", "candidate__code")
    )


def quick_wins(items: Iterable[PlanItem]) -> list[PlanItem]:
    """Those items of a plan that claim to be a Quick Win and keep its rules."""
    return [
        item
        for item in items
        if item.candidate.quick_win and not quick_win_faults(entry_of(item.candidate))
    ]


@dataclass(frozen=True)
class Step:
    """One step of a candidate's thread. `kind` is origin, candidate, scenario, decision
    or plan_item; `state` is done, now or next.
    """

    kind: str
    label: Words
    text: Words
    on: datetime | None = None
    url: str = ""
    state: str = "done"


def thread(candidate: Candidate) -> tuple[Step, ...]:
    """From where a candidate came to what became of it: public steps only."""
    items = list(
        PlanItem.objects.filter(
            candidate__region=candidate.region_id, candidate__code=candidate.code
        )
        .select_related("plan__scenario", "plan__decision__council")
        .order_by("plan__adopted_at")
    )
    steps = [*_origin(candidate), _own_step(candidate)]
    for item in items:
        steps += _adoption(item, candidate)
    if not items:
        steps.append(
            Step(
                "plan_item",
                _("Plan"),
                _("No council decision has put it into a plan yet."),
                state="next",
            )
        )
    return tuple(steps)


def _origin(candidate: Candidate) -> list[Step]:
    if not candidate.origin_kind:
        return []
    kind = ORIGINS.get(candidate.origin_kind, candidate.origin_kind)
    return [Step("origin", _("Came from"), candidate.origin_text or kind)]


def _own_step(candidate: Candidate) -> Step:
    return Step(
        "candidate",
        _("Candidate programme"),
        candidate.name,
        candidate.recorded_at,
        programme_url(candidate.region_id, candidate.code),
    )


def _adoption(item: PlanItem, candidate: Candidate) -> list[Step]:
    plan = item.plan
    region = candidate.region_id
    decision = plan.decision
    return [
        Step("scenario", _("Scenario"), plan.scenario.name, plan.scenario.finished_at),
        Step(
            "decision",
            _("Council decision"),
            f"{decision.number}: {decision.title}",
            decision.recorded_at,
            reverse("council:decision", args=[region, decision.pk])
            + f"#keputusan-{decision.pk}",
        ),
        Step(
            "plan_item",
            _("In the plan"),
            formats.years(item.start_year, item.end_year),
            plan.adopted_at,
            programme_url(region, candidate.code),
            "now" if plan.replaced_at is None else "done",
        ),
    ]


def programme_url(region: str, code: str) -> str:
    """The public page of a programme."""
    return reverse("portfolio:programme", args=[region, code])


# The work room


@dataclass(frozen=True)
class Overview:
    """Where the choosing of a region stands."""

    candidates: int
    quick_wins: int
    total_cost: int
    illustrative: bool
    limit_sets: int
    scenarios: Mapping[str, int]
    latest: tuple[Scenario, ...]
    plan: Plan | None

    @property
    def drafted(self) -> int:
        return sum(self.scenarios.values())


def overview(region: Region) -> Overview:
    """Counts and the latest scenarios of a region's work room."""
    rows = list(Candidate.objects.filter(region=region).current())
    by_status = (
        Scenario.objects.filter(region=region)
        .order_by()
        .values_list("status")
        .annotate(count=Count("pk"))
    )
    latest = Scenario.objects.filter(region=region).select_related("limit_set")
    return Overview(
        candidates=len(rows),
        quick_wins=sum(row.quick_win for row in rows),
        total_cost=sum(row.total_cost for row in rows),
        illustrative=any(row.illustrative for row in rows),
        limit_sets=LimitSet.objects.filter(region=region).count(),
        scenarios=dict(by_status),
        latest=tuple(latest.defer("candidates_csv", "record", "frontier")[:3]),
        plan=plan_in_force(region),
    )


def chosen_codes(scenario: Scenario | None) -> frozenset[str]:
    """The codes that a finished scenario chose; none while it has no result."""
    if (
        scenario is None
        or scenario.status != ScenarioStatus.DONE
        or not scenario.record
    ):
        return frozenset()
    starts = scenario.record["starts"]
    return frozenset(code for code, year in starts.items() if year is not None)
