"""Weighted criteria, requirements, at most so many a province, ties told. Exact."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, get_args

Kind = Literal["points", "higher", "lower"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Why = Literal["chosen", "reserve", "requirement", "missing", "province"]


class MethodError(ValueError):
    """A method that cannot choose: weights, codes or bounds that make no sense."""


@dataclass(frozen=True)
class Criterion:
    """`points`: from 0 to `most`, given by people. `higher` and `lower`: a measured
    number, set between the least and the greatest of all who can be chosen. `weight`
    is a share of 100.
    """

    code: str
    weight: Fraction
    kind: Kind = "points"
    most: Fraction = Fraction(4)


@dataclass(frozen=True)
class Method:
    """`tie_break` names criteria in the order in which they part equal scores; then the
    lot decides: SHA-256 of `seed` and the region's code, smallest first, so that anybody
    can draw it again. `per_province` None: no bound.
    """

    criteria: tuple[Criterion, ...]
    seats: int
    requirements: tuple[str, ...] = ()
    tie_break: tuple[str, ...] = ()
    per_province: int | None = None
    seed: str = ""

    def check(self) -> None:
        """Raises MethodError where the method makes no sense."""
        codes = [one.code for one in self.criteria]
        faults = (
            (not codes, "no criterion"),
            (len(set(codes)) < len(codes), "a criterion stands twice"),
            (sum(one.weight for one in self.criteria) != 100, "weights are not 100"),
            (any(one.weight <= 0 for one in self.criteria), "a weight is not positive"),
            (any(one.most <= 0 for one in self.criteria), "most is not positive"),
            (not set(self.tie_break) <= set(codes), "a tie-break names no criterion"),
            (self.seats < 1, "no seat"),
            (
                self.per_province is not None and self.per_province < 1,
                "no seat for a province",
            ),
        )
        for wrong, words in faults:
            if wrong:
                raise MethodError(words)


@dataclass(frozen=True)
class Applicant:
    """`values`: criterion → number (None or absent: not given). `meets`: requirement →
    whether it is met; absent: not met.
    """

    code: str
    values: Mapping[str, Fraction | None]
    meets: Mapping[str, bool] = field(default_factory=dict)

    @property
    def province(self) -> str:
        return self.code[:2]


@dataclass(frozen=True)
class Part:
    """What one criterion gives: `share` from 0 to 1, `score` = weight × share."""

    criterion: str
    value: Fraction
    share: Fraction
    score: Fraction


@dataclass(frozen=True)
class Reason:
    """Why. `of`: requirements not met, or criteria without a value. `tied`: codes with
    the same score on both sides of the last seat; `parted_by`: the criterion that parted
    them, or "lot". `cut`: the score of the last region chosen.
    """

    why: Why
    of: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()
    parted_by: str = ""
    cut: Fraction | None = None


@dataclass(frozen=True)
class Result:
    """`score` from 0 to 100, None where it cannot be chosen; `place` counts from 1."""

    code: str
    chosen: bool
    score: Fraction | None
    place: int | None
    parts: tuple[Part, ...]
    reason: Reason


@dataclass(frozen=True)
class Selection:
    """All results: first by place, then those that cannot be chosen by their code."""

    results: tuple[Result, ...]

    @property
    def chosen(self) -> tuple[Result, ...]:
        return tuple(one for one in self.results if one.chosen)

    def of(self, code: str) -> Result:
        return next(one for one in self.results if one.code == code)


@dataclass(frozen=True)
class _Scored:
    applicant: Applicant
    parts: tuple[Part, ...]
    score: Fraction
    key: tuple[Fraction, ...]  # smaller comes first
    lot: str


def select(applicants: Iterable[Applicant], method: Method) -> Selection:
    """Score, order, and choose; every applicant gets one result.

    Raises:
        MethodError: the method makes no sense, a region applies twice, or points lie
            outside of their bounds.
    """
    method.check()
    every = sorted(applicants, key=lambda one: one.code)
    if len({one.code for one in every}) < len(every):
        raise MethodError("a region applies twice")
    out = {one.code: lacking for one in every if (lacking := _lacking(one, method))}
    able = [one for one in every if one.code not in out]
    spans = _spans(able, method)
    ordered = sorted(
        (_scored(one, method, spans) for one in able), key=lambda s: (s.key, s.lot)
    )
    taken, passed = _taken(ordered, method)
    cut = min(
        (one.score for one in ordered if one.applicant.code in taken), default=None
    )
    results = [
        _result(place, one, ordered, _Line(method, taken, passed, cut))
        for place, one in enumerate(ordered, 1)
    ]
    results += [
        Result(code, chosen=False, score=None, place=None, parts=(), reason=reason)
        for code, reason in sorted(out.items())
    ]
    return Selection(tuple(results))


def _lacking(one: Applicant, method: Method) -> Reason | None:
    unmet = tuple(code for code in method.requirements if not one.meets.get(code))
    if unmet:
        return Reason("requirement", unmet)
    empty = tuple(c.code for c in method.criteria if one.values.get(c.code) is None)
    return Reason("missing", empty) if empty else None


def _spans(
    able: Sequence[Applicant], method: Method
) -> dict[str, tuple[Fraction, Fraction]]:
    """The bounds between which each criterion's values are set."""
    spans = {}
    for criterion in method.criteria:
        values = [_value(one, criterion) for one in able]
        if criterion.kind == "points":
            if any(not 0 <= value <= criterion.most for value in values):
                raise MethodError(f"points of {criterion.code} out of bounds")
            spans[criterion.code] = (Fraction(0), criterion.most)
        elif values:
            spans[criterion.code] = (min(values), max(values))
    return spans


def _value(one: Applicant, criterion: Criterion) -> Fraction:
    value = one.values[criterion.code]
    assert value is not None  # noqa: S101 - those without were taken out
    return value


def _scored(
    one: Applicant, method: Method, spans: Mapping[str, tuple[Fraction, Fraction]]
) -> _Scored:
    parts = []
    for criterion in method.criteria:
        low, high = spans[criterion.code]
        value = _value(one, criterion)
        # where all are alike nobody gains and nobody loses
        share = (value - low) / (high - low) if high > low else Fraction(1)
        if criterion.kind == "lower" and high > low:
            share = 1 - share
        parts.append(Part(criterion.code, value, share, criterion.weight * share))
    shares = {part.criterion: part.share for part in parts}
    score = sum((part.score for part in parts), Fraction(0))
    key = (-score, *(-shares[code] for code in method.tie_break))
    lot = hashlib.sha256(f"{method.seed}|{one.code}".encode()).hexdigest()
    return _Scored(one, tuple(parts), score, key, lot)


def _taken(
    ordered: Sequence[_Scored], method: Method
) -> tuple[frozenset[str], frozenset[str]]:
    """Who gets a seat, and who was passed over while there was one."""
    taken: list[str] = []
    passed: list[str] = []
    of_province: Counter[str] = Counter()
    for one in ordered:
        if len(taken) == method.seats:
            break
        bound = method.per_province
        province = one.applicant.province
        if bound is not None and of_province[province] >= bound:
            passed.append(one.applicant.code)
            continue
        taken.append(one.applicant.code)
        of_province[province] += 1
    return frozenset(taken), frozenset(passed)


@dataclass(frozen=True)
class _Line:
    """Where the seats ended: who has one, who was passed over, the last score."""

    method: Method
    taken: frozenset[str]
    passed: frozenset[str]
    cut: Fraction | None


def _result(
    place: int, one: _Scored, ordered: Sequence[_Scored], line: _Line
) -> Result:
    code = one.applicant.code
    chosen = code in line.taken
    why: Why = "chosen" if chosen else "province" if code in line.passed else "reserve"
    tied, parted = _tie(one, ordered, line)
    reason = Reason(why, (), tied, parted, line.cut)
    return Result(code, chosen, one.score, place, one.parts, reason)


def _tie(
    one: _Scored, ordered: Sequence[_Scored], line: _Line
) -> tuple[tuple[str, ...], str]:
    """Whom it shares its score with across the line, and what parted them."""
    chosen = one.applicant.code in line.taken
    others = [
        other
        for other in ordered
        if other.score == one.score and (other.applicant.code in line.taken) != chosen
    ]
    if not others:
        return (), ""
    tied = tuple(sorted(other.applicant.code for other in others))
    level = [other for other in others if other.applicant.code not in line.passed]
    if one.applicant.code in line.passed or not level:
        return tied, "province"
    nearest = level[0] if chosen else level[-1]
    for place, code in enumerate(line.method.tie_break, 1):
        if nearest.key[place] != one.key[place]:
            return tied, code
    return tied, "lot"
