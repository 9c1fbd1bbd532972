"""What goes into the choice: candidate programmes and the limits they share."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

QUESTIONS = ("running_cost", "owner_after", "sdg", "environment")
QUICK_WIN_MONTHS = 12


@dataclass(frozen=True)
class Candidate:
    """One programme that could be funded.

    `earliest` and `latest` are calendar years of the start. `costs` maps (year of
    life counted from 1, funding source) to whole rupiah; `running` is rupiah a year
    by source from the year after completion; `outcomes` are points a year in service
    by dimension; `staff` is full-time equivalents in each year of work, one number or
    one a year of life. `sustainable` answers the four questions in `QUESTIONS`.
    """

    code: str
    name: str
    dimension: str
    district: str | None
    department: str | None
    duration: int
    earliest: int
    latest: int
    quick_win: bool
    months: int | None
    owner: str
    costs: Mapping[tuple[int, str], int]
    running: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[str, float] = field(default_factory=dict)
    requires: tuple[str, ...] = ()
    group: str | None = None
    staff: Mapping[int, float] | float = 0.0
    sustainable: Mapping[str, bool] = field(default_factory=dict)
    tags: tuple[str, ...] = ()

    @property
    def total_cost(self) -> int:
        """Whole rupiah over the years of work, running costs left out."""
        return sum(self.costs.values())

    def staff_in(self, year_of_life: int) -> float:
        """Full-time equivalents in a year of work, counted from 1."""
        if isinstance(self.staff, Mapping):
            return float(self.staff.get(year_of_life, 0.0))
        return float(self.staff)


def quick_win_faults(candidate: Candidate) -> tuple[str, ...]:
    """Why a claimed Quick Win is none: `months`, `owner`, `unfunded`; empty if it is."""
    faults = []
    too_long = candidate.duration > 1 if candidate.months is None else False
    if too_long or (candidate.months or 0) > QUICK_WIN_MONTHS:
        faults.append("months")
    if not candidate.owner.strip():
        faults.append("owner")
    if candidate.total_cost <= 0:
        faults.append("unfunded")
    return tuple(faults)


@dataclass(frozen=True)
class Pool:
    """Sources whose money may be mixed.

    `carry_over` is the share of what a year leaves unspent that the next year may use
    (SiLPA), in steps of 0.0001. `tops_up` names sources outside the pool whose
    shortfall this pool may pay. The pool's name stands in the names of its ceilings.
    """

    name: str
    sources: tuple[str, ...]
    carry_over: float = 0.0
    tops_up: tuple[str, ...] = ()


@dataclass(frozen=True)
class Share:
    """At least or at most `percent` of the spending goes to a dimension or tag.

    Spending is cost and running cost; `year` and `source` narrow both sides of it.
    `percent` counts in steps of 0.01.
    """

    name: str
    tag: str
    sense: Literal["at_least", "at_most"]
    percent: float
    year: int | None = None
    source: str | None = None
    law: str = ""


@dataclass(frozen=True)
class Floor:
    """The least that a dimension or a district must get over the whole horizon.

    `measure` is the number of programmes, whole rupiah spent, or points of outcome
    (of that dimension; for a district, all dimensions by weight).
    """

    scope: Literal["dimension", "district"]
    code: str
    amount: float
    measure: Literal["count", "rupiah", "outcome"] = "count"

    @property
    def name(self) -> str:
        tail = "" if self.measure == "count" else f":{self.measure}"
        return f"floor:{self.scope}:{self.code}{tail}"


@dataclass(frozen=True)
class Synergy:
    """Points gained once when both programmes are chosen; negative when they clash."""

    first: str
    second: str
    bonus: float


@dataclass(frozen=True)
class Limits:
    """What every plan must keep to.

    `ceilings` maps (source, calendar year) to whole rupiah; a pair that is not named
    is zero. `staff` maps (department, year) to full-time equivalents; a pair that is
    not named has no limit. `weights` maps a dimension to the weight of its points;
    empty means one for each. `service_after` is how many years of service after the
    horizon still count (a programme that ends in the last year would else be worth
    nothing). `require_sustainable` names the questions that must be answered yes.
    """

    start_year: int
    years: int
    ceilings: Mapping[tuple[str, int], int]
    pools: tuple[Pool, ...] = ()
    shares: tuple[Share, ...] = ()
    floors: tuple[Floor, ...] = ()
    staff: Mapping[tuple[str, int], float] = field(default_factory=dict)
    promised: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    synergies: tuple[Synergy, ...] = ()
    require_sustainable: tuple[str, ...] = ()
    quick_wins_per_dimension: int = 0
    weights: Mapping[str, float] = field(default_factory=dict)
    service_after: int = 1

    @property
    def last_year(self) -> int:
        return self.start_year + self.years - 1

    @property
    def calendar(self) -> range:
        """The years of the horizon."""
        return range(self.start_year, self.start_year + self.years)

    def all_pools(self) -> tuple[Pool, ...]:
        """The named pools, then one pool for every other source with a ceiling."""
        named = {source for pool in self.pools for source in pool.sources}
        rest = sorted({source for source, _ in self.ceilings} - named)
        return self.pools + tuple(Pool(source, (source,)) for source in rest)

    def dimensions(self, candidates: tuple[Candidate, ...]) -> tuple[str, ...]:
        """The dimensions that count: those with a weight, else those of candidates."""
        if self.weights:
            return tuple(self.weights)
        return tuple(sorted({c.dimension for c in candidates}))

    def weight(self, dimension: str) -> float:
        """The weight of a dimension's points."""
        return float(self.weights.get(dimension, 0.0)) if self.weights else 1.0


def possible_starts(candidate: Candidate, limits: Limits) -> range:
    """Calendar years in which it can start and still end within the horizon."""
    first = max(candidate.earliest, limits.start_year)
    last = min(candidate.latest, limits.last_year - candidate.duration + 1)
    return range(first, last + 1)


def value_of_start(candidate: Candidate, limits: Limits, start: int) -> float:
    """Weighted points over the years in service when it starts in that year."""
    served = limits.last_year + limits.service_after - (start + candidate.duration) + 1
    points = sum(limits.weight(d) * p for d, p in candidate.outcomes.items())
    return points * max(served, 0)


def _plain(value: object) -> Any:
    """JSON-ready form with a fixed order, whatever order the mappings were made in."""
    if isinstance(value, Mapping):
        pairs = {_key(k): _plain(v) for k, v in value.items()}
        return dict(sorted(pairs.items()))
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # 3.0 in one file and 3 in another are the same input
    return value


def _key(key: object) -> str:
    return ":".join(map(str, key)) if isinstance(key, tuple) else str(key)


def digest(candidates: tuple[Candidate, ...], limits: Limits) -> str:
    """SHA-256 of the inputs, the same for the same values in any mapping order."""
    # asdict would turn tuple keys as they are: _plain names them
    content = [[_plain(vars(c)) for c in candidates], _plain(_limit_fields(limits))]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _limit_fields(limits: Limits) -> dict[str, object]:
    fields = dict(vars(limits))
    for name in ("pools", "shares", "floors", "synergies"):
        fields[name] = [asdict(item) for item in fields[name]]
    return fields
