from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("revenue", "0011_repeated")]
    operations = [
        migrations.RemoveConstraint("deductionelsewhere", "deductionelsewhere_once"),
        migrations.AddField(
            "deductionelsewhere",
            "prefix",
            models.CharField(max_length=10, default=""),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            "deductionelsewhere",
            models.UniqueConstraint(
                fields=["issue", "prefix", "object"], name="deductionelsewhere_once"
            ),
        ),
        # a run takes a million numbers: asking for each by itself shows
        migrations.RunSQL(
            "ALTER SEQUENCE revenue_bill_number CACHE 100",
            "ALTER SEQUENCE revenue_bill_number CACHE 1",
        ),
    ]
