"""The course of a count as it is told: purchases, ties, why each loser lost."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from habaring.engines.counting._outcome import Outcome, Reason, Round, Story
from habaring.engines.counting._prepare import Prepared
from habaring.engines.counting._room import Room


@dataclass(frozen=True)
class Extra:
    """What only some rules know of a project, by position."""

    prices: Mapping[int, Fraction] = field(default_factory=dict)
    money_left: Mapping[int, Fraction] = field(default_factory=dict)


class Course:
    """What has happened so far; `outcome` tells it. It begins with what is free."""

    def __init__(self, prepared: Prepared, *, free: bool = True) -> None:
        self.prepared = prepared
        self.room: Room = prepared.room()
        self.rounds: list[Round] = []
        self.ties: list[tuple[str, ...]] = []
        self.lost: dict[int, tuple[Reason, int | None]] = {}
        self._spent: list[int] = []
        for p in prepared.free if free else ():
            if (reason := self.room.why_not(p)) is not None:
                self.lose(p, reason)
            else:
                self.give(p)

    def give(self, p: int) -> None:
        """Take p without a round: it costs nothing."""
        self.room.take(p)
        self._spent.append(self.room.spent)

    def buy(self, p: int, told: Round, others: Iterable[int] = ()) -> None:
        """Take p. `told` is without its number, project, sum and ties, which are
        written in; `others` stood equal and lost the tie.
        """
        ids = self.prepared.ids
        self.give(p)
        rivals = sorted(others, key=self.prepared.rank.__getitem__)
        tied = tuple(ids[q] for q in rivals)
        if tied:
            self.ties.append((ids[p], *tied))
        number, spent = len(self.rounds) + 1, self.room.spent
        self.rounds.append(
            replace(told, number=number, project=ids[p], spent=spent, tied=tied)
        )

    def lose(self, p: int, reason: Reason, to: int | None = None) -> None:
        """Note why p lost, and to whom; without `to`: to what took its place."""
        if to is None:
            to = self._taker(p, reason)
        self.lost[p] = reason, to

    def lose_others(self) -> None:
        """Every candidate that has not won: barred by what has, or unaffordable. Asked
        at the end of equal shares, so that the reason does not depend on when each was
        looked at.
        """
        won = set(self.room.taken)
        for p in (p for p in self.prepared.candidates if p not in won):
            self.lose(p, self.room.barred(p) or Reason.UNAFFORDABLE)

    def _taker(self, p: int, reason: Reason) -> int | None:
        if reason == Reason.OVER_BUDGET:
            room = self.prepared.limits.budget - self.prepared.costs[p]
            k = bisect_right(self._spent, room)
            return self.room.taken[k] if k < len(self._spent) else None
        if reason in (Reason.CONFLICT, Reason.LIMIT):
            return self.room.blocker(p)
        return None

    def outcome(
        self,
        endowment: Fraction | None = None,
        steps: int = 0,
        extra: Extra | None = None,
    ) -> Outcome:
        """All of it as the result of the count."""
        prepared, room = self.prepared, self.room
        return Outcome(
            election=prepared.election,
            rule=prepared.rule,
            winners=tuple(prepared.ids[p] for p in room.taken),
            cost=room.spent,
            rounds=tuple(self.rounds),
            stories=self._stories(extra or Extra()),
            endowment=endowment,
            steps=steps,
            ties=tuple(self.ties),
        )

    def _stories(self, extra: Extra) -> dict[str, Story]:
        prepared, ids = self.prepared, self.prepared.ids
        bought = {told.project: told for told in self.rounds}
        won, stories = set(self.room.taken), {}
        for p, id_ in enumerate(ids):
            told = bought.get(id_)
            reason, to = self._reason(p, told)
            stories[id_] = Story(
                id=id_,
                votes=prepared.votes[p],
                score=prepared.score[p],
                cost=prepared.costs[p],
                won=p in won,
                reason=reason,
                round=told.number if told else None,
                rate=told.rate if told else None,
                price=extra.prices.get(p),
                money_left=extra.money_left.get(p),
                lost_to="" if to is None else ids[to],
            )
        return stories

    def _reason(self, p: int, told: Round | None) -> tuple[Reason, int | None]:
        if told is not None:
            main = told.phase == "main"
            return (Reason.BOUGHT if main else Reason.COMPLETED), None
        if p in self.room.taken:
            return Reason.FREE, None
        if p in self.prepared.out:
            return self.prepared.out[p], None
        return self.lost.get(p, (Reason.UNAFFORDABLE, None))
