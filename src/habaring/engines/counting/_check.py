"""What cannot be counted: every problem of an election and a rule, named at once."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from habaring.engines.counting._values import (
    Completion,
    Election,
    Kind,
    Measure,
    Problem,
    Refused,
    Rule,
    RuleName,
)

TIES = ("max_votes", "min_cost", "max_cost")
MOST_PROJECTS = 65_535
MOST_VOTERS = 2**53
"""Far beyond mankind; sums of people are then exact in float64, too."""

_APPROVALS = (Kind.APPROVAL, Kind.CHOOSE_ONE)
_POINTS = (Kind.CUMULATIVE, Kind.SCORING)
_KINDS = {
    Measure.BORDA: (Kind.ORDINAL,),
    Measure.BORDA_ONE: (Kind.ORDINAL,),
    Measure.SCORE: _POINTS,
}


def check(election: Election, rule: Rule) -> None:
    """Raise `Refused` with every reason why this cannot be counted."""
    problems = (*_rule(election, rule), *_projects(election), *_limits(election))
    if not problems:  # only then do the arrays speak about known projects
        problems = tuple(_ballots(election))
    if problems:
        raise Refused(problems)


def _rule(election: Election, rule: Rule) -> Iterator[Problem]:
    kind, name = election.kind, rule.name
    if name == RuleName.PHRAGMEN:
        if kind not in _APPROVALS:
            yield Problem(
                "rule_kind",
                f"Phragmén's rule counts approvals, not {kind} ballots",
                {"rule": str(name), "kind": str(kind)},
            )
    elif kind not in _KINDS.get(rule.measure, tuple(Kind)):
        yield Problem(
            "measure_kind",
            f"the measure {rule.measure} does not fit {kind} ballots",
            {"measure": str(rule.measure), "kind": str(kind)},
        )
    if rule.completion != Completion.NONE and name != RuleName.EQUAL_SHARES:
        yield Problem(
            "completion",
            f"only equal shares is completed; {name} with {rule.completion} is unknown",
            {"rule": str(name), "completion": str(rule.completion)},
        )
    for tie in rule.ties:
        if tie not in TIES:
            yield Problem(
                "tie", f"unknown tie rule {tie!r}: {', '.join(TIES)}", {"tie": tie}
            )


def _projects(election: Election) -> Iterator[Problem]:
    if election.budget < 0:
        yield Problem("budget", "the budget is below zero")
    ids = Counter(project.id for project in election.projects)
    for id_, times in ids.items():
        if times > 1:
            yield Problem(
                "same_id", f"{times} projects have the id {id_!r}", {"id": id_}
            )
    for project in election.projects:
        if project.cost < 0:
            yield Problem(
                "cost", f"project {project.id!r} costs less than 0", {"id": project.id}
            )
    if len(ids) > MOST_PROJECTS:
        yield Problem("projects", f"more than {MOST_PROJECTS} projects")
    order = election.tie_order
    if order and (len(order) != len(ids) or set(order) != set(ids)):
        yield Problem("tie_order", "the tie order does not name each project once")


def _limits(election: Election) -> Iterator[Problem]:
    limits, ids = election.limits, {project.id for project in election.projects}
    for id_ in sorted(set().union(*limits.conflicts) - ids):
        yield Problem("conflict", f"a conflict names {id_!r}, no project", {"id": id_})
    for kind in ("categories", "districts"):
        for name, amount in getattr(limits, kind).items():
            if amount < 0:
                text = f"the limit of {name!r} in {kind} is below zero"
                yield Problem("limit", text, {"name": name})


def _ballots(election: Election) -> Iterator[Problem]:
    ballots, entries = election.ballots, len(election.ballots.projects)
    starts, projects = ballots.starts, ballots.projects
    told = len(ballots.points)
    if (
        len(starts) != len(ballots.people) + 1
        or starts[0] != 0
        or starts[-1] != entries
        or (np.diff(starts) < 0).any()
        or told not in ({entries} if election.kind in _POINTS else {0, entries})
    ):
        yield Problem("ballots", "the arrays of the ballots do not fit each other")
        return
    if entries and not 0 <= projects.min() <= projects.max() < len(election.projects):
        yield Problem("ballots", "a ballot names a project that is not there")
    if len(ballots.people) and ballots.people.min() < 0:
        yield Problem("people", "a ballot was cast by fewer than nobody")
    elif float(ballots.people.sum(dtype=np.float64)) >= MOST_VOTERS:
        yield Problem("people", "too many voters")
    if told and ballots.points.min() < 0:
        yield Problem("points", "a ballot gives points below zero")
