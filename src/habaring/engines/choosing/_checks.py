"""Everything wrong with the inputs, found before any solve and told all at once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from habaring.engines.choosing._values import (
    QUESTIONS,
    Candidate,
    Limits,
    Pool,
    possible_starts,
    value_of_start,
)

SHARE_STEPS = 10_000  # carry-over in steps of 0.0001, percentages in steps of 0.01
GREATEST_RUPIAH = 10**14  # a hundred trillion: sums and shares stay exact in 64 bits


@dataclass(frozen=True)
class Problem:
    """One thing wrong: `row` is a programme's code or a limit's name."""

    row: str
    code: str
    sentence: str
    params: Mapping[str, Any] = field(default_factory=dict)


class Refused(ValueError):  # noqa: N818  (an expected "no", named for the reader)
    """The inputs cannot be used; `problems` lists every one with its row."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [f"{p.row}: {p.sentence}" for p in self.problems]
        super().__init__("\n".join(lines))


def check_inputs(candidates: tuple[Candidate, ...], limits: Limits) -> None:
    """Do nothing for usable inputs.

    Raises:
        Refused: with every problem found.
    """
    problems = list(_problems(candidates, limits))
    if problems:
        raise Refused(problems)


def _problems(candidates: tuple[Candidate, ...], limits: Limits) -> Iterator[Problem]:
    yield from _horizon(candidates, limits)
    yield from _codes(candidates)
    known = {c.code: c for c in candidates}
    for candidate in candidates:
        yield from _dates(candidate)
        yield from _money(candidate)
        yield from _numbers(candidate)
        yield from _links(candidate, known, limits)
    yield from _cycles(known)
    yield from _limit_numbers(limits)
    yield from _pools(limits)
    yield from _shares(candidates, limits)
    yield from _floors(candidates, limits)
    yield from _promises(known, limits)
    yield from _synergies(known, limits)
    if candidates and limits.years >= 1:
        yield from _worth(candidates, limits)


def _horizon(candidates: tuple[Candidate, ...], limits: Limits) -> Iterator[Problem]:
    if limits.years < 1:
        yield Problem("limits", "no_years", "The horizon must have at least one year.")
        return
    if not candidates:
        yield Problem("candidates", "no_candidates", "There is no programme to choose.")
        return
    if not any(possible_starts(c, limits) for c in candidates):
        text = (
            f"The horizon {limits.start_year}-{limits.last_year} is too short: "
            "no programme can start and end within it."
        )
        params = {"first": limits.start_year, "last": limits.last_year}
        yield Problem("limits", "horizon_too_short", text, params)


def _codes(candidates: tuple[Candidate, ...]) -> Iterator[Problem]:
    for code, times in Counter(c.code for c in candidates).items():
        if not code.strip():
            yield Problem("?", "no_code", "A programme has no code.")
        elif times > 1:
            text = f"The code {code} is used {times} times."
            yield Problem(code, "duplicate_code", text, {"times": times})


def _dates(c: Candidate) -> Iterator[Problem]:
    if c.duration < 1:
        text = "The duration must be at least one year."
        yield Problem(c.code, "duration", text, {"duration": c.duration})
    if c.latest < c.earliest:
        text = f"The latest start {c.latest} is before the earliest {c.earliest}."
        params = {"earliest": c.earliest, "latest": c.latest}
        yield Problem(c.code, "latest_before_earliest", text, params)
    if c.months is not None and c.months < 1:
        text = "The months must be at least one."
        yield Problem(c.code, "months", text, {"months": c.months})


def _is_rupiah(amount: object) -> bool:
    return isinstance(amount, int) and not isinstance(amount, bool)


def _amount(row: str, where: str, amount: int) -> Iterator[Problem]:
    params = {"where": where, "amount": amount}
    if not _is_rupiah(amount):
        yield Problem(row, "not_whole", f"{where} is not whole rupiah.", params)
    elif amount < 0:
        yield Problem(row, "negative_cost", f"{where} is negative: {amount}.", params)
    elif amount > GREATEST_RUPIAH:
        text = f"{where} is over {GREATEST_RUPIAH} rupiah: {amount}."
        yield Problem(row, "too_much", text, params)


def _money(c: Candidate) -> Iterator[Problem]:
    for (year, source), amount in c.costs.items():
        yield from _amount(c.code, f"The cost of year {year} from {source}", amount)
        if not 1 <= year <= c.duration:
            text = f"A cost in year {year} of a work of {c.duration} years."
            params = {"year": year, "duration": c.duration}
            yield Problem(c.code, "cost_outside_work", text, params)
    for source, amount in c.running.items():
        yield from _amount(c.code, f"The running cost from {source}", amount)


def _numbers(c: Candidate) -> Iterator[Problem]:
    for dimension, points in c.outcomes.items():
        if not math.isfinite(points):
            text = f"The outcome for {dimension} is not a number."
            yield Problem(c.code, "outcome", text, {"dimension": dimension})
    by_year = c.staff.values() if isinstance(c.staff, Mapping) else (c.staff,)
    if any(not math.isfinite(fte) or fte < 0 for fte in by_year):
        yield Problem(c.code, "staff", "The staff need must be zero or more.")
    for question in c.sustainable:
        if question not in QUESTIONS:
            text = f"{question} is none of the questions {', '.join(QUESTIONS)}."
            yield Problem(c.code, "unknown_question", text, {"question": question})


def _links(
    c: Candidate, known: Mapping[str, Candidate], limits: Limits
) -> Iterator[Problem]:
    for code in c.requires:
        if code == c.code:
            yield Problem(c.code, "requires_itself", "It requires itself.")
        elif code not in known:
            text = f"It requires {code}, which is no programme here."
            yield Problem(c.code, "unknown_requires", text, {"code": code})
    if not limits.weights:
        return
    for dimension in sorted({c.dimension, *c.outcomes}):
        if dimension not in limits.weights:
            text = f"The dimension {dimension} has no weight."
            yield Problem(c.code, "no_weight", text, {"dimension": dimension})


def _cycles(known: Mapping[str, Candidate]) -> Iterator[Problem]:
    """One problem a cycle of prerequisites, the cycle written out."""
    done: set[str] = set()
    for start in known:
        path: list[str] = []
        stack = [(start, False)]
        while stack:
            code, leaving = stack.pop()
            if leaving:
                path.pop()
                done.add(code)
            elif code in path:
                cycle = [*path[path.index(code) :], code]
                if len(cycle) > 2:  # one that requires itself is told already
                    text = "Each needs the next first: " + " → ".join(cycle) + "."
                    yield Problem(code, "cycle", text, {"cycle": cycle})
            elif code not in done:
                path.append(code)
                stack.append((code, True))
                nexts = (r for r in known[code].requires if r in known)
                stack.extend((r, False) for r in nexts)


def _limit_numbers(limits: Limits) -> Iterator[Problem]:
    for (source, year), amount in limits.ceilings.items():
        name = f"ceiling:{source}:{year}"
        yield from _amount(name, f"The ceiling of {source} in {year}", amount)
    for (department, year), fte in limits.staff.items():
        if not math.isfinite(fte) or fte < 0:
            name = f"staff:{department}:{year}"
            yield Problem(name, "staff", "The staff limit must be zero or more.")
    for dimension, weight in limits.weights.items():
        if not math.isfinite(weight) or weight < 0:
            text = "The weight must be zero or more."
            yield Problem(f"weight:{dimension}", "weight", text)
    yield from _rest_of_limits(limits)


def _rest_of_limits(limits: Limits) -> Iterator[Problem]:
    for question in limits.require_sustainable:
        if question not in QUESTIONS:
            text = f"{question} is none of the questions {', '.join(QUESTIONS)}."
            row = f"sustainable:{question}"
            yield Problem(row, "unknown_question", text, {"question": question})
    if limits.quick_wins_per_dimension < 0 or limits.service_after < 0:
        text = "Quick Wins a dimension and years after must be zero or more."
        yield Problem("limits", "negative", text)


def _is_step(value: float) -> bool:
    steps = value * SHARE_STEPS
    return math.isfinite(value) and abs(steps - round(steps)) < 1e-6


def _pools(limits: Limits) -> Iterator[Problem]:
    owner: dict[str, str] = {}
    for name, times in Counter(p.name for p in limits.all_pools()).items():
        if times > 1:
            text = f"Two pools are called {name}."
            yield Problem(f"pool:{name}", "duplicate_pool", text)
    for pool in limits.pools:
        row = f"pool:{pool.name}"
        if not 0 <= pool.carry_over <= 1 or not _is_step(pool.carry_over):
            text = "The share carried over must be from 0 to 1 in steps of 0.0001."
            yield Problem(row, "carry_over", text, {"share": pool.carry_over})
        for source in pool.sources:
            if source in owner:
                text = f"{source} is in two pools: {owner[source]} and {pool.name}."
                yield Problem(row, "source_in_two_pools", text, {"source": source})
            owner[source] = pool.name
    yield from _top_ups(limits, owner)


def _top_ups(limits: Limits, owner: Mapping[str, str]) -> Iterator[Problem]:
    payers: dict[str, str] = {}
    for pool in limits.pools:
        for source in pool.tops_up:
            row, params = f"pool:{pool.name}", {"source": source}
            if source in owner:
                text = f"{source} is in the pool {owner[source]}; only a source outside the pools can be topped up."
                yield Problem(row, "tops_up_pooled", text, params)
            if source in payers:
                text = f"{source} is topped up by {payers[source]} already."
                yield Problem(row, "topped_up_twice", text, params)
            payers[source] = pool.name


def _shares(candidates: tuple[Candidate, ...], limits: Limits) -> Iterator[Problem]:
    tags = {t for c in candidates for t in (c.dimension, *c.tags)}
    for name, times in Counter(s.name for s in limits.shares).items():
        if times > 1:
            text = f"Two shares are called {name}."
            yield Problem(f"share:{name}", "duplicate_share", text)
    for share in limits.shares:
        row = f"share:{share.name}"
        if not 0 <= share.percent <= 100 or not _is_step(share.percent / 100):
            text = "The percentage must be from 0 to 100 in steps of 0.01."
            yield Problem(row, "percent", text, {"percent": share.percent})
        if share.year is not None and share.year not in limits.calendar:
            text = f"The year {share.year} is outside the horizon."
            yield Problem(row, "year_outside", text, {"year": share.year})
        if share.tag not in tags:
            text = f"No programme has the dimension or tag {share.tag}."
            yield Problem(row, "unknown_tag", text, {"tag": share.tag})


def _floors(candidates: tuple[Candidate, ...], limits: Limits) -> Iterator[Problem]:
    places: dict[str, set[str | None]] = {
        "dimension": {d for c in candidates for d in (c.dimension, *c.outcomes)},
        "district": {c.district for c in candidates},
    }
    for floor in limits.floors:
        params = {"scope": floor.scope, "code": floor.code}
        if floor.code not in places[floor.scope]:
            text = f"No programme is of the {floor.scope} {floor.code}."
            yield Problem(floor.name, "unknown_place", text, params)
        if not math.isfinite(floor.amount) or floor.amount < 0:
            yield Problem(floor.name, "floor", "The floor must be zero or more.")


def _promises(known: Mapping[str, Candidate], limits: Limits) -> Iterator[Problem]:
    lists = {"promised": limits.promised, "forbidden": limits.forbidden}
    for kind, codes in lists.items():
        for code in codes:
            if code not in known:
                text = f"{code} is {kind} but is no programme here."
                yield Problem(f"{kind}:{code}", "unknown_code", text, {"code": code})
    for code in sorted(set(limits.promised) & set(limits.forbidden)):
        text = f"{code} is both promised and forbidden."
        yield Problem(f"promised:{code}", "promised_forbidden", text)
    promised = [known[code] for code in dict.fromkeys(limits.promised) if code in known]
    yield from _promised_groups(promised)
    for candidate in promised:
        yield from _promised_alone(candidate, limits)


def _synergies(known: Mapping[str, Candidate], limits: Limits) -> Iterator[Problem]:
    for synergy in limits.synergies:
        pair = (synergy.first, synergy.second)
        row = "synergy:" + ":".join(pair)
        if synergy.first == synergy.second or any(c not in known for c in pair):
            text = "A synergy joins two different programmes of the list."
            yield Problem(row, "synergy", text, {"codes": list(pair)})
        elif not math.isfinite(synergy.bonus):
            yield Problem(row, "synergy", "The bonus is not a number.")


def _promised_groups(promised: list[Candidate]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for c in promised:
        if c.group is None:
            continue
        other = first.setdefault(c.group, c.code)
        if other != c.code:
            text = f"{other} and {c.code} are promised, but only one of the group {c.group} may be chosen."
            params = {"group": c.group, "codes": [other, c.code]}
            yield Problem(f"promised:{c.code}", "promised_either_or", text, params)


def _promised_alone(c: Candidate, limits: Limits) -> Iterator[Problem]:
    row = f"promised:{c.code}"
    if c.duration < 1 or c.latest < c.earliest or limits.years < 1:
        return  # told already
    starts = possible_starts(c, limits)
    if not starts:
        text = f"It is promised but cannot start and end within {limits.start_year}-{limits.last_year}."
        yield Problem(row, "promised_no_time", text)
        return
    empty = _empty_money(limits)
    lacking = [_needs_empty(c, limits, start, empty) for start in starts]
    if all(lacking):
        source, year = lacking[0] or ("", 0)
        text = f"It is promised and needs {source} in {year}, where the ceiling is zero; every other start meets a zero too."
        params = {"source": source, "year": year, "limit": f"ceiling:{source}:{year}"}
        yield Problem(row, "promised_zero_ceiling", text, params)


def _empty_money(limits: Limits) -> Callable[[str, int], bool]:
    """Tell whether a source can have nothing at all in a year."""
    pool_of = {s: pool for pool in limits.all_pools() for s in pool.sources}
    payer = {s: pool for pool in limits.all_pools() for s in pool.tops_up}

    def pool_is_empty(pool: Pool | None, year: int) -> bool:
        if pool is None:
            return True
        years = range(limits.start_year, year + 1) if pool.carry_over else (year,)
        return not any(limits.ceilings.get((s, y)) for s in pool.sources for y in years)

    def empty(source: str, year: int) -> bool:
        own = pool_of.get(source)
        return pool_is_empty(own, year) and pool_is_empty(payer.get(source), year)

    return empty


def _needs_empty(
    c: Candidate, limits: Limits, start: int, empty: Callable[[str, int], bool]
) -> tuple[str, int] | None:
    needs = [(s, start + k - 1) for (k, s), amount in c.costs.items() if amount]
    after = range(start + c.duration, limits.last_year + 1)
    needs += [(s, y) for s, amount in c.running.items() if amount for y in after]
    return next(((s, y) for s, y in needs if empty(s, y)), None)


def _worth(candidates: tuple[Candidate, ...], limits: Limits) -> Iterator[Problem]:
    starts = ((c, s) for c in candidates for s in possible_starts(c, limits))
    nothing = not any(value_of_start(c, limits, s) for c, s in starts)
    possible = any(possible_starts(c, limits) for c in candidates)
    if possible and nothing and not limits.synergies:
        text = "Every outcome is zero, so no plan is better than another."
        yield Problem("candidates", "zero_outcomes", text)
