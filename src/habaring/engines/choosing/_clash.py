"""What a contradiction is told as: the limits in it, and what each would have to give."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from habaring.engines.choosing._model import Rule

SHOWN = 10  # names: more are kept in the record, behind those to show first
# who may change a limit: what was promised, then policy, then means, then law and fact
SOFTNESS = {
    "promised": 0,
    "forbidden": 0,
    "quick_wins": 1,
    "floor": 1,
    "not_sustainable": 1,
    "staff": 2,
    "ceiling": 3,
    "share": 4,
    "either_or": 5,
    "requires": 5,
}


@dataclass(frozen=True)
class Clash:
    """One limit of a contradiction and what giving way would take, alone.

    `amount` is in `unit` (`rupiah`, `fte`, `programmes`, `points`), None when the limit
    can only be kept or dropped; `exact` is False when it is a least amount.
    """

    name: str
    kind: str
    amount: float | None
    unit: str | None
    exact: bool
    sentence: str


class Conflict(Exception):  # noqa: N818  (an expected outcome, not an error)
    """No plan keeps all of `rules` together; without any one of them there is one.

    `irreducible` is False when time did not allow to prove that for each. All are in
    `rules`; `shown` are the names to tell first when they are many, those that people
    can change most easily before law and fact.
    """

    def __init__(
        self, rules: Sequence[Clash], *, irreducible: bool, tried: int
    ) -> None:
        self.rules = tuple(rules)
        self.irreducible = irreducible
        self.tried = tried
        names = ", ".join(rule.name for rule in self.rules)
        super().__init__(f"These limits contradict each other: {names}.")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(rule.name for rule in self.rules)

    @property
    def shown(self) -> tuple[str, ...]:
        """At most ten names, in the order of `rules`; some of every kind."""
        seen: Counter[str] = Counter()
        rank: dict[str, tuple[int, int]] = {}
        for rule in self.rules:
            rank[rule.name] = seen[rule.kind], SOFTNESS[rule.kind]
            seen[rule.kind] += 1
        first = sorted(self.names, key=lambda name: rank[name])[:SHOWN]
        return tuple(name for name in self.names if name in first)

    def as_record(self) -> dict[str, object]:
        """JSON-ready."""
        return {
            "conflict": [vars(rule) for rule in self.rules],
            "irreducible": self.irreducible,
            "params": {"count": len(self.rules), "shown": list(self.shown)},
        }


def clash_of(rule: Rule, amount: float, *, exact: bool) -> Clash:
    """Say what one rule must give; `amount` in units of its rows."""
    unit = unit_of(rule)
    if unit is None:
        words = _sentence(rule, None)
        return Clash(rule.name, rule.kind, None, None, exact=True, sentence=words)
    least = amount * rule.unit
    if unit in {"rupiah", "programmes"}:
        least = math.ceil(least - 1e-6 * max(rule.unit, 1.0))
    words = _sentence(rule, least)
    return Clash(rule.name, rule.kind, least, unit, exact=exact, sentence=words)


def unit_of(rule: Rule) -> str | None:
    """In what a rule can give way; None when it can only be kept or dropped."""
    if rule.in_rupiah:
        return "rupiah"
    if rule.kind == "floor":
        return "points" if rule.name.endswith(":outcome") else "programmes"
    return {"staff": "fte", "quick_wins": "programmes"}.get(rule.kind)


def _sentence(rule: Rule, amount: float | None) -> str:
    """What to do about one limit, in English."""
    what = rule.name.split(":")
    tail = " ".join(what[1:])
    if rule.kind == "ceiling":
        return f"Raise the ceiling {what[1]} of {what[-1]} by Rp {amount:,.0f}."
    if rule.kind == "staff":
        return f"Find {amount:,.2f} more full-time staff for {' in '.join(what[1:])}."
    if rule.kind == "share":
        return f"Change the share {tail}: Rp {amount:,.0f} of spending is on the wrong side."
    if rule.kind in {"floor", "quick_wins"}:
        return f"Lower {what[0].replace('_', ' ')} {tail} by {amount:,.0f}."
    return {
        "promised": f"Take back the promise of {tail}.",
        "forbidden": f"Allow {tail}.",
        "not_sustainable": f"Do not require {tail} of every programme.",
        "either_or": f"Allow more than one of the group {tail}.",
        "requires": f"Let {what[1]} go without {what[-1]}.",
    }[rule.kind]
