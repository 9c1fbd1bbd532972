"""Made-up portfolios for the benchmark: the pool model of the study, seeded."""

from __future__ import annotations

import numpy as np

from habaring.engines.choosing import (
    Candidate,
    Floor,
    Limits,
    Pool,
    Share,
    Synergy,
)

DIMENSIONS = ("GOV", "BRA", "ECO", "LIV", "SOC", "ENV")
GENERAL = ("PAD", "DAU", "DBH")
EARMARKED = ("DAK", "KPBU")
START = 2027


def _candidate(
    rng: np.random.Generator, i: int, years: int, size: tuple[int, int]
) -> Candidate:
    districts, departments = size
    duration = int(rng.integers(1, 4))
    total = float(np.exp(rng.normal(21.5, 1.1)))  # about Rp 2 billion, heavy tail
    dimension = DIMENSIONS[int(rng.integers(len(DIMENSIONS)))]
    source = str(rng.choice(GENERAL, p=[0.25, 0.55, 0.2]))
    mix = {source: 1.0}
    if rng.random() < 0.35:
        share = float(rng.uniform(0.3, 0.8))
        mix = {source: 1 - share, str(rng.choice(EARMARKED, p=[0.75, 0.25])): share}
    split = rng.dirichlet(np.full(duration, 3.0))
    costs = {
        (k + 1, name): round(total * part * split[k] / 1e6) * 1_000_000
        for k in range(duration)
        for name, part in mix.items()
    }
    running = {source: round(total * float(rng.uniform(0.02, 0.08)) / 1e6) * 1_000_000}
    worth = (total / 1e9) ** 0.75 * float(np.exp(rng.normal(0.0, 0.45)))
    second = DIMENSIONS[int(rng.integers(len(DIMENSIONS)))]
    outcomes = {dimension: round(worth, 4)}
    if second != dimension:
        outcomes[second] = round(worth * float(rng.uniform(0.05, 0.4)), 4)
    earliest = START + int(rng.integers(0, 2))
    return Candidate(
        code=f"P{i:04d}",
        name=f"Programme {i}",
        dimension=dimension,
        district=f"D{int(rng.integers(districts)):02d}",
        department=f"OPD{int(rng.integers(departments)):02d}",
        duration=duration,
        earliest=earliest,
        latest=START + years - 1,
        quick_win=duration == 1 and rng.random() < 0.5,
        months=int(rng.integers(4, 13)) if duration == 1 else duration * 12,
        owner="x",
        costs=costs,
        running=running,
        outcomes=outcomes,
        requires=(f"P{int(rng.integers(i)):04d}",) if i and rng.random() < 0.1 else (),
        group=f"G{i // 40}" if rng.random() < 0.05 else None,
        staff=round(float(rng.uniform(0.5, 4.0)), 1),
        sustainable=dict.fromkeys(
            ("running_cost", "owner_after", "sdg", "environment"), True
        ),
        tags=("infrastructure",) if rng.random() < 0.45 else (),
    )


def made(programmes: int, years: int, seed: int = 0) -> tuple[list[Candidate], Limits]:
    """Candidates and limits: money for about two fifths, staff for about as much."""
    rng = np.random.default_rng([seed, programmes, years])
    districts = 17
    departments = max(6, min(30, programmes // 15))
    candidates = [
        _candidate(rng, i, years, (districts, departments)) for i in range(programmes)
    ]
    ceilings: dict[tuple[str, int], int] = {}
    for source in GENERAL + EARMARKED:
        total = sum(
            a for c in candidates for (_, s), a in c.costs.items() if s == source
        )
        for y in range(years):
            part = 0.4 * total / years * (1 + 0.03 * y)
            ceilings[source, START + y] = round(part / 1e6) * 1_000_000
    need: dict[str, float] = {}
    for c in candidates:
        need[c.department or ""] = need.get(c.department or "", 0.0) + (
            c.staff_in(1) * c.duration
        )
    staff = {
        (d, START + y): round(0.55 * fte / years, 1)
        for d, fte in sorted(need.items())
        for y in range(years)
    }
    by_worth = sorted(candidates, key=lambda c: c.total_cost)
    chosen_early = [
        c for c in by_worth if c.earliest == START and not (c.group or c.requires)
    ]
    promised = tuple(c.code for c in chosen_early[::12][: programmes // 40][:8])
    return candidates, Limits(
        start_year=START,
        years=years,
        ceilings=ceilings,
        pools=(Pool("general", GENERAL, 0.1, EARMARKED),),
        shares=(
            Share("infrastructure", "infrastructure", "at_least", 35.0),
            Share("living", "LIV", "at_least", 12.0),
        ),
        floors=tuple(
            Floor("dimension", d, max(1, programmes // 60)) for d in DIMENSIONS
        )
        + tuple(
            Floor("district", f"D{d:02d}", max(1, programmes // 200))
            for d in range(districts)
            if programmes >= 200
        ),
        staff=staff,
        promised=promised,
        synergies=tuple(
            Synergy(f"P{i:04d}", f"P{i + 1:04d}", 1.5)
            for i in range(0, programmes - 1, max(programmes // 20, 2))
        ),
        quick_wins_per_dimension=1 if programmes >= 100 else 0,
        weights=dict.fromkeys(DIMENSIONS, 1.0),
    )
