from django.db import migrations, models
from django.db.models.functions import Now

from habaring.shared.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("revenue", "0009_settles")]
    operations = [
        migrations.CreateModel(
            name="ReceiptKey",
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
                ("key", models.CharField(max_length=63, unique=True)),
                ("public", models.CharField(max_length=64)),
                ("recorded_at", models.DateTimeField(db_default=Now())),
            ],
            options={"ordering": ["recorded_at", "key"]},
        ),
        append_only("revenue_receiptkey"),
    ]
