"""What pages and other domains ask: results through the years, and how a round stands."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count

from habaring.evaluation import calibration
from habaring.evaluation.calibration import Manner, Read
from habaring.evaluation.grading import Levels, distance, third_wanted
from habaring.evaluation.models import Answer, Entry, Finding, Reading, Result, Round
from habaring.evaluation.results import levels_by_reading
from habaring.evaluation.rules import scheme_of_round, step_of
from habaring.evaluation.words import TO_DO
from habaring.regions.models import Region

ENDED = ("withdrawn", "conflicted")


@dataclass(frozen=True)
class YearResult:
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
    for code, year, stage, index, improvement in rows.order_by(
        "year", "stage"
    ).values_list("region_id", "year", "stage", "index", "improvement"):
        found[code].append(YearResult(year, stage, index, improvement))
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


def lines(row: Round, *, only: int | None = None) -> list[EntryLine]:
    """Every region of a round, or the one of an entry's key; needs all rows open,
    `round.instrument` loaded.
    """
    readings: dict[int, list[Reading]] = defaultdict(list)
    every = Reading.objects.filter(entry__round=row).select_related("assessor")
    entries = Entry.objects.filter(round=row).select_related("region")
    if only is not None:
        every, entries = every.filter(entry=only), entries.filter(pk=only)
    for one in every:
        readings[one.entry_id].append(one)
    levels = levels_by_reading(one for mine in readings.values() for one in mine)
    answered = dict(
        Answer.objects.filter(entry__round=row, level__isnull=False)
        .values_list("entry")
        .annotate(count=Count("pk"))
    )
    return [
        _line(
            row,
            entry,
            readings.get(entry.pk, []),
            levels,
            answered=answered.get(entry.pk, 0),
        )
        for entry in entries.order_by("region")
    ]


def _line(
    row: Round,
    entry: Entry,
    mine: Sequence[Reading],
    levels: Mapping[int, Levels],
    *,
    answered: int,
) -> EntryLine:
    scheme = scheme_of_round(row)
    done = [levels[one.pk] for one in mine if one.state == "submitted"]
    gap = distance(scheme, done[0], done[1]).index if len(done) > 1 else None
    third = len(done) == 2 and third_wanted(scheme, done[0], done[1], step_of(row))
    return EntryLine(
        entry,
        tuple(o for o in mine if o.state not in ENDED),
        tuple(o for o in mine if o.state in ENDED),
        answered,
        None if gap is None else round(Decimal(float(gap)), 2),
        third,
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
