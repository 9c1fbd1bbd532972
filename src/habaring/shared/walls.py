"""The second wall between regions: row-level security in PostgreSQL.

`access.require` opens one region for the transaction that it runs in; the policies of
protected tables let through only rows of the opened region, rows of the person
themself, and rows that the table calls public. What opens nothing sees nothing. The
settings are transaction-local, since a pooled connection goes on to somebody else.

Source: PostgreSQL documentation, "Row Security Policies"; decision 11.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.migrations.operations import RunSQL

EVERYWHERE = "*"  # for the platform's own jobs: reminders, retention, backup
APP_ROLE = "habaring_app"


class NotInTransactionError(RuntimeError):
    """A region is opened for one transaction, never for a whole connection."""


def open_region(code: str) -> None:
    """Let the rest of this transaction see the protected rows of one region."""
    _set("app.region", code)


def open_person(account_id: int) -> None:
    """Let the rest of this transaction see the protected rows of one person."""
    _set("app.account", str(account_id))


def open_both(account_id: int, code: str) -> None:
    """Both in one round trip: nearly every page of a work room does it."""
    if not connection.in_atomic_block:
        raise NotInTransactionError(code)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.account', %s, true),"
            " set_config('app.region', %s, true)",
            [str(account_id), code],
        )


def open_everywhere() -> None:
    """Let the rest of this transaction see all rows: only for the platform itself."""
    _set("app.region", EVERYWHERE)


@contextlib.contextmanager
def within(code: str) -> Iterator[None]:
    """A transaction that sees one region, or `EVERYWHERE`: for jobs and commands."""
    with transaction.atomic():
        open_region(code)
        yield


@contextlib.contextmanager
def also(code: str) -> Iterator[None]:
    """Open one region for some statements of a citizen's act, and close it again behind
    them: what they may see and write is for the action to keep narrow.
    """
    if not connection.in_atomic_block:
        raise NotInTransactionError(code)
    with connection.cursor() as cursor:  # in one round trip: public pages do it
        cursor.execute(
            "WITH before AS MATERIALIZED ("
            " SELECT coalesce(current_setting('app.region', true), '') AS region)"
            " SELECT region, set_config('app.region', %s, true) FROM before",
            [code],
        )
        before: str = cursor.fetchone()[0]
    yield  # a refusal rolls the setting back with the rest
    open_region(before)


@dataclass(frozen=True)
class Opened:
    """What a transaction has opened, to go on with it in another one."""

    region: str
    person: str

    @contextlib.contextmanager
    def again(self) -> Iterator[None]:
        """A transaction that sees the same: a download goes on after its view ended."""
        with transaction.atomic():
            _set("app.region", self.region)
            _set("app.account", self.person)
            yield


def opened() -> Opened:
    """What is open now; nothing outside a transaction."""
    if not connection.in_atomic_block:
        return Opened("", "")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('app.region', true), ''),"
            " coalesce(current_setting('app.account', true), '')"
        )
        return Opened(*cursor.fetchone())


def _set(name: str, value: str) -> None:
    if not connection.in_atomic_block:
        raise NotInTransactionError(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


@dataclass(frozen=True)
class Protection:
    """How one table is protected: the arguments of `protect`."""

    region: str
    person: str
    public: str


protected: dict[str, Protection] = {}
"""Every protected table, known once the migrations were imported."""


def protect(
    table: str,
    *,
    region: str = "region_id",
    person: str = "",
    public: str = "",
    other: str = "",
) -> RunSQL:
    """A migration step: rows of `table` are seen and written only where opened.

    `region` names the column with the region's code, `person` that of the account the
    row tells of (empty: none), `public` an SQL condition for rows that anyone may read,
    `other` the column of a second region that reads the row and does not write it.
    """
    protected[table] = Protection(region, person, public)
    opened = (
        f"{region} = (SELECT current_setting('app.region', true))"
        " OR (SELECT current_setting('app.region', true)) = '*'"
    )
    if person:
        opened += f" OR {person}::text = (SELECT current_setting('app.account', true))"
    seen = f"{opened} OR ({public})" if public else opened
    if other:
        seen += f" OR {other} = (SELECT current_setting('app.region', true))"
    return RunSQL(
        sql=f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_seen ON {table} FOR SELECT USING ({seen});
        CREATE POLICY {table}_added ON {table} FOR INSERT WITH CHECK ({opened});
        CREATE POLICY {table}_changed ON {table} FOR UPDATE
            USING ({opened}) WITH CHECK ({opened});
        CREATE POLICY {table}_removed ON {table} FOR DELETE USING ({opened});
        """,
        reverse_sql=f"""
        DROP POLICY {table}_seen ON {table};
        DROP POLICY {table}_added ON {table};
        DROP POLICY {table}_changed ON {table};
        DROP POLICY {table}_removed ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


_MAKE_ROLE = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN
        CREATE ROLE {APP_ROLE} NOLOGIN;
        GRANT {APP_ROLE} TO CURRENT_USER;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN NULL;  -- an administrator makes it: operate.md
    WHEN duplicate_object OR unique_violation THEN NULL;  -- another database was first
END $$;
"""
_LEFT = "the app role may only "  # the comment of a table that says so
_GIVE_ROLE = f"""
DO $$ DECLARE
    held record;
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN
        GRANT USAGE ON SCHEMA public TO {APP_ROLE};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE};
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE};
        ALTER DEFAULT PRIVILEGES IN SCHEMA public
            GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE};
        ALTER DEFAULT PRIVILEGES IN SCHEMA public
            GRANT USAGE, SELECT ON SEQUENCES TO {APP_ROLE};
        FOR held IN SELECT oid::regclass AS name,
            substring(obj_description(oid, 'pg_class') from '{_LEFT}(.*)$') AS rights
            FROM pg_class WHERE obj_description(oid, 'pg_class') LIKE '{_LEFT}%'
        LOOP
            EXECUTE format('REVOKE ALL ON %s FROM {APP_ROLE}', held.name);
            EXECUTE format('GRANT %s ON %s TO {APP_ROLE}', held.rights, held.name);
        END LOOP;
    END IF;
END $$;
"""  # noqa: S608 - our own names


def withhold(table: str, *, leave: str) -> RunSQL:
    """A migration step: the app role keeps only the rights `leave` on the table ("SELECT",
    "SELECT, UPDATE (state)"); the rest goes through functions that run as the owner.
    """
    return RunSQL(
        sql=f"COMMENT ON TABLE {table} IS '{_LEFT}{leave}'; {_GIVE_ROLE}",
        reverse_sql=f"COMMENT ON TABLE {table} IS NULL; {_GIVE_ROLE}",
    )


def give_app_role() -> None:
    """Make the role that requests run as, where we may, and give it its rights.

    It owns nothing, so it can neither bypass a policy nor take one away; rows yes,
    tables no. Done at each start, since a restore brings no rights.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_MAKE_ROLE)
        cursor.execute(_GIVE_ROLE)


def let_app_role_sign_in() -> None:
    """By a connection of its own, from which no way leads back to the owner."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER ROLE {APP_ROLE} LOGIN")


def app_role_usable() -> bool:
    """Whether this connection's account may act as the app role."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_roles"
            " WHERE rolname = %s AND pg_has_role(oid, 'MEMBER')",
            [APP_ROLE],
        )
        return bool(cursor.fetchone()[0])
