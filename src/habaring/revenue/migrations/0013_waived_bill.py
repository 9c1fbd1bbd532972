from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("revenue", "0012_runs")]
    operations = [
        migrations.AddField(
            "waiverprogramme", "bill", models.BigIntegerField(blank=True, null=True)
        ),
        migrations.AddIndex(
            "waiverprogramme",
            models.Index(fields=["region", "bill"], name="waiver_of_bill"),
        ),
    ]
