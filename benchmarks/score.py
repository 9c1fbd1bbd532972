"""Rank intervals of 514 regions: our draws against pandas, a numpy loop and the floor.

514 units × 120 indicators × 10,000 draws over 8 hot-deck imputations × 4 normalisations
× 3 aggregations × ± 25 % weights. CPU seconds of one process on one thread, the least of three runs. Peers run
fewer draws, spread over every combination, and are scaled; each line says from how many.
The peers' ranks are checked against ours, draw by draw.
"""

import argparse
import csv
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from habaring.engines import scoring
from habaring.engines.scoring import (
    Choices,
    Framework,
    Group,
    Indicator,
    Table,
    competition_ranks,
    hot_deck,
    score,
    treat_table,
)
from habaring.engines.scoring._combine import plant
from habaring.engines.scoring._draws import (
    Field,
    balanced,
    draw_ranks,
    open_field,
)

Floats = NDArray[np.float64]
CHOICES = Choices(
    normalisations=("goalposts", "minmax", "z", "rank"),
    aggregations=("arithmetic", "geometric", "mpi"),
    weight_spread=0.25,
    imputations=8,
)
DIMENSIONS = 6
SEED = 11


@dataclass(frozen=True)
class Line:
    """One row of the report: seconds measured for some draws, scaled to all."""

    what: str
    seconds: float
    draws: int
    differ: tuple[int, int] | None = None  # ranks not ours, and of how many

    def scaled(self, draws: int) -> float:
        return self.seconds * draws / self.draws


@dataclass(frozen=True, eq=False)
class Instance:
    """The generated table with its framework, filled tables and prepared draws."""

    table: Table
    framework: Framework
    field: Field
    filled: Floats


def instance(units: int, indicators: int) -> Instance:
    """A table with one common factor, both directions and 5 % missing values."""
    generator = np.random.default_rng(SEED)
    factor = generator.normal(size=(units, 1))
    values = np.round(factor + 1.5 * generator.normal(size=(units, indicators)), 6)
    values[generator.random(values.shape) < 0.05] = np.nan
    values[:, 1::3] *= -1.0
    codes = tuple(f"i{place}" for place in range(indicators))
    framework = Framework(
        tuple(
            Indicator(
                code,
                f"D{place * DIMENSIONS // indicators}",
                "lower" if place % 3 == 1 else "higher",
                goal_low=-6,
                goal_high=6,
            )
            for place, code in enumerate(codes)
        ),
        (Group("INDEX", None), *(Group(f"D{d}") for d in range(DIMENSIONS))),
        normalisation="goalposts",
        min_coverage=0.0,
    )
    table = Table(tuple(f"u{row}" for row in range(units)), codes, values)
    tree = plant(framework, framework.indicators)
    everyone = np.arange(units)
    field = open_field(tree, values, everyone, choices=CHOICES, seed=SEED)
    filled = hot_deck(values, times=8, donors=CHOICES.donors, seed=SEED)
    return Instance(table, framework, field, filled)


def cpu(run: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """The least CPU seconds of a few runs: other work on the machine only adds."""
    seconds = []
    for _ in range(times):
        start = time.process_time()
        out = run()
        seconds.append(time.process_time() - start)
    return min(seconds), out


def quantiles(ranks: NDArray[Any]) -> NDArray[Any]:
    """5-50-95 % ranks of every unit, from (units, draws)."""
    ordered = np.sort(ranks, axis=1)
    draws = ranks.shape[1]
    return ordered[:, [int(np.ceil(q * draws)) - 1 for q in (0.05, 0.5, 0.95)]]


# Each draw of ours, one at a time: the same stream of random weights.


@dataclass(frozen=True, eq=False)
class Draw:
    column: int
    imputation: int
    norm: int
    how: str
    raw: Floats  # (nodes,) uniform numbers


def single_draws(field: Field, draws: int, of_each: int) -> Iterator[Draw]:
    """The first `of_each` draws of every combination, as `draw_ranks` makes them."""
    column = 0
    for combination, count in balanced(field, draws):
        generator = np.random.default_rng([field.seed, 2, combination])
        i, n, a = (int(x) for x in np.unravel_index(combination, field.shape))
        for row in range(min(count, of_each)):
            raw = generator.random(field.tree.size)
            yield Draw(column + row, i, n, field.aggregations[a], raw)
        column += count


def own_weights(draw: Draw, field: Field) -> Floats:
    weights = 1.0 + 0.25 * (2.0 * draw.raw - 1.0)
    for branch in field.tree.branches:
        own = weights[branch.children] * branch.weights
        weights[branch.children] = own / own.sum()
    return weights


# Peers


def numpy_loop(
    at: Instance, draws: int, of_each: int
) -> tuple[list[int], NDArray[Any]]:
    """One draw at a time, on matrices normalised beforehand."""
    field = at.field
    width = len(at.framework.indicators)
    logs = np.log(np.maximum(field.points, field.floor))
    squares = field.points**2
    columns, ranks = [], []
    for draw in single_draws(field, draws, of_each):
        weights = own_weights(draw, field)
        place = draw.imputation, draw.norm
        of_dimension = weights[width:-1]
        flat = weights[:width].reshape(DIMENSIONS, -1)
        if draw.how == "mpi":
            index = _mpi(field.points[place], squares[place], flat, of_dimension)
        else:
            matrix = logs if draw.how == "geometric" else field.points
            index = matrix[place] @ (flat * of_dimension[:, np.newaxis]).ravel()
        order = np.argsort(-index, kind="stable")
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(1, len(order) + 1)
        columns.append(draw.column)
        ranks.append(rank)
    kept = np.array(ranks).T
    quantiles(kept)
    return columns, kept


def _mpi(points: Floats, squares: Floats, flat: Floats, of_dimension: Floats) -> Floats:
    shape = (len(points), *flat.shape)
    mean = np.einsum("udk,dk->ud", points.reshape(shape), flat)
    square = np.einsum("udk,dk->ud", squares.reshape(shape), flat)
    scores = mean - (square - mean**2) / (mean + 70.0 / 0.6)
    middle = scores @ of_dimension
    variance = scores**2 @ of_dimension - middle**2
    out: Floats = middle - variance / (middle + 70.0 / 0.6)
    return out


def lean_pandas(
    at: Instance, draws: int, of_each: int
) -> tuple[list[int], NDArray[Any]]:
    """Frames filled beforehand; normalise, weigh, combine and rank in each draw."""
    import pandas as pd

    codes = list(at.table.indicators)
    frames = [pd.DataFrame(v, columns=codes) for v in at.filled]
    sign = pd.Series(
        [1.0 if i.direction == "higher" else -1.0 for i in at.framework.indicators],
        index=codes,
    )
    parts = [
        codes[d * len(codes) // DIMENSIONS : (d + 1) * len(codes) // DIMENSIONS]
        for d in range(DIMENSIONS)
    ]
    columns, ranks = [], {}
    for draw in single_draws(at.field, draws, of_each):
        weights = own_weights(draw, at.field)
        inner = pd.Series(weights[: len(codes)], index=codes)
        outer = pd.Series(weights[len(codes) : -1])
        points = _pandas_points(
            frames[draw.imputation] * sign, CHOICES.normalisations[draw.norm]
        )
        scores = pd.concat(
            [_pandas_mean(points[p], inner[p], draw.how) for p in parts], axis=1
        )
        index = _pandas_mean(scores, outer, draw.how)
        columns.append(draw.column)
        ranks[draw.column] = index.rank(ascending=False, method="min")
    table = pd.DataFrame(ranks)
    table.quantile([0.05, 0.5, 0.95], axis=1)
    return columns, table.to_numpy().astype(np.int64)


def _pandas_points(frame: Any, how: str) -> Any:
    if how == "goalposts":
        return ((frame + 6.0) / 12.0 * 100.0).clip(0.0, 100.0)
    if how == "minmax":
        return (frame - frame.min()) / (frame.max() - frame.min()) * 100.0
    if how == "z":
        return 50.0 + 10.0 * (frame - frame.mean()) / frame.std()
    return (frame.rank() - 0.5) / len(frame) * 100.0


def _pandas_mean(points: Any, weights: Any, how: str) -> Any:
    if how == "geometric":
        return np.exp((np.log(points.clip(lower=1.0)) * weights).sum(axis=1))
    mean = (points * weights).sum(axis=1)
    if how == "arithmetic":
        return mean
    variance = (points**2 * weights).sum(axis=1) - mean**2
    return mean - variance / (mean + 70.0 / 0.6)


def pymcdm_wsm(at: Instance, draws: int) -> tuple[Floats, list[NDArray[Any]]]:
    """Less work: one filled table, min-max, flat random weights, weighted sum, ranks."""
    from pymcdm.methods import WSM
    from pymcdm.normalizations import minmax_normalization

    method = WSM(minmax_normalization)
    types = np.array(
        [1 if i.direction == "higher" else -1 for i in at.framework.indicators]
    )
    generator = np.random.default_rng(SEED)
    weights = generator.random((draws, len(types))) + 0.5
    weights /= weights.sum(axis=1, keepdims=True)
    ranks = [method.rank(method(at.filled[0], w, types)) for w in weights]
    quantiles(np.array(ranks).T)
    return weights, ranks


def criteria_wsm(at: Instance, draws: int) -> tuple[Floats, list[NDArray[Any]]]:
    """Less work, as above, by the pipeline that scikit-criteria recommends."""
    import skcriteria
    from skcriteria.agg.simple import WeightedSumModel
    from skcriteria.pipelines import mkpipe
    from skcriteria.preprocessing.invert_objectives import NegateMinimize
    from skcriteria.preprocessing.scalers import MinMaxScaler

    pipe = mkpipe(NegateMinimize(), MinMaxScaler(target="matrix"), WeightedSumModel())
    goals = [max if i.direction == "higher" else min for i in at.framework.indicators]
    generator = np.random.default_rng(SEED)
    weights = generator.random((draws, len(goals))) + 0.5
    matrices = [skcriteria.mkdm(at.filled[0], goals, weights=w) for w in weights]
    return weights, [pipe.evaluate(matrix).rank_ for matrix in matrices]


def floor(units: int, indicators: int, draws: int) -> Callable[[], Any]:
    """What cannot be avoided: one single-precision product and one sort by rows."""
    generator = np.random.default_rng(SEED)
    weights = generator.random((draws, indicators), dtype=np.float32)
    points = generator.random((indicators, units), dtype=np.float32)
    return lambda: np.argsort(weights @ points, axis=1)


def same(
    ours: NDArray[Any], columns: list[int], theirs: NDArray[Any]
) -> tuple[int, int]:
    """How many of the peer's ranks are not ours, and of how many."""
    differ = ours[:, columns].astype(np.int64) != theirs
    return int(differ.sum()), differ.size


# The report


def measure(at: Instance, draws: int) -> list[Line]:
    units, indicators = at.table.values.shape
    everyone = np.arange(units)
    tree, values = at.field.tree, at.table.values

    def prepare() -> Field:
        return open_field(tree, values, everyone, choices=CHOICES, seed=SEED)

    def drawn() -> NDArray[Any]:
        ranks = draw_ranks(at.field, draws, None)
        quantiles(ranks)
        return ranks

    prepared, _ = cpu(prepare)
    ours, ranks = cpu(drawn)
    least, _ = cpu(floor(units, indicators, draws))
    whole, _ = cpu(
        lambda: score(at.table, at.framework, draws=draws, seed=SEED, choices=CHOICES)
    )
    lines = [
        Line("ours: draws, ranks, 5-50-95 %", ours, draws),
        Line("ours: 32 filled and normalised tables, once", prepared, draws),
        Line("ours: all of score(): pairs, groups, Sobol too", whole, draws),
        Line("floor: one sgemm and one argsort", least, draws),
    ]
    for name, peer, of_each in (
        ("numpy loop, tables prepared", numpy_loop, 10),
        ("lean pandas, filled tables prepared", lean_pandas, 1),
    ):
        seconds, (columns, theirs) = cpu(partial(peer, at, draws, of_each))
        lines.append(Line(name, seconds, len(columns), same(ranks, columns, theirs)))
    return [*lines, *_less_work(at)]


def _less_work(at: Instance) -> list[Line]:
    """Peers that do only a part: their ranks against ours on the same weights."""
    points = scoring.normalise(at.filled[0], at.framework.indicators, "minmax")
    lines = []
    for name, peer, draws in (
        ("pymcdm WSM (less work)", pymcdm_wsm, 50),
        ("scikit-criteria pipeline (less work)", criteria_wsm, 30),
    ):
        try:
            seconds, (weights, theirs) = cpu(partial(peer, at, draws), times=2)
        except ImportError as error:
            print(f"{name} is not measured: {error}")
            continue
        ours = np.array([competition_ranks(points @ w) for w in weights]).T
        differ = same(ours, list(range(draws)), np.array(theirs).T)
        lines.append(Line(name, seconds, draws, differ))
    return lines


def report(lines: list[Line], draws: int) -> bool:
    ours, prepared = lines[0].seconds, lines[1].seconds
    print(f"{'':48} {'CPU s':>8} {'draws':>7} {f'per {draws:,}':>11} {'ratio':>8}")
    for line in lines:
        scaled = line.scaled(draws)
        checked = line.differ and "{:,} of {:,} ranks differ".format(*line.differ)
        print(
            f"{line.what:48} {line.seconds:8.3f} {line.draws:7,} {scaled:11.2f} "
            f"{scaled / ours:8.2f}  {checked or ''}"
        )
    by = {line.what.split()[0]: line.scaled(draws) for line in lines[3:]}
    least, loop, pandas = by["floor:"], by["numpy"], by["lean"]
    print()
    goals = [
        ("must: lean pandas / ours", pandas / ours, 100.0),
        ("must: numpy loop / ours", loop / ours, 2.0),
        ("stretch: ours / floor, at most", ours / least, 10.0),
    ]
    for what, ratio, goal in goals:
        met = ratio <= goal if "most" in what else ratio >= goal
        print(f"{what:34} {ratio:8.1f}   goal {goal:g}: {'met' if met else 'NOT met'}")
    again = ours + prepared
    print(
        f"With the tables prepared counted as ours: pandas {pandas / again:.0f} ×, "
        f"loop {loop / again:.1f} ×, floor {again / least:.1f} ×."
    )
    return all(line.differ is None or line.differ[0] == 0 for line in lines)


def asem() -> None:
    """Differences from the published ASEM index, where its data are beside the checkout."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data" / "index"
    if not folder.is_dir():
        print("ASEM: ../shared/data/index is absent, not compared.")
        return

    def rows(name: str) -> list[dict[str, str]]:
        with (folder / f"{name}.csv").open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def matrix(name: str, columns: tuple[str, ...]) -> Floats:
        return np.array([[float(row[c]) for c in columns] for row in rows(name)])

    screened = rows("asem_screened")
    codes = tuple(screened[0])[1:]
    meta = {row["iCode"]: row for row in rows("asem_imeta")}
    framework = Framework(
        tuple(
            Indicator(
                c,
                meta[c]["Parent"],
                "higher" if meta[c]["Direction"] == "1" else "lower",
            )
            for c in codes
        ),
        tuple(
            Group(c, None if m["Parent"] == "NA" else m["Parent"])
            for c, m in meta.items()
            if m["Type"] == "Aggregate"
        ),
    )
    treated = treat_table(matrix("asem_screened", codes))
    values = np.array([column.values for column in treated]).T
    units = tuple(row["uCode"] for row in screened)
    scores = score(Table(units, codes, values), framework)
    published = {row["uCode"]: int(row["Rank"]) for row in rows("asem_results")}
    differ = sum(published[u] != r for u, r in zip(units, scores.rank, strict=True))
    print(
        f"ASEM: {differ} of {len(units)} ranks differ; largest difference: treated "
        f"{np.abs(values - matrix('asem_treated', codes)).max():.1g}, normalised "
        f"{np.abs(scores.normalised - matrix('asem_normalised', codes)).max():.1g}, aggregated "
        f"{np.abs(scores.group_scores - matrix('asem_aggregated', scores.groups)).max():.1g}."
    )


def main(argv: list[str]) -> int:
    """Print the report; 1 if a peer's ranks are not ours."""
    parser = argparse.ArgumentParser(prog="benchmarks.score", description=__doc__)
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--units", type=int, default=514)
    parser.add_argument("--indicators", type=int, default=120)
    options = parser.parse_args(argv)
    at = instance(options.units, options.indicators)
    print(
        f"{options.units} units × {options.indicators} indicators × {options.draws:,} draws; "
        f"numpy {np.__version__}, Python {sys.version.split()[0]}"
    )
    equal = report(measure(at, options.draws), options.draws)
    asem()
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
