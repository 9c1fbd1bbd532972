"""What may still be bought: the budget, category and district money, conflicts."""

from dataclasses import dataclass

from habaring.engines.counting._outcome import Reason
from habaring.engines.counting._values import Election


@dataclass(frozen=True)
class Limited:
    """The limits by a project's position.

    `rivals[p]`: those that p excludes. `purses[p]`: which of `amounts` (a category's or
    district's money, in units) p is paid from, beside the budget. Both empty tuples
    where the election has no such limits.
    """

    budget: int
    costs: tuple[int, ...]
    rivals: tuple[frozenset[int], ...] = ()
    purses: tuple[tuple[int, ...], ...] = ()
    amounts: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything beside the budget limits an outcome."""
        return bool(self.rivals or self.purses)


def limited(election: Election) -> Limited:
    """The limits of an election, in arrays that a rule can ask quickly."""
    projects, limits = election.projects, election.limits
    place = {project.id: p for p, project in enumerate(projects)}
    rivals: list[set[int]] = [set() for _ in projects]
    for conflict in limits.conflicts:
        members = {place[id_] for id_ in conflict}
        for p in members:
            rivals[p] |= members - {p}
    names = [("category", name) for name in limits.categories]
    names += [("district", name) for name in limits.districts]
    purse = {name: k for k, name in enumerate(names)}
    purses = tuple(
        tuple(
            purse[name]
            for name in (
                *dict.fromkeys(("category", c) for c in project.categories),
                ("district", project.district),
            )
            if name in purse
        )
        for project in projects
    )
    return Limited(
        budget=election.budget,
        costs=tuple(project.cost for project in projects),
        rivals=tuple(map(frozenset, rivals)) if any(rivals) else (),
        purses=purses if any(purses) else (),
        amounts=(*limits.categories.values(), *limits.districts.values()),
    )


class Room:
    """The room that is left as winners are taken; `left` is the budget's, in units."""

    def __init__(self, limits: Limited) -> None:
        self.limits = limits
        self.left = limits.budget
        self.amounts = list(limits.amounts)
        self.taken: list[int] = []
        self._taken: set[int] = set()

    @property
    def spent(self) -> int:
        """Units of the budget, so far."""
        return self.limits.budget - self.left

    def barred(self, p: int) -> Reason | None:
        """Why p may not be bought, whatever is left of the budget itself."""
        limits = self.limits
        if limits.rivals and not self._taken.isdisjoint(limits.rivals[p]):
            return Reason.CONFLICT
        if limits.purses:
            cost = limits.costs[p]
            if any(self.amounts[purse] < cost for purse in limits.purses[p]):
                return Reason.LIMIT
        return None

    def why_not(self, p: int) -> Reason | None:
        """Why p may not be bought any more; None: it may."""
        if self.limits and (reason := self.barred(p)) is not None:
            return reason
        return Reason.OVER_BUDGET if self.limits.costs[p] > self.left else None

    def blocker(self, p: int) -> int | None:
        """The first winner that excludes p or took from a purse that p is paid from."""
        limits = self.limits
        for winner in self.taken:
            if limits.rivals and winner in limits.rivals[p]:
                return winner
        for winner in self.taken:
            if limits.purses and set(limits.purses[p]) & set(limits.purses[winner]):
                return winner
        return None

    def take(self, p: int) -> None:
        """Buy p, whether or not it fits: `left` may fall below zero."""
        cost = self.limits.costs[p]
        self.left -= cost
        self.taken.append(p)
        self._taken.add(p)
        if self.limits.purses:
            for purse in self.limits.purses[p]:
                self.amounts[purse] -= cost
