"""How much the rest of a knapsack can be worth at most."""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cmp_to_key
from itertools import accumulate

from habaring.engines.counting._room import Limited


class Bound:
    """Dantzig's bound over `items`, best for their cost first; whole numbers.

    Where purses limit, each item counts against the first of its own, too: that leaves
    limits out, so the bound stays a bound.
    """

    def __init__(
        self, items: Sequence[int], limits: Limited, values: Sequence[int]
    ) -> None:
        costs = limits.costs

        def compare(p: int, q: int) -> int:  # free ones first: they are worth taking
            return values[q] * costs[p] - values[p] * costs[q] or costs[q] - costs[p]

        free = [p for p in items if not costs[p]]
        dear = sorted((p for p in items if costs[p]), key=cmp_to_key(compare))
        self.items = [*free, *dear]
        self._whole = Row(self.items, range(len(self.items)), costs, values)
        self._groups: list[tuple[int, Row]] = []
        if limits.purses:
            groups: dict[int, list[int]] = {}
            for i, p in enumerate(self.items):
                first = min(limits.purses[p], default=-1)
                groups.setdefault(first, []).append(i)
            self._groups = [
                (purse, Row([self.items[i] for i in places], places, costs, values))
                for purse, places in groups.items()
            ]

    def most(self, i: int, room: int, amounts: Sequence[int]) -> int:
        """No set of `items[i:]` that fits is worth more."""
        whole = self._whole.most(i, room)
        if not self._groups:
            return whole
        parts = sum(
            row.most(i, min(room, amounts[purse]) if purse >= 0 else room)
            for purse, row in self._groups
        )
        return min(whole, parts)


class Row:
    """Items of one purse in the order of `Bound`, with sums from the left."""

    def __init__(
        self,
        items: Sequence[int],
        places: Sequence[int],
        costs: Sequence[int],
        values: Sequence[int],
    ) -> None:
        self._places = places
        self._costs = [costs[p] for p in items]
        self._values = [values[p] for p in items]
        self._cost = list(accumulate(self._costs, initial=0))
        self._value = list(accumulate(self._values, initial=0))

    def most(self, i: int, room: int) -> int:
        """The best of the items from place i on, the last one perhaps in part."""
        first = (
            i if isinstance(self._places, range) else bisect_right(self._places, i - 1)
        )
        end = bisect_right(self._cost, self._cost[first] + room) - 1
        worth = self._value[end] - self._value[first]
        if end < len(self._costs):
            rest = room - (self._cost[end] - self._cost[first])
            worth += rest * self._values[end] // self._costs[end]
        return worth
