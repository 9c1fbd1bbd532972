import django.contrib.postgres.functions
import django.contrib.postgres.indexes
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shared", "0003_limits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="recorded_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(), editable=False
            ),
        ),
        # entries from before: when they say; not by UPDATE, which a trigger refuses
        migrations.RunSQL(
            "ALTER TABLE shared_auditentry ALTER COLUMN recorded_at"
            " TYPE timestamptz USING at",
            migrations.RunSQL.noop,
        ),
        migrations.AddField(
            model_name="auditentry",
            name="request",
            field=models.CharField(blank=True, max_length=36),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="salt",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(),
                editable=False,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="transaction",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["transaction"], name="audit_transaction"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["recorded_at"], name="audit_recorded_at"
            ),
        ),
    ]
