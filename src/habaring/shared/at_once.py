"""Many changes of tables in one migration step.

Django works out all models of the project anew after each step that adds a table or a
foreign key; forty tables that all point at a region then cost many seconds of each fresh
database, tests above all. Here that happens once for all of them.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    CreateModel,
)
from django.db.migrations.operations.base import Operation

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import ProjectState


class AtOnce(Operation):
    """New tables, whole with their fields, indexes and constraints; or additions to
    tables that are there already: never both. Tables may point at each other in any
    order, since foreign keys come at the end of the migration.
    """

    def __init__(self, steps: Sequence[Operation]) -> None:
        self.steps = steps

    def state_forwards(self, app_label: str, state: "ProjectState") -> None:
        state.__dict__.pop("apps", None)  # worked out anew when it is next asked for
        for step in self.steps:
            step.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: "BaseDatabaseSchemaEditor",
        from_state: "ProjectState",
        to_state: "ProjectState",
    ) -> None:
        for step in self.steps:
            step.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: "BaseDatabaseSchemaEditor",
        from_state: "ProjectState",
        to_state: "ProjectState",
    ) -> None:
        for step in reversed(self.steps):
            step.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "; ".join(step.describe() for step in self.steps)


def at_once(operations: Sequence[Operation]) -> list[Operation]:
    """The steps of a migration, those that only add taken together: first the tables,
    then the rest in their order, which comes to the same.
    """
    found: list[Operation] = []
    for adds, run in groupby(operations, key=_adds):
        steps = list(run)
        if not adds:
            found += steps
            continue
        tables = [step for step in steps if isinstance(step, CreateModel)]
        rest = [step for step in steps if not isinstance(step, CreateModel)]
        found += [AtOnce(part) for part in (tables, rest) if part]
    return found


def _adds(step: Operation) -> bool:
    return isinstance(step, CreateModel | AddField | AddIndex | AddConstraint)
