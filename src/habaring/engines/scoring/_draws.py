"""Many scores under other defensible choices, as ranks: grouped matrix products.

The draws are balanced over every combination of imputation, normalisation and
aggregation; within one combination the table is one matrix, so that its draws are
one product, weights (D, I) by points (I, U). Then each row is sorted once, with the
unit's number in the last bits of its score. Scores are float64: two BLAS libraries
differ by about 1e-13 of a score, which moves a rank only where two units are that
close in a draw.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from habaring.engines.scoring._combine import Tree, penalty_base
from habaring.engines.scoring._impute import hot_deck
from habaring.engines.scoring._normalise import normalise
from habaring.engines.scoring._values import (
    Aggregation,
    Choices,
    Floats,
    Normalisation,
)

Ints = NDArray[np.int64]
Ranks = NDArray[np.unsignedinteger]
Progress = Callable[[int, int], None]
BLOCK = 512  # draws in one product: its scores stay in the cache
SHOWN = 2_000  # draws kept to compare units in pairs (standard error below 1.2 %)


@dataclass(frozen=True, eq=False)
class Field:
    """What the draws are made on: the tree, every version of the table, the choices."""

    tree: Tree
    points: Floats  # (imputations, normalisations, U, I) of the ranked units
    normalisations: tuple[Normalisation, ...]
    aggregations: tuple[Aggregation, ...]
    spread: Floats  # (nodes,) how far each weight may move, as a share of it
    floor: float
    seed: int
    twins: tuple[
        Ints, Ints
    ]  # units whose points always equal an earlier unit's: which, of

    @property
    def shape(self) -> tuple[int, int, int]:
        return (*self.points.shape[:2], len(self.aggregations))

    @property
    def units(self) -> int:
        return int(self.points.shape[2])


def open_field(
    tree: Tree, values: Floats, ranked: Ints, *, choices: Choices, seed: int
) -> Field:
    """Prepare the draws over the rows `ranked` of `values` (U, I)."""
    times = choices.imputations if np.isnan(values[ranked]).any() else 1
    filled = hot_deck(values, times=times, donors=choices.donors, seed=seed)
    unranked = np.setdiff1d(np.arange(len(values)), ranked)
    filled[:, unranked] = values[unranked]  # they count in the norms as they are
    points = np.stack(
        [
            np.stack(
                [
                    normalise(t, tree.indicators, how)[ranked]
                    for how in choices.normalisations
                ]
            )
            for t in filled
        ]
    )
    return Field(
        tree=tree,
        points=points,
        normalisations=choices.normalisations,
        aggregations=choices.aggregations,
        spread=np.full(tree.size, choices.weight_spread),
        floor=choices.floor,
        seed=seed,
        twins=_twins(points),
    )


def _twins(points: Floats) -> tuple[Ints, Ints]:
    first: dict[bytes, int] = {}
    rows = np.moveaxis(points, 2, 0)
    original = np.array([first.setdefault(r.tobytes(), i) for i, r in enumerate(rows)])
    twins = np.flatnonzero(original != np.arange(len(original)))
    return twins, original[twins]


def draw_weights(field: Field, generator: np.random.Generator, draws: int) -> Floats:
    """(draws, nodes) weights of every node in its group, each group's summing to 1."""
    size = field.tree.size
    weights = generator.random((draws, size))
    weights *= 2.0 * field.spread
    weights += 1.0 - field.spread
    for branch in field.tree.branches:
        own = weights[:, branch.children] * branch.weights
        weights[:, branch.children] = own / own.sum(axis=1, keepdims=True)
    return weights


def index_scores(
    field: Field, points: Floats, weights: Floats, how: Aggregation
) -> Floats:
    """(draws, U) index of every unit; geometric ones as logarithms where that is all.

    Only the order of units within a row means something.
    """
    tree = field.tree
    alike = not any(branch.own_aggregation for branch in tree.branches)
    if alike and how != "mpi":
        flat = _flat_weights(tree, weights)
        if how == "geometric":
            points = np.log(np.maximum(points, field.floor))
        return flat @ points.T
    return _up_the_tree(field, points, weights, how)


def _flat_weights(tree: Tree, weights: Floats) -> Floats:
    """(draws, I) product of the weights on the way from the root to each indicator."""
    flat = weights.copy()
    for branch in reversed(tree.branches[:-1]):
        flat[:, branch.children] *= flat[:, [branch.node]]
    return np.ascontiguousarray(flat[:, : len(tree.indicators)])


def _up_the_tree(
    field: Field, points: Floats, weights: Floats, how: Aggregation
) -> Floats:
    width = len(field.tree.indicators)
    scores: dict[int, Floats] = {}
    for branch in field.tree.branches:
        leaves = branch.children[branch.children < width]
        inner = [int(node) for node in branch.children[branch.children >= width]]

        def total(
            of: Callable[[Floats], Floats],
            leaves: Ints = leaves,
            inner: list[int] = inner,
        ) -> Floats:
            out = weights[:, leaves] @ of(points[:, leaves]).T
            for node in inner:
                out += weights[:, [node]] * of(scores[node])
            return np.asarray(out)

        own = branch.aggregation if branch.own_aggregation else how
        scores[branch.node] = _mean_of(total, own, field.floor)
    return scores[field.tree.branches[-1].node]


def _mean_of(
    total: Callable[[Callable[[Floats], Floats]], Floats],
    how: Aggregation,
    floor: float,
) -> Floats:
    """A group's score from weighted totals of its children's transformed scores."""
    if how == "geometric":
        return np.exp(total(lambda x: np.log(np.maximum(x, floor))))
    mean = total(lambda x: x)
    if how == "arithmetic":
        return mean
    variance = total(np.square) - mean**2
    return mean - variance / penalty_base(mean)


def rank_into(
    out: Ranks, columns: Ints, field: Field, combination: int, weights: Floats
) -> None:
    """Write the ranks of one block of draws into `columns` of `out` (U, draws).

    Scores equal to 2**-30 tie and share the best rank.
    """
    imputation, norm, how = np.unravel_index(combination, field.shape)
    points = field.points[imputation, norm]
    scores = index_scores(field, points, weights, field.aggregations[how])
    which, of = field.twins
    scores[:, which] = scores[:, of]
    units = field.units
    bits = max(1, (units - 1).bit_length())
    scores *= -(2.0**30)
    keys = np.rint(scores, out=scores).astype(np.int64)
    keys <<= bits
    keys |= np.arange(units)
    keys.sort(axis=1)
    place: NDArray[np.integer] = np.arange(1, units + 1, dtype=out.dtype)
    score = keys >> bits
    tied = score[:, 1:] == score[:, :-1]
    if tied.any():
        place = np.broadcast_to(place, keys.shape).copy()
        place[:, 1:][tied] = 0
        place = np.maximum.accumulate(place, axis=1)
    keys &= (1 << bits) - 1
    out[keys, columns[:, np.newaxis]] = place


def draw_ranks(field: Field, draws: int, progress: Progress | None) -> Ranks:
    """(U, draws) rank of every unit in every draw, from 1."""
    ranks = np.empty((field.units, draws), dtype=smallest(field.units))
    done = 0
    for combination, count in balanced(field, draws):
        generator = np.random.default_rng([field.seed, 2, combination])
        end = done + count
        while done < end:
            columns = np.arange(done, min(done + BLOCK, end))
            weights = draw_weights(field, generator, len(columns))
            rank_into(ranks, columns, field, combination, weights)
            done += len(columns)
            if progress:
                progress(done, draws)
    return ranks


def smallest(units: int) -> type[np.unsignedinteger]:
    """The smallest type that holds a rank: 2 bytes for all regions, 4 for all villages."""
    return np.uint16 if units < 2**16 else np.uint32


def balanced(field: Field, draws: int) -> Iterator[tuple[int, int]]:
    combinations = int(np.prod(field.shape))
    order = np.random.default_rng([field.seed, 3]).permutation(combinations)
    for place, combination in enumerate(order):
        count = draws // combinations + (place < draws % combinations)
        if count:
            yield int(combination), count
