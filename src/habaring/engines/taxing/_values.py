"""What the engine takes and gives: rules with an article for every figure, steps.

Money is whole rupiah (int). Shares and rates are exact fractions. Every place where a
fraction of a rupiah could arise has a rounding that the rules name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from habaring.engines.money import Mode, rounded

DueKind = Literal[
    "day-of-year", "months-after-issue", "days-after", "working-days-after"
]
LARGEST = 150_000_000_000_000
"""Rupiah; what one object may be worth at most, unless the rules say another sum."""

Facts: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """One thing wrong: a stable code, an English sentence, its values.

    `place`: the key in the rules ("rates[2].percent") or the name of the fact; `row`
    of a table counted from 0, None for rules and for a single object.
    """

    code: str
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""
    row: int | None = None


class Refused(ValueError):  # noqa: N818 (house word for an expected no)
    """These rules or facts make no sense; `problems` names everything wrong.

    Of a table with very many problems the first are named, `more` counts the others.
    """

    def __init__(self, problems: tuple[Problem, ...], *, more: int = 0):
        self.problems = problems
        self.more = more
        told = [problem.text for problem in problems]
        super().__init__("; ".join(told + [f"and {more} more"] * bool(more)))


@dataclass(frozen=True)
class Rounding:
    """To multiples of `unit` rupiah, by a mode of `engines.money.rounded`; amounts are
    never below zero.
    """

    unit: int
    mode: Mode
    article: str = ""

    def apply(self, exact: Fraction | int) -> int:
        """The rounded amount of an exact one >= 0."""
        exact = Fraction(exact)
        return rounded(
            exact.numerator, exact.denominator, unit=self.unit, mode=self.mode
        )


@dataclass(frozen=True)
class Use:
    """A class that the rules tell apart: kind of land, of service, of acquisition.

    `law` names the class of the national law whose own ceiling holds, "" the general.
    """

    key: str
    name_id: str
    name_en: str
    law: str = ""


@dataclass(frozen=True)
class Exclusion:
    """No tax for a use, for a base of at most `base_at_most` rupiah, or for both."""

    use: str | None
    base_at_most: int | None
    article: str


@dataclass(frozen=True)
class Deduction:
    """What is taken off the base; with `once` only on one object of a taxpayer."""

    amount: int
    once: bool
    use: str | None
    article: str


@dataclass(frozen=True)
class Tier:
    """A part or rate for bases above `above` rupiah and up to and with `up_to`."""

    above: int
    up_to: int | None
    part: Fraction
    use: str | None
    article: str

    def holds(self, amount: int) -> bool:
        return (amount > self.above or self.above == 0) and (
            self.up_to is None or amount <= self.up_to
        )


@dataclass(frozen=True)
class Price:
    """Rupiah for one unit of a quantity, of a use where one is named."""

    amount: int
    use: str | None
    article: str


@dataclass(frozen=True)
class Minimum:
    """The least tax; `when_nothing_is_due`: also where the deduction leaves nothing."""

    amount: int
    when_nothing_is_due: bool
    article: str


@dataclass(frozen=True)
class DueRule:
    """When something is due; `value` is "MM-DD", or a number of months or days."""

    kind: DueKind
    value: str | int
    article: str


@dataclass(frozen=True)
class InterestRule:
    """Interest for each month or part of one on the principal, up to `cap_months`."""

    monthly: Fraction
    cap_months: int | None
    rounding: Rounding
    article: str


@dataclass(frozen=True)
class Beside:
    """A part of the tax collected with it for somebody else: the province's opsen."""

    key: str
    part: Fraction
    name_id: str
    name_en: str
    article: str


@dataclass(frozen=True)
class Rules:
    """One tax of one region from `in_force_from` to and with `in_force_to`.

    `by_law` is the regulation whose articles the figures cite. `example` rules were
    not read from one and are shown as "contoh". `interest` by kind: late, instalment,
    audit, ex-officio. `brackets`: with "whole" the rate of the bracket in which
    `brackets_of` falls counts for everything, with "marginal" each part has its own.
    `review_percent`: a bill that changed by more is looked at before it is issued.
    `sha256` of the text that was read.
    """

    tax: str
    region: str
    code: str
    name_id: str
    name_en: str
    by_law: str
    in_force_from: date
    in_force_to: date | None
    example: bool
    base_article: str
    rates: tuple[Tier, ...]
    uses: tuple[Use, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    shares: tuple[Tier, ...] = ()
    weights: tuple[Tier, ...] = ()
    prices: tuple[Price, ...] = ()
    beside: tuple[Beside, ...] = ()
    minimum: Minimum | None = None
    brackets: Literal["", "whole", "marginal"] = "whole"
    brackets_of: Literal["base", "taxable"] = "base"
    roundings: Mapping[str, Rounding] = field(default_factory=dict)
    due: DueRule | None = None
    filing: DueRule | None = None
    interest: Mapping[str, InterestRule] = field(default_factory=dict)
    review_percent: Fraction | None = None
    largest: int = LARGEST
    sha256: str = ""

    def use_called(self, key: str) -> Use | None:
        """The use called `key`."""
        return next((use for use in self.uses if use.key == key), None)


@dataclass(frozen=True)
class Step:
    """One line of an assessment: what came out, of what, by which article.

    `formula` in names of facts and earlier steps; `values` are what stood for them
    (int, Fraction, or text). `exact` is the amount before `rounding`. The words for
    `key` are in `TAXES[tax].steps`.
    """

    key: str
    amount: int
    formula: str
    values: Mapping[str, Any]
    exact: Fraction
    article: str
    rounding: Rounding | None = None


@dataclass(frozen=True)
class Assessment:
    """What is owed and why. `steps` in order; the last before `beside` is "total".

    `total` is the region's tax in rupiah; `beside` what is collected with it for
    others; `payable` both together. `tier` is the rate that held (with marginal rates
    the highest reached), None where the object is excluded.
    """

    rules: Rules
    facts: Mapping[str, Any]
    on: date
    steps: tuple[Step, ...]
    beside: tuple[Step, ...] = ()
    tier: Tier | None = None

    @property
    def total(self) -> int:
        return self.steps[-1].amount

    @property
    def payable(self) -> int:
        return self.total + sum(step.amount for step in self.beside)

    def step(self, key: str) -> Step | None:
        """The step called `key`, if this assessment has it."""
        both = (*self.steps, *self.beside)
        return next((step for step in both if step.key == key), None)
