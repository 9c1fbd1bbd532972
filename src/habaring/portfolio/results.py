"""What a finished scenario says, ready for pages and exports; two of them side by side."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from habaring.engines import choosing
from habaring.engines.choosing import Candidate as Programme
from habaring.engines.choosing import Choice, Limits, Reason
from habaring.portfolio import queries
from habaring.portfolio.inputs import MoneyLine, money_lines
from habaring.portfolio.models import Candidate, Scenario
from habaring.portfolio.queries import Money
from habaring.portfolio.reasons import Explained, Names, explain, limit_words
from habaring.regions.models import Region

_CLOSE_KINDS = ("chosen", "ceiling", "staff", "share", "either_or", "requires")
"""Reasons that weigh one programme against another; a promise or a ban does not."""


@dataclass(frozen=True)
class Line:
    """One programme in or out of a scenario. Rupiah of its money are in `money`."""

    programme: Programme
    start: int | None
    reason: Reason
    explained: Explained
    money: tuple[MoneyLine, ...] = ()
    illustrative: bool = False

    @property
    def code(self) -> str:
        return self.programme.code

    @property
    def name(self) -> str:
        return self.programme.name

    @property
    def chosen(self) -> bool:
        return self.start is not None

    @property
    def end(self) -> int | None:
        """The last year of work."""
        return None if self.start is None else self.start + self.programme.duration - 1

    @property
    def cost(self) -> int:
        """Rupiah to build."""
        return self.programme.total_cost

    @property
    def spent(self) -> int:
        """Rupiah within the plan: building, and running after completion."""
        return sum(line.amount for line in self.money)


@dataclass(frozen=True)
class Balance:
    """What one dimension or district gets: `share` of the money is a part of one."""

    code: str
    name: str
    chosen: int
    candidates: int
    rupiah: int
    share: float


@dataclass(frozen=True)
class QuickWins:
    """The Quick Wins of one dimension: those in the plan, and claims that break rules."""

    dimension: str
    name: str
    chosen: tuple[Line, ...]
    waiting: tuple[Line, ...]  # real ones that were left out
    faulty: tuple[tuple[Line, tuple[str, ...]], ...]

    @property
    def enough(self) -> bool:
        return bool(self.chosen)


@dataclass(frozen=True)
class Marginal:
    """What a little more of a limit would bring; `points` a rupiah milliard or unit."""

    limit: str
    words: str
    points: float
    money: bool


@dataclass(frozen=True)
class Result:
    """A finished scenario: the answer, the money, the balance, a reason for each."""

    scenario: Scenario
    choice: Choice
    limits: Limits
    names: Names
    lines: tuple[Line, ...]
    money: Money

    @cached_property
    def chosen(self) -> tuple[Line, ...]:
        """Those in the plan, by start year and code."""
        inside = (line for line in self.lines if line.chosen)
        return tuple(sorted(inside, key=lambda line: (line.start or 0, line.code)))

    @cached_property
    def left_out(self) -> tuple[Line, ...]:
        """Those out of the plan, the nearest to coming in first."""
        outside = (line for line in self.lines if not line.chosen)
        return tuple(sorted(outside, key=lambda line: (line.reason.regret, line.code)))

    @property
    def illustrative(self) -> bool:
        return self.scenario.illustrative

    def closest(self, count: int) -> tuple[Line, ...]:
        """The programmes in and out that would turn round first, `count` of each."""
        free = [line for line in self.lines if line.reason.kind in _CLOSE_KINDS]
        sides = [[x for x in free if x.chosen is side] for side in (True, False)]
        return tuple(
            line
            for side in sides
            for line in sorted(side, key=lambda x: (x.reason.regret, x.code))[:count]
        )

    @cached_property
    def dimensions(self) -> tuple[Balance, ...]:
        """What each dimension gets, those without anything too."""
        own = {line.programme.dimension for line in self.lines}
        order = dict.fromkeys([*self.names.dimensions, *sorted(own)])
        return self._balance(lambda p: p.dimension, order, self.names.dimension)

    @cached_property
    def districts(self) -> tuple[Balance, ...]:
        """What each district gets; programmes for the whole region have code ""."""
        own = {line.programme.district or "" for line in self.lines}
        order = dict.fromkeys([*self.names.districts, *sorted(own)])
        return self._balance(lambda p: p.district or "", order, self.names.district)

    @property
    def places(self) -> tuple[Balance, ...]:
        """The districts that get money, the most first."""
        inside = (balance for balance in self.districts if balance.rupiah)
        return tuple(sorted(inside, key=lambda b: -b.rupiah))

    @property
    def places_without(self) -> list[str]:
        """The names of the districts that get none of their own."""
        return [b.name for b in self.districts if b.code and not b.rupiah]

    def _balance(
        self, key: Any, order: Mapping[str, None], name: Any
    ) -> tuple[Balance, ...]:
        every: dict[str, list[Line]] = defaultdict(list)
        for line in self.lines:
            every[key(line.programme)].append(line)
        total = self.money.total
        found = []
        for code in order:
            rupiah = sum(line.spent for line in every[code])
            inside = sum(line.chosen for line in every[code])
            share = rupiah / total if total else 0.0
            found.append(
                Balance(code, name(code), inside, len(every[code]), rupiah, share)
            )
        return tuple(found)

    @cached_property
    def quick_wins(self) -> tuple[QuickWins, ...]:
        """The checklist: one row a dimension."""
        return tuple(
            self._quick_wins_of(balance.code, balance.name)
            for balance in self.dimensions
        )

    def _quick_wins_of(self, code: str, name: str) -> QuickWins:
        claimed = [
            line
            for line in self.lines
            if line.programme.quick_win and line.programme.dimension == code
        ]
        faults = [(line, choosing.quick_win_faults(line.programme)) for line in claimed]
        real = [line for line, fault in faults if not fault]
        return QuickWins(
            code,
            name,
            chosen=tuple(line for line in real if line.chosen),
            waiting=tuple(line for line in real if not line.chosen),
            faulty=tuple((line, fault) for line, fault in faults if fault),
        )

    @cached_property
    def marginals(self) -> tuple[Marginal, ...]:
        """What binds, the most rewarding first."""
        found = [
            Marginal(
                name,
                limit_words(name, self.names),
                abs(points),
                name.startswith("ceiling:"),
            )
            for name, points in self.choice.shadow_prices.items()
            if name.startswith(("ceiling:", "staff:")) and abs(points) > 1e-6
        ]
        return tuple(sorted(found, key=lambda m: (not m.money, -m.points)))


def names_of(region: Region, programmes: Mapping[str, Programme]) -> Names:
    """What the codes of a scenario are called."""
    known = queries.known(region)
    return Names(
        programmes={code: p.name for code, p in programmes.items()},
        dimensions=known.dimensions,
        districts=known.districts,
        departments=known.departments,
    )


def result(scenario: Scenario) -> Result | None:
    """The result of a scenario; None while it has none."""
    if not scenario.record:
        return None
    choice = Choice.from_record(scenario.record)
    limits = queries.limits_of(scenario)
    programmes = queries.programmes_of(scenario)
    names = names_of(scenario.region, programmes)
    invented = _illustrative_codes(scenario)
    chosen_of = {
        programmes[code].group: code for code in choice.chosen if programmes[code].group
    }
    frame = _Frame(choice, limits, names, chosen_of, invented)
    lines = tuple(frame.line(programme) for programme in programmes.values())
    spent = [line for one in lines for line in one.money]
    return Result(
        scenario, choice, limits, names, lines, queries.money_of(spent, limits)
    )


def _illustrative_codes(scenario: Scenario) -> frozenset[str]:
    rows = Candidate.objects.filter(pk__in=scenario.candidate_ids, illustrative=True)
    return frozenset(rows.values_list("code", flat=True))


@dataclass(frozen=True)
class _Frame:
    """What every line of a result is told against."""

    choice: Choice
    limits: Limits
    names: Names
    chosen_of: Mapping[str | None, str]  # either-or group → the one that is in
    invented: frozenset[str]

    def line(self, programme: Programme) -> Line:
        code = programme.code
        start = self.choice.starts[code]
        reason = self.choice.reasons[code]
        explained = explain(
            reason,
            self.names,
            cost=programme.total_cost,
            rival=self.chosen_of.get(programme.group, ""),
        )
        money = (
            money_lines(programme, start=start, last_year=self.limits.last_year)
            if start is not None
            else []
        )
        return Line(
            programme, start, reason, explained, tuple(money), code in self.invented
        )


@dataclass(frozen=True)
class Moved:
    """A programme in both, with its start year in each."""

    line: Line
    before: int
    after: int


@dataclass(frozen=True)
class Comparison:
    """Scenario `b` against `a`: what falls out, comes in, moves; the money of both."""

    a: Result
    b: Result
    out: tuple[Line, ...]  # as b tells their reasons, where b has them
    into: tuple[Line, ...]
    moved: tuple[Moved, ...]
    stays: int

    @property
    def money_difference(self) -> int:
        return self.b.money.total - self.a.money.total

    @property
    def points_difference(self) -> float:
        return self.b.choice.objective - self.a.choice.objective

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(sorted({*self.a.money.years, *self.b.money.years}))

    def money_rows(self) -> list[tuple[int, int, int, int]]:
        """Year, rupiah in a, in b, and the difference."""
        rows = []
        for year in self.years:
            before = self.a.money.amount(year=year)
            after = self.b.money.amount(year=year)
            rows.append((year, before, after, after - before))
        return rows


def compare(a: Result, b: Result) -> Comparison:
    """Two results side by side."""
    found = choosing.compare(a.choice, b.choice)
    of_a = {line.code: line for line in a.lines}
    of_b = {line.code: line for line in b.lines}
    moved = [
        Moved(of_b[code], before, after)
        for code, (before, after) in found.moved.items()
    ]
    return Comparison(
        a,
        b,
        out=tuple(of_b.get(code) or of_a[code] for code in found.out),
        into=tuple(of_b[code] for code in found.into),
        moved=tuple(moved),
        stays=len(found.stays),
    )
