"""Where a region stands: the league, its profile, one series, what is due or stale."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.db.models import Max, Min

from habaring.assessment.holdings import (
    Quality,
    SeriesOf,
    current_table,
    data_quality,
    framework_in_force,
    observation_values,
    series,
)
from habaring.assessment.league import (
    League,
    LeagueRow,
    editions_for,
    latest_edition,
    league,
)
from habaring.assessment.models import (
    Dimension,
    EditionScore,
    EditionValue,
    Framework,
    FrameworkIndicator,
    IndexEdition,
    Indicator,
    Observation,
    Target,
)
from habaring.engines.scoring import ROOT
from habaring.regions.models import Region

__all__ = [
    "DimensionRow",
    "IndicatorRow",
    "League",
    "LeagueRow",
    "Profile",
    "Quality",
    "SeriesOf",
    "current_table",
    "data_quality",
    "editions_for",
    "framework_in_force",
    "indicator_rows",
    "latest_edition",
    "league",
    "observation_values",
    "profile",
    "series",
]

State = Literal["reached", "short", "none"]


@dataclass(frozen=True)
class IndicatorRow:
    """One indicator of a region: what is known now, and what entered the edition.

    `trend` are (year, value) of the current revisions, oldest first; `normalised` is
    0–100, higher better; `newer`: the value is another than the edition's.
    """

    place: FrameworkIndicator
    current: Observation | None
    used: EditionValue | None
    trend: tuple[tuple[int, float], ...]
    target: Target | None
    state: State

    @property
    def indicator(self) -> Indicator:
        return self.place.indicator

    @property
    def normalised(self) -> float | None:
        return self.used.normalised if self.used else None

    @property
    def value(self) -> Decimal | None:
        return self.current.value if self.current else None

    @property
    def newer(self) -> bool:
        if self.used is None or self.current is None:
            return False
        then = (self.used.year, self.used.revision)
        return self.value is not None and then != (
            self.current.year,
            self.current.revision,
        )

    @property
    def illustrative(self) -> bool:
        return bool(self.current and self.current.illustrative)

    @property
    def corrected(self) -> bool:
        return bool(self.current and self.current.revision > 1)


@dataclass(frozen=True)
class DimensionRow:
    """One dimension of a region: its score, change, target, and its indicators.

    `score` and `target` are 0–100; `target` is the score if every dated target of its
    indicators were met and the rest stayed. `trend` are (year, score) of the editions.
    """

    dimension: Dimension
    score: float | None
    rank: int | None
    coverage: float
    change: float | None
    target: float | None
    trend: tuple[tuple[int, float], ...]
    indicators: tuple[IndicatorRow, ...]
    absent: bool = False  # nobody in the edition has a value in it

    @property
    def known(self) -> int:
        return sum(row.value is not None for row in self.indicators)

    @property
    def illustrative(self) -> bool:
        return any(row.used.illustrative for row in self.indicators if row.used)


@dataclass(frozen=True)
class Profile:
    """Everything that the region's face and its condition page say of it."""

    region: Region
    framework: Framework | None
    edition: IndexEdition | None
    before: int | None  # the year of the edition that `change` compares with
    league: League
    index: float | None
    change: float | None
    coverage: float
    dimensions: tuple[DimensionRow, ...]

    @property
    def indicators(self) -> tuple[IndicatorRow, ...]:
        return tuple(row for each in self.dimensions for row in each.indicators)

    @property
    def known(self) -> int:
        return sum(row.value is not None for row in self.indicators)

    @property
    def illustrative(self) -> bool:
        return bool(self.edition and self.edition.illustrative)

    @property
    def farthest(self) -> tuple[DimensionRow, ...]:
        """The two dimensions farthest from their targets, the farthest first."""
        gaps = [
            (row.target - row.score, row)
            for row in self.dimensions
            if row.target is not None and row.score is not None
        ]
        gaps.sort(key=lambda pair: -pair[0])
        return tuple(row for gap, row in gaps[:2] if gap > 0.5)


# Profile


def profile(region: Region, edition: IndexEdition | None = None) -> Profile:
    """Where the region stands, by the edition given or the latest that tells of it."""
    edition = edition or latest_edition(region)
    framework = edition.framework if edition else framework_in_force()
    table = league(edition, region) if edition else League(())
    if framework is None:
        return Profile(region, None, None, None, table, None, None, 0.0, ())
    history = _history(region, edition)
    before = _year_before(edition, history)
    rows = indicator_rows(region, framework, edition)
    scores = _scores(region, edition)
    targets = _targets_of_dimensions(framework, edition, rows)
    own = table.own
    dimensions = tuple(
        DimensionRow(
            dimension=top,
            score=scores[top.code].score if top.code in scores else None,
            rank=scores[top.code].rank if top.code in scores else None,
            coverage=scores[top.code].coverage if top.code in scores else 0.0,
            change=_change(history, top.code, edition, before),
            target=targets.get(top.code),
            trend=_trend(history, top.code),
            indicators=tuple(inside),
            absent=own is not None and top.code not in scores,
        )
        for top, inside in _by_top(framework, rows)
    )
    return Profile(
        region=region,
        framework=framework,
        edition=edition,
        before=before,
        league=table,
        index=own.score if own else None,
        change=_change(history, ROOT, edition, before),
        coverage=own.coverage if own else 0.0,
        dimensions=dimensions,
    )


History = Mapping[int, Mapping[str, float]]  # year → group → score


def _history(region: Region, edition: IndexEdition | None) -> History:
    """Scores in the editions of the same publisher and framework, the last of a year."""
    if edition is None:
        return {}
    rows = (
        EditionScore.objects.filter(
            region=region,
            edition__region=edition.region_id,
            edition__framework=edition.framework_id,
            edition__scope=edition.scope,
            score__isnull=False,
        )
        .order_by("edition__year", "edition__number")
        .values_list("edition__year", "edition__number", "group", "score", "edition_id")
    )
    found: dict[int, dict[str, float]] = {}
    latest: dict[int, int] = {}
    for year, number, group, score, pk in rows:
        wanted = year < edition.year or (
            year == edition.year and number <= edition.number
        )
        if not wanted:
            continue
        if latest.get(year) != pk:
            latest[year], found[year] = pk, {}
        if score is not None:
            found[year][group] = score
    return found


def _year_before(edition: IndexEdition | None, history: History) -> int | None:
    """The earlier year to compare with: only fixed goalposts compare over years."""
    if edition is None or getattr(edition, "normalisation", "") != "goalposts":
        return None
    return max((year for year in history if year < edition.year), default=None)


def _change(
    history: History, group: str, edition: IndexEdition | None, before: int | None
) -> float | None:
    if edition is None or before is None:
        return None
    now, then = history.get(edition.year, {}).get(group), history[before].get(group)
    return None if now is None or then is None else now - then


def _trend(history: History, group: str) -> tuple[tuple[int, float], ...]:
    return tuple(
        (year, scores[group])
        for year, scores in sorted(history.items())
        if group in scores
    )


def _scores(region: Region, edition: IndexEdition | None) -> dict[str, EditionScore]:
    if edition is None:
        return {}
    rows = EditionScore.objects.filter(edition=edition, region=region)
    return {row.group: row for row in rows}


def indicator_rows(
    region: Region, framework: Framework, edition: IndexEdition | None
) -> tuple[IndicatorRow, ...]:
    """Each indicator of a framework in a region, in the framework's order."""
    places = framework.places.select_related("indicator", "dimension").order_by(
        "dimension__order", "dimension__code", "indicator__code"
    )
    observed = _observed(region, framework)
    used = (
        {
            row.indicator_id: row
            for row in EditionValue.objects.filter(edition=edition, region=region)
        }
        if edition
        else {}
    )
    targets = _targets(region, framework)
    rows = []
    for place in places:
        years = observed.get(place.indicator_id, [])
        with_value = [row for row in years if row.value is not None]
        current = with_value[-1] if with_value else (years[-1] if years else None)
        target = _target_for(targets.get(place.indicator_id, []), current)
        rows.append(
            IndicatorRow(
                place=place,
                current=current,
                used=used.get(place.indicator_id),
                trend=tuple(
                    (r.year, float(r.value)) for r in with_value if r.value is not None
                ),
                target=target,
                state=_state(place.indicator, current, target),
            )
        )
    return tuple(rows)


def _observed(region: Region, framework: Framework) -> dict[int, list[Observation]]:
    rows = Observation.objects.current().filter(
        region=region, indicator__places__framework=framework
    )
    found: dict[int, list[Observation]] = defaultdict(list)
    for row in rows:
        found[row.indicator_id].append(row)
    return found


def _targets(region: Region, framework: Framework) -> dict[int, list[Target]]:
    rows = Target.objects.filter(
        region=region, indicator__places__framework=framework
    ).order_by("year")
    found: dict[int, list[Target]] = defaultdict(list)
    for row in rows:
        found[row.indicator_id].append(row)
    return found


def _target_for(
    targets: Sequence[Target], current: Observation | None
) -> Target | None:
    """The next target from the value's year on, else the last there was."""
    since = current.year if current else 0
    ahead = [target for target in targets if target.year >= since]
    return ahead[0] if ahead else (targets[-1] if targets else None)


def _state(
    indicator: Indicator, current: Observation | None, target: Target | None
) -> State:
    if target is None or current is None or current.value is None:
        return "none"
    better = (
        current.value <= target.value
        if indicator.direction == "lower"
        else current.value >= target.value
    )
    return "reached" if better else "short"


def _by_top(
    framework: Framework, rows: Iterable[IndicatorRow]
) -> list[tuple[Dimension, list[IndicatorRow]]]:
    """The dimensions at the top, each with the indicators in it or below it."""
    every = list(framework.dimensions.all())
    parents = {row.pk: row.parent_id for row in every}
    inside: dict[int, list[IndicatorRow]] = defaultdict(list)
    for row in rows:
        pk = row.place.dimension_id
        while (above := parents.get(pk)) is not None:
            pk = above
        inside[pk].append(row)
    return [(top, inside[top.pk]) for top in every if top.parent_id is None]


def _targets_of_dimensions(
    framework: Framework, edition: IndexEdition | None, rows: Sequence[IndicatorRow]
) -> dict[str, float]:
    """The score of each top dimension if the targets of its indicators were met."""
    if edition is None or not any(row.target for row in rows):
        return {}
    bounds = _bounds(edition)
    points: dict[int, list[tuple[float, float]]] = defaultdict(list)
    aimed: set[int] = set()
    for row in rows:
        if row.normalised is None:
            continue
        aim = _points_of_target(row, bounds)
        top = row.place.dimension_id
        if aim is not None:
            aimed.add(top)
        points[top].append((row.place.weight, row.normalised if aim is None else aim))
    return _up(framework, points, aimed)


def _up(
    framework: Framework,
    points: Mapping[int, list[tuple[float, float]]],
    aimed: set[int],
) -> dict[str, float]:
    every = list(framework.dimensions.all())

    def mean(node: Dimension) -> tuple[float | None, bool]:
        parts = list(points.get(node.pk, []))
        hit = node.pk in aimed
        for below in (d for d in every if d.parent_id == node.pk):
            value, found = mean(below)
            hit = hit or found
            if value is not None:
                parts.append((below.weight, value))
        total = sum(weight for weight, _ in parts)
        if not total:
            return None, hit
        return sum(weight * value for weight, value in parts) / total, hit

    found = {top.code: mean(top) for top in every if top.parent_id is None}
    return {
        code: value for code, (value, hit) in found.items() if hit and value is not None
    }


def _bounds(edition: IndexEdition) -> dict[int, tuple[Decimal, Decimal]]:
    rows = (
        EditionValue.objects.filter(edition=edition, value__isnull=False)
        .values_list("indicator_id")
        .annotate(low=Min("value"), high=Max("value"))
    )
    return {pk: (low, high) for pk, low, high in rows}


def _points_of_target(
    row: IndicatorRow, bounds: Mapping[int, tuple[Decimal, Decimal]]
) -> float | None:
    """The target on the same scale as the scores, 0–100."""
    if row.target is None:
        return None
    low, high = row.place.goal_low, row.place.goal_high
    if low is None or high is None:
        found = bounds.get(row.place.indicator_id)
        if found is None:
            return None
        low, high = float(found[0]), float(found[1])
    if high <= low:
        return None
    share = (float(row.target.value) - low) / (high - low)
    share = 1 - share if row.indicator.direction == "lower" else share
    return 100 * min(1.0, max(0.0, share))
