"""Reading Pabulib files (.pb): the election in them, or every problem with its line.

Source: pabulib.org/format; Faliszewski et al., "Participatory Budgeting: Data, Tools,
and Analysis", IJCAI 2023. Our own keys and the column `tie_order` are told in
docs/algorithms/counting.md.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from habaring.engines.counting._pabulib_bulk import ballots_at_once
from habaring.engines.counting._pabulib_head import Head, read_head
from habaring.engines.counting._pabulib_keys import (
    RULE,
    amounts_of,
    own_limits,
    read_rule,
)
from habaring.engines.counting._pabulib_text import (
    Amount,
    Found,
    Lines,
    amount,
    check_bytes,
    scaled,
    whole_number,
)
from habaring.engines.counting._pabulib_votes import (
    Bounds,
    Reading,
    ballots_of,
    groups_by_row,
)
from habaring.engines.counting._values import Ballots, Election, Kind, Limits, Project

LARGEST_SUM = 2**62
DISTRICT = ("neighborhood", "district")
CATEGORY = ("category", "categories")
BENEFICIARIES = ("beneficiaries", "target", "targets")
TIE_ORDER = "tie_order"
_TAKEN = {"project_id", "cost", "votes", "name", TIE_ORDER}


def read_pabulib(data: bytes, *, lenient: bool = False) -> Election:
    """The election of a .pb file.

    A lenient reader mends what can be mended without changing what voters meant, and
    says so in `Election.notes`. Limits are taken from the file only if it names its
    rule (`count_rule`); `limits_in` gives those of other files.

    Raises:
        Refused: what is wrong, with line numbers.
    """
    return _read(data, lenient=lenient, at_once=True)


def read_row_by_row(data: bytes, *, lenient: bool = False) -> Election:
    """The same, slowly: what `read_pabulib` is compared with."""
    return _read(data, lenient=lenient, at_once=False)


def _read(data: bytes, *, lenient: bool, at_once: bool) -> Election:
    check_bytes(data)
    found, lines = Found(lenient), Lines(data)
    head = read_head(lines, found)
    found.check()
    kind = _kind(head, found)
    budget, projects, places = _money(head, found)
    reading = Reading(
        kind=kind,
        index={project.id: at for at, project in enumerate(projects)},
        costs=tuple(project.cost for project in projects),
        bounds=_bounds(head, places, found),
        columns=head.vote_columns,
    )
    limits = Limits()
    if RULE in head.meta:
        read_rule(head.meta, kind, head.line_of, found)
        limits = own_limits(head.meta, head.line_of, reading.index, 10**places, found)
    tie_order = _tie_order(head, found)
    found.check()
    ballots = _ballots(lines, reading, found, at_once=at_once)
    _check_count(head, "num_votes", ballots.voters, found)
    _compare(head, ballots, reading, found)
    found.check()
    return Election(
        budget=budget,
        projects=projects,
        ballots=ballots,
        kind=kind,
        scale=10**places,
        limits=limits,
        tie_order=tie_order,
        meta=head.meta,
        notes=tuple(found.notes),
    )


def _ballots(lines: Lines, reading: Reading, found: Found, *, at_once: bool) -> Ballots:
    ballots = None
    if at_once:
        try:
            text = lines.data[lines.place :].decode()
            ballots = ballots_at_once(text, reading)
        except UnicodeDecodeError:
            ballots = None  # row by row finds the line
    if ballots is None:
        groups = groups_by_row(lines, reading, found)
        ballots = ballots_of(groups, pointed=reading.pointed)
    return ballots


def _kind(head: Head, found: Found) -> Kind:
    said = head.meta["vote_type"]
    if said not in {kind.value for kind in Kind}:
        found.wrong("vote_type", head.line_of["vote_type"], value=said[:40])
        return Kind.APPROVAL
    kind = Kind(said)
    if kind in (Kind.CUMULATIVE, Kind.SCORING) and "points" not in head.vote_columns:
        line = head.line_of["VOTES"]
        found.wrong("column_missing", line, column="points", section="VOTES")
    if head.meta.get("default_score", "0") not in ("", "0", "0.0"):
        found.wrong("default_score", head.line_of["default_score"])
    return kind


def _check_count(head: Head, key: str, there_are: int, found: Found) -> None:
    line = head.line_of[key]
    said = whole_number(head.meta[key], key, line, found)
    if said not in (-1, there_are):
        found.mended(key, line, expected=said, found=there_are)


def _money(head: Head, found: Found) -> tuple[int, tuple[Project, ...], int]:
    """The budget and the projects in units, and how many decimals the units have."""
    _check_count(head, "num_projects", len(head.rows), found)
    budget = amount(head.meta["budget"], "budget", head.line_of["budget"], found)
    costs = [amount(row["cost"], "cost", line, found) for line, row in head.rows]
    others: list[Amount] = []
    for of in ("category", "neighborhood", "district"):
        others += amounts_of(of, head.meta, head.line_of, Found()).values()
    places = max(decimals for _, decimals in [budget, *costs, *others])
    units = [scaled(cost, places) for cost in costs]
    if scaled(budget, places) + sum(units) >= LARGEST_SUM:
        line = head.line_of["budget"]
        found.wrong("too_many_digits", line, key="budget", value=head.meta["budget"])
    _check_ids(head, found)
    more = _further_columns(head.columns["PROJECTS"])
    projects = tuple(
        _project(row, cost, more)
        for (_, row), cost in zip(head.rows, units, strict=True)
    )
    return scaled(budget, places), projects, places


def _check_ids(head: Head, found: Found) -> None:
    ids: set[str] = set()
    for line, row in head.rows:
        name = row["project_id"]
        if not name:
            found.wrong("id_missing", line)
        elif "," in name or "\n" in name:
            found.wrong("id_comma", line, id=name[:40])
        elif name in ids:
            found.wrong("project_again", line, id=name[:40])
        ids.add(name)


def _further_columns(columns: Sequence[str]) -> tuple[str, ...]:
    known = (*DISTRICT, *CATEGORY, *BENEFICIARIES)
    return tuple(c for c in columns if c not in _TAKEN and c not in known)


def _project(row: Mapping[str, str], cost: int, more: Sequence[str]) -> Project:
    return Project(
        id=row["project_id"],
        cost=cost,
        name=row.get("name", ""),
        district=_cell(row, DISTRICT),
        categories=_listed(_cell(row, CATEGORY)),
        beneficiaries=_listed(_cell(row, BENEFICIARIES)),
        more={column: row[column] for column in more},
    )


def _cell(row: Mapping[str, str], names: Sequence[str]) -> str:
    return next((row[name] for name in names if name in row), "")


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(",")) if cell else ()


def _tie_order(head: Head, found: Found) -> tuple[str, ...]:
    if TIE_ORDER not in head.columns["PROJECTS"]:
        return ()
    places = {row[TIE_ORDER]: row["project_id"] for _, row in head.rows}
    wanted = [str(number) for number in range(1, len(head.rows) + 1)]
    if sorted(places) != sorted(wanted):
        found.wrong("tie_column", head.line_of["PROJECTS"])
        return ()
    return tuple(places[number] for number in wanted)


def _bounds(head: Head, places: int, found: Found) -> Bounds:
    def count(key: str) -> int | None:
        if not head.meta.get(key):
            return None
        return whole_number(head.meta[key], key, head.line_of[key], found)

    max_sum_cost = None
    if head.meta.get("max_sum_cost"):
        line = head.line_of["max_sum_cost"]
        said = amount(head.meta["max_sum_cost"], "max_sum_cost", line, found)
        digits, decimals = said
        max_sum_cost = digits * 10**places // 10**decimals
    return Bounds(
        min_length=count("min_length"),
        max_length=count("max_length"),
        min_sum_points=count("min_sum_points"),
        max_sum_points=count("max_sum_points"),
        max_sum_cost=max_sum_cost,
    )


def _compare(head: Head, ballots: Ballots, reading: Reading, found: Found) -> None:
    """Put down where the column votes says something else than the ballots."""
    if "votes" not in head.columns["PROJECTS"]:
        return
    weights = np.repeat(ballots.people, np.diff(ballots.starts))
    counts = np.bincount(ballots.projects, weights, len(reading.index)).astype(np.int64)
    for (line, row), votes in zip(head.rows, counts.tolist(), strict=True):
        if row["votes"] not in ("", str(votes)):
            values = {"id": row["project_id"], "expected": row["votes"], "found": votes}
            found.noted("votes_differ", line, **values)
