"""What pages and other domains ask: results through the years, and how a round stands."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from habaring.evaluation import calibration
from habaring.evaluation.calibration import Manner, Read
from habaring.evaluation.grading import distance, third_wanted
from habaring.evaluation.models import Entry, Finding, Reading, Result, Round
from habaring.evaluation.results import levels_by_reading
from habaring.evaluation.rules import scheme_of_round, step_of
from habaring.evaluation.words import TO_DO
from habaring.regions.models import Region


class YearResult(NamedTuple):
    """One public result of a region."""

    year: int
    stage: int
    index: Decimal
    improvement: Decimal | None


def results(region: Region) -> list[YearResult]:
    """All public results of a region, earliest first."""
    return results_of_all([region.pk]).get(region.pk, [])


def results_of_all(
    codes: Iterable[str] | None = None,
) -> Mapping[str, list[YearResult]]:
    """The same for many regions (None: all), in one query."""
    rows = Result.objects.public()
    if codes is not None:
        rows = rows.filter(region__in=list(codes))
    found: dict[str, list[YearResult]] = defaultdict(list)
    for code, *values in rows.order_by("year", "stage").values_list(
        "region_id", "year", "stage", "index", "improvement"
    ):
        found[code].append(YearResult(*values))
    return found


@dataclass(frozen=True)
class EntryLine:
    """A region in a round as the ministry sees it."""

    entry: Entry
    readings: tuple[Reading, ...]  # standing ones
    ended: tuple[Reading, ...]  # taken away, or a tie was declared
    answered: int
    apart: Decimal | None  # of the first two readings' indices
    third: bool

    @property
    def done(self) -> int:
        """How many readings are handed in."""
        return sum(one.state == "submitted" for one in self.readings)


def lines(row: Round) -> list[EntryLine]:
    """Every region of a round; needs all rows open, `round.instrument` loaded."""
    readings: dict[int, list[Reading]] = defaultdict(list)
    for one in Reading.objects.filter(entry__round=row).select_related("assessor"):
        readings[one.entry_id].append(one)
    levels = levels_by_reading(one for mine in readings.values() for one in mine)
    scheme, step = scheme_of_round(row), step_of(row)
    found = []
    for entry in _entries(row):
        mine = readings.get(entry.pk, [])
        done = [one for one in mine if one.state == "submitted"]
        pair = [levels[one.pk] for one in done[:2]] if len(done) >= 2 else []
        gap = distance(scheme, *pair).index if pair else None
        found.append(
            EntryLine(
                entry,
                tuple(o for o in mine if o.state not in ("withdrawn", "conflicted")),
                tuple(o for o in mine if o.state in ("withdrawn", "conflicted")),
                entry.answered,
                None if gap is None else round(Decimal(float(gap)), 2),
                len(done) == 2 and bool(pair) and third_wanted(scheme, *pair, step),
            )
        )
    return found


def _entries(row: Round) -> list[Entry]:
    from django.db.models import Count, Q

    return list(
        Entry.objects.filter(round=row)
        .select_related("region")
        .annotate(answered=Count("answers", filter=Q(answers__level__isnull=False)))
        .order_by("region")
    )


def manners(row: Round | None = None) -> list[Manner]:
    """How assessors read, in one round or in all; needs all rows open."""
    readings = Reading.objects.filter(state="submitted", submitted_at__isnull=False)
    if row is not None:
        readings = readings.filter(entry__round=row)
    every = list(readings)
    levels = levels_by_reading(every)
    return calibration.manners(
        [
            Read(
                one.assessor_id,
                one.entry_id,
                one.submitted_at,
                {code: float(level) for code, level in levels[one.pk].items()},
            )
            for one in every
            if one.submitted_at is not None
        ]
    )


def open_findings(region: Region) -> list[Finding]:
    """What still has to be done, the earliest day first."""
    return list(
        Finding.objects.filter(region=region, kind__in=TO_DO)
        .exclude(state="closed")
        .select_related("owner", "round")
        .order_by("due_on", "id")
    )
