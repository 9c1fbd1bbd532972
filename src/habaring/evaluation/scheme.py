"""The instrument of a year as plain values: questions, weights, scale, bands, awards.

Pure: no Django. `read` takes the TOML of an instrument (`instruments/*.toml`) and names
everything that is wrong with it. Source of the shape: the yearly evaluation as told in
domain.md 2.3 (five measures; Impact is the mean of six dimensions).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal, TypeAlias

Proof: TypeAlias = Literal["none", "present", "valid"]
Without: TypeAlias = Literal["lowest", "left_out", "counted"]
PROOFS = ("none", "present", "valid")
WITHOUTS = ("lowest", "left_out", "counted")
WHOLE = Fraction(100)


class SchemeError(ValueError):
    """An instrument that cannot be used; `problems` lists what is wrong."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Named:
    """Words in two languages; English may be missing."""

    id: str
    en: str = ""
    do_not_call_in_templates = True  # a page chooses the language by itself

    def __call__(self, language: str) -> str:
        return self.en if language == "en" and self.en else self.id


@dataclass(frozen=True)
class Question:
    """One question: what evidence it asks for, and in which dimension of its measure.

    `kinds` are words of the vault (any of them will do; none: any kind).
    """

    code: str
    text: Named
    measure: str
    dimension: str = ""
    kinds: tuple[str, ...] = ()
    this_year: bool = False  # its evidence must be of the round's year


@dataclass(frozen=True)
class Measure:
    """One of the parts of the index. `weight` is of a hundred.

    With dimensions, its score is the mean of their means; else the mean of its questions.
    """

    code: str
    name: Named
    weight: Fraction
    questions: tuple[Question, ...]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions that its questions name, in their order."""
        return tuple(dict.fromkeys(q.dimension for q in self.questions if q.dimension))


@dataclass(frozen=True)
class Band:
    """A word for an index from a level on."""

    code: str
    name: Named
    start: Fraction


@dataclass(frozen=True)
class Prize:
    """An award that this instrument foresees, with its method in words."""

    code: str
    name: Named
    method: Named
    measured: str
    places: int = 1
    minimum: Fraction | None = None


@dataclass(frozen=True)
class Scheme:
    """A whole instrument. `proof` says which evidence lets an answer count, `without`
    what becomes of an answer that has none: worth the lowest level, left out of its mean,
    or counted all the same.
    """

    code: str
    year: int
    name: Named
    source: str
    low: Fraction
    high: Fraction
    step: Fraction  # between two levels that may be given
    measures: tuple[Measure, ...]
    bands: tuple[Band, ...]
    levels: Mapping[Fraction, Named]
    dimensions: Mapping[str, Named]
    prizes: tuple[Prize, ...] = ()
    proof: Proof = "present"
    without: Without = "lowest"
    third_step: Fraction = Fraction(1, 2)

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """All questions by their codes, in order."""
        return {q.code: q for m in self.measures for q in m.questions}

    def band(self, index: Fraction) -> Band | None:
        """The highest band that the index reaches."""
        reached = [band for band in self.bands if band.start <= index]
        return max(reached, key=lambda band: band.start, default=None)

    def allows(self, level: Fraction) -> bool:
        """Whether a level may be given: on the scale and on a step of it."""
        on_step = (level - self.low) / self.step
        return self.low <= level <= self.high and on_step.denominator == 1

    @property
    def choices(self) -> tuple[Fraction, ...]:
        """Every level that may be given, lowest first."""
        count = int((self.high - self.low) / self.step)
        return tuple(self.low + self.step * n for n in range(count + 1))


def number(value: Any) -> Fraction:
    """A number of the TOML as an exact fraction: 0.25 is a quarter."""
    return Fraction(str(value))


def read(text: str) -> Scheme:
    """The instrument in a TOML text; SchemeError with everything that is wrong."""
    try:
        raw = tomllib.loads(text)
        scheme = _scheme(raw)
    except tomllib.TOMLDecodeError as broken:
        raise SchemeError((f"This is no TOML: {broken}",)) from None
    except (KeyError, TypeError, ValueError, AttributeError) as missing:
        raise SchemeError((f"Something is missing or no number: {missing}",)) from None
    found = problems(scheme)
    if found:
        raise SchemeError(found)
    return scheme


def _scheme(raw: Mapping[str, Any]) -> Scheme:
    scale = raw["scale"]
    return Scheme(
        code=raw["code"],
        year=int(raw["year"]),
        name=_named(raw, "name"),
        source=raw.get("source", ""),
        low=number(scale["min"]),
        high=number(scale["max"]),
        step=number(scale.get("step", 1)),
        measures=tuple(_measure(one) for one in raw["measure"]),
        bands=tuple(
            Band(one["code"], _named(one, "name"), number(one["from"]))
            for one in raw.get("band", ())
        ),
        levels={number(one["level"]): _named(one, "name") for one in raw["level"]},
        dimensions={
            one["code"]: _named(one, "name") for one in raw.get("dimension", ())
        },
        prizes=tuple(_prize(one) for one in raw.get("award", ())),
        proof=raw.get("proof", "present"),
        without=raw.get("without_proof", "lowest"),
        third_step=number(raw.get("third_step", "0.5")),
    )


def _named(row: Mapping[str, Any], key: str) -> Named:
    return Named(row[f"{key}_id"], row.get(f"{key}_en", ""))


def _measure(row: Mapping[str, Any]) -> Measure:
    code = row["code"]
    return Measure(
        code,
        _named(row, "name"),
        number(row["weight"]),
        tuple(_question(one, code) for one in row.get("question", ())),
    )


def _question(row: Mapping[str, Any], measure: str) -> Question:
    return Question(
        row["code"],
        _named(row, "text"),
        measure,
        row.get("dimension", ""),
        tuple(row.get("evidence", ())),
        bool(row.get("this_year", False)),
    )


def _prize(row: Mapping[str, Any]) -> Prize:
    return Prize(
        row["code"],
        _named(row, "name"),
        _named(row, "method"),
        row["measured"],
        int(row.get("places", 1)),
        number(row["minimum"]) if "minimum" in row else None,
    )


def problems(scheme: Scheme) -> tuple[str, ...]:
    """Everything that is wrong with an instrument, in plain sentences."""
    return (*_numbers(scheme), *_names(scheme), *_words(scheme))


def _numbers(scheme: Scheme) -> list[str]:
    total = sum((m.weight for m in scheme.measures), Fraction(0))
    found = []
    if total != WHOLE:
        found.append(f"The weights sum to {float(total):g}, not to 100.")
    if any(m.weight < 0 for m in scheme.measures):
        found.append("A weight is below zero.")
    if scheme.high <= scheme.low or scheme.step <= 0:
        found.append("The scale has no height.")
    elif ((scheme.high - scheme.low) / scheme.step).denominator != 1:
        found.append("The highest level is not on a step of the scale.")
    if any(not scheme.low <= b.start <= scheme.high for b in scheme.bands):
        found.append("A band begins outside of the scale.")
    return found


def _names(scheme: Scheme) -> list[str]:
    found = []
    codes = [q.code for m in scheme.measures for q in m.questions]
    found += [f"{code} stands twice." for code in codes if codes.count(code) > 1]
    for one in scheme.measures:
        named = [bool(q.dimension) for q in one.questions]
        if not one.questions:
            found.append(f"{one.code} has no question.")
        if any(named) and not all(named):
            found.append(f"{one.code} has questions with and without a dimension.")
        found += [
            f"{one.code} names a dimension that is not listed: {d}."
            for d in one.dimensions
            if d not in scheme.dimensions
        ]
    return found


def _words(scheme: Scheme) -> list[str]:
    found = []
    if scheme.proof not in PROOFS:
        found.append(f"proof must be one of {', '.join(PROOFS)}.")
    if scheme.without not in WITHOUTS:
        found.append(f"without_proof must be one of {', '.join(WITHOUTS)}.")
    known = {"index", "improvement"}
    known |= {f"measure:{m.code}" for m in scheme.measures}
    known |= {f"dimension:{code}" for code in scheme.dimensions}
    found += [
        f"{prize.code} is measured by something unknown: {prize.measured}."
        for prize in scheme.prizes
        if prize.measured not in known
    ]
    return found
