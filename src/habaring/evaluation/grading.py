"""From levels to an index: exact, pure, with its parts.

Method (domain.md 0.4 and 2.3): the index is the weighted mean of the measures, weights of
a hundred; a measure is the mean of its questions, or, where its questions name dimensions
(Impact), the mean of the means of its dimensions. Several readings of one question are
joined to one level: the mean of two, the median of three. All in fractions; only pages
round.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from habaring.evaluation.scheme import Measure, Question, Scheme

Levels = Mapping[str, Fraction]


@dataclass(frozen=True)
class Grade:
    """An index and what it is made of. A measure or dimension in which nothing counts is
    None; its measure then counts as the lowest level, and stands in `empty`.
    """

    index: Fraction
    measures: Mapping[str, Fraction]
    dimensions: Mapping[str, Fraction]
    empty: tuple[str, ...]
    uncounted: tuple[str, ...]


def grade(scheme: Scheme, levels: Levels, *, uncounted: Collection[str] = ()) -> Grade:
    """The index of one set of levels, by question.

    `uncounted` are questions without evidence that counts: what becomes of them is for
    the scheme to say. A question without a level counts as the lowest one.
    """
    measures: dict[str, Fraction] = {}
    dimensions: dict[str, Fraction] = {}
    empty = []
    for one in scheme.measures:
        parts = _parts(scheme, one, levels, uncounted)
        dimensions |= {code: value for code, value in parts.items() if code}
        if not parts:
            empty.append(one.code)
        measures[one.code] = mean(list(parts.values())) if parts else scheme.low
    index = weighted(measures, {m.code: m.weight for m in scheme.measures})
    named = tuple(code for code in scheme.questions if code in uncounted)
    return Grade(index, measures, dimensions, tuple(empty), named)


def _parts(
    scheme: Scheme, measure: Measure, levels: Levels, uncounted: Collection[str]
) -> dict[str, Fraction]:
    """The dimensions of a measure that have a value; "" where it has no dimensions."""
    found: dict[str, list[Fraction]] = {}
    for one in measure.questions:
        level = _level(scheme, one, levels, uncounted)
        if level is not None:
            found.setdefault(one.dimension, []).append(level)
    return {code: mean(values) for code, values in found.items()}


def _level(
    scheme: Scheme, question: Question, levels: Levels, uncounted: Collection[str]
) -> Fraction | None:
    if question.code in uncounted and scheme.without == "left_out":
        return None
    if question.code in uncounted and scheme.without == "lowest":
        return scheme.low
    return levels.get(question.code, scheme.low)


def weighted(
    values: Mapping[str, Fraction], weights: Mapping[str, Fraction]
) -> Fraction:
    """The mean of values by weights; both name the same things. ZeroDivisionError where
    all weights are nothing, KeyError where a value is missing.
    """
    total = sum(weights.values(), Fraction(0))
    return sum((values[k] * w for k, w in weights.items()), Fraction(0)) / total


def mean(values: Sequence[Fraction]) -> Fraction:
    """The plain mean of at least one value."""
    return sum(values, Fraction(0)) / len(values)


def join(readings: Sequence[Levels]) -> dict[str, Fraction]:
    """One level for each question out of several readings.

    Of two readings the mean, so that neither is worth more; of three the median, so that
    one that lies far off moves nothing beyond the other two.
    """
    found: dict[str, Fraction] = {}
    for code in {code for one in readings for code in one}:
        given = [one[code] for one in readings if code in one]
        found[code] = median(given) if len(given) > 2 else mean(given)
    return found


@dataclass(frozen=True)
class Distance:
    """How far two readings lie apart: in the index, and in the measure that differs most."""

    index: Fraction
    measure: str
    apart: Fraction


def distance(scheme: Scheme, first: Levels, second: Levels) -> Distance:
    """How far apart two readings of the same answers are."""
    a, b = grade(scheme, first), grade(scheme, second)
    gaps = {code: abs(a.measures[code] - b.measures[code]) for code in a.measures}
    most = max(gaps, key=lambda code: gaps[code])
    return Distance(abs(a.index - b.index), most, gaps[most])


def third_wanted(scheme: Scheme, first: Levels, second: Levels, step: Fraction) -> bool:
    """Whether a third person should read: the indices lie further apart than `step`, or
    one measure further than twice that.
    """
    found = distance(scheme, first, second)
    return found.index > step or found.apart > 2 * step
