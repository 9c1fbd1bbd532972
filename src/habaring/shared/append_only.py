"""Tables whose rows are only ever appended: PostgreSQL holds the promise too."""

from django.db.migrations.operations import RunSQL

_FUNCTION = """
CREATE OR REPLACE FUNCTION habaring_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only appended, never changed or deleted', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""


def append_only(table: str) -> RunSQL:
    """A migration step that refuses UPDATE and DELETE of rows of one table."""
    trigger = f"{table}_append_only"
    return RunSQL(
        sql=_FUNCTION
        + f"""
        CREATE TRIGGER {trigger} BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION habaring_refuse_change();
        """,
        reverse_sql=f"DROP TRIGGER {trigger} ON {table};",
    )
