"""Whether enough of a body was there to decide: pure, with its reasons.

Only seats count, each once; somebody who comes for the holder of a seat counts for that
seat; guests never count. Source: the rule that the decree of a body sets (words.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

_SHARES: dict[str, tuple[Fraction, bool]] = {  # share, whether it must be passed
    "more_than_half": (Fraction(1, 2), True),
    "half": (Fraction(1, 2), False),
    "two_thirds": (Fraction(2, 3), False),
    "three_quarters": (Fraction(3, 4), False),
}


@dataclass(frozen=True)
class Rule:
    """A rule of words.QUORUM_RULES; `count` is used by the rule "count" only."""

    code: str = "more_than_half"
    count: int | None = None

    def needed(self, seats: int) -> int:
        """How many seats must be there, of so many. ValueError for an unknown rule."""
        if self.code == "count":
            return self.count or 1
        if self.code not in _SHARES:
            raise ValueError(f"No quorum rule is called {self.code!r}.")
        share, passed = _SHARES[self.code]
        return floor(seats * share) + 1 if passed else max(1, ceil(seats * share))


@dataclass(frozen=True)
class Present:
    """Somebody who came: for a seat (its id) or as a guest (None)."""

    seat: int | None = None
    substitute: bool = False


@dataclass(frozen=True)
class Quorum:
    """How it came out. Counts are of seats; `reason` is a code of `REASONS`.

    `seats` have a vote, `needed` must be there, `counted` were (`substitutes` of them by
    a substitute), `missing` is what is still needed, `guests` and `former` came without
    counting (`former`: for a seat that was not held on that day).
    """

    seats: int
    needed: int
    counted: int
    substitutes: int
    missing: int
    guests: int
    former: int
    reached: bool
    reason: str

    def as_record(self) -> dict[str, Any]:
        """To be frozen with a meeting."""
        return dict(self.__dict__)


REASONS = ("reached", "too_few", "no_seats", "out_of_reach")


def quorum(rule: Rule, seats: Iterable[int], present: Sequence[Present]) -> Quorum:
    """Count the seats that were there against the rule.

    `seats` are the ids of all seats held on the day. Somebody recorded twice for one
    seat counts once. Where a rule asks for more seats than there are it is out of
    reach; without seats nothing is decided.
    """
    held = frozenset(seats)
    there = {one.seat for one in present if one.seat in held}
    by_other = {one.seat for one in present if one.seat in held and one.substitute}
    in_person = {one.seat for one in present if one.seat in held and not one.substitute}
    needed = rule.needed(len(held))
    reached = bool(held) and len(there) >= needed
    return Quorum(
        seats=len(held),
        needed=needed,
        counted=len(there),
        substitutes=len(by_other - in_person),
        missing=max(0, needed - len(there)),
        guests=sum(one.seat is None for one in present),
        former=len({one.seat for one in present} - held - {None}),
        reached=reached,
        reason=_reason(reached=reached, seats=len(held), needed=needed),
    )


def _reason(*, reached: bool, seats: int, needed: int) -> str:
    if reached:
        return "reached"
    if not seats:
        return "no_seats"
    return "out_of_reach" if needed > seats else "too_few"
