"""What a round comes to: readings joined, graded, ranked. Nothing is saved here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from zlib import crc32

from django.utils.timezone import localdate

from habaring.evaluation import grading, ranking
from habaring.evaluation.grading import Grade, Levels
from habaring.evaluation.models import Appeal, Entry, Mark, Reading, Result, Round
from habaring.evaluation.proofs import sheet
from habaring.evaluation.ranking import Field, Rank
from habaring.evaluation.rules import scheme_of_round

PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Outcome:
    """One region's part of a round."""

    entry: Entry
    grade: Grade
    own: Grade
    readings: tuple[Grade, ...]
    improvement: Fraction | None
    band: str
    rank: Rank
    province_rank: int
    province_ranked: int


def decimal(value: Fraction) -> Decimal:
    """To four places, half up: what is stored."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(PLACES, rounding="ROUND_HALF_UP")


def plain(values: Mapping[str, Fraction]) -> dict[str, float]:
    """Levels as they are stored: to four places."""
    return {code: float(decimal(value)) for code, value in values.items()}


def seed_of(row: Round) -> int:
    """The same for a round each time: its year, stage and instrument."""
    return crc32(f"{row.year}/{row.stage}/{row.instrument.sha256}".encode())


def levels_by_reading(readings: Iterable[Reading]) -> dict[int, dict[str, Fraction]]:
    """The levels of many readings in one query."""
    found: dict[int, dict[str, Fraction]] = defaultdict(dict)
    rows = Mark.objects.filter(reading__in=[one.pk for one in readings])
    for key, code, level in rows.values_list("reading_id", "question", "level"):
        found[key][code] = Fraction(level)
    return found


def submitted(row: Round) -> dict[int, list[Reading]]:
    """The readings of a round that were handed in, by entry, in the order of places."""
    found: dict[int, list[Reading]] = defaultdict(list)
    for one in Reading.objects.filter(entry__round=row, state="submitted").order_by(
        "entry", "place"
    ):
        found[one.entry_id].append(one)
    return found


def before(row: Round) -> dict[str, Fraction]:
    """The index of each region in its last year before this round: Stage II where it
    went so far.
    """
    rows = Result.objects.standing().filter(year__lt=row.year)
    found: dict[str, Fraction] = {}
    for code, index in rows.order_by("year", "stage").values_list("region_id", "index"):
        found[code] = Fraction(index)
    return found


def outcomes(row: Round, *, appeals: bool = False) -> list[Outcome]:
    """All entries of a round with at least one reading, best first.

    With `appeals`, levels that were granted take the place of the readings'. Needs the
    rows of all regions open, `round.instrument` loaded.
    """
    scheme = scheme_of_round(row)
    read = submitted(row)
    levels = levels_by_reading(one for mine in read.values() for one in mine)
    granted = _granted(row) if appeals else {}
    entries = (
        Entry.objects.filter(round=row, pk__in=read)
        .select_related("round__instrument", "region", "submitted_by")
        .order_by("region")
    )
    graded = []
    for entry in entries:
        entry.round = row
        mine = [levels[one.pk] for one in read[entry.pk]]
        graded.append(_graded(entry, mine, granted.get(entry.pk, {})))
    return _ranked(
        row, graded, before(row), {m.code: m.weight for m in scheme.measures}
    )


@dataclass(frozen=True)
class _Graded:
    entry: Entry
    grade: Grade
    own: Grade
    readings: tuple[Grade, ...]


def _graded(entry: Entry, mine: Sequence[Levels], granted: Levels) -> _Graded:
    scheme = scheme_of_round(entry.round)
    day = localdate(entry.submitted_at) if entry.submitted_at else entry.round.opens_on
    told = sheet(entry, on=day)
    gone = set(told.uncounted) - set(granted)
    joined = grading.join(mine) | dict(granted)
    return _Graded(
        entry,
        grading.grade(scheme, joined, uncounted=gone),
        grading.grade(scheme, told.levels),
        tuple(grading.grade(scheme, one, uncounted=gone) for one in mine),
    )


def _granted(row: Round) -> dict[int, dict[str, Fraction]]:
    found: dict[int, dict[str, Fraction]] = defaultdict(dict)
    for one in Appeal.objects.filter(
        entry__round=row, state="granted", level__isnull=False
    ):
        found[one.entry_id][one.question] = Fraction(one.level or 0)
    return found


def _ranked(
    row: Round,
    graded: Sequence[_Graded],
    last: Mapping[str, Fraction],
    weights: Mapping[str, Fraction],
) -> list[Outcome]:
    fields = [
        Field(
            one.entry.region_id,
            one.grade.index,
            one.grade.measures,
            [reading.measures for reading in one.readings],
        )
        for one in graded
    ]
    found = ranking.ranges(fields, weights, seed=seed_of(row))
    at_home: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for field in fields:
        at_home[field.code.split(".")[0]][field.code] = field.index
    scheme = scheme_of_round(row)
    made = []
    for one in graded:
        code = one.entry.region_id
        home = at_home[code.split(".")[0]]
        band = scheme.band(one.grade.index)
        improved = one.grade.index - last[code] if code in last else None
        made.append(
            Outcome(
                one.entry,
                one.grade,
                one.own,
                one.readings,
                improved,
                band.code if band else "",
                found[code],
                ranking.ranks(home)[code],
                len(home),
            )
        )
    return sorted(made, key=lambda one: (one.rank.rank, one.entry.region_id))
