"""When no plan can keep all limits: the smallest set of them that contradict.

An elastic relaxation, in which every named limit may give way at a price, names a small
set that cannot hold together (the limits with a price in its dual: Farkas). A deletion
filter thins it, in several orders; the smallest set stays. Each member is then taken
out once more and the rest solved in whole programmes, so that "irreducible" is a fact.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from habaring.engines.choosing._model import INF, Index, Model, Rule
from habaring.engines.choosing._solver import Found, Relaxation, Search
from habaring.engines.choosing._tables import Flags, Floats, Ints

MOST_NAMED = 10
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

    `irreducible` is False when time did not allow to prove that for each.
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

    def as_record(self) -> dict[str, object]:
        """JSON-ready."""
        return {
            "conflict": [vars(rule) for rule in self.rules],
            "irreducible": self.irreducible,
        }


def find_conflict(
    model: Model, seed: int, deadline: float, *, whole: bool = False
) -> Conflict:
    """Name the smallest contradiction found; `whole` when only whole programmes clash."""
    rows = _fixings_as_rows(model)
    deadline = max(deadline, time.perf_counter() + 5.0)
    finder = _Finder(rows, seed, deadline)
    names = finder.every() if whole else finder.by_relaxation()
    members, proven = finder.in_whole_programmes(names)
    clashes = [finder.clash(member, members) for member in members]
    return Conflict(clashes, irreducible=proven, tried=finder.tried)


def _fixings_as_rows(model: Model) -> Model:
    """Turn forbidden columns into rows (their sum is at most 0), so that all rules are."""
    fixings = [r for r in model.rules if len(r.columns)]
    count = len(model.row_lower)
    place = {r.name: count + k for k, r in enumerate(fixings)}
    rules = tuple(
        Rule(r.name, r.kind, np.array([place[r.name]]), r.columns[:0], r.unit)
        if r.name in place
        else r
        for r in model.rules
    )
    added = [r.columns for r in fixings]
    bounds = [0.0] * len(added)
    for i, candidate in enumerate(model.tables.candidates):
        if candidate.group is not None:
            # without its either-or group a programme still starts only once
            added.append(np.array(model.tables.columns_of(i), dtype=np.int64))
            bounds.append(1.0)
    lengths = np.array([len(a) for a in added], dtype=np.int32)
    ends = model.begin[-1] + np.cumsum(lengths, dtype=np.int32)
    column = np.concatenate([model.column, *added]).astype(np.int32)
    upper = model.upper.copy()
    upper[: model.tables.size] = 1.0
    return replace(
        model,
        cost=np.zeros_like(model.cost),
        upper=upper,
        row_lower=np.append(model.row_lower, np.full(len(added), -INF)),
        row_upper=np.append(model.row_upper, bounds),
        begin=np.concatenate((model.begin, ends)).astype(np.int32),
        column=column,
        entry=np.append(model.entry, np.ones(len(column) - len(model.entry))),
        rules=rules,
    )


def _only(model: Model, kept: Iterable[int], slack: int | None = None) -> Model:
    """The rows of the kept rules and the structure; columns that cannot help dropped.

    With `slack`, the rows of that rule may give way and the amount is minimised
    (maximised with a minus sign).
    """
    wanted = np.ones(len(model.row_lower), dtype=bool)
    for rule in model.rules:
        wanted[rule.rows] = False
    structural = wanted.copy()
    for r in kept:
        wanted[model.rules[r].rows] = True
    return _rows_of(_with_slack(model, slack), wanted | structural)


def _rows_of(model: Model, wanted: Flags) -> Model:
    lengths = np.diff(model.begin)
    keep = np.repeat(wanted, lengths)
    new_begin = np.concatenate(([0], np.cumsum(lengths[wanted]))).astype(np.int32)
    smaller = replace(
        model,
        row_lower=model.row_lower[wanted],
        row_upper=model.row_upper[wanted],
        begin=new_begin,
        column=model.column[keep],
        entry=model.entry[keep],
        rules=(),
    )
    return replace(smaller, upper=_useful(smaller))


def _useful(model: Model) -> Floats:
    """Upper bounds that hold columns at zero which could only make matters worse."""
    row = np.repeat(np.arange(len(model.row_lower)), np.diff(model.begin))
    up = (model.entry > 0) & np.isfinite(model.row_lower[row])
    down = (model.entry < 0) & np.isfinite(model.row_upper[row])
    useful = model.cost > 0
    useful[model.column[up | down]] = True
    return np.where(useful, model.upper, 0.0)


def _with_slack(model: Model, slack: int | None) -> Model:
    if slack is None:
        return model
    return _elastic(model, {int(row): 1.0 for row in model.rules[slack].rows})


def _elastic(model: Model, price: dict[int, float]) -> Model:
    """Let rows give way: one more column for each finite side of a row, at a price."""
    rows, signs, costs = [], [], []
    for row, cost in price.items():
        for finite, sign in (
            (np.isfinite(model.row_upper[row]), -1.0),
            (np.isfinite(model.row_lower[row]), 1.0),
        ):
            if finite:
                rows.append(row)
                signs.append(sign)
                costs.append(-cost)
    count = len(model.cost)
    at = np.array(rows, dtype=np.int64)
    where = model.begin[at + 1]
    extra = np.bincount(at, minlength=len(model.row_lower))
    order = np.argsort(at, kind="stable")
    begin = model.begin + np.concatenate(([0], np.cumsum(extra)))
    columns = np.arange(count, count + len(rows))
    return replace(
        model,
        cost=np.append(model.cost, costs),
        lower=np.append(model.lower, np.zeros(len(rows))),
        upper=np.append(model.upper, np.full(len(rows), INF)),
        begin=begin.astype(np.int32),
        column=np.insert(model.column, where[order], columns[order]).astype(np.int32),
        entry=np.insert(model.entry, where[order], np.array(signs)[order]),
    )


@dataclass
class _Finder:
    """The search for a small contradiction among the rules of a model."""

    model: Model
    seed: int
    deadline: float
    tried: int = 0

    def every(self) -> list[int]:
        """All rules, the softest last to be taken out."""
        return list(range(len(self.model.rules)))

    def by_relaxation(self) -> list[int]:
        """The smallest set over several elastic prices and several orders."""
        best: list[int] | None = None
        for lean in (0.0, 1.0, -1.0):
            support = self._support(lean)
            if not support:
                continue
            sub = Relaxation(_relaxed_to(self.model, support), self.seed)
            for order in self._orders(support):
                found = self._thin(sub, support, order)
                if best is None or len(found) < len(best):
                    best = found
                if time.perf_counter() > self.deadline:
                    return best
            if best is not None and len(best) <= 2:
                break
        return best if best is not None else self.every()

    def _support(self, lean: float) -> list[int]:
        """Rules with a price in the dual of the elastic relaxation.

        `lean` above 0 makes hard limits dear and so blames the soft ones; below, the
        other way round.
        """
        price: dict[int, float] = {}
        for rule in self.model.rules:
            dear = 10.0 ** (lean * SOFTNESS[rule.kind] / 2)
            scale = float(np.abs(self._size(rule)).max(initial=1.0))
            for row in rule.rows:
                price[int(row)] = dear / scale
        elastic = _elastic(self.model, price)
        relaxed = Relaxation(replace(elastic, rules=()), self.seed).solve()
        if relaxed is None or relaxed.value > -1e-9:
            return []
        return [
            r
            for r, rule in enumerate(self.model.rules)
            if (np.abs(relaxed.row_dual[rule.rows]) > 1e-9).any()
        ]

    def _size(self, rule: Rule) -> Floats:
        """How large the numbers in a rule's rows are."""
        parts = [
            self.model.entry[self.model.begin[row] : self.model.begin[row + 1]]
            for row in rule.rows
        ]
        return np.concatenate(parts) if parts else np.ones(1)

    def _orders(self, support: list[int]) -> list[list[int]]:
        """Which to try to leave out first: law, policy, and in between."""
        soft = [SOFTNESS[self.model.rules[r].kind] for r in support]
        hard_first = [
            r for _, r in sorted(zip((-s for s in soft), support, strict=True))
        ]
        soft_first = [r for _, r in sorted(zip(soft, support, strict=True))]
        mixed = list(np.random.default_rng(self.seed).permutation(support))
        return [soft_first, hard_first, [int(r) for r in mixed], hard_first[::-1]]

    def _thin(self, sub: Relaxation, support: list[int], order: list[int]) -> list[int]:
        """Take out one rule after the other while the rest still contradict."""
        place = {r: k for k, r in enumerate(support)}
        kept = np.ones(len(support), dtype=bool)
        for r in order:
            kept[place[r]] = False
            sub.keep(kept)
            self.tried += 1
            if sub.solve() is not None:
                kept[place[r]] = True
        return [r for r in support if kept[place[r]]]

    def in_whole_programmes(self, names: list[int]) -> tuple[list[int], bool]:
        """Take out, for whole programmes, what is not needed; and whether that is proven."""
        members, proven = list(names), True
        softest_last = sorted(
            members, key=lambda r: -SOFTNESS[self.model.rules[r].kind]
        )
        for r in softest_last:
            rest = [m for m in members if m != r]
            answer = self.contradict(rest)
            if answer:
                members = rest
            elif answer is None:
                proven = False
        return members, proven

    def contradict(self, kept: list[int]) -> bool | None:
        """Whether no set of whole programmes keeps these rules; None when unknown."""
        self.tried += 1
        model = _only(self.model, kept)
        found = self._search(model, stop_at_first=True)
        if found.columns is not None:
            return False
        return True if found.impossible else None

    def _search(self, model: Model, *, stop_at_first: bool = False) -> Found:
        left = min(self.deadline, time.perf_counter() + 2.0)
        search = Search(
            model,
            np.zeros(model.tables.size, dtype=bool),
            deadline=max(left, time.perf_counter() + 0.2),
            gap=0.0,
            seed=self.seed,
            heard=lambda _columns, _bound: 0.0,
            enough=-1.0 if stop_at_first else INF,
        )
        return search.run()

    def clash(self, member: int, members: list[int]) -> Clash:
        """What this limit must give for the others to be kept."""
        rule = self.model.rules[member]
        unit = _unit(rule)
        if unit is None:
            return Clash(
                rule.name,
                rule.kind,
                None,
                None,
                exact=True,
                sentence=_sentence(rule, None),
            )
        model = _only(self.model, members, slack=member)
        found = self._search(model)
        exact = found.finished and found.columns is not None
        # minus the amount was maximised: its bound is the least amount
        amount = max(-found.bound, 0.0) * rule.unit
        if unit in {"rupiah", "programmes"}:
            amount = math.ceil(amount - 1e-4 * max(rule.unit, 1.0) * 1e-3 - 1e-6)
        return Clash(
            rule.name,
            rule.kind,
            amount,
            unit,
            exact=exact,
            sentence=_sentence(rule, amount),
        )


def _relaxed_to(model: Model, support: list[int]) -> Model:
    """The model with these rules alone, still told apart."""
    wanted = np.ones(len(model.row_lower), dtype=bool)
    for rule in model.rules:
        wanted[rule.rows] = False
    for r in support:
        wanted[model.rules[r].rows] = True
    number = np.cumsum(wanted) - 1
    rules = tuple(
        replace(model.rules[r], rows=number[model.rules[r].rows]) for r in support
    )
    return replace(_rows_of(model, wanted), rules=rules)


def _unit(rule: Rule) -> str | None:
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


__all__ = ["MOST_NAMED", "Clash", "Conflict", "Index", "Ints", "find_conflict"]
