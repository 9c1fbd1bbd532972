"""The triggers of every watched table, and what puts them in place.

Triggers run once a statement, over the transition tables, so that a bulk insert costs
one more statement and not one more for each row. They see bulk updates, raw SQL, COPY,
DELETE, cascades of the database, and TRUNCATE. Each table has a function made of one
pattern, with its key and region written in, so that PostgreSQL keeps its plan; the row
itself is taken as JSON, so that a new column needs nothing here. Functions run as the
owner: the role that pages use need not be able to write history.

Source: PostgreSQL documentation, "CREATE TRIGGER" (transition tables); decision 12.
"""

import hashlib
from collections.abc import Iterator, Sequence

from django.db import connections

from habaring.history.watched import WATCHED, Watch

FUNCTIONS = r"""
CREATE OR REPLACE FUNCTION history_transaction() RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    known text := current_setting('history.transaction', true);
BEGIN
    -- transaction-local: a pooled connection goes on to somebody else
    IF known IS NULL OR known = '' THEN
        known := lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0')
            || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14);
        PERFORM set_config('history.transaction', known, true);
    END IF;
    RETURN known::uuid;
END $$;

CREATE OR REPLACE FUNCTION history_shown(shown jsonb, bulky text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS $$
    SELECT shown || coalesce(jsonb_object_agg(
        name, 'sha256:' || encode(sha256(convert_to(shown ->> name, 'UTF8')), 'hex')
    ), '{}') FROM unnest(bulky) AS name WHERE shown ->> name <> ''
$$;
"""

KEPT = r"""
ALTER TABLE history_change ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;

CREATE OR REPLACE FUNCTION history_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.recorded_at := clock_timestamp();
    NEW.transaction := history_transaction();
    NEW.salt := gen_random_uuid();
    RETURN NEW;
END $$;
CREATE TRIGGER history_stamp BEFORE INSERT ON shared_auditentry
    FOR EACH ROW EXECUTE FUNCTION history_stamp();

-- Rows are only appended; words go only with a row of history_redaction that keeps
-- their hash. TG_ARGV: the kind there, then the columns that are emptied.
CREATE OR REPLACE FUNCTION history_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    words text[] := TG_ARGV[1:];
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.salt IS NULL
        AND to_jsonb(NEW) - 'salt' - words = to_jsonb(OLD) - 'salt' - words
        AND NOT EXISTS (
            SELECT 1 FROM unnest(words) AS name
            WHERE coalesce(to_jsonb(NEW) ->> name, '') NOT IN ('', '{}'))
        AND EXISTS (
            SELECT 1 FROM history_redaction WHERE region_code = OLD.region_code
                AND kind = TG_ARGV[0] AND "row" = OLD.id::text)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % are only appended, never changed or deleted', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER shared_auditentry_append_only ON shared_auditentry;
CREATE TRIGGER shared_auditentry_kept BEFORE UPDATE OR DELETE ON shared_auditentry
    FOR EACH ROW EXECUTE FUNCTION history_refuse_change('entry', 'reason', 'details');
CREATE TRIGGER history_change_kept BEFORE UPDATE OR DELETE ON history_change
    FOR EACH ROW EXECUTE FUNCTION history_refuse_change('change', 'old', 'new');

-- Old and new values of drafts, ballots, complaints: the region's own, as their tables.
-- Only the owner writes, which is who the trigger function runs as.
ALTER TABLE history_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE history_change FORCE ROW LEVEL SECURITY;
CREATE POLICY history_change_seen ON history_change FOR SELECT USING (
    region_code = (SELECT current_setting('app.region', true))
    OR (SELECT current_setting('app.region', true)) = '*'
    OR account_id::text = (SELECT current_setting('app.account', true)));
CREATE POLICY history_change_added ON history_change FOR INSERT TO CURRENT_USER
    WITH CHECK (true);
CREATE POLICY history_change_redacted ON history_change FOR UPDATE USING (
    (SELECT current_setting('app.region', true)) = '*');
"""
KEPT_BACK = """
DROP TRIGGER shared_auditentry_kept ON shared_auditentry;
DROP TRIGGER history_stamp ON shared_auditentry;
CREATE TRIGGER shared_auditentry_append_only BEFORE UPDATE OR DELETE ON shared_auditentry
    FOR EACH ROW EXECUTE FUNCTION habaring_refuse_change();
"""

_FUNCTION = """
CREATE OR REPLACE FUNCTION history_of_{table}() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $history$
#variable_conflict use_variable
DECLARE
    _at timestamptz := clock_timestamp();
    _act uuid := history_transaction();
    _person bigint := nullif(current_setting('app.account', true), '')::bigint;
    _who text := coalesce(nullif(current_setting('role'), 'none'), session_user);
    _rows bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO history_change ({columns})
        SELECT {region_n}, _at, _act, _person, _who, '{table}', {key_n}, 'insert',
            NULL, {shown_r}, {hidden_r}, gen_random_uuid()
        FROM history_new n CROSS JOIN LATERAL (SELECT to_jsonb(n) AS r OFFSET 0) j;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO history_change ({columns})
        SELECT CASE WHEN {first_n} IS NULL THEN {region_o} ELSE {region_n} END,
            _at, _act, _person, _who, '{table}', coalesce({key_n}, {key_o}),
            CASE WHEN j.a IS NULL THEN 'insert' WHEN j.b IS NULL THEN 'delete'
                ELSE 'update' END,
            CASE WHEN j.a IS NOT NULL THEN {shown_was} END,
            CASE WHEN j.b IS NOT NULL THEN {shown_now} END,
            {hidden_now}, gen_random_uuid()
        FROM history_old o FULL JOIN history_new n ON {same}
        CROSS JOIN LATERAL (SELECT to_jsonb(o) AS a, to_jsonb(n) AS b OFFSET 0) j
        CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(e.key, j.a -> e.key) AS was,
                jsonb_object_agg(e.key, j.b -> e.key) AS now
            FROM jsonb_each(coalesce(j.b, j.a)) e
            WHERE j.a -> e.key IS DISTINCT FROM j.b -> e.key{seen} OFFSET 0
        ) told
        WHERE told.was IS NOT NULL;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO history_change ({columns})
        SELECT {region_o}, _at, _act, _person, _who, '{table}', {key_o}, 'delete',
            {shown_r}, NULL, {hidden_r}, gen_random_uuid()
        FROM history_old o CROSS JOIN LATERAL (SELECT to_jsonb(o) AS r OFFSET 0) j;
    ELSE
        SELECT count(*) INTO _rows FROM "{table}";
        INSERT INTO history_change ({columns})
        VALUES ('00', _at, _act, _person, _who, '{table}', '', 'truncate',
            jsonb_build_object('rows', _rows), NULL, '{{}}', gen_random_uuid());
    END IF;
    RETURN NULL;
END $history$;
"""
_COLUMNS = (
    "region_code, at, transaction, account_id, db_role, table_name, key, op, old, new,"
    " hidden, salt"
)


def function_of(watch: Watch) -> str:
    """The SQL of one table's function."""
    return _FUNCTION.format(
        table=watch.table,
        columns=_COLUMNS,
        region_n=_region(watch, "n"),
        region_o=_region(watch, "o"),
        key_n=_key(watch, "n"),
        key_o=_key(watch, "o"),
        first_n=f'n."{watch.keys[0]}"',
        same=" AND ".join(f'o."{key}" = n."{key}"' for key in watch.keys),
        seen=f" AND e.key <> ALL ({_list(watch.ignored)})" if watch.ignored else "",
        shown_r=_shown(watch, "j.r"),
        shown_was=_shown(watch, "told.was"),
        shown_now=_shown(watch, "told.now"),
        hidden_r=_hidden(watch, "j.r"),
        hidden_now=_touched(watch),
    )


def _region(watch: Watch, row: str) -> str:
    own, _sep, parent = watch.region.partition(">")
    if parent:
        table, column = parent.split(".")
        return (
            f'coalesce((SELECT p."{column}"::text FROM "{table}" p'  # noqa: S608 - names of ours
            f" WHERE p.id = {row}.\"{own}\"), '00')"
        )
    return f"coalesce(nullif({row}.\"{own}\"::text, ''), '00')" if own else "'00'"


def _key(watch: Watch, row: str) -> str:
    return " || '/' || ".join(f'{row}."{key}"::text' for key in watch.keys)


def _shown(watch: Watch, row: str) -> str:
    unseen = (*watch.hidden, *watch.ignored)
    shown = f"({row} - {_list(unseen)})" if unseen else row
    return f"history_shown({shown}, {_list(watch.bulky)})" if watch.bulky else shown


def _hidden(watch: Watch, row: str) -> str:
    """Which hidden columns of an added or deleted row hold something."""
    if not watch.hidden:
        return "'{}'::text[]"
    names = f"unnest({_list(watch.hidden)}) AS h"
    return f"array(SELECT h FROM {names} WHERE {row} ->> h <> '')"  # noqa: S608 - names of ours


def _touched(watch: Watch) -> str:
    """Which hidden columns of a changed row differ."""
    if not watch.hidden:
        return "'{}'::text[]"
    names = f"unnest({_list(watch.hidden)}) AS h"
    return f"array(SELECT h FROM {names} WHERE told.was ? h)"  # noqa: S608 - as above


def _list(names: Sequence[str]) -> str:
    return f"'{{{','.join(names)}}}'::text[]"


_WHEN = {
    "insert": "AFTER INSERT ON {table} REFERENCING NEW TABLE AS history_new",
    "update": "AFTER UPDATE ON {table} REFERENCING OLD TABLE AS history_old"
    " NEW TABLE AS history_new",
    "delete": "AFTER DELETE ON {table} REFERENCING OLD TABLE AS history_old",
    "truncate": "BEFORE TRUNCATE ON {table}",
}
_FOUND = """
    SELECT c.relname, t.tgname, t.tgargs FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid
    WHERE t.tgname LIKE 'history\\_watch\\_%%' AND pg_table_is_visible(c.oid)
"""


def install(using: str = "default") -> int:
    """Make the triggers of the database those of `WATCHED`; gives how many steps.

    Tables that do not exist yet are left out. One query when nothing has changed: each
    trigger's argument is the hash of its function.
    """
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('history_change') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return 0
        tables = set(connections[using].introspection.table_names(cursor))
        cursor.execute(_FOUND)
        found: dict[str, dict[str, bytes]] = {}
        for table, name, told in cursor.fetchall():
            found.setdefault(table, {})[name] = bytes(told).rstrip(b"\0")
        wanted = {one.table: one for one in WATCHED if one.table in tables}
        steps = list(_steps(found, wanted))
        for step in [FUNCTIONS, *steps] if steps else []:
            cursor.execute(step)
    return len(steps)


def _steps(
    found: dict[str, dict[str, bytes]], wanted: dict[str, Watch]
) -> Iterator[str]:
    for table, triggers in found.items():
        if table not in wanted:
            yield from (f'DROP TRIGGER {name} ON "{table}"' for name in triggers)
    for table, watch in wanted.items():
        made = function_of(watch)
        version = hashlib.sha256(made.encode()).hexdigest()
        right = {f"history_watch_{op}": version.encode() for op in _WHEN}
        there = found.get(table, {})
        if there == right:
            continue
        yield made
        yield from (f'DROP TRIGGER {name} ON "{table}"' for name in there)
        for op, when in _WHEN.items():
            on = when.format(table=f'"{table}"')
            yield (
                f"CREATE TRIGGER history_watch_{op} {on} FOR EACH STATEMENT"
                f" EXECUTE FUNCTION history_of_{table}('{version}')"
            )
