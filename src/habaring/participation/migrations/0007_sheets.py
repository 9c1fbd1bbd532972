from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("participation", "0006_office")]
    operations = [
        migrations.AlterField(
            model_name="paperbatch",
            name="kind",
            field=models.CharField(
                max_length=8,
                choices=[
                    ("sheets", "printed sheets"),
                    ("voters", "voters"),
                    ("ballots", "ballots"),
                ],
            ),
        ),
    ]
