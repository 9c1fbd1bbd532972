from django.db import migrations

from habaring.people.roles import put_in_place


def put(apps, schema_editor):
    put_in_place(apps.get_model("people", "Role"))


class Migration(migrations.Migration):
    dependencies = [("people", "0010_revenue_roles")]
    operations = [migrations.RunPython(put, migrations.RunPython.noop)]
