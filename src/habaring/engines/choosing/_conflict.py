"""When no plan can keep all limits: the smallest set of them that contradict.

The solver's proof that the relaxation has no solution (Farkas) names a first set. A
deletion filter thins it, in several orders, each new proof dropping whatever has no part
in it; the smallest set stays. Each member is then let give way alone, by as little as
can be, in whole programmes: that gives the amounts and makes "irreducible" a fact.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from habaring.engines.choosing._model import INF, Model, Rule
from habaring.engines.choosing._solver import Found, Relaxation, Search
from habaring.engines.choosing._tables import Flags, Floats, Ints

LEAST_SECONDS = 5.0
PROOF_SECONDS = 1.5  # for one search on whole programmes
FEW = 8  # names: a set that is not larger is not thinned in another order
EXACT_COLUMNS = 400  # more columns: the amount is a least amount
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
    deadline = max(deadline, time.perf_counter() + LEAST_SECONDS)
    finder = _Finder(rows, seed, deadline)
    names = finder.every() if whole else finder.by_relaxation()
    clashes, proven = finder.in_whole_programmes(names)
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


def _only(model: Model, kept: Iterable[int]) -> Model:
    """The rows of the kept rules, still told apart, and of the structure."""
    kept = list(kept)
    wanted = np.ones(len(model.row_lower), dtype=bool)
    for rule in model.rules:
        wanted[rule.rows] = False
    for r in kept:
        wanted[model.rules[r].rows] = True
    number = np.cumsum(wanted) - 1
    rules = tuple(
        replace(model.rules[r], rows=number[model.rules[r].rows]) for r in kept
    )
    return replace(_rows_of(model, wanted), rules=rules)


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
        """All rules, for the filter on whole programmes."""
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

    def _contradict(self, kept: list[int]) -> bool | None:
        """Whether no set of whole programmes keeps these rules; None when unknown."""
        self.tried += 1
        found = _search(_only(self.model, kept), self.seed, self.deadline, first=True)
        if found.columns is not None:
            return False
        return True if found.impossible else None

    def by_relaxation(self) -> list[int]:
        """A small set; more orders of leaving out are tried while it is large."""
        support = self._support(Relaxation(self.model, self.seed), self.every_rule())
        part = _only(self.model, support)
        best = support
        for order in self._orders(support):
            kept = _Thinning(part, self.seed)
            found = [support[k] for k in kept.run([support.index(r) for r in order])]
            self.tried += kept.tried
            if len(found) < len(best):
                best = found
            if len(best) <= FEW or time.perf_counter() > self.deadline:
                break
        return best

    def every_rule(self) -> list[int]:
        return list(range(len(self.model.rules)))

    def _support(self, relaxation: Relaxation, rules: list[int]) -> list[int]:
        """The rules in a proof (Farkas) that these contradict; all, without a proof."""
        self.tried += 1
        relaxation.solve()
        proof = relaxation.proof()
        if proof is None:
            return rules
        in_model = relaxation.model.rules
        return [
            r
            for r, rule in zip(rules, in_model, strict=True)
            if (np.abs(proof[rule.rows]) > 1e-9).any()
        ]

    def _orders(self, support: list[int]) -> list[list[int]]:
        """Which to try to leave out first: law, policy, and in between.

        Of the same kind, those that few programmes share go first, and cheap promises: a
        contradiction of wide limits and dear promises takes fewer of them.
        """
        begin, rules = self.model.begin, self.model.rules
        soft = {r: SOFTNESS[rules[r].kind] for r in support}
        cost = {
            f"promised:{c.code}": c.total_cost for c in self.model.tables.candidates
        }
        width = {
            r: cost.get(rules[r].name)
            or int((begin[rules[r].rows + 1] - begin[rules[r].rows]).sum())
            for r in support
        }
        hard_first = sorted(support, key=lambda r: (-soft[r], width[r]))
        soft_first = sorted(support, key=lambda r: (soft[r], width[r]))
        mixed = np.random.default_rng(self.seed).permutation(support)
        return [hard_first, soft_first, [int(r) for r in mixed]]

    def in_whole_programmes(self, names: list[int]) -> tuple[list[Clash], bool]:
        """What each must give; leave out what whole programmes do not need.

        Also whether it is proven for each that without it there is a plan.
        """
        members = _Members(_only(self.model, names), self.seed, self.deadline)
        k = 0
        while k < len(members.model.rules):
            self.tried += 1
            clash, answer = members.clash(k)
            if answer == "needless":
                names = names[:k] + names[k + 1 :]
                again = _only(self.model, names)
                members = _Members(again, self.seed, self.deadline)
                k = 0
                continue
            members.told[k] = (clash, answer == "proven")
            k += 1
        told = [members.told[k] for k in sorted(members.told)]
        return [clash for clash, _ in told], all(proven for _, proven in told)


class _Thinning:
    """Leave out one rule after the other while the rest still contradict.

    Every rule may give way at a price; a rule that is left out gives way for nothing.
    So each solve begins where the last one ended, and its dual names the rules that
    have no part in the contradiction.
    """

    def __init__(self, model: Model, seed: int) -> None:
        self.model = model
        self.owner, price = _slacks(model)
        self.elastic = _elastic(model, price)
        self.price = self.elastic.cost
        self.relaxation = Relaxation(self.elastic, seed)
        self.relaxation.solver.setOptionValue("presolve", "off")
        self.tried = 0

    def run(self, order: list[int]) -> list[int]:
        """The places of the rules that stay."""
        kept = np.ones(len(self.model.rules), dtype=bool)
        kept = self._contradiction(kept, kept)
        families: dict[str, list[int]] = {}
        for r in order:
            families.setdefault(_family(self.model.rules[r]), []).append(r)
        for members in families.values():
            # a whole family at once: most have no part in it
            fewer = kept.copy()
            fewer[members] = False
            if fewer.sum() < kept.sum():
                kept = self._contradiction(fewer, kept)
        kept = self._one_by_one([r for r in order if kept[r]], kept)
        return [int(k) for k in np.flatnonzero(kept)]

    def _one_by_one(self, order: list[int], kept: Flags) -> Flags:
        """Let each rule alone give way; where that is no help it has no part in it."""
        kept = kept.copy()
        cost = self.price.copy()
        cost[len(self.model.cost) :] = 0.0
        self.relaxation.set_costs(cost)
        for r in order:
            if not kept[r]:
                continue
            fewer = kept.copy()
            fewer[r] = False
            upper = self.elastic.upper.copy()
            own = upper[len(self.model.cost) :]
            own[:] = np.where(fewer[self.owner], 0.0, INF)
            self.relaxation.set_columns(self.elastic.lower, upper)
            self.tried += 1
            if self.relaxation.solve() is None:
                kept = self._in_proof(fewer)
        return kept

    def _in_proof(self, kept: Flags) -> Flags:
        """The kept rules that have a part in the last proof; all, without one."""
        proof = self.relaxation.proof()
        if proof is None:
            return kept
        part = [
            bool((np.abs(proof[rule.rows]) > 1e-9).any()) for rule in self.model.rules
        ]
        return np.asarray(kept & np.array(part, dtype=bool))

    def _contradiction(self, wanted: Flags, before: Flags) -> Flags:
        """The part of the wanted rules that contradicts; what was before if none does."""
        self.tried += 1
        solver = self.relaxation.solver
        basis = solver.getBasis()
        self._charge(wanted)
        relaxed = self.relaxation.solve()
        if relaxed is None or relaxed.value > -1e-7:
            self._charge(before)
            solver.setBasis(basis)
            return before
        part = [
            bool((np.abs(relaxed.row_dual[rule.rows]) > 1e-9).any())
            for rule in self.model.rules
        ]
        return np.asarray(wanted & np.array(part, dtype=bool))

    def _charge(self, kept: Flags) -> None:
        cost = self.price.copy()
        own = cost[len(self.model.cost) :]
        own[~kept[self.owner]] = 0.0
        self.relaxation.set_costs(cost)


def _family(rule: Rule) -> str:
    """Limits of one thing in several years, or of one kind in several places."""
    words = rule.name.split(":")
    if rule.kind == "ceiling":
        return ":".join(words[:-1])
    return ":".join(words[:2]) if rule.kind == "floor" else words[0]


def _slacks(model: Model) -> tuple[Ints, dict[int, float]]:
    """The rule of each column that lets a row give way, and the price by row."""
    owner: list[int] = []
    price: dict[int, float] = {}
    for k, rule in enumerate(model.rules):
        for row in rule.rows:
            entries = model.entry[model.begin[row] : model.begin[row + 1]]
            price[int(row)] = 1.0 / max(1.0, float(np.abs(entries).max(initial=1.0)))
            finite = np.isfinite([model.row_upper[row], model.row_lower[row]])
            owner += [k] * int(finite.sum())
    return np.array(owner, dtype=np.int64), price


class _Members:
    """A contradiction in which one rule at a time gives way, by as little as can be."""

    def __init__(self, model: Model, seed: int, deadline: float) -> None:
        self.model = model
        self.seed = seed
        self.deadline = deadline
        self.told: dict[int, tuple[Clash, bool]] = {}
        self.count = len(model.cost)
        self.owner, price = _slacks(model)
        self.elastic = _elastic(model, dict.fromkeys(price, 1.0))
        self.relaxation = Relaxation(self.elastic, seed)

    def clash(self, k: int) -> tuple[Clash, str]:
        """What rule k must give, and `proven`, `needless`, or `unknown`."""
        upper = self.elastic.upper.copy()
        gives = self.owner == k
        upper[self.count :] = np.where(gives, INF, 0.0)
        self.relaxation.set_columns(self.elastic.lower, upper)
        relaxed = self.relaxation.solve()
        if relaxed is None:
            return self._told(k, 0.0, exact=False), "needless"
        part = replace(self.elastic, upper=upper)
        found = self._rounded(part, relaxed.columns) or self._at_ease(part)
        few = int((upper[: self.model.tables.size] > 0).sum()) <= EXACT_COLUMNS
        amount, exact = -relaxed.value, False
        if few or not found:
            whole = _search(part, self.seed, self.deadline, first=not few)
            if whole.impossible:
                return self._told(k, 0.0, exact=False), "needless"
            if whole.columns is not None:
                found = True
                exact = whole.finished and few
            if np.isfinite(whole.bound):
                amount = max(amount, -whole.bound)
        answer = "proven" if found else "unknown"
        return self._told(k, max(amount, 0.0), exact=exact), answer

    def _rounded(self, part: Model, columns: Floats) -> bool:
        """Whether a plan is found where only what the relaxation splits is free."""
        size = part.tables.size
        values = columns[:size]
        held = (values < 1e-7, values > 1 - 1e-7)
        found = _search(part, self.seed, self.deadline, first=True, held=held)
        return found.columns is not None

    def _at_ease(self, part: Model) -> bool:
        """The same, with as much given way as it likes and as few programmes as can be."""
        cost = np.zeros_like(part.cost)
        cost[: part.tables.size] = -1.0
        self.relaxation.set_costs(cost)
        relaxed = self.relaxation.solve()
        self.relaxation.set_costs(part.cost)
        easy = replace(part, cost=cost)
        return relaxed is not None and self._rounded(easy, relaxed.columns)

    def _told(self, k: int, amount: float, *, exact: bool) -> Clash:
        rule = self.model.rules[k]
        unit = _unit(rule)
        if unit is None:
            words = _sentence(rule, None)
            return Clash(rule.name, rule.kind, None, None, exact=True, sentence=words)
        least = amount * rule.unit
        if unit in {"rupiah", "programmes"}:
            least = math.ceil(least - 1e-6 * max(rule.unit, 1.0))
        words = _sentence(rule, least)
        return Clash(rule.name, rule.kind, least, unit, exact=exact, sentence=words)


def _search(
    model: Model,
    seed: int,
    deadline: float,
    *,
    first: bool,
    held: tuple[Flags, Flags] | None = None,
) -> Found:
    """A short search on whole programmes; `first` ends at the first plan."""
    size = model.tables.size
    now = time.perf_counter()
    search = Search(
        model,
        held[0] if held else np.zeros(size, dtype=bool),
        deadline=now + min(max(deadline - now, 0.2), PROOF_SECONDS),
        gap=0.0,
        seed=seed,
        heard=lambda _columns, _bound: 0.0,
        enough=-1.0 if first else INF,
        forced=held[1] if held else None,
        dives=size < EXACT_COLUMNS,
    )
    return search.run()


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
