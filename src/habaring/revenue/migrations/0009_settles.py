from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("revenue", "0008_ledger")]
    operations = [
        migrations.AddField("statement", "settles", models.JSONField(default=list)),
    ]
