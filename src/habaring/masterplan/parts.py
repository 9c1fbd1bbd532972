"""The parts of the analysis that are lists: how each is read, written, exported."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.masterplan import dimensions, situation, tables
from habaring.masterplan.findings import dated
from habaring.masterplan.forms import analysis as forms
from habaring.masterplan.models import Layer, PlanTarget
from habaring.masterplan.tables import Hand
from habaring.regions.models import Region
from habaring.shared.refusal import Words
from habaring.shared.tables import TableKind, Value


@dataclass(frozen=True)
class Part:
    """One part. `cells` gives what a row shows, in the order of `headings`; the first
    `numeric` one from the end stands right.
    """

    code: str  # of its address
    title: Words
    lead: Words
    empty: Words
    new: Words
    rows: Callable[[Region, bool], QuerySet[Any]]
    search: tuple[str, ...]
    headings: tuple[Words, ...]
    cells: Callable[[Any, Mapping[str, Any]], list[str]]
    form: type[forms.OfRegion]
    initial: Callable[[Any], dict[str, Any]]
    kind: TableKind
    values: Callable[[Region], Iterable[Mapping[str, Value]]]
    taker: Callable[[Hand, Mapping[str, Any]], object]
    opened_with: str  # the released part that shows it to the public

    def found(
        self,
        region: Region,
        *,
        words: str = "",
        dimension: str = "",
        all_: bool = False,
    ) -> QuerySet[Any]:
        """Its rows that fit search words and a dimension (with its parts)."""
        rows = self.rows(region, all_)
        if words:
            fits = Q()
            for name in self.search:
                fits |= Q(**{f"{name}__icontains": words})
            rows = rows.filter(fits)
        if dimension and self.code != "sasaran-rpjmd":
            below = Q(dimension=dimension) | Q(dimension__startswith=f"{dimension}.")
            rows = rows.filter(below)
        return rows

    def row(self, region: Region, number: int) -> Any:
        """One row by its number (of the RPJMD's targets, by its key), or None."""
        field = "pk" if self.code == "sasaran-rpjmd" else "number"
        every = True
        return self.rows(region, every).filter(**{field: number}).first()


def _name(row: Any, known: Mapping[str, Any]) -> str:
    return dimensions.name_of(row.dimension, known) if row.dimension else "–"


def _issue(row: Any, known: Mapping[str, Any]) -> list[str]:
    counts = [str(row.gap_count), str(row.strategy_count)]
    return [str(row), row.title, _name(row, known), *counts]


def _gap(row: Any, known: Mapping[str, Any]) -> list[str]:
    texts = [row.now, row.expected, row.cause, row.need]
    return [str(row), _name(row, known), *texts, f"{row.issue}: {row.issue.title}"]


def _strategy(row: Any, known: Mapping[str, Any]) -> list[str]:
    cited = ", ".join(str(item) for item in situation.cites(row))
    issue = f"{row.issue}: {row.issue.title}" if row.issue else "–"
    return [str(row), row.text, cited, _name(row, known), issue]


def _aim(row: Any, known: Mapping[str, Any]) -> list[str]:
    served = [
        f"{one.plan_target.development_plan.code}/{one.plan_target.code}"
        for one in row.alignments.all()
        if one.until is None
    ]
    return [
        str(row.number),
        str(row.get_level_display()),
        row.text,
        row.indicator or "–",
        dated(row.baseline, row.baseline_year),
        dated(row.target, row.target_year),
        ", ".join(served) or "–",
    ]


def _swot(row: Any, known: Mapping[str, Any]) -> list[str]:
    return [
        str(row),
        row.text,
        _name(row, known),
        str(Layer(row.layer).label),
        str(situation.votes_of(row)),
    ]


def _plan_target(row: PlanTarget, known: Mapping[str, Any]) -> list[str]:
    return [
        f"{row.development_plan.code}/{row.code}",
        str(row.mission),
        row.objective or "–",
        row.text,
        row.indicator or "–",
    ]


def _same(*names: str) -> Callable[[Any], dict[str, Any]]:
    return lambda row: {name: getattr(row, name) for name in names}


def _of_gap(row: Any) -> dict[str, Any]:
    names = ("dimension", "now", "expected", "cause", "need", "about")
    return {**_same(*names)(row), "issue": row.issue.number}


def _of_strategy(row: Any) -> dict[str, Any]:
    return {
        **_same("kind", "text", "dimension", "aspect")(row),
        "items": [item.number for item in situation.cites(row)],
        "issue": row.issue.number if row.issue else "",
    }


def _of_aim(row: Any) -> dict[str, Any]:
    names = ("level", "text", "dimension", "indicator", "unit", "sdg")
    numbers = ("baseline", "baseline_year", "target", "target_year")
    open_lines = row.alignments.filter(until=None)
    return {
        **_same(*names, *numbers)(row),
        "above": row.above.number if row.above else "",
        "serves": list(open_lines.values_list("plan_target", flat=True)),
    }


def _of_plan_target(row: PlanTarget) -> dict[str, Any]:
    names = ("mission", "code", "objective", "text", "indicator", "source")
    return {**_same(*names)(row), "plan": row.development_plan_id}


_EVERY = (
    Part(
        code="swot",
        title=_("SWOT"),
        lead=_(
            "Strengths and weaknesses lie inside, opportunities and threats outside. Each item"
            " belongs to a dimension and a layer."
        ),
        empty=_("Write down the first strength, weakness, opportunity or threat."),
        new=_("Record an item"),
        rows=lambda region, every: situation.items(region, withdrawn=every),
        search=("text",),
        headings=(
            _("No."),
            _("Item"),
            _("Dimension"),
            _("Layer"),
            pgettext_lazy("number", "Votes"),
        ),
        cells=_swot,
        form=forms.SwotForm,
        initial=_same("kind", "dimension", "layer", "text", "origin"),
        kind=tables.SWOT,
        values=tables.swot_values,
        taker=tables.take_swot,
        opened_with="swot",
    ),
    Part(
        code="strategi",
        title=_("Strategies"),
        lead=_(
            "Each strategy rests on a strength or weakness and on an opportunity or threat,"
            " and belongs to a dimension or sub-dimension."
        ),
        empty=_("Draw the first strategy from the items of the SWOT."),
        new=_("Record a strategy"),
        rows=lambda region, every: situation.strategies(region, withdrawn=every),
        search=("text", "issue__title"),
        headings=(_("No."), _("Strategy"), _("Rests on"), _("Dimension"), _("Issue")),
        cells=_strategy,
        form=forms.StrategyForm,
        initial=_of_strategy,
        kind=tables.STRATEGIES,
        values=tables.strategy_values,
        taker=tables.take_strategy,
        opened_with="swot",
    ),
    Part(
        code="kesenjangan",
        title=_("Gaps"),
        lead=_(
            "The condition now beside what is expected, with the cause and what closes it."
            " Each gap feeds a priority issue."
        ),
        empty=_("Record the first gap, or take one of the suggestions."),
        new=_("Record a gap"),
        rows=lambda region, every: situation.gaps(region, withdrawn=every),
        search=("now", "expected", "cause", "need", "issue__title"),
        headings=(
            _("No."),
            _("Dimension"),
            _("Now"),
            _("Expected"),
            _("Cause"),
            _("Needed"),
            _("Issue"),
        ),
        cells=_gap,
        form=forms.GapForm,
        initial=_of_gap,
        kind=tables.GAPS,
        values=tables.gap_values,
        taker=tables.take_gap,
        opened_with="kesenjangan",
    ),
    Part(
        code="isu",
        title=_("Priority issues"),
        lead=_("What Book 1 carries to Book 2: gaps feed them, strategies meet them."),
        empty=_("An issue is made with the first gap, or here."),
        new=_("Record an issue"),
        rows=lambda region, every: situation.issues(region, withdrawn=every),
        search=("title", "text"),
        headings=(_("No."), _("Issue"), _("Dimension"), _("Gaps"), _("Strategies")),
        cells=_issue,
        form=forms.IssueForm,
        initial=_same("title", "dimension", "text", "origin"),
        kind=tables.ISSUES,
        values=tables.issue_values,
        taker=tables.take_issue,
        opened_with="kesenjangan",
    ),
    Part(
        code="tujuan",
        title=_("Vision, missions, goals, targets"),
        lead=_(
            "The smart city's own vision down to measured targets. Each target serves at"
            " least one target of the RPJMD."
        ),
        empty=_("Write the vision first, then its missions, goals and targets."),
        new=_("Record an aim"),
        rows=lambda region, every: situation.aims(region, withdrawn=every),
        search=("text", "indicator"),
        headings=(
            _("No."),
            _("Level"),
            _("Text"),
            _("Indicator"),
            _("Baseline"),
            _("Wanted"),
            _("Serves"),
        ),
        cells=_aim,
        form=forms.AimForm,
        initial=_of_aim,
        kind=tables.AIMS,
        values=tables.aim_values,
        taker=tables.take_aim,
        opened_with="tujuan",
    ),
    Part(
        code="sasaran-rpjmd",
        title=_("Targets of the RPJMD"),
        lead=_("What the targets of the smart city can serve, by period and mission."),
        empty=_("Record them one by one, or send the table of the RPJMD."),
        new=_("Record a target of the RPJMD"),
        rows=lambda region, every: situation.plan_targets(region),
        search=("text", "objective", "code"),
        headings=(
            _("Code"),
            _("Mission"),
            _("Objective (tujuan)"),
            _("Target (sasaran)"),
            _("Indicator"),
        ),
        cells=_plan_target,
        form=forms.PlanTargetForm,
        initial=_of_plan_target,
        kind=tables.PLAN_TARGETS,
        values=tables.plan_target_values,
        taker=tables.take_plan_target,
        opened_with="tujuan",
    ),
)
PARTS: Mapping[str, Part] = {one.code: one for one in _EVERY}
RELEASED = ("kesiapan", "swot", "kesenjangan", "tujuan")
"""What is opened to the public apart from each other; each opens the parts with its word."""
