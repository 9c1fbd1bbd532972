import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.functions.datetime
from django.db import migrations, models

from habaring.history.triggers import FUNCTIONS, KEPT, KEPT_BACK
from habaring.shared.append_only import append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = [("shared", "0004_audit_transaction")]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "region_code",
                        "id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("region_code", models.CharField(max_length=13)),
                ("id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("transaction", models.UUIDField()),
                ("account_id", models.BigIntegerField(null=True)),
                ("db_role", models.CharField(max_length=63)),
                ("table_name", models.CharField(max_length=63)),
                ("key", models.CharField(max_length=200)),
                (
                    "op",
                    models.CharField(
                        choices=[
                            ("insert", "Insert"),
                            ("update", "Update"),
                            ("delete", "Delete"),
                            ("truncate", "Truncate"),
                        ],
                        max_length=8,
                    ),
                ),
                ("old", models.JSONField(null=True)),
                ("new", models.JSONField(null=True)),
                (
                    "hidden",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=63),
                        default=list,
                        size=None,
                    ),
                ),
                ("salt", models.UUIDField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["region_code", "table_name", "key"], name="change_row"
                    ),
                    django.contrib.postgres.indexes.BrinIndex(
                        fields=["transaction"], name="change_transaction"
                    ),
                    django.contrib.postgres.indexes.BrinIndex(
                        fields=["at"], name="change_at"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Redaction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("region_code", models.CharField(max_length=13)),
                (
                    "kind",
                    models.CharField(
                        choices=[("entry", "Entry"), ("change", "Change")], max_length=6
                    ),
                ),
                ("row", models.CharField(max_length=36)),
                ("sha256", models.CharField(max_length=64)),
                ("law", models.CharField(max_length=300)),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now()
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("region_code", "kind", "row"), name="redaction_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("region_code", models.CharField(max_length=13)),
                ("day", models.DateField()),
                ("previous", models.CharField(max_length=64)),
                ("count", models.PositiveBigIntegerField()),
                ("root", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                ("leaves", models.BinaryField(default=bytes)),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["region_code", "-day"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("region_code", "day"), name="seal_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        migrations.RunSQL(KEPT, KEPT_BACK),
        append_only("history_seal"),
        append_only("history_redaction"),
    ]
