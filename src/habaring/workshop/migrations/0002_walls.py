"""Rooms are seen by their region alone; dots stay within their number; the log stays."""

from django.db import migrations

from habaring.shared.append_only import append_only
from habaring.shared.walls import protect

DOTS = """
CREATE FUNCTION workshop_guard_dots() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held record;
BEGIN
    SELECT phase, dots INTO held FROM workshop_board
        WHERE id = coalesce(NEW.board_id, OLD.board_id) FOR SHARE;
    IF held.phase <> 'vote' THEN
        RAISE EXCEPTION 'no vote is running on this board'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP <> 'DELETE' AND (NEW.nth < 1 OR NEW.nth > held.dots) THEN
        RAISE EXCEPTION 'more dots than this board gives'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER workshop_guard_dots BEFORE INSERT OR UPDATE OR DELETE ON workshop_dot
    FOR EACH ROW EXECUTE FUNCTION workshop_guard_dots();
"""
NO_DOTS = """
DROP TRIGGER workshop_guard_dots ON workshop_dot;
DROP FUNCTION workshop_guard_dots();
"""
TABLES = (
    "room",
    "table",
    "board",
    "participant",
    "group",
    "note",
    "noterevision",
    "dot",
    "event",
    "carried",
)


class Migration(migrations.Migration):
    dependencies = [("workshop", "0001_tables"), ("people", "0006_walls")]
    operations = [
        *(protect(f"workshop_{table}") for table in TABLES),
        append_only("workshop_noterevision"),
        append_only("workshop_event"),
        migrations.RunSQL(DOTS, NO_DOTS),
    ]
