"""Write the register, departments, fiscal years and boundaries."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.regions import register
from habaring.regions.models import (
    Boundary,
    BudgetFigure,
    Department,
    FiscalYear,
    Region,
)
from habaring.regions.outlines import Outline
from habaring.regions.register import Unit
from habaring.shared import audit
from habaring.shared.refusal import FileRefused, Refusal

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from habaring.people.models import Account

_COLUMNS = [
    field.name for field in fields(Unit) if field.name not in {"code", "parent"}
]


class RegisterRefused(FileRefused):
    """A list of regions refused whole, with every problem named."""


class DepartmentRefused(Refusal):
    """A department that cannot be opened, renamed, merged or closed so."""


class FiscalYearRefused(Refusal):
    """A budget year that cannot be opened or closed."""


@dataclass(frozen=True)
class RegisterChange:
    """What a list of regions changed: the codes opened, changed and closed."""

    opened: tuple[str, ...]
    changed: tuple[str, ...]
    closed: tuple[str, ...]
    unchanged: int

    @property
    def total(self) -> int:
        return len(self.opened) + len(self.changed) + len(self.closed)


@transaction.atomic
def record_register(
    *, units: Sequence[Unit], source: str, by: "Account | None", at: datetime
) -> RegisterChange:
    """Bring the register to what the list says; the same list again changes nothing.

    A unit that the list does not name, and a figure that it does not state, stay as
    they are: nothing is ever deleted, and a unit closes only where the list gives
    `closed_on`. Raises RegisterRefused.
    """
    before = {region.code: region for region in Region.objects.all()}
    problems = register.problems(units, known=before)
    if problems:
        raise RegisterRefused(
            _("The list of regions was not recorded."),
            _("Some of its rows are not right."),
            _("Mend the rows below and load the file again; nothing has been saved."),
            problems=problems,
        )
    filled = [_filled(unit, before.get(unit.code)) for unit in units]
    changes = [unit for unit in filled if _differs(unit, before.get(unit.code))]
    Region.objects.bulk_create(
        [_row(unit) for unit in changes],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[*_COLUMNS, "parent"],
    )
    change = _told(changes, before, unchanged=len(units) - len(changes))
    if changes:
        _audit_register(change, changes[0].code, source=source, by=by, at=at)
    return change


def _row(unit: Unit) -> Region:
    values = asdict(unit)
    del values["parent"]
    return Region(**values, parent_id=unit.code.rpartition(".")[0] or None)


def _filled(unit: Unit, region: Region | None) -> Unit:
    """The unit with what the list leaves open taken from the register."""
    kept = {
        column: getattr(region, column)
        for column in _COLUMNS
        if region is not None and getattr(unit, column) in (None, "")
    }
    return replace(unit, **kept)


def _differs(unit: Unit, region: Region | None) -> bool:
    return region is None or any(
        getattr(unit, column) != getattr(region, column) for column in _COLUMNS
    )


def _told(
    changes: Sequence[Unit], before: dict[str, Region], *, unchanged: int
) -> RegisterChange:
    closed = [
        unit.code
        for unit in changes
        if unit.closed_on and not (unit.code in before and before[unit.code].closed_on)
    ]
    opened = [u.code for u in changes if u.code not in before and u.code not in closed]
    done = {*closed, *opened}
    return RegisterChange(
        opened=tuple(opened),
        changed=tuple(u.code for u in changes if u.code not in done),
        closed=tuple(closed),
        unchanged=unchanged,
    )


def _audit_register(
    change: RegisterChange,
    first: str,
    *,
    source: str,
    by: "Account | None",
    at: datetime,
) -> None:
    audit.record(
        by=by,
        at=at,
        verb="regions.register.recorded",
        subject=Region(code=first),
        details={
            "source": source,
            "opened": len(change.opened),
            "changed": list(change.changed[:200]),
            "closed": list(change.closed[:200]),
        },
    )


# Departments


@dataclass(frozen=True)
class NewDepartment:
    """A department as it is written down: its code and its names."""

    code: str
    name_id: str
    name_en: str = ""
    short_name: str = ""
    opened_on: date | None = None

    def cleaned(self) -> "NewDepartment":
        """Without doubled spaces; the code in capitals."""
        return replace(
            self,
            code="".join(self.code.split()).upper(),
            name_id=" ".join(self.name_id.split()),
            name_en=" ".join(self.name_en.split()),
            short_name=" ".join(self.short_name.split()),
        )


@transaction.atomic
def open_department(
    *, region: Region, new: NewDepartment, by: "Account | None", at: datetime
) -> Department:
    """Open a department. Raises DepartmentRefused when its code or name is in use."""
    wanted = new.cleaned()
    _refuse_unnamed(wanted)
    Region.objects.select_for_update(no_key=True).get(pk=region.pk)
    there = Department.objects.filter(region=region)
    if there.filter(code=wanted.code).exists():
        raise DepartmentRefused(
            format_lazy(_("The code {code} is in use already."), code=wanted.code),
            why=_(
                "Each department of a region has a code of its own, closed ones too."
            ),
            next=_("Choose another code."),
        )
    _refuse_same_name(there, wanted.name_id)
    made = Department.objects.create(region=region, **asdict(wanted))
    _audit_department(made, "opened", by=by, at=at)
    return made


@dataclass(frozen=True)
class NewNames:
    """How a department is called from now on."""

    name_id: str
    name_en: str = ""
    short_name: str = ""


@transaction.atomic
def rename_department(
    *,
    department: Department,
    names: NewNames,
    reason: str,
    by: "Account | None",
    at: datetime,
) -> Department:
    """Give a department other names; its code and all that points at it stay."""
    row = _open_department_row(department)
    wanted = NewDepartment(row.code, **asdict(names)).cleaned()
    _refuse_unnamed(wanted)
    _refuse_reasonless(reason)
    before = {"name_id": row.name_id, "short_name": row.short_name}
    others = Department.objects.filter(region=row.region_id).exclude(pk=row.pk)
    _refuse_same_name(others, wanted.name_id)
    row.name_id, row.name_en = wanted.name_id, wanted.name_en
    row.short_name = wanted.short_name
    row.save(update_fields=["name_id", "name_en", "short_name"])
    details = {"before": before, "after": {**asdict(names)}}
    _audit_department(row, "renamed", by=by, at=at, reason=reason, details=details)
    return row


@transaction.atomic
def merge_department(
    *,
    department: Department,
    into: Department,
    on: date,
    reason: str,
    by: "Account | None",
    at: datetime,
) -> Department:
    """Close a department whose work another takes over; the past keeps its name."""
    row, successor = _open_department_row(department), _open_department_row(into)
    if successor.pk == row.pk or successor.region_id != row.region_id:
        raise DepartmentRefused(
            _("A department can only be merged into another one of the same region."),
            next=_("Choose the department that takes the work over."),
        )
    return _close(row, on, reason, successor=successor, by=by, at=at)


@transaction.atomic
def close_department(
    *,
    department: Department,
    on: date,
    reason: str,
    by: "Account | None",
    at: datetime,
) -> Department:
    """Close a department without a successor. It is never deleted."""
    row = _open_department_row(department)
    return _close(row, on, reason, successor=None, by=by, at=at)


def _close(
    row: Department,
    on: date,
    reason: str,
    *,
    successor: Department | None,
    by: "Account | None",
    at: datetime,
) -> Department:
    _refuse_reasonless(reason)
    if row.opened_on is not None and on <= row.opened_on:
        raise DepartmentRefused(
            _("It would close on or before the day on which it opened."),
            next=_("Choose a later day."),
        )
    row.closed_on, row.successor = on, successor
    row.save(update_fields=["closed_on", "successor"])
    details = {"on": on.isoformat(), "into": successor.code if successor else None}
    verb = "merged" if successor else "closed"
    _audit_department(row, verb, by=by, at=at, reason=reason, details=details)
    return row


def _open_department_row(department: Department) -> Department:
    row = Department.objects.select_for_update().get(pk=department.pk)
    if row.closed_on is not None:
        raise DepartmentRefused(
            format_lazy(_("{name} is closed already."), name=row.name),
            why=_("A closed department stays as it was, so that the past can be read."),
            next=_("Choose a department that is open."),
        )
    return row


def _refuse_unnamed(wanted: NewDepartment) -> None:
    if not wanted.code or not wanted.name_id:
        raise DepartmentRefused(
            _("A department needs a code and an Indonesian name."),
            next=_("Fill both in."),
        )


def _refuse_same_name(there: "QuerySet[Department]", name: str) -> None:
    if there.filter(name_id__iexact=name, closed_on=None).exists():
        raise DepartmentRefused(
            format_lazy(_("“{name}” is open in this region already."), name=name),
            next=_("Use the department that is there, or write another name."),
        )


def _refuse_reasonless(reason: str) -> None:
    if not reason.strip():
        raise DepartmentRefused(
            _("This change needs its reason."),
            next=_("Write which regulation or decision it follows."),
        )


def _audit_department(
    row: Department,
    verb: str,
    *,
    by: "Account | None",
    at: datetime,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    audit.record(
        by=by,
        at=at,
        verb=f"regions.department.{verb}",
        subject=row,
        region=row.region_id,
        reason=reason.strip(),
        details=details or {"name": row.name_id},
    )


# Budget years and the budget


@transaction.atomic
def open_fiscal_year(
    *, region: Region, year: int, by: "Account | None", at: datetime
) -> FiscalYear:
    """Open a budget year. Raises FiscalYearRefused when it was opened before."""
    if not 2000 <= year <= 2100:
        raise FiscalYearRefused(
            format_lazy(_("{year} cannot be a budget year."), year=year),
            next=_("Write a year from 2000 to 2100."),
        )
    Region.objects.select_for_update(no_key=True).get(pk=region.pk)
    if FiscalYear.objects.filter(region=region, year=year).exists():
        raise FiscalYearRefused(
            format_lazy(_("The budget year {year} was opened before."), year=year),
            next=_("Look it up in the list of budget years."),
        )
    made = FiscalYear.objects.create(region=region, year=year, opened_at=at)
    audit.record(
        by=by,
        at=at,
        verb="regions.fiscal_year.opened",
        subject=made,
        region=region.code,
        details={"year": year},
    )
    return made


@transaction.atomic
def close_fiscal_year(
    *, fiscal_year: FiscalYear, by: "Account | None", at: datetime
) -> FiscalYear:
    """Close a budget year. Raises FiscalYearRefused when it is closed already."""
    row = FiscalYear.objects.select_for_update().get(pk=fiscal_year.pk)
    if row.closed_at is not None:
        raise FiscalYearRefused(
            format_lazy(_("The budget year {year} is closed already."), year=row.year)
        )
    row.closed_at = at
    row.save(update_fields=["closed_at"])
    audit.record(
        by=by,
        at=at,
        verb="regions.fiscal_year.closed",
        subject=row,
        region=row.region_id,
        details={"year": row.year},
    )
    return row


@dataclass(frozen=True)
class BudgetEntry:
    """One line of a budget as published, in whole rupiah."""

    year: int
    stage: str
    account: str
    amount: int
    source: str
    note: str = ""
    derived: bool = False
    illustrative: bool = False


@transaction.atomic
def record_budget(
    *,
    region: Region,
    entries: Sequence[BudgetEntry],
    by: "Account | None",
    at: datetime,
) -> int:
    """Write a budget as published, even where it does not add up; gives the changes.

    `queries.budget` says what does not add up. The same entries again change nothing.
    """
    before = {
        (row.year, row.stage, row.account): row
        for row in BudgetFigure.objects.filter(region=region)
    }
    changed = [e for e in entries if _budget_differs(e, before)]
    BudgetFigure.objects.bulk_create(
        [BudgetFigure(region=region, **asdict(entry)) for entry in changed],
        update_conflicts=True,
        unique_fields=["region", "year", "stage", "account"],
        update_fields=["amount", "derived", "source", "note", "illustrative"],
    )
    if changed:
        audit.record(
            by=by,
            at=at,
            verb="regions.budget.recorded",
            subject=region,
            region=region.code,
            details={
                "lines": [[e.year, e.stage, e.account, e.amount] for e in changed]
            },
        )
    return len(changed)


def _budget_differs(
    entry: BudgetEntry, before: Mapping[tuple[int, str, str], BudgetFigure]
) -> bool:
    row = before.get((entry.year, entry.stage, entry.account))
    return row is None or any(getattr(row, k) != v for k, v in asdict(entry).items())


# Boundaries


@transaction.atomic
def record_boundaries(
    *,
    outlines: Sequence[Outline],
    source: str,
    by: "Account | None",
    at: datetime,
) -> int:
    """Store outlines, each in the place of the one before; gives how many.

    The outlines were checked by `outlines.read`: each code is in the register.
    """
    Boundary.objects.bulk_create(
        [
            Boundary(
                region_id=outline.code,
                polygons=outline.polygons,
                west=outline.west,
                south=outline.south,
                east=outline.east,
                north=outline.north,
                source=source,
                loaded_at=at,
            )
            for outline in outlines
        ],
        update_conflicts=True,
        unique_fields=["region"],
        update_fields=[
            *("polygons", "west", "south", "east", "north", "source", "loaded_at")
        ],
    )
    if outlines:
        audit.record(
            by=by,
            at=at,
            verb="regions.boundaries.recorded",
            subject=Region(code=outlines[0].code),
            details={"source": source, "outlines": len(outlines)},
        )
    return len(outlines)
