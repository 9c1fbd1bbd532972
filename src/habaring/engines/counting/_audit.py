"""The record of a count: everything that is needed to check it without this engine."""

import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from habaring.engines.counting._outcome import ENGINE_VERSION, Outcome, Round, Story
from habaring.engines.counting._values import Kind, Measure, Money, RuleName, exact

FORMAT = 1


def audit(outcome: Outcome, *, data: bytes | None = None) -> dict[str, Any]:
    """What `habaring count --json` prints. `data`: the file it was read from.

    Ids as in the file. Money in the currency's unit, rates per unit of utility: whole
    numbers, exact decimals in words, or "numerator/denominator". The same outcome gives
    the same record everywhere. Its fields: docs/algorithms/counting.md.
    """
    election, rule, told = outcome.election, outcome.rule, _Telling(outcome)
    order = election.tie_order or sorted(project.id for project in election.projects)
    record: dict[str, Any] = {
        "format": FORMAT,
        "engine": ENGINE_VERSION,
        "winners": list(outcome.winners),
        "cost": told.money(outcome.cost),
        "budget": told.money(election.budget),
        "left": told.money(outcome.left),
        "rule": rule.name.value,
        "measure": rule.measure.value,
        "completion": rule.completion.value,
        "ties": list(rule.ties),
        "tie_order": list(order),
        "limits": told.limits(),
        "ballots": election.kind.value,
        "voters": election.ballots.voters,
        "endowment": told.maybe(outcome.endowment),
        "steps": outcome.steps,
        "rounds": [told.round(one) for one in outcome.rounds],
        "ties_met": [list(tied) for tied in outcome.ties],
        "projects": {p.id: told.story(p.id) for p in election.projects},
        "notes": [note.text for note in election.notes],
    }
    if data is not None:
        record["sha256"] = hashlib.sha256(data).hexdigest()
    return record


def audit_json(record: Mapping[str, Any]) -> bytes:
    """A record as the bytes that are published, the same however it was kept: keys in
    the order of their letters, UTF-8, one line feed at the end.
    """
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
    return f"{text}\n".encode()


class _Telling:
    """An outcome's numbers in the currency's unit."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.scale = outcome.election.scale

    def money(self, units: int | Fraction) -> Money:
        return self.outcome.election.money(units)

    def maybe(self, units: int | Fraction | None) -> Money | None:
        return None if units is None else self.money(units)

    def rate(self, rate: Fraction, phase: str) -> Money:
        """Equal shares and Phragmén: money for one unit of utility, or for each voter.
        Greedy (and that which completes): utility for one unit of money.
        """
        rule = self.outcome.rule
        if rule.name == RuleName.PHRAGMEN:
            return exact(rate / self.scale)
        if rule.measure == Measure.COST:  # money for money
            return exact(rate)
        pays = rule.name == RuleName.EQUAL_SHARES and phase == "main"
        return exact(rate / self.scale if pays else rate * self.scale)

    def worth(self, utility: int) -> Money:
        """Utility (points, with the measure score) of people together."""
        pointed = self.outcome.rule.measure == Measure.SCORE
        scale = self.outcome.election.ballots.points_scale if pointed else 1
        return exact(Fraction(utility, scale))

    def limits(self) -> dict[str, Any]:
        limits = self.outcome.election.limits
        return {
            "minimum_votes": limits.minimum_votes,
            "conflicts": sorted(sorted(members) for members in limits.conflicts),
            "categories": {k: self.money(v) for k, v in limits.categories.items()},
            "districts": {k: self.money(v) for k, v in limits.districts.items()},
        }

    def round(self, one: Round) -> dict[str, Any]:
        return {
            "round": one.number,
            "project": one.project,
            "phase": one.phase,
            "cost": self.money(self.outcome.stories[one.project].cost),
            "rate": self.rate(one.rate, one.phase),
            "price": self.maybe(self.outcome.stories[one.project].price),
            "full": one.full,
            "weight": self.worth(one.weight),
            "rest": one.rest,
            "from_rest": self.money(one.from_rest),
            "spent": self.money(one.spent),
            "tied": list(one.tied),
            "paid_before": {p: self.worth(n) for p, n in one.paid_before.items()},
        }

    def story(self, id_: str) -> dict[str, Any]:
        story = self.outcome.stories[id_]
        return {
            "votes": story.votes,
            "score": self._score(story),
            "cost": self.money(story.cost),
            "won": story.won,
            "reason": story.reason.value,
            "round": story.round,
            "price": self.maybe(story.price),
            "money_left": self.maybe(story.money_left),
            "lost_to": story.lost_to,
            "max_cost": self.maybe(story.max_cost),
            "votes_needed": story.votes_needed,
        }

    def _score(self, story: Story) -> Money:
        pointed = self.outcome.election.kind in (Kind.CUMULATIVE, Kind.SCORING)
        scale = self.outcome.election.ballots.points_scale if pointed else 1
        return exact(Fraction(story.score, scale))


def differences(ours: Any, theirs: Any, at: str = "") -> list[str]:
    """Where two records differ, as paths like "rounds.3.price"; empty: nowhere.

    What one of them leaves out or does not know (null) is not a difference: an audit
    may have been made without the recounts for losers.
    """
    if ours is None or theirs is None:
        return []
    if isinstance(ours, dict) and isinstance(theirs, dict):
        within: list[str] = []
        for key in sorted(ours.keys() & theirs.keys()):
            within += differences(ours[key], theirs[key], f"{at}.{key}".lstrip("."))
        return within
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        within = []
        for place, (one, other) in enumerate(zip(ours, theirs, strict=True), 1):
            within += differences(one, other, f"{at}.{place}")
        return within
    return [] if ours == theirs and type(ours) is type(theirs) else [at]
