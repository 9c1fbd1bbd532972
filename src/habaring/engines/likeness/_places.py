"""Which places are like one place, feature by feature, and how sure that is.

Gower, "A general coefficient of similarity and some of its properties", Biometrics 27
(1971). Of a number, likeness falls evenly from 1 (equal) to 0 (as far apart as the
middle nine tenths of all places are wide). Of a path ("kalimantan/62") it is the share
of the path that is common. What is unknown counts as the mean likeness of those of
whom it is known, so that it neither helps nor hurts; `low` and `high` say what it could
come to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, log
from typing import Literal

Kind = Literal["number", "path"]
Value = float | str | None


class PlacesRefused(ValueError):  # noqa: N818 - an expected "no"
    """The question cannot be answered; every problem is named."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Feature:
    """One thing to compare by. `log`: shares matter, not differences (population)."""

    code: str
    weight: float = 1.0
    kind: Kind = "number"
    log: bool = False


@dataclass(frozen=True)
class Place:
    """One place: what is known of it by the codes of features; None: not known."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Reason:
    """Likeness (0 to 1) in one feature; None where one of the two is not known.

    `share` is the part of the whole weight that the feature has; `counted` the likeness
    that the score rests on: that of the two, or the mean where one is not known.
    """

    feature: str
    share: float
    likeness: float | None
    counted: float
    own: Value
    other: Value

    @property
    def part(self) -> float:
        """What the feature adds to the score; all of them come to the score."""
        return self.share * self.counted

    @property
    def lacks(self) -> float:
        """What it adds to the distance, 1 less the score."""
        return self.share * (1 - self.counted)


@dataclass(frozen=True)
class Alike:
    """How like the asked place one other is: 0 to 1.

    `known` is the share of the weight that rests on what is known of both; `low` and
    `high` what the score could be, whatever the rest is.
    """

    code: str
    score: float
    low: float
    high: float
    known: float
    reasons: tuple[Reason, ...]


def alike(
    own: str, places: Sequence[Place], features: Sequence[Feature]
) -> tuple[Alike, ...]:
    """Every other place with its reasons, the most alike first; ties by code.

    Raises PlacesRefused where `own` is not among the places, a code stands twice, or
    a weight or a value makes no sense.
    """
    by_code = {place.code: place for place in places}
    _check(own, places, by_code, features)
    whole = sum(feature.weight for feature in features)
    mine = by_code.pop(own)
    others = sorted(by_code.values(), key=lambda place: place.code)
    columns = [_column(feature, mine, others, places) for feature in features]
    means = [0.5 if (mean := _mean(c)) is None else mean for c in columns]
    found = []
    for row, other in enumerate(others):
        reasons = tuple(
            Reason(
                feature.code,
                feature.weight / whole,
                value := column[row],
                mean if value is None else value,
                mine.values.get(feature.code),
                other.values.get(feature.code),
            )
            for feature, column, mean in zip(features, columns, means, strict=True)
        )
        found.append(_told(other.code, reasons))
    return tuple(sorted(found, key=lambda one: (-one.score, one.code)))


def _told(code: str, reasons: tuple[Reason, ...]) -> Alike:
    known = sum(r.share for r in reasons if r.likeness is not None)
    low = sum(r.share * r.likeness for r in reasons if r.likeness is not None)
    return Alike(
        code,
        round(sum(r.part for r in reasons), 9),
        round(low, 9),
        round(min(1.0, low + 1 - known), 9),
        round(known, 9),
        reasons,
    )


def _check(
    own: str,
    places: Sequence[Place],
    by_code: Mapping[str, Place],
    features: Sequence[Feature],
) -> None:
    problems = []
    if own not in by_code:
        problems.append(f"{own} is not among the places")
    if len(by_code) != len(places):
        problems.append("a place stands twice")
    codes = [feature.code for feature in features]
    if not codes or len(set(codes)) != len(codes):
        problems.append("features must be named, each once")
    problems += [
        f"the weight of {feature.code} must be above zero"
        for feature in features
        if not (feature.weight > 0 and isfinite(feature.weight))
    ]
    problems += [
        f"{place.code}: {feature.code} cannot be {place.values[feature.code]!r}"
        for place in places
        for feature in features
        if not _sensible(feature, place.values.get(feature.code))
    ]
    if problems:
        raise PlacesRefused(problems)


def _sensible(feature: Feature, value: Value) -> bool:
    if value is None:
        return True
    if feature.kind == "path":
        return isinstance(value, str) and bool(value)
    if isinstance(value, str) or not isfinite(value):
        return False
    return value > 0 if feature.log else True


def _column(
    feature: Feature, mine: Place, others: Sequence[Place], places: Sequence[Place]
) -> list[float | None]:
    """The likeness of each other place in one feature."""
    if feature.kind == "path":
        own = _path(mine.values.get(feature.code))
        return [_common(own, _path(o.values.get(feature.code))) for o in others]
    known = [_number(feature, place) for place in places]
    width = _width(sorted(value for value in known if value is not None))
    here = _number(feature, mine)
    return [_near(here, _number(feature, other), width) for other in others]


def _path(value: Value) -> tuple[str, ...] | None:
    return tuple(value.split("/")) if isinstance(value, str) else None


def _common(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> float | None:
    if one is None or other is None:
        return None
    same = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        same += 1
    return same / max(len(one), len(other))


def _number(feature: Feature, place: Place) -> float | None:
    value = place.values.get(feature.code)
    if value is None or isinstance(value, str):
        return None
    return log(value) if feature.log else float(value)


def _near(one: float | None, other: float | None, width: float) -> float | None:
    if one is None or other is None:
        return None
    if width == 0:
        return 1.0 if one == other else 0.0
    return max(0.0, 1 - abs(one - other) / width)


def _width(values: Sequence[float]) -> float:
    """From the 5th to the 95th hundredth; all of it where that is nothing."""
    if not values:
        return 0.0
    middle = _hundredth(values, 0.95) - _hundredth(values, 0.05)
    return middle or values[-1] - values[0]


def _hundredth(values: Sequence[float], share: float) -> float:
    """Between the two nearest, as numpy's default does."""
    place = share * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (place - below)


def _mean(column: Sequence[float | None]) -> float | None:
    known = [value for value in column if value is not None]
    return sum(known) / len(known) if known else None
