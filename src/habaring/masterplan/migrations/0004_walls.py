from django.db import migrations

from habaring.shared.walls import protect


class Migration(migrations.Migration):
    dependencies = [("masterplan", "0003_frozen_whole"), ("people", "0006_walls")]
    operations = [
        # The public reads editions, which are frozen copies; sections are drafts.
        protect("masterplan_section"),
    ]
