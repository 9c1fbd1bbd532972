from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shared", "0002_audit_append_only")]
    operations = [
        migrations.CreateModel(
            name="Limit",
            fields=[
                (
                    "key",
                    models.CharField(max_length=64, primary_key=True, serialize=False),
                ),
                ("spent", models.PositiveIntegerField()),
                ("ends", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.RunSQL(
            sql="ALTER TABLE shared_limit SET UNLOGGED",
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
