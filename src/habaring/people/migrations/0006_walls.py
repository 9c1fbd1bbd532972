from django.db import migrations

from habaring.shared.walls import give_app_role


class Migration(migrations.Migration):
    dependencies = [("people", "0005_codes")]
    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: give_app_role(), migrations.RunPython.noop
        ),
    ]
