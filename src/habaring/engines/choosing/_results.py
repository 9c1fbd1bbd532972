"""What comes out of the choice: the plan, its proof, and a reason for each programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ENGINE_VERSION = "1"


@dataclass(frozen=True)
class Reason:
    """Why a programme is in or out of a plan.

    `kind` in the plan: `promised`, `chosen`, or what made it worth choosing beyond its
    own points: `floor`, `share`, `quick_wins`, `requires`. Out of it: `forbidden`,
    `not_sustainable`, `no_time`, `either_or`, `requires`, `ceiling`, `staff`, `share`,
    `synergy`, `floor`, or `low_outcome` (it fits, but adds no points).
    `limits` are the limits that break when it joins the plan in the start year nearest
    to fitting (for one in the plan: when it leaves); `params["starts"]` has the broken
    limits of every start year. Both were checked on whole rupiah.
    `regret` is the points that a plan with (in the plan: without) it loses at least,
    counted from the bound of the relaxation. `enters_at` is the total cost in whole
    rupiah at which it would fit beside the whole plan. `displaced_by` are programmes of
    the plan that would have to leave to make room, the least valuable first.
    """

    chosen: bool
    kind: str
    limits: tuple[str, ...] = ()
    regret: float = 0.0
    enters_at: int | None = None
    displaced_by: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Use:
    """One pool in one year, whole rupiah.

    `cost` is what the plan needs from its sources, `topped_up` what it paid for other
    sources, `received` what another pool paid for it: ceiling + carried_in + received =
    cost + topped_up + left. `carried_out` is the part of `left` the next year may use.
    """

    cost: int
    ceiling: int
    carried_in: int
    topped_up: int
    received: int
    left: int
    carried_out: int


@dataclass(frozen=True)
class Progress:
    """How far the search is: phase `relaxation`, `core`, `full`, `improve`, `reasons`."""

    phase: str
    best: float | None
    bound: float | None
    gap: float | None
    elapsed: float


@dataclass(frozen=True)
class Choice:
    """The plan found, how good it provably is, and why each programme is in or out.

    `starts` has every code, None when left out. `objective` and `bound` are points;
    `gap` is the proven distance (bound - objective) / |bound|. `proven` is False when
    time ran out first; `feasible` is False when no plan at all was found by then (all
    starts are None). `use` maps (source, year) to the rupiah the plan needs from that
    source; `ledger` maps (pool, year) to the account with carry-over and top-ups.
    `shadow_prices` maps a limit to points gained per Rp 1 billion (ceilings), per
    full-time equivalent (staff) or per unit of the limit, at the relaxation.
    `quick_wins` maps a dimension to the codes of real Quick Wins in the plan.
    `statuses` maps a code to `promised`, `chosen`, `left_out` or `excluded`.
    """

    starts: Mapping[str, int | None]
    objective: float
    bound: float
    gap: float
    proven: bool
    use: Mapping[tuple[str, int], int]
    ledger: Mapping[tuple[str, int], Use]
    shadow_prices: Mapping[str, float]
    reasons: Mapping[str, Reason]
    quick_wins: Mapping[str, tuple[str, ...]]
    statuses: Mapping[str, str]
    seconds: float
    inputs_digest: str
    parameters: Mapping[str, Any]
    feasible: bool = True
    engine_version: str = ENGINE_VERSION

    @property
    def chosen(self) -> tuple[str, ...]:
        """Codes in the plan."""
        return tuple(code for code, year in self.starts.items() if year is not None)

    def as_record(self) -> dict[str, Any]:
        """Everything but the time it took, ready for JSON, in a fixed order."""
        return {
            "engine": "choosing",
            "engine_version": self.engine_version,
            "inputs_digest": self.inputs_digest,
            "parameters": dict(self.parameters),
            "objective": self.objective,
            "bound": self.bound,
            "gap": self.gap,
            "proven": self.proven,
            "feasible": self.feasible,
            "starts": dict(self.starts),
            "use": [[s, y, amount] for (s, y), amount in self.use.items()],
            "ledger": [[p, y, vars(use)] for (p, y), use in self.ledger.items()],
            "shadow_prices": dict(self.shadow_prices),
            "reasons": {code: _reason_record(r) for code, r in self.reasons.items()},
            "quick_wins": {d: list(codes) for d, codes in self.quick_wins.items()},
            "statuses": dict(self.statuses),
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Choice:
        """The choice that `as_record` stored; the time it took is not kept (0)."""
        same = {name: record[name] for name in _SAME}
        return cls(
            use={(s, y): amount for s, y, amount in record["use"]},
            ledger={(p, y): Use(**use) for p, y, use in record["ledger"]},
            reasons={c: _reason_from(r) for c, r in record["reasons"].items()},
            quick_wins={d: tuple(c) for d, c in record["quick_wins"].items()},
            seconds=0.0,
            **same,
        )


_SAME = (
    "starts",
    "objective",
    "bound",
    "gap",
    "proven",
    "feasible",
    "shadow_prices",
    "statuses",
    "inputs_digest",
    "parameters",
    "engine_version",
)


def _reason_record(reason: Reason) -> dict[str, Any]:
    fields = dict(vars(reason))
    fields["limits"] = list(reason.limits)
    fields["displaced_by"] = list(reason.displaced_by)
    fields["params"] = dict(reason.params)
    return fields


def _reason_from(record: Mapping[str, Any]) -> Reason:
    fields = dict(record)
    fields["limits"] = tuple(fields["limits"])
    fields["displaced_by"] = tuple(fields["displaced_by"])
    return Reason(**fields)


@dataclass(frozen=True)
class Comparison:
    """Two choices side by side: `moved` maps a code to its start years in a and b."""

    out: tuple[str, ...]
    into: tuple[str, ...]
    moved: Mapping[str, tuple[int, int]]
    stays: tuple[str, ...]
    objective_change: float
    use_change: Mapping[tuple[str, int], int]


def compare(a: Choice, b: Choice) -> Comparison:
    """What falls out, comes in or moves between a and b; codes of both are looked at."""
    codes = list(dict.fromkeys([*a.starts, *b.starts]))
    pairs = {code: (a.starts.get(code), b.starts.get(code)) for code in codes}
    keys = sorted({*a.use, *b.use})
    return Comparison(
        out=tuple(c for c, (x, y) in pairs.items() if x is not None and y is None),
        into=tuple(c for c, (x, y) in pairs.items() if x is None and y is not None),
        moved={
            c: (x, y)
            for c, (x, y) in pairs.items()
            if x is not None and y is not None and x != y
        },
        stays=tuple(c for c, (x, y) in pairs.items() if x is not None and x == y),
        objective_change=b.objective - a.objective,
        use_change={k: b.use.get(k, 0) - a.use.get(k, 0) for k in keys},
    )
