from django.db import migrations

from habaring.shared.walls import protect

# Until the announcement `shown_to` is empty: no region that is opened lets these rows
# through, only the assessor themself and the ministry.


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0001_tables")]
    operations = [
        protect("evaluation_entry"),
        protect("evaluation_answer"),
        protect("evaluation_reading", region="shown_to", person="assessor_id"),
        protect("evaluation_mark", region="shown_to", person="assessor_id"),
        protect("evaluation_remark", region="shown_to", person="assessor_id"),
        protect("evaluation_conflictground", person="account_id"),
        protect("evaluation_result", public="published_at IS NOT NULL"),
        protect("evaluation_finding"),
        protect("evaluation_appeal"),
    ]
