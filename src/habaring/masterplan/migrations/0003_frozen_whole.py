from django.db import migrations

# Everything of an edition is frozen but its withdrawal, and that happens once.
FREEZE = """
CREATE OR REPLACE FUNCTION masterplan_edition_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept masterplan_edition := NEW;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL THEN
        kept.withdrawn_at := OLD.withdrawn_at;
        kept.withdrawal_reason := OLD.withdrawal_reason;
    END IF;
    IF TG_OP = 'DELETE' OR kept IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'an issued edition is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("masterplan", "0002_frozen_edition")]
    operations = [migrations.RunSQL(FREEZE, migrations.RunSQL.noop)]
