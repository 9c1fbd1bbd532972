import django.db.models.deletion
from django.db import migrations, models

from habaring.shared.walls import protect


class Migration(migrations.Migration):
    dependencies = [
        ("regions", "0002_budget_figures"),
        ("revenue", "0004_register"),
    ]

    operations = [
        migrations.AddField(
            model_name="call",
            name="reference",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="partner",
            name="merchant_id",
            field=models.CharField(blank=True, max_length=15),
        ),
        migrations.AddField(
            model_name="partner",
            name="merchant_pan",
            field=models.CharField(blank=True, max_length=19),
        ),
        migrations.AlterField(
            model_name="call",
            name="partner",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="revenue.partner",
            ),
        ),
        migrations.AlterField(
            model_name="call",
            name="region",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="regions.region",
            ),
        ),
        migrations.CreateModel(
            name="RefusedCalls",
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
                ("day", models.DateField()),
                ("code", models.CharField(max_length=7)),
                ("times", models.PositiveIntegerField()),
                ("last_at", models.DateTimeField()),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="revenue.partner",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="regions.region",
                    ),
                ),
            ],
            options={
                "ordering": ["-last_at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "day", "code"), name="refusedcalls_once"
                    )
                ],
            },
        ),
        protect("revenue_refusedcalls"),
    ]
