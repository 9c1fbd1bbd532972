from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("revenue", "0010_receipts")]
    operations = [
        migrations.AddField(
            "statement", "repeated", models.PositiveIntegerField(default=0)
        ),
    ]
