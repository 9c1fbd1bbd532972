from django.db import migrations

from habaring.shared.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("council", "0001_tables")]
    operations = [append_only("council_decision")]
