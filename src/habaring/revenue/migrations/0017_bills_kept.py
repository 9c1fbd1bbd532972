"""What the app role may change of a bill by itself: nothing that moves money.

The amount and what was received go through `revenue_pay` and `revenue_amend`, which run
as the owner and post what they change. A state may be written by hand only where the
bill asks for as much as before (issued, then delivered).
"""

from django.db import migrations

from habaring.shared.walls import APP_ROLE, withhold

STATE = f"""
CREATE FUNCTION revenue_keep_asked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a bill comes into force or falls away by a posting'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'bill_state_posted';
END $$;
CREATE TRIGGER revenue_bill_asked BEFORE UPDATE OF state ON revenue_bill
    FOR EACH ROW WHEN (current_user = '{APP_ROLE}'
        AND revenue_asked(OLD.state, 1) <> revenue_asked(NEW.state, 1))
    EXECUTE FUNCTION revenue_keep_asked();
"""


class Migration(migrations.Migration):
    dependencies = [("revenue", "0016_collectors")]
    operations = [
        migrations.RunSQL(
            STATE,
            "DROP TRIGGER revenue_bill_asked ON revenue_bill;"
            " DROP FUNCTION revenue_keep_asked",
        ),
        withhold(
            "revenue_bill",
            leave="SELECT, INSERT, UPDATE (taxpayer_id, facts, issued_at, state)",
        ),
    ]
