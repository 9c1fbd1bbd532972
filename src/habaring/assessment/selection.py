"""Which values enter an index edition: the latest known, not too old, with their year.

Rows of the database become the engine's values here, and nowhere else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np

from habaring.assessment.models import (
    Dimension,
    Framework,
    FrameworkIndicator,
    Observation,
)
from habaring.engines import scoring
from habaring.regions.models import Region

OLDEST = 5
"""A value may be this many years older than the edition; its own year is shown."""

GEOMETRIC_FLOOR = 1.0  # points; nobody's index is zero for one zero


@dataclass(frozen=True)
class EditionPlan:
    """What a person chooses before publishing: everything else follows from the data.

    `peers` are the regions compared. Goalposts are used where every indicator of the
    framework has them, otherwise each indicator's own least and most.
    """

    framework: Framework
    year: int
    peers: tuple[Region, ...]
    note: str = ""
    draws: int = 1_000
    seed: int = 1
    aggregation: scoring.Aggregation = "arithmetic"


@dataclass(frozen=True)
class Used:
    """One cell of the edition's table: a value with its year, or why there is none."""

    region: str
    indicator_id: int
    year: int | None = None
    value: Decimal | None = None
    status: str = "missing"
    source: str = ""
    revision: int | None = None
    illustrative: bool = False


@dataclass(frozen=True)
class Missing:
    """An indicator in a preview: how many of the peers have a value."""

    code: str
    name: str
    dimension: str
    known: int
    of: int
    oldest: int | None
    newest: int | None
    own: Used | None


@dataclass(frozen=True, eq=False)
class Selection:
    """The values chosen for a plan, ready for the engine."""

    plan: EditionPlan
    places: tuple[FrameworkIndicator, ...]
    dimensions: tuple[Dimension, ...]
    used: Mapping[tuple[str, int], Used]

    @cached_property
    def peers(self) -> tuple[Region, ...]:
        return tuple(sorted(self.plan.peers, key=lambda region: region.code))

    def cell(self, region: str, indicator_id: int) -> Used:
        return self.used.get((region, indicator_id)) or Used(region, indicator_id)

    @property
    def illustrative(self) -> bool:
        return any(u.illustrative for u in self.used.values() if u.value is not None)

    @property
    def regions_with_values(self) -> int:
        return len({u.region for u in self.used.values() if u.value is not None})

    @property
    def normalisation(self) -> scoring.Normalisation:
        both = [p.goal_low is not None and p.goal_high is not None for p in self.places]
        return "goalposts" if both and all(both) else "minmax"

    def table(self) -> scoring.Table:
        """(regions, indicators) of values in their units; NaN is "no value"."""
        values = np.full((len(self.peers), len(self.places)), np.nan)
        for row, region in enumerate(self.peers):
            for column, place in enumerate(self.places):
                cell = self.used.get((region.code, place.indicator_id))
                if cell is not None and cell.value is not None:
                    values[row, column] = float(cell.value)
        return scoring.Table(
            tuple(region.code for region in self.peers),
            tuple(place.indicator.code for place in self.places),
            values,
        )

    def framework(self) -> scoring.Framework:
        by_id = {dimension.pk: dimension.code for dimension in self.dimensions}
        groups = [scoring.Group(scoring.ROOT, None)]
        for dimension in self.dimensions:
            parent = by_id.get(dimension.parent_id or 0, scoring.ROOT)
            groups.append(scoring.Group(dimension.code, parent, dimension.weight))
        geometric = self.plan.aggregation == "geometric"
        return scoring.Framework(
            indicators=tuple(_indicator(place) for place in self.places),
            groups=tuple(groups),
            normalisation=self.normalisation,
            aggregation=self.plan.aggregation,
            floor=GEOMETRIC_FLOOR if geometric else None,
        )

    def coverage(self, own: str = "") -> tuple[Missing, ...]:
        """Per indicator, in the framework's order, how much is known."""
        found = []
        for place in self.places:
            cells = [self.cell(r.code, place.indicator_id) for r in self.peers]
            years = [c.year for c in cells if c.value is not None and c.year]
            found.append(
                Missing(
                    code=place.indicator.code,
                    name=place.indicator.name,
                    dimension=place.dimension.code,
                    known=len(years),
                    of=len(cells),
                    oldest=min(years, default=None),
                    newest=max(years, default=None),
                    own=self.cell(own, place.indicator_id) if own else None,
                )
            )
        return tuple(found)


def select(plan: EditionPlan, *, at: datetime) -> Selection:
    """What was known `at` that moment, for the plan's peers and framework.

    Of each indicator the newest year that has a value, at or before the plan's year
    and not older than five years; where none has one, why the newest has none.
    """
    places = tuple(
        plan.framework.places.select_related("indicator", "dimension").order_by(
            "dimension__order", "dimension__code", "indicator__code"
        )
    )
    dimensions = tuple(plan.framework.dimensions.order_by("order", "code"))
    return Selection(plan, places, dimensions, _used(plan, places, at))


def _indicator(place: FrameworkIndicator) -> scoring.Indicator:
    return scoring.Indicator(
        code=place.indicator.code,
        parent=place.dimension.code,
        direction="lower" if place.indicator.direction == "lower" else "higher",
        weight=place.weight,
        goal_low=place.goal_low,
        goal_high=place.goal_high,
    )


def _used(
    plan: EditionPlan, places: Sequence[FrameworkIndicator], at: datetime
) -> dict[tuple[str, int], Used]:
    rows = (
        Observation.objects.known_at(at)
        .current()
        .filter(
            region__in=[region.code for region in plan.peers],
            indicator__in=[place.indicator_id for place in places],
            year__lte=plan.year,
            year__gte=plan.year - OLDEST,
        )
        .values(
            "region_id",
            "indicator_id",
            "year",
            "value",
            "status",
            "source",
            "revision",
            "illustrative",
        )
    )
    used: dict[tuple[str, int], Used] = {}
    for row in rows:  # by region, indicator, year: a later year replaces an earlier
        cell = _cell(row)
        known = used.get((cell.region, cell.indicator_id))
        if known is None or cell.value is not None or known.value is None:
            used[cell.region, cell.indicator_id] = cell
    return used


def _cell(row: Mapping[str, Any]) -> Used:
    return Used(
        region=row["region_id"],
        indicator_id=row["indicator_id"],
        year=row["year"],
        value=row["value"],
        status=row["status"],
        source=row["source"],
        revision=row["revision"],
        illustrative=row["illustrative"],
    )
