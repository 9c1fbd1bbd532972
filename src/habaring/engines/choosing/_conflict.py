"""When no plan can keep all limits: the smallest set of them that contradict.

The solver's proof that the relaxation has no solution (Farkas) weighs the limits. Limits
are struck out of that proof while the rest still prove it, in several orders; what stays
is weighed anew, and the smallest set goes on. Each member is then let give way alone, by
as little as can be, until a plan in whole rupiah keeps all the others: that gives the
amounts and makes "irreducible" a fact.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from habaring.engines.choosing._clash import SOFTNESS, Clash, Conflict
from habaring.engines.choosing._giving import Members, search
from habaring.engines.choosing._model import Model
from habaring.engines.choosing._parts import elastic, fixings_as_rows, only, slacks
from habaring.engines.choosing._proof import Proof, proof_from
from habaring.engines.choosing._solver import Relaxation
from habaring.engines.choosing._tables import Floats

LEAST_SECONDS = 5.0
FEW = 8  # names: no larger set is weighed again and again


def find_conflict(
    model: Model, seed: int, deadline: float, *, proof: Floats | None = None
) -> Conflict:
    """Name the smallest contradiction found.

    `proof` is what the relaxation of the model told of its having no solution; None when
    only whole programmes clash.
    """
    rows = fixings_as_rows(model)
    deadline = max(deadline, time.perf_counter() + LEAST_SECONDS)
    finder = _Finder(rows, seed, deadline)
    if proof is None:
        names = finder.every()
    else:
        names = finder.by_proof(_with_fixings(model, rows, proof))
    clashes, proven = finder.in_whole_programmes(names)
    return Conflict(clashes, irreducible=proven, tried=finder.tried)


def _with_fixings(model: Model, rows: Model, proof: Floats) -> Floats:
    """Weights for the rows that forbid columns, so that these give nothing."""
    weights = np.zeros(len(rows.row_lower))
    weights[: len(proof)] = proof
    given = proof_from(model, proof).given.sum(axis=0)
    for fixed, rule in zip(model.rules, rows.rules, strict=True):
        if len(fixed.columns):
            most = float(given[fixed.columns].max(initial=0.0))
            given[fixed.columns] -= most
            weights[rule.rows] = -most
    return weights


@dataclass
class _Finder:
    """The search for a small contradiction among the rules of a model."""

    model: Model
    seed: int
    deadline: float
    tried: int = 0

    def every(self) -> list[int]:
        """The filter on whole programmes, from all rules."""
        kept = list(range(len(self.model.rules)))
        # a first filter on halves of the rules: most have no part in it
        size = len(kept) // 2
        while size >= 1 and time.perf_counter() < self.deadline:
            place = 0
            while place < len(kept):
                rest = kept[:place] + kept[place + size :]
                if self._contradict(rest):
                    kept = rest
                else:
                    place += size
            size //= 2
        return kept

    def _contradict(self, kept: list[int]) -> bool:
        """Whether it is shown that no set of whole programmes keeps these rules."""
        self.tried += 1
        part = only(self.model, kept)
        return search(part, self.seed, self.deadline, first=True).impossible

    def by_proof(self, weights: Floats) -> list[int]:
        """The smallest set that striking rules out in several orders leaves."""
        proof = proof_from(self.model, weights)
        if not proof.holds:
            return self._settled(list(range(len(self.model.rules))))
        tried: dict[frozenset[int], list[int]] = {}
        for order in self._orders(proof):
            names = proof.narrowed(order)
            if frozenset(names) not in tried:
                tried[frozenset(names)] = self._settled(names)
        return min(tried.values(), key=len)

    def _settled(self, names: list[int]) -> list[int]:
        """Weigh these anew, and strike out what that allows, until nothing changes."""
        while True:
            proof = self._weighed(names)
            if proof is None:
                return names
            without = proof.without()
            order = sorted(without, key=lambda k: -without[k])
            fewer = [names[k] for k in proof.narrowed(order)]
            if len(fewer) == len(names) or len(fewer) <= FEW:
                return fewer
            names = fewer

    def _weighed(self, names: list[int]) -> Proof | None:
        """The weights by which the least giving way, at one price, proves; or None."""
        self.tried += 1
        part = only(self.model, names)
        relaxed = Relaxation(elastic(part, slacks(part)[1]), self.seed).solve()
        if relaxed is None:
            return None
        proof = proof_from(part, -relaxed.row_dual)
        return proof if proof.holds else None

    def _orders(self, proof: Proof) -> list[list[int]]:
        """What to strike out first: what the proof misses least, law, policy, a mix.

        Of the same kind those go first that the proof misses least: a contradiction of
        wide limits and dear promises takes fewer of them.
        """
        kinds = [rule.kind for rule in self.model.rules]
        without = proof.without()
        easy = sorted(proof.names, key=lambda r: -without[r])
        mixed = np.random.default_rng(self.seed).permutation(easy)
        return [
            easy,
            sorted(easy, key=lambda r: -SOFTNESS[kinds[r]]),
            sorted(easy, key=lambda r: SOFTNESS[kinds[r]]),
            [int(r) for r in mixed],
        ]

    def in_whole_programmes(self, names: list[int]) -> tuple[Sequence[Clash], bool]:
        """What each must give; leave out what whole programmes do not need.

        Also whether it is proven for each that without it there is a plan.
        """
        known: set[str] = set()
        told: dict[int, tuple[Clash, bool]] = {}
        members = self._members(names, known)
        while len(told) < len(names):
            self.tried += 1
            rules = members.model.rules
            # first those that may be needless: amounts told before would not hold
            k = min(
                (k for k in range(len(names)) if k not in told),
                key=lambda k: (rules[k].name in known, k),
            )
            clash, answer = members.clash(k)
            if answer == "needless":
                names = self._settled(names[:k] + names[k + 1 :])
                told.clear()
                members = self._members(names, known)
                continue
            told[k] = (clash, answer == "proven")
        return [told[k][0] for k in sorted(told)], all(p for _, p in told.values())

    def _members(self, names: list[int], known: set[str]) -> Members:
        return Members(only(self.model, names), self.seed, self.deadline, known)
