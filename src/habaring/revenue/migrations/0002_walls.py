from django.db import migrations

from habaring.shared.append_only import append_only
from habaring.shared.walls import protect


class Migration(migrations.Migration):
    dependencies = [("revenue", "0001_tables")]
    operations = [
        protect("revenue_taxrule", public="state IN ('approved', 'withdrawn')"),
        protect("revenue_taxpayer", person="account_id"),
        protect("revenue_taxobject"),
        protect("revenue_holding"),
        protect("revenue_familylink", person="account_id"),
        protect("revenue_issue"),
        protect("revenue_issuepart"),
        protect("revenue_bill"),
        protect("revenue_filing"),
        protect("revenue_payment"),
        protect("revenue_posting"),
        protect("revenue_dayclose"),
        protect("revenue_partner"),
        protect("revenue_partnerkey"),
        protect("revenue_token"),
        protect("revenue_call"),
        protect("revenue_charge"),
        protect("revenue_device"),
        protect("revenue_slip"),
        protect("revenue_deposit"),
        protect("revenue_statement"),
        protect("revenue_statementline"),
        protect("revenue_finding"),
        protect("revenue_case", person="account_id"),
        protect("revenue_instalment"),
        protect("revenue_reminder", person="account_id"),
        append_only("revenue_holding"),
        append_only("revenue_posting"),
        append_only("revenue_filing"),
        append_only("revenue_statementline"),
        append_only("revenue_dayclose"),
    ]
