from django.db import migrations

from habaring.shared.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0001_tables")]
    operations = [append_only("portfolio_limitset"), append_only("portfolio_planitem")]
