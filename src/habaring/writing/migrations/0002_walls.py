from django.db import migrations

from habaring.shared.append_only import append_only
from habaring.shared.walls import protect


class Migration(migrations.Migration):
    dependencies = [("writing", "0001_tables")]
    operations = [
        protect("writing_document"),
        protect("writing_update"),
        protect("writing_snapshot"),
        protect("writing_pen"),
        protect("writing_comment"),
        protect("writing_suggestion"),
        protect("writing_version"),
        append_only("writing_update"),
        append_only("writing_version"),
    ]
