import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from habaring.people.roles import put_in_place
from habaring.shared.at_once import at_once

HELD_IN = [
    ("platform", "the whole platform"),
    ("region", "a region"),
    ("department", "a department, or all of a region"),
    ("body", "a body, or all of a region"),
    ("district", "a district"),
    ("village", "a village"),
    ("person", "every account, by itself"),
    ("nobody", "nobody: it needs no account"),
]


def add_roles(apps, schema_editor):
    put_in_place(apps.get_model("people", "Role"))


class Migration(migrations.Migration):
    dependencies = [("people", "0003_reach_and_bodies")]
    operations = [
        migrations.AddField(
            model_name="role",
            name="held_in",
            field=models.CharField(choices=HELD_IN, default="region", max_length=12),
        ),
        migrations.AddField(
            model_name="role",
            name="from_platform",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="membership",
            name="granted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="membership",
            name="note",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="membership",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="ended_reason",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="invitation",
            name="body",
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="invitation",
            name="also_in",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="invitation",
            name="full_name",
            field=models.CharField(blank=True, max_length=150),
        ),
        migrations.AddField(
            model_name="invitation",
            name="since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="invitation",
            name="until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="invitation",
            name="note",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.RunPython(add_roles, migrations.RunPython.noop),
    ]
    operations = at_once(operations)
