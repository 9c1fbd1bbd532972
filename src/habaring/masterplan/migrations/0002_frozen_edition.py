from django.db import migrations

from habaring.shared.append_only import append_only

# An edition may be withdrawn; what it says may not change.
FREEZE = """
CREATE FUNCTION masterplan_edition_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.record IS DISTINCT FROM OLD.record
        OR NEW.sha256 IS DISTINCT FROM OLD.sha256 OR NEW.number IS DISTINCT FROM OLD.number
        OR NEW.region_id IS DISTINCT FROM OLD.region_id THEN
        RAISE EXCEPTION 'an issued edition is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER masterplan_edition_frozen BEFORE UPDATE OR DELETE ON masterplan_edition
    FOR EACH ROW EXECUTE FUNCTION masterplan_edition_frozen();
"""
THAW = """
DROP TRIGGER masterplan_edition_frozen ON masterplan_edition;
DROP FUNCTION masterplan_edition_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("masterplan", "0001_tables")]
    operations = [
        append_only("masterplan_section"),
        append_only("masterplan_editionfile"),
        migrations.RunSQL(FREEZE, THAW),
    ]
