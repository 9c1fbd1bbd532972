"""Whose a candidate is: an officer of a department records those of the own department."""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.people.access import Extent, NotAllowed
from habaring.portfolio.candidates import Entry
from habaring.portfolio.models import Candidate
from habaring.regions.models import Department, Region
from habaring.shared.refusal import Problem


def own(region: Region, within: Extent) -> dict[str, str]:
    """The departments of a region for which somebody records: code → name."""
    rows = Department.objects.filter(region=region, closed_on=None)
    if not within.whole:
        rows = rows.filter(pk__in=within.departments)
    return {row.code: row.name for row in rows}


def problems_outside(
    rows: Sequence[Entry],
    *,
    region: Region,
    within: Extent,
    newest: Mapping[str, Candidate],
) -> list[Problem]:
    """Rows of another department or of none, and codes that another department used.

    `newest` are the last revisions of the region's candidates by code, withdrawn ones
    too, with `department` loaded. Empty for who records for the whole region.
    """
    if within.whole:
        return []
    mine = own(region, within)
    return [p for row in rows for p in _outside(row, mine, newest.get(row.code))]


def _outside(
    entry: Entry, mine: Mapping[str, str], before: Candidate | None
) -> Iterator[Problem]:
    names = ", ".join(mine.values())
    heading = str(_("Department"))
    if not entry.department:
        words = _("You record for {own} alone. Write its code here.")
        yield Problem(entry.sheet, entry.row, heading, format_lazy(words, own=names))
    elif entry.department not in mine:
        words = _("“{code}” is not your department. You record for {own} alone.")
        told = format_lazy(words, code=entry.department, own=names)
        yield Problem(entry.sheet, entry.row, heading, told)
    held = before.department if before is not None else None
    if before is not None and (held is None or held.code not in mine):
        words = _(
            "The programme {code} belongs to {owner}. Choose another code, or take the row out."
        )
        told = format_lazy(words, code=entry.code, owner=_owner(before))
        yield Problem(entry.sheet, entry.row, str(_("Code")), told)


def _owner(row: Candidate) -> object:
    return row.department.name if row.department else _("no department")


def refuse_outside(row: Candidate, within: Extent) -> None:
    """Raise NotAllowed where a candidate is of a department out of reach."""
    if within.has_department(row.department_id):
        return
    raise NotAllowed(
        what=format_lazy(
            _("The programme {code} is not of your department."), code=row.code
        ),
        why=format_lazy(_("It belongs to {owner}."), owner=_owner(row)),
        next=_("Ask that department, or your region's secretariat."),
    )
