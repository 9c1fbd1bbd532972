import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from habaring.shared.walls import protect

# What a rule says stays: bills point at it, and their steps are reckoned from it.
_STAYS = """
CREATE FUNCTION revenue_taxrule_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a tax rule says never changes: propose another one'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER revenue_taxrule_stays BEFORE UPDATE ON revenue_taxrule FOR EACH ROW
    WHEN (OLD.text IS DISTINCT FROM NEW.text OR OLD.sha256 IS DISTINCT FROM NEW.sha256
        OR OLD.tax IS DISTINCT FROM NEW.tax OR OLD.begins_on IS DISTINCT FROM NEW.begins_on
        OR OLD.region_id IS DISTINCT FROM NEW.region_id
        OR OLD.proposed_by_id IS DISTINCT FROM NEW.proposed_by_id)
    EXECUTE FUNCTION revenue_taxrule_stays();
"""
_MAY_CHANGE = """
DROP TRIGGER revenue_taxrule_stays ON revenue_taxrule;
DROP FUNCTION revenue_taxrule_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("regions", "0002_budget_figures"),
        ("revenue", "0006_claims"),
    ]

    operations = [
        migrations.AddField(
            model_name="issuepart",
            name="before",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="issuepart",
            name="reckoned_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="issuepart",
            name="unready",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.CreateModel(
            name="DeductionElsewhere",
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
                (
                    "issue",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="revenue.issue",
                    ),
                ),
                (
                    "object",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="revenue.taxobject",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="regions.region",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("issue", "object"), name="deductionelsewhere_once"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="taxrule",
            constraint=models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(proposed_by__isnull=True)
                | Q(decided_by__isnull=False),
                name="taxrule_approved_by_somebody",
            ),
        ),
        protect("revenue_deductionelsewhere"),
        migrations.RunSQL(_STAYS, _MAY_CHANGE),
    ]
