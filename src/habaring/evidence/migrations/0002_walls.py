from django.db import migrations

from habaring.shared.append_only import append_only
from habaring.shared.walls import protect


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_tables")]
    operations = [
        protect("evidence_evidence"),
        protect("evidence_link"),
        protect("evidence_verdict"),
        append_only("evidence_verdict"),
    ]
