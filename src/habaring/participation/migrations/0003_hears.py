from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("participation", "0002_walls")]
    operations = [
        migrations.AddField(
            model_name="proposalfollow",
            name="hears",
            field=models.BooleanField(default=True),
        ),
    ]
