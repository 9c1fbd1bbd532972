"""Between rows, entries and the engine's values; the money of one scheduled programme.

Pure but for the shape of a row: nothing here asks the database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from habaring.engines.choosing import Candidate as Programme
from habaring.portfolio.candidates import Entry
from habaring.portfolio.models import Candidate

Kind = Literal["build", "running"]


@dataclass(frozen=True)
class MoneyLine:
    """Rupiah of one year from one source, to build or to run."""

    year: int
    source: str
    kind: Kind
    amount: int

    def as_record(self) -> dict[str, Any]:
        """As plan items keep it."""
        return vars(self).copy()


def money_lines(programme: Programme, *, start: int, last_year: int) -> list[MoneyLine]:
    """What a programme takes when it starts in that calendar year: building in the years
    of work, running from the year after completion to the end of the horizon.
    """
    lines = [
        MoneyLine(start + year - 1, source, "build", amount)
        for (year, source), amount in programme.costs.items()
        if amount
    ]
    in_service = range(start + programme.duration, last_year + 1)
    lines += [
        MoneyLine(year, source, "running", amount)
        for year in in_service
        for source, amount in programme.running.items()
        if amount
    ]
    return sorted(lines, key=lambda line: (line.year, line.source, line.kind))


def questions_answered(entry: Entry) -> dict[str, bool]:
    """Which of the four questions of sustainability the candidate answers."""
    return {
        "running_cost": bool(entry.running_cost_paid_by.strip()),
        "owner_after": bool(entry.owner_after.strip()),
        "sdg": bool(entry.sdg),
        "environment": bool(entry.environment_effect.strip()),
    }


def programme_of(entry: Entry) -> Programme:
    """The entry as the engine wants it."""
    return Programme(
        code=entry.code,
        name=entry.name,
        dimension=entry.dimension,
        district=entry.district or None,
        department=entry.department or None,
        duration=entry.duration,
        earliest=entry.earliest,
        latest=entry.latest,
        quick_win=entry.quick_win,
        months=entry.months,
        owner=entry.owner,
        costs=dict(entry.costs),
        running=dict(entry.running),
        outcomes=dict(entry.outcomes),
        requires=entry.requires,
        group=entry.group or None,
        staff=entry.staff,
        sustainable=questions_answered(entry),
        tags=entry.tags,
    )


def entry_of(row: Candidate) -> Entry:
    """A stored candidate as an entry: what a file of it would hold."""
    return Entry(
        code=row.code,
        name=row.name,
        description=row.description,
        dimension=row.dimension_code,
        district=row.district_id or "",
        department=row.department.code if row.department else "",
        owner=row.owner,
        months=row.months,
        duration=row.duration_years,
        earliest=row.earliest_year,
        latest=row.latest_year,
        quick_win=row.quick_win,
        requires=tuple(row.requires),
        group=row.group,
        staff=row.staff_fte,
        outcomes=dict(sorted(row.outcomes.items())),
        costs=dict(sorted(((c["year"], c["source"]), c["amount"]) for c in row.costs)),
        running=dict(sorted(row.running.items())),
        running_cost_paid_by=row.running_cost_paid_by,
        owner_after=row.owner_after,
        sdg=tuple(row.sdg),
        environment_effect=row.environment_effect,
        tags=tuple(row.tags),
        origin_kind=row.origin_kind,
        origin_text=row.origin_text,
        proposal=row.proposal.code if row.proposal else "",
        rpjmd_mission=row.rpjmd_mission,
        subactivity_code=row.subactivity_code,
        illustrative=row.illustrative,
    )


_RENAMED = {
    "dimension": "dimension_code",
    "duration": "duration_years",
    "earliest": "earliest_year",
    "latest": "latest_year",
    "staff": "staff_fte",
}
_SAME = (
    "name",
    "description",
    "owner",
    "months",
    "quick_win",
    "group",
    "outcomes",
    "running",
    "running_cost_paid_by",
    "owner_after",
    "environment_effect",
    "origin_kind",
    "origin_text",
    "rpjmd_mission",
    "subactivity_code",
    "illustrative",
)


def fields_of(
    entry: Entry, departments: Mapping[str, int], proposals: Mapping[str, int]
) -> dict[str, Any]:
    """The columns of the row that keeps an entry; the mappings lead from codes to keys."""
    values: dict[str, Any] = {name: getattr(entry, name) for name in _SAME}
    values.update({new: getattr(entry, old) for old, new in _RENAMED.items()})
    values["requires"] = list(entry.requires)
    values["sdg"] = list(entry.sdg)
    values["tags"] = list(entry.tags)
    values["district_id"] = entry.district or None
    values["department_id"] = departments.get(entry.department)
    values["proposal_id"] = proposals.get(entry.proposal)
    values["costs"] = [
        {"year": year, "source": source, "amount": amount}
        for (year, source), amount in entry.costs.items()
    ]
    return values


def sources_of(entries: Iterable[Entry]) -> set[str]:
    """The funding sources that these entries name."""
    found: set[str] = set()
    for entry in entries:
        found.update(source for _year, source in entry.costs)
        found.update(entry.running)
    return found
