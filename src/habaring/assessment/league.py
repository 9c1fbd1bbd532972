"""Index editions that tell of a region, and everyone's place in one."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, When
from django.db.models.fields.json import KT

from habaring.assessment.models import EditionScope, EditionScore, IndexEdition
from habaring.engines.scoring import ROOT, SURE
from habaring.regions.models import Region


@dataclass(frozen=True)
class LeagueRow:
    """One region in an edition. `alike`: cannot be told apart from one's own region."""

    region: Region
    score: float | None
    coverage: float
    rank: int | None
    low: int | None
    high: int | None
    own: bool = False
    alike: bool = False


@dataclass(frozen=True)
class League:
    """The regions of an edition in the order of their ranks, those not ranked last."""

    rows: tuple[LeagueRow, ...]

    @property
    def own(self) -> LeagueRow | None:
        return next((row for row in self.rows if row.own), None)

    @property
    def ranked(self) -> int:
        return sum(row.rank is not None for row in self.rows)

    @property
    def alike(self) -> tuple[Region, ...]:
        return tuple(row.region for row in self.rows if row.alike)


# Editions


def editions_for(region: Region) -> list[IndexEdition]:
    """Editions that tell of a region, its own first, without their large fields."""
    return list(_editions(region))


def latest_edition(region: Region) -> IndexEdition | None:
    """The edition for the region's face: its own, else its province's, else the nation's."""
    return _editions(region).first()


def _editions(region: Region) -> "models.QuerySet[IndexEdition]":
    inside = EditionScore.objects.filter(
        edition=OuterRef("pk"), region=region, group=ROOT
    )
    province = region.code[:2]
    return (
        IndexEdition.objects.defer("record", "table_csv", "framework_toml")
        .select_related("region", "framework")
        .annotate(normalisation=KT("record__framework__normalisation"))
        .filter(
            Q(region=region)
            | Q(Exists(inside), region=province)
            | Q(Exists(inside), scope=EditionScope.NATIONAL)
        )
        .annotate(
            nearness=Case(
                When(region=region, then=0),
                When(region=province, then=1),
                default=2,
                output_field=IntegerField(),
            )
        )
        .order_by("nearness", "-year", "-number")
    )


def league(edition: IndexEdition, region: Region | None, group: str = ROOT) -> League:
    """Everyone in an edition, and who cannot be told apart from one's own region."""
    scores = list(
        EditionScore.objects.filter(edition=edition, group=group).select_related(
            "region"
        )
    )
    alike = _alike(edition, scores, region.code if region else "")
    rows = (
        LeagueRow(
            region=score.region,
            score=score.score,
            coverage=score.coverage,
            rank=score.rank,
            low=score.rank_low,
            high=score.rank_high,
            own=region is not None and score.region_id == region.code,
            alike=score.region_id in alike,
        )
        for score in scores
    )
    return League(tuple(sorted(rows, key=lambda r: (r.rank or 10**9, r.region.code))))


def _alike(
    edition: IndexEdition, scores: Sequence[EditionScore], own: str
) -> frozenset[str]:
    """Codes that beat `own`, or that it beats, in fewer than 95 % of draws."""
    mine = next((s for s in scores if s.region_id == own and s.rank), None)
    if mine is None or mine.group != ROOT:
        return frozenset()
    others = [s for s in scores if s.rank and s.region_id != own]
    beats = (
        IndexEdition.objects.filter(pk=edition.pk)
        .values_list("record__pairs__beats", flat=True)
        .first()
    )
    if not beats:  # too many regions for pairs: ranges that overlap
        return frozenset(
            s.region_id
            for s in others
            if (s.rank_low or 0) <= (mine.rank_high or 0)
            and (mine.rank_low or 0) <= (s.rank_high or 0)
        )
    order = sorted(s.region_id for s in scores)  # as the table was written
    me, sure = order.index(own), 1000 * SURE
    return frozenset(
        s.region_id
        for s in others
        if max(
            beats[me][order.index(s.region_id)] or 0,
            beats[order.index(s.region_id)][me] or 0,
        )
        < sure
    )
