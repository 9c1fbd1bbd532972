"""What PostgreSQL holds between regions, and what it lets nobody change.

What the app role may change of a bill by itself is nothing that moves money: the amount
and what was received go through `revenue_pay` and `revenue_amend`, which run as the owner
and post what they change; payments and postings it may only read. A plan of instalments
moves the day a bill is due, and its end moves it back.
"""

from django.db import migrations

from habaring.shared.append_only import append_only
from habaring.shared.walls import protect, withhold

# What a rule says stays: bills point at it, and their steps are reckoned from it.
STAYS = """
CREATE FUNCTION revenue_taxrule_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a tax rule says never changes: propose another one'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER revenue_taxrule_stays BEFORE UPDATE ON revenue_taxrule FOR EACH ROW
    WHEN (OLD.text IS DISTINCT FROM NEW.text OR OLD.sha256 IS DISTINCT FROM NEW.sha256
        OR OLD.tax IS DISTINCT FROM NEW.tax OR OLD.begins_on IS DISTINCT FROM NEW.begins_on
        OR OLD.region_id IS DISTINCT FROM NEW.region_id
        OR OLD.proposed_by_id IS DISTINCT FROM NEW.proposed_by_id)
    EXECUTE FUNCTION revenue_taxrule_stays();
"""
MAY_CHANGE = """
DROP TRIGGER revenue_taxrule_stays ON revenue_taxrule;
DROP FUNCTION revenue_taxrule_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("revenue", "0005_money")]
    operations = [
        protect("revenue_taxrule", public="state IN ('approved', 'withdrawn')"),
        protect("revenue_taxpayer", person="account_id"),
        protect("revenue_taxobject"),
        protect("revenue_holding"),
        protect("revenue_objectlineage"),
        protect("revenue_familylink", person="account_id"),
        protect("revenue_registerimport"),
        protect("revenue_issue"),
        protect("revenue_issuepart"),
        protect("revenue_deductionelsewhere"),
        protect("revenue_bill"),
        protect("revenue_filing"),
        protect("revenue_filingdocument"),
        protect("revenue_tapreading"),
        protect("revenue_validation"),
        protect("revenue_reminder", person="account_id"),
        protect("revenue_reminderwish", person="account_id"),
        protect("revenue_case", person="account_id"),
        protect("revenue_instalment"),
        protect(
            "revenue_waiverprogramme", public="bill IS NULL AND state = 'approved'"
        ),
        protect("revenue_collectionletter"),
        protect("revenue_writeoff"),
        protect("revenue_writeoffbill"),
        protect("revenue_partner"),
        protect("revenue_partnerkey"),
        protect("revenue_token"),
        protect("revenue_call"),
        protect("revenue_refusedcalls"),
        protect("revenue_charge"),
        protect("revenue_device"),
        protect("revenue_devicevillage"),
        protect("revenue_slip"),
        protect("revenue_deposit"),
        protect("revenue_payment"),
        protect("revenue_posting"),
        protect("revenue_dayclose"),
        protect("revenue_cashup"),
        protect("revenue_statement"),
        protect("revenue_statementline"),
        protect("revenue_finding"),
        protect("revenue_findingnote"),
        protect("revenue_claim", person="account_id"),
        append_only("revenue_holding"),
        append_only("revenue_objectlineage"),
        append_only("revenue_filing"),
        append_only("revenue_filingdocument"),
        append_only("revenue_deposit"),
        append_only("revenue_posting"),
        append_only("revenue_dayclose"),
        append_only("revenue_receiptkey"),
        append_only("revenue_cashup"),
        append_only("revenue_statementline"),
        append_only("revenue_findingnote"),
        migrations.RunSQL(STAYS, MAY_CHANGE),
        withhold("revenue_payment", leave="SELECT"),
        withhold("revenue_posting", leave="SELECT"),
        withhold(
            "revenue_bill",
            leave="SELECT, INSERT, UPDATE (taxpayer_id, facts, issued_at, state, due_on)",
        ),
        withhold(
            "revenue_slip",
            leave="SELECT, INSERT, UPDATE (state, conflicts, owner_id, resolution,"
            " settled_at, settled_by_id)",
        ),
    ]
