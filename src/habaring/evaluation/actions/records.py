"""The verb for results of years before the platform: with their source."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from habaring.evaluation.models import Result
from habaring.evaluation.rules import RoundRefused
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared import audit

MOST = Decimal(10)  # no scale that was ever used reaches further


@dataclass(frozen=True)
class Past:
    """A result as it was published elsewhere."""

    year: int
    index: Decimal
    source: str
    stage: int = 2
    measures: dict[str, float] = field(default_factory=dict)
    dimensions: dict[str, float] = field(default_factory=dict)
    improvement: Decimal | None = None
    rank: int | None = None
    ranked: int | None = None
    province_rank: int | None = None
    illustrative: bool = False


@transaction.atomic
def record_past(
    *, by: Account | None, at: datetime, region: Region, past: Past
) -> Result:
    """Record a result that was published elsewhere; the earlier record of it is replaced.

    Raises RoundRefused without a source, out of reach, and where a round here gave one.
    """
    if not past.source.strip() or not 0 <= past.index <= MOST:
        raise RoundRefused(
            _("A result of before needs a source and an index of the scale."),
            next=_("Write where it was published."),
        )
    if not 2017 <= past.year <= localdate(at).year:
        raise RoundRefused(
            _("There was no evaluation in this year."),
            next=_("The programme began in 2017."),
        )
    same = Result.objects.standing().filter(
        region=region, year=past.year, stage=past.stage
    )
    if same.filter(round__isnull=False).exists():
        raise RoundRefused(_("A round on this platform gave this result."))
    same.update(replaced_at=at)
    row = Result.objects.create(
        region=region,
        year=past.year,
        stage=past.stage,
        index=past.index,
        measures=past.measures,
        dimensions=past.dimensions,
        improvement=past.improvement,
        rank=past.rank,
        ranked=past.ranked,
        province_rank=past.province_rank,
        source=past.source.strip()[:300],
        announced_at=at,
        published_at=at,
        recorded_by=by,
        illustrative=past.illustrative,
    )
    audit.record(
        by=by,
        at=at,
        verb="evaluation.result.recorded",
        subject=row,
        region=region.code,
        details={"year": past.year, "stage": past.stage},
    )
    return row


@transaction.atomic
def record_many(
    *, by: Account | None, at: datetime, past: Sequence[tuple[Region, Past]]
) -> int:
    """Record many (a spreadsheet): all or none; how many there were."""
    for region, one in past:
        record_past(by=by, at=at, region=region, past=one)
    return len(past)
