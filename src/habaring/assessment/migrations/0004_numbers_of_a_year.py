from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessment", "0003_edition_scope_and_publication"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddIndex(
            model_name="observation",
            index=models.Index(
                fields=["year", "region"],
                condition=models.Q(revision=1, status="value"),
                name="observation_first_of_year",
            ),
        ),
    ]
