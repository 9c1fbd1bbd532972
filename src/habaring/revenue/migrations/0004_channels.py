"""Where money comes in: banks and wallets, and collectors in villages."""

from django.db import migrations, models

from habaring.revenue.migrations._columns import key, person, region, to
from habaring.shared.at_once import AtOnce

TABLES = [
    migrations.CreateModel(
        "Partner",
        [
            key(),
            ("code", models.SlugField(max_length=12)),
            ("name", models.CharField(max_length=100)),
            (
                "kind",
                models.CharField(
                    choices=[("va", "virtual account"), ("qris", "QRIS")], max_length=4
                ),
            ),
            ("partner_id", models.CharField(max_length=36)),
            ("prefix", models.CharField(blank=True, max_length=8)),
            ("active", models.BooleanField(default=True)),
            ("illustrative", models.BooleanField(default=False)),
            ("recorded_at", models.DateTimeField()),
            region(),
            ("merchant_id", models.CharField(blank=True, max_length=15)),
            ("merchant_pan", models.CharField(blank=True, max_length=19)),
        ],
        {
            "ordering": ["region", "code"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("region", "code"), name="partner_code_once"
                ),
                models.UniqueConstraint(fields=("partner_id",), name="partner_id_once"),
            ],
        },
    ),
    migrations.CreateModel(
        "PartnerKey",
        [
            key(),
            (
                "use",
                models.CharField(
                    choices=[
                        ("public", "public key that verifies its signatures"),
                        ("secret", "shared secret (HMAC)"),
                        ("ours", "our own private key towards it"),
                    ],
                    max_length=6,
                ),
            ),
            ("sealed", models.BinaryField(null=True)),
            ("pem", models.TextField(blank=True)),
            ("fingerprint", models.CharField(max_length=64)),
            ("begins_at", models.DateTimeField()),
            ("ends_at", models.DateTimeField(blank=True, null=True)),
            ("recorded_at", models.DateTimeField()),
            to(
                "partner",
                "revenue.partner",
                on_delete=models.CASCADE,
                related_name="keys",
            ),
            person("recorded_by", null=True),
            region(),
        ],
        {
            "ordering": ["partner", "use", "-begins_at"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("pem", ""), _negated=True),
                        ("sealed__isnull", False),
                        _connector="OR",
                    ),
                    name="partnerkey_holds_a_key",
                )
            ],
        },
    ),
    migrations.CreateModel(
        "Token",
        [
            key(),
            ("sha256", models.CharField(max_length=64, unique=True)),
            ("expires_at", models.DateTimeField()),
            to("partner", "revenue.partner", on_delete=models.CASCADE),
            region(),
        ],
        {"ordering": ["expires_at"]},
    ),
    migrations.CreateModel(
        "Call",
        [
            key(),
            ("day", models.DateField()),
            ("external_id", models.CharField(max_length=36)),
            ("service", models.CharField(max_length=2)),
            ("body_sha256", models.BinaryField(max_length=32)),
            ("code", models.CharField(max_length=7)),
            ("at", models.DateTimeField()),
            region(db_index=False, db_constraint=False),
            to("partner", "revenue.partner", db_index=False, db_constraint=False),
            ("reference", models.CharField(blank=True, max_length=64)),
        ],
        {
            "ordering": ["-at"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("partner", "day", "external_id"), name="call_once_a_day"
                )
            ],
        },
    ),
    migrations.CreateModel(
        "RefusedCalls",
        [
            key(),
            ("day", models.DateField()),
            ("code", models.CharField(max_length=7)),
            ("times", models.PositiveIntegerField()),
            ("last_at", models.DateTimeField()),
            to("partner", "revenue.partner", on_delete=models.CASCADE),
            region(),
        ],
        {
            "ordering": ["-last_at"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("partner", "day", "code"), name="refusedcalls_once"
                )
            ],
        },
    ),
    migrations.CreateModel(
        "Charge",
        [
            key(),
            ("reference", models.CharField(max_length=25)),
            ("bills", models.JSONField()),
            ("amount", models.BigIntegerField()),
            ("content", models.TextField(blank=True)),
            ("created_at", models.DateTimeField()),
            ("expires_at", models.DateTimeField()),
            region(),
            to("partner", "revenue.partner"),
        ],
        {
            "ordering": ["-created_at"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("region", "reference"), name="charge_reference_once"
                ),
                models.CheckConstraint(
                    condition=models.Q(("amount__gt", 0)), name="charge_amount_positive"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        "Device",
        [
            key(),
            ("name", models.CharField(max_length=60)),
            ("public_key", models.TextField(blank=True)),
            ("cash_limit", models.BigIntegerField()),
            ("deposit_days", models.PositiveSmallIntegerField(default=7)),
            ("last_number", models.PositiveIntegerField(default=0)),
            ("last_hash", models.CharField(blank=True, max_length=64)),
            ("registered_at", models.DateTimeField()),
            ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ("revoked_reason", models.CharField(blank=True, max_length=200)),
            person("collector"),
            region(),
            person("registered_by", null=True),
            ("code_hash", models.CharField(blank=True, max_length=64)),
            ("code_until", models.DateTimeField(blank=True, null=True)),
            ("enrolled_at", models.DateTimeField(blank=True, null=True)),
            person("revoked_by", null=True),
            ("synced_at", models.DateTimeField(blank=True, null=True)),
        ],
        {
            "ordering": ["region", "id"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("enrolled_at__isnull", True),
                        models.Q(("public_key", ""), _negated=True),
                        _connector="OR",
                    ),
                    name="device_enrolled_with_a_key",
                )
            ],
        },
    ),
    migrations.CreateModel(
        "DeviceVillage",
        [
            key(),
            to("device", "revenue.device", related_name="villages"),
            to("place", "regions.region"),
            region(),
        ],
        {
            "ordering": ["device", "place"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("device", "place"), name="devicevillage_once"
                )
            ],
        },
    ),
    migrations.CreateModel(
        "Slip",
        [
            key(),
            ("number", models.PositiveIntegerField()),
            ("signed", models.TextField()),
            ("signature", models.TextField()),
            ("sha256", models.CharField(max_length=64)),
            ("before_sha256", models.CharField(blank=True, max_length=64)),
            ("nop", models.CharField(max_length=18)),
            ("year", models.PositiveSmallIntegerField()),
            ("amount", models.BigIntegerField()),
            ("taken_at", models.DateTimeField()),
            ("synced_at", models.DateTimeField()),
            (
                "state",
                models.CharField(
                    choices=[
                        ("posted", "booked"),
                        ("conflict", "does not fit, waits for somebody"),
                        ("settled", "settled by the office"),
                    ],
                    max_length=8,
                ),
            ),
            ("resolution", models.CharField(blank=True, max_length=300)),
            to("device", "revenue.device", related_name="slips"),
            region(),
            ("conflicts", models.JSONField(default=list)),
            person("owner", null=True),
            ("paid_at", models.DateTimeField()),
            ("reference", models.CharField(max_length=64)),
            ("seq", models.PositiveSmallIntegerField(default=0)),
            ("settled_at", models.DateTimeField(blank=True, null=True)),
            person("settled_by", null=True),
        ],
        {
            "ordering": ["device", "number", "id"],
            "indexes": [
                models.Index(fields=["region", "nop", "year"], name="slip_of_bill"),
                models.Index(fields=["region", "reference"], name="slip_of_payment"),
            ],
            "constraints": [
                models.UniqueConstraint(fields=("device", "sha256"), name="slip_once"),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("state", "conflict"), _negated=True),
                        models.Q(("conflicts", []), _negated=True),
                        _connector="OR",
                    ),
                    name="slip_conflict_is_told",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("state", "settled"), _negated=True),
                        models.Q(("resolution", ""), _negated=True),
                        _connector="OR",
                    ),
                    name="slip_settled_with_words",
                ),
                models.CheckConstraint(
                    condition=models.Q(("amount__gt", 0)), name="slip_amount_positive"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        "Deposit",
        [
            key(),
            ("amount", models.BigIntegerField()),
            ("expected", models.BigIntegerField()),
            ("day", models.DateField()),
            ("note", models.CharField(blank=True, max_length=300)),
            ("recorded_at", models.DateTimeField()),
            person("recorded_by", null=True),
            region(),
            to("device", "revenue.device", related_name="deposits"),
            ("bank_reference", models.CharField(blank=True, max_length=64)),
        ],
        {
            "ordering": ["-day", "-id"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("amount__gt", 0)),
                    name="deposit_amount_positive",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("amount", models.F("expected")),
                        models.Q(("note", ""), _negated=True),
                        _connector="OR",
                    ),
                    name="deposit_difference_is_explained",
                ),
            ],
        },
    ),
]


class Migration(migrations.Migration):
    dependencies = [("revenue", "0003_cases")]
    operations = [
        AtOnce(TABLES),
    ]
