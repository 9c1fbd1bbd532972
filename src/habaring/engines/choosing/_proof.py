"""A contradiction shown by weights of its rules, and rules left out of it unsolved.

Farkas: multiply each rule by a weight and add up. If what the rules ask for together
exceeds all that the columns could give, no plan keeps them, whatever found the weights.
Here the sum over the columns is taken programme by programme (each starts once), so a
rule can be struck out and the rest judged again in microseconds, without a solve.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from habaring.engines.choosing._model import Model
from habaring.engines.choosing._tables import Flags, Floats, Ints

TINY = 1e-9
# Of all terms added: far above any rounding of at most some ten thousand of them
ROUNDING = 1e-11


@dataclass(frozen=True)
class Proof:
    """Weighted rules: `names` are places in the model's rules, all of them with weight.

    `given` is (rules, columns), `asked` is (rules,). `ends` is the least amount by which
    asked must exceed given, so that no rounding could have made the difference.
    """

    model: Model
    names: tuple[int, ...]
    given: Floats
    asked: Floats
    most: Floats  # (columns,) upper bounds, none of them infinite
    opening: Ints  # the first column of each programme that has one
    noise: float

    def excess(self, given: Floats, asked: float) -> float:
        """What is asked beyond all that columns can give; above `noise` it proves."""
        size = self.model.tables.size
        best = np.maximum.reduceat(given[:size], self.opening)
        helpers = np.maximum(given[size:], 0.0) * self.most[size:]
        return float(asked - np.maximum(best, 0.0).sum() - helpers.sum())

    @property
    def holds(self) -> bool:
        """Whether all its rules together are shown to contradict."""
        total = self.excess(self.given.sum(axis=0), float(self.asked.sum()))
        return total > self.noise

    def without(self) -> dict[int, float]:
        """By rule, the excess that would be left if it were struck out."""
        given, asked = self.given.sum(axis=0), float(self.asked.sum())
        return {
            name: self.excess(given - self.given[k], asked - self.asked[k])
            for k, name in enumerate(self.names)
        }

    def narrowed(self, order: Sequence[int]) -> list[int]:
        """Rules that still contradict when others are struck out in this order."""
        place = {name: k for k, name in enumerate(self.names)}
        kept = np.ones(len(self.names), dtype=bool)
        given, asked = self.given.sum(axis=0), float(self.asked.sum())
        for name in order:
            k = place[name]
            if self.excess(given - self.given[k], asked - self.asked[k]) > self.noise:
                kept[k] = False
                # summed anew: differences would gather rounding
                given = self.given[kept].sum(axis=0)
                asked = float(self.asked[kept].sum())
        return [name for k, name in enumerate(self.names) if kept[k]]


def proof_from(model: Model, weights: Floats) -> Proof:
    """Read the weights of rows, as a solver tells them, into a proof by rules.

    Its sign is ours: above 0 for what is asked (a lower limit), below for what is had.
    """
    low, high = np.isfinite(model.row_lower), np.isfinite(model.row_upper)
    wrong = ((weights > 0) & ~low) | ((weights < 0) & ~high)
    weights = np.where(wrong, 0.0, weights)
    names = [
        k for k, r in enumerate(model.rules) if (np.abs(weights[r.rows]) > TINY).any()
    ]
    owner = np.full(len(model.row_lower), -1)
    for place, k in enumerate(names):
        owner[model.rules[k].rows] = place
    row = np.repeat(np.arange(len(owner)), np.diff(model.begin))
    given = _by_rule(model, weights, owner, row)
    limit = np.where(weights > 0, model.row_lower, model.row_upper)
    limit = np.where((owner < 0) | (weights == 0), 0.0, limit)
    sums = np.bincount(owner + 1, limit * weights, minlength=len(names) + 1)
    asked = sums[1:].astype(np.float64)
    most = _most(model)
    terms = np.abs(given).sum(axis=0) * np.where(model.upper > most, 1.0, most)
    total = np.abs(asked).sum() + terms.sum()
    first = model.tables.first
    return Proof(
        model=model,
        names=tuple(names),
        given=given,
        asked=asked,
        most=most,
        opening=first[:-1][np.diff(first) > 0],
        noise=ROUNDING * float(total),
    )


def _by_rule(model: Model, weights: Floats, owner: Ints, row: Ints) -> Floats:
    """(rules, columns): weighted entries, totals of shares paid by the shares."""
    count, rules = len(model.cost), int(owner.max(initial=-1)) + 1
    own = owner[row] >= 0
    at = owner[row[own]] * count + model.column[own]
    terms = model.entry[own] * weights[row[own]]
    sums = np.bincount(at, terms, minlength=rules * count).astype(np.float64)
    given = sums.reshape(rules, count)
    for total in _totals(model, owner):
        span = slice(model.begin[total], model.begin[total + 1])
        columns, entries = model.column[span], model.entry[span]
        helper = columns >= model.tables.size
        weight = -given[:, columns[helper][0]] / entries[helper][0]
        given[:, columns] += weight[:, None] * entries
        given[:, columns[helper]] = 0.0
    return given


def _totals(model: Model, owner: Ints) -> Ints:
    """Rows of no rule that say what a helper is."""
    same: Flags = (model.row_lower == 0.0) & (model.row_upper == 0.0)
    for rule in model.rules:
        same[rule.rows] = False
    return np.flatnonzero(same & (owner < 0))


def _most(model: Model) -> Floats:
    """Upper bounds; for money moved, more than all that programmes could need."""
    need = model.tables.spend.sum(axis=(1, 2), dtype=np.float64).sum() / model.money
    return np.where(np.isfinite(model.upper), model.upper, need + 1.0)
