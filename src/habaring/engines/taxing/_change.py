"""Why a bill is not what it was, rupiah by rupiah; and what it would be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, TypeAlias

from habaring.engines.taxing._assess import Work, assess
from habaring.engines.taxing._problems import problem, refused
from habaring.engines.taxing._taxes import TAXES
from habaring.engines.taxing._values import Assessment, Facts, Refused, Rules

Exchange: TypeAlias = tuple[str, Any, Any]
PARTS: Mapping[str, tuple[str, ...]] = {
    "base": ("base_article", "largest"),
    "prices": ("prices",),
    "exclusions": ("exclusions",),
    "deductions": ("deductions",),
    "shares": ("shares",),
    "weights": ("weights",),
    "rates": ("rates", "brackets", "brackets_of"),
    "minimum": ("minimum",),
    "rounding": ("roundings",),
    "beside": ("beside",),
}
"""Parts of rules in the order of the formula; a cause names one "rules.<part>"."""


@dataclass(frozen=True)
class Cause:
    """One reason of a change: `effect` rupiah on the total.

    `keys`: the fact ("land_m2") or the part of the rules ("rules.rates"); several where
    they only make sense together (a new use with the new rates that name it).
    """

    keys: tuple[str, ...]
    before: tuple[Any, ...]
    after: tuple[Any, ...]
    effect: int


@dataclass(frozen=True)
class StepChange:
    """A step on both sides; None where one of them does not have it."""

    key: str
    before: int | None
    after: int | None


@dataclass(frozen=True)
class Change:
    """Two assessments of one object and why they differ.

    The effects of `causes` add up to `difference`: facts and parts of the rules are
    exchanged one after the other in the order of the formula, facts first, and each
    effect is what its exchange did to the total.
    """

    old: Assessment
    new: Assessment
    causes: tuple[Cause, ...]
    steps: tuple[StepChange, ...]

    @property
    def difference(self) -> int:
        return self.new.total - self.old.total

    @property
    def part(self) -> Fraction | None:
        """The difference as a part of the old total; None where that was 0."""
        return Fraction(self.difference, self.old.total) if self.old.total else None

    @property
    def to_review(self) -> bool:
        """Whether it changed by more than the new rules' `review_percent`."""
        most = self.new.rules.review_percent
        if most is None or not self.difference:
            return False
        return self.part is None or abs(self.part) > most


def change(before: Assessment, after: Assessment) -> Change:
    """Why `after` is not what `before` was.

    Raises:
        Refused: assessments of different taxes.
    """
    if before.rules.tax != after.rules.tax:
        told = {"one": before.rules.tax, "other": after.rules.tax}
        raise refused([problem("other_tax", **told)])
    keys = dict.fromkeys(step.key for step in (*before.steps, *after.steps))
    steps = tuple(
        StepChange(key, _amount(before, key), _amount(after, key))
        for key in TAXES[after.rules.tax].steps
        if key in keys
    )
    return Change(before, after, tuple(_causes(before, after)), steps)


def what_if(rules: Rules, facts: Facts, changed: Facts, *, on: date) -> Change:
    """What the bill would be with some facts `changed`, and why.

    Raises:
        Refused: the facts, or the changed facts, make no sense.
    """
    now = assess(rules, facts, on=on)
    return change(now, assess(rules, {**facts, **changed}, on=on))


def _amount(assessment: Assessment, key: str) -> int | None:
    step = assessment.step(key)
    return step.amount if step else None


def _causes(before: Assessment, after: Assessment) -> Iterator[Cause]:
    """Exchanges that cannot be reckoned alone are told with the next that can."""
    uses = dict.fromkeys((*before.rules.uses, *after.rules.uses))
    rules = replace(before.rules, uses=tuple(uses))
    facts = dict(before.facts)
    total = before.total
    waiting: list[Exchange] = []
    for key, old, new in _exchanges(before, after):
        waiting.append((key, old, new))
        if key.startswith("rules."):
            own = PARTS[key.removeprefix("rules.")]
            rules = replace(rules, **{one: getattr(after.rules, one) for one in own})
        else:
            facts[key] = new
        reached = _total(rules, facts)
        if reached is None:
            continue
        if reached != total:
            yield _cause(waiting, reached - total)
            total = reached
        waiting = []
    if total != after.total:
        yield _cause(waiting, after.total - total)


def _cause(waiting: list[Exchange], effect: int) -> Cause:
    keys, old, new = zip(*waiting, strict=True)
    return Cause(keys, old, new, effect)


def _exchanges(before: Assessment, after: Assessment) -> tuple[Exchange, ...]:
    """A use that the old rules do not know comes last, when the new rules do."""
    facts = {
        fact.key: (fact.key, before.facts[fact.key], after.facts[fact.key])
        for fact in TAXES[after.rules.tax].facts
        if before.facts[fact.key] != after.facts[fact.key]
    }
    parts: list[Exchange] = []
    for part, names in PARTS.items():
        was = tuple(getattr(before.rules, name) for name in names)
        now = tuple(getattr(after.rules, name) for name in names)
        if was != now:
            parts.append((f"rules.{part}", was[0], now[0]))
    use = after.facts["use"]
    late = []
    if use and before.rules.use_called(use) is None:
        late = [facts.pop("use")]
    return (*facts.values(), *parts, *late)


def _total(rules: Rules, facts: Mapping[str, Any]) -> int | None:
    """The total of a mixture of old and new; None where it makes no sense."""
    try:
        work = Work(rules, facts)
        work.run()
    except Refused:
        return None
    return work.steps[-1].amount
