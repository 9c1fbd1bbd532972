from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shared", "0004_audit_transaction"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["verb", "id"], name="audit_verb"),
        ),
    ]
