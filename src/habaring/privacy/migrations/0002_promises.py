from django.db import migrations
from django.utils.timezone import now

from habaring.privacy.facts_file import shipped_purposes, shipped_rules
from habaring.shared.append_only import append_only
from habaring.shared.walls import protect

PURPOSE_COLUMNS = (
    "code version basis legal_reference name_id name_en data_id data_en retention_id "
    "retention_en recipients_id recipients_en wording_id wording_en cross_border "
    "dpia_needed order"
).split()
RULE_COLUMNS = (
    "name_id name_en keep_hours counted_from_id counted_from_en action "
    "legal_reference order"
).split()


def add_facts(apps, schema_editor):
    purpose = apps.get_model("privacy", "Purpose")
    rule = apps.get_model("privacy", "RetentionRule")
    for row in shipped_purposes():
        kept = {name: row[name] for name in PURPOSE_COLUMNS if name in row}
        purpose.objects.get_or_create(
            code=kept.pop("code"),
            version=kept.pop("version"),
            defaults={**kept, "published_at": now()},
        )
    for row in shipped_rules():
        kept = {name: row[name] for name in RULE_COLUMNS if name in row}
        rule.objects.update_or_create(code=row["code"], defaults=kept)


# A look is never changed; it leaves only by the retention rule, in a transaction that
# says so.
LOOKS = """
CREATE OR REPLACE FUNCTION privacy_keep_looks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('app.retention', true) = 'looks' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'rows of % are only appended, never changed or deleted', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER privacy_look_append_only BEFORE UPDATE OR DELETE ON privacy_look
    FOR EACH ROW EXECUTE FUNCTION privacy_keep_looks();
"""
LOOKS_BACK = """
DROP TRIGGER privacy_look_append_only ON privacy_look;
DROP FUNCTION privacy_keep_looks();
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_tables")]
    operations = [
        protect("privacy_consent", region="region_code", person="account_id"),
        protect("privacy_identity", region="region_code", person="account_id"),
        protect("privacy_look", region="region_code", person="subject_id"),
        protect("privacy_datarequest", region="region_code", person="account_id"),
        protect("privacy_exportfile", region="region_code", person="account_id"),
        protect(
            "privacy_deletionentry", region="region_code", public="region_code = '00'"
        ),
        protect("privacy_breach", region="region_code"),
        protect("privacy_breachentry", region="region_code"),
        migrations.RunSQL(LOOKS, LOOKS_BACK),
        append_only("privacy_deletionentry"),
        append_only("privacy_breachentry"),
        migrations.RunPython(add_facts, migrations.RunPython.noop),
    ]
