"""One trigger function for every watched table, and what puts it in place.

Triggers run once a statement, over the transition tables, so that a bulk insert costs
one more statement and not one more for each row. They see bulk updates, raw SQL, COPY,
DELETE, cascades of the database, and TRUNCATE. The function runs as the owner: the
role that pages use need not be able to write history.

Source: PostgreSQL documentation, "CREATE TRIGGER" (transition tables); decision 12.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

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

CREATE OR REPLACE FUNCTION history_key(shown jsonb, keys text[]) RETURNS text
    LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(shown ->> name, '/' ORDER BY place)
    FROM unnest(keys) WITH ORDINALITY AS one(name, place)
$$;

CREATE OR REPLACE FUNCTION history_region(shown jsonb, own text, parent text)
    RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    found text;
BEGIN
    IF parent <> '' THEN
        EXECUTE format(
            'SELECT %I::text FROM %I WHERE id::text = $1',
            split_part(parent, '.', 2), split_part(parent, '.', 1)
        ) INTO found USING shown ->> own;
    ELSIF own <> '' THEN
        found := shown ->> own;
    END IF;
    RETURN coalesce(nullif(found, ''), '00');
END $$;

CREATE OR REPLACE FUNCTION history_record() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    own text := TG_ARGV[0];
    parent text := TG_ARGV[1];
    keys text[] := string_to_array(TG_ARGV[2], ',');
    hiding text[] := string_to_array(TG_ARGV[3], ',');
    bulky text[] := string_to_array(TG_ARGV[4], ',');
    skipped text[] := string_to_array(TG_ARGV[5], ',');
    unseen text[] := hiding || skipped;
    plain boolean := parent = '' AND own <> '' AND cardinality(keys) = 1;
    moment timestamptz := clock_timestamp();
    act uuid := history_transaction();
    person bigint := nullif(current_setting('app.account', true), '')::bigint;
    who text := coalesce(nullif(current_setting('role'), 'none'), session_user);
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO history_change (region_code, at, transaction, account_id, db_role,
            table_name, key, op, old, new, hidden, salt)
        SELECT CASE WHEN plain THEN coalesce(nullif(r ->> own, ''), '00')
                ELSE history_region(r, own, parent) END,
            moment, act, person, who, TG_TABLE_NAME,
            CASE WHEN plain THEN r ->> keys[1] ELSE history_key(r, keys) END,
            'insert', NULL,
            CASE WHEN bulky = '{}' THEN r - unseen
                ELSE history_shown(r - unseen, bulky) END,
            CASE WHEN hiding = '{}' THEN '{}'::text[]
                ELSE array(SELECT n FROM unnest(hiding) n WHERE r ->> n <> '') END,
            gen_random_uuid()
        FROM (SELECT to_jsonb(added) AS r FROM history_new AS added) AS added;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO history_change (region_code, at, transaction, account_id, db_role,
            table_name, key, op, old, new, hidden, salt)
        SELECT history_region(r, own, parent), moment, act, person, who, TG_TABLE_NAME,
            history_key(r, keys), 'delete', history_shown(r - unseen, bulky), NULL,
            array(SELECT n FROM unnest(hiding) n WHERE r ->> n <> ''),
            gen_random_uuid()
        FROM (SELECT to_jsonb(gone) AS r FROM history_old AS gone) AS gone;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO history_change (region_code, at, transaction, account_id, db_role,
            table_name, key, op, old, new, hidden, salt)
        SELECT history_region(coalesce(b, a), own, parent), moment, act, person, who,
            TG_TABLE_NAME, coalesce(before.key, after.key),
            CASE WHEN a IS NULL THEN 'insert' WHEN b IS NULL THEN 'delete'
                ELSE 'update' END,
            CASE WHEN a IS NOT NULL THEN
                history_shown(coalesce(told.was, '{}'), bulky) END,
            CASE WHEN b IS NOT NULL THEN
                history_shown(coalesce(told.turned, '{}'), bulky) END,
            coalesce(told.hidden, '{}'), gen_random_uuid()
        FROM (SELECT r AS a, history_key(r, keys) AS key
              FROM (SELECT to_jsonb(o) AS r FROM history_old AS o) AS o) AS before
        FULL JOIN (SELECT r AS b, history_key(r, keys) AS key
              FROM (SELECT to_jsonb(n) AS r FROM history_new AS n) AS n) AS after
            ON before.key = after.key
        CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(k, a -> k) FILTER (WHERE k <> ALL (hiding)) AS was,
                jsonb_object_agg(k, b -> k) FILTER (WHERE k <> ALL (hiding)) AS turned,
                array_agg(k) FILTER (WHERE k = ANY (hiding)) AS hidden
            FROM jsonb_object_keys(coalesce(b, a)) AS k
            WHERE k <> ALL (skipped) AND a -> k IS DISTINCT FROM b -> k
        ) AS told
        WHERE told.was IS NOT NULL OR told.hidden IS NOT NULL;
    ELSE
        EXECUTE format('SELECT jsonb_build_object(''rows'', count(*)) FROM %I', TG_TABLE_NAME)
            INTO STRICT parent;
        INSERT INTO history_change (region_code, at, transaction, account_id, db_role,
            table_name, key, op, old, new, hidden, salt)
        VALUES ('00', moment, act, person, who, TG_TABLE_NAME, '', 'truncate',
            parent::jsonb, NULL, '{}', gen_random_uuid());
    END IF;
    RETURN NULL;
END $$;
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
    """Make the triggers of the database those of `WATCHED`; gives how many changed.

    Tables that do not exist yet are left out. One query when nothing has changed.
    """
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('history_change') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return 0
        _bring_up_to_date(cursor)
        tables = set(connections[using].introspection.table_names(cursor))
        cursor.execute(_FOUND)
        found = {(table, name): bytes(args) for table, name, args in cursor.fetchall()}
        wanted = {
            (watch.table, f"history_watch_{op}"): (watch, op)
            for watch in WATCHED
            if watch.table in tables
            for op in _WHEN
        }
        steps = list(_steps(found, wanted))
        for step in steps:
            cursor.execute(step)
    return len(steps)


def _bring_up_to_date(cursor: Any) -> None:
    """The functions as this version has them; the comment on one tells which it is."""
    version = hashlib.sha256(FUNCTIONS.encode()).hexdigest()
    cursor.execute("SELECT obj_description('history_record'::regproc)")
    if cursor.fetchone()[0] != version:
        cursor.execute(FUNCTIONS)
        cursor.execute(f"COMMENT ON FUNCTION history_record IS '{version}'")


def _steps(
    found: dict[tuple[str, str], bytes],
    wanted: dict[tuple[str, str], tuple[Watch, str]],
) -> Iterator[str]:
    for place, arguments in found.items():
        table, name = place
        if place not in wanted or _packed(wanted[place][0]) != arguments:
            yield f'DROP TRIGGER {name} ON "{table}"'
    for place, (watch, op) in wanted.items():
        if found.get(place) != _packed(watch):
            told = ", ".join(f"'{word}'" for word in watch.arguments)
            when = _WHEN[op].format(table=f'"{watch.table}"')
            yield (
                f"CREATE TRIGGER {place[1]} {when} FOR EACH STATEMENT"
                f" EXECUTE FUNCTION history_record({told})"
            )


def _packed(watch: Watch) -> bytes:
    """The arguments as `pg_trigger.tgargs` holds them."""
    return b"".join(word.encode() + b"\0" for word in watch.arguments)
