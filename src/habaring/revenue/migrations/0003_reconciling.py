import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from habaring.shared.append_only import append_only
from habaring.shared.walls import protect


class Migration(migrations.Migration):
    dependencies = [
        ("regions", "0002_budget_figures"),
        ("revenue", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="dayclose",
            name="checklist",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="finding",
            name="carried",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="statement",
            name="counts",
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name="finding",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("match", "matches"),
                    ("amount_diff", "another amount"),
                    ("only_bank", "only in the bank's file"),
                    ("only_system", "only here"),
                    ("duplicate", "twice in the bank's file"),
                    ("reversed", "reversed"),
                    ("late_date", "on another day"),
                    ("no_bill", "for no bill that is known"),
                    ("overpaid", "paid too much"),
                    ("mistake", "mistake at the counter"),
                ],
                max_length=11,
            ),
        ),
        migrations.CreateModel(
            name="FindingNote",
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
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="revenue.finding",
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
                "ordering": ["finding", "at", "id"],
            },
        ),
        migrations.CreateModel(
            name="CashUp",
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
                ("expected", models.BigIntegerField()),
                ("counted", models.BigIntegerField()),
                ("payments", models.PositiveIntegerField()),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("recorded_at", models.DateTimeField()),
                (
                    "cashier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "ordering": ["region", "-day", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("region", "cashier", "day"), name="cashup_once_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expected", models.F("counted")),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="cashup_difference_is_explained",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("counted__gte", 0)),
                        name="cashup_counted_not_negative",
                    ),
                ],
            },
        ),
        protect("revenue_findingnote"),
        protect("revenue_cashup"),
        append_only("revenue_findingnote"),
        append_only("revenue_cashup"),
    ]
