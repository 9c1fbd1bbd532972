"""A plan of instalments moves the day a bill is due, and its end moves it back."""

from django.db import migrations

from habaring.shared.walls import withhold


class Migration(migrations.Migration):
    dependencies = [("revenue", "0017_bills_kept")]
    operations = [
        withhold(
            "revenue_bill",
            leave="SELECT, INSERT, UPDATE (taxpayer_id, facts, issued_at, state, due_on)",
        ),
    ]
