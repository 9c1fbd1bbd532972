"""From indicators up the tree of groups to one score, with what each part added.

A child with no score is left out of its group and the weights of the others are
scaled up to 1; it never counts as zero. `mpi` is the mean less a penalty for imbalance:
the adjusted index of Mazziotta and Pareto (2016), M - S²/M on their scale from 70 to
130, brought back to ours from 0 to 100.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from habaring.engines.scoring._values import (
    Aggregation,
    Floats,
    Framework,
    Group,
    Indicator,
    Problem,
    Refused,
)

_SLACK = 1e-12  # so that 0.5 of the weight is not below 0.5 by a rounding


@dataclass(frozen=True, eq=False)
class Branch:
    """A group: the nodes in it, their weights (sum 1), and how they are combined.

    Nodes are numbered: indicators 0 to I - 1 in the tree's order, then the groups
    from the bottom up, so that the last node is the root.
    """

    node: int
    code: str
    children: NDArray[np.intp]
    weights: Floats
    aggregation: Aggregation
    own_aggregation: bool


@dataclass(frozen=True, eq=False)
class Tree:
    """The framework with what has no values taken out, ready to compute."""

    indicators: tuple[Indicator, ...]
    branches: tuple[Branch, ...]

    @property
    def size(self) -> int:
        return len(self.indicators) + len(self.branches)

    @property
    def uniform(self) -> Aggregation | None:
        """The one aggregation used everywhere, or None where they are mixed."""
        used = {branch.aggregation for branch in self.branches}
        return used.pop() if len(used) == 1 else None

    def whole(self, framework: Framework) -> bool:
        """Whether the root is left: it goes when all that has values weighs nothing."""
        root = next(group.code for group in framework.groups if group.parent is None)
        return any(branch.code == root for branch in self.branches)


def plant(framework: Framework, kept: tuple[Indicator, ...]) -> Tree:
    """The tree over the `kept` indicators; groups left empty are not in it."""
    position = {indicator.code: i for i, indicator in enumerate(kept)}
    branches: list[Branch] = []
    for group in _bottom_up(framework.groups):
        inside: list[Indicator | Group] = [i for i in kept if i.parent == group.code]
        inside += [
            g for g in framework.groups if g.parent == group.code and g.code in position
        ]
        weights = _weights(inside, framework)
        if weights.sum() > 0:
            node = len(kept) + len(branches)
            position[group.code] = node
            branches.append(
                Branch(
                    node=node,
                    code=group.code,
                    children=np.array([position[child.code] for child in inside]),
                    weights=weights / weights.sum(),
                    aggregation=group.aggregation or framework.aggregation,
                    own_aggregation=group.aggregation is not None,
                )
            )
    return Tree(kept, tuple(branches))


def _bottom_up(groups: tuple[Group, ...]) -> list[Group]:
    parents = {group.code: group.parent for group in groups}

    def depth(group: Group) -> int:
        above, steps = group.parent, 0
        while above is not None:
            above, steps = parents[above], steps + 1
        return steps

    return sorted(groups, key=depth, reverse=True)


def _weights(inside: list[Indicator | Group], framework: Framework) -> Floats:
    if framework.weights == "equal":
        return np.ones(len(inside))
    return np.array([float(child.weight) for child in inside])


@dataclass(frozen=True, eq=False)
class Combined:
    """All nodes' scores (U, N) and coverage, and each indicator's part in the index."""

    scores: Floats
    coverage: Floats
    shares: Floats  # (U, I) weight of each indicator in the unit's index, sums to 1
    contributions: Floats  # (U, I) sums to the index, or to its log; see `contribute`


def combine(
    tree: Tree, points: Floats, framework: Framework, units: tuple[str, ...]
) -> Combined:
    """Score every group of every unit from `points` (U, I), NaN where there is none."""
    scores = np.full((len(points), tree.size), np.nan)
    coverage = np.zeros(scores.shape)
    scores[:, : points.shape[1]] = points
    coverage[:, : points.shape[1]] = ~np.isnan(points)
    live: list[Floats] = []
    below_zero: list[Problem] = []
    for branch in tree.branches:
        inside = scores[:, branch.children]
        weights = branch.weights * ~np.isnan(inside)
        coverage[:, branch.node] = (weights * coverage[:, branch.children]).sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            weights = weights / weights.sum(axis=1, keepdims=True)
        if branch.aggregation == "geometric":
            below_zero += _not_positive(tree, branch, inside, weights, framework, units)
        score = _mean(inside, weights, branch.aggregation, framework.floor)
        enough = coverage[:, branch.node] >= framework.min_coverage - _SLACK
        scores[:, branch.node] = np.where(enough, score, np.nan)
        live.append(weights)
    if below_zero:
        raise Refused(tuple(below_zero))
    shares, contributions = _down(tree, scores, live, framework.floor)
    return Combined(scores, coverage, shares, contributions)


def penalty_base(mean: Floats) -> Floats:
    """What the variance is divided by: 70 + 0.6 M on the published scale, over 0.6."""
    return np.maximum(mean, 0.0) + 70.0 / 0.6


def floored(points: Floats, floor: float | None) -> Floats:
    """Points as a geometric group sees them."""
    return points if floor is None else np.maximum(points, floor)


def _mean(
    inside: Floats, weights: Floats, how: Aggregation, floor: float | None
) -> Floats:
    """Weighted mean of each row, ignoring NaN; NaN where nothing is present."""
    with np.errstate(invalid="ignore", divide="ignore"):
        total: Floats = _parts(inside, weights, how, floor).sum(axis=1)
        return np.exp(total) if how == "geometric" else total


def _parts(
    inside: Floats, weights: Floats, how: Aggregation, floor: float | None
) -> Floats:
    """What each child adds: sums to the score, for geometric to its logarithm."""
    present = weights > 0
    if how == "geometric":
        logs = np.where(present, np.log(floored(inside, floor)), 0.0)
        parts: Floats = weights * logs
        return parts
    known = np.where(present, inside, 0.0)
    if how == "mpi":
        mean = (weights * known).sum(axis=1, keepdims=True)
        known = known - (known - mean) ** 2 / penalty_base(mean)
    return np.asarray(weights * known)


def _not_positive(
    tree: Tree,
    branch: Branch,
    inside: Floats,
    weights: Floats,
    framework: Framework,
    units: tuple[str, ...],
) -> Iterator[Problem]:
    if framework.floor is not None:
        return
    codes = [i.code for i in tree.indicators] + [b.code for b in tree.branches]
    for row, column in np.argwhere((inside <= 0) & (weights > 0)):
        child = codes[branch.children[column]]
        params: dict[str, Any] = {
            "unit": units[row],
            "group": branch.code,
            "child": child,
            "points": float(inside[row, column]),
        }
        yield Problem(
            "not_positive",
            f"{units[row]}, {child}: {params['points']:g} points cannot enter the geometric "
            f"mean of {branch.code}; choose a floor or another aggregation.",
            params,
        )


def _down(
    tree: Tree, scores: Floats, live: list[Floats], floor: float | None
) -> tuple[Floats, Floats]:
    """From the root down: each indicator's share of weight and part of the score.

    Where one aggregation is used everywhere the parts add up to the index (arithmetic)
    or its logarithm (geometric) by themselves. Where they are mixed, or `mpi`, each
    group hands its own part on in proportion to what its children add to it.
    """
    shares = np.zeros(scores.shape)
    parts = np.zeros(scores.shape)
    root = tree.branches[-1]
    shares[:, root.node] = 1.0
    parts[:, root.node] = scores[:, root.node]
    if root.aggregation == "geometric":
        parts[:, root.node] = np.log(scores[:, root.node])
    linear = tree.uniform in ("arithmetic", "geometric")
    for branch, weights in zip(reversed(tree.branches), reversed(live), strict=True):
        inside = scores[:, branch.children]
        used = np.where(np.isnan(weights), 0.0, weights)
        shares[:, branch.children] = shares[:, [branch.node]] * used
        with np.errstate(invalid="ignore", divide="ignore"):
            own = _parts(inside, used, branch.aggregation, floor)
            own = np.where(used > 0, own, 0.0)
            total = own.sum(axis=1, keepdims=True)
            if linear:
                parts[:, branch.children] = shares[:, [branch.node]] * own
            else:
                fraction = np.where(np.abs(total) > _SLACK, own / total, used)
                parts[:, branch.children] = parts[:, [branch.node]] * fraction
    width = len(tree.indicators)
    unscored = np.isnan(scores[:, root.node])
    shares[unscored] = np.nan
    parts[unscored] = np.nan
    return shares[:, :width], parts[:, :width]
