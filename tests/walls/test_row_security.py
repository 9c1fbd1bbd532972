"""The second wall: what the app role sees of each protected table."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from habaring.shared import walls
from tests.walls.conftest import as_app_role
from tests.walls.open_tables import OPEN

SOURCE = Path(walls.__file__).resolve().parents[1]
HERE, THERE = "62.02", "62.01"
MixedRow = dict[str, Any]
# what else a row of ours would be: open to everybody
NOT_YET: dict[str, MixedRow] = {
    "masterplan_consultation": {"opens_at": "2999-01-01T00:00:00Z"},
}

MigrationLoader(None)  # imports the migrations, which tell what is protected
TABLES = sorted(walls.protected)


def columns(table: str) -> list[tuple[str, str, int | None]]:
    """Name, type and length of the columns that must be given."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT column_name, data_type, character_maximum_length
            FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name = %s
                AND column_default IS NULL AND is_nullable = 'NO'
                AND is_identity = 'NO'
            """,
            [table],
        )
        return list(cursor.fetchall())


def value(kind: str, length: int | None, number: int) -> Any:
    plain = {
        "integer": number,
        "bigint": number,
        "smallint": number,
        "double precision": 0.5,
        "numeric": number,
        "boolean": False,
        "timestamp with time zone": "2026-01-01T00:00:00Z",
        "date": "2026-01-01",
        "jsonb": "{}",
        "ARRAY": "{}",
        "uuid": f"00000000-0000-7000-8000-{number:012d}",
        "bytea": bytes([number]),
        "inet": f"10.0.0.{number}",
        "interval": "1 day",
    }
    return plain.get(kind, f"v{number}"[: length or 10])


def row(table: str, region: str, person: int, number: int) -> MixedRow:
    made = {name: value(kind, length, number) for name, kind, length in columns(table)}
    how = walls.protected[table]
    made[how.region] = region
    if how.person:
        made[how.person] = person
    return made | NOT_YET.get(table, {})


def insert(table: str, made: MixedRow) -> None:
    names = ", ".join(f'"{name}"' for name in made)
    marks = ", ".join("%s" for _ in made)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})", list(made.values())
        )


@pytest.fixture
def rows(request: pytest.FixtureRequest, db: None) -> str:
    """One row here of person 1, one there of person 2; nothing else."""
    table = str(request.param)
    with connection.cursor() as cursor:
        # no parents, no triggers: only the table itself is looked at
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"DELETE FROM {table}")
        cursor.execute(
            "SELECT conname FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype = 'c'",
            [table],
        )
        for (name,) in cursor.fetchall():  # sense is for other tests
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    insert(table, row(table, HERE, 1, 1))
    insert(table, row(table, THERE, 2, 2))
    return table


def seen(table: str) -> list[str]:
    region = walls.protected[table].region
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {region} FROM {table} ORDER BY 1")
        return [str(code) for (code,) in cursor.fetchall()]


def changed(statement: str, given: Sequence[Any] = ()) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return int(cursor.rowcount)


def none(statement: str, given: Sequence[Any]) -> bool:
    """Whether it changes nothing: no row is seen, or the role may not (`withhold`)."""
    try:
        with transaction.atomic():
            return changed(statement, given) == 0
    except ProgrammingError as refused:
        return "permission denied" in str(refused)


each_table = pytest.mark.parametrize("rows", TABLES, indirect=True)


@each_table
def test_nothing_opened_nothing_seen(rows: str) -> None:
    with as_app_role():
        assert seen(rows) == []


@each_table
def test_an_opened_region_shows_its_own_rows_only(rows: str) -> None:
    with as_app_role():
        walls.open_region(HERE)
        assert seen(rows) == [HERE]
        walls.open_region("62.03")
        assert seen(rows) == []
        walls.open_everywhere()
        assert seen(rows) == [THERE, HERE]


@each_table
def test_a_person_sees_what_tells_of_them(rows: str) -> None:
    expected = [THERE] if walls.protected[rows].person else []
    with as_app_role():
        walls.open_person(2)
        assert seen(rows) == expected


@pytest.mark.parametrize("rows", sorted(NOT_YET), indirect=True)
def test_its_hour_opens_it_to_everybody(rows: str) -> None:
    now = ", ".join(f"{column} = now()" for column in NOT_YET[rows])
    changed(f"UPDATE {rows} SET {now} WHERE region_id = %s", [HERE])
    with as_app_role():
        assert seen(rows) == [HERE]


@each_table
def test_rows_of_another_region_are_not_written(rows: str) -> None:
    region = walls.protected[rows].region
    with as_app_role():
        walls.open_region(HERE)
        with pytest.raises(DatabaseError), transaction.atomic():
            insert(rows, row(rows, THERE, 3, 3))
        assert none(f"DELETE FROM {rows} WHERE {region} = %s", [THERE])
        update = f"UPDATE {rows} SET {region} = {region} WHERE {region} = %s"
        assert none(update, [THERE])


@each_table
def test_the_owner_is_bound_too(rows: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class"
            " WHERE oid = %s::regclass",
            [rows],
        )
        assert cursor.fetchone() == (True, True)


def test_every_table_is_protected_or_says_why_not(db: None) -> None:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    ours = {
        model._meta.db_table
        for config in apps.get_app_configs()
        if config.name.startswith("habaring.")
        for model in config.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    untold = sorted((ours & tables) - set(TABLES) - set(OPEN))
    assert not untold, f"neither protected nor open for a reason: {untold}"
    stale = sorted((set(OPEN) - tables) | (set(OPEN) & set(TABLES)))
    assert not stale, f"told twice, or gone: {stale}"


def test_the_app_role_owns_nothing_and_bypasses_nothing(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,"
            " (SELECT count(*) FROM pg_class WHERE relowner = r.oid)"
            " FROM pg_roles r WHERE rolname = %s",
            [walls.APP_ROLE],
        )
        assert cursor.fetchone() == (False, False, False, False, 0)


def test_the_app_role_cannot_take_a_wall_away(db: None) -> None:
    for statement in (
        f"ALTER TABLE {TABLES[0]} DISABLE ROW LEVEL SECURITY",
        f"DROP POLICY {TABLES[0]}_seen ON {TABLES[0]}",
        f"TRUNCATE {TABLES[0]}",
        "SET LOCAL row_security = off; SELECT 1 FROM " + TABLES[0],
    ):
        with as_app_role(), pytest.raises(DatabaseError), transaction.atomic():
            changed(statement)


@pytest.mark.django_db(transaction=True)
def test_what_was_opened_ends_with_the_transaction() -> None:
    with walls.within(HERE):
        walls.open_person(7)
        assert walls.opened() == walls.Opened(HERE, "7")
    with transaction.atomic():  # the same connection goes on
        assert walls.opened() == walls.Opened("", "")
    with pytest.raises(walls.NotInTransactionError):
        walls.open_region(HERE)


def test_nothing_is_set_for_a_whole_session() -> None:
    """A pooled connection goes on to somebody else: only `true` (local) is allowed."""
    session = re.compile(
        r"set_config\([^)]*,\s*false\s*\)|\bSET\s+(?:SESSION\s+)?[\"']?app\.",
        re.IGNORECASE,
    )
    told = [
        f"{path.relative_to(SOURCE)}: {found.group(0)}"
        for path in SOURCE.rglob("*.py")
        for found in session.finditer(path.read_text())
    ]
    assert not told, "\n".join(told)
    elsewhere = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if "app.region" in path.read_text()
    ]
    allowed = {
        "shared/walls.py",
        "config/safekeeping.py",
        "history/triggers.py",
        # a payment opens its region, or asks whether it is open, in its one statement
        "revenue/ledger.py",
        "revenue/migrations/0007_ledger.py",
        "revenue/gateways/taking.py",
        # so does a note of a workshop, for the region of a pass that it checks itself
        "workshop/migrations/0003_write.py",
    }
    assert set(elsewhere) <= allowed, elsewhere
