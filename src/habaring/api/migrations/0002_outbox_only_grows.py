from django.db import migrations

from habaring.shared.append_only import append_only
from habaring.shared.walls import protect


class Migration(migrations.Migration):
    dependencies = [("api", "0001_tables")]
    operations = [
        append_only("api_event"),
        protect("api_keptanswer"),  # holds what a program wrote, drafts too
    ]
