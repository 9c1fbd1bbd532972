from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0004_roles_in_full")]
    operations = []
