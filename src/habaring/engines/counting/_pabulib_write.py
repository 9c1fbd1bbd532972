"""Writing Pabulib files: the same election and rule always give the same bytes."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat

import numpy as np

from habaring.engines.counting._outcome import Outcome
from habaring.engines.counting._pabulib_keys import (
    COMPLETION,
    CONFLICTS,
    MEASURE,
    MINIMUM_VOTES,
    OWN_KEYS,
    RULE,
    TIES,
)
from habaring.engines.counting._pabulib_text import Found, amount
from habaring.engines.counting._problems import problem, refused
from habaring.engines.counting._values import (
    Completion,
    Election,
    Kind,
    Project,
    Rule,
    RuleName,
    exact,
)

_PABULIB_RULES = {
    RuleName.EQUAL_SHARES: "equalshares",
    RuleName.GREEDY: "greedy",
    RuleName.PHRAGMEN: "phragmen",
    RuleName.MAX_WELFARE: "max-welfare",
}
_LISTS = (
    ("categories", "budget_per_category"),
    ("neighborhoods", "budget_per_neighborhood"),
    ("districts", "budget_per_district"),
)
_SPACE = dict.fromkeys((*range(32), 127, 133, 8232, 8233), " ")


@dataclass(frozen=True)
class VoteRow:
    """A ballot as one row. `id` is a number without meaning or the voter's receipt code;
    `projects` ids as on the ballot; `points` in 1/`points_scale` of `Ballots`.
    """

    id: str
    projects: tuple[str, ...]
    points: tuple[int, ...] = ()
    district: str = ""


def write_pabulib(
    election: Election,
    *,
    outcome: Outcome | None = None,
    rule: Rule | None = None,
    rows: Iterable[VoteRow] | None = None,
) -> bytes:
    """The election as a .pb file, UTF-8 with line feeds.

    With an outcome (or a rule) the file names how it is to be counted and the order of
    ties; `read_pabulib`, `rule_in` and `count` then give that outcome again. Of a file
    that was read, META and further columns are kept. `rows` are the ballots one by one;
    without them voters are numbered in the order of their ballots.

    Raises:
        Refused: the rows are not the ballots of the election, or a name or an id does
            not fit into the format.
    """
    rule = outcome.rule if outcome else rule
    found = Found()
    _check_names(election, found)
    found.check()
    out = io.StringIO(newline="")
    table = csv.writer(out, delimiter=";", lineterminator="\n")
    table.writerows([["META"], ["key", "value"]])
    table.writerows(_meta(election, rule).items())
    table.writerow(["PROJECTS"])
    table.writerows(
        _projects(election, outcome, with_order=bool(rule or election.tie_order))
    )
    table.writerow(["VOTES"])
    numbered = _numbered(election)
    table.writerows(
        _votes(election, numbered if rows is None else _kept(election, rows))
    )
    return out.getvalue().encode()


def _check_names(election: Election, found: Found) -> None:
    for project in election.projects:
        if not project.id or project.id != _clean(project.id) or "," in project.id:
            found.wrong("cell_text", key="project_id", value=project.id[:40])
        for name in (*project.categories, *project.beneficiaries):
            if "," in name:
                found.wrong("cell_text", key="category", value=name[:40])
    for name in (*election.limits.categories, *election.limits.districts):
        if not name or "," in name:
            found.wrong("cell_text", key="budget", value=name[:40])


def _meta(election: Election, rule: Rule | None) -> dict[str, str]:
    meta = {key: _clean(value) for key, value in election.meta.items()}
    computed = {
        "num_projects": str(len(election.projects)),
        "num_votes": str(election.ballots.voters),
        "budget": _budget(election),
        "vote_type": election.kind.value,
    }
    meta |= computed
    if rule is not None:
        for key in (*OWN_KEYS, *(key for pair in _LISTS for key in pair)):
            meta.pop(key, None)
        meta.setdefault("rule", _pabulib_rule(rule))
        meta |= _own(election, rule)
    return meta


def _budget(election: Election) -> str:
    """As it was written, where that is the same amount."""
    found = Found()
    said = election.meta.get("budget", "")
    digits, decimals = amount(said, "budget", 0, found)
    same = Fraction(digits, 10**decimals) == Fraction(election.budget, election.scale)
    return said if same and not found.problems else str(election.money(election.budget))


def _pabulib_rule(rule: Rule) -> str:
    name = _PABULIB_RULES[rule.name]
    added = rule.completion.value.startswith(Completion.ADD1.value)
    return f"{name}/add1" if added else name


def _own(election: Election, rule: Rule) -> dict[str, str]:
    limits = election.limits
    own = {
        RULE: rule.name.value,
        MEASURE: rule.measure.value,
        COMPLETION: rule.completion.value,
        TIES: ",".join(rule.ties),
    }
    if limits.minimum_votes:
        own[MINIMUM_VOTES] = str(limits.minimum_votes)
    if limits.conflicts:
        sets = sorted(sorted(members) for members in limits.conflicts)
        own[CONFLICTS] = ",,".join(",".join(members) for members in sets)
    given = (limits.categories, limits.districts)
    for (names_key, budgets_key), budgets in zip(_LISTS, given, strict=False):
        if budgets:
            own[names_key] = ",".join(budgets)
            own[budgets_key] = ",".join(
                str(election.money(units)) for units in budgets.values()
            )
    return own


def _projects(
    election: Election, outcome: Outcome | None, *, with_order: bool
) -> Iterator[list[str]]:
    winners = set(outcome.winners) if outcome else None
    columns = ["project_id", "cost", "votes", "name"]
    further: dict[str, Callable[[Project], str]] = {
        "category": lambda p: ",".join(p.categories),
        "neighborhood": lambda p: p.district,
        "beneficiaries": lambda p: ",".join(p.beneficiaries),
    }
    used = [c for c, cell in further.items() if any(map(cell, election.projects))]
    more = list(dict.fromkeys(c for p in election.projects for c in p.more))
    if winners is not None:
        more = [column for column in more if column != "selected"]
    yield [
        *(columns + used + more),
        *["selected"] * (winners is not None),
        *["tie_order"] * with_order,
    ]
    order = election.tie_order or sorted(project.id for project in election.projects)
    place = {name: str(number) for number, name in enumerate(order, 1)}
    votes = _vote_counts(election)
    for at, project in enumerate(election.projects):
        cost = str(election.money(project.cost))
        yield [
            *(project.id, cost, str(votes[at]), _clean(project.name)),
            *(_clean(further[column](project)) for column in used),
            *(_clean(project.more.get(column, "")) for column in more),
            *([str(int(project.id in winners))] if winners is not None else []),
            *([place[project.id]] if with_order else []),
        ]


def _vote_counts(election: Election) -> list[int]:
    ballots = election.ballots
    weights = np.repeat(ballots.people, np.diff(ballots.starts))
    if len(ballots.points):  # no points are no support
        weights = weights * (ballots.points > 0)
    counts = np.bincount(ballots.projects, weights, len(election.projects))
    return [int(count) for count in counts.tolist()]


def _votes(election: Election, rows: Iterable[VoteRow]) -> Iterator[list[str]]:
    pointed = election.kind in (Kind.CUMULATIVE, Kind.SCORING)
    rows = list(rows)
    placed = any(row.district for row in rows)
    yield ["voter_id", "vote", *["points"] * pointed, *["neighborhood"] * placed]
    scale = election.ballots.points_scale
    for row in rows:
        cells = [row.id, ",".join(row.projects)]
        if pointed:
            cells.append(",".join(str(exact(Fraction(p, scale))) for p in row.points))
        yield [*cells, _clean(row.district)] if placed else cells


def _numbered(election: Election) -> Iterator[VoteRow]:
    ballots = election.ballots
    ids = [project.id for project in election.projects]
    number = 0
    for group, people in enumerate(ballots.people.tolist()):
        ends = slice(ballots.starts[group], ballots.starts[group + 1])
        names = tuple(ids[at] for at in ballots.projects[ends].tolist())
        points = tuple(ballots.points[ends].tolist()) if len(ballots.points) else ()
        for _ in range(people):
            number += 1
            yield VoteRow(str(number), names, points)


def _kept(election: Election, rows: Iterable[VoteRow]) -> list[VoteRow]:
    """The rows as given, if they are the ballots that the election was counted with."""
    kept = list(rows)
    ids = {row.id for row in kept}
    if len(ids) != len(kept) or _said(kept, election) != _said(
        _numbered(election), election
    ):
        raise refused([problem("rows_differ")])
    return kept


def _said(rows: Iterable[VoteRow], election: Election) -> Counter[tuple[object, ...]]:
    ordered = election.kind == Kind.ORDINAL
    said: Counter[tuple[object, ...]] = Counter()
    for row in rows:
        entries = list(zip(row.projects, row.points or repeat(1), strict=False))
        entries = [entry for entry in entries if entry[1]]
        said[tuple(entries if ordered else sorted(entries))] += 1
    return said


def _clean(text: str) -> str:
    """Without line breaks, control characters and space around it."""
    return text.translate(_SPACE).strip()
