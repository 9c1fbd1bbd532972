"""Everything a book quotes, read once: scores, values, plan, money, vision, sections."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext as _

from habaring.assessment.models import (
    Dimension,
    EditionScore,
    EditionValue,
    FrameworkIndicator,
    IndexEdition,
    Observation,
    Target,
)
from habaring.masterplan import queries
from habaring.masterplan.models import BookTemplate, Section
from habaring.portfolio.models import Plan, PlanItem
from habaring.portfolio.queries import Money, money, plan_items, quick_wins
from habaring.portfolio.results import Result, result
from habaring.regions.models import Region
from habaring.shared import formats
from habaring.shared.charts.paint import dimension_token

INDEX = "INDEX"


@dataclass(frozen=True)
class Inputs:
    """What an edition is assembled from."""

    region: Region
    plan: Plan
    index_edition: IndexEdition | None
    template: BookTemplate
    language: str
    number: int
    title: str
    at: datetime


class Figures:
    """The figures behind the blocks of an edition; each is read at its first use."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.region = inputs.region
        self.plan = inputs.plan
        self.edition = inputs.index_edition

    @cached_property
    def dimensions(self) -> list[Dimension]:
        """The dimensions of the index edition's framework, in order."""
        if self.edition is None:
            rows = Dimension.objects.filter(framework__status="in_force", parent=None)
            newest = rows.order_by("-framework__year").first()
            if newest is None:
                return []
            rows = rows.filter(framework=newest.framework)
        else:
            rows = Dimension.objects.filter(
                framework=self.edition.framework_id, parent=None
            )
        return list(rows.order_by("order", "code"))

    def dimension_name(self, code: str) -> str:
        return next((d.name for d in self.dimensions if d.code == code), code)

    def colour(self, code: str) -> str:
        order = next((i for i, d in enumerate(self.dimensions) if d.code == code), 0)
        return dimension_token(code, order)

    @cached_property
    def scores(self) -> dict[tuple[str, str], EditionScore]:
        """(region code, group) → score, of every region of the edition."""
        if self.edition is None:
            return {}
        rows = EditionScore.objects.filter(edition=self.edition).select_related(
            "region"
        )
        return {(row.region_id, row.group): row for row in rows}

    def score(self, group: str) -> EditionScore | None:
        return self.scores.get((self.region.code, group))

    @cached_property
    def league(self) -> list[EditionScore]:
        """Every ranked region of the edition, best first."""
        rows = [row for (_code, group), row in self.scores.items() if group == INDEX]
        ranked = [row for row in rows if row.rank is not None]
        return sorted(ranked, key=lambda row: (row.rank or 0, row.region_id))

    @cached_property
    def places(self) -> dict[str, list[FrameworkIndicator]]:
        """Dimension code → the indicators measured in it."""
        if self.edition is None:
            return {}
        found: dict[str, list[FrameworkIndicator]] = defaultdict(list)
        rows = FrameworkIndicator.objects.filter(
            framework=self.edition.framework_id
        ).select_related("indicator", "dimension__parent")
        for row in rows:
            top = row.dimension.parent or row.dimension
            found[top.code].append(row)
        return dict(found)

    @cached_property
    def values(self) -> dict[int, EditionValue]:
        """Indicator → this region's value as it entered the edition."""
        if self.edition is None:
            return {}
        rows = EditionValue.objects.filter(
            edition=self.edition, region=self.region
        ).select_related("indicator")
        return {row.indicator_id: row for row in rows}

    @cached_property
    def targets(self) -> list[Target]:
        return list(
            Target.objects.filter(region=self.region)
            .select_related("indicator")
            .order_by("indicator__code", "year")
        )

    @cached_property
    def series(self) -> dict[int, list[Observation]]:
        """Indicator → this region's current values over the years."""
        found: dict[int, list[Observation]] = defaultdict(list)
        rows = (
            Observation.objects.filter(region=self.region)
            .known_at(self.inputs.at)
            .current()
            .select_related("indicator")
        )
        for row in rows:
            if row.value is not None:
                found[row.indicator_id].append(row)
        return {
            key: sorted(rows, key=lambda row: row.year) for key, rows in found.items()
        }

    @cached_property
    def items(self) -> list[PlanItem]:
        return plan_items(self.plan)

    @cached_property
    def quick_wins(self) -> list[PlanItem]:
        """Funded programmes that claim a Quick Win and keep its rules."""
        return quick_wins(self.items)

    @cached_property
    def result(self) -> Result | None:
        """The adopted scenario with its reasons; None if it has none on record."""
        return result(self.plan.scenario)

    @cached_property
    def money(self) -> Money:
        return money(self.plan)

    @cached_property
    def visions(self) -> tuple[queries.Vision, ...]:
        """The RPJMDs that overlap with the plan, else the newest one."""
        last = self.plan.start_year + self.plan.years - 1
        every = queries.development_plans(self.region)
        found = tuple(
            v
            for v in every
            if v.first_year <= last and v.last_year >= self.plan.start_year
        )
        return found or every[:1]

    @cached_property
    def sections(self) -> Mapping[str, Section]:
        newest: dict[str, Section] = {}
        for row in Section.objects.filter(region=self.region).order_by(
            "key", "-revision"
        ):
            newest.setdefault(row.key, row)
        return newest

    @property
    def illustrative(self) -> bool:
        """Whether anything that the books quote is illustrative."""
        return bool(
            self.plan.illustrative
            or (self.edition and self.edition.illustrative)
            or any(section.illustrative for section in self.sections.values())
        )

    @property
    def today(self) -> str:
        """The day of the edition where the region is."""
        return formats.day(timezone.localdate(self.inputs.at))

    def as_of(self) -> str:
        """The line under a figure that says of when it is."""
        return _("As of %(day)s.") % {"day": self.today}
