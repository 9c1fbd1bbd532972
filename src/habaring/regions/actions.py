"""Write the register, departments, fiscal years and boundaries."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from habaring.regions import register
from habaring.regions.models import Region
from habaring.regions.register import Unit
from habaring.shared import audit
from habaring.shared.refusal import FileRefused

if TYPE_CHECKING:
    from habaring.people.models import Account

_COLUMNS = [
    field.name for field in fields(Unit) if field.name not in {"code", "parent"}
]


class RegisterRefused(FileRefused):
    """A list of regions refused whole, with every problem named."""


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
