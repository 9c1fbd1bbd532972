from django.db import migrations

from habaring.shared.walls import protect


class Migration(migrations.Migration):
    dependencies = [("guidance", "0001_tables")]
    operations = [
        protect("guidance_application"),
        protect("guidance_participant"),
        protect("guidance_attendance"),
        protect("guidance_submission"),
        protect("guidance_submissionpiece"),
        protect("guidance_remark"),
    ]
