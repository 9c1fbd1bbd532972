"""What stood on the body itself becomes an instrument: the decree that formed it."""

from django.db import migrations
from django.utils import timezone


def decrees_to_instruments(apps, schema_editor):
    council = apps.get_model("council", "Council")
    instrument = apps.get_model("council", "Instrument")
    for body in council.objects.filter(decree=None).exclude(
        decree_number="", decree_on=None
    ):
        body.decree = instrument.objects.create(
            region_id=body.region_id,
            kind="sk",
            number=body.decree_number,
            title=f"Pembentukan {body.name}",
            signed_on=body.decree_on,
            in_force_from=body.decree_on,
            fixes_kind="body",
            fixes_ref=str(body.pk),
            fixes_label=body.name,
            recorded_at=timezone.now(),
            illustrative=body.illustrative,
        )
        body.save(update_fields=["decree"])


class Migration(migrations.Migration):
    dependencies = [("council", "0003_bodies_in_full")]
    operations = [
        migrations.RunPython(decrees_to_instruments, migrations.RunPython.noop)
    ]
