"""A count that is kept, ready for pages: projects, rounds, who got what.

Everything comes from the frozen row; nothing is counted here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from habaring.council.words import DIMENSIONS
from habaring.participation.models import Count, Override
from habaring.participation.outcomes import override_of

Told = Mapping[str, Any]


def amount(value: int | str | None) -> Fraction | None:
    """A sum as it is kept: whole, a decimal, or "numerator/denominator"."""
    return None if value is None else Fraction(value)


@dataclass(frozen=True)
class Line:
    """One project in a count. Money in whole rupiah, or exactly as a fraction."""

    code: str
    title: str
    proposal: int
    cost: int
    district: str
    dimension: str
    votes: int
    score: int
    won: bool
    reason: str
    round: int | None
    price: Fraction | None
    money_left: Fraction | None
    lost_to: str
    max_cost: Fraction | None
    votes_needed: int | None
    money: tuple[int, ...]
    tie_rank: int

    @classmethod
    def of(cls, told: Told) -> "Line":
        exact = {key: amount(told[key]) for key in ("price", "money_left", "max_cost")}
        return cls(**{**told, **exact, "money": tuple(told["money"])})

    @property
    def each(self) -> int | None:
        """Its cost for each of its supporters, in whole rupiah."""
        return round(self.cost / self.votes) if self.votes else None

    @property
    def ratio(self) -> float | None:
        """The largest cost at which it wins, as a part of its cost."""
        if self.max_cost is None or not self.cost:
            return None
        return float(self.max_cost / self.cost)


@dataclass(frozen=True)
class Round:
    """One purchase, with what it tells."""

    number: int
    line: Line
    phase: str
    price: Fraction | None
    effective: Fraction | None
    full: int
    rest: int
    from_rest: Fraction
    spent: int
    tied: tuple[Line, ...]
    decided_by: str

    @property
    def completion(self) -> bool:
        """Paid out of what was left over."""
        return self.phase != "main"


@dataclass(frozen=True)
class Spread:
    """What one dimension or district got: `money_share` and `votes_share` of one."""

    code: str
    name: str
    projects: int
    won: int
    money: int
    votes: int
    money_share: float
    votes_share: float


class Result:
    """A kept count, ready for pages. `names` are those of districts by code."""

    def __init__(self, count: Count, names: Mapping[str, str] | None = None) -> None:
        self.count = count
        self.told: Told = count.told
        self.names = names or {}

    @property
    def override(self) -> Override | None:
        return override_of(self.count)

    @property
    def illustrative(self) -> bool:
        return self.count.illustrative

    @property
    def budget(self) -> int:
        return int(self.told["budget"])

    @property
    def cost(self) -> int:
        return int(self.told["cost"])

    @property
    def left(self) -> int:
        return self.budget - self.cost

    @property
    def rule(self) -> str:
        return str(self.told["rule"]["name"])

    @property
    def shares(self) -> bool:
        """Whether every voter was given money."""
        return self.endowment is not None

    @property
    def endowment(self) -> Fraction | None:
        return amount(self.told["endowment"])

    @cached_property
    def lines(self) -> Mapping[str, Line]:
        return {code: Line.of(told) for code, told in self.told["projects"].items()}

    @cached_property
    def winners(self) -> tuple[Line, ...]:
        """In the order in which they were bought."""
        return tuple(self.lines[code] for code in self.told["winners"])

    @cached_property
    def losers(self) -> tuple[Line, ...]:
        """The nearest to winning first, then by votes."""
        lost = (line for line in self.lines.values() if not line.won)
        return tuple(
            sorted(lost, key=lambda one: (-(one.ratio or 0), -one.votes, one.tie_rank))
        )

    @cached_property
    def rounds(self) -> tuple[Round, ...]:
        return tuple(
            Round(
                number=place,
                line=self.lines[told["project"]],
                phase=told["phase"],
                price=amount(told["price"]),
                effective=Fraction(told["effective"]) if told["effective"] else None,
                full=told["full"],
                rest=told["rest"],
                from_rest=Fraction(told["from_rest"]),
                spent=told["spent"],
                tied=tuple(self.lines[code] for code in told["tied"]),
                decided_by=told["decided_by"],
            )
            for place, told in enumerate(self.told["rounds"], 1)
        )

    def round_of(self, line: Line) -> Round | None:
        return next((one for one in self.rounds if one.line is line), None)

    # How many got something

    @property
    def voters(self) -> int:
        return self.count.voters

    @property
    def on_paper(self) -> int:
        return self.count.on_paper

    @property
    def empty_handed(self) -> int:
        """Voters with none of their projects funded."""
        return int(self.told["satisfied"][0]) if self.voters else 0

    @property
    def turnout(self) -> Told:
        found: Told = self.told["turnout"]
        return found

    # Beside the other rule

    @property
    def beside(self) -> Told | None:
        found: Told | None = self.told["beside"]
        return found

    def only(self, *, here: bool) -> tuple[Line, ...]:
        """Those that win by this rule alone, or by the other alone."""
        ours = set(self.told["winners"])
        theirs = set((self.beside or {}).get("winners", ()))
        codes = ours - theirs if here else theirs - ours
        return tuple(one for one in self.lines.values() if one.code in codes)

    @property
    def beside_empty_handed(self) -> int:
        return int(self.beside["satisfied"][0]) if self.beside and self.voters else 0

    # Where the money goes

    def spread(self, what: str, *, beside: bool = False) -> tuple[Spread, ...]:
        """By "dimensions" or "places" of the projects, with votes beside money."""
        rows = (self.beside or {}).get(what, ()) if beside else self.told[what]
        money = sum(row["money"] for row in rows) or 1
        votes = sum(row["votes"] for row in rows) or 1
        return tuple(
            Spread(
                **row,
                name=self.place_name(row["code"], what),
                money_share=row["money"] / money,
                votes_share=row["votes"] / votes,
            )
            for row in rows
        )

    def place_name(self, code: str, what: str) -> str:
        if what == "dimensions":
            return DIMENSIONS.get(code, code) or _("No dimension")
        return self.names.get(code, code) or _("The whole region")

    def taken_from(self, line: Line) -> tuple[tuple[Round, int], ...]:
        """Where the money of a project's supporters went: round and rupiah, most first."""
        pairs = zip(line.money, line.money[1:], strict=False)
        paid = [
            (self.rounds[place], before - after)
            for place, (before, after) in enumerate(pairs)
            if before > after
        ]
        return tuple(sorted(paid, key=lambda pair: -pair[1]))

    # The council's change

    @property
    def funded(self) -> tuple[Line, ...]:
        """What is funded in the end."""
        changed = self.override
        return (
            tuple(self.lines[code] for code in changed.winners)
            if changed
            else self.winners
        )

    @property
    def funded_cost(self) -> int:
        return sum(line.cost for line in self.funded)

    @property
    def overspend(self) -> int:
        """How much the council's change costs beyond the budget."""
        return max(self.funded_cost - self.budget, 0)

    def changed(self, *, into: bool) -> tuple[Line, ...]:
        """Those that the council took in, or left out."""
        before, after = set(self.winners), set(self.funded)
        return tuple(
            one
            for one in self.lines.values()
            if one in (after - before if into else before - after)
        )
