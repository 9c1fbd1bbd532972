from django.db import migrations

from habaring.shared.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("assessment", "0001_tables")]
    operations = [
        append_only("assessment_observation"),
        append_only("assessment_indexedition"),
        append_only("assessment_editionscore"),
        append_only("assessment_editionvalue"),
    ]
