"""Published choice problems as candidates and limits (see ../shared/data/choice)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from habaring.engines.choosing import Candidate, Floor, Limits

# published best values: Khan and others (2002) and later papers; None where not found
MMKP_BEST: dict[str, float | None] = {"I01": 173, "I02": 364, "I03": 1602, "I04": 3597}


@dataclass(frozen=True)
class Published:
    """One problem, and the best value known to its authors."""

    name: str
    inputs: tuple[list[Candidate], Limits]
    published: float | None


def _item(code: str, profit: float, weights: list[int], group: str | None) -> Candidate:
    costs = {(1, f"R{k}"): weight for k, weight in enumerate(weights) if weight}
    return Candidate(
        code=code,
        name=code,
        dimension=group or "ALL",
        district=None,
        department=None,
        duration=1,
        earliest=2027,
        latest=2027,
        quick_win=False,
        months=None,
        owner="",
        costs=costs,
        outcomes={"ALL": profit},
        group=group,
    )


def _limits(capacities: list[int], floors: tuple[Floor, ...] = ()) -> Limits:
    ceilings = {(f"R{k}", 2027): amount for k, amount in enumerate(capacities)}
    return Limits(2027, 1, ceilings, floors=floors)


def knapsacks(folder: Path, file: int) -> list[Published]:
    """The thirty problems of mknapcb<file>.txt."""
    numbers = iter((folder / f"mknapcb{file}.txt").read_text().split())
    best = _best(folder)
    found = []
    for k in range(int(next(numbers))):
        n, m = int(next(numbers)), int(next(numbers))
        next(numbers)
        profits = [float(next(numbers)) for _ in range(n)]
        rows = [[int(next(numbers)) for _ in range(n)] for _ in range(m)]
        capacities = [int(next(numbers)) for _ in range(m)]
        items = [
            _item(f"{j}", profits[j], [row[j] for row in rows], None) for j in range(n)
        ]
        name = f"{m}.{n}-{k:02d}"
        found.append(
            Published(name, (items, _limits(capacities)), best[30 * (file - 1) + k])
        )
    return found


def _best(folder: Path) -> list[float]:
    """The first table of mkcbres.txt: best values, in the order of the files."""
    lines = (folder / "mkcbres.txt").read_text().splitlines()
    start = next(k for k, line in enumerate(lines) if "Best Feasible" in line)
    values = []
    for line in lines[start + 1 :]:
        words = line.split()
        if not words:
            continue
        if not words[-1].isdigit():
            break
        values.append(float(words[-1]))
    return values


def multiple_choice(folder: Path, name: str) -> Published:
    """One MMKP problem: exactly one item of each class."""
    numbers = iter((folder / f"{name}.txt").read_text().split())
    classes, size, limits = (int(next(numbers)) for _ in range(3))
    capacities = [int(next(numbers)) for _ in range(limits)]
    items = []
    for _ in range(classes):
        group = f"class{int(float(next(numbers)))}"
        for k in range(size):
            profit = float(next(numbers))
            weights = [int(float(next(numbers))) for _ in range(limits)]
            items.append(_item(f"{group}-{k}", profit, weights, group))
    groups = dict.fromkeys(c.group or "" for c in items)
    floors = tuple(Floor("dimension", group, 1) for group in groups)
    inputs = (items, _limits(capacities, floors))
    return Published(name, inputs, MMKP_BEST.get(name))
