"""The second wall between regions: row-level security in PostgreSQL.

`access.require` opens one region for the transaction that it runs in; the policies of
protected tables let through only rows of the opened region, rows of the person
themself, and rows that the table calls public. What opens nothing sees nothing. The
settings are transaction-local, since a pooled connection goes on to somebody else.

Source: PostgreSQL documentation, "Row Security Policies"; decision 11.
"""

from django.db import connection
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


def open_everywhere() -> None:
    """Let the rest of this transaction see all rows: only for the platform itself."""
    _set("app.region", EVERYWHERE)


def _set(name: str, value: str) -> None:
    if not connection.in_atomic_block:
        raise NotInTransactionError(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def protect(
    table: str, *, region: str = "region_id", person: str = "", public: str = ""
) -> RunSQL:
    """A migration step: rows of `table` are seen and written only where opened.

    `region` names the column with the region's code, `person` that of the account the
    row tells of (empty: none), `public` an SQL condition for rows that anyone may read.
    """
    opened = (
        f"{region} = (SELECT current_setting('app.region', true))"
        " OR (SELECT current_setting('app.region', true)) = '*'"
    )
    if person:
        opened += f" OR {person}::text = (SELECT current_setting('app.account', true))"
    seen = f"{opened} OR ({public})" if public else opened
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
