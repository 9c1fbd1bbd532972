"""The rules of taxes, and the register of who owes them and for what."""

from django.conf import settings
from django.db import migrations, models

from habaring.revenue.migrations._columns import key, person, region, to
from habaring.shared.at_once import AtOnce

TABLES = [
    migrations.CreateModel(
        "TaxRule",
        [
            key(),
            ("tax", models.CharField(max_length=12)),
            ("begins_on", models.DateField()),
            ("ends_on", models.DateField(blank=True, null=True)),
            ("text", models.TextField()),
            ("sha256", models.CharField(max_length=64)),
            ("bylaw", models.CharField(max_length=200)),
            ("illustrative", models.BooleanField(default=False)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("proposed", "proposed, waits for a second person"),
                        ("approved", "approved"),
                        ("refused", "refused"),
                        ("withdrawn", "withdrawn"),
                    ],
                    default="proposed",
                    max_length=10,
                ),
            ),
            ("reason", models.TextField(blank=True)),
            ("proposed_at", models.DateTimeField()),
            ("decided_at", models.DateTimeField(blank=True, null=True)),
            person("decided_by", null=True),
            person("proposed_by", null=True),
            region(),
        ],
        {
            "ordering": ["region", "tax", "-begins_on", "-id"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("ends_on__isnull", True),
                        ("ends_on__gte", models.F("begins_on")),
                        _connector="OR",
                    ),
                    name="taxrule_ends_after_it_begins",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("decided_by__isnull", True),
                        ("proposed_by__isnull", True),
                        models.Q(
                            ("decided_by", models.F("proposed_by")), _negated=True
                        ),
                        _connector="OR",
                    ),
                    name="taxrule_by_two_people",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("state", "approved"), _negated=True),
                        ("proposed_by__isnull", True),
                        ("decided_by__isnull", False),
                        _connector="OR",
                    ),
                    name="taxrule_approved_by_somebody",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        "ValueClass",
        [
            key(),
            (
                "kind",
                models.CharField(
                    choices=[("land", "land"), ("building", "building")], max_length=8
                ),
            ),
            ("code", models.CharField(max_length=4)),
            ("year", models.PositiveSmallIntegerField()),
            ("value", models.BigIntegerField()),
            ("basis", models.CharField(max_length=200)),
            ("illustrative", models.BooleanField(default=False)),
            ("recorded_at", models.DateTimeField()),
            region(),
        ],
        {
            "ordering": ["region", "kind", "code", "-year"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("region", "kind", "code", "year"),
                    name="valueclass_once_a_year",
                ),
                models.CheckConstraint(
                    condition=models.Q(("value__gte", 0)),
                    name="valueclass_value_not_negative",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        "Taxpayer",
        [
            key(),
            ("number", models.CharField(max_length=30)),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("person", "person"),
                        ("entity", "business or institution"),
                    ],
                    max_length=8,
                ),
            ),
            ("name", models.CharField(max_length=150)),
            ("name_masked", models.CharField(max_length=150)),
            ("nik_sealed", models.BinaryField(blank=True, null=True)),
            ("nik_hash", models.CharField(blank=True, max_length=64)),
            ("nik_masked", models.CharField(blank=True, max_length=16)),
            ("nib", models.CharField(blank=True, max_length=13)),
            ("contact_sealed", models.BinaryField(blank=True, null=True)),
            ("address", models.CharField(blank=True, max_length=300)),
            ("illustrative", models.BooleanField(default=False)),
            ("recorded_at", models.DateTimeField()),
            person("account", on_delete=models.SET_NULL, blank=True, null=True),
            region(),
            to(
                "merged_into",
                "revenue.taxpayer",
                related_name="merged",
                blank=True,
                null=True,
            ),
        ],
        {
            "ordering": ["region", "name", "id"],
            "indexes": [models.Index(fields=["account"], name="taxpayer_of_account")],
            "constraints": [
                models.UniqueConstraint(
                    fields=("region", "number"), name="taxpayer_number_once"
                ),
                models.UniqueConstraint(
                    condition=models.Q(("nik_hash", ""), _negated=True),
                    fields=("region", "nik_hash"),
                    name="taxpayer_nik_once",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        "TaxObject",
        [
            key(),
            ("tax", models.CharField(max_length=12)),
            ("number", models.CharField(max_length=30)),
            ("name", models.CharField(blank=True, max_length=150)),
            ("address", models.CharField(blank=True, max_length=300)),
            ("land_m2", models.BigIntegerField(default=0)),
            ("building_m2", models.BigIntegerField(default=0)),
            ("land_class", models.CharField(blank=True, max_length=4)),
            ("building_class", models.CharField(blank=True, max_length=4)),
            ("use", models.CharField(blank=True, max_length=20)),
            ("facts", models.JSONField(blank=True, default=dict)),
            ("latitude", models.FloatField(blank=True, null=True)),
            ("longitude", models.FloatField(blank=True, null=True)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("active", "active"),
                        ("exempt", "not taxed"),
                        ("closed", "closed"),
                    ],
                    default="active",
                    max_length=8,
                ),
            ),
            ("exempt_reason", models.CharField(blank=True, max_length=200)),
            ("illustrative", models.BooleanField(default=False)),
            ("recorded_at", models.DateTimeField()),
            to("place", "regions.region", blank=True, null=True),
            region(),
            to("taxpayer", "revenue.taxpayer", related_name="taxed"),
        ],
        {
            "ordering": ["region", "tax", "number"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("region", "tax", "number"), name="taxobject_number_once"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("tax", "pbb"), _negated=True),
                        ("number__regex", "^\\d{18}$"),
                        _connector="OR",
                    ),
                    name="taxobject_nop_has_18_digits",
                ),
                models.CheckConstraint(
                    condition=models.Q(("building_m2__gte", 0), ("land_m2__gte", 0)),
                    name="taxobject_areas_not_negative",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("state", "exempt"), _negated=True),
                        models.Q(("exempt_reason", ""), _negated=True),
                        _connector="OR",
                    ),
                    name="taxobject_exempt_for_a_reason",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        "Holding",
        [
            key(),
            ("begins_on", models.DateField()),
            ("basis", models.CharField(max_length=200)),
            ("recorded_at", models.DateTimeField()),
            person("recorded_by", null=True),
            region(),
            to("object", "revenue.taxobject", related_name="holdings"),
            to("taxpayer", "revenue.taxpayer", related_name="holdings"),
        ],
        {"ordering": ["object", "-begins_on", "-id"]},
    ),
    migrations.CreateModel(
        "ObjectLineage",
        [
            key(),
            ("land_m2", models.BigIntegerField()),
            ("building_m2", models.BigIntegerField(default=0)),
            ("on", models.DateField()),
            ("basis", models.CharField(max_length=200)),
            ("recorded_at", models.DateTimeField()),
            to("newer", "revenue.taxobject", related_name="origins"),
            to("older", "revenue.taxobject", related_name="parts"),
            person("recorded_by", null=True),
            region(),
        ],
        {"ordering": ["region", "on", "id"]},
    ),
    migrations.CreateModel(
        "FamilyLink",
        [
            key(),
            ("label", models.CharField(blank=True, max_length=60)),
            ("added_at", models.DateTimeField()),
            person("account", on_delete=models.CASCADE),
            region(),
            to("object", "revenue.taxobject", on_delete=models.CASCADE),
        ],
        {
            "ordering": ["account", "label", "id"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("account", "object"), name="familylink_once"
                )
            ],
        },
    ),
    migrations.CreateModel(
        "NopPlace",
        [
            key(),
            ("prefix", models.CharField(max_length=10)),
            to("place", "regions.region"),
            region(),
        ],
        {
            "ordering": ["region", "prefix"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("region", "prefix"), name="nopplace_once"
                )
            ],
        },
    ),
    migrations.CreateModel(
        "RegisterImport",
        [
            key(),
            ("kind", models.CharField(max_length=24)),
            ("name", models.CharField(max_length=120)),
            ("sha256", models.CharField(max_length=64)),
            ("size", models.PositiveBigIntegerField()),
            ("language", models.CharField(max_length=5)),
            ("illustrative", models.BooleanField(default=False)),
            ("leave_out", models.BooleanField(default=False)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("reading", "being looked at"),
                        ("clean", "ready to save"),
                        ("problems", "has rows that cannot be saved"),
                        ("saving", "being saved"),
                        ("saved", "saved"),
                        ("refused", "cannot be read"),
                        ("cancelled", "cancelled"),
                    ],
                    default="reading",
                    max_length=9,
                ),
            ),
            ("rows", models.PositiveIntegerField(default=0)),
            ("done", models.PositiveIntegerField(default=0)),
            ("bad", models.PositiveIntegerField(default=0)),
            ("problems", models.JSONField(default=list)),
            ("problems_counted", models.PositiveIntegerField(default=0)),
            ("counts", models.JSONField(default=dict)),
            ("sent_at", models.DateTimeField()),
            ("ended_at", models.DateTimeField(blank=True, null=True)),
            region(),
            person("sent_by", null=True),
        ],
        {"ordering": ["region", "-sent_at", "-id"]},
    ),
]


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("regions", "0002_budget_figures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        AtOnce(TABLES),
    ]
